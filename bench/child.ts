import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What scripts/run.mjs gives every program. */
export const LAUNCHER_FLAGS = ['--max-semi-space-size=8', '--disable-sigusr1', '--report-exclude-env'];

/** A process of its own that serves on a port and tells what it has used. It ends with this process, however that ends. */
export interface Child {
  readonly port: number;
  /** CPU time since it began, all threads, user and system, in microseconds. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts `bench/children/<name>.ts`.
 *
 * @param flags of Node, for a profile: `['--cpu-prof']`
 */
export async function startChild(name: string, settings: object, flags: readonly string[] = []): Promise<Child> {
  const file = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url));
  // Its log goes where production's goes, to standard output; nobody reads it here.
  const child = spawn(process.execPath, [...LAUNCHER_FLAGS, ...flags, file, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const next = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`${name} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (said) => {
        child.off('exit', ended);
        resolve(Number(said));
      });
    });
  const port = await next();
  return {
    port,
    cpu() {
      const answer = next();
      child.send('cpu');
      return answer;
    },
    async stop() {
      if (child.exitCode !== null) return;
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.disconnect();
      });
    },
  };
}

/** The child's half: says where it listens, and answers until the parent goes. */
export function serveParent(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.(port);
}
