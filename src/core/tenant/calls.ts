import { PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR } from './roles.ts';

/** The Graph identities of an installation. The bot's channel identity is none: it has no Graph permission at all. */
export type GraphIdentity = 'people' | 'reader' | 'changer';

/** One call Breakglass makes to Microsoft Graph v1.0, and what it needs. */
export interface GraphCall {
  readonly identity: GraphIdentity;
  /** Method and path, values left out: `GET /users/{id}`. */
  readonly call: string;
  /** Application permissions, all of them together: the least that cover the properties asked for, or one that another call needs anyway. */
  readonly permissions: readonly string[];
  /** Directory role the service principal must hold as well, by template id. */
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

/** Which methods can be taken off an account, and the narrowest permission for each. */
const REMOVALS = [
  ['phone', 'Phone'],
  ['email', 'Email'],
  ['microsoftAuthenticator', 'MicrosoftAuthApp'],
  ['softwareOath', 'SoftwareOATH'],
  ['temporaryAccessPass', 'TAP'],
  ['windowsHelloForBusiness', 'WindowsHello'],
  ['platformCredential', 'PlatformCred'],
] as const;

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
  reader(
    'GET /users/{id}',
    ['User.Read.All', 'AuditLog.Read.All'],
    'enabled, marker and password policy, read back as proof; `signInActivity` for posture, which is what wants `AuditLog.Read.All`',
  ),
  reader('GET /directory/deletedItems/microsoft.graph.user', ['User.Read.All'], 'is the name taken by a user deleted in the last 30 days'),
  reader('GET /groups/{id}/members', ['GroupMember.Read.All'], 'is the account in the exclusion group'),
  reader('GET /roleManagement/directory/roleAssignments', ['RoleManagement.Read.Directory'], 'is the role assigned, active, at `/`'),
  reader('GET /auditLogs/signIns', ['AuditLog.Read.All'], 'sign-ins of the accounts, by object id; and whether they can be read at all', {
    licence: 'P1 or P2; for B2C see below',
  }),
  reader('GET /organization', ['Organization.Read.All'], 'posture: what kind of tenant it is, whether it is synchronised'),
  reader('GET /subscribedSkus', ['Organization.Read.All'], 'posture: P1 and P2'),
  reader('GET /domains', ['Domain.Read.All'], 'posture: is the initial domain managed; how long passwords last'),
  reader('GET /policies/identitySecurityDefaultsEnforcementPolicy', ['Policy.Read.All'], 'posture: are security defaults on'),
  reader('GET /policies/authorizationPolicy', ['Policy.Read.All'], 'posture: may administrators reset their own password'),
  reader(
    'GET /policies/authenticationMethodsPolicy',
    ['Policy.Read.All'],
    'posture, the form of `create`, plans with passkeys: which methods people may register, which passkeys the tenant takes, how long a pass may open',
  ),
  reader('GET /identity/conditionalAccess/policies', ['Policy.Read.All'], 'posture: which policies catch the accounts', {
    licence: 'P1, or B2C Premium',
  }),
  reader(
    'GET /reports/authenticationMethods/userRegistrationDetails',
    ['AuditLog.Read.All'],
    'posture: do the accounts depend on the methods the other administrators use',
    { licence: 'P1; not in B2C' },
  ),
  reader('GET /groups/{id}', ['GroupMember.Read.All'], 'posture: is the exclusion group static, protected, our own'),
  reader('GET /groups/{id}/transitiveMembers', ['GroupMember.Read.All'], 'posture: who is in the exclusion group, by whatever way'),
  reader('GET /groups/{id}/owners', ['GroupMember.Read.All'], 'posture: who could change it'),
  reader(
    'GET /roleManagement/directory/roleAssignmentScheduleInstances',
    ['RoleManagement.Read.Directory'],
    'posture: is the role permanent',
    { licence: 'P2' },
  ),
  reader(
    'GET /roleManagement/directory/roleEligibilityScheduleInstances',
    ['RoleManagement.Read.Directory'],
    'posture: is the role only eligible',
    { licence: 'P2' },
  ),
  reader('GET /directory/administrativeUnits', ['AdministrativeUnit.Read.All'], 'posture: restricted management units', {
    licence: 'P1 for administrators of a unit',
  }),
  reader('GET /users/{id}/transitiveMemberOf', ['User.Read.All', 'GroupMember.Read.All'], 'posture: groups, roles and units of an account'),
  reader(
    'GET /users/{id}/authentication/methods',
    ['UserAuthenticationMethod.Read.All'],
    'posture, and plans with passkeys: which methods are registered on an account',
  ),
  reader(
    'GET /auditLogs/directoryAudits',
    ['AuditLog.Read.All'],
    'changes to the accounts, by them, to the exclusion group, policies and administrative units; and whether they can be read at all',
  ),
  reader('POST /identity/conditionalAccess/evaluate', ['Policy.Read.All'], 'probe: does the tenant evaluate a sign-in; it writes nothing', {
    licence: 'P1',
  }),
  reader('GET /servicePrincipals', ['Application.Read.All'], 'probe: our own two apps, and the names of Graph’s permissions'),
  reader(
    'GET /servicePrincipals/{id}/appRoleAssignments',
    ['Application.Read.All'],
    'probe: do our own apps hold what they need, and no more',
  ),
  reader('GET /directory/deletedItems/{id}', ['User.Read.All'], 'is the user in the recycle bin: proof that it was deleted'),
  reader(
    'GET /directory/administrativeUnits/{id}/members',
    ['AdministrativeUnit.Read.All'],
    'is the account in its restricted unit; only where the settings name one',
  ),

