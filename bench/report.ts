import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Figure, verdictOf } from './benchmark.ts';

const BEGIN = '<!-- results:begin -->';
const END = '<!-- results:end -->';
const FILE = 'docs/performance.md';

interface Result {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Puts a run's results between the two marks of docs/performance.md; the words around them are people's. @returns the file's name */
export function writeResults(results: readonly Result[], postgres: string): string {
  const path = fileURLToPath(new URL(`../${FILE}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${FILE} lacks the lines ${BEGIN} and ${END}, between which the results belong.`);
  writeFileSync(path, `${text.slice(0, begin + BEGIN.length)}\n${table(results, postgres)}${text.slice(end)}`);
  return FILE;
}

function table(results: readonly Result[], postgres: string): string {
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GB`;
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${memory}, ${type()} ${release()}, shared with others`;
  const rows = results.flatMap(({ title, figures }) => [`| **${title}** | | | |`, ...figures.map(row)]);
  return [
    `Command \`npm run bench -- --write\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, PostgreSQL ${postgres}.`,
    `Machine: ${machine}.`,
    '',
    '| what | goal | measured | verdict |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const row = (figure: Figure): string => `| ${figure.what} | ${figure.goal?.words ?? ''} | ${figure.measured} | ${verdictOf(figure)} |`;
