import { beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Alert, AlertCause } from '../../src/core/alert/types.ts';
import type { ChangeRequest, ExpectedWrite, StepId } from '../../src/core/request/types.ts';
import { actor, anAccount, anAccountPlan, anAlert, aPart, aPlan, aRequest, days, hours, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

/* Alerts that ask for another credential: that one was asked for already, and what ends them. */
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore(NOON);
});
const random = countingRandom();
const front = () => door({ store, random, policy: TEST_POLICY, tenant: () => undefined });
const WORKER = { kind: 'system', part: 'worker' } as const;

const lost = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' } as const;
const expired = { kind: 'part-expired', partNumber: 1, custodian: 'Dana Diaz' } as const;
const unusable = { kind: 'account-unusable', requestId: 'R-OLD', userPrincipalName: 'x@y', custodians: [] } as const;
const halfWay = { kind: 'ended-half-way', requestId: 'R-OLD', by: 'person', userPrincipalName: 'x@y', stays: [] } as const;
const ofPassword: readonly AlertCause[] = [lost, expired, unusable, { ...halfWay, operation: 'rotate' }];
const ofKeys: readonly AlertCause[] = [
  { ...lost, key: true },
  { ...expired, key: true },
];
const others: readonly AlertCause[] = [
  { ...halfWay, operation: 'disable' },
  { ...halfWay, operation: 'rotate', replaced: true },
  { kind: 'request-failed', requestId: 'R-OLD', words: 'Refused.' },
];
const all = [...ofPassword, ...ofKeys, ...others];

const keyed = anAccount({
  credential: 'passkey',
  parts: [aPart(1, 'dana', { state: 'stored', key: { methodId: 'k1' } }), aPart(2, 'eli', { state: 'stored', key: { methodId: 'k2' } })],
});
const toKeys = anAccountPlan('rotate', { passMinutes: 480 });
const toPassword = anAccountPlan('rotate', { account: keyed });
const ended = (plan: ChangeRequest['plan'], state: ChangeRequest['state'], more: Partial<ChangeRequest> = {}) =>
  aRequest({ plan, state, begunAt: NOON, closedAt: hours(2), expected: [], ...more });
const sent = (step: StepId): ExpectedWrite => ({
  ...{ step, fromAt: NOON, untilAt: NOON, open: 0, allowed: 1, done: 0, seen: 0, beside: 0 },
});

/** Each cause as an alert of its own, and what is said of each once the request is concluded. */
async function concluded(
  request: ChangeRequest,
  account: EmergencyAccount,
  causes: readonly AlertCause[],
  more: Partial<Alert> = {},
): Promise<unknown[]> {
  store.put('request', request);
  store.put('account', account);
  for (const [index, cause] of causes.entries()) store.put('alert', anAlert({ id: `AL-${index}`, severity: 'high', cause, ...more }));
  for (const index of causes.keys())
    store.rows.timers.set(`escalate:AL-${index}`, { at: days(1), intent: { kind: 'escalate-alert', alertId: `AL-${index}` } });
  await front().dispatch(WORKER, { kind: 'conclude-request', requestId: request.id });
  return causes.map((_cause, index) => {
    const { state, mended, replaced } = store.rows.alert.get(`AL-${index}`) ?? anAlert();
    return state === 'over' ? (mended?.how ?? (replaced ? 'replaced' : 'by itself')) : state;
  });
}
const each = <T>(list: readonly unknown[], value: T): T[] => list.map(() => value);

