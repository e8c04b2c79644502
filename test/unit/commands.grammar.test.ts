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
  const started = performance.now();
  for (const text of [
    ' '.repeat(250_000),
    '<at>'.repeat(60_000),
    '&nbsp;'.repeat(40_000),
    'a'.repeat(250_000),
    '\u00a0\n'.repeat(120_000),
  ]) {
    expect(read(text, { mentions }).kind).not.toBe('command');
  }
  expect(performance.now() - started).toBeLessThan(500);
});
