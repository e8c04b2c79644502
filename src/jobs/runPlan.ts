import { setTimeout as realWait } from 'node:timers/promises';
import { CustodyFault } from '../app/custodyFault.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Custody, People, Random, Store, Tenants } from '../app/ports.ts';
import { randomPassword } from '../core/account/password.ts';
import { partKey } from '../core/account/types.ts';
import { MINUTE } from '../core/decision.ts';
import type { Intent } from '../core/intent.ts';
import type { ChangeRequest, StepFailure } from '../core/request/types.ts';
import { CREATE_STEPS } from './steps/create.ts';
import { type Step, type StepScene, StepStopped } from './steps/step.ts';

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
/** Replication of minutes is normal (graph facts, section 4); after this long a step is given up and people are told. */
const GIVE_UP_AFTER_MINUTES = 30;
/** Waits between looks at one step, real milliseconds; then the job gives way and comes back later. */
const LOOK_AGAIN_AFTER_MS = [250, 500, 1000, 2000, 4000];

/** An error of a port that says whether another try later can help. */
interface Passing {
  readonly passing: boolean;
  readonly alreadyThere?: boolean;
}

/**
 * Carries out an approved plan, from wherever an earlier run stopped. Returns when the request is applied, failed or no longer approved;
 * throws when it should be tried again later.
 */
