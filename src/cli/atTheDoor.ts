import { join, resolve } from 'node:path';
import { type Door, door } from '../app/dispatch.ts';
import type { Store, TenantInfo } from '../app/ports.ts';
import type { Settings } from '../config/settings.ts';
import { jsonLog } from '../logging/jsonLog.ts';
import { connect, type Location } from '../store/connect.ts';
import { openOutbox } from '../store/outbox.ts';
import { storeOn } from '../store/store.ts';

/** Who acts at the machine: whoever has the database. */
export const OPERATOR = { kind: 'system', part: 'operator' } as const;

export const locationOf = ({ databaseUrl, dataDir }: Settings): Location =>
  databaseUrl ? { kind: 'server', url: databaseUrl.reveal() } : { kind: 'embedded', folder: join(resolve(dataDir), 'database') };

/**
 * Opens the database of production for a command at the machine, which goes through the one door like everybody: the audit log tells of it.
 * Closed again whatever comes of `work`.
 *
 * @throws EmbeddedFault when the product is running on it
 */
export async function atTheDoor<T>(
  settings: Settings,
  tenant: (tenantId: string) => TenantInfo | undefined,
  work: (front: Door, store: Store) => Promise<T>,
): Promise<T> {
  const log = jsonLog('error', (line) => process.stderr.write(line));
  const database = await connect(locationOf(settings));
  try {
    const outbox = await openOutbox(database, log);
    try {
      const store = storeOn(database, outbox);
      const policy = { ...settings, policyVersion: '' }; // no request is decided here
      const random = { below: () => 0, id: () => '' }; // nothing comes into being here
      return await work(door({ store, random, policy, tenant }), store);
    } finally {
      await outbox.stop();
    }
  } finally {
    await database.close();
  }
}
