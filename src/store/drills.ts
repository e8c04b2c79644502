import type { Kysely } from 'kysely';
import { DAY, later } from '../core/decision.ts';
import type { Drill } from '../core/drill/types.ts';
import { fromJson } from './json.ts';
import type { Tables } from './tables.ts';

export async function drillsOf(handle: Kysely<Tables>, accountId: string, at: Date): Promise<Drill[]> {
  const rows = await handle
    .selectFrom('drill')
    .select('body')
    .where('account_id', '=', accountId)
    .where('started_at', '>', later(at, -DAY))
    .orderBy('started_at', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => fromJson<Drill>(row.body));
}

export async function runningDrills(handle: Kysely<Tables>): Promise<Drill[]> {
  const rows = await handle.selectFrom('drill').select('body').where('state', '=', 'running').orderBy('started_at').execute();
  return rows.map((row) => fromJson<Drill>(row.body));
}
