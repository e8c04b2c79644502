/**
 * The sandbox's movable clock as its servers see it: real time plus an offset. The offset itself is kept in the product's database
 * (DA-6), so that the product, the tenant and Teams never disagree; `sandbox/main.ts` moves both together.
 */
export interface SandboxClock {
  now(): Date;
  /** Milliseconds this clock runs ahead of real time. */
  readonly offsetMs: number;
  move(byMs: number): void;
}

export function sandboxClock(initialOffsetMs = 0): SandboxClock {
  let offsetMs = initialOffsetMs;
  return {
    now: () => new Date(Date.now() + offsetMs),
    get offsetMs() {
      return offsetMs;
    },
    move: (byMs) => {
      offsetMs += byMs;
    },
  };
}
