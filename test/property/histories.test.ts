import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { DEEP, figure, often } from '../support/deep.ts';
import { PROOFS } from '../support/histories/proofs.ts';

const COUNT = often(10_000, 200_000);
const SEED = Number(process.env.BREAKGLASS_SEED ?? Date.now() % 2 ** 31);
const LONGEST = DEEP ? 20 : 12;
const RUN = fileURLToPath(new URL('../support/histories/run.ts', import.meta.url));
/** The same on every machine: each share has a seed of its own, so that who has other shares plays other histories. */
const SHARES = 2;
const LIMIT_MS = DEEP ? 3_600_000 : 180_000;
/** What plays exactly these histories again, on any machine. */
const AGAIN = `BREAKGLASS_SEED=${SEED} BREAKGLASS_COUNT=${COUNT} npm ${DEEP ? 'run test:deep' : 'test'} -- property/histories`;

interface Played {
  readonly writes: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, number>>;
}

async function play(count: number, seed: number): Promise<Played> {
  const started = promisify(execFile)(process.execPath, [RUN, String(count), String(seed), String(LONGEST)], {
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: LIMIT_MS - 10_000,
  });
  const { stdout } = await started.catch((error: { killed?: boolean; stderr?: string }) => {
    throw new Error(`${error.killed ? `not done in ${LIMIT_MS / 1_000} s` : error.stderr}\nPlayed again by: ${AGAIN}`, { cause: error });
  });
  return JSON.parse(stdout) as Played;
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) sums.set(name, (sums.get(name) ?? 0) + count);
  return sums;
}

test(
  'AP-1 AP-2 AP-3 AP-4 AP-5 AP-6 AP-7 AP-8 AP-9 AP-11 GR-1 GR-2 GR-3 GR-5: in any history what is written in a tenant was decided by people, and what they decided is written',
  async () => {
    // First of all, so that it is known however the run ends.
    figure(`${COUNT} histories, seed ${SEED}, played again by: ${AGAIN}`, 'always');
    const played = await Promise.all(Array.from({ length: SHARES }, (_, share) => play(Math.ceil(COUNT / SHARES), SEED + share)));
    const endings = summed(played.map((share) => share.endings));
    const steps = summed(played.map((share) => share.steps));
    const writes = played.reduce((sum, share) => sum + share.writes, 0);
    const told = (counts: Map<string, number>): string => [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
    figure(`0 rules broken; ${writes} writes in tenants; requests ended ${told(endings)}`, 'always');
    figure(`steps held against the tenant: ${told(steps)}`);
    // Every end is reached and every kind of step proven, or the histories prove nothing of it.
    const missing = ['done', 'gone-back', 'denied', 'withdrawn', 'expired'].filter((phase) => !((endings.get(phase) ?? 0) > COUNT / 1000));
    const unproven = Object.keys(PROOFS).filter((kind) => !steps.has(kind));
    expect([AGAIN, missing, unproven]).toEqual([AGAIN, [], []]);
  },
  LIMIT_MS,
);
