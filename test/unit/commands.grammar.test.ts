import fc from 'fast-check';
import { parse } from '../../src/bot/grammar.ts';

const WORDS = ['help', 'create', 'requests', 'accounts', 'validate', 'status', 'whoami'];
const read = (text: string, more: { mentions?: string[]; quotes?: boolean } = {}) => parse({ text, ...more }, WORDS);
const word = fc.constantFrom(...WORDS);

describe('CM-1: one strict grammar', () => {
  test('a command is its exact word, case ignored, and the rest is its argument', () => {
    expect(read('help')).toEqual({ kind: 'command', word: 'help', rest: '' });
    expect(read('  CREATE   fabrikam-b2c ')).toEqual({ kind: 'command', word: 'create', rest: 'fabrikam-b2c' });
  });

  test('the mention of the bot, &nbsp; and no-break blanks are taken away', () => {
    const mentions = ['<at>Breakglass</at>'];
    expect(read('<at>Breakglass</at>&nbsp;create\u00a0contoso\n', { mentions })).toEqual({
      kind: 'command',
      word: 'create',
      rest: 'contoso',
    });
    expect(read('<at>Breakglass</at>', { mentions })).toEqual({ kind: 'empty' });
  });

  test('a mention of anybody else is not taken away', () => {
    expect(read('<at>Ann</at> help', { mentions: ['<at>Breakglass</at>'] }).kind).toBe('unknown');
  });

  test('a typing mistake gets the nearest command, and does nothing', () => {
    expect(read('creat contoso')).toEqual({ kind: 'unknown', typed: 'creat contoso', nearest: 'create' });
    expect(read('hello there')).toMatchObject({ kind: 'unknown' });
  });

  test('an answer that quotes, several lines, and very long text are no command', () => {
    expect(read('create contoso', { quotes: true }).kind).toBe('unknown');
    expect(read('create\ncontoso').kind).toBe('unknown');
    expect(read(`create ${'x'.repeat(200)}`).kind).toBe('unknown');
    expect(read('help'.padEnd(5_000, ' x')).kind).toBe('unknown');
  });

  test.each(['\n', '\r', '\u0085', '\u2028', '\u2029', '\0'])(
    'a line break or NUL (%j) in an argument makes it no command',
    (character) => {
      expect(read(`create contoso${character}help`).kind).toBe('unknown');
      expect(read('create contoso help').kind).toBe('command');
    },
  );

  test('look-alike letters never match, nor letters that only become equal in lower case or NFC', () => {
    for (const text of ['hеlp', 'ｈelp', 'he\u200blp', 'help\u200b', 'statuſ', 'whoamı', 'h\u0435lp', 'accounts\u0301']) {
      expect(read(text).kind).toBe('unknown');
    }
    expect(parse({ text: '\u212aill' }, ['kill']).kind).toBe('unknown');
  });

  test('whatever stands before the word makes it no command: negations, quotes, sentences', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('not', 'do not', "don't", '>', '"', "'", '`', 'please', '@', '-', '/', '!'),
        word,
        fc.constantFrom('', ' '),
        (before, command, blank) => {
          expect(read(`${before}${blank}${command}`).kind).toBe('unknown');
        },
      ),
    );
  });

  test('only exact words: for any text, a command comes out only if its first word is one', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.string(),
          fc.tuple(word, fc.string()).map(([a, b]) => a + b),
        ),
        (text) => {
          const parsed = read(text);
          if (parsed.kind !== 'command') return;
          const first = text.replaceAll('&nbsp;', ' ').trim().split(/\s/u)[0] ?? '';
          expect(first.toLowerCase()).toBe(parsed.word);
          expect(/^[A-Za-z]+$/.test(first)).toBe(true);
          expect(parsed.rest.isWellFormed() && !/[\n\r\0]/.test(parsed.rest)).toBe(true);
        },
      ),
    );
  });
});

test('CM-2: reading takes no longer than the text is long', () => {
  const mentions = ['<at>Breakglass</at>'];
  // Of the processor: what other processes take away from us is no property of the reader.
  const started = process.cpuUsage();
  for (const text of [
    ' '.repeat(250_000),
    '<at>'.repeat(60_000),
    '&nbsp;'.repeat(40_000),
    'a'.repeat(250_000),
    '\u00a0\n'.repeat(120_000),
  ]) {
    expect(read(text, { mentions }).kind).not.toBe('command');
  }
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(500);
});

