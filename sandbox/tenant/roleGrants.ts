import { type Initiator, recordAudit } from './audit.ts';
import { badRequest } from './graphFault.ts';
import { findGroup, userTarget } from './membership.ts';
import type { RoleAssignmentRow } from './records.ts';
import { ROLES, roleDefinitionView } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';

/** .NET writes the first three groups of a GUID in little-endian order. */
function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.concat([bytes.subarray(0, 4).reverse(), bytes.subarray(4, 6).reverse(), bytes.subarray(6, 8).reverse(), bytes.subarray(8)]);
}

/**
 * Id of an assignment at scope `/`: follows from role and principal (reproduces the ids in the API reference). How Entra makes the ids of
 * assignments scoped to an administrative unit is not known to us: here the unit's id joins in.
 */
export function roleAssignmentId(roleDefinitionId: string, principalId: string, unitId?: string): string {
  const parts = [roleDefinitionId, principalId, ...(unitId === undefined ? [] : [unitId])];
  return `${Buffer.concat(parts.map(guidBytes)).toString('base64url')}-1`;
}

const UNIT_SCOPE = '/administrativeUnits/';

/** Id of the unit a scope names; undefined for `/`. */
export const unitIdOf = (directoryScopeId: string): string | undefined =>
  directoryScopeId.startsWith(UNIT_SCOPE) ? directoryScopeId.slice(UNIT_SCOPE.length) : undefined;

/** Name of the activity (Learn, admin-units-restricted-management: audit names). */
function activityOf(state: TenantState, row: RoleAssignmentRow, added: boolean): string {
  const unit = state.units.get(unitIdOf(row.directoryScopeId) ?? '');
  if (!unit) return added ? 'Add member to role' : 'Remove member from role';
  const where = unit.properties.isMemberManagementRestricted === true ? 'Restricted Management Administrative Unit' : 'Administrative Unit';
  return added ? `Add member to role scoped over ${where}` : `Remove member from role scoped over ${where}`;
}

function auditAssignment(state: TenantState, by: Initiator, row: RoleAssignmentRow, added: boolean): void {
  const name = roleDefinitionView(row.roleDefinitionId)?.displayName ?? null;
  const value = (text: unknown): readonly [unknown, unknown] => (added ? [undefined, text] : [text, undefined]);
  const changes = {
    'Role.ObjectID': value(row.roleDefinitionId),
    'Role.DisplayName': value(name),
    'Role.TemplateId': value(row.roleDefinitionId),
    'Role.WellKnownObjectName': value(row.roleDefinitionId === ROLES.globalAdministrator ? 'TenantAdmins' : null),
  };
  const user = state.users.get(row.principalId);
  const principal = user
    ? userTarget(user, changes)
    : ({
        id: row.principalId,
        displayName: null,
        changes,
        type: findGroup(state, row.tenantId, row.principalId) ? 'Group' : 'ServicePrincipal',
      } as const);
  recordAudit(state, {
    tenantId: row.tenantId,
    by,
    activity: activityOf(state, row, added),
    category: 'RoleManagement',
    operation: added ? 'Assign' : 'Unassign',
    targets: [principal, { id: row.roleDefinitionId, displayName: String(name), type: 'Role' }],
  });
}

/** A deleted user's assignments come back with it, and count for nothing meanwhile. */
export const isInUse = (state: TenantState, row: RoleAssignmentRow): boolean =>
  (state.users.get(row.principalId)?.deletedAt ?? null) === null;

/** Keeps a new assignment and audits it. */
export function grant(state: TenantState, by: Initiator, row: RoleAssignmentRow): void {
  state.roleAssignments.put(row.id, row);
  auditAssignment(state, by, row, true);
}

/** Ends an assignment. The last Global Administrator stays. Throws 400. */
export function unassign(state: TenantState, by: Initiator, row: RoleAssignmentRow): void {
  const same = state.roleAssignments
    .all()
    .filter((one) => one.tenantId === row.tenantId && one.roleDefinitionId === row.roleDefinitionId && isInUse(state, one));
  if (row.roleDefinitionId === ROLES.globalAdministrator && same.length === 1) {
    throw badRequest('Removing the last Global Administrator of a tenant is not allowed.');
  }
  state.roleAssignments.remove(row.id);
  auditAssignment(state, by, row, false);
}
