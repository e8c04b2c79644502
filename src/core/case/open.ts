import { type EmergencyAccount, holdersOf } from '../account/types.ts';
import type { Alert } from '../alert/types.ts';
import { DAY, type Decision, HOUR, later, MINUTE } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { PersonRef } from '../people.ts';
import { ok } from '../result.ts';
import { CASE_STEPS, type CaseStep, type CaseStepId, type UseCase } from './types.ts';

/** How long after a use each step may take. Logs of a free tenant are gone after seven days (domain.md M12). */
const DUE_MS: { readonly [S in CaseStepId]: number } = { sessions: HOUR, credential: DAY, logs: DAY, review: 7 * DAY };
/** Whoever misuses an account is still in until its sessions end. */
const MISUSE_SESSIONS_MS = 15 * MINUTE;

/** A use as a case needs it. */
interface Use {
  readonly alert: Alert;
  readonly kind: UseCase['kind'];
  /** Who said what it was; nobody yet when it only joins because the case is open. */
  readonly by?: PersonRef;
  readonly account?: EmergencyAccount;
}

/** What a case is about: one account, known to the record or not. */
export function aboutOf({ accountId, tenantId, cause, id }: Alert): string {
  if (accountId !== undefined) return accountId;
  return cause.kind === 'sign-in' ? `${tenantId ?? cause.event.tenantId}|${cause.event.userId}` : id;
}

/** Opens the case of a use that was real, or misuse. */
export function openCase({ alert, kind, by, account }: Use, id: string, now: Date): { readonly next: UseCase; readonly effects: Effect[] } {
  const next: UseCase = {
    id,
    about: aboutOf(alert),
    ...(alert.tenantId === undefined ? {} : { tenantId: alert.tenantId }),
    ...(alert.tenantName === undefined ? {} : { tenantName: alert.tenantName }),
    ...(alert.accountId === undefined ? {} : { accountId: alert.accountId }),
    ...(alert.account === undefined ? {} : { account: alert.account }),
    kind,
    state: 'open',
    revision: 1,
    openedAt: now,
    usedAt: usedAt(alert),
    alertIds: [alert.id],
    owners: alert.owners,
    classifiers: by ? [by] : [],
    custodians: custodiansOf(account),
    steps: CASE_STEPS.map((step) => fresh(step, kind, now)),
    escalation: 0,
  };
  const subject = `case:${id}` as const;
  return { next, effects: [{ kind: 'post', key: `${subject}:0`, place: { kind: 'channel' }, subject, urgent: true }, deadline(next, now)] };
}

/**
 * Another use while the case is open, or another word on a use in it. Steps done before the new use do not answer it and are open again;
 * what was called misuse once stays it.
 */
export function joinCase(before: UseCase, { alert, kind, by, account }: Use, now: Date): Decision<UseCase> {
  const at = usedAt(alert);
  const graver = kind === 'misuse' ? kind : before.kind;
  const next: UseCase = {
    ...before,
    kind: graver,
    revision: before.revision + 1,
    usedAt: new Date(Math.max(at.getTime(), before.usedAt.getTime())),
    alertIds: before.alertIds.includes(alert.id) ? before.alertIds : [...before.alertIds, alert.id],
    classifiers: by ? added(before.classifiers, [by]) : before.classifiers,
    custodians: added(before.custodians, custodiansOf(account)),
    steps: before.steps.map((step) => (step.done && step.done.at < at ? fresh(step.id, graver, now) : step)),
  };
  return ok({ next, effects: [{ kind: 'show', subject: `case:${before.id}` }, deadline(next, now)] });
}

/** The timer of the next deadline; of one that has passed it rings again a day later. */
export function deadline({ id, steps }: UseCase, now: Date): Effect {
  const ahead = steps.filter(({ done, dueAt }) => !done && dueAt > now).map(({ dueAt }) => dueAt.getTime());
  const at = new Date(Math.min(...ahead, later(now, DAY).getTime()));
  return { kind: 'intend', key: `case:${id}`, at, intent: { kind: 'look-at-case', caseId: id } };
}

const fresh = (id: CaseStepId, kind: UseCase['kind'], now: Date): CaseStep => ({
  id,
  dueAt: later(now, id === 'sessions' && kind === 'misuse' ? MISUSE_SESSIONS_MS : DUE_MS[id]),
});

function usedAt({ cause, raisedAt }: Alert): Date {
  if (cause.kind === 'sign-in') return cause.event.signedInAt;
  return cause.kind === 'directory-change' ? cause.change.changedAt : raisedAt;
}

const custodiansOf = (account: EmergencyAccount | undefined): PersonRef[] => (account ? holdersOf(account) : []);

const added = (known: readonly PersonRef[], more: readonly PersonRef[]): PersonRef[] => [
  ...known,
  ...more.filter(({ personKey }) => !known.some((each) => each.personKey === personKey)),
];
