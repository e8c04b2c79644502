import { type Kysely, sql } from 'kysely';
import type { Aggregates, Kind } from '../app/ports.ts';
import { type ChangeRequest, OPEN_STATES } from '../core/request/types.ts';
import { fromJson, toJson } from './json.ts';
import type { Tables } from './tables.ts';

/** Reads one thing; `lock` makes a second transaction wait until this one ends. */
export async function readOne<K extends Kind>(
  handle: Kysely<Tables>,
  kind: K,
  id: string,
  lock: boolean,
): Promise<Aggregates[K] | undefined> {
  const query = handle
    .selectFrom(kind as 'request')
    .select('body')
    .where('id', '=', id);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row && fromJson<Aggregates[K]>(row.body);
}

export async function insertOne<K extends Kind>(handle: Kysely<Tables>, kind: K, value: Aggregates[K]): Promise<void> {
  const body = toJson(value);
  const common = { id: value.id, revision: value.revision, state: value.state, body };
  if (isA('request', kind, value)) {
    const { plan, requester, formId, openedAt } = value;
    const more = {
      form_id: formId,
      kind: value.kind,
      account_id: 'accountId' in plan.account ? plan.account.accountId : null,
      requester_key: requester.personKey,
      user_principal_name: plan.account.userPrincipalName,
      tenant_id: plan.tenant.id,
      opened_at: openedAt,
    };
    await handle
      .insertInto('request')
      .values({ ...common, ...more })
      .execute();
    await addDecisions(handle, value);
  } else if (isA('account', kind, value)) {
    const more = {
      request_id: value.requestId,
      tenant_id: value.tenantId,
      object_id: value.objectId,
      user_principal_name: value.userPrincipalName,
    };
    await handle
      .insertInto('account')
      .values({ ...common, ...more })
      .execute();
  } else if (isA('alert', kind, value)) {
    await handle
      .insertInto('alert')
      .values({ ...common, raised_at: value.raisedAt, ...countedBy(value) })
      .execute();
  } else if (isA('drill', kind, value)) {
    await handle
      .insertInto('drill')
      .values({ ...common, account_id: value.accountId, started_at: value.startedAt })
      .execute();
  } else if (isA('case', kind, value)) {
    const more = { about: value.about, tenant_id: value.tenantId ?? null, account: value.account ?? null, opened_at: value.openedAt };
    await handle
      .insertInto('case')
      .values({ ...common, ...more })
      .execute();
  }
}

/** Saves over the revision it was made from; anything else means a lock was forgotten, and is a fault. */
export async function saveOne<K extends Kind>(handle: Kysely<Tables>, kind: K, value: Aggregates[K]): Promise<void> {
  const { numUpdatedRows } = await handle
    .updateTable(kind as 'request')
    .set({ revision: value.revision, state: value.state, body: toJson(value), ...columnsOf(kind, value) })
    .where('id', '=', value.id)
    .where('revision', '=', value.revision - 1)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error(`${kind} ${value.id} was changed by somebody else while it was being decided on`);
  if (isA('request', kind, value)) await addDecisions(handle, value);
}

/** Columns beside the document that change with it. */
function columnsOf<K extends Kind>(kind: K, value: Aggregates[K]): object {
  if (isA('request', kind, value)) return { user_principal_name: value.plan.account.userPrincipalName, tenant_id: value.plan.tenant.id };
  return isA('account', kind, value) ? { retired_at: value.retiredAt ?? null } : {};
}

/** Adds the rows the decision book does not have yet. The unique key on (request, human, plan) is the last word on "once". */
async function addDecisions(handle: Kysely<Tables>, request: ChangeRequest): Promise<void> {
  if (request.decisions.length === 0) return;
  await handle
    .insertInto('decision')
    .values(
      request.decisions.map((row, index) => ({
        request_id: request.id,
        number: index + 1,
        kind: row.kind,
        person_key: row.person.personKey,
        object_id: row.person.objectId,
        plan_digest: row.planDigest,
        at: row.at,
        reason: row.reason ?? null,
        proof_method: row.proof?.method ?? null,
        proof_at: row.proof?.at ?? null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['request_id', 'number']).doNothing())
    .execute();
}

/** Who has a user principal name: a request for a new account that is open, or an account that was not retired. */
export async function claimOfName(handle: Kysely<Tables>, userPrincipalName: string): Promise<{ id: string } | undefined> {
  const name = userPrincipalName.toLowerCase();
  const request = await handle
    .selectFrom('request')
    .select('id')
    .where(sql`lower(user_principal_name)`, '=', name)
    .where('kind', '=', 'create')
    .where('state', 'in', OPEN_STATES)
    .executeTakeFirst();
  if (request) return request;
  const account = await handle
    .selectFrom('account')
    .select('request_id as id')
    .where(sql`lower(user_principal_name)`, '=', name)
    .where('state', '<>', 'retired')
    .executeTakeFirst();
  return account;
}

export async function openRequestOfAccount(handle: Kysely<Tables>, accountId: string): Promise<ChangeRequest | undefined> {
  const open = handle.selectFrom('request').select('body').where('account_id', '=', accountId).where('state', 'in', OPEN_STATES);
  const row = await open.executeTakeFirst();
  return row && fromJson<ChangeRequest>(row.body);
}

/** What folded attempts are counted by. */
function countedBy({ cause, foldedInto, raisedAt }: Aggregates['alert']) {
  const event = cause.kind === 'sign-in' ? cause.event : undefined;
  return { folded_into: foldedInto ?? null, address: event?.ipAddress ?? null, happened_at: event?.signedInAt ?? raisedAt };
}

const isA = <K extends Kind>(wanted: K, kind: Kind, _value: Aggregates[Kind]): _value is Aggregates[K] => kind === wanted;
