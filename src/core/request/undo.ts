import { type Decision, personOf } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { notices } from './notices.ts';
import type { ChangeRequest } from './types.ts';

/**
 * Gives up a request whose run failed. Where the plan says how, what was done is taken back: rights first, and no further approval is
 * needed, because it was part of what was approved. Where it does not, what was done stays, and the request ends as withdrawn.
 */
export function giveUpFailed(request: ChangeRequest, by: PersonRef | 'expiry', now: Date): Decision<ChangeRequest> {
  if (request.state !== 'failed') return no({ code: 'closed', state: request.state });
  const forget: Effect = { kind: 'forget', key: `undo:${request.id}` };
  const show: Effect = { kind: 'show', subject: `request:${request.id}` };
  const next = { ...request, givenUp: { by, at: now }, revision: request.revision + 1 };
  // A run that never began to write has nothing to take back.
  if (request.plan.undo.length === 0 || request.begunAt === undefined) {
    return ok({ next: { ...next, state: 'withdrawn', closedAt: now }, effects: [forget, show, ...notices(request, 'withdrawn')] });
  }
  return ok({
    next: { ...next, state: 'undoing', undoSteps: request.plan.undo.map(({ id }) => ({ id, state: 'waiting' })) },
    effects: [forget, { kind: 'apply-plan', requestId: request.id }, show],
  });
}

/** The approvals are too old for another try: occurs when the timer of a failed run rings, or when its requester gives it up. */
export function undo(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  if (actor.kind === 'system') return request.state === 'failed' ? giveUpFailed(request, 'expiry', now) : no({ code: 'nothing-to-do' });
  const person = personOf(actor);
  return person.ok ? giveUpFailed(request, person.value, now) : person;
}
