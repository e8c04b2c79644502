import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { connect, type Database } from '../../../src/store/connect.ts';
import { migrate } from '../../../src/store/migrate.ts';

export type Searched = readonly [string, Buffer];

/**
 * An embedded database that loses nothing of what was written to it: no segment of the write-ahead log is used again, and no value is
 * compressed, or a secret in another form could not be found in it.
 */
export async function keepingDatabase(folder: string): Promise<Database> {
  const first = await connect({ kind: 'embedded', folder });
  await migrate(first.current());
  await first.close();
  appendFileSync(join(folder, 'pgdata', 'postgresql.auto.conf'), "wal_keep_size = '1TB'\n");
  const database = await connect({ kind: 'embedded', folder });
  const { rows } = await sql<{ told: string }>`
    select format('alter table %I.%I alter column %I set storage external', table_schema, table_name, column_name) as told
    from information_schema.columns join pg_tables on schemaname = table_schema and tablename = table_name
    where table_schema = 'public' and data_type in ('json', 'jsonb', 'text', 'bytea')`.execute(database.current());
  for (const { told } of rows) await sql.raw(told).execute(database.current());
  return database;
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

/** Every file below a folder, as raw bytes. */
export function* files(folder: string): Generator<Searched> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) yield [path, readFileSync(path)];
  }
}
