import type { EmergencyAccount } from '../../../src/core/account/types.ts';
import { digestOf } from '../../../src/core/digest.ts';
import { type ChangeRequest, kindOfStep, type StepId } from '../../../src/core/request/types.ts';
import { brokenCredentials, unwatched } from '../installation/checks.ts';
import { standingOf } from './asking.ts';
import { proven, unlasting } from './proofs.ts';
import { type Asked, counting, type Right, stands, strict } from './reference.ts';
import { courseOf, type Hand, must, type World } from './world.ts';
import { again, isWrite, takesOld, userOf, wrote } from './writes.ts';

export const PHASES: { readonly [P in Asked['phase']]: ChangeRequest['state'] } = {
  open: 'pending',
  'to-do': 'approved',
  done: 'applied',
  stuck: 'failed',
  'going-back': 'undoing',
  'gone-back': 'undone',
  denied: 'denied',
  withdrawn: 'withdrawn',
  expired: 'expired',
  hopeless: 'impossible',
};

/** What only the holder of the lease may record. */
const OF_A_RUN: readonly string[] = [
  ...['begin-step', 'note-write', 'finish-step', 'fail-run', 'finish-run', 'park-run'],
  ...['watch-account', 'seal-parts', 'hand-out-parts', 'seal-pass', 'record-key'],
];

/** Holds one durable event of a worker's against the reference, and takes it over there. */
export async function judge(world: World, hand: Hand, event: string, requestId: string | undefined): Promise<void> {
  const { machine } = world;
  const alone = unwatched(machine);
  must(alone.length === 0, 'GR-2: enabled or privileged, and on no watch list', alone);
  const asked = requestId === undefined ? undefined : world.asked.get(requestId);
  if (!asked) return;
  const [what = '', step = '', once = ''] = event.split(' ');
  const now = machine.now().getTime();
  const course = courseOf(world, asked.id);
  if (OF_A_RUN.includes(what)) must(course.lease === hand.lease, 'AP-9: recorded without the newest lease', { event, asked });
  if (what === 'begin-run') {
    hand.lease = { requestId: asked.id };
    course.lease = hand.lease;
    began(world, asked);
  } else if (what === 'begin-step') stepBegan(world, hand, asked, step as StepId, once === 'again');
  else if (what === 'finish-step') stepFinished(world, hand, asked, step as StepId);
  else if (what === 'fail-run') {
    if (asked.phase === 'going-back') return;
    if (hand.step?.written.size === 0) course.unsure.delete(hand);
    const { failure } = machine.request(asked.id);
    const hindered = asked.disturbed || course.late === true || (failure !== undefined && keptFrom(world, asked, failure.code));
    must(hindered, 'GR-1: failed although nothing was in its way', failure);
    if (failure) anew(world, asked, failure.step, failure.step !== hand.step?.id);
    Object.assign(asked, { phase: 'stuck', stuckAt: now, parked: false });
  } else if (what === 'give-way') {
    if (hand.step?.written.size === 0) course.unsure.delete(hand);
  } else if (what === 'park-run') {
    must(asked.phase === 'to-do' && isWaiting(world, asked), 'GR-1: waits, and nobody is waited for', event);
    asked.parked = true;
  } else if (what === 'finish-run') await finished(world, asked);
  else if (what === 'expire-request') {
    must(
      now >= asked.deadline && (asked.phase === 'open' || (asked.phase === 'to-do' && !asked.touched)),
      'AP-7: expired too early',
      asked,
    );
    asked.phase = 'expired';
  } else if (what === 'undo-request') {
    must(asked.phase === 'stuck' && now >= asked.deadline, 'taken back while it could still be tried again', asked);
    const state = machine.request(asked.id).state;
    must(state !== 'impossible' || course.written.size === 0, 'GR-5: said that nothing was changed', course.written);
    asked.phase = asked.touched && asked.undoable ? 'going-back' : state === 'impossible' ? 'hopeless' : 'withdrawn';
  } else if (isWrite(what)) {
    hand.step?.written.add(what);
    wrote(world, course, hand, asked, what);
  }
}

