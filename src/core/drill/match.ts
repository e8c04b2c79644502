import type { SignInEvent } from '../alert/types.ts';
import type { Aside, Drill, LegId } from './types.ts';

/** Failures that a wrong password, or a wrong second factor, makes (Learn, reference-error-codes: AADSTS50126, AADSTS500121). */
const WRONG_SECRET: ReadonlySet<number> = new Set([50126, 500121]);

/** What a sign-in is to a drill. `other`: nothing, it is of another account, or of another tenant. */
export type Fit = { readonly is: 'leg'; readonly leg: LegId } | { readonly is: 'aside'; readonly why: Aside } | { readonly is: 'other' };

/**
 * Judges by account, time and address, and by nothing an intruder chooses (AL-7). The time is that of the sign-in, not of its row: a row may
 * be late, a sign-in may not. A running drill is open until it ends; one that is over ended when it did.
 *
 * @param objectId of the drill's account in its tenant
 */
export function fitOf(drill: Drill, objectId: string, event: SignInEvent): Fit {
  if (event.tenantId !== drill.tenantId || event.userId !== objectId) return { is: 'other' };
  if (event.signedInAt < wholeSecond(drill.startedAt)) return { is: 'aside', why: 'early' };
  const end = drill.endedAt && drill.endedAt < drill.endsAt ? drill.endedAt : drill.endsAt;
  if (event.signedInAt > end) return { is: 'aside', why: 'after' };
  // A feed that names no address contradicts none; another one that does corrects it.
  const elsewhere = event.ipAddress !== undefined && event.ipAddress.toLowerCase() !== drill.origin;
  if (drill.origin !== undefined && elsewhere) return { is: 'aside', why: 'other-origin' };
  if (event.errorCode === 0) return { is: 'leg', leg: 'succeeded' };
  return WRONG_SECRET.has(event.errorCode) ? { is: 'leg', leg: 'failed' } : { is: 'aside', why: 'other-result' };
}

/** Logs and pushes tell the second and no more: what was made in the second a drill began in is its. */
const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1_000) * 1_000);

/**
 * Whether an alert bears the drill's label: it was made when and from where it was announced, whatever became of it. What was found out about
 * it counts before the leg it was taken for: a drill that is over keeps its legs, and a real sign-in must not be called one (AL-7).
 */
export function bearsLabel(drill: Pick<Drill, 'legs' | 'aside'>, alertId: string): boolean {
  const found = drill.aside.find((each) => each.alertId === alertId);
  return found ? isAnnounced(found.why) : drill.legs.some((leg) => leg.alertId === alertId);
}
export const isAnnounced = (why: Aside): boolean => ANNOUNCED.has(why);
const ANNOUNCED: ReadonlySet<Aside> = new Set<Aside>(['other-result', 'again', 'late-row']);

/**
 * Whether nothing that comes later can make it the drill's: of several instants of one sign-in the earliest is nearest, and a feed that names
 * no address, or another one, does not undo that it came from elsewhere.
 */
export const isNeverThe = (why: Aside): boolean => why === 'early' || why === 'other-origin';
