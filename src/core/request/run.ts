import { type Decision, HOUR, later, MINUTE, personOf, personWith } from '../decision.ts';
import { digestOf } from '../digest.ts';
import { type Effect, resumeKey } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { type Settled, writeBegun, writeDone, writeNoted, writesStopped, writeUnsent } from './expected.ts';
import { concluding, distinct, inHand, notices } from './notices.ts';
import { tell } from './opening.ts';
import type { Replanned } from './replan.ts';
import { whatStays } from './stays.ts';
import { tally } from './tally.ts';
import type { ChangeRequest, ExpectedWrite, StepFailure, StepId, StepProgress } from './types.ts';

/**
 * Takes the lease on an approved request. Each taking raises the fencing number, so that a run that lost its claim can write no more
 * (AP-9). The approvers, read fresh under this lease, must still make the quorum (AP-4); the stored plan must still hash to what they approved.
 *
 * @param eligible  object ids of the people who may approve now
 * @param replanned whether the plan still is what would be planned now; after the first write, whether the rest of it may still be done
 * @param approvers everybody who may approve now: whoever is asked again, and hears of it
 * @returns with the quorum standing, `approved` and a new `fence`; otherwise, before the first write, `pending` again, for others to decide,
 *   and after it `failed`: nothing more is written on approvals that no longer stand. A plan that no longer holds is `pending` as a new
 *   version, one that cannot be done any more `impossible`. A request that was given up half-way keeps its state, `undoing`: taking back needs no quorum, it is part of what was approved
 */
export function beginRun(
  request: ChangeRequest,
  eligible: ReadonlySet<string>,
  now: Date,
  // Stryker disable next-line ObjectLiteral,StringLiteral: whatever is neither changed nor impossible holds
  replanned: Replanned = { kind: 'holds' },
  approvers: readonly PersonRef[] = [],
): Decision<ChangeRequest> {
  if (request.state === 'undoing') {
    if (digestOf(request.plan) !== request.planDigest) return no({ code: 'plan-changed' });
    return ok({ next: { ...request, fence: request.fence + 1, revision: request.revision + 1 }, effects: [] });
  }
  if (request.state !== 'approved') return no({ code: 'closed', state: request.state });
  if (digestOf(request.plan) !== request.planDigest) return no({ code: 'plan-changed' });
  const started = request.begunAt !== undefined;
  if (!started && now >= request.expiresAt) return closeOrReopen(request, 'expired', now);
  const standing = tally(request, eligible);
  if (!started && !standing.reached) {
    const annulled = standing.notCounted.filter(({ why }) => why === 'not-eligible-now').map(({ row }) => row.person.objectId);
    return closeOrReopen({ ...request, annulled, asked: askedNow(request, approvers) }, 'pending', now);
  }
  if (!standing.reached) return loseQuorum(request, now);
  if (started && replanned.kind === 'impossible') return stopUnderLease(request, codeOf(replanned), replanned.words, now);
  if (!started && replanned.kind === 'changed') return askAgain({ ...request, asked: askedNow(request, approvers) }, replanned, now);
  if (!started && replanned.kind === 'impossible') return becomeImpossible(request, replanned, now);
  return ok({ next: { ...request, fence: request.fence + 1, revision: request.revision + 1 }, effects: [] });
}

/** Replication and outages of minutes are normal (graph facts, section 4); after this long people are told. */
export const PATIENCE_MINUTES = 30;

/**
 * A run could not even begin, because who may approve or what the plan rests on could not be read. It is remembered since when; after the
 * patience that a step has too the request has failed, by name, and may be tried again (GR-1).
 *
 * @param why what could not be read, in words
 * @returns refusal `nothing-to-do` while nothing is new
 */
export function cannotBegin(
  request: ChangeRequest,
  why: { readonly code: string; readonly words: string },
  now: Date,
): Decision<ChangeRequest> {
  if (request.state !== 'approved') return no({ code: 'closed', state: request.state });
  const started = request.begunAt !== undefined;
  // The timer of its expiry says so; nothing that is too old is made to be tried again (AP-7).
  if (!started && now >= request.expiresAt) return no({ code: 'closed', state: 'expired' });
  const sinceAt = request.stalled?.sinceAt ?? now;
  if (now.getTime() - sinceAt.getTime() > PATIENCE_MINUTES * MINUTE) {
    const words = `${why.words} It was tried for ${PATIENCE_MINUTES} minutes, and nothing ${started ? 'more ' : ''}was written.`;
    return stopUnderLease(request, 'CannotTell', words, now);
  }
  if (request.stalled?.code === why.code && request.stalled.words === why.words) return no({ code: 'nothing-to-do' });
  const stalled = { sinceAt, code: why.code, words: why.words };
  return ok({
    next: { ...request, stalled, revision: request.revision + 1 },
    effects: [{ kind: 'show', subject: `request:${request.id}` }],
  });
}

