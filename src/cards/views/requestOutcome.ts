import { endsByItself, PATIENCE_MINUTES } from '../../core/request/run.ts';
import { halfWayOf } from '../../core/request/stays.ts';
import { tally } from '../../core/request/tally.ts';
import {
  type ChangeRequest,
  type PlanCredential,
  parkedAt,
  type RequestState,
  replacedBy,
  type StepFailure,
  wroteNothing,
} from '../../core/request/types.ts';
import { askedWith } from '../askedWith.ts';
import type { Tone } from '../facts.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { nextAfterHalfWay } from './halfWayWords.ts';

/** How a request ended, or why it stopped, in a box of its own under the head of the card. */
export interface Outcome {
  readonly tone: Tone;
  readonly words: string;
  readonly hasDetail: boolean;
  readonly detail: string;
  readonly hasAt: boolean;
  readonly at: string;
  readonly hasReference: boolean;
  readonly reference: string;
}

export function outcomeOf(request: ChangeRequest, state: RequestState, now: Date): Outcome | undefined {
  switch (state) {
    case 'pending':
      return undefined;
    case 'approved':
      return request.stalled ? stalled(request.stalled) : waiting(request);
    case 'applied':
      return outcome('good', 'Every step was read back and is true.', {
        detail: 'credential' in request.plan && replacedBy(request.plan) !== 'passkey' ? NEXT[request.plan.credential.kind] : undefined,
        at: request.closedAt,
      });
    case 'failed':
      return request.failure ? failed(request, request.failure, now) : outcome('attention', 'The work stopped. Try again.', {});
    case 'undoing':
      return outcome('warning', givenUpBy(request), {
        detail: `${undoing(request)}${hadStopped(request)}`,
        at: request.givenUp?.at,
        reference: request.failure && referenceOf(request.failure),
      });
    case 'undone':
      return outcome(halfWayOf(request) ? 'attention' : 'emphasis', givenUpBy(request), {
        detail: `${undone(request)}${hadStopped(request)}`,
        at: request.closedAt,
        reference: request.failure && referenceOf(request.failure),
      });
    case 'denied': {
      const row = request.decisions.findLast(({ kind }) => kind === 'deny');
      return outcome('attention', `Denied by ${plain(row?.person.name ?? 'an approver', 80)}`, { detail: row?.reason, at: row?.at });
    }
    case 'withdrawn':
      return outcome(
        halfWayOf(request) ? 'attention' : 'emphasis',
        request.givenUp ? givenUpBy(request) : `Withdrawn by ${plain(request.requester.name, 80)}`,
        {
          at: request.closedAt,
          detail: `${leftBehind(request)}${hadStopped(request)}`.trim() || undefined,
          reference: request.failure && referenceOf(request.failure),
        },
      );
    case 'expired':
      return outcome('warning', EXPIRED[tally(request).reached ? 'approved' : 'undecided'], {
        detail: `${request.stalled ? `${plain(request.stalled.words, 300)} ` : ''}${askAgain(request)}`,
        at: request.expiresAt,
      });
    case 'impossible':
      return impossible(request);
  }
}

/** Why a request expired: in the box of its card, and in the message of it. */
export const EXPIRED = {
  approved: 'Enough people approved, but the work could not begin in time.',
  undecided: 'Not enough people approved in time.',
} as const;

const askAgain = ({ kind }: Pick<ChangeRequest, 'kind'>): string => `Ask again with ${askedWith(kind)} if it is still needed.`;

/** Its run could not begin so far. */
function stalled({ words, sinceAt }: NonNullable<ChangeRequest['stalled']>): Outcome {
  const next = `It is tried again, for ${PATIENCE_MINUTES} minutes in all. Nothing was changed by this; its requester can take it back.`;
  return outcome('warning', 'Something it rests on cannot be read now', { detail: `${plain(words, 300)} ${next}`, at: sinceAt });
}

