import type { EmergencyAccount } from '../../core/account/types.ts';
import type { Tone } from '../facts.ts';
import { header } from '../header.ts';
import type { Rendered } from '../render.ts';
import { plain } from '../text.ts';
import { day } from '../time.ts';
import { health, runbookNote } from './account.ts';
import { type ListRow, MOST_ROWS, moreThanShown, renderList } from './list.ts';

const LOOKS: { readonly [T in Tone]: Pick<ListRow, 'mark' | 'color'> } = {
  good: { mark: '✓', color: 'Good' },
  warning: { mark: '!', color: 'Warning' },
  attention: { mark: '✕', color: 'Attention' },
  accent: { mark: '◐', color: 'Accent' },
  default: { mark: '–', color: 'Default' },
  emphasis: { mark: '–', color: 'Default' },
};

/** The accounts with their health at a glance. */
export function accountListCard(accounts: readonly EmergencyAccount[], now: Date): Rendered {
  const rows = accounts.slice(0, MOST_ROWS).map((account): ListRow => {
    const { words, tone } = health(account, now);
    return {
      ...LOOKS[tone],
      title: plain(account.userPrincipalName),
      detail: plain([`${plain(account.tenantName, 80)}: ${words}`, runbookNote(account)].filter((text) => text !== '').join('. ')),
      id: plain(account.id, 40),
      word: account.validationDueAt ? 'validate by' : '',
      hasAt: account.validationDueAt !== undefined,
      at: account.validationDueAt ? day(account.validationDueAt) : '',
    };
  });
  const count = accounts.length === 0 ? 'There are none' : accounts.length === 1 ? '1 account' : `${accounts.length} accounts`;
  const hint = accounts.length === 0 ? 'Say create to ask for the first.' : 'Say accounts and a name to see everything about one.';
  const card = renderList({
    header: header('Emergency access accounts', 'emphasis', count),
    rows,
    notes: [...moreThanShown(accounts.length), hint],
  });
  return { card, summary: `Emergency access accounts: ${count}` };
}
