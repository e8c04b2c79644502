import { type SandboxTenant, TENANTS } from '../world.ts';
import { REGISTRATIONS, servicePrincipalId } from './apps.ts';
import { methodKey } from './methodKinds.ts';
import { ROLES } from './roleDefinitions.ts';
import { roleAssignmentId } from './roleGrants.ts';
import { seedGroupsOf } from './seedGroups.ts';
import { seedAudits, seedSignIns } from './seedHistory.ts';
import { seedMethodsOf } from './seedMethods.ts';
import { seedPoliciesOf } from './seedPolicies.ts';
import { administratorOf, furtherAdministrator, seedUsersOf } from './seedUsers.ts';
import type { TenantState } from './state.ts';

function assignmentsOf(tenant: SandboxTenant): readonly (readonly [roleDefinitionId: string, principalId: string])[] {
  const changer = REGISTRATIONS.filter((app) => app.name === 'changer').map((app) => servicePrincipalId(app, tenant.id));
  const common = [
    ...changer.map((id) => [ROLES.privilegedAuthenticationAdministrator, id] as const),
    // Only this role, or Global Administrator, changes who is in a restricted management unit; elsewhere it would be too much.
    ...(tenant.restrictedUnitId === undefined ? [] : changer.map((id) => [ROLES.privilegedRoleAdministrator, id] as const)),
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
      const [users, policies] = [seedUsersOf(tenant), seedPoliciesOf(tenant)];
      const past = { tenant, users, policies, now: state.clock.now() };
      for (const user of users) state.users.put(user.id, user);
      for (const group of seedGroupsOf(tenant)) state.groups.put(group.id, group);
      for (const method of seedMethodsOf(tenant, users)) state.methods.put(methodKey(method), method);
      for (const row of seedAudits(past)) state.audits.put(row.id, row);
      for (const row of seedSignIns(past)) state.signIns.put(row.id, row);
      const { restrictedUnitId: id } = tenant;
      if (id !== undefined) {
        const properties = {
          displayName: 'Emergency access',
          description: 'Emergency access accounts: out of reach of tenant-wide administrators.',
          isMemberManagementRestricted: true,
        };
        state.units.put(id, { id, tenantId: tenant.id, memberIds: [], properties });
      }
      for (const policy of policies) state.policies.put(policy.id, policy);
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
