import { expirePart, revealPart, storePart } from '../core/account/custody.ts';
import { handOver, watchAccount } from '../core/account/life.ts';
import { partKey } from '../core/account/types.ts';
import { acknowledge, addSource, escalate, raise, signInKey } from '../core/alert/raise.ts';
import type { SignInEvent } from '../core/alert/types.ts';
import { type Configuration, changesOf } from '../core/configuration.ts';
import { type Decision, later, MINUTE } from '../core/decision.ts';
import type { Effect } from '../core/effect.ts';
import { type Intent, subjectOf } from '../core/intent.ts';
import { type Actor, actorId } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import { approve, deny, expire, rehearse, withdraw } from '../core/request/decide.ts';
import { openCreate } from '../core/request/open.ts';
import { type Proof, type ProvenDecision, proofFor } from '../core/request/proof.ts';
import { beginRun, failRun, finishRun, recordStep, retry } from '../core/request/run.ts';
import { no, ok, type Result } from '../core/result.ts';
import { changeRoster, coolingUntil } from '../core/roster/roster.ts';
import { completeValidation, remind } from '../core/validation/schedule.ts';
import type { Aggregates, Kind, Policy, Random, Store, TenantInfo, Transaction } from './ports.ts';

/** What an accepted intent leaves behind. `sealed` only for `reveal-part`: the part, still sealed, taken out of the store for good. */
export type Outcome = Result<{ readonly [K in Kind]?: Aggregates[K] } & { readonly sealed?: Uint8Array }, Refusal>;

export interface Door {
  dispatch(actor: Actor, intent: Intent): Promise<Outcome>;
}

export interface DoorNeeds {
  readonly store: Store;
  readonly random: Random;
  readonly policy: Policy;
  readonly tenant: (tenantId: string) => TenantInfo | undefined;
}

interface Scene extends DoorNeeds {
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly now: Date;
}

/** Which intents the outside may not send: they belong to timers, the worker and the feeds. */
const SYSTEM_ONLY: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>([
  'expire-request',
  'begin-run',
  'begin-step',
  'finish-step',
  'fail-run',
  'finish-run',
  'watch-account',
  'seal-parts',
  'hand-over',
  'expire-part',
  'sign-in-seen',
  'raise-alert',
  'escalate-alert',
  'remind-validation',
  'roster-read',
  'configuration-read',
]);

/**
 * The one door. Nothing else changes state; so nothing changes without a lock, an audit entry and its effects, all in one transaction.
 * A refusal is recorded too. A repeat of something already done (`nothing-to-do`) is neither history nor news.
 */
export function door(needs: DoorNeeds): Door {
  return {
    dispatch: (actor, intent) =>
      needs.store.transaction(async (tx) => {
        const now = await tx.now();
        if (SYSTEM_ONLY.has(intent.kind) && actor.kind !== 'system') throw new TypeError(`${intent.kind} is not a person's to ask for`);
        const outcome = await decide({ ...needs, tx, actor, now }, intent);
        if (outcome.ok || outcome.error.code !== 'nothing-to-do') {
          // Last in the transaction: it locks the head of the audit log until the commit.
          await tx.record({
            at: now,
            actorId: actorId(actor),
            intent: intent.kind,
            subject: outcome.ok ? subjectAfter(intent, outcome.value) : subjectOf(intent),
            ...(outcome.ok ? {} : { refusal: outcome.error }),
            ...detailsOf(intent),
          });
        }
        return outcome;
      }),
  };
}

