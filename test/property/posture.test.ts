import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_PROFILE, PROFILES } from '../../src/core/posture/profiles.ts';
import { judgePosture } from '../../src/core/posture/report.ts';
import type {
  AccountSnapshot,
  AuthenticationMethod,
  ConditionalAccessPolicy,
  Part,
  TenantSnapshot,
} from '../../src/core/posture/snapshot.ts';
import { read, unreadable } from '../../src/core/posture/snapshot.ts';
import { aPolicy, EXTRA_GROUP, GROUP, goodRegistry, goodSnapshot, objectIdOf, UNIT } from '../support/posture.ts';

const value = <T>(part: Part<T>): T => {
  if (part.state !== 'read') throw new Error('the good snapshot is read whole');
  return part.value;
};
const good = goodSnapshot();
const report = (snapshot: TenantSnapshot, registry = goodRegistry(), profile = DEFAULT_PROFILE) =>
  judgePosture(profile, snapshot, registry);
const notPassing = (snapshot: TenantSnapshot, registry = goodRegistry()): string[] => [
  ...new Set(report(snapshot, registry).findings.flatMap(({ status, check }) => (status === 'fail' ? [check] : []))),
];

/** One account changed, which of the three is arbitrary. */
const withAccount = (index: number, change: (account: AccountSnapshot) => AccountSnapshot): TenantSnapshot =>
  goodSnapshot({ accounts: good.accounts.map((account, at) => (at === index ? change(account) : account)) });
const withUser = (index: number, more: object): TenantSnapshot =>
  withAccount(index, (account) => ({ ...account, user: read({ ...value(account.user), ...more } as never) }));
const withMethods = (index: number, kinds: readonly object[]): TenantSnapshot =>
  withAccount(index, (account) => ({ ...account, methods: read(kinds as never) }));
const withPolicy = (
  index: number,
  users: Partial<ConditionalAccessPolicy['users']>,
  more: Partial<ConditionalAccessPolicy> = {},
): TenantSnapshot =>
  goodSnapshot({
    policies: read(
      value(good.policies).map((policy, at) => (at === index ? { ...policy, ...more, users: { ...policy.users, ...users } } : policy)),
    ),
  });
const withGroup = (more: object): TenantSnapshot =>
  goodSnapshot({ exclusionGroup: read({ ...value(good.exclusionGroup), ...more } as never) });
const without = <T extends { readonly principalId: string }>(part: Part<readonly T[]>, index: number) =>
  read(value(part).filter(({ principalId }) => principalId !== objectIdOf(index + 1)));

const [key, other] = ['k1', 'k2'].map((id) => ({ id, kind: 'fido2', passkeyType: 'deviceBound' })) as [
  AuthenticationMethod,
  AuthenticationMethod,
];

