import { GLOBAL_ADMINISTRATOR } from '../../src/core/request/plan.ts';
import type { Life } from './accountLife.ts';
import { aPlan } from './builders.ts';
import type { BadTenant, TenantWrite } from './faultLives.ts';

/** What is wrong with an account in the tenant itself, once the bad day is over: anything missing, twice, or in the wrong order. */
export async function wrongInTenant(
  { objectId, userPrincipalName, later }: Life,
  tenant: BadTenant,
  all: readonly TenantWrite[],
): Promise<string[]> {
  const plan = aPlan();
  const reader = tenant.oracle;
  const [user, deleted, excluded, restricted, roles] = await Promise.all([
    reader.user(objectId),
    reader.isDeleted(objectId),
    reader.isMember(plan.exclusionGroupId, objectId),
    reader.isInUnit(plan.restrictedUnitId ?? '', objectId),
    reader.roles(objectId),
  ]);
  const of = (write: TenantWrite): boolean => write.path.toLowerCase().includes(objectId) || JSON.stringify(write.body).includes(objectId);
  const done = (method: string, path: RegExp, match: (write: TenantWrite) => boolean = of): readonly TenantWrite[] =>
    all.filter((write) => write.method === method && path.test(write.path) && write.status >= 200 && write.status < 300 && match(write));
  const created = done('POST', /\/users$/, ({ body }) => body?.userPrincipalName === userPrincipalName);
  const excludedBy = done('POST', /\/groups\/[^/]+\/members\/\$ref$/);
  const joined = done('POST', /\/administrativeUnits\/[^/]+\/members\/\$ref$/);
  const assigned = done('POST', /\/roleAssignments$/);
  const enabled = done('PATCH', /\/users\//, (write) => of(write) && write.body?.accountEnabled === true);
  const [retired, disabled] = [later === 'retire', later === 'disable'];
  const left = done('DELETE', /\/administrativeUnits\//);
  const removed = [done('DELETE', /\/groups\//), done('DELETE', /\/users\//)];
  const first = (writes: readonly TenantWrite[]): number => writes[0]?.seq ?? Number.NaN;
  const inOrder = first(created) < first(excludedBy) && first(excludedBy) < first(assigned) && first(assigned) < first(enabled);
  return [
    created.length === 1 ? '' : `created ${created.length} times`,
    excludedBy.length === 1 ? '' : `excluded ${excludedBy.length} times`,
    assigned.length === 1 ? '' : `given the role ${assigned.length} times`,
    joined.length === left.length + (retired ? 0 : 1) ? '' : `put into the unit ${joined.length} times, taken out ${left.length} times`,
    inOrder ? '' : 'written in another order than planned (GR-2)',
    removed.every(({ length }) => length === (retired ? 1 : 0)) ? '' : `removed and deleted ${removed.map(({ length }) => length)} times`,
    (retired ? deleted && !user : user?.userPrincipalName === userPrincipalName) ? '' : 'not there, or still there',
    retired || user?.accountEnabled === !disabled ? '' : 'not enabled, or not disabled',
    excluded === !retired ? '' : 'not in the exclusion group, or still in it',
    retired || restricted ? '' : 'not in its restricted unit',
    (retired ? roles.length === 0 : roles.length === 1 && roles[0] === GLOBAL_ADMINISTRATOR.templateId) ? '' : `its roles are ${roles}`,
  ].filter((text) => text !== '');
}