function decide(scene: Scene, intent: Intent): Promise<Outcome> {
  const { actor, now, policy } = scene;
  switch (intent.kind) {
    case 'open-request':
      return open(scene, intent);
    case 'approve-request':
      return decideOn(scene, intent, (request, proof) => approve(request, actor, intent.planDigest, now, proof));
    case 'deny-request':
      return decideOn(scene, intent, (request, proof) => deny(request, actor, intent.planDigest, intent.reason, now, proof));
    case 'begin-proof':
      return beginProof(scene, intent);
    case 'withdraw-request':
      return change(scene, 'request', intent.requestId, (request) => withdraw(request, actor, now));
    case 'retry-request':
      return change(scene, 'request', intent.requestId, (request) => retry(request, actor));
    case 'expire-request':
      return change(scene, 'request', intent.requestId, (request) => expire(request, now));
    case 'begin-run':
      return begin(scene, intent.requestId, intent.eligible);
    case 'begin-step':
      return change(scene, 'request', intent.requestId, (request) =>
        recordStep(request, intent.fence, intent.step, { state: 'running' }, now),
      );
    case 'finish-step': {
      const progress = { state: 'done', evidence: intent.evidence } as const;
      return change(scene, 'request', intent.requestId, (request) => recordStep(request, intent.fence, intent.step, progress, now));
    }
    case 'fail-run':
      return change(scene, 'request', intent.requestId, (request) => failRun(request, intent.fence, intent.failure, now));
    case 'finish-run':
      return change(scene, 'request', intent.requestId, (request) => finishRun(request, intent.fence, now));
    case 'watch-account':
      return watch(scene, intent);
    case 'seal-parts':
      return seal(scene, intent);
    case 'hand-over':
      return handOverParts(scene, intent.requestId);
    case 'reveal-part':
      return reveal(scene, intent);
    case 'store-part':
      return change(scene, 'account', intent.accountId, (account) => storePart(account, intent.partNumber, actor, intent, now));
    case 'expire-part':
      return expireSealed(scene, intent);
    case 'sign-in-seen':
      return seen(scene, intent);
    case 'raise-alert':
      return raiseOnce(scene, intent);
    case 'acknowledge-alert':
      return change(scene, 'alert', intent.alertId, (alert) => acknowledge(alert, actor, now));
    case 'escalate-alert':
      return change(scene, 'alert', intent.alertId, (alert) => escalate(alert, now));
    case 'configuration-read':
      return configurationRead(scene, intent.configuration);
    case 'roster-read':
      return rosterRead(scene, intent);
    case 'remind-validation':
      return change(scene, 'account', intent.accountId, (account) => remind(account, now));
    case 'complete-validation':
      return change(scene, 'account', intent.accountId, (account) =>
        completeValidation(account, actor, intent.report, policy.validationDays, now),
      );
  }
}

type DecisionIntent = Extract<Intent, { kind: 'approve-request' | 'deny-request' }>;
type RequestDecision = Decision<Aggregates['request']>;

/** A decision on a request: by the rules, by somebody who has been an approver long enough, and with the proof that was brought (AU-9). */
async function decideOn(
  scene: Scene,
  intent: DecisionIntent,
  rule: (request: Aggregates['request'], proof?: Proof) => RequestDecision,
): Promise<Outcome> {
  const { tx, actor, now } = scene;
  const { requestId, signedIn } = intent;
  const seasoned = await seasoning(scene);
  if (!signedIn) return change(scene, 'request', requestId, (request) => seasoned(rule(request)));
  const proof = proofFor(await tx.ticket(signedIn.ticketHash), signedIn, wantedBy(intent), actor, now);
  if (!proof.ok) return proof;
  const outcome = await change(scene, 'request', requestId, (request) => seasoned(rule(request, proof.value)));
  if (outcome.ok) await tx.spendTicket(signedIn.ticketHash);
  return outcome;
}

const wantedBy = ({ requestId, planDigest, ...rest }: DecisionIntent): ProvenDecision =>
  rest.kind === 'approve-request'
    ? { decision: 'approve', requestId, planDigest }
    : { decision: 'deny', requestId, planDigest, reason: rest.reason };

/** Whoever could not decide anyway is refused now and not after a sign-in; the others get a ticket. Nothing is decided here. */
async function beginProof(scene: Scene, intent: Extract<Intent, { kind: 'begin-proof' }>): Promise<Outcome> {
  const { tx, actor, now, policy } = scene;
  const { requestId, ticketHash: hash } = intent;
  const wanted = { ...intent.wanted, requestId };
  const seasoned = await seasoning(scene);
  const request = await tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const rehearsed = seasoned(rehearse(request, actor, wanted, now));
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
    const until = coolingUntil(roster, actor.person.objectId, policy.coolDownHours, now);
    return until ? no({ code: 'cooling-down', until }) : decision;
  };
}

/** Under the lease the approvers are judged again, those new in the role left out (AP-4, ID-5). */
async function begin(scene: Scene, requestId: string, eligible: readonly string[]): Promise<Outcome> {
  const { tx, now, policy } = scene;
  const roster = policy.coolDownHours === 0 ? undefined : ((await tx.roster('approver')) ?? []);
  const counting = eligible.filter((objectId) => roster === undefined || !coolingUntil(roster, objectId, policy.coolDownHours, now));
  return change(scene, 'request', requestId, (request) => beginRun(request, new Set(counting), now));
}

/** Settings change only by a restart, and a restart with other settings is one audit entry and one alert (ST-4). */
async function configurationRead({ tx, now }: Scene, configuration: Configuration): Promise<Outcome> {
  const before = await tx.lastConfiguration();
  const changes = changesOf(before, configuration);
  if (before !== undefined && changes.length === 0) return no({ code: 'nothing-to-do' });
  await tx.saveConfiguration(configuration);
  if (before === undefined) return ok({});
  const dedupe = `configuration:${now.toISOString()}`;
  const cause = { kind: 'configuration-changed', changes } as const;
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);
  return ok({});
}

