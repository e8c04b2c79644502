import { freshDatabase, POSTGRES_HINT, startPostgres } from '../test/support/postgres.ts';
import { alerts } from './alerts.ts';
import { approval } from './approval.ts';
import type { Benchmark, Figure, Surroundings } from './benchmark.ts';
import { verdictOf } from './benchmark.ts';
import { filter } from './filter.ts';
import { help } from './help.ts';
import { hostile } from './hostile.ts';
import { writeResults } from './report.ts';
import { start } from './start.ts';
import { timers } from './timers.ts';

/** `npm run bench [-- name…] [--write]`: everything side by side in one run; `--write` puts the results into docs/performance.md. */
const ALL: readonly Benchmark[] = [filter, help, approval, alerts, timers, start, hostile];
const names = process.argv.slice(2).filter((argument) => argument !== '--write');
const write = process.argv.includes('--write');
const unknown = names.filter((name) => !ALL.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) fail(`There is no benchmark ${unknown.join(', ')}. There are: ${ALL.map(({ name }) => name).join(', ')}.`);
if (write && names.length > 0) fail('Only a whole run is written down: leave out the names.');

const server = await startPostgres();
if (!server) fail(`No PostgreSQL server was found. Try: ${POSTGRES_HINT}`);
process.stdout.write(`PostgreSQL ${server.version}, Node ${process.version}\n`);
const drops: (() => Promise<void>)[] = [];
const surroundings: Surroundings = {
  async database() {
    const { url, drop } = await freshDatabase(server.url);
    drops.push(drop);
    return url;
  },
};
try {
  const results: { readonly title: string; readonly figures: readonly Figure[] }[] = [];
  for (const benchmark of ALL) {
    if (names.length > 0 && !names.includes(benchmark.name)) continue;
    const began = performance.now();
    process.stdout.write(`\n${benchmark.title} (${benchmark.name})\n`);
    const figures = await benchmark.run(surroundings);
    for (const figure of figures) process.stdout.write(`  ${lineOf(figure)}\n`);
    process.stdout.write(`  took ${((performance.now() - began) / 1_000).toFixed(0)} s\n`);
    results.push({ title: benchmark.title, figures });
    for (const drop of drops.splice(0)) await drop();
  }
  if (write) process.stdout.write(`\nWrote ${writeResults(results, server.version)}.\n`);
} finally {
  await server.stop();
}

function lineOf(figure: Figure): string {
  const goal = figure.goal ? `  [goal ${figure.goal.words}: ${verdictOf(figure)}]` : '';
  return `${figure.what}: ${figure.measured}${goal}`;
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
