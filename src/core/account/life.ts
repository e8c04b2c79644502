import { DAY, type Decision, HOUR, later } from '../decision.ts';
import type { Effect } from '../effect.ts';
import { isCertain, type Staying } from '../request/stays.ts';
import type { CreatePlan, StepKind } from '../request/types.ts';
import { no, ok } from '../result.ts';
import { reminderTimer } from '../validation/schedule.ts';
import { serviceState } from './custody.ts';
import { type EmergencyAccount, generationOf, type HeldBefore, holdersOf, type Part, partKey } from './types.ts';
import { voidNotices } from './unconfirmed.ts';

/**
 * Puts a freshly created user on the watch list. From this row on, any sign-in with its object id is an alert.
 *
 * @param feed name of the feed that was just read for this object id without error
 */
export function watchAccount(plan: CreatePlan, id: string, objectId: string, feed: string, now: Date): EmergencyAccount {
  return {
    id,
    requestId: plan.requestId,
    tenantId: plan.tenant.id,
    tenantName: plan.tenant.name,
    objectId,
    userPrincipalName: plan.account.userPrincipalName,
    displayName: plan.account.displayName,
    state: 'provisioning',
    revision: 1,
    owners: plan.owners,
    parts: plan.custodians.map((custodian, index) => ({ number: index + 1, custodian, state: 'sealed' })),
    watchedAt: now,
    feed,
  };
}

/**
 * New parts take the place of the old ones: sealed, and not to be shown before the plan is carried out. From here on the old ones count for
 * nothing, because nobody can say whether the password that follows was set before a crash (CR-2, CR-6); they stay in mind for the case that
 * it certainly was not.
 */
export function replaceParts(account: EmergencyAccount, custodians: readonly Part['custodian'][], requestId: string): EmergencyAccount {
  return {
    ...account,
    parts: custodians.map((custodian, index) => ({ number: index + 1, custodian, state: 'sealed' })),
    generation: generationOf(account) + 1,
    sealedFor: requestId,
    held: heldNow(account, requestId),
    revision: account.revision + 1,
  };
}

/**
 * Keys are registered in the place of a password, which opens the account until every one of them stands: what is on record of it stays in
 * force, and in mind.
 */
export function keysBegun(account: EmergencyAccount, custodians: readonly Part['custodian'][], requestId: string): EmergencyAccount {
  const generation = generationOf(account) + 1;
  return { ...replaceParts(account, custodians, requestId), credential: 'passkey', generation, kindSince: generation };
}

/**
 * A password in parts is made in the place of keys, which open the account until every part is stored. Made once more, because a part was
 * not opened in time or a run died, it begins sealed again.
 */
export function partsBegun(account: EmergencyAccount, custodians: readonly Part['custodian'][], requestId: string): EmergencyAccount {
  const begun = account.held?.requestId === requestId;
  if (begun && account.parts.every(({ state }) => state === 'sealed')) return account;
  const { credential: _keys, ...rest } = replaceParts(account, custodians, requestId);
  const { generation = 1 } = rest;
  return { ...rest, kindSince: generation, ...(begun && account.held ? { held: account.held } : {}) };
}

/** The password is set: each part is ready for its custodian, while the keys still open the account. */
export function partsHandedOut(
  account: EmergencyAccount,
  policy: { readonly partExpiryHours: number },
  now: Date,
): Decision<EmergencyAccount> {
  if (!isChangingKind(account) || !account.parts.some(({ state }) => state === 'sealed')) return no({ code: 'nothing-to-do' });
  const expiresAt = later(now, policy.partExpiryHours * 3_600_000);
  const parts = account.parts.map((part): Part => ({ ...part, state: 'ready', expiresAt }));
  const next = { ...account, parts, revision: account.revision + 1 };
  return ok({ next, effects: [...handingOut(next, expiresAt), show(account)] });
}

