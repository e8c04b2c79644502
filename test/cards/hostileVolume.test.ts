import fc from 'fast-check';
import { cardsWith } from './cardsWith.ts';
import { skeleton } from './walk.ts';

/** Pieces that have done harm somewhere: templates, Markdown, HTML, JSON, mentions, directions, controls, lone surrogates, marks. */
const PIECES = [
  ...[
    '${',
    '}',
    '$$',
    '{{',
    '$root',
    '$data',
    '${json("{}")}',
    '${if(1,2,3)}',
    '{{DATE(2026-01-01T00:00:00Z, SHORT)}}',
    '$when',
    '$include',
  ],
  ...[
    '[x](https://evil.example)',
    '![x](https://evil.example/i.png)',
    '**',
    '__',
    '`',
    '# ',
    '- ',
    '1. ',
    '> ',
    '|',
    '\\',
    '<at>Ann</at>',
    '&nbsp;',
  ],
  ...[
    '<img src=x onerror=alert(1)>',
    '</at>',
    '","type":"Action.OpenUrl","url":"https://evil.example',
    '"',
    "'",
    '\n',
    '\r\n',
    '\t',
    '\u2028',
  ],
  ...[
    '\u202E',
    '\u2066',
    '\u200B',
    '\u200D',
    '\uFEFF',
    '\u0000',
    '\u001b[31m',
    '\u0007',
    '\uD800',
    '\uDC00',
    '\u0301\u0301\u0301\u0301',
    '\u{E0041}',
    '\u{1F468}\u200D\u{1F469}',
  ],
  ...['https://evil.example', 'mailto:a@evil.example', 'javascript:alert(1)', 'Approve', 'true', 'null', '0', ' ', '漢', '𝕏', 'é'],
];
const hostileText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 400 })).map(([piece, times]) => piece.repeat(times)),
);

/** A card of each kind, each field with the next text of the list. */
function structureWith(texts: readonly string[]): { readonly structure: string; readonly used: number } {
  let used = 0;
  const cards = cardsWith(() => {
    used += 1;
    return texts[used % texts.length] ?? '';
  });
  return { structure: JSON.stringify(cards.map(({ card }) => skeleton(card))), used };
}

const TEXTS_A_ROUND = 100;
const ROUNDS = 125;
const PARTS = 4;
const { structure: plain, used } = structureWith(['word']);

// Four tests of 12,500 texts each, with seeds of their own, so that none takes long.
test.each(Array.from({ length: PARTS }, (_, index) => index + 1))(
  'CM-3 CM-4: 12,500 hostile names and reasons, part %i: the structure of every card is that with plain text',
  (part) => {
    expect(used).toBeGreaterThanOrEqual(TEXTS_A_ROUND); // each text of a round stands on at least one card
    expect(TEXTS_A_ROUND * ROUNDS * PARTS).toBeGreaterThanOrEqual(50_000);
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: TEXTS_A_ROUND, maxLength: TEXTS_A_ROUND }), (texts) => {
        expect(structureWith(texts).structure).toBe(plain);
      }),
      { numRuns: ROUNDS, seed: 20_261_122 + part },
    );
  },
  60_000,
);
