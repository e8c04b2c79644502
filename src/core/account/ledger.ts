import type { CustodyEvent, EmergencyAccount, Part } from './types.ts';

/** What is kept on the account; everything older is in the audit log. */
const MOST_EVENTS = 300;

/**
 * Writes into the account's ledger what a change did to its parts: who was entrusted with one, saw it, put it where, lost it to time, and
 * whose part was replaced or died with the account. Whatever decision made the change, nothing of it is lost.
 *
 * @param before the account as it was; `undefined` for a new one
 */
export function withLedger(before: EmergencyAccount | undefined, after: EmergencyAccount, now: Date): EmergencyAccount {
  const numbers = [...new Set([...(before?.parts ?? []), ...after.parts].map(({ number }) => number))].sort((one, other) => one - other);
  const ended = after.state === 'retired' && before?.state !== 'retired';
  const events = numbers.flatMap((number) => {
    const [old, fresh] = [before, after].map((account) => account?.parts.find((part) => part.number === number));
    return eventsOf(old, fresh, ended, now);
  });
  if (events.length === 0) return after;
  return { ...after, history: [...(after.history ?? []), ...events].slice(-MOST_EVENTS) };
}

function eventsOf(old: Part | undefined, fresh: Part | undefined, ended: boolean, now: Date): CustodyEvent[] {
  if (ended) return old ? [event(old, 'retired', now)] : [];
  const another = old !== undefined && (fresh === undefined || isAnother(old, fresh));
  const replaced = old && another ? [event(old, 'replaced', now)] : [];
  if (!fresh) return replaced;
  if (!old || another) return [...replaced, event(fresh, 'entrusted', now)];
  if (fresh.key && !old.key) return [event(fresh, 'registered', now)];
  if (old.state !== fresh.state && fresh.state === 'expired') return [event(fresh, endOf(old), now)];
  if (old.state !== fresh.state && (fresh.state === 'shown' || fresh.state === 'stored')) return [event(fresh, fresh.state, now)];
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
  (fresh.pass !== undefined && old.pass?.methodId !== fresh.pass.methodId);

const event = ({ number, custodian, location, sealNumber }: Part, what: CustodyEvent['what'], at: Date): CustodyEvent => ({
  at,
  part: number,
  custodian,
  what,
  ...(location === undefined ? {} : { location }),
  ...(sealNumber === undefined ? {} : { sealNumber }),
});
