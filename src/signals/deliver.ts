import type { Door } from '../app/dispatch.ts';
import type { Store } from '../app/ports.ts';
import type { Intent } from '../core/intent.ts';
import type { Signal } from './intake.ts';

const FEED = { kind: 'system', part: 'feed' } as const;
/** Failures of one signal, while the database answers, after which it is the signal's fault. */
const MOST_TRIES = 3;
const LONGEST_PAUSE_MS = 30_000;

export interface DeliverNeeds {
  readonly store: Pick<Store, 'now'>;
  readonly door: Door;
  failed(error: unknown): Promise<void>;
  readonly stopping: AbortSignal;
  pause(ms: number, stopping: AbortSignal): Promise<void>;
}

/**
 * Tells the door, however long that takes: the reader of a stream has moved on already, so what is thrown here would be lost. What the door
 * fails at again and again although the database answers is poison: it is kept in quarantine, so that what comes after it is not held up.
 *
 * @returns false when the process stops before it was accepted: then nothing may be noted as read
 */
export async function deliver(needs: DeliverNeeds, { intent, otherwise }: Signal): Promise<boolean> {
  let blamed = 0;
  for (let tries = 0; !needs.stopping.aborted; tries += 1) {
    try {
      await accepted(needs, blamed < MOST_TRIES ? intent : otherwise);
      return true;
    } catch (error) {
      await needs.failed(error);
      if (await answers(needs)) blamed += 1;
    }
    await needs.pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries), needs.stopping);
  }
  return false;
}

async function accepted({ door }: DeliverNeeds, intent: Intent): Promise<void> {
  const outcome = await door.dispatch(FEED, intent);
  if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new Error(`the door refused a signal: ${outcome.error.code}`);
}

async function answers({ store }: DeliverNeeds): Promise<boolean> {
  try {
    await store.now();
    return true;
  } catch {
    return false; // an outage; the failure that led here was told
  }
}
