import { describe, expect, test } from '@jest/globals';
import { expirePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { withLedger } from '../../src/core/account/ledger.ts';
import { keyRegistered, keysStored, keysWithdrawn, passesDestroyed, passIssued } from '../../src/core/account/passkeys.ts';
import { keysFound, passkeyTerms } from '../../src/core/account/passkeyTerms.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import type { AuthenticationMethod, MethodConfiguration } from '../../src/core/posture/snapshot.ts';
import { whyUnsuitable } from '../../src/core/request/openAccount.ts';
import { replan } from '../../src/core/request/replan.ts';
import { failRun, parkRun, resumeRun, retry } from '../../src/core/request/run.ts';
import { no, ok } from '../../src/core/result.ts';
import { actor, aDecision, anAccount, anAccountPlan, aPart, aPlan, aRequest, hours, minutes, NOON, person } from '../support/builders.ts';

const next = (decision: Decision<EmergencyAccount>): EmergencyAccount => {
  if (!decision.ok) throw new Error(decision.error.code);
  return decision.value.next;
};
const effects = (decision: Decision<unknown>) => (decision.ok ? decision.value.effects : []);
const code = (decision: Decision<unknown>) => (decision.ok ? 'accepted' : decision.error.code);

const GROUP = 'AAAAAAAA-0000-4000-8000-00000000000A';
const config = (id: string, more: Partial<MethodConfiguration> = {}): MethodConfiguration => ({
  id,
  enabled: true,
  includeTargets: ['all_users'],
  excludeTargets: [],
  ...more,
});
const allowed = (fido2: Partial<MethodConfiguration> = {}, pass: Partial<MethodConfiguration> = {}) =>
  passkeyTerms([config('Fido2', fido2), config('TemporaryAccessPass', pass)], GROUP);

describe('whether a tenant lets an account have passkeys', () => {
  test('on for everybody, or for the exclusion group, a pass opens a working day within the limits of its policy', () => {
    expect(allowed()).toEqual(ok({ passMinutes: 480 }));
    expect(allowed({ includeTargets: [GROUP.toLowerCase()] })).toEqual(ok({ passMinutes: 480 }));
    expect(allowed({}, { lifetimeMinutes: [60, 240] })).toEqual(ok({ passMinutes: 240 }));
    expect(allowed({}, { lifetimeMinutes: [600, 43_200] })).toEqual(ok({ passMinutes: 600 }));
    expect(allowed({ passkeyTypes: ['deviceBound', 'synced'] })).toMatchObject({ ok: true });
    expect(allowed({ passkeyTypes: [] })).toMatchObject({ ok: true });
  });

  test.each([
    ['keys-off', allowed({ enabled: false })],
    ['keys-off', passkeyTerms([config('TemporaryAccessPass')], GROUP)],
    ['keys-not-for-it', allowed({ includeTargets: ['some-other-group'] })],
    ['keys-not-for-it', allowed({ excludeTargets: [GROUP.toLowerCase()] })],
    ['no-self-service', allowed({ selfServiceRegistrationAllowed: false })],
    ['synced-only', allowed({ passkeyTypes: ['synced'] })],
    ['passes-off', allowed({}, { enabled: false })],
    ['passes-off', passkeyTerms([config('Fido2')], GROUP)],
    ['passes-not-for-it', allowed({}, { includeTargets: [] })],
    ['passes-not-for-it', allowed({}, { excludeTargets: ['all_users'] })],
    ['policy-unread', passkeyTerms(undefined, GROUP)],
  ])('else it is refused: %s', (why, terms) => expect(terms).toEqual(no(why)));
});

const key = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  id,
  kind: 'fido2',
  passkeyType: 'deviceBound',
  ...more,
});

describe('what was registered with a pass', () => {
  const password: AuthenticationMethod = { id: 'p', kind: 'password' };
  test.each([
    ['none', [password, key('old')]],
    ['key', [password, key('old'), key('new')]],
    ['synced', [key('old'), key('new', { passkeyType: 'synced' })]],
    // An older answer does not say; only what was attested is known to be a device.
    ['synced', [{ id: 'new', kind: 'fido2' }]],
    ['synced', [{ id: 'new', kind: 'fido2', attested: false }]],
    ['key', [{ id: 'new', kind: 'fido2', attested: true }]],
    ['synced', [key('new', { passkeyType: 'unknownFutureValue', attested: true })]],
    ['several', [key('new'), key('another')]],
    ['none', [{ id: 'app', kind: 'microsoftAuthenticator' }]],
  ] as const)('%s', (kind, methods) => expect(keysFound(methods, ['old'])).toMatchObject({ kind }));
});

