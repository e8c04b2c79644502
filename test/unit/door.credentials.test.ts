import { beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPart, aPlan, aRequest, hours, NOON, person } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

/* What a run may do with an account and with what opens it: each intent of the worker, whole. */
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore(NOON);
});

const sends = (intent: Intent) =>
  door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }).dispatch(
    { kind: 'system', part: intent.kind === 'expire-part' ? 'timer' : 'worker' },
    intent,
  );
const refused = (code: string, what?: string) => ({ ok: false, error: { code, ...(what === undefined ? {} : { what }) } });

const FENCE = 3;
const running = (more: Partial<ChangeRequest> = {}) => aRequest({ state: 'approved', fence: FENCE, begunAt: NOON, expected: [], ...more });
const rotating = running({ plan: anAccountPlan('rotate') });
const keyed = anAccount({
  credential: 'passkey',
  parts: [1, 2].map((number) => aPart(number, number === 1 ? 'dana' : 'eli', { state: 'stored', key: { methodId: `k${number}` } })),
});
const replacingKeys = running({ plan: anAccountPlan('rotate', { account: keyed }) });
const replacingPassword = running({ plan: anAccountPlan('rotate', { passMinutes: 480 }) });
const accountId = anAccount().id;
const account = (): EmergencyAccount => {
  const [found] = store.rows.account.values();
  if (!found) throw new Error('no account');
  return found;
};
const put = (request: ChangeRequest, row?: EmergencyAccount): void => {
  store.put('request', request);
  if (row) store.put('account', row);
};
const keepSealed = (...bytes: readonly number[]) =>
  store.transaction((tx) =>
    tx.putSealedParts(
      accountId,
      bytes.map((byte) => Buffer.of(byte)),
    ),
  );
const kept = () => [...store.rows.sealed].map(([key, bytes]) => `${key} ${bytes[0]}`);
const shows = () => store.rows.jobs.flatMap(({ job }) => ('subject' in job ? [job.subject] : []));

