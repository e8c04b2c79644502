import { type Decision, personOf } from '../decision.ts';
import { digestOf } from '../digest.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';
import { tally } from './tally.ts';
import type { ChangeRequest, StepFailure, StepId, StepProgress } from './types.ts';

/**
 * Takes the lease on an approved request. Each taking raises the fencing number, so that a run that lost its claim can write no more
 * (AP-9). The approvers, read fresh under this lease, must still make the quorum (AP-4); the stored plan must still hash to what they approved.
 *
 * @param eligible object ids of the people who may approve now
 * @returns with the quorum standing, `approved` and a new `fence`; otherwise, before the first write, `pending` again, for others to decide,
 *   and after it `failed`: nothing more is written on approvals that no longer stand
 */
export function beginRun(request: ChangeRequest, eligible: ReadonlySet<string>, now: Date): Decision<ChangeRequest> {
  if (request.state !== 'approved') return no({ code: 'closed', state: request.state });
  if (digestOf(request.plan) !== request.planDigest) return no({ code: 'plan-changed' });
  const started = request.begunAt !== undefined;
  if (!started && now >= request.expiresAt) return closeOrReopen(request, 'expired', now);
  const standing = tally(request, eligible);
  if (!started && !standing.reached) {
    const annulled = standing.notCounted.filter(({ why }) => why === 'not-eligible-now').map(({ row }) => row.person.objectId);
    return closeOrReopen({ ...request, annulled }, 'pending', now);
  }
  if (!standing.reached) return loseQuorum(request, now);
  return ok({ next: { ...request, fence: request.fence + 1, revision: request.revision + 1 }, effects: [] });
}

/** A run that may not start: expired for good (AP-7), or pending again until others have approved. */
function closeOrReopen(request: ChangeRequest, state: 'pending' | 'expired', now: Date): Decision<ChangeRequest> {
  const show = { kind: 'show', subject: `request:${request.id}` } as const;
  const next = { ...request, state, fence: request.fence + 1, revision: request.revision + 1 };
  if (state === 'expired') return ok({ next: { ...next, closedAt: now }, effects: [show] });
  const intent = { kind: 'expire-request', requestId: request.id } as const;
  return ok({ next, effects: [show, { kind: 'intend', key: `expire:${request.id}`, at: request.expiresAt, intent }] });
}

/** The quorum fell apart between two runs of a plan that is half carried out: people must look at it. */
function loseQuorum(request: ChangeRequest, now: Date): Decision<ChangeRequest> {
  const step = request.steps.find(({ state }) => state !== 'done')?.id ?? 'verify';
  const words =
    'An approver is not one any more, or the settings ask for more now, so nothing more was written. Try again when those who approved make the quorum.';
  const failure: StepFailure = { step, code: 'QuorumLost', words, reference: `${request.id}-${request.fence}` };
  return ok({
    // The lease of a run that is still out there ends here, for good (AP-9).
    next: { ...request, state: 'failed', failure, fence: request.fence + 1, revision: request.revision + 1 },
    effects: failureEffects(request, request.fence, failure, now),
  });
}

/** Records that a step begins, is proven, or failed. Only the holder of the newest lease may. */
export function recordStep(
  request: ChangeRequest,
  fence: number,
  step: StepId,
  progress: { readonly state: 'running' | 'done'; readonly evidence?: string },
  now: Date,
): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  const first = request.begunAt === undefined;
  // Judged again at the last moment before anything is written: the run may have slept since it took the lease (AP-7).
  if (first && now >= request.expiresAt) return no({ code: 'closed', state: 'expired' });
  // A step taken up again keeps the instant it first began: how long it has been tried decides when to give up.
  const since = (row: StepProgress): Date => (progress.state === 'running' && row.state === 'running' && row.at ? row.at : now);
  const steps = request.steps.map((row): StepProgress => (row.id === step ? { id: step, at: since(row), ...progress } : row));
  const { failure: _failure, ...rest } = request;
  const next = { ...rest, steps, begunAt: request.begunAt ?? now, revision: request.revision + 1 };
  const show = { kind: 'show', subject: `request:${request.id}` } as const;
  return ok({ next, effects: first ? [show, { kind: 'forget', key: `expire:${request.id}` }] : [show] });
}

/** The run stops in a named state. Nothing is undone here: an account that exists is still disabled unless every step but the last is done. */
export function failRun(request: ChangeRequest, fence: number, failure: StepFailure, now: Date): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  return ok({
    next: {
      ...request,
      state: 'failed',
      failure,
      steps: request.steps.map((row): StepProgress => (row.id === failure.step ? { id: row.id, state: 'failed', at: now } : row)),
      revision: request.revision + 1,
    },
    effects: failureEffects(request, fence, failure, now),
  });
}

/** The card shows it, and people are told. */
function failureEffects(request: ChangeRequest, fence: number, failure: StepFailure, at: Date): readonly Effect[] {
  const dedupe = `failed:${request.id}:${fence}:${failure.code}`;
  const cause = { kind: 'request-failed', requestId: request.id, words: failure.words } as const;
  return [
    { kind: 'show', subject: `request:${request.id}` },
    { kind: 'intend', key: dedupe, at, intent: { kind: 'raise-alert', dedupe, tenantId: request.plan.tenant.id, cause } },
  ];
}

/** Every step is proven. */
export function finishRun(request: ChangeRequest, fence: number, now: Date): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.steps.some((step) => step.state !== 'done')) return no({ code: 'nothing-to-do' });
  return ok({
    next: { ...request, state: 'applied', closedAt: now, revision: request.revision + 1 },
    effects: [
      { kind: 'show', subject: `request:${request.id}` },
      { kind: 'intend', key: `hand-over:${request.id}`, at: now, intent: { kind: 'hand-over', requestId: request.id } },
    ],
  });
}

/**
 * Runs a failed request again from the step that failed, on the same approvals: the plan has not changed, and the approvers are read
 * again when the run begins. Any approver or the requester may ask for it.
 */
export function retry(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  const person = personOf(actor);
  if (!person.ok) return person;
  const mayAsk = actor.kind === 'person' && (actor.roles.has('approver') || person.value.personKey === request.requester.personKey);
  if (!mayAsk) return no({ code: 'missing-role', role: 'approver' });
  if (request.state !== 'failed') return no({ code: 'not-failed', state: request.state });
  // Approvals are for a day, not for whenever somebody presses (AP-7): then it has to be given up and asked anew.
  if (now >= request.expiresAt) return no({ code: 'approvals-too-old' });
  const { failure: _failure, ...rest } = request;
  return ok({
    next: {
      ...rest,
      state: 'approved',
      steps: request.steps.map((row): StepProgress => (row.state === 'failed' ? { id: row.id, state: 'waiting' } : row)),
      revision: request.revision + 1,
    },
    effects: [
      { kind: 'apply-plan', requestId: request.id },
      { kind: 'show', subject: `request:${request.id}` },
    ],
  });
}

function holdsLease(request: ChangeRequest, fence: number) {
  if (request.state !== 'approved') return no({ code: 'closed', state: request.state } as const);
  return fence === request.fence && fence > 0 ? ok(true) : no({ code: 'stale-lease' } as const);
}
