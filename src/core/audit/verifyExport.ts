import { no, ok, type Result } from '../result.ts';
import { isDay, isWithin } from './days.ts';
import { type EntryBody, readBody } from './entry.ts';
import { EXPORT_FORMAT, EXPORT_INTENT, EXPORT_VERSION, type ExportEntry, type ExportHeader, entryLine, headerLine } from './exportFile.ts';
import { append, EMPTY_TREE, leafHash, rootOf } from './tree.ts';

/** A head that somebody kept outside: how many entries there were, and the root over them in base64. */
export interface KeptHead {
  readonly size: number;
  readonly root: string;
}

/** What is wrong with an export. Its words are ours alone: nothing of the file stands in them. */
export interface Problem {
  /** 1 is the header. */
  readonly line: number;
  readonly seq?: number;
  readonly words: string;
}

export interface Verdict {
  readonly header: ExportHeader;
  /** Which of the heads that were kept are a beginning of this log: all, or there is a problem. */
  readonly kept: readonly KeptHead[];
}

/** Takes the lines of a file in order. After the first problem nothing more is judged. */
export interface ExportVerifier {
  /** @returns whether to go on */
  line(text: string): boolean;
  /** @param whole whether the last line was ended, as an export ends every line */
  end(whole: boolean): Result<Verdict, Problem>;
}

/**
 * Checks an export with nothing but its lines (DA-1): every text against its leaf, all leaves against the root of the header, the header
 * against the entry of the export, which is the last, and every head that was kept against the tree as it was then. Keeps the edge of the
 * tree and no more, however long the log is.
 */
export function exportVerifier(heads: readonly KeptHead[] = []): ExportVerifier {
  const kept = [...heads].sort((one, other) => one.size - other.size);
  let tree = EMPTY_TREE;
  let lines = 0;
  let header: ExportHeader | undefined;
  let problem: Problem | undefined;
  let bodies = 0;
  let last: EntryBody | undefined;
  let held = 0;

  const wrong = (words: string, seq?: number): Problem => ({ line: lines, ...(seq === undefined ? {} : { seq }), words });
  /** Up to which entry the heads that were kept vouch for what was read. */
  const vouched = (): number => kept[held - 1]?.size ?? 0;

  function begin(text: string): Problem | undefined {
    const read = readHeader(text);
    if (!read.ok) return wrong(read.error);
    header = read.value;
    return compareHeads();
  }

  function take(text: string, { size, from, to }: ExportHeader): Problem | undefined {
    const seq = tree.size + 1;
    if (seq > size) return wrong(`The header says that the log has ${size} entries; here is one more.`, seq);
    const entry = readEntry(text);
    if (!entry) return wrong('This is no line of an export. A line of one is written in one way only, so it was changed.', seq);
    if (entry.seq !== seq) return wrong(outOfOrder(seq, entry.seq), seq);
    const leaf = Buffer.from(entry.leaf, 'base64');
    last = undefined;
    if (entry.body !== undefined) {
      if (!leafHash(Buffer.from(entry.body, 'utf8')).equals(leaf))
        return wrong('The text of this entry does not belong to its leaf: one of the two was changed.', seq);
      last = readBody(entry.body);
      if (!last) return wrong('The text of this entry is not that of an audit entry.', seq);
      if (last.seq !== seq) return wrong(`The text of this entry is that of entry ${last.seq}: entries were exchanged.`, seq);
      if (seq < size && !isWithin({ from, to }, last.at))
        return wrong('The text of this entry is of another day than the header says.', seq);
      bodies += 1;
    } else if (from === undefined && to === undefined) {
      return wrong('The text of this entry was taken out of the file.', seq);
    }
    tree = append(tree, leaf);
    return compareHeads();
  }

  /** A head that was kept is judged when as many entries have been read. */
  function compareHeads(): Problem | undefined {
    for (let head = kept[held]; head?.size === tree.size; head = kept[held]) {
      if (rootOf(tree).toString('base64') !== head.root) return wrong(notABeginning(head, vouched()), tree.size);
      held += 1;
    }
    return undefined;
  }

  function conclude({ size, root, ...told }: ExportHeader): Problem | undefined {
    if (tree.size < size)
      return wrong(`The file ends after ${tree.size} of ${size} entries: its tail was cut, or it was not downloaded to its end.`);
    if (rootOf(tree).toString('base64') !== root) return wrong(wrongRoot(vouched(), size));
    const own = headerOf(last, size, root);
    if (!own) return wrong('The last entry is not that of an export, with which every export ends.', size);
    if (headerLine(own) !== headerLine({ size, root, ...told }))
      return wrong('The header does not say what the last entry says of this export: it was changed.', size);
    if (told.bodies !== bodies) return wrong(`The texts of ${told.bodies} entries were exported, and ${bodies} are here.`);
    const beyond = kept[held];
    return (
      beyond && wrong(`You kept a head of ${beyond.size} entries, and this log has only ${size}: it was cut, or this export is older.`)
    );
  }

  return {
    line(text) {
      lines += 1;
      problem ??= header ? take(text, header) : begin(text);
      return problem === undefined;
    },
    end(whole) {
      if (!whole) problem ??= { ...wrong('The file ends in the middle of a line.', header && tree.size + 1), line: lines + 1 };
      if (problem) return no(problem);
      if (!header) return no({ line: 1, words: 'The file is empty.' });
      const found = conclude(header);
      return found ? no(found) : ok({ header, kept });
    },
  };
}