/** The keys are deleted: what is stored of the password is all that opens the account. */
export function partsInsteadStored(account: EmergencyAccount): Decision<EmergencyAccount> {
  const { held, ...rest } = account;
  if (!held || !isChangingKind(account)) return no({ code: 'nothing-to-do' });
  const state = account.state === 'disabled' ? 'disabled' : serviceState(account.parts);
  const effects = replacedEffects({
    ...account,
    parts: held.parts.filter(({ number }) => account.parts.every((part) => part.number !== number)),
  });
  return ok({
    next: { ...rest, state, revision: account.revision + 1 },
    effects: [...effects, ...shown(account), ...voidOf(account, held)],
  });
}

/** A password that was to take the place of keys is given up: what nobody saw of it is destroyed at once. */
export function partsInsteadDestroyed(account: EmergencyAccount, requestId: string): Decision<EmergencyAccount> {
  const unseen = ({ state }: Part): boolean => state === 'sealed' || state === 'ready';
  if (account.held?.requestId !== requestId || !account.parts.some(unseen)) return no({ code: 'nothing-to-do' });
  const parts = account.parts.map((part): Part => (unseen(part) ? { ...part, state: 'expired' } : part));
  return ok({ next: { ...account, parts, revision: account.revision + 1 }, effects: replacedEffects(account) });
}

/** It was taken back: the keys count, as they did all the time. Where they were being deleted already, the password stays. */
export function partsInsteadGivenUp(account: EmergencyAccount, requestId: string, oldIsGone: boolean): Decision<EmergencyAccount> {
  const { held, ...rest } = account;
  if (held?.requestId !== requestId) return no({ code: 'nothing-to-do' });
  const next = oldIsGone ? rest : heldAgain(account, held);
  return ok({
    next: { ...next, revision: account.revision + 1 },
    effects: replacedEffects({ ...account, parts: numbered(account, held) }),
  });
}

/** Of the credential before. */
const voidOf = (account: EmergencyAccount, held: HeldBefore | undefined): Effect[] =>
  held ? voidNotices(account, held.parts, held.generation) : [];

const shown = ({ id, parts }: EmergencyAccount): Effect[] =>
  parts.map(({ number }): Effect => ({ kind: 'show', subject: `part:${partKey(id, number)}` }));

/** Whether a credential of another kind is being made, and the one before still opens the account. */
export const isChangingKind = ({ held, credential }: Pick<EmergencyAccount, 'held' | 'credential'>): boolean =>
  held !== undefined && held.credential !== credential;

/** The account with the credential that opens it now: the one before, while one of another kind is being made. */
export const asItStands = (account: EmergencyAccount): EmergencyAccount =>
  account.held && isChangingKind(account) ? heldAgain(account, account.held) : account;

const heldNow = ({ parts, credential, sealedFor, kindSince, ...account }: EmergencyAccount, requestId: string): HeldBefore => ({
  requestId,
  parts,
  generation: account.generation ?? 1,
  ...(kindSince === undefined ? {} : { kindSince }),
  ...(credential === undefined ? {} : { credential }),
  ...(sealedFor === undefined ? {} : { sealedFor }),
});

/**
 * A new password was given up before its parts were ready. Where it was certainly never set, what was held before counts again; else nobody
 * knows the password that is in force, and no part of it will ever be shown: then that is an alert, for everybody who holds a part.
 */
export function partsGivenUp(account: EmergencyAccount, requestId: string, neverSet: boolean, now: Date): Decision<EmergencyAccount> {
  const { held, ...rest } = account;
  if (held?.requestId !== requestId || !account.parts.some(({ state }) => state === 'sealed')) return no({ code: 'nothing-to-do' });
  const next = neverSet ? heldAgain(rest, held) : { ...rest, parts: account.parts.map((part): Part => ({ ...part, state: 'expired' })) };
  return ok({
    next: { ...next, revision: account.revision + 1 },
    effects: [...replacedEffects({ ...account, parts: numbered(account, held) }), ...(neverSet ? [] : [unusable(account, requestId, now)])],
  });
}

