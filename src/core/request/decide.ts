import { type Decision, personOf, personWith } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';
import { inHand, notices } from './notices.ts';
import type { Proof, ProvenDecision } from './proof.ts';
import { isCustodian, tally } from './tally.ts';
import { type ChangeRequest, isParked, isUntouched, type RequestState, wroteNothing } from './types.ts';
import { giveUpStopped } from './undo.ts';

/** The state as of now: the timer that writes `expired` may ring late, the rule does not wait for it (AP-7). */
export const stateAt = (request: ChangeRequest, now: Date): RequestState =>
  request.state === 'pending' && now >= request.expiresAt ? 'expired' : request.state;

const show = (request: ChangeRequest): Effect => ({ kind: 'show', subject: `request:${request.id}` });
const forgetExpiry = (request: ChangeRequest): Effect => ({ kind: 'forget', key: `expire:${request.id}` });

/**
 * Adds one approval; the one that completes the quorum moves the request to `approved` and owes the run of its plan.
 *
 * @param planDigest what the approver's card showed (SHA-256, hex): an approval is for a plan, not for an id
 * @param proof      the second proof, which a request opened with `secondProof` does not do without (AU-9)
 * @returns refusals `closed`, `stranger`, `missing-role`, `own-request`, `custodian-of-plan`, `plan-changed`, `already-decided`, `proof-needed`
 */
export function approve(request: ChangeRequest, actor: Actor, planDigest: string, now: Date, proof?: Proof): Decision<ChangeRequest> {
  const person = decider(request, actor);
  if (!person.ok) return person;
  const state = stateAt(request, now);
  const own = request.decisions.filter(
    (row) => row.kind === 'approve' && row.person.personKey === person.value.personKey && row.planDigest === planDigest,
  );
  // An approval without the proof that is asked for since stands for nothing: its approver may bring the proof (AP-5).
  const same = own.find((row) => !request.secondProof || row.proof);
  const made = same ?? own[0];
  // The very account whose right was lost and is back; another account of the same human does not stand in for it (ID-3).
  const restored = made?.person.objectId === person.value.objectId && request.annulled.includes(made.person.objectId);
  // Of the plan as it stands: an approval of an earlier version counts for nothing, and must not be said to (AP-3).
  if (same !== undefined && !restored && planDigest === request.planDigest) return no({ code: 'already-decided' });
  if (state !== 'pending') return no({ code: 'closed', state });
  if (planDigest !== request.planDigest) return no({ code: 'plan-changed' });
  if (request.secondProof && !proof) return no({ code: 'proof-needed' });

  // Who lost the right, got it back and presses again stands by the row that is on record already.
  const row = { kind: 'approve', person: person.value, planDigest, at: now, ...(proof ? { proof } : {}) } as const;
  const next: ChangeRequest = {
    ...request,
    ...(restored ? { annulled: request.annulled.filter((objectId) => objectId !== made.person.objectId) } : {}),
    ...(same ? {} : { decisions: [...request.decisions, row] }),
    revision: request.revision + 1,
  };
  if (!tally(next).reached) return ok({ next, effects: [show(next)] });
  return ok({
    next: { ...next, state: 'approved' },
    // The expiry stays until the work begins: an approved request that cannot begin must not hang for ever (AP-7).
    effects: [{ kind: 'apply-plan', requestId: request.id }, show(next)],
  });
}

/**
 * Whether a denial still ends it: as long as it is certain that nothing was written (AP-6), also when the quorum stands already, or its run
 * stopped before it changed anything.
 */
export const canBeDenied = (request: ChangeRequest, state: RequestState): boolean =>
  state === 'pending' ||
  (state === 'approved' && request.begunAt === undefined) ||
  // Who might retry it is anybody; so who would have denied it must be able to.
  (state === 'failed' && wroteNothing(request));

/**
 * One denial before the first write ends the request (AP-6): also one that arrives when the quorum stands but nothing was written yet.
 *
 * @param reason what the person typed; a denial without a reason is refused
 * @param proof  as for `approve`: a stolen token must not stop requests either
 */
