import type { Feed, SignInEvent } from '../alert/types.ts';
import { HOUR, later } from '../decision.ts';
import type { Effect } from '../effect.ts';
import { fitOf, isAnnounced, isNeverThe } from './match.ts';
import { type Aside, type Drill, type Leg, MOST_ASIDE } from './types.ts';

/** One sign-in as a feed brought it, with the alert it raised or joined. */
export interface SeenSignIn {
  readonly alertId: string;
  readonly event: SignInEvent;
  /** What the alert tells of it by now, from all its feeds. */
  readonly known: SignInEvent;
  readonly feed: Feed;
  readonly receivedAt: Date;
  /** When the alert was raised, and what other feeds it had by then. */
  readonly acceptedAt: Date;
  readonly otherFeeds: readonly Feed[];
  readonly now: Date;
}

/**
 * Notes what a feed brought of the drill's account, in any order and however often: the first arrival of each feed counts. It is judged by all
 * that is known of the sign-in, so that a feed which knows less takes nothing back. A drill that is over keeps its result and its legs; what is
 * found out late is noted all the same, and the label follows it.
 *
 * @returns the drill as it was when there is nothing to note
 */
export function noteSignIn(
  drill: Drill,
  objectId: string,
  brought: SeenSignIn,
): { readonly next: Drill; readonly effects: readonly Effect[] } {
  const { alertId, known } = brought;
  const held = drill.legs.find((leg) => leg.alertId === alertId);
  const noted = drill.aside.find((each) => each.alertId === alertId);
  const instants = [known.signedInAt, brought.event.signedInAt, held?.signedInAt, noted?.at].flatMap((at) => (at ? [at.getTime()] : []));
  const signedInAt = new Date(Math.min(...instants));
  const seen = { ...brought, event: { ...brought.event, signedInAt } };
  if (noted && isNeverThe(noted.why)) return { next: drill, effects: [] };
  const fits = [fitOf(drill, objectId, seen.event), fitOf(drill, objectId, { ...known, signedInAt })] as const;
  const fit = fits.find((each) => each.is === 'aside' && isNeverThe(each.why)) ?? fits[0];
  const corrected = fit.is === 'aside' && isNeverThe(fit.why) ? fit.why : undefined;
  if (corrected && (held || noted)) return changed(drill, without(drill, seen, corrected), seen);
  if (held) return changed(drill, arrived(drill, held, seen), seen);
  if (fit.is === 'other' || corrected === 'early') return { next: drill, effects: [] };
  if (fit.is === 'aside' && fit.why === 'after' && signedInAt > later(drill.endedAt ?? drill.endsAt, HOUR))
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

/**
 * A feed that knows better says that it was made before the drill began, or from elsewhere: it is none of it. While the drill runs its leg is
 * free again; one that is over keeps what was measured.
 */
function without(drill: Drill, { alertId, event }: SeenSignIn, why: Aside): Drill {
  const freed = (leg: Leg): Leg => (leg.alertId === alertId && drill.state === 'running' ? { id: leg.id, arrivals: [] } : leg);
  const others = drill.aside.filter((each) => each.alertId !== alertId);
  // However many there are: it has been called the drill's, or was listed.
  return { ...drill, legs: drill.legs.map(freed), aside: [...others, { alertId, why, at: event.signedInAt, errorCode: event.errorCode }] };
}

/** What is noted already stays as it is, unless it turns out to be the drill's, or to be none of it. */
function aside(drill: Drill, { alertId, event }: SeenSignIn, why: Aside): Drill {
  const before = drill.aside.find((each) => each.alertId === alertId);
  if (before ? isAnnounced(before.why) === isAnnounced(why) : drill.aside.length >= MOST_ASIDE) return drill;
  const one = { alertId, why, at: event.signedInAt, errorCode: event.errorCode };
  return { ...drill, aside: before ? drill.aside.map((each) => (each === before ? one : each)) : [...drill.aside, one] };
}

/** A feed brought what nobody could read while the drill ran: if the sign-in is missing from that feed, this may be it. */
export function noteUnread(drill: Drill, feed: Feed, at: Date): Drill {
  if (drill.state !== 'running' || !drill.pushes.includes(feed) || drill.unread.some((each) => each.feed === feed)) return drill;
  return { ...drill, unread: [...drill.unread, { feed, at }], revision: drill.revision + 1 };
}
