import { type Kysely, sql } from 'kysely';
import { QUARANTINE_BYTES, type Quarantined, type Reads } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import type { Tables } from './tables.ts';

/** More than anybody will look through; the newest are kept. */
const MOST_ROWS = 1_000;

/** Keeps one, cut at `QUARANTINE_BYTES`, and lets the oldest go beyond the bound. */
export async function putInQuarantine(handle: Kysely<Tables>, { id, at, feed, tenantId, words, bytes }: Quarantined): Promise<void> {
  const kept = Buffer.from(bytes.subarray(0, QUARANTINE_BYTES));
  await handle
    .insertInto('quarantine')
    .values({ id, at, feed, tenant_id: tenantId ?? null, words, bytes: kept, size: bytes.length })
    .execute();
  await sql`delete from quarantine where id in (select id from quarantine order by at desc, id desc offset ${MOST_ROWS})`.execute(handle);
}

export async function readQuarantine(handle: Kysely<Tables>, limit: number): ReturnType<Reads['quarantined']> {
  const rows = await handle.selectFrom('quarantine').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  const counted = await handle
    .selectFrom('quarantine')
    .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
    .executeTakeFirstOrThrow();
  return {
    total: counted.count,
    rows: rows.map(({ id, at, feed, tenant_id, words, bytes }) => ({
      id,
      at,
      feed: feed as Feed,
      words,
      bytes,
      ...(tenant_id === null ? {} : { tenantId: tenant_id }),
    })),
  };
}
