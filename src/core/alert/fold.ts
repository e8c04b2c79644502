import { type Decision, later, MINUTE } from '../decision.ts';
import type { Effect } from '../effect.ts';
import { no, ok } from '../result.ts';
import type { Alert, AlertCause, Noise } from './types.ts';

/** How long one card takes up the failed attempts on an account. */
export const FOLD_MS = 60 * MINUTE;

/** Results that say no more than that somebody guesses: wrong password, locked after too many of these, no such user (domain.md M10). */
const GUESSES: ReadonlySet<number> = new Set([50126, 50053, 50034]);

/** Ids, and numbers outside of them. */
const ID_OR_NUMBER = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\d+/gi;

/**
 * What is folded, and by what. Signals that cannot be read: one feed, one tenant and one thing that is wrong with them, whatever numbers its
 * words hold, for a shipper that was set up wrong sends thousands; of incidents each by itself, for somebody has to look at each. Failed
 * sign-ins: one account, and one kind of failure, so that one wrong password among a thousand and one right password without its second
 * factor stay two things. `undefined`: never folded. That somebody is in, and whatever changes an account, always has a card of its own,
 * also when it could be read and not be taken in (AL-6).
 *
 * @param tenantId of the alert, where that is known: a feed may carry several
 */
export function foldKey(cause: AlertCause, tenantId: string | undefined): string | undefined {
  if (cause.kind === 'unreadable-signal') {
    if (cause.apart) return undefined;
    const words = cause.feed === 'sentinel' ? cause.words : cause.words.replace(ID_OR_NUMBER, (_all, id?: string) => id ?? '#');
    return `unreadable|${cause.feed}|${tenantId ?? ''}|${words}`.toLowerCase();
  }
  if (cause.kind !== 'sign-in' || cause.event.errorCode === 0) return undefined;
  const { userId, errorCode } = cause.event;
  return `${cause.event.tenantId}|${userId}|${GUESSES.has(errorCode) ? 'guess' : errorCode}`.toLowerCase();
}

/** A card is redrawn often while an attack is young, ever more seldom later: 40 times an hour at most, of Teams' 1,800 (data.md 5.3). */
const STEPS: readonly { readonly untilMs: number; readonly everyMs: number }[] = [
  { untilMs: 5 * MINUTE, everyMs: 15_000 },
  { untilMs: 20 * MINUTE, everyMs: MINUTE },
  { untilMs: Number.POSITIVE_INFINITY, everyMs: 5 * MINUTE },
];

/**
 * The timer that counts anew. Its instant lies on a grid that all attempts of one stretch share, so that setting it again moves nothing:
 * the card follows a steady stream of attempts instead of waiting for its end. The instant is part of its key, for timers ring late: an
 * attempt of the next stretch sets its own, and does not put off the one that is due.
 */
export function recountTimer(leadId: string, since: Date, now: Date): Effect {
  const elapsed = Math.max(0, now.getTime() - since.getTime());
  const { everyMs } = STEPS.find(({ untilMs }) => elapsed < untilMs) ?? { everyMs: FOLD_MS };
  const at = later(since, (Math.floor(elapsed / everyMs) + 1) * everyMs);
  return { kind: 'intend', key: `recount:${leadId}:${at.getTime()}`, at, intent: { kind: 'recount-alert', alertId: leadId } };
}

/** The leading alert takes over what has been counted. Occurs when its timer rings; counts that are known already are no news. */
export function recount(alert: Alert, noise: Noise): Decision<Alert> {
  const { noise: known } = alert;
  if (known?.attempts === noise.attempts && known.feeds.length === noise.feeds.length) return no({ code: 'nothing-to-do' });
  return ok({ next: { ...alert, noise, revision: alert.revision + 1 }, effects: [{ kind: 'show', subject: `alert:${alert.id}` }] });
}
