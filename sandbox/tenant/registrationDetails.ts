import { answerCollection, type CollectionRules } from './collection.ts';
import { GraphFault, notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, type Permissions } from './graphRoute.ts';
import { graphInstant, type JsonObject } from './json.ts';
import { holdsAnyRole } from './membership.ts';
import type { UserRow } from './records.ts';
import { pick, selectOf } from './select.ts';
import { NOT_PREMIUM } from './signInGate.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['AuditLog.Read.All'];

/** Names of methods in this report differ from those of the methods API (API reference, userRegistrationDetails). */
const NAMES: Readonly<Record<string, string>> = {
  phone: 'mobilePhone',
  microsoftAuthenticator: 'microsoftAuthenticatorPush',
  softwareOath: 'softwareOneTimePasscode',
  windowsHelloForBusiness: 'windowsHelloForBusiness',
  platformCredential: 'platformCredential',
  email: 'email',
  temporaryAccessPass: 'temporaryAccessPass',
};
const MFA = ['mobilePhone', 'microsoftAuthenticatorPush', 'softwareOneTimePasscode', 'windowsHelloForBusiness', 'passKeyDeviceBound'];
const PASSWORDLESS = ['windowsHelloForBusiness', 'passKeyDeviceBound', 'passKeySynced'];
const SSPR = ['mobilePhone', 'email', 'microsoftAuthenticatorPush', 'softwareOneTimePasscode'];

function view(state: TenantState, user: UserRow): JsonObject {
  const methods = state.methods.all().filter((one) => one.userId === user.id);
  const passkey = (type: unknown): string => (type === 'synced' ? 'passKeySynced' : 'passKeyDeviceBound');
  const names = methods.map((one) => (one.kind === 'fido2' ? passkey(one.properties.passkeyType) : (NAMES[one.kind] ?? one.kind)));
  const has = (wanted: readonly string[]): boolean => names.some((name) => wanted.includes(name));
  const isMfaRegistered = has([...MFA, 'passKeySynced']);
  return {
    id: user.id,
    isAdmin: holdsAnyRole(state, user.tenantId, user.id),
    isMfaCapable: isMfaRegistered,
    isMfaRegistered,
    isPasswordlessCapable: has(PASSWORDLESS),
    isSsprCapable: has(SSPR),
    isSsprEnabled: true,
    isSsprRegistered: has(SSPR),
    isSystemPreferredAuthenticationMethodEnabled: true,
    lastUpdatedDateTime: graphInstant(state.clock.now()),
    methodsRegistered: [...new Set(names)],
    systemPreferredAuthenticationMethods: [],
    userDisplayName: user.properties.displayName,
    userPreferredMethodForSecondaryAuthentication: 'none',
    userPrincipalName: user.properties.userPrincipalName,
    userType: user.properties.userType === 'Guest' ? 'guest' : 'member',
  };
}

const PROPERTIES = [
  'id',
  'isAdmin',
  'isMfaCapable',
  'isMfaRegistered',
  'isPasswordlessCapable',
  'isSsprCapable',
  'isSsprEnabled',
  'isSsprRegistered',
  'isSystemPreferredAuthenticationMethodEnabled',
  'lastUpdatedDateTime',
  'methodsRegistered',
  'systemPreferredAuthenticationMethods',
  'userDisplayName',
  'userPreferredMethodForSecondaryAuthentication',
  'userPrincipalName',
  'userType',
] as const;

const rules: CollectionRules = {
  context: 'reports/authenticationMethods/userRegistrationDetails',
  type: 'microsoft.graph.userRegistrationDetails',
  properties: PROPERTIES,
  filter: {
    resource: 'UserRegistrationDetails',
    or: true,
    properties: {
      id: ['eq'],
      isadmin: ['eq'],
      ismfacapable: ['eq'],
      ismfaregistered: ['eq'],
      userprincipalname: ['eq', 'startswith'],
      usertype: ['eq'],
    },
  },
  pageSize: 1000,
  maxTop: 1000,
};

/** Who registered what: P1 or P2 only, and not in B2C. */
export function registrationDetailRoutes(state: TenantState): readonly GraphRoute[] {
  const path = '/reports/authenticationMethods/userRegistrationDetails';
  const own = (call: GraphCall): readonly JsonObject[] => {
    if (call.tenant.kind !== 'workforce') throw new GraphFault(403, NOT_PREMIUM.code, NOT_PREMIUM.message);
    const users = state.users.all().filter((user) => user.tenantId === call.tenant.id && user.deletedAt === null);
    return users.map((user) => view(state, user));
  };
  return [
    { method: 'GET', path, permissions: READ, throttle: 'reports', handle: (call) => answerCollection(call, rules, own(call)) },
    {
      method: 'GET',
      path: `${path}/:id`,
      permissions: READ,
      throttle: 'reports',
      handle(call) {
        const found = own(call).find((one) => one.id === call.params.id?.toLowerCase());
        if (!found) throw notFound(call.params.id ?? '');
        return entity(rules.context, pick(found, selectOf(call, rules)));
      },
    },
  ];
}
