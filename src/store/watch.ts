import type { Kysely } from 'kysely';
import type { Reads } from '../app/ports.ts';
import { readClock } from './clock.ts';
import type { Tables } from './tables.ts';

export async function beginCondition(handle: Kysely<Tables>, name: string, alertId: string, now: Date): Promise<boolean> {
  const added = await handle
    .insertInto('condition')
    .values({ name, alert_id: alertId, since: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  return added !== undefined;
}

export async function endCondition(handle: Kysely<Tables>, name: string): Promise<string | undefined> {
  const gone = await handle.deleteFrom('condition').where('name', '=', name).returning('alert_id').executeTakeFirst();
  return gone?.alert_id;
}

export async function conditions(handle: Kysely<Tables>): Promise<ReadonlyMap<string, Date>> {
  const rows = await handle.selectFrom('condition').select(['name', 'since']).orderBy('since').execute();
  return new Map(rows.map(({ name, since }) => [name, since]));
}

export async function seenInAzure(handle: Kysely<Tables>): Promise<ReadonlySet<string>> {
  const rows = await handle.selectFrom('seen_in_azure').select('part').execute();
  return new Set(rows.map(({ part }) => part));
}

export async function sawInAzure(handle: Kysely<Tables>, parts: readonly string[]): Promise<void> {
  if (parts.length === 0) return;
  const rows = parts.map((part) => ({ part }));
  await handle
    .insertInto('seen_in_azure')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function forgetSeenInAzure(handle: Kysely<Tables>): Promise<void> {
  await handle.deleteFrom('seen_in_azure').execute();
}

/** Locks the row, so that of two replicas one beats. */
export async function nextHeartbeat(handle: Kysely<Tables>, now: Date): Promise<number | undefined> {
  const row = await handle.selectFrom('heartbeat').selectAll().forUpdate().executeTakeFirstOrThrow();
  if (row.arrived < row.number) return undefined;
  const number = row.number + 1;
  await handle.updateTable('heartbeat').set({ number, began_at: now }).execute();
  return number;
}

export async function readHeartbeat(handle: Kysely<Tables>): ReturnType<Reads['heartbeat']> {
  const row = await handle.selectFrom('heartbeat').selectAll().executeTakeFirstOrThrow();
  return {
    number: row.number,
    beganAt: row.began_at,
    arrived: row.arrived,
    ...(row.arrived_at ? { arrivedAt: row.arrived_at } : {}),
    ...(row.conversation_id === null ? {} : { conversationId: row.conversation_id }),
    ...(row.activity_id === null ? {} : { activityId: row.activity_id }),
  };
}

export async function heartbeatArrived(
  handle: Kysely<Tables>,
  number: number,
  card: { readonly conversationId: string; readonly activityId: string },
): Promise<void> {
  const row = { arrived: number, arrived_at: await readClock(handle), conversation_id: card.conversationId, activity_id: card.activityId };
  await handle.updateTable('heartbeat').set(row).where('arrived', '<', number).execute();
}
