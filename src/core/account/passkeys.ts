import { DAY, type Decision, later } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { reminderTimer } from '../validation/schedule.ts';
import { expiryKey, forgetExpiry, redraw, serviceState, withPart } from './custody.ts';
import { heldAgain, numbered } from './life.ts';
import { type EmergencyAccount, generationOf, type IssuedPass, type Part, partKey, type RegisteredKey, type WhyRefused } from './types.ts';
import { variantOfPass, voidNotices } from './unconfirmed.ts';

/**
 * A pass lies sealed for the custodian who is next. What was held under that number stays in mind until the plan is carried out: if that is
 * given up it is what counts again. A plan with more custodians than before adds numbers.
 */
export function passIssued(
  account: EmergencyAccount,
  number: number,
  custodian: PersonRef,
  pass: IssuedPass,
  expiresAt: Date,
): Decision<EmergencyAccount> {
  const old = account.parts.find((part) => part.number === number);
  const earlier = old?.pass?.requestId === pass.requestId ? old.pass : undefined;
  const before = earlier ? old?.before : old?.key ? old : undefined;
  // A pass that takes the place of another sees what was registered since; what is taken back is judged by the first.
  const keysAtStart = earlier?.keysAtStart ?? pass.keysAtStart;
  const added = old === undefined || old.added;
  const part: Part = {
    ...{ number, custodian, state: 'ready', expiresAt, pass: { ...pass, keysAtStart } },
    ...(before ? { before } : {}),
    ...(added ? { added } : {}),
  };
  const key = partKey(account.id, number);
  const room = old ? account : { ...account, parts: [...account.parts, part] };
  return ok({
    next: { ...withPart(room, part), credential: 'passkey', sealedFor: pass.requestId },
    effects: [
      {
        kind: 'post',
        // A pass that takes the place of one that was not used is told by a card of its own.
        key: `part:${key}:${generationOf(account)}:${pass.methodId}`,
        place: { kind: 'person', objectId: custodian.objectId },
        subject: `part:${key}`,
        variant: variantOfPass(generationOf(account), pass),
      },
      {
        kind: 'intend',
        key: expiryKey(account, number),
        at: expiresAt,
        intent: { kind: 'expire-part', accountId: account.id, partNumber: number },
      },
      ...redraw(account, number),
    ],
  });
}

/** Parts that a plan with so many keys leaves. */
const planned = (parts: readonly Part[], keys: number): readonly Part[] => parts.filter(({ number }) => number <= keys);

/** The tenant shows the key that a custodian registered. */
export function keyRegistered(account: EmergencyAccount, number: number, key: RegisteredKey): Decision<EmergencyAccount> {
  const part = account.parts.find((row) => row.number === number);
  if (!part) return no({ code: 'not-found', what: 'part' });
  if (part.key) return no({ code: 'nothing-to-do' });
  return ok({
    next: withPart(account, { ...part, key }),
    effects: [forgetExpiry(account, number), ...redraw(account, number)],
  });
}

/** Nothing came of a pass: its custodian is told why, and what they can do (CM-2). A pass that they said is lost they know of. */
export function keyRefused(
  account: EmergencyAccount,
  number: number,
  requestId: string,
  why: WhyRefused,
  now: Date,
): Decision<EmergencyAccount> {
  const part = account.parts.find((row) => row.number === number);
  if (part?.pass?.requestId !== requestId || part.key || part.refused) return no({ code: 'nothing-to-do' });
  const { confirmedAt: _said, ...rest } = part;
  const key = partKey(account.id, number);
  return ok({
    next: withPart(account, { ...rest, refused: { why, at: now } }),
    effects: [
      {
        kind: 'post',
        key: `refused:${key}:${part.pass.methodId}`,
        place: { kind: 'person', objectId: part.custodian.objectId },
        subject: `part:${key}`,
        variant: variantOfPass(generationOf(account), part.pass),
      },
      ...redraw(account, number),
    ],
  });
}

/**
 * The plan is carried out: nothing but the keys opens the account, so they count as stored, and the first validation is scheduled.
 *
 * @param keys how many the plan says; what was held under a higher number is gone
 */
