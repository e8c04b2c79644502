import fc from 'fast-check';
import { REQUEST_KINDS, type RequestKind } from '../../../src/core/request/types.ts';
import { ask, happening } from './happenings.ts';
import { History } from './play.ts';

/**
 * A program for test/property/histories.test.ts: plays so many histories and prints `{ writes, endings, steps }` as JSON, or how the shortest one
 * goes that breaks a rule. A process of its own, because it is twice as fast outside of the test runner's module loader.
 */
const [count = 0, seed = 0, longest = 0] = process.argv.slice(2).map(Number);
/** Short plans more often, because many histories are worth more than long ones. */
const kinds: readonly RequestKind[] = [...REQUEST_KINDS, 'rotate', 'disable', 'disable'];
const endings: Record<string, number> = {};
const steps: Record<string, number> = {};
let writes = 0;
const whole = fc.tuple(
  fc.boolean(),
  fc.boolean(),
  fc.constantFrom(0, 0, 0, 2),
  fc.constantFrom(2, 2, 2, 3),
  ask(kinds),
  fc.array(happening(kinds), { minLength: 4, maxLength: longest }),
);
const property = fc.asyncProperty(whole, async ([inUnit, keyed, coolDownHours, quorum, first, rest]) => {
  const history = await History.begin({ inUnit, keyed }, { coolDownHours, quorum });
  for (const each of [first, ...rest]) await history.happen(each);
  await history.end();
  writes += history.machine.tenant.writes.length;
  for (const { phase } of history.asked.values()) endings[phase] = (endings[phase] ?? 0) + 1;
  for (const kind of history.proven) steps[kind] = (steps[kind] ?? 0) + 1;
});
try {
  await fc.assert(property, { numRuns: count, seed });
  process.stdout.write(JSON.stringify({ writes, endings, steps }));
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.stack : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${cause}\n`);
  process.exitCode = 1;
}
