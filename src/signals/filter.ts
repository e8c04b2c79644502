/** Says whether bytes may hold anything that is looked for. `false` is certain, `true` is to be looked into. */
export type Prefilter = (bytes: Uint8Array) => boolean;

/**
 * Every `STRIDE` bytes one window of eight is looked at. A needle of `SHORTEST` bytes or more holds at least one whole window, wherever it
 * lies, so nothing that is looked for is passed by; and half of the bytes are not read at all.
 */
const STRIDE = 16;
const WINDOW = 8;
/** In words of four bytes. */
const STEP = STRIDE / 4;
export const SHORTEST = STRIDE + WINDOW - 1;

/** ASCII letters in one case; of other bytes two may fall together, which costs a second look and no more. */
const FOLD = 0x20;
const FOLD_WORD = 0x20202020;

/** Bits for every window of a needle: one window of unrelated text in 64 is looked at again, at most. */
const BITS_PER_WINDOW = 64;

/**
 * A search for thousands of texts at once in the raw bytes of events, without parsing (data.md section 4). Sound whatever the order of keys,
 * blanks, letter case, the fields that hold them, `records` arrays, lines, byte order marks and truncation. Characters that are written as
 * escapes hide a needle from it: bytes with escapes that could (`\u0061`, not `\u0027`) count as a find.
 *
 * @param needles printable ASCII, each at least `SHORTEST` characters; one with a slash comes in two forms, as JSON may write `/` as `\/`
 */
export function prefilter(needles: readonly string[]): Prefilter {
  const table = new Windows(needles);
  return (bytes) => isOpaque(bytes) || table.findIn(bytes) || hidesByEscapes(bytes);
}

/** Windows of needles, as a set of bits that is asked first, and a map that is asked then. */
class Windows {
  readonly #shift: number;
  readonly #bits: Int32Array;
  readonly #secondBits: Int32Array;
  readonly #bySlot = new Map<number, { readonly needle: Uint8Array; readonly offset: number }[]>();

  constructor(needles: readonly string[]) {
    const width = Math.min(26, Math.max(15, Math.ceil(Math.log2(needles.length * STRIDE * BITS_PER_WINDOW + 1))));
    this.#shift = 32 - width;
    this.#bits = new Int32Array(2 ** (width - 5));
    this.#secondBits = new Int32Array(this.#bits.length);
    for (const text of needles) this.#add(text);
  }

