import { describe, expect, test } from '@jest/globals';
import { gatherPosture } from '../../src/app/gatherMend.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import { nextAfterHalfWay } from '../../src/cards/views/halfWayWords.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { requestListCard } from '../../src/cards/views/requestList.ts';
import { requestNoticeCard } from '../../src/cards/views/requestNotice.ts';
import { isOutside } from '../../src/cards/views/requestOutcome.ts';
import { leftHalfWay } from '../../src/core/account/life.ts';
import { raise } from '../../src/core/alert/raise.ts';
import { halfWayOf, lasting, type Staying, whatStays } from '../../src/core/request/stays.ts';
import type { ChangeRequest, ExpectedWrite, StepId } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPlan, aRequest, hours, NOON, person } from '../support/builders.ts';
import { live } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';

const HOUR = 3_600_000;
const NAME = 'seed01@contoso.onmicrosoft.com';
const refusal = () => Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });

/** The saga stopped at that call, which the tenant refused, with or without having done it. */
async function stopped(name: string, at: string, { inUnit, done = false }: { inUnit?: boolean; done?: boolean } = {}) {
  const made = await approvedByName(name, inUnit === undefined ? {} : { inUnit });
  const { machine, requestId, request, account } = made;
  await live(machine, { answer: (call) => (call === at ? { error: refusal(), done } : undefined) });
  expect(request().state).toBe('failed');
  const alerts = () =>
    [...machine.store.rows.alert.values()]
      .filter(({ cause }) => cause.kind !== 'teams-unreachable')
      .map(({ cause, state, replaced }) => [cause.kind, state, replaced ?? false]);
  const card = () => JSON.stringify(requestCard(request(), machine.now()).card);
  const giveUp = async () => {
    const outcome = await machine.press(person('rita').objectId, { kind: 'withdraw-request', requestId });
    expect(outcome.ok).toBe(true);
    await live(machine);
  };
  const lapse = async () => {
    machine.pass(25 * HOUR);
    await live(machine);
  };
  const finding = async (check: string) => {
    const info = machine.info(account().tenantId);
    if (!info) throw new Error('no tenant');
    const tenants = { info: () => info, reader: () => machine.tenant.reader };
    const report = await gatherPosture({ tenants, store: machine.store }, info.id);
    return report.findings.find(({ check: id, about }) => id === check && about.id === account().id);
  };
  return { machine, requestId, request, account, alerts, card, giveUp, lapse, finding };
}

/** Words that are true of a creation only, or of nothing at all. */
const ALL_GONE = /the new account is deleted|there is no such user|the user is deleted|is as it was/;

describe.each([
  ['with a restricted unit', true, 'undone'],
  ['without one', false, 'withdrawn'],
] as const)('disabling that is given up half-way, %s', (_what, inUnit, ended) => {
  test.each(['by its requester', 'by expiry'])('GR-5: %s: the account is disabled, and that is said wherever it is asked', async (by) => {
    const on = await stopped('disable', 'revokeSessions', { inUnit });
    expect(on.card()).toContain('If it is given up now, this stays');
    await (by === 'by expiry' ? on.lapse() : on.giveUp());
    expect(on.request().state).toBe(ended);
    expect(on.machine.tenant.users.get(on.account().objectId)?.enabled).toBe(false);

    expect(on.account()).toMatchObject({ state: 'disabled', left: { requestId: on.requestId, steps: [{ step: 'disable' }] } });
    const spoken = [
      on.card(),
      ...[requestNoticeCard(on.request(), ended, NOON), accountCard(on.account(), NOON)].map((card) => JSON.stringify(card)),
    ];
    for (const words of spoken) {
      expect(words).not.toMatch(ALL_GONE);
      expect(words).toContain('Disable the account');
      expect(words).toMatch(/[Ss]ay enable/);
    }
    expect(on.card()).toContain(`Say enable ${on.account().userPrincipalName} when it is to be used again`);
    expect(on.alerts()).toEqual([
      ['request-failed', 'over', true],
      ['ended-half-way', 'open', false],
    ]);
    expect(await on.finding('account-enabled')).toMatchObject({
      status: 'not-applicable',
      evidence: `It was disabled by ${on.requestId}, which was given up half-way.`,
    });
  });
});

