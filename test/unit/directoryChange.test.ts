import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { type Door, door, type Outcome } from '../../src/app/dispatch.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import type { ChangeConcern, ChangeTarget, DirectoryChange } from '../../src/core/alert/change.ts';
import { concernOf } from '../../src/core/alert/concern.ts';
import type { Alert, Feed } from '../../src/core/alert/types.ts';
import type { Actor } from '../../src/core/people.ts';
import { aChange, anAccount, aRunningRequest, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };
const { objectId } = anAccount();
const GROUP = TENANTS.contoso.exclusionGroupId.toLowerCase();
const SOMEBODY = '99999999-0000-4000-8000-000000000009';

let store: MemoryStore;
let front: Door;
beforeEach(() => {
  store = memoryStore(NOON);
  store.put('account', anAccount());
  const known = Object.values(TENANTS);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: (tenantId) => known.find(({ id }) => id === tenantId) });
});

const seen = (change: DirectoryChange, feed: Feed = 'graph-directory-audits', byChanger = false) =>
  front.dispatch(FEED, { kind: 'change-seen', change, feed, byChanger });
const alerts = (): Alert[] => [...store.rows.alert.values()];
const severityOf = (outcome: Outcome) => (outcome.ok ? outcome.value.alert?.severity : outcome.error.code);
const target = (id: string, type: string, more: Partial<ChangeTarget> = {}): ChangeTarget => ({ id, type, properties: [], ...more });

describe('what concerns us', () => {
  const watched = { users: new Set([objectId]), exclusionGroupId: GROUP };
  const other = [target(SOMEBODY, 'User')];
  const groupProperty = { name: 'Group.ObjectID', after: GROUP.toUpperCase() };
  test.each<[string, Partial<DirectoryChange>, ChangeConcern | undefined]>([
    ['its password', {}, 'account'],
    ['anything it does', { activity: 'Add user', actor: { userId: objectId }, targets: other }, 'by-account'],
    ['a method registered for it', { activity: 'Admin registered security info', service: 'Authentication Methods' }, 'methods'],
    [
      'its strong authentication, under another name',
      {
        activity: 'Update user',
        targets: [target(objectId, 'User', { properties: [{ name: 'StrongAuthenticationMethod', after: '[]' }] })],
      },
      'methods',
    ],
    [
      'its role, where PIM names it last',
      {
        activity: 'Remove member from role outside of PIM',
        category: 'RoleManagement',
        targets: [target(SOMEBODY, 'Role'), target('', 'Other', { properties: [{ name: 'Target', before: objectId.toUpperCase() }] })],
      },
      'roles',
    ],
    ['its unit', { activity: 'Remove member from restricted management administrative unit' }, 'restricted-unit'],
    [
      'a restricted unit without it',
      { activity: 'Remove member from restricted management administrative unit', targets: other },
      'restricted-unit',
    ],
    ['another group of its', { activity: 'Add member to group', category: 'GroupManagement' }, 'membership'],
    [
      'somebody else put into the exclusion group',
      { activity: 'Add member to group', targets: [target(SOMEBODY, 'User', { properties: [groupProperty] })] },
      'exclusion-group',
    ],
    ['the exclusion group itself', { activity: 'Update group', targets: [target(GROUP, 'Group')] }, 'exclusion-group'],
    [
      'any Conditional Access policy',
      { activity: 'Update conditional access policy', service: 'Conditional Access', targets: [] },
      'conditional-access',
    ],
    ['which methods are allowed', { activity: 'Authentication Methods Policy Update', targets: [] }, 'methods'],
    ['a diagnostic setting', { activity: 'MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE', targets: [] }, 'monitoring'],
    ['that of Entra', { activity: 'microsoft.aadiam/diagnosticSettings/write', targets: [] }, 'monitoring'],
    ['an alert rule', { activity: 'Microsoft.Insights/scheduledQueryRules/write', targets: [] }, 'monitoring'],
    ['an action group', { activity: 'Microsoft.Insights/actionGroups/delete', targets: [] }, 'monitoring'],
    ['a rule that suppresses alerts', { activity: 'Microsoft.AlertsManagement/actionRules/write', targets: [] }, 'monitoring'],
    ['somebody else’s password', { targets: other }, undefined],
    ['reading a diagnostic setting', { activity: 'Microsoft.Insights/diagnosticSettings/read', targets: [] }, undefined],
    ['another service’s alert', { activity: 'Microsoft.Compute/virtualMachines/write', targets: [] }, undefined],
  ])('AL-6: %s', (_what, more, concern) => {
    expect(concernOf(aChange(more), watched)).toBe(concern);
  });
});

