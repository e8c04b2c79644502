import type { AlertCause } from '../../core/alert/types.ts';
import type { MonitorDifference } from '../../core/monitors/compare.ts';
import { textFact } from '../facts.ts';
import { plain } from '../text.ts';
import type { Told } from './alert.ts';

const PROBLEMS: { readonly [P in MonitorDifference['problem']]: (detail: string) => string } = {
  unreadable: () => 'cannot be read',
  missing: () => 'is not there',
  disabled: () => 'is switched off',
  'account-missing': (id) => `does not name the account ${id}`,
  'other-query': () => 'has another query',
  'not-split': (column) => `is not split by ${column}`,
  'other-rhythm': (rhythm) => `runs every ${rhythm} only`,
  'resolves-itself': () => 'resolves its alerts by itself',
  'calls-nobody': () => 'calls no action group',
  'bot-not-called': () => 'does not call me by the secure webhook',
  'log-not-sent': (category) => `does not send ${category}`,
};

const MOST = 8;

/** What the alert about monitors says: each difference, as many as fit. */
export function tellMonitors({ differences }: Extract<AlertCause, { kind: 'monitors-differ' }>): Told {
  const count = differences.length;
  const unreadable = differences.some(({ problem }) => problem === 'unreadable');
  return {
    title: 'What watches the accounts from Azure is not as shipped',
    state: unreadable ? 'Nobody knows what is there: it cannot be read' : `${count} ${count === 1 ? 'difference' : 'differences'}`,
    facts: [
      ...differences
        .slice(0, MOST)
        // The name comes from Azure, where anybody may have written it: it is a value, never a label (CM-3).
        .map(({ what, problem, detail = '' }, index) =>
          textFact(`${index + 1}`, `${plain(what, 60)} ${PROBLEMS[problem](plain(detail, 80))}`, 220),
        ),
      ...(count > MOST ? [textFact('And', `${count - MOST} more`)] : []),
    ],
    next: 'If nobody meant it, somebody may be hiding a sign-in: look at the sign-in log in Entra. Then run npm run monitors and deploy what it writes.',
    reported: 'Found by reading Azure back.',
    over: 'What watches the accounts from Azure is as shipped again',
  };
}
