import { DAY, type Decision, later, personWithRightTo } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';
import { type Alert, type AlertCause, CLASSIFICATIONS, type Classification } from './types.ts';

/** What of all that is alerted may be somebody at work with an account: that is reviewed afterwards (domain.md P1). */
const MAY_BE_USE: { readonly [K in AlertCause['kind']]: boolean } = {
  'sign-in': true,
  'directory-change': true,
  'request-failed': false,
  'ended-half-way': false,
  'account-unusable': false,
  'evidence-missing': false,
  'part-expired': false,
  'part-lost': false,
  'unreadable-signal': false,
  'roster-changed': false,
  'configuration-changed': false,
  'feed-failing': false,
  'feed-silent': false,
  'teams-unreachable': false,
  'audit-failing': false,
  'audit-changed': false,
  'drill-failed': false,
  'monitors-differ': false,
};
const ASK_AFTER_MS = DAY;

/** What was done to an account by others, such as revoking its sessions, is no use of it. */
export const isUse = ({ cause }: Pick<Alert, 'cause'>): boolean =>
  MAY_BE_USE[cause.kind] && (cause.kind !== 'directory-change' || cause.concern === 'by-account');

/** That somebody was in must be explained; that somebody failed to get in may be. */
export const mustBeClassified = (alert: Pick<Alert, 'cause' | 'severity'>): boolean => isUse(alert) && alert.severity === 'critical';

/**
 * Somebody who may acknowledge says what the use was. That acknowledges it too. It can be called something graver later, never something
 * more harmless: nobody talks a misuse away (AL-9).
 */
export function classify(alert: Alert, actor: Actor, as: Classification, now: Date): Decision<Alert> {
  const person = personWithRightTo(alert.owners, actor);
  if (!person.ok) return person;
  if (!isUse(alert)) return no({ code: 'not-a-use' });
  const known = alert.classified;
  const unseen = alert.state === 'open' && alert.notifiedAt !== undefined;
  if (known && CLASSIFICATIONS.indexOf(as) <= CLASSIFICATIONS.indexOf(known.as)) {
    return no({ code: 'already-classified', as: known.as, by: known.by.name });
  }
  const next: Alert = {
    ...alert,
    state: 'classified',
    acknowledgedAt: alert.acknowledgedAt ?? now,
    acknowledgedBy: alert.acknowledgedBy ?? person.value,
    classified: { as, by: person.value, at: now },
    revision: alert.revision + 1,
  };
  return ok({
    next,
    effects: [
      { kind: 'forget', key: `escalate:${alert.id}` },
      { kind: 'forget', key: `deliver:${alert.id}` },
      { kind: 'forget', key: `classify:${alert.id}` },
      ...(unseen ? [{ kind: 'notify', alertId: alert.id, why: 'acknowledged' } as const] : []),
      { kind: 'show', subject: `alert:${alert.id}`, urgent: true },
    ],
  });
}

/** The timer that asks what a use was, a day after somebody has seen it. */
export function askTimer(alert: Alert, now: Date): Effect[] {
  if (!mustBeClassified(alert)) return [];
  const intent = { kind: 'ask-classification', alertId: alert.id } as const;
  return [{ kind: 'intend', key: `classify:${alert.id}`, at: later(now, ASK_AFTER_MS), intent }];
}

/** Asks again, once: in the channel. Occurs when the timer rings and nobody said before what the use was. */
export function askAgain(alert: Alert, now: Date): Decision<Alert> {
  const { acknowledgedAt } = alert;
  if (alert.state !== 'acknowledged' || !mustBeClassified(alert)) return no({ code: 'nothing-to-do' });
  if (acknowledgedAt === undefined || now < later(acknowledgedAt, ASK_AFTER_MS)) return no({ code: 'nothing-to-do' });
  const subject = `alert:${alert.id}` as const;
  const next = { ...alert, revision: alert.revision + 1 };
  return ok({
    next,
    effects: [{ kind: 'post', key: `${subject}:classify`, place: { kind: 'channel' }, subject, variant: 'unclassified', urgent: true }],
  });
}