/** Nobody can open it from here on, and nobody else would say so: a half-way end tells of the request, not of the parts in the safes. */
function unusable({ id, tenantId, userPrincipalName, ...account }: EmergencyAccount, requestId: string, at: Date): Effect {
  const dedupe = `account-unusable:${id}:${requestId}`;
  const cause = { kind: 'account-unusable', requestId, userPrincipalName, custodians: everyOnce(holdersOf(account)) } as const;
  return { kind: 'intend', key: dedupe, at, intent: { kind: 'raise-alert', dedupe, tenantId, accountId: id, cause } };
}

/** The account with its credential as it was. A part that nobody had seen was destroyed when it was replaced. */
export function heldAgain(account: EmergencyAccount, { requestId: _by, parts, ...before }: HeldBefore): EmergencyAccount {
  const { held: _held, credential: _credential, sealedFor: _sealedFor, kindSince: _kindSince, ...rest } = account;
  const unseen = ({ state }: Part): boolean => state === 'sealed' || state === 'ready';
  return { ...rest, ...before, parts: parts.map((part): Part => (unseen(part) ? { ...part, state: 'expired' } : part)) };
}

/** Every number that a card may stand for: of the old parts, and of those that were to replace them. */
export const numbered = ({ parts }: Pick<EmergencyAccount, 'parts'>, held: Pick<EmergencyAccount, 'parts'>): readonly Part[] => [
  ...held.parts,
  ...parts.filter(({ number }) => held.parts.every((part) => part.number !== number)),
];

/** What the old parts leave behind: their timers go, their cards say that they were replaced. */
export const replacedEffects = (account: EmergencyAccount): Effect[] => [
  ...account.parts.flatMap(({ number }): Effect[] => [
    { kind: 'forget', key: `part-expiry:${partKey(account.id, number)}` },
    { kind: 'show', subject: `part:${partKey(account.id, number)}` },
  ]),
  show(account),
];

/** The plan is carried out: each part becomes ready for its custodian, and the first validation is scheduled. */
export function handOver(
  account: EmergencyAccount,
  policy: { readonly partExpiryHours: number; readonly validationDays: number },
  now: Date,
): Decision<EmergencyAccount> {
  if (!account.parts.some(({ state }) => state === 'sealed')) return no({ code: 'nothing-to-do' });
  const expiresAt = later(now, policy.partExpiryHours * HOUR);
  const fresh = account.state === 'provisioning';
  const { held, ...rest } = account;
  const next: EmergencyAccount = {
    ...rest,
    state: account.state === 'disabled' ? 'disabled' : 'handover',
    appliedAt: fresh ? now : (account.appliedAt ?? now),
    validationDueAt: (fresh ? undefined : account.validationDueAt) ?? later(now, policy.validationDays * DAY),
    parts: account.parts.map((part) => ({ ...part, state: 'ready', expiresAt })),
    revision: account.revision + 1,
  };
  // What is over is told first: the newest message is about what counts.
  return ok({ next, effects: [...voidOf(account, held), ...handingOut(next, expiresAt), show(account), ...reminderTimer(next, now)] });
}

/** Each custodian gets a card for their part, which expires. */
function handingOut(account: EmergencyAccount, expiresAt: Date): Effect[] {
  const variant = String(generationOf(account));
  // A change of kind that is given up gives its generation's number back: the next one has a message of its own all the same.
  const made = account.sealedFor === undefined ? variant : `${variant}:${account.sealedFor}`;
  return account.parts.flatMap((part): Effect[] => {
    const key = partKey(account.id, part.number);
    const place = { kind: 'person', objectId: part.custodian.objectId } as const;
    const intent = { kind: 'expire-part', accountId: account.id, partNumber: part.number } as const;
    return [
      { kind: 'show', subject: `part:${key}` },
      { kind: 'post', key: `part:${key}:${made}`, place, subject: `part:${key}`, variant },
      { kind: 'intend', key: `part-expiry:${key}`, at: expiresAt, intent },
    ];
  });
}

