import type { Outcome } from '../../../src/app/dispatch.ts';
import type { EmergencyAccount } from '../../../src/core/account/types.ts';
import type { ChangeRequest, RequestKind } from '../../../src/core/request/types.ts';
import { person } from '../builders.ts';
import { type Machine, machine } from './machine.ts';
import { seedAccount } from './seed.ts';

/**
 * One request that is carried out to its end, and the tenant it is asked in. Together they hold every kind of request and every kind of
 * step: test/property/killPoints.test.ts fails for one that no saga has, and kills the worker at every durable boundary of each.
 */
export interface Saga {
  readonly name: string;
  readonly kind: RequestKind;
  readonly inUnit: boolean;
  /** What is so before it is asked; the account is in service, as its own plan left it. */
  readonly before?: (machine: Machine, account: EmergencyAccount) => void;
  readonly ask: (machine: Machine, account: EmergencyAccount) => Promise<Outcome>;
}

const RITA = person('rita').objectId;
const people = (...names: readonly Parameters<typeof person>[0][]): string[] => names.map((name) => person(name).objectId);

const onAccount = (
  operation: Exclude<RequestKind, 'create'>,
  name: string = operation,
  more: { readonly inUnit?: boolean; readonly before?: NonNullable<Saga['before']>; readonly form?: object } = {},
): Saga => ({
  name,
  kind: operation,
  inUnit: more.inUnit ?? true,
  ...(more.before ? { before: more.before } : {}),
  ask: (on, { id: accountId }) => on.ask(RITA, { operation, accountId, fewer: true, ...more.form }),
});

/** `key` names the finding of the account, or of something else. */
const repair = (check: string, before: NonNullable<Saga['before']>, about?: string): Saga => ({
  name: `repair ${check}`,
  kind: 'repair',
  inUnit: true,
  before,
  ask: (on, { id: accountId }) => on.ask(RITA, { operation: 'repair', accountId, finding: `${check}:${about ?? accountId}` }),
});

const POLICY = 'bbbbbbbb-0000-4000-8000-00000000000';
const catching = ({ tenant }: Machine): void => {
  const everybody = { includeUsers: ['All'], excludeUsers: [], includeGroups: [], includeRoles: [], excludeRoles: [], excludeGroups: [] };
  for (const number of [1, 2]) tenant.policies.set(`${POLICY}${number}`, { name: `CA00${number}`, users: everybody });
};
/** As a request to disable it left it. */
const switchedOff: NonNullable<Saga['before']> = ({ tenant, store }, account) => {
  const user = tenant.users.get(account.objectId);
  if (user) user.enabled = false;
  store.put('account', { ...account, state: 'disabled' });
};
const expiring: NonNullable<Saga['before']> = ({ tenant }, { objectId }) => {
  const user = tenant.users.get(objectId);
  if (user) user.passwordPolicies = '';
};
const STRANGER = 'cccccccc-0000-4000-8000-000000000001';

/** As a plan with security keys left it. */
export const withKeys: NonNullable<Saga['before']> = ({ tenant, store }, account) => {
  const parts = account.parts.map((part) => ({ ...part, key: { methodId: `old-${part.number}` } }));
  store.put('account', { ...account, credential: 'passkey', parts });
  const keys = parts.map(({ key }) => ({ id: key.methodId, kind: 'fido2', passkeyType: 'deviceBound' }));
  tenant.users.get(account.objectId)?.methods.push(...keys);
};
const withThreeKeys: NonNullable<Saga['before']> = (on, account) => {
  const third = { ...account.parts[0], number: 3, custodian: person('fay') } as EmergencyAccount['parts'][number];
  withKeys(on, { ...account, parts: [...account.parts, third] });
};

