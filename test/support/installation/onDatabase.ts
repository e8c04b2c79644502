import { sql } from 'kysely';
import type { Store } from '../../../src/app/ports.ts';
import { moveClock } from '../../../src/store/clock.ts';
import type { Database } from '../../../src/store/connect.ts';
import type { Machine } from './machine.ts';
import type { Workplace } from './process.ts';

/** A worker's place on a real database, with everything else as the machine has it. Its clock is the database's. */
export function onDatabase(database: Database, store: Store, from: Omit<Workplace, 'store' | 'pass' | 'nextRun' | 'dropCards'>): Workplace {
  const { tenant, people, policy, random, custody } = from;
  return {
    store,
    tenant,
    people,
    policy,
    random,
    custody,
    info: (id) => from.info(id),
    pass: (ms) => moveClock(database, ms),
    async nextRun() {
      const { rows } = await sql<{ id: string; request: string }>`
        select id, data ->> 'requestId' as request from jobs.job where name = 'run-plan' order by created_on limit 1`.execute(
        database.current(),
      );
      const [owed] = rows;
      const done = async (): Promise<void> => {
        await sql`delete from jobs.job where name = 'run-plan' and id::text = ${owed?.id}`.execute(database.current());
      };
      return owed && { requestId: owed.request, done };
    },
    dropCards: () => undefined,
  };
}

/** Ids that never come twice, whichever process makes them. */
export const manyIds: Machine['random'] = {
  below: (limit) => Math.floor(Math.random() * limit),
  id: (prefix) => `${prefix}-${crypto.randomUUID().slice(0, 13)}`,
};
