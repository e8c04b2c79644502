import type { Kysely } from 'kysely';
import type { Drill } from '../core/drill/types.ts';
import { fromJson } from './json.ts';
import type { Tables } from './tables.ts';

const DAY_MS = 86_400_000;

export async function drillsOf(handle: Kysely<Tables>, accountId: string, at: Date): Promise<Drill[]> {
  const rows = await handle
    .selectFrom('drill')
    .select('body')
    .where('account_id', '=', accountId)
    .where('started_at', '>', new Date(at.getTime() - DAY_MS))
    .orderBy('started_at', 'desc')
    .limit(20)
    .execute();
  return rows.map((row) => fromJson<Drill>(row.body));
}

export async function runningDrills(handle: Kysely<Tables>): Promise<Drill[]> {
  const rows = await handle.selectFrom('drill').select('body').where('state', '=', 'running').orderBy('started_at').execute();
  return rows.map((row) => fromJson<Drill>(row.body));
}
