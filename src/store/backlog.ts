import { sql } from 'kysely';
import type { Reads } from '../app/ports.ts';
import type { Database } from './connect.ts';

/** What waits to be done, for `status`. */
export async function backlog(database: Database): ReturnType<Reads['backlog']> {
  const handle = database.current();
  const jobs = await sql<{ waiting: number; failed: number }>`
    select (count(*) filter (where state < 'completed'))::int as waiting, (count(*) filter (where state = 'failed'))::int as failed from jobs.job
  `.execute(handle);
  const timers = await sql<{ count: number; next: Date | null }>`select count(*)::int as count, min(at) as next from timer`.execute(handle);
  const next = timers.rows[0]?.next;
  return {
    jobs: jobs.rows[0]?.waiting ?? 0,
    failedJobs: jobs.rows[0]?.failed ?? 0,
    timers: timers.rows[0]?.count ?? 0,
    ...(next ? { nextTimerAt: next } : {}),
  };
}
