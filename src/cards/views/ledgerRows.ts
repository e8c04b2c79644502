import type { CustodyEvent, EmergencyAccount } from '../../core/account/types.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';

/** One line of the custody ledger. */
export interface LedgerRow {
  readonly title: string;
  readonly words: string;
  readonly at: string;
  readonly hasKept: boolean;
  readonly kept: string;
}

/** What fits beside everything else with the longest texts (CM-6). */
const MOST_ROWS = 12;

const WORDS: Readonly<Record<CustodyEvent['what'], string>> = {
  entrusted: 'was given to',
  shown: 'was seen by',
  registered: 'was registered by',
  stored: 'was stored by',
  moved: 'was moved by',
  expired: 'was destroyed unseen; it was for',
  lost: 'is lost; it was with',
  lapsed: 'was not registered; its pass was seen by',
  withdrawn: 'was taken off the account again; it was with',
  replaced: 'was replaced; it was with',
  retired: 'ended with the account; it was with',
};
/** Of a key that was never registered, its pass is what was destroyed. */
const KEY_WORDS: typeof WORDS = { ...WORDS, expired: 'was not registered; its pass was destroyed unseen, and was for' };

/** Newest first; what is older than fits is in the audit log, and that is said. */
export function ledgerRows({ history = [], credential }: EmergencyAccount): LedgerRow[] {
  const newest = history.slice(-MOST_ROWS).reverse();
  const left = history.length - newest.length;
  const rows = newest.map(({ at, part, custodian, what, location, sealNumber, of }): LedgerRow => {
    const kept = [location, sealNumber === undefined ? undefined : `seal ${sealNumber}`].filter((text) => text !== undefined);
    const keyed = of === undefined ? credential === 'passkey' : of === 'key';
    return {
      title: `${keyed ? 'Key' : 'Part'} ${part} `,
      words: `${(keyed ? KEY_WORDS : WORDS)[what]} ${plain(custodian.name, 60)}`,
      at: when(at),
      hasKept: kept.length > 0,
      kept: kept.map((text) => plain(text, 120)).join(', '),
    };
  });
  if (left === 0) return rows;
  return [...rows, { title: '', words: `${left} earlier lines are in the audit log.`, at: ' ', hasKept: false, kept: '' }];
}