describe('a change', () => {
  test('AL-6: of an account is critical, names it and its owners, and says by whom and what to do', async () => {
    const outcome = await seen(aChange());
    expect(severityOf(outcome)).toBe('critical');
    expect(alerts()[0]).toMatchObject({ account: anAccount().userPrincipalName, owners: anAccount().owners });
    const { summary, card } = alertCard(alerts()[0] as Alert, NOON);
    expect(summary).toContain('The password of an emergency access account was changed');
    expect(JSON.stringify(card)).toContain('Done by Mal Moore (mal@contoso.onmicrosoft.com)');
  });

  test('AL-3: from two feeds, repeated and at once, is one alert that lists them', async () => {
    const { rowId: _none, ...pushed } = aChange({ result: 'unknown' });
    await Promise.all([seen(pushed, 'sentinel'), seen(aChange()), seen(pushed, 'sentinel'), seen(aChange(), 'event-hub')]);
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]?.cause).toMatchObject({
      feeds: ['sentinel', 'graph-directory-audits', 'event-hub'],
      change: { result: 'success', rowId: aChange().rowId },
    });
  });

  test('AL-9: a second row of the same flow on the same thing is an alert of its own', async () => {
    await seen(aChange());
    await seen(aChange({ rowId: 'another' }));
    await seen(aChange({ rowId: 'another' }), 'event-hub');
    expect(alerts()).toHaveLength(2);
  });

  test('of nothing we look after is neither an alert nor history', async () => {
    expect(severityOf(await seen(aChange({ targets: [target(SOMEBODY, 'User')] })))).toBe('nothing-to-do');
    const foreign = aChange({ tenantId: SOMEBODY, activity: 'Update conditional access policy', targets: [] });
    expect(severityOf(await seen(foreign))).toBe('nothing-to-do');
    expect(store.rows.audit).toHaveLength(0);
  });

  test('a policy that does not exclude the group any more is critical, one that still does is not', async () => {
    const policy = (excluded: string[]) => JSON.stringify({ conditions: { users: { includeUsers: ['All'], excludeGroups: excluded } } });
    const changed = (after: string) =>
      aChange({
        rowId: after,
        activity: 'Update conditional access policy',
        service: 'Conditional Access',
        targets: [target('p', 'Policy', { properties: [{ name: 'ConditionalAccessPolicy', before: policy([GROUP]), after }] })],
      });
    expect(severityOf(await seen(changed(policy([SOMEBODY]))))).toBe('critical');
    expect(severityOf(await seen(changed(policy([GROUP, SOMEBODY]))))).toBe('high');
    expect(alerts()[0]?.cause).toMatchObject({ exclusionLost: true });
  });
});

describe('what Breakglass does itself', () => {
  const running = aRunningRequest(3);
  const mine = (more: Partial<DirectoryChange> = {}) => seen(aChange({ changedAt: minutes(63), ...more }), 'graph-directory-audits', true);

  test('AL-7: is shown for the record, with the request that people approved', async () => {
    store.put('request', running);
    expect(severityOf(await mine())).toBe('low');
    expect(JSON.stringify(alertCard(alerts()[0] as Alert, NOON).card)).toContain(`Caused by request ${running.id}, as approved`);
    expect(store.rows.timers.size).toBe(0); // nobody has to acknowledge what they approved
  });

  test('AL-3: all of one request is one card, each write once, however often it is read', async () => {
    store.put('request', running);
    for (let read = 0; read < 3; read += 1) {
      for (const [index, activity] of ['Add user', 'Update user', 'Add member to role'].entries()) {
        await mine({ activity, rowId: `row-${index}` });
      }
    }
    expect(alerts().map(({ cause }) => cause.kind === 'directory-change' && cause.more?.map(({ activity }) => activity))).toEqual([
      ['Update user', 'Add member to role'],
    ]);
    expect(store.rows.audit.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  });

  test.each<[string, Partial<DirectoryChange>]>([
    ['before the run began', { changedAt: minutes(50) }],
    ['to somebody whom no plan names', { targets: [target(SOMEBODY, 'User')], actor: { userId: objectId } }],
    ['to somebody besides', { targets: [target(objectId, 'User'), target(SOMEBODY, 'User')] }],
  ])('AL-7: %s is critical: its identity may be in other hands', async (_what, more) => {
    store.put('request', running);
    expect(severityOf(await mine(more))).toBe('critical');
    expect(alerts()[0]?.cause).toMatchObject({ origin: { by: 'changer' } });
  });

  test('AL-7: long after the run ended is critical', async () => {
    store.put('request', aRunningRequest(7, { state: 'applied', closedAt: minutes(70) }));
    expect(severityOf(await mine({ changedAt: minutes(71) }))).toBe('low');
    expect(severityOf(await mine({ rowId: 'later', changedAt: minutes(80) }))).toBe('critical');
  });

  test('AL-7: the same by anybody else is never taken for ours', async () => {
    store.put('request', running);
    expect(severityOf(await seen(aChange({ changedAt: minutes(63) })))).toBe('critical');
  });
});

test('AL-5: what cannot be read is kept as it came and told, once', async () => {
  const intent = {
    kind: 'signal-quarantined',
    feed: 'sentinel',
    dedupe: 'x',
    words: 'It is no incident.',
    bytes: Buffer.from('{"a":1}'),
  } as const;
  const outcome = await front.dispatch(FEED, intent);
  await front.dispatch(FEED, intent);
  expect(severityOf(outcome)).toBe('high');
  expect(await store.quarantined(5)).toMatchObject({
    total: 1,
    rows: [{ id: alerts()[0]?.id, feed: 'sentinel', bytes: Buffer.from('{"a":1}') }],
  });
});