/** Every change of who holds a role is one audit entry and one alert (ID-5). */
async function rosterRead({ tx, now }: Scene, intent: Extract<Intent, { kind: 'roster-read' }>): Promise<Outcome> {
  const { role, holders } = intent;
  const before = await tx.roster(role, 'lock');
  const { next, added, removed } = changeRoster(before, holders, now);
  if (before !== undefined && added.length === 0 && removed.length === 0) return no({ code: 'nothing-to-do' });
  await tx.saveRoster(role, next);
  if (before === undefined) return ok({});
  const names = (people: readonly { name: string }[]): string[] => people.map(({ name }) => name);
  const dedupe = `roster:${role}:${now.toISOString()}`;
  const cause = { kind: 'roster-changed', role, added: names(added), removed: names(removed) } as const;
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);
  return ok({});
}

/** Lock, decide, save, owe: what almost every intent is. */
async function change<K extends Kind>(
  scene: Scene,
  kind: K,
  id: string,
  rule: (value: Aggregates[K]) => Decision<Aggregates[K]>,
): Promise<Outcome> {
  const before = await scene.tx.lock(kind, id);
  if (before === undefined) return no({ code: 'not-found', what: kind });
  const decision = rule(before);
  if (!decision.ok) return decision;
  const { next, effects } = decision.value;
  if (next !== before) await scene.tx.save(kind, next);
  await scene.tx.owe(effects);
  return ok({ [kind]: next });
}

