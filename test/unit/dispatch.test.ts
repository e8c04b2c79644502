import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { type Door, door, type Outcome } from '../../src/app/dispatch.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { SignInEvent } from '../../src/core/alert/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import {
  aChange,
  actor,
  aDecision,
  anAccount,
  aPart,
  aPlan,
  aRequest,
  aRunningRequest,
  aSignIn,
  days,
  hours,
  minutes,
  NOON,
  person,
  stranger,
} from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const WORKER: Actor = { kind: 'system', part: 'worker' };
const FEED: Actor = { kind: 'system', part: 'feed' };

let store: MemoryStore;
let front: Door;
beforeEach(() => {
  store = memoryStore(NOON);
  const known = Object.values(TENANTS);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: (tenantId) => known.find(({ id }) => id === tenantId) });
});

const refusal = (outcome: Outcome): string => (outcome.ok ? 'accepted' : outcome.error.code);
const alerts = () => [...store.rows.alert.values()];
const waiting = (more: Partial<EmergencyAccount> = {}): EmergencyAccount =>
  anAccount({
    state: 'handover',
    parts: [aPart(1, 'dana', { state: 'ready', expiresAt: hours(72) }), aPart(2, 'eli', { state: 'ready', expiresAt: hours(72) })],
    ...more,
  });

test('AL-9: an alert that is acknowledged in the moment its request is taken in hand stays so, and what was ended is on record', async () => {
  const cause = { kind: 'request-failed', requestId: 'R-AAAAAA', words: 'The tenant refused.' } as const;
  for (const dedupe of ['first', 'second']) await front.dispatch(WORKER, { kind: 'raise-alert', dedupe, cause });
  const [first, second] = alerts().map(({ id }) => id);
  await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: second ?? '' });
  const slow: MemoryStore = {
    ...store,
    transaction: (work) => store.transaction((tx) => work({ ...tx, openFailures: async () => [first ?? '', second ?? ''] })),
  };
  const behind = door({ store: slow, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  expect(await behind.dispatch(WORKER, { kind: 'request-in-hand', requestId: 'R-AAAAAA', untilAt: NOON })).toMatchObject({ ok: true });
  expect(alerts().map(({ state }) => state)).toEqual(['over', 'acknowledged']);
  expect(store.rows.audit.at(-1)).toMatchObject({ intent: 'request-in-hand' });
});

describe('who may want what', () => {
  const ids = { requestId: aPlan().requestId, accountId: anAccount().id, alertId: 'AL-1', fence: 1, partNumber: 1 };
  const systemOnly: readonly Intent[] = [
    { kind: 'expire-request', ...ids },
    { kind: 'begin-run', ...ids, eligible: [person('ann')] },
    { kind: 'begin-step', ...ids, step: 'enable' },
    { kind: 'finish-step', ...ids, step: 'enable', evidence: '' },
    { kind: 'give-way', ...ids, step: 'enable', unsent: 1 },
    { kind: 'note-write', ...ids, step: 'enable' },
    { kind: 'fail-run', ...ids, failure: { step: 'enable', code: 'x', words: 'x', reference: 'x' } },
    { kind: 'finish-run', ...ids },
    { kind: 'watch-account', ...ids, objectId: 'x', feed: 'x' },
    { kind: 'seal-parts', ...ids, sealed: [] },
    { kind: 'conclude-request', ...ids },
    { kind: 'expire-part', ...ids },
    { kind: 'remind-custodian', ...ids },
    { kind: 'sign-in-seen', event: aSignIn(), feed: 'graph-sign-ins' },
    { kind: 'change-seen', change: aChange(), feed: 'event-hub' },
    { kind: 'signal-quarantined', feed: 'sentinel', dedupe: 'x', words: 'x', bytes: Buffer.from('x') },
    { kind: 'raise-alert', dedupe: 'x', cause: { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'x' } },
    { kind: 'escalate-alert', ...ids },
    { kind: 'ask-classification', ...ids },
    { kind: 'look-at-case', caseId: 'C-1' },
    { kind: 'remind-validation', ...ids },
    { kind: 'roster-read', role: 'approver', holders: [] },
  ];

  test.each(systemOnly.map((intent) => [intent.kind, intent] as const))(
    '%s belongs to timers, the worker and the feeds: no person gets it through the door',
    async (_kind, intent) => {
      store.put('request', aRunningRequest(3));
      store.put('account', waiting({ state: 'provisioning' }));
      store.setClock(days(10));
      for (const who of [actor('ann', ['administrator', 'approver']), stranger('guest')]) {
        await expect(front.dispatch(who, intent)).rejects.toThrow(TypeError);
      }
      expect(store.rows.request.get(ids.requestId)).toEqual(aRunningRequest(3));
      expect(store.rows.account.get(ids.accountId)).toEqual(waiting({ state: 'provisioning' }));
      expect(store.rows.jobs).toEqual([]);
      expect(alerts()).toEqual([]);
    },
  );

  test('AP-1: the system itself decides on nothing', async () => {
    store.put('request', aRequest());
    for (const part of ['timer', 'worker', 'feed'] as const) {
      const { id: requestId, planDigest } = aRequest();
      const outcome = await front.dispatch({ kind: 'system', part }, { kind: 'approve-request', requestId, planDigest });
      expect(refusal(outcome)).toBe('stranger');
    }
    expect(store.rows.request.get(aRequest().id)).toEqual(aRequest());
  });
});

