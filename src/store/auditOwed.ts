import { type Kysely, sql } from 'kysely';
import type { AuditRecord } from '../app/ports.ts';
import { appendAudit } from './audit.ts';
import { fromJson, toJson } from './json.ts';
import type { Tables } from './tables.ts';

/**
 * Appends the entry, or writes down that it is owed when that fails, in the same transaction: an alert goes out either way (AL-10, DA-2).
 *
 * @throws only when neither can be written; nothing is committed then
 */
export async function recordOrOwe(handle: Kysely<Tables>, record: AuditRecord): Promise<'recorded' | 'owed'> {
  await sql`savepoint audit`.execute(handle);
  try {
    await appendAudit(handle, record);
    await sql`release savepoint audit`.execute(handle);
    return 'recorded';
  } catch {
    // Why it failed is seen when it is paid: that fails in the same way, and is logged and alerted there.
    await sql`rollback to savepoint audit`.execute(handle);
    await handle
      .insertInto('audit_owed')
      .values({ body: toJson(record) })
      .execute();
    return 'owed';
  }
}

export async function auditOwed(handle: Kysely<Tables>): Promise<number> {
  const row = await handle
    .selectFrom('audit_owed')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Appends what is owed, oldest first, each with the instant it happened at. Call it in a transaction. @returns how many */
export async function payAudit(handle: Kysely<Tables>, limit: number): Promise<number> {
  const rows = await handle.selectFrom('audit_owed').selectAll().orderBy('id').limit(limit).forUpdate().skipLocked().execute();
  for (const { id, body } of rows) {
    await handle.deleteFrom('audit_owed').where('id', '=', id).execute();
    await appendAudit(handle, fromJson<AuditRecord>(body));
  }
  return rows.length;
}
