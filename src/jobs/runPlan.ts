import { setTimeout as realWait } from 'node:timers/promises';
import { custodiansNow } from '../app/custodians.ts';
import { CustodyFault } from '../app/custodyFault.ts';
import type { Door } from '../app/dispatch.ts';
import { ALL_ACCOUNTS, gatherMend } from '../app/gatherMend.ts';
import type { Log } from '../app/log.ts';
import { observeAccount, seeOthers } from '../app/observe.ts';
import { tenantOfPlan } from '../app/openRequest.ts';
import type { Custody, People, Random, Store, Tenants, TenantWriter } from '../app/ports.ts';
import { passkeyTerms } from '../core/account/passkeyTerms.ts';
import { MINUTE } from '../core/decision.ts';
import type { Intent } from '../core/intent.ts';
import type { PersonRef } from '../core/people.ts';
import { isMend } from '../core/request/mend.ts';
import type { NamedPerson } from '../core/request/named.ts';
import { takesOneAway } from '../core/request/openAccount.ts';
import { type ReplanFacts, stillToHold } from '../core/request/replan.ts';
import { type HeldRights, rightsNamed, rightsOfStep, rightsStillNeeded } from '../core/request/rights.ts';
import { PATIENCE_MINUTES } from '../core/request/run.ts';
import type { MendPlan } from '../core/request/types.ts';
import {
  type ChangeRequest,
  isUntouched,
  kindOfStep,
  type Plan,
  type PlanStep,
  type StepFailure,
  type StepId,
  type StepProgress,
} from '../core/request/types.ts';
import { LeaseLost, sceneOf } from './planScene.ts';
import { STEPS } from './steps/registry.ts';
import { type Step, type StepScene, StepStopped, StepWaits } from './steps/step.ts';

