import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The one text of a JSON value: RFC 8785 (JSON Canonicalization Scheme, 2020-06). Throws on what JSON cannot say. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256 of the canonical text, 64 lower-case hex digits. */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aiou';

/**
 * The first 96 bits of a digest as six short words that two people can compare by voice: one proquint per 16 bits
 * (D. S. Wilkerson, "A Proposal for Proquints", arXiv 0901.4016).
 *
 * @param digest at least 24 hex digits
 */
export function digestWords(digest: string): string {
  const letter = (alphabet: string, index: number): string => alphabet.charAt(index);
  return [0, 4, 8, 12, 16, 20]
    .map((start) => {
      const bits = Number.parseInt(digest.slice(start, start + 4), 16);
      return (
        letter(CONSONANTS, bits >> 12) +
        letter(VOWELS, (bits >> 10) & 3) +
        letter(CONSONANTS, (bits >> 6) & 15) +
        letter(VOWELS, (bits >> 4) & 3) +
        letter(CONSONANTS, bits & 15)
      );
    })
    .join(' ');
}
