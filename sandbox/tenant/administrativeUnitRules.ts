import { restrictedUnitsOf } from './adminTargets.ts';
import { denied, notFound } from './graphFault.ts';
import type { GraphCall, Permissions } from './graphRoute.ts';
import { rolesOf } from './membership.ts';
import type { UnitRow } from './records.ts';
import { ROLES } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';

export const READ_UNITS: Permissions = [
  'AdministrativeUnit.Read.All',
  'AdministrativeUnit.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];
export const WRITE_UNITS: Permissions = ['AdministrativeUnit.ReadWrite.All'];

const KEEPERS: readonly string[] = [ROLES.globalAdministrator, ROLES.privilegedRoleAdministrator];

/** The unit of this path. Throws 404. */
export function existingUnit(state: TenantState, call: GraphCall): UnitRow {
  const id = (call.params.unitId ?? '').toLowerCase();
  const unit = state.units.get(id);
  if (unit?.tenantId !== call.tenant.id) throw notFound(id);
  return unit;
}

/**
 * A restricted management unit, and who is in it, is changed by a Global or Privileged Role Administrator only, whatever permission an app
 * has (Learn, admin-units-restricted-management, 2026-03). Throws 403 Authorization_RequestDenied.
 */
export function authorizeUnit(state: TenantState, call: GraphCall, unit: UnitRow): void {
  if (unit.properties.isMemberManagementRestricted !== true) return;
  const own = rolesOf(state, call.tenant.id, call.caller.servicePrincipalId);
  if (!KEEPERS.some((role) => own.has(role))) throw denied();
}

/** Says on the object itself whether a restricted unit holds it. */
export function refreshRestriction(state: TenantState, tenantId: string, id: string): void {
  const isManagementRestricted = restrictedUnitsOf(state, tenantId, id).length > 0;
  const user = state.users.get(id);
  if (user) state.users.put(id, { ...user, properties: { ...user.properties, isManagementRestricted } });
  const group = state.groups.get(id);
  if (group) state.groups.put(id, { ...group, properties: { ...group.properties, isManagementRestricted } });
}
