import { sql } from 'kysely';
import type { Conversation, DueTimer, FeedState, PostedCard, Store } from '../app/ports.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { Alert, Feed } from '../core/alert/types.ts';
import type { Place, Subject } from '../core/effect.ts';
import type { Intent } from '../core/intent.ts';
import type { ChangeRequest } from '../core/request/types.ts';
import { readOne } from './aggregates.ts';
import { auditHead } from './audit.ts';
import { readClock } from './clock.ts';
import type { Database } from './connect.ts';
import { fromJson, toJson } from './json.ts';
import { type Outbox, placeKey } from './outbox.ts';
import { transactionOn } from './transaction.ts';

const SWEEP_EVERY_MS = 60_000;

/** The port `Store` over an open database; effects go to the outbox in the same transaction. */
export function storeOn(database: Database, outbox: Outbox): Store {
  const db = () => database.current();
  let sweepTurnsAt = 0;
  return {
    transaction: (work) => database.transaction('transaction', (handle) => work(transactionOn(handle, outbox))),
    ringNextTimer: (work) => ringNextTimer(database, work),
    now: () => readClock(db()),
    get: (kind, id) => readOne(db(), kind, id, false),
    async requests({ open, limit }) {
      const query = db().selectFrom('request').select('body').orderBy('opened_at', 'desc').limit(limit);
      const rows = await (open ? query.where('state', 'in', ['pending', 'approved', 'failed']) : query).execute();
      return rows.map((row) => fromJson<ChangeRequest>(row.body));
    },
    async accounts(limit) {
      const rows = await db().selectFrom('account').select('body').orderBy('user_principal_name').limit(limit).execute();
      return rows.map((row) => fromJson<EmergencyAccount>(row.body));
    },
    async openAlerts(limit) {
      const rows = await db()
        .selectFrom('alert')
        .select('body')
        .where('state', '=', 'open')
        .orderBy('raised_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => fromJson<Alert>(row.body));
    },
    async watchedUsers(tenantId) {
      const rows = await db().selectFrom('account').select('object_id').where('tenant_id', '=', tenantId).execute();
      return rows.map((row) => row.object_id);
    },
    cardsOf: async (subject) => (await db().selectFrom('posted_card').selectAll().where('subject', '=', subject).execute()).map(cardFrom),
    async card(key) {
      const row = await db().selectFrom('posted_card').selectAll().where('key', '=', key).executeTakeFirst();
      return row && cardFrom(row);
    },
    async conversation(place) {
      const row = await db().selectFrom('conversation').selectAll().where('place', '=', placeKey(place)).executeTakeFirst();
      return row && { place, conversationId: row.conversation_id, reference: row.reference };
    },
    auditHead: () => auditHead(db()),
    backlog: () => backlog(database),
    async feeds() {
      const rows = await db().selectFrom('feed').selectAll().orderBy('tenant_id').orderBy('feed').execute();
      return rows.map(feedFrom);
    },
    async remember({ place, conversationId, reference }: Conversation) {
      const row = { conversation_id: conversationId, reference: toJson(reference) };
      await database.transaction('remember', async (handle) => {
        await handle
          .insertInto('conversation')
          .values({ place: placeKey(place), ...row })
          .onConflict((conflict) => conflict.column('place').doUpdateSet(row))
          .execute();
        // What could not be said for want of a conversation is said now.
        const waiting = await handle
          .selectFrom('posted_card')
          .select(['key', 'urgent'])
          .where('place', '=', placeKey(place))
          .where('state', '=', 'owed')
          .execute();
        for (const { key, urgent } of waiting) await outbox.send(handle, urgent ? 'urgent-card' : 'card', { kind: 'post', key });
      });
    },
    async markOwed(key) {
      await db().updateTable('posted_card').set({ state: 'owed' }).where('key', '=', key).execute();
    },
    async markSending(key, conversationId) {
      await db().updateTable('posted_card').set({ state: 'sending', conversation_id: conversationId }).where('key', '=', key).execute();
    },
    async markSent(key, conversationId, activityId, shown) {
      const sent = { state: 'sent', conversation_id: conversationId, activity_id: activityId, shown };
      await db().updateTable('posted_card').set(sent).where('key', '=', key).execute();
    },
    async markShown(key, shown) {
      await db().updateTable('posted_card').set({ shown }).where('key', '=', key).where('shown', '<', shown).execute();
    },
    async feedRead(tenantId, feed, { readUpTo, error }) {
      const at = await readClock(db());
      const fresh = error === undefined ? { last_success_at: at, failures: 0, last_error: null } : { last_error: error };
      const row = { ...fresh, ...(readUpTo ? { read_up_to: readUpTo } : {}) };
      const saved = await db()
        .insertInto('feed')
        .values({ tenant_id: tenantId, feed, failures: error === undefined ? 0 : 1, ...row })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'feed'])
            .doUpdateSet({ ...row, ...(error === undefined ? {} : { failures: sql<number>`feed.failures + 1` }) }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return feedFrom(saved);
    },
    async firstSight(key) {
      const added = await db()
        .insertInto('turn')
        .values({ key })
        .onConflict((conflict) => conflict.doNothing())
        .returning('key')
        .executeTakeFirst();
      // Teams repeats within minutes; what is older than a day only fills the table.
      if (performance.now() >= sweepTurnsAt) {
        sweepTurnsAt = performance.now() + SWEEP_EVERY_MS;
        await sql`delete from turn where at < now() - interval '1 day'`.execute(db());
      }
      return added !== undefined;
    },
    async close() {
      await outbox.stop();
      await database.close();
    },
  };
}

