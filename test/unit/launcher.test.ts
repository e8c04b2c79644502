import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAUNCHER = join(ROOT, 'scripts', 'run.mjs');
const DEADLINE_MS = 10_000;
const folder = mkdtempSync(join(ROOT, 'node_modules', '.launcher-test-'));
const started = new Set<ChildProcess>();

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A program the launcher can run; its path is relative to the repository, as in package.json. */
function program(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return relative(ROOT, file);
}

const waits = program(
  'waits.mjs',
  "import { createServer } from 'node:net';\ncreateServer().listen(0, '127.0.0.1', () => console.log(`pid ${process.pid}.`));\n",
);

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } });
  started.add(child);
  return child;
}

/** Text the process prints up to and including what matches. */
function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    child.once('close', () => reject(new Error(`ended after: ${text}`)));
  });
}

const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: string | null }>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));

/** Resolves once nobody holds the pipe any more that the program was started with: it and all its children are gone. */
const gone = (child: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the program outlived its launcher')), DEADLINE_MS);
    child.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });

test('arguments go in, the exit code comes out', async () => {
  const exits = program('exits.mjs', 'process.exit(process.argv.slice(2).length === 2 && process.argv[3] === "--watch" ? 7 : 1);\n');
  expect(await ended(start(process.execPath, [LAUNCHER, exits, 'a', '--watch']))).toEqual({ code: 7, signal: null });
});

test('a signal is passed on and the launcher ends as the program did', async () => {
  const launcher = start(process.execPath, [LAUNCHER, waits]);
  await said(launcher, /pid \d+\./);
  const end = ended(launcher);
  launcher.kill('SIGTERM');
  expect(await end).toEqual({ code: null, signal: 'SIGTERM' });
});

test.each([[[]], [['--watch']]])('the program is gone soon after the launcher %j was killed', async (flags) => {
  const launcher = start(process.execPath, [LAUNCHER, ...flags, waits]);
  await said(launcher, /pid \d+\./);
  const end = gone(launcher);
  launcher.kill('SIGKILL');
  await end;
});

test('launcher and program are gone soon after npm was killed, although npm starts scripts through a shell', async () => {
  // Stands for npm: a process that starts a shell that starts the launcher. The shell survives it.
  const script = `require('node:child_process').spawn('sh', ['-c', '"$0" "$@"; exit $?', ...process.argv.slice(1)], { stdio: 'inherit' })`;
  const npm = start(process.execPath, ['-e', script, process.execPath, LAUNCHER, waits], { npm_lifecycle_event: 'start' });
  await said(npm, /pid \d+\./);
  const end = gone(npm);
  npm.kill('SIGKILL');
  await end;
});

test('what does not exist is said, not thrown', () => {
  const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, 'src/nowhere.ts'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'There is no src/nowhere.ts.\n' });
});
