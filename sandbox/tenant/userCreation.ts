import { randomUUID } from 'node:crypto';
import { initiatorOf, recordAudit } from './audit.ts';
import { badRequest, invalidValue } from './graphFault.ts';
import { entity, GRAPH_ROOT, type GraphAnswer, type GraphCall } from './graphRoute.ts';
import { graphInstant } from './json.ts';
import { userTarget } from './membership.ts';
import { hashPassword, passwordProfileOf } from './passwordRules.ts';
import type { UserRow } from './records.ts';
import { replicationOf } from './replication.ts';
import { pick } from './select.ts';
import type { TenantState } from './state.ts';
import { USER_DEFAULTS } from './userProperties.ts';
import { checkProperties, checkUserPrincipalName, extensionAttributes } from './userRules.ts';

const REQUIRED = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName'] as const;

/** Creates a user after every check Entra makes. Throws 400; answers 201 with the default properties only. */
export function createUser(state: TenantState, call: GraphCall): GraphAnswer {
  for (const name of REQUIRED) {
    if (call.body[name] !== undefined && call.body[name] !== null) continue;
    const message = `A value is required for property '${name}' of resource 'User'.`;
    throw badRequest(message, [{ code: 'MissingValue', message, target: name }]);
  }
  checkProperties(call.body);
  const userPrincipalName = checkUserPrincipalName(call.body.userPrincipalName, call.tenant, state);
  const { password, mustChange } = passwordProfileOf(call.body.passwordProfile);
  if (password === undefined) throw invalidValue('passwordProfile', 'User');
  const id = randomUUID();
  const now = graphInstant(state.clock.now());
  const { passwordProfile: _profile, onPremisesExtensionAttributes: extensions, ...sent } = call.body;
  const properties: UserRow['properties'] = {
    businessPhones: [],
    otherMails: [],
    proxyAddresses: [],
    assignedLicenses: [],
    assignedPlans: [],
    userType: 'Member',
    passwordPolicies: null,
    ...sent,
    id,
    displayName: String(sent.displayName),
    accountEnabled: sent.accountEnabled === true,
    userPrincipalName,
    identities: [{ signInType: 'userPrincipalName', issuer: call.tenant.initialDomain, issuerAssignedId: userPrincipalName }],
    onPremisesExtensionAttributes: extensionAttributes(null, extensions),
    createdDateTime: now,
    lastPasswordChangeDateTime: now,
    signInSessionsValidFromDateTime: now,
  };
  const user: UserRow = {
    id,
    tenantId: call.tenant.id,
    properties,
    password: hashPassword(password),
    mustChangePassword: mustChange ?? true,
    wrongTries: 0,
    lockedUntil: null,
    deletedAt: null,
    groupsBeforeDeletion: [],
    replicatedAtMs: Date.now() + replicationOf(state).ms,
  };
  state.users.put(id, user);
  const changes = {
    AccountEnabled: [[], [properties.accountEnabled]],
    DisplayName: [[], [properties.displayName]],
    UserPrincipalName: [[], [userPrincipalName]],
    'Included Updated Properties': [undefined, 'AccountEnabled, DisplayName, UserPrincipalName'],
  } as const;
  recordAudit(state, {
    tenantId: call.tenant.id,
    by: initiatorOf(call),
    activity: 'Add user',
    category: 'UserManagement',
    operation: 'Add',
    targets: [userTarget(user, changes)],
  });
  const location = `${GRAPH_ROOT.replace('v1.0', 'v2')}/${call.tenant.id}/directoryObjects/${id}/Microsoft.DirectoryServices.User`;
  return { ...entity('users', pick(properties, USER_DEFAULTS)), status: 201, headers: { location } };
}
