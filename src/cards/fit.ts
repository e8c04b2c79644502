import { cut } from './text.ts';

type Json = Record<string, unknown>;

/** Teams takes about 28 kB with everything around the card (Learn, "Format your bot messages"); the rest is for banner and envelope. */
export const MOST_BYTES = 20_000;

/** What is small on the card, calls and evidence, gives way before titles and reasons do. */
const TRIES = [
  [300, 'all'],
  [150, 'small'],
  [75, 'small'],
  [150, 'all'],
  [40, 'small'],
  [75, 'all'],
  [40, 'all'],
] as const;

/**
 * Shortens the longest texts of a card that would be too large, and says so in each: a card is never lost to its own size (CM-6).
 * Every field is bounded already; this is for many long ones at once, in a script of three bytes a character.
 */
export function fitted(card: Json): Json {
  let fitting = card;
  for (const [most, which] of TRIES) {
    if (bytesOf(JSON.stringify(fitting)) <= MOST_BYTES) return fitting;
    fitting = shortened(fitting, most, which) as Json;
  }
  return fitting;
}

/** Counted only where it could be too much: no character takes more than three bytes. */
const bytesOf = (text: string): number => (text.length * 3 <= MOST_BYTES ? text.length : Buffer.byteLength(text));

function shortened(value: unknown, most: number, which: 'all' | 'small'): unknown {
  if (Array.isArray(value)) return value.map((item) => shortened(item, most, which));
  if (typeof value !== 'object' || value === null) return value;
  const isRun = 'type' in value && value.type === 'TextRun' && (which === 'all' || ('size' in value && value.size === 'Small'));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (!isRun || key !== 'text' || typeof part !== 'string' || part.length <= most) return [key, shortened(part, most, which)];
      return [key, `${cut(part, most).kept}… [cut to fit]`];
    }),
  );
}
