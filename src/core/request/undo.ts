import { type Decision, personOf } from '../decision.ts';
import { type Effect, resumeKey } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { writesStopped } from './expected.ts';
import { concluding, inHand, notices } from './notices.ts';
import { type HalfWay, halfWayOf } from './stays.ts';
import { type ChangeRequest, isParked, wroteNothing } from './types.ts';

/**
 * Gives up a request whose run failed, or waits for somebody. Where the plan says how, what was done is taken back: rights first, and no further approval is
 * needed, because it was part of what was approved. Where it does not, what was done stays, and the request ends as withdrawn; given up by
 * nobody, it ends as impossible where nothing was written. That anything stays is an alert, whoever gave it up and whatever else is taken
 * back: who was told that it had stopped must not believe that all is as before.
 */
export function giveUpStopped(request: ChangeRequest, by: PersonRef | 'expiry', now: Date): Decision<ChangeRequest> {
  const parked = isParked(request);
  if (request.state !== 'failed' && !parked) return no({ code: 'closed', state: request.state });
  const forget: Effect = { kind: 'forget', key: parked ? resumeKey(request.id) : `undo:${request.id}` };
  const show: Effect = { kind: 'show', subject: `request:${request.id}` };
  const ended = parked ? endedLease(request, now) : request;
  const next = { ...ended, givenUp: { by, at: now }, revision: request.revision + 1 };
  const halfWay = halfWayOf(ended);
  // A run that never began to write has nothing to take back. One that did is read back even where every write was refused.
  const takesBack = request.plan.undo.length > 0 && request.begunAt !== undefined;
  const how = takesBack ? 'taking-back' : 'given-up';
  const told = halfWay ? [inHand(request, now, how, true), endsHalfWay(request, halfWay, by, now)] : [inHand(request, now, how)];
  if (takesBack) {
    return ok({
      next: { ...next, state: 'undoing', undoSteps: request.plan.undo.map(({ id }) => ({ id, state: 'waiting' })) },
      effects: [forget, { kind: 'apply-plan', requestId: request.id }, ...told, show],
    });
  }
  const state = by === 'expiry' && wroteNothing(ended) ? 'impossible' : 'withdrawn';
  return ok({
    next: { ...next, state, closedAt: now },
    effects: [forget, show, ...told, ...notices(request, state), ...(halfWay ? [concluding(request, now)] : [])],
  });
}

/** A run that is taken up in this very moment writes no more (AP-9); whatever it may have under way is settled by reading. */
const endedLease = (request: ChangeRequest, now: Date): ChangeRequest => ({
  ...request,
  fence: request.fence + 1,
  ...(request.expected ? { expected: writesStopped(request.expected, now) } : {}),
});

/** Once a request, whoever gave it up. */
function endsHalfWay({ id, plan }: ChangeRequest, halfWay: HalfWay, by: PersonRef | 'expiry', now: Date): Effect {
  const dedupe = `ended-half-way:${id}`;
  const cause = { kind: 'ended-half-way', requestId: id, by: by === 'expiry' ? by : 'person', ...halfWay } as const;
  const about = { tenantId: plan.tenant.id, ...('accountId' in plan.account ? { accountId: plan.account.accountId } : {}) };
  return { kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, ...about, cause } };
}

/** The approvals are too old for another try: occurs when the timer of a failed run rings, or when its requester gives it up. */
export function undo(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  if (actor.kind === 'system') return request.state === 'failed' ? giveUpStopped(request, 'expiry', now) : no({ code: 'nothing-to-do' });
  const person = personOf(actor);
  return person.ok ? giveUpStopped(request, person.value, now) : person;
}