export const SAGAS: readonly Saga[] = [
  { name: 'create with keys', kind: 'create', inUnit: true, ask: (on) => on.ask(RITA, { credential: 'passkey' }) },
  onAccount('rotate', 'rotate with keys', { before: withKeys, form: { custodians: people('dana', 'fay') } }),
  onAccount('rotate', 'rotate with keys to one more', { before: withKeys, form: { custodians: people('dana', 'fay', 'eli') } }),
  onAccount('rotate', 'rotate with keys to one fewer', { before: withThreeKeys, form: { custodians: people('dana', 'fay') } }),
  onAccount('rotate', 'keys in place of a password', {
    before: ({ tenant }, { objectId }) => void tenant.users.get(objectId)?.methods.push({ id: 'second-factor', kind: 'fido2' }),
    form: { credential: 'passkey', custodians: people('dana', 'fay', 'eli') },
  }),
  onAccount('rotate', 'password in place of keys', {
    before: withKeys,
    form: { credential: 'split-password', custodians: people('dana', 'fay') },
  }),
  onAccount('handover', 'handover with keys', { before: withKeys, form: { leaving: person('eli').objectId, custodians: people('fay') } }),
  { name: 'create', kind: 'create', inUnit: true, ask: (on) => on.ask(RITA, {}) },
  { name: 'create without a unit', kind: 'create', inUnit: false, ask: (on) => on.ask(RITA, {}) },
  onAccount('rotate', 'rotate', { form: { custodians: people('dana', 'eli', 'fay') } }),
  onAccount('rotate', 'rotate without a unit', { inUnit: false, form: { custodians: people('eli', 'fay') } }),
  onAccount('handover', 'handover', { form: { leaving: person('eli').objectId, custodians: people('fay') } }),
  onAccount('rotate', 'rotate what expires', { before: expiring, form: { custodians: people('dana', 'fay') } }),
  onAccount('disable'),
  onAccount('enable', 'enable', { before: switchedOff }),
  onAccount('retire'),
  onAccount('exclude', 'exclude', {
    before(on, { objectId }) {
      catching(on);
      on.tenant.members.delete(objectId);
    },
  }),
  repair('policy-exclusions', catching, `${POLICY}1`),
  repair('in-exclusion-group', ({ tenant }, { objectId }) => void tenant.members.delete(objectId)),
  repair('restricted-unit', ({ tenant }, { objectId }) => void tenant.unit.delete(objectId)),
  repair('role', ({ tenant }, { objectId }) => void tenant.administrators.delete(objectId)),
  repair('password-lifetime', expiring),
  repair('weak-methods', ({ tenant }, { objectId }) => void tenant.users.get(objectId)?.methods.push({ id: '3179', kind: 'phone' })),
  repair('unrecorded-keys', (on, account) => {
    withKeys(on, account);
    on.tenant.users.get(account.objectId)?.methods.push({ id: 'nobodys', kind: 'fido2' });
  }),
  repair('group-members', ({ tenant }) => void tenant.members.add(STRANGER), STRANGER),
];

/** The saga's tenant with its request, which nobody has decided on. */
export async function asked(
  { inUnit, before, ask, name }: Saga,
  expiryHours?: number,
): Promise<{ machine: Machine; requestId: string; request: ChangeRequest }> {
  const on = machine(inUnit);
  if (expiryHours !== undefined) on.policy = { ...on.policy, requestExpiryHours: expiryHours };
  const account = await seedAccount(on, 1);
  await seedAccount(on, 2);
  before?.(on, account);
  const outcome = await ask(on, account);
  const request = outcome.ok ? outcome.value.request : undefined;
  if (!request) throw new Error(`${name} was refused: ${JSON.stringify(outcome)}`);
  return { machine: on, requestId: request.id, request };
}

/** The same, approved by Ann and Bob: the run of its plan is owed, and nothing has been written. */
export async function approved(saga: Saga, expiryHours?: number): Promise<{ machine: Machine; requestId: string }> {
  const { machine: on, requestId, request } = await asked(saga, expiryHours);
  const wanted = { kind: 'approve-request', requestId, planDigest: request.planDigest } as const;
  for (const who of people('ann', 'bob')) {
    const outcome = await on.press(who, wanted);
    if (!outcome.ok) throw new Error(`${saga.name}: ${outcome.error.code}`);
  }
  return { machine: on, requestId };
}

/** The same of the saga of that name, with its request and its account as they stand whenever they are asked for. */
export async function approvedByName(
  name: string,
  { expiryHours, inUnit }: { readonly expiryHours?: number; readonly inUnit?: boolean } = {},
) {
  const saga = SAGAS.find((each) => each.name === name);
  if (!saga) throw new Error(`no saga ${name}`);
  const made = await approved({ ...saga, inUnit: inUnit ?? saga.inUnit }, expiryHours);
  const { store, tenant } = made.machine;
  const request = () => made.machine.request(made.requestId);
  const account = () => {
    const planned = request().plan.account;
    const isIts = ({ id, requestId }: EmergencyAccount): boolean =>
      'accountId' in planned ? id === planned.accountId : requestId === made.requestId;
    const found = [...store.rows.account.values()].find(isIts);
    if (!found) throw new Error('no account');
    return found;
  };
  const causes = () => [...store.rows.alert.values()].map(({ cause }) => ('words' in cause ? cause.words : cause.kind));
  return { ...made, request, account, user: () => tenant.users.get(account().objectId), causes };
}
