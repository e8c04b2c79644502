import { type Kysely, sql } from 'kysely';
import type { Transaction } from '../app/ports.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import { partKey } from '../core/account/types.ts';
import { ABOUT_CREDENTIALS } from '../core/alert/mend.ts';
import type { Configuration } from '../core/configuration.ts';
import { type ChangeRequest, type EarlierPlan, OPEN_STATES } from '../core/request/types.ts';
import { claimOfName, insertOne, openRequestOfAccount, readOne, saveOne } from './aggregates.ts';
import { appendAudit, countAudit } from './audit.ts';
import { recordOrOwe } from './auditOwed.ts';
import { putAuditTicket, readAuditTicket, spendAuditTicket } from './auditTickets.ts';
import { credentialReplaced, openCaseAbout, openCaseOfName } from './cases.ts';
import { readClock } from './clock.ts';
import { drillsOf, runningDrills } from './drills.ts';
import { countFold, joinFold } from './folds.ts';
import { fromJson, toJson } from './json.ts';
import { type Outbox, owe } from './outbox.ts';
import { putInQuarantine } from './quarantine.ts';
import { readRoster, saveRoster } from './roster.ts';
import { putRunbookTicket, readRunbookTicket, spendRunbookTicket } from './runbookTickets.ts';
import type { Tables } from './tables.ts';
import { putTicket, readTicket, spendTicket } from './tickets.ts';
import { beginCondition, endCondition, nextHeartbeat } from './watch.ts';

/** Writes are judged while their rows are fresh: more requests of one tenant do not run within the hours a feed may lag. */
const MOST_BEGUN = 50;

