/** One message is one command or none (CM-1). */
export type Parsed =
  | { readonly kind: 'command'; readonly word: string; readonly rest: string }
  | { readonly kind: 'unknown'; readonly typed: string; readonly nearest?: string }
  /** Only a mention, or nothing at all. */
  | { readonly kind: 'empty' };

export interface Typed {
  readonly text: string;
  /** The mention of the bot, as it stands in the text: `<at>Breakglass</at>`. */
  readonly mentions?: readonly string[];
  /** The message answers another one and quotes it. */
  readonly quotes?: boolean;
}

const MAX_TEXT = 1_000;
const MAX_REST = 120;
const MAX_ECHO = 60;
/** Longer words are compared with nothing: that takes time in the square of their length. */
const MAX_NEAR = 20;
/** A little more than ECMAScript's own white space: what Teams puts in for typed blanks. Line breaks are not blanks here. */
const BLANKS = /[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+/gu;

/**
 * Reads a message. The first word must be a command, letter by letter (ASCII, case ignored); the rest is its argument. Whatever else it
 * is (a quote, several lines, a sentence with a command in it, a look-alike letter) is no command. Linear in the length of the text.
 *
 * @param words the commands there are, in lower case
 */
export function parse(typed: Typed, words: readonly string[]): Parsed {
  if (typed.text.length > MAX_TEXT) return { kind: 'unknown', typed: echo(typed.text) };
  const text = normalise(typed);
  if (text === '') return { kind: 'empty' };
  const blank = text.indexOf(' ');
  const first = blank === -1 ? text : text.slice(0, blank);
  const rest = blank === -1 ? '' : text.slice(blank + 1);
  // ASCII before lower case: the Kelvin sign becomes a plain k in lower case, and in NFC too.
  // Stryker disable next-line StringLiteral: any text would do that is no command and near to none
  const word = /^[A-Za-z]+$/.test(first) ? first.toLowerCase() : '';
  const plain = !typed.quotes && !/[\n\r\u0085\u2028\u2029\0]/u.test(text) && text.isWellFormed() && rest.length <= MAX_REST;
  if (plain && words.includes(word)) return { kind: 'command', word, rest: rest.normalize('NFC') };
  const near = word.length > MAX_NEAR ? undefined : nearest(word, words);
  return { kind: 'unknown', typed: echo(text), ...(near === undefined ? {} : { nearest: near }) };
}

// Stryker disable next-line ArrayDeclaration: a mention that does not stand in the text takes nothing away
function normalise({ text, mentions = [] }: Typed): string {
  let plain = text;
  for (const mention of mentions) if (mention !== '') plain = plain.replaceAll(mention, ' ');
  return plain.replaceAll('&nbsp;', ' ').replace(BLANKS, ' ').trim();
}

const echo = (text: string): string => text.slice(0, MAX_ECHO).toWellFormed();

/** The command that is at most two letters off, if exactly typed it would have been one. */
function nearest(word: string, words: readonly string[]): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of words) {
    const distance = editDistance(word, candidate);
    if (distance <= Math.min(2, candidate.length - 1) && (!best || distance < best.distance)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** Levenshtein distance; both words are short. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    // Stryker disable next-line EqualityOperator: a column too many at the end of the table is never read
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