/** Claim, decide, delete: one transaction. A timer that fails is put off by a minute, so that it cannot hold up the others. */
async function ringNextTimer(database: Database, work: (timer: DueTimer) => Promise<void>): Promise<boolean> {
  let claimed: string | undefined;
  try {
    return await database.transaction('timer', async (handle) => {
      const now = await readClock(handle);
      const row = await handle
        .selectFrom('timer')
        .select(['key', 'intent'])
        .where('at', '<=', now)
        .orderBy('at')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!row) return false;
      claimed = row.key;
      // Deleted before the work: what the work decides may set the same key again.
      await handle.deleteFrom('timer').where('key', '=', row.key).execute();
      await work({ key: row.key, intent: fromJson<Intent>(row.intent) });
      return true;
    });
  } catch (error) {
    if (claimed !== undefined) {
      const now = await readClock(database.current());
      await database
        .current()
        .updateTable('timer')
        .set({ at: new Date(now.getTime() + 60_000), failures: sql<number>`failures + 1` })
        .where('key', '=', claimed)
        .execute();
    }
    throw error;
  }
}

async function backlog(database: Database): ReturnType<Store['backlog']> {
  const handle = database.current();
  const jobs = await sql<{ waiting: number; failed: number }>`
    select (count(*) filter (where state < 'completed'))::int as waiting, (count(*) filter (where state = 'failed'))::int as failed from jobs.job
  `.execute(handle);
  const timers = await sql<{ count: number; next: Date | null }>`select count(*)::int as count, min(at) as next from timer`.execute(handle);
  const next = timers.rows[0]?.next;
  return {
    jobs: jobs.rows[0]?.waiting ?? 0,
    failedJobs: jobs.rows[0]?.failed ?? 0,
    timers: timers.rows[0]?.count ?? 0,
    ...(next ? { nextTimerAt: next } : {}),
  };
}

interface CardRow {
  key: string;
  subject: string;
  variant: string;
  place: string;
  state: string;
  conversation_id: string | null;
  activity_id: string | null;
  shown: number;
  urgent: boolean;
}

const cardFrom = (row: CardRow): PostedCard => ({
  key: row.key,
  subject: row.subject as Subject,
  variant: row.variant,
  place: placeFrom(row.place),
  state: row.state as PostedCard['state'],
  ...(row.conversation_id === null ? {} : { conversationId: row.conversation_id }),
  ...(row.activity_id === null ? {} : { activityId: row.activity_id }),
  shown: row.shown,
  urgent: row.urgent,
});

const placeFrom = (key: string): Place =>
  key === 'channel' ? { kind: 'channel' } : { kind: 'person', objectId: key.slice('person:'.length) };

interface FeedRow {
  tenant_id: string;
  feed: string;
  last_success_at: Date | null;
  read_up_to: Date | null;
  failures: number;
  last_error: string | null;
}

const feedFrom = (row: FeedRow): FeedState => ({
  tenantId: row.tenant_id,
  feed: row.feed as Feed,
  failures: row.failures,
  ...(row.last_success_at ? { lastSuccessAt: row.last_success_at } : {}),
  ...(row.read_up_to ? { readUpTo: row.read_up_to } : {}),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
});
