import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Policy } from '../../src/app/ports.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor, PersonRef } from '../../src/core/people.ts';
import type { ReplanFacts } from '../../src/core/request/replan.ts';
import type { ChangeRequest, ExpectedWrite, StepId } from '../../src/core/request/types.ts';
import { actor, aDecision, anAccount, anAccountPlan, aPart, aPlan, aRequest, hours, minutes, NOON, person } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

/* Requests as they pass the door: who decides, whose approval counts when a run begins, and what is destroyed when one is given up. */
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore(NOON);
});

const WORKER: Actor = { kind: 'system', part: 'worker' };
const send = (who: Actor, intent: Intent, policy: Partial<Policy> = {}) =>
  door({ store, random: countingRandom(), policy: { ...TEST_POLICY, ...policy }, tenant: () => undefined }).dispatch(who, intent);
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const held = (id: string = aRequest().id): ChangeRequest => {
  const request = store.rows.request.get(id);
  if (!request) throw new Error('no request');
  return request;
};
const account = (): EmergencyAccount => {
  const found = store.rows.account.get(anAccount().id);
  if (!found) throw new Error('no account');
  return found;
};

const plan = aPlan();
const approved = (more: Partial<ChangeRequest> = {}): ChangeRequest =>
  aRequest({ plan, state: 'approved', decisions: [aDecision('ann'), aDecision('bob')], ...more });
const roster = (...since: readonly (readonly [PersonRef, Date])[]) =>
  store.rows.rosters.set(
    'approver',
    since.map(([of, at]) => ({ person: of, since: at })),
  );
const SEASONED = hours(-100);

describe('who has been an approver long enough', () => {
  const approve = (): Intent => ({ kind: 'approve-request', requestId: held().id, planDigest: held().planDigest });
  const strictly = { coolDownHours: 24 };
  beforeEach(() => store.put('request', aRequest()));

  test('ID-5: decides; who is new does not, and hears from when on; and nobody does while it cannot be told', async () => {
    expect(await send(actor('ann'), approve(), strictly)).toEqual(refused('cannot-check', { what: 'how long you have been an approver' }));
    roster([person('ann'), hours(-23)], [person('bob'), SEASONED]);
    expect(await send(actor('ann'), approve(), strictly)).toEqual(refused('cooling-down', { until: hours(1) }));
    expect(held().decisions).toEqual([]);
    expect(await send(actor('bob'), approve(), strictly)).toMatchObject({ ok: true });
    expect(await send(actor('ann'), approve())).toMatchObject({ ok: true });
  });

  test('ID-5: whoever may not decide at all hears that, and not how new they are', async () => {
    roster([person('rita'), NOON]);
    expect(await send(actor('rita'), approve(), strictly)).toEqual(refused('own-request', { otherAccount: false }));
    store.rows.rosters.clear();
    expect(await send(actor('rita'), approve(), strictly)).toEqual(refused('own-request', { otherAccount: false }));
  });
});

describe('before a sign-in', () => {
  test('AU-9: a ticket for the decision as it was pressed; of no request there is none', async () => {
    store.put('request', aRequest({ secondProof: true }));
    const wanted = { decision: 'deny', requestId: held().id, planDigest: held().planDigest, reason: 'Not now' } as const;
    const begin = (requestId: string): Intent => ({ kind: 'begin-proof', requestId, ticketHash: 'h', wanted });
    expect(await send(actor('ann'), begin('R-NONE'))).toEqual(refused('not-found', { what: 'request' }));
    expect(store.rows.tickets.size).toBe(0);
    expect(await send(actor('ann'), begin(held().id))).toEqual({ ok: true, value: { request: held() } });
    const ticket = { hash: 'h', objectId: person('ann').objectId, wanted, expiresAt: minutes(5) };
    expect([...store.rows.tickets.values()]).toEqual([ticket]);

    const deny = { kind: 'deny-request', requestId: held().id, planDigest: held().planDigest, reason: 'Not now' } as const;
    const signedIn = { ticketHash: 'h', at: minutes(1) };
    expect(await send(actor('ann'), { ...deny, reason: 'Never', signedIn })).toEqual(refused('proof-invalid', { why: 'other-decision' }));
    expect(await send(actor('ann'), { ...deny, signedIn })).toMatchObject({ ok: true, value: { request: { state: 'denied' } } });
    expect(store.rows.tickets.size).toBe(0);
  });
});

