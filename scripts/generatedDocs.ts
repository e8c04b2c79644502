import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file that is made, wholly or between two marks, from data in the code. `name` is relative to the repository. */
export interface GeneratedDoc {
  readonly name: string;
  make(text: string): string;
}

/** The text with everything between the marks `<!-- name:begin -->` and `<!-- name:end -->` replaced. @throws when they are not there */
export function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The lines ${begin} and ${end} are missing, between which generated text belongs.`);
  return `${text.slice(0, from + begin.length)}\n${content}${text.slice(to)}`;
}

/** Names of the documents that are not what the code says; `write` mends them. */
export function staleDocs(root: string, docs: readonly GeneratedDoc[], { write }: { readonly write: boolean }): string[] {
  return docs.flatMap(({ name, make }) => {
    const file = join(root, name);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const wanted = make(text);
    if (wanted === text) return [];
    if (write) writeFileSync(file, wanted);
    return [name];
  });
}
