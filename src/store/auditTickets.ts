import type { Kysely } from 'kysely';
import type { AuditTicket } from '../core/audit/ticket.ts';
import type { Tables } from './tables.ts';

/** How long a ticket stays to be told apart from one that never was. */
const KEPT_MS = 3_600_000;

export async function putAuditTicket(handle: Kysely<Tables>, ticket: AuditTicket, now: Date): Promise<void> {
  await handle
    .deleteFrom('audit_ticket')
    .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
  const { hash, objectId, days, expiresAt } = ticket;
  const row = { hash, object_id: objectId, first_day: days.from ?? null, last_day: days.to ?? null, expires_at: expiresAt };
  await handle.insertInto('audit_ticket').values(row).execute();
}

/** Locked: of two that come with one ticket at the same instant, the second waits here and finds it gone. */
export async function readAuditTicket(handle: Kysely<Tables>, hash: string): Promise<AuditTicket | undefined> {
  const row = await handle.selectFrom('audit_ticket').selectAll().where('hash', '=', hash).forUpdate().executeTakeFirst();
  if (!row) return undefined;
  const days = { ...(row.first_day === null ? {} : { from: row.first_day }), ...(row.last_day === null ? {} : { to: row.last_day }) };
  return { hash: row.hash, objectId: row.object_id, days, expiresAt: row.expires_at };
}

export async function spendAuditTicket(handle: Kysely<Tables>, hash: string): Promise<void> {
  await handle.deleteFrom('audit_ticket').where('hash', '=', hash).execute();
}
