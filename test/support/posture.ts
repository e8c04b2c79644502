import { TENANTS } from '../../sandbox/world.ts';
import type { Registry } from '../../src/core/posture/check.ts';
import { type AccountSnapshot, type ConditionalAccessPolicy, read, type TenantSnapshot } from '../../src/core/posture/snapshot.ts';
import type { MendFacts } from '../../src/core/request/mend.ts';
import { GLOBAL_ADMINISTRATOR } from '../../src/core/request/plan.ts';
import { NOON, person } from './builders.ts';

const GA = GLOBAL_ADMINISTRATOR.templateId;
export const GROUP = TENANTS.contoso.exclusionGroupId;
/** The exclusion group as it should be. */
export const EXCLUSION_GROUP = {
  id: GROUP,
  displayName: 'Exclusions',
  securityEnabled: true,
  mailEnabled: false,
  dynamic: false,
  roleAssignable: true,
  managementRestricted: false,
  syncedFromOnPremises: false,
};
export const UNIT = '99999999-0000-4000-8000-000000000009';
export const EXTRA_GROUP = '77777777-0000-4000-8000-000000000007';
export const objectIdOf = (index: number): string => `aaaaaaaa-0000-4000-8000-00000000000${index}`;

const ACCOUNTS = [1, 2, 3];

/** Three accounts on record, as `goodSnapshot` shows them. */
export const goodRegistry = (more: Partial<Registry> = {}): Registry => ({
  accounts: ACCOUNTS.map((index) => ({
    id: `EA-00000${index}`,
    objectId: objectIdOf(index),
    userPrincipalName: `ea${index}@${TENANTS.contoso.initialDomain}`,
    state: 'in-service',
    credential: 'passkey',
    parts: ['k1', 'k2'].map((methodId, at) => ({
      number: at + 1,
      custodian: person(at === 0 ? 'dana' : 'eli'),
      state: 'stored',
      key: { methodId },
    })),
  })),
  restrictedUnitId: UNIT,
  ...more,
});

const anAccountSnapshot = (index: number): AccountSnapshot => ({
  objectId: objectIdOf(index),
  user: read({
    objectId: objectIdOf(index),
    userPrincipalName: `ea${index}@${TENANTS.contoso.initialDomain}`,
    displayName: `EA ${index}`,
    accountEnabled: true,
    userType: 'Member',
    identityTypes: ['userPrincipalName'],
    syncedFromOnPremises: false,
    passwordPolicies: ['DisablePasswordExpiration'],
    usageLocation: 'NL',
    otherMails: [],
    businessPhones: [],
    licensed: false,
    managementRestricted: true,
  }),
  methods: read([
    { id: 'p', kind: 'password' },
    { id: 'k1', kind: 'fido2', passkeyType: 'deviceBound' },
    { id: 'k2', kind: 'fido2', passkeyType: 'deviceBound' },
  ]),
  memberOf: read([
    { id: GROUP, type: 'group' },
    { id: EXTRA_GROUP, type: 'group' },
    { id: UNIT, type: 'administrativeUnit' },
    { id: 'd1', type: 'directoryRole' },
  ]),
  lastSignIn: read({}),
});

/** An enabled policy that demands a second factor of everybody but the exclusion group. */
export const aPolicy = (
  more: Partial<ConditionalAccessPolicy> = {},
  users: Partial<ConditionalAccessPolicy['users']> = {},
): ConditionalAccessPolicy => ({
  id: 'bbbbbbbb-0000-4000-8000-000000000001',
  displayName: 'CA001 - Require MFA for all users',
  state: 'enabled',
  users: {
    includeUsers: ['All'],
    excludeUsers: [],
    includeGroups: [],
    excludeGroups: [GROUP],
    includeRoles: [],
    excludeRoles: [],
    includesGuestsOrExternalUsers: false,
    excludesGuestsOrExternalUsers: false,
    ...users,
  },
  concernsWorkloads: false,
  applications: { include: ['All'], exclude: [], userActions: [], authenticationContexts: [], filtered: false },
  clientAppTypes: ['all'],
  signInRiskLevels: [],
  userRiskLevels: [],
  otherConditions: [],
  grant: { operator: 'OR', builtInControls: ['mfa'], termsOfUse: [], customFactors: [] },
  sessionControls: [],
  ...more,
});

