import { tally } from '../../core/request/tally.ts';
import { titleOf } from '../../core/request/title.ts';
import { type ChangeRequest, type RequestState, wroteNothing } from '../../core/request/types.ts';
import type { Rendered } from '../render.ts';
import { noticeCard } from './notice.ts';
import { EXPIRED } from './requestOutcome.ts';

/** How a request ended or stopped, as a message to those who had a part in it. Says what comes next, and where to look. */
export function requestNoticeCard(request: ChangeRequest, state: RequestState): Rendered {
  const { words, tone } = noticeOf(request, state);
  return noticeCard({
    title: words,
    text: `${request.id}: ${titleOf(request.plan)} in ${request.plan.tenant.name}. ${nextFor(request, state)}`,
    tone,
  });
}

function noticeOf(request: ChangeRequest, state: RequestState): { words: string; tone: 'good' | 'attention' | 'neutral' } {
  switch (state) {
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
      return { words: 'A request was given up and taken back', tone: 'neutral' };
    case 'impossible':
      return { words: 'A request could not be done', tone: 'attention' };
    default:
      return { words: 'A request expired', tone: 'neutral' };
  }
}

function nextFor(request: ChangeRequest, state: RequestState): string {
  const { decisions, failure } = request;
  const denial = decisions.findLast(({ kind }) => kind === 'deny');
  switch (state) {
    case 'applied':
      return 'Every step was read back. Nothing is needed from you.';
    case 'failed':
      return `${failure?.words ?? ''} Its card has Try again; its requester can give it up.`;
    case 'denied':
      return `${denial?.person.name ?? 'An approver'} denied it: ${quoted(denial?.reason ?? '')} Nothing was changed.`;
    case 'withdrawn':
      return wroteNothing(request) ? 'Nothing was changed.' : 'What was done stays as it is; the card in the channel lists it.';
    case 'undone':
      return 'Read back: nothing of it is left in the tenant.';
    case 'impossible':
      return `${failure?.words ?? ''} Nothing was changed, and ${request.kind === 'create' ? 'its name' : 'the account'} is free again: ask anew if it is still needed.`;
    default:
      return `${EXPIRED[tally(request).reached ? 'approved' : 'undecided']}${request.stalled ? ` ${request.stalled.words}` : ''} Nothing was changed.`;
  }
}

/** What a person typed stands apart from our words, as a sentence of its own. */
const quoted = (text: string): string => `“${text}”${/[.!?…]$/.test(text) ? '' : '.'}`;
