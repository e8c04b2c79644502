import { requireManageable } from './adminTargets.ts';
import { initiatorOf } from './audit.ts';
import { badRequest, denied, notFound } from './graphFault.ts';
import { type GraphCall, type GraphRoute, holds, noContent, type Permissions } from './graphRoute.ts';
import { existingGroup } from './groups.ts';
import { GUID, textOf } from './json.ts';
import { addMember, findUser, referable, removeMember } from './membership.ts';
import type { GroupRow } from './records.ts';
import type { TenantState } from './state.ts';

const WRITE_MEMBERS: Permissions = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];

export const REFERENCE =
  /^https:\/\/graph\.microsoft\.com\/v1\.0\/(?:directoryObjects|users|groups|servicePrincipals)(?:\/|\(')([0-9a-fA-F-]{36})(?:'\))?$/;

/** Members of a role-assignable group are the keys to a role: changing them needs the permission to assign roles as well. */
function authorize(state: TenantState, call: GraphCall, group: GroupRow): void {
  if (group.properties.isAssignableToRole === true && !holds(call.caller, ['RoleManagement.ReadWrite.Directory'])) throw denied();
  requireManageable(state, call, group.id);
}

/** Adding and removing members. */
export function groupMemberRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'POST',
      path: '/groups/:groupId/members/$ref',
      permissions: WRITE_MEMBERS,
      handle(call) {
        const group = existingGroup(state, call);
        authorize(state, call, group);
        const id = REFERENCE.exec(textOf(call.body, '@odata.id') ?? '')?.[1]?.toLowerCase();
        if (id === undefined) throw badRequest("Invalid value specified for property '@odata.id' of resource 'Group'.");
        const kind = referable(state, call.tenant.id, id);
        if (!kind) throw findUser(state, call.tenant.id, id) ? badRequest('Not a valid reference update') : notFound(id);
        if (kind === 'group' && group.properties.isAssignableToRole === true) {
          throw badRequest('Nesting a group into a role-assignable group is not supported.');
        }
        if (id === group.id) throw badRequest('A group cannot be a member of itself.');
        addMember(state, initiatorOf(call), group, id);
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: '/groups/:groupId/members/:memberId/$ref',
      permissions: WRITE_MEMBERS,
      handle(call) {
        const group = existingGroup(state, call);
        authorize(state, call, group);
        const id = (call.params.memberId ?? '').toLowerCase();
        if (!GUID.test(id)) throw badRequest(`Invalid object identifier '${id}'.`);
        removeMember(state, initiatorOf(call), group, id);
        return noContent;
      },
    },
  ];
}
