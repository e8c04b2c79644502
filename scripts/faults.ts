import { alertDelays } from '../test/support/alertDelays.ts';
import { faultRun } from '../test/support/faultRun.ts';
import { freshDatabase, POSTGRES_HINT, startPostgres } from '../test/support/postgres.ts';

// npm run faults [-- LIVES SEED]: 200 accounts on a tenant of which 30 % of all calls are answered 429, 503, 504, by a reset, late, or
// carried out and never answered. Every account must come out right, nothing twice, and alerts must not wait for any of it.
const [lives = 200, seed = 1] = process.argv.slice(2).map(Number);
const day = { rate: 0.3, seed, lateMs: 100, timeoutMs: 20_000, retryAfter: 0, givenUpAtOnce: true } as const;
const run = await faultRun(lives, 40, day);
const sum = (of: (life: (typeof run.lives)[number]) => number): number => run.lives.reduce((total, life) => total + of(life), 0);
const runs = run.lives.flatMap((life) => life.runs);
for (const text of run.wrong) process.stdout.write(`${text}\n`);
process.stdout.write(
  `${run.lives.length} accounts, ${runs.length} requests carried out, ${run.wrong.length} things wrong; ${run.calls} calls; jobs taken up ${runs.reduce((total, times) => total + times, 0)} times, at most ` +
    `${Math.max(...runs)} for one request; Try again pressed ${sum(({ pressed }) => pressed)} times; sign-in logs read ` +
    `${sum(({ polls }) => polls)} times until the alert; ${Math.round(run.seconds)} s\n`,
);

const server = await startPostgres();
if (!server) process.stdout.write(`Alerts were not measured: no PostgreSQL. Try: ${POSTGRES_HINT}\n`);
else {
  for (const [words, rate] of [
    ['a good day', 0],
    ['a bad day', 0.3],
    ['no call answered in time', 1],
  ] as const) {
    const { url, drop } = await freshDatabase(server.url);
    const bad = { rate, seed, lateMs: 3_000, timeoutMs: 2_000 };
    const { delaysMs, calls } = await alertDelays({ kind: 'server', url }, bad, 12, 30).finally(drop);
    const sorted = [...delaysMs].sort((one, other) => one - other).map(Math.round);
    process.stdout.write(
      `12 plans beside, ${words}: sign-in to card ${sorted[Math.floor(sorted.length / 2)]} ms (median), ` +
        `${sorted[Math.floor(sorted.length * 0.9)]} ms (nine of ten), ${sorted.at(-1)} ms at most of ${sorted.length}; ${calls} calls\n`,
    );
  }
  await server.stop();
}
process.exitCode = run.wrong.length === 0 && run.lives.length === lives ? 0 : 1;