describe('a new password that is given up half-way', () => {
  test.each(['rotate', 'rotate without a unit', 'handover'])(
    'GR-5 CR-6: %s: that nobody can use the account is told to all who are concerned',
    async (name) => {
      const on = await stopped(name, 'revokeSessions');
      await on.giveUp();
      expect(on.card()).not.toMatch(ALL_GONE);
      const { userPrincipalName } = on.account();
      for (const words of [on.card(), JSON.stringify(requestNoticeCard(on.request(), on.request().state, NOON))])
        expect(words).toContain(`Nobody can use ${userPrincipalName} now. Say rotate ${userPrincipalName} to ask for a new password.`);
      expect(on.alerts()).toEqual(
        expect.arrayContaining([
          ['request-failed', 'over', true],
          ['ended-half-way', 'open', false],
          ['account-unusable', 'open', false],
        ]),
      );
      expect(JSON.stringify(accountCard(on.account(), NOON).card)).toContain('Cannot be used: nobody has its password');
      const alarm = [...on.machine.store.rows.alert.values()].find(({ cause }) => cause.kind === 'account-unusable');
      if (alarm?.cause.kind !== 'account-unusable') throw new Error('no such alert');
      // Whoever holds an old part, too, though it is nobody's on record any more.
      expect(alarm.cause.custodians.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['Dana Diaz', 'Eli Evans', person('fay').name]),
      );
      for (const said of [`says: rotate ${userPrincipalName}`, '"verb":"account.rotate"'])
        expect(JSON.stringify(alertCard(alarm, NOON).card)).toContain(said);
    },
  );

  test('it goes to the channel and at once to each owner and custodian, and to nobody twice', () => {
    const cause = {
      kind: 'account-unusable',
      requestId: 'R-1',
      userPrincipalName: NAME,
      custodians: [person('oona'), person('dana')],
    } as const;
    const { effects } = raise(cause, { account: anAccount({ owners: [person('oona')] }) }, 'AL-1', NOON);
    const posts = effects.flatMap((effect) => (effect.kind === 'post' ? [effect] : []));
    expect(posts.map(({ key, place, urgent }) => [key, place.kind, urgent])).toEqual([
      ['alert:AL-1:0', 'channel', true],
      [`alert:AL-1:0:${person('oona').objectId}`, 'person', true],
      [`alert:AL-1:0:${person('dana').objectId}`, 'person', true],
    ]);
  });

  test('CR-6: before it may have been set nothing is lost, and nobody is alarmed', async () => {
    const on = await stopped('rotate', 'setPassword');
    await on.giveUp();
    expect(on.request().state).toBe('undone');
    expect(on.card()).toContain('what was changed is as it was');
    expect(on.alerts()).toEqual([['request-failed', 'over', false]]);
  });
});

