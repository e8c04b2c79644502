import { sql } from 'kysely';
import type { People, TenantReader, Tenants, TenantWriter } from '../../../src/app/ports.ts';
import type { PersonRef } from '../../../src/core/people.ts';
import { keyFileCustody } from '../../../src/custody/keyFile.ts';
import type { Database } from '../../../src/store/connect.ts';
import { person } from '../builders.ts';
import { ANN2 } from '../installation/machine.ts';
import { refusal } from '../installation/memoryTenant.ts';

/** Who can be an approver in the races. */
export const APPROVERS: readonly PersonRef[] = [person('ann'), ANN2, person('bob'), person('cy')];
export const CUSTODY = keyFileCustody(Buffer.alloc(32, 5));

/** What several replicas share beside the product's own tables: what was done in the tenant, and who is an approver now. */
export async function makeShared(database: Database): Promise<void> {
  const handle = database.current();
  await sql`create table effect (object_id text primary key, at timestamptz not null default clock_timestamp())`.execute(handle);
  await sql`create table repeat (object_id text not null, at timestamptz not null default clock_timestamp())`.execute(handle);
  await sql`create table directory (object_id text primary key, approver boolean not null)`.execute(handle);
  for (const { objectId } of APPROVERS) await sql`insert into directory values (${objectId}, true)`.execute(handle);
}

export async function setApprover(database: Database, objectId: string, approver: boolean): Promise<void> {
  await sql`update directory set approver = ${approver} where object_id = ${objectId}`.execute(database.current());
}

/** What the tenant itself says of a user: whether it was disabled, and how often it was asked to again and refused. */
export interface TenantLog {
  readonly done: number;
  readonly repeats: number;
}

export async function effectsOn(database: Database, objectId: string): Promise<TenantLog> {
  const { rows } = await sql<TenantLog>`
    select (select count(*)::int from effect where object_id = ${objectId}) as done,
      (select count(*)::int from repeat where object_id = ${objectId}) as repeats`.execute(database.current());
  return rows[0] ?? { done: 0, repeats: 0 };
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
      const accountEnabled = (await effectsOn(database, objectId)).done === 0;
      return { objectId, userPrincipalName: objectId, accountEnabled, marker: `${marker}:${tag}` };
    },
  } as Partial<TenantReader> as TenantReader;
  const writer = {
    async disable(objectId: string) {
      const { rows } = await sql`
        insert into effect (object_id) values (${objectId}) on conflict do nothing returning object_id`.execute(database.current());
      if (rows.length > 0) return;
      // As Graph refuses what is there already.
      await sql`insert into repeat (object_id) values (${objectId})`.execute(database.current());
      throw refusal(400, 'Request_BadRequest', 'One or more added object references already exist.');
    },
    revokeSessions: async () => undefined,
  } as Partial<TenantWriter> as TenantWriter;
  return { list: () => [], info: () => undefined, reader: () => reader, writer: () => writer, changer: async () => ({}) };
}
