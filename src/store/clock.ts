import { type Kysely, sql } from 'kysely';
import type { Database } from './connect.ts';
import type { Tables } from './tables.ts';

/** The database's clock plus the offset only the sandbox moves. All instants that decide anything come from here (DA-6). */
export async function readClock(handle: Kysely<Tables>): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() + offset_ms * interval '1 millisecond' as at from clock`.execute(
    handle,
  );
  const at = rows[0]?.at;
  if (!(at instanceof Date)) throw new Error('the clock row is missing');
  return at;
}

export async function clockOffsetMs(database: Database): Promise<number> {
  const row = await database.current().selectFrom('clock').select('offset_ms').executeTakeFirstOrThrow();
  return Number(row.offset_ms);
}

/** For the sandbox only; `src/main.ts` refuses a database whose clock was ever moved. */
export async function moveClock(database: Database, byMs: number): Promise<void> {
  await sql`update clock set offset_ms = offset_ms + ${byMs}`.execute(database.current());
}
