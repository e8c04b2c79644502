import { runbookDigest, runbookStatus } from '../../core/account/runbook.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import { digestWords } from '../../core/digest.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** All that templates/runbook.json names. */
interface RunbookView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly hasLink: boolean;
  readonly a4Url: string;
  readonly letterUrl: string;
  readonly canAsk: boolean;
  readonly id: string;
}

const render = template<RunbookView>('runbook');
/** Ours alone: an origin from the settings and 256 random bits. */
const ADDRESS = /^https?:\/\/[a-z0-9.:[\]-]+\/runbook\/[\w-]{43}$/i;

/**
 * Instead of the account, for the one who pressed: where the card is. Only in a personal chat.
 *
 * @throws RangeError for any other address than that of a ticket
 */
export function runbookLinkCard(account: EmergencyAccount, url: string, minutes: number): Rendered {
  if (!ADDRESS.test(url)) throw new RangeError('not the address of a ticket');
  const title = 'Runbook card to print';
  const card = render({
    header: header(title, 'accent', `Works once, for ${minutes} minutes`),
    facts: factsOf(account),
    notes: [
      'The link is yours alone: it shows where every part is kept. Choose your paper, print both pages on one sheet, fold it along the marks and keep it as you keep the parts.',
      'The card holds no password. Destroy the copies printed before.',
    ],
    hasLink: true,
    a4Url: url,
    letterUrl: `${url}?paper=letter`,
    canAsk: false,
    id: plain(account.id, 40),
  });
  return { card, summary: plain(`${account.userPrincipalName}: ${title}`, 120) };
}

/** Tells an owner that the printed card is out of date, and later that it was printed again. */
export function runbookReminderCard(account: EmergencyAccount): Rendered {
  const stale = runbookStatus(account) !== 'current';
  const over = account.state === 'retired';
  const title = over ? 'Destroy the runbook card' : stale ? 'Runbook card is stale' : 'Runbook card was printed again';
  const card = render({
    header: header(title, stale || over ? 'warning' : 'good', over ? 'Account retired' : stale ? 'Print it again' : 'Up to date'),
    facts: factsOf(account),
    notes: [noteOf(stale, over)],
    hasLink: false,
    a4Url: '',
    letterUrl: '',
    canAsk: stale && !over,
    id: plain(account.id, 40),
  });
  return { card, summary: plain(`${account.userPrincipalName}: ${title}`, 120) };
}

function noteOf(stale: boolean, over: boolean): string {
  if (over) return 'The account is retired, so the printed card leads nowhere. Destroy every copy.';
  return stale
    ? 'Custodians, places, owners, name or state have changed since it was printed. In an emergency people would follow the old one: print it, and destroy every copy of the old.'
    : 'Destroy every copy of the old one. Nothing more is needed.';
}

const factsOf = (account: EmergencyAccount): Fact[] => [
  textFact('Account', account.userPrincipalName),
  textFact('Tenant', account.tenantName, 80),
  codeFact('Card in words', digestWords(runbookDigest(account))),
  ...(account.runbook ? [timeFact('Printed last', account.runbook.at), textFact('For', account.runbook.by, 80)] : []),
];
