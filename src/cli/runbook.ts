import { writeFileSync } from 'node:fs';
import { words } from '../cards/refusals.ts';
import { ConfigFault } from '../config/fault.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { loadTenants } from '../config/tenants.ts';
import { printCard } from '../paper/issue.ts';
import type { Paper } from '../paper/sheet.ts';
import { atTheDoor, OPERATOR } from './atTheDoor.ts';

/**
 * `npm run runbook -- <account id> <file.pdf> [letter]`: prints the runbook card of an account at the machine, with the settings of production. It goes through
 * the one door like a link does, so the audit log and the account know of it. An embedded database must not be in use.
 */
const [accountId, file, paper = 'a4', ...more] = process.argv.slice(2);
if (!accountId || !file?.endsWith('.pdf') || !isPaper(paper) || more.length > 0) {
  end('Usage: npm run runbook -- <account id> <file.pdf> [a4 or letter]');
}
const parsed = parseSettings(process.env, 'production');
if (!parsed.ok) end(parsed.fault.message);
try {
  await print(parsed.settings, accountId, file, paper);
} catch (error) {
  if (error instanceof ConfigFault) end(error.message);
  end(`The runbook card could not be made: ${error instanceof Error ? error.message : String(error)}`);
}

function print(settings: Settings, id: string, target: string, size: Paper): Promise<void> {
  const tenants = loadTenants(settings.tenantsFile);
  const tenant = (tenantId: string) => tenants.find((one) => one.id === tenantId);
  return atTheDoor(settings, tenant, async (front) => {
    const outcome = await front.dispatch(OPERATOR, { kind: 'issue-runbook', accountId: id });
    if (!outcome.ok || !outcome.value.account) throw new Error(outcome.ok ? 'there is no account' : words(outcome.error));
    const pdf = await printCard(outcome.value.account, size, { cloud: settings.cloud, tenant });
    writeFileSync(target, pdf, { mode: 0o600 });
    process.stdout.write(
      `${target}: runbook card of ${outcome.value.account.userPrincipalName}. It says where the parts are: delete the file once it is printed.\n`,
    );
  });
}

function isPaper(text: string): text is Paper {
  return text === 'a4' || text === 'letter';
}

function end(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
