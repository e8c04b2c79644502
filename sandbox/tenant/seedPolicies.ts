import type { SandboxTenant } from '../world.ts';
import type { JsonObject } from './json.ts';
import { wholePolicy } from './policyShape.ts';
import type { PolicyRow } from './records.ts';
import { ROLES } from './roleDefinitions.ts';
import { seedGuid } from './seedGuid.ts';

interface PolicySeed {
  readonly displayName: string;
  readonly state?: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced';
  readonly users: JsonObject;
  readonly applications: JsonObject;
  readonly clientAppTypes?: readonly string[];
  readonly more?: JsonObject;
  readonly controls: readonly string[];
}

const ADMINS = [
  ROLES.globalAdministrator,
  ROLES.privilegedRoleAdministrator,
  ROLES.privilegedAuthenticationAdministrator,
  ROLES.userAdministrator,
];
const ALL_APPS = { includeApplications: ['All'] };
const EVERYBODY = { includeUsers: ['All'] };

const WORKFORCE: readonly PolicySeed[] = [
  { displayName: 'CA001 - Require MFA for all users', users: EVERYBODY, applications: ALL_APPS, controls: ['mfa'] },
  {
    displayName: 'CA002 - Block legacy authentication',
    users: EVERYBODY,
    applications: ALL_APPS,
    clientAppTypes: ['exchangeActiveSync', 'other'],
    controls: ['block'],
  },
  {
    displayName: 'CA003 - Require MFA for admin portals',
    users: { includeRoles: ADMINS },
    applications: { includeApplications: ['MicrosoftAdminPortals'] },
    controls: ['mfa'],
  },
  {
    displayName: 'CA004 - Require MFA for high sign-in risk',
    users: EVERYBODY,
    applications: ALL_APPS,
    more: { signInRiskLevels: ['high'] },
    controls: ['mfa'],
  },
  {
    displayName: 'CA005 - Require MFA to register security info',
    users: EVERYBODY,
    applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
    controls: ['mfa'],
  },
  {
    displayName: 'CA006 - Require compliant device for administrators',
    state: 'enabledForReportingButNotEnforced',
    users: { includeRoles: ADMINS },
    applications: ALL_APPS,
    controls: ['compliantDevice'],
  },
];

const B2C: readonly PolicySeed[] = [
  { displayName: 'CA001 - Require MFA for all users', users: EVERYBODY, applications: ALL_APPS, controls: ['mfa'] },
];

const BY_KIND: Readonly<Record<SandboxTenant['kind'], readonly PolicySeed[]>> = { workforce: WORKFORCE, b2c: B2C, free: [] };

/** Policies a tenant starts with; every one of them excludes the exclusion group. */
export function seedPoliciesOf(tenant: SandboxTenant): readonly PolicyRow[] {
  return BY_KIND[tenant.kind].map((seed) => {
    const id = seedGuid(`policy/${tenant.id}/${seed.displayName}`);
    const users = { excludeGroups: [tenant.exclusionGroupId], ...seed.users };
    const conditions = {
      clientAppTypes: seed.clientAppTypes ?? ['all'],
      applications: seed.applications,
      users,
      ...seed.more,
    };
    const policy = wholePolicy({
      id,
      displayName: seed.displayName,
      createdDateTime: '2024-03-11T10:00:00Z',
      state: seed.state ?? 'enabled',
      conditions,
      grantControls: { builtInControls: seed.controls },
      sessionControls: null,
    });
    return { id, tenantId: tenant.id, policy };
  });
}
