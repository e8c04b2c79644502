import { unitsOf, unitView } from './administrativeUnitProperties.ts';
import { requireManageable } from './adminTargets.ts';
import { initiatorOf, recordAudit } from './audit.ts';
import { answerObjects } from './directoryObjects.ts';
import { badRequest } from './graphFault.ts';
import { GRAPH_ROOT, type GraphRoute, ok } from './graphRoute.ts';
import { groupView } from './groupProperties.ts';
import { READ_GROUPS } from './groups.ts';
import { graphInstant } from './json.ts';
import { groupsOf, userTarget } from './membership.ts';
import { roleDefinitionView } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';
import { existingUser } from './users.ts';

const MOST_GROUPS = 20;

/** What can be asked of one user: its groups, its sessions. */
export function userActionRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'POST',
      path: '/users/:userId/revokeSignInSessions',
      permissions: ['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
      handle(call) {
        const user = existingUser(state, call);
        requireManageable(state, call, user.id);
        const now = graphInstant(state.clock.now());
        const changed = { ...user, properties: { ...user.properties, signInSessionsValidFromDateTime: now } };
        state.users.put(user.id, changed);
        recordAudit(state, {
          tenantId: call.tenant.id,
          by: initiatorOf(call),
          activity: 'Update StsRefreshTokenValidFrom Timestamp',
          category: 'UserManagement',
          operation: 'Update',
          targets: [userTarget(changed, { StsRefreshTokensValidFrom: [[user.properties.signInSessionsValidFromDateTime ?? null], [now]] })],
        });
        return ok({ '@odata.context': `${GRAPH_ROOT}/$metadata#Edm.Boolean`, value: true });
      },
    },
    {
      method: 'GET',
      path: '/users/:userId/transitiveMemberOf',
      permissions: [['User.Read.All', 'GroupMember.Read.All'], ['User.Read.All', 'Group.Read.All'], 'Directory.Read.All'],
      resourceUnits: 2,
      handle(call) {
        const user = existingUser(state, call);
        const groups = groupsOf(state, call.tenant.id, user.id);
        const principals = new Set([user.id, ...groups.map((group) => group.id)]);
        const roles = state.roleAssignments.all().filter((one) => one.tenantId === call.tenant.id && principals.has(one.principalId));
        const roleRows = [...new Set(roles.map((one) => one.roleDefinitionId))].map((id) => {
          const role = roleDefinitionView(id);
          const own = { id, displayName: role?.displayName, description: role?.description, roleTemplateId: id };
          return { '@odata.type': '#microsoft.graph.directoryRole', ...own };
        });
        const units = unitsOf(state, call.tenant.id, user.id).map((unit) => ({
          '@odata.type': '#microsoft.graph.administrativeUnit',
          ...unitView(unit),
        }));
        const rows = [...groups.map((group) => ({ '@odata.type': '#microsoft.graph.group', ...groupView(group) })), ...roleRows, ...units];
        return answerObjects(call, rows);
      },
    },
    {
      method: 'POST',
      path: '/users/:userId/checkMemberGroups',
      permissions: [...READ_GROUPS, 'Directory.Read.All'],
      resourceUnits: 4,
      handle(call) {
        const user = existingUser(state, call);
        const asked = call.body.groupIds;
        if (!Array.isArray(asked) || asked.length === 0 || !asked.every((id) => typeof id === 'string')) {
          throw badRequest("A value is required for parameter 'groupIds'.");
        }
        if (asked.length > MOST_GROUPS) throw badRequest(`The number of groups in 'groupIds' exceeds the maximum of ${MOST_GROUPS}.`);
        const own = new Set(groupsOf(state, call.tenant.id, user.id).map((group) => group.id));
        const value = asked.filter((id) => own.has(String(id).toLowerCase()));
        return ok({ '@odata.context': `${GRAPH_ROOT}/$metadata#Collection(Edm.String)`, value });
      },
    },
  ];
}
