import { describe, expect, test } from '@jest/globals';
import { read, type TenantSnapshot, unreadable } from '../../src/core/posture/snapshot.ts';
import type { Capability, CapabilityName, Verdict } from '../../src/core/tenant/capability.ts';
import { judgeTenant } from '../../src/core/tenant/judge.ts';
import { neededBy } from '../../src/core/tenant/permissions.ts';
import type { IdentityProbe, TenantProbe } from '../../src/core/tenant/probe.ts';
import { EXCLUSION_GROUP } from '../support/posture.ts';
import { ACCOUNT, aProbe, aSnapshot, DOMAIN, holding, PAA, PRA } from '../support/probe.ts';

const GA = '62e90394-69f5-4237-9190-012177145e10';
const notLicensed = unreadable('not-licensed', 'The tenant refuses it for want of a licence (x).');
const notPermitted = unreadable('not-permitted', 'The tenant refuses it to Breakglass (x).');
const noAnswer = unreadable('no-answer', 'No answer (TimeoutError).');
const noCloud = unreadable('unsupported-in-cloud', 'This Microsoft cloud does not have it.');

const of = (name: CapabilityName, probe: TenantProbe): Capability => {
  const found = judgeTenant(probe).find((each) => each.name === name);
  if (!found) throw new Error(`no finding ${name}`);
  return found;
};
const verdicts = (probe: TenantProbe): Readonly<Record<string, Verdict>> =>
  Object.fromEntries(judgeTenant(probe).map(({ name, verdict }) => [name, verdict]));
/** What differs from a tenant in which everything is well. */
const not = (probe: TenantProbe) => Object.fromEntries(Object.entries(verdicts(probe)).filter(([, verdict]) => verdict !== 'yes'));

describe('what a tenant can and cannot do', () => {
  test('in a tenant where everything is as it should be, everything is yes', () => {
    expect(not(aProbe())).toEqual({});
  });

  test('T5: what could not be read is never yes, whatever it is and for whatever reason', () => {
    const everything = Object.entries(aSnapshot()).filter(([, part]) => typeof part === 'object' && part !== null && 'state' in part);
    for (const [why, verdict] of [
      [notPermitted, 'unknown'],
      [noAnswer, 'unknown'],
      [noCloud, 'unsupported'],
    ] as const) {
      const blind = aProbe(Object.fromEntries(everything.map(([name]) => [name, why])), {
        signInLog: why,
        directoryAudits: why,
        methods: why,
        whatIf: why,
        identities: [{ standsFor: ['reader', 'changer'], permissions: why, roles: why }],
      });
      expect(new Set(Object.values(verdicts(blind)))).toEqual(new Set([verdict]));
    }
    expect(Object.values(verdicts(aProbe({}, { identities: [] }))).filter((each) => each === 'unknown')).toHaveLength(5);
  });

  test.each<[string, Partial<TenantSnapshot>, Verdict, RegExp]>([
    ['P1 is read', { licences: read({ p1: true, p2: false }) }, 'unknown', /Degraded/],
    ['no licence is read', { licences: read({ p1: false, p2: false }) }, 'no', /neither P1 nor P2/],
    ['licences cannot be read', { licences: notPermitted }, 'unknown', /licences could not be read/],
    [
      'it is a B2C tenant',
      { organization: read({ displayName: 'B', tenantType: 'AAD B2C', syncedFromOnPremises: false }) },
      'unknown',
      /later/,
    ],
  ])('a licence refusal of the sign-in log where %s', (_case, snapshot, verdict, words) => {
    const found = of('sign-in-log', aProbe(snapshot, { signInLog: notLicensed }));
    expect(found).toMatchObject({ verdict, evidence: expect.stringMatching(words) });
  });

  test.each<[string, Partial<TenantSnapshot>, Verdict]>([
    ['b2c in the file, not in the tenant', { kind: 'b2c' }, 'no'],
    [
      'workforce in the file, B2C in the tenant',
      { organization: read({ displayName: 'B', tenantType: 'AAD B2C', syncedFromOnPremises: false }) },
      'no',
    ],
    ['workforce without a licence', { licences: read({ p1: false, p2: false }) }, 'no'],
    ['free with a licence', { kind: 'free' }, 'no'],
    ['no type said', { organization: read({ displayName: 'X', syncedFromOnPremises: false }) }, 'unknown'],
  ])('kind of tenant: %s', (_case, snapshot, verdict) => {
    expect(of('tenant-kind', aProbe(snapshot)).verdict).toBe(verdict);
  });

  test.each<[string, Partial<typeof DOMAIN> | { federated: true } | { passwordValidity: 90 }, object]>([
    ['federated', { federated: true }, { 'initial-domain': 'no' }],
    ['not the initial one', { initial: false as never }, { 'initial-domain': 'no' }],
    ['not there', { name: 'other.onmicrosoft.com' as never }, { 'initial-domain': 'no', 'password-lifetime': 'unknown' }],
    ['with passwords that expire', { passwordValidity: 90 }, { 'password-lifetime': 'no' }],
  ])('initial domain: %s', (_case, change, expected) => {
    expect(not(aProbe({ domains: read([{ ...DOMAIN, ...change }]) }))).toEqual(expected);
  });

  test.each<[string, Partial<TenantSnapshot>, object]>([
    ['missing', { exclusionGroup: read(undefined) }, { 'exclusion-group': 'no', 'exclusion-group-guard': 'unknown' }],
    ['dynamic', { exclusionGroup: read({ ...EXCLUSION_GROUP, dynamic: true }) }, { 'exclusion-group': 'no' }],
    ['no security group', { exclusionGroup: read({ ...EXCLUSION_GROUP, securityEnabled: false }) }, { 'exclusion-group': 'no' }],
    ['mail-enabled', { exclusionGroup: read({ ...EXCLUSION_GROUP, mailEnabled: true }) }, { 'exclusion-group': 'no' }],
    ['synchronised', { exclusionGroup: read({ ...EXCLUSION_GROUP, syncedFromOnPremises: true }) }, { 'exclusion-group': 'no' }],
    ['unprotected', { exclusionGroup: read({ ...EXCLUSION_GROUP, roleAssignable: false }) }, { 'exclusion-group-guard': 'no' }],
    ['protected by a unit', { exclusionGroup: read({ ...EXCLUSION_GROUP, roleAssignable: false, managementRestricted: true }) }, {}],
    ['public', { exclusionGroup: read({ ...EXCLUSION_GROUP, visibility: 'Public' }) }, { 'exclusion-group-guard': 'no' }],
    ['owned', { exclusionGroupOwners: read([{ id: 'o', type: 'user' }]) }, { 'exclusion-group-guard': 'no' }],
    ['with an outsider', { exclusionGroupMembers: read([{ id: 'x', type: 'user' }]) }, { 'exclusion-group-guard': 'no' }],
    [
      'with a nested group',
      {
        exclusionGroupMembers: read([
          { id: ACCOUNT, type: 'user' },
          { id: 'g2', type: 'group' },
        ]),
      },
      { 'exclusion-group-guard': 'no' },
    ],
    ['with members unread', { exclusionGroupMembers: noAnswer }, { 'exclusion-group-guard': 'unknown' }],
    [
      'owned, with members unread',
      { exclusionGroupMembers: noAnswer, exclusionGroupOwners: read([{ id: 'o', type: 'user' }]) },
      { 'exclusion-group-guard': 'no' },
    ],
  ])('exclusion group: %s', (_case, snapshot, expected) => {
    expect(not(aProbe(snapshot))).toEqual(expected);
  });

  test('methods the policy does not allow are a no; keys nobody may register too', () => {
    const policy = (changes: object) => read([{ id: 'fido2', enabled: true, includeTargets: ['g'], excludeTargets: [], ...changes }]);
    expect(not(aProbe({ authenticationMethodsPolicy: policy({}) }))).toEqual({ 'temporary-access-pass': 'unknown' });
    expect(of('passkeys', aProbe({ authenticationMethodsPolicy: policy({ enabled: false }) })).verdict).toBe('no');
    expect(of('passkeys', aProbe({ authenticationMethodsPolicy: policy({ selfServiceRegistrationAllowed: false }) })).verdict).toBe('no');
  });
});