export function deny(
  request: ChangeRequest,
  actor: Actor,
  planDigest: string,
  reason: string,
  now: Date,
  proof?: Proof,
): Decision<ChangeRequest> {
  const person = decider(request, actor);
  if (!person.ok) return person;
  const state = stateAt(request, now);
  if (!canBeDenied(request, state)) return no({ code: 'closed', state });
  if (planDigest !== request.planDigest) return no({ code: 'plan-changed' });
  if (reason === '') return no({ code: 'reason-missing' });
  if (reason.length > 1000) return no({ code: 'bad-form', faults: [{ field: 'reason', problem: 'too-long', detail: '1000' }] });
  if (request.secondProof && !proof) return no({ code: 'proof-needed' });
  const row = { kind: 'deny', person: person.value, planDigest, at: now, reason, ...(proof ? { proof } : {}) } as const;
  const next: ChangeRequest = {
    ...request,
    state: 'denied',
    decisions: [...request.decisions, row],
    closedAt: now,
    revision: request.revision + 1,
  };
  return ok({
    next,
    effects: [
      forgetExpiry(request),
      ...(state === 'failed' ? [{ kind: 'forget', key: `undo:${request.id}` } as const, inHand(request, now, 'denied')] : []),
      show(request),
      // Whoever denies knows it.
      ...notices(next, 'denied', new Set([person.value.objectId])),
    ],
  });
}

/**
 * The decision this person would make, were it proven. For asking before anybody is sent to sign in: it is thrown away, only a refusal counts.
 */
export function rehearse(request: ChangeRequest, actor: Actor, wanted: ProvenDecision, now: Date): Decision<ChangeRequest> {
  const proof: Proof = { method: 'oidc', at: now };
  return wanted.decision === 'approve'
    ? approve(request, actor, wanted.planDigest, now, proof)
    : deny(request, actor, wanted.planDigest, wanted.reason, now, proof);
}

/**
 * The requester, by person, takes back a request of which nothing was begun yet, or gives up one that failed or waits for somebody: then what
 * its run did is taken back where the plan says how (GR-5), and its user name is free again when that is done.
 */
export function withdraw(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  const person = personOf(actor);
  if (!person.ok) return person;
  if (person.value.personKey !== request.requester.personKey) return no({ code: 'not-requester' });
  const state = stateAt(request, now);
  const stopped = state === 'failed' || isParked(request);
  if (state !== 'pending' && !isUntouched(request) && !stopped) return no({ code: 'closed', state });
  const row = { kind: 'withdraw', person: person.value, planDigest: request.planDigest, at: now } as const;
  const noted = { ...request, decisions: [...request.decisions, row] };
  if (stopped) return giveUpStopped(noted, person.value, now);
  return ok({
    next: { ...noted, state: 'withdrawn', closedAt: now, revision: request.revision + 1 },
    effects: [forgetExpiry(request), show(request), ...notices(request, 'withdrawn')],
  });
}

/** Writes down that a request expired, or was approved and never begun in time; occurs when its timer rings. */
export function expire(request: ChangeRequest, now: Date): Decision<ChangeRequest> {
  const waiting = request.state === 'pending' || (request.state === 'approved' && request.begunAt === undefined);
  if (!waiting) return no({ code: 'closed', state: request.state });
  if (now < request.expiresAt) return no({ code: 'nothing-to-do' });
  return ok({
    next: { ...request, state: 'expired', closedAt: now, revision: request.revision + 1 },
    effects: [show(request), ...notices(request, 'expired')],
  });
}

/** A person who may decide on this request: an approver who neither asked for it nor will hold a part of it (AP-2, CR-3). */
function decider(request: ChangeRequest, actor: Actor) {
  const anyone = personOf(actor);
  // Said first, because "you asked for this" helps the requester more than "you are not an approver".
  if (anyone.ok && anyone.value.personKey === request.requester.personKey)
    return no({ code: 'own-request', otherAccount: anyone.value.objectId !== request.requester.objectId } as const);
  const person = personWith(actor, 'approver');
  if (person.ok && isCustodian(request, person.value)) return no({ code: 'custodian-of-plan' } as const);
  return person;
}
