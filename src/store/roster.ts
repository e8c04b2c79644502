import type { Kysely } from 'kysely';
import type { Role } from '../core/people.ts';
import type { RosterEntry } from '../core/roster/roster.ts';
import type { Tables } from './tables.ts';

/** @param lock makes a second reader that also means to save wait until this transaction ends, so that one change is one alert */
export async function readRoster(handle: Kysely<Tables>, role: Role, lock: boolean): Promise<readonly RosterEntry[] | undefined> {
  const query = handle.selectFrom('roster_read').select('role').where('role', '=', role);
  const read = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (!read) return undefined;
  const rows = await handle.selectFrom('roster').selectAll().where('role', '=', role).execute();
  return rows.map((row) => ({ person: { objectId: row.object_id, personKey: row.person_key, name: row.name }, since: row.since }));
}

/** Replaces the rows of a role. */
export async function saveRoster(handle: Kysely<Tables>, role: Role, entries: readonly RosterEntry[]): Promise<void> {
  await handle
    .insertInto('roster_read')
    .values({ role })
    .onConflict((conflict) => conflict.column('role').doUpdateSet({ role }))
    .execute();
  await handle.deleteFrom('roster').where('role', '=', role).execute();
  if (entries.length === 0) return;
  const rows = entries.map(({ person, since }) => ({
    role,
    object_id: person.objectId,
    person_key: person.personKey,
    name: person.name,
    since,
  }));
  await handle.insertInto('roster').values(rows).execute();
}
