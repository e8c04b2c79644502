import type { Documents } from '../documents.ts';

/** One collection of rows: read from memory, written through to `Documents` before the call returns. Rows are never changed in place. */
export interface Table<T> {
  get(id: string): T | undefined;
  /** In the order the rows were first put. */
  all(): readonly T[];
  put(id: string, row: T): void;
  remove(id: string): void;
  /** Forgets the memory; the next read comes from `Documents` (after a transaction was rolled back). */
  forget(): void;
}

export function openTable<T>(documents: Documents, collection: string, idOf: (row: T) => string): Table<T> {
  let rows: Map<string, T> | undefined;
  let list: readonly T[] | undefined;
  const memory = (): Map<string, T> => {
    rows ??= new Map(documents.all<T>(collection).map((row) => [idOf(row), row]));
    return rows;
  };
  return {
    get: (id) => memory().get(id),
    all() {
      list ??= [...memory().values()];
      return list;
    },
    put(id, row) {
      documents.put(collection, id, row);
      memory().set(id, row);
      list = undefined;
    },
    remove(id) {
      documents.remove(collection, id);
      memory().delete(id);
      list = undefined;
    },
    forget() {
      rows = undefined;
      list = undefined;
    },
  };
}