/** The port `Transaction` over one database transaction. */
export function transactionOn(handle: Kysely<Tables>, outbox: Outbox): Transaction {
  async function putSealedPart(key: string, content: Uint8Array): Promise<void> {
    const sealed = Buffer.from(content);
    await handle
      .insertInto('sealed_part')
      .values({ key, sealed })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ sealed }))
      .execute();
  }
  const one = <T>(row: { body: unknown } | undefined): T | undefined => row && fromJson<T>(row.body);
  return {
    now: () => readClock(handle),
    lock: (kind, id) => readOne(handle, kind, id, true),
    insert: (kind, value) => insertOne(handle, kind, value),
    save: (kind, value) => saveOne(handle, kind, value),
    requestOfForm: async (formId) =>
      one<ChangeRequest>(await handle.selectFrom('request').select('body').where('form_id', '=', formId).executeTakeFirst()),
    claimOfName: (userPrincipalName) => claimOfName(handle, userPrincipalName),
    async turnOf(personKey) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`turn:${personKey}`}, 0))`.execute(handle);
    },
    async openRequestsBy(personKey) {
      const row = await handle
        .selectFrom('request')
        .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
        .where('requester_key', '=', personKey)
        .where('state', 'in', OPEN_STATES)
        .executeTakeFirstOrThrow();
      return row.count;
    },
    async requestsSince(personKey, since) {
      const rows = await handle
        .selectFrom('request')
        .select(['opened_at', sql<unknown>`body -> 'earlier'`.as('earlier')])
        .where('requester_key', '=', personKey)
        .where('opened_at', '>', since)
        .execute();
      return rows.map(({ opened_at: openedAt, earlier }) => ({
        openedAt,
        ...(earlier ? { earlier: fromJson<EarlierPlan[]>(earlier) } : {}),
      }));
    },
    openRequestFor: (tenantId) =>
      handle
        .selectFrom('request')
        .select('id')
        .where('tenant_id', '=', tenantId)
        .where('state', 'in', OPEN_STATES)
        .orderBy('opened_at', 'desc')
        .limit(1)
        .executeTakeFirst(),
    openRequestOfAccount: (accountId) => openRequestOfAccount(handle, accountId),
    async accountsOf(tenantId) {
      const rows = await handle.selectFrom('account').select('body').where('tenant_id', '=', tenantId).orderBy('id').execute();
      return rows.map((row) => fromJson<EmergencyAccount>(row.body));
    },
    accountOfRequest: async (requestId) =>
      one<EmergencyAccount>(await handle.selectFrom('account').select('body').where('request_id', '=', requestId).executeTakeFirst()),
    accountsNaming: async (objectIds) => {
      const found = new Map<string, EmergencyAccount>();
      for (const objectId of objectIds) {
        const query = handle.selectFrom('account').select('body').where(sql`strpos(body::text, ${objectId})`, '>', 0);
        for (const { body } of await query.execute()) {
          const account = fromJson<EmergencyAccount>(body);
          found.set(account.id, account);
        }
      }
      return [...found.values()];
    },
    accountOfUser: async (tenantId, objectId) =>
      one<EmergencyAccount>(
        await handle
          .selectFrom('account')
          .select('body')
          .where('tenant_id', '=', tenantId)
          .where('object_id', '=', objectId.toLowerCase())
          .executeTakeFirst(),
      ),
    openCaseAbout: (about) => openCaseAbout(handle, about),
    openCaseOfName: (tenantId, name) => openCaseOfName(handle, tenantId, name),
    credentialReplaced: (tenantId, name, since) => credentialReplaced(handle, tenantId, name, since),
    joinFold: (key, alertId, now, until) => joinFold(handle, key, alertId, now, until),
    countFold: (leadId) => countFold(handle, leadId),
    drillsOf: (accountId, at) => drillsOf(handle, accountId, at),
    runningDrills: () => runningDrills(handle),
    beginCondition: (name, alertId, now) => beginCondition(handle, name, alertId, now),
    endCondition: (name) => endCondition(handle, name),
    async openFailures(requestId, until) {
      const rows = await handle
        .selectFrom('alert')
        .select('id')
        .where('state', '=', 'open')
        .where('raised_at', '<=', until)
        .where(
          sql<boolean>`(body->'cause'->>'kind' = 'request-failed' and body->'cause'->>'requestId' = ${requestId}
            or body->'cause'->>'awaitedBy' = ${requestId})`,
        )
        .orderBy('raised_at')
        .execute();
      return rows.map(({ id }) => id);
    },
    async credentialAlerts(accountId) {
      const rows = await handle
        .selectFrom('alert')
        .select('id')
        // In the words of its index, which is used for no others.
        .where(sql<boolean>`state in ('open', 'acknowledged')`)
        .where(sql<boolean>`body->'cause'->>'kind' in (${sql.join(ABOUT_CREDENTIALS.map((kind) => sql.lit(kind)))})`)
        .where(sql`body->>'accountId'`, '=', accountId)
        .orderBy('raised_at')
        .execute();
      return rows.map(({ id }) => id);
    },
    async isSent(key) {
      const row = await handle.selectFrom('posted_card').select('state').where('key', '=', key).executeTakeFirst();
      return row?.state === 'sent';
    },
    nextHeartbeat: (now) => nextHeartbeat(handle, now),
    async claimOnce(key, id) {
      const won = await handle
        .insertInto('once')
        .values({ key, id })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (won) return undefined;
      const row = await handle.selectFrom('once').select('id').where('key', '=', key).executeTakeFirstOrThrow();
      return row.id;
    },
    async requestsBegun(tenantId) {
      const rows = await handle
        .selectFrom('request')
        .select('body')
        .where('tenant_id', '=', tenantId)
        .where('state', 'in', ['approved', 'failed', 'applied', 'undoing', 'undone', 'withdrawn', 'impossible'])
        .orderBy('opened_at', 'desc')
        .limit(MOST_BEGUN)
        .execute();
      return rows.map((row) => fromJson<ChangeRequest>(row.body)).filter(({ begunAt }) => begunAt !== undefined);
    },
    quarantine: (kept) => putInQuarantine(handle, kept),
    async putSealedParts(accountId, sealed) {
      for (const [index, content] of sealed.entries()) await putSealedPart(partKey(accountId, index + 1), content);
    },
    putSealedPart,
    async takeSealedPart(key) {
      const row = await handle.deleteFrom('sealed_part').where('key', '=', key).returning('sealed').executeTakeFirst();
      return row?.sealed;
    },
    putTicket: (ticket, now) => putTicket(handle, ticket, now),
    ticket: (hash) => readTicket(handle, hash),
    spendTicket: (hash) => spendTicket(handle, hash),
    putRunbookTicket: (ticket, now) => putRunbookTicket(handle, ticket, now),
    runbookTicket: (hash) => readRunbookTicket(handle, hash),
    spendRunbookTicket: (hash) => spendRunbookTicket(handle, hash),
    putAuditTicket: (ticket, now) => putAuditTicket(handle, ticket, now),
    auditTicket: (hash) => readAuditTicket(handle, hash),
    spendAuditTicket: (hash) => spendAuditTicket(handle, hash),
    countAudit: (within) => countAudit(handle, within),
    roster: (role, lock) => readRoster(handle, role, lock !== undefined),
    saveRoster: (role, entries) => saveRoster(handle, role, entries),
    async lastConfiguration() {
      const row = await handle.selectFrom('configuration').select('body').forUpdate().executeTakeFirst();
      return row && (row.body as Configuration);
    },
    async saveConfiguration(configuration) {
      const body = toJson(configuration);
      await handle
        .insertInto('configuration')
        .values({ body })
        .onConflict((conflict) => conflict.column('one').doUpdateSet({ body }))
        .execute();
    },
    owe: (effects) => owe(handle, outbox, effects),
    record: (entry) => appendAudit(handle, entry),
    recordOrOwe: (entry) => recordOrOwe(handle, entry),
  };
}