describe('what ends them', () => {
  test.each(['rotate', 'handover'] as const)('CR-6: a new password that is handed out: %s', async (kind) => {
    const account = anAccount({ parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    const request = ended(anAccountPlan(kind), 'applied');
    const said = await concluded(request, account, [...ofPassword, ...others]);
    expect(said).toEqual([...each(ofPassword, 'new-password'), ...each(others, 'open')]);
    expect(store.rows.alert.get('AL-0')).toMatchObject({ mended: { requestId: request.id }, overAt: NOON });
    // Nobody is woken for it any more, and the channel hears that it is over.
    expect([...store.rows.timers.keys()].filter((key) => key.endsWith('AL-0'))).toEqual([]);
    expect(store.rows.cards.get('alert:AL-0:over')).toMatchObject({ place: { kind: 'channel' }, variant: 'over' });
  });

  test('CR-6: security keys that are registered, whatever the alert was about', async () => {
    const parts = keyed.parts.map((part): typeof part => ({ ...part, state: 'shown' }));
    const said = await concluded(ended(toKeys, 'applied'), { ...keyed, parts }, [...ofPassword, ...ofKeys]);
    expect(said).toEqual(each([...ofPassword, ...ofKeys], 'new-keys'));
  });

  test('that the account is retired, or a new one taken back: nothing has to open it', async () => {
    expect(await concluded(ended(anAccountPlan('retire'), 'applied'), anAccount(), all)).toEqual([
      ...each([...ofPassword, ...ofKeys], 'gone'),
      ...each(others, 'open'),
    ]);
    const created = ended(aPlan({ passMinutes: 480 }), 'undone');
    expect(await concluded(created, anAccount({ state: 'provisioning' }), ofKeys)).toEqual(each(ofKeys, 'gone'));
  });

  test('also one that somebody has acknowledged: what it asks for is done', async () => {
    const account = anAccount({ parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    const request = ended(anAccountPlan('rotate'), 'applied');
    expect(await concluded(request, account, [lost], { state: 'acknowledged' })).toEqual(['new-password']);
    expect(await concluded(request, account, [lost], { state: 'over' })).toEqual(['by itself']);
  });

  test('a request given up, of what it had made itself: what opened the account before counts again', async () => {
    const held = { requestId: toPassword.requestId, parts: keyed.parts, generation: 1, credential: 'passkey' } as const;
    const begun = anAccount({ held, generation: 2, kindSince: 2, parts: [aPart(1, 'dana', { state: 'lost' }), aPart(2, 'eli')] });
    const mine = [{ ...lost, awaitedBy: toPassword.requestId }];
    expect(await concluded(ended(toPassword, 'undone'), begun, mine)).toEqual(['as-before']);
    const late = ended(toPassword, 'undone', { expected: [sent('remove-keys')] });
    expect(await concluded(late, begun, mine)).toEqual(['replaced']);
    const keys = { requestId: toKeys.requestId, parts: anAccount().parts, generation: 1 };
    const withKeys = anAccount({
      credential: 'passkey',
      held: keys,
      generation: 2,
      kindSince: 2,
      parts: [aPart(1, 'dana'), aPart(2, 'eli')],
    });
    // A part that was lost before is as lost as it was.
    expect(await concluded(ended(toKeys, 'undone'), withKeys, [...ofKeys, lost])).toEqual(['as-before', 'as-before', 'open']);
    expect(await concluded(ended(toKeys, 'undone', { begunAt: minutes(5) }), withKeys, ofKeys)).toEqual(each(ofKeys, 'open'));
  });

  test('nothing else does: no other request, none that was given up, and none that ended before it was raised', async () => {
    for (const kind of ['disable', 'enable', 'exclude', 'repair'] as const) {
      const request = ended(anAccountPlan(kind === 'enable' ? kind : 'disable'), 'applied', { kind });
      expect(await concluded(request, anAccount(), all)).toEqual(each(all, 'open'));
    }
    for (const state of ['undone', 'withdrawn'] as const)
      expect(await concluded(ended(anAccountPlan('rotate'), state), anAccount(), all)).toEqual(each(all, 'open'));
    const account = anAccount({ parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    // Concluded once more, when a part of the new password is lost already.
    const raisedAt = new Date(hours(2).getTime() + 1);
    expect(await concluded(ended(anAccountPlan('rotate'), 'applied'), account, all, { raisedAt })).toEqual(each(all, 'open'));
  });

  test('of another account nothing ends', async () => {
    const account = anAccount({ parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    expect(await concluded(ended(anAccountPlan('rotate'), 'applied'), account, all, { accountId: 'EA-OTHER' })).toEqual(each(all, 'open'));
  });
});

describe('what is asked for already', () => {
  const request = aRequest({ plan: anAccountPlan('rotate'), state: 'pending' });
  const asked = (id = 'AL-1') => store.rows.alert.get(id)?.asked;
  const raise = async (cause: AlertCause) => {
    const intent = { kind: 'raise-alert', dedupe: `d-${cause.kind}`, accountId: anAccount().id, cause } as const;
    const outcome = await front().dispatch(WORKER, intent);
    return outcome.ok ? outcome.value.alert?.asked : 'not raised';
  };

  test('an alert says so from when it is asked until that ends without it', async () => {
    store.put('account', anAccount());
    store.put('alert', anAlert({ id: 'AL-1', cause: lost }));
    store.put('alert', anAlert({ id: 'AL-2', cause: { ...halfWay, operation: 'disable' } }));
    store.put('alert', anAlert({ id: 'AL-3', cause: { ...lost, awaitedBy: 'R-OLD' } }));
    // A part may be lost, and a new password asked for, in either order.
    store.put('request', request);
    expect(await raise(expired)).toEqual({ requestId: request.id, operation: 'rotate' });
    expect(await raise({ ...lost, awaitedBy: request.id })).toBeUndefined();
    expect(await raise({ ...halfWay, operation: 'disable' })).toBeUndefined();
    const { planDigest } = request;
    const denied = await front().dispatch(actor('ann'), { kind: 'deny-request', requestId: request.id, planDigest, reason: 'Not now.' });
    expect(denied.ok).toBe(true);
    expect([...store.rows.alert.values()].map((alert) => alert.asked)).toEqual(each([...store.rows.alert.values()], undefined));
  });

  test.each([
    ['expired', { kind: 'expire-request', requestId: request.id }, WORKER],
    ['withdrawn', { kind: 'withdraw-request', requestId: request.id }, actor('rita')],
  ] as const)('a request that is %s is asked for no more', async (_state, intent, who) => {
    store = memoryStore(days(2));
    store.put('account', anAccount());
    store.put('request', request);
    store.put('alert', anAlert({ id: 'AL-1', cause: lost, asked: { requestId: request.id, operation: 'rotate' } }));
    store.put('alert', anAlert({ id: 'AL-2', cause: lost, asked: { requestId: 'R-OTHER', operation: 'rotate' } }));
    if (intent.kind === 'withdraw-request') store.put('request', { ...request, expiresAt: days(3) });
    expect((await front().dispatch(who, intent)).ok).toBe(true);
    expect([asked(), asked('AL-2')]).toEqual([undefined, { requestId: 'R-OTHER', operation: 'rotate' }]);
    expect(store.rows.jobs).toContainEqual({ queue: 'card', job: { kind: 'show', subject: 'alert:AL-1' } });
  });

  test('an approval changes nothing of it', async () => {
    store.put('account', anAccount());
    store.put('request', request);
    const before = { requestId: request.id, operation: 'rotate' } as const;
    store.put('alert', anAlert({ id: 'AL-1', cause: lost, asked: before }));
    const { planDigest } = request;
    expect((await front().dispatch(actor('ann'), { kind: 'approve-request', requestId: request.id, planDigest })).ok).toBe(true);
    expect(store.rows.alert.get('AL-1')).toMatchObject({ asked: before, revision: 1 });
  });
});
