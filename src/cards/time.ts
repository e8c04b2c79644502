/**
 * An instant for a TextBlock: the client writes it in the reader's language and time zone. Works in TextBlocks only, and only for
 * `YYYY-MM-DDTHH:MM:SSZ` without fractions (Learn, adaptive-cards/authoring-cards/text-features).
 */
export const when = (at: Date): string => `{{DATE(${stamp(at)}, SHORT)}} {{TIME(${stamp(at)})}}`;

/** The same for the day alone. */
export const day = (at: Date): string => `{{DATE(${stamp(at)}, SHORT)}}`;

/** An instant for sentences, where no client writes it in local time: `2026-11-22 10:42 UTC`. */
export const utc = (at: Date): string => `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;

const stamp = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
