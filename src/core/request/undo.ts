import { type Decision, personOf } from '../decision.ts';
import { type Effect, resumeKey } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { writesStopped } from './expected.ts';
import { inHand, notices } from './notices.ts';
import { type ChangeRequest, isParked, wroteNothing } from './types.ts';

/**
 * Gives up a request whose run failed, or waits for somebody. Where the plan says how, what was done is taken back: rights first, and no further approval is
 * needed, because it was part of what was approved. Where it does not, what was done stays, and the request ends as withdrawn; given up by
 * nobody, it ends as impossible where nothing was written, and else that something was left is an alert.
 */
export function giveUpStopped(request: ChangeRequest, by: PersonRef | 'expiry', now: Date): Decision<ChangeRequest> {
  const parked = isParked(request);
  if (request.state !== 'failed' && !parked) return no({ code: 'closed', state: request.state });
  const forget: Effect = { kind: 'forget', key: parked ? resumeKey(request.id) : `undo:${request.id}` };
  const show: Effect = { kind: 'show', subject: `request:${request.id}` };
  const ended = parked ? endedLease(request, now) : request;
  const next = { ...ended, givenUp: { by, at: now }, revision: request.revision + 1 };
  // A run that never began to write has nothing to take back. One that did is read back even where every write was refused.
  if (request.plan.undo.length > 0 && request.begunAt !== undefined) {
    return ok({
      next: { ...next, state: 'undoing', undoSteps: request.plan.undo.map(({ id }) => ({ id, state: 'waiting' })) },
      effects: [forget, { kind: 'apply-plan', requestId: request.id }, inHand(request, now), show],
    });
  }
  const untouched = wroteNothing(ended);
  const state = by === 'expiry' && untouched ? 'impossible' : 'withdrawn';
  const told = by === 'expiry' && !untouched ? leftBehind(request, now) : inHand(request, now);
  return ok({ next: { ...next, state, closedAt: now }, effects: [forget, show, told, ...notices(request, state)] });
}

/** A run that is taken up in this very moment writes no more (AP-9); whatever it may have under way is settled by reading. */
const endedLease = (request: ChangeRequest, now: Date): ChangeRequest => ({
  ...request,
  fence: request.fence + 1,
  ...(request.expected ? { expected: writesStopped(request.expected, now) } : {}),
});

/** Nobody decided that it should stay half-way. */
function leftBehind({ id, plan }: ChangeRequest, now: Date): Effect {
  const words = 'Nobody tried it again while the approvals held, so it has ended half-way, and what was done stays. Its card lists it.';
  const dedupe = `ended-half-way:${id}`;
  const cause = { kind: 'request-failed', requestId: id, words } as const;
  return { kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, tenantId: plan.tenant.id, cause } };
}

/** The approvals are too old for another try: occurs when the timer of a failed run rings, or when its requester gives it up. */
export function undo(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  if (actor.kind === 'system') return request.state === 'failed' ? giveUpStopped(request, 'expiry', now) : no({ code: 'nothing-to-do' });
  const person = personOf(actor);
  return person.ok ? giveUpStopped(request, person.value, now) : person;
}