describe('what our own identities hold', () => {
  const withIdentities = (...identities: IdentityProbe[]) => aProbe({}, { identities });

  test('T1: a reader that can write is a no, by permission or by directory role; one that can only read more is not', () => {
    const changer = holding('changer', [], [PAA]);
    expect(not(withIdentities(holding('reader', ['Mail.Read']), changer))).toEqual({});
    expect(not(withIdentities(holding('reader', ['Group.ReadWrite.All']), changer))).toEqual({ 'reader-restraint': 'no' });
    expect(not(withIdentities(holding('reader', ['Other: 0000']), changer))).toEqual({ 'reader-restraint': 'no' });
    expect(not(withIdentities(holding('reader', [], [GA]), changer))).toEqual({ 'reader-restraint': 'no' });
    expect(not(withIdentities(holding('reader', [], ['f2ef992c-3afb-46b9-b7cf-a126ee74c451']), changer))).toEqual({});
  });

  test('T2: the changer needs Privileged Authentication Administrator at the whole tenant, and no permission more than it uses', () => {
    const reader = holding('reader');
    expect(not(withIdentities(reader, holding('changer')))).toEqual({ 'changer-role': 'no' });
    expect(not(withIdentities(reader, holding('changer', [], [GA])))).toEqual({ 'changer-restraint': 'no' });
    expect(not(withIdentities(reader, holding('changer', ['Mail.Read'], [PAA])))).toEqual({ 'changer-restraint': 'no' });
    const scoped = holding('changer');
    const roles = read([{ id: 'x', principalId: 'sp', roleTemplateId: PAA, scope: '/administrativeUnits/1' }]);
    expect(not(withIdentities(reader, { ...scoped, roles }))).toEqual({ 'changer-role': 'no' });
  });

  test('T2: where there is a restricted unit the changer needs Privileged Role Administrator too; where there is none it is too much', () => {
    const reader = holding('reader');
    const withUnit = (roles: readonly string[]) =>
      aProbe({}, { identities: [reader, holding('changer', [], roles)], usesRestrictedUnit: true });
    expect(not(withUnit([PAA, PRA]))).toEqual({});
    expect(of('changer-role', withUnit([PAA])).evidence).toBe('It holds neither Privileged Role Administrator nor Global Administrator.');
    expect(of('changer-role', withUnit([PRA])).verdict).toBe('no');
    expect(not(withIdentities(reader, holding('changer', [], [PAA, PRA])))).toEqual({ 'changer-restraint': 'no' });
  });

  test('a permission that is missing says which calls are refused', () => {
    const without = {
      ...holding('changer', [], [PAA]),
      permissions: read(neededBy(['changer']).filter((each) => !each.startsWith('RoleManagement'))),
    };
    expect(of('changer-permissions', withIdentities(holding('reader'), without)).evidence).toBe(
      'Missing: RoleManagement.ReadWrite.Directory (for POST /roleManagement/directory/roleAssignments, DELETE /roleManagement/directory/roleAssignments/{id}).',
    );
  });
});
