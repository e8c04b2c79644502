import type { Intent } from './intent.ts';

/** Why something is said on the second path too, or that it needs nobody any more. */
export type NotifyWhy = 'undelivered' | 'unacknowledged' | 'raised' | 'acknowledged' | 'over';

/** Where a card goes: the security channel, or one person's chat with the bot. */
export type Place = { readonly kind: 'channel' } | { readonly kind: 'person'; readonly objectId: string };

/** What a card is about: `request:R-…`, `account:EA-…`, `part:EA-…:1`, `alert:AL-…`, `validation:EA-…`, `case:C-…`, `drill:D-…`. */
export type Subject = `${'request' | 'account' | 'part' | 'alert' | 'validation' | 'case' | 'drill' | 'runbook'}:${string}`;

/**
 * What a decision owes the outside. Saved with the state in one transaction and carried out by jobs.
 * - `apply-plan`: walk the plan of an approved request.
 * - `show`: redraw every card posted for the subject, from the state as it is then.
 * - `post`: post one new card; `key` makes it once. `urgent` cards go ahead of ordinary ones, `first` ones ahead of everything (AL-6).
 * - `notify`: say the alert by mail and page too, as far as these are set up (AL-8).
 * - `beat`: bring this heartbeat to the channel, and note when it arrived (SI-3).
 * - `intend`: dispatch the intent at that instant (or now, if past); the same `key` again moves it. `forget` takes it back.
 */
export type Effect =
  | { readonly kind: 'apply-plan'; readonly requestId: string }
  | { readonly kind: 'show'; readonly subject: Subject; readonly urgent?: boolean }
  | {
      readonly kind: 'post';
      readonly key: string;
      readonly place: Place;
      readonly subject: Subject;
      /** Which of several cards about the subject this is: a reminder's stage, the level of an escalation. */
      readonly variant?: string;
      readonly urgent?: boolean;
      /** Somebody is in. Implies `urgent`. */
      readonly first?: boolean;
    }
  | { readonly kind: 'notify'; readonly alertId: string; readonly why: NotifyWhy }
  | { readonly kind: 'beat'; readonly number: number }
  | { readonly kind: 'intend'; readonly key: string; readonly at: Date; readonly intent: Intent }
  | { readonly kind: 'forget'; readonly key: string };

/** The timer that takes up a parked run again: when somebody did what it waits for, or to look once more. */
export const resumeKey = (requestId: string): string => `resume:${requestId}`;
