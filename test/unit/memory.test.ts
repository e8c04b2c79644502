import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/sources.ts';
import { keepMemoryIn, memoryProblems } from '../../src/config/memory.ts';
import { leaks } from '../support/needles.ts';

const PART = 'kR7#mQ2=xW9&bT4+nH6?';
const linux = existsSync('/proc/self/coredump_filter') ? test : test.skip;

/** What `scripts/run.mjs` gives every program beside the size of its young generation. */
const FLAGS = ['--disable-sigusr1', '--report-exclude-env'];

function reveal(env: NodeJS.ProcessEnv, flags: readonly string[] = FLAGS) {
  // The part is an argument, which the report names: it is cut out below, and nothing else is.
  const run = spawnSync(process.execPath, [...flags, join(ROOT, 'test/support/revealAndReport.ts'), PART], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const told = JSON.parse(run.stdout) as { shown: boolean; limits: string[]; filter: string; report: Record<string, unknown> };
  const { commandLine: _commandLine, ...header } = told.report.header as Record<string, unknown>;
  return { ...told, report: Buffer.from(JSON.stringify({ ...told.report, header })) };
}

describe('CR-5: what a process tells of itself after a reveal', () => {
  linux('a diagnostic report holds no part and no setting, and a core dump no memory', () => {
    const told = reveal({ DATABASE_URL: `postgres://u:${PART}@h/d` });
    expect(told.shown).toBe(true);
    expect(told.report.length).toBeGreaterThan(5_000);
    expect(leaks([PART], new Map([['report', told.report]]))).toEqual([]);
    expect(told.filter).toBe('00000000');
    expect(told.limits).toEqual([]);
  });

  linux('the search would have found it', () => {
    expect(leaks([PART], new Map([['report', reveal({ LEAK: '1' }).report]]))).toEqual(['report']);
    expect(reveal({}, []).limits).toEqual([expect.stringContaining('--disable-sigusr1')]);
  });

  /** Whether SIGUSR1 opens the inspector of a program under these flags. */
  async function opensDebugger(flags: readonly string[]): Promise<boolean> {
    const script = 'process.stdin.on("data", () => console.log("still here")); console.log("up")';
    const program = spawn(process.execPath, [...flags, '-e', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    program.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    await once(program.stdout, 'data');
    program.kill('SIGUSR1');
    // A program that opens one says so; one that does not, goes on and answers.
    const sign = flags.length > 0 ? once(program.stdout, 'data') : once(program.stderr, 'data');
    program.stdin.write('?');
    await sign;
    program.kill('SIGKILL');
    return said.includes('Debugger listening');
  }

  linux('a program that npm starts opens no debugger on SIGUSR1, as any other would', async () => {
    expect(await opensDebugger([])).toBe(true);
    expect(await opensDebugger(FLAGS)).toBe(false);
    const launcher = readFileSync(join(ROOT, 'scripts/run.mjs'), 'utf8');
    for (const flag of FLAGS) expect(launcher).toContain(`'${flag}'`);
  });
});

describe('CR-5: options under which memory gets out', () => {
  test('each is a problem, on the command line and in NODE_OPTIONS', () => {
    for (const option of [
      '--heapsnapshot-signal=SIGUSR2',
      '--inspect',
      '--inspect=0.0.0.0:9229',
      '--abort-on-uncaught-exception',
      '--report-on-signal',
    ]) {
      expect(memoryProblems([option])).toHaveLength(1);
      expect(memoryProblems([], `--max-old-space-size=256 ${option}`)).toHaveLength(1);
      expect(memoryProblems(['--disable-sigusr1', option], `"${option}`)).toHaveLength(2);
    }
    expect(memoryProblems(['--max-semi-space-size=8', '--disable-sigusr1'], '--inspector-like --no-warnings')).toEqual([]);
  });

  test('ST-2: production refuses to start with one', () => {
    const run = spawnSync(process.execPath, ['--heapsnapshot-signal=SIGUSR2', 'src/main.ts'], {
      cwd: ROOT,
      env: {},
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('--heapsnapshot-signal');
  });

  test('a report that somebody asks for leaves the environment out', () => {
    keepMemoryIn([]);
    expect(process.report.excludeEnv).toBe(true);
  });
});
