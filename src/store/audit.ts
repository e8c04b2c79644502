import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuditHead, AuditRecord } from '../app/ports.ts';
import type { AuditRow } from '../core/audit/judgeRow.ts';
import { append, EMPTY_TREE, leafHash, rootOf, type TreeHead } from '../core/audit/tree.ts';
import { canonicalJson } from '../core/digest.ts';
import type { Tables } from './tables.ts';

/**
 * Appends one entry to the log's tree, in the transaction of what it records. Call it last: it locks the head until the commit.
 * The body carries a random salt, so that an erased body can never be guessed from its hash.
 *
 * @returns the head of the log with this entry as its last
 */
export async function appendAudit(handle: Kysely<Tables>, record: AuditRecord): Promise<AuditHead> {
  const row = await handle.selectFrom('audit_head').selectAll().forUpdate().executeTakeFirstOrThrow();
  const head = unpack(row);
  const seq = head.size + 1;
  const entry = {
    seq,
    at: record.at.toISOString(),
    actor: record.actorId,
    intent: record.intent,
    subject: record.subject,
    ...(record.refusal ? { refusal: JSON.parse(JSON.stringify(record.refusal)) } : {}),
    ...(record.details ? { details: record.details } : {}),
    salt: randomBytes(16).toString('base64url'),
  };
  const body = Buffer.from(canonicalJson(entry), 'utf8');
  const leaf = leafHash(body);
  const next = append(head, leaf);
  await handle
    .insertInto('audit')
    .values({ seq, at: record.at, intent: record.intent, actor: record.actorId, subject: record.subject, leaf, body })
    .execute();
  await handle
    .updateTable('audit_head')
    .set({ size: next.size, frontier: Buffer.concat(next.frontier) })
    .execute();
  return { size: next.size, root: rootOf(next).toString('base64') };
}

/** Entries of a time, as of the head that is locked here: none comes between this and the entry of the same transaction. */
export async function countAudit(
  handle: Kysely<Tables>,
  { since, before }: { readonly since?: Date; readonly before?: Date },
): Promise<number> {
  await handle.selectFrom('audit_head').select('size').forUpdate().executeTakeFirstOrThrow();
  const row = await handle
    .selectFrom('audit')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .$if(since !== undefined, (query) => query.where('at', '>=', since ?? new Date(0)))
    .$if(before !== undefined, (query) => query.where('at', '<', before ?? new Date(0)))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Entries in order, of those after that number. */
export const auditRows = (handle: Kysely<Tables>, after: number, limit: number): Promise<AuditRow[]> =>
  handle.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute();

export async function auditHead(handle: Kysely<Tables>): Promise<AuditHead> {
  const head = unpack(await handle.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow());
  return { size: head.size, root: rootOf(head).toString('base64') };
}

function unpack(row: { size: number; frontier: Buffer }): TreeHead {
  if (row.size === 0) return EMPTY_TREE;
  const frontier: Buffer[] = [];
  for (let start = 0; start < row.frontier.length; start += 32) frontier.push(row.frontier.subarray(start, start + 32));
  return { size: row.size, frontier };
}
