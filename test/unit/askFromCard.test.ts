import { beforeEach, describe, expect, test } from '@jest/globals';
import { accountForms } from '../../src/bot/accountForms.ts';
import { accountRotate } from '../../src/bot/actions/accountRotate.ts';
import { accountSubmit } from '../../src/bot/actions/accountSubmit.ts';
import { answerTo } from '../../src/bot/answers.ts';
import { accountOperation } from '../../src/bot/commands/accountOperation.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import type { AlertCause, AlertState } from '../../src/core/alert/types.ts';
import type { Actor } from '../../src/core/people.ts';
import { no, ok } from '../../src/core/result.ts';
import { actor, anAccount, anAccountPlan, anAlert, aPart, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { type MemoryStore, memoryStore } from '../support/memoryStore.ts';

const custodians = [person('dana'), person('eli'), person('fay')];
const people = { holders: async () => custodians, lookUp: async () => no('unknown') } as never;
const account = anAccount({ parts: [aPart(1, 'dana', { state: 'lost', shownAt: NOON, lostAt: NOON }), aPart(2, 'eli')] });
const everyText = (value: unknown): string => JSON.stringify(value);

let store: MemoryStore;
beforeEach(async () => {
  store = memoryStore(hours(1));
  await store.transaction((tx) => tx.insert('account', account));
});
const onAccounts = () => accountForms({ people, random: { id: () => 'F-1' }, passkeys: async () => undefined, store });
const asker = (who: Actor) => ({ actor: who, mri: '29:x', where: 'channel' as const });
const press = (who: Actor, accountId = account.id) =>
  accountRotate.run({ accountId }, { asker: asker(who), store, accountForms: onAccounts() });

describe('the button that asks for a new password', () => {
  test('opens the form of rotate in a dialog: that account, what became of its parts, nothing asked for yet', async () => {
    expect(accountRotate.via).toEqual(['task/fetch']);
    const opened = await press(actor('rita'));
    const answer = answerTo('task/fetch', opened, (rendered) => rendered);
    expect(answer).toMatchObject({ task: { type: 'continue', value: { title: 'Ask for a new password' } } });
    const said = everyText(answer);
    expect(said).toContain(account.userPrincipalName);
    // Dana lost hers: that nobody is ticked is held in accountHarm.test.ts.
    for (const text of ['Part 1 is gone', 'Dana Diaz (part 1 is gone)']) expect(said).toContain(text);
    expect(said).toContain(`"data":{"verb":"account.submit","id":"F-1:rotate:${account.id}"}`);
    // A dialog is sent in by Action.Submit, and by nothing else.
    expect(said.match(/"type":"Action\.[A-Za-z]+"/g)).toEqual(['"type":"Action.Submit"']);
    expect([...store.rows.request.values(), ...store.rows.audit]).toEqual([]);
  });

  test('AP-1: whoever does not get the form by the command does not get it by the button, and hears the same', async () => {
    const retired = anAccount({
      id: 'EA-OLD',
      requestId: 'R-OLD',
      objectId: 'o-2',
      userPrincipalName: 'old@contoso.example',
      state: 'retired',
    });
    await store.transaction((tx) => tx.insert('account', retired));
    const command = accountOperation('rotate');
    const rita = actor('rita');
    for (const who of [rita, actor('ann'), actor('oona'), actor('dana'), actor('mal'), stranger(), stranger('guest')])
      for (const name of [account.id, retired.id, 'EA-NONE']) {
        const typed = await command.run({ name }, { asker: asker(who), store, newForm: onAccounts().open });
        const pressed = answerTo('task/fetch', await press(who, name), (rendered) => rendered);
        // Of what is not there each says where its name came from: typed, or from a card.
        const unknown = who === rita && name === 'EA-NONE';
        if (unknown)
          expect([everyText(typed), everyText(pressed)]).toEqual([
            expect.stringContaining('EA-NONE'),
            expect.stringContaining('card is old'),
          ]);
        else if (typed.kind === 'card') expect(pressed).toMatchObject({ task: { type: 'continue' } });
        else expect(pressed).toEqual({ task: { type: 'message', value: typed.text } });
        expect(typed.kind === 'card').toBe(who === rita && name === account.id);
      }
  });

  test('AP-10: takes which account, and nothing else', () => {
    const data = { verb: 'account.rotate', id: 'EA-1', operation: 'retire', custodians: ['x'], actor: 'rita', approvals: 2 };
    expect(accountRotate.parse(data)).toEqual(ok({ accountId: 'EA-1' }));
    for (const id of [undefined, null, 7, ['EA-1'], '', 'EA 1', 'x'.repeat(81)])
      expect(accountRotate.parse({ id })).toEqual(no({ code: 'not-found', what: 'account' }));
  });

  test('whoever comes second is told at once what is asked for already, and by whom', async () => {
    await store.transaction((tx) => tx.insert('request', aRequest({ plan: anAccountPlan('rotate', { account }) })));
    const again = await press(actor('rita'));
    expect(again).toMatchObject({ kind: 'refused', refusal: { code: 'account-busy', by: 'Rita Reyes', own: true } });
    expect(everyText(answerTo('task/fetch', again, (rendered) => rendered))).toContain('is open for this account');
  });
});

describe('the form that such a button opened', () => {
  const values = { reason: 'Part 1 is lost', custodians: custodians.map(({ objectId }) => objectId).join(',') };
  async function send(outcome: unknown, more: object = {}) {
    const read = accountSubmit.parse({ id: `F-1:rotate:${account.id}`, ...values, ...more });
    if (!read.ok) throw new Error(read.error.code);
    const pressed = await accountSubmit.run(read.value, {
      asker: asker(actor('rita')),
      via: 'task/submit',
      door: { dispatch: async () => outcome } as never,
      accountFacts: async () => ok({ custodians: [], approvers: [] }),
      formAgain: (form, typed, faults, place, refusal) => onAccounts().again(actor('rita'), form, typed, faults, place, refusal),
      formIsDone: () => undefined,
    });
    return answerTo('task/submit', pressed, (rendered) => rendered);
  }

  test('sent in, says which request waits and where', async () => {
    const request = aRequest({ plan: anAccountPlan('rotate') });
    expect(await send(ok({ request }))).toEqual({
      task: { type: 'message', value: expect.stringMatching(new RegExp(`${request.id} was sent.*security channel.*2 other people`)) },
    });
    expect(everyText(await send(ok({ request: { ...request, state: 'applied' } })))).toContain('sent in already');
  });

  test('stays open with what was typed and why it was not taken, as long as it can be sent', async () => {
    for (const [outcome, more, why] of [
      [undefined, { reason: `Part 1 is lost${'.'.repeat(1_000)}` }, 'characters, please shorten it'],
      [no({ code: 'bad-form', faults: [{ field: 'custodians', problem: 'too-few', detail: '2' }] }), {}, 'choose at least 2'],
      [no({ code: 'cannot-check', what: 'the account' }), {}, 'I could not check the account'],
      [no({ code: 'quorum-unreachable', need: 2, have: 1 }), {}, 'only 1 could'],
      [no({ code: 'too-often', limit: 30, from: minutes(5) }), {}, 'within the last hour'],
    ] as const) {
      const answer = await send(outcome, more);
      expect(answer).toMatchObject({ task: { type: 'continue', value: { title: 'Ask for a new password' } } });
      for (const said of ['Part 1 is lost', why, '"verb":"account.submit"']) expect(everyText(answer)).toContain(said);
      expect(everyText(answer).match(/"type":"Action\.[A-Za-z]+"/g)).toEqual(['"type":"Action.Submit"']);
    }
  });

  test('closes, and says why, where nothing can be sent any more', async () => {
    for (const refusal of [
      { code: 'missing-role', role: 'requester' },
      { code: 'account-unsuitable', operation: 'rotate', why: 'gone' },
      { code: 'account-busy', requestId: 'R-1', title: 'New password', by: 'Rita Reyes', own: false, same: false },
    ] as const)
      expect(await send(no(refusal))).toMatchObject({ task: { type: 'message' } });
  });
});

describe('an alert', () => {
  const lost = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' } as const;
  const expired = { kind: 'part-expired', partNumber: 1, custodian: 'Dana Diaz' } as const;
  const halfWay = { kind: 'ended-half-way', requestId: 'R-1', by: 'person', userPrincipalName: 'x@y', stays: [] } as const;
  const verbs = (cause: AlertCause, state: AlertState = 'open', more: object = {}) =>
    [...everyText(alertCard(anAlert({ severity: 'high', cause, state, ...more }), NOON).card).matchAll(/"verb":"([a-z.]+)"/g)].map(
      ([, verb]) => verb,
    );

  test.each<[string, AlertCause]>([
    ['a part is lost', lost],
    ['a part was never opened', expired],
    ['nobody has the password', { kind: 'account-unusable', requestId: 'R-1', userPrincipalName: 'x@y', custodians: [] }],
    ['a new password was given up', { ...halfWay, operation: 'rotate' }],
    ['a handover was given up', { ...halfWay, operation: 'handover' }],
  ])('has the button beside Acknowledge, and keeps it once somebody has seen it: %s', (_what, cause) => {
    expect(verbs(cause)).toEqual(['alert.acknowledge', 'account.rotate']);
    expect(verbs(cause, 'acknowledged')).toEqual(['account.rotate']);
    expect(verbs(cause, 'over')).toEqual([]);
    // Nothing to open the form for.
    expect(verbs(cause, 'open', { accountId: undefined })).toEqual(['alert.acknowledge']);
  });

  test.each<[string, AlertCause]>([
    ['the pass of a key, of which a new one is made', { ...lost, key: true }],
    ['a key not registered in time', { ...expired, key: true }],
    ['a rotation given up in whose place something counts', { ...halfWay, operation: 'rotate', replaced: true }],
    ['a disabling given up', { ...halfWay, operation: 'disable' }],
  ])('has none where no new password is what is needed: %s', (_what, cause) => {
    expect(verbs(cause)).toEqual(['alert.acknowledge']);
  });
});
