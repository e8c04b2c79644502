import { type ChangeRequest, kindOfStep, oldIsGone, type Plan, type PlanStep, type RequestKind, type StepKind } from './types.ts';

/** A step of a plan that nothing takes back. `perhaps`: its write may have been made, and nobody can tell. */
export interface Staying {
  readonly step: StepKind;
  readonly title: string;
  readonly perhaps?: true;
}

/** What a request that was given up half-way leaves, and of what. */
export interface HalfWay {
  readonly operation: RequestKind;
  readonly userPrincipalName: string;
  readonly stays: readonly Staying[];
  /** What opened the account before may be gone, so what was made in its place counts. */
  readonly replaced?: true;
}

/** What in an undo makes it again as it was before a step. Of a step that is not here nothing does. */
const TAKEN_BACK_BY: { readonly [K in StepKind]?: StepKind } = {
  'leave-unit': 'join-unit',
  // An undo that puts it into the unit found it there.
  'join-unit': 'join-unit',
  enable: 'disable',
  'set-credential': 'withdraw-password',
  // The password before it was one that nobody kept, either.
  'drop-password': 'withdraw-keys',
};

/** A pass ends by itself, and is deleted with every plan that has one. */
const PASSES: readonly StepKind[] = ['issue-pass'];
/** Does nothing where what opened the account before may be gone. */
const ONLY_IN_TIME: readonly (StepKind | undefined)[] = ['withdraw-password', 'withdraw-keys'];

function takesBack(undo: readonly PlanStep[], { id }: PlanStep, replaced: boolean): boolean {
  const kinds = undo.map((step) => kindOfStep(step.id));
  const kind = kindOfStep(id);
  const by = TAKEN_BACK_BY[kind];
  const counts = by !== undefined && !(replaced && ONLY_IN_TIME.includes(by));
  // Of a new account everything goes with its user.
  return kinds.includes('confirm-gone') || PASSES.includes(kind) || (counts && kinds.includes(by));
}

/** Writes of a plan that its undo does not take back. */
export const lasting = ({ steps, undo }: Pick<Plan, 'steps' | 'undo'>): readonly PlanStep[] =>
  steps.filter((step) => step.call !== null && !takesBack(undo, step, false));

/** What a failed request leaves in its tenant, once it has been given up; by what is certain, and by what may be. */
export function whatStays(request: ChangeRequest): readonly Staying[] {
  const { plan, begunAt, expected, kind, state } = request;
  if (begunAt === undefined) return [];
  const undo = state === 'withdrawn' ? [] : plan.undo;
  const replaced = kind !== 'create' && oldIsGone(request);
  const left = plan.steps.filter((step) => step.call !== null && !takesBack(undo, step, replaced));
  const found = left.flatMap((step) => {
    const trace = traceOf(request, step);
    return trace === 'none' ? [] : [staying(step, trace === 'perhaps')];
  });
  // Where its writes were not kept, that no step says it was done proves nothing.
  return found.length > 0 || expected !== undefined ? found : left.slice(0, 1).map((step) => staying(step, true));
}

const staying = ({ id, title }: PlanStep, perhaps: boolean): Staying => ({
  step: kindOfStep(id),
  title,
  ...(perhaps ? { perhaps } : {}),
});

function traceOf({ steps, expected }: ChangeRequest, { id }: PlanStep): 'done' | 'perhaps' | 'none' {
  const state = steps.find((row) => row.id === id)?.state;
  const written = expected?.find(({ step, undo }) => step === id && !undo);
  if (state === 'done' || (written && written.done > 0)) return 'done';
  const mayBe = expected === undefined ? state === 'failed' || state === 'running' : written && written.open + written.allowed > 0;
  return mayBe ? 'perhaps' : 'none';
}

/** `undefined`: given up, nothing of it stays. */
export function halfWayOf(request: ChangeRequest): HalfWay | undefined {
  const stays = whatStays(request);
  const { operation, account } = request.plan;
  const replaced = request.kind !== 'create' && oldIsGone(request) ? ({ replaced: true } as const) : {};
  return stays.length === 0 ? undefined : { operation, userPrincipalName: account.userPrincipalName, stays, ...replaced };
}

/** A new password was given up, and nobody has the one that is in force. */
export const leavesNoPassword = ({ operation, replaced }: HalfWay): boolean =>
  (operation === 'rotate' || operation === 'handover') && !replaced;

/** Whether a step of that kind is certain to have been done and to stay. */
export const isCertain = (stays: readonly Staying[], kind: StepKind): boolean =>
  stays.some(({ step, perhaps }) => step === kind && !perhaps);
