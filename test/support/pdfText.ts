import { inflateSync } from 'node:zlib';

/** What can be read on the pages of a PDF of ours, and everything its streams hold, for a search. */
export function pdfText(pdf: Buffer): { readonly text: string; readonly pages: number; readonly streams: Buffer } {
  const binary = pdf.toString('latin1');
  const streams: Buffer[] = [];
  for (const match of binary.matchAll(/<<([^>]*(?:>(?!>)[^>]*)*)>>\s*stream\r?\n/g)) {
    const start = (match.index ?? 0) + match[0].length;
    const content = pdf.subarray(start, binary.indexOf('endstream', start));
    streams.push(match[1]?.includes('/FlateDecode') ? inflateSync(content) : content);
  }
  const lines = streams.flatMap((stream) =>
    [...stream.toString('latin1').matchAll(/\[(<[^\]]*)\] TJ/g)].map(([, shown = '']) => wordsOf(shown)),
  );
  return { text: lines.join('\n'), pages: [...binary.matchAll(/\/Type \/Page\b/g)].length, streams: Buffer.concat(streams) };
}

/** `<48> 30 <65>`: letters in hex with kerning between; the fonts are in Windows-1252. */
const wordsOf = (shown: string): string =>
  new TextDecoder('windows-1252').decode(Buffer.from([...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => hex).join(''), 'hex'));