const R = 'R-7F3K2M';
const pass = (methodId: string, more: { requestId?: string; keysAtStart?: readonly string[] } = {}) => ({
  requestId: R,
  methodId,
  issuedAt: NOON,
  keysBefore: [],
  keysAtStart: [],
  ...more,
});
const made = anAccount({ state: 'provisioning', credential: 'passkey', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
const issued = next(passIssued(made, 1, person('dana'), pass('T1'), hours(8)));
const WHERE = { location: 'Safe A', sealNumber: '17' };
const shown = next(revealPart(issued, 1, actor('dana'), minutes(1)));
const confirmed = next(storePart(shown, 1, actor('dana'), WHERE, minutes(2)));

describe('the life of a key', () => {
  test('CR-1 CR-2: a pass is shown once, to its custodian, while it opens; its expiry goes on after it was shown', () => {
    expect(code(revealPart(issued, 1, actor('eli'), minutes(1)))).toBe('not-your-part');
    expect(code(revealPart(issued, 2, actor('eli'), minutes(1)))).toBe('part-not-ready');
    expect(code(revealPart(issued, 1, actor('dana'), hours(8)))).toBe('part-expired');
    expect(code(revealPart(shown, 1, actor('dana'), minutes(2)))).toBe('part-shown');
    expect(effects(revealPart(issued, 1, actor('dana'), minutes(1))).some(({ kind }) => kind === 'forget')).toBe(false);
  });

  test('the custodian’s word stores nothing: it wakes the run, which looks', () => {
    expect(code(storePart(issued, 1, actor('dana'), WHERE, minutes(2)))).toBe('part-not-shown');
    expect(confirmed.parts[0]).toMatchObject({ state: 'shown', confirmedAt: minutes(2), location: 'Safe A' });
    expect(effects(storePart(shown, 1, actor('dana'), WHERE, minutes(2)))[0]).toMatchObject({
      kind: 'intend',
      key: `resume:${R}`,
      intent: { kind: 'resume-run', requestId: R },
    });
    expect(code(storePart(shown, 1, actor('dana'), WHERE, hours(8)))).toBe('part-expired');
    // Said again, it may name another place.
    expect(next(storePart(confirmed, 1, actor('dana'), { location: 'Safe B', sealNumber: '' }, minutes(3))).parts[0]?.location).toBe(
      'Safe B',
    );
  });

  test('CR-6: a pass that nobody used in time is an alert, and the run hears of it; with its key there nothing expires', () => {
    for (const account of [issued, shown, confirmed]) {
      const expired = expirePart(account, 1, hours(8));
      expect(next(expired).parts[0]?.state).toBe('expired');
      expect(effects(expired)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ key: `resume:${R}` }),
          expect.objectContaining({
            intent: expect.objectContaining({ cause: expect.objectContaining({ kind: 'part-expired', key: true }) }),
          }),
        ]),
      );
      expect(code(expirePart(account, 1, hours(7)))).toBe('nothing-to-do');
    }
    const there = next(keyRegistered(confirmed, 1, { methodId: 'K1' }));
    expect(code(expirePart(there, 1, hours(9)))).toBe('nothing-to-do');
    expect(code(storePart(there, 1, actor('dana'), WHERE, minutes(4)))).toBe('nothing-to-do');
  });

  test('only when the plan is carried out does a key count as stored, and only with every key is the account in service', () => {
    const one = next(keyRegistered(confirmed, 1, { methodId: 'K1', model: 'YubiKey 5' }));
    expect(one.state).toBe('provisioning');
    const partly = next(keysStored(one, { validationDays: 90 }, hours(1)));
    expect(partly).toMatchObject({ state: 'handover', parts: [{ state: 'stored', storedAt: hours(1) }, { state: 'sealed' }] });
    const second = next(keyRegistered(next(passIssued(one, 2, person('eli'), pass('T2'), hours(9))), 2, { methodId: 'K2' }));
    const both = keysStored(second, { validationDays: 90 }, hours(1));
    expect(next(both)).toMatchObject({ state: 'in-service', appliedAt: hours(1), validationDueAt: hours(1 + 90 * 24) });
    expect(code(keysStored(next(both), { validationDays: 90 }, hours(2)))).toBe('nothing-to-do');
    expect(code(keysStored(made, { validationDays: 90 }, hours(2)))).toBe('nothing-to-do');
  });

  test('the ledger tells who was entrusted, saw the pass, registered the key, and whose it took the place of', () => {
    let account = withLedger(undefined, made, NOON);
    for (const change of [
      (before: EmergencyAccount) => passIssued(before, 1, person('dana'), pass('T1'), hours(8)),
      (before: EmergencyAccount) => revealPart(before, 1, actor('dana'), minutes(1)),
      (before: EmergencyAccount) => storePart(before, 1, actor('dana'), WHERE, minutes(2)),
      (before: EmergencyAccount) => keyRegistered(before, 1, { methodId: 'K1' }),
      (before: EmergencyAccount) => keysStored(before, { validationDays: 90 }, hours(1)),
      (before: EmergencyAccount) => passIssued(before, 1, person('fay'), pass('T9', { requestId: 'R-2' }), hours(9)),
    ])
      account = withLedger(account, next(change(account)), NOON);
    expect((account.history ?? []).filter(({ part }) => part === 1).map(({ what, custodian }) => `${what} ${custodian.name}`)).toEqual([
      'entrusted Dana Diaz',
      'replaced Dana Diaz',
      'entrusted Dana Diaz',
      'shown Dana Diaz',
      'registered Dana Diaz',
      'stored Dana Diaz',
      'replaced Dana Diaz',
      'entrusted Fay Fischer',
    ]);
  });
});

