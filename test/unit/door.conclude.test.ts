import { beforeEach, describe, expect, test } from '@jest/globals';
import { door, type Outcome } from '../../src/app/dispatch.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { ChangeRequest, ExpectedWrite, StepId } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPart, aPlan, aRequest, days, hours, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

/* What follows for an account from each kind of request, in each state that it can end in. */
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore(NOON);
});

/** The request ended, and that is concluded: the answer, and the account as it is then. */
async function concluded(request: ChangeRequest, account: EmergencyAccount | undefined) {
  store.put('request', request);
  if (account) store.put('account', account);
  const front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const outcome = await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'conclude-request', requestId: request.id });
  return { said: said(outcome), account: store.rows.account.get(anAccount().id) ?? anAccount() };
}
const said = (outcome: Outcome): string => (outcome.ok ? 'done' : outcome.error.code);

const { id: requestId } = aRequest({ plan: anAccountPlan('rotate') });
const of = (kind: Parameters<typeof anAccountPlan>[0], state: ChangeRequest['state'], more: Partial<ChangeRequest> = {}) =>
  aRequest({ plan: anAccountPlan(kind), state, begunAt: NOON, expected: [], ...more });
const sent = (step: StepId): ExpectedWrite => ({
  ...{ step, fromAt: NOON, untilAt: NOON, open: 0, allowed: 1, done: 0, seen: 0, beside: 0 },
});
const sealed = { parts: [aPart(1, 'dana'), aPart(2, 'eli')] };
const left = { requestId: 'R-EARLIER', at: NOON, steps: [{ step: 'remove-role', title: 'Remove the role' }] } as const;
const key = { methodId: 'k1' };
const pass = { requestId, methodId: 'p1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };

describe('carried out', () => {
  test.each(['create', 'rotate', 'handover'] as const)('CR-6: %s: the parts are handed out, to be shown in time', async (kind) => {
    const request = kind === 'create' ? aRequest({ state: 'applied' }) : of(kind, 'applied');
    const state = kind === 'create' ? 'provisioning' : 'in-service';
    const { said: answer, account } = await concluded(request, anAccount({ ...sealed, state }));
    expect([answer, account.state, account.appliedAt]).toEqual(['done', 'handover', kind === 'create' ? NOON : hours(1)]);
    expect(account.parts.map(({ state: part, expiresAt }) => [part, expiresAt])).toEqual([1, 2].map(() => ['ready', hours(72)]));
    expect(account.validationDueAt).toEqual(days(90));
  });

  test('it is disabled, or enabled, as was asked', async () => {
    expect((await concluded(of('disable', 'applied'), anAccount())).account).toMatchObject({ state: 'disabled', disabledAt: NOON });
    expect((await concluded(of('enable', 'applied'), anAccount({ state: 'disabled' }))).account.state).toBe('in-service');
  });

  test('CR-1 CR-6: retired, and what lies sealed for it is destroyed; sealed parts of one that lives on are kept', async () => {
    const put = () => store.transaction((tx) => tx.putSealedParts(anAccount().id, [Buffer.of(1), Buffer.of(2)]));
    await put();
    expect((await concluded(of('disable', 'applied'), anAccount())).account.state).toBe('disabled');
    expect(store.rows.sealed.size).toBe(2);
    expect((await concluded(of('retire', 'applied'), anAccount())).account).toMatchObject({ state: 'retired', retiredAt: NOON });
    expect(store.rows.sealed.size).toBe(0);
  });

  test.each(['exclude', 'repair'] as const)(
    '%s: nothing of the account changes, but what one before left half-way is overcome',
    async (kind) => {
      const request = of('disable', 'applied', { kind });
      expect(await concluded(request, anAccount())).toEqual({ said: 'nothing-to-do', account: anAccount() });
      expect((await concluded(request, anAccount({ left }))).account).toEqual(anAccount({ revision: 2 }));
    },
  );
});

describe('given up', () => {
  test('GR-5: what one before left half-way is not overcome by it', async () => {
    for (const state of ['undone', 'withdrawn'] as const)
      expect(await concluded(of('rotate', state), anAccount({ left }))).toEqual({ said: 'nothing-to-do', account: anAccount({ left }) });
  });

  test('GR-5: a new account that was taken back is gone, and what lies sealed for it with it', async () => {
    const passkeys = aPlan({ passMinutes: 480 });
    for (const plan of [aPlan(), passkeys]) {
      await store.transaction((tx) => tx.putSealedParts(anAccount().id, [Buffer.of(1), Buffer.of(2)]));
      const request = aRequest({ plan, state: 'undone', begunAt: NOON });
      expect((await concluded(request, anAccount({ state: 'provisioning' }))).account.state).toBe('retired');
      expect(store.rows.sealed.size).toBe(0);
    }
  });

  test('GR-5: an enabling that was taken back leaves it disabled', async () => {
    expect((await concluded(of('enable', 'undone'), anAccount())).account).toMatchObject({ state: 'disabled', disabledAt: NOON });
    expect((await concluded(of('enable', 'withdrawn'), anAccount())).said).toBe('nothing-to-do');
  });

  test.each(['undone', 'withdrawn'] as const)('GR-5: a disabling that is %s leaves it disabled where it was done', async (state) => {
    // Its undo, if it has one, puts it back into the unit only.
    const request = of('disable', state, {
      steps: of('disable', state).steps.map(({ id }) => ({ id, state: id === 'disable' ? 'done' : 'waiting' })),
    });
    const { account } = await concluded(request, anAccount());
    expect(account).toMatchObject({ state: 'disabled', left: { requestId, steps: [{ step: 'disable' }] } });
  });
});

describe('keys', () => {
  const keyed = anAccount({
    credential: 'passkey',
    parts: [aPart(1, 'dana', { state: 'stored', key }), aPart(2, 'eli', { state: 'stored', key: { methodId: 'k2' } })],
  });
  const instead = anAccountPlan('rotate', { passMinutes: 480 });
  const back = anAccountPlan('rotate', { account: keyed });
  const held = { requestId, parts: anAccount().parts, generation: 1 };
  const heldKeys = { requestId, parts: keyed.parts, generation: 1, credential: 'passkey' } as const;

  test('in the place of a password: only one that was taken back, and in time, gives the password back its place', async () => {
    const begun = anAccount({ credential: 'passkey', held, generation: 2, kindSince: 2, parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    for (const state of ['pending', 'approved', 'failed', 'withdrawn'] as const)
      expect(await concluded(aRequest({ plan: instead, state }), begun)).toEqual({ said: 'nothing-to-do', account: begun });
    const given = await concluded(aRequest({ plan: instead, state: 'undone', begunAt: NOON, expected: [] }), begun);
    expect([given.account.credential, given.account.parts, given.account.held]).toEqual([undefined, anAccount().parts, undefined]);
    const late = await concluded(aRequest({ plan: instead, state: 'undone', begunAt: NOON, expected: [sent('drop-password')] }), begun);
    expect([late.account.credential, late.account.held]).toEqual(['passkey', undefined]);
  });

  test('a password in their place: the same', async () => {
    const begun = anAccount({ held: heldKeys, generation: 2, kindSince: 2, parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    for (const state of ['pending', 'approved', 'failed', 'withdrawn'] as const)
      expect(await concluded(aRequest({ plan: back, state }), begun)).toEqual({ said: 'nothing-to-do', account: begun });
    const given = await concluded(aRequest({ plan: back, state: 'undone', begunAt: NOON, expected: [] }), begun);
    expect([given.account.credential, given.account.parts]).toEqual(['passkey', keyed.parts]);
    const stored = { ...begun, parts: anAccount().parts };
    const applied = await concluded(aRequest({ plan: back, state: 'applied' }), stored);
    expect([applied.account.state, applied.account.parts, applied.account.held]).toEqual(['in-service', anAccount().parts, undefined]);
  });

  test('registered for every custodian, and carried out: they are stored, and the account is in service', async () => {
    const plan = aPlan({ passMinutes: 480 });
    const parts = keyed.parts.map((part): typeof part => ({ ...part, state: 'shown', pass: { ...pass, requestId: plan.requestId } }));
    const { account } = await concluded(aRequest({ plan, state: 'applied' }), { ...keyed, parts, state: 'provisioning' });
    expect([account.state, account.appliedAt, account.parts.map(({ state }) => state)]).toEqual([
      'in-service',
      hours(1),
      ['stored', 'stored'],
    ]);
  });

  test('of its own kind: those that were to be replaced count again', async () => {
    const plan = anAccountPlan('rotate', { account: keyed, passMinutes: 480 });
    const parts = keyed.parts.map((part, index) => aPart(index + 1, index === 0 ? 'dana' : 'eli', { state: 'ready', pass, before: part }));
    const { account } = await concluded(aRequest({ plan, state: 'undone', begunAt: NOON, expected: [] }), { ...keyed, parts });
    expect(account.parts.map((part) => part.key?.methodId)).toEqual(['k1', 'k2']);
  });
});

describe('what is not there', () => {
  test('nothing follows of a request that did not end yet', async () => {
    for (const state of ['pending', 'approved', 'failed', 'denied', 'expired'] as const)
      expect(await concluded(of('disable', state), anAccount())).toEqual({ said: 'nothing-to-do', account: anAccount() });
  });

  test('no such request; no account yet; no such account', async () => {
    const front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
    const none = await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'conclude-request', requestId: 'R-NONE' });
    expect(none).toEqual({ ok: false, error: { code: 'not-found', what: 'request' } });
    expect((await concluded(aRequest({ state: 'withdrawn' }), undefined)).said).toBe('nothing-to-do');
    expect((await concluded(of('rotate', 'applied'), undefined)).said).toBe('not-found');
  });
});
