import { answerCollection, type CollectionRules } from './collection.ts';
import { GraphFault } from './graphFault.ts';
import type { GraphCall, GraphRoute } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import type { RoleAssignmentRow } from './records.ts';
import { isInUse } from './roleGrants.ts';
import type { TenantState } from './state.ts';

const COMMON = ['id', 'principalId', 'roleDefinitionId', 'directoryScopeId', 'appScopeId', 'startDateTime', 'endDateTime', 'memberType'];
const SINCE = '2024-02-05T08:00:00Z';

const rulesOf = (type: string, set: string, more: readonly string[]): CollectionRules => ({
  context: `roleManagement/directory/${set}`,
  type: `microsoft.graph.${type}`,
  properties: [...COMMON, ...more],
  filter: {
    resource: type,
    or: false,
    properties: { principalid: ['eq'], roledefinitionid: ['eq'], directoryscopeid: ['eq'], assignmenttype: ['eq'], membertype: ['eq'] },
  },
  pageSize: 100,
  maxTop: 999,
});

/** PIM needs Entra ID P2, which neither a free tenant has nor B2C's own premium gives. Answer seen in public issues (400, code). */
function requirePremium2(call: GraphCall): void {
  if (call.tenant.kind === 'workforce') return;
  throw new GraphFault(
    400,
    'AadPremiumLicenseRequired',
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  );
}

const common = (row: RoleAssignmentRow): JsonObject => ({
  id: row.id,
  principalId: row.principalId,
  roleDefinitionId: row.roleDefinitionId,
  directoryScopeId: row.directoryScopeId,
  appScopeId: null,
  startDateTime: SINCE,
  endDateTime: null,
  memberType: 'Direct',
});

/** Who holds a role by a role-assignable group is listed as well, under the person's own id. */
function withMembers(state: TenantState, row: RoleAssignmentRow, view: JsonObject): readonly JsonObject[] {
  const members = state.groups.get(row.principalId)?.memberIds ?? [];
  return [
    view,
    ...members.map((principalId) => ({ ...view, id: `${String(view.id)}-${principalId.slice(0, 8)}`, principalId, memberType: 'Group' })),
  ];
}

/** Role assignments and eligibilities as Privileged Identity Management sees them; reads only. */
export function roleScheduleRoutes(state: TenantState): readonly GraphRoute[] {
  const own = (call: GraphCall, rows: readonly RoleAssignmentRow[]): readonly RoleAssignmentRow[] =>
    rows.filter((row) => row.tenantId === call.tenant.id && isInUse(state, row));
  return [
    {
      method: 'GET',
      path: '/roleManagement/directory/roleAssignmentScheduleInstances',
      permissions: [
        'RoleAssignmentSchedule.Read.Directory',
        'RoleAssignmentSchedule.ReadWrite.Directory',
        'RoleManagement.Read.Directory',
        'RoleManagement.ReadWrite.Directory',
        'RoleManagement.Read.All',
      ],
      handle(call) {
        requirePremium2(call);
        const more = ['assignmentType', 'roleAssignmentOriginId', 'roleAssignmentScheduleId'];
        const rules = rulesOf('unifiedRoleAssignmentScheduleInstance', 'roleAssignmentScheduleInstances', more);
        const rows = own(call, state.roleAssignments.all()).flatMap((row) => {
          const schedule = { assignmentType: 'Assigned', roleAssignmentOriginId: row.id, roleAssignmentScheduleId: row.id };
          return withMembers(state, row, { ...common(row), ...schedule });
        });
        return answerCollection(call, rules, rows);
      },
    },
    {
      method: 'GET',
      path: '/roleManagement/directory/roleEligibilityScheduleInstances',
      permissions: [
        'RoleEligibilitySchedule.Read.Directory',
        'RoleEligibilitySchedule.ReadWrite.Directory',
        'RoleManagement.Read.Directory',
        'RoleManagement.ReadWrite.Directory',
        'RoleManagement.Read.All',
      ],
      handle(call) {
        requirePremium2(call);
        const rules = rulesOf('unifiedRoleEligibilityScheduleInstance', 'roleEligibilityScheduleInstances', ['roleEligibilityScheduleId']);
        const rows = own(call, state.roleEligibilities.all()).flatMap((row) =>
          withMembers(state, row, { ...common(row), id: `${row.id}-e`, roleEligibilityScheduleId: row.id }),
        );
        return answerCollection(call, rules, rows);
      },
    },
  ];
}