const keyed = anAccount({
  credential: 'passkey',
  parts: [
    aPart(1, 'dana', { state: 'stored', key: { methodId: 'K1' }, pass: pass('T1'), location: 'Safe A' }),
    aPart(2, 'eli', { state: 'stored', key: { methodId: 'K2' }, pass: pass('T2') }),
  ],
});

describe('new keys for an account that has some', () => {
  const rotating = next(passIssued(keyed, 1, person('dana'), pass('T5', { requestId: 'R-2' }), hours(8)));

  test('given up before the old keys went, what was held before counts again; after that the new keys stay', () => {
    expect(rotating.parts[0]).toMatchObject({ state: 'ready', before: { key: { methodId: 'K1' } } });
    // A second pass for the same person keeps what stood before the first.
    const again = next(passIssued(rotating, 1, person('dana'), pass('T6', { requestId: 'R-2' }), hours(9)));
    expect(again.parts[0]?.before?.key).toEqual({ methodId: 'K1' });
    expect(next(keysWithdrawn(again, 'R-2', false, hours(1))).parts).toEqual(keyed.parts);
    const there = next(keyRegistered(again, 1, { methodId: 'K5' }));
    expect(next(keysWithdrawn(there, 'R-2', true, hours(1))).parts[0]).toMatchObject({ state: 'stored', key: { methodId: 'K5' } });
    expect(next(keysWithdrawn(again, 'R-2', true, hours(1))).parts[0]).toMatchObject({ state: 'expired' });
    // Nothing stood there before, and the new key was taken off: on record it must not count.
    const { before: _before, ...alone } = there.parts[0] as Part;
    expect(next(keysWithdrawn({ ...there, parts: [alone] }, 'R-2', false, hours(1))).parts[0]).toMatchObject({ state: 'expired' });
    expect(code(keysWithdrawn(keyed, 'R-2', false, hours(1)))).toBe('nothing-to-do');
  });

  test('GR-5: what is taken back is judged by the keys at the first pass, not by those that came since', () => {
    const first = pass('T5', { requestId: 'R-2', keysAtStart: ['K1'] });
    const second = pass('T6', { requestId: 'R-2', keysAtStart: ['K1', 'a stranger’s'] });
    const again = next(passIssued(next(passIssued(keyed, 1, person('dana'), first, hours(8))), 1, person('dana'), second, hours(9)));
    expect(again.parts[0]?.pass).toMatchObject({ methodId: 'T6', keysAtStart: ['K1'] });
    const other = pass('T7', { requestId: 'R-3', keysAtStart: ['K9'] });
    expect(next(passIssued(again, 1, person('dana'), other, hours(9))).parts[0]?.pass?.keysAtStart).toEqual(['K9']);
  });

  test('CR-1: a request that is given up asks nobody to open a pass that was destroyed', () => {
    const over = passesDestroyed(rotating, 'R-2');
    expect(next(over).parts[0]?.state).toBe('expired');
    expect(effects(over)).toContainEqual({ kind: 'forget', key: expect.stringMatching(/^part-expiry:/) });
    expect(code(revealPart(next(over), 1, actor('dana'), minutes(1)))).toBe('part-expired');
    expect(code(passesDestroyed(rotating, 'R-9'))).toBe('nothing-to-do');
  });

  test('a rotation registers a key for everybody, a handover only for the one who takes over', () => {
    const idsOf = (operation: 'rotate' | 'handover') =>
      anAccountPlan(operation, { account: keyed, passMinutes: 480 }).steps.map(({ id }) => id);
    expect(idsOf('rotate')).toEqual([
      'drop-password',
      'issue-pass:1',
      'enrol:1',
      'issue-pass:2',
      'enrol:2',
      'tidy-methods',
      'revoke-sessions',
      'verify',
    ]);
    expect(idsOf('handover')).toEqual(['drop-password', 'issue-pass:2', 'enrol:2', 'tidy-methods', 'revoke-sessions', 'verify']);
    const { credential, undo } = anAccountPlan('handover', { account: keyed, passMinutes: 480 }) as never as {
      credential: unknown;
      undo: { id: string }[];
    };
    expect(credential).toEqual({ kind: 'passkey', keys: 2, passMinutes: 480, enrols: [2] });
    expect(undo.map(({ id }) => id)).toEqual(['withdraw-keys', 'revoke-sessions']);
    const observed = { userPrincipalName: '', enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
    const protectedOne = anAccountPlan('rotate', { account: keyed, passMinutes: 480, observed });
    expect('undo' in protectedOne ? protectedOne.undo.map(({ id }) => id) : []).toEqual([
      'leave-unit',
      'withdraw-keys',
      'revoke-sessions',
      'join-unit',
    ]);
  });

  test('a disabled account gets none: a key is registered by signing in', () => {
    const observed = { userPrincipalName: '', enabled: false, privileged: true, excluded: true, restricted: false, ours: true };
    expect(whyUnsuitable('rotate', keyed, observed)).toBe('keys-need-enabled');
    expect(whyUnsuitable('rotate', anAccount(), observed)).toBeUndefined();
    expect(whyUnsuitable('rotate', keyed, { ...observed, enabled: true })).toBeUndefined();
  });
});

describe('a new account with keys', () => {
  const plan = aPlan({ passMinutes: 480 });

  test('GR-2: it is watched before it is enabled, and has no role before every key stands and nothing else does', () => {
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'create-user',
      'exclude',
      'watch',
      'enable',
      'issue-pass:1',
      'enrol:1',
      'issue-pass:2',
      'enrol:2',
      'tidy-methods',
      'revoke-sessions',
      'assign-role',
      'join-unit',
      'verify',
    ]);
  });

  test('before the first write the tenant must still allow it, on the terms that were approved', () => {
    const facts = { tenant: { ...plan.tenant, exclusionGroupId: plan.exclusionGroupId, restrictedUnitId: String(plan.restrictedUnitId) } };
    const judged = (passkeys: ReturnType<typeof allowed> | undefined) =>
      replan(aRequest({ plan }), { ...facts, ...(passkeys ? { passkeys } : {}) }, undefined, 0);
    expect(judged(allowed())).toEqual({ kind: 'holds' });
    expect(judged(allowed({}, { lifetimeMinutes: [10, 60] }))).toMatchObject({ kind: 'changed' });
    expect(judged(allowed({ enabled: false }))).toMatchObject({ kind: 'impossible', words: expect.stringMatching(/no passkeys/) });
    expect(judged(undefined)).toMatchObject({ kind: 'impossible', words: expect.stringMatching(/cannot be read/) });
  });
});

