import { faultRun } from '../test/support/faultRun.ts';

// npm run faults [-- LIVES SEED]: 200 accounts on a tenant of which 30 % of all calls are answered 429, 503, 504, by a reset, late, or
// carried out and never answered. Every account must come out right, nothing twice.
const [lives = 200, seed = 1] = process.argv.slice(2).map(Number);
const day = { rate: 0.3, seed, lateMs: 330, timeoutMs: 300, retryAfter: 0 };
const run = await faultRun(lives, 40, day);
const sum = (of: (life: (typeof run.lives)[number]) => number): number => run.lives.reduce((total, life) => total + of(life), 0);
for (const text of run.wrong) process.stdout.write(`${text}\n`);
process.stdout.write(
  `${run.lives.length} accounts, ${run.wrong.length} things wrong; ${run.calls} calls, the slowest ${Math.round(run.slowestMs)} ms of ` +
    `${day.timeoutMs}; jobs taken up ${sum(({ runs }) => runs)} times, Try again pressed ${sum(({ pressed }) => pressed)} times, sign-in ` +
    `logs read ${sum(({ polls }) => polls)} times until the alert; ${Math.round(run.seconds)} s\n`,
);
process.exitCode = run.wrong.length === 0 && run.lives.length === lives ? 0 : 1;
