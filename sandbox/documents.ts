import { DatabaseSync } from 'node:sqlite';

/**
 * Where the sandbox's pretend tenants and pretend Teams keep what they know, so that `kill -9` of `npm start` loses nothing they had
 * answered. One small SQLite file; a document is any JSON value under a collection and an id. Synchronous on purpose: when a server
 * answers, what it answered is on disk.
 */
export interface Documents {
  get<T>(collection: string, id: string): T | undefined;
  put(collection: string, id: string, value: unknown): void;
  remove(collection: string, id: string): void;
  /** All documents of a collection, in the order they were first put. */
  all<T>(collection: string): T[];
  /** Everything `work` puts and removes is kept together or not at all. Not re-entrant. */
  together<T>(work: () => T): T;
  close(): void;
}

/** @param file path of the SQLite file, or `:memory:` in tests */
export function openDocuments(file: string): Documents {
  const database = new DatabaseSync(file);
  // NORMAL survives a killed process; only the loss of power may cost the last moments, which a sandbox can bear.
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  database.exec(
    'create table if not exists document (seq integer primary key autoincrement, collection text not null, id text not null, body text not null, unique (collection, id))',
  );
  const get = database.prepare('select body from document where collection = ? and id = ?');
  const put = database.prepare(
    'insert into document (collection, id, body) values (?, ?, ?) on conflict (collection, id) do update set body = excluded.body',
  );
  const remove = database.prepare('delete from document where collection = ? and id = ?');
  const all = database.prepare('select body from document where collection = ? order by seq');
  return {
    get: <T>(collection: string, id: string) => {
      const row = get.get(collection, id) as { body: string } | undefined;
      return row === undefined ? undefined : (JSON.parse(row.body) as T);
    },
    put: (collection, id, value) => void put.run(collection, id, JSON.stringify(value)),
    remove: (collection, id) => void remove.run(collection, id),
    all: <T>(collection: string) => (all.all(collection) as { body: string }[]).map((row) => JSON.parse(row.body) as T),
    together(work) {
      database.exec('begin');
      try {
        const result = work();
        database.exec('commit');
        return result;
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
