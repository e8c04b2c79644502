import { answerCollection } from './collection.ts';
import { answerObjects, objectView } from './directoryObjects.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, type Permissions } from './graphRoute.ts';
import { GROUP_RULES, groupView } from './groupProperties.ts';
import { findGroup, findUser, transitiveMemberIds } from './membership.ts';
import type { GroupRow } from './records.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';
import { userRules } from './users.ts';

export const READ_GROUPS: Permissions = [
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
];

/** Throws 404. */
export function existingGroup(state: TenantState, call: GraphCall): GroupRow {
  const id = call.params.groupId ?? '';
  const group = findGroup(state, call.tenant.id, id);
  if (!group) throw notFound(id);
  return group;
}

/** Reading groups and who is in them. */
export function groupRoutes(state: TenantState): readonly GraphRoute[] {
  const objects = (call: GraphCall, ids: readonly string[]) =>
    ids.map((id) => objectView(state, call.tenant.id, id)).filter((row) => row !== undefined);
  const users = (call: GraphCall, ids: readonly string[]) => {
    const rows = ids.flatMap((id) => findUser(state, call.tenant.id, id) ?? []);
    return answerCollection(
      call,
      userRules(call),
      rows.map((user) => user.properties),
    );
  };
  return [
    {
      method: 'GET',
      path: '/groups',
      permissions: READ_GROUPS,
      handle: (call) =>
        answerCollection(
          call,
          GROUP_RULES,
          state.groups
            .all()
            .filter((group) => group.tenantId === call.tenant.id)
            .map(groupView),
        ),
    },
    {
      method: 'GET',
      path: '/groups/:groupId',
      permissions: READ_GROUPS,
      handle: (call) => entity('groups', pick(groupView(existingGroup(state, call)), selectOf(call, GROUP_RULES))),
    },
    {
      method: 'GET',
      path: '/groups/:groupId/members',
      permissions: READ_GROUPS,
      resourceUnits: 3,
      handle: (call) => answerObjects(call, objects(call, existingGroup(state, call).memberIds)),
    },
    {
      method: 'GET',
      path: '/groups/:groupId/members/microsoft.graph.user',
      permissions: READ_GROUPS,
      resourceUnits: 3,
      handle: (call) => users(call, existingGroup(state, call).memberIds),
    },
    {
      method: 'GET',
      path: '/groups/:groupId/owners',
      permissions: READ_GROUPS,
      handle: (call) => answerObjects(call, objects(call, existingGroup(state, call).ownerIds ?? [])),
    },
    {
      method: 'GET',
      path: '/groups/:groupId/transitiveMembers',
      permissions: READ_GROUPS,
      resourceUnits: 5,
      handle: (call) => answerObjects(call, objects(call, transitiveMemberIds(state, existingGroup(state, call)))),
    },
    {
      method: 'GET',
      path: '/groups/:groupId/transitiveMembers/microsoft.graph.user',
      permissions: READ_GROUPS,
      resourceUnits: 5,
      handle: (call) => users(call, transitiveMemberIds(state, existingGroup(state, call))),
    },
  ];
}
