import { parseArgs } from 'node:util';
import { examine } from './examine.ts';
import { type Finding, lineOf } from './finding.ts';

/**
 * `npm run doctor [-- --env FILE]`: walks a real installation as its settings describe it, step by step, and says what is wrong and what to
 * do. Changes nothing. Ends with 0 when nothing has failed, else with 1; warnings alone are no failure.
 */
const { values } = parseArgs({ options: { env: { type: 'string' } } });
if (values.env !== undefined) loadEnvironment(values.env);

const counts: Record<Finding['state'], number> = { ok: 0, warning: 0, failed: 0, skipped: 0 };
for await (const finding of examine(process.env, new Date())) {
  counts[finding.state] += 1;
  process.stdout.write(lineOf(finding));
}
process.stdout.write(`\n${counts.ok} ok, ${counts.warning} warnings, ${counts.failed} failed, ${counts.skipped} skipped.\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function loadEnvironment(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    process.stderr.write(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).\n`);
    process.exit(1);
  }
}
