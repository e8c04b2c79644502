import { type Decision, personOf } from '../decision.ts';
import { type Effect, resumeKey } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { type EmergencyAccount, type Part, partKey } from './types.ts';

/**
 * Marks a part as shown. The caller may hand out the part only after this is committed, so a lost answer is never shown twice (CR-1, CR-2).
 *
 * @returns refusals `stranger`, `not-found`, `not-your-part`, `part-not-ready`, `part-shown`, `part-stored`, `part-expired`, `part-lost`
 */
export function revealPart(account: EmergencyAccount, partNumber: number, actor: Actor, now: Date): Decision<EmergencyAccount> {
  const part = ownPart(account, partNumber, actor);
  if (!part.ok) return part;
  const { state, expiresAt, shownAt, storedAt } = part.value;
  if (state === 'stored' && storedAt) return no({ code: 'part-stored', at: storedAt });
  if (state === 'shown' && shownAt) return no({ code: 'part-shown', at: shownAt });
  if (state === 'lost') return no({ code: 'part-lost' });
  if (state === 'expired' || (expiresAt && now >= expiresAt)) return no({ code: 'part-expired' });
  if (state !== 'ready') return no({ code: 'part-not-ready' });
  const next = withPart(account, { ...part.value, state: 'shown', shownAt: now });
  // A pass that was shown still has to be used in time; a part has only to be written down.
  // A run that waits for it says so: from now on there is no deadline.
  const expiry = part.value.pass ? [] : [forgetExpiry(account, partNumber), ...waking(next, now)];
  return ok({ next, effects: [...expiry, ...redraw(account, partNumber)] });
}

/**
 * The custodian confirms where the part is kept. The last confirmation puts the account into service. Of a passkey it is their word that it
 * is registered: the run that waits for it goes on and looks.
 */
export function storePart(
  account: EmergencyAccount,
  partNumber: number,
  actor: Actor,
  kept: { readonly location: string; readonly sealNumber: string },
  now: Date,
): Decision<EmergencyAccount> {
  const part = ownPart(account, partNumber, actor);
  if (!part.ok) return part;
  if (part.value.state === 'stored' && part.value.storedAt) return no({ code: 'part-stored', at: part.value.storedAt });
  if (part.value.state === 'lost') return no({ code: 'part-lost' });
  if (part.value.state !== 'shown') return no({ code: 'part-not-shown' });
  for (const [field, text] of Object.entries(kept)) {
    if (text.length > 200) return no({ code: 'bad-form', faults: [{ field, problem: 'too-long', detail: '200' }] });
  }
  const where = { ...(kept.location ? { location: kept.location } : {}), ...(kept.sealNumber ? { sealNumber: kept.sealNumber } : {}) };
  const { pass } = part.value;
  if (pass) {
    if (part.value.key || part.value.refused) return no({ code: 'nothing-to-do' });
    if (part.value.expiresAt && now >= part.value.expiresAt) return no({ code: 'part-expired' });
    const intent = { kind: 'resume-run', requestId: pass.requestId } as const;
    return ok({
      next: withPart(account, { ...part.value, confirmedAt: now, ...where }),
      effects: [{ kind: 'intend', key: resumeKey(pass.requestId), at: now, intent }, ...redraw(account, partNumber)],
    });
  }
  const stored = withPart(account, { ...part.value, state: 'stored', storedAt: now, ...where });
  const next = stored.state === 'handover' ? { ...stored, state: serviceState(stored.parts) } : stored;
  return ok({ next, effects: [...redraw(account, partNumber), ...waking(next, now)] });
}

/**
 * A part that was seen and never confirmed is gone: not written down, mislaid, or its custodian is out of reach. The account needs a new
 * password, with the same approvals as any (CR-6), and a pass another pass; that it is lost is said once and for good, because what turns up again may have been copied.
 *
 * @param actor its custodian, or an owner of the account
 * @returns refusals `stranger`, `not-found`, `not-your-part`, `part-stored`, `part-lost`, `part-not-shown`
 */
