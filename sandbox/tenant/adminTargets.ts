import { denied, GraphFault } from './graphFault.ts';
import type { GraphCall } from './graphRoute.ts';
import { groupsOf, holdsAnyRole, rolesOf } from './membership.ts';
import type { UnitRow } from './records.ts';
import { ROLES, SCOPABLE } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';

const HIGH: readonly string[] = [ROLES.globalAdministrator, ROLES.privilegedAuthenticationAdministrator];

/** Restricted management units this object is a member of. */
export function restrictedUnitsOf(state: TenantState, tenantId: string, id: string): readonly UnitRow[] {
  return state.units
    .all()
    .filter((unit) => unit.tenantId === tenantId && unit.properties.isMemberManagementRestricted === true && unit.memberIds.includes(id));
}

/** Message seen in a public field report; the code is assumed from its first sentence. */
const restricted = (): GraphFault =>
  new GraphFault(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation. Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit. Check that you are assigned a role that has permission to perform the operation for this restricted management administrative unit. Learn more: https://go.microsoft.com/fwlink/?linkid=2197831',
  );

function holdsScoped(state: TenantState, call: GraphCall, unit: UnitRow): boolean {
  const own = call.caller.servicePrincipalId;
  const principals = new Set([own, ...groupsOf(state, call.tenant.id, own).map((group) => group.id)]);
  const scope = `/administrativeUnits/${unit.id}`;
  return state.roleAssignments
    .all()
    .some((one) => one.directoryScopeId === scope && principals.has(one.principalId) && SCOPABLE.has(one.roleDefinitionId));
}

/**
 * Any change of a user or group. Of members of a restricted management unit, permissions and tenant-wide roles change nothing: the caller
 * needs a role scoped to that unit (Learn, admin-units-restricted-management, 2026-03). Throws 403 Authorization_RequestDenied.
 */
export function requireManageable(state: TenantState, call: GraphCall, targetId: string): void {
  const units = restrictedUnitsOf(state, call.tenant.id, targetId);
  if (units.length > 0 && !units.some((unit) => holdsScoped(state, call, unit))) throw restricted();
}

/**
 * Sensitive actions on an administrator (enable, password, sign-in methods, delete, restore) need more than a permission: the caller's
 * service principal must itself be Privileged Authentication Administrator or Global Administrator, tenant-wide (Learn, users: sensitive
 * actions). In a restricted management unit not even that suffices, and no role that can be scoped to a unit may do it: take the
 * administrator out of the unit first. Throws 403 Authorization_RequestDenied.
 */
export function requireRoleFor(state: TenantState, call: GraphCall, targetId: string): void {
  requireManageable(state, call, targetId);
  if (!holdsAnyRole(state, call.tenant.id, targetId)) return;
  if (restrictedUnitsOf(state, call.tenant.id, targetId).length > 0) throw restricted();
  const own = rolesOf(state, call.tenant.id, call.caller.servicePrincipalId);
  if (!HIGH.some((role) => own.has(role))) throw denied();
}