describe('CM-1: what is no command gets a hint at most', () => {
  const near = (text: string, words: readonly string[] = WORDS) => parse({ text }, words);

  test('a word with anything but letters in it is near to nothing', () => {
    for (const text of ['help1', '1help', 'help!', 'he_lp', 'help-me', '.help']) {
      expect(near(text)).toStrictEqual({ kind: 'unknown', typed: text });
    }
    expect(near('zzzzzz')).toStrictEqual({ kind: 'unknown', typed: 'zzzzzz' });
  });

  test('an argument has at most 120 characters', () => {
    expect(near(`create ${'x'.repeat(120)}`)).toEqual({ kind: 'command', word: 'create', rest: 'x'.repeat(120) });
    expect(near(`create ${'x'.repeat(121)}`).kind).toBe('unknown');
  });

  test('a text of more than 1,000 characters is not read at all, whatever would be left of it', () => {
    expect(near('help'.padEnd(1_000, ' '))).toEqual({ kind: 'command', word: 'help', rest: '' });
    expect(near('help'.padEnd(1_001, ' ')).kind).toBe('unknown');
  });

  test('CM-2: a word of more than 20 letters is compared with nothing', () => {
    expect(near('a'.repeat(20), ['a'.repeat(19)])).toMatchObject({ nearest: 'a'.repeat(19) });
    expect(near('a'.repeat(21), ['a'.repeat(20)])).toStrictEqual({ kind: 'unknown', typed: 'a'.repeat(21) });
  });

  test('60 characters of it are shown, and no half of one', () => {
    expect(near('y'.repeat(200))).toStrictEqual({ kind: 'unknown', typed: 'y'.repeat(60) });
    expect(near('y'.repeat(5_000))).toStrictEqual({ kind: 'unknown', typed: 'y'.repeat(60) });
    expect(near(`${'y'.repeat(59)}𝕏`)).toStrictEqual({ kind: 'unknown', typed: `${'y'.repeat(59)}\ufffd` });
  });

  test('what stands on both sides of a mention or a blank does not become one word', () => {
    for (const text of ['he<at>Breakglass</at>lp', 'he&nbsp;lp', 'who\u00a0ami'])
      expect(read(text, { mentions: ['<at>Breakglass</at>'] }).kind).toBe('unknown');
  });

  test('a mention without text takes nothing away', () => {
    expect(read('help', { mentions: [''] })).toEqual({ kind: 'command', word: 'help', rest: '' });
  });

  test('a short word is near only if a letter of it is right; of equally near ones the first is meant', () => {
    expect(near('xo', ['go'])).toMatchObject({ nearest: 'go' });
    expect(near('xx', ['go'])).toStrictEqual({ kind: 'unknown', typed: 'xx' });
    expect(near('hat', ['cat', 'bat'])).toMatchObject({ nearest: 'cat' });
    expect(near('helpp', ['helm', 'help'])).toMatchObject({ nearest: 'help' });
  });

  test('the nearest is the one with the fewest letters added, taken away or changed, two at most', () => {
    /** Levenshtein distance as it is defined, without a table. */
    const distance = (a: string, b: string): number => {
      if (a === '' || b === '') return a.length + b.length;
      const [x, y] = [a.slice(1), b.slice(1)];
      return a[0] === b[0] ? distance(x, y) : 1 + Math.min(distance(x, b), distance(a, y), distance(x, y));
    };
    const letters = (minLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength, maxLength: 5 });
    fc.assert(
      fc.property(letters(1), fc.uniqueArray(letters(3), { minLength: 1, maxLength: 4 }), (word, words) => {
        fc.pre(!words.includes(word));
        const distances = words.map((candidate) => distance(word, candidate));
        const least = Math.min(...distances);
        expect(near(word, words)).toStrictEqual({
          kind: 'unknown',
          typed: word,
          ...(least <= 2 ? { nearest: words[distances.indexOf(least)] } : {}),
        });
      }),
      { numRuns: 1_000 },
    );
  });
});
