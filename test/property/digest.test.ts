import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digestOf, digestWords } from '../../src/core/digest.ts';

/** The same value with every object's keys in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

describe('the digest of a plan', () => {
  test('AP-3: does not depend on the order of keys', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(digestOf(shuffled(value))).toBe(digestOf(value))));
  });

  test('AP-3: differs for different values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.jsonValue({ noUnicodeString: false }), (a, b) => {
        expect(digestOf(a) === digestOf(b)).toBe(canonicalJson(a) === canonicalJson(b));
      }),
    );
  });

  test('is written as RFC 8785 shows in its section 3.2.2 and 3.2.3', () => {
    const example = {
      numbers: [JSON.parse('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('becomes six words that can be said, as the published proquints', () => {
    // 127.0.0.1, 63.84.220.193 and 140.98.193.141 as the proposal writes them (arXiv 0901.4016).
    expect(digestWords('7f0000013f54dcc18c62c18d')).toBe('lusab babad gutih tugad mudof sakat');
  });
});
