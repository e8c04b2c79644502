/**
 * Makes text that people, directories and feeds wrote fit to stand on a card. It goes into a TextRun (Markdown is inert there), never
 * into a TextBlock, title, action or address. What cannot be seen is made visible, what could act is made inert:
 * - control, format (bidirectional, zero-width, tags), private, unassigned characters and lone surrogates: `⟨U+202E⟩`
 * - a line break: ` ↵ `, so that text cannot grow in height; other blanks: one space
 * - more than three combining marks in a row: three, then `⟨5 marks⟩`
 * - `${`: the fullwidth dollar, `＄{`. Expansion happens once and never looks at data again, so it would stay text anyway; but Teams (and
 *   our sandbox of it) takes `${` for a template that was not filled in, and somebody might expand a finished card one day.
 */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const MARKS = /(\p{M}{3})(\p{M}+)/gu;
const MOST = 240;

/**
 * @param text whatever came in; anything but a string is refused
 * @param most characters left standing; the rest is cut, and the cut is stated
 * @throws TypeError when `text` is not a string: an object or a number in its place is a mistake or an attack
 */
export function plain(text: unknown, most: number = MOST): string {
  if (typeof text !== 'string') throw new TypeError(`text for a card must be a string, not ${typeof text}`);
  const { kept, left } = cut(text, most);
  const seen = visible(kept.replace(/\r\n?|[\n\u2028\u2029]/g, ' ↵ '));
  // Escapes can make text eight times as long: the bound holds for what is seen.
  const again = cut(seen, most);
  const gone = left + again.left;
  return gone > 0 ? `${again.kept}… [cut: ${gone} more characters]` : seen;
}

/** Where Markdown may be read and no TextRun exists: the choices of a list. What Markdown or HTML acts on becomes its fullwidth twin. */
export function inert(text: unknown, most: number = 100): string {
  return plain(text, most).replace(/[#$&*<>[\\\]^_`{|}~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}

/** A value given back to the field it was typed into. The field shows it as text; its line breaks stay. */
export function typedBefore(text: string, most: number): string {
  return text
    .slice(0, most)
    .split(/\r\n?|\n/)
    .map(visible)
    .join('\n')
    .slice(0, most * 2);
}

/** Several names in one line. */
export function names(people: readonly { readonly name: string }[], most: number = 12, longest: number = 80): string {
  const shown = people.slice(0, most).map(({ name }) => plain(name, longest));
  const more = people.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Most texts: nothing in them has to be made visible, and four searches are saved. */
const HARMLESS = /^[\x20-\x23\x25-\x7e]*$/;

const visible = (text: string): string => (HARMLESS.test(text) ? text : madeVisible(text));

const madeVisible = (text: string): string =>
  text
    .replace(/\t|\p{Zs}/gu, ' ')
    .replace(MARKS, (_all, first: string, rest: string) => `${first}⟨${[...rest].length} marks⟩`)
    .replace(UNSEEN, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
    .replaceAll('${', '＄{');

/** Cuts at a whole character, never inside a surrogate pair. */
export function cut(text: string, most: number): { readonly kept: string; readonly left: number } {
  if (text.length <= most) return { kept: text, left: 0 };
  const high = text.charCodeAt(most - 1);
  const at = high >= 0xd800 && high <= 0xdbff ? most - 1 : most;
  return { kept: text.slice(0, at), left: text.length - at };
}
