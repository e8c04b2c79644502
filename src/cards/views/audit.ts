import { type AuditDays, areDays } from '../../core/audit/days.ts';
import type { EntryBody } from '../../core/audit/entry.ts';
import type { AuditFlaw } from '../../core/audit/judgeRow.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { flawWords, headText } from './auditWords.ts';

/** All that templates/audit.json names. */
interface AuditView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly canExport: boolean;
  /** The days, as `2026-11-01..2026-11-30`. */
  readonly id: string;
  readonly hasLink: boolean;
  readonly url: string;
}

export interface AuditInput {
  readonly size: number;
  readonly root: string;
  /** Entries that were computed from their rows now. */
  readonly checked: number;
  readonly flaw?: AuditFlaw;
  readonly newest?: Pick<EntryBody, 'at' | 'intent'>;
  readonly days: AuditDays;
  /** Entries of these days, of those that were computed. */
  readonly within: number;
  /** A link can be given here; or why not. */
  readonly export: 'here' | 'in-channel' | 'no-address';
}

const render = template<AuditView>('audit');
/** Ours alone: an origin from the settings and 256 random bits. */
const ADDRESS = /^https?:\/\/[a-z0-9.:[\]-]+\/audit\/[\w-]{43}$/i;

/**
 * The head of the log, and whether the log is what was written.
 *
 * @throws RangeError for what are no days: they go into the data of a button
 */
export function auditCard(v: AuditInput): Rendered {
  if (!areDays(v.days)) throw new RangeError('not days');
  const [tone, state] = verdict(v);
  const whole = v.checked === v.size;
  const card = render({
    header: header('Audit log', tone, state),
    facts: [
      textFact('Entries', `${v.size}`),
      ...(v.newest ? [textFact('Newest', v.newest.intent, 60), timeFact('Written', new Date(v.newest.at))] : []),
      codeFact('Head', headText(v)),
      ...(isAll(v.days)
        ? []
        : [textFact('Days, in UTC', daysText(v.days)), textFact('Entries of these', `${v.within}${whole ? '' : ' so far'}`)]),
    ],
    notes: [
      ...(whole || v.flaw
        ? []
        : ['There are more entries than I can compute while you wait. An export is checked whole, by: npm run audit:verify']),
      ...(v.flaw ? ['It is an alert. Export the log as it is: the file names what was changed, to whoever checks it.'] : []),
      HOW_TO_EXPORT[v.export],
    ],
    canExport: v.export === 'here',
    id: `${v.days.from ?? ''}..${v.days.to ?? ''}`,
    hasLink: false,
    url: '',
  });
  return { card, summary: `Audit log: ${state}` };
}

/**
 * Instead of that, for the one who pressed: where the export is. Only in a personal chat.
 *
 * @throws RangeError for any other address than that of a ticket
 */
export function auditLinkCard(days: AuditDays, url: string, minutes: number): Rendered {
  if (!ADDRESS.test(url)) throw new RangeError('not the address of a ticket');
  const title = 'Export of the audit log';
  const card = render({
    header: header(title, 'accent', `Works once, for ${minutes} minutes`),
    facts: [textFact('Days, in UTC', daysText(days))],
    notes: [
      'Every entry is in it, so that all of the log can be checked; the text only of those days. The download itself is its last entry, in your name.',
      'Check it anywhere, without a network: npm run audit:verify -- FILE. Keep it: it proves later that nothing before it was changed.',
    ],
    canExport: false,
    id: '',
    hasLink: true,
    url,
  });
  return { card, summary: title };
}

function verdict({ size, checked, flaw }: AuditInput): [Parameters<typeof header>[1], string] {
  if (flaw) return ['attention', `The log was changed. ${flawWords(flaw)}`];
  if (checked < size) return ['warning', `The first ${checked} of ${size} entries are as they were written`];
  return ['good', size === 0 ? 'Nothing is written yet' : 'All entries are as they were written'];
}

const HOW_TO_EXPORT: Readonly<Record<AuditInput['export'], string>> = {
  here: 'Keep the head outside of Breakglass: whoever has it can prove later that nothing before it was changed.',
  'in-channel': 'To export it, write audit in your own chat with me: the link is for you alone.',
  'no-address': 'I have no web address here to export from. Whoever runs me can do it at the machine: npm run audit:export -- audit.jsonl',
};

const isAll = ({ from, to }: AuditDays): boolean => from === undefined && to === undefined;

function daysText(days: AuditDays): string {
  if (isAll(days)) return 'all';
  const { from = 'the first', to = 'the last' } = days;
  return from === to ? from : `${from} to ${to}`;
}
