import type { Log } from '../app/log.ts';

export interface Repeating {
  /** Runs it now, or waits for the run under way and then runs it once more. */
  now(): Promise<void>;
  stop(): Promise<void>;
}

/** Does `work` every `everyMs` of real time, never twice at once. A failure is logged and does not end the series. */
export function repeat(name: string, everyMs: number, log: Log, work: () => Promise<void>): Repeating {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let chain: Promise<void> = Promise.resolve();
  const run = (): Promise<void> => {
    chain = chain.then(async () => {
      if (stopped) return;
      try {
        await work();
      } catch (error) {
        log.error(`${name}.failed`, { error });
      }
    });
    return chain;
  };
  const plan = (): void => {
    timer = setTimeout(() => void run().then(() => (stopped ? undefined : plan())), everyMs);
  };
  plan();
  return {
    now: run,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await chain;
    },
  };
}
