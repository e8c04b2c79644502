import { type Kysely, sql } from 'kysely';
import type { Feed, Noise } from '../core/alert/types.ts';
import type { Tables } from './tables.ts';

/**
 * The row's lock makes attempts on one account wait for each other, so that one of them leads. A lead that was acknowledged leads no more:
 * what comes after is not swallowed by it (AL-9).
 */
export async function joinFold(
  handle: Kysely<Tables>,
  key: string,
  alertId: string,
  now: Date,
  until: Date,
): Promise<{ readonly leadId: string; readonly since: Date }> {
  const { rows } = await sql<{ alert_id: string; since: Date }>`
    insert into fold as known (key, alert_id, since, until) values (${key}, ${alertId}, ${now}, ${until})
    on conflict (key) do update set alert_id = excluded.alert_id, since = excluded.since, until = excluded.until
      where known.until <= ${now} or exists (select from alert where id = known.alert_id and state <> 'open')
    returning alert_id, since`.execute(handle);
  const led = rows[0] ?? (await handle.selectFrom('fold').select(['alert_id', 'since']).where('key', '=', key).executeTakeFirstOrThrow());
  return { leadId: led.alert_id, since: led.since };
}

/** Counted from the alerts themselves: every attempt is one, so nothing is counted twice and nothing is missed. */
export async function countFold(handle: Kysely<Tables>, leadId: string): Promise<Noise> {
  const { rows } = await sql<{ attempts: number; addresses: number; first: Date; last: Date; feeds: string[] }>`
    with one as (select * from alert where folded_into = ${leadId} or id = ${leadId})
    select count(*)::int as attempts, count(distinct address)::int as addresses, min(happened_at) as first, max(happened_at) as last,
      array(select distinct json_array_elements_text(body->'cause'->'feeds') from one order by 1) as feeds
    from one`.execute(handle);
  const row = rows[0];
  if (!row) throw new Error(`there is nothing to count for ${leadId}`);
  return { attempts: row.attempts, addresses: row.addresses, firstAt: row.first, lastAt: row.last, feeds: row.feeds as Feed[] };
}
