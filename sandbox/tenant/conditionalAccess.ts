import type { SandboxTenant } from '../world.ts';
import { type Initiator, initiatorOf, recordAudit } from './audit.ts';
import { answerCollection, type CollectionRules } from './collection.ts';
import { badRequest, invalidValue, notFound } from './graphFault.ts';
import { entity, type GraphRoute, noContent, ok, type Permissions } from './graphRoute.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['Policy.Read.All', 'Policy.Read.ConditionalAccess', ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All']];

export const POLICY_RULES: CollectionRules = {
  context: 'identity/conditionalAccess/policies',
  type: 'microsoft.graph.conditionalAccessPolicy',
  properties: [
    'id',
    'templateId',
    'displayName',
    'createdDateTime',
    'modifiedDateTime',
    'state',
    'conditions',
    'grantControls',
    'sessionControls',
  ],
  filter: { resource: 'ConditionalAccessPolicy', or: true, properties: { displayname: ['eq', 'startswith'], state: ['eq'], id: ['eq'] } },
  pageSize: 100,
  maxTop: 999,
};

const DEFAULTS = 'identitySecurityDefaultsEnforcementPolicy';

/** A free tenant starts with them; the others have Conditional Access instead. */
export function hasSecurityDefaults(state: TenantState, tenant: SandboxTenant): boolean {
  const changed = state.policySettings.get(`${tenant.id}/${DEFAULTS}`)?.properties.isEnabled;
  return typeof changed === 'boolean' ? changed : tenant.kind === 'free';
}

/**
 * Any Conditional Access policy, whatever its state, keeps them off (Learn, security defaults); Microsoft's own do not, which nobody can
 * delete. Throws 400.
 */
export function setSecurityDefaults(state: TenantState, tenant: SandboxTenant, by: Initiator, isEnabled: boolean): void {
  if (isEnabled && state.policies.all().some((row) => row.tenantId === tenant.id && row.deletedAt == null && row.managed !== true)) {
    throw badRequest('Security defaults cannot be enabled while the tenant has Conditional Access policies.');
  }
  const before = hasSecurityDefaults(state, tenant);
  const id = `${tenant.id}/${DEFAULTS}`;
  state.policySettings.put(id, { id, properties: { isEnabled } });
  const changes = { IsEnabled: [[before], [isEnabled]] } as const;
  recordAudit(state, {
    tenantId: tenant.id,
    by,
    activity: isEnabled ? 'Enable security defaults' : 'Disable security defaults',
    category: 'Policy',
    operation: 'Update',
    targets: [{ id: '00000000-0000-0000-0000-000000000005', displayName: 'Security Defaults', type: 'Policy', changes }],
  });
}

/** Conditional Access policies, read; security defaults, read and set. */
export function conditionalAccessRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/identity/conditionalAccess/policies',
      permissions: READ,
      throttle: 'conditional-access',
      handle: (call) =>
        answerCollection(
          call,
          POLICY_RULES,
          state.policies
            .all()
            .filter((row) => row.tenantId === call.tenant.id && row.deletedAt == null)
            .map((row) => row.policy),
        ),
    },
    {
      method: 'GET',
      path: '/identity/conditionalAccess/policies/:id',
      permissions: READ,
      throttle: 'conditional-access',
      handle(call) {
        const id = call.params.id ?? '';
        const row = state.policies.get(id.toLowerCase());
        if (row?.tenantId !== call.tenant.id || row.deletedAt != null) throw notFound(id);
        return entity(POLICY_RULES.context, pick(row.policy, selectOf(call, POLICY_RULES)));
      },
    },
    {
      method: 'GET',
      path: '/policies/identitySecurityDefaultsEnforcementPolicy',
      permissions: ['Policy.Read.All'],
      handle: (call) =>
        ok({
          '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#policies/identitySecurityDefaultsEnforcementPolicy/$entity',
          id: '00000000-0000-0000-0000-000000000005',
          displayName: 'Security Defaults',
          description: 'Security defaults is a set of basic identity security mechanisms recommended by Microsoft.',
          isEnabled: hasSecurityDefaults(state, call.tenant),
        }),
    },
    {
      method: 'PATCH',
      path: '/policies/identitySecurityDefaultsEnforcementPolicy',
      permissions: [['Policy.Read.All', 'Policy.ReadWrite.SecurityDefaults']],
      handle(call) {
        const { '@odata.type': _type, isEnabled, ...others } = call.body;
        if (typeof isEnabled !== 'boolean' || Object.keys(others).length > 0) throw invalidValue('isEnabled', 'SecurityDefaults');
        setSecurityDefaults(state, call.tenant, initiatorOf(call), isEnabled);
        return noContent;
      },
    },
  ];
}
