import { readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { program } from './checks.ts';
import { ROOT } from './sources.ts';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}
export interface GroupResult extends Tally {
  readonly durationMs: number;
  readonly output: string;
}

const JEST = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js')];
/** A group that hangs is ended and counts as failed, so that a run always ends with a verdict. */
const GROUP_LIMIT_MS = 60 * 60_000;
/** One that has told its results and does not end, because a test has left something open, is ended and has failed. */
const ENDS_WITHIN_MS = 60_000;
const ORDER = ['unit', 'property', 'cards', 'contract', 'e2e'];

/** Paths of the test files that match, as jest finds them. */
export async function listTests(patterns: readonly string[]): Promise<string[]> {
  const { code, output } = await program(process.execPath, [...JEST, '--listTests', '--json', '--passWithNoTests', ...patterns]);
  const list = output.split('\n').find((line) => line.startsWith('['));
  if (code !== 0 || !list) throw new Error(`jest could not list the tests.\n${output}`);
  return JSON.parse(list) as string[];
}

/** Test files by folder of test/, quick and pure folders first. */
export function groupsOf(files: readonly string[]): [name: string, files: string[]][] {
  const groups = Map.groupBy([...files].sort(), (file) => relative(join(ROOT, 'test'), file).split(sep)[0] ?? '');
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...groups].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
}

/** Runs some test files in one jest. A file that does not even load counts as one failure. */
export async function runGroup(
  files: readonly string[],
  {
    env,
    options,
    scratch,
    limitMs = GROUP_LIMIT_MS,
  }: { env: NodeJS.ProcessEnv; options: readonly string[]; scratch: string; limitMs?: number },
): Promise<GroupResult> {
  const report = join(scratch, 'jest.json');
  rmSync(report, { force: true });
  const started = performance.now();
  const args = [...JEST, '--json', `--outputFile=${report}`, '--silent', ...options, '--runTestsByPath', ...files];
  const { code, output } = await program(process.execPath, args, {
    env,
    timeoutMs: limitMs,
    over: { file: report, withinMs: ENDS_WITHIN_MS },
  });
  const durationMs = performance.now() - started;
  const result = reportOf(report);
  if (!result)
    return { passed: 0, failed: 1, skipped: 0, durationMs, output: `jest ended (${code ?? 'killed'}) without a result.\n${output}` };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const told = result.testResults.map(({ message }) => message);
  if (code === null) told.push('jest told its results and did not end: a test has left something open.');
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed, // for example an obsolete snapshot under --ci, or a worker that died
    skipped: result.numPendingTests + result.numTodoTests,
    durationMs,
    output: told.filter(Boolean).join('\n') || output,
  };
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly message: string }[];
}

function reportOf(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined; // jest ended before it could write one; the caller says so
  }
}
