import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PersonName, TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const NAME = 'ea-evidence';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;
const tenantId = TENANTS.contoso.id;

describe('what the tenant’s audit log says of our own writes', () => {
  const sandbox = new SandboxProcess();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  async function ask(command: string, inputs: Record<string, string>, verb = 'account.submit'): Promise<Message> {
    const { messageId } = await sandbox.say('rita', 'channel', command);
    const answer = await sandbox.press('rita', messageId, verb, inputs);
    const id = /R-[0-9A-Z]{6}/.exec(text({ card: answer.card }))?.[0] ?? 'nothing';
    return sandbox.message('ann', 'channel', has('request.approve', id));
  }
  async function carriedOut(card: Message): Promise<void> {
    for (const who of ['ann', 'bob'] as readonly PersonName[]) await sandbox.press(who, card.id, 'request.approve');
    await sandbox.message('ann', 'channel', (message) => message.id === card.id && /Done:/.test(text(message)));
  }
  const channel = async (words: RegExp): Promise<Message[]> =>
    (await sandbox.messages('ann', 'channel')).filter((message) => words.test(text(message)));
  const MISSING = /audit log does not tell of a change/;
  const STOLEN = /no request accounts for it/;

  test('exactly what a request causes is expected: all of it is on one card for the record, and nothing alarms', async () => {
    await carriedOut(await ask('create contoso', createInputs(NAME), 'create.submit'));
    const activities = ['Add user', 'Add member to group', 'Reset user password', 'Add member to role', 'Enable account'];
    const all = (message: Message): boolean => activities.every((activity) => text(message).includes(activity));
    await sandbox.message('ann', 'channel', (message) => /FOR THE RECORD/.test(text(message)) && all(message));
    // Only now: a clock that jumps makes a row that is still on its way later than any log is.
    await sandbox.advance('PT3H');
    expect(await channel(/FOR THE RECORD/)).toHaveLength(1);
    expect([...(await channel(MISSING)), ...(await channel(STOLEN))]).toEqual([]);
  });

  test('one more by our own identity alarms, although its request was carried out a moment ago', async () => {
    await carriedOut(await ask(`disable ${NAME}`, { reason: 'under suspicion' }));
    await sandbox.byHand({ tenantId, do: 'enable-user', userPrincipalName: UPN, as: 'changer' });
    const alert = await sandbox.message('ann', 'channel', (message) => STOLEN.test(text(message)));
    expect(text(alert)).toMatch(/Take its credential away in Entra/);
    await sandbox.byHand({ tenantId, do: 'disable-user', userPrincipalName: UPN });
  });

  test('a write that was read back, of which no record comes in two hours, alarms', async () => {
    await sandbox.logs({ lost: ['Enable account', 'Update user'] });
    await carriedOut(await ask(`enable ${NAME}`, { reason: 'cleared' }));
    await sandbox.advance('PT1H');
    expect(await channel(MISSING)).toEqual([]);
    // Two hours are over, and the log was read since; ten minutes later it is looked at.
    await sandbox.advance('PT90M');
    await sandbox.advance('PT15M');
    const alert = await sandbox.message('ann', 'channel', (message) => MISSING.test(text(message)));
    for (const said of ['Enable the account', 'Enable account']) expect(text(alert)).toContain(said);
    expect(await channel(MISSING)).toHaveLength(1);
  });
});
