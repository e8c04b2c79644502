import { describe, expect, test } from '@jest/globals';
import { accountForms } from '../../src/bot/accountForms.ts';
import { readAccountForm } from '../../src/bot/actions/accountForm.ts';
import { readCreateForm } from '../../src/bot/actions/createForm.ts';
import { drillStart } from '../../src/bot/actions/drillStart.ts';
import { requestEdit, requestResubmit } from '../../src/bot/actions/requestEdit.ts';
import { answerTo } from '../../src/bot/answers.ts';
import { forms } from '../../src/bot/forms.ts';
import { drillFormCard } from '../../src/cards/views/drillForm.ts';
import { edit } from '../../src/core/request/edit.ts';
import { no, ok } from '../../src/core/result.ts';
import { actor, anAccount, anAccountPlan, aPlan, aRequest, minutes, NOON, person } from '../support/builders.ts';

const LONG = `${'Because it is due. '.repeat(60)}The end.`;
const NUL = 'Safe\0and sound';
const everyText = (card: unknown): string => JSON.stringify(card);
const read = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
};

const account = anAccount();
const custodians = [person('dana'), person('eli')];
const people = { holders: async () => custodians, lookUp: async () => no('unknown') } as never;
const store = { get: async () => account, accounts: async () => [account], now: async () => minutes(5) };
const random = { id: () => 'F-1' };
const createForms = forms({
  people,
  tenants: { list: () => [] },
  random,
  passkeys: async () => undefined,
  watchable: async () => undefined,
});
const onAccount = accountForms({ people, random, passkeys: async () => undefined, store: store as never });

describe('what was typed into a form is there when it comes back', () => {
  test('create: too long, no text to be believed, and what a field gives as a list', async () => {
    const data = {
      id: 'F-1',
      reason: LONG,
      displayName: NUL,
      userName: 'x'.repeat(300),
      custodians: ['a'.repeat(257), 'Dana'],
      usageLocation: 'Germany',
    };
    const { faults, values } = read(readCreateForm(data));
    expect(faults.map(({ field }) => field).sort()).toEqual(['custodians', 'displayName', 'reason', 'userName']);
    expect(values).toMatchObject({ reason: LONG, displayName: 'Safeand sound', userName: 'x'.repeat(300), usageLocation: 'GERMANY' });
    expect(values.custodians).toMatch(/a{257},Dana/);
    const drawn = everyText((await createForms.again(actor('rita'), 'F-1', values, faults)).card);
    for (const typed of ['The end.', 'Safeand sound', 'x'.repeat(300), 'GERMANY']) expect(drawn).toContain(typed);
  });

  test.each(['rotate', 'handover', 'disable', 'enable', 'exclude', 'retire'] as const)('%s', async (operation) => {
    const data = { id: `F-1:${operation}:${account.id}`, reason: LONG, custodians: 'a,b', leaving: 'c'.repeat(65), fewer: 'true' };
    const { form, faults, values } = read(readAccountForm(data));
    expect(faults.map(({ field }) => field)).toEqual(['leaving', 'reason']);
    expect(values).toEqual({ reason: LONG, custodians: 'a,b', leaving: 'c'.repeat(65), fewer: 'true' });
    expect(everyText((await onAccount.again(actor('rita'), form, values, faults))?.card)).toContain('The end.');
  });

  test('drill', () => {
    const { values, announced } = read(
      drillStart.parse({ id: account.id, minutes: 'half an hour', person: 'Q'.repeat(90), origin: 'the office' }),
    );
    expect(announced).toMatchObject({ ok: false, error: [{ field: 'minutes' }, { field: 'person' }] });
    const drawn = everyText(drillFormCard(account, values, []).card);
    for (const typed of ['half an hour', 'Q'.repeat(90), 'the office']) expect(drawn).toContain(typed);
  });

  test('nothing that breaks a card or the database goes back', () => {
    const { values } = read(readCreateForm({ id: 'F-1', reason: `\ud800${'y'.repeat(5_000)}`, displayName: { no: 'text' } }));
    expect(values.reason?.isWellFormed()).toBe(true);
    expect(values.reason?.length).toBe(2_000);
    expect(values.displayName).toBe('');
  });
});

