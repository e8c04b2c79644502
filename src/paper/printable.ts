/** Letters without a decomposition, and signs of the kind people type. Everything else goes through Unicode's own (NFKD). */
const TWINS: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  Ŧ: 'T',
  ŧ: 't',
  ı: 'i',
  Ŋ: 'N',
  ŋ: 'n',
  ĸ: 'k',
  ſ: 's',
  Ə: 'E',
  ə: 'e',
  '‐': '-',
  '‑': '-',
  '−': '-',
  '‒': '–',
  '″': '"',
  '′': "'",
  '\u00a0': ' ',
  '\u202f': ' ',
};
/** What the fonts every PDF reader has can show: Latin 1, and what Windows-1252 adds. */
const KNOWN = /[\x20-\x7e\u00a1-\u00ac\u00ae-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u;
const GAP = '▯';

/**
 * Text by anybody as it can stand on paper: one line, nothing unseen, letters of the built-in fonts. An accent they lack is left out; a letter of another
 * script becomes a gap.
 *
 * @returns `whole` is false where a letter was lost: the line then has to be completed by hand
 */
export function printable(text: string, most: number = 160): { readonly text: string; readonly whole: boolean } {
  let whole = true;
  const letters = [...text.normalize('NFC').replace(/\s+/gu, ' ').trim()].flatMap((letter) => {
    if (KNOWN.test(letter)) return [letter];
    if (/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{M}]/u.test(letter)) return [];
    const bare = TWINS[letter] ?? letter.normalize('NFKD').replace(/\p{M}/gu, '');
    if (bare !== '' && [...bare].every((one) => KNOWN.test(one))) return [bare];
    whole = false;
    return [GAP];
  });
  const cut = letters.length > most ? [...letters.slice(0, most - 1), '…'] : letters;
  return { text: cut.join('').replaceAll(GAP, '_'), whole: whole && letters.length <= most };
}
