import { tally } from '../../core/request/tally.ts';
import { type ChangeRequest, kindOfStep, type PlanStep, parkedAt, type StepProgress, subjectOfStep } from '../../core/request/types.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';

/** A step of the plan as the card shows it. */
export interface StepView {
  readonly mark: string;
  readonly color: 'Default' | 'Accent' | 'Good' | 'Attention';
  readonly hasWord: boolean;
  readonly word: string;
  readonly isSubtle: boolean;
  /** One of the two: what most steps are takes no bytes of a long card. */
  readonly isStrong: boolean;
  readonly isPlain: boolean;
  readonly title: string;
  readonly hasEvidence: boolean;
  readonly evidence: string;
  readonly hasTime: boolean;
  readonly time: string;
  readonly hasCall: boolean;
  readonly callId: string;
  readonly call: string;
}

const PROGRESS = {
  waiting: { mark: '○', color: 'Default', word: 'to do', isSubtle: true, isStrong: false },
  parked: { mark: '◐', color: 'Accent', word: 'waiting', isSubtle: false, isStrong: true },
  running: { mark: '◐', color: 'Accent', word: 'running', isSubtle: false, isStrong: true },
  done: { mark: '✓', color: 'Good', word: 'done', isSubtle: false, isStrong: false },
  needless: { mark: '–', color: 'Default', word: 'nothing to do', isSubtle: true, isStrong: false },
  failed: { mark: '✕', color: 'Attention', word: 'failed', isSubtle: false, isStrong: true },
} as const;

/** A step of an undoing is done, too, where there was nothing to take back: what was never done must not look as if it had been undone. */
function lookOf(request: ChangeRequest, { id, call }: PlanStep, progress: StepProgress | undefined): keyof typeof PROGRESS {
  if (progress === undefined) return 'waiting';
  if (progress === parkedAt(request)) return 'parked';
  const undoing = request.undoSteps?.includes(progress) === true;
  const written = request.expected?.find(({ step, undo }) => step === id && undo);
  const wrote = written === undefined || written.open + written.allowed + written.done > 0;
  return undoing && call !== null && progress.state === 'done' && !wrote ? 'needless' : progress.state;
}

/** The steps of the plan; once it was given up, those of its undoing. */
export function stepViews(request: ChangeRequest): StepView[] {
  const undoing = request.state === 'undoing' || request.state === 'undone';
  const rows = undoing ? (request.undoSteps ?? []) : request.steps;
  const begun = rows.some(({ state }) => state !== 'waiting');
  return (undoing ? request.plan.undo : request.plan.steps).map((step, index) => {
    const progress = rows.find(({ id }) => id === step.id);
    const look = PROGRESS[lookOf(request, step, progress)];
    return {
      ...look,
      isPlain: !look.isStrong,
      // Before anything runs the steps are a list to read, not a progress to watch.
      mark: begun || request.state === 'approved' ? look.mark : `${index + 1}`,
      ...worded(
        begun || request.state === 'approved'
          ? progressWord(step.call === null && progress?.state === 'failed' ? 'stopped here' : look.word, progress)
          : step.call
            ? ''
            : 'writes nothing',
      ),
      title: plain(step.title, 500),
      ...evidenceOf(progress, isUsed(rows, step)),
      ...callOf(step, index, !begun && request.plan.steps.length <= FOLDED_STEPS),
    };
  });
}

/**
 * Up to so many steps have their calls on the card, folded, beside the longest words there can be. A plan of more has them in the dialog alone,
 * and one that runs needs the room for what was read back.
 */
const FOLDED_STEPS = 13;
/** The id of a security key may have a hundred characters, and is what tells it from the others. */
const CALL_MOST = 240;

function callOf({ call }: PlanStep, index: number, fold: boolean): Pick<StepView, 'hasCall' | 'callId' | 'call'> {
  return { hasCall: fold && call !== null, callId: `call-${index + 1}`, call: call ? plain(`${call.method} ${call.path}`, CALL_MOST) : '' };
}

/** What was read back says that a step is done. */
const progressWord = (word: string, progress: StepProgress | undefined): string =>
  word === PROGRESS.done.word && progress?.evidence !== undefined ? '' : word;

const worded = (word: string): { hasWord: boolean; word: string } => ({ hasWord: word !== '', word: ` – ${word}` });

/** An instant in what was read back, with the words before it that say what it is: all of them ours. */
const TIMED = /[,;]? ((?:it opens once, |begun )?(?:at|after|before|until)) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A pass whose key is registered opens nothing any more: until when it would have is not to be watched for. */
const isUsed = (rows: readonly StepProgress[], { id }: PlanStep): boolean =>
  kindOfStep(id) === 'issue-pass' && rows.some((row) => row.id === `enrol:${subjectOfStep(id)}` && row.state === 'done');

/** An instant stands in a line of its own, which the client writes in local time. */
function evidenceOf(progress: StepProgress | undefined, isOver: boolean): Pick<StepView, 'hasEvidence' | 'evidence' | 'hasTime' | 'time'> {
  const evidence = progress?.evidence ?? '';
  const [all = '', label = '', instant] = TIMED.exec(evidence) ?? [];
  return {
    hasEvidence: evidence !== '',
    evidence: plain(evidence.replace(all, ''), 200),
    hasTime: instant !== undefined && !isOver,
    time: instant === undefined || isOver ? '' : `${label.charAt(0).toUpperCase()}${label.slice(1)} ${when(new Date(instant))}`,
  };
}

/** A line under "Approvals": who counts, and who does not and why. */
export interface TallyRow {
  readonly mark: string;
  readonly color: 'Good' | 'Default' | 'Attention';
  readonly name: string;
  readonly note: string;
  readonly at: string;
}

const WHY_NOT = {
  requester: 'asked for it',
  custodian: 'will keep a part of the password',
  'other-plan': 'approved another plan',
  repeated: 'the same person has approved already',
  'no-proof': 'did not sign in to confirm it',
  'not-eligible-now': 'was no longer an approver when the work began',
} as const;

export function tallyRows(request: ChangeRequest): TallyRow[] {
  const { approvals, notCounted } = tally(request);
  const against = request.decisions.filter(({ kind }) => kind === 'deny');
  const requester = notCounted.some(({ why }) => why === 'requester')
    ? []
    : [{ person: request.requester, why: 'requester' as const, at: '' }];
  const others = notCounted.map(({ row, why }) => ({ person: row.person, why, at: when(row.at) }));
  return [
    ...approvals.map((row) => tallyRow('✓', 'Good', row.person.name, ' approved', when(row.at))),
    ...against.map((row) => tallyRow('✕', 'Attention', row.person.name, ' denied', when(row.at))),
    ...[...others, ...requester].map(({ person, why, at }) =>
      tallyRow('–', 'Default', person.name, ` does not count: ${WHY_NOT[why]}`, at),
    ),
  ].slice(0, 12);
}

const tallyRow = (mark: string, color: TallyRow['color'], name: string, note: string, at: string): TallyRow => ({
  mark,
  color,
  name: plain(name, 256),
  note,
  at,
});
