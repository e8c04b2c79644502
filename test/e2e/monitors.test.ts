import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { has, SandboxProcess, text } from '../support/sandbox.ts';
import { approvedAccount } from '../support/sandboxAccount.ts';

const NAME = 'ea-monitored';
const RULE = 'breakglass-contoso-sign-ins';
const DIFFER = 'What watches the accounts from Azure is not as shipped';
const sandbox = new SandboxProcess();

beforeAll(async () => {
  await sandbox.start();
  await approvedAccount(sandbox, NAME);
});
afterAll(() => sandbox.stop());

const statusSays = (words: string) => sandbox.answer('ann', 'channel', 'status', has(words));

const accountsInRule = async (): Promise<readonly string[] | undefined> => {
  const { resources } = await sandbox.azure({ do: 'enable-rule', rule: RULE });
  return resources.find(({ name }) => name === RULE)?.accounts;
};

test('SI-4: a new account is watched from Azure without a word about it', async () => {
  // Within seconds a pipeline deploys what names it; only then is time moved to the next look.
  while ((await accountsInRule())?.length !== 1) await new Promise((resolve) => setTimeout(resolve, 100));
  await sandbox.advance('PT15M');
  expect((await sandbox.messages('ann', 'channel')).filter(has(DIFFER))).toEqual([]);
  await statusSays('as shipped');
  expect(await accountsInRule()).toHaveLength(1);
});

test('SI-4: a rule that somebody switches off in Azure is an alert in words; on again, the channel is told that it is over', async () => {
  await sandbox.azure({ do: 'disable-rule', rule: RULE });
  await sandbox.advance('PT15M');
  const alert = await sandbox.message('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
  expect(text(alert)).toContain(`${RULE} is switched off`);
  expect(text(alert)).toContain('run npm run monitors and deploy the alert-rules.json that it writes');
  await statusSays('They differ since');
  await sandbox.azure({ do: 'enable-rule', rule: RULE });
  await sandbox.advance('PT15M');
  await sandbox.message('ann', 'channel', has('What watches the accounts from Azure is as shipped again'));
  await sandbox.gone('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
});

test('SI-4: a right to read that somebody takes away is an alert that names the tenant and the role; given back, it is over', async () => {
  const tenantId = TENANTS.contoso.id;
  await sandbox.azure({ do: 'take-right', tenantId });
  await sandbox.advance('PT15M');
  const alert = await sandbox.message('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
  expect(text(alert)).toContain('contoso no longer lets me read its diagnostic settings');
  expect(text(alert)).toContain('give the reader of contoso Monitoring Reader on /providers/Microsoft.aadiam again');
  await statusSays('The diagnostic settings of contoso are not seen');
  await sandbox.azure({ do: 'give-right', tenantId });
  await sandbox.advance('PT15M');
  await sandbox.gone('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
  await statusSays('as shipped');
});

test('SI-4: an alert processing rule that takes everybody from our alerts is told by its name, with when; away again, it is over', async () => {
  await sandbox.azure({ do: 'add-processing-rule', name: 'quiet-night' });
  await sandbox.advance('PT15M');
  const alert = await sandbox.message('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
  expect(text(alert)).toContain('The alert processing rule “quiet-night” may take every action group from our alerts (always)');
  expect(text(alert)).toContain('switch off the alert processing rule, or leave our rules out of it');
  await sandbox.azure({ do: 'take-right', right: 'processing-rules' });
  await sandbox.advance('PT15M');
  await sandbox.message('ann', 'channel', has('no longer lets me read its alert processing rules', 'alert.acknowledge'));
  const before = await sandbox.message('ann', 'channel', ({ id }) => id === alert.id);
  expect(text(before)).toContain('A newer alert has taken its place');
  expect(text(before)).not.toContain('as shipped again');
  await sandbox.azure({ do: 'give-right', right: 'processing-rules' });
  await sandbox.azure({ do: 'remove-processing-rules' });
  await sandbox.advance('PT15M');
  await sandbox.gone('ann', 'channel', has(DIFFER, 'alert.acknowledge'));
  await statusSays('as shipped');
});
