import type { Kysely } from 'kysely';
import { DAY, later } from '../core/decision.ts';
import { readClock } from './clock.ts';
import type { Tables } from './tables.ts';

/** Object ids of the tenant's accounts that are watched, as `Store.watchedUsers` has them. */
export async function watchedUsers(db: Kysely<Tables>, tenantId: string): Promise<string[]> {
  // A retired one can be restored from the recycle bin for 30 days, by whoever may: until then it is looked at.
  const gone = later(await readClock(db), -31 * DAY);
  const rows = await db
    .selectFrom('account')
    .select('object_id')
    .where('tenant_id', '=', tenantId)
    .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', gone)]))
    .execute();
  return rows.map((row) => row.object_id);
}
