import type { SandboxTenant } from '../world.ts';
import { answerCollection, type CollectionRules } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphRoute, ok, type Permissions } from './graphRoute.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['Policy.Read.All', 'Policy.Read.ConditionalAccess', ['Policy.ReadWrite.ConditionalAccess', 'Policy.Read.All']];

const rules: CollectionRules = {
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

/** With any Conditional Access policy they can't be on; a free tenant has nothing else. */
export const hasSecurityDefaults = (tenant: SandboxTenant): boolean => tenant.kind === 'free';

/** Conditional Access policies and security defaults, read only. */
export function conditionalAccessRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/identity/conditionalAccess/policies',
      permissions: READ,
      handle: (call) =>
        answerCollection(
          call,
          rules,
          state.policies
            .all()
            .filter((row) => row.tenantId === call.tenant.id)
            .map((row) => row.policy),
        ),
    },
    {
      method: 'GET',
      path: '/identity/conditionalAccess/policies/:id',
      permissions: READ,
      handle(call) {
        const id = call.params.id ?? '';
        const row = state.policies.get(id.toLowerCase());
        if (!row || row.tenantId !== call.tenant.id) throw notFound(id);
        return entity(rules.context, pick(row.policy, selectOf(call, rules)));
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
          isEnabled: hasSecurityDefaults(call.tenant),
        }),
    },
  ];
}