export function keysStored(
  account: EmergencyAccount,
  keys: number,
  policy: { readonly validationDays: number },
  now: Date,
): Decision<EmergencyAccount> {
  if (!account.parts.some((part) => part.key && part.state !== 'stored')) return no({ code: 'nothing-to-do' });
  const parts = planned(account.parts, keys).map((part): Part => {
    const { before: _before, expiresAt: _expiresAt, added: _added, ...rest } = part;
    return part.key && part.state !== 'stored' ? { ...rest, state: 'stored', storedAt: now } : part;
  });
  const fresh = account.state === 'provisioning';
  const { held, ...standing } = account;
  const next: EmergencyAccount = {
    ...standing,
    parts,
    state: account.state === 'disabled' ? 'disabled' : serviceState(parts),
    appliedAt: account.appliedAt ?? now,
    validationDueAt: (fresh ? undefined : account.validationDueAt) ?? later(now, policy.validationDays * DAY),
    revision: account.revision + 1,
  };
  const cards = held ? numbered(account, held) : account.parts;
  // Of new keys in place of others: those before them, and of fewer keys those that are left out.
  const others = account.parts.flatMap((part) => (part.number > keys ? [part] : part.before ? [part.before] : []));
  const gone = held ? voidNotices(account, held.parts, held.generation) : voidNotices(account, others, generationOf(account));
  return ok({ next, effects: [...cards.flatMap(({ number }) => redraw(account, number)), ...reminderTimer(next, now), ...gone] });
}

/**
 * Keys that were to take the place of a password were given up and taken back: the password counts again, as it did all the time. Where it
 * was replaced already the keys stay, and count.
 */
export function keysInsteadGivenUp(
  account: EmergencyAccount,
  requestId: string,
  oldIsGone: boolean,
  now: Date,
): Decision<EmergencyAccount> {
  const { held, ...standing } = account;
  if (held?.requestId !== requestId) return no({ code: 'nothing-to-do' });
  const cards = numbered(account, held).flatMap(({ number }): Effect[] => [forgetExpiry(account, number), ...redraw(account, number)]);
  if (!oldIsGone) return ok({ next: { ...heldAgain(account, held), revision: account.revision + 1 }, effects: cards });
  const parts = account.parts.map(
    (part): Part => (part.state === 'stored' || !part.key ? part : { ...part, state: 'stored', storedAt: now }),
  );
  return ok({ next: { ...standing, parts, revision: account.revision + 1 }, effects: cards });
}

/** The request is given up: its passes that nobody has seen are destroyed, so nobody is asked to open one. */
export function passesDestroyed(account: EmergencyAccount, requestId: string): Decision<EmergencyAccount> {
  const unseen = account.parts.filter(({ pass, state }) => pass?.requestId === requestId && state === 'ready');
  if (unseen.length === 0) return no({ code: 'nothing-to-do' });
  const parts = account.parts.map((part): Part => (unseen.includes(part) ? { ...part, state: 'expired' } : part));
  return ok({
    next: { ...account, parts, revision: account.revision + 1 },
    effects: unseen.flatMap(({ number }): Effect[] => [forgetExpiry(account, number), ...redraw(account, number)]),
  });
}

/**
 * A plan with new keys was given up and taken back: what was held before counts again. Where the old keys were gone already the new ones
 * stay, and count as far as they stand.
 *
 * @param keys how many the plan says
 */
export function keysWithdrawn(
  account: EmergencyAccount,
  requestId: string,
  keys: number,
  oldAreGone: boolean,
  now: Date,
): Decision<EmergencyAccount> {
  const touched = account.parts.filter((part) => part.pass?.requestId === requestId && part.state !== 'stored');
  if (touched.length === 0) return no({ code: 'nothing-to-do' });
  const left = oldAreGone ? planned(account.parts, keys) : account.parts.filter((part) => !(part.added && touched.includes(part)));
  const parts = left.map((part): Part => {
    if (!touched.includes(part)) return part;
    const { before, added: _added, ...rest } = part;
    if (!oldAreGone && before) return before;
    // Without `before` and with the old ones there, the new key was taken off: it opens nothing.
    return oldAreGone && rest.key ? { ...rest, state: 'stored', storedAt: now } : { ...rest, state: 'expired' };
  });
  const changed = account.parts.filter((part) => !parts.includes(part));
  return ok({
    next: { ...account, parts, revision: account.revision + 1 },
    effects: changed.flatMap(({ number }): Effect[] => [forgetExpiry(account, number), ...redraw(account, number)]),
  });
}
