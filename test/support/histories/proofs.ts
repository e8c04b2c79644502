import type { EmergencyAccount } from '../../../src/core/account/types.ts';
import { kindOfStep, type Plan, type StepId, type StepKind, subjectOfStep } from '../../../src/core/request/types.ts';
import type { Machine } from '../installation/machine.ts';
import type { TenantWrite } from '../installation/memoryTenant.ts';
import { BY_HAND_EXCLUDED } from './asking.ts';
import type { Course } from './world.ts';

/** Where it is looked whether a step was carried out: not in what the product recorded of it, but in the tenant. */
export interface Place {
  readonly machine: Machine;
  readonly plan: Plan;
  /** Object id of the plan's user; none where a plan for a new one has made none. */
  readonly user: string | undefined;
  /** The step as the plan has it. */
  readonly step: StepId;
  /** What was written since its worker began it. */
  readonly written: ReadonlySet<TenantWrite['call']>;
  readonly course: Pick<Course, 'methodsBefore' | 'oldTouched' | 'unsure'>;
  /** It is a step of the undoing. */
  readonly back: boolean;
}
type Proof = (place: Place) => boolean;

const userOf = ({ machine: { tenant }, user = '' }: Place) => tenant.users.get(user);
const holds =
  (set: 'members' | 'administrators' | 'unit', wanted: boolean): Proof =>
  ({ machine: { tenant }, user = '' }) =>
    tenant[set].has(user) === wanted;
const wrote =
  (call: TenantWrite['call']): Proof =>
  ({ written }) =>
    written.has(call);
const goneNow: Proof = ({ machine: { tenant }, user }) => user === undefined || (!tenant.users.has(user) && tenant.bin.has(user));

/** Exactly as it was planned, and the exclusion group beside those that were excluded before: so it is when it has just been written. */
export const policyAsPlanned: Proof = ({ machine: { tenant }, plan, step }) => {
  const planned = 'policies' in plan ? plan.policies.find(({ policyId }) => policyId === subjectOfStep(step)) : undefined;
  if (!planned || !('exclusionGroupId' in plan)) return false;
  const { excludeGroups, ...rest } = tenant.policies.get(planned.policyId)?.users ?? {};
  const { excludeGroups: before, ...same } = planned.before;
  const wanted = [...(Array.isArray(before) ? before : []), plan.exclusionGroupId];
  return JSON.stringify([rest, excludeGroups]) === JSON.stringify([same, wanted]);
};

/** The same, but for whom a hand excluded since: that is not the plan's, and the group is excluded all the same. */
const policyExcludes: Proof = (place) => {
  const { tenant } = place.machine;
  const policy = tenant.policies.get(subjectOfStep(place.step));
  const byHand = JSON.stringify(policy?.users.excludeUsers) === JSON.stringify(BY_HAND_EXCLUDED);
  if (!policy || !byHand || !('exclusionGroupId' in place.plan)) return policyAsPlanned(place);
  const { excludeGroups } = policy.users;
  return Array.isArray(excludeGroups) && excludeGroups.includes(place.plan.exclusionGroupId);
};

const PASS = 'temporaryAccessPass';
const methodsOf = (place: Place) => userOf(place)?.methods ?? [];

/** The account as it is on record. */
export function recordOf({ machine: { store }, user }: Pick<Place, 'machine' | 'user'>): EmergencyAccount | undefined {
  return [...store.rows.account.values()].find(({ objectId }) => objectId === user);
}

/** Keys on record that count under the plan. */
export function keysOf(place: Pick<Place, 'machine' | 'user' | 'plan'>): ReadonlySet<string> {
  const { plan } = place;
  const keys = 'credential' in plan && plan.credential.kind === 'passkey' ? plan.credential.keys : 0;
  return new Set(recordOf(place)?.parts.flatMap(({ number, key }) => (key && number <= keys ? [key.methodId] : [])));
}

/** What opened the account before: then what was made in its place stays. */
const mayBeGone = ({ course }: Place): boolean => course.oldTouched === true || course.unsure.size > 0;

const keyOf = (place: Place): string | undefined =>
  recordOf(place)?.parts.find(({ number }) => number === Number(subjectOfStep(place.step)))?.key?.methodId;
const registered: Proof = (place) =>
  methodsOf(place).some(({ id, kind, passkeyType }) => kind === 'fido2' && passkeyType === 'deviceBound' && id === keyOf(place));

