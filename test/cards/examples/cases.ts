import { alertListCard } from '../../../src/cards/views/alertList.ts';
import { caseCard } from '../../../src/cards/views/case.ts';
import type { CaseStepDone, CaseStepId } from '../../../src/core/case/types.ts';
import { aCase, anAlert, aSignIn, hours, minutes, person } from '../../support/builders.ts';
import type { Example } from '../example.ts';

const DONE: { readonly [S in CaseStepId]: CaseStepDone } = {
  sessions: { at: minutes(25), by: 'Ann Archer', words: '' },
  credential: { at: hours(5), by: 'R-8K2M4N', words: '' },
  logs: { at: hours(3), by: 'Bob Baker', words: 'Storage account sec-evidence, folder 2026-11-22-north-harbor' },
  review: {
    at: hours(30),
    by: 'Ann Archer',
    words: 'One policy was repaired, as the incident manager had asked. Nothing else was touched.',
  },
};
const withDone = (...ids: readonly CaseStepId[]) =>
  aCase({ steps: aCase().steps.map((step) => (ids.includes(step.id) ? { ...step, done: DONE[step.id] } : step)) });

const closed = { ...withDone('sessions', 'credential', 'logs', 'review'), state: 'closed' as const, closedAt: hours(30) };
const failed = anAlert({
  id: 'AL-2C4E6G',
  severity: 'high',
  cause: { kind: 'sign-in', event: aSignIn({ errorCode: 53003 }), feeds: ['graph-sign-ins'], registered: true },
});

export const CASES: readonly Example[] = [
  { card: 'case', state: 'opened', rendered: caseCard(aCase(), minutes(11)), main: true },
  { card: 'case', state: 'misuse-late', rendered: caseCard(aCase({ kind: 'misuse' }), hours(2)) },
  { card: 'case', state: 'waits-for-password', rendered: caseCard(withDone('sessions', 'logs'), hours(4)) },
  { card: 'case', state: 'to-review', rendered: caseCard(withDone('sessions', 'credential', 'logs'), hours(6)) },
  { card: 'case', state: 'closed', rendered: caseCard(closed, hours(31)) },
  {
    card: 'alertList',
    state: 'some',
    rendered: alertListCard(
      [failed, anAlert({ state: 'acknowledged', acknowledgedAt: minutes(4), acknowledgedBy: person('cy') })],
      [aCase()],
    ),
  },
  { card: 'alertList', state: 'none', rendered: alertListCard([], []) },
];
