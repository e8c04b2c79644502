import type { ChangeRequest, RequestKind } from '../../../src/core/request/types.ts';
import { person } from '../builders.ts';
import type { Machine } from '../installation/machine.ts';
import type { MemoryUser } from '../installation/memoryTenant.ts';
import type { BY_HAND, Wrong } from './happenings.ts';

const FIRST = 'EA-SEED01';
const STRANGER = 'cccccccc-0000-4000-8000-000000000001';
/** Whom a hand excludes from the policy, beside whatever else it is about. */
export const BY_HAND_EXCLUDED: readonly string[] = ['somebody'];
const CATCHING = 'bbbbbbbb-0000-4000-8000-000000000001';

/** What Rita fills in for a request of that kind on the first account, with something to be mended where the kind needs it. */
export function formFor(machine: Machine, operation: RequestKind, wrong: Wrong, keys: boolean): Parameters<Machine['ask']>[1] {
  const { tenant, store } = machine;
  const account = store.rows.account.get(FIRST);
  const common = { operation: operation as Exclude<RequestKind, 'create'>, accountId: FIRST, fewer: true };
  const holds = (name: 'dana' | 'eli' | 'fay') => account?.parts.some(({ custodian }) => custodian.objectId === person(name).objectId);
  switch (operation) {
    case 'create':
      return keys ? { credential: 'passkey' } : {};
    case 'rotate':
      return {
        ...common,
        custodians: [person('dana').objectId, person('fay').objectId],
        credential: keys ? 'passkey' : 'split-password',
      };
    case 'handover': {
      const [leaving, next] = holds('eli') ? (['eli', 'fay'] as const) : (['fay', 'eli'] as const);
      return { ...common, leaving: person(leaving).objectId, custodians: [person(holds(next) ? 'dana' : next).objectId] };
    }
    case 'exclude':
      if (!tenant.policies.has(CATCHING)) tenant.policies.set(CATCHING, { name: 'CA001', users: everybody() });
      return common;
    case 'repair':
      return { ...common, finding: findingOf(machine, wrong) };
    default:
      return common;
  }
}

/** @returns how posture calls it, once it is so of the first account */
function findingOf({ tenant, store }: Machine, wrong: Wrong): string {
  const { objectId } = store.rows.account.get(FIRST) ?? { objectId: '' };
  const user = tenant.users.get(objectId);
  switch (wrong) {
    case 'expires':
      if (user) user.passwordPolicies = '';
      return `password-lifetime:${FIRST}`;
    case 'weak':
      if (user) user.methods = withPhone(user.methods);
      return `weak-methods:${FIRST}`;
    case 'no-role':
      tenant.administrators.delete(objectId);
      return `role:${FIRST}`;
    case 'not-excluded':
      tenant.members.delete(objectId);
      return `in-exclusion-group:${FIRST}`;
    case 'no-unit':
      tenant.unit.delete(objectId);
      return `restricted-unit:${FIRST}`;
    case 'stranger':
      tenant.members.add(STRANGER);
      return `group-members:${STRANGER}`;
  }
}
const withPhone = (methods: MemoryUser['methods']): MemoryUser['methods'] => [
  ...methods.filter(({ kind }) => kind !== 'phone'),
  { id: '3179', kind: 'phone' },
];

const everybody = () => ({
  includeUsers: ['All'],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
});

/** @returns whether that changed anything */
export function changeByHand({ tenant, store }: Machine, what: (typeof BY_HAND)[number]): boolean {
  const objectId = store.rows.account.get(FIRST)?.objectId ?? '';
  const user = tenant.users.get(objectId);
  if (!user) return false;
  switch (what) {
    case 'disable':
    case 'enable':
      user.enabled = what === 'enable';
      return true;
    case 'leave-group':
      return tenant.members.delete(objectId);
    case 'lose-role':
      return tenant.administrators.delete(objectId);
    case 'leave-unit':
      return tenant.unit.delete(objectId);
    case 'lose-marker':
      user.marker = 'somebody else';
      return true;
    case 'let-expire':
      user.passwordPolicies = '';
      return true;
    case 'add-method':
      user.methods = withPhone(user.methods);
      return true;
    case 'delete':
      for (const set of [tenant.members, tenant.administrators, tenant.unit]) set.delete(objectId);
      tenant.bin.add(objectId);
      return tenant.users.delete(objectId);
    case 'change-policy': {
      const policy = tenant.policies.get(CATCHING);
      if (policy) policy.users = { ...policy.users, excludeUsers: BY_HAND_EXCLUDED };
      return policy !== undefined;
    }
  }
}

/**
 * How the account of a request stands in the tenant, as far as its plan depends on it: whether it is in its unit, what it holds, where it is
 * retired or disabled how many others can be used, which the title says, and for a new password whether it would expire.
 */
export function standingOf({ tenant, info, store }: Machine, { plan, kind }: ChangeRequest): string {
  if (!('objectId' in plan.account)) return '';
  const { objectId } = plan.account;
  const inUnit = info(plan.tenant.id)?.restrictedUnitId !== undefined && tenant.unit.has(objectId);
  if (kind === 'retire' || kind === 'disable') {
    const accounts = [...store.rows.account.values()].filter(({ tenantId }) => tenantId === plan.tenant.id);
    const others = accounts.filter((each) => each.objectId !== objectId && ['handover', 'in-service'].includes(each.state));
    const held = kind === 'retire' ? [tenant.administrators.has(objectId), tenant.members.has(objectId)] : [];
    return [inUnit, ...held, others.length].join();
  }
  const expires = tenant.users.get(objectId)?.passwordPolicies === '';
  if (kind === 'rotate' || kind === 'handover') return [inUnit, expires].join();
  return kind === 'exclude' || kind === 'repair' ? '' : String(inUnit);
}
