import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fingerprint } from '../src/compose.ts';
import { keepMemoryIn } from '../src/config/memory.ts';
import { parseSettings } from '../src/config/settings.ts';
import { parseKeyFile } from '../src/custody/keyFile.ts';
import { jsonLog } from '../src/logging/jsonLog.ts';
import { startSandbox } from './start.ts';

/** `npm start`: the whole product on one machine. Prints one address; everything else goes to the log file in the data folder. */
keepMemoryIn();
const parsed = parseSettings(process.env, 'sandbox');
if (!parsed.ok) {
  process.stderr.write(`${parsed.fault.message}\n`);
  process.exit(1);
}
const { settings } = parsed;
const dataDir = resolve(settings.dataDir);
mkdirSync(dataDir, { recursive: true, mode: 0o700 });
chmodSync(dataDir, 0o700);

process.stdout.write('Starting the Breakglass sandbox. The first start prepares a database and takes a few seconds.\n');
const { createWriteStream } = await import('node:fs');
const logFile = join(dataDir, 'breakglass.log');
const stream = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
const log = jsonLog(settings.logLevel, (line) => stream.write(line));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    // Written here and not by Node: its own report would print source lines and whatever an error carries.
    log.error(event, { error });
    process.stderr.write(`Breakglass stopped on an unexpected fault. Details: ${logFile}\n`);
    stream.end(() => process.exit(1));
  });
}

const started = performance.now();
const sandbox = await withPatience(() => startSandbox(settings, dataDir, custodyKeys(join(dataDir, 'custody.key')), log));
process.stdout.write(
  `\n  Breakglass sandbox is ready (${((performance.now() - started) / 1000).toFixed(1)} s).\n\n  Open  ${sandbox.pageUrl}\n\n` +
    `  Data and log: ${dataDir}. Ctrl+C stops it; what happened is still there at the next start.\n`,
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stop.failed', { error });
        process.exit(1);
      },
    );
  });
}

/** An earlier process may need a moment to notice that its terminal is gone. */
async function withPatience<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const busy = error instanceof Error && (error.name === 'EmbeddedFault' || ('code' in error && error.code === 'EADDRINUSE'));
      if (busy && attempt <= 10) {
        await wait(500);
        continue;
      }
      log.error('start.failed', { error });
      const why = error instanceof Error ? error.message : String(error);
      const hint = busy
        ? ' Is another sandbox running? Ports and data folder: BREAKGLASS_PORT, BREAKGLASS_SANDBOX_*_PORT, BREAKGLASS_DATA_DIR.'
        : '';
      process.stderr.write(`The sandbox could not start: ${why}.${hint}\n`);
      process.exit(1);
    }
  }
}

function custodyKeys(file: string): readonly [Buffer, ...Buffer[]] {
  if (!existsSync(file)) writeFileSync(file, crypto.getRandomValues(Buffer.alloc(32)).toString('base64'), { mode: 0o600, flag: 'wx' });
  const keys = parseKeyFile(readFileSync(file, 'utf8'));
  if (!keys) throw new Error(`${file} holds no custody key`);
  log.info('custody.keys', { newest: fingerprint(keys[0]), older: keys.length - 1 });
  return keys;
}