/** The account was disabled or enabled by a request, and that was read back. Its parts stay where they are. */
export function switched(account: EmergencyAccount, to: 'disable' | 'enable', now: Date): Decision<EmergencyAccount> {
  if (account.state === 'retired' || (account.state === 'disabled') === (to === 'disable')) return no({ code: 'nothing-to-do' });
  const { disabledAt: _before, ...rest } = account;
  const next: EmergencyAccount =
    to === 'disable'
      ? { ...rest, state: 'disabled', disabledAt: now, revision: account.revision + 1 }
      : { ...rest, state: serviceState(account.parts), revision: account.revision + 1 };
  return ok({ next, effects: [show(account)] });
}

const everyOnce = (people: readonly Part['custodian'][]): readonly Part['custodian'][] => [
  ...new Map(people.map((person) => [person.objectId, person])).values(),
];

/**
 * A request was given up half-way. What it did is so, whoever asked for it to stop: an account that it disabled is disabled, one that it
 * deleted is gone. It is not enabled again by itself: it may be disabled because somebody else has its password, and to let them in again
 * nobody has approved. What is not certain, and what shows in no state, is kept beside it.
 */
export function leftHalfWay(
  account: EmergencyAccount,
  requestId: string,
  stays: readonly Staying[],
  now: Date,
): Decision<EmergencyAccount> {
  const steps = stays.filter(({ step }) => SHOWN_BY_STATE.includes(step));
  if (account.state === 'retired' || steps.length === 0 || account.left?.requestId === requestId) return no({ code: 'nothing-to-do' });
  if (isCertain(steps, 'delete-user')) return retired(account, now);
  const left: EmergencyAccount = { ...account, left: { requestId, at: now, steps } };
  const switching = isCertain(steps, 'disable') ? switched(left, 'disable', now) : undefined;
  return switching?.ok ? switching : ok({ next: { ...left, revision: account.revision + 1 }, effects: [show(account)] });
}

const SHOWN_BY_STATE: readonly StepKind[] = ['remove-role', 'disable', 'leave-group', 'delete-user'];

/** A request on it was carried out: what one before left half-way is not what it is judged by any more. */
export function overcome(decision: Decision<EmergencyAccount>, account: EmergencyAccount): Decision<EmergencyAccount> {
  if (account.left === undefined) return decision;
  if (!decision.ok && decision.error.code !== 'nothing-to-do') return decision;
  const { left: _left, ...next } = decision.ok ? decision.value.next : { ...account, revision: account.revision + 1 };
  return ok({ next, effects: decision.ok ? decision.value.effects : [show(account)] });
}

/** The user is gone from the tenant: retired by request, or taken back with a request that was given up. Nothing is reminded of any more. */
export function retired(account: EmergencyAccount, now: Date): Decision<EmergencyAccount> {
  if (account.state === 'retired') return no({ code: 'nothing-to-do' });
  const { validationDueAt: _due, ...rest } = account;
  const parts = account.parts.map((part): Part => (part.state === 'stored' ? part : { ...part, state: 'expired' }));
  return ok({
    next: { ...rest, state: 'retired', retiredAt: now, parts, revision: account.revision + 1 },
    effects: [
      { kind: 'forget', key: `validation:${account.id}` },
      ...account.parts.flatMap(({ number }): Effect[] => [
        { kind: 'forget', key: `part-expiry:${partKey(account.id, number)}` },
        { kind: 'show', subject: `part:${partKey(account.id, number)}` },
      ]),
      show(account),
      ...voidNotices(account, account.parts, generationOf(account)),
      ...voidOf(account, account.held),
    ],
  });
}

const show = ({ id }: EmergencyAccount): Effect => ({ kind: 'show', subject: `account:${id}` });