  reader(
    'GET /identity/conditionalAccess/policies/{id}',
    ['Policy.Read.All'],
    'exclusions of one policy, just before they are changed and after',
    { licence: 'P1, or B2C Premium' },
  ),

  changer('POST /users', ['User.ReadWrite.All'], 'step 1: the user, disabled, with our marker in `extensionAttribute15`'),
  changer('POST /groups/{id}/members/$ref', ['GroupMember.ReadWrite.All'], 'step 2: into the exclusion group'),
  changer(
    'PATCH /users/{id}',
    ['User.ReadWrite.All', 'User-PasswordProfile.ReadWrite.All', 'User.EnableDisableAccount.All'],
    'the password that is cut in parts; enabling and disabling, each alone',
    { directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR },
  ),
  changer(
    'POST /roleManagement/directory/roleAssignments',
    ['RoleManagement.ReadWrite.Directory'],
    'step 5: Global Administrator, active, scope `/`',
  ),
  changer(
    'POST /users/{id}/revokeSignInSessions',
    ['User.RevokeSessions.All'],
    'after a new password or a method that was removed, and when it is disabled',
  ),
  changer('DELETE /roleManagement/directory/roleAssignments/{id}', ['RoleManagement.ReadWrite.Directory'], 'retiring, and taking back'),
  changer('DELETE /groups/{id}/members/{id}/$ref', ['GroupMember.ReadWrite.All'], 'out of the exclusion group: retiring, and taking back'),
  changer('DELETE /users/{id}', ['User.DeleteRestore.All'], 'retiring, and taking back: into the recycle bin', {
    directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
  }),
  changer(
    'POST /directory/administrativeUnits/{id}/members/$ref',
    ['AdministrativeUnit.ReadWrite.All'],
    'into the restricted unit, after what it would refuse; only where the settings name one',
    // Only this role, or Global Administrator, changes who is in one (Learn, admin-units-restricted-management, 2026-03).
    { licence: 'P1', directoryRole: PRIVILEGED_ROLE_ADMINISTRATOR },
  ),
  changer(
    'DELETE /directory/administrativeUnits/{id}/members/{id}/$ref',
    ['AdministrativeUnit.ReadWrite.All'],
    'out of the restricted unit, before what it would refuse; only where the settings name one',
    { licence: 'P1', directoryRole: PRIVILEGED_ROLE_ADMINISTRATOR },
  ),
  changer(
    'PATCH /identity/conditionalAccess/policies/{id}',
    // Learn, conditionalaccesspolicy-update: all three together.
    ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All', 'Application.Read.All'],
    'excluding the exclusion group, and nothing else of the policy',
    { licence: 'P1, or B2C Premium' },
  ),
  changer(
    'POST /users/{id}/authentication/temporaryAccessPassMethods',
    ['UserAuthMethod-TAP.ReadWrite.All'],
    'a pass with which a custodian registers a security key; only for accounts opened by passkeys',
    { directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR },
  ),
  changer(
    'DELETE /users/{id}/authentication/fido2Methods/{id}',
    ['UserAuthMethod-Passkey.ReadWrite.All'],
    'a key that was replaced off the account; only for accounts opened by passkeys',
    { directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR },
  ),
  ...REMOVALS.map(([method, permission]) =>
    changer(
      `DELETE /users/{id}/authentication/${method}Methods/{id}`,
      [`UserAuthMethod-${permission}.ReadWrite.All`],
      'repair: a method of a person off the account',
      { directoryRole: PRIVILEGED_AUTHENTICATION_ADMINISTRATOR },
    ),
  ),
];
