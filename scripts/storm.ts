import { storm } from '../test/support/storm/storm.ts';

/** `npm run storm [-- events [seed]]`: the whole storm of issue 6 unless a number of events is given. Ends with 1 when anything was lost. */
const [events = 10_000, seed = 1] = process.argv.slice(2).map(Number);
const figures = await storm({ events, kills: 20, outageMs: 60_000, pollSeconds: 60, withinMs: 2 * 3_600_000 }, seed, (words) =>
  process.stderr.write(`${words}\n`),
);
for (const [name, value] of Object.entries(figures))
  process.stdout.write(`${name.padEnd(14)}${Number.isInteger(value) ? value : value.toFixed(1)}\n`);
const { lostAttempts, lostCards, unmarked, extra, ambiguous } = figures;
const well = lostAttempts === 0 && lostCards === 0 && unmarked === 0 && extra <= ambiguous;
process.stdout.write(
  well ? 'Nothing was lost; every card too many says that it may be one.\n' : 'Something was lost or said twice without saying so.\n',
);
process.exitCode = well ? 0 : 1;
