import type { Feed } from '../alert/types.ts';
import { later } from '../decision.ts';

/** How often a feed is expected to be heard. */
export interface Rhythm {
  readonly tenantId: string;
  readonly feed: Feed;
  readonly everySeconds: number;
}

/** Added to two intervals: a read takes time, and feeds are looked at every ten seconds. Together an alarm comes within 30 s (SI-1). */
const GRACE_MS = 18_000;

/** When something expected every so often is missed: after two intervals of it. */
export const missedAfterMs = (everySeconds: number): number => 2_000 * everySeconds + GRACE_MS;

/**
 * Since when a feed is silent, if it is. Judged only over time that was watched without a gap: a process that was down, or a clock that
 * jumped, has missed nothing yet.
 *
 * @param heardAt when it was last heard; `undefined` when never
 */
export function silentSince(everySeconds: number, heardAt: Date | undefined, watchingSince: Date, now: Date): Date | undefined {
  const known = heardAt ?? watchingSince;
  const counted = known > watchingSince ? known : watchingSince;
  return now >= later(counted, missedAfterMs(everySeconds)) ? known : undefined;
}

/** Longer than this between two looks, and what happened meanwhile was not watched. */
const GAP_MS = 60_000;

/** Since when it has been watched without a gap, given the look before. */
export function watchedSince(before: { readonly since: Date; readonly lookedAt: Date } | undefined, now: Date): Date {
  const unbroken = before !== undefined && now >= before.lookedAt && now.getTime() - before.lookedAt.getTime() <= GAP_MS;
  return unbroken ? before.since : now;
}
