import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store, Tenants } from '../app/ports.ts';
import { HOUR, later } from '../core/decision.ts';

const FEED = { kind: 'system', part: 'feed' } as const;
const NAME = 'graph-sign-ins';
/** Rows settle within two hours, some come late: every read goes back that far, and the same row again is nothing new (AL-4). */
const OVERLAP_MS = 2 * HOUR;

/**
 * Reads the sign-in logs of every tenant that has watched accounts. The read position moves on only after every row is stored.
 * A failure is noted: `silenceWatch` raises the alert.
 */
export async function pollSignIns(store: Store, tenants: Tenants, door: Door, log: Log): Promise<void> {
  const states = await store.feeds();
  for (const tenant of tenants.list()) {
    const users = await store.watchedUsers(tenant.id);
    if (users.length === 0) continue;
    const state = states.find(({ tenantId, feed }) => tenantId === tenant.id && feed === NAME);
    const startedAt = await store.now();
    try {
      const since = later(state?.readUpTo ?? startedAt, -OVERLAP_MS);
      let freshestAt = state?.freshestAt;
      for (const event of await tenants.reader(tenant.id).signIns(users, since)) {
        if (!freshestAt || event.signedInAt > freshestAt) freshestAt = event.signedInAt;
        await door.dispatch(FEED, { kind: 'sign-in-seen', event, feed: NAME });
      }
      await store.feedRead(tenant.id, NAME, { readUpTo: startedAt, ...(freshestAt ? { freshestAt } : {}) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      log.warn('poll.failed', { tenantId: tenant.id, error });
      await store.feedRead(tenant.id, NAME, { error: reason });
    }
  }
}