describe('when a run begins', () => {
  const begin = (eligible: readonly PersonRef[], more: Partial<Extract<Intent, { kind: 'begin-run' }>> = {}): Intent => ({
    ...{ kind: 'begin-run', requestId: approved().id, eligible, ...more },
  });
  const [ann, bob] = [person('ann'), person('bob')];

  test('AP-4 ID-5: the approvals count of those who may approve still, and have been approvers long enough', async () => {
    store.put('request', approved());
    expect(await send(WORKER, begin([ann, bob]))).toMatchObject({ ok: true, value: { request: { state: 'approved', fence: 1 } } });
    const strictly = { coolDownHours: 24 };
    for (const since of [[], [[ann, SEASONED] as const], [[ann, SEASONED] as const, [bob, hours(-23)] as const]]) {
      store.put('request', approved());
      roster(...since);
      if (since.length === 0) store.rows.rosters.clear();
      expect(await send(WORKER, begin([ann, bob]), strictly)).toMatchObject({ value: { request: { state: 'pending' } } });
    }
    store.put('request', approved());
    roster([ann, SEASONED], [bob, SEASONED]);
    expect(await send(WORKER, begin([ann, bob]), strictly)).toMatchObject({ value: { request: { state: 'approved', fence: 1 } } });
    store.put('request', approved());
    expect(await send(WORKER, begin([ann]))).toMatchObject({ value: { request: { state: 'pending' } } });
  });

  test('ID-3: an approval does not count of an account that belongs to another human by now', async () => {
    store.put('request', approved());
    const another = { ...bob, personKey: 'E-ANOTHER' };
    expect(await send(WORKER, begin([ann, another]))).toMatchObject({ value: { request: { state: 'pending' } } });
    // What a third person decided says nothing of the other two.
    store.put('request', approved({ decisions: [aDecision('cy'), aDecision('ann'), aDecision('bob')] }));
    expect(await send(WORKER, begin([ann, another]))).toMatchObject({ value: { request: { state: 'pending' } } });
    store.put('request', approved({ decisions: [aDecision('cy'), aDecision('ann'), aDecision('bob')] }));
    expect(await send(WORKER, begin([ann, bob]))).toMatchObject({ value: { request: { state: 'approved', fence: 1 } } });
  });

  test('of no such request nothing begins, and of one that is taken back the run goes on whoever left', async () => {
    expect(await send(WORKER, begin([ann, bob]))).toEqual(refused('not-found', { what: 'request' }));
    store.put('request', approved({ state: 'undoing', begunAt: NOON }));
    const gone = { objectId: person('dana').objectId, why: 'disabled', isCustodian: false, reachable: true } as const;
    expect(await send(WORKER, begin([], { custodians: [gone] }))).toMatchObject({ value: { request: { state: 'undoing', fence: 1 } } });
  });

  test('CR-3: whoever is handed something and has left stops it', async () => {
    store.put('request', approved());
    const gone = { objectId: person('dana').objectId, why: 'disabled', isCustodian: false, reachable: true } as const;
    expect(await send(WORKER, begin([ann, bob], { custodians: [gone] }))).toMatchObject({ value: { request: { state: 'impossible' } } });
  });

  describe('of an account on record', () => {
    const retiring = anAccountPlan('retire', { othersInTenant: 1 });
    const digest = aRequest({ plan: retiring }).planDigest;
    const decisions = [aDecision('ann', { planDigest: digest }), aDecision('bob', { planDigest: digest })];
    const request = (more: Partial<ChangeRequest> = {}) => aRequest({ plan: retiring, state: 'approved', decisions, ...more });
    const observed = {
      ...{ userPrincipalName: anAccount().userPrincipalName, enabled: true, privileged: true, excluded: true },
      ...{ restricted: false, ours: true },
    };
    const tenant = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
    const facts: ReplanFacts = { tenant, observed };
    const beginIt = (more: object = {}): Intent => ({ kind: 'begin-run', requestId: request().id, eligible: [ann, bob], ...more });

    test('AP-3: the other accounts are counted as they are then: fewer is another plan', async () => {
      store.put('account', anAccount());
      store.put('account', anAccount({ id: 'EA-OTHER' }));
      store.put('request', request());
      expect(await send(WORKER, beginIt({ facts }))).toMatchObject({ value: { request: { state: 'approved', fence: 1 } } });
      store.put('request', request());
      store.put('account', anAccount({ id: 'EA-OTHER', state: 'disabled' }));
      expect(await send(WORKER, beginIt({ facts }))).toMatchObject({
        value: { request: { state: 'pending', plan: { version: 2, accountsLeft: 0 } } },
      });
      // Not asked for: the plan stands as it was approved.
      store.put('request', request());
      expect(await send(WORKER, beginIt())).toMatchObject({ value: { request: { state: 'approved', fence: 1 } } });
    });

    test('after the first write it is not drawn up again, but fewer accounts than it says stop it', async () => {
      const begun = request({
        begunAt: NOON,
        steps: request().steps.map(({ id }, index) => ({ id, state: index === 0 ? 'done' : 'waiting' })),
      });
      store.put('account', anAccount());
      store.put('account', anAccount({ id: 'EA-OTHER' }));
      store.put('request', begun);
      const otherwise = { ...facts, observed: { ...observed, enabled: false } };
      expect(await send(WORKER, beginIt({ facts: otherwise }))).toMatchObject({ value: { request: { state: 'approved', fence: 1 } } });
      store.put('request', begun);
      store.put('account', anAccount({ id: 'EA-OTHER', state: 'disabled' }));
      expect(await send(WORKER, beginIt())).toMatchObject({ value: { request: { state: 'failed', failure: { code: 'TooFewLeft' } } } });
    });
  });
});

