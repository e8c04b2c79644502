import type { Kysely } from 'kysely';
import type { RunbookTicket } from '../core/account/runbook.ts';
import type { Tables } from './tables.ts';

/** How long a ticket stays to be told apart from one that never was. */
const KEPT_MS = 3_600_000;

export async function putRunbookTicket(handle: Kysely<Tables>, ticket: RunbookTicket, now: Date): Promise<void> {
  await handle
    .deleteFrom('runbook_ticket')
    .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
  const { hash, accountId, objectId, expiresAt } = ticket;
  await handle.insertInto('runbook_ticket').values({ hash, account_id: accountId, object_id: objectId, expires_at: expiresAt }).execute();
}

/** Locked: of two that come with one ticket at the same instant, the second waits here and finds it gone. */
export async function readRunbookTicket(handle: Kysely<Tables>, hash: string): Promise<RunbookTicket | undefined> {
  const row = await handle.selectFrom('runbook_ticket').selectAll().where('hash', '=', hash).forUpdate().executeTakeFirst();
  return row && { hash: row.hash, accountId: row.account_id, objectId: row.object_id, expiresAt: row.expires_at };
}

export async function spendRunbookTicket(handle: Kysely<Tables>, hash: string): Promise<void> {
  await handle.deleteFrom('runbook_ticket').where('hash', '=', hash).execute();
}