export function losePart(account: EmergencyAccount, partNumber: number, actor: Actor, now: Date): Decision<EmergencyAccount> {
  const person = personOf(actor);
  if (!person.ok) return person;
  const part = account.parts.find(({ number }) => number === partNumber);
  if (!part) return no({ code: 'not-found', what: 'part' });
  const owns = account.owners.some(({ personKey }) => personKey === person.value.personKey);
  if (!owns && part.custodian.objectId !== person.value.objectId) return no({ code: 'not-your-part', custodian: part.custodian.name });
  if (part.state === 'stored' && part.storedAt) return no({ code: 'part-stored', at: part.storedAt });
  if (part.state === 'lost') return no({ code: 'part-lost' });
  if (part.pass) return losePass(account, part, person.value, now);
  if (!isUnconfirmed(part)) return no({ code: 'part-not-shown' });
  const next = withPart(account, { ...part, state: 'lost', lostAt: now });
  const dedupe = `part-lost:${partKey(account.id, partNumber)}:${now.getTime()}`;
  const cause = { kind: 'part-lost', partNumber, custodian: part.custodian.name, saidBy: person.value.name, ...awaited(account) } as const;
  const intent = { kind: 'raise-alert', dedupe, tenantId: account.tenantId, accountId: account.id, cause } as const;
  return ok({
    next,
    effects: [
      ...redraw(account, partNumber),
      ...waking(next, now),
      { kind: 'intend', key: dedupe, at: now, intent },
      ...unopened(account, partNumber),
    ],
  });
}

/** A pass that was seen and is gone may be in other hands: the run that waits for its key makes another at once, which ends it. */
function losePass(account: EmergencyAccount, part: Part, saidBy: PersonRef, now: Date): Decision<EmergencyAccount> {
  const { pass, confirmedAt: _said, ...rest } = part;
  if (pass === undefined || !canLose(part)) return no({ code: 'part-not-shown' });
  if (part.expiresAt && now >= part.expiresAt) return no({ code: 'part-expired' });
  const dedupe = `part-lost:${partKey(account.id, part.number)}:${now.getTime()}`;
  const cause = {
    kind: 'part-lost',
    partNumber: part.number,
    custodian: part.custodian.name,
    saidBy: saidBy.name,
    key: true,
    awaitedBy: pass.requestId,
  } as const;
  const alert = { kind: 'raise-alert', dedupe, tenantId: account.tenantId, accountId: account.id, cause } as const;
  const intent = { kind: 'resume-run', requestId: pass.requestId } as const;
  return ok({
    next: withPart(account, { ...rest, pass, refused: { why: 'PassLost', at: now } }),
    effects: [
      ...redraw(account, part.number),
      { kind: 'intend', key: resumeKey(pass.requestId), at: now, intent },
      { kind: 'intend', key: dedupe, at: now, intent: alert },
    ],
  });
}

/** It was seen, and nothing is known of it since: a part that is not confirmed, or a pass with which no key was registered yet. */
export const canLose = (part: Part): boolean =>
  isUnconfirmed(part) || (part.state === 'shown' && part.pass !== undefined && !part.key && !part.refused);

/** Seen, and its custodian has not said where it is. A pass is none: it expires, and whether a key was registered the tenant says. */
export const isUnconfirmed = ({ state, pass }: Part): boolean => state === 'shown' && pass === undefined;

const awaited = ({ held }: EmergencyAccount): { awaitedBy?: string } => (held === undefined ? {} : { awaitedBy: held.requestId });

/** The run that makes a password in the place of keys waits for its parts. */
const waking = ({ held }: EmergencyAccount, now: Date): Effect[] =>
  held === undefined
    ? []
    : [{ kind: 'intend', key: resumeKey(held.requestId), at: now, intent: { kind: 'resume-run', requestId: held.requestId } }];

/** Once a part of a password is gone the others are not to be opened any more, and their cards say so. */
const unopened = ({ id, parts }: EmergencyAccount, gone: number): Effect[] =>
  parts.flatMap(({ number, state, pass }): Effect[] =>
    state === 'ready' && pass === undefined && number !== gone ? [{ kind: 'show', subject: `part:${partKey(id, number)}` }] : [],
  );

