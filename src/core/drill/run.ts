import type { EmergencyAccount } from '../account/types.ts';
import type { Feed } from '../alert/types.ts';
import { type Decision, later, MINUTE, personWithRightTo } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';
import { DRILL_MINUTES, type Drill, LEGS, type Leg } from './types.ts';
import { brokenHop } from './verdict.ts';

/** What the one who announces a drill says of it. */
export interface Announced {
  readonly minutes: number;
  readonly person?: string;
  /** An IP address in lower case. */
  readonly origin?: string;
}

/** That a card was handed to Teams is noted outside the door. */
const LOOK_EVERY_MS = 5_000;

/**
 * Announces a drill of an account and starts the stopwatch.
 *
 * @param running the drill of the account that runs already
 * @param pushes feeds that push sign-ins of its tenant to us
 * @returns refusals `stranger`, `missing-role`, `no-drill`, `drill-running`, `bad-form`
 */
export function startDrill(
  account: EmergencyAccount,
  running: { readonly id: string } | undefined,
  actor: Actor,
  announced: Announced,
  pushes: readonly Feed[],
  id: string,
  now: Date,
): Decision<Drill> {
  const person = personWithRightTo(account.owners, actor);
  if (!person.ok) return person;
  if (account.state !== 'in-service' && account.state !== 'handover') return no({ code: 'no-drill', why: account.state });
  if (running) return no({ code: 'drill-running', drillId: running.id });
  const { minutes } = announced;
  const { least, most } = DRILL_MINUTES;
  if (!Number.isInteger(minutes) || minutes < least || minutes > most)
    return no({ code: 'bad-form', faults: [{ field: 'minutes', problem: 'not-in-range', detail: `${least} to ${most}` }] });
  const endsAt = later(now, minutes * MINUTE);
  const next: Drill = {
    id,
    accountId: account.id,
    account: account.userPrincipalName,
    tenantId: account.tenantId,
    tenantName: account.tenantName,
    state: 'running',
    revision: 1,
    owners: account.owners,
    startedBy: person.value,
    startedAt: now,
    endsAt,
    ...(announced.person === undefined ? {} : { person: announced.person }),
    ...(announced.origin === undefined ? {} : { origin: announced.origin }),
    logFeed: account.feed as Feed,
    pushes,
    legs: LEGS.map((leg) => ({ id: leg, arrivals: [] })),
    aside: [],
    unread: [],
  };
  const subject = `drill:${id}` as const;
  return ok({
    next,
    effects: [
      { kind: 'post', key: `${subject}:0`, place: { kind: 'channel' }, subject, urgent: true },
      { kind: 'intend', key: `drill-end:${id}`, at: endsAt, intent: { kind: 'look-at-drill', drillId: id } },
    ],
  });
}

/** Whoever may start one may end it before its time. It proves nothing then. */
export function stopDrill(drill: Drill, actor: Actor, now: Date): Decision<Drill> {
  const person = personWithRightTo(drill.owners, actor);
  if (!person.ok) return person;
  if (drill.state !== 'running') return no({ code: 'drill-over', state: drill.state });
  return over({ ...drill, stoppedBy: person.value }, 'stopped', now);
}

/** How far an alert of a leg has come, as the record has it. */
export type Progress = (alertId: string) => { readonly cardAt?: Date; readonly acknowledgedAt?: Date };

/** Looks how far the drill has come: it passes as soon as both legs went all the way, and fails when its window is over. */
export function lookAtDrill(drill: Drill, progress: Progress, now: Date): Decision<Drill> {
  if (drill.state !== 'running') return no({ code: 'nothing-to-do' });
  const legs = drill.legs.map((leg): Leg => (leg.alertId === undefined ? leg : { ...leg, ...progress(leg.alertId) }));
  const looked: Drill = { ...drill, legs };
  const broken = brokenHop(looked);
  if (!broken) return over(looked, 'passed', now);
  if (now >= drill.endsAt) return over({ ...looked, broken }, 'failed', now);
  const again = lookAgain(looked, now);
  const moved = legs.some((leg, index) => stamps(leg) !== stamps(drill.legs[index]));
  if (!moved) return ok({ next: drill, effects: again });
  return ok({
    next: { ...looked, revision: drill.revision + 1 },
    effects: [{ kind: 'show', subject: `drill:${drill.id}`, urgent: true }, ...again],
  });
}

/** While a leg waits for its card or its acknowledgement: no intent of this drill's own alert may tell of them. */
function lookAgain({ id, legs, endsAt }: Drill, now: Date): Effect[] {
  const waits = legs.some(({ alertId, cardAt, acknowledgedAt }) => alertId !== undefined && !(cardAt && acknowledgedAt));
  if (!waits || now >= endsAt) return [];
  const intent = { kind: 'look-at-drill', drillId: id } as const;
  return [{ kind: 'intend', key: `drill-look:${id}`, at: later(now, LOOK_EVERY_MS), intent }];
}

const stamps = (leg: Leg | undefined): string => JSON.stringify([leg?.cardAt, leg?.acknowledgedAt]);

function over(drill: Drill, state: 'passed' | 'failed' | 'stopped', now: Date): Decision<Drill> {
  const { id, accountId, tenantId, broken } = drill;
  const subject = `drill:${id}` as const;
  const conclude = { kind: 'conclude-drill', accountId, drillId: id } as const;
  const next: Drill = { ...drill, state, endedAt: now, revision: drill.revision + 1 };
  return ok({
    next,
    effects: [
      { kind: 'forget', key: `drill-end:${id}` },
      { kind: 'forget', key: `drill-look:${id}` },
      { kind: 'show', subject, urgent: true },
      { kind: 'intend', key: `drill-conclude:${id}`, at: now, intent: conclude },
      // An update of a card is silent: that it is proven is said in one of its own, that it is not is an alert.
      ...(state === 'passed'
        ? [{ kind: 'post', key: `${subject}:result`, place: { kind: 'channel' }, subject, variant: 'result' } as const]
        : []),
      ...(state === 'failed' && broken ? [failure(id, tenantId, accountId, broken, now)] : []),
    ],
  });
}

function failure(drillId: string, tenantId: string, accountId: string, broken: NonNullable<Drill['broken']>, now: Date): Effect {
  const cause = { kind: 'drill-failed', drillId, ...broken } as const;
  const intent = { kind: 'raise-alert', dedupe: `drill:${drillId}`, tenantId, accountId, cause } as const;
  return { kind: 'intend', key: `drill-failed:${drillId}`, at: now, intent };
}
