import { setTimeout as wait } from 'node:timers/promises';

/** Does work when it is its turn. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** Conditional Access takes one request a second and tenant from all apps together, and its 429 says not how long to wait (throttling-limits @0135174). */
const GAP_MS = 1_100;

/** One after the other, each begun so long after the one before. A work that fails makes way for the next. */
export function inTurn(gapMs: number = GAP_MS): Turn {
  let before: Promise<unknown> = Promise.resolve();
  let nextAt = 0;
  return <T>(work: () => Promise<T>): Promise<T> => {
    const run = async (): Promise<T> => {
      const early = nextAt - performance.now();
      if (early > 0) await wait(early);
      nextAt = performance.now() + gapMs;
      return work();
    };
    const own = before.then(run, run);
    before = own;
    return own;
  };
}