describe('what else is given up half-way', () => {
  test('GR-5: an enabling is taken back: nothing stays, and it is on record as disabled, whatever it was before', async () => {
    const on = await stopped('enable', 'joinUnit');
    // Somebody had disabled it in the portal.
    on.machine.store.put('account', { ...on.account(), state: 'in-service' });
    await on.giveUp();
    expect([on.request().state, on.account().state]).toEqual(['undone', 'disabled']);
    expect(on.alerts()).toEqual([['request-failed', 'over', false]]);
    expect(await on.finding('account-enabled')).toMatchObject({ status: 'not-applicable' });
  });

  test('GR-5: a retirement without its role any more is not in service, and the next one finishes it', async () => {
    const on = await stopped('retire', 'disable', { inUnit: false });
    await on.giveUp();
    expect(on.account()).toMatchObject({ state: 'in-service', left: { requestId: on.requestId, steps: [{ step: 'remove-role' }] } });
    expect(JSON.stringify(accountCard(on.account(), NOON).card)).toContain(`Not to be relied on: ${on.requestId} was given up half-way`);
    const again = await on.machine.ask(person('rita').objectId, { operation: 'retire', accountId: on.account().id, fewer: true });
    expect(again.ok).toBe(true);
  });

  test('GR-5: one that was deleted already is retired; where nobody can tell it stays on record, with that', () => {
    const account = anAccount();
    const gone = { step: 'delete-user', title: 'Delete the user' } as const;
    const disabled = { step: 'disable', title: 'Disable the account' } as const;
    const ended = (stays: Parameters<typeof leftHalfWay>[2], of = account) => leftHalfWay(of, 'R-1', stays, NOON);
    expect(ended([disabled, gone])).toMatchObject({ value: { next: { state: 'retired', retiredAt: NOON } } });
    const steps = [disabled, { ...gone, perhaps: true }] as const;
    const kept = ended(steps);
    expect(kept).toMatchObject({ value: { next: { state: 'disabled', disabledAt: NOON, left: { requestId: 'R-1', at: NOON, steps } } } });
    // Known once is known.
    if (kept.ok) expect(ended(steps, kept.value.next)).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
    expect(ended([{ ...disabled, perhaps: true }])).toMatchObject({ value: { next: { state: 'in-service', left: { requestId: 'R-1' } } } });
    expect(ended([{ step: 'set-credential', title: 'Set a new password' }])).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
    expect(ended([disabled], anAccount({ state: 'retired' }))).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
  });

  test('that it may have disabled it is no riddle for posture', async () => {
    const on = await stopped('disable', 'disable', { inUnit: false });
    const account = on.account();
    const user = on.machine.tenant.users.get(account.objectId);
    if (user) user.enabled = false;
    expect(await on.finding('account-enabled')).toMatchObject({ evidence: 'It is disabled, and nobody asked me for that.' });
    const steps = [{ step: 'disable', title: 'Disable the account', perhaps: true }] as const;
    on.machine.store.put('account', { ...account, left: { requestId: on.requestId, at: NOON, steps } });
    expect(await on.finding('account-enabled')).toMatchObject({
      status: 'fail',
      evidence: `It is disabled. ${on.requestId}, which was given up half-way, may have done that.`,
    });
  });

  test('what is carried out later is what counts', async () => {
    const on = await stopped('disable', 'revokeSessions', { inUnit: false });
    await on.giveUp();
    const asked = await on.machine.ask(person('rita').objectId, { operation: 'enable', accountId: on.account().id });
    const requestId = asked.ok ? (asked.value.request?.id ?? '') : '';
    const { planDigest } = on.machine.request(requestId);
    for (const name of ['ann', 'bob'] as const)
      await on.machine.press(person(name).objectId, { kind: 'approve-request', requestId, planDigest });
    await live(on.machine);
    expect(on.machine.request(requestId).state).toBe('applied');
    expect(on.account()).toMatchObject({ state: 'in-service' });
    expect(on.account().left).toBeUndefined();
  });
});

