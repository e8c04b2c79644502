import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuditRecord } from '../app/ports.ts';
import { append, EMPTY_TREE, leafHash, rootOf, type TreeHead } from '../core/audit/tree.ts';
import { canonicalJson } from '../core/digest.ts';
import type { Tables } from './tables.ts';

/**
 * Appends one entry to the log's tree, in the transaction of what it records. Call it last: it locks the head until the commit.
 * The body carries a random salt, so that an erased body can never be guessed from its hash.
 */
export async function appendAudit(handle: Kysely<Tables>, record: AuditRecord): Promise<void> {
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
}

export async function auditHead(handle: Kysely<Tables>): Promise<{ size: number; root: string }> {
  const head = unpack(await handle.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow());
  return { size: head.size, root: rootOf(head).toString('base64') };
}

function unpack(row: { size: number; frontier: Buffer }): TreeHead {
  if (row.size === 0) return EMPTY_TREE;
  const frontier: Buffer[] = [];
  for (let start = 0; start < row.frontier.length; start += 32) frontier.push(row.frontier.subarray(start, start + 32));
  return { size: row.size, frontier };
}
