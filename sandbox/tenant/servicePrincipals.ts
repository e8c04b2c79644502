import { GRAPH_CALLS } from '../../src/core/tenant/calls.ts';
import { HOME_TENANT } from '../world.ts';
import { type AppRegistration, REGISTRATIONS, servicePrincipalId } from './apps.ts';
import { answerCollection, type CollectionRules } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { permissionsOf } from './ownRights.ts';
import { seedGuid } from './seedGuid.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'];
/** Microsoft Graph's own app id, the same everywhere. */
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';

const RULES: CollectionRules = {
  context: 'servicePrincipals',
  type: 'microsoft.graph.servicePrincipal',
  properties: [
    'id',
    'deletedDateTime',
    'accountEnabled',
    'appDisplayName',
    'appId',
    'appOwnerOrganizationId',
    'appRoleAssignmentRequired',
    'appRoles',
    'displayName',
    'servicePrincipalNames',
    'servicePrincipalType',
    'tags',
  ],
  filter: {
    resource: 'ServicePrincipal',
    or: true,
    properties: { id: ['eq', 'in'], appid: ['eq', 'in'], displayname: ['eq', 'startswith'] },
  },
  pageSize: 100,
  maxTop: 999,
};
const ASSIGNMENTS: CollectionRules = {
  context: 'appRoleAssignments',
  type: 'microsoft.graph.appRoleAssignment',
  properties: [
    'id',
    'deletedDateTime',
    'appRoleId',
    'createdDateTime',
    'principalDisplayName',
    'principalId',
    'principalType',
    'resourceDisplayName',
    'resourceId',
  ],
  pageSize: 100,
  maxTop: 999,
};

const graphPrincipalId = (tenantId: string): string => seedGuid(`servicePrincipal/${tenantId}/${GRAPH_APP}`);
const appRoleId = (permission: string): string => seedGuid(`appRole/${permission}`);

/** Every permission anybody here holds or needs; the real list is hundreds long. */
const PERMISSIONS: readonly string[] = [
  ...new Set([...REGISTRATIONS.flatMap(({ permissions }) => permissions), ...GRAPH_CALLS.flatMap(({ permissions }) => permissions)]),
]
  .filter((name) => name.includes('.'))
  .sort();

const here = (tenantId: string): AppRegistration[] => REGISTRATIONS.filter((app) => !app.homeTenantOnly || tenantId === HOME_TENANT.id);

function principals(tenantId: string): JsonObject[] {
  const common = { accountEnabled: true, appRoleAssignmentRequired: false, servicePrincipalType: 'Application', tags: [] };
  const own = here(tenantId).map((app) => ({
    ...common,
    id: servicePrincipalId(app, tenantId),
    appId: app.appId,
    appDisplayName: app.displayName,
    displayName: app.displayName,
    appOwnerOrganizationId: HOME_TENANT.id,
    appRoles: [],
    servicePrincipalNames: [app.appId],
  }));
  const appRoles = PERMISSIONS.map((value) => ({
    id: appRoleId(value),
    value,
    displayName: value,
    description: value,
    allowedMemberTypes: ['Application'],
    isEnabled: true,
    origin: 'Application',
  }));
  const name = 'Microsoft Graph';
  const graph = { ...common, id: graphPrincipalId(tenantId), appId: GRAPH_APP, appDisplayName: name, displayName: name, appRoles };
  return [...own, { ...graph, appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a', servicePrincipalNames: [GRAPH_APP] }];
}

/** Consents of an app to permissions of Graph; roles of other resources are not shown here. */
function consents({ documents }: TenantState, tenantId: string, app: AppRegistration): JsonObject[] {
  const principalId = servicePrincipalId(app, tenantId);
  return permissionsOf(documents, tenantId, app)
    .filter((name) => name.includes('.'))
    .map((permission) => ({
      id: seedGuid(`appRoleAssignment/${principalId}/${permission}`),
      appRoleId: appRoleId(permission),
      createdDateTime: '2026-01-15T09:00:00Z',
      principalDisplayName: app.displayName,
      principalId,
      principalType: 'ServicePrincipal',
      resourceDisplayName: 'Microsoft Graph',
      resourceId: graphPrincipalId(tenantId),
    }));
}

function existing(call: GraphCall): JsonObject {
  const id = (call.params.principalId ?? '').toLowerCase();
  const found = principals(call.tenant.id).find((row) => row.id === id);
  if (!found) throw notFound(id);
  return found;
}

/** Service principals of the tenant and what was consented to, read only (Learn, serviceprincipal-list, -list-approleassignments). */
export function servicePrincipalRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/servicePrincipals',
      permissions: READ,
      handle: (call) => answerCollection(call, RULES, principals(call.tenant.id)),
    },
    {
      method: 'GET',
      path: '/servicePrincipals/:principalId',
      permissions: READ,
      handle: (call) => entity('servicePrincipals', pick(existing(call), selectOf(call, RULES))),
    },
    {
      method: 'GET',
      path: '/servicePrincipals/:principalId/appRoleAssignments',
      permissions: READ,
      handle(call) {
        const { appId } = existing(call);
        const app = here(call.tenant.id).find((each) => each.appId === appId);
        return answerCollection(call, ASSIGNMENTS, app ? consents(state, call.tenant.id, app) : []);
      },
    },
  ];
}