/** Nothing but so many keys opens it, and the password nobody has. */
const onlyKeys: Proof = (place) => {
  const keys = keysOf(place);
  const others = methodsOf(place).filter(({ id, kind }) => kind !== 'password' && !keys.has(id));
  const planned = 'credential' in place.plan && place.plan.credential.kind === 'passkey' ? place.plan.credential.keys : 0;
  const there = methodsOf(place).filter(({ id }) => keys.has(id));
  return others.length === 0 && there.length === planned && planned > 0;
};

/** What must be so in the tenant, or have been written, when a step is said to be done. A new kind of step needs its own line. */
export const PROOFS: { readonly [K in StepKind]: Proof } = {
  'create-user': (place) => userOf(place)?.userPrincipalName === place.plan.account.userPrincipalName,
  exclude: holds('members', true),
  watch: ({ machine: { store }, user }) => [...store.rows.account.values()].some(({ objectId }) => objectId === user),
  'leave-unit': holds('unit', false),
  'set-credential': wrote('setPassword'),
  'revoke-sessions': wrote('revokeSessions'),
  'assign-role': holds('administrators', true),
  enable: (place) => userOf(place)?.enabled === true,
  'join-unit': holds('unit', true),
  'remove-role': holds('administrators', false),
  disable: (place) => userOf(place)?.enabled !== true,
  'leave-group': holds('members', false),
  'delete-user': goneNow,
  'confirm-gone': (place) => goneNow(place) && WHERE.every((set) => holds(set, false)(place)),
  'exclude-policy': policyExcludes,
  'never-expire': (place) => userOf(place)?.passwordPolicies === 'DisablePasswordExpiration',
  'remove-member': ({ machine: { tenant }, step }) => !tenant.members.has(subjectOfStep(step)),
  'remove-method': (place) => {
    const [kind, id] = subjectOfStep(place.step).split(':');
    return userOf(place)?.methods.some((method) => method.kind === kind && method.id === id) === false;
  },
  'issue-pass': (place) => registered(place) || methodsOf(place).some(({ kind, usable }) => kind === PASS && usable),
  enrol: registered,
  'tidy-methods': onlyKeys,
  // Taken back it is left alone where nothing of it was written.
  'drop-password': (place) => place.written.has('setPassword') || (place.back && !place.course.oldTouched),
  'withdraw-password': (place) => place.written.has('setPassword') || mayBeGone(place),
  'store-parts': (place) => recordOf(place)?.parts.every(({ state }) => state === 'stored') === true,
  'remove-keys': (place) => methodsOf(place).every(({ kind }) => kind === 'password'),
  'withdraw-keys': (place) =>
    methodsOf(place).every(({ id, kind }) => kind !== PASS && (kind !== 'fido2' || place.course.methodsBefore.has(id) || mayBeGone(place))),
  verify: (place) => userOf(place)?.marker.startsWith(`${place.plan.account.marker}:`) === true && unlasting(place).length === 0,
};
const WHERE = ['members', 'administrators', 'unit'] as const;

/** Steps that undo each other: of these the last one of a plan stands at its end. Of what is not here nothing can be seen later. */
const MATTERS: { readonly [K in StepKind]?: string } = {
  exclude: 'group',
  'leave-group': 'group',
  'leave-unit': 'unit',
  'join-unit': 'unit',
  'assign-role': 'role',
  'remove-role': 'role',
  enable: 'switch',
  disable: 'switch',
  'exclude-policy': 'policy',
  'never-expire': 'expiry',
  'remove-member': 'member',
  'remove-method': 'method',
  'confirm-gone': 'user',
  'tidy-methods': 'opens',
  'remove-keys': 'opens',
};

export const proven = (place: Place): boolean => PROOFS[kindOfStep(place.step)](place);

/** What a plan was to leave behind and does not stand now. */
export function unlasting(place: Omit<Place, 'step' | 'written'>): StepId[] {
  const last = new Map<string, StepId>();
  for (const { id } of place.plan.steps) {
    const matter = MATTERS[kindOfStep(id)];
    if (matter !== undefined) last.set(`${matter}:${subjectOfStep(id)}`, id);
  }
  return [...last.values()].filter((step) => !proven({ ...place, step, written: new Set() }));
}