/** A run that may not start: expired for good (AP-7), or pending again until others have approved. */
function closeOrReopen(request: ChangeRequest, state: 'pending' | 'expired', now: Date): Decision<ChangeRequest> {
  const show = { kind: 'show', subject: `request:${request.id}` } as const;
  const next = { ...request, state, fence: request.fence + 1, revision: request.revision + 1 };
  if (state === 'expired') return ok({ next: { ...next, closedAt: now }, effects: [show, ...notices(request, 'expired')] });
  const intent = { kind: 'expire-request', requestId: request.id } as const;
  const timer = { kind: 'intend', key: `expire:${request.id}`, at: request.expiresAt, intent } as const;
  return ok({ next: unstalled(next), effects: [show, timer, ...notices(next, 'quorum-lost')] });
}

/** Everybody who was asked, and who may approve by now: the requester and those who will hold a part are not asked (AP-2, CR-3). */
function askedNow({ asked = [], requester, plan }: ChangeRequest, approvers: readonly PersonRef[]): PersonRef[] {
  const barred = new Set([requester, ...plan.custodians].map(({ personKey }) => personKey));
  return distinct([...asked, ...approvers.filter(({ personKey }) => !barred.has(personKey))]);
}

function unstalled({ stalled: _stalled, ...request }: ChangeRequest): ChangeRequest {
  return request;
}

/** The tenant is not as it was: the plan is asked for again, as a new version, with the difference. What was approved stays in the record. */
function askAgain(
  request: ChangeRequest,
  { plan, difference }: Extract<Replanned, { kind: 'changed' }>,
  now: Date,
): Decision<ChangeRequest> {
  const reopened = newVersion(unstalled(request), plan, 'tenant-changed', difference, now);
  // Whoever may decide has to look again, so they get a card of its own; everybody else whom it concerns hears that they were asked.
  const deciders = new Set([...request.decisions.map(({ person }) => person), ...(request.asked ?? [])].map(({ objectId }) => objectId));
  const intent = { kind: 'expire-request', requestId: request.id } as const;
  return ok({
    // The lease of a run that is still out there ends here, for good (AP-9).
    next: { ...reopened, state: 'pending', fence: request.fence + 1 },
    effects: [
      { kind: 'show', subject: `request:${request.id}` },
      ...[...deciders].map((objectId) => tell(request.id, objectId, plan.version)),
      ...notices(reopened, 'asked-again', deciders),
      { kind: 'intend', key: `expire:${request.id}`, at: request.expiresAt, intent },
    ],
  });
}

/** The request with another plan. Decisions on the one before stay in the record and count for nothing (AP-3). */
export function newVersion(
  request: ChangeRequest,
  plan: ChangeRequest['plan'],
  why: 'edited' | 'tenant-changed',
  difference: readonly string[],
  now: Date,
): ChangeRequest {
  const before = { version: request.plan.version, planDigest: request.planDigest, at: now, why, difference };
  return {
    ...request,
    plan,
    planDigest: digestOf(plan),
    reason: plan.reason,
    annulled: [],
    steps: plan.steps.map(({ id }) => ({ id, state: 'waiting' })),
    earlier: [...(request.earlier ?? []), before],
    revision: request.revision + 1,
  };
}

/**
 * Nothing was written, and nothing of the kind can be: it ends here, in words, and the account is free again. Where only nobody can tell
 * now, it has failed: it may be tried again while the approvals hold.
 */
function becomeImpossible(request: ChangeRequest, why: Impossible, now: Date): Decision<ChangeRequest> {
  const step = request.steps[0]?.id ?? 'verify';
  const failure: StepFailure = { step, code: codeOf(why), words: why.words, reference: `${request.id}-${request.fence}` };
  const next = { ...request, failure, fence: request.fence + 1, revision: request.revision + 1 };
  const told = (state: 'failed' | 'impossible') => failureEffects(request, request.fence, failure, now, state);
  return why.passing
    ? ok({ next: { ...next, state: 'failed' }, effects: [...told('failed'), ...endTimer(request, now)] })
    : ok({
        next: { ...next, state: 'impossible', closedAt: now },
        effects: [{ kind: 'forget', key: `expire:${request.id}` }, ...told('impossible')],
      });
}

