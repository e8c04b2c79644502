import type { Feed, SignInEvent } from '../alert/types.ts';
import { HOUR, later } from '../decision.ts';
import type { Effect } from '../effect.ts';
import { fitOf } from './match.ts';
import { type Aside, type Drill, type Leg, MOST_ASIDE } from './types.ts';

/** One sign-in as a feed brought it, with the alert it raised or joined. */
export interface SeenSignIn {
  readonly alertId: string;
  readonly event: SignInEvent;
  readonly feed: Feed;
  readonly receivedAt: Date;
  /** When the alert was raised, and what other feeds it had by then. */
  readonly acceptedAt: Date;
  readonly otherFeeds: readonly Feed[];
  readonly now: Date;
}

/**
 * Notes what a feed brought of the drill's account, in any order and however often: the first arrival of each feed counts. A drill that is over
 * keeps its result; what comes late is only noted.
 *
 * @returns the drill as it was when there is nothing to note
 */
export function noteSignIn(
  drill: Drill,
  objectId: string,
  seen: SeenSignIn,
): { readonly next: Drill; readonly effects: readonly Effect[] } {
  const { alertId, event } = seen;
  const held = drill.legs.find((leg) => leg.alertId === alertId);
  const fit = fitOf(drill, objectId, event);
  const corrected = fit.is === 'aside' && (fit.why === 'early' || fit.why === 'other-origin') ? fit.why : undefined;
  if (held) return changed(drill, corrected ? without(drill, held, seen, corrected) : arrived(drill, held, seen), seen);
  if (fit.is === 'other' || (fit.is === 'aside' && fit.why === 'early')) return { next: drill, effects: [] };
  if (fit.is === 'aside' && fit.why === 'after' && event.signedInAt > later(drill.endedAt ?? drill.endsAt, HOUR))
    return { next: drill, effects: [] };
  if (drill.state !== 'running') return changed(drill, aside(drill, seen, fit.is === 'leg' ? 'late-row' : fit.why), seen);
  if (fit.is === 'aside') return changed(drill, aside(drill, seen, fit.why), seen);
  const leg = drill.legs.find(({ id }) => id === fit.leg);
  if (!leg || leg.alertId !== undefined) return changed(drill, aside(drill, seen, 'again'), seen);
  return changed(drill, arrived(drill, begun(leg, seen), seen), seen);
}

function changed(before: Drill, after: Drill, { now }: SeenSignIn): { readonly next: Drill; readonly effects: readonly Effect[] } {
  if (after === before) return { next: before, effects: [] };
  const next = { ...after, revision: before.revision + 1 };
  const effects: Effect[] = [{ kind: 'show', subject: `drill:${before.id}` }];
  if (next.state !== 'running') return { next, effects };
  // What came may have been the last that was missing.
  const intent = { kind: 'look-at-drill', drillId: before.id } as const;
  return { next, effects: [...effects, { kind: 'intend', key: `drill-look:${before.id}`, at: now, intent }] };
}

/**
 * The alert may have other sources already, which told another instant: a push tells the end of its window. They have brought it all the same,
 * and the first of them raised the alert.
 */
const begun = (leg: Leg, { alertId, acceptedAt, otherFeeds }: SeenSignIn): Leg => ({
  ...leg,
  alertId,
  acceptedAt,
  arrivals: otherFeeds.map((feed) => ({ feed, at: acceptedAt })),
});

/** A push tells the end of its window where it knows no better: of several instants of one sign-in the earliest is nearest (AL-4). */
function arrived(drill: Drill, leg: Leg, { event, feed, receivedAt }: SeenSignIn): Drill {
  const known = leg.arrivals.some((arrival) => arrival.feed === feed);
  const signedInAt = leg.signedInAt && leg.signedInAt <= event.signedInAt ? leg.signedInAt : event.signedInAt;
  if (known && leg.signedInAt?.getTime() === signedInAt.getTime()) return drill;
  const arrivals = known ? leg.arrivals : [...leg.arrivals, { feed, at: receivedAt }];
  const after = drill.state !== 'running';
  const others = drill.aside.filter(({ alertId }) => alertId !== leg.alertId);
  return {
    ...drill,
    aside: others,
    legs: drill.legs.map((each) => (each.id !== leg.id ? each : { ...leg, arrivals, ...(after ? {} : { signedInAt }) })),
  };
}

/** A feed that knows better says that it was made before the drill began, or from elsewhere: it is none of it. */
function without(drill: Drill, leg: Leg, seen: SeenSignIn, why: Aside): Drill {
  if (drill.state !== 'running') return drill;
  const legs = drill.legs.map((each): Leg => (each.id === leg.id ? { id: leg.id, arrivals: [] } : each));
  return aside({ ...drill, legs }, seen, why);
}

function aside(drill: Drill, { alertId, event }: SeenSignIn, why: Aside): Drill {
  if (drill.aside.some((each) => each.alertId === alertId) || drill.aside.length >= MOST_ASIDE) return drill;
  return { ...drill, aside: [...drill.aside, { alertId, why, at: event.signedInAt, errorCode: event.errorCode }] };
}

/** A feed brought what nobody could read while the drill ran: if the sign-in is missing from that feed, this may be it. */
export function noteUnread(drill: Drill, feed: Feed, at: Date): Drill {
  if (drill.state !== 'running' || !drill.pushes.includes(feed) || drill.unread.some((each) => each.feed === feed)) return drill;
  return { ...drill, unread: [...drill.unread, { feed, at }], revision: drill.revision + 1 };
}
