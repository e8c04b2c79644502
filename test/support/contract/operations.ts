/** What Graph gives and takes, by the names of @microsoft/microsoft-graph-types. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** After `/v1.0`; `{}` stands for one segment. */
  readonly path: string;
  /** A type, a list of one, a JSON schema, or nothing (204). */
  readonly gives?: string | readonly [string] | object;
  readonly takes?: string | object;
}

const GUIDS = { type: 'array', items: { type: 'string' } };
const value = (schema: object): object => ({ type: 'object', required: ['value'], properties: { value: schema } });
const body = (required: readonly string[], properties: object): object => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const REFERENCE = body(['@odata.id'], { '@odata.id': { type: 'string', pattern: '^https://graph\\.microsoft\\.com/v1\\.0/' } });

/** Collection, one of it, and the writes that are told by `verbs`: C creates, U updates, D deletes. */
const resource = (path: string, type: string, verbs = ''): Operation[] => [
  { method: 'GET', path, gives: [type] },
  { method: 'GET', path: `${path}/{}`, gives: type },
  ...(verbs.includes('C') ? [{ method: 'POST', path, gives: type, takes: type } as const] : []),
  ...(verbs.includes('U') ? [{ method: 'PATCH', path: `${path}/{}`, takes: type } as const] : []),
  ...(verbs.includes('D') ? [{ method: 'DELETE', path: `${path}/{}` } as const] : []),
];
const list = (path: string, type: string): Operation => ({ method: 'GET', path, gives: [type] });
const action = (path: string, takes?: object, gives?: Operation['gives']): Operation => ({
  method: 'POST',
  path,
  ...(takes ? { takes } : {}),
  ...(gives ? { gives } : {}),
});
const references = (path: string): Operation[] => [action(`${path}/$ref`, REFERENCE), { method: 'DELETE', path: `${path}/{}/$ref` }];

/** One request or answer of a batch; what is inside is an exchange of its own. */
const items = (name: string, required: readonly string[], properties: object): object =>
  body([name], { [name]: { type: 'array', maxItems: 20, items: body(['id', ...required], { id: { type: 'string' }, ...properties }) } });
const METHODS = '/users/{}/authentication';
const CONDITIONAL_ACCESS = '/identity/conditionalAccess';

