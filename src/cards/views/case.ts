import type { CaseStep, CaseStepId, UseCase } from '../../core/case/types.ts';
import type { Tone } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';

interface StepRow {
  readonly mark: string;
  readonly color: 'Good' | 'Attention' | 'Default';
  readonly title: string;
  readonly detail: string;
  readonly hasDetail: boolean;
  readonly isDue: boolean;
  readonly at: string;
}

/** All that templates/case.json names. */
interface CaseView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly steps: readonly StepRow[];
  readonly hasNext: boolean;
  readonly next: string;
  readonly asksSessions: boolean;
  readonly asksRotation: boolean;
  readonly asksLogs: boolean;
  readonly asksReview: boolean;
  readonly notes: readonly string[];
  readonly id: string;
  readonly accountId: string;
}

const render = template<CaseView>('case');

const TITLES: { readonly [S in CaseStepId]: string } = {
  sessions: 'Sessions revoked',
  credential: 'Password replaced',
  logs: 'Logs preserved',
  review: 'Review signed',
};
const NEXT: { readonly [S in CaseStepId]: string } = {
  sessions: 'In Entra, open the account and choose “Revoke sessions”. Then press the button here.',
  credential:
    'Somebody in the requesters group asks for a new password here, or says rotate and the account’s name. I tick this off when it is done.',
  logs: 'Export the sign-in and audit logs of Entra, and of everything that was touched, before they are deleted. Then say where they are.',
  review: 'Compare what was done with what was allowed. Then sign.',
};

/** What is still to be done after an account was used in earnest: one thing at a time, the next one with its button. */
export function caseCard(useCase: UseCase, now: Date): Rendered {
  const open = useCase.steps.filter(({ done }) => !done);
  const late = open.filter(({ dueAt }) => dueAt <= now);
  const misuse = useCase.kind === 'misuse';
  // The new password needs approvals and time: what a person can do meanwhile comes first.
  const next = open.find(({ id }) => id !== 'credential' && (id !== 'review' || open.length === 1)) ?? open[0];
  const title = `${misuse ? 'Misuse' : 'Real use'} of an emergency access account`;
  const state =
    useCase.state === 'closed'
      ? 'Closed: everything is done and signed'
      : late.length > 0
        ? `Late: ${late.map(({ id }) => TITLES[id].toLowerCase()).join(', ')}`
        : `${open.length} of ${useCase.steps.length} steps to go`;
  const tone: Tone = useCase.state === 'closed' ? 'good' : late.length > 0 || misuse ? 'attention' : 'warning';
  const view: CaseView = {
    header: header(title, tone, state),
    name: plain(useCase.account ?? 'An account the record does not know'),
    tenant: plain(`in ${useCase.tenantName ?? useCase.tenantId ?? 'an unknown tenant'}`, 120),
    steps: useCase.steps.map((step) => row(step, now)),
    hasNext: next !== undefined,
    next: next ? NEXT[next.id] : '',
    asksSessions: next?.id === 'sessions',
    asksRotation: next?.id === 'credential' && useCase.accountId !== undefined,
    asksLogs: next?.id === 'logs',
    asksReview: next?.id === 'review',
    notes: [
      ...(next?.id === 'review' ? ['Whoever said what the use was, and whoever held a part of the password, cannot sign.'] : []),
      `${useCase.id}, from ${alertsOf(useCase)}.`,
    ].map((note) => plain(note)),
    id: plain(useCase.id, 40),
    accountId: plain(useCase.accountId ?? '', 40),
  };
  return { card: render(view), summary: plain(`${title}: ${useCase.account ?? ''} – ${state}`, 200) };
}

function alertsOf({ alertIds }: UseCase): string {
  const shown = alertIds.slice(0, 6).join(', ');
  return alertIds.length > 6 ? `${shown} and ${alertIds.length - 6} more` : shown;
}

function row({ id, done, dueAt }: CaseStep, now: Date): StepRow {
  const late = !done && dueAt <= now;
  const by = done ? `${id === 'credential' ? 'by request' : 'by'} ${plain(done.by, 80)}` : '';
  const detail = done?.words ? `${by}: ${plain(done.words, 300)}` : by;
  return {
    mark: done ? '✓' : late ? '!' : '○',
    color: done ? 'Good' : late ? 'Attention' : 'Default',
    title: TITLES[id],
    detail: plain(detail, 420),
    hasDetail: detail !== '',
    isDue: !done,
    at: done ? when(done.at) : `until ${when(dueAt)}`,
  };
}