/** A part nobody looked at in time is destroyed; the account needs a new credential (CR-6). Occurs when the part's timer rings. */
export function expirePart(account: EmergencyAccount, partNumber: number, now: Date): Decision<EmergencyAccount> {
  const part = account.parts.find(({ number }) => number === partNumber);
  if (!part) return no({ code: 'not-found', what: 'part' });
  const waits = part.state === 'ready' || (part.state === 'shown' && part.pass !== undefined && !part.key);
  if (!waits || !part.expiresAt || now < part.expiresAt || account.state === 'retired') return no({ code: 'nothing-to-do' });
  // The run that waits for the key finds that there will be none.
  const requestId = part.pass?.requestId ?? account.held?.requestId;
  const resume: Effect[] =
    requestId === undefined ? [] : [{ kind: 'intend', key: resumeKey(requestId), at: now, intent: { kind: 'resume-run', requestId } }];
  const dedupe = `part-expired:${partKey(account.id, partNumber)}:${part.expiresAt.getTime()}`;
  return ok({
    next: withPart(account, { ...part, state: 'expired' }),
    effects: [
      ...resume,
      ...redraw(account, partNumber),
      {
        kind: 'intend',
        key: dedupe,
        at: now,
        intent: {
          kind: 'raise-alert',
          dedupe,
          tenantId: account.tenantId,
          accountId: account.id,
          cause: {
            kind: 'part-expired',
            partNumber,
            custodian: part.custodian.name,
            ...(part.pass ? { key: true, awaitedBy: part.pass.requestId } : awaited(account)),
          },
        },
      },
      ...(part.pass ? [] : unopened(account, partNumber)),
    ],
  });
}

/** Those who hold what opens the account and are no custodians any more. @param custodians object ids, as the directory was read last */
export const leaversOf = ({ parts, state }: EmergencyAccount, custodians: ReadonlySet<string>): readonly Part[] =>
  state === 'retired' ? [] : parts.filter(({ custodian }) => !custodians.has(custodian.objectId));

/** What takes it out of their hands: a handover replaces one person; of an account that is being set up nothing can be asked yet. */
export const replacing = ({ state }: EmergencyAccount, leavers: readonly Part[]): 'handover' | 'rotate' | 'give-up' =>
  state === 'provisioning' ? 'give-up' : leavers.length > 1 ? 'rotate' : 'handover';

/** Numbers of the parts or keys that lie where another of the same account lies, by what their custodians said: whoever opens that safe has both. */
export function inOnePlace(parts: readonly Part[]): readonly number[] {
  const place = ({ state, location = '' }: Part): string => (state === 'stored' ? location.trim().toLowerCase().replace(/\s+/g, ' ') : '');
  return parts
    .filter((part) => place(part) !== '' && parts.some((other) => other !== part && place(other) === place(part)))
    .map(({ number }) => number);
}

/** Whether every part is stored. That the account is watched must be shown as well, by a drill, before a card says that it is in service. */
export const serviceState = (parts: readonly Part[]): 'handover' | 'in-service' =>
  parts.every(({ state }) => state === 'stored') ? 'in-service' : 'handover';

function ownPart(account: EmergencyAccount, partNumber: number, actor: Actor) {
  const person = personOf(actor);
  if (!person.ok) return person;
  const part = account.parts.find(({ number }) => number === partNumber);
  if (!part) return no({ code: 'not-found', what: 'part' } as const);
  // By account, not by human: the card went to this account, and a part must never open in another one.
  if (part.custodian.objectId !== person.value.objectId) return no({ code: 'not-your-part', custodian: part.custodian.name } as const);
  return ok(part);
}

export const withPart = (account: EmergencyAccount, part: Part): EmergencyAccount => ({
  ...account,
  parts: account.parts.map((row) => (row.number === part.number ? part : row)),
  revision: account.revision + 1,
});

export const expiryKey = (account: EmergencyAccount, partNumber: number): string => `part-expiry:${partKey(account.id, partNumber)}`;

export const forgetExpiry = (account: EmergencyAccount, partNumber: number): Effect => ({
  kind: 'forget',
  key: expiryKey(account, partNumber),
});

export const redraw = (account: EmergencyAccount, partNumber: number): Effect[] => [
  { kind: 'show', subject: `part:${partKey(account.id, partNumber)}` },
  { kind: 'show', subject: `request:${account.requestId}` },
  { kind: 'show', subject: `account:${account.id}` },
];
