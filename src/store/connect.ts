import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { type Db as BossDatabase, type ConstructorOptions as BossOptions, fromPglite } from 'pg-boss';
import { openEmbedded } from './embedded.ts';
import { asStoreFault, StoreFault } from './fault.ts';
import type { Tables } from './tables.ts';

/** Where the data are: a folder for the embedded engine, or a PostgreSQL server (15 or newer). */
export type Location =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'server'; readonly url: string; readonly poolSize?: number };

/** One open database. `current` is the transaction we are in, or the pool: nobody holds a raw handle, so nothing runs beside its transaction. */
export interface Database {
  readonly engine: 'embedded' | 'server';
  current(): Kysely<Tables>;
  /**
   * Joins the transaction it is called in, or begins one (READ COMMITTED; rules rest on row locks and unique keys, AP-8). One that began
   * here and that the server chose to end a deadlock is run again from its start, so `work` may be called more than once.
   */
  transaction<T>(what: string, work: (handle: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** What pg-boss runs its own statements on. */
  readonly boss: { readonly db: BossDatabase } | (BossOptions & { readonly connectionString: string });
  close(): Promise<void>;
}

/** In ms. What another replica, frozen or cut off, holds is waited for so long and no longer (AL-10); ours is given up in the same way. */
const LIMITS = { lock_timeout: 10_000, statement_timeout: 15_000, idle_in_transaction_session_timeout: 20_000 };
/** Above the server's own limits: what is not answered by then has no server behind it any more. */
const UNANSWERED_MS = 20_000;
const CONNECT_WITHIN_MS = 5_000;

/** SQLSTATEs of a transaction that did nothing wrong: deadlock detected, serialization failure. */
const TO_RUN_AGAIN: readonly string[] = ['40P01', '40001'];
const MOST_REPEATS = 3;
/** Begun again at once it may take back the lock before the one it made way for wakes up, and both stand there again. */
const STEP_BACK_MS = 50;

export async function connect(location: Location): Promise<Database> {
  if (location.kind === 'embedded') {
    const embedded = await openEmbedded(location.folder);
    const root = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: embedded.pglite }) });
    return database('embedded', root, { db: fromPglite(embedded.pglite) }, () => embedded.close());
  }
  const pool = new pg.Pool({
    connectionString: location.url,
    max: location.poolSize ?? 10,
    application_name: 'breakglass',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: UNANSWERED_MS,
    keepAlive: true,
    options: optionsOf(LIMITS),
  });
  // A connection that breaks while idle is replaced by the pool; the next query tells if the server is gone. In use, between two queries,
  // only the connection itself says so, and an error nobody hears ends the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const root = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  // pg-boss does its own upkeep on its own pool: statements may take long there, but nothing is left open.
  const { idle_in_transaction_session_timeout } = LIMITS;
  const boss = {
    connectionString: location.url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    options: optionsOf({ idle_in_transaction_session_timeout }),
  };
  return database('server', root, boss, async () => undefined);
}

const optionsOf = (settings: Readonly<Record<string, number>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');

function database(engine: Database['engine'], root: Kysely<Tables>, boss: Database['boss'], close: () => Promise<void>): Database {
  const inside = new AsyncLocalStorage<Transaction<Tables>>();
  return {
    engine,
    boss,
    current: () => inside.getStore() ?? root,
    async transaction(what, work) {
      const joined = inside.getStore();
      if (joined) return work(joined);
      for (let repeats = 0; ; repeats += 1) {
        try {
          return await root.transaction().execute((handle) => inside.run(handle, () => work(handle)));
        } catch (error) {
          const fault = asStoreFault(what, error);
          if (repeats === MOST_REPEATS || !(fault instanceof StoreFault) || !TO_RUN_AGAIN.includes(fault.sqlState)) throw fault;
        }
        await wait(STEP_BACK_MS * (repeats + 1));
      }
    },
    async close() {
      await root.destroy();
      await close();
    },
  };
}