export interface RunPlanNeeds {
  readonly door: Door;
  readonly store: Store;
  readonly people: People;
  readonly tenants: Tenants;
  readonly custody: Custody;
  readonly random: Random;
  readonly log: Log;
  /** What binds a sealed part to its place and custodian. */
  readonly partContext: (partKey: string, custodianObjectId: string) => string;
  /** Waits between two looks; real time unless given. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

const WORKER = { kind: 'system', part: 'worker' } as const;
const GIVE_UP_AFTER_MINUTES = PATIENCE_MINUTES;
/** Waits between looks at one step, real milliseconds; then the job gives way and comes back later. */
const LOOK_AGAIN_AFTER_MS = [250, 500, 1000, 2000, 4000];

/** An error of a port that says whether another try later can help. */
interface Passing {
  readonly passing: boolean;
  readonly alreadyThere?: boolean;
  /** Whether it may have been done all the same. */
  readonly unknownOutcome?: boolean;
}

/**
 * Carries out an approved plan, or takes back one that was given up, from wherever an earlier run stopped. Returns when the request is at
 * its end, failed or no longer approved; throws when it should be tried again later.
 */
export async function runPlan(needs: RunPlanNeeds, requestId: string): Promise<void> {
  const { door, log } = needs;
  const stored = await needs.store.get('request', requestId);
  const before = await beforehand(needs, requestId, async () => {
    // Taking back needs nobody's right, so nothing of the directory of people either.
    const eligible = stored?.state === 'undoing' ? [] : await approvers(needs);
    const [facts, rights] = await Promise.all([
      // Read only while nothing was written: from then on the tenant differs by what we did ourselves.
      stored && isUntouched(stored) ? tenantFacts(needs, stored) : undefined,
      stored?.state === 'approved' ? changersRights(needs, stored) : undefined,
    ]);
    const custodians = stored?.state === 'approved' ? await keepers(needs, stillToHold(stored)) : undefined;
    return { eligible, facts, custodians, rights };
  });
  if (!before) return;
  const { eligible, facts, custodians, rights } = before;
  const begun = await door.dispatch(WORKER, {
    kind: 'begin-run',
    requestId,
    eligible,
    ...(facts ? { facts } : {}),
    ...(custodians ? { custodians } : {}),
    ...(rights ? { rights } : {}),
  });
  if (!begun.ok) {
    log.warn('run.not-begun', { requestId, refusal: begun.error.code });
    if (begun.error.code === 'plan-changed') await tellTampered(door, requestId);
    return;
  }
  const { request } = begun.value;
  if (request?.state !== 'approved' && request?.state !== 'undoing') {
    const { state = 'gone', failure } = request ?? {};
    return log.warn('run.not-standing', { requestId, state, ...(failure ? { code: failure.code } : {}) });
  }
  const undoing = request.state === 'undoing';
  // Read again under the lease: somebody may have lost the right while it was being taken (AP-4).
  const untouched = isUntouched(request);
  const underLease = untouched ? await beforehand(needs, requestId, () => approvers(needs)) : undefined;
  if (untouched && !underLease) return;
  const run: Run = { needs, fence: request.fence, underLease, request };
  for (const step of undoing ? request.plan.undo : request.plan.steps) {
    if (progressOf(run.request, step.id)?.state === 'done') continue;
    if (!(await oneStep(run, step))) return;
  }
  await record(door, { kind: 'finish-run', requestId, fence: run.fence });
  log.info(undoing ? 'run.undone' : 'run.applied', { requestId, fence: run.fence });
}

type Approvers = Awaited<ReturnType<People['holders']>>;

const approvers = ({ people }: RunPlanNeeds): Promise<Approvers> =>
  people.holders('approver').catch((error: unknown) => {
    throw new Unread('Who may approve', error);
  });

const tenantFacts = (needs: RunPlanNeeds, request: ChangeRequest): Promise<ReplanFacts | undefined> =>
  readFacts(needs, request).catch((error: unknown) => {
    throw new Unread(`What the plan rests on in ${request.plan.tenant.name}`, error);
  });

/** Nothing where nobody is handed anything. */
const keepers = async (needs: RunPlanNeeds, custodians: readonly PersonRef[]): Promise<readonly NamedPerson[] | undefined> =>
  custodians.length === 0
    ? undefined
    : custodiansNow(needs, custodians).catch((error: unknown) => {
        throw new Unread('Whether the custodians can still keep a part', error);
      });

/**
 * What the changer holds of what the run still takes: the permissions are in its own token, the roles are one question to the tenant. Nothing
 * where nobody can say who it is: then the steps themselves find out.
 */
async function changersRights({ tenants }: RunPlanNeeds, request: ChangeRequest): Promise<HeldRights | undefined> {
  const { id, name } = request.plan.tenant;
  const needed = rightsStillNeeded(request);
  if (needed.permissions.length === 0) return undefined;
  try {
    const { servicePrincipalId, permissions } = await tenants.changer(id);
    if (servicePrincipalId === undefined) return undefined;
    const roles = needed.roles.length > 0 ? { roles: await tenants.reader(id).roles(servicePrincipalId) } : {};
    return { ...(permissions ? { permissions } : {}), ...roles };
  } catch (error) {
    throw new Unread(`What Breakglass’s changer may do in ${name}`, error);
  }
}

/** Something that must be known before anything is written could not be read. */
class Unread extends Error {
  readonly what: string;
  constructor(what: string, cause: unknown) {
    super(`${what} could not be read`, { cause });
    this.what = what;
  }
}

/**
 * Reads what must be known before the first write. What cannot be read is noted on the request; after long patience it has failed.
 *
 * @returns nothing when the request has failed for it, or may not be begun any more
 * @throws what it could not read, to be tried again later
 */
async function beforehand<T>({ door, log }: RunPlanNeeds, requestId: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    const error = thrown instanceof Unread ? thrown.cause : thrown;
    log.warn('run.unreadable', { requestId, error });
    const outcome = await door.dispatch(WORKER, { kind: 'cannot-begin', requestId, ...whyUnread(thrown) });
    if (outcome.ok && outcome.value.request?.failure) {
      const { code, reference } = outcome.value.request.failure;
      log.error('run.failed', { requestId, code, reference, error });
      return undefined;
    }
    if (!outcome.ok && outcome.error.code === 'closed') return undefined;
    throw error;
  }
}

function whyUnread(error: unknown): { readonly code: string; readonly words: string } {
  const what = error instanceof Unread ? error.what : 'What must be known before anything is written';
  const cause = error instanceof Unread ? error.cause : error;
  const { code, status } = answerOf(cause);
  if (status === 401 || status === 403) {
    return { code, words: `${what} may not be read by Breakglass (${code}). Check the permissions of its Graph identity.` };
  }
  return { code, words: `${what} could not be read (${code}).${isPassing(cause) ? '' : ' The log of Breakglass says why.'}` };
}