  #add(text: string): void {
    if (text.length < SHORTEST || !/^[ -~]+$/.test(text)) throw new RangeError('a needle is too short or is no plain ASCII');
    const needle = Uint8Array.from(text, (character) => character.charCodeAt(0) | FOLD);
    // The last ones: texts begin with words that stand everywhere, and differ towards their ends.
    for (let offset = text.length - SHORTEST; offset < text.length - WINDOW + 1; offset += 1) {
      const [low = 0, high = 0] = new Int32Array(needle.slice(offset, offset + WINDOW).buffer);
      const slot = slotOf(low, high, this.#shift);
      const second = slotOf(high, low, this.#shift);
      this.#bits[slot >>> 5] = (this.#bits[slot >>> 5] as number) | (1 << slot);
      this.#secondBits[second >>> 5] = (this.#secondBits[second >>> 5] as number) | (1 << second);
      this.#bySlot.set(slot, [...(this.#bySlot.get(slot) ?? []), { needle, offset }]);
    }
  }

  /** Four windows at a time, because a branch costs more than a look-up. */
  findIn(bytes: Uint8Array): boolean {
    const first = -bytes.byteOffset & 3;
    const count = (bytes.length - first) >> 2;
    if (count < 2) return false;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + first, count);
    const bits = this.#bits;
    const shift = this.#shift;
    let at = 0;
    for (; at < count - 1 - 3 * STEP; at += 4 * STEP) {
      const one = slotOf(wordAt(words, at), wordAt(words, at + 1), shift);
      const two = slotOf(wordAt(words, at + STEP), wordAt(words, at + STEP + 1), shift);
      const three = slotOf(wordAt(words, at + 2 * STEP), wordAt(words, at + 2 * STEP + 1), shift);
      const four = slotOf(wordAt(words, at + 3 * STEP), wordAt(words, at + 3 * STEP + 1), shift);
      const any = bitOf(bits, one) | bitOf(bits, two) | bitOf(bits, three) | bitOf(bits, four);
      if ((any & 1) === 0) continue;
      if (this.#isAt(bytes, words, at, one) || this.#isAt(bytes, words, at + STEP, two)) return true;
      if (this.#isAt(bytes, words, at + 2 * STEP, three) || this.#isAt(bytes, words, at + 3 * STEP, four)) return true;
    }
    for (; at < count - 1; at += STEP) {
      if (this.#isAt(bytes, words, at, slotOf(wordAt(words, at), wordAt(words, at + 1), shift))) return true;
    }
    return false;
  }

  /** The map is asked last: to miss in it is dear. */
  #isAt(bytes: Uint8Array, words: Int32Array, at: number, slot: number): boolean {
    if ((bitOf(this.#bits, slot) & 1) === 0) return false;
    const second = slotOf(wordAt(words, at + 1), wordAt(words, at), this.#shift);
    if ((bitOf(this.#secondBits, second) & 1) === 0) return false;
    const byte = (-bytes.byteOffset & 3) + at * 4;
    for (const { needle, offset } of this.#bySlot.get(slot) ?? []) {
      const start = byte - offset;
      if (start < 0 || start + needle.length > bytes.length) continue;
      let index = 0;
      while (index < needle.length && ((bytes[start + index] ?? 0) | FOLD) === needle[index]) index += 1;
      if (index === needle.length) return true;
    }
    return false;
  }
}

/** A word within the bounds, folded. */
const wordAt = (words: Int32Array, at: number): number => (words[at] as number) | FOLD_WORD;

/** The bit of a slot, in the lowest place; above it is anything. */
const bitOf = (bits: Int32Array, slot: number): number => (bits[slot >>> 5] as number) >>> slot;

/** Multiplicative hashing (Knuth): the upper bits of the product. */
const slotOf = (low: number, high: number, shift: number): number => Math.imul(low ^ Math.imul(high, 0x85ebca77), 0x9e3779b1) >>> shift;

const BACKSLASH = 0x5c;
const ESCAPE = Buffer.from('\\u', 'latin1');

/** Whether a blank, hyphen, dot, slash, digit or letter is written as an escape. Serialisers that escape `'`, `&` or `+` are common; these are not. */
function hidesByEscapes(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(ESCAPE); at >= 0; at = buffer.indexOf(ESCAPE, at + 2)) {
    if (buffer[at + 2] !== 0x30 || buffer[at + 3] !== 0x30) continue;
    const code = Number.parseInt(buffer.toString('latin1', at + 4, at + 6), 16);
    if (isNeedleCharacter(code)) return true;
  }
  return false;
}

const isNeedleCharacter = (code: number): boolean =>
  code === 0x20 || (code >= 0x2d && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === BACKSLASH || (code >= 0x61 && code <= 0x7a);

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/**
 * Whether the bytes are no whole JSON in UTF-8: compressed, in another encoding, cut off, or something else. What cannot be searched must be
 * looked into, or it would be dropped in silence (AL-5).
 */
function isOpaque(bytes: Uint8Array): boolean {
  let first = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let last = bytes.length - 1;
  while (first <= last && isBlank(bytes[first] as number)) first += 1;
  while (last >= first && isBlank(bytes[last] as number)) last -= 1;
  if (first > last) return false; // nothing at all
  const opens = bytes[first] === 0x7b || bytes[first] === 0x5b;
  const closes = bytes[last] === 0x7d || bytes[last] === 0x5d;
  return !opens || !closes || bytes[first + 1] === 0;
}
