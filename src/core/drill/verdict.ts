import type { Feed } from '../alert/types.ts';
import { type Broken, type Drill, HOPS, type Hop, LEGS, type Leg } from './types.ts';

/** When a leg passed a hop; `undefined` when it has not, or after the window was over. */
export function passedAt({ logFeed, pushes, endsAt }: Drill, leg: Leg, hop: Hop): Date | undefined {
  const inTime = (at: Date | undefined): Date | undefined => (at && at <= endsAt ? at : undefined);
  const brought = (feed: string): Date | undefined => inTime(leg.arrivals.find((arrival) => arrival.feed === feed)?.at);
  switch (hop) {
    case 'sign-in':
      return inTime(leg.signedInAt);
    case 'log':
      return brought(logFeed);
    case 'webhook': {
      // With several the slowest counts: each of them must work.
      const all = pushes.map(brought);
      return all.includes(undefined) ? undefined : all.reduce((slowest, at) => (slowest && at && slowest > at ? slowest : at), undefined);
    }
    case 'accepted':
      return inTime(leg.acceptedAt);
    case 'card':
      return inTime(leg.cardAt);
    case 'acknowledged':
      return inTime(leg.acknowledgedAt);
  }
}

/** The hops a drill is judged by: where nothing is pushed there is no webhook to prove. */
export const hopsOf = ({ pushes }: Pick<Drill, 'pushes'>): readonly Hop[] => HOPS.filter((hop) => hop !== 'webhook' || pushes.length > 0);

/** The first hop that is broken, of whichever leg, or nothing when both went all the way (SI-6). */
export function brokenHop(drill: Drill): Broken | undefined {
  const found = LEGS.flatMap((id): Broken[] => {
    const leg = legOf(drill, id);
    const hop = hopsOf(drill).find((each) => passedAt(drill, leg, each) === undefined);
    if (hop === undefined) return [];
    const broken = { hop: told(drill, leg, hop), leg: id };
    const missing = missingPushes(drill, leg);
    return [broken.hop === 'webhook' && missing.length < drill.pushes.length ? { ...broken, missing } : broken];
  });
  return found.sort((one, other) => HOPS.indexOf(one.hop) - HOPS.indexOf(other.hop))[0];
}

/**
 * What is not there does not say why. Where anything of the account was seen meanwhile the log works, so that sign-in was not made as
 * announced; where nothing was, the log shows nothing. A push that came and could not be read was not taken in.
 */
function told(drill: Drill, leg: Leg, hop: Hop): Hop {
  if (hop === 'sign-in') return drill.aside.some(({ why }) => why !== 'early') || drill.legs.some(isSeen) ? 'sign-in' : 'log';
  if (hop === 'webhook') {
    return missingPushes(drill, leg).every((feed) => drill.unread.some((unread) => unread.feed === feed)) ? 'accepted' : 'webhook';
  }
  return hop;
}

/** Feeds that should have pushed a leg and did not, in time. */
export const missingPushes = ({ pushes, endsAt }: Drill, { arrivals }: Leg): readonly Feed[] =>
  pushes.filter((feed) => !arrivals.some((arrival) => arrival.feed === feed && arrival.at <= endsAt));

const isSeen = ({ signedInAt }: Leg): boolean => signedInAt !== undefined;

export function legOf({ legs }: Drill, id: Leg['id']): Leg {
  return legs.find((leg) => leg.id === id) ?? { id, arrivals: [] };
}