type Impossible = Extract<Replanned, { kind: 'impossible' }>;

const codeOf = ({ code, passing }: Impossible): string => code ?? (passing ? 'CannotTell' : 'NoLongerPossible');

/** The quorum fell apart between two runs of a plan that is half carried out: people must look at it, and not for ever (GR-5). */
function loseQuorum(request: ChangeRequest, now: Date): Decision<ChangeRequest> {
  const words =
    'An approver is not one any more, or the settings ask for more now, so nothing more was written. Try again when those who approved make the quorum.';
  return stopUnderLease(request, 'QuorumLost', words, now);
}

/** It stops in a named state before anything more is written, and can be tried again or given up. */
function stopUnderLease(request: ChangeRequest, code: string, words: string, now: Date): Decision<ChangeRequest> {
  const step = request.steps.find(({ state }) => state !== 'done')?.id ?? 'verify';
  const failure: StepFailure = { step, code, words, reference: `${request.id}-${request.fence}` };
  return ok({
    // The lease of a run that is still out there ends here, for good (AP-9).
    next: {
      ...unstalled(request),
      state: 'failed',
      failure,
      fence: request.fence + 1,
      ...(request.expected ? { expected: writesStopped(request.expected, now) } : {}),
      revision: request.revision + 1,
    },
    effects: [...failureEffects(request, request.fence, failure, now), ...endTimer(request, now)],
  });
}

/** Records that a step begins, is proven, or failed. Only the holder of the newest lease may. */
export function recordStep(
  request: ChangeRequest,
  fence: number,
  step: StepId,
  { settled, again, ...progress }: Progress & { readonly settled?: Settled; readonly again?: true | undefined },
  now: Date,
): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.state === 'undoing') return recordUndo(request, step, progress, settled, now);
  const first = request.begunAt === undefined;
  // Judged again at the last moment before anything is written: the run may have slept since it took the lease (AP-7).
  if (first && now >= request.expiresAt) return no({ code: 'closed', state: 'expired' });
  const steps = moved(request.steps, step, progress, now);
  const { failure: _failure, ...rest } = unstalled(request);
  // What a run wrote before such rows were kept has none: then none is kept, or the rest would look like nobody's.
  const kept = request.expected ?? (first ? [] : undefined);
  const expected = kept && !again ? expecting(kept, { step }, progress.state, settled, now) : kept;
  const next = { ...rest, steps, begunAt: request.begunAt ?? now, ...(expected ? { expected } : {}), revision: request.revision + 1 };
  const show = { kind: 'show', subject: `request:${request.id}` } as const;
  return ok({ next, effects: first ? [show, { kind: 'forget', key: `expire:${request.id}` }] : [show] });
}

/** The run waits for somebody and gives way. Its lease stays until another run takes it up. */
export function parkRun(
  request: ChangeRequest,
  fence: number,
  { step, words, lookAt, untilAt }: { readonly step: StepId; readonly words: string; readonly lookAt?: Date; readonly untilAt?: Date },
  now: Date,
): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  const steps = request.steps.map(
    (row): StepProgress =>
      row.id === step ? { id: step, state: 'waiting', at: now, evidence: words, ...(untilAt ? { untilAt } : {}) } : row,
  );
  const intent = { kind: 'resume-run', requestId: request.id } as const;
  return ok({
    next: { ...request, steps, revision: request.revision + 1 },
    effects: [
      { kind: 'show', subject: `request:${request.id}` },
      ...(lookAt ? [{ kind: 'intend', key: resumeKey(request.id), at: lookAt, intent } as const] : []),
    ],
  });
}

/** A write of this step is about to be sent, and not its first: only the holder of the newest lease may (AP-9). */
export function noteWrite(request: ChangeRequest, fence: number, step: StepId): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.expected === undefined) return ok({ next: request, effects: [] });
  const expected = writeNoted(request.expected, phaseOf(request, step));
  return ok({ next: { ...request, expected, revision: request.revision + 1 }, effects: [] });
}

const phaseOf = ({ state }: ChangeRequest, step: StepId) => ({ step, ...(state === 'undoing' ? { undo: true as const } : {}) });

/**
 * The run gives way, because of something that passes, and comes back by itself. What it noted for this step and did not do is no write that
 * may have been: else a password that nobody touched would be on record as replaced.
 */
export function giveWay(request: ChangeRequest, fence: number, step: StepId, unsent: number, now: Date): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.expected === undefined) return no({ code: 'nothing-to-do' });
  const expected = writeUnsent(request.expected, phaseOf(request, step), unsent, now);
  return ok({ next: { ...request, expected, revision: request.revision + 1 }, effects: [] });
}