describe('before the first step', () => {
  const step = (eligible: readonly PersonRef[] | undefined, fence = 1): Intent => ({
    ...({ kind: 'begin-step', requestId: approved().id, fence, step: 'create-user' } as const),
    ...(eligible ? { eligible } : {}),
  });
  const [ann, bob] = [person('ann'), person('bob')];

  test('AP-4: the quorum is counted once more, and without it nothing is recorded', async () => {
    store.put('request', approved({ fence: 1 }));
    expect(await send(WORKER, step([ann]))).toEqual(refused('stale-lease'));
    expect(held()).toEqual(approved({ fence: 1 }));
    expect(await send(WORKER, step([ann, bob]))).toMatchObject({ ok: true, value: { request: { begunAt: NOON } } });
    expect(held().steps[0]).toMatchObject({ id: 'create-user', state: 'running' });
  });

  test('AP-4: once it has begun, or where nobody was read again, it is not; an older lease is refused whatever they say', async () => {
    store.put('request', approved({ fence: 1, begunAt: minutes(-5) }));
    expect(await send(WORKER, step([ann]))).toMatchObject({ ok: true });
    store.put('request', approved({ fence: 1 }));
    expect(await send(WORKER, step(undefined))).toMatchObject({ ok: true });
    store.put('request', approved({ fence: 2 }));
    for (const eligible of [[ann], [ann, bob]]) expect(await send(WORKER, step(eligible))).toEqual(refused('stale-lease'));
  });
});

