import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { DEEP, figure, often } from '../support/deep.ts';

const COUNT = often(10_000, 200_000);
/** `BREAKGLASS_SEED` plays the same histories again. */
const SEED = Number(process.env.BREAKGLASS_SEED ?? Date.now() % 2 ** 31);
const LONGEST = DEEP ? 20 : 12;
const RUN = fileURLToPath(new URL('../support/histories/run.ts', import.meta.url));
const SHARES = Math.min(2, availableParallelism());

interface Played {
  readonly writes: number;
  readonly endings: Readonly<Record<string, number>>;
}

async function play(count: number, seed: number): Promise<Played> {
  const started = promisify(execFile)(process.execPath, [RUN, String(count), String(seed), String(LONGEST)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { stdout } = await started.catch((error: { stderr?: string }) => {
    throw new Error(`seed ${seed}, ${count} histories: ${error.stderr}`, { cause: error });
  });
  return JSON.parse(stdout) as Played;
}

test(
  'AP-1 AP-2 AP-3 AP-4 AP-5 AP-6 AP-7 AP-8 AP-9 AP-11 GR-1 GR-2 GR-3 GR-5: in any history what is written in a tenant was decided by people, and what they decided is written',
  async () => {
    const played = await Promise.all(Array.from({ length: SHARES }, (_, share) => play(Math.ceil(COUNT / SHARES), SEED + share)));
    const endings = new Map<string, number>();
    for (const [phase, count] of played.flatMap((share) => Object.entries(share.endings)))
      endings.set(phase, (endings.get(phase) ?? 0) + count);
    const writes = played.reduce((sum, share) => sum + share.writes, 0);
    const told = [...endings].map(([phase, count]) => `${count} ${phase}`).join(', ');
    figure(`${COUNT} histories, seed ${SEED} (${SHARES} shares): 0 rules broken; ${writes} writes in tenants; requests ended ${told}`);
    // Every end is reached, or the histories prove nothing of it.
    for (const phase of ['done', 'gone-back', 'denied', 'withdrawn', 'expired'])
      expect([phase, (endings.get(phase) ?? 0) > COUNT / 1000]).toEqual([phase, true]);
  },
  DEEP ? 3_600_000 : 180_000,
);
