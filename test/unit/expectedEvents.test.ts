import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { DirectoryChange } from '../../src/core/alert/change.ts';
import { consumed, isMissing, writeBegun, writeDone, writesStopped } from '../../src/core/request/expected.ts';
import { recordStep } from '../../src/core/request/run.ts';
import type { ExpectedWrite, StepId } from '../../src/core/request/types.ts';
import { STEPS } from '../../src/jobs/steps/registry.ts';
import { fromJson, toJson } from '../../src/store/json.ts';
import { aChange, anAccount, anAccountPlan, aRequest, hours, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const plan = anAccountPlan('rotate');
const { objectId } = anAccount();
const OURS = { servicePrincipalId: '5e5e5e5e-0000-4000-8000-000000000001', name: 'Breakglass changer' };
let row = 0;
const by = (activity: string, at: Date, more: Partial<DirectoryChange> = {}): DirectoryChange => {
  row += 1;
  return aChange({ activity, changedAt: at, actor: OURS, rowId: `row-${row}`, correlationId: `c-${row}`, ...more });
};
const step = (id: StepId) => ({ step: id });
const taken = (rows: readonly ExpectedWrite[], change: DirectoryChange) => consumed({ plan, expected: rows }, undefined, change);
const PASSWORD = step('set-credential');
const begun = writeBegun([], PASSWORD, NOON);
const done = writeDone(begun, PASSWORD, 1, minutes(1));

describe('what the audit log is expected to say of a step', () => {
  test('a write, once for each time it was done, with what stands beside it', () => {
    const once = taken(done, by('Reset user password', minutes(1)));
    expect(once).toMatchObject([{ seen: 1 }]);
    expect(taken(once ?? [], by('Reset user password', minutes(1)))).toBeUndefined();
    const beside = taken(once ?? [], by('Update user', minutes(1)));
    expect(beside).toMatchObject([{ seen: 1, beside: 1 }]);
    const twice = writeDone(begun, PASSWORD, 2, minutes(1));
    expect(taken(taken(twice, by('Reset user password', minutes(1))) ?? [], by('Reset user password', minutes(1)))).toMatchObject([
      { seen: 2 },
    ]);
  });

  test.each<[string, DirectoryChange]>([
    ['of another kind', by('Add member to role', minutes(1))],
    ['long before', by('Reset user password', minutes(-3))],
    ['long after', by('Reset user password', minutes(4))],
    ['on somebody else', by('Reset user password', minutes(1), { targets: [{ id: 'other', type: 'User', properties: [] }] })],
    [
      'on somebody else as well',
      by('Reset user password', minutes(1), { targets: [...aChange().targets, { id: 'other', type: 'User', properties: [] }] }),
    ],
    ['by a person', by('Reset user password', minutes(1), { actor: { ...OURS, userId: 'aaaa' } })],
  ])('a change is not expected that is %s', (_how, change) => expect(taken(done, change)).toBeUndefined());

  test('a row is its own step’s before it is anybody’s beside', () => {
    const ENDED = step('revoke-sessions');
    const both = writeDone(writeBegun(done, ENDED, minutes(1)), ENDED, 1, minutes(1));
    const once = taken(both, by('Update StsRefreshTokenValidFrom Timestamp', minutes(1)));
    expect(once).toMatchObject([
      { step: 'set-credential', beside: 0 },
      { step: 'revoke-sessions', seen: 1 },
    ]);
    expect(isMissing(once ?? [], ENDED)).toBeUndefined();
    // The password's own comes as well.
    expect(taken(once ?? [], by('Update StsRefreshTokenValidFrom Timestamp', minutes(1)))).toMatchObject([{ beside: 1 }, { seen: 1 }]);
  });

  test('methods that were taken off are as many as were taken off', () => {
    const TIDY = step('tidy-methods');
    const two = writeDone(writeBegun([], TIDY, NOON), TIDY, 2, minutes(1));
    const rows = [1, 2].reduce(
      (known: readonly ExpectedWrite[] | undefined) => known && taken(known, by('Admin deleted security info', minutes(1))),
      two,
    );
    expect(rows).toMatchObject([{ seen: 2 }]);
    expect(taken(rows ?? [], by('Admin deleted security info', minutes(1)))).toBeUndefined();
  });

  test('where it was so already nothing is expected; where a run died under way what it may have done is', () => {
    expect(taken(writeDone(begun, PASSWORD, 0, minutes(1)), by('Reset user password', minutes(1)))).toBeUndefined();
    const resumed = writeDone(writeBegun(begun, PASSWORD, minutes(5)), PASSWORD, 0, minutes(6));
    expect(taken(resumed, by('Reset user password', minutes(1)))).toMatchObject([{ seen: 1 }]);
    expect(isMissing(resumed, PASSWORD)).toBeUndefined();
    const stopped = writesStopped(begun, minutes(9));
    expect(taken(stopped, by('Reset user password', minutes(8)))).toMatchObject([{ seen: 1 }]);
    expect(taken(stopped, by('Reset user password', minutes(12)))).toBeUndefined();
  });

  test('what the tenant refused counts for nothing', () => {
    expect(taken(done, by('Reset user password', minutes(1), { result: 'failure' }))).toEqual(done);
  });

  test('an enabling is never taken for the disabling that was approved', () => {
    const disabled = writeDone(writeBegun([], step('disable'), NOON), step('disable'), 1, minutes(1));
    expect(taken(disabled, by('Enable account', minutes(1)))).toBeUndefined();
    expect(taken(disabled, by('Disable account', minutes(1)))).toMatchObject([{ seen: 1 }]);
  });

  test('a key is registered by the account itself, once', () => {
    const enrolled = writeDone(writeBegun([], step('enrol:1'), NOON), step('enrol:1'), 0, minutes(30));
    const own = by('User registered security info', minutes(20), { actor: { userId: objectId } });
    const once = taken(enrolled, own);
    expect(once).toMatchObject([{ seen: 1 }]);
    expect(taken(once ?? [], own)).toBeUndefined();
    expect(taken(enrolled, by('User registered security info', minutes(20)))).toBeUndefined();
    expect(isMissing(enrolled, step('enrol:1'))).toBeUndefined();
  });

  test('a policy by its own id, a member by theirs', () => {
    const id = 'aaaaaaaa-1111-4000-8000-000000000001';
    for (const [kind, activity] of [
      ['exclude-policy', 'Update conditional access policy'],
      ['remove-member', 'Remove member from group'],
    ] as const) {
      const phase = step(`${kind}:${id.toUpperCase()}`);
      const rows = writeDone(writeBegun([], phase, NOON), phase, 1, NOON);
      const target = { id, type: kind === 'remove-member' ? 'User' : 'Policy', properties: [] };
      expect(taken(rows, by(activity, NOON, { targets: [target] }))).toMatchObject([{ seen: 1 }]);
      expect(taken(rows, by(activity, NOON))).toBeUndefined();
    }
  });

  test('what is kept comes back from the database as it was, instants and all', () => {
    expect(fromJson(JSON.parse(toJson(done)))).toEqual(done);
  });

  test('every step that writes has its rows; one that does not has none', () => {
    const silent = Object.keys(STEPS).filter((kind) => writeBegun([], step(kind as StepId), NOON).length === 0);
    expect(silent.sort()).toEqual(['confirm-gone', 'verify', 'watch']);
  });
});

describe('at the one door', () => {
  const request = aRequest({ plan, state: 'approved', fence: 1, begunAt: NOON, expected: done });
  let store: MemoryStore;
  let front: Door;
  beforeEach(() => {
    store = memoryStore(minutes(2));
    store.put('account', anAccount());
    store.put('request', request);
    front = door({
      store,
      random: countingRandom(),
      policy: TEST_POLICY,
      tenant: (id) => Object.values(TENANTS).find((one) => one.id === id),
    });
  });
  const seen = async (change: DirectoryChange, feed: 'graph-directory-audits' | 'event-hub' = 'graph-directory-audits') =>
    front.dispatch({ kind: 'system', part: 'feed' }, { kind: 'change-seen', change, feed, byChanger: change.actor.userId === undefined });
  const severities = () => [...store.rows.alert.values()].map(({ severity }) => severity);

  test('the first is ours, from however many feeds it comes; the second is critical', async () => {
    const first = by('Reset user password', minutes(1));
    await seen(first);
    await seen(first, 'event-hub');
    expect(severities()).toEqual(['low']);
    expect(store.rows.request.get(request.id)?.expected).toMatchObject([{ seen: 1 }]);
    await seen(by('Reset user password', minutes(1)));
    expect(severities()).toEqual(['low', 'critical']);
    expect(store.rows.request.get(request.id)?.expected).toMatchObject([{ seen: 1 }]);
  });

  test('a request that began before rows were kept is judged by its plan alone', async () => {
    const { expected: _expected, ...old } = request;
    store.put('request', old);
    await seen(by('Add member to role', minutes(1)));
    expect(severities()).toEqual(['low']);
  });

  const look = () =>
    front.dispatch({ kind: 'system', part: 'timer' }, { kind: 'look-for-evidence', requestId: request.id, step: 'set-credential' });

  test('what does not come in its time is told once, where the log was read since; where it was not, it is looked for later', async () => {
    const running = { ...request, expected: begun };
    store.put('request', running);
    await front.dispatch(
      { kind: 'system', part: 'worker' },
      { kind: 'finish-step', requestId: request.id, fence: 1, step: 'set-credential', evidence: '', acts: 1 },
    );
    const timers = () => [...store.rows.timers.entries()].filter(([key]) => key.startsWith('evidence:')).map(([, { at }]) => at);
    expect(timers()).toEqual([hours(2, minutes(2))]);
    store.setClock(hours(3));
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: minutes(30) });
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
    expect(timers()).toEqual([minutes(10, hours(3))]);
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: hours(3) });
    await look();
    expect(timers()).toContainEqual(hours(3));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
  });

  test('nothing is missed where no log is read, or where it came', async () => {
    store.setClock(hours(3));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: hours(3) });
    await seen(by('Reset user password', minutes(1)));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
  });

  test('a step keeps its rows in the transaction that records it', () => {
    const fresh = aRequest({ plan, state: 'approved', fence: 1 });
    const running = recordStep(fresh, 1, 'set-credential', { state: 'running' }, NOON);
    const proven = running.ok ? recordStep(running.value.next, 1, 'set-credential', { state: 'done', acts: 1 }, minutes(1)) : running;
    expect(proven.ok && proven.value.next.expected).toMatchObject([{ step: 'set-credential', allowed: 1, done: 1, untilAt: minutes(1) }]);
  });
});
