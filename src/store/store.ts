import { sql } from 'kysely';
import type { Conversation, Store } from '../app/ports.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { Alert } from '../core/alert/types.ts';
import { type ChangeRequest, OPEN_STATES } from '../core/request/types.ts';
import { openRequestOfAccount, readOne } from './aggregates.ts';
import { auditHead, auditRows } from './audit.ts';
import { auditOwed, payAudit } from './auditOwed.ts';
import { backlog } from './backlog.ts';
import { openCases, unclassifiedAlerts } from './cases.ts';
import { readClock } from './clock.ts';
import type { Database } from './connect.ts';
import { runningDrills } from './drills.ts';
import { fromJson, toJson } from './json.ts';
import { measures } from './measures.ts';
import { type Outbox, placeKey, queueOf } from './outbox.ts';
import { readQuarantine } from './quarantine.ts';
import { readRoster } from './roster.ts';
import { cardFrom, feedFrom } from './rows.ts';
import { ringNextTimer } from './timers.ts';
import { transactionOn } from './transaction.ts';
import { conditions, forgetSeenInAzure, heartbeatArrived, readHeartbeat, sawInAzure, seenInAzure } from './watch.ts';
import { watchedUsers } from './watchList.ts';

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
      const rows = await (open ? query.where('state', 'in', OPEN_STATES) : query).execute();
      return rows.map((row) => fromJson<ChangeRequest>(row.body));
    },
    openRequestOfAccount: (accountId) => openRequestOfAccount(db(), accountId),
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
    quarantined: (limit) => readQuarantine(db(), limit),
    unclassifiedAlerts: (limit) => unclassifiedAlerts(db(), limit),
    openCases: (limit) => openCases(db(), limit),
    auditOwed: () => auditOwed(db()),
    payAudit: (limit) => database.transaction('audit', (handle) => payAudit(handle, limit)),
    runningDrills: () => runningDrills(db()),
    conditions: () => conditions(db()),
    seenInAzure: () => seenInAzure(db()),
    sawInAzure: (parts) => sawInAzure(db(), parts),
    forgetSeenInAzure: () => forgetSeenInAzure(db()),
    heartbeat: () => readHeartbeat(db()),
    heartbeatArrived: (number, card) => heartbeatArrived(db(), number, card),
    watchedUsers: (tenantId) => watchedUsers(db(), tenantId),
    cardsOf: async (subject) => (await db().selectFrom('posted_card').selectAll().where('subject', '=', subject).execute()).map(cardFrom),
    async card(key) {
      const row = await db().selectFrom('posted_card').selectAll().where('key', '=', key).executeTakeFirst();
      return row && cardFrom(row);
    },
    async conversation(place) {
      const row = await db().selectFrom('conversation').selectAll().where('place', '=', placeKey(place)).executeTakeFirst();
      return row && { place, conversationId: row.conversation_id, reference: row.reference };
    },
    async sealedPart(key) {
      return (await db().selectFrom('sealed_part').select('sealed').where('key', '=', key).executeTakeFirst())?.sealed;
    },
    auditHead: () => auditHead(db()),
    auditRows: (after, limit) => auditRows(db(), after, limit),
    backlog: () => backlog(database),
    measures: () => measures(db()),
    async feeds() {
      const rows = await db().selectFrom('feed').selectAll().orderBy('tenant_id').orderBy('feed').execute();
      return rows.map(feedFrom);
    },
    roster: (role) => readRoster(db(), role, false),
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
          .select(['key', 'urgent', 'first'])
          .where('place', '=', placeKey(place))
          .where('state', '=', 'owed')
          .execute();
        for (const card of waiting) await outbox.send(handle, queueOf(card), { kind: 'post', key: card.key });
      });
    },
    async markOwed(key) {
      await db().updateTable('posted_card').set({ state: 'owed', since: sql`now()` }).where('key', '=', key).execute();
    },
    async markSending(key, conversationId) {
      const sending = { state: 'sending', conversation_id: conversationId, since: sql<Date>`now()` };
      await db().updateTable('posted_card').set(sending).where('key', '=', key).execute();
    },
    async markSent(key, conversationId, activityId, shown) {
      const sent = { state: 'sent', conversation_id: conversationId, activity_id: activityId, shown, sent_at: await readClock(db()) };
      await db().updateTable('posted_card').set(sent).where('key', '=', key).execute();
    },
    async markShown(key, shown) {
      await db().updateTable('posted_card').set({ shown }).where('key', '=', key).where('shown', '<', shown).execute();
    },
    async claimUnsent(limit) {
      // Where there is no conversation, `remember` sends it; it would only stand in the way of others here.
      const { rows } = await sql<{ key: string }>`
        with late as (
          select key, first, urgent, since from posted_card
          where state <> 'sent' and since < now() - interval '2 minutes' and place in (select place from conversation)
          order by first desc, urgent desc, since limit ${limit} for update skip locked
        ), claimed as (update posted_card set since = now() from late where posted_card.key = late.key returning late.key)
        select key from late join claimed using (key) order by first desc, urgent desc, since`.execute(db());
      return rows.map(({ key }) => key);
    },
    async feedRead(tenantId, feed, { readUpTo, freshestAt, error }) {
      const at = await readClock(db());
      const fresh = error === undefined ? { last_success_at: at, failures: 0, last_error: null } : { last_error: error };
      const row = { ...fresh, ...(readUpTo ? { read_up_to: readUpTo } : {}), ...(freshestAt ? { freshest_at: freshestAt } : {}) };
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
