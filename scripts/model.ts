import { type ExecFileException, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUGS, GOOD, type ModelCase, WITNESSES } from '../model/cases.ts';
import { ROOT } from './sources.ts';

/** What brings the model checker and the compiler its output needs. */
export const MODEL_HINT = 'apt-get install spin gcc';
const MODEL = join(ROOT, 'model', 'approval.pml');
const LIMIT_MS = 10 * 60_000;
const MEMORY_MB = 2_000;
const DEPTH = 1_000_000;

export interface Explored {
  readonly states: number;
  /** Longest history visited; for a counterexample its length, in steps. */
  readonly depth: number;
  readonly seconds: number;
  /** What was broken, in the checker's words. */
  readonly broken?: string;
  /** Every state was visited. Never so where something was broken. */
  readonly complete: boolean;
}

const running = new AbortController();

/** Runs a program to its end, whatever its exit code. @throws Error when it cannot be started, or had to be ended */
function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  const options = { cwd, timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 64 << 20, signal: running.signal } as const;
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error: ExecFileException | null, stdout, stderr) => {
      if (error && typeof error.code !== 'number')
        reject(new Error(`${command} ${error.killed ? 'took too long' : 'failed'}`, { cause: error }));
      else resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` });
    });
  });
}

/** Whether both programs are there. */
export async function modelTools(): Promise<boolean> {
  const there = ['spin -V', 'gcc --version'].map(async (line) => {
    const [command = '', ...args] = line.split(' ');
    return run(command, args, tmpdir()).then(
      ({ code }) => code === 0,
      () => false,
    );
  });
  return (await Promise.all(there)).every(Boolean);
}

/** Explores the model as one case has it, in a folder of its own that is removed afterwards. @throws Error with the output of what went wrong */
export async function explore({ defines, expect, liveness }: ModelCase): Promise<Explored> {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-model-'));
  try {
    const must = async (command: string, ...args: readonly string[]): Promise<void> => {
      const { code, output } = await run(command, args, folder);
      if (code !== 0 || /\berror:/i.test(output)) throw new Error(`${command} refused the model\n${output}`);
    };
    await must('spin', '-a', ...defines.map((define) => `-D${define}`), MODEL);
    // Breadth first for a counterexample: the first one found is the shortest. COLLAPSE loses nothing; there is no hashing of states here.
    const search = liveness ? ['-DNFAIR=3'] : ['-DSAFETY', ...(expect === 'broken' ? ['-DBFS'] : [])];
    await must('gcc', '-O2', '-w', '-DCOLLAPSE', `-DMEMLIM=${MEMORY_MB}`, ...search, '-o', 'pan', 'pan.c');
    const started = performance.now();
    const { output } = await run(join(folder, 'pan'), ['-n', `-m${DEPTH}`, '-w22', ...(liveness ? ['-a', '-f'] : [])], folder);
    return { ...reading(output, folder), seconds: (performance.now() - started) / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function reading(output: string, folder: string): Omit<Explored, 'seconds'> {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const errors = number(/errors: (\d+)/);
  const states = number(/(\S+) states, stored/);
  if (Number.isNaN(errors) || Number.isNaN(states)) throw new Error(`the checker gave no result\n${output}`);
  if (errors === 0) {
    const complete = !/Search not completed|max search depth too small|out of memory|memory limit/i.test(output);
    return { states, depth: number(/depth reached (\d+)/), complete };
  }
  // Lines with a negative number are the header.
  const steps = readFileSync(join(folder, 'approval.pml.trail'), 'utf8').split('\n');
  const broken = /^pan:\d+: (.*?)(?: \(at depth \d+\))?$/m.exec(output)?.[1] ?? 'unknown';
  return { states, depth: steps.filter((line) => /^\d/.test(line)).length, broken, complete: false };
}

/** What is wrong with the outcome of a case; nothing when it is as it must be. */
export function wrong({ expect }: ModelCase, { broken, complete }: Explored): string | undefined {
  if (expect === 'broken') return broken === undefined ? 'NOT FOUND' : undefined;
  if (broken !== undefined) return `VIOLATED: ${broken}`;
  return complete ? undefined : 'NOT EXPLORED COMPLETELY';
}

/** Explores some cases, as many at once as the machine and its memory bear, and prints a line for each in their order. */
async function report(title: string, cases: readonly ModelCase[], fine: string): Promise<{ failed: number; states: number }> {
  process.stdout.write(`\n${title.padEnd(40)}${'states'.padStart(12)}${'depth'.padStart(8)}${'seconds'.padStart(9)}  verdict\n`);
  const slots: Promise<unknown>[] = Array.from({ length: Math.min(2, availableParallelism()) }, () => Promise.resolve());
  const results = cases.map((each, index) => {
    const result = (slots[index % slots.length] ?? Promise.resolve()).then(() => explore(each));
    slots[index % slots.length] = result.catch(() => undefined);
    result.catch(() => undefined); // told below, in its turn
    return result;
  });
  const sum = { failed: 0, states: 0 };
  for (const [index, each] of cases.entries()) {
    const line = each.name.padEnd(40);
    try {
      const found = await (results[index] ?? Promise.reject(new Error('not run')));
      const fault = wrong(each, found);
      sum.states += found.states;
      if (fault) sum.failed += 1;
      const numbers = `${String(found.states).padStart(12)}${String(found.depth).padStart(8)}${found.seconds.toFixed(1).padStart(9)}`;
      process.stdout.write(`${line}${numbers}  ${fault ?? fine}\n`);
    } catch (error) {
      sum.failed += 1;
      process.stdout.write(`${line}  FAILED: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return sum;
}

// npm run model
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.exitCode = 130; // the programs end, their folders go, and the table ends with what failed
      running.abort();
    });
  }
  if (await modelTools()) {
    const good = await report('protocol', GOOD, 'holds');
    const witnesses = await report('must be reachable (shortest history)', WITNESSES, 'reached');
    const bugs = await report('seeded bugs (shortest counterexample)', BUGS, 'found');
    const failed = good.failed + witnesses.failed + bugs.failed;
    process.stdout.write(
      `\n${good.states} states explored, ${good.failed} violations; ${BUGS.length - bugs.failed} of ${BUGS.length} bugs found\n`,
    );
    if (failed > 0) process.exitCode ||= 1;
  } else {
    process.stderr.write(`The model needs spin and gcc. Try: ${MODEL_HINT}\n`);
    process.exitCode = 1;
  }
}