describe('the changed form of a request', () => {
  const needs = (request: ReturnType<typeof aRequest>, outcome: unknown = ok({ request })) =>
    ({
      asker: { actor: actor('rita'), mri: '29:x' },
      door: { dispatch: async () => outcome },
      store: { get: async () => request, now: async () => minutes(5) },
      forms: createForms,
      accountForms: onAccount,
      tenant: () => undefined,
      openFacts: async () => ok({}),
      accountFacts: async () => ok({ custodians: [], approvers: [] }),
    }) as never;
  const filled = {
    tenantId: aPlan().tenant.id,
    userName: 'north.harbor',
    displayName: 'North Harbor',
    usageLocation: 'NL',
    credential: 'split-password',
    custodians: custodians.map(({ objectId }) => objectId).join(','),
    owners: person('oona').objectId,
    reason: 'Because it is due.',
  };
  const send = (request: ReturnType<typeof aRequest>, data: object, outcome?: unknown) =>
    requestResubmit.run({ requestId: request.id, planDigest: request.planDigest, data: { ...data } }, needs(request, outcome));

  test.each([
    ['create', aRequest()],
    ['rotate', aRequest({ plan: anAccountPlan('rotate') })],
  ])('comes back with what was typed when it is refused: %s', async (_kind, request) => {
    const pressed = await send(request, { reason: LONG });
    expect(pressed).toMatchObject({ kind: 'refused', refusal: { code: 'bad-form', faults: [{ field: 'reason', problem: 'too-long' }] } });
    expect(everyText(pressed)).toContain('The end.');
  });

  test('comes back for the plan as it is now when that was drawn up anew meanwhile', async () => {
    const old = aRequest();
    const edited = edit(old, actor('rita'), old.planDigest, aPlan({ version: 2, reason: 'As it is now' }), [], NOON);
    const now = edited.ok ? edited.value.next : old;
    expect(now.planDigest).not.toBe(old.planDigest);
    const data = { reason: 'My own words', userName: 'north.harbor' };
    const late = await requestResubmit.run({ requestId: old.id, planDigest: old.planDigest, data }, needs(now));
    // Or between the look and the lock.
    const later = await send(now, data, no({ code: 'plan-changed' }));
    for (const pressed of [late, later]) {
      expect(pressed).toMatchObject({ kind: 'refused', refusal: { code: 'plan-changed' } });
      for (const said of ['My own words', 'drawn up anew', now.planDigest]) expect(everyText(pressed)).toContain(said);
    }
    const closed = { ...now, state: 'withdrawn' as const };
    const over = await requestResubmit.run({ requestId: old.id, planDigest: old.planDigest, data }, needs(closed));
    expect(over).toMatchObject({ refusal: { code: 'closed', state: 'withdrawn' } });
  });

  test('sent in as it was, it says so: nothing is over, and nobody was asked anew', async () => {
    const request = aRequest();
    const same = edit(request, actor('rita'), request.planDigest, aPlan({ version: 2 }), [], NOON);
    expect(same).toEqual(no({ code: 'unchanged' }));
    const pressed = await send(request, { reason: request.reason, userName: 'north.harbor' }, no({ code: 'unchanged' }));
    expect(everyText(pressed)).toContain('Nothing in it was changed, so your request stands as it was');
  });

  test('opens in a dialog, which a card that is drawn anew does not close, and is sent in from there alone', async () => {
    expect([requestEdit.via, requestResubmit.via]).toEqual([['task/fetch'], ['task/submit']]);
    const request = aRequest();
    const which = { requestId: request.id, planDigest: request.planDigest };
    const opened = await requestEdit.run(which, needs(request));
    expect(opened).toMatchObject({ kind: 'dialog', title: 'Change your request' });
    const answer = answerTo('task/fetch', opened, (rendered) => rendered);
    expect(answer).toMatchObject({ task: { type: 'continue', value: { title: 'Change your request' } } });
    const submits = everyText(answer).match(/"type":"Action\.[A-Za-z]+"/g);
    expect(submits).toEqual(['"type":"Action.Submit"']);
    const sent = await send(request, filled);
    expect(answerTo('task/submit', sent, (rendered) => rendered)).toEqual({
      task: { type: 'message', value: 'Your request is changed. Whoever approved it before decides anew.' },
    });
  });

  test('a dialog stays open with the form, what was typed and why it was not taken', async () => {
    for (const [data, outcome, why] of [
      [{ ...filled, reason: LONG }, undefined, 'One thing needs correcting'],
      [filled, no({ code: 'cannot-check', what: 'the names in the tenant' }), 'I could not check the names in the tenant'],
      [filled, no({ code: 'quorum-unreachable', need: 2, have: 1 }), 'It was not sent in'],
    ] as const) {
      const answer = answerTo('task/submit', await send(aRequest(), data, outcome), (rendered) => rendered);
      expect(answer).toMatchObject({ task: { type: 'continue', value: { title: 'Change your request' } } });
      for (const said of [why, 'north.harbor', 'request.resubmit']) expect(everyText(answer)).toContain(said);
    }
    const rotation = aRequest({ plan: anAccountPlan('rotate') });
    const refused = no({ code: 'cannot-check', what: 'the account and the people it needs' });
    const answer = answerTo('task/submit', await send(rotation, { reason: 'It is due now' }, refused), (rendered) => rendered);
    for (const said of ['"continue"', 'It is due now', 'I could not check the account']) expect(everyText(answer)).toContain(said);
    // Where nothing can be sent any more it closes, and says why.
    const over = await send(aRequest(), filled, no({ code: 'closed', state: 'denied' }));
    expect(answerTo('task/submit', over, (rendered) => rendered)).toMatchObject({
      task: { type: 'message', value: expect.stringContaining('denied') },
    });
  });

  test('comes back where too few accounts would be left and nobody ticked that this is meant', async () => {
    const request = aRequest({ plan: anAccountPlan('retire') });
    const pressed = await send(request, { reason: 'It is old' }, no({ code: 'too-few-left', left: 1 }));
    expect(pressed).toMatchObject({ kind: 'refused', refusal: { code: 'too-few-left' } });
    for (const said of ['It is old', 'fewer than two accounts']) expect(everyText(pressed)).toContain(said);
  });
});