/** Takes up a run that was parked. */
export function resumeRun(request: ChangeRequest): Decision<ChangeRequest> {
  if (request.state !== 'approved') return no({ code: 'nothing-to-do' });
  return ok({ next: request, effects: [{ kind: 'apply-plan', requestId: request.id }] });
}

type Progress = { readonly state: 'running' | 'done'; readonly evidence?: string };

/**
 * A step taken up again keeps the instant it first began: how long it has been tried decides when to give up, or when to say so. With a step
 * that was done and begins anew, whatever was done after it is to be done again; what runs keeps its instant, so that no such circle is endless.
 */
function moved(rows: readonly StepProgress[], step: StepId, progress: Progress, now: Date): StepProgress[] {
  const since = (row: StepProgress): Date => (progress.state === 'running' && row.state === 'running' && row.at ? row.at : now);
  const at = rows.findIndex(({ id }) => id === step);
  const anew = progress.state === 'running' && rows[at]?.state === 'done';
  return rows.map((row, index): StepProgress => {
    if (index < at) return row;
    if (index === at) return { id: step, at: since(row), ...progress };
    return anew && row.state === 'done' ? { id: row.id, state: 'waiting' } : row;
  });
}

/** What the tenant's audit log will say of the step, kept in the transaction that records it. */
const expecting = (
  rows: readonly ExpectedWrite[],
  phase: Pick<ExpectedWrite, 'step' | 'undo'>,
  state: 'running' | 'done',
  settled: Settled = { acts: 0, unsent: 0 },
  now: Date,
): readonly ExpectedWrite[] => (state === 'running' ? writeBegun(rows, phase, now) : writeDone(rows, phase, settled, now));

function recordUndo(
  request: ChangeRequest,
  step: StepId,
  progress: Progress,
  settled: Settled | undefined,
  now: Date,
): Decision<ChangeRequest> {
  const undoSteps = moved(request.undoSteps ?? [], step, progress, now);
  const show = { kind: 'show', subject: `request:${request.id}` } as const;
  const expected = request.expected ? { expected: expecting(request.expected, { step, undo: true }, progress.state, settled, now) } : {};
  return ok({ next: { ...request, undoSteps, ...expected, revision: request.revision + 1 }, effects: [show] });
}

/**
 * The run stops in a named state; it can be tried again or given up. Once the approvals are too old for another try it is given up without
 * anybody asking, and what the plan can undo is undone (GR-5). An undoing that fails only says so, and goes on.
 */
export function failRun(
  request: ChangeRequest,
  fence: number,
  failure: StepFailure,
  now: Date,
  last?: { readonly step: StepId; readonly unsent: number },
): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.state === 'undoing') return ok({ next: request, effects: undoAlert(request, failure, now) });
  return ok({
    next: {
      ...request,
      state: 'failed',
      failure,
      steps: stopped(request.steps, failure.foundBy ?? failure.step, now),
      ...(request.expected ? { expected: writesStopped(request.expected, now, last) } : {}),
      revision: request.revision + 1,
    },
    effects: [...failureEffects(request, fence, failure, now), ...endTimer(request, now)],
  });
}

/** What was proven before it stopped is so, whatever is to be done again: the rows say where it stands, not where it would go on. */
function stopped(rows: readonly StepProgress[], step: StepId, now: Date): StepProgress[] {
  const at = rows.findIndex(({ id }) => id === step);
  return rows.map((row, index): StepProgress => {
    if (at < 0 || index < at) return row;
    return index === at ? { id: row.id, state: 'failed', at: now } : { id: row.id, state: 'waiting' };
  });
}

/** The latest instant at which a failed run is still waited for: until its approvals are too old, and at least an hour. Then it ends by itself. */
const endsBy = ({ expiresAt }: ChangeRequest, stoppedAt: Date): Date =>
  new Date(Math.max(expiresAt.getTime(), later(stoppedAt, HOUR).getTime()));

/** When a request that failed ends by itself; `undefined` where it stopped under its lease, after its approvals were too old: within the hour. */
export function endsByItself(request: ChangeRequest, now: Date): Date | undefined {
  const stoppedAt = request.steps.find(({ state }) => state === 'failed')?.at;
  const at = stoppedAt ? endsBy(request, stoppedAt) : request.expiresAt;
  return at > now ? at : undefined;
}

function endTimer(request: ChangeRequest, now: Date): Effect[] {
  const at = endsBy(request, now);
  return [{ kind: 'intend', key: `undo:${request.id}`, at, intent: { kind: 'undo-request', requestId: request.id } }];
}

