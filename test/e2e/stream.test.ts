import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { has, type Message, SandboxProcess, text } from '../support/sandbox.ts';
import { accountInHand } from '../support/sandboxAccount.ts';

const NAME = 'ea-streamed';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;
const STREAM = 'Event Hubs stream';
const sandbox = new SandboxProcess();
let password = '';

beforeAll(async () => {
  await sandbox.start();
  password = await accountInHand(sandbox, NAME);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

/** That there is one alert since then and no more; it is acknowledged, so that the next attempt is not counted with it. */
async function theOneAlert(before: readonly Message[]): Promise<void> {
  const known = new Set(before.map(({ id }) => id));
  const alerts = (await sandbox.messages('ann', 'channel')).filter((each) => !known.has(each.id) && has(UPN, 'alert.acknowledge')(each));
  expect(alerts).toHaveLength(1);
  for (const { id } of alerts) await sandbox.press('ann', id, 'alert.acknowledge');
}

test('a sign-in is seen by the stream alone when Azure Monitor and the log are silent; the log, read again, joins the same alert', async () => {
  await sandbox.tenantFault({ feed: 'azure-monitor', mode: 'silent' });
  await sandbox.tenantFault({ match: { method: 'GET', path: '/auditLogs/signIns*' }, status: 503, times: 1_000_000 });
  const before = await sandbox.messages('ann', 'channel');
  await sandbox.signIn(UPN, 'wrong');
  await sandbox.message('ann', 'channel', has(UPN, `Seen by ${STREAM}.`));
  await sandbox.clearFaults();
  await sandbox.message('ann', 'channel', has(UPN, `Seen by ${STREAM} and Graph sign-in log.`));
  await theOneAlert(before);
});

test('AL-3: pushed late, streamed twice and polled, a sign-in is one alert that lists its three sources', async () => {
  await sandbox.tenantFault({ feed: 'event-hub', mode: 'duplicate' });
  await sandbox.tenantFault({ feed: 'azure-monitor', mode: 'reorder', delayMs: 1_000 });
  const before = await sandbox.messages('ann', 'channel');
  await sandbox.signIn(UPN, password);
  const all = (message: Message): boolean =>
    has(UPN, 'Azure Monitor', STREAM, 'Graph sign-in log')(message) && !before.some(({ id }) => id === message.id);
  await sandbox.message('ann', 'channel', all);
  await theOneAlert(before);
});

test('SI-1, SI-6: silent, the stream is an alarm and the hop at which a drill breaks; both by its name, and over when it is heard again', async () => {
  await sandbox.answer('ann', 'channel', 'status', has('contoso: event-hub'));
  await sandbox.tenantFault({ feed: 'event-hub', mode: 'silent' });
  await sandbox.message('ann', 'channel', has(`Nothing is heard from the ${STREAM}`), 100_000);
  await sandbox.answer('ann', 'channel', 'status', (answer) =>
    /1 of \d feeds fail.*contoso: event-hub.*nothing is heard from it/.test(text(answer)),
  );
  const form = await sandbox.say('oona', 'channel', `drill ${NAME}`);
  const shown = await sandbox.message('oona', 'channel', (message) => form.replyIds.includes(message.id) && has('drill.start')(message));
  const { card } = await sandbox.press('oona', shown.id, 'drill.start', { minutes: '30', person: 'Dana Diaz', origin: '' });
  const drillId = /D-[0-9A-Z]{6}/.exec(text({ card }))?.[0] ?? 'no drill';
  for (const typed of ['wrong', password]) {
    const before = await sandbox.messages('ann', 'channel');
    await sandbox.signIn(UPN, typed);
    const mine = (message: Message) =>
      !before.some(({ id }) => id === message.id) && has('alert.acknowledge', UPN, drillId, 'Azure Monitor', 'Graph sign-in log')(message);
    await sandbox.press('ann', (await sandbox.message('ann', 'channel', mine)).id, 'alert.acknowledge');
  }
  await sandbox.message('ann', 'channel', has(drillId, '2 of 2 sign-ins seen'));
  await sandbox.advance('PT31M');
  await sandbox.message('ann', 'channel', has(`${drillId}.`, 'Broken at “Pushed to me”', `${STREAM} not in time`));
  await sandbox.clearFaults();
  await sandbox.message('ann', 'channel', has(`The ${STREAM} is heard again`));
}, 480_000);