describe('what stays, by plan and by what was sent', () => {
  const kinds = (steps: readonly { readonly id: StepId }[]): string[] => steps.map(({ id }) => id);
  const sent = (step: StepId, more: Partial<ExpectedWrite> = {}): ExpectedWrite => ({
    ...{ step, fromAt: NOON, untilAt: NOON, open: 0, allowed: 0, done: 0, seen: 0, beside: 0 },
    ...more,
  });
  const failed = (plan: ChangeRequest['plan'], more: Partial<ChangeRequest> = {}): ChangeRequest =>
    aRequest({ plan, state: 'failed', begunAt: NOON, expected: [], ...more });
  const restricted = {
    observed: { userPrincipalName: NAME, enabled: true, privileged: true, excluded: true, restricted: true, ours: true },
  };
  const keyed = anAccount({ credential: 'passkey' });
  const NAME_OF = keyed.userPrincipalName;

  test('each plan says before it is approved what its end half-way leaves', () => {
    expect(kinds(lasting(aPlan()))).toEqual([]);
    expect(kinds(lasting(anAccountPlan('rotate', restricted)))).toEqual(['set-credential', 'revoke-sessions']);
    expect(kinds(lasting(anAccountPlan('disable', restricted)))).toEqual(['disable', 'revoke-sessions']);
    expect(kinds(lasting(anAccountPlan('enable')))).toEqual([]);
    expect(kinds(lasting(anAccountPlan('retire')))).toEqual(['remove-role', 'disable', 'revoke-sessions', 'leave-group', 'delete-user']);
    expect(kinds(lasting(anAccountPlan('rotate', { account: keyed, passMinutes: 480 })))).toEqual(['tidy-methods', 'revoke-sessions']);
    expect(kinds(lasting(anAccountPlan('rotate', { account: keyed })))).toEqual(['remove-keys', 'revoke-sessions']);
    expect(anAccountPlan('disable').irreversible).toEqual([
      'If it is given up half-way, this stays as far as it was done by then: Disable the account; End every session it has.',
    ]);
    expect(anAccountPlan('rotate').irreversible).toContain(
      'Given up after the new password is set, nobody can use the account until a request sets another.',
    );
    expect(anAccountPlan('retire').irreversible).toContain(
      'If it is given up half-way, each of its steps that was done by then stays done.',
    );
    expect(anAccountPlan('enable').irreversible).toEqual([]);
  });

  test('nothing of what was not sent, and of a new account nothing at all once it is taken back', () => {
    expect(whatStays(failed(anAccountPlan('disable')))).toEqual([]);
    expect(whatStays(failed(anAccountPlan('disable'), { expected: [sent('disable')] }))).toEqual([]);
    expect(whatStays({ ...failed(anAccountPlan('disable'), { expected: [sent('disable', { done: 1 })] }), begunAt: NOON })).toHaveLength(1);
    expect(whatStays(failed(aPlan(), { expected: [sent('create-user', { done: 1 })] }))).toEqual([]);
    const { begunAt: _begun, ...never } = failed(anAccountPlan('disable'), { expected: [sent('disable', { done: 1 })] });
    expect(whatStays(never)).toEqual([]);
  });

  test('a step that was proven, and one that may have been done; what the undo sends is none of it', () => {
    const plan = anAccountPlan('rotate', restricted);
    const expected = [
      sent('leave-unit', { done: 1 }),
      sent('set-credential', { allowed: 1 }),
      sent('revoke-sessions', { undo: true, done: 1 }),
    ];
    expect(whatStays(failed(plan, { expected }))).toEqual([
      { step: 'set-credential', title: 'Set a new password, sealed in 2 parts for the custodians', perhaps: true },
    ]);
    const steps = plan.steps.map(({ id }) => ({ id, state: id === 'set-credential' ? ('done' as const) : ('waiting' as const) }));
    expect(whatStays(failed(plan, { expected: [], steps }))).toEqual([expect.not.objectContaining({ perhaps: true })]);
  });

  test('where its writes were not kept, that no step says it was done proves nothing', () => {
    const { expected: _none, ...old } = failed(anAccountPlan('disable'));
    expect(whatStays(old)).toEqual([{ step: 'disable', title: 'Disable the account', perhaps: true }]);
  });

  test('of a request whose writes were not kept, a step that stopped or ran may have been done', () => {
    const stateOf = (id: StepId, state: 'failed' | 'running' | 'done' | 'waiting', more: Partial<ChangeRequest> = {}) => {
      const { expected: _none, ...old } = failed(anAccountPlan('disable'), more);
      const steps = old.steps.map((row) => (row.id === id ? { ...row, state } : row));
      return whatStays({ ...old, steps }).map(({ step, perhaps }) => [step, perhaps ?? false]);
    };
    expect(stateOf('revoke-sessions', 'failed')).toEqual([['revoke-sessions', true]]);
    expect(stateOf('revoke-sessions', 'running')).toEqual([['revoke-sessions', true]]);
    expect(stateOf('revoke-sessions', 'done')).toEqual([['revoke-sessions', false]]);
    expect(stateOf('disable', 'done')).toEqual([['disable', false]]);
    // A plan that has no such row any more.
    expect(whatStays(failed(anAccountPlan('disable'), { steps: [] }))).toEqual([]);
    const written = failed(anAccountPlan('disable'), { expected: [sent('revoke-sessions', { done: 1 })], steps: [] });
    expect(whatStays(written)).toEqual([{ step: 'revoke-sessions', title: 'End every session it has' }]);
  });

  test('GR-5: withdrawn before anything was taken back, all that was done stays; what undoes it counts only while it is in time', () => {
    const plan = anAccountPlan('disable', restricted);
    const expected = [sent('leave-unit', { done: 1 })];
    expect(kinds(plan.undo)).toEqual(['join-unit']);
    expect(whatStays(failed(plan, { expected }))).toEqual([]);
    expect(whatStays(failed(plan, { expected, state: 'withdrawn' })).map(({ step }) => step)).toEqual(['leave-unit']);
  });

  test('what opened the account before may be gone: said of what is left, and of a creation never', () => {
    const plan = anAccountPlan('rotate', { account: keyed });
    const expected = [sent('set-credential', { done: 1 }), sent('remove-keys', { allowed: 1 })];
    expect(halfWayOf(failed(plan, { expected }))).toMatchObject({ operation: 'rotate', userPrincipalName: NAME_OF, replaced: true });
    expect(halfWayOf(failed(plan, { expected: expected.slice(0, 1) }))).toBeUndefined();
    const disabled = halfWayOf(failed(anAccountPlan('disable'), { expected: [sent('disable', { done: 1 })] }));
    expect(disabled).toEqual({
      operation: 'disable',
      userPrincipalName: NAME_OF,
      stays: [{ step: 'disable', title: 'Disable the account' }],
    });
    const keys = anAccountPlan('rotate', { passMinutes: 480 });
    const made = [sent('drop-password', { allowed: 1 })];
    expect(whatStays(failed(keys, { expected: made })).map(({ step }) => step)).toEqual(['drop-password']);
    expect(whatStays(failed(keys, { expected: [sent('drop-password', { done: 1 })] }))).toEqual([]);
    const created = failed(aPlan({ passMinutes: 480 }), {
      state: 'withdrawn',
      expected: [sent('tidy-methods', { allowed: 1 }), sent('create-user', { done: 1 })],
    });
    expect(halfWayOf(created)).not.toHaveProperty('replaced');
    expect(halfWayOf(created)?.stays.map(({ step }) => step)).toContain('create-user');
  });

  test('a credential of another kind: nothing stays before the old one is touched, everything after', () => {
    const plan = anAccountPlan('rotate', { account: keyed });
    const before = [sent('set-credential', { done: 1 })];
    expect(whatStays(failed(plan, { expected: before }))).toEqual([]);
    expect(whatStays(failed(plan, { expected: [...before, sent('remove-keys', { allowed: 1 })] })).map(({ step }) => step)).toEqual([
      'set-credential',
      'remove-keys',
    ]);
  });

  test('a method that was removed, or may have been, and its sessions not ended: that is left to people, in words', () => {
    const method = { step: 'remove-method', title: 'Remove the telephone from it' } as const;
    const ended = { step: 'revoke-sessions', title: 'End every session it has' } as const;
    const words = (...stays: readonly Staying[]) => nextAfterHalfWay({ operation: 'repair', userPrincipalName: 'ea', stays });
    const open = /may still be signed in: revoke the sessions of ea in Entra/;
    for (const stays of [[method], [{ ...method, perhaps: true }], [method, { ...ended, perhaps: true }]] as const)
      expect(words(...stays)).toMatch(open);
    for (const stays of [[method, ended], [{ step: 'never-expire', title: 'Exempt it' }]] as const)
      expect(words(...stays)).not.toMatch(open);
  });

  test('the list of requests says of one that it was left half-way', () => {
    const request = failed(anAccountPlan('disable'), { state: 'withdrawn', closedAt: hours(1), expected: [sent('disable', { done: 1 })] });
    expect(JSON.stringify(requestListCard([request], hours(2)).card)).toContain('left half-way');
  });
});

describe('that an account is outside its restricted unit', () => {
  const { steps } = aRequest({
    plan: anAccountPlan('retire', {
      observed: { userPrincipalName: 'x', enabled: true, privileged: true, excluded: true, ours: true, restricted: true },
    }),
  });
  const said = (leave: string, ...done: string[]) =>
    isOutside({
      steps: steps.map((row) =>
        row.id === 'leave-unit' ? { ...row, state: 'done', evidence: leave } : done.includes(row.id) ? { ...row, state: 'done' } : row,
      ),
    });

  test('is said where it was read, and not of a user that is not there or was put back', () => {
    expect(steps.map(({ id }) => id)).toContain('leave-unit');
    expect(said('Not in restricted unit 5d0f4a51')).toBe(true);
    expect(said('There is no such user')).toBe(false);
    expect(said('Not in restricted unit 5d0f4a51', 'delete-user')).toBe(false);
    expect(isOutside({ steps })).toBe(false);
    const back: ChangeRequest['steps'] = [
      { id: 'leave-unit', state: 'done', evidence: 'Not in restricted unit 5d0f4a51' },
      { id: 'join-unit', state: 'done' },
    ];
    expect(isOutside({ steps: back })).toBe(false);
  });
});
