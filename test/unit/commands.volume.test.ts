import fc from 'fast-check';
import { type Parsed, parse } from '../../src/bot/grammar.ts';

const WORDS = ['help', 'create', 'requests', 'accounts', 'validate', 'status', 'whoami'];
const MENTION = '<at>Breakglass</at>';
const MOST = 28 * 1024;
/** Mutation testing runs all this hundreds of times, and its instruments take time of their own. */
const UNDER_MUTATION = process.env.STRYKER_MUTATOR_WORKER !== undefined;
const LIMIT_MS = 5;

const read = (text: string): Parsed => parse({ text, mentions: [MENTION] }, WORDS);

/** The least of a few: what other processes take away from us is no property of the parser. */
function leastMs(work: () => unknown, tries: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const began = performance.now();
    work();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

const PIECES = [
  ...WORDS,
  ...[
    MENTION,
    '<at>',
    '</at>',
    '<at>Ann</at>',
    '&nbsp;',
    '\u00a0',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r',
    '\u2028',
    '\0',
    '\u200b',
    '\u202e',
    '\ufeff',
  ],
  ...[
    'not',
    'do not',
    '"',
    "'",
    '`',
    '>',
    '@',
    '/',
    '-',
    '!',
    'а',
    'е',
    'ｈelp',
    'ſ',
    'K',
    'İ',
    '\u0301',
    '\uD800',
    '\uDC00',
    '𝕏',
    'contoso',
    'x',
  ],
];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 40 })).map(([word, rest]) => `${word} ${rest}`),
  // What would be a command if it were not too long: blanks count.
  fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom(' ', '\u00a0', '&nbsp;'), fc.integer({ min: 900, max: 1_100 }))
    .map(([word, blank, length]) => {
      return `${word}${blank.repeat(Math.ceil(length / blank.length))}x`;
    }),
  fc
    .tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: MOST }))
    .map(([piece, length]) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)),
);

/** The grammar once more, as a sentence: mention and blanks taken away, one line of a known word and an argument of at most 120 characters. */
function isCommand(text: string): boolean {
  if (text.length > 1_000 || !text.isWellFormed()) return false;
  const line = text.replaceAll(MENTION, ' ').replaceAll('&nbsp;', ' ').trim();
  const [, word, rest = ''] = /^([A-Za-z]+)(?:[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+(.*))?$/su.exec(line) ?? [];
  if (word === undefined || !WORDS.includes(word.toLowerCase())) return false;
  return (
    rest.replace(/[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+/gu, ' ').length <= 120 && !/[\n\r\u0085\u2028\u2029\0]/u.test(rest)
  );
}

test.each([1, 2])(
  'CM-1 CM-2: 25,000 command strings up to 28 KB, part %i: a command or none, as the grammar says, each within 5 ms',
  (part) => {
    let slowest = 0;
    fc.assert(
      fc.property(hostile, (text) => {
        let ms = leastMs(() => read(text), 1);
        if (ms > LIMIT_MS) ms = leastMs(() => read(text), 5);
        slowest = Math.max(slowest, ms);
        expect({ text, command: read(text).kind === 'command' }).toEqual({ text, command: isCommand(text) });
      }),
      { numRuns: UNDER_MUTATION ? 3_000 : 25_000, seed: 20_261_122 + part },
    );
    expect(slowest).toBeLessThanOrEqual(LIMIT_MS);
  },
  60_000,
);

/** Texts of any length that make a careless grammar go back and forth. */
const GROWING: readonly [string, (length: number) => string][] = [
  ['blanks', (length) => ' '.repeat(length)],
  ['no-break blanks and an end', (length) => `${'\u00a0'.repeat(length - 1)}x`],
  ['begun mentions', (length) => '<at>'.repeat(length / 4)],
  ['mentions', (length) => MENTION.repeat(length / MENTION.length)],
  ['&nbsp;', (length) => '&nbsp;'.repeat(length / 6)],
  ['one letter', (length) => 'a'.repeat(length)],
  ['a word and blanks', (length) => `help${' '.repeat(length - 5)}x`],
  ['nearly a word, and words', (length) => `creat ${'x '.repeat(length / 2 - 3)}`],
];

// At 1×, 2×, 4× and 8×, up to the longest text that is read at all, and up to the longest that Teams sends.
(UNDER_MUTATION ? test.skip : test).each(GROWING)('CM-2: the time grows no faster than the text: %s', (_name, make) => {
  for (const longest of [1_000, MOST]) {
    const texts = [1, 2, 4, 8].map((times) => make((longest / 8) * times));
    // A ratio of small times is noise on a busy machine, so it may be taken again; a parser that grows with the square is at 64 every time.
    const growth = (): number => {
      const [base = 0, ...others] = texts.map((text) => leastMs(() => repeat(200, () => read(text)), 5));
      return Math.max(...others.map((ms, index) => ms / (Math.max(base, 0.05) * 2 ** (index + 1))));
    };
    const ratios: number[] = [];
    while (ratios.length < 5 && (ratios.at(-1) ?? Number.POSITIVE_INFINITY) > 2) ratios.push(growth());
    expect(Math.min(...ratios)).toBeLessThanOrEqual(2);
  }
});

function repeat(times: number, work: () => unknown): void {
  for (let index = 0; index < times; index += 1) work();
}
