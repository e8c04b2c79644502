import { type Part, read, type TenantSnapshot } from '../../src/core/posture/snapshot.ts';
import { neededBy } from '../../src/core/tenant/permissions.ts';
import type { IdentityProbe, TenantProbe } from '../../src/core/tenant/probe.ts';
import { EXCLUSION_GROUP } from './posture.ts';

/** The account whose object id every part of the probe means. */
export const ACCOUNT = 'aaaaaaaa-0000-4000-8000-000000000001';
/** Privileged Authentication Administrator. */
export const PAA = '7be44c8a-adaf-4e2a-84d6-ab2649e08a13';
/** Privileged Role Administrator. */
export const PRA = 'e8611ab8-c189-46e8-94e1-60213ab1f814';
const answered: Part<'answered'> = read('answered');

export const DOMAIN = {
  name: 'contoso.onmicrosoft.com',
  initial: true,
  verified: true,
  federated: false,
  passwordValidity: 'never',
} as const;

/** A tenant in which everything is as it should be. */
export function aSnapshot(more: Partial<TenantSnapshot> = {}): TenantSnapshot {
  return {
    tenantId: 't',
    kind: 'workforce',
    initialDomain: 'contoso.onmicrosoft.com',
    exclusionGroupId: EXCLUSION_GROUP.id,
    readAt: new Date(0),
    organization: read({ displayName: 'Contoso', tenantType: 'AAD', syncedFromOnPremises: false }),
    licences: read({ p1: true, p2: true }),
    domains: read([DOMAIN]),
    securityDefaults: read({ enabled: false }),
    authorizationPolicy: read({ administratorsMayResetOwnPassword: false }),
    authenticationMethodsPolicy: read(
      ['Fido2', 'TemporaryAccessPass'].map((id) => ({ id, enabled: true, includeTargets: ['all_users'], excludeTargets: [] })),
    ),
    policies: read([]),
    exclusionGroup: read(EXCLUSION_GROUP),
    exclusionGroupMembers: read([{ id: ACCOUNT, type: 'user' }]),
    exclusionGroupOwners: read([]),
    globalAdministrators: read([]),
    assignmentSchedules: read([]),
    eligibilitySchedules: read([]),
    restrictedUnits: read([]),
    administrators: read([]),
    accounts: [{ objectId: ACCOUNT, user: read(undefined), methods: read([]), memberOf: read([]), lastSignIn: read({}) }],
    ...more,
  };
}

/** An identity that holds what it needs, and more if told. */
export const holding = (identity: 'reader' | 'changer', extra: readonly string[] = [], roles: readonly string[] = []): IdentityProbe => ({
  standsFor: [identity],
  permissions: read([...neededBy([identity]), ...extra]),
  roles: read(roles.map((roleTemplateId) => ({ id: roleTemplateId, principalId: 'sp', roleTemplateId, scope: '/' }))),
});

/** What a good tenant answers. */
export function aProbe(snapshot: Partial<TenantSnapshot> = {}, more: Partial<TenantProbe> = {}): TenantProbe {
  return {
    snapshot: aSnapshot(snapshot),
    signInLog: answered,
    directoryAudits: answered,
    methods: answered,
    whatIf: answered,
    identities: [holding('reader'), holding('changer', [], [PAA])],
    usesRestrictedUnit: false,
    ...more,
  };
}
