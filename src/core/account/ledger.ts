import { isChangingKind } from './life.ts';
import { type CustodyEvent, type EmergencyAccount, kindOf, type Part } from './types.ts';

/** What is kept on the account; everything older is in the audit log. */
const MOST_EVENTS = 300;

/**
 * Writes into the account's ledger what a change did to its parts: who was entrusted with one, saw it, put it where, lost it to time, and
 * whose part was replaced or died with the account. Whatever decision made the change, nothing of it is lost.
 *
 * @param before the account as it was; `undefined` for a new one
 */
export function withLedger(before: EmergencyAccount | undefined, after: EmergencyAccount, now: Date): EmergencyAccount {
  const ended = after.state === 'retired' && before?.state !== 'retired';
  const [old, fresh, gone] = ofOneKind(before, after);
  const numbers = [...new Set([...old, ...fresh].map(({ number }) => number))].sort((one, other) => one - other);
  const at = (parts: readonly Part[], number: number): Part | undefined => parts.find((part) => part.number === number);
  const events = [
    ...gone.map((part) => ({
      ...event(part, 'replaced', now),
      of: before?.held?.credential === 'passkey' ? ('key' as const) : ('part' as const),
    })),
    ...numbers.flatMap((number) => eventsOf(at(old, number), at(fresh, number), ended, now)),
  ];
  // From here on the account says `key` of what it holds: what is written already was of a part.
  const turns = before !== undefined && before.kindSince !== after.kindSince;
  const history = turns ? (after.history ?? []).map((row) => ({ of: kindOf(before), ...row })) : after.history;
  if (events.length === 0 && !turns) return after;
  return { ...after, history: [...(history ?? []), ...events].slice(-MOST_EVENTS) };
}

/**
 * What is to be compared: never parts of one kind with parts of another. While keys are made in the place of a password its parts stay where
 * they are; they are gone (the third) when the keys stand, or the keys are when they are given up.
 */
function ofOneKind(
  before: EmergencyAccount | undefined,
  after: EmergencyAccount,
): readonly [old: readonly Part[], fresh: readonly Part[], gone: readonly Part[]] {
  const [changed, changes] = [before !== undefined && isChangingKind(before), isChangingKind(after)];
  if (changes && !changed) return [[], after.parts, []];
  if (!before || !changed || changes) return [before?.parts ?? [], after.parts, []];
  const givenUp = after.credential === before.held?.credential;
  return givenUp ? [before.parts, [], []] : [before.parts, after.parts, before.held?.parts ?? []];
}

function eventsOf(old: Part | undefined, fresh: Part | undefined, ended: boolean, now: Date): CustodyEvent[] {
  if (ended) return old ? [event(old, 'retired', now)] : [];
  const another = old !== undefined && (fresh === undefined || isAnother(old, fresh));
  const replaced = old && another && !isUnusedPass(old, fresh) ? [event(old, 'replaced', now)] : [];
  if (!fresh) return replaced;
  if (!old || another) return [...replaced, event(fresh, 'entrusted', now)];
  if (fresh.refused && !old.refused) return fresh.state === 'expired' ? [] : [event(fresh, 'lapsed', now)];
  if (old.refused) return [];
  if (fresh.key && !old.key) return [event(fresh, 'registered', now)];
  if (old.state !== fresh.state && fresh.state === 'expired') return [event(fresh, endOf(old), now)];
  if (old.state !== fresh.state && (fresh.state === 'shown' || fresh.state === 'stored' || fresh.state === 'lost'))
    return [event(fresh, fresh.state, now)];
  const moved = fresh.state === 'stored' && (old.location !== fresh.location || old.sealNumber !== fresh.sealNumber);
  return moved ? [event(fresh, 'moved', now)] : [];
}

/** Only what nobody saw can be destroyed unseen: a pass may have been shown, and a key registered with it. */
function endOf({ state, key }: Part): CustodyEvent['what'] {
  if (key) return 'withdrawn';
  return state === 'shown' ? 'lapsed' : 'expired';
}

/** Another part has the number now: of somebody else, or of a newer password, which begins sealed again. */
const isAnother = (old: Part, fresh: Part): boolean =>
  old.custodian.objectId !== fresh.custodian.objectId ||
  (fresh.state === 'sealed' && old.state !== 'sealed') ||
  (fresh.pass !== undefined && old.pass?.methodId !== fresh.pass.methodId && !isFirstPass(old));

/** What is for its custodian already, and has waited for its turn. */
const isFirstPass = ({ state, pass, key }: Part): boolean => state === 'sealed' && pass === undefined && key === undefined;

/** No key ever came of it: the next pass replaces nothing. */
const isUnusedPass = (old: Part, fresh: Part | undefined): boolean =>
  fresh?.pass !== undefined && old.pass !== undefined && old.key === undefined;

const event = ({ number, custodian, location, sealNumber }: Part, what: CustodyEvent['what'], at: Date): CustodyEvent => ({
  at,
  part: number,
  custodian,
  what,
  ...(location === undefined ? {} : { location }),
  ...(sealNumber === undefined ? {} : { sealNumber }),
});