/** Until it has finished, each failure of another kind and each new hour is an alert (GR-5). */
function undoAlert(request: ChangeRequest, failure: StepFailure, now: Date): Effect[] {
  const dedupe = `undo-failing:${request.id}:${failure.step}:${failure.code}:${Math.floor(now.getTime() / HOUR)}`;
  const words = `Taking back what was done stands at "${failure.step}": ${failure.words} It is tried again until it is done.`;
  const cause = { kind: 'request-failed', requestId: request.id, account: request.plan.account.userPrincipalName, words } as const;
  const { tenant } = request.plan;
  return [{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, tenantId: tenant.id, cause } }];
}

/** The card shows it, and people are told. */
function failureEffects(
  request: ChangeRequest,
  fence: number,
  failure: StepFailure,
  at: Date,
  state: 'failed' | 'impossible' = 'failed',
): readonly Effect[] {
  const dedupe = `failed:${request.id}:${fence}:${failure.code}`;
  const account = request.plan.account.userPrincipalName;
  const cause = { kind: 'request-failed', requestId: request.id, account, words: failure.words } as const;
  return [
    { kind: 'show', subject: `request:${request.id}` },
    { kind: 'intend', key: dedupe, at, intent: { kind: 'raise-alert', dedupe, tenantId: request.plan.tenant.id, cause } },
    ...notices(request, state),
  ];
}

/** Every step is proven: of the plan, or of its undoing. What follows for the account is an intent of its own. */
export function finishRun(request: ChangeRequest, fence: number, now: Date): Decision<ChangeRequest> {
  const held = holdsLease(request, fence);
  if (!held.ok) return held;
  if (request.state === 'undoing') {
    if (request.undoSteps?.some(({ state }) => state !== 'done')) return no({ code: 'nothing-to-do' });
    // Under the key of the one that told when it was given up, which may not have rung yet.
    const stays = whatStays(request).length > 0 ? true : undefined;
    return ok({
      next: { ...request, state: 'undone', closedAt: now, revision: request.revision + 1 },
      effects: [...concluded(request, now), inHand(request, now, 'taken-back', stays), ...notices(request, 'undone')],
    });
  }
  if (request.steps.some((step) => step.state !== 'done')) return no({ code: 'nothing-to-do' });
  return ok({
    next: { ...request, state: 'applied', closedAt: now, revision: request.revision + 1 },
    effects: [...concluded(request, now), ...notices(request, 'applied')],
  });
}

const concluded = (request: ChangeRequest, now: Date): Effect[] => [
  { kind: 'show', subject: `request:${request.id}` },
  concluding(request, now),
];

/**
 * Runs a failed request again from the step that failed, on the same approvals: the plan has not changed, and the approvers are read
 * again when the run begins. Any approver or the requester may ask for it.
 */
export function retry(request: ChangeRequest, actor: Actor, now: Date): Decision<ChangeRequest> {
  const person = personOf(actor);
  if (!person.ok) return person;
  const approver = personWith(actor, 'approver');
  if (!approver.ok && person.value.personKey !== request.requester.personKey) return approver;
  if (request.state !== 'failed') return no({ code: 'not-failed', state: request.state });
  // Approvals are for a day, not for whenever somebody presses (AP-7): then it has to be given up and asked anew.
  if (now >= request.expiresAt) return no({ code: 'approvals-too-old', kind: request.kind });
  const { failure, ...rest } = request;
  return ok({
    next: {
      ...rest,
      state: 'approved',
      steps: again(request.steps, failure?.step),
      revision: request.revision + 1,
    },
    effects: [
      { kind: 'forget', key: `undo:${request.id}` },
      { kind: 'apply-plan', requestId: request.id },
      inHand(request, now, 'retried'),
      { kind: 'show', subject: `request:${request.id}` },
    ],
  });
}

/** From that step on everything is to be done again. */
function again(rows: readonly StepProgress[], step: StepId | undefined): StepProgress[] {
  const at = rows.findIndex(({ id }) => id === step);
  return rows.map(
    (row, index): StepProgress => (row.state === 'failed' || (at >= 0 && index >= at) ? { id: row.id, state: 'waiting' } : row),
  );
}

function holdsLease(request: ChangeRequest, fence: number) {
  if (request.state !== 'approved' && request.state !== 'undoing') return no({ code: 'closed', state: request.state } as const);
  return fence === request.fence && fence > 0 ? ok(request) : no({ code: 'stale-lease' } as const);
}