/** Its run waits for somebody: until when, what happens then, and how the account stands meanwhile. */
function waiting(request: ChangeRequest): Outcome | undefined {
  const row = parkedAt(request);
  if (!row) return undefined;
  const { untilAt } = row;
  const parts = row.id === 'store-parts';
  const late = untilAt !== undefined && untilAt >= request.expiresAt;
  const then = late
    ? `By then the approvals are too old to try again: it has to be given up and asked for again with ${askedWith(request.kind)}.`
    : 'It can then be tried again.';
  const what = parts ? 'A part that is not opened in time is destroyed' : 'A pass that is not used in time opens nothing any more';
  const ends = untilAt
    ? `${what}, and this stops. ${then}`
    : parts
      ? 'It was opened, so nothing ends this by itself: ask them to say on their card where it is, or that they do not have it.'
      : '';
  const outside = isOutside(request) ? OUTSIDE : '';
  return outcome(outside ? 'warning' : 'emphasis', row.evidence ?? '', {
    ...(ends || outside ? { detail: `${ends}${outside}`.trim() } : {}),
    ...(untilAt ? { at: untilAt, until: 'They have until' } : {}),
  });
}

/** Of a new account everything goes; of one that exists, what its plan can take back. */
function undone(request: ChangeRequest): string {
  const halfWay = halfWayOf(request);
  return halfWay ? `Not all of it could be taken back. ${nextAfterHalfWay(halfWay)}` : takenBack(request);
}

/** What was read back after all of it was taken back. A deleted user is not gone yet, and keeps its name. */
export function takenBack(request: ChangeRequest): string {
  if (request.kind !== 'create') return 'Read back: what it had changed is as it was before.';
  if (!isDeleted(request)) return 'Read back: there is no such user in the tenant.';
  return 'Read back: the user is deleted. Entra keeps it for 30 days, in which an administrator can restore it, disabled and without its role. Until then its user name is taken.';
}

/** Whether a new account was there to be deleted, by what was read when it was taken back. */
export const isDeleted = ({ undoSteps = [] }: Pick<ChangeRequest, 'undoSteps'>): boolean =>
  undoSteps.some(({ id, evidence }) => id === 'delete-user' && evidence?.startsWith('User deleted') === true);

/** Why it had stopped before it was given up: whoever reads the card later must not have to look for it. */
function hadStopped({ failure, plan, begunAt }: ChangeRequest): string {
  if (!failure) return '';
  const at = failure.foundBy ?? failure.step;
  const title = plan.steps.find(({ id }) => id === at)?.title ?? at;
  return ` ${begunAt === undefined ? 'It could not begin' : `It had stopped at “${plain(title, 150)}”`}: ${plain(failureWords(failure, false), 300)}`;
}

/** Why a run stopped. What it advises ends in another try, which is no advice where there can be none any more. */
export const failureWords = ({ words }: Pick<StepFailure, 'words'>, canTry: boolean): string =>
  canTry
    ? words
    : words
        .replace('Give this up and ask with somebody else, or try again when they are back.', 'Ask with somebody else.')
        .replace(/, then try again\b| Try again when [^.]*\./g, '');

/** The tenant refused it from the first write on, or it makes no sense any more. The account is free, and the approvals are used up. */
function impossible({ failure, givenUp, closedAt, kind }: ChangeRequest): Outcome {
  const why = givenUp ? 'It stopped before it changed anything, and nobody tried again while the approvals held.' : '';
  const detail = `${plain(failure ? failureWords(failure, false) : '', 300)} ${why} ${askAgain({ kind })}`;
  return outcome('attention', 'Ended by itself: nothing was changed', {
    detail: detail.replace(/ +/g, ' ').trim(),
    at: closedAt,
    reference: failure && `${failure.reference} (${failure.code})`,
  });
}

function undoing(request: ChangeRequest): string {
  const until = 'It is tried again until then.';
  if (request.kind === 'create')
    return `What was done is taken back, rights first, until the tenant shows that the user is deleted. ${until}`;
  const halfWay = halfWayOf(request);
  return `What can be taken back is, until the tenant shows it. ${until}${halfWay ? ` ${nextAfterHalfWay(halfWay)}` : ''}`;
}

function givenUpBy({ givenUp }: ChangeRequest): string {
  if (givenUp?.by === 'expiry') return 'Given up, because nobody tried again while the approvals held';
  return `Given up by ${plain(givenUp?.by.name ?? 'the requester', 80)}`;
}

/** A request given up after its first write leaves something in the tenant: people must know what to look for, and what to do. */
function leftBehind(request: ChangeRequest): string {
  const halfWay = halfWayOf(request);
  return halfWay === undefined ? '' : `What was done stays. ${nextAfterHalfWay(halfWay)}`;
}

