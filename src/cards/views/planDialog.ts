import { canonicalJson, digestWords } from '../../core/digest.ts';
import { titleOf } from '../../core/request/title.ts';
import type { ChangeRequest, PlanStep } from '../../core/request/types.ts';
import { MOST_BYTES } from '../fit.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { cut, plain } from '../text.ts';

/** A line of a page: of people's or the tenant's text, so it stands in a TextRun. */
interface Line {
  readonly text: string;
  readonly font: 'Default' | 'Monospace';
  readonly size: 'Default' | 'Small';
  readonly weight: 'Default' | 'Bolder';
  readonly isSubtle: boolean;
}

/** What stands together: under a heading, or as one step. */
interface Block {
  readonly hasHeading: boolean;
  readonly heading: string;
  readonly spacing: 'Small' | 'Large';
  readonly lines: readonly Line[];
}

/** All that templates/planDialog.json names. */
interface PlanView {
  readonly header: Header;
  readonly words: string;
  readonly digest: string;
  readonly blocks: readonly Block[];
  readonly hasPrevious: boolean;
  readonly previous: string;
  readonly hasNext: boolean;
  readonly next: string;
}

/** Longer texts go on in a further line, so that any text fits on some page. */
const LINE_MOST = 1_200;
/** What head, digest and buttons of a page take of a card, and the markup of its lines does not. */
const PAGE_BYTES = MOST_BYTES - 4_000;

const render = template<PlanView>('planDialog');

/**
 * One page of everything that an approval is for, in full: first in words, then each write with its path and body, at last every field as it is
 * hashed. No text of it is ever shortened: what does not fit goes on on the next page.
 *
 * @param page from 1; beyond the last is the last
 */
export function planDialog({ id, plan, planDigest }: ChangeRequest, page: number): Rendered {
  const pages = paged([
    ...section('What', [titleOf(plan), `${plan.account.userPrincipalName} in ${plan.tenant.name} (${plan.tenant.id})`]),
    ...section('Why', [plan.reason]),
    ...section('Asked by', [plan.requester.name]),
    ...section(
      'Custodians',
      plan.custodians.map(({ name }) => name),
    ),
    ...section(
      'Owners',
      plan.owners.map(({ name }) => name),
    ),
    ...section('Who holds what afterwards', plan.holds),
    ...section('What cannot be undone', plan.irreversible),
    ...stepsOf('What will be done, each write in full', plan.steps),
    ...stepsOf('If it is given up half-way', plan.undo),
    { ...block('Every field, as it is hashed'), lines: lines(canonicalJson(plan), CODE) },
  ]);
  const at = Math.min(Math.max(page, 1), pages.length);
  const blocks = pages[at - 1] ?? [];
  const card = render({
    header: header('The full plan', 'emphasis', `${id}, version ${plan.version}: page ${at} of ${pages.length}`),
    words: digestWords(planDigest),
    digest: plain(planDigest, 64),
    blocks,
    hasPrevious: at > 1,
    previous: `${plain(id, 40)}:${at - 1}`,
    hasNext: at < pages.length,
    next: `${plain(id, 40)}:${at + 1}`,
  });
  return { card, summary: plain(`${id}: full plan, page ${at} of ${pages.length}`, 200) };
}

const TEXT = { font: 'Default', size: 'Default', weight: 'Default', isSubtle: false } as const;
const CODE = { font: 'Monospace', size: 'Small', weight: 'Default', isSubtle: true } as const;

const block = (heading: string): Block => ({ hasHeading: heading !== '', heading, spacing: heading === '' ? 'Small' : 'Large', lines: [] });

function section(heading: string, texts: readonly string[]): Block[] {
  return texts.length === 0 ? [] : [{ ...block(heading), lines: texts.flatMap((text) => lines(text, TEXT)) }];
}

function stepsOf(heading: string, steps: readonly PlanStep[]): Block[] {
  return steps.map(({ title, call }, index) => ({
    ...block(index === 0 ? heading : ''),
    lines: [
      ...lines(`${index + 1}. ${title}`, TEXT),
      ...(call
        ? lines(`${call.method} ${call.path}`, { ...CODE, weight: 'Bolder', isSubtle: false })
        : lines('writes nothing', { ...TEXT, size: 'Small', isSubtle: true })),
      ...(call?.body === undefined ? [] : lines(spaced(call.body), CODE)),
    ],
  }));
}

/** JSON in one line with blanks in it, so that it breaks between its parts. */
const spaced = (body: unknown): string => JSON.stringify(body, null, 1).replace(/\n\s*/g, ' ');

/** The whole of a text, made fit to be seen, in as many lines as it takes. */
function lines(text: string, look: Omit<Line, 'text'>): Line[] {
  const pieces: Line[] = [];
  for (let rest = plain(text, Number.POSITIVE_INFINITY); rest !== ''; ) {
    const { kept } = cut(rest, LINE_MOST);
    pieces.push({ ...look, text: kept });
    rest = rest.slice(kept.length);
  }
  return pieces;
}

/** Line by line onto pages that Teams takes. A block that is broken goes on without its heading. */
function paged(blocks: readonly Block[]): Block[][] {
  const pages: Block[][] = [[]];
  let used = 0;
  for (const { lines: all, ...rest } of blocks) {
    let open: Line[] | undefined;
    for (const line of all) {
      const bytes = Buffer.byteLength(JSON.stringify(line)) + LINE_MARKUP;
      if (used + bytes > PAGE_BYTES && used > 0) {
        pages.push([]);
        used = 0;
        open = undefined;
      }
      used += bytes;
      if (open) {
        open.push(line);
        continue;
      }
      const begun = all[0] !== line;
      open = [line];
      used += BLOCK_MARKUP;
      pages.at(-1)?.push({ ...rest, ...(begun ? block('') : {}), lines: open });
    }
  }
  return pages;
}

const LINE_MARKUP = 80;
const BLOCK_MARKUP = 220;