describe('given up', () => {
  const sealed = () => [...store.rows.sealed.keys()].sort();
  const key = (number: number): string => `${anAccount().id}:${number}`;
  const sent = (step: StepId, more: Partial<ExpectedWrite> = {}): ExpectedWrite => ({
    ...{ step, fromAt: NOON, untilAt: NOON, open: 0, allowed: 1, done: 0, seen: 0, beside: 0 },
    ...more,
  });
  const keep = () =>
    store.transaction((tx) =>
      tx.putSealedParts(
        anAccount().id,
        [1, 2, 3].map((byte) => Buffer.of(byte)),
      ),
    );
  const failed = (more: Partial<ChangeRequest>): ChangeRequest => aRequest({ state: 'failed', begunAt: NOON, expected: [], ...more });
  const twoParts = { parts: [aPart(1, 'dana'), aPart(2, 'eli')] };
  const pass = (requestId: string) => ({ requestId, methodId: 'p1', issuedAt: NOON, keysBefore: [], keysAtStart: [] });
  const keyed = anAccount({
    credential: 'passkey',
    parts: [aPart(1, 'dana', { state: 'stored', key: { methodId: 'k1' } }), aPart(2, 'eli')],
  });
  const giveUp = (request: ChangeRequest, row?: EmergencyAccount) => {
    store.put('request', request);
    if (row) store.put('account', row);
    return send(actor('rita'), { kind: 'withdraw-request', requestId: request.id });
  };

  test('CR-6: of a new account every sealed part is destroyed, and every pass', async () => {
    await keep();
    const request = failed({ plan: aPlan({ passMinutes: 480 }) });
    const parts = [aPart(1, 'dana', { state: 'ready', pass: pass(request.id) }), aPart(2, 'eli')];
    expect(await giveUp(request, anAccount({ state: 'provisioning', requestId: request.id, parts }))).toMatchObject({ ok: true });
    expect([sealed(), account().parts.map(({ state }) => state)]).toEqual([[key(3)], ['expired', 'sealed']]);
  });

  test('GR-5: what nobody takes in hand in time is taken back by its timer, and cleared the same', async () => {
    await keep();
    const request = failed({ expected: [sent('create-user')] });
    store.put('request', request);
    store.put('account', anAccount({ state: 'provisioning', requestId: request.id, ...twoParts }));
    const undo: Intent = { kind: 'undo-request', requestId: request.id };
    expect(await send({ kind: 'system', part: 'timer' }, { ...undo, requestId: 'R-NONE' })).toEqual(
      refused('not-found', { what: 'request' }),
    );
    store.setClock(new Date(request.expiresAt));
    expect(await send({ kind: 'system', part: 'timer' }, undo)).toMatchObject({ ok: true, value: { request: { state: 'undoing' } } });
    expect(sealed()).toEqual([key(3)]);
  });

  test('whoever may not give it up destroys nothing', async () => {
    await keep();
    const request = failed({});
    store.put('request', request);
    store.put('account', anAccount({ state: 'provisioning', requestId: request.id, ...twoParts }));
    expect((await send(actor('mal'), { kind: 'withdraw-request', requestId: request.id })).ok).toBe(false);
    expect(sealed()).toHaveLength(3);
  });

  test('what was never begun has sealed nothing: nothing is touched', async () => {
    await keep();
    for (const request of [aRequest({ plan: anAccountPlan('rotate') }), aRequest()]) {
      expect(await giveUp(request, anAccount({ requestId: request.id, ...twoParts }))).toMatchObject({ ok: true });
      expect([sealed().length, account().parts]).toEqual([3, twoParts.parts]);
    }
    expect(await giveUp(failed({ plan: anAccountPlan('disable'), expected: [sent('disable')] }), anAccount())).toMatchObject({ ok: true });
    expect(sealed()).toHaveLength(3);
  });

  test('a creation that stopped before there was an account has none to clear', async () => {
    expect(await giveUp(failed({}))).toMatchObject({ ok: true });
  });

  test('CR-6: a new password that certainly was not set: the old parts count again; that may have been set: nobody can use it, and that is told', async () => {
    const request = failed({ plan: anAccountPlan('rotate') });
    const begun = anAccount({
      ...twoParts,
      generation: 2,
      sealedFor: request.id,
      held: { requestId: request.id, parts: anAccount().parts, generation: 1 },
    });
    for (const [expected, states] of [
      [[], ['stored', 'stored']],
      [
        [sent('leave-unit'), sent('set-credential', { allowed: 0 })],
        ['stored', 'stored'],
      ],
      [[sent('set-credential')], ['expired', 'expired']],
      [[sent('set-credential', { open: 1 })], ['expired', 'expired']],
      [
        [sent('set-credential', { done: 1 }), sent('leave-unit')],
        ['expired', 'expired'],
      ],
      [undefined, ['expired', 'expired']],
    ] as const) {
      await keep();
      const { expected: _none, ...rest } = request;
      await giveUp({ ...rest, ...(expected ? { expected } : {}) }, begun);
      expect([sealed(), account().parts.map(({ state }) => state)]).toEqual([[key(3)], states]);
    }
  });

  test('CR-6: of a password that another request made nothing is destroyed', async () => {
    await keep();
    const request = failed({ plan: anAccountPlan('rotate') });
    await giveUp(request, anAccount({ ...twoParts, held: { requestId: 'R-ANOTHER', parts: [], generation: 1 } }));
    expect([sealed().length, account().parts]).toEqual([3, twoParts.parts]);
  });

  test('CR-6 CR-7: a password in the place of keys is destroyed, and the keys stay', async () => {
    await keep();
    const request = failed({ plan: anAccountPlan('rotate', { account: keyed }) });
    await giveUp(
      request,
      anAccount({ ...twoParts, held: { requestId: request.id, parts: keyed.parts, generation: 1, credential: 'passkey' } }),
    );
    expect([sealed(), account().parts.map(({ state }) => state), account().held?.parts]).toEqual([
      [key(3)],
      ['expired', 'expired'],
      keyed.parts,
    ]);
  });

  test('CR-6: of new keys the passes are destroyed; what is sealed under their numbers only where it is theirs', async () => {
    const again = failed({ plan: anAccountPlan('rotate', { account: keyed, passMinutes: 480 }) });
    await keep();
    await giveUp(again, { ...keyed, parts: [aPart(1, 'dana', { state: 'ready', pass: pass(again.id) }), aPart(2, 'eli')] });
    expect([sealed(), account().parts[0]?.state]).toEqual([[key(3)], 'expired']);

    const instead = failed({ plan: anAccountPlan('rotate', { passMinutes: 480 }) });
    for (const [by, left] of [
      [instead.id, [key(3)]],
      ['R-ANOTHER', [key(1), key(2), key(3)]],
      [undefined, [key(1), key(2), key(3)]],
    ] as const) {
      await keep();
      await giveUp(instead, anAccount({ ...twoParts, ...(by ? { held: { requestId: by, parts: [], generation: 1 } } : {}) }));
      expect(sealed()).toEqual(left);
    }
    store.rows.account.clear();
    await keep();
    expect(await giveUp(instead)).toMatchObject({ ok: true });
    expect(sealed()).toHaveLength(3);
  });

  test('CR-6: denied after a run had begun, what it sealed goes; an approval touches nothing', async () => {
    await keep();
    const plan = anAccountPlan('rotate');
    const begun = anAccount({ ...twoParts, held: { requestId: aRequest({ plan }).id, parts: anAccount().parts, generation: 1 } });
    const again = aRequest({ plan, begunAt: NOON, expected: [] });
    store.put('request', again);
    store.put('account', begun);
    const decision = { requestId: again.id, planDigest: again.planDigest };
    expect(await send(actor('ann'), { kind: 'approve-request', ...decision })).toMatchObject({ ok: true });
    expect(sealed()).toHaveLength(3);
    expect(await send(actor('bob'), { kind: 'deny-request', ...decision, reason: 'No' })).toMatchObject({ ok: true });
    expect([sealed(), account().parts.map(({ state }) => state)]).toEqual([[key(3)], ['stored', 'stored']]);
  });
});
