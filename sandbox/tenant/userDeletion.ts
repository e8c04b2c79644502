import { type Initiator, recordAudit } from './audit.ts';
import { userTarget } from './membership.ts';
import { methodKey } from './methodKinds.ts';
import type { UserRow } from './records.ts';
import type { TenantState } from './state.ts';

/** A deleted user's name stands behind its object id without dashes, so that the name is free again. */
const withoutDashes = (id: string): string => id.replaceAll('-', '');

/** Soft delete: kept 30 days in directory/deletedItems; its memberships and roles end. */
export function deleteUser(state: TenantState, by: Initiator, user: UserRow): void {
  const groups = state.groups.all().filter((group) => group.tenantId === user.tenantId && group.memberIds.includes(user.id));
  for (const group of groups) state.groups.put(group.id, { ...group, memberIds: group.memberIds.filter((id) => id !== user.id) });
  const now = state.clock.now().toISOString();
  const deleted: UserRow = {
    ...user,
    deletedAt: now,
    groupsBeforeDeletion: groups.map((group) => group.id),
    properties: {
      ...user.properties,
      userPrincipalName: withoutDashes(user.id) + user.properties.userPrincipalName,
      deletedDateTime: `${now.slice(0, 19)}Z`,
    },
  };
  state.users.put(user.id, deleted);
  const target = userTarget(deleted, { 'Is Hard Deleted': [undefined, 'False'] });
  recordAudit(state, {
    tenantId: user.tenantId,
    by,
    activity: 'Delete user',
    category: 'UserManagement',
    operation: 'Delete',
    targets: [target],
  });
}

/** Brings a soft-deleted user back, with its old or a new name, and into the groups that still exist. */
export function restoreUser(state: TenantState, by: Initiator, user: UserRow, userPrincipalName: string): UserRow {
  const { deletedDateTime: _deleted, ...properties } = user.properties;
  const restored: UserRow = {
    ...user,
    deletedAt: null,
    groupsBeforeDeletion: [],
    properties: {
      ...properties,
      displayName: user.properties.displayName,
      accountEnabled: user.properties.accountEnabled,
      userPrincipalName,
    },
  };
  state.users.put(user.id, restored);
  for (const id of user.groupsBeforeDeletion) {
    const group = state.groups.get(id);
    if (group && !group.memberIds.includes(user.id)) state.groups.put(id, { ...group, memberIds: [...group.memberIds, user.id] });
  }
  const targets = [userTarget(restored)];
  recordAudit(state, { tenantId: user.tenantId, by, activity: 'Restore user', category: 'UserManagement', operation: 'Add', targets });
  return restored;
}

export function nameBeforeDeletion(user: UserRow): string {
  return user.properties.userPrincipalName.slice(withoutDashes(user.id).length);
}

/** Forgets a deleted user for good, role assignments and sign-in methods with it. */
export function purgeUser(state: TenantState, by: Initiator, user: UserRow): void {
  for (const one of state.roleAssignments.all()) if (one.principalId === user.id) state.roleAssignments.remove(one.id);
  for (const one of state.methods.all()) if (one.userId === user.id) state.methods.remove(methodKey(one));
  state.users.remove(user.id);
  const targets = [userTarget(user, { 'Is Hard Deleted': [undefined, 'True'] })];
  recordAudit(state, {
    tenantId: user.tenantId,
    by,
    activity: 'Hard delete user',
    category: 'UserManagement',
    operation: 'Delete',
    targets,
  });
}
