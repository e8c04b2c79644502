import type { EmergencyAccount } from '../account/types.ts';
import { DAY, type Decision, later, personOf } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';

/** Days before the due instant at which owners are reminded; afterwards daily (design.md section 6.7). */
const LEAD_DAYS = [14, 7, 1, 0] as const;

/**
 * What an owner is told at an instant: days left (14, 7, 1, 0), or days overdue as a negative number (-1, -2, …).
 * `undefined` before the first reminder. After a jump over several instants only the latest counts: one reminder, and a true one (SI-5).
 */
export function reminderStage(dueAt: Date, now: Date): number | undefined {
  const left = dueAt.getTime() - now.getTime();
  if (left <= 0) return 0 - Math.floor(-left / DAY); // not -Math.floor: the due day is 0, never -0
  return [...LEAD_DAYS].reverse().find((days) => left <= days * DAY);
}

/** The next instant after `now` at which something has to be said. */
export function nextReminderAt(dueAt: Date, now: Date): Date {
  for (const days of LEAD_DAYS) {
    const at = later(dueAt, -days * DAY);
    if (at > now) return at;
  }
  const overdueDays = Math.floor((now.getTime() - dueAt.getTime()) / DAY) + 1;
  return later(dueAt, overdueDays * DAY);
}

/** The keyed timer that rings at the next reminder of an account. */
export function reminderTimer(account: EmergencyAccount, now: Date): Effect[] {
  if (!account.validationDueAt) return [];
  const intent = { kind: 'remind-validation', accountId: account.id } as const;
  return [{ kind: 'intend', key: `validation:${account.id}`, at: nextReminderAt(account.validationDueAt, now), intent }];
}

/** Reminds the owners; from the due instant on the channel hears it too. Occurs when the reminder's timer rings. */
export function remind(account: EmergencyAccount, now: Date): Decision<EmergencyAccount> {
  if (!account.validationDueAt) return no({ code: 'nothing-to-do' });
  const stage = reminderStage(account.validationDueAt, now);
  if (stage === undefined) return ok({ next: account, effects: reminderTimer(account, now) });
  const subject = `validation:${account.id}` as const;
  // The key names one reminder, so that it is posted once however often its timer rings.
  const key = `${subject}:${account.validationDueAt.toISOString()}:${stage}`;
  const reminder = { kind: 'post', subject, variant: String(stage) } as const;
  const owners = account.owners.map(
    ({ objectId }): Effect => ({ ...reminder, key: `${key}:${objectId}`, place: { kind: 'person', objectId } }),
  );
  const channel: Effect[] = stage <= 0 ? [{ ...reminder, key: `${key}:channel`, place: { kind: 'channel' } }] : [];
  return ok({
    next: { ...account, revision: account.revision + 1 },
    effects: [...owners, ...channel, ...reminderTimer(account, now)],
  });
}

/** What an owner reports after a validation. Each point was done or the validation is not done. */
export interface ValidationReport {
  readonly confirmed: readonly string[];
  readonly note: string;
}

/** The points of Microsoft's validation that only people can answer (domain.md 1.6, from Learn security-emergency-access, 2026-06-04). */
export const CHECKLIST: readonly { readonly id: string; readonly text: string }[] = [
  { id: 'informed', text: 'Security monitoring staff were told beforehand' },
  { id: 'people', text: 'The list of people who may use the account was reviewed' },
  { id: 'process', text: 'The written procedure is current and known to those who need it' },
  { id: 'sign-in', text: 'The account signed in and did one administrative task' },
  { id: 'alerted', text: 'That sign-in raised an alert in the channel' },
  { id: 'no-personal', text: 'No personal phone, mail or key is registered on the account' },
  { id: 'safes', text: 'The parts are where the record says, and safe combinations were changed where due' },
];

/** Points that a drill shows by itself: it was announced in the security channel, and its sign-ins raised alerts there (domain.md V1, V10). */
const SHOWN_BY_DRILL: ReadonlySet<string> = new Set(['informed', 'alerted']);

/** The points a person must still confirm: a drill that passed since the last validation speaks for some, one that failed after it for none. */
export function openPoints({ drill, drillPassedAt, validatedAt, appliedAt }: EmergencyAccount): typeof CHECKLIST {
  const since = validatedAt ?? appliedAt;
  const proven = drillPassedAt !== undefined && drill?.result !== 'failed' && (since === undefined || drillPassedAt > since);
  return proven ? CHECKLIST.filter(({ id }) => !SHOWN_BY_DRILL.has(id)) : CHECKLIST;
}

/** An owner reports the scheduled validation as done: the next one is due a full interval from now. */
export function completeValidation(
  account: EmergencyAccount,
  actor: Actor,
  report: ValidationReport,
  validationDays: number,
  now: Date,
): Decision<EmergencyAccount> {
  const person = personOf(actor);
  if (!person.ok) return person;
  if (!account.owners.some((owner) => owner.personKey === person.value.personKey)) return no({ code: 'missing-role', role: 'owner' });
  const open = openPoints(account).filter(({ id }) => !report.confirmed.includes(id));
  if (open.length > 0) {
    return no({ code: 'bad-form', faults: open.map(({ id, text }) => ({ field: id, problem: 'missing' as const, detail: text })) });
  }
  if (report.note.length > 1000) return no({ code: 'bad-form', faults: [{ field: 'note', problem: 'too-long', detail: '1000' }] });
  const next: EmergencyAccount = {
    ...account,
    validatedAt: now,
    validatedBy: person.value,
    validationNote: report.note,
    validationDueAt: later(now, validationDays * DAY),
    revision: account.revision + 1,
  };
  return ok({
    next,
    effects: [
      { kind: 'show', subject: `validation:${account.id}` },
      { kind: 'show', subject: `account:${account.id}` },
      ...reminderTimer(next, now),
    ],
  });
}
