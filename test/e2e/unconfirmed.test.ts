import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { element, has, idOf, type Message, SandboxProcess, text } from '../support/sandbox.ts';
import { approvedAccount } from '../support/sandboxAccount.ts';

const NAME = 'ea-unsaid';
const sandbox = new SandboxProcess();

beforeAll(() => sandbox.start());
afterAll(() => sandbox.stop());

const openPart = async (who: 'dana' | 'eli'): Promise<string> => {
  const waiting = await sandbox.message(who, 'personal', has('part.reveal', NAME));
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
  await sandbox.answer('oona', 'personal', `accounts ${NAME}`, has('Cannot be used: a part is lost'));
});

test('AP-1 CR-6: from the alert a requester asks for a new password, as by the command; nothing is written before two people approve it', async () => {
  const since = (await sandbox.writes()).length;
  const alert = await sandbox.message('ann', 'channel', has('account.rotate', 'A part of a password is lost'));
  // Neither an approver nor the owner of the account may ask: the words are those of the command.
  for (const who of ['ann', 'oona'] as const) {
    const { replyIds } = await sandbox.say(who, 'personal', `rotate ${NAME}`);
    const typed = await sandbox.message(who, 'personal', ({ id }) => replyIds.includes(id));
    expect(text(typed)).toMatch(/requesters group/);
    expect((await sandbox.press(who, alert.id, 'account.rotate')).message).toBe(text(typed).trim());
  }
  const { dialog } = await sandbox.press('rita', alert.id, 'account.rotate');
  for (const said of [NAME, 'Part 2 is gone', 'Eli Evans (part 2 is gone)']) expect(text({ card: dialog?.card })).toContain(said);
  // Who is to keep a part is for a person to say: one of them lost theirs.
  expect(element(dialog?.card, 'custodians')?.value ?? '').toBe('');
  const custodians = [idOf('dana'), idOf('fay')].join(',');
  const faulty = await sandbox.dialog('rita', dialog?.id ?? '', 'account.submit', { custodians, reason: '' });
  expect(text({ card: faulty.dialog?.card })).toMatch(/please fill this in/);
  const sent = await sandbox.dialog('rita', faulty.dialog?.id ?? '', 'account.submit', { custodians, reason: 'Eli lost part 2' });
  const id = /R-[0-9A-Z]{6}/.exec(sent.message ?? '')?.[0] ?? 'no request';
  expect(sent.message).toMatch(/was sent.*security channel.*2 other people/);
  const card = await sandbox.message('ann', 'channel', has('request.approve', id, NAME));
  for (const said of ['Approve a new password?', 'Eli lost part 2', 'Approvals: 0 of 2', 'Fay Fischer']) expect(text(card)).toContain(said);

  // The alert says so: somebody has still to acknowledge it, and it takes nobody to a second request.
  const says = (...words: string[]) => sandbox.message('ann', 'channel', (message) => message.id === alert.id && has(...words)(message));
  await says('alert.acknowledge', 'A new credential is asked for already', id);
  expect((await sandbox.press('rita', alert.id, 'account.rotate')).message).toMatch(new RegExp(`${id} is open for this account`));
  const acknowledged = await sandbox.press('ann', alert.id, 'alert.acknowledge');
  expect(text({ card: acknowledged.card })).toContain('Acknowledged by');
  expect((await sandbox.press('rita', card.id, 'request.approve')).message).toMatch(/asked for this yourself/);
  await sandbox.press('ann', card.id, 'request.approve');
  await sandbox.message('ann', 'channel', (message) => message.id === card.id && has('Approvals: 1 of 2')(message));
  expect((await sandbox.writes()).length).toBe(since);
  await sandbox.press('bob', card.id, 'request.approve');
  await sandbox.message('ann', 'channel', (message) => message.id === card.id && has('Done: the new password is set')(message));
  // What it told of is mended: it says so where it stands, in a card of its own, and is listed no more.
  await says('The account has a new password', id, 'Acknowledged by', 'Ann Archer', 'Over since');
  const over = (message: Message) => message.id !== alert.id && has('The account has a new password', NAME)(message);
  await sandbox.message('ann', 'channel', over);
  expect(text(await sandbox.answer('ann', 'personal', 'alerts'))).not.toContain('A part of a password is lost');
});
