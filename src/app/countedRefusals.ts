import type { Log } from './log.ts';

const QUIET_MS = 10_000;

/** Anybody can cause refusals, so they are counted and logged at most every ten seconds, with what the last one says of itself (HT-5). */
export function countedRefusals(
  log: Log,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): (last?: Readonly<Record<string, unknown>>) => void {
  let count = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  return (last = {}) => {
    count += 1;
    if (Date.now() - saidAt < QUIET_MS) return;
    log.warn(event, { ...fields, ...last, count });
    saidAt = Date.now();
    count = 0;
  };
}