/** A run under way: the request as it is after the latest step. */
interface Run {
  readonly needs: RunPlanNeeds;
  readonly fence: number;
  readonly underLease: Approvers | undefined;
  request: ChangeRequest;
}

/** @returns whether the run goes on; @throws when it should be tried again later */
async function oneStep(run: Run, planned: PlanStep): Promise<boolean> {
  const { id } = planned;
  const { needs, fence, underLease } = run;
  const { door, log, wait = realWait } = needs;
  const requestId = run.request.id;
  const undoing = run.request.state === 'undoing';
  const before = progressOf(run.request, id)?.state;
  const step = STEPS[kindOfStep(id)];
  const acted: Acted = { times: 0, refused: 0, answered: 0, refusals: new Set() };
  let begun = false;
  try {
    const first = run.request.begunAt === undefined && underLease ? { eligible: underLease } : {};
    run.request = await record(door, { kind: 'begin-step', requestId, fence, step: id, ...first });
    begun = true;
    const scene = sceneOf(needs, run.request, id, () => progressOf(run.request, id)?.at, GIVE_UP_AFTER_MINUTES * MINUTE);
    const note = async (): Promise<void> => {
      run.request = await record(door, { kind: 'note-write', requestId, fence, step: id });
    };
    const evidence = await carryOut(id, counted(step, acted, note), scene, wait, before === 'running');
    const settled = { acts: surely(acted), unsent: unsent(acted) };
    run.request = await record(door, { kind: 'finish-step', requestId, fence, step: id, evidence, ...settled });
    log.info('step.done', { requestId, step: id, fence });
    return true;
  } catch (error) {
    if (error instanceof LeaseLost) {
      log.warn('run.lease-lost', { requestId, fence, refusal: error.message });
      // Closed is closed. A lease taken by another run is not: that run may have died since, and this job may be the last one left (AP-8).
      if (error.message === 'closed') return false;
      throw error;
    }
    if (error instanceof StepWaits) {
      const { lookAt, untilAt, message: words } = error;
      const when = { ...(lookAt ? { lookAt } : {}), ...(untilAt ? { untilAt } : {}) };
      await record(door, { kind: 'park-run', requestId, fence, step: id, words, ...when });
      log.info('run.parked', { requestId, step: id, fence });
      return false;
    }
    const since = progressOf(run.request, id)?.at; // none: not even its beginning could be recorded
    const tired = since !== undefined && (await needs.store.now()).getTime() - since.getTime() > GIVE_UP_AFTER_MINUTES * MINUTE;
    // What says nothing about itself is no refusal of the tenant's: the database was away, say.
    const isLater = !tired && (!isPassing(error) || error.passing);
    // Where that cannot be recorded either, the run counts as one that may have written.
    if ((isLater || undoing) && begun && unsent(acted) > 0)
      await door.dispatch(WORKER, { kind: 'give-way', requestId, fence, step: id, unsent: unsent(acted) }).catch(noted(log));
    if (!tired && !undoing && error instanceof StepStopped && error.passing && error.step !== undefined) {
      log.warn('step.again', { requestId, step: error.step, noticedBy: id, code: error.code });
      run.request = await record(door, { kind: 'begin-step', requestId, fence, step: error.step, again: true });
    }
    if (isLater) throw error;
    const failure = failureOf(planned, run.request.plan, error, tired, acted.refusals.has(error));
    log.error('run.failed', { requestId, step: id, code: failure.code, reference: failure.reference, error });
    const last = { step: id, unsent: unsent(acted) };
    await record(door, { kind: 'fail-run', requestId, fence, failure, last });
    // What is being taken back is tried until it is done, however long (GR-5).
    if (undoing) throw error;
    return false;
  }
}

const noted =
  (log: Log) =>
  (error: unknown): void =>
    log.warn('run.untold', { error });

/** Writes a step sent: how many, how many of them were not done for certain, and how many were. */
interface Acted {
  times: number;
  refused: number;
  answered: number;
  /** What was thrown for those: told apart from what a look is answered with. */
  readonly refusals: Set<unknown>;
}

