import type { Database } from './connect.ts';

/** A key of custody as it is kept: wrapped, and under which version of the vault's key. */
interface Wrapped {
  readonly keyId: string;
  readonly key: Buffer;
}

/** Where the wrapped key that makes markers lies: one row for all replicas. */
export function tagKeyOn(database: Database) {
  const read = async (): Promise<Wrapped | undefined> => {
    const row = await database.current().selectFrom('custody_tag_key').select(['key_id', 'wrapped']).executeTakeFirst();
    return row && { keyId: row.key_id, key: Buffer.from(row.wrapped) };
  };
  return {
    read,
    async keepFirst({ keyId, key }: Wrapped): Promise<Wrapped> {
      await database
        .current()
        .insertInto('custody_tag_key')
        .values({ key_id: keyId, wrapped: key })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const kept = await read();
      if (!kept) throw new Error('the tag key was kept and is not there');
      return kept;
    },
    async replace(before: Wrapped, after: Wrapped): Promise<void> {
      await database
        .current()
        .updateTable('custody_tag_key')
        .set({ key_id: after.keyId, wrapped: after.key })
        .where('wrapped', '=', before.key)
        .execute();
    },
  };
}
