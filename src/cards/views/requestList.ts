import { stateAt } from '../../core/request/decide.ts';
import { whatStays } from '../../core/request/stays.ts';
import { tally } from '../../core/request/tally.ts';
import { titleBesideName } from '../../core/request/title.ts';
import type { ChangeRequest, RequestState } from '../../core/request/types.ts';
import { header } from '../header.ts';
import type { Rendered } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { type ListRow, MOST_ROWS, moreThanShown, renderList } from './list.ts';

const LOOKS: { readonly [S in RequestState]: Pick<ListRow, 'mark' | 'color' | 'word'> } = {
  pending: { mark: '○', color: 'Accent', word: 'waits' },
  approved: { mark: '◐', color: 'Accent', word: 'running' },
  applied: { mark: '✓', color: 'Good', word: 'done' },
  failed: { mark: '✕', color: 'Attention', word: 'stopped' },
  undoing: { mark: '◐', color: 'Warning', word: 'taking back' },
  undone: { mark: '–', color: 'Default', word: 'taken back' },
  denied: { mark: '✕', color: 'Default', word: 'denied' },
  withdrawn: { mark: '–', color: 'Default', word: 'withdrawn' },
  expired: { mark: '–', color: 'Default', word: 'expired' },
  impossible: { mark: '✕', color: 'Attention', word: 'impossible' },
};

const HALF_WAY: typeof LOOKS.withdrawn = { mark: '✕', color: 'Attention', word: 'left half-way' };
const halfWay = (request: ChangeRequest, state: RequestState): boolean =>
  (state === 'undone' || state === 'withdrawn') && whatStays(request).length > 0;

/** Requests, those first that were handed in first. */
export function requestListCard(requests: readonly ChangeRequest[], now: Date): Rendered {
  const rows = requests.slice(0, MOST_ROWS).map((request): ListRow => {
    const state = stateAt(request, now);
    const look = halfWay(request, state) ? HALF_WAY : LOOKS[state];
    return {
      ...look,
      word: state === 'pending' ? `waits: ${tally(request).approvals.length} of ${request.quorum}` : look.word,
      title: plain(request.plan.account.userPrincipalName),
      detail: plain(`${plain(titleBesideName(request.plan), 200)}, asked by ${plain(request.requester.name, 80)}`),
      id: plain(request.id, 40),
      hasAt: true,
      at: state === 'pending' ? `until ${when(request.expiresAt)}` : when(request.closedAt ?? request.openedAt),
    };
  });
  const count = requests.length === 0 ? 'There are none' : requests.length === 1 ? '1 request' : `${requests.length} requests`;
  const hint = requests.length === 0 ? 'Say create to ask for an account.' : 'Say requests and an id to see one with its plan.';
  const card = renderList({ header: header('Requests', 'emphasis', count), rows, notes: [...moreThanShown(requests.length), hint] });
  return { card, summary: `Requests: ${count}` };
}
