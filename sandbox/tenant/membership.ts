import { findServicePrincipal } from './apps.ts';
import { type AuditTarget, type Initiator, recordAudit } from './audit.ts';
import { badRequest, GraphFault } from './graphFault.ts';
import type { GroupRow, RoleAssignmentRow, UserRow } from './records.ts';
import { isEverywhere } from './replication.ts';
import type { TenantState } from './state.ts';

export function findUser(state: TenantState, tenantId: string, id: string): UserRow | undefined {
  const wanted = id.toLowerCase();
  const user = state.users.get(wanted);
  if (user) return user.tenantId === tenantId && user.deletedAt === null ? user : undefined;
  return state.users
    .all()
    .find((one) => one.tenantId === tenantId && one.deletedAt === null && one.properties.userPrincipalName.toLowerCase() === wanted);
}

export function findGroup(state: TenantState, tenantId: string, id: string): GroupRow | undefined {
  const group = state.groups.get(id.toLowerCase());
  return group?.tenantId === tenantId ? group : undefined;
}

/** Groups that hold this object, directly or through other groups; a cycle ends where it began. */
export function groupsOf(state: TenantState, tenantId: string, memberId: string): readonly GroupRow[] {
  const found = new Map<string, GroupRow>();
  const todo = [memberId];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const group of state.groups.all()) {
      if (group.tenantId !== tenantId || found.has(group.id) || !group.memberIds.includes(id)) continue;
      found.set(group.id, group);
      todo.push(group.id);
    }
  }
  return [...found.values()];
}

/** Ids of everything in a group, nested groups resolved, each once; never the group itself. */
export function transitiveMemberIds(state: TenantState, group: GroupRow): readonly string[] {
  const found = new Set<string>();
  const todo = [group];
  for (let next = todo.pop(); next; next = todo.pop()) {
    for (const id of next.memberIds) {
      if (found.has(id) || id === group.id) continue;
      found.add(id);
      const nested = findGroup(state, group.tenantId, id);
      if (nested) todo.push(nested);
    }
  }
  return [...found];
}

const assignmentsOf = (state: TenantState, tenantId: string, principalId: string): readonly RoleAssignmentRow[] => {
  const principals = new Set([principalId, ...groupsOf(state, tenantId, principalId).map((group) => group.id)]);
  return state.roleAssignments.all().filter((one) => one.tenantId === tenantId && principals.has(one.principalId));
};

/** Role definition ids somebody holds tenant-wide, directly or by a group. */
export function rolesOf(state: TenantState, tenantId: string, principalId: string): ReadonlySet<string> {
  const held = assignmentsOf(state, tenantId, principalId).filter((one) => one.directoryScopeId === '/');
  return new Set(held.map((one) => one.roleDefinitionId));
}

/** Whoever holds a role, scoped ones included, is an administrator. */
export function holdsAnyRole(state: TenantState, tenantId: string, principalId: string): boolean {
  return assignmentsOf(state, tenantId, principalId).length > 0;
}

const kindOf = (state: TenantState, tenantId: string, id: string): 'user' | 'group' | 'servicePrincipal' | undefined => {
  if (findUser(state, tenantId, id)) return 'user';
  if (findGroup(state, tenantId, id)) return 'group';
  return findServicePrincipal(tenantId, id) ? 'servicePrincipal' : undefined;
};

/** The object behind an id, if every replica knows it by now. */
export function referable(state: TenantState, tenantId: string, id: string): 'user' | 'group' | 'servicePrincipal' | undefined {
  const user = findUser(state, tenantId, id);
  return user && !isEverywhere(user) ? undefined : kindOf(state, tenantId, id);
}

export const userTarget = (user: UserRow, changes: AuditTarget['changes'] = {}): AuditTarget => ({
  id: user.id,
  type: 'User',
  displayName: user.properties.displayName,
  userPrincipalName: user.properties.userPrincipalName,
  changes,
});

function auditMembership(state: TenantState, by: Initiator, group: GroupRow, memberId: string, added: boolean): void {
  const value = (text: unknown): readonly [unknown, unknown] => (added ? [undefined, text] : [text, undefined]);
  const changes = { 'Group.ObjectID': value(group.id), 'Group.DisplayName': value(group.properties.displayName) };
  const user = state.users.get(memberId);
  const member: AuditTarget = user ? userTarget(user, changes) : { id: memberId, type: 'Group', displayName: null, changes };
  recordAudit(state, {
    tenantId: group.tenantId,
    by,
    activity: added ? 'Add member to group' : 'Remove member from group',
    category: 'GroupManagement',
    operation: added ? 'Assign' : 'Unassign',
    targets: [member, { id: group.id, type: 'Group', displayName: group.properties.displayName }],
  });
}

/** Throws 400 when it is a member already. */
export function addMember(state: TenantState, by: Initiator, group: GroupRow, memberId: string): void {
  if (group.memberIds.includes(memberId)) {
    throw badRequest("One or more added object references already exist for the following modified properties: 'members'.");
  }
  state.groups.put(group.id, { ...group, memberIds: [...group.memberIds, memberId] });
  auditMembership(state, by, group, memberId, true);
}

/** Throws 404 when it is no member. */
export function removeMember(state: TenantState, by: Initiator, group: GroupRow, memberId: string): void {
  if (!group.memberIds.includes(memberId)) {
    const message = `Resource '${memberId}' does not exist or one of its queried reference-property objects are not present.`;
    throw new GraphFault(404, 'Request_ResourceNotFound', message);
  }
  state.groups.put(group.id, { ...group, memberIds: group.memberIds.filter((id) => id !== memberId) });
  auditMembership(state, by, group, memberId, false);
}