/** Everything that can go wrong by itself, and the one check that must say so. */
const MUTATIONS: readonly (readonly [check: string, what: string, broken: (index: number) => TenantSnapshot])[] = [
  ['account-exists', 'deleted', (at) => withAccount(at, (account) => ({ ...account, user: read(undefined) }))],
  ['account-enabled', 'disabled by hand', (at) => withUser(at, { accountEnabled: false })],
  ['member-account', 'a guest', (at) => withUser(at, { userType: 'Guest' })],
  ['member-account', 'a consumer account', (at) => withUser(at, { creationType: 'LocalAccount' })],
  ['member-account', 'a social identity', (at) => withUser(at, { identityTypes: ['federated'] })],
  ['cloud-only', 'synchronised', (at) => withUser(at, { syncedFromOnPremises: true })],
  ['cloud-only', 'with an immutable id', (at) => withUser(at, { immutableId: 'x' })],
  ['initial-domain', 'in another domain', (at) => withUser(at, { userPrincipalName: 'ea@contoso.com' })],
  [
    'initial-domain',
    'in a federated domain',
    () => goodSnapshot({ domains: read(value(good.domains).map((each) => ({ ...each, federated: true }))) }),
  ],
  ['usage-location', 'without usage location', (at) => withUser(at, { usageLocation: undefined })],
  ['password-lifetime', 'not exempt from expiry', (at) => withUser(at, { passwordPolicies: [] })],
  ['role', 'without the role', (at) => goodSnapshot({ globalAdministrators: without(good.globalAdministrators, at) })],
  [
    'role',
    'with the role at a unit only',
    (at) =>
      goodSnapshot({
        globalAdministrators: read(
          value(good.globalAdministrators).map((each, i) => (i === at ? { ...each, scope: '/administrativeUnits/x' } : each)),
        ),
      }),
  ],
  [
    'role',
    'with the role for a time',
    (at) =>
      goodSnapshot({
        assignmentSchedules: read(value(good.assignmentSchedules).map((each, i) => (i === at ? { ...each, endAt: good.readAt } : each))),
      }),
  ],
  [
    'role',
    'with the role activated',
    (at) =>
      goodSnapshot({
        assignmentSchedules: read(
          value(good.assignmentSchedules).map((each, i) => (i === at ? { ...each, assignmentType: 'Activated' } : each)),
        ),
      }),
  ],
  [
    'in-exclusion-group',
    'out of the exclusion group',
    (at) => goodSnapshot({ exclusionGroupMembers: read(value(good.exclusionGroupMembers).filter((_, i) => i !== at)) }),
  ],
  ['policy-exclusions', 'a policy without the group', (at) => withPolicy(at, { excludeGroups: [] })],
  [
    'policy-exclusions',
    'a policy that excludes somebody else',
    (at) => withPolicy(at, { excludeGroups: ['12121212-0000-4000-8000-000000000012'], excludeUsers: [objectIdOf(9)] }),
  ],
  ['policy-exclusions', 'a report-only policy that is switched on', () => withPolicy(4, {}, { state: 'enabled' })],
  [
    'policy-exclusions',
    'a session control only',
    (at) =>
      withPolicy(
        at,
        { excludeGroups: [] },
        { grant: { operator: 'OR', builtInControls: [], termsOfUse: [], customFactors: [] }, sessionControls: ['signInFrequency'] },
      ),
  ],
  ['managed-policies', 'a Microsoft-managed policy without the group', () => withPolicy(8, { excludeGroups: [] })],
  ['exclusion-group', 'a group that is gone', () => goodSnapshot({ exclusionGroup: read(undefined) })],
  ['exclusion-group', 'a dynamic group', () => withGroup({ dynamic: true })],
  ['exclusion-group', 'no security group', () => withGroup({ securityEnabled: false })],
  ['exclusion-group', 'a group anybody manages', () => withGroup({ roleAssignable: false })],
  ['exclusion-group', 'a group anybody joins', () => withGroup({ visibility: 'Public' })],
  ['exclusion-group', 'a synchronised group', () => withGroup({ syncedFromOnPremises: true })],
  ['exclusion-group', 'a group with an owner', () => goodSnapshot({ exclusionGroupOwners: read([{ id: 'o', type: 'user' }]) })],
  [
    'group-members',
    'a stranger in the group',
    () =>
      goodSnapshot({ exclusionGroupMembers: read([...value(good.exclusionGroupMembers), { id: 'm', type: 'user', displayName: 'Mal' }]) }),
  ],
  [
    'group-members',
    'a group in the group',
    () => goodSnapshot({ exclusionGroupMembers: read([...value(good.exclusionGroupMembers), { id: 'g', type: 'group' }]) }),
  ],
  ['phishing-resistant', 'only a password', (at) => withMethods(at, [{ id: 'p', kind: 'password' }])],
  ['two-keys', 'one key', (at) => withMethods(at, [key])],
  ['two-keys', 'a key that is synced', (at) => withMethods(at, [key, { ...other, passkeyType: 'synced' }])],
  ['weak-methods', 'a telephone', (at) => withMethods(at, [key, other, { id: 'x', kind: 'phone' }])],
  ['weak-methods', 'a kind nobody knows yet', (at) => withMethods(at, [key, other, { id: 'x', kind: 'thoughtReading' }])],
  ['unrecorded-keys', 'a key of nobody’s', (at) => withMethods(at, [key, other, { ...key, id: 'k3' }])],
  ['unrecorded-keys', 'a certificate of nobody’s', (at) => withMethods(at, [key, other, { id: 'c', kind: 'x509Certificate' }])],
  [
    'self-service-reset',
    'administrators reset their own password',
    () => goodSnapshot({ authorizationPolicy: read({ administratorsMayResetOwnPassword: true }) }),
  ],
  ['security-defaults', 'security defaults are on', () => goodSnapshot({ securityDefaults: read({ enabled: true }) })],
  [
    'restricted-unit',
    'out of its unit',
    (at) => withAccount(at, (account) => ({ ...account, memberOf: read(value(account.memberOf).filter(({ id }) => id !== UNIT)) })),
  ],
  ['restricted-unit', 'a unit that restricts nothing', () => goodSnapshot({ restrictedUnits: read([]) })],
];

