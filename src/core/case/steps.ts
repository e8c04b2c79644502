import { type Decision, personWithRightTo } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Actor, PersonRef } from '../people.ts';
import { no, ok } from '../result.ts';
import { deadline } from './open.ts';
import type { CaseStepDone, CaseStepId, ReportedStep, UseCase } from './types.ts';

/** That a request replaced or ended the credential of the account: its id, and when it was carried out. */
export interface Replaced {
  readonly requestId: string;
  readonly at: Date;
}

/**
 * A person who may act on the alerts of the account reports a step.
 *
 * @returns refusals `reason-missing` where words are asked for; for the review also `case-steps-open` and `reviews-itself`
 */
export function reportStep(before: UseCase, actor: Actor, step: ReportedStep, words: string, now: Date): Decision<UseCase> {
  const person = personWithRightTo(before.owners, actor);
  if (!person.ok) return person;
  if (before.state === 'closed') return no({ code: 'case-closed' });
  const known = before.steps.find(({ id }) => id === step)?.done;
  if (known) return no({ code: 'case-step-done', by: known.by });
  if (step !== 'sessions' && words.trim() === '') return no({ code: 'bad-form', faults: [{ field: FIELDS[step], problem: 'missing' }] });
  const done = { at: now, by: person.value.name, words: words.trim() };
  return step === 'review' ? sign(before, person.value, done) : after(stepDone(before, step, done), now);
}

/** What people type for a step, as its field is called. */
const FIELDS: { readonly [S in Exclude<ReportedStep, 'sessions'>]: string } = { logs: 'logs', review: 'review' };

/** The review is the last step: signed by somebody who can have had no part in the use, it closes the case (domain.md P1 to P4). */
function sign(before: UseCase, person: PersonRef, done: CaseStepDone): Decision<UseCase> {
  const open = before.steps.filter((step) => step.id !== 'review' && !step.done).map(({ id }) => id);
  if (open.length > 0) return no({ code: 'case-steps-open', steps: open });
  const same = ({ personKey }: PersonRef): boolean => personKey === person.personKey;
  if (before.classifiers.some(same)) return no({ code: 'reviews-itself', why: 'classified' });
  if (before.custodians.some(same)) return no({ code: 'reviews-itself', why: 'custodian' });
  const next: UseCase = { ...stepDone(before, 'review', done), state: 'closed', closedAt: done.at };
  return ok({
    next,
    effects: [
      { kind: 'forget', key: `case:${before.id}` },
      { kind: 'show', subject: `case:${before.id}` },
    ],
  });
}

/**
 * Looks at an open case: takes over that the credential was replaced after the last use, and says again, in the channel and to the owners,
 * which deadline has passed. Occurs when a deadline passes, a day after that, and when a request about the account was carried out.
 */
export function lookAt(before: UseCase, replaced: Replaced | undefined, now: Date): Decision<UseCase> {
  if (before.state === 'closed') return no({ code: 'nothing-to-do' });
  const waits = before.steps.some(({ id, done }) => id === 'credential' && !done);
  const found =
    waits && replaced !== undefined && replaced.at > before.usedAt
      ? stepDone(before, 'credential', { at: replaced.at, by: replaced.requestId, words: '' })
      : before;
  const overdue = found.steps.some(({ done, dueAt }) => !done && dueAt <= now);
  if (overdue) return sayAgain(found === before ? { ...before, revision: before.revision + 1 } : found, now);
  // Nothing changed: only the timer is wound again.
  return found === before ? ok({ next: before, effects: [deadline(before, now)] }) : after(found, now);
}

function sayAgain(found: UseCase, now: Date): Decision<UseCase> {
  const next = { ...found, escalation: found.escalation + 1 };
  const subject = `case:${next.id}` as const;
  const again = { kind: 'post', subject, variant: `overdue:${next.escalation}`, urgent: true } as const;
  const key = `${subject}:${next.escalation}`;
  return ok({
    next,
    effects: [
      { ...again, key, place: { kind: 'channel' } },
      ...next.owners.map(({ objectId }): Effect => ({ ...again, key: `${key}:${objectId}`, place: { kind: 'person', objectId } })),
      { kind: 'show', subject },
      deadline(next, now),
    ],
  });
}

const after = (next: UseCase, now: Date): Decision<UseCase> =>
  ok({ next, effects: [{ kind: 'show', subject: `case:${next.id}` }, deadline(next, now)] });

const stepDone = (before: UseCase, step: CaseStepId, done: CaseStepDone): UseCase => ({
  ...before,
  revision: before.revision + 1,
  steps: before.steps.map((each) => (each.id === step ? { ...each, done } : each)),
});