async function open({ tx, actor, now, random, policy }: Scene, intent: Extract<Intent, { kind: 'open-request' }>): Promise<Outcome> {
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

/** The account row stands before the role does; found again when the step is run twice. */
async function watch(scene: Scene, intent: Extract<Intent, { kind: 'watch-account' }>): Promise<Outcome> {
  const { tx, now, random } = scene;
  const request = await tx.lock('request', intent.requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  if (request.state !== 'approved' || request.fence !== intent.fence) return no({ code: 'stale-lease' });
  const known = await tx.accountOfRequest(request.id);
  if (known) return ok({ account: known });
  const account = watchAccount(request.plan, random.id('EA'), intent.objectId, intent.feed, now);
  await tx.insert('account', account);
  return ok({ account });
}

async function seal({ tx }: Scene, intent: Extract<Intent, { kind: 'seal-parts' }>): Promise<Outcome> {
  const request = await tx.lock('request', intent.requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  if (request.state !== 'approved' || request.fence !== intent.fence) return no({ code: 'stale-lease' });
  const account = await tx.accountOfRequest(request.id);
  if (account?.state !== 'provisioning') return no({ code: 'not-found', what: 'account' });
  await tx.putSealedParts(account.id, intent.sealed);
  return ok({ account });
}

async function handOverParts(scene: Scene, requestId: string): Promise<Outcome> {
  const account = await scene.tx.accountOfRequest(requestId);
  if (!account) return no({ code: 'not-found', what: 'account' });
  return change(scene, 'account', account.id, (value) => handOver(value, scene.policy, scene.now));
}

/** "Shown" and the destruction of the stored part are one transaction; the part leaves the process only after it committed (CR-2). */
async function reveal(scene: Scene, intent: Extract<Intent, { kind: 'reveal-part' }>): Promise<Outcome> {
  const outcome = await change(scene, 'account', intent.accountId, (account) =>
    revealPart(account, intent.partNumber, scene.actor, scene.now),
  );
  if (!outcome.ok) return outcome;
  const sealed = await scene.tx.takeSealedPart(partKey(intent.accountId, intent.partNumber));
  if (!sealed) throw new Error(`part ${intent.partNumber} of ${intent.accountId} is ready but its sealed content is gone`);
  return ok({ ...outcome.value, sealed });
}

async function expireSealed(scene: Scene, intent: Extract<Intent, { kind: 'expire-part' }>): Promise<Outcome> {
  const outcome = await change(scene, 'account', intent.accountId, (account) => expirePart(account, intent.partNumber, scene.now));
  if (outcome.ok) await scene.tx.takeSealedPart(partKey(intent.accountId, intent.partNumber));
  return outcome;
}

/** Every sign-in is an alert, once per attempt and result, whichever feed brings it first (AL-3). */
async function seen(scene: Scene, intent: Extract<Intent, { kind: 'sign-in-seen' }>): Promise<Outcome> {
  const { tx, random } = scene;
  const { event, feed } = intent;
  const id = random.id('AL');
  const earlier = await tx.claimOnce(`sign-in:${signInKey(event)}`, id);
  if (earlier !== undefined && !(await isAnotherRow(tx, earlier, event))) {
    if (event.rowId !== undefined) await tx.claimOnce(rowKey(event), earlier);
    return change(scene, 'alert', earlier, (alert) => addSource(alert, event, feed));
  }
  const sameRow = event.rowId === undefined ? undefined : await tx.claimOnce(rowKey(event), id);
  if (sameRow !== undefined) return change(scene, 'alert', sameRow, (alert) => addSource(alert, event, feed));
  const account = await tx.accountOfUser(event.tenantId, event.userId);
  const locked = account && (await tx.lock('account', account.id));
  // A feed may bring an older one late.
  const newest = locked?.lastSignInAt && locked.lastSignInAt > event.signedInAt ? locked.lastSignInAt : event.signedInAt;
  if (locked) await tx.save('account', { ...locked, lastSignInAt: newest, revision: locked.revision + 1 });
  return raised(scene, id, event.tenantId, { kind: 'sign-in', event, feeds: [feed], registered: account !== undefined }, account);
}

const rowKey = (event: SignInEvent): string => `sign-in-row:${event.tenantId}|${event.rowId ?? ''}`;

/** Entra keeps the correlation id over several attempts of one flow: a later one must never vanish into an earlier alert (AL-9). */
async function isAnotherRow(tx: Transaction, alertId: string, event: SignInEvent): Promise<boolean> {
  const alert = await tx.lock('alert', alertId);
  if (event.rowId === undefined || alert?.cause.kind !== 'sign-in') return false;
  const known = alert.cause.event.rowId;
  return known !== undefined && known !== event.rowId;
}

async function raiseOnce(scene: Scene, intent: Extract<Intent, { kind: 'raise-alert' }>): Promise<Outcome> {
  const id = scene.random.id('AL');
  if ((await scene.tx.claimOnce(`alert:${intent.dedupe}`, id)) !== undefined) return no({ code: 'nothing-to-do' });
  const account = intent.accountId === undefined ? undefined : await scene.tx.lock('account', intent.accountId);
  return raised(scene, id, intent.tenantId, intent.cause, account);
}

async function raised(
  { tx, now, tenant }: Scene,
  id: string,
  tenantId: string | undefined,
  cause: Aggregates['alert']['cause'],
  account: Aggregates['account'] | undefined,
): Promise<Outcome> {
  const tenantName = tenantId === undefined ? undefined : (tenant(tenantId)?.displayName ?? account?.tenantName);
  const about = { ...(tenantId ? { tenantId } : {}), ...(tenantName ? { tenantName } : {}), ...(account ? { account } : {}) };
  const { next, effects } = raise(cause, about, id, now);
  await tx.insert('alert', next);
  const more: Effect[] = account ? [{ kind: 'show', subject: `account:${account.id}` }] : [];
  await tx.owe([...effects, ...more]);
  return ok({ alert: next });
}

function subjectAfter(intent: Intent, value: { readonly [K in Kind]?: Aggregates[K] }): string {
  if (intent.kind === 'open-request' && value.request) return `request:${value.request.id}`;
  if (intent.kind === 'sign-in-seen' && value.alert) return `alert:${value.alert.id}`;
  return subjectOf(intent);
}

/** What an auditor needs beside actor, intent and subject. */
function detailsOf(intent: Intent): { details?: Record<string, string | number> } {
  switch (intent.kind) {
    case 'approve-request':
    case 'deny-request':
      return {
        details: {
          planDigest: intent.planDigest,
          ...(intent.signedIn ? { proof: 'oidc', signedInAt: intent.signedIn.at.toISOString() } : {}),
        },
      };
    case 'begin-proof':
      return { details: { planDigest: intent.wanted.planDigest, decision: intent.wanted.decision } };
    case 'begin-step':
    case 'finish-step':
      return { details: { step: intent.step, fence: intent.fence } };
    case 'fail-run':
      return { details: { step: intent.failure.step, fence: intent.fence, failure: intent.failure.code } };
    case 'reveal-part':
    case 'expire-part':
      return { details: { part: intent.partNumber } };
    case 'store-part':
      return { details: { part: intent.partNumber, location: intent.location, sealNumber: intent.sealNumber } };
    case 'sign-in-seen':
      return { details: { feed: intent.feed, errorCode: intent.event.errorCode, correlationId: intent.event.correlationId } };
    case 'watch-account':
      return { details: { objectId: intent.objectId, feed: intent.feed, fence: intent.fence } };
    default:
      return {};
  }
}
