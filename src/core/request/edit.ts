import { type Decision, personOf } from '../decision.ts';
import { digestOf } from '../digest.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { stateAt } from './decide.ts';
import { differenceOf } from './difference.ts';
import { distinct } from './notices.ts';
import { tell } from './opening.ts';
import { newVersion } from './run.ts';
import type { ChangeRequest, Plan } from './types.ts';

/** Versions of one request: a request that needs more is another request. */
const MOST_VERSIONS = 10;

/**
 * Puts another plan in the place of the one that waits, as a new version: decisions on the one before stay in the record and count for
 * nothing (AP-3). The expiry stays (AP-7); the quorum never falls (AP-5: the plan was drawn up with the larger of the two).
 *
 * @param planDigest what the requester's card showed when they began to edit
 * @param plan       drawn up and checked as for a new request, with the next version's number
 * @param told       everybody who may decide on the new version
 * @returns refusals `stranger`, `not-requester`, `closed`, `plan-changed`, `unchanged`, `too-many-versions`
 */
export function edit(
  request: ChangeRequest,
  actor: Actor,
  planDigest: string,
  plan: Plan,
  told: readonly PersonRef[],
  now: Date,
): Decision<ChangeRequest> {
  const person = personOf(actor);
  if (!person.ok) return person;
  if (person.value.personKey !== request.requester.personKey) return no({ code: 'not-requester' });
  const state = stateAt(request, now);
  if (state !== 'pending') return no({ code: 'closed', state });
  if (planDigest !== request.planDigest) return no({ code: 'plan-changed' });
  if (plan.version > MOST_VERSIONS) return no({ code: 'too-many-versions', limit: MOST_VERSIONS });
  if (digestOf({ ...plan, version: request.plan.version }) === request.planDigest) return no({ code: 'unchanged' });
  const difference = differenceOf(request.plan, plan);
  const asked = distinct([...(request.asked ?? []), ...told]);
  const next = newVersion({ ...request, asked, quorum: Math.max(request.quorum, plan.quorum) }, plan, 'edited', difference, now);
  return ok({
    next,
    effects: [{ kind: 'show', subject: `request:${request.id}` }, ...told.map(({ objectId }) => tell(request.id, objectId, plan.version))],
  });
}