export async function runPlan(needs: RunPlanNeeds, requestId: string): Promise<void> {
  const { door, log, wait = realWait } = needs;
  const eligible = await needs.people.holders('approver');
  const begun = await door.dispatch(WORKER, { kind: 'begin-run', requestId, eligible });
  if (!begun.ok) {
    log.warn('run.not-begun', { requestId, refusal: begun.error.code });
    if (begun.error.code === 'plan-changed') await tellTampered(door, requestId);
    return;
  }
  let request = begun.value.request;
  if (request?.state !== 'approved') return log.warn('run.quorum-lost', { requestId });
  const fence = request.fence;
  // Read again under the lease: somebody may have lost the right while it was being taken (AP-4).
  const underLease = request.begunAt === undefined ? await needs.people.holders('approver') : undefined;
  const scene = sceneOf(needs, request, (step) => request?.steps.find(({ id }) => id === step)?.evidence);
  for (const step of CREATE_STEPS) {
    const before = request.steps.find(({ id }) => id === step.id)?.state;
    if (before === 'done') continue;
    try {
      const first = request.begunAt === undefined && underLease ? { eligible: underLease } : {};
      request = await record(door, { kind: 'begin-step', requestId, fence, step: step.id, ...first });
      const evidence = await carryOut(step, scene, wait, before === 'running');
      request = await record(door, { kind: 'finish-step', requestId, fence, step: step.id, evidence });
      log.info('step.done', { requestId, step: step.id, fence });
    } catch (error) {
      if (error instanceof LeaseLost) {
        log.warn('run.lease-lost', { requestId, fence, refusal: error.message });
        // Closed is closed. A lease taken by another run is not: that run may have died since, and this job may be the last one left (AP-8).
        if (error.message === 'closed') return;
        throw error;
      }
      const since = request.steps.find(({ id }) => id === step.id)?.at; // none: not even its beginning could be recorded
      const tired = since !== undefined && (await needs.store.now()).getTime() - since.getTime() > GIVE_UP_AFTER_MINUTES * MINUTE;
      // What says nothing about itself is no refusal of the tenant's: the database was away, say.
      if (!tired && (!isPassing(error) || error.passing)) throw error;
      const failure = failureOf(step, error, tired);
      log.error('run.failed', { requestId, step: step.id, code: failure.code, reference: failure.reference, error });
      await record(door, { kind: 'fail-run', requestId, fence, failure });
      return;
    }
  }
  await record(door, { kind: 'finish-run', requestId, fence });
  log.info('run.applied', { requestId, fence });
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
async function carryOut(step: Step, scene: StepScene, wait: Wait, resumed: boolean): Promise<string> {
  const already = await step.look(scene);
  if (already !== undefined) return already;
  let mayHaveActed = resumed;
  let last: unknown = new Error(`${step.id} could not be proven`);
  for (const pause of LOOK_AGAIN_AFTER_MS) {
    try {
      const proof = (await step.act(scene)) ?? (await lookAgain(step, scene, wait));
      if (proof !== undefined) return proof;
      last = notReadable(step);
    } catch (error) {
      if (!isPassing(error)) throw error;
      // Where we may have acted before, "it exists already" speaks of our own act, which only cannot be read yet.
      if (mayHaveActed && error.alreadyThere) last = notReadable(step, error);
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

const notReadable = (step: Step, cause?: unknown): Error =>
  Object.assign(new Error(`${step.id}: done, but not readable yet`, { cause }), { passing: true, code: 'NotReadable' });

/** Right after a write the reading replica may lag: a few looks before anything is written again. */
async function lookAgain(step: Step, scene: StepScene, wait: Wait): Promise<string | undefined> {
  for (const pause of LOOK_AGAIN_AFTER_MS) {
    const found = await step.look(scene);
    if (found !== undefined) return found;
    await wait(pause);
  }
  return undefined;
}

function sceneOf(
  { tenants, custody, random, store, door, partContext }: RunPlanNeeds,
  request: ChangeRequest,
  evidence: StepScene['evidence'],
): StepScene {
  const { plan, fence } = request;
  const reader = tenants.reader(plan.tenant.id);
  let objectId: string | undefined;
  const requestId = request.id;
  // Asked for where it is needed: a vault that is away is then a step that waits, and told like one.
  const signed = (tag: string): string => `${plan.account.marker}:${tag}`;
  const isOurs = async (marker: string | undefined): Promise<boolean> =>
    marker !== undefined && (await custody.tags(plan.account.marker)).some((tag) => signed(tag) === marker);
  return {
    request,
    marker: async () => signed((await custody.tags(plan.account.marker))[0]),
    isOurs,
    evidence,
    reader,
    writer: tenants.writer(plan.tenant.id),
    now: () => store.now(),
    newPassword: (length) => randomPassword(length, random.below),
    async user() {
      if (objectId !== undefined) return objectId;
      const found = await reader.userByName(plan.account.userPrincipalName);
      if (!found) throw Object.assign(new Error('the new user cannot be read yet'), { passing: true });
      // Only what carries our marker for this very request is touched (GR-3).
      if (!(await isOurs(found.marker)))
        throw new StepStopped('NotOurs', `${plan.account.userPrincipalName} does not carry the marker of this request.`);
      objectId = found.objectId;
      return objectId;
    },
    async watch(user, feed) {
      const outcome = await door.dispatch(WORKER, { kind: 'watch-account', requestId, fence, objectId: user, feed });
      if (!outcome.ok) throw new LeaseLost(outcome.error.code);
    },
    async sealParts(parts) {
      const account = await store.transaction((tx) => tx.accountOfRequest(requestId));
      if (!account) throw new StepStopped('NoAccount', 'The account is not on the watch list.');
      const sealed = await Promise.all(
        parts.map((part, index) => {
          const custodian = account.parts[index]?.custodian;
          if (!custodian) throw new RangeError('more parts than custodians');
          return custody.seal(part, partContext(partKey(account.id, index + 1), custodian.objectId));
        }),
      );
      const outcome = await door.dispatch(WORKER, { kind: 'seal-parts', requestId, fence, sealed });
      if (!outcome.ok) throw new LeaseLost(outcome.error.code);
    },
  };
}

class LeaseLost extends Error {}

async function record(door: Door, intent: Intent): Promise<ChangeRequest> {
  const outcome = await door.dispatch(WORKER, intent);
  if (!outcome.ok) throw new LeaseLost(outcome.error.code);
  if (!outcome.value.request) throw new TypeError(`${intent.kind} gave no request`);
  return outcome.value.request;
}

const isPassing = (error: unknown): error is Error & Passing => error instanceof Error && 'passing' in error;

function failureOf(step: Step, error: unknown, tired: boolean): StepFailure {
  const reference = crypto.randomUUID().slice(0, 8);
  if (error instanceof StepStopped) return { step: error.step ?? step.id, code: error.code, words: error.message, reference };
  if (error instanceof CustodyFault) return { step: step.id, code: error.code, words: error.message, reference };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'Fault';
  const status = error instanceof Error && 'status' in error ? Number(error.status) : undefined;
  const words =
    status === 401 || status === 403
      ? `The tenant refused this step to Breakglass (${code}). Check the permissions and directory role of its Graph identity.`
      : !tired
        ? `The tenant refused this step (${code}).`
        : status === undefined && !isPassing(error)
          ? `Breakglass itself could not complete this step within ${GIVE_UP_AFTER_MINUTES} minutes (${code}). Its log says why.`
          : `The tenant did not complete this step within ${GIVE_UP_AFTER_MINUTES} minutes (${code}).`;
  return { step: step.id, code, words, reference };
}
