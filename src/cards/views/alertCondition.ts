import type { AlertCause } from '../../core/alert/types.ts';
import { textFact, timeFact } from '../facts.ts';
import { FEED_NAMES } from '../feeds.ts';
import type { Told } from './alert.ts';
import { flawWords } from './auditWords.ts';

export type ConditionCause = Extract<AlertCause, { kind: 'feed-silent' | 'teams-unreachable' | 'audit-failing' | 'audit-changed' }>;

/** What something that lasts says on an alert's card, while it lasts and when it is over. */
export function tellCondition(cause: ConditionCause): Told {
  const reported = 'Found by Breakglass.';
  switch (cause.kind) {
    case 'feed-silent':
      return {
        title: `Nothing is heard from the ${FEED_NAMES[cause.feed]}`,
        state: 'A sign-in now could go unseen',
        facts: [
          timeFact('Last heard', cause.sinceAt),
          textFact('Expected', `every ${interval(cause.everySeconds)}`),
          ...(cause.words === '' ? [] : [textFact('Last answer', cause.words, 200)]),
        ],
        next: 'Watch the sign-in log of the tenant in Entra yourself until it is back. Then find out what stopped it.',
        reported,
        over: `The ${FEED_NAMES[cause.feed]} is heard again`,
      };
    case 'teams-unreachable':
      return {
        title: 'Cards did not reach this channel',
        state: 'Alerts went by mail and page, where these are set up',
        facts: [timeFact('Since', cause.sinceAt)],
        next: 'Do not wait for this channel: watch the sign-in log of your tenants in Entra, and your mail.',
        reported,
        over: 'Cards reach this channel again',
      };
    case 'audit-failing':
      return {
        title: 'The audit log cannot be written',
        state: 'Alerts go out all the same; nothing else is done until it works',
        facts: [textFact('Entries owed', `${cause.owed} or more`)],
        next: 'Tell an administrator now: look at the database. What is owed is written as soon as it works.',
        reported,
        over: 'The audit log is written again',
      };
    case 'audit-changed':
      return {
        title: 'The audit log was changed',
        state: flawWords(cause.flaw),
        facts: [],
        next: 'Whoever did it has the database. Keep a copy of it as it is, compare it with an export or a head you kept, and look who could get in.',
        reported: 'Found by Breakglass, which computed the log from its rows.',
        over: 'The audit log is as it was written',
      };
  }
}

function interval(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;
}
