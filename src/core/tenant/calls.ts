/** The Graph identities of an installation. The bot's channel identity is none: it has no Graph permission at all. */
export type GraphIdentity = 'people' | 'reader' | 'changer';

/** One call Breakglass makes to Microsoft Graph v1.0, and what it needs. */
export interface GraphCall {
  readonly identity: GraphIdentity;
  /** Method and path, values left out: `GET /users/{id}`. */
  readonly call: string;
  /** Application permissions, all of them together. The least that also cover the properties asked for. */
  readonly permissions: readonly string[];
  /** Directory role the service principal must hold as well. */
  readonly directoryRole?: string;
  readonly licence?: string;
  readonly why: string;
}

const call =
  (identity: GraphIdentity) =>
  (named: string, permissions: readonly string[], why: string, more: Pick<GraphCall, 'directoryRole' | 'licence'> = {}): GraphCall => ({
    identity,
    call: named,
    permissions,
    why,
    ...more,
  });
const people = call('people');
const reader = call('reader');
const changer = call('changer');

export const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR = 'Privileged Authentication Administrator';

/**
 * Every call there is, and no other: docs/graph-permissions.md is made from this table, the capability probe compares consents with it, and a
 * test compares it with the calls in src/graph. Permissions: microsoft-graph-devx-content, permissions/new/permissions.json (August 2026).
 */
export const GRAPH_CALLS: readonly GraphCall[] = [
  people('GET /users/{id}', ['User.Read.All'], 'enabled, a member and not a guest, person key; at every turn and press'),
  people(
    'POST /users/{id}/checkMemberGroups',
    ['User.Read.All', 'GroupMember.Read.All'],
    'which of the five role groups, nested ones included; it writes nothing',
  ),
  people('GET /groups/{id}/transitiveMembers', ['GroupMember.Read.All', 'User.Read.All'], 'who may approve, be a custodian or an owner'),

  reader('GET /users', ['User.Read.All'], 'is the name taken; find the new user by name and check our marker'),
  reader('GET /users/{id}', ['User.Read.All'], 'enabled, marker and password policy, read back as proof'),
  reader('GET /directory/deletedItems/microsoft.graph.user', ['User.Read.All'], 'is the name taken by a user deleted in the last 30 days'),
  reader('GET /groups/{id}/members', ['GroupMember.Read.All'], 'is the account in the exclusion group'),
  reader('GET /roleManagement/directory/roleAssignments', ['RoleManagement.Read.Directory'], 'is the role assigned, active, at `/`'),
  reader('GET /auditLogs/signIns', ['AuditLog.Read.All'], 'sign-ins of the accounts, by object id; and whether they can be read at all', {
    licence: 'P1 or P2; for B2C see below',
  }),

  changer('POST /users', ['User.ReadWrite.All'], 'step 1: the user, disabled, with our marker in `extensionAttribute15`'),
  changer('POST /groups/{id}/members/$ref', ['GroupMember.ReadWrite.All'], 'step 2: into the exclusion group'),
  changer(
    'PATCH /users/{id}',
    ['User.ReadWrite.All', 'User-PasswordProfile.ReadWrite.All', 'User.EnableDisableAccount.All'],
    'steps 4 and 6: the password that is cut in parts; enabling',
    { directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR },
  ),
  changer(
    'POST /roleManagement/directory/roleAssignments',
    ['RoleManagement.ReadWrite.Directory'],
    'step 5: Global Administrator, active, scope `/`',
  ),
];
