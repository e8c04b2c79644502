import { StringDecoder } from 'node:string_decoder';

/** Longer than any entry: what has no line ends is not read into memory as a whole. */
const LONGEST = 16 * 1024 * 1024;

/** A line without its end. `whole`: it had one. Text that is not UTF-8 comes with the sign for what is missing, which no export has. */
export interface Line {
  readonly text: string;
  readonly whole: boolean;
}

/**
 * Lines as they come, ended by a line feed alone, in memory one at a time. A file that does not end with one has a last line that is not whole.
 *
 * @throws RangeError for a line beyond 16 Mi characters
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const text of parts) yield { text, whole: true };
    if (rest.length > LONGEST) throw new RangeError('A line is longer than any of an export.');
  }
  rest += decoder.end();
  if (rest !== '') yield { text: rest, whole: false };
}
