import { cut } from './text.ts';

type Json = Record<string, unknown>;

/** Teams takes about 28 kB with everything around the card (Learn, "Format your bot messages"); the rest is for banner and envelope. */
const MOST_BYTES = 20_000;

/**
 * Shortens the longest texts of a card that would be too large, and says so in each: a card is never lost to its own size (CM-6).
 * Every field is bounded already; this is for many long ones at once, in a script of three bytes a character.
 */
export function fitted(card: Json): Json {
  let fitting = card;
  for (const most of [300, 150, 75, 40]) {
    if (Buffer.byteLength(JSON.stringify(fitting)) <= MOST_BYTES) return fitting;
    fitting = shortened(fitting, most) as Json;
  }
  return fitting;
}

function shortened(value: unknown, most: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shortened(item, most));
  if (typeof value !== 'object' || value === null) return value;
  const isRun = 'type' in value && value.type === 'TextRun';
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (!isRun || key !== 'text' || typeof part !== 'string' || part.length <= most) return [key, shortened(part, most)];
      return [key, `${cut(part, most).kept}… [cut to fit]`];
    }),
  );
}
