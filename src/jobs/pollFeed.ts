import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store, TenantInfo, Tenants } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import { HOUR, later } from '../core/decision.ts';

export const FEED_ACTOR = { kind: 'system', part: 'feed' } as const;
/** Rows settle within two hours, some come late: every read goes back that far, and the same row again is nothing new (AL-4). */
const OVERLAP_MS = 2 * HOUR;

export interface PollNeeds {
  readonly store: Store;
  readonly tenants: Tenants;
  readonly door: Door;
  readonly log: Log;
}

/**
 * Reads one feed of every tenant that has watched accounts. The read position moves on only after every row is stored. A failure is noted:
 * `silenceWatch` raises the alert.
 *
 * @param read stores everything since the instant, and gives the instants of the rows; whatever it throws is a failure of the feed
 */
export async function pollFeed(
  { store, tenants, log }: PollNeeds,
  feed: Feed,
  read: (tenant: TenantInfo, users: readonly string[], since: Date) => Promise<readonly Date[]>,
): Promise<void> {
  const states = await store.feeds();
  for (const tenant of tenants.list()) {
    const users = await store.watchedUsers(tenant.id);
    if (users.length === 0) continue;
    const state = states.find((each) => each.tenantId === tenant.id && each.feed === feed);
    const startedAt = await store.now();
    try {
      const rows = await read(tenant, users, later(state?.readUpTo ?? startedAt, -OVERLAP_MS));
      const known = state?.freshestAt ? [state.freshestAt] : [];
      const freshestAt = [...rows, ...known].reduce<Date | undefined>((newest, at) => (newest && newest > at ? newest : at), undefined);
      await store.feedRead(tenant.id, feed, { readUpTo: startedAt, ...(freshestAt ? { freshestAt } : {}) });
    } catch (error) {
      log.warn('poll.failed', { tenantId: tenant.id, feed, error });
      await store.feedRead(tenant.id, feed, { error: error instanceof Error ? error.message : 'unknown' });
    }
  }
}
