import { type SandboxTenant, TENANTS } from '../world.ts';
import { strengthView } from './authenticationStrengths.ts';
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
  readonly controls?: readonly string[];
  readonly strengthId?: string;
  readonly sessionControls?: JsonObject;
  /** Policies of Microsoft's own and policies for workloads exclude nobody. */
  readonly excludesNobody?: boolean;
  readonly templateId?: string;
  readonly managed?: boolean;
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
  {
    displayName: 'CA007 - Phishing-resistant MFA for Conditional Access administrators',
    users: { includeRoles: [ROLES.conditionalAccessAdministrator] },
    applications: ALL_APPS,
    strengthId: '00000000-0000-0000-0000-000000000004',
  },
  {
    displayName: 'CA008 - Block device code flow',
    users: EVERYBODY,
    applications: ALL_APPS,
    more: { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
    controls: ['block'],
  },
  {
    displayName: 'CA009 - Require MFA for guests',
    users: {
      includeGuestsOrExternalUsers: {
        guestOrExternalUserTypes: 'b2bCollaborationGuest',
        externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants', membershipKind: 'all' },
      },
    },
    applications: ALL_APPS,
    controls: ['mfa'],
  },
  {
    displayName: 'CA010 - Finance: sign in every 8 hours',
    state: 'disabled',
    users: { includeGroups: [seedGuid('group/finance')] },
    applications: ALL_APPS,
    sessionControls: {
      signInFrequency: {
        value: 8,
        type: 'hours',
        isEnabled: true,
        authenticationType: 'primaryAndSecondaryAuthentication',
        frequencyInterval: 'timeBased',
      },
    },
  },
  {
    displayName: 'CA011 - Block one former contractor outside the office',
    users: { includeUsers: [seedGuid(`user/${TENANTS.contoso.id}/111`)] },
    applications: ALL_APPS,
    more: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } },
    controls: ['block'],
  },
  {
    displayName: 'CA012 - Workload identities only from trusted places',
    state: 'enabledForReportingButNotEnforced',
    users: { includeUsers: ['None'] },
    applications: ALL_APPS,
    more: {
      clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'], excludeServicePrincipals: [] },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
    },
    controls: ['block'],
    excludesNobody: true,
  },
  {
    displayName: 'Microsoft-managed: Multifactor authentication for admins accessing Microsoft Admin Portals',
    state: 'enabledForReportingButNotEnforced',
    users: { includeRoles: ADMINS },
    applications: { includeApplications: ['MicrosoftAdminPortals'] },
    controls: ['mfa'],
    excludesNobody: true,
    // How Graph marks them is not settled; a template id is what they were seen with.
    templateId: '6364131e-bc4a-47c4-a20b-33492d1fff6c',
    managed: true,
  },
];

const B2C: readonly PolicySeed[] = [
  { displayName: 'CA001 - Require MFA for all users', users: EVERYBODY, applications: ALL_APPS, controls: ['mfa'] },
];

const BY_KIND: Readonly<Record<SandboxTenant['kind'], readonly PolicySeed[]>> = { workforce: WORKFORCE, b2c: B2C, free: [] };

function grantOf({ controls, strengthId }: PolicySeed): JsonObject | null {
  if (strengthId !== undefined) return { authenticationStrength: strengthView(strengthId) };
  return controls === undefined ? null : { builtInControls: controls };
}

/** Policies a tenant starts with; those for people exclude the exclusion group, but for Microsoft's own. */
export function seedPoliciesOf(tenant: SandboxTenant): readonly PolicyRow[] {
  return BY_KIND[tenant.kind].map((seed) => {
    const id = seedGuid(`policy/${tenant.id}/${seed.displayName}`);
    const users = { ...(seed.excludesNobody === true ? {} : { excludeGroups: [tenant.exclusionGroupId] }), ...seed.users };
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
      grantControls: grantOf(seed),
      sessionControls: seed.sessionControls ?? null,
      templateId: seed.templateId ?? null,
    });
    return { id, tenantId: tenant.id, policy, ...(seed.managed === undefined ? {} : { managed: seed.managed }) };
  });
}
