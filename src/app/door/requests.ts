import { partKey } from '../../core/account/types.ts';
import { type Decision, later, MINUTE } from '../../core/decision.ts';
import { actorId, type PersonRef } from '../../core/people.ts';
import { rehearse, withdraw } from '../../core/request/decide.ts';
import { openCreate } from '../../core/request/open.ts';
import { type Proof, type ProvenDecision, proofFor } from '../../core/request/proof.ts';
import { beginRun, recordStep } from '../../core/request/run.ts';
import { tally } from '../../core/request/tally.ts';
import { tightened } from '../../core/request/tighten.ts';
import { no, ok } from '../../core/result.ts';
import { coolingUntil } from '../../core/roster/roster.ts';
import type { Aggregates } from '../ports.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

export async function open({ tx, actor, now, random, policy }: Scene, intent: Wanted<'open-request'>): Promise<Outcome> {
  const { form, facts } = intent;
  const sameForm = await tx.requestOfForm(form.formId);
  const sameName = facts.tenant && (await tx.claimOfName(`${form.userName}@${facts.tenant.initialDomain}`));
  const sameTenant = facts.tenant && (await tx.openRequestFor(facts.tenant.id));
  const personKey = actor.kind === 'person' ? actor.person.personKey : '';
  const state = {
    openByRequester: await tx.openRequestsBy(personKey),
    ...(sameForm ? { sameForm } : {}),
    ...(sameName ? { sameName } : {}),
    ...(sameTenant ? { sameTenant } : {}),
  };
  const decision = openCreate(actor, form, facts, state, policy, random.id('R'), now);
  if (!decision.ok) return decision;
  const request = decision.value.next;
  if (request !== sameForm) {
    await tx.insert('request', request);
    await tx.owe(decision.value.effects);
  }
  return ok({ request });
}

type DecisionIntent = Wanted<'approve-request' | 'deny-request'>;
type RequestDecision = Decision<Aggregates['request']>;

/** A decision on a request: by the rules, by somebody who has been an approver long enough, and with the proof that was brought (AU-9). */
export async function decideOn(
  scene: Scene,
  intent: DecisionIntent,
  rule: (request: Aggregates['request'], proof?: Proof) => RequestDecision,
): Promise<Outcome> {
  const { tx, actor, now, policy } = scene;
  const { requestId, signedIn } = intent;
  const seasoned = await seasoning(scene);
  const strictly = (request: Aggregates['request'], proof?: Proof) => seasoned(rule(tightened(request, policy), proof));
  if (!signedIn) return change(scene, 'request', requestId, (request) => strictly(request));
  const proof = proofFor(await tx.ticket(signedIn.ticketHash), signedIn, wantedBy(intent), actor, now);
  if (!proof.ok) return proof;
  const outcome = await change(scene, 'request', requestId, (request) => strictly(request, proof.value));
  if (outcome.ok) await tx.spendTicket(signedIn.ticketHash);
  return outcome;
}

const wantedBy = ({ requestId, planDigest, ...rest }: DecisionIntent): ProvenDecision =>
  rest.kind === 'approve-request'
    ? { decision: 'approve', requestId, planDigest }
    : { decision: 'deny', requestId, planDigest, reason: rest.reason };

/** Whoever could not decide anyway is refused now and not after a sign-in; the others get a ticket. Nothing is decided here. */
export async function beginProof(scene: Scene, intent: Wanted<'begin-proof'>): Promise<Outcome> {
  const { tx, actor, now, policy } = scene;
  const { requestId, ticketHash: hash } = intent;
  const wanted = { ...intent.wanted, requestId };
  const seasoned = await seasoning(scene);
  const request = await tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const rehearsed = seasoned(rehearse(tightened(request, policy), actor, wanted, now));
  if (!rehearsed.ok) return rehearsed;
  await tx.putTicket({ hash, objectId: actorId(actor), wanted, expiresAt: later(now, policy.proofMinutes * MINUTE) }, now);
  return ok({ request });
}

/** Refuses the decision of somebody too new among the approvers (ID-5). */
async function seasoning({ tx, actor, now, policy }: Scene): Promise<(decision: RequestDecision) => RequestDecision> {
  const roster = await tx.roster('approver');
  return (decision) => {
    if (!decision.ok || actor.kind !== 'person' || policy.coolDownHours === 0) return decision;
    if (roster === undefined) return no({ code: 'cannot-check', what: 'how long you have been an approver' });
    const until = coolingUntil(roster, actor.person, policy.coolDownHours, now);
    return until ? no({ code: 'cooling-down', until }) : decision;
  };
}

/**
 * Under the lease the approvers are judged again: those new in the role are left out, and those whose account belongs to another human than
 * when they approved (AP-4, ID-3, ID-5).
 */
export async function begin(scene: Scene, requestId: string, eligible: readonly PersonRef[]): Promise<Outcome> {
  const counting = await counted(scene, eligible);
  return change(scene, 'request', requestId, (request) => {
    return beginRun(tightened(request, scene.policy), counting(request), scene.now);
  });
}

/**
 * Before the first write the approvers are judged once more, as read after the lease was taken. If they no longer make the quorum nothing is
 * recorded: the job comes back, and its next beginning reopens the request.
 */
export async function beginStep(scene: Scene, { requestId, fence, step, eligible }: Wanted<'begin-step'>): Promise<Outcome> {
  const counting = eligible && (await counted(scene, eligible));
  return change(scene, 'request', requestId, (request) => {
    const untouched = request.begunAt === undefined && request.fence === fence;
    if (counting && untouched && !tally(request, counting(request)).reached) return no({ code: 'stale-lease' });
    return recordStep(request, fence, step, { state: 'running' }, scene.now);
  });
}

/** Who of those eligible counts on a request: long enough an approver, and still the human who pressed. */
async function counted(
  { tx, now, policy }: Scene,
  eligible: readonly PersonRef[],
): Promise<(request: Aggregates['request']) => Set<string>> {
  const roster = policy.coolDownHours === 0 ? undefined : ((await tx.roster('approver')) ?? []);
  const seasoned = eligible.filter((person) => roster === undefined || !coolingUntil(roster, person, policy.coolDownHours, now));
  return ({ decisions }) => {
    const same = (person: PersonRef): boolean =>
      decisions.every((row) => row.person.objectId !== person.objectId || row.person.personKey === person.personKey);
    return new Set(seasoned.filter(same).map(({ objectId }) => objectId));
  };
}

/** What a request that is given up half-way leaves behind: its sealed parts are destroyed, and people hear of an account that may be live. */
export async function giveUp(scene: Scene, requestId: string): Promise<Outcome> {
  const { tx, actor, now } = scene;
  const outcome = await change(scene, 'request', requestId, (request) => withdraw(request, actor, now));
  const request = outcome.ok ? outcome.value.request : undefined;
  const account = request?.begunAt ? await tx.accountOfRequest(requestId) : undefined;
  if (!request || !account) return outcome;
  for (const { number } of account.parts) await tx.takeSealedPart(partKey(account.id, number));
  const live = request.steps.some(({ id, state }) => (id === 'assign-role' || id === 'enable') && state !== 'waiting');
  if (!live) return outcome;
  const dedupe = `given-up:${requestId}`;
  const words = `${request.plan.account.userPrincipalName} may hold its role or be enabled. Remove the role, disable and delete it in Entra now.`;
  const intent = {
    kind: 'raise-alert',
    dedupe,
    tenantId: request.plan.tenant.id,
    cause: { kind: 'request-failed', requestId, words },
  } as const;
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent }]);
  return outcome;
}
