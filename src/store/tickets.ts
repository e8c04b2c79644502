import type { Kysely } from 'kysely';
import type { ProofTicket, ProvenDecision } from '../core/request/proof.ts';
import { fromJson, toJson } from './json.ts';
import type { Tables } from './tables.ts';

/** How long a ticket stays to be told apart from one that never was. */
const KEPT_MS = 3_600_000;

export async function putTicket(handle: Kysely<Tables>, { hash, objectId, wanted, expiresAt }: ProofTicket, now: Date): Promise<void> {
  await handle
    .deleteFrom('proof_ticket')
    .where('expires_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
  await handle
    .insertInto('proof_ticket')
    .values({ hash, request_id: wanted.requestId, object_id: objectId, wanted: toJson(wanted), expires_at: expiresAt })
    .execute();
}

/** Locked: of two that come with one ticket at the same instant, the second waits here and finds it gone. */
export async function readTicket(handle: Kysely<Tables>, hash: string): Promise<ProofTicket | undefined> {
  const row = await handle.selectFrom('proof_ticket').selectAll().where('hash', '=', hash).forUpdate().executeTakeFirst();
  return row && { hash: row.hash, objectId: row.object_id, wanted: fromJson<ProvenDecision>(row.wanted), expiresAt: row.expires_at };
}

export async function spendTicket(handle: Kysely<Tables>, hash: string): Promise<void> {
  await handle.deleteFrom('proof_ticket').where('hash', '=', hash).execute();
}
