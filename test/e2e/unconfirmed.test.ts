import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { has, SandboxProcess, text } from '../support/sandbox.ts';
import { approvedAccount } from '../support/sandboxAccount.ts';

const NAME = 'ea-unsaid';
const sandbox = new SandboxProcess();

beforeAll(() => sandbox.start(), 60_000);
afterAll(() => sandbox.stop());

const openPart = async (who: 'dana' | 'eli'): Promise<string> => {
  const waiting = await sandbox.message(who, 'personal', has('part.reveal', NAME), 30_000);
  await sandbox.press(who, waiting.id, 'part.reveal');
  return waiting.id;
};

test('CR-6: who opened a part and says nothing is reminded, then others are; lost, it leads to a new password', async () => {
  await approvedAccount(sandbox, NAME);
  const first = await openPart('dana');
  await openPart('eli');

  await sandbox.advance('PT4H');
  const reminder = await sandbox.message('dana', 'personal', (message) => message.id !== first && has('part.stored', NAME)(message));
  expect(text(reminder)).toContain('Where is your part?');
  const stored = await sandbox.press('dana', reminder.id, 'part.stored', { location: 'Vault in Utrecht', sealNumber: '' });
  expect(text({ card: stored.card })).toContain('Your part is stored');

  await sandbox.advance('P1D');
  const waits = has('part.lost', 'Nobody knows where a part is');
  const told = await sandbox.message('oona', 'personal', waits);
  const inChannel = await sandbox.message('ann', 'channel', waits);
  expect([told, inChannel].map((message) => text(message).includes('Eli Evans'))).toEqual([true, true]);
  // Of Dana's, who answered, nobody else hears.
  const channel = await sandbox.messages('ann', 'channel');
  expect(channel.filter(waits)).toHaveLength(1);
  // Ann owns nothing of this account: it is not hers to say.
  expect((await sandbox.press('ann', inChannel.id, 'part.lost')).message).toMatch(/belongs to Eli Evans/);

  const lost = await sandbox.press('oona', told.id, 'part.lost');
  expect(text({ card: lost.card })).toContain('The part is lost');
  const alert = await sandbox.message('ann', 'channel', has('alert.acknowledge', 'A part of a password is lost'));
  expect(text(alert)).toContain('Oona Olsen');
  await sandbox.message('ann', 'channel', (message) => message.id === inChannel.id && text(message).includes('The part is lost'));
  await sandbox.message('eli', 'personal', (message) => text(message).includes('Your part is lost'));
  const { replyIds } = await sandbox.say('oona', 'personal', `accounts ${NAME}`);
  const account = await sandbox.message('oona', 'personal', ({ id }) => replyIds.includes(id));
  expect(text(account)).toContain('Cannot be used: a part is lost');
}, 120_000);