describe('a run that waits for a person', () => {
  const plan = aPlan({ passMinutes: 480 });
  const base = aRequest({ plan, state: 'approved', fence: 3, begunAt: NOON, decisions: [aDecision('ann'), aDecision('bob')] });
  const running = {
    ...base,
    steps: base.steps.map((step, index) =>
      index < 5 ? { ...step, state: 'done' as const, at: NOON } : index === 5 ? { ...step, state: 'running' as const, at: NOON } : step,
    ),
  };

  test('AP-9: gives way, says whom it waits for, and is taken up again by its timer or by what it waits for', () => {
    const parked = parkRun(running, 3, { step: 'enrol:1', words: 'Waiting for Dana', lookAt: minutes(5) }, minutes(4));
    expect(parked).toMatchObject({
      ok: true,
      value: { effects: [{ kind: 'show' }, { kind: 'intend', key: `resume:${plan.requestId}`, at: minutes(5) }] },
    });
    expect(parked.ok && parked.value.next.steps[5]).toEqual({
      id: 'enrol:1',
      state: 'waiting',
      at: minutes(4),
      evidence: 'Waiting for Dana',
    });
    expect(code(parkRun(running, 2, { step: 'enrol:1', words: '' }, minutes(4)))).toBe('stale-lease');
    expect(effects(resumeRun(running))).toEqual([{ kind: 'apply-plan', requestId: plan.requestId }]);
    expect(code(resumeRun({ ...running, state: 'undoing' }))).toBe('nothing-to-do');
    expect(code(resumeRun({ ...running, state: 'failed' }))).toBe('nothing-to-do');
  });

  test('a pass that came to nothing is the step that is done again', () => {
    const failure = { step: 'issue-pass:1', code: 'PassExpired', words: '', reference: 'x' } as const;
    const failed = failRun(running, 3, failure, minutes(9));
    const again = failed.ok ? retry(failed.value.next, actor('ann'), minutes(10)) : failed;
    expect(again.ok && again.value.next.steps.slice(4, 6).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });
});
