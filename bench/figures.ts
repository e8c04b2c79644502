/** @returns the value that so large a share of all values does not exceed (nearest rank) */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median, and the smallest and largest: `2.1 ms (1.9 to 3.0)`. */
export function spread(values: readonly number[], unit: string, digits = 1): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${median(values).toFixed(digits)} ${unit} (${least} to ${most})`;
}

export const ms = (value: number): string => `${value.toFixed(1)} ms`;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Seeded (mulberry32), so that every run draws the same arrivals. @returns numbers in [0, 1) */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Starts `work` at random instants (Poisson), whether or not earlier calls have come back. The time of a call counts from the instant it
 * was due, so that a stall is charged to everybody who would have arrived during it.
 *
 * @returns milliseconds of each call, in order of arrival
 */
export async function openLoop(count: number, perSecond: number, seed: number, work: (index: number) => Promise<void>): Promise<number[]> {
  const random = seeded(seed);
  const calls: Promise<number>[] = [];
  let due = performance.now();
  for (let index = 0; index < count; index += 1) {
    due += (-Math.log(1 - random()) * 1_000) / perSecond;
    const at = due;
    const early = at - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const call = work(index).then(() => performance.now() - at);
    call.catch(() => undefined); // thrown below, when all have been sent off
    calls.push(call);
  }
  return Promise.all(calls);
}
