import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SandboxProcess } from '../test/support/sandbox.ts';
import type { Benchmark, Figure, Surroundings } from './benchmark.ts';
import { median, spread, timed } from './figures.ts';
import { ProductionProcess } from './production.ts';

const TIMES = 3;
const AT_REST_AFTER_MS = 10_000;
/** Ends what it is loaded into when this process is gone, as under `npm start`. */
const ORPHAN = new URL('../scripts/orphan.mjs', import.meta.url).href;

/** From the begin of the process until it says that it is ready; and what production holds in memory when nothing happens. */
export const start: Benchmark = {
  name: 'start',
  title: 'Start, and memory at rest',
  async run(surroundings) {
    return [...(await sandboxStarts()), ...(await productionStarts(surroundings))];
  },
};

/** Nothing is there at the first start: no data, no compiled code. The later one follows kill -9, which leaves data but no compiled code (Node writes it at the end). */
async function sandboxStarts(): Promise<Figure[]> {
  const [first, again]: [number[], number[]] = [[], []];
  for (let number = 0; number < TIMES; number += 1) {
    const compiled = mkdtempSync(join(tmpdir(), 'breakglass-bench-'));
    const sandbox = new SandboxProcess({
      NODE_COMPILE_CACHE: compiled,
      NODE_OPTIONS: `--import ${ORPHAN}`,
      RUN_LAUNCHER_PID: String(process.pid),
    });
    try {
      first.push(await timed(() => sandbox.start()));
      await sandbox.kill();
      again.push(await timed(() => sandbox.start()));
    } finally {
      await sandbox.stop();
      rmSync(compiled, { recursive: true, force: true });
    }
  }
  return [
    seconds('sandbox ready, first start on an empty data folder', first, 12),
    seconds('sandbox ready, later start (after kill -9)', again, 5),
  ];
}

async function productionStarts({ database }: Surroundings): Promise<Figure[]> {
  const [first, again, rest, most]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let number = 0; number < TIMES; number += 1) {
    const production = new ProductionProcess(await database());
    try {
      first.push(await production.start());
      await production.stop();
      again.push(await production.start());
      await wait(AT_REST_AFTER_MS);
      const memory = production.memory();
      if (memory) {
        rest.push(memory.now);
        most.push(memory.most);
      }
    } finally {
      await production.stop();
      production.remove();
    }
  }
  return [
    seconds('production ready, first start on an empty database', first, 3),
    seconds('production ready, later start', again, 3),
    ...(rest.length > 0
      ? [
          {
            what: 'production, resident 10 s after it was ready; the worst counts',
            goal: { words: '≤ 256 MB', most: 256 },
            value: Math.max(...rest),
            measured: spread(rest, 'MB', 0),
          },
          { what: 'production, most resident until then', value: median(most), measured: spread(most, 'MB', 0) },
        ]
      : []),
  ];
}

const seconds = (what: string, times: readonly number[], goal: number): Figure => {
  const values = times.map((ms) => ms / 1_000);
  return { what, goal: { words: `≤ ${goal} s`, most: goal }, value: median(values), measured: spread(values, 's') };
};
