import { type EmergencyAccount, partKey } from '../../../src/core/account/types.ts';
import { type ChangeRequest, kindOfStep, replacedBy, type StepKind } from '../../../src/core/request/types.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import type { Machine } from './machine.ts';
import { fingerprint, type MemoryUser } from './memoryTenant.ts';

/** GR-2: users of ours that are enabled or privileged although no account on the watch list speaks of them. Looked at after every durable event. */
export function unwatched({ tenant, store }: Machine): string[] {
  const watched = new Set([...store.rows.account.values()].map(({ objectId }) => objectId));
  return [...tenant.users.values()]
    .filter(({ objectId, enabled }) => (enabled || tenant.administrators.has(objectId)) && !watched.has(objectId))
    .map(({ objectId }) => objectId);
}

/** The tenant as anybody would find it: what two runs of one plan must have in common, however they went. Passwords differ. */
export const tenantAsFound = ({ tenant }: Machine): object => ({
  users: [...tenant.users.values()].map(({ password: _password, passwordChangedAt: _at, ...user }) => user),
  bin: [...tenant.bin].sort(),
  members: [...tenant.members].sort(),
  administrators: [...tenant.administrators].sort(),
  unit: [...tenant.unit].sort(),
  policies: [...tenant.policies],
});

/** Writes that may happen again when nobody knows whether they did: who sees the password twice set never saw the first one. */
const REPEATABLE = ['setPassword', 'revokeSessions', 'issuePass'];

/** Writes of the log by call and subject, those that may be repeated once each. */
export function writesOnce({ tenant }: Machine): string[] {
  const lines = tenant.writes.map(({ call, about }) => `${call} ${about.join(' ')}`);
  return lines.filter((line, index) => !REPEATABLE.some((call) => line.startsWith(call)) || lines.indexOf(line) === index);
}

/** Names of accounts whose sealed parts, put together, are not the password in force; or that are to be handed over, and have none. */
export async function brokenCredentials({ store, tenant, custody }: Machine): Promise<string[]> {
  const broken: string[] = [];
  for (const account of store.rows.account.values()) {
    const sealed = account.parts.map(({ number, custodian }) => ({ key: partKey(account.id, number), custodian }));
    const held = sealed.filter(({ key }) => store.rows.sealed.has(key));
    if (held.length === 0 && account.state !== 'handover') continue; // nothing is to be handed over
    const parts = await Promise.all(
      held.map(({ key, custodian }) => custody.open(store.rows.sealed.get(key) ?? Buffer.of(), partContext(key, custodian.objectId))),
    );
    if (fingerprint(Buffer.concat(parts)) !== tenant.users.get(account.objectId)?.password) broken.push(account.id);
  }
  return broken;
}

/** Steps whose effect a plan leaves as it is when it is given up, and where that shows. Of a new account nothing is left. */
const STAYS: { readonly [K in StepKind]?: string } = {
  disable: 'enabled',
  'assign-role': 'administrators',
  'never-expire': 'passwordPolicies',
  'remove-method': 'methods',
  exclude: 'members',
  'remove-member': 'members',
  'exclude-policy': 'policies',
};

/** What a plan does not take back. One that only puts an account into its unit leaves it there; one that takes it out puts it back. */
function staysOf({ kind, plan }: ChangeRequest): Set<string | undefined> {
  if (kind === 'create') return new Set();
  const kinds = plan.steps.map(({ id }) => kindOfStep(id));
  return new Set([...kinds.map((each) => STAYS[each]), kinds.includes('leave-unit') ? undefined : 'unit']);
}

/**
 * What a plan that was taken back has left anywhere, told by the installation as it was before its run and not by what the product believes:
 * users, rights, memberships, methods, passes, parts, timers. Empty is as it must be (GR-5).
 */
export function residue(after: Machine, requestId: string, before: Machine): string[] {
  const request = after.request(requestId);
  const stays = staysOf(request);
  const [was, is] = [before.tenant, after.tenant];
  const objectIds = new Set([...was.users.keys(), ...is.users.keys()]);
  const [policiesWere, policiesAre] = [was, is].map(({ policies }) => JSON.stringify([...policies]));
  const left = [
    ...[...objectIds].flatMap((objectId) => userLeft(objectId, was.users.get(objectId), is.users.get(objectId), request)),
    ...(['members', 'administrators', 'unit'] as const).flatMap((set) => differing(set, was[set], is[set])),
    ...(policiesWere === policiesAre ? [] : ['policies changed']),
  ];
  return [
    ...left.filter((line) => ![...stays].some((field) => field !== undefined && line.startsWith(`${field} `))),
    ...[...after.store.rows.account.values()].flatMap((account) =>
      accountLeft(before.store.rows.account.get(account.id), account, after, before, request),
    ),
    ...[...after.store.rows.sealed.keys()].filter((key) => !before.store.rows.sealed.has(key)).map((key) => `sealed ${key}`),
    ...[...after.store.rows.timers.keys()].filter((key) => /^(?:expire|undo|resume):/.test(key) && key.endsWith(requestId)),
  ];
}

