import { sql } from 'kysely';
import type { DueTimer } from '../app/ports.ts';
import type { Intent } from '../core/intent.ts';
import { readClock } from './clock.ts';
import type { Database } from './connect.ts';
import { fromJson } from './json.ts';

/** Claim, decide, delete: one transaction. A timer that fails is put off by a minute, so that it cannot hold up the others. */
export async function ringNextTimer(database: Database, work: (timer: DueTimer) => Promise<void>): Promise<boolean> {
  let claimed: string | undefined;
  try {
    return await database.transaction('timer', async (handle) => {
      const now = await readClock(handle);
      const row = await handle
        .selectFrom('timer')
        .select(['key', 'intent'])
        .where('at', '<=', now)
        .orderBy('at')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!row) return false;
      claimed = row.key;
      // Deleted before the work: what the work decides may set the same key again.
      await handle.deleteFrom('timer').where('key', '=', row.key).execute();
      await work({ key: row.key, intent: fromJson<Intent>(row.intent) });
      return true;
    });
  } catch (error) {
    if (claimed !== undefined) {
      const now = await readClock(database.current());
      await database
        .current()
        .updateTable('timer')
        .set({ at: new Date(now.getTime() + 60_000), failures: sql<number>`failures + 1` })
        .where('key', '=', claimed)
        .execute();
    }
    throw error;
  }
}
