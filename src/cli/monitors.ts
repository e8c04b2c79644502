import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigFault } from '../config/fault.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { loadTenants } from '../config/tenants.ts';
import type { MonitoredTenant } from '../core/monitors/rules.ts';
import { monitorFiles } from '../core/monitors/templates.ts';
import { watchedAccounts } from '../store/inspect.ts';

/**
 * `npm run monitors -- <folder>`: writes what watches the accounts from Azure, for the accounts on record, with the settings of production.
 * It calls nothing and changes nothing; what it writes is deployed with the Azure CLI (infra/README.md).
 */
const [folder, ...more] = process.argv.slice(2);
if (!folder || more.length > 0) end('Usage: npm run monitors -- <folder>');
const parsed = parseSettings(process.env, 'production');
if (!parsed.ok) end(parsed.fault.message);
try {
  await write(parsed.settings, folder);
} catch (error) {
  if (error instanceof ConfigFault) end(error.message);
  end(`The monitors could not be written: ${error instanceof Error ? error.message : String(error)}`);
}

async function write(settings: Settings, target: string): Promise<void> {
  const accounts = await watchedAccounts(
    settings.databaseUrl
      ? { kind: 'server', url: settings.databaseUrl.reveal() }
      : { kind: 'embedded', folder: join(resolve(settings.dataDir), 'database') },
  );
  const tenants = loadTenants(settings.tenantsFile)
    .filter(({ kind }) => kind !== 'free')
    .map(
      ({ id, name, kind, exclusionGroupId }): MonitoredTenant => ({
        id,
        name,
        kind,
        exclusionGroupId,
        userIds: accounts.flatMap((account) => (account.tenantId === id ? [account.objectId] : [])),
      }),
    );
  const files = monitorFiles(tenants);
  for (const [name, text] of Object.entries(files)) {
    const file = join(target, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const watched = tenants.map(({ name, userIds }) => `${name}: ${userIds.length}`).join(', ');
  process.stdout.write(
    `${Object.keys(files).length} files in ${target}, for the accounts of ${watched}. How to deploy them: infra/README.md\n`,
  );
}

function end(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
