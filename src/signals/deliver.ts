import type { Door } from '../app/dispatch.ts';
import type { Store } from '../app/ports.ts';
import type { Intent } from '../core/intent.ts';
import type { Signal } from './intake.ts';

const FEED = { kind: 'system', part: 'feed' } as const;
/** Failures of one signal, while the database answers, after which it may be the signal's fault. */
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
 * fails at again and again, although the database answers and takes a note of it in the same moment, is poison: it is kept in quarantine, so
 * that what comes after it is not held up. A database that can be read and not written takes neither, and then it is not the signal's fault.
 *
 * @returns false when the process stops before it was accepted: then nothing may be noted as read
 */
export async function deliver(needs: DeliverNeeds, { intent, otherwise }: Signal): Promise<boolean> {
  let blamed = 0;
  for (let tries = 0; !needs.stopping.aborted; tries += 1) {
    if (await accepted(needs, intent)) return true;
    if (await answers(needs)) blamed += 1;
    if (blamed > MOST_TRIES) {
      if (await accepted(needs, otherwise)) return true;
      blamed = 0;
    }
    await needs.pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries), needs.stopping);
  }
  return false;
}

async function accepted({ door, failed }: DeliverNeeds, intent: Intent): Promise<boolean> {
  try {
    const outcome = await door.dispatch(FEED, intent);
    if (outcome.ok || outcome.error.code === 'nothing-to-do') return true;
    throw new Error(`the door refused a signal: ${outcome.error.code}`);
  } catch (error) {
    await failed(error);
    return false;
  }
}

async function answers({ store }: DeliverNeeds): Promise<boolean> {
  try {
    await store.now();
    return true;
  } catch {
    return false; // an outage; the failure that led here was told
  }
}
