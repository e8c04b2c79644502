import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { connect, type Database } from '../../../src/store/connect.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { freshDatabase, startPostgres } from '../postgres.ts';

export type Searched = readonly [string, Buffer];

/**
 * A database that loses nothing of what was written to it: no segment of the write-ahead log is used again, and no value is compressed, or a
 * secret in another form could not be found in it.
 */
export interface Keeping {
  readonly database: Database;
  /** Everything is in its files. The database may be closed from then on, and is not to be asked for anything. */
  settle(): Promise<void>;
  /** Every file it has, as raw bytes: tables, write-ahead log, settings, the server's own log. */
  files(): Generator<Searched>;
  remove(): Promise<void>;
}

export async function keepingEmbedded(): Promise<Keeping> {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-lives-'));
  const first = await connect({ kind: 'embedded', folder });
  await migrate(first.current());
  await first.close();
  appendFileSync(join(folder, 'pgdata', 'postgresql.auto.conf'), "wal_keep_size = '1TB'\n");
  const database = await connect({ kind: 'embedded', folder });
  await storePlain(database);
  return {
    database,
    settle: () => database.close(),
    files: () => filesBelow(folder),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** On a server of its own, so that every file of it can be read; `undefined` where none can be had. */
export async function keepingServer(): Promise<Keeping | undefined> {
  const server = await startPostgres();
  if (!server) return undefined;
  const { url } = await freshDatabase(server.url);
  const database = await connect({ kind: 'server', url });
  const settings = { wal_keep_size: '1TB', max_wal_size: '1TB', checkpoint_timeout: '1d' };
  for (const [name, value] of Object.entries(settings)) await sql.raw(`alter system set ${name} = '${value}'`).execute(database.current());
  await sql`select pg_reload_conf()`.execute(database.current());
  await migrate(database.current());
  await storePlain(database);
  const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(database.current());
  const data = rows[0]?.data_directory ?? '';
  return {
    database,
    settle: async () => void (await sql`checkpoint`.execute(database.current())),
    *files() {
      yield* filesBelow(data);
      yield ['server log', readFileSync(join(dirname(data), 'log'))];
    },
    async remove() {
      await database.close();
      await server.stop();
    },
  };
}

async function storePlain(database: Database): Promise<void> {
  const { rows } = await sql<{ told: string }>`
    select format('alter table %I.%I alter column %I set storage external', table_schema, table_name, column_name) as told
    from information_schema.columns join pg_tables on schemaname = table_schema and tablename = table_name
    where table_schema = 'public' and data_type in ('json', 'jsonb', 'text', 'bytea')`.execute(database.current());
  for (const { told } of rows) await sql.raw(told).execute(database.current());
}

/** Every column of every table: text as it stands in the rows, and bytes as they are. */
export async function* columns(database: Database): AsyncGenerator<Searched> {
  const { rows } = await sql<{ place: string; from: string; name: string; type: string }>`
    select format('%s.%s.%s', table_schema, table_name, column_name) as place, format('%I.%I', table_schema, table_name) as from,
      quote_ident(column_name) as name, data_type as type
    from information_schema.columns join pg_tables on schemaname = table_schema and tablename = table_name
    where table_schema in ('public', 'jobs') order by 1`.execute(database.current());
  for (const { place, from, name, type } of rows) {
    const value = sql.raw(type === 'bytea' ? name : `${name}::text`);
    const found = await sql<{ value: Buffer | string | null }>`select ${value} as value from ${sql.raw(from)}`.execute(database.current());
    yield [`column ${place}`, Buffer.concat(found.rows.flatMap((row) => [Buffer.from(row.value ?? ''), Buffer.from('\n')]))];
  }
}

/** Position in the write-ahead log: of the next record. */
export async function walPosition(database: Database): Promise<string> {
  const { rows } = await sql<{ lsn: string }>`select pg_current_wal_insert_lsn()::text as lsn`.execute(database.current());
  return rows[0]?.lsn ?? '';
}

/** Names of the segments of the write-ahead log that hold everything since `from`. */
export async function walSince(database: Database, from: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with reach as (select ${from}::pg_lsn as first, pg_current_wal_insert_lsn() as last, 
      (select setting::numeric from pg_settings where name = 'wal_segment_size') as size)
    select distinct pg_walfile_name(least(first + n * size, last)) as name
    from reach, generate_series(0, ceil(pg_wal_lsn_diff(last, first) / size)) as n order by 1`.execute(database.current());
  return rows.map(({ name }) => name);
}

function* filesBelow(folder: string): Generator<Searched> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) yield [path, readFileSync(path)];
  }
}
