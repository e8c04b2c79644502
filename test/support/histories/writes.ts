import type { TenantWriter } from '../../../src/app/ports.ts';
import { kindOfStep, type Plan, type StepId, type StepKind, subjectOfStep } from '../../../src/core/request/types.ts';
import { keysOf, policyAsPlanned, recordOf } from './proofs.ts';
import type { Asked } from './reference.ts';
import { type Course, type Hand, must, type World } from './world.ts';

type Call = keyof TenantWriter;
/** What a write says beside the user, or of a policy, that it was to. */
type To = (
  plan: Plan,
  rest: readonly string[],
  step: StepId,
  on: { readonly machine: World['machine']; readonly course: Course },
) => boolean;

const field = (plan: Plan, name: string): unknown => (plan as unknown as Readonly<Record<string, unknown>>)[name];
const nothingElse: To = (_plan, rest) => rest.length === 0;
const toThe =
  (name: 'exclusionGroupId' | 'restrictedUnitId'): To =>
  (plan, rest) =>
    rest.length === 1 && rest[0] === field(plan, name);
const theRole: To = (plan, rest) => rest.length === 1 && 'role' in plan && rest[0] === plan.role?.templateId;
/** One method: that which is named; or what is no key of the plan; or, once every part is stored, any; or what came with the plan. */
const aMethod: To = (plan, [id = '', ...more], step, { machine, course }) => {
  const place = { machine, plan, user: userOf(course, plan) };
  if (more.length > 0) return false;
  switch (kindOfStep(step)) {
    case 'tidy-methods':
      return !keysOf(place).has(id);
    case 'remove-keys':
      return recordOf(place)?.parts.every(({ state }) => state === 'stored') === true;
    case 'withdraw-keys':
      return id === 'pass' || (!course.methodsBefore.has(id) && !course.oldTouched);
    default:
      return subjectOfStep(step).endsWith(`:${id}`);
  }
};

/** Steps whose writes take away what opened the account before, where the plan replaces it; of keys in the place of keys the last of them. */
export const takesOld = (plan: Plan, { id, back }: { readonly id: StepId; readonly back: boolean }): boolean =>
  !back &&
  ('replaces' in plan && plan.replaces ? ['tidy-methods', 'drop-password', 'remove-keys'] : ['tidy-methods']).includes(kindOfStep(id));

/** The steps a write belongs to, and what it must be to. */
const CALLS: { readonly [C in Call]: { readonly of: readonly StepKind[]; readonly to: To } } = {
  createUser: { of: ['create-user'], to: nothingElse },
  addToGroup: { of: ['exclude'], to: toThe('exclusionGroupId') },
  setPassword: { of: ['set-credential', 'drop-password', 'withdraw-password'], to: nothingElse },
  assignRole: { of: ['assign-role'], to: theRole },
  enable: { of: ['enable'], to: nothingElse },
  disable: { of: ['disable'], to: nothingElse },
  revokeSessions: { of: ['revoke-sessions'], to: nothingElse },
  removeRole: { of: ['remove-role'], to: theRole },
  removeFromGroup: { of: ['leave-group', 'remove-member'], to: toThe('exclusionGroupId') },
  joinUnit: { of: ['join-unit'], to: toThe('restrictedUnitId') },
  leaveUnit: { of: ['leave-unit'], to: toThe('restrictedUnitId') },
  setPolicyUsers: { of: ['exclude-policy'], to: nothingElse },
  neverExpire: { of: ['never-expire'], to: nothingElse },
  removeMethod: { of: ['remove-method', 'tidy-methods', 'remove-keys', 'withdraw-keys'], to: aMethod },
  issuePass: { of: ['issue-pass'], to: nothingElse },
  deleteUser: { of: ['delete-user'], to: () => true }, // what was left to it is looked at below
};
export const isWrite = (what: string): what is Call => what in CALLS;

