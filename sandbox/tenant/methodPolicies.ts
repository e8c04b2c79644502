import { type Initiator, initiatorOf, recordAudit } from './audit.ts';
import { answerCollection } from './collection.ts';
import { invalidValue, notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, noContent, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['Policy.Read.AuthenticationMethod', 'Policy.ReadWrite.AuthenticationMethod', 'Policy.Read.All'];
const WRITE: Permissions = ['Policy.ReadWrite.AuthenticationMethod'];
const POLICY = 'authenticationMethodsPolicy';

const everybody = (more: JsonObject = {}): JsonObject => ({
  excludeTargets: [],
  includeTargets: [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false, ...more }],
});

const configuration = (id: string, type: string, state: string, more: JsonObject): JsonObject => ({
  '@odata.type': `#microsoft.graph.${type}AuthenticationMethodConfiguration`,
  id,
  state,
  ...more,
});

/** As a tenant has them that follows Learn's advice: keys and passes on, phone calls off. */
const INITIAL: readonly JsonObject[] = [
  configuration('Fido2', 'fido2', 'enabled', {
    isSelfServiceRegistrationAllowed: true,
    isAttestationEnforced: false,
    keyRestrictions: { isEnforced: false, enforcementType: 'block', aaGuids: [] },
    ...everybody({ allowedPasskeyProfiles: [] }),
  }),
  configuration('MicrosoftAuthenticator', 'microsoftAuthenticator', 'enabled', {
    isSoftwareOathEnabled: true,
    ...everybody({ authenticationMode: 'any' }),
  }),
  configuration('Sms', 'sms', 'enabled', everybody({ isUsableForSignIn: false })),
  // Defaults of the policy: Learn, howto-authentication-temporary-access-pass (2026).
  configuration('TemporaryAccessPass', 'temporaryAccessPass', 'enabled', {
    defaultLifetimeInMinutes: 60,
    defaultLength: 8,
    minimumLifetimeInMinutes: 60,
    maximumLifetimeInMinutes: 480,
    isUsableOnce: false,
    ...everybody(),
  }),
  configuration('SoftwareOath', 'softwareOath', 'enabled', everybody()),
  configuration('Voice', 'voice', 'disabled', { isOfficePhoneAllowed: false, ...everybody() }),
  configuration('Email', 'email', 'enabled', { allowExternalIdToUseEmailOtp: 'default', ...everybody() }),
];

/** A method's configuration as the tenant has it now; an empty object for a method there is none for. */
export function methodConfiguration(state: TenantState, tenantId: string, id: string): JsonObject {
  const initial = INITIAL.find((one) => String(one.id).toLowerCase() === id.toLowerCase());
  return { ...initial, ...state.policySettings.get(`${tenantId}/${POLICY}/${id.toLowerCase()}`)?.properties };
}

const allConfigurations = (state: TenantState, call: GraphCall): JsonObject[] =>
  INITIAL.map((one) => methodConfiguration(state, call.tenant.id, String(one.id)));

/** A change of one method's configuration. Throws 404 for a method there is none for, 400 for what it cannot be. */
export function changeMethodPolicy(state: TenantState, tenantId: string, by: Initiator, named: string, body: JsonObject): void {
  const id = named.toLowerCase();
  const before = methodConfiguration(state, tenantId, id);
  if (before.id === undefined) throw notFound(id);
  const { '@odata.type': _type, id: _id, ...given } = body;
  for (const [name, value] of Object.entries(given)) {
    const fits = name in before && typeof value === typeof before[name] && Array.isArray(value) === Array.isArray(before[name]);
    if (!fits || (name === 'state' && value !== 'enabled' && value !== 'disabled'))
      throw invalidValue(name, 'AuthenticationMethodConfiguration');
  }
  const key = `${tenantId}/${POLICY}/${id}`;
  state.policySettings.put(key, { id: key, properties: { ...state.policySettings.get(key)?.properties, ...given } });
  recordAudit(state, {
    tenantId,
    by,
    activity: 'Authentication Methods Policy Update',
    category: 'Policy',
    operation: 'Update',
    service: 'Authentication Methods',
    targets: [
      {
        id: POLICY,
        displayName: 'Authentication Methods Policy',
        type: 'Policy',
        changes: { [String(before.id)]: [before, { ...before, ...given }] },
      },
    ],
  });
}

/** Which methods the tenant allows, and how. */
export function methodPolicyRoutes(state: TenantState): readonly GraphRoute[] {
  const path = `/policies/${POLICY}`;
  const list = `${path}/authenticationMethodConfigurations`;
  return [
    {
      method: 'GET',
      path,
      permissions: READ,
      handle: (call) =>
        entity(path.slice(1), {
          id: POLICY,
          displayName: 'Authentication Methods Policy',
          description: 'The tenant-wide policy that controls which authentication methods are allowed in the tenant.',
          lastModifiedDateTime: '2024-03-11T10:00:00Z',
          policyVersion: '1.5',
          policyMigrationState: 'migrationComplete',
          authenticationMethodConfigurations: allConfigurations(state, call),
        }),
    },
    {
      method: 'GET',
      path: list,
      permissions: READ,
      handle(call) {
        const values = allConfigurations(state, call);
        const properties = [...new Set(values.flatMap((one) => Object.keys(one)))].filter((name) => name !== '@odata.type');
        const rules = {
          context: list.slice(1),
          type: 'microsoft.graph.authenticationMethodConfiguration',
          properties,
          pageSize: 100,
          maxTop: 999,
        };
        const answer = answerCollection(call, { ...rules, properties: ['id', 'state'] }, values);
        return call.query.$select === undefined ? { ...answer, body: { ...answer.body, value: values } } : answer;
      },
    },
    {
      method: 'GET',
      path: `${list}/:id`,
      permissions: READ,
      handle(call) {
        const one = methodConfiguration(state, call.tenant.id, call.params.id ?? '');
        if (one.id === undefined) throw notFound(call.params.id ?? '');
        return entity(list.slice(1), one);
      },
    },
    {
      method: 'PATCH',
      path: `${list}/:id`,
      permissions: WRITE,
      handle(call) {
        changeMethodPolicy(state, call.tenant.id, initiatorOf(call), call.params.id ?? '', call.body);
        return noContent;
      },
    },
  ];
}
