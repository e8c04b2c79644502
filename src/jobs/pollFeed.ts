import { createHash } from 'node:crypto';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store, TenantInfo, Tenants } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import { HOUR, later } from '../core/decision.ts';
import type { Intent } from '../core/intent.ts';

const FEED_ACTOR = { kind: 'system', part: 'feed' } as const;
/** Rows settle within two hours, some come late: every read goes back that far, and the same row again is nothing new (AL-4). */
const OVERLAP_MS = 2 * HOUR;

export interface PollNeeds {
  readonly store: Store;
  readonly tenants: Tenants;
  readonly door: Door;
  readonly log: Log;
}

/** What a feed said of one tenant. */
export interface PollResult {
  readonly intents: readonly Intent[];
  /** Instants of all rows, also of those that concern nobody. */
  readonly rows: readonly Date[];
}

/** What one read told the door, by digest, and up to when it had read then. */
interface Told {
  readonly upTo: Date;
  readonly intents: ReadonlySet<string>;
}

/**
 * A poll of one feed of every tenant that has watched accounts. The read position moves on only after every row is stored. A failure is noted:
 * `silenceWatch` raises the alert.
 *
 * Two hours of rows come with every read, and somebody who tries passwords makes thousands: what this process told the door before, word for
 * word, it does not tell again, for each costs a transaction. A position that went back is a database restored from a backup, and then
 * everything is told.
 *
 * @param read everything since the instant; whatever it throws is a failure of the feed
 */
export function feedPoll(
  { store, tenants, door, log }: PollNeeds,
  feed: Feed,
  read: (tenant: TenantInfo, users: readonly string[], since: Date) => Promise<PollResult>,
): () => Promise<void> {
  const told = new Map<string, Told>();

  async function tell(intents: readonly Intent[], before: ReadonlySet<string> | undefined): Promise<ReadonlySet<string>> {
    const now = new Set<string>();
    for (const intent of intents) {
      const digest = createHash('sha256').update(JSON.stringify(intent)).digest('base64');
      if (before?.has(digest) || (await isKept(intent))) now.add(digest);
    }
    return now;
  }
  async function isKept(intent: Intent): Promise<boolean> {
    const outcome = await door.dispatch(FEED_ACTOR, intent);
    return outcome.ok || outcome.error.code === 'nothing-to-do';
  }

  return async () => {
    const states = await store.feeds();
    for (const tenant of tenants.list()) {
      const users = await store.watchedUsers(tenant.id);
      if (users.length === 0) continue;
      const state = states.find((each) => each.tenantId === tenant.id && each.feed === feed);
      const startedAt = await store.now();
      try {
        const { intents, rows } = await read(tenant, users, later(state?.readUpTo ?? startedAt, -OVERLAP_MS));
        const before = told.get(tenant.id);
        const wentBack = before && (state?.readUpTo === undefined || state.readUpTo < before.upTo);
        const after = await tell(intents, wentBack ? undefined : before?.intents);
        const known = state?.freshestAt ? [state.freshestAt] : [];
        const freshestAt = [...rows, ...known].reduce<Date | undefined>((newest, at) => (newest && newest > at ? newest : at), undefined);
        await store.feedRead(tenant.id, feed, { readUpTo: startedAt, ...(freshestAt ? { freshestAt } : {}) });
        told.set(tenant.id, { upTo: startedAt, intents: after });
      } catch (error) {
        log.warn('poll.failed', { tenantId: tenant.id, feed, error });
        await store.feedRead(tenant.id, feed, { error: error instanceof Error ? error.message : 'unknown' });
      }
    }
  };
}
