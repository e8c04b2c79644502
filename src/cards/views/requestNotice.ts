import type { RequestNews } from '../../core/request/notices.ts';
import { endsByItself } from '../../core/request/run.ts';
import { halfWayOf } from '../../core/request/stays.ts';
import { tally } from '../../core/request/tally.ts';
import { titleOf } from '../../core/request/title.ts';
import { type ChangeRequest, wroteNothing } from '../../core/request/types.ts';
import { askedWith } from '../askedWith.ts';
import type { Rendered } from '../render.ts';
import { utc } from '../time.ts';
import { nextAfterHalfWay, stayingWords } from './halfWayWords.ts';
import { noticeCard } from './notice.ts';
import { EXPIRED, failureWords, isOutside, takenBack } from './requestOutcome.ts';

/** What happened to a request, as a message to those whom it concerns. Says what comes next, and where to look. */
export function requestNoticeCard(request: ChangeRequest, news: RequestNews, now: Date): Rendered {
  const { words, tone } = noticeOf(request, news);
  return noticeCard({
    title: words,
    text: `${request.id}: ${titleOf(request.plan)} in ${request.plan.tenant.name}. ${nextFor(request, news, now)}`,
    tone,
  });
}

function noticeOf(request: ChangeRequest, news: RequestNews): { words: string; tone: 'good' | 'attention' | 'neutral' } {
  switch (news) {
    case 'applied':
      return { words: 'A request was carried out', tone: 'good' };
    case 'failed':
      return { words: request.begunAt === undefined ? 'A request could not begin' : 'A request stopped half-way', tone: 'attention' };
    case 'denied':
      return { words: 'A request was denied', tone: 'attention' };
    case 'withdrawn':
      return wroteNothing(request)
        ? { words: 'A request was withdrawn', tone: 'neutral' }
        : { words: 'A request was given up half-way', tone: 'attention' };
    case 'undone':
      return halfWayOf(request)
        ? { words: 'A request was given up half-way', tone: 'attention' }
        : { words: 'A request was given up and taken back', tone: 'neutral' };
    case 'impossible':
      return { words: 'A request could not be done', tone: 'attention' };
    case 'asked-again':
      return { words: 'Asked again: the tenant has changed', tone: 'attention' };
    case 'quorum-lost':
      return { words: 'A request waits for approvals again', tone: 'attention' };
    default:
      return { words: 'A request expired', tone: 'neutral' };
  }
}

function staysOf(request: ChangeRequest): string {
  const halfWay = halfWayOf(request);
  return halfWay ? `What was done stays: ${stayingWords(halfWay.stays)}. ${nextAfterHalfWay(halfWay)}` : 'What was done stays as it is.';
}

function nextFor(request: ChangeRequest, news: RequestNews, now: Date): string {
  const { decisions, failure } = request;
  const denial = decisions.findLast(({ kind }) => kind === 'deny');
  switch (news) {
    case 'applied':
      return 'Every step was read back. Nothing is needed from you.';
    case 'failed':
      return `${failure ? failureWords(failure, now < request.expiresAt) : ''}${isOutside(request) ? ' The account is outside its restricted unit now.' : ''} ${afterFailure(request, now)}`;
    case 'denied':
      return `${denial?.person.name ?? 'An approver'} denied it: ${quoted(denial?.reason ?? '')} Nothing was changed.`;
    case 'withdrawn':
      return wroteNothing(request) ? 'Nothing was changed.' : staysOf(request);
    case 'undone':
      if (halfWayOf(request)) return staysOf(request);
      return takenBack(request);
    case 'impossible':
      return `${failure ? failureWords(failure, false) : ''} Nothing was changed, and ${request.kind === 'create' ? 'its name' : 'the account'} is free again: ask anew if it is still needed.`;
    case 'asked-again':
      return `It was approved, and before anything was done the plan would have come out otherwise. New: ${newest(request)}. Nothing was changed; everybody who may approve is asked again. Say requests ${request.id} to read it.`;
    case 'quorum-lost':
      return `${lostBy(request)} ${tally(request).approvals.length} of ${request.quorum} approvals count now, so it was not begun and nothing was changed. Whoever may approve and has not: say requests ${request.id}.`;
    default:
      return `${EXPIRED[tally(request).reached ? 'approved' : 'undecided']}${request.stalled ? ` ${request.stalled.words}` : ''} Nothing was changed.`;
  }
}

/** Where somebody was waited for the approvals may be too old to try again. */
function afterFailure(request: ChangeRequest, now: Date): string {
  const untouched = request.begunAt === undefined;
  if (now < request.expiresAt)
    return untouched
      ? `Its card has Try again until ${utc(request.expiresAt)}; its requester can give it up instead: nothing was changed.`
      : `Its card has Try again until ${utc(request.expiresAt)} and says what giving it up does; its requester can give it up.`;
  const endsAt = endsByItself(request, now);
  const end = endsAt ? `, or it is given up by itself at ${utc(endsAt)}` : '';
  return `The approvals are too old to try again: its requester gives it up${end}. ${untouched ? 'Nothing was changed.' : 'Its card says what that does.'} Ask again with ${askedWith(request.kind)}.`;
}

/** What a person typed stands apart from our words, as a sentence of its own. */
const quoted = (text: string): string => `“${text}”${/[.!?…]$/.test(text) ? '' : '.'}`;

const newest = ({ earlier }: ChangeRequest): string => (earlier?.at(-1)?.difference ?? []).join('; ').replace(/[.]$/, '');

/** Who does not count any more; where everybody still does, the settings ask for more. */
function lostBy({ decisions, annulled }: ChangeRequest): string {
  const gone = new Set(decisions.filter(({ person }) => annulled.includes(person.objectId)).map(({ person }) => person.name));
  return gone.size > 0
    ? `No approver any more, or not yet one that counts: ${[...gone].join(', ')}.`
    : 'The settings ask for more approvals now.';
}
