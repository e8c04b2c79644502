import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Location } from '../../src/store/connect.ts';
import { freshDatabase, testDatabaseUrl } from './postgres.ts';

/** An empty database of a suite's own; `remove` when everything on it is closed. */
export interface Place {
  readonly location: Location;
  remove(): Promise<void>;
}

export async function embedded(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-store-'));
  return { location: { kind: 'embedded', folder }, remove: async () => rmSync(folder, { recursive: true }) };
}

/** Only where `testDatabaseUrl` names a server. */
export async function onServer(): Promise<Place> {
  if (testDatabaseUrl === undefined) throw new Error('there is no server');
  const { url, drop } = await freshDatabase(testDatabaseUrl);
  return { location: { kind: 'server', url }, remove: drop };
}

/** On the server where there is one: it is quicker to have, and only there transactions run side by side. */
export const somewhere = (): Promise<Place> => (testDatabaseUrl === undefined ? embedded() : onServer());