describe('posture', () => {
  test('a good tenant has no failing and no unknown finding, by either profile', () => {
    for (const profile of PROFILES) {
      const statuses = report(good, goodRegistry(), profile).findings.map(({ status, key: name, evidence }) => ({
        status,
        name,
        evidence,
      }));
      expect(statuses.filter(({ status }) => status === 'fail' || status === 'unknown')).toEqual([]);
    }
  });

  test.each(MUTATIONS)('%s, and nothing else, fails for: %s', (check, _what, broken) => {
    for (const at of [0, 1, 2]) expect(notPassing(broken(at))).toEqual([check]);
  });

  test('every check of every profile has a mutation that it names', () => {
    const named = new Set([...MUTATIONS.map(([check]) => check), 'enough-accounts', 'one-outside-all-policies']);
    for (const { checks } of PROFILES) for (const { id } of checks) expect([...named]).toContain(id);
  });

  test('fewer than two accounts in service fail, whatever the others do', () => {
    const { accounts } = goodRegistry();
    const disabled = accounts.map((account, at) => (at === 0 ? account : { ...account, state: 'disabled' as const }));
    const off = goodSnapshot({
      accounts: good.accounts.map((each, at) =>
        at === 0 ? each : { ...each, user: read({ ...value(each.user), accountEnabled: false } as never) },
      ),
    });
    expect(notPassing(off, goodRegistry({ accounts: disabled }))).toEqual(['enough-accounts']);
  });

  test('two things wrong are two findings: what one check says does not hide the other', () => {
    const pair = fc.tuple(fc.nat({ max: MUTATIONS.length - 1 }), fc.nat({ max: 2 }));
    fc.assert(
      fc.property(pair, ([which, at]) => {
        const [check, , broken] = MUTATIONS[which] ?? MUTATIONS[0] ?? [];
        if (!check || !broken) return;
        const both = { ...broken(at), securityDefaults: read({ enabled: true }) };
        expect(new Set(notPassing(both))).toEqual(new Set([check, 'security-defaults']));
      }),
    );
  });

  test('what cannot be read is never a pass: each part, for each reason', () => {
    const parts = Object.entries(good).flatMap(([name, part]) =>
      part !== null && typeof part === 'object' && 'state' in part ? [name] : [],
    );
    const causes = ['not-licensed', 'not-permitted', 'no-answer', 'not-asked'] as const;
    const passing = (snapshot: TenantSnapshot) =>
      new Set(report(snapshot).findings.flatMap(({ key: name, status }) => (status === 'pass' ? [name] : [])));
    const before = passing(good);
    for (const name of parts) {
      for (const cause of causes) {
        const found = report({ ...good, [name]: unreadable(cause, 'no') } as TenantSnapshot).findings;
        // Nothing fails for what could not be read, and nothing passes that did not pass before.
        expect(found.filter(({ status }) => status === 'fail')).toEqual([]);
        for (const each of passing({ ...good, [name]: unreadable(cause, 'no') } as TenantSnapshot)) expect([...before]).toContain(each);
      }
    }
    for (const name of ['user', 'methods', 'memberOf'] as const) {
      const found = report(withAccount(1, (account) => ({ ...account, [name]: unreadable('not-permitted', 'no') }))).findings;
      expect(found.some(({ status }) => status === 'unknown')).toBe(true);
      expect(found.filter(({ status }) => status === 'fail')).toEqual([]);
    }
  });

  test('each part of the tenant that a check rests on makes it unknown when it cannot be read', () => {
    const resting: Readonly<Record<string, string>> = {
      domains: 'initial-domain',
      securityDefaults: 'security-defaults',
      authorizationPolicy: 'self-service-reset',
      policies: 'policy-exclusions',
      exclusionGroup: 'exclusion-group',
      exclusionGroupOwners: 'exclusion-group',
      exclusionGroupMembers: 'group-members',
      globalAdministrators: 'role',
      assignmentSchedules: 'role',
      restrictedUnits: 'restricted-unit',
    };
    for (const [part, check] of Object.entries(resting)) {
      const { findings } = report({ ...good, [part]: unreadable('no-answer', 'no') } as TenantSnapshot);
      expect({ part, statuses: [...new Set(findings.filter((each) => each.check === check).map(({ status }) => status))] }).toEqual({
        part,
        statuses: ['unknown'],
      });
    }
  });

  test('a licence that is missing does not apply where the tenants file says so too, and is unknown elsewhere', () => {
    const refused = unreadable('not-licensed', 'no');
    const status = (kind: TenantSnapshot['kind']) =>
      report(goodSnapshot({ kind, policies: refused })).findings.find(({ check }) => check === 'policy-exclusions')?.status;
    expect([status('free'), status('workforce'), status('b2c')]).toEqual(['not-applicable', 'unknown', 'unknown']);
  });

  test('a policy: exclusion beats inclusion, whichever of user, group and role each is by', () => {
    const GA = '62e90394-69f5-4237-9190-012177145e10';
    const someIds = (ids: readonly string[]) => fc.subarray([...ids]);
    const users = fc.record({
      includeUsers: someIds(['All', objectIdOf(1), objectIdOf(8)]),
      includeGroups: someIds([EXTRA_GROUP, GROUP, 'cccccccc-0000-4000-8000-00000000000c']),
      includeRoles: someIds([GA]),
      excludeUsers: someIds([objectIdOf(1), objectIdOf(8)]),
      excludeGroups: someIds([EXTRA_GROUP, GROUP, 'cccccccc-0000-4000-8000-00000000000c']),
      excludeRoles: someIds([GA]),
    });
    fc.assert(
      fc.property(users, (each) => {
        const { findings } = report(goodSnapshot({ policies: read([aPolicy({}, each)]) }));
        const caught = findings.find(({ check }) => check === 'policy-exclusions')?.catches?.includes('EA-000001') ?? false;
        const included =
          each.includeUsers.some((id) => id !== objectIdOf(8)) ||
          each.includeGroups.some((id) => !id.startsWith('c')) ||
          each.includeRoles.length > 0;
        const excluded =
          each.excludeUsers.includes(objectIdOf(1)) || each.excludeGroups.some((id) => !id.startsWith('c')) || each.excludeRoles.length > 0;
        expect(caught).toBe(included && !excluded);
      }),
    );
  });

  test('by the B2C guidance of 2024 one account outside every policy is enough', () => {
    const profile = PROFILES.find(({ id }) => id === 'b2c-2024-09') ?? DEFAULT_PROFILE;
    const one = withPolicy(0, { excludeGroups: [], excludeUsers: [objectIdOf(2)] });
    const none = withPolicy(0, { excludeGroups: [] });
    const failing = (snapshot: TenantSnapshot) =>
      report(snapshot, goodRegistry(), profile).findings.filter(({ status }) => status === 'fail');
    expect(failing(one)).toEqual([]);
    expect(failing(none).map(({ check }) => check)).toEqual(['one-outside-all-policies']);
  });

  test('what is repairable says how, and only a failing finding is', () => {
    for (const [, , broken] of MUTATIONS) {
      for (const { status, repair } of report(broken(0)).findings) {
        if (repair) expect({ status, changes: repair.changes.length > 0 }).toEqual({ status: 'fail', changes: true });
      }
    }
  });
});
