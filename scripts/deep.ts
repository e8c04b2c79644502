import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../test/support/postgres.ts';
import { listTests, runGroup } from './jest.ts';

/** The suites that take a sample in `npm test`, and have all of it here. */
const SUITES = ['property/killPoints', 'property/histories', 'e2e/race', 'e2e/killPoints', 'e2e/canaryLives'];
const LIMIT_MS = 3 * 3_600_000;

/**
 * `npm run test:deep [-- suite…] [--jest-options…]`: the proofs whole, not the sample of them that `npm test` takes, with their figures.
 * Hours for all of it, minutes for one. `BREAKGLASS_SEED` and `BREAKGLASS_COUNT` set where random histories start, and how often each is tried.
 */
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const suites = SUITES.filter((suite) => wanted.length === 0 || wanted.some((part) => suite.includes(part)));

const scratch = mkdtempSync(join(tmpdir(), 'breakglass-deep-'));
const figures = join(scratch, 'figures');
const server = await startPostgres();
let failed = suites.length === 0;
try {
  for (const suite of suites) {
    rmSync(figures, { force: true });
    const paths = await listTests([`${suite}.test`]);
    const env = {
      ...process.env,
      BREAKGLASS_TEST_DEEP: 'yes',
      BREAKGLASS_TEST_FIGURES: figures,
      ...(server && { BREAKGLASS_TEST_DATABASE_URL: server.url }),
    };
    const run = await runGroup(paths, { env, options: ['--maxWorkers=1', ...options], scratch, limitMs: LIMIT_MS });
    failed ||= run.failed > 0 || run.passed === 0;
    const seconds = (run.durationMs / 1_000).toFixed(0);
    process.stdout.write(`${run.failed > 0 ? 'FAILED' : 'ok    '}  ${suite}: ${run.passed} passed, ${run.failed} failed in ${seconds} s\n`);
    if (existsSync(figures)) process.stdout.write(readFileSync(figures, 'utf8').replace(/^/gm, '        ').trimEnd().concat('\n'));
    if (run.failed > 0) process.stdout.write(`${run.output.trimEnd()}\n`);
  }
} finally {
  await server?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
