import type { Alert } from '../../core/alert/types.ts';
import type { UseCase } from '../../core/case/types.ts';
import { header } from '../header.ts';
import type { Rendered } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { titleOf } from './alert.ts';
import { type ListRow, MOST_ROWS, moreThanShown, renderList } from './list.ts';

/** Everything that still needs somebody: alerts nobody has seen, uses nobody has explained, cases that are not closed. */
export function alertListCard(alerts: readonly Alert[], cases: readonly UseCase[]): Rendered {
  const rows = [...alerts.filter(({ state }) => state === 'open').map(alertRow), ...cases.map(caseRow)];
  const asked = alerts.filter(({ state }) => state !== 'open').map(alertRow);
  const all = [...rows, ...asked];
  const open = alerts.filter(({ state }) => state === 'open').length;
  const state =
    all.length === 0
      ? 'Nothing waits for anybody'
      : `${open} open, ${asked.length} to classify, ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}`;
  const hint = all.length === 0 ? 'Say status to see whether I would notice.' : 'Say alerts and an id to see one, with its buttons.';
  const card = renderList({
    header: header('Alerts', open > 0 ? 'attention' : all.length > 0 ? 'warning' : 'good', state),
    rows: all.slice(0, MOST_ROWS),
    notes: [...moreThanShown(all.length), hint],
  });
  return { card, summary: `Alerts: ${state}` };
}

function alertRow(alert: Alert): ListRow {
  const open = alert.state === 'open';
  return {
    mark: open ? '▲' : '?',
    color: open ? 'Attention' : 'Warning',
    title: plain(alert.account ?? alert.tenantName ?? 'Breakglass'),
    detail: plain(titleOf(alert)),
    id: plain(alert.id, 40),
    word: open ? 'nobody has seen it' : 'what was it?',
    hasAt: true,
    at: when(alert.raisedAt),
  };
}

function caseRow(useCase: UseCase): ListRow {
  const done = useCase.steps.filter((step) => step.done).length;
  return {
    mark: '◐',
    color: 'Warning',
    title: plain(useCase.account ?? useCase.about),
    detail: useCase.kind === 'misuse' ? 'Case: misuse' : 'Case: real use',
    id: plain(useCase.id, 40),
    word: `${done} of ${useCase.steps.length} steps`,
    hasAt: true,
    at: when(useCase.openedAt),
  };
}
