import type { EmergencyAccount } from '../core/account/types.ts';
import type { SeenAccount } from '../core/account/usable.ts';
import { GLOBAL_ADMINISTRATOR } from '../core/request/plan.ts';
import type { ObservedAccount } from '../core/request/planAccount.ts';
import type { Custody, TenantInfo, TenantReader } from './ports.ts';

/**
 * What the tenant shows of its other accounts that are on record as in use. One that cannot be read is left out: it counts as the record has it.
 */
export async function seeOthers(
  reader: TenantReader,
  accounts: readonly EmergencyAccount[],
  { id: exceptId, tenantId }: EmergencyAccount,
): Promise<SeenAccount[]> {
  const others = accounts.filter(
    ({ id, tenantId: of, state }) => of === tenantId && id !== exceptId && (state === 'handover' || state === 'in-service'),
  );
  const seen = await Promise.allSettled(
    others.map(async ({ id, objectId }): Promise<SeenAccount> => {
      const [user, roles] = await Promise.all([reader.user(objectId), reader.roles(objectId)]);
      return { accountId: id, enabled: user?.accountEnabled ?? false, privileged: roles.includes(GLOBAL_ADMINISTRATOR.templateId) };
    }),
  );
  return seen.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

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
