import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { BROWSER_HINT, browserPath } from '../test/support/browser.ts';
import { SLICE_HINT, sliceIsThere } from '../test/support/contract/slice.ts';
import { LIVE_HINT, liveTenant } from '../test/support/liveTenant.ts';
import { POSTGRES_HINT, type PostgresServer, startPostgres } from '../test/support/postgres.ts';
import { SAMPLES_HINT, samplesAreThere } from '../test/support/samples.ts';
import { THREAT_MODEL, THREAT_MODEL_HINT } from '../test/support/threatModel.ts';
import { type CheckResult, lint, show, stopPrograms, types } from './checks.ts';
import { groupsOf, listTests, runGroup, type Tally } from './jest.ts';
import { MODEL_HINT, modelTools } from './model.ts';

// npm test [-- patterns… [--jest-options…]]. Without patterns: types, lint and everything. The last line is the verdict.
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const patterns = firstOption < 0 ? args : args.slice(0, firstOption);
const jestOptions = firstOption < 0 ? [] : args.slice(firstOption);

const scratch = mkdtempSync(join(tmpdir(), 'breakglass-test-'));
const figures = join(scratch, 'figures');
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const notes: string[] = [];
let database: Promise<PostgresServer | undefined> | undefined;

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    if (ending) return; // Ctrl+C reaches us twice: from the terminal, and passed on by the launcher
    ending = true;
    stopPrograms();
    await database?.then((server) => server?.stop()).catch(() => undefined); // it may just be starting; why it cannot, the run has said
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

try {
  database = startPostgres();
  const [server, browser, checker, files, ...checks] = await Promise.all([
    database,
    browserPath(),
    modelTools(),
    listTests(patterns),
    ...(patterns.length > 0 ? [] : [types(), lint()]),
  ]);
  for (const check of checks) count(check);
  if (!server) notes.push(`Without PostgreSQL the suites that need a server are skipped. Try: ${POSTGRES_HINT}`);
  if (!browser) notes.push(`Without a browser the suites that need one are skipped. Try: ${BROWSER_HINT}`);
  if (!sliceIsThere) notes.push(SLICE_HINT);
  const runs = (suites: RegExp): boolean => files.some((file) => suites.test(file));
  if (!samplesAreThere && runs(/unit\/(?:samples|records|intake|pushed)\./)) notes.push(SAMPLES_HINT);
  if (!THREAT_MODEL && runs(/unit\/invariants\./)) notes.push(THREAT_MODEL_HINT);
  if (!checker && runs(/contract\/model\./)) notes.push(`Without a model checker the model of approvals is skipped. Try: ${MODEL_HINT}`);
  if (!liveTenant.file && runs(/contract\/tenantPorts\./)) notes.push(LIVE_HINT);
  const env = {
    ...process.env,
    BREAKGLASS_TEST_FIGURES: figures,
    ...(server && { BREAKGLASS_TEST_DATABASE_URL: server.url }),
    ...(browser && { BREAKGLASS_TEST_BROWSER: browser }),
  };
  for (const [name, paths] of groupsOf(files)) {
    rmSync(figures, { force: true });
    // End-to-end suites start whole products, which mostly wait for each other: two of them keep two cores busy, more only get in the way.
    const workers = name === 'e2e' ? Math.min(2, availableParallelism()) : availableParallelism();
    const group = await runGroup(paths, { env, options: [`--maxWorkers=${workers}`, ...jestOptions], scratch });
    for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += group[key];
    const told = [`${group.passed} passed`, group.failed > 0 && `${group.failed} failed`, group.skipped > 0 && `${group.skipped} skipped`];
    const seconds = (group.durationMs / 1_000).toFixed(1);
    process.stdout.write(
      `${group.failed > 0 ? 'FAILED' : 'ok    '}  ${name.padEnd(16)}${told.filter(Boolean).join(', ')} in ${seconds} s\n`,
    );
    if (existsSync(figures)) process.stdout.write(readFileSync(figures, 'utf8').replace(/^(?=.)/gm, '        '));
    if (group.failed > 0) process.stdout.write(`${group.output.trimEnd()}\n`);
  }
  if (files.length === 0 && patterns.length > 0) {
    total.failed += 1; // a mistyped pattern must not look like success
    notes.push(`No test matches ${patterns.join(' ')}.`);
  }
} catch (error) {
  total.failed += 1; // the run itself broke: say why, and still end with the verdict
  process.stdout.write(`${inspect(error)}\n`);
} finally {
  await database?.then((server) => server?.stop()).catch(() => undefined); // told above
  rmSync(scratch, { recursive: true, force: true });
}

for (const note of notes) process.stdout.write(`${note}\n`);
const { passed, failed, skipped } = total;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function count(check: CheckResult): void {
  total[check.passed ? 'passed' : 'failed'] += 1;
  show(check);
}
