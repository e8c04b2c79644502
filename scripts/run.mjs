// Every npm script starts here: node scripts/run.mjs [--watch] <file.ts> [arguments]
// Plain JavaScript without packages, because it runs on whatever Node npm runs on (20 or newer) and before anything is installed.
// It makes sure that what package-lock.json names is installed, then runs the file on Node 24, which the `node` package brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { alive, npmAbove } from './processes.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.breakglass-lock');
const LEAST_NODE = 24;
const LOOK_FOR_PARENT_EVERY_MS = 500;
const GRACE_MS = 5_000;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether node_modules holds every version the lock names: true after `npm ci` by hand, which leaves no stamp of ours. */
function installed(lockText, withDevelopment) {
  const record = textOf(join(MODULES, '.package-lock.json'));
  if (!record) return false;
  const have = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lockText).packages).every(([path, entry]) => {
    if (path === '' || entry.optional || (!withDevelopment && (entry.dev || entry.devOptional))) return true;
    return have[path]?.version === entry.version && have[path]?.integrity === entry.integrity;
  });
}

function npm(args) {
  const script = process.env.npm_execpath; // the npm we run under, if any
  const [command, before] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const shell = process.platform === 'win32' && command === 'npm';
  return spawnSync(command, [...before, ...args], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', shell });
}

/** @param withDevelopment false for the product itself, which also runs where only production packages are installed */
function ensureInstalled(withDevelopment) {
  const lock = textOf(join(ROOT, 'package-lock.json'));
  const stamp = lock && createHash('sha256').update(lock).digest('hex');
  if (stamp && textOf(STAMP)?.trim() === stamp) return;
  const complete = lock !== undefined && installed(lock, true);
  if (!complete && !(lock && !withDevelopment && installed(lock, false))) {
    process.stdout.write('Installing packages; this happens once and takes a minute or two.\n');
    const clean = lock ? npm(['ci']) : undefined;
    // npm 11 and 12 refuse a lock they wrote themselves where the registry lacks an optional package of some other platform (npm/cli
    // issue 9846: "Missing: … from lock file"). `install` takes the same versions and checks the same hashes.
    const done = clean?.status === 0 ? clean : npm(lock ? ['install', '--no-save'] : ['install']);
    if (done.status !== 0) fail(`${done.error?.message ?? done.stderr}\nThe packages could not be installed. Try: npm ci`);
  } else if (!complete) {
    return; // production packages only: no stamp, so that `npm test` in this folder still installs the rest
  }
  if (stamp) writeFileSync(STAMP, `${stamp}\n`);
}

function findNode() {
  const brought = join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(brought)) return brought;
  if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) return process.execPath;
  return fail(`Node ${LEAST_NODE} or newer is needed; this is ${process.version} and the package \`node\` brought no binary. Try: npm ci`);
}

const rest = process.argv.slice(2);
const watch = rest[0] === '--watch';
if (watch) rest.shift();
const [file, ...args] = rest;
if (!file) fail('Usage: node scripts/run.mjs [--watch] <file.ts> [arguments]');
if (!existsSync(join(ROOT, file))) fail(`There is no ${file}.`);

ensureInstalled(!file.startsWith('src/'));
const orphan = pathToFileURL(join(ROOT, 'scripts', 'orphan.mjs')).href;
// A small young generation: the bot at rest takes 200 instead of 240 MB, for 3 % more CPU a message (docs/performance.md).
// The others keep what is in memory there: no debugger by signal, no environment in a diagnostic report (docs/operations.md).
const flags = [
  '--max-semi-space-size=8',
  '--disable-sigusr1',
  '--report-exclude-env',
  ...(watch ? ['--watch', '--watch-preserve-output'] : []),
  '--import',
  orphan,
];
const child = spawn(findNode(), [...flags, join(ROOT, file), ...args], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel closes when this process ends, even by SIGKILL: scripts/orphan.mjs
  env: { ...process.env, RUN_LAUNCHER_PID: String(process.pid), NODE_COMPILE_CACHE: join(MODULES, '.cache', 'breakglass', 'compile') },
});
child.on('error', (error) => fail(`${file} could not be started: ${error.message}`));
child.on('exit', (code, signal) => {
  if (!signal) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal); // ends as the child ended, so that a shell sees the same
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  let passedOn = false;
  process.on(signal, () => {
    // Ctrl+C reaches the whole foreground group by itself; npm then passes it on once more.
    if (passedOn || (signal === 'SIGINT' && process.stdin.isTTY)) return;
    passedOn = true;
    child.kill(signal);
  });
}

// npm killed by SIGKILL leaves this process behind. Only under npm: started by hand, it may outlive its shell.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const npm = npmAbove();
  const timer = setInterval(() => {
    if (process.ppid === parent && alive(npm)) return;
    clearInterval(timer);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
  }, LOOK_FOR_PARENT_EVERY_MS);
  timer.unref();
}
