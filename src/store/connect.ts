import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PGliteDialect, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { type Db as BossDatabase, fromPglite } from 'pg-boss';
import { openEmbedded } from './embedded.ts';
import { asStoreFault } from './fault.ts';
import type { Tables } from './tables.ts';

/** Where the data are: a folder for the embedded engine, or a PostgreSQL server (15 or newer). */
export type Location =
  | { readonly kind: 'embedded'; readonly folder: string }
  | { readonly kind: 'server'; readonly url: string; readonly poolSize?: number };

/** One open database. `current` is the transaction we are in, or the pool: nobody holds a raw handle, so nothing runs beside its transaction. */
export interface Database {
  readonly engine: 'embedded' | 'server';
  current(): Kysely<Tables>;
  /** Joins the transaction it is called in, or begins one (READ COMMITTED; rules rest on row locks and unique keys, AP-8). */
  transaction<T>(what: string, work: (handle: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** What pg-boss runs its own statements on. */
  readonly boss: { readonly db: BossDatabase } | { readonly connectionString: string };
  close(): Promise<void>;
}

export async function connect(location: Location): Promise<Database> {
  if (location.kind === 'embedded') {
    const embedded = await openEmbedded(location.folder);
    const root = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: embedded.pglite }) });
    return database('embedded', root, { db: fromPglite(embedded.pglite) }, () => embedded.close());
  }
  const pool = new pg.Pool({ connectionString: location.url, max: location.poolSize ?? 10, application_name: 'breakglass' });
  // A connection that breaks while idle is replaced by the pool; the next query tells if the server is gone.
  pool.on('error', () => undefined);
  const root = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return database('server', root, { connectionString: location.url }, async () => undefined);
}

function database(engine: Database['engine'], root: Kysely<Tables>, boss: Database['boss'], close: () => Promise<void>): Database {
  const inside = new AsyncLocalStorage<Transaction<Tables>>();
  return {
    engine,
    boss,
    current: () => inside.getStore() ?? root,
    async transaction(what, work) {
      const joined = inside.getStore();
      if (joined) return work(joined);
      try {
        return await root.transaction().execute((handle) => inside.run(handle, () => work(handle)));
      } catch (error) {
        throw asStoreFault(what, error);
      }
    },
    async close() {
      await root.destroy();
      await close();
    },
  };
}