const NEXT: { readonly [K in PlanCredential['kind']]: string } = {
  'split-password':
    'Each custodian has a message with their part. The account is in service once every part is stored and a drill has passed; say accounts to see where they stand.',
  passkey: 'Every key is registered, and nothing else opens the account. Say accounts to see who holds which.',
};

const OUTSIDE =
  ' The account is outside its restricted unit now, so ordinary administrators can change it until this goes on or is given up.';

/** Whether it was read that it is out of its restricted unit, and the plan has not put it back: nothing protects it meanwhile. */
export function isOutside({ steps }: Pick<ChangeRequest, 'steps'>): boolean {
  const isDone = (step: string) => steps.some(({ id, state }) => id === step && state === 'done');
  const wasRead = steps.some(({ id, evidence }) => id === 'leave-unit' && evidence?.startsWith('Not in restricted unit'));
  return isDone('leave-unit') && wasRead && !isDone('join-unit') && !isDone('delete-user');
}

function failed(request: ChangeRequest, failure: StepFailure, now: Date): Outcome {
  const at = failure.foundBy ?? failure.step;
  const title = request.plan.steps.find(({ id }) => id === at)?.title ?? at;
  const detail = `${plain(failureWords(failure, now < request.expiresAt), 450)}${madeSoFar(request)}${isOutside(request) ? OUTSIDE : ''}${nextAfter(request, failure, now)}`;
  const endsAt = endsByItself(request, now);
  return outcome('attention', request.begunAt === undefined ? 'It could not begin' : `Stopped at: ${title}`, {
    detail,
    ...(endsAt
      ? { at: endsAt, until: wroteNothing(request) ? 'Otherwise it ends by itself:' : 'Otherwise it is given up by itself:' }
      : {}),
    reference: referenceOf(failure),
  });
}

const referenceOf = ({ reference, code }: StepFailure): string => `${reference} (${code})`;

/** How far a new account has come, by what was read. */
function madeSoFar(request: ChangeRequest): string {
  if (request.kind !== 'create' || wroteNothing(request)) return '';
  const is = (step: string, state: string): boolean => request.steps.some((row) => row.id === step && row.state === state);
  if (!is('create-user', 'done')) return ' Whether the user was made is not known; if it was, it is disabled and has no role.';
  if (is('enable', 'waiting')) return ' The user exists and is disabled.';
  return is('assign-role', 'waiting') ? ' The account has no role yet.' : '';
}

/** Where somebody was waited for the approvals may be too old by the time it stops. */
function nextAfter(request: ChangeRequest, { code, foundBy }: StepFailure, now: Date): string {
  if (now >= request.expiresAt)
    return ` The approvals are too old to try again: give it up, and ask again with ${askedWith(request.kind)}.`;
  const again = foundBy === undefined ? 'continues here' : (AGAIN[code] ?? 'goes back to where that can be mended');
  return ` Try again ${again}, on the same approvals.${wroteNothing(request) ? ' Nothing was changed yet.' : ''}`;
}

/** What Try again does where it goes back to an earlier step. */
const AGAIN: Readonly<Record<string, string>> = {
  PartExpired: 'makes a new password',
  PartLost: 'makes a new password',
  PasswordReplaced: 'makes a new one',
  PassExpired: 'makes a new pass',
  PassReplaced: 'makes a new pass',
  SyncedPasskey: 'makes a new pass for a key that cannot be copied, and removes the other',
  TooManyKeys: 'makes a new pass, and removes both',
  MethodAdded: 'removes it',
};

function outcome(
  tone: Tone,
  words: string,
  more: {
    readonly detail?: string | undefined;
    readonly at?: Date | undefined;
    readonly until?: string;
    readonly reference?: string | undefined;
  },
): Outcome {
  return {
    tone,
    words: plain(words, 200),
    hasDetail: more.detail !== undefined,
    detail: plain(more.detail ?? '', 900),
    hasAt: more.at !== undefined,
    at: more.at ? `${more.until ? `${more.until} ` : ''}${when(more.at)}` : '',
    hasReference: more.reference !== undefined,
    reference: plain(more.reference ?? '', 160),
  };
}
