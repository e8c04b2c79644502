import { type Kysely, sql } from 'kysely';
import type { Alert } from '../core/alert/types.ts';
import type { Replaced } from '../core/case/steps.ts';
import type { UseCase } from '../core/case/types.ts';
import type { ChangeRequest } from '../core/request/types.ts';
import { fromJson } from './json.ts';
import type { Tables } from './tables.ts';

export async function openCaseAbout(handle: Kysely<Tables>, about: string): Promise<string | undefined> {
  const row = await handle.selectFrom('case').select('id').where('about', '=', about).where('state', '=', 'open').executeTakeFirst();
  return row?.id;
}

export async function openCaseOfName(handle: Kysely<Tables>, tenantId: string, userPrincipalName: string): Promise<string | undefined> {
  const row = await handle
    .selectFrom('case')
    .select('id')
    .where('state', '=', 'open')
    .where('tenant_id', '=', tenantId)
    .where(sql`lower(account)`, '=', userPrincipalName.toLowerCase())
    .executeTakeFirst();
  return row?.id;
}

/** A retired account has no credential any more: that ends it as a new one does. */
export async function credentialReplaced(
  handle: Kysely<Tables>,
  tenantId: string,
  userPrincipalName: string,
  since: Date,
): Promise<Replaced | undefined> {
  const rows = await handle
    .selectFrom('request')
    .select('body')
    .where('state', '=', 'applied')
    .where('tenant_id', '=', tenantId)
    .where(sql`lower(user_principal_name)`, '=', userPrincipalName.toLowerCase())
    .where(sql`body->>'kind'`, 'in', ['rotate', 'handover', 'retire'])
    .orderBy('opened_at', 'desc')
    .limit(20)
    .execute();
  const applied = rows.map((row) => fromJson<ChangeRequest>(row.body));
  const found = applied.find(({ closedAt }) => closedAt !== undefined && closedAt > since);
  return found?.closedAt && { requestId: found.id, at: found.closedAt };
}

export async function unclassifiedAlerts(handle: Kysely<Tables>, limit: number): Promise<Alert[]> {
  const rows = await handle
    .selectFrom('alert')
    .select('body')
    .where('state', '=', 'acknowledged')
    .where(sql`body->>'severity'`, '=', 'critical')
    .orderBy('raised_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => fromJson<Alert>(row.body));
}

export async function openCases(handle: Kysely<Tables>, limit: number): Promise<UseCase[]> {
  const rows = await handle.selectFrom('case').select('body').where('state', '=', 'open').orderBy('opened_at').limit(limit).execute();
  return rows.map((row) => fromJson<UseCase>(row.body));
}
