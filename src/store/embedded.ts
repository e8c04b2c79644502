import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * Opens the embedded PostgreSQL (PGlite 0.5.16) so that it can be trusted with approvals. Stock PGlite never calls fsync, takes no lock
 * against a second process, and cannot start again when a kill leaves `postmaster.pid` empty; each of the steps below answers one of
 * these, measured in a power-cut and kill -9 simulation. The order matters. See docs/decisions/0004.
 */
export interface Embedded {
  readonly pglite: PGlite;
  /** How often the database forced its files to disk since it was opened. */
  fsyncs(): number;
  close(): Promise<void>;
}

/** The data folder is in use by another process, made by another major version, or not writable: words say what to do. */
export class EmbeddedFault extends Error {
  override readonly name = 'EmbeddedFault';
}

const PG_VERSION = '18';
const OID_INT8 = 20;
const OID_BYTEA = 17;

class DurableNodeFS extends NodeFS {
  readonly #counted: () => void;
  constructor(folder: string, counted: () => void) {
    super(folder);
    this.#counted = counted;
  }
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(...args);
    result.emscriptenOpts.preRun ??= [];
    // PGlite's Node file layer has no fsync: without this hook the database believes it is durable and is not.
    (result.emscriptenOpts.preRun as ((module: NodeModule) => void)[]).push((module) => {
      module.NODEFS.stream_ops.fsync = (stream) => {
        fsyncSync(stream.nfd);
        this.#counted();
        return 0;
      };
    });
    return result;
  }
}
interface NodeModule {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

/**
 * @param folder data folder, made with mode 0700 if it does not exist
 * @throws EmbeddedFault when the folder is in use, of another version, or when fsync does not reach the disk
 */
export async function openEmbedded(folder: string): Promise<Embedded> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700); // PGlite makes its files 0666 whatever the umask: the folder has to keep others out
  const lock = takeLock(join(folder, 'lock.sqlite'));
  try {
    for (const name of readdirSync(folder)) if (name.startsWith('pgdata.new-')) rmSync(join(folder, name), { recursive: true });
    const data = join(folder, 'pgdata');
    if (!existsSync(data)) await create(folder, data);
    checkVersion(data);
    // We hold the lock, so whoever wrote it is gone; a kill at the wrong moment leaves it empty, and PostgreSQL then never starts again.
    rmSync(join(data, 'postmaster.pid'), { force: true });
    let count = 0;
    const pglite = await start(data, () => {
      count += 1;
    });
    await proveDurable(pglite, () => count);
    return {
      pglite,
      fsyncs: () => count,
      async close() {
        if (!pglite.closed) await pglite.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** The kernel's lock: a second process or a second opener is refused at once, and kill -9 frees it. Pid files do neither (data.md 1.5). */
function takeLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(file);
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    throw new EmbeddedFault(`The data folder is in use by another Breakglass process (${file}). Stop that one first.`, { cause: error });
  }
}

/** A half-made database is never found: made beside, forced to disk, then renamed. */
async function create(folder: string, data: string): Promise<void> {
  const fresh = join(folder, `pgdata.new-${process.pid}`);
  const pglite = await start(fresh, () => undefined);
  await pglite.close();
  syncTree(fresh);
  renameSync(fresh, data);
  syncPath(folder);
}

async function start(data: string, counted: () => void): Promise<PGlite> {
  const pglite = await PGlite.create({
    fs: new DurableNodeFS(data, counted),
    startParams: PGlite.defaultStartParams
      .filter((parameter) => parameter !== '-F')
      .concat(['-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB']),
    // As the `pg` driver answers, so that both engines give the same values: int8 as text, bytea as Buffer.
    parsers: { [OID_INT8]: (text: string) => text, [OID_BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') },
  });
  return givingWay(pglite);
}

/**
 * PGlite works in our own thread and hands on by microtasks, so whoever asks for one thing after another, a poll that brings ten thousand
 * rows, would keep sockets, timers and signals waiting until the last: no card leaves and no webhook is heard. Each statement and each
 * transaction waits for a turn of the event loop of its own instead.
 */
function givingWay(pglite: PGlite): PGlite {
  const inTurn =
    <A extends unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      await nextTurn();
      return work(...given);
    };
  return Object.assign(pglite, {
    query: inTurn(pglite.query.bind(pglite)),
    exec: inTurn(pglite.exec.bind(pglite)),
    transaction: inTurn(pglite.transaction.bind(pglite)),
  });
}

function checkVersion(data: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (found === PG_VERSION) return;
  throw new EmbeddedFault(
    `The data folder was made by PostgreSQL ${found}, this version of Breakglass embeds ${PG_VERSION}. Start the earlier version once more and move the data to a new folder or to a server (docs/operations.md).`,
  );
}

/** The hook relies on PGlite's insides; an upgrade must not take it away in silence. */
async function proveDurable(pglite: PGlite, count: () => number): Promise<void> {
  await pglite.exec('create table if not exists durable_proof (at timestamptz); delete from durable_proof');
  const before = count();
  await pglite.exec('insert into durable_proof values (now())');
  if (count() === before) throw new EmbeddedFault('The embedded database does not force its commits to disk. Refusing to start.');
}

function syncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) syncTree(child);
    else if (entry.isFile()) syncPath(child);
  }
  syncPath(path);
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
