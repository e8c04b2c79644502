import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PEOPLE, type PersonName, TENANTS } from '../../sandbox/world.ts';
import { ProofBrowser } from '../support/proofBrowser.ts';
import { createInputs, element, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const NAME = 'ea-life-01';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;
/** What a retirement writes: the right goes first. */
const RETIRED = [
  'DELETE /roleManagement/directory/roleAssignments/ID',
  'PATCH /users/ID',
  'POST /users/ID/revokeSignInSessions',
  'DELETE /groups/ID/members/ID/$ref',
  'DELETE /users/ID',
];
const idOf = (name: PersonName): string => PEOPLE[name].objectId;

describe('the whole life of an account, through commands and buttons', () => {
  const sandbox = new SandboxProcess();
  let password = '';

  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  /** Rita says the command and sends the form in. @returns the request's card in the channel */
  async function ask(command: string, inputs: Record<string, string>, verb = 'account.submit'): Promise<Message> {
    const { messageId } = await sandbox.say('rita', 'channel', command);
    const answer = await sandbox.press('rita', messageId, verb, inputs);
    const id = /R-[0-9A-Z]{6}/.exec(text({ card: answer.card }))?.[0];
    if (id === undefined) throw new Error(`${command} opened nothing: ${answer.message ?? text({ card: answer.card })}`);
    return sandbox.message('ann', 'channel', has('request.approve', id));
  }
  const ended = (card: Message, words: RegExp): Promise<Message> =>
    sandbox.message('ann', 'channel', (message) => message.id === card.id && words.test(text(message)));
  /** Presses Approve on the card as it is now: one that was just redrawn is looked at again first. */
  async function approve(who: PersonName, card: Message): Promise<void> {
    const until = Date.now() + 60_000;
    while (Date.now() < until) {
      await sandbox.message(who, 'channel', (message) => message.id === card.id && has('request.approve')(message));
      const answer = await sandbox.press(who, card.id, 'request.approve');
      if (!/not the one your card showed/.test(answer.message ?? '')) return;
    }
    throw new Error(`${who} never saw the newest version`);
  }
  async function carriedOut(card: Message): Promise<Message> {
    await approve('ann', card);
    await approve('bob', card);
    return ended(card, /Done:/);
  }
  /** What follows for the account is on record a moment after its request is done; the next request is drawn up from the record. */
  const recorded = (wanted: (record: Message) => boolean): Promise<Message> =>
    sandbox.answer('oona', 'personal', `accounts ${NAME}`, wanted);
  /** Rita opens the form of her request. @returns its dialog */
  async function editing(card: Message): Promise<{ readonly id: string }> {
    await sandbox.message('rita', 'channel', (message) => message.id === card.id && has('request.edit')(message));
    const { dialog } = await sandbox.press('rita', card.id, 'request.edit');
    if (!dialog) throw new Error('the form did not open');
    expect(text({ card: dialog.card })).toContain('Change your request');
    return dialog;
  }
  /** Each opens their newest part, in order, and says where it is. @returns the joined password */
  async function collect(people: readonly PersonName[]): Promise<string> {
    let joined = '';
    for (const who of people) {
      const waiting = await sandbox.message(who, 'personal', has('part.reveal'));
      const shown = await sandbox.press(who, waiting.id, 'part.reveal');
      joined += String(element(shown.dialog?.card, 'part')?.text);
      // The card is drawn anew by a job of its own: the button must be gone before the next part is looked for.
      await sandbox.gone(who, 'personal', (message) => message.id === waiting.id && has('part.reveal')(message));
      await sandbox.dialog(who, shown.dialog?.id ?? '', 'part.stored', { location: `Safe of ${who}`, sealNumber: `S-${who}` });
    }
    return joined;
  }

  test('AP-3: edited by its requester, a request is a new version; the approval of the first counts for nothing', async () => {
    const card = await ask('create contoso', { ...createInputs(NAME), usageLocation: 'DE' }, 'create.submit');
    // While Rita types, Ann approves: the card is drawn anew, and her form stays.
    const form = await editing(card);
    await sandbox.press('ann', card.id, 'request.approve');
    await ended(card, /1 of 2/);
    const typed = { ...createInputs(NAME), displayName: 'North Harbor' };
    const faulty = await sandbox.dialog('rita', form.id, 'request.resubmit', { ...typed, userName: 'not a name!' });
    expect(text({ card: faulty.dialog?.card })).toContain('One thing needs correcting');
    expect(JSON.stringify(faulty.dialog?.card)).toContain('North Harbor');
    const sent = await sandbox.dialog('rita', faulty.dialog?.id ?? '', 'request.resubmit', typed);
    expect(sent.message).toMatch(/Your request is changed/);
    const shown = await ended(card, /Edited by the requester/);
    expect(text(shown)).toContain('North Harbor');
    expect(text(shown)).toContain('0 of 2');
    expect(text(shown)).toContain('approved another plan');
    await carriedOut(shown);
    password = await collect(['dana', 'eli']);
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
  });

  test('rotate: out of the restricted unit, a new password, in again; the old parts are void and say so', async () => {
    const before = await sandbox.message('dana', 'personal', has('Safe of dana'));
    const since = (await sandbox.writes()).length;
    const card = await ask(`rotate ${NAME}`, { custodians: [idOf('dana'), idOf('eli')].join(','), reason: 'yearly' });
    expect(text(card)).toContain('What cannot be undone');
    await carriedOut(card);
    expect(await sandbox.writesDone(since)).toEqual([
      'DELETE /directory/administrativeUnits/ID/members/ID/$ref',
      'PATCH /users/ID',
      'POST /users/ID/revokeSignInSessions',
      'POST /directory/administrativeUnits/ID/members/$ref',
    ]);
    await sandbox.message('dana', 'personal', (message) => message.id === before.id && /was replaced/.test(text(message)));
    const old = password;
    password = await collect(['dana', 'eli']);
    expect(await sandbox.signIn(UPN, old)).toMatchObject({ result: 'failure' });
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
  });

  test('handover: Eli leaves, Fay takes over, everybody gets a new part', async () => {
    const card = await ask(`handover ${NAME}`, { leaving: idOf('eli'), custodians: idOf('fay'), reason: 'Eli changes jobs' });
    expect(text(card)).toContain('Gives up their part');
    await carriedOut(card);
    const old = password;
    password = await collect(['dana', 'fay']);
    expect(await sandbox.signIn(UPN, old)).toMatchObject({ result: 'failure' });
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
  });

  test('disable, and enable again: the parts stay good', async () => {
    await carriedOut(await ask(`disable ${NAME}`, { reason: 'under suspicion' }));
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'failure', errorCode: 50057 });
    const { messageId } = await sandbox.say('rita', 'channel', `disable ${NAME}`);
    expect((await sandbox.press('rita', messageId, 'account.submit', { reason: 'again' })).message).toMatch(/disabled already/);
    await carriedOut(await ask(`enable ${NAME}`, { reason: 'cleared' }));
    await recorded(has('no drill has passed yet'));
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
  });

  test('a tenant that changed after the approvals: nothing is written, everybody is asked again and sees the difference', async () => {
    const card = await ask(`rotate ${NAME}`, { custodians: [idOf('dana'), idOf('fay')].join(','), reason: 'quarterly' });
    await sandbox.press('ann', card.id, 'request.approve');
    const since = (await sandbox.writes()).length;
    await sandbox.byHand({ tenantId: TENANTS.contoso.id, do: 'leave-units', userPrincipalName: UPN });
    await sandbox.press('bob', card.id, 'request.approve');
    const shown = await ended(card, /The tenant has changed/);
    expect(text(shown)).toMatch(/Left out: Take it out of the restricted management unit/);
    expect((await sandbox.writes()).slice(since)).toEqual([]);
    await carriedOut(shown);
    password = await collect(['dana', 'fay']);
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
  });

  test('rotate to security keys, and back to a password: what opened it before opens nothing any more', async () => {
    const custodians = [idOf('dana'), idOf('fay')].join(',');
    const toKeys = await ask(`rotate ${NAME}`, { credential: 'passkey', custodians, reason: 'a password alone opens no portal' });
    for (const who of ['ann', 'bob'] as const) await approve(who, toKeys);
    for (const who of ['dana', 'fay'] as const) {
      const card = await sandbox.message(who, 'personal', has('part.reveal', 'Show my pass'));
      const { dialog } = await sandbox.press(who, card.id, 'part.reveal');
      const temporaryAccessPass = element(dialog?.card, 'part')?.text;
      await sandbox.byHand({
        tenantId: TENANTS.contoso.id,
        do: 'register-method',
        userPrincipalName: UPN,
        method: 'fido2',
        temporaryAccessPass,
      });
      await sandbox.dialog(who, dialog?.id ?? '', 'part.stored', { location: `Safe of ${who}`, sealNumber: `K-${who}` });
    }
    await ended(toKeys, /Done:/);
    await recorded(has('registered and stored', 'no drill has passed yet'));
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'failure', errorCode: 50126 });
    expect(await sandbox.signInBy('fido2', UPN)).toMatchObject({ result: 'success' });

    const back = await ask(`rotate ${NAME}`, { credential: 'split-password', custodians, reason: 'the keys go to the new office' });
    for (const who of ['ann', 'bob'] as const) await approve(who, back);
    // The keys stay good until the parts are in their safes.
    await ended(back, /Waiting for Dana Diaz and Fay Fischer to store their parts/);
    expect(await sandbox.signInBy('fido2', UPN)).toMatchObject({ result: 'success' });
    password = await collect(['dana', 'fay']);
    await ended(back, /Done:/);
    await recorded((record) => !has('They count until every part is stored')(record));
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'success' });
    expect(await sandbox.signInBy('fido2', UPN)).toMatchObject({ result: 'failure' });
  });

  test('AU-9: retire asks for a fresh sign-in of each approver, leaves too few only when it says so, and takes the right away first', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', `retire ${NAME}`);
    const refused = await sandbox.press('rita', messageId, 'account.submit', { reason: 'moving to passkeys' });
    expect(text({ card: refused.card })).toMatch(/fewer than two accounts/);
    const card = await ask(`retire ${NAME}`, { reason: 'moving to passkeys', fewer: 'true' });
    expect(text(card)).toContain('leave Contoso with no account');
    const approval = await sandbox.press('ann', card.id, 'request.approve');
    expect(text({ card: approval.card })).toContain('Sign in to confirm your decision');
    // As somebody sees it who has not pressed: nothing was counted.
    expect(text(await sandbox.message('cy', 'channel', (message) => message.id === card.id))).toContain('approval: 0 of 2');

    const since = (await sandbox.writes()).length;
    for (const who of ['ann', 'bob'] as const) {
      const { signInUrl } = await sandbox.press(who, card.id, 'request.approve');
      expect((await new ProofBrowser().prove(signInUrl, who)).text).toContain('Your approval is recorded');
    }
    await ended(card, /Done:/);
    expect(await sandbox.writesDone(since)).toEqual(RETIRED);
    expect(await sandbox.signIn(UPN, password)).toMatchObject({ result: 'failure', errorCode: 50034 });
    for (const who of ['dana', 'fay'] as const)
      await sandbox.message(who, 'personal', (message) => /This account was retired/.test(text(message)));
    await recorded(has('Destroy every part that is still kept'));
  });
});
