import type { Feed } from '../alert/types.ts';
import type { PersonRef } from '../people.ts';

/**
 * The way of a sign-in to people, hop by hop: it is made · its row stands in the sign-in log · the log tells us by every push that is set
 * up · we take it in as an alert · the alert's card is handed to Teams · somebody acknowledges it.
 */
export const HOPS = ['sign-in', 'log', 'webhook', 'accepted', 'card', 'acknowledged'] as const;
export type Hop = (typeof HOPS)[number];

/** A drill is a wrong password once, then the right one: failures must alert too (Learn security-emergency-access, 2026-06-04). */
export const LEGS = ['failed', 'succeeded'] as const;
export type LegId = (typeof LEGS)[number];

/** When a feed brought something of a leg. */
export interface Arrival {
  readonly feed: Feed;
  readonly at: Date;
}

/** One of the two sign-ins. What has no instant has not happened. */
export interface Leg {
  readonly id: LegId;
  readonly alertId?: string;
  readonly signedInAt?: Date;
  readonly arrivals: readonly Arrival[];
  readonly acceptedAt?: Date;
  readonly cardAt?: Date;
  readonly acknowledgedAt?: Date;
}

/**
 * Why a sign-in of the account counts for no leg: it came from another address than announced · it failed by something else than the
 * password · it was made before the drill began, or after it was over · its leg was filled already · its row came after the drill was over.
 */
export type Aside = 'other-origin' | 'other-result' | 'early' | 'after' | 'again' | 'late-row';

/** Found broken, and in which leg. */
export interface Broken {
  readonly hop: Hop;
  readonly leg: LegId;
  /** Where some feeds pushed it and others did not: those that did not. */
  readonly missing?: readonly Feed[];
}

export type DrillState = 'running' | 'passed' | 'failed' | 'stopped';

/** An announced sign-in with a stopwatch. It labels what matches, and hides nothing (AL-7). An account has one running drill at most. */
export interface Drill {
  readonly id: string;
  readonly accountId: string;
  readonly account: string;
  readonly tenantId: string;
  readonly tenantName: string;
  readonly state: DrillState;
  readonly revision: number;
  readonly owners: readonly PersonRef[];
  readonly startedBy: PersonRef;
  readonly startedAt: Date;
  readonly endsAt: Date;
  /** Who is expected to sign in, as the one who announced it says. For reading only. */
  readonly person?: string;
  /** The address it is expected from: a sign-in from another is not the drill's. */
  readonly origin?: string;
  /** The log that must show it, and the feeds that must push it, as they were set up when it began. */
  readonly logFeed: Feed;
  readonly pushes: readonly Feed[];
  readonly legs: readonly Leg[];
  /** Sign-ins of the account that counted for no leg. The first `MOST_ASIDE`. */
  readonly aside: readonly { readonly alertId: string; readonly why: Aside; readonly at: Date; readonly errorCode: number }[];
  /** What a feed brought meanwhile and nobody could read. */
  readonly unread: readonly Arrival[];
  readonly endedAt?: Date;
  readonly stoppedBy?: PersonRef;
  /** Of a failed one the first hop that is broken. */
  readonly broken?: Broken;
}

export const MOST_ASIDE = 20;
export const DRILL_MINUTES = { least: 5, most: 240, usual: 30 } as const;