const watch = (request: ChangeRequest, fence = FENCE): Intent => ({
  ...({ kind: 'watch-account', requestId: request.id, fence } as const),
  ...{ objectId: 'the-user', feed: 'graph-sign-ins' },
});
const seal = (request: ChangeRequest, fence = FENCE): Intent => ({
  kind: 'seal-parts',
  requestId: request.id,
  fence,
  sealed: [Buffer.of(11), Buffer.of(12)],
});
const handOut = (request: ChangeRequest, fence = FENCE): Intent => ({ kind: 'hand-out-parts', requestId: request.id, fence });
const issued = { methodId: 'p1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
const sealPass = (request: ChangeRequest, fence = FENCE, partNumber = 1): Intent => ({
  ...({ kind: 'seal-pass', requestId: request.id, fence, partNumber } as const),
  ...{ sealed: Buffer.of(21), pass: issued, expiresAt: hours(8) },
});
const recordKey = (request: ChangeRequest, fence = FENCE): Intent => ({
  ...({ kind: 'record-key', requestId: request.id, fence } as const),
  ...{ partNumber: 1, key: { methodId: 'k9' } },
});

describe.each([
  ['watching', watch],
  ['sealing parts', seal],
  ['handing them out', handOut],
  ['sealing a pass', sealPass],
  ['recording a key', recordKey],
] as const)('%s', (_what, intent) => {
  test('AP-9: is for the run that holds the newest lease of an approved request', async () => {
    put(rotating, anAccount());
    for (const fence of [FENCE - 1, FENCE + 1]) expect(await sends(intent(rotating, fence))).toEqual(refused('stale-lease'));
    for (const state of ['pending', 'failed', 'withdrawn', 'applied'] as const) {
      put({ ...rotating, state });
      expect(await sends(intent(rotating))).toEqual(refused('stale-lease'));
    }
    expect(await sends(intent({ ...rotating, id: 'R-NONE' }))).toEqual(refused('not-found', 'request'));
    expect([account(), kept()]).toEqual([anAccount(), []]);
  });

  test('an account that is not on record is not found', async () => {
    put(rotating);
    expect(await sends(intent(rotating))).toEqual(refused('not-found', 'account'));
    expect(kept()).toEqual([]);
  });

  test('a new one has no row before it is watched', async () => {
    const created = running();
    put(created);
    const outcome = await sends(intent(created));
    if (intent === watch) expect(outcome).toMatchObject({ ok: true, value: { account: { id: account().id } } });
    else expect(outcome).toEqual(refused('not-found', 'account'));
  });
});

describe('watching', () => {
  test('GR-1: a new account is on record once, as the plan has it; of another request the one that it is about', async () => {
    put(running());
    const first = await sends(watch(running()));
    expect(account()).toMatchObject({
      id: 'EA-000001',
      requestId: running().id,
      objectId: 'the-user',
      feed: 'graph-sign-ins',
      watchedAt: NOON,
    });
    expect(await sends(watch(running()))).toEqual(first);
    expect(store.rows.account.size).toBe(1);
    store.rows.account.clear();
    put(rotating, anAccount());
    expect(await sends(watch(rotating))).toEqual({ ok: true, value: { account: anAccount() } });
    expect(store.rows.account.size).toBe(1);
  });
});

describe('sealing parts', () => {
  test('CR-2 CR-6: of a new password the old parts go, once, and their cards say so', async () => {
    put(rotating, anAccount());
    await keepSealed(1, 2, 3);
    await sends(seal(rotating));
    const { parts, sealedFor, held, generation, revision } = account();
    expect(parts.map(({ number, custodian, state }) => [number, custodian.name, state])).toEqual([
      [1, person('dana').name, 'sealed'],
      [2, person('eli').name, 'sealed'],
    ]);
    expect([sealedFor, held?.requestId, generation, revision]).toEqual([rotating.id, rotating.id, 2, 2]);
    expect(kept()).toEqual([`${accountId}:3 3`, `${accountId}:1 11`, `${accountId}:2 12`]);
    expect(shows()).toEqual([`part:${accountId}:1`, `part:${accountId}:2`, `account:${accountId}`]);

    const again = await sends(seal(rotating));
    expect(again).toMatchObject({ ok: true, value: { account: { revision: 2 } } });
    expect([account().generation, shows().length]).toEqual([2, 3]);
  });

  test('of a new account they are its first', async () => {
    put(running(), anAccount({ state: 'provisioning', requestId: running().id, parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    const before = account();
    await sends(seal(running()));
    expect([account(), kept(), shows()]).toEqual([before, [`${accountId}:1 11`, `${accountId}:2 12`], []]);
  });

  test('an account that is retired gets none', async () => {
    put(rotating, anAccount({ state: 'retired' }));
    expect(await sends(seal(rotating))).toEqual(refused('not-found', 'account'));
    expect(kept()).toEqual([]);
  });

  test('CR-7: in the place of keys, which count until the parts are stored; made once more, nothing of it changes but the parts', async () => {
    put(replacingKeys, keyed);
    const outcome = await sends(seal(replacingKeys));
    expect(account()).toMatchObject({ revision: 2, kindSince: 2, held: { requestId: replacingKeys.id, credential: 'passkey' } });
    expect([account().credential, outcome]).toEqual([undefined, { ok: true, value: { account: account() } }]);
    const owed = shows().length;
    expect(owed).toBeGreaterThan(0);
    await sends({ ...seal(replacingKeys), sealed: [Buffer.of(31), Buffer.of(32)] } as Intent);
    expect([account().revision, shows().length, kept()]).toEqual([2, owed, [`${accountId}:1 31`, `${accountId}:2 32`]]);
  });
});

describe('handing out', () => {
  test('CR-6 CR-7: the parts of a password in the place of keys wait for their custodians; of any other they do not', async () => {
    put(replacingKeys, keyed);
    await sends(seal(replacingKeys));
    await sends(handOut(replacingKeys));
    expect(account().parts.map(({ state, expiresAt }) => [state, expiresAt])).toEqual([1, 2].map(() => ['ready', hours(72)]));
    expect(await sends(handOut(replacingKeys))).toEqual(refused('nothing-to-do'));
    put(running(), anAccount({ state: 'provisioning', requestId: running().id, parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    expect(await sends(handOut(running()))).toEqual(refused('nothing-to-do'));
  });
});

describe('a part that nobody opened', () => {
  const ready = anAccount({
    state: 'handover',
    parts: [1, 2].map((number) => aPart(number, 'dana', { state: 'ready', expiresAt: hours(72) })),
  });
  const expire: Intent = { kind: 'expire-part', accountId, partNumber: 1 };

  test('CR-6: is destroyed in its time, and not before', async () => {
    store.put('account', ready);
    await keepSealed(1, 2);
    expect(await sends(expire)).toEqual(refused('nothing-to-do'));
    expect(kept()).toHaveLength(2);
    store.setClock(hours(72));
    expect(await sends(expire)).toMatchObject({ ok: true, value: { account: { parts: [{ state: 'expired' }, { state: 'ready' }] } } });
    expect(kept()).toEqual([`${accountId}:2 2`]);
  });
});

describe('a pass', () => {
  test('lies sealed for the custodian of its number, in the place of any before it', async () => {
    put(replacingPassword, anAccount());
    await keepSealed(1, 2);
    expect(await sends(sealPass(replacingPassword))).toMatchObject({ ok: true });
    expect(account()).toMatchObject({ credential: 'passkey', sealedFor: replacingPassword.id, revision: 2, generation: 2, kindSince: 2 });
    expect(account().parts[0]).toMatchObject({
      state: 'ready',
      custodian: person('dana'),
      pass: { ...issued, requestId: replacingPassword.id },
    });
    expect(account().held).toMatchObject({ requestId: replacingPassword.id, parts: anAccount().parts });
    expect(kept()).toEqual([`${accountId}:1 21`, `${accountId}:2 2`]);

    const second = { ...issued, methodId: 'p2' };
    await sends({ ...sealPass(replacingPassword), pass: second } as Intent);
    expect(account()).toMatchObject({ revision: 3, generation: 2, held: { parts: anAccount().parts }, parts: [{ pass: second }, {}] });
  });

  test('CR-3: there is none for a number that the plan has not, nor of a retired account, and nothing is sealed', async () => {
    put(replacingPassword, anAccount());
    for (const number of [0, 3]) expect(await sends(sealPass(replacingPassword, FENCE, number))).toEqual(refused('not-found', 'part'));
    put(replacingPassword, anAccount({ state: 'retired' }));
    expect(await sends(sealPass(replacingPassword))).toEqual(refused('not-found', 'account'));
    expect([account(), kept()]).toEqual([anAccount({ state: 'retired' }), []]);
  });

  test('of keys of the same kind the ones before stay beside the new', async () => {
    const again = running({ plan: anAccountPlan('rotate', { account: keyed, passMinutes: 480 }) });
    put(again, keyed);
    await sends(sealPass(again));
    expect([account().held, account().generation, account().parts[0]?.before]).toEqual([undefined, undefined, keyed.parts[0]]);
  });
});

describe('a key', () => {
  test('is on record with the pass that it was registered with, also of an account that is being made', async () => {
    const created = running({ plan: aPlan({ passMinutes: 480 }) });
    put(created, anAccount({ state: 'provisioning', requestId: created.id, parts: [aPart(1, 'dana'), aPart(2, 'eli')] }));
    await sends(sealPass(created));
    expect(await sends(recordKey(created))).toMatchObject({ ok: true, value: { account: { parts: [{ key: { methodId: 'k9' } }, {}] } } });
    expect(account().parts[0]?.key).toEqual({ methodId: 'k9' });
  });
});

describe('a run that stopped because nothing came of a pass', () => {
  const stopped = (request: ChangeRequest, code: string, fence = FENCE): Intent => ({
    ...({ kind: 'fail-run', requestId: request.id, fence } as const),
    failure: { step: 'enrol:1', code, words: 'No key.', reference: 'c-1' },
  });
  const shown = (request: ChangeRequest): Part => aPart(1, 'dana', { state: 'shown', pass: { ...issued, requestId: request.id } });
  const enrolling = running({
    plan: anAccountPlan('rotate', { passMinutes: 480 }),
    steps: replacingPassword.steps.map(({ id }) => ({ id, state: id === 'enrol:1' ? ('running' as const) : ('waiting' as const) })),
  });

  test('CM-2: its custodian is told why, once', async () => {
    put(enrolling, anAccount({ parts: [shown(enrolling), aPart(2, 'eli')] }));
    expect(await sends(stopped(enrolling, 'SyncedPasskey'))).toMatchObject({ ok: true, value: { request: { state: 'failed' } } });
    expect(account().parts[0]?.refused).toEqual({ why: 'SyncedPasskey', at: NOON });
  });

  test('of another failure they hear nothing, nor of one that an older lease tells', async () => {
    const row = anAccount({ parts: [shown(enrolling), aPart(2, 'eli')] });
    put(enrolling, row);
    expect(await sends(stopped(enrolling, 'SyncedPasskey', FENCE - 1))).toEqual(refused('stale-lease'));
    await sends(stopped(enrolling, 'Authorization_RequestDenied'));
    expect(account()).toEqual(row);
  });

  test('where there is no account yet nobody is told', async () => {
    const created = running({ plan: aPlan({ passMinutes: 480 }), steps: enrolling.steps });
    put(created);
    expect(await sends(stopped(created, 'PassExpired'))).toMatchObject({ ok: true });
  });
});