/** Its beginning notes one write, whether or not it is sent, and each further one is noted before it is. */
const unsent = ({ times, refused }: Pick<Acted, 'times' | 'refused'>): number => Math.max(1, times) - (times - refused);

/** Of a step that is proven, one that was not refused was done, even where no answer came. */
const surely = ({ times, refused, answered }: Acted): number => Math.max(answered, times > refused ? 1 : 0);

/** The step with the writes it sends counted: of so many the tenant's audit log may tell. One act may send several. */
const counted = (step: Step, acted: Acted, note: () => Promise<void>): Step => ({
  look: step.look,
  act: (scene) => step.act({ ...scene, writer: counting(scene.writer, acted, note) }),
});

function counting(writer: TenantWriter, acted: Acted, note: () => Promise<void>): TenantWriter {
  return new Proxy(writer, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      // Stryker disable next-line ConditionalExpression: a writer has nothing but functions
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        if (acted.times > 0) await note();
        acted.times += 1;
        try {
          const answer: unknown = await member.apply(target, args);
          acted.answered += 1;
          return answer;
        } catch (error) {
          if (isPassing(error) && !(error.unknownOutcome ?? error.passing)) {
            acted.refused += 1;
            acted.refusals.add(error);
          }
          throw error;
        }
      };
    },
  });
}

const progressOf = (request: ChangeRequest, step: StepId): StepProgress | undefined =>
  (request.state === 'undoing' ? request.undoSteps : request.steps)?.find(({ id }) => id === step);

/** What the plan is drawn up from, read fresh. A tenant that was taken out of the settings has no plans any more. */
async function readFacts({ tenants, custody, store }: RunPlanNeeds, { plan }: ChangeRequest): Promise<ReplanFacts | undefined> {
  const tenant = tenants.info(plan.tenant.id);
  if (!tenant) return undefined;
  const reader = tenants.reader(tenant.id);
  const wantsKeys = 'credential' in plan && plan.credential.kind === 'passkey';
  const passkeys = wantsKeys ? { passkeys: passkeyTerms(await reader.methodPolicies(), tenant.exclusionGroupId) } : {};
  const facts = { tenant: tenantOfPlan(tenant), ...passkeys };
  if (!('accountId' in plan.account)) return facts;
  const account = await store.get('account', plan.account.accountId);
  const observed = account && (await observeAccount(reader, custody, tenant, account));
  const others =
    account && takesOneAway(plan.operation) ? { others: await seeOthers(reader, await store.accounts(ALL_ACCOUNTS), account) } : {};
  if (!account || !isMend(plan.operation)) return { ...facts, ...(observed ? { observed } : {}), ...others };
  const mend = await gatherMend({ tenants, store }, plan.operation, account, (plan as MendPlan).finding?.key);
  return { ...facts, ...(observed ? { observed } : {}), mend };
}

/** The stored plan is not what was approved. Nobody does that by accident (AP-3). */
async function tellTampered(door: Door, requestId: string): Promise<void> {
  const words = 'Its stored plan is not the one that was approved, so nothing was done. Find out who changed the database.';
  const cause = { kind: 'request-failed', requestId, words } as const;
  await door.dispatch(WORKER, { kind: 'raise-alert', dedupe: `tampered:${requestId}`, cause });
}

type Wait = (ms: number) => Promise<unknown>;

/**
 * Look, act, look again until it is so. An act whose outcome is unknown is settled by looking (GR-4).
 *
 * @param resumed an earlier run began this step: it may have acted already
 */
async function carryOut(id: StepId, step: Step, scene: StepScene, wait: Wait, resumed: boolean): Promise<string> {
  const already = await step.look(scene);
  if (already !== undefined) return already;
  let mayHaveActed = resumed;
  let last: unknown;
  for (const pause of LOOK_AGAIN_AFTER_MS) {
    try {
      const proof = (await step.act(scene)) ?? (await lookAgain(step, scene, wait));
      if (proof !== undefined) return proof;
      last = notReadable(id);
    } catch (error) {
      if (!isPassing(error)) throw error;
      // Where we may have acted before, "it exists already" speaks of our own act, which only cannot be read yet.
      if (mayHaveActed && error.alreadyThere) last = notReadable(id, error);
      else if (error.passing) last = error;
      else throw error;
    }
    mayHaveActed = true;
    await wait(pause);
    const found = await step.look(scene);
    if (found !== undefined) return found;
  }
  throw last;
}