const differing = (set: string, was: ReadonlySet<string>, is: ReadonlySet<string>): string[] => [
  ...[...is].filter((objectId) => !was.has(objectId)).map((objectId) => `${set} has ${objectId}`),
  ...[...was].filter((objectId) => !is.has(objectId)).map((objectId) => `${set} has no ${objectId}`),
];

const PASS = 'temporaryAccessPass';

function userLeft(objectId: string, was: MemoryUser | undefined, is: MemoryUser | undefined, request: ChangeRequest): string[] {
  if (!was || !is) return [`user ${objectId} ${is ? 'is left' : 'is gone'}`];
  const fields = (['enabled', 'passwordPolicies', 'marker', 'userPrincipalName'] as const).filter((field) => was[field] !== is[field]);
  const isOld = new Set(was.methods.map(({ id }) => id));
  const isThere = new Set(is.methods.map(({ id }) => id));
  const allowed = isOldGone(was, is, request) ? /^fido2 key-/ : /^$/;
  return [
    ...fields.map((field) => `${field} of ${objectId} is ${is[field]}`),
    ...is.methods
      .filter(({ kind, id }) => kind === PASS || !(isOld.has(id) || allowed.test(`${kind} ${id}`)))
      .map(({ kind, id }) => `methods of ${objectId} have ${kind} ${id}`),
    ...(isOldGone(was, is, request)
      ? []
      : was.methods.filter(({ id }) => !isThere.has(id)).map(({ id }) => `methods of ${objectId} have no ${id}`)),
  ];
}

/** Whether what opened the account before does not do so any more, in a plan that puts keys on it or takes them off: then the new stays. */
function isOldGone(was: MemoryUser, is: MemoryUser, { plan }: ChangeRequest): boolean {
  if (!('credential' in plan)) return false;
  const isThere = new Set(is.methods.map(({ id }) => id));
  const keyGone = was.methods.some(({ kind, id }) => kind === 'fido2' && !isThere.has(id));
  return keyGone || (replacedBy(plan) === 'split-password' && was.password !== is.password);
}

/** An account in service stays as it was on record too, where what opens it was not touched; else nothing asks for a part that is not there. */
function accountLeft(
  was: EmergencyAccount | undefined,
  is: EmergencyAccount,
  after: Machine,
  before: Machine,
  request: ChangeRequest,
): string[] {
  if (!was) return is.state === 'retired' ? [] : [`account ${is.id} is ${is.state}`];
  const [userWas, userIs] = [before, after].map(({ tenant }) => tenant.users.get(is.objectId));
  const methods = new Set(userIs?.methods.map(({ id }) => id));
  const keysStand = was.credential === 'passkey' && was.parts.every(({ key }) => key && methods.has(key.methodId));
  const passwordStands = was.credential === undefined && userWas?.password === userIs?.password;
  // What disabled it and was given up is on record as what it did: nobody is to look for who it was. A tenant that said no and did it is believed.
  const said = request.steps.some(({ id, state }) => id === 'disable' && state === 'done');
  const standing = said && userWas?.enabled && userIs && !userIs.enabled ? { ...was, state: 'disabled' as const } : was;
  const held = ({ parts, credential, state }: EmergencyAccount): string =>
    JSON.stringify([
      state,
      credential,
      parts.map(({ number, custodian, state, key }) => [number, custodian.objectId, state, key?.methodId]),
    ]);
  if (keysStand || passwordStands) return held(standing) === held(is) ? [] : [`account ${is.id}: ${held(is)}, was ${held(was)}`];
  const waiting = is.parts
    .filter(({ state }) => state === 'sealed' || state === 'ready')
    .map(({ number }) => `part ${number} of ${is.id} waits`);
  const lost = is.parts
    .filter(({ key, state }) => key && state === 'stored' && !methods.has(key.methodId))
    .map(({ number }) => `key ${number} of ${is.id} is gone`);
  return [...waiting, ...lost];
}