/** Every operation of Graph that sandbox or product may know; a new one is a row. */
export const OPERATIONS: readonly Operation[] = [
  ...resource('/users', 'User', 'CUD'),
  action('/users/{}/revokeSignInSessions', undefined, value({ type: 'boolean' })),
  list('/users/{}/memberOf', 'DirectoryObject'),
  list('/users/{}/transitiveMemberOf', 'DirectoryObject'),
  action('/users/{}/checkMemberGroups', body(['groupIds'], { groupIds: { ...GUIDS, maxItems: 20 } }), value(GUIDS)),
  action('/users/{}/getMemberGroups', body(['securityEnabledOnly'], { securityEnabledOnly: { type: 'boolean' } }), value(GUIDS)),
  action('/directoryObjects/getByIds', body(['ids'], { ids: { ...GUIDS, maxItems: 1000 }, types: GUIDS }), ['DirectoryObject']),
  ...resource(`${METHODS}/methods`, 'AuthenticationMethod'),
  ...resource(`${METHODS}/passwordMethods`, 'PasswordAuthenticationMethod'),
  ...resource(`${METHODS}/fido2Methods`, 'Fido2AuthenticationMethod', 'D'),
  ...resource(`${METHODS}/temporaryAccessPassMethods`, 'TemporaryAccessPassAuthenticationMethod', 'CD'),
  ...resource(`${METHODS}/phoneMethods`, 'PhoneAuthenticationMethod', 'CUD'),
  ...resource(`${METHODS}/microsoftAuthenticatorMethods`, 'MicrosoftAuthenticatorAuthenticationMethod', 'D'),
  ...resource(`${METHODS}/softwareOathMethods`, 'SoftwareOathAuthenticationMethod', 'D'),
  ...resource(`${METHODS}/windowsHelloForBusinessMethods`, 'WindowsHelloForBusinessAuthenticationMethod', 'D'),
  ...resource(`${METHODS}/emailMethods`, 'EmailAuthenticationMethod', 'CUD'),
  ...resource(`${METHODS}/platformCredentialMethods`, 'PlatformCredentialAuthenticationMethod', 'D'),
  ...resource('/groups', 'Group', 'CUD'),
  ...['/members', '/owners', '/transitiveMembers'].map((name) => list(`/groups/{}${name}`, 'DirectoryObject')),
  ...['/members', '/transitiveMembers'].map((name) => list(`/groups/{}${name}/microsoft.graph.user`, 'User')),
  ...references('/groups/{}/members'),
  ...resource('/directory/administrativeUnits', 'AdministrativeUnit', 'CUD'),
  list('/directory/administrativeUnits/{}/members', 'DirectoryObject'),
  list('/directory/administrativeUnits/{}/members/microsoft.graph.user', 'User'),
  ...references('/directory/administrativeUnits/{}/members'),
  ...resource('/directory/administrativeUnits/{}/scopedRoleMembers', 'ScopedRoleMembership', 'C'),
  list('/directory/deletedItems/microsoft.graph.user', 'User'),
  list('/directory/deletedItems/microsoft.graph.group', 'Group'),
  { method: 'GET', path: '/directory/deletedItems/{}', gives: 'DirectoryObject' },
  { method: 'DELETE', path: '/directory/deletedItems/{}' },
  action(
    '/directory/deletedItems/{}/restore',
    { ...body([], { newUserPrincipalName: { type: 'string' }, autoReconcileProxyConflict: { type: 'boolean' } }), nullable: true },
    'DirectoryObject',
  ),
  ...resource('/roleManagement/directory/roleAssignments', 'UnifiedRoleAssignment', 'CD'),
  ...resource('/roleManagement/directory/roleDefinitions', 'UnifiedRoleDefinition'),
  ...resource('/roleManagement/directory/roleAssignmentScheduleInstances', 'UnifiedRoleAssignmentScheduleInstance'),
  ...resource('/roleManagement/directory/roleEligibilityScheduleInstances', 'UnifiedRoleEligibilityScheduleInstance'),
  ...resource('/roleManagement/directory/roleAssignmentScheduleRequests', 'UnifiedRoleAssignmentScheduleRequest', 'C'),
  ...resource('/roleManagement/directory/roleEligibilityScheduleRequests', 'UnifiedRoleEligibilityScheduleRequest', 'C'),
  ...resource(`${CONDITIONAL_ACCESS}/policies`, 'ConditionalAccessPolicy', 'CUD'),
  ...resource(`${CONDITIONAL_ACCESS}/namedLocations`, 'NamedLocation'),
  // Newer than the types: only the shared OpenAPI slice knows their shapes.
  list(`${CONDITIONAL_ACCESS}/deletedItems/policies`, 'ConditionalAccessPolicy'),
  action(`${CONDITIONAL_ACCESS}/deletedItems/policies/{}/restore`, undefined, 'ConditionalAccessPolicy'),
  action(`${CONDITIONAL_ACCESS}/evaluate`, { type: 'object' }, value({ type: 'array', items: { type: 'object' } })),
  ...(
    [
      ['identitySecurityDefaultsEnforcementPolicy', 'IdentitySecurityDefaultsEnforcementPolicy'],
      ['authenticationMethodsPolicy', 'AuthenticationMethodsPolicy'],
      ['authorizationPolicy', 'AuthorizationPolicy'],
    ] as const
  ).flatMap(([name, type]): Operation[] => [
    { method: 'GET', path: `/policies/${name}`, gives: type },
    { method: 'PATCH', path: `/policies/${name}`, takes: type },
  ]),
  ...resource('/policies/authenticationMethodsPolicy/authenticationMethodConfigurations', 'AuthenticationMethodConfiguration', 'U'),
  ...resource('/policies/authenticationStrengthPolicies', 'AuthenticationStrengthPolicy'),
  ...resource('/servicePrincipals', 'ServicePrincipal'),
  list('/servicePrincipals/{}/appRoleAssignments', 'AppRoleAssignment'),
  ...resource('/auditLogs/signIns', 'SignIn'),
  ...resource('/auditLogs/directoryAudits', 'DirectoryAudit'),
  ...resource('/reports/authenticationMethods/userRegistrationDetails', 'UserRegistrationDetails'),
  ...resource('/organization', 'Organization'),
  ...resource('/domains', 'Domain'),
  list('/domains/{}/federationConfiguration', 'InternalDomainFederation'),
  ...resource('/subscribedSkus', 'SubscribedSku'),
  ...resource('/directoryRoles', 'DirectoryRole', 'C'),
  list('/directoryRoles/{}/members', 'DirectoryObject'),
  ...resource('/subscriptions', 'Subscription', 'CD'),
  { method: 'PATCH', path: '/subscriptions/{}', gives: 'Subscription', takes: 'Subscription' },
  action(
    '/$batch',
    items('requests', ['method', 'url'], { method: { type: 'string' }, url: { type: 'string' }, headers: {}, body: {}, dependsOn: GUIDS }),
    items('responses', ['status'], { status: { type: 'integer' }, headers: { type: 'object' }, body: {} }),
  ),
];

/** Types an answer may turn out to be where its declared one is a base: named by `@odata.type`. */
const DERIVED = [
  'ServicePrincipal',
  'Device',
  'IpNamedLocation',
  'CountryNamedLocation',
  'Fido2AuthenticationMethodConfiguration',
  'MicrosoftAuthenticatorAuthenticationMethodConfiguration',
  'TemporaryAccessPassAuthenticationMethodConfiguration',
  'SmsAuthenticationMethodConfiguration',
  'VoiceAuthenticationMethodConfiguration',
  'EmailAuthenticationMethodConfiguration',
  'SoftwareOathAuthenticationMethodConfiguration',
  'X509CertificateAuthenticationMethodConfiguration',
  'AuthenticationMethodTarget',
  'MicrosoftAuthenticatorAuthenticationMethodTarget',
  'SmsAuthenticationMethodTarget',
];

/** Every type that is named above, once. */
export const TYPES: readonly string[] = [
  ...new Set([...OPERATIONS.flatMap(({ gives, takes }) => [Array.isArray(gives) ? gives[0] : gives, takes]), ...DERIVED]),
].filter((name) => typeof name === 'string');

/** A `{}` of a template never takes what another template has as a word, so the one with most words wins. */
const matchers = OPERATIONS.map((operation) => ({
  operation,
  words: operation.path.split('/').filter((part) => part !== '{}').length,
  pattern: new RegExp(`^${operation.path.replaceAll('.', '\\.').replaceAll('$', '\\$').replaceAll('{}', '[^/]+')}$`, 'i'),
}));

/** @param path after `/v1.0`, without the query */
export function operationOf(method: string, path: string): Operation | undefined {
  const found = matchers.filter(({ operation, pattern }) => operation.method === method && pattern.test(path));
  return found.sort((a, b) => b.words - a.words)[0]?.operation;
}
