import { answerCollection } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { pick, selectOf } from './select.ts';

/** Template ids of the built-in roles; the same in every tenant. */
export const ROLES = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  privilegedAuthenticationAdministrator: '7be44c8a-adaf-4e2a-84d6-ab2649e08a13',
  privilegedRoleAdministrator: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  globalReader: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  conditionalAccessAdministrator: 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
  authenticationPolicyAdministrator: '0526716b-113d-4c15-b2c8-68e3c22b9f80',
  securityReader: '5d6b6bb7-de71-4623-b4af-96380a352509',
  authenticationAdministrator: 'c4e39bd9-1100-46d3-8c65-fb160da0071f',
  groupsAdministrator: 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
} as const;

/** Roles that may be scoped to an administrative unit; none of them may touch another administrator's credentials. */
export const SCOPABLE: ReadonlySet<string> = new Set([
  ROLES.userAdministrator,
  ROLES.authenticationAdministrator,
  ROLES.groupsAdministrator,
]);

const KNOWN: readonly (readonly [id: string, displayName: string, description: string])[] = [
  [ROLES.globalAdministrator, 'Global Administrator', 'Can manage all aspects of Microsoft Entra ID and services that use its identities.'],
  [
    ROLES.privilegedAuthenticationAdministrator,
    'Privileged Authentication Administrator',
    'Can view, set and reset authentication method information for any user, administrators included.',
  ],
  [
    ROLES.privilegedRoleAdministrator,
    'Privileged Role Administrator',
    'Can manage role assignments and all aspects of Privileged Identity Management.',
  ],
  [ROLES.userAdministrator, 'User Administrator', 'Can manage all aspects of users and groups, and reset passwords for limited admins.'],
  [ROLES.globalReader, 'Global Reader', 'Can read everything that a Global Administrator can, but not update anything.'],
  [ROLES.conditionalAccessAdministrator, 'Conditional Access Administrator', 'Can manage Conditional Access capabilities.'],
  [
    ROLES.authenticationPolicyAdministrator,
    'Authentication Policy Administrator',
    'Can manage authentication methods policy and protected actions.',
  ],
  [
    ROLES.authenticationAdministrator,
    'Authentication Administrator',
    'Can view, set and reset authentication method information for any non-admin user.',
  ],
  [ROLES.groupsAdministrator, 'Groups Administrator', 'Can create and manage groups and group settings.'],
  [ROLES.securityReader, 'Security Reader', 'Can read security information and reports.'],
];

const PROPERTIES = [
  'id',
  'description',
  'displayName',
  'isBuiltIn',
  'isEnabled',
  'resourceScopes',
  'templateId',
  'version',
  'rolePermissions',
] as const;

export const READ_ROLES: Permissions = [
  'RoleManagement.Read.Directory',
  'RoleManagement.ReadWrite.Directory',
  'RoleManagement.Read.All',
  'Directory.Read.All',
];

export function roleDefinitionView(id: string): JsonObject | undefined {
  const role = KNOWN.find((known) => known[0] === id.toLowerCase());
  if (!role) return undefined;
  const [roleId, displayName, description] = role;
  return {
    id: roleId,
    description,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: roleId,
    version: '1',
    rolePermissions: [{ allowedResourceActions: ['microsoft.directory/standard/read'], condition: null }],
  };
}

export function roleDefinitionRoutes(): readonly GraphRoute[] {
  const rules = {
    context: 'roleManagement/directory/roleDefinitions',
    type: 'microsoft.graph.unifiedRoleDefinition',
    properties: PROPERTIES,
    filter: {
      resource: 'UnifiedRoleDefinition',
      or: false,
      properties: { id: ['eq'], displayname: ['eq', 'startswith'], templateid: ['eq'], isbuiltin: ['eq'] },
    },
    pageSize: 100,
    maxTop: 999,
  } as const;
  return [
    {
      method: 'GET',
      path: '/roleManagement/directory/roleDefinitions',
      permissions: READ_ROLES,
      handle: (call) =>
        answerCollection(
          call,
          rules,
          KNOWN.map(([id]) => roleDefinitionView(id) ?? {}),
        ),
    },
    {
      method: 'GET',
      path: '/roleManagement/directory/roleDefinitions/:id',
      permissions: READ_ROLES,
      handle(call) {
        const role = roleDefinitionView(call.params.id ?? '');
        if (!role) throw notFound(call.params.id ?? '');
        return entity('roleManagement/directory/roleDefinitions', pick(role, selectOf(call, rules)));
      },
    },
  ];
}