function began(world: World, asked: Asked): void {
  const { machine } = world;
  const request = machine.request(asked.id);
  const course = courseOf(world, asked.id);
  course.sinceLease = new Set(world.accounts.filter(world.right));
  if (asked.phase === 'going-back') return;
  const now = machine.now().getTime();
  must(asked.phase === 'to-do', 'AP-1: a run began of what nobody approved, or what is over', asked);
  const rules = strict(asked, world.rules());
  Object.assign(asked, rules);
  const standing = stands(asked, rules, world.right);
  const inTime = asked.touched || now < asked.deadline;
  const next = digestOf(request.plan) !== asked.digests.at(-1);
  if (request.state === 'approved') {
    must(!next, 'AP-3: a run began of another plan than was approved');
    must(asked.touched || standingOf(machine, request) === asked.seen, 'AP-3: a run began although the plan no longer holds', asked);
    must(standing && inTime, 'AP-4 AP-5 AP-7: a run began without a quorum, or too late', { asked, rules });
  } else if (request.state === 'expired') {
    must(!inTime, 'AP-7: expired in time');
    asked.phase = 'expired';
  } else if (request.state === 'pending') {
    must(!asked.touched && inTime, 'asked again after the first write, or too late');
    if (next) {
      const changed = asked.disturbed || standingOf(machine, request) !== asked.seen;
      must(changed && standing, 'asked again although nothing changed', request.earlier);
      renewed(world, asked, request);
    } else {
      must(!standing, 'AP-8: a quorum was lost', { asked, rules });
      const good = asked.votes.filter((vote) => counting({ ...asked, suspended: new Set(), votes: [vote] }, rules).size > 0);
      const gone = good.filter(({ account }) => asked.suspended.has(account) || !world.right(account));
      asked.suspended = new Set(gone.map(({ account }) => account));
    }
    asked.phase = 'open';
  } else {
    must(request.state === 'failed' || request.state === 'impossible', 'a run began and nobody knows how', request.state);
    must(request.state === 'failed' || !asked.touched, 'GR-5: ended as impossible after the first write', asked);
    must(asked.touched ? !standing : asked.disturbed && standing, 'AP-8: stopped although it could go on', { asked, rules });
    Object.assign(asked, { phase: request.state === 'failed' ? 'stuck' : 'hopeless', stuckAt: now, parked: false });
  }
}

/** The request has another plan now: nobody has voted for it. */
export function renewed(world: World, asked: Asked, request: ChangeRequest): void {
  asked.digests.push(digestOf(request.plan));
  must(request.planDigest === asked.digests.at(-1), 'AP-3: the digest on the card is not that of the plan');
  must(request.plan.version === asked.digests.length, 'a version was left out');
  asked.suspended.clear();
  Object.assign(asked, {
    custodians: request.plan.custodians.map(({ personKey }) => personKey),
    disturbed: false,
    undoable: request.plan.undo.length > 0,
    seen: standingOf(world.machine, request),
  });
  courseOf(world, asked.id).proven.clear();
}

function stepBegan(world: World, hand: Hand, asked: Asked, step: StepId, again: boolean): void {
  const { machine } = world;
  const course = courseOf(world, asked.id);
  const { plan } = machine.request(asked.id);
  const back = asked.phase === 'going-back';
  must(back || asked.phase === 'to-do', 'AP-6 AP-7 AP-9: a step began of what is over', asked);
  const done = back ? course.provenBack : course.proven;
  // A password that was replaced is set anew, and everything after it is done again.
  if (course.late && !back && done.has(step)) anew(world, asked, step, true);
  // A pass that is lost is replaced at once, and what its key is for is done again.
  if (again) {
    must(course.late === true || (done.has(step) && keptFrom(world, asked, 'PassLost')), 'GR-1: done again, and nobody knows why', step);
    anew(world, asked, step, true);
  }
  const next = (back ? plan.undo : plan.steps).find(({ id }) => !done.has(id))?.id;
  must(next === step, 'AP-3: a step began that is not the next one of the plan', { step, next });
  if (!back && !asked.touched) {
    const right: Right = (account) => course.sinceLease.has(account);
    must(stands(asked, asked, right), 'AP-1 AP-4: the first step began without a quorum since the lease', asked);
    must(machine.now().getTime() < asked.deadline, 'AP-7: the first step began too late');
    asked.touched = true;
    const user = userOf(course, plan);
    course.methodsBefore = new Set(machine.tenant.users.get(user ?? '')?.methods.map(({ id }) => id));
  }
  asked.parked = false;
  hand.step = { id: step, back, written: new Set() };
  if (takesOld(plan, hand.step)) course.unsure.add(hand);
}

