import { partsGivenUp, partsInsteadDestroyed } from '../../core/account/life.ts';
import { passesDestroyed } from '../../core/account/passkeys.ts';
import { partKey } from '../../core/account/types.ts';
import { usableWithout } from '../../core/account/usable.ts';
import { type Decision, later, MINUTE } from '../../core/decision.ts';
import { actorId, type PersonRef } from '../../core/people.ts';
import { rehearse, withdraw } from '../../core/request/decide.ts';
import { type Proof, type ProvenDecision, proofFor } from '../../core/request/proof.ts';
import { type Replanned, replan, whyNotOn } from '../../core/request/replan.ts';
import { whyNotAllowed } from '../../core/request/rights.ts';
import { beginRun, recordStep } from '../../core/request/run.ts';
import { tally } from '../../core/request/tally.ts';
import { tightened } from '../../core/request/tighten.ts';
import { isUntouched, type RotatePlan } from '../../core/request/types.ts';
import { undo } from '../../core/request/undo.ts';
import { no, ok } from '../../core/result.ts';
import { coolingUntil } from '../../core/roster/roster.ts';
import type { Aggregates } from '../ports.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

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
  if (!signedIn) return denialClears(scene, await change(scene, 'request', requestId, (request) => strictly(request)));
  const proof = proofFor(await tx.ticket(signedIn.ticketHash), signedIn, wantedBy(intent), actor, now);
  if (!proof.ok) return proof;
  const outcome = await change(scene, 'request', requestId, (request) => strictly(request, proof.value));
  if (outcome.ok) await tx.spendTicket(signedIn.ticketHash);
  return denialClears(scene, outcome);
}

/** What a run had sealed before it stopped is of no use once the request is denied. */
const denialClears = async (scene: Scene, outcome: Outcome): Promise<Outcome> =>
  outcome.ok && outcome.value.request?.state === 'denied' ? destroyingParts(scene, outcome) : outcome;

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
 * when they approved (AP-4, ID-3, ID-5). Before the first write the plan is drawn up again from what was read, and must come out as it was
 * approved; whoever is handed something must be able to keep it, and the identity that writes must hold what that takes, whenever the run is taken up.
 */
export async function begin(
  scene: Scene,
  { requestId, eligible, facts, custodians = [], rights = {} }: Wanted<'begin-run'>,
): Promise<Outcome> {
  const { tx, policy, now } = scene;
  const counting = await counted(scene, eligible);
  const { plan } = (await tx.lock('request', requestId)) ?? {};
  const accountId = plan && 'accountId' in plan.account ? plan.account.accountId : undefined;
  const account = accountId === undefined ? undefined : await tx.lock('account', accountId);
  const others = account === undefined ? 0 : usableWithout(await tx.accountsOf(account.tenantId), account.id, facts?.others ?? []);
  return change(scene, 'request', requestId, (request) => {
    // What was read before the first write says nothing once there was one.
    const drawnUp = () => (facts && isUntouched(request) ? replan(request, facts, account, others) : undefined);
    const found = whyNotOn(request, custodians, others) ?? drawnUp();
    // Last: what cannot be done at all is said first. Before people are asked anew: they would approve what could not begin either.
    const forbidden = found?.kind === 'impossible' ? undefined : whyNotAllowed(request, rights);
    const replanned: Replanned | undefined =
      forbidden === undefined ? found : { kind: 'impossible', passing: true, code: 'RightMissing', words: forbidden };
    return beginRun(tightened(request, policy), counting(request), now, replanned, eligible);
  });
}

/**
 * Before the first write the approvers are judged once more, as read after the lease was taken. If they no longer make the quorum nothing is
 * recorded: the job comes back, and its next beginning reopens the request.
 */
export async function beginStep(scene: Scene, { requestId, fence, step, eligible, again }: Wanted<'begin-step'>): Promise<Outcome> {
  const counting = eligible && (await counted(scene, eligible));
  return change(scene, 'request', requestId, (request) => {
    const untouched = request.begunAt === undefined;
    if (counting && untouched && !tally(request, counting(request)).reached) return no({ code: 'stale-lease' });
    return recordStep(request, fence, step, { state: 'running', again }, scene.now);
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

/** A request that is given up half-way: its sealed parts are destroyed at once, whatever becomes of the rest. */
export async function giveUp(scene: Scene, requestId: string): Promise<Outcome> {
  const { actor, now } = scene;
  return destroyingParts(scene, await change(scene, 'request', requestId, (request) => withdraw(request, actor, now)));
}

export async function undoFailed(scene: Scene, requestId: string): Promise<Outcome> {
  const { actor, now } = scene;
  return destroyingParts(scene, await change(scene, 'request', requestId, (request) => undo(request, actor, now)));
}

/** Whether it is certain that the run never set the password it had sealed. */
const neverSet = ({ expected }: Aggregates['request']): boolean =>
  expected?.every(({ step, open, allowed, done }) => step !== 'set-credential' || open + allowed + done === 0) ?? false;

async function destroyingParts(scene: Scene, outcome: Outcome): Promise<Outcome> {
  const request = outcome.ok ? outcome.value.request : undefined;
  if (request?.begunAt === undefined) return outcome;
  const { plan } = request;
  if (plan.operation === 'create') await destroyNew(scene, request.id);
  else if ('credential' in plan) await destroyReplacing(scene, request, plan);
  return outcome;
}

async function destroyNew(scene: Scene, requestId: string): Promise<void> {
  const account = await scene.tx.accountOfRequest(requestId);
  if (!account) return;
  for (const { number } of account.parts) await scene.tx.takeSealedPart(partKey(account.id, number));
  await change(scene, 'account', account.id, (row) => passesDestroyed(row, requestId));
}

async function destroyReplacing(scene: Scene, request: Aggregates['request'], { account, credential, custodians, replaces }: RotatePlan) {
  const { tx, now } = scene;
  const { accountId } = account;
  if (credential.kind === 'passkey') {
    // Where none of its passes was ever made, what is sealed is of the password that is to be replaced.
    const mine = replaces === undefined || (await tx.lock('account', accountId))?.held?.requestId === request.id;
    if (mine) for (const number of credential.enrols) await tx.takeSealedPart(partKey(accountId, number));
    await change(scene, 'account', accountId, (row) => passesDestroyed(row, request.id));
    return;
  }
  const given = await change(scene, 'account', accountId, (row) =>
    replaces === 'passkey' ? partsInsteadDestroyed(row, request.id) : partsGivenUp(row, request.id, neverSet(request), now),
  );
  if (given.ok) for (const index of custodians.keys()) await tx.takeSealedPart(partKey(accountId, index + 1));
}
