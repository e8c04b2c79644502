import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { connect, type Location } from './connect.ts';
import { MIGRATIONS } from './migrate.ts';

/** A database as it is found, changed by nothing. */
export interface Inspection {
  /** Major version of the server. */
  readonly version: number;
  /** Migrations that the next start will make, and those that a newer Breakglass made. */
  readonly toMake: readonly string[];
  readonly unknown: readonly string[];
  /** Accounts on record, where the tables are there. */
  readonly accounts: readonly { readonly tenantId: string; readonly objectId: string }[];
}

/**
 * Looks at the database without changing anything.
 *
 * @returns `undefined` for an embedded one that does not exist yet
 * @throws whatever refuses the connection
 */
export async function inspectDatabase(location: Location): Promise<Inspection | undefined> {
  if (location.kind === 'embedded' && !existsSync(location.folder)) return undefined;
  const database = await connect(location.kind === 'server' ? { ...location, poolSize: 1 } : location);
  try {
    const handle = database.current();
    const server = await sql<{ version: string }>`select current_setting('server_version_num') as version`.execute(handle);
    const tables = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(handle);
    const made = tables.rows[0]?.there ? (await sql<{ name: string }>`select name from kysely_migration`.execute(handle)).rows : [];
    const names = made.map(({ name }) => name);
    const wanted = Object.keys(MIGRATIONS);
    const rows = names.length > 0 ? await handle.selectFrom('account').select(['tenant_id', 'object_id']).execute() : [];
    return {
      version: Math.floor(Number(server.rows[0]?.version ?? 0) / 10_000),
      toMake: wanted.filter((name) => !names.includes(name)),
      unknown: names.filter((name) => !wanted.includes(name)),
      accounts: rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.object_id })),
    };
  } finally {
    await database.close();
  }
}

/**
 * The accounts on the watch list now, as `Store.watchedUsers` has them, by tenant. Changes nothing.
 *
 * @throws whatever refuses the connection, and where the tables are not those of this version
 */
export async function watchedAccounts(location: Location): Promise<Inspection['accounts']> {
  if (location.kind === 'embedded' && !existsSync(location.folder)) return [];
  const database = await connect(location.kind === 'server' ? { ...location, poolSize: 1 } : location);
  try {
    const rows = await database
      .current()
      .selectFrom('account')
      .select(['tenant_id', 'object_id'])
      .where((eb) => eb.or([eb('retired_at', 'is', null), eb('retired_at', '>', sql<Date>`now() - interval '31 days'`)]))
      .execute();
    return rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.object_id }));
  } finally {
    await database.close();
  }
}
