import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { has, type Message, SandboxProcess, text } from '../support/sandbox.ts';
import { accountInHand } from '../support/sandboxAccount.ts';

const NAME = 'ea-drilled';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;
const sandbox = new SandboxProcess();
let password = '';

beforeAll(async () => {
  await sandbox.start();
  password = await accountInHand(sandbox, NAME);
});
afterAll(() => sandbox.stop());

/** Announced by its owner; @returns the id of the drill */
async function announce(): Promise<string> {
  const { replyIds } = await sandbox.say('oona', 'channel', `drill ${NAME}`);
  const form = await sandbox.message('oona', 'channel', (message) => replyIds.includes(message.id) && has('drill.start')(message));
  const { card } = await sandbox.press('oona', form.id, 'drill.start', { minutes: '30', person: 'Dana Diaz', origin: '' });
  return /D-[0-9A-Z]{6}/.exec(text({ card }))?.[0] ?? 'no drill';
}
async function signInTwiceAndAcknowledge(drillId: string): Promise<void> {
  const before = new Set((await sandbox.messages('ann', 'channel')).map(({ id }) => id));
  for (const [typed, code] of [
    ['wrong', 50126],
    [password, 0],
  ] as const) {
    expect((await sandbox.signIn(UPN, typed)).errorCode).toBe(code);
    // The stream is faster than the log, and time must not be moved before both have brought it.
    const mine = (message: Message) => !before.has(message.id) && has('alert.acknowledge', NAME, drillId, 'Graph sign-in log')(message);
    const alert = await sandbox.message('ann', 'channel', mine);
    before.add(alert.id);
    await sandbox.press('ann', alert.id, 'alert.acknowledge');
  }
}

test('a drill passes: a wrong password, the right one, both alerts labelled, acknowledged and timed', async () => {
  const drillId = await announce();
  await sandbox.message('ann', 'channel', has(drillId, '0 of 2 sign-ins seen', 'drill.stop'));
  await signInTwiceAndAcknowledge(drillId);
  const passed = await sandbox.message('ann', 'channel', has(drillId, 'Passed: both sign-ins went all the way to you'));
  expect(text(passed).match(/\+\d/g)?.length).toBe(10); // five hops after each sign-in
  await sandbox.answer('ann', 'channel', 'status', has('1 of 1 account passed'));
});

test('SI-6: with the webhook dropped a drill fails and names that hop, in an alert of its own', async () => {
  await sandbox.tenantFault({ feed: 'azure-monitor', mode: 'silent' });
  const drillId = await announce();
  await signInTwiceAndAcknowledge(drillId);
  await sandbox.advance('PT31M');
  await sandbox.message('ann', 'channel', has(drillId, 'A drill failed', 'Broken at “Pushed to me”', 'alert.acknowledge'));
  await sandbox.message('ann', 'channel', has(`${drillId}.`, 'Broken at “Pushed to me”', 'not in time'));
  await sandbox.answer('ann', 'channel', `accounts ${NAME}`, has('Not proven: its last drill broke at “Pushed to me”'));
});
