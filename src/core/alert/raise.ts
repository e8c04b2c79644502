import type { EmergencyAccount } from '../account/types.ts';
import { type Decision, later, MINUTE, personWithRightTo } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import type { ChangeRequest } from '../request/types.ts';
import { no, ok } from '../result.ts';
import type { DirectoryChange } from './change.ts';
import { askTimer } from './classify.ts';
import { deliveryTimer } from './delivery.ts';
import { askedBy } from './mend.ts';
import type { Alert, AlertCause, AlertSeverity, Feed, SignInEvent } from './types.ts';

/** Minutes after which an alert nobody acknowledged is said again, louder (design.md section 6.6). */
const ESCALATE_AFTER_MINUTES = [5, 15, 30] as const;

/** Rows of the same attempt come from several feeds, late and repeated; this names the attempt and its result (AL-3). */
export const signInKey = (event: SignInEvent): string =>
  [event.tenantId, event.userId, event.correlationId, event.errorCode].join('|').toLowerCase();

/** The same for a change: one operation in one flow on the same things. Two rows of a log that has row ids are two changes all the same. */
export const changeKey = ({ tenantId, correlationId, activity, targets }: DirectoryChange): string =>
  [tenantId, correlationId, activity, ...targets.map(({ id }) => id).sort()].join('|').toLowerCase();

/** Raises an alert. Every sign-in alerts, whatever its result; a success is critical because somebody is in. */
export function raise(
  cause: AlertCause,
  about: { readonly tenantId?: string; readonly tenantName?: string; readonly account?: EmergencyAccount; readonly busy?: ChangeRequest },
  id: string,
  now: Date,
): { readonly next: Alert; readonly effects: readonly Effect[] } {
  const { account } = about;
  const asked = about.busy && askedBy(about.busy);
  const toldAtOnce = SAID_EVERYWHERE.has(cause.kind);
  const next: Alert = {
    id,
    severity: severityOf(cause),
    cause,
    ...(about.tenantId ? { tenantId: about.tenantId } : {}),
    ...(about.tenantName ? { tenantName: about.tenantName } : {}),
    ...(account ? { accountId: account.id, account: account.userPrincipalName } : {}),
    ...(asked ? { asked } : {}),
    owners: account?.owners ?? [],
    // What asks nobody for anything waits for nobody.
    state: severityOf(cause) === 'low' ? 'acknowledged' : 'open',
    revision: 1,
    raisedAt: now,
    escalation: 0,
    ...(toldAtOnce ? { notifiedAt: now } : {}),
  };
  const subject = `alert:${id}` as const;
  return {
    next,
    effects: [
      { kind: 'post', key: `${subject}:0`, place: { kind: 'channel' }, subject, ...rankOf(next) },
      ...(cause.kind === 'account-unusable' ? toEach([...next.owners, ...cause.custodians], next) : []),
      ...escalation(next),
      ...(toldAtOnce ? [{ kind: 'notify', alertId: id, why: 'raised' } as const] : deliveryTimer(next)),
    ],
  };
}

/** Its owners have to ask for another, and whoever keeps an old part must not rely on it: they hear it at once, and not by an escalation. */
function toEach(people: readonly PersonRef[], alert: Alert): Effect[] {
  const subject = `alert:${alert.id}` as const;
  const once = new Set(people.map(({ objectId }) => objectId));
  return [...once].map((objectId) => ({
    kind: 'post',
    key: `${subject}:0:${objectId}`,
    place: { kind: 'person', objectId },
    subject,
    ...rankOf(alert),
  }));
}

/** What says that the channel, or the record, cannot be relied on goes by every way there is. */
const SAID_EVERYWHERE: ReadonlySet<AlertCause['kind']> = new Set<AlertCause['kind']>([
  'teams-unreachable',
  'audit-failing',
  'audit-changed',
]);

function severityOf(cause: AlertCause): AlertSeverity {
  if (cause.kind === 'sign-in') return cause.event.errorCode === 0 ? 'critical' : 'high';
  // Nobody changes it by mistake: whoever did has the database, and everything that is recorded there is in doubt.
  if (cause.kind === 'audit-changed') return 'critical';
  if (cause.kind === 'directory-change') return severityOfChange(cause);
  return 'high';
}

/**
 * What an approved request caused is shown and asks nobody for anything. Whatever else was done to an account or by it is as grave as a
 * sign-in (AL-6); policies and monitors change for many reasons, unless the change takes an account's exclusion away.
 */
function severityOfChange({ change, concern, origin, exclusionLost }: Extract<AlertCause, { kind: 'directory-change' }>): AlertSeverity {
  if (origin.by === 'request') return 'low';
  if (origin.by === 'changer' || exclusionLost) return 'critical';
  if (concern === 'conditional-access' || concern === 'monitoring' || change.result === 'failure') return 'high';
  return 'critical';
}

/** That somebody is in overtakes any number of alerts that somebody tried (AL-6). */
const rankOf = ({ severity }: Alert) => (severity === 'critical' ? { first: true } : severity === 'high' ? { urgent: true } : {});

