import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from '../sandbox/tenant/traffic.ts';
import { GRAPH_CALLS } from '../src/core/tenant/calls.ts';
import { exercised, neverMade } from '../test/support/contract/coverage.ts';
import { SLICE_HINT, sliceIsThere, sliceViolationsOf } from '../test/support/contract/slice.ts';
import { violationsOf } from '../test/support/contract/violations.ts';
import { program } from './checks.ts';
import { ROOT } from './sources.ts';

// npm run contract [-- patterns…]: runs the end-to-end suites and the suite of the tenant's ports (or those that match), records all the
// traffic of the product with Graph, holds every request and answer against Microsoft's contract, and prints what was exercised and which
// calls of the table never were. With BREAKGLASS_TEST_TRAFFIC=FILE the recording stays there, and runs in pieces add up.
const scratch = mkdtempSync(join(tmpdir(), 'breakglass-contract-'));
const file = process.env.BREAKGLASS_TEST_TRAFFIC ?? join(scratch, 'traffic.jsonl');
try {
  const patterns = process.argv.slice(2);
  const { code, output } = await program(
    process.execPath,
    [join(ROOT, 'scripts/test.ts'), ...(patterns.length > 0 ? patterns : ['test/e2e', 'contract/tenantPorts'])],
    {
      env: { ...process.env, BREAKGLASS_TEST_TRAFFIC: file },
      timeoutMs: 30 * 60_000,
    },
  );
  process.stdout.write(output);
  if (!existsSync(file)) throw new Error('no suite recorded anything');
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const exchanges = lines.map((line) => JSON.parse(line) as Exchange);
  const byTypes = exchanges.flatMap((exchange) => violationsOf(exchange, 'product'));
  const bySlice = exchanges.flatMap((exchange) => sliceViolationsOf(exchange, 'product'));
  const operations = exercised(exchanges);
  const count = (sets: readonly ReadonlySet<string>[]): number => sets.reduce((sum, set) => sum + set.size, 0);
  for (const { operation, exchanges: times, statuses, asked, answered } of operations) {
    const codes = [...statuses].sort().join(' ');
    process.stdout.write(`${String(times).padStart(6)}  ${operation}  ${codes}  asked ${asked.size}, answered ${answered.size}\n`);
  }
  const missed = neverMade(GRAPH_CALLS, exchanges);
  for (const call of missed) process.stdout.write(`never made: ${call}\n`);
  for (const problem of new Set([...byTypes, ...bySlice])) process.stdout.write(`${problem}\n`);
  process.stdout.write(
    `${exchanges.length} exchanges, ${operations.length} operations, ${GRAPH_CALLS.length - missed.length} of the ${GRAPH_CALLS.length} calls ` +
      `of the product, ${count(operations.map(({ asked }) => asked))} request fields and ` +
      `options, ${count(operations.map(({ answered }) => answered))} response fields; violations: ${byTypes.length} of the generated types, ` +
      `${sliceIsThere ? `${bySlice.length} of the OpenAPI slice` : SLICE_HINT}\n`,
  );
  process.exitCode = code === 0 && byTypes.length + bySlice.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