function readHeader(text: string): Result<ExportHeader, string> {
  const value = parsed(text);
  if (!value) return no('The first line is not JSON, so this is no export of an audit log.');
  if (value.format !== EXPORT_FORMAT) return no('The first line does not say that this is an export of an audit log of Breakglass.');
  if (value.version !== EXPORT_VERSION)
    return no(`This export is written in another version of the format than ${EXPORT_VERSION}, which is all I know.`);
  const { size, root, from, to, bodies, exportedAt, exportedBy } = value;
  const said =
    isCount(size) &&
    isHash(root) &&
    (from === undefined || (typeof from === 'string' && isDay(from))) &&
    (to === undefined || (typeof to === 'string' && isDay(to))) &&
    isCount(bodies) &&
    isShort(exportedAt) &&
    isShort(exportedBy);
  if (!said || headerLine(value as unknown as ExportHeader) !== text)
    return no('The first line is not as an export writes it: it was changed.');
  return ok({ size, root, from, to, bodies, exportedAt, exportedBy });
}

function readEntry(text: string): ExportEntry | undefined {
  const value = parsed(text);
  if (!value) return undefined;
  const { seq, leaf, body } = value;
  if (!isCount(seq) || !isHash(leaf) || !(body === undefined || typeof body === 'string')) return undefined;
  const entry = { seq, leaf, ...(body === undefined ? {} : { body }) };
  return entryLine(entry) === text ? entry : undefined;
}

/** The header that the entry of an export stands for. */
function headerOf(entry: EntryBody | undefined, size: number, root: string): ExportHeader | undefined {
  if (entry?.intent !== EXPORT_INTENT || !entry.details) return undefined;
  const { from = '', to = '', bodies } = entry.details;
  const days = { ...(from === '' ? {} : { from: String(from) }), ...(to === '' ? {} : { to: String(to) }) };
  return { size, root, ...days, bodies: Number(bodies), exportedAt: entry.at, exportedBy: entry.actor };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** An instant or an id: what is printed of it does nothing to a terminal. */
const isShort = (value: unknown): value is string => typeof value === 'string' && /^[\w:.-]{1,80}$/.test(value);
/** 32 bytes in base64, written as they are written. */
export const isHash = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(value) && Buffer.from(value, 'base64').toString('base64') === value;

const outOfOrder = (seq: number, found: number): string =>
  found > seq
    ? `Entry ${found} stands where entry ${seq} belongs: entries were taken out, or exchanged.`
    : `Entry ${found} stands where entry ${seq} belongs: entries were put in twice, or exchanged.`;

const notABeginning = ({ size }: KeptHead, good: number): string =>
  `The first ${size} entries are not those whose root you kept: an entry ${good > 0 ? `after ${good} ` : ''}was changed after that root was told.`;

const wrongRoot = (good: number, size: number): string =>
  good > 0
    ? `The leaves do not have the root that the header says. Up to entry ${good} they have the root you kept, so the change is between ${good + 1} and ${size}.`
    : 'The leaves do not have the root that the header says: a leaf or the root was changed. A root you kept narrows down where.';