/** The account as it is on record. */
function accountOf({ machine }: World, asked: Asked): EmergencyAccount | undefined {
  const { plan } = machine.request(asked.id);
  const accounts = [...machine.store.rows.account.values()];
  return accounts.find(({ id, requestId }) => ('accountId' in plan.account ? id === plan.account.accountId : requestId === asked.id));
}

/** Whether a custodian of the request has not done yet what the plan has them do. */
export const isWaiting = (world: World, asked: Asked): boolean =>
  accountOf(world, asked)?.parts.some(({ state, key }) => state !== 'stored' && key === undefined) ?? false;

/** Whether custodians did, or left undone, what a run stops for by that name. */
function keptFrom(world: World, asked: Asked, code: string): boolean {
  const { machine } = world;
  const account = accountOf(world, asked);
  const parts = account?.parts.filter(({ pass }) => pass === undefined || pass.requestId === asked.id) ?? [];
  const methods = machine.tenant.users.get(account?.objectId ?? '')?.methods ?? [];
  const isNew = ({ id, kind }: (typeof methods)[number]): boolean => kind === 'fido2' && id.startsWith('key-');
  switch (code) {
    case 'PassLost':
      return parts.some(({ refused }) => refused?.why === 'PassLost');
    case 'PassExpired':
      return parts.some(({ pass, key, state }) => pass !== undefined && key === undefined && state === 'expired');
    case 'PartLost':
      return parts.some(({ state }) => state === 'lost');
    case 'PartExpired':
      return parts.some(({ pass, state }) => pass === undefined && state === 'expired');
    case 'SyncedPasskey':
      return methods.some((method) => isNew(method) && method.passkeyType === 'synced');
    case 'TooManyKeys':
      return methods.some(({ id }) => id.endsWith('-too'));
    default:
      return false;
  }
}

/** From this step on everything is to be done again. @param forget what was written for it is to be written again, too */
function anew(world: World, asked: Asked, from: StepId, forget: boolean): void {
  const course = courseOf(world, asked.id);
  const ids = world.machine.request(asked.id).plan.steps.map(({ id }) => id);
  const steps = ids.slice(ids.indexOf(from));
  for (const id of steps) course.proven.delete(id);
  if (forget) again(course, steps);
}

/** The worker has just looked, and nobody came between: it is so in the tenant, whatever hands did before. */
function stepFinished(world: World, hand: Hand, asked: Asked, step: StepId): void {
  const { machine } = world;
  const course = courseOf(world, asked.id);
  const { plan } = machine.request(asked.id);
  must(hand.step?.id === step, 'AP-3: a step was finished that was not begun', { step, hand });
  const { back, written } = hand.step;
  must(
    proven({ machine, plan, user: userOf(course, plan), step, written, course, back }),
    `${back ? 'GR-5' : 'GR-1'}: said to be done, and is not`,
    step,
  );
  world.proven.push(kindOfStep(step));
  if (takesOld(plan, hand.step)) course.unsure.clear();
  (back ? course.provenBack : course.proven).add(step);
  hand.step = undefined;
}

async function finished(world: World, asked: Asked): Promise<void> {
  const { machine } = world;
  const { plan } = machine.request(asked.id);
  const course = courseOf(world, asked.id);
  if (asked.phase === 'going-back') {
    must(
      plan.undo.every(({ id }) => course.provenBack.has(id)),
      'GR-5: taken back, but not all of it',
    );
    asked.phase = 'gone-back';
    return;
  }
  must(asked.phase === 'to-do' && plan.steps.every(({ id }) => course.proven.has(id)), 'GR-1: carried out, but not all of it');
  asked.phase = 'done';
  if (asked.disturbed || course.late) return;
  const user = userOf(course, plan);
  const missing = unlasting({ machine, plan, user, course, back: false });
  must(missing.length === 0, 'GR-1: carried out, and not so at the end', missing);
  // Of a password in the place of keys every part was seen by now.
  if (!plan.steps.some(({ id }) => id === 'set-credential') || 'replaces' in plan) return;
  const broken = (await brokenCredentials(machine)).map((id) => machine.store.rows.account.get(id)?.objectId);
  must(!broken.includes(user), 'GR-1: its parts do not open it', asked);
}
