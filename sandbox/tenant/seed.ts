import { PEOPLE, ROLE_GROUPS, type SandboxTenant, TENANTS } from '../world.ts';
import { REGISTRATIONS, servicePrincipalId } from './apps.ts';
import type { GroupRow } from './records.ts';
import { ROLES } from './roleDefinitions.ts';
import { roleAssignmentId } from './roleGrants.ts';
import { seedPoliciesOf } from './seedPolicies.ts';
import { administratorOf, furtherAdministrator, seedUsersOf } from './seedUsers.ts';
import type { TenantState } from './state.ts';

interface GroupSeed {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly isAssignableToRole: boolean;
  readonly memberIds: readonly string[];
  readonly ownerIds?: readonly string[];
}

function groupRow(tenant: SandboxTenant, seed: GroupSeed): GroupRow {
  return {
    id: seed.id,
    tenantId: tenant.id,
    memberIds: seed.memberIds,
    ownerIds: seed.ownerIds ?? [],
    properties: {
      displayName: seed.displayName,
      description: seed.description,
      createdDateTime: '2024-02-05T08:00:00Z',
      renewedDateTime: '2024-02-05T08:00:00Z',
      groupTypes: [],
      isAssignableToRole: seed.isAssignableToRole,
      mailEnabled: false,
      mailNickname: seed.id.slice(0, 8),
      proxyAddresses: [],
      securityEnabled: true,
      visibility: seed.isAssignableToRole ? 'Private' : null,
    },
  };
}

function groupsOfTenant(tenant: SandboxTenant): readonly GroupRow[] {
  const exclusion = groupRow(tenant, {
    id: tenant.exclusionGroupId,
    displayName: 'CA exclusion - emergency access',
    description: 'Emergency access accounts, excluded from Conditional Access. Static; change by approved request only.',
    // Role-assignable groups need P1: there, only privileged administrators may change who is excluded.
    isAssignableToRole: tenant.kind === 'workforce',
    memberIds: [],
  });
  if (tenant.id !== TENANTS.contoso.id) return [exclusion];
  const roleGroups = Object.entries(ROLE_GROUPS).map(([role, id]) =>
    groupRow(tenant, {
      id,
      displayName: `Breakglass ${role}s`,
      description: `Holds the role ${role} in Breakglass.`,
      isAssignableToRole: false,
      memberIds: Object.values(PEOPLE)
        .filter((person) => person.tenantId === tenant.id && person.roles.some((held) => held === role))
        .map((person) => person.objectId),
      ownerIds: [administratorOf(tenant).id],
    }),
  );
  return [exclusion, ...roleGroups];
}

function assignmentsOf(tenant: SandboxTenant): readonly (readonly [roleDefinitionId: string, principalId: string])[] {
  const changer = REGISTRATIONS.filter((app) => app.name === 'changer').map((app) => servicePrincipalId(app, tenant.id));
  const common = [
    ...changer.map((id) => [ROLES.privilegedAuthenticationAdministrator, id] as const),
    // Only this role, or Global Administrator, changes who is in a restricted management unit.
    ...changer.map((id) => [ROLES.privilegedRoleAdministrator, id] as const),
    [ROLES.globalAdministrator, administratorOf(tenant).id] as const,
  ];
  if (tenant.id !== TENANTS.contoso.id) return [...common, [ROLES.userAdministrator, furtherAdministrator(tenant, 1)]];
  return [
    ...common,
    [ROLES.globalAdministrator, furtherAdministrator(tenant, 1)],
    [ROLES.conditionalAccessAdministrator, furtherAdministrator(tenant, 2)],
    [ROLES.userAdministrator, furtherAdministrator(tenant, 3)],
  ];
}

/** Fills the tenants at the first start; later starts find them as they were left. */
export function seedTenants(state: TenantState): void {
  if (state.documents.get('tenant.settings', 'seeded')) return;
  state.together(() => {
    for (const tenant of Object.values(TENANTS)) {
      for (const user of seedUsersOf(tenant)) state.users.put(user.id, user);
      for (const group of groupsOfTenant(tenant)) state.groups.put(group.id, group);
      const { restrictedUnitId: id } = tenant;
      if (id !== undefined) {
        const properties = {
          displayName: 'Emergency access',
          description: 'Emergency access accounts: out of reach of tenant-wide administrators.',
          isMemberManagementRestricted: true,
        };
        state.units.put(id, { id, tenantId: tenant.id, memberIds: [], properties });
      }
      for (const policy of seedPoliciesOf(tenant)) state.policies.put(policy.id, policy);
      for (const [roleDefinitionId, principalId] of assignmentsOf(tenant)) {
        const id = roleAssignmentId(roleDefinitionId, principalId);
        state.roleAssignments.put(id, { id, tenantId: tenant.id, principalId, roleDefinitionId, directoryScopeId: '/' });
      }
    }
    const principalId = furtherAdministrator(TENANTS.contoso, 3);
    const id = roleAssignmentId(ROLES.globalAdministrator, principalId);
    const eligible = { principalId, roleDefinitionId: ROLES.globalAdministrator, directoryScopeId: '/' };
    state.roleEligibilities.put(id, { id, tenantId: TENANTS.contoso.id, ...eligible });
    state.documents.put('tenant.settings', 'seeded', { at: state.clock.now().toISOString() });
  });
}
