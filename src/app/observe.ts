import type { EmergencyAccount } from '../core/account/types.ts';
import { GLOBAL_ADMINISTRATOR } from '../core/request/plan.ts';
import type { ObservedAccount } from '../core/request/planAccount.ts';
import type { Custody, TenantInfo, TenantReader } from './ports.ts';

/**
 * How a tenant shows an account now, as far as plans depend on it.
 *
 * @returns `undefined` when the tenant has no such user
 * @throws GraphFault when any of it cannot be read: a plan is drawn up from what is known, or not at all
 */
export async function observeAccount(
  reader: TenantReader,
  custody: Pick<Custody, 'tags'>,
  tenant: Pick<TenantInfo, 'exclusionGroupId' | 'restrictedUnitId'>,
  { objectId, requestId }: EmergencyAccount,
): Promise<ObservedAccount | undefined> {
  const [user, roles, excluded, restricted] = await Promise.all([
    reader.user(objectId),
    reader.roles(objectId),
    reader.isMember(tenant.exclusionGroupId, objectId),
    tenant.restrictedUnitId === undefined ? false : reader.isInUnit(tenant.restrictedUnitId, objectId),
  ]);
  if (!user) return undefined;
  const marker = `breakglass:${requestId}`;
  return {
    userPrincipalName: user.userPrincipalName,
    enabled: user.accountEnabled,
    privileged: roles.includes(GLOBAL_ADMINISTRATOR.templateId),
    excluded,
    restricted,
    ...(user.passwordPolicies?.includes('DisablePasswordExpiration') ? {} : { expires: true as const }),
    ours: (await custody.tags(marker)).some((tag) => user.marker === `${marker}:${tag}`),
  };
}