const notReadable = (id: StepId, cause?: unknown): Error =>
  Object.assign(new Error(`${id}: done, but not readable yet`, { cause }), { passing: true, code: 'NotReadable' });

/** Right after a write the reading replica may lag: a few looks before anything is written again. */
async function lookAgain(step: Step, scene: StepScene, wait: Wait): Promise<string | undefined> {
  for (const pause of LOOK_AGAIN_AFTER_MS) {
    const found = await step.look(scene);
    if (found !== undefined) return found;
    await wait(pause);
  }
  return undefined;
}

async function record(door: Door, intent: Intent): Promise<ChangeRequest> {
  const outcome = await door.dispatch(WORKER, intent);
  if (!outcome.ok) throw new LeaseLost(outcome.error.code);
  if (!outcome.value.request) throw new TypeError(`${intent.kind} gave no request`);
  return outcome.value.request;
}

const isPassing = (error: unknown): error is Error & Passing => error instanceof Error && 'passing' in error;

/** What a tenant answered, as far as an error tells. */
function answerOf(error: unknown): { readonly code: string; readonly status: number | undefined } {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'Fault';
  return { code, status: error instanceof Error && 'status' in error ? Number(error.status) : undefined };
}

/** @param refused it was a write of the step that was answered so, and no look */
function failureOf(planned: PlanStep, plan: Plan, error: unknown, tired: boolean, refused: boolean): StepFailure {
  const { id } = planned;
  const reference = crypto.randomUUID().slice(0, 8);
  if (error instanceof StepStopped) {
    const back = error.step === undefined || error.step === id ? { step: id } : { step: error.step, foundBy: id };
    return { ...back, code: error.code, words: error.message, reference };
  }
  if (error instanceof CustodyFault) return { step: id, code: error.code, words: error.message, reference };
  const { code, status } = answerOf(error);
  const words =
    status === 401 || status === 403
      ? forbidden(planned, plan, error, refused)
      : !tired
        ? `The tenant refused this step (${code}).`
        : status === undefined && !isPassing(error)
          ? `Breakglass itself could not complete this step within ${GIVE_UP_AFTER_MINUTES} minutes (${code}). Its log says why.`
          : `The tenant did not complete this step within ${GIVE_UP_AFTER_MINUTES} minutes (${code}).`;
  return { step: id, code, words, reference };
}

/** Graph's own words for refusals of one cause (graph facts, samples/graph-errors.json). */
const UNLICENSED = /not licensed|premium license/i;
const RESTRICTED = /restricted management administrative unit/i;

/**
 * What the tenant says, or which causes are possible and what to check.
 *
 * @param refused a write was refused, by the changer's rights; else a look
 */
function forbidden(planned: PlanStep, plan: Plan, error: unknown, refused: boolean): string {
  const { code, status } = answerOf(error);
  const said = error instanceof Error && 'detail' in error ? String(error.detail) : '';
  if (status === 401) return `The tenant did not take the credential of Breakglass (${code}). npm run doctor tries each of them.`;
  if (UNLICENSED.test(said)) return `The tenant has no licence for this step (${code}).`;
  if (!refused)
    return `The tenant refused a look that this step needs (${code}). Say status ${plan.tenant.name}: it names what the reader lacks.`;
  if (RESTRICTED.test(said))
    return `The tenant refused this write (${code}): the account is in a restricted management unit. Take it out in Entra, then try again.`;
  const takes = rightsNamed(rightsOfStep(planned.id));
  const path = planned.call?.path ?? '';
  const further = path.startsWith('/users/')
    ? `, and that the account is in no ${plan.steps.some(({ id }) => id === 'leave-unit') ? 'other ' : ''}restricted management unit`
    : path.startsWith('/groups/')
      ? '; a group that may hold roles takes RoleManagement.ReadWrite.Directory too'
      : '';
  return `The tenant refused this write (${code}) and does not say why. Check that Breakglass’s changer still has ${takes}${further}.`;
}
