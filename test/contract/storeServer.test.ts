import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { freshDatabase, testDatabaseUrl } from '../support/postgres.ts';

/** What only a server does: it has other connections, and it can be cut off. */
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('connections to a PostgreSQL server', () => {
  let database: Database;
  let url: string;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    ({ url, drop } = await freshDatabase(testDatabaseUrl ?? ''));
    database = await connect({ kind: 'server', url });
    await migrate(database.current());
  });
  afterAll(async () => {
    await database.close();
    await drop();
  });

  /** As another program would, on a connection of its own. */
  async function beside<T>(work: (client: pg.Client) => Promise<T>, options?: string): Promise<T> {
    const client = new pg.Client({ connectionString: url, ...(options === undefined ? {} : { options }) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  test('AL-10: nobody waits without end, for a lock, a statement or a transaction left open', async () => {
    const { rows } = await sql<{ name: string; setting: string }>`
      select name, setting from pg_settings
      where name in ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout') order by name`.execute(database.current());
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '20000' },
      { name: 'lock_timeout', setting: '10000' },
      { name: 'statement_timeout', setting: '15000' },
    ]);
  });

  test('AL-10: the connections of the job queue leave no transaction open either', async () => {
    if (!('connectionString' in database.boss)) throw new Error('not on a server');
    expect(database.boss.connectionTimeoutMillis).toBe(5_000);
    const shown = await beside((client) => client.query('show idle_in_transaction_session_timeout'), database.boss.options);
    expect(shown.rows).toEqual([{ idle_in_transaction_session_timeout: '20s' }]);
  });

  test('AL-10: a row that a frozen replica holds is not waited for without end', async () => {
    await beside(async (frozen) => {
      await frozen.query('begin');
      await frozen.query('select * from audit_head for update');
      const waiting = database.transaction('trial', (handle) => sql`select * from audit_head for update`.execute(handle));
      await expect(waiting).rejects.toMatchObject({ sqlState: '55P03' });
    });
  });

  test('HT-3: a connection that is cut off inside a transaction ends the transaction, not the process', async () => {
    const cutOff = database.transaction('trial', async (handle) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(handle);
      const pid = rows[0]?.pid;
      await beside(async (client) => {
        await client.query('select pg_terminate_backend($1)', [pid]);
        const alive = async () => (await client.query('select 1 from pg_stat_activity where pid = $1', [pid])).rowCount;
        while (await alive());
      });
      await sql`select 1`.execute(handle);
    });
    await expect(cutOff).rejects.toThrow();
    expect((await sql<{ one: number }>`select 1 as one`.execute(database.current())).rows).toEqual([{ one: 1 }]);
  });

  test('AP-8: two transactions in a deadlock both end well, one of them in a second run', async () => {
    await sql`insert into once (key, id) values ('one', ''), ('other', '')`.execute(database.current());
    let runs = 0;
    let holding = 0;
    let bothHold = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      bothHold = resolve;
    });
    const inOrder = (keys: readonly [string, string], mark: string) =>
      database.transaction('trial', async (handle) => {
        runs += 1;
        const add = (key: string) => sql`update once set id = id || ${mark} where key = ${key}`.execute(handle);
        await add(keys[0]);
        holding += 1;
        if (holding === 2) bothHold();
        await both;
        await add(keys[1]);
      });
    await Promise.all([inOrder(['one', 'other'], 'a'), inOrder(['other', 'one'], 'b')]);
    expect(runs).toBe(3);
    const rows = await database.current().selectFrom('once').select('id').execute();
    expect(rows.map(({ id }) => [...id].sort().join(''))).toEqual(['ab', 'ab']); // each mark once: the run that was undone left nothing
  });

  test('AP-8: what goes wrong every time is not run for ever, and other faults are not run again', async () => {
    const failing = async (sqlState: string): Promise<number> => {
      let runs = 0;
      const broken = database.transaction('trial', async (handle) => {
        runs += 1;
        await sql.raw(`do $$ begin raise exception sqlstate '${sqlState}'; end $$`).execute(handle);
      });
      await expect(broken).rejects.toMatchObject({ sqlState });
      return runs;
    };
    expect([await failing('40001'), await failing('40P01'), await failing('23505')]).toEqual([4, 4, 1]);
  });
});
