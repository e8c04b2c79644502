import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYING } from './cloudDocs.ts';
import { staleDocs } from './generatedDocs.ts';
import { GRAPH_PERMISSIONS } from './graphDocs.ts';
import { importViolations } from './importRules.ts';
import { MONITORS } from './monitorDocs.ts';
import { POSTURE_CHECKS } from './postureDocs.ts';
import { SETTINGS } from './settingsDocs.ts';
import { ROOT, sources } from './sources.ts';

/** What a check found. `output` is what to show when it failed. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
}

const children = new Set<ChildProcess>();
let stopping = false;

/** Ends all programs at once. Nobody hears of their end, so nothing that waits for one goes on: the process is about to exit. */
export function stopPrograms(): void {
  stopping = true;
  for (const child of children) child.kill('SIGKILL');
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Once it has written this file its work is done: it is ended if it is still there so much later. */
  readonly over?: { readonly file: string; readonly withinMs: number };
}

/** Runs a program of node_modules or a file on this Node; resolves with its exit code and everything it printed. */
export function program(command: string, args: readonly string[], options: ProgramOptions = {}) {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: options.env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    const timer = options.timeoutMs ? setTimeout(() => child.kill('SIGKILL'), options.timeoutMs) : undefined;
    const { over } = options;
    let overAt = Number.POSITIVE_INFINITY;
    const looks = over
      ? setInterval(() => {
          if (existsSync(over.file)) overAt = Math.min(overAt, performance.now());
          if (performance.now() - overAt > over.withinMs) child.kill('SIGKILL');
        }, 1_000)
      : undefined;
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      clearInterval(looks);
      children.delete(child);
      if (!stopping) resolve({ code, output });
    });
  });
}

const bin = (name: string) => join(ROOT, 'node_modules', '.bin', name);

async function tool(name: string, command: string, args: readonly string[]): Promise<CheckResult> {
  const { code, output } = await program(bin(command), args);
  return { name, passed: code === 0, output };
}

export const types = () => tool('types', 'tsc', ['-p', '.']);
export const lint = () => tool('lint and format', 'biome', ['check', '--error-on-warnings', '.']);

export async function imports(): Promise<CheckResult> {
  const broken = importViolations(sources('src'));
  return { name: 'imports', passed: broken.length === 0, output: broken.join('\n') };
}

/** Documents that are made from the code; `write` brings them up to date. */
export const generatedDocs = (options: { readonly write: boolean }): string[] =>
  staleDocs(ROOT, [...SETTINGS, GRAPH_PERMISSIONS, DEPLOYING, POSTURE_CHECKS, ...MONITORS], options);

export async function documents(): Promise<CheckResult> {
  const stale = generatedDocs({ write: false });
  return {
    name: 'generated documents',
    passed: stale.length === 0,
    output: stale.map((name) => `${name} is out of date; run: npm run format`).join('\n'),
  };
}

/** One line per check, and what a failed one printed. */
export function show({ name, passed, output }: CheckResult): void {
  process.stdout.write(`${passed ? 'ok    ' : 'FAILED'}  ${name}\n`);
  if (!passed) process.stdout.write(`${output.trimEnd()}\n`);
}