/** The same attempt again from another feed: one alert that lists its sources, and takes over what this feed knows more (AL-3). */
export function addSource(alert: Alert, event: SignInEvent, feed: Feed): Decision<Alert> {
  if (alert.cause.kind !== 'sign-in') return no({ code: 'nothing-to-do' });
  const known = alert.cause.event;
  const merged: SignInEvent = { ...event, ...known };
  const feeds = alert.cause.feeds.includes(feed) ? alert.cause.feeds : [...alert.cause.feeds, feed];
  const learnt = Object.keys(merged).length > Object.keys(known).length;
  if (!learnt && feeds === alert.cause.feeds) return no({ code: 'nothing-to-do' });
  return ok({
    next: { ...alert, cause: { ...alert.cause, event: merged, feeds }, revision: alert.revision + 1 },
    effects: alert.state === 'folded' ? [] : [{ kind: 'show', subject: `alert:${alert.id}` }],
  });
}

/** The same change from another feed, which may know its result or its row better (AL-3). */
export function addChangeSource(alert: Alert, change: DirectoryChange, feed: Feed): Decision<Alert> {
  const { cause } = alert;
  // Of a request's own writes each is listed once, whoever tells of it again.
  if (cause.kind !== 'directory-change' || cause.origin.by === 'request') return no({ code: 'nothing-to-do' });
  const feeds = cause.feeds.includes(feed) ? cause.feeds : [...cause.feeds, feed];
  const result = cause.change.result === 'unknown' ? change.result : cause.change.result;
  const targets = cause.change.targets.length < change.targets.length ? change.targets : cause.change.targets;
  const actor = { ...change.actor, ...cause.change.actor };
  const merged: DirectoryChange = { ...change, ...cause.change, result, targets, actor };
  const learnt = size(merged) > size(cause.change) || result !== cause.change.result;
  if (!learnt && feeds === cause.feeds) return no({ code: 'nothing-to-do' });
  return ok({
    next: { ...alert, cause: { ...cause, change: merged, feeds }, revision: alert.revision + 1 },
    effects: [{ kind: 'show', subject: `alert:${alert.id}` }],
  });
}

/** One more write of the same request: one card tells of all of them, for every one was approved together. */
export function addToRecord(alert: Alert, { activity, changedAt, targets }: DirectoryChange, feed: Feed): Decision<Alert> {
  const { cause } = alert;
  if (cause.kind !== 'directory-change' || cause.origin.by !== 'request') return no({ code: 'nothing-to-do' });
  const [first] = targets;
  const on = first?.userPrincipalName ?? first?.name ?? first?.id ?? '';
  const feeds = cause.feeds.includes(feed) ? cause.feeds : [...cause.feeds, feed];
  const more = [...(cause.more ?? []), { activity, at: changedAt, on }];
  return ok({
    next: { ...alert, cause: { ...cause, feeds, more }, revision: alert.revision + 1 },
    effects: [{ kind: 'show', subject: `alert:${alert.id}` }],
  });
}

const size = ({ actor, targets, ...rest }: DirectoryChange): number =>
  Object.keys(rest).length + Object.keys(actor).length + targets.length;

/** Somebody who holds any role here, or owns the account, has seen it (AL-9). */
export function acknowledge(alert: Alert, actor: Actor, now: Date): Decision<Alert> {
  const person = personWithRightTo(alert.owners, actor);
  if (!person.ok) return person;
  if (alert.state !== 'open') return no({ code: 'already-acknowledged', by: alert.acknowledgedBy?.name ?? '' });
  return ok({
    next: { ...alert, state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: person.value, revision: alert.revision + 1 },
    effects: [
      { kind: 'forget', key: `escalate:${alert.id}` },
      { kind: 'forget', key: `deliver:${alert.id}` },
      ...askTimer(alert, now),
      ...(alert.notifiedAt === undefined ? [] : [{ kind: 'notify', alertId: alert.id, why: 'acknowledged' } as const]),
      { kind: 'show', subject: `alert:${alert.id}`, urgent: true },
    ],
  });
}

/**
 * Says it again: in the channel, where its owners are mentioned, to each of them, and at last by mail and page. Occurs when the escalation timer rings and nobody acknowledged before. After a jump of
 * the clock over several levels it is said once, at the highest.
 */
export function escalate(alert: Alert, now: Date): Decision<Alert> {
  const level = ESCALATE_AFTER_MINUTES.filter((minutes) => now >= later(alert.raisedAt, minutes * MINUTE)).length;
  if (alert.state !== 'open' || level <= alert.escalation) return no({ code: 'nothing-to-do' });
  const elsewhere = level >= (alert.severity === 'critical' ? 2 : 3);
  const next = { ...alert, escalation: level, revision: alert.revision + 1, ...(elsewhere ? { notifiedAt: now } : {}) };
  const subject = `alert:${alert.id}` as const;
  const again = { kind: 'post', subject, variant: `escalation:${level}`, ...rankOf(alert) } as const;
  return ok({
    next,
    effects: [
      { ...again, key: `${subject}:${level}`, place: { kind: 'channel' } },
      ...alert.owners.map(
        ({ objectId }): Effect => ({ ...again, key: `${subject}:${level}:${objectId}`, place: { kind: 'person', objectId } }),
      ),
      { kind: 'show', subject },
      ...(elsewhere ? [{ kind: 'notify', alertId: alert.id, why: 'unacknowledged' } as const] : []),
      ...escalation(next),
    ],
  });
}

function escalation(alert: Alert): Effect[] {
  const minutes = ESCALATE_AFTER_MINUTES[alert.escalation];
  if (minutes === undefined || alert.severity === 'low') return [];
  const intent = { kind: 'escalate-alert', alertId: alert.id } as const;
  return [{ kind: 'intend', key: `escalate:${alert.id}`, at: later(alert.raisedAt, minutes * MINUTE), intent }];
}
