import fc from 'fast-check';
import { template } from '../../src/cards/render.ts';
import { inert, plain } from '../../src/cards/text.ts';
import { cardsWith } from './cardsWith.ts';
import { faultsOf } from './rules.ts';
import { isPlaceForPeople, nodesOf, skeleton } from './walk.ts';

const PLAIN = cardsWith(() => 'word').map(({ card }) => skeleton(card));
const structureOf = (text: string) => cardsWith(() => text).map(({ card }) => skeleton(card));

const ATTACKS = [
  '${1+1}',
  '$${reason}',
  '${$root}',
  '${',
  '{{DATE(2026-01-01T00:00:00Z)}}',
  '[Approve here](https://evil.example)',
  '**bold** _it_ `code` # head',
  '<at>Ann Archer</at>',
  '<img src=x onerror=alert(1)>',
  '","type":"Action.OpenUrl","url":"https://evil.example',
  '\u202Egnp.exe',
  'a\u200Bb\u2066c\u0000d\u001b[31m',
  'x\n\n\n\n\r\n\u2028y',
  `a${'\u0301'.repeat(500)}`,
  '\uD800 alone \uDC00',
  '𝕏'.repeat(4000),
  '漢'.repeat(4000),
  '\u202E'.repeat(4000),
  '123',
  'true',
  'null',
  '',
];

// No text at all may leave its line out; every other text only fills it.
test.each(ATTACKS.filter((text) => text !== '').map((text) => ({ name: JSON.stringify(text.slice(0, 40)), text })))(
  'CM-3, CM-4: $name changes nothing but text: same elements, actions, links and mentions',
  ({ text }) => {
    expect(structureOf(text)).toEqual(PLAIN);
  },
);

test('CM-4: the same for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (text) => {
      expect(structureOf(text)).toEqual(PLAIN);
    }),
    { numRuns: 40 },
  );
});

test.each(ATTACKS.map((text) => ({ name: JSON.stringify(text.slice(0, 40)), text })))(
  'CM-5, CM-6: with $name every card stays valid and small',
  ({ text }) => {
    for (const { card } of cardsWith(() => text)) expect(faultsOf(card)).toEqual([]);
  },
);

test('CM-3: what people write stands in TextRuns, values of inputs and inert choices only; and everywhere it is expected', () => {
  const marker = 'MARKERofPEOPLE';
  for (const { card } of cardsWith(() => marker)) {
    let found = 0;
    for (const { path, node } of nodesOf(card)) {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value !== 'string' || !value.includes(marker)) continue;
        found += 1;
        expect({ at: `${path}.${key}`, allowed: isPlaceForPeople(node.type, key, path) }).toEqual({ at: `${path}.${key}`, allowed: true });
      }
    }
    expect(found).toBeGreaterThan(0);
  }
});

test('CM-3: text that looks like an expression or a date call stays exactly that', () => {
  const json = JSON.stringify(cardsWith(() => '${1+1} and 7').map(({ card }) => card));
  expect(json).toContain('＄{1+1} and 7');
  expect(json).not.toContain('2 and 7');
});

test('CM-3: data is never read as an expression, even if it came there as it was written: there is one expansion', () => {
  const text = '${1+1} ${$root} {{DATE(2026-01-01T00:00:00Z)}}';
  expect(JSON.stringify(template<{ readonly text: string }>('banner')({ text }))).toContain(text);
});

describe('plain', () => {
  test('CM-5: shows what cannot be seen, as code points', () => {
    expect(plain('a\u202Eb\u200Bc\u0007')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩');
    expect(plain('x\r\ny')).toBe('x ↵ y');
    expect(plain('\uDBFF')).toBe('⟨U+DBFF⟩');
  });

  test('CM-5: bounds length and says what was cut; bounds height by marks', () => {
    expect(plain('abcdef', 4)).toBe('abcd… [cut: 2 more characters]');
    expect(plain(`e${'\u0301'.repeat(9)}`)).toBe(`e${'\u0301'.repeat(3)}⟨6 marks⟩`);
  });

  test('CM-3: refuses what is not a string', () => {
    for (const value of [1, {}, [], null, undefined, true]) expect(() => plain(value)).toThrow('must be a string');
  });

  test('for any text: nothing unseen, no template, bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const shown = plain(text, 200);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u);
        expect(shown).not.toContain('${');
        expect(shown.length).toBeLessThan(250);
      }),
    );
  });
});

test('CM-4: in the title of a choice, where Markdown may be read, no character that Markdown or HTML acts on is left', () => {
  for (const text of ATTACKS) expect(inert(text)).not.toMatch(/[#$&*<>[\\\]^_`{|}~]/);
  expect(inert('[Ann](https://evil.example) **b** `c`')).toBe('［Ann］(https://evil.example) ＊＊b＊＊ ｀c｀');
  expect(inert('Ann Archer, ann.archer@contoso.example')).toBe('Ann Archer, ann.archer@contoso.example');
});
