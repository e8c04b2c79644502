import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store } from '../app/ports.ts';
import { repeat } from './repeat.ts';

const TIMER = { kind: 'system', part: 'timer' } as const;

/** Rings every timer that is due, each in a transaction with what it decides. @param rings called for each */
export async function ringTimers(store: Store, door: Door, rings: () => void = () => undefined): Promise<void> {
  while (
    await store.ringNextTimer(async ({ intent }) => {
      rings();
      await door.dispatch(TIMER, intent);
    })
  );
}

/** Looks twice a second; the clock they follow is the database's. */
export const startTimers = (store: Store, door: Door, log: Log, rings?: () => void) =>
  repeat('timers', 500, log, () => ringTimers(store, door, rings));