/** What is done again by somebody who cannot know whether it was done. */
const AGAIN: readonly Call[] = ['setPassword', 'revokeSessions', 'issuePass'];
/** What is undone by what: a write that comes late may undo one that then has to be done again. */
const UNDONE_BY: { readonly [C in Call]?: Call } = {
  joinUnit: 'leaveUnit',
  leaveUnit: 'joinUnit',
  enable: 'disable',
  disable: 'enable',
  addToGroup: 'removeFromGroup',
  removeFromGroup: 'addToGroup',
  assignRole: 'removeRole',
  removeRole: 'assignRole',
  removeMethod: 'issuePass',
};

/** Holds one write against the plan and against the writes before it. */
export function wrote({ machine }: World, course: Course, hand: Hand, asked: Asked, call: Call): void {
  const { tenant } = machine;
  const { plan } = machine.request(asked.id);
  const { step } = hand;
  const { about: [subject = '', ...rest] = [] } = tenant.writes.at(-1) ?? {};
  const told = { call, subject, rest, step };
  must(step !== undefined && CALLS[call].of.includes(kindOfStep(step.id)), 'AP-1: a write outside of any step', told);
  must(CALLS[call].to(plan, rest, step.id, { machine, course }), 'AP-1: written to something else than was decided', told);
  if (call === 'createUser') course.made = subject;
  if (takesOld(plan, step)) course.oldTouched = true;
  const named = subjectOfStep(step.id) === subject;
  const user = tenant.users.get(subject);
  const own = subject === userOf(course, plan) && (!user || user.marker.startsWith(`${plan.account.marker}:`));
  must(
    kindOfStep(step.id) === 'remove-member' || call === 'setPolicyUsers' ? named : own,
    'GR-3: a write to what is not of this request',
    told,
  );
  must(
    call !== 'setPolicyUsers' ||
      policyAsPlanned({ machine, plan, user: undefined, step: step.id, written: new Set(), course, back: step.back }),
    'AP-1: a policy was written otherwise than was decided',
    told,
  );
  must(call !== 'deleteUser' || rest.length === 0 || asked.disturbed, 'GR-5: deleted with rights left to it', told);
  once(course, hand, asked, call, [subject, ...rest]);
}

export const userOf = ({ made }: Course, { account }: Plan): string | undefined => ('objectId' in account ? account.objectId : made);

function once(course: Course, hand: Hand, asked: Asked, call: Call, about: readonly string[]): void {
  // A worker that was overtaken may have one write under way, which nobody can call back. It can begin no other.
  const { lease } = hand;
  const late = lease !== course.lease;
  if (late) {
    must(asked.overtaken && lease !== undefined && !lease.late, 'AP-9: written without the newest lease', { call, about });
    lease.late = true;
    course.late = true;
    forget(course, (each) => UNDONE_BY[each] === call);
  }
  // A pass is made for each custodian.
  const whose = call === 'issuePass' ? [subjectOfStep(hand.step?.id ?? 'verify')] : [];
  const key = `${hand.step?.back ? 'back ' : ''}${[call, ...about, ...whose].join(' ')}`;
  const before = course.written.get(key);
  const unknowing = AGAIN.includes(call) && (before?.under !== lease || hand.lost === call);
  must(!before?.times || unknowing || late || asked.disturbed, 'AP-8: an effect twice', { key, before: before?.times, asked });
  course.written.set(key, { times: (before?.times ?? 0) + 1, under: lease });
}

/** Steps are to be done again: so may their writes. */
export const again = (course: Course, steps: readonly StepId[]): void =>
  forget(course, (call) => steps.some((id) => CALLS[call].of.includes(kindOfStep(id))));

function forget({ written }: Course, which: (call: Call) => boolean): void {
  for (const [key, { under }] of written) {
    const call = key.replace(/^back /, '').split(' ')[0] ?? '';
    if (isWrite(call) && which(call)) written.set(key, { times: 0, under });
  }
}
