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

/** Id of an assignment at scope `/`: follows from role and principal (reproduces the ids in the API reference). */
export function roleAssignmentId(roleDefinitionId: string, principalId: string): string {
  return `${Buffer.concat([guidBytes(roleDefinitionId), guidBytes(principalId)]).toString('base64url')}-1`;
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
    activity: added ? 'Add member to role' : 'Remove member from role',
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
