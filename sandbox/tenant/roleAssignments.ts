import { findServicePrincipal } from './apps.ts';
import { initiatorOf } from './audit.ts';
import { answerCollection, type CollectionRules } from './collection.ts';
import { badRequest, invalidValue, notFound } from './graphFault.ts';
import { entity, type GraphAnswer, type GraphCall, type GraphRoute, noContent, type Permissions } from './graphRoute.ts';
import { GUID, type JsonObject, textOf } from './json.ts';
import { findGroup, findUser, referable } from './membership.ts';
import type { RoleAssignmentRow } from './records.ts';
import { READ_ROLES, ROLES, roleDefinitionView, SCOPABLE } from './roleDefinitions.ts';
import { grant, isInUse, roleAssignmentId, unassign, unitIdOf } from './roleGrants.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';
import { USER_DEFAULTS } from './userProperties.ts';

const WRITE: Permissions = ['RoleManagement.ReadWrite.Directory'];

const rules: CollectionRules = {
  context: 'roleManagement/directory/roleAssignments',
  type: 'microsoft.graph.unifiedRoleAssignment',
  properties: ['id', 'principalId', 'directoryScopeId', 'roleDefinitionId'],
  filter: {
    resource: 'UnifiedRoleAssignment',
    or: false,
    properties: { principalid: ['eq'], roledefinitionid: ['eq'], directoryscopeid: ['eq'] },
  },
  pageSize: 100,
  maxTop: 999,
};

function assign(state: TenantState, call: GraphCall): GraphAnswer {
  const [principalId, roleDefinitionId] = ['principalId', 'roleDefinitionId'].map((name) => textOf(call.body, name)?.toLowerCase());
  const directoryScopeId = textOf(call.body, 'directoryScopeId');
  for (const [name, value] of Object.entries({ principalId, roleDefinitionId, directoryScopeId })) {
    if (value === undefined) throw badRequest(`A value is required for property '${name}' of resource 'UnifiedRoleAssignment'.`);
  }
  if (!principalId || !GUID.test(principalId)) throw invalidValue('principalId', 'UnifiedRoleAssignment');
  if (!roleDefinitionId || !roleDefinitionView(roleDefinitionId)) throw notFound(String(roleDefinitionId));
  const unitId = unitIdOf(String(directoryScopeId));
  if (directoryScopeId !== '/') {
    const unit = state.units.get(unitId ?? '');
    if (unit?.tenantId !== call.tenant.id) throw badRequest(`The directory scope '${directoryScopeId}' is not supported.`);
    if (!SCOPABLE.has(roleDefinitionId)) throw badRequest('The role cannot be assigned at the scope of an administrative unit.');
  }
  const kind = referable(state, call.tenant.id, principalId);
  if (!kind) throw notFound(principalId);
  if (kind === 'group' && findGroup(state, call.tenant.id, principalId)?.properties.isAssignableToRole !== true) {
    throw badRequest('The group is not assignable to a role.');
  }
  const id = roleAssignmentId(roleDefinitionId, principalId, unitId);
  if (state.roleAssignments.get(id)) {
    throw badRequest('A conflicting object with one or more of the specified property values is present in the directory.');
  }
  const row: RoleAssignmentRow = {
    id,
    tenantId: call.tenant.id,
    principalId,
    roleDefinitionId,
    directoryScopeId: String(directoryScopeId),
  };
  grant(state, initiatorOf(call), row);
  return { ...entity(rules.context, view(row)), status: 201 };
}

const view = ({ id, principalId, directoryScopeId, roleDefinitionId }: RoleAssignmentRow): JsonObject => ({
  id,
  principalId,
  directoryScopeId,
  roleDefinitionId,
});

function principalView(state: TenantState, tenantId: string, id: string): JsonObject | null {
  const user = findUser(state, tenantId, id);
  if (user) return { '@odata.type': '#microsoft.graph.user', ...pick(user.properties, USER_DEFAULTS) };
  const group = findGroup(state, tenantId, id);
  if (group) return { '@odata.type': '#microsoft.graph.group', id, displayName: group.properties.displayName };
  const principal = findServicePrincipal(tenantId, id);
  return principal
    ? { '@odata.type': '#microsoft.graph.servicePrincipal', id, displayName: principal.app.displayName, appId: principal.app.appId }
    : null;
}

/** One of `principal` and `roleDefinition` may be expanded. Throws 400 for anything else. */
function expansion(state: TenantState, call: GraphCall): (row: RoleAssignmentRow) => JsonObject {
  const wanted = call.query.$expand;
  if (wanted === undefined) return () => ({});
  if (wanted === 'principal') return (row) => ({ principal: principalView(state, row.tenantId, row.principalId) });
  if (wanted === 'roleDefinition') return (row) => ({ roleDefinition: roleDefinitionView(row.roleDefinitionId) ?? null });
  throw badRequest('Only one property can be expanded in a single query.');
}

export function roleAssignmentRoutes(state: TenantState): readonly GraphRoute[] {
  const existing = (call: GraphCall): RoleAssignmentRow => {
    const id = call.params.id ?? '';
    const row = state.roleAssignments.get(id);
    if (!row || row.tenantId !== call.tenant.id) throw notFound(id);
    return row;
  };
  return [
    {
      method: 'GET',
      path: '/roleManagement/directory/roleAssignments',
      permissions: READ_ROLES,
      handle(call) {
        const expand = expansion(state, call);
        const own = state.roleAssignments.all().filter((row) => row.tenantId === call.tenant.id && isInUse(state, row));
        const { $expand: _expand, ...query } = call.query;
        const expanded = Object.keys(own[0] ? expand(own[0]) : {});
        const listed = { ...rules, properties: [...rules.properties, ...expanded] };
        return answerCollection(
          { ...call, query },
          listed,
          own.map((row) => ({ ...view(row), ...expand(row) })),
        );
      },
    },
    { method: 'POST', path: '/roleManagement/directory/roleAssignments', permissions: WRITE, handle: (call) => assign(state, call) },
    {
      method: 'GET',
      path: '/roleManagement/directory/roleAssignments/:id',
      permissions: READ_ROLES,
      handle(call) {
        const row = existing(call);
        return entity(rules.context, { ...pick(view(row), selectOf(call, rules)), ...expansion(state, call)(row) });
      },
    },
    {
      method: 'DELETE',
      path: '/roleManagement/directory/roleAssignments/:id',
      permissions: WRITE,
      handle(call) {
        const row = existing(call);
        if (row.roleDefinitionId === ROLES.globalAdministrator && row.principalId === call.caller.servicePrincipalId) {
          throw badRequest('Removing self from Global Administrator built-in role is not allowed.');
        }
        unassign(state, initiatorOf(call), row);
        return noContent;
      },
    },
  ];
}
