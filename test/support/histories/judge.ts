import type { TenantWriter } from '../../../src/app/ports.ts';
import { digestOf } from '../../../src/core/digest.ts';
import { type ChangeRequest, kindOfStep, type StepKind } from '../../../src/core/request/types.ts';
import { unwatched } from '../installation/checks.ts';
import type { Machine } from '../installation/machine.ts';
import { standingOf } from './asking.ts';
import { type Asked, counting, type Right, type Rules, stands, strict } from './reference.ts';

/** Something happened that must not. */
export class Broken extends Error {}

export function must(so: boolean, rule: string, details?: unknown): asserts so {
  if (!so) throw new Broken(`${rule}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`);
}

/** The step a write belongs to. */
const STEP_OF: { readonly [C in keyof TenantWriter]: readonly StepKind[] } = {
  createUser: ['create-user'],
  addToGroup: ['exclude'],
  setPassword: ['set-credential', 'drop-password', 'withdraw-password'],
  assignRole: ['assign-role'],
  enable: ['enable'],
  disable: ['disable'],
  revokeSessions: ['revoke-sessions'],
  removeRole: ['remove-role'],
  removeFromGroup: ['leave-group', 'remove-member'],
  joinUnit: ['join-unit'],
  leaveUnit: ['leave-unit'],
  setPolicyUsers: ['exclude-policy'],
  neverExpire: ['never-expire'],
  removeMethod: ['remove-method', 'tidy-methods', 'withdraw-keys', 'remove-keys'],
  removeKey: ['tidy-methods', 'withdraw-keys', 'remove-keys'],
  issuePass: ['issue-pass'],
  deleteUser: ['delete-user'],
};
/** What may be done again by somebody who cannot know whether it was done. */
const AGAIN: readonly string[] = ['setPassword', 'revokeSessions'];

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

/** What is known of one request beside what people did: its lease and its steps, from the events of workers. */
interface Course {
  /** Accounts that had the right at some instant since the newest lease was taken. */
  sinceLease: ReadonlySet<string>;
  /** The life of a worker that took the newest lease. */
  holder?: Hand;
  proven: Set<string>;
  provenBack: Set<string>;
  readonly written: Map<string, number>;
}

export interface World {
  readonly machine: Machine;
  readonly asked: Map<string, Asked>;
  readonly courses: Map<string, Course>;
  rules(): Rules;
  readonly right: Right;
  readonly accounts: readonly string[];
}

export const courseOf = ({ courses }: World, id: string): Course => {
  const found = courses.get(id) ?? { sinceLease: new Set(), proven: new Set(), provenBack: new Set(), written: new Map() };
  courses.set(id, found);
  return found;
};

/** The step that one life of a worker is in: writes must belong to it. */
export interface Hand {
  step?: { readonly id: string; readonly back: boolean } | undefined;
}

/** What only the holder of the lease may record. */
const OF_A_RUN: readonly string[] = ['begin-step', 'note-write', 'finish-step', 'fail-run', 'finish-run', 'watch-account', 'seal-parts'];

/** Holds one durable event of a worker's against the reference, and takes it over there. */
export function judge(world: World, hand: Hand, event: string, requestId: string | undefined): void {
  const { machine } = world;
  const alone = unwatched(machine);
  must(alone.length === 0, 'GR-2: enabled or privileged, and on no watch list', alone);
  const asked = requestId === undefined ? undefined : world.asked.get(requestId);
  if (!asked) return;
  const [what = '', step = ''] = event.split(' ');
  const now = machine.now().getTime();
  const course = courseOf(world, asked.id);
  if (OF_A_RUN.includes(what)) must(course.holder === hand, 'AP-9: recorded without the newest lease', { event, asked });
  if (what === 'begin-run') course.holder = hand;
  if (what === 'begin-run') began(world, asked);
  else if (what === 'begin-step') stepBegan(world, hand, asked, step);
  else if (what === 'finish-step') {
    (asked.phase === 'going-back' ? course.provenBack : course.proven).add(step);
    hand.step = undefined;
  } else if (what === 'fail-run') {
    if (asked.phase === 'going-back') return;
    must(asked.disturbed, 'GR-1: failed although nothing was in its way', machine.request(asked.id).failure);
    courseOf(world, asked.id).proven.delete(machine.request(asked.id).failure?.step ?? '');
    Object.assign(asked, { phase: 'stuck', stuckAt: now });
  } else if (what === 'finish-run') finished(world, asked);
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
  } else if (what in STEP_OF) wrote(world, hand, asked, what as keyof TenantWriter);
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
    Object.assign(asked, { phase: request.state === 'failed' ? 'stuck' : 'hopeless', stuckAt: now });
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

function stepBegan(world: World, hand: Hand, asked: Asked, step: string): void {
  const { machine } = world;
  const course = courseOf(world, asked.id);
  const { plan } = machine.request(asked.id);
  const back = asked.phase === 'going-back';
  must(back || asked.phase === 'to-do', 'AP-6 AP-7 AP-9: a step began of what is over', asked);
  const proven = back ? course.provenBack : course.proven;
  // A password that was replaced is set anew, and everything after it is done again.
  if (proven.has(step) && asked.disturbed) {
    const ids = plan.steps.map(({ id }) => id);
    for (const id of ids.slice(ids.indexOf(step as never))) proven.delete(id);
  }
  const next = (back ? plan.undo : plan.steps).find(({ id }) => !proven.has(id))?.id;
  must(next === step, 'AP-3: a step began that is not the next one of the plan', { step, next });
  if (!back && !asked.touched) {
    const right: Right = (account) => course.sinceLease.has(account);
    must(stands(asked, asked, right), 'AP-1 AP-4: the first step began without a quorum since the lease', asked);
    must(machine.now().getTime() < asked.deadline, 'AP-7: the first step began too late');
    asked.touched = true;
  }
  hand.step = { id: step, back };
}

function wrote({ machine, courses }: World, hand: Hand, asked: Asked, call: keyof TenantWriter): void {
  const { plan } = machine.request(asked.id);
  const { about = [] } = machine.tenant.writes.at(-1) ?? {};
  must(hand.step !== undefined && STEP_OF[call].includes(kindOfStep(hand.step.id as never)), 'AP-1: a write outside of any step', {
    call,
    hand,
  });
  const user = machine.tenant.users.get(about[0] ?? '');
  const named = !('objectId' in plan.account) || plan.account.objectId === about[0];
  const own = named && (!user || user.marker.startsWith(`${plan.account.marker}:`));
  must(own || hand.step.id.endsWith(about[0] ?? ''), 'GR-3: a write to what is not of this request', { call, about });
  const written = courses.get(asked.id)?.written ?? new Map<string, number>();
  const key = `${hand.step.back ? 'back ' : ''}${call} ${about.join(' ')}`;
  const times = (written.get(key) ?? 0) + 1;
  written.set(key, times);
  must(times === 1 || asked.disturbed || AGAIN.includes(call), 'AP-8: an effect twice', { key, times });
}

function finished(world: World, asked: Asked): void {
  const { plan } = world.machine.request(asked.id);
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
}