/** A tenant in which no check has anything to say. */
export const goodSnapshot = (more: Partial<TenantSnapshot> = {}): TenantSnapshot => ({
  tenantId: TENANTS.contoso.id,
  kind: 'workforce',
  initialDomain: TENANTS.contoso.initialDomain,
  exclusionGroupId: GROUP,
  readAt: NOON,
  organization: read({ displayName: 'Contoso', tenantType: 'AAD', syncedFromOnPremises: false }),
  licences: read({ p1: true, p2: true }),
  domains: read([{ name: TENANTS.contoso.initialDomain, initial: true, verified: true, federated: false, passwordValidity: 90 }]),
  securityDefaults: read({ enabled: false }),
  authorizationPolicy: read({ administratorsMayResetOwnPassword: false }),
  authenticationMethodsPolicy: read([]),
  policies: read([
    aPolicy(),
    aPolicy(
      { id: 'bbbbbbbb-0000-4000-8000-000000000002', displayName: 'CA002 - Administrators' },
      { includeUsers: [], includeRoles: [GA] },
    ),
    aPolicy(
      { id: 'bbbbbbbb-0000-4000-8000-000000000003', displayName: 'CA003 - A group' },
      { includeUsers: [], includeGroups: [EXTRA_GROUP] },
    ),
    aPolicy({ id: 'bbbbbbbb-0000-4000-8000-000000000004', displayName: 'CA004 - Off', state: 'disabled' }, { excludeGroups: [] }),
    aPolicy(
      { id: 'bbbbbbbb-0000-4000-8000-000000000005', displayName: 'CA005 - Reports', state: 'enabledForReportingButNotEnforced' },
      { excludeGroups: [] },
    ),
    aPolicy(
      { id: 'bbbbbbbb-0000-4000-8000-000000000006', displayName: 'CA006 - Workloads', concernsWorkloads: true },
      { includeUsers: ['None'], excludeGroups: [] },
    ),
    aPolicy(
      { id: 'bbbbbbbb-0000-4000-8000-000000000007', displayName: 'CA007 - Guests' },
      { includeUsers: [], includesGuestsOrExternalUsers: true, excludeGroups: [] },
    ),
    aPolicy(
      {
        id: 'bbbbbbbb-0000-4000-8000-000000000008',
        displayName: 'CA008 - Context',
        applications: { include: [], exclude: [], userActions: [], authenticationContexts: ['c1'], filtered: false },
      },
      { excludeGroups: [] },
    ),
    aPolicy(
      {
        id: 'bbbbbbbb-0000-4000-8000-000000000009',
        displayName: 'Microsoft-managed: Multifactor authentication for admins',
        state: 'enabledForReportingButNotEnforced',
        templateId: 't',
        createdAt: new Date(NOON.getTime() - 20 * 86_400_000),
      },
      {},
    ),
  ]),
  exclusionGroup: read(EXCLUSION_GROUP),
  exclusionGroupMembers: read(ACCOUNTS.map((index) => ({ id: objectIdOf(index), type: 'user', displayName: `EA ${index}` }))),
  exclusionGroupOwners: read([]),
  globalAdministrators: read(
    ACCOUNTS.map((index) => ({ id: `ra${index}`, principalId: objectIdOf(index), roleTemplateId: GA, scope: '/' })),
  ),
  assignmentSchedules: read(
    ACCOUNTS.map((index) => ({
      principalId: objectIdOf(index),
      roleTemplateId: GA,
      scope: '/',
      assignmentType: 'Assigned',
      memberType: 'Direct',
    })),
  ),
  eligibilitySchedules: read([]),
  restrictedUnits: read([{ id: UNIT, displayName: 'Protected' }]),
  administrators: read([]),
  accounts: ACCOUNTS.map(anAccountSnapshot),
  ...more,
});

/** What a repair of the first finding there is rests on: the password of that account expires. The finding's key is `k`. */
export function expiring(accountId: string): MendFacts {
  const finding = {
    key: 'k',
    title: 'T',
    check: 'password-lifetime',
    status: 'fail',
    about: { kind: 'account', id: accountId, name: 'N' },
  };
  const report = { findings: [{ ...finding, repair: { accountId, changes: [{ kind: 'never-expire' }] } }] };
  return { report, policies: [] } as unknown as MendFacts;
}
