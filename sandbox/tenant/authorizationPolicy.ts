import { initiatorOf, recordAudit } from './audit.ts';
import { invalidValue } from './graphFault.ts';
import { entity, type GraphRoute, noContent } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import type { TenantState } from './state.ts';

const ID = 'authorizationPolicy';

/** As a tenant starts: administrators may reset their own password (Learn, concept-sspr-policy), which emergency accounts had better not. */
const INITIAL: JsonObject = {
  id: ID,
  displayName: 'Authorization Policy',
  description: 'Used to manage authorization related settings across the company.',
  allowInvitesFrom: 'everyone',
  allowedToSignUpEmailBasedSubscriptions: true,
  allowedToUseSSPR: true,
  allowEmailVerifiedUsersToJoinOrganization: false,
  allowUserConsentForRiskyApps: null,
  blockMsolPowerShell: false,
  guestUserRoleId: '10dae51f-b6af-4016-8d66-8c2a99b929b3',
  defaultUserRolePermissions: {
    allowedToCreateApps: true,
    allowedToCreateSecurityGroups: true,
    allowedToCreateTenants: true,
    allowedToReadBitlockerKeysForOwnedDevice: true,
    allowedToReadOtherUsers: true,
    permissionGrantPoliciesAssigned: ['ManagePermissionGrantsForSelf.microsoft-user-default-legacy'],
  },
};

/** What people may do unless told otherwise; `allowedToUseSSPR` is about administrators. */
export function authorizationPolicyRoutes(state: TenantState): readonly GraphRoute[] {
  const path = `/policies/${ID}`;
  const policyOf = (tenantId: string): JsonObject => ({ ...INITIAL, ...state.policySettings.get(`${tenantId}/${ID}`)?.properties });
  return [
    {
      method: 'GET',
      path,
      permissions: ['Policy.Read.All', 'Policy.ReadWrite.Authorization'],
      handle: (call) => entity('authorizationPolicy', policyOf(call.tenant.id)),
    },
    {
      method: 'PATCH',
      path,
      permissions: ['Policy.ReadWrite.Authorization'],
      handle(call) {
        const before = policyOf(call.tenant.id);
        const { '@odata.type': _type, id: _id, ...given } = call.body;
        for (const [name, value] of Object.entries(given)) {
          if (typeof before[name] !== 'boolean' || typeof value !== 'boolean') throw invalidValue(name, 'AuthorizationPolicy');
        }
        const key = `${call.tenant.id}/${ID}`;
        state.policySettings.put(key, { id: key, properties: { ...state.policySettings.get(key)?.properties, ...given } });
        const changes = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [before[name], value] as const]));
        recordAudit(state, {
          tenantId: call.tenant.id,
          by: initiatorOf(call),
          activity: 'Update authorization policy',
          category: 'AuthorizationPolicy',
          operation: 'Update',
          targets: [{ id: ID, displayName: 'Authorization Policy', type: 'Policy', changes }],
        });
        return noContent;
      },
    },
  ];
}
