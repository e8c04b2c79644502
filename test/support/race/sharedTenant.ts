import { sql } from 'kysely';
import type { People, TenantReader, Tenants, TenantWriter } from '../../../src/app/ports.ts';
import type { PersonRef } from '../../../src/core/people.ts';
import { keyFileCustody } from '../../../src/custody/keyFile.ts';
import type { Database } from '../../../src/store/connect.ts';
import { person } from '../builders.ts';
import { ANN2 } from '../installation/machine.ts';

/** Who can be an approver in the races. */
export const APPROVERS: readonly PersonRef[] = [person('ann'), ANN2, person('bob'), person('cy')];
export const CUSTODY = keyFileCustody(Buffer.alloc(32, 5));

/** What several replicas share beside the product's own tables: what was done in the tenant, and who is an approver now. */
export async function makeShared(database: Database): Promise<void> {
  const handle = database.current();
  await sql`create table effect (object_id text not null, at timestamptz not null default clock_timestamp())`.execute(handle);
  await sql`create table directory (object_id text primary key, approver boolean not null)`.execute(handle);
  for (const { objectId } of APPROVERS) await sql`insert into directory values (${objectId}, true)`.execute(handle);
}

export async function setApprover(database: Database, objectId: string, approver: boolean): Promise<void> {
  await sql`update directory set approver = ${approver} where object_id = ${objectId}`.execute(database.current());
}

/** How often a user was disabled: the tenant's own log, in which a second time would be a second row. */
export async function effectsOn(database: Database, objectId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from effect where object_id = ${objectId}`.execute(
    database.current(),
  );
  return rows[0]?.count ?? 0;
}

export function sharedPeople(database: Database): People {
  return {
    lookUp: async () => ({ ok: false, why: 'unknown' }),
    async holders() {
      const { rows } = await sql<{ object_id: string }>`select object_id from directory where approver`.execute(database.current());
      return APPROVERS.filter(({ objectId }) => rows.some((row) => row.object_id === objectId));
    },
  };
}

/** A tenant whose users can be disabled, and nothing else. Plans are not drawn up again here: it knows nothing they are drawn up from. */
export function sharedTenants(database: Database): Tenants {
  const reader = {
    async user(objectId: string) {
      const marker = `breakglass:${objectId.slice('user-'.length)}M`;
      const [tag] = await CUSTODY.tags(marker);
      const accountEnabled = (await effectsOn(database, objectId)) === 0;
      return { objectId, userPrincipalName: objectId, accountEnabled, marker: `${marker}:${tag}` };
    },
  } as Partial<TenantReader> as TenantReader;
  const writer = {
    async disable(objectId: string) {
      await sql`insert into effect (object_id) values (${objectId})`.execute(database.current());
    },
    revokeSessions: async () => undefined,
  } as Partial<TenantWriter> as TenantWriter;
  return { list: () => [], info: () => undefined, reader: () => reader, writer: () => writer, changer: async () => ({}) };
}