describe('the audit log', () => {
  const { id: requestId, planDigest } = aRequest();

  test('DA-1: has one entry for what was done, naming who, what, about what and on which plan', async () => {
    store.put('request', aRequest());
    await front.dispatch(actor('ann'), { kind: 'approve-request', requestId, planDigest });
    expect(store.rows.audit).toEqual([
      { at: NOON, actorId: person('ann').objectId, intent: 'approve-request', subject: `request:${requestId}`, details: { planDigest } },
    ]);
  });

  test('DA-1: has one entry for what was refused, with the reason, and nothing else changed', async () => {
    store.put('request', aRequest());
    await front.dispatch(actor('rita'), { kind: 'approve-request', requestId, planDigest });
    await front.dispatch(stranger('guest'), { kind: 'approve-request', requestId, planDigest });
    await front.dispatch(actor('ann'), { kind: 'approve-request', requestId: 'R-NONE', planDigest });
    expect(store.rows.audit.map(({ actorId, subject, refusal: why }) => [actorId, subject, why?.code])).toEqual([
      [person('rita').objectId, `request:${requestId}`, 'own-request'],
      [person('eve').objectId, `request:${requestId}`, 'stranger'],
      [person('ann').objectId, 'request:R-NONE', 'not-found'],
    ]);
    expect(store.rows.request.get(requestId)).toEqual(aRequest());
    expect(store.rows.jobs).toEqual([]);
  });

  test('has no entry where there was nothing to do', async () => {
    store.put('request', aRequest());
    store.put('account', waiting());
    expect(refusal(await front.dispatch({ kind: 'system', part: 'timer' }, { kind: 'expire-request', requestId }))).toBe('nothing-to-do');
    const early = { kind: 'expire-part', accountId: waiting().id, partNumber: 1 } as const;
    expect(refusal(await front.dispatch({ kind: 'system', part: 'timer' }, early))).toBe('nothing-to-do');
    expect(store.rows.audit).toEqual([]);
  });

  test('DA-2: an effect without its entry does not happen', async () => {
    store.put('request', aRequest({ decisions: [aDecision('bob')] }));
    const broken: MemoryStore = {
      ...store,
      rows: store.rows,
      transaction: (work) =>
        store.transaction((tx) =>
          work({
            ...tx,
            async record() {
              throw new Error('the log is full');
            },
          }),
        ),
    };
    const mute = door({ store: broken, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
    await expect(mute.dispatch(actor('ann'), { kind: 'approve-request', requestId, planDigest })).rejects.toThrow('the log is full');
    expect(store.rows.request.get(requestId)?.state).toBe('pending');
    expect(store.rows.jobs).toEqual([]);
  });

  test('CR-1: never holds what stands in a sealed part', async () => {
    const sealed = [Buffer.from('sealed-part-one'), Buffer.from('sealed-part-two')];
    store.put('request', aRunningRequest(3));
    store.put('account', waiting({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    await front.dispatch(WORKER, { kind: 'seal-parts', requestId, fence: 1, sealed });
    store.put('request', aRunningRequest(7, { state: 'applied' }));
    await front.dispatch(WORKER, { kind: 'conclude-request', requestId });
    await front.dispatch(actor('dana'), { kind: 'reveal-part', accountId: waiting().id, partNumber: 1 });
    expect(store.rows.audit).toHaveLength(3);
    const text = JSON.stringify([store.rows.audit, store.rows.jobs, [...store.rows.timers], [...store.rows.account]]);
    for (const part of sealed) for (const form of ['latin1', 'base64', 'hex'] as const) expect(text).not.toContain(part.toString(form));
  });
});

describe('a request, through the door', () => {
  test('AP-8: the approval that completes the quorum owes the run of the plan, once', async () => {
    const { id: requestId, planDigest } = aRequest();
    store.put('request', aRequest());
    for (const who of ['ann', 'ann', 'bob', 'cy'] as const) {
      await front.dispatch(actor(who), { kind: 'approve-request', requestId, planDigest });
    }
    expect(store.rows.jobs.filter(({ queue }) => queue === 'run-plan')).toEqual([
      { queue: 'run-plan', job: { kind: 'apply-plan', requestId } },
    ]);
  });

  test('AP-9: a stale lease neither watches an account nor seals parts', async () => {
    const { id: requestId } = aRequest();
    store.put('request', aRunningRequest(2, { fence: 3 }));
    store.put('account', waiting({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    for (const fence of [0, 2, 4]) {
      const watch = { kind: 'watch-account', requestId, fence, objectId: 'x', feed: 'graph-sign-ins' } as const;
      expect(refusal(await front.dispatch(WORKER, watch))).toBe('stale-lease');
      expect(refusal(await front.dispatch(WORKER, { kind: 'seal-parts', requestId, fence, sealed: [Buffer.of(1)] }))).toBe('stale-lease');
    }
    expect(store.rows.sealed.size).toBe(0);
  });

  test('GR-1: an account is put on the watch list once, however often the step runs', async () => {
    const { id: requestId } = aRequest();
    store.put('request', aRunningRequest(2));
    const intent = { kind: 'watch-account', requestId, fence: 1, objectId: 'the-user', feed: 'graph-sign-ins' } as const;
    const first = await front.dispatch(WORKER, intent);
    const second = await front.dispatch(WORKER, intent);
    expect(store.rows.account.size).toBe(1);
    expect(second).toEqual(first);
    expect([...store.rows.account.values()][0]).toMatchObject({ objectId: 'the-user', state: 'provisioning', requestId });
  });
});

describe('a hand-over', () => {
  test('CR-6: makes the parts ready for their custodians, and schedules expiry and the first validation', async () => {
    store.put('account', waiting({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    store.put('request', aRunningRequest(7, { state: 'applied' }));
    await front.dispatch(WORKER, { kind: 'conclude-request', requestId: aRequest().id });
    const account = store.rows.account.get(waiting().id);
    expect(account).toMatchObject({ state: 'handover', appliedAt: NOON, validationDueAt: days(90) });
    expect(account?.parts.map(({ state, expiresAt }) => [state, expiresAt])).toEqual([
      ['ready', hours(72)],
      ['ready', hours(72)],
    ]);
    const places = [...store.rows.cards.values()].map(({ key, place }) => [key, place.kind === 'person' && place.objectId]);
    expect(places).toEqual([
      [`part:${waiting().id}:1:1`, person('dana').objectId],
      [`part:${waiting().id}:2:1`, person('eli').objectId],
    ]);
    const due = Object.fromEntries([...store.rows.timers].map(([key, { at }]) => [key, at]));
    expect(due).toEqual({
      [`part-expiry:${waiting().id}:1`]: hours(72),
      [`part-expiry:${waiting().id}:2`]: hours(72),
      [`validation:${waiting().id}`]: days(90 - 14),
    });
  });
});

describe('a sealed part', () => {
  const reveal = { kind: 'reveal-part', accountId: waiting().id, partNumber: 1 } as const;
  beforeEach(() => {
    store.put('account', waiting());
    store.rows.sealed.set(`${waiting().id}:1`, Buffer.from('one'));
    store.rows.sealed.set(`${waiting().id}:2`, Buffer.from('two'));
  });

  test('CR-1 CR-2: leaves the store exactly once, whatever is clicked at the same time', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => front.dispatch(actor('dana'), reveal)));
    expect(outcomes.map(refusal)).toEqual(['accepted', 'part-shown', 'part-shown']);
    const given = outcomes.flatMap((outcome) => (outcome.ok && outcome.value.sealed ? [Buffer.from(outcome.value.sealed).toString()] : []));
    expect(given).toEqual(['one']);
    expect([...store.rows.sealed.keys()]).toEqual([`${waiting().id}:2`]);
  });

  test('CR-1: is not touched by a refused reveal', async () => {
    for (const who of [actor('eli'), actor('ann'), stranger('guest')]) await front.dispatch(who, reveal);
    expect(store.rows.sealed.size).toBe(2);
    expect(store.rows.account.get(waiting().id)).toEqual(waiting());
  });

  test('CR-2: that is gone makes the reveal a fault, and nothing is called shown', async () => {
    store.rows.sealed.clear();
    await expect(front.dispatch(actor('dana'), reveal)).rejects.toThrow('gone');
    expect(store.rows.account.get(waiting().id)).toEqual(waiting());
    expect(store.rows.audit).toEqual([]);
  });

  test('CR-6: is destroyed when it expires, and an alert says so', async () => {
    store.rows.timers.set('part-expiry', { at: hours(72), intent: { kind: 'expire-part', accountId: waiting().id, partNumber: 1 } });
    store.setClock(hours(72));
    await ringTimers(store, front);
    expect([...store.rows.sealed.keys()]).toEqual([`${waiting().id}:2`]);
    expect(alerts().map(({ cause, owners }) => [cause.kind, owners])).toEqual([['part-expired', [person('oona')]]]);
    expect(refusal(await front.dispatch(actor('dana'), reveal))).toBe('part-expired');
  });
});

describe('a sign-in', () => {
  const seen = (event = aSignIn(), feed: 'graph-sign-ins' | 'azure-monitor' = 'graph-sign-ins') =>
    front.dispatch(FEED, { kind: 'sign-in-seen', event, feed });

  test('AL-3: seen by two feeds, twice and at once, is one alert that lists them', async () => {
    store.put('account', anAccount());
    await Promise.all([seen(), seen(aSignIn(), 'azure-monitor'), seen(), seen(aSignIn(), 'azure-monitor')]);
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.cause).toMatchObject({ kind: 'sign-in', registered: true, feeds: ['graph-sign-ins', 'azure-monitor'] });
    expect(alerts()[0]).toMatchObject({ owners: [person('oona')], tenantName: 'Contoso', account: anAccount().userPrincipalName });
    expect([...store.rows.cards.keys()]).toEqual([`alert:${alerts()[0]?.id}:0`]);
    expect(store.rows.jobs.filter(({ queue }) => queue === 'first-card')).toHaveLength(1); // its error code is 0: somebody is in
    expect(store.rows.audit).toHaveLength(2); // raised, and one source more; the repeats are no news
  });

  test('AL-5: of an account nobody registered alerts all the same', async () => {
    await seen();
    expect(alerts()[0]?.cause).toMatchObject({ kind: 'sign-in', registered: false });
    expect(alerts()[0]).toMatchObject({ severity: 'critical', owners: [] });
    expect(store.rows.cards.size).toBe(1);
  });

  test('AL-9: a second attempt of the same flow with the same result is an alert of its own, once, whatever the order of the feeds', async () => {
    const row = (rowId: string) => aSignIn({ errorCode: 50126, rowId });
    const { rowId: _none, ...pushed } = row('x');
    await seen(pushed, 'azure-monitor');
    await seen(row('row-1'));
    await seen(row('row-2'));
    await Promise.all([seen(row('row-2')), seen(row('row-1')), seen(pushed, 'azure-monitor'), seen(row('row-2'))]);
    expect(alerts().map(({ cause }) => (cause.kind === 'sign-in' ? [cause.event.rowId, cause.feeds.length] : []))).toEqual([
      ['row-1', 2],
      ['row-2', 1],
    ]);
  });

  test('AL-9: pushed without a row’s id, another address or a time after the acknowledgement is another attempt, each told once', async () => {
    const pushed = (more: Partial<SignInEvent> = {}) => seen(aSignIn(more), 'azure-monitor');
    await pushed();
    await Promise.all([pushed(), pushed({ ipAddress: '198.51.100.9' }), pushed({ ipAddress: '198.51.100.9' })]);
    expect(alerts()).toHaveLength(2);
    const first = alerts()[0]?.id ?? '';
    store.setClock(hours(1));
    await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: first });
    await pushed();
    expect(alerts()).toHaveLength(2);
    await pushed({ signedInAt: hours(5) });
    await pushed({ signedInAt: hours(5) });
    expect(alerts()).toHaveLength(3);
  });

  test('AL-9: after an acknowledged one is an alert of its own', async () => {
    await seen();
    const first = alerts()[0]?.id ?? '';
    expect(refusal(await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: first }))).toBe('accepted');
    await seen(aSignIn({ correlationId: '11111111-d9cb-469f-a165-70867728950e' }));
    expect(alerts().map(({ state }) => state)).toEqual(['acknowledged', 'open']);
    expect([...store.rows.timers.keys()].filter((key) => key.startsWith('escalate'))).toEqual([`escalate:${alerts()[1]?.id}`]);
  });

  test('AL-4: that comes in late does not set back when the account was last used', async () => {
    store.put('account', anAccount());
    await seen(aSignIn({ signedInAt: minutes(10) }));
    await seen(aSignIn({ signedInAt: minutes(4), correlationId: '11111111-d9cb-469f-a165-70867728950e' }));
    expect(store.rows.account.get(anAccount().id)?.lastSignInAt).toEqual(minutes(10));
    expect(alerts()).toHaveLength(2);
  });

  test('AL-6: unacknowledged escalates by its timers until somebody acknowledges', async () => {
    store.put('account', anAccount());
    await seen();
    const key = `alert:${alerts()[0]?.id}`;
    await store.markSent(`${key}:0`, 'c', 'm', 1);
    for (const at of [5, 15]) {
      store.setClock(minutes(at));
      await ringTimers(store, front);
    }
    expect([...store.rows.cards.keys()]).toEqual([
      `${key}:0`,
      `${key}:1`,
      `${key}:1:${person('oona').objectId}`,
      `${key}:2`,
      `${key}:2:${person('oona').objectId}`,
    ]);
    await front.dispatch(actor('oona'), { kind: 'acknowledge-alert', alertId: alerts()[0]?.id ?? '' });
    store.setClock(minutes(60));
    await ringTimers(store, front);
    expect(store.rows.cards.size).toBe(5);
  });

  test('AL-3: an alert with the same reason is raised once', async () => {
    const cause = { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'HTTP 503' } as const;
    const raise = { kind: 'raise-alert', dedupe: 'feed:1', tenantId: TENANTS.contoso.id, cause } as const;
    expect(refusal(await front.dispatch(FEED, raise))).toBe('accepted');
    expect(refusal(await front.dispatch(FEED, raise))).toBe('nothing-to-do');
    expect(refusal(await front.dispatch(FEED, { ...raise, dedupe: 'feed:2' }))).toBe('accepted');
    expect(alerts()).toHaveLength(2);
    expect(store.rows.audit).toHaveLength(2);
  });
});
