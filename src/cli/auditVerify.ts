import { isHash, type KeptHead, type Problem, type Verdict } from '../core/audit/verifyExport.ts';
import { verifyExportFile } from './verifyExport.ts';

/**
 * `npm run audit:verify -- FILE [--head SIZE:ROOT | --earlier OLDERFILE]`: checks an export of the audit log with nothing but the file: no
 * database, no settings, no network. Ends with 0 when everything in it holds, else with 1 and the first thing that is wrong.
 */
const USAGE = `Usage: npm run audit:verify -- FILE [--head SIZE:ROOT | --earlier OLDERFILE]
  --head      a head you kept: from the heartbeat card, from status, or from the log of the process. May be given several times.
  --earlier   an export you kept: its head must be a beginning of this log. May be given several times.`;

const NO_HEAD = `That this is the log as it was written: whoever can change the whole database can compute all of it anew. Compare with a root
    that was told elsewhere before: --head (from the heartbeat card, status, or the log of the process) or --earlier (an older export).`;
const AFTER_HEAD = 'Entries after the newest head that you kept: whoever can change the whole database could have computed those anew.';

interface Asked {
  readonly file: string;
  readonly heads: readonly KeptHead[];
  readonly earlier: readonly string[];
}

const asked = readArguments(process.argv.slice(2)) ?? end(USAGE);
try {
  const heads = [...asked.heads];
  for (const older of asked.earlier) {
    const { header } = await verified(older, []);
    heads.push({ size: header.size, root: header.root });
  }
  say(proved(asked.file, await verified(asked.file, heads)));
} catch (error) {
  const { code, path } = Object(error) as { readonly code?: string; readonly path?: string };
  if (code === undefined) throw error;
  end(`${path ?? 'The file'}: cannot be read (${code}).`);
}

async function verified(file: string, heads: readonly KeptHead[]): Promise<Verdict> {
  const outcome = await verifyExportFile(file, heads);
  return outcome.ok ? outcome.value : end(`${file}: NOT VERIFIED\n${placeOf(outcome.error)}: ${outcome.error.words}`);
}

function proved(file: string, { header, kept }: Verdict): string {
  const { size, root, from, to, bodies, exportedAt, exportedBy } = header;
  const days = from === undefined && to === undefined ? 'all days' : `${from ?? 'the first day'} to ${to ?? 'the last'}, UTC`;
  const proven = [
    `All ${size} entries together have the root of the header, in this order, without a gap.`,
    `Each of the ${bodies} texts is the one that was logged under its number, and there are as many as were exported.`,
    'The last entry tells of this very export: who made it, when, and of which days.',
    ...kept.map((head) => `The first ${head.size} entries are the very ones whose root you kept: none was changed, taken out or put in.`),
  ];
  const unproven = [
    kept.length > 0 ? AFTER_HEAD : NO_HEAD,
    ...(bodies < size ? [`What the other ${size - bodies} entries say: only their hashes are here.`] : []),
    'That what was logged is true: the log tells what Breakglass saw and did.',
    'What came after this export.',
  ];
  const list = (lines: readonly string[]): string => lines.map((line) => `  - ${line}\n`).join('');
  return `${file}: verified
  Entries  ${size}, with the text of ${bodies}: ${days}
  Head     ${size}:${root}
  Made     ${exportedAt} by ${exportedBy}

Proved:
${list(proven)}
Not proved:
${list(unproven)}`;
}

function placeOf({ line, seq }: Problem): string {
  if (seq !== undefined) return `Entry ${seq}, line ${line}`;
  return line === 1 ? 'Header' : `Line ${line}`;
}

function readArguments(words: readonly string[]): Asked | undefined {
  const [file, ...options] = words;
  const heads: KeptHead[] = [];
  const earlier: string[] = [];
  for (let at = 0; at < options.length; at += 2) {
    const value = options[at + 1];
    const head = value === undefined ? undefined : readHead(value);
    if (options[at] === '--head' && head) heads.push(head);
    else if (options[at] === '--earlier' && value !== undefined) earlier.push(value);
    else return undefined;
  }
  return file === undefined || file.startsWith('-') ? undefined : { file, heads, earlier };
}

function readHead(text: string): KeptHead | undefined {
  const [, size, root] = /^(\d{1,15}):(.+)$/.exec(text) ?? [];
  return isHash(root) ? { size: Number(size), root } : undefined;
}

function say(text: string): void {
  process.stdout.write(text);
}

function end(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
