import { describe, expect, test } from '@jest/globals';
import { DEEP, figure } from '../support/deep.ts';
import { brokenCredentials, residue, tenantAsFound, writesOnce } from '../support/installation/checks.ts';
import { type GivenUp, givenUp } from '../support/installation/givenUp.ts';
import type { Machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { approved, SAGAS, type Saga } from '../support/installation/sagas.ts';
import { killedScene } from '../support/killed/scene.ts';
import { testDatabaseUrl } from '../support/postgres.ts';
import { setUp } from '../support/setUp.ts';

/*
 * The boundaries of test/property/killPoints.test.ts once more, with processes that are really killed, on a real database server: the first
 * at the boundary, the second at one of those that are left, another one each time. `npm test` takes a few of two sagas,
 * `npm run test:deep` all of all.
 */
const SAMPLE = ['createUser', 'setPassword', 'leaveUnit'];
const SAMPLE_BACK = ['removeRole', 'joinUnit'];
const CONVERGES_WITHIN_MS = 60_000;
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('a worker that is killed with kill -9, twice in a row, at every durable boundary', () => {
  const scene = setUp(
    () => killedScene(testDatabaseUrl ?? ''),
    (made) => made.stop(),
  );

  const limitMs = DEEP ? 3_600_000 : 360_000;
  const sagas = SAGAS.filter(({ name }) => DEEP || name === 'create' || name === 'rotate'); // one that makes an account, one on an account
  const endingOf = (machine: Machine) => ({ tenant: tenantAsFound(machine), writes: writesOnce(machine) });

  /** Two lives that end after so many events, and one that is left alone. @returns how many were killed, and how long the last one took */
  async function killed({ inUnit }: Saga, machine: Machine, index: number, of: number): Promise<{ deaths: number; lastMs: number }> {
    await scene().load(machine);
    expect([index, await scene().life(machine, inUnit, index)]).toEqual([index, 'SIGKILL']);
    const second = await scene().life(machine, inUnit, 1 + ((index * 7) % Math.max(1, of - index)));
    const started = performance.now();
    expect([index, await scene().life(machine, inUnit)]).toEqual([index, undefined]);
    const lastMs = performance.now() - started;
    await scene().takeBack(machine);
    return { deaths: second === undefined ? 1 : 2, lastMs };
  }

  test.each(sagas)(
    'GR-1 GR-2 GR-4 AP-8: $name',
    async (saga) => {
      const calm = await approved(saga);
      const { events } = await live(calm.machine);
      const ending = endingOf(calm.machine);
      let longest = 0;
      let deaths = 0;
      for (const [index, name] of ['start', ...events].entries()) {
        if (!DEEP && !SAMPLE.includes(name)) continue;
        const { machine, requestId } = await approved(saga);
        const run = await killed(saga, machine, index, events.length);
        deaths += run.deaths;
        longest = Math.max(longest, run.lastMs);
        expect([name, machine.request(requestId).state, endingOf(machine)]).toEqual([name, 'applied', ending]);
        expect([name, await brokenCredentials(machine)]).toEqual([name, []]);
      }
      expect(longest).toBeLessThan(CONVERGES_WITHIN_MS);
      figure(
        `${saga.name}: killed ${deaths} times with kill -9, all converged, the slowest ${(longest / 1000).toFixed(1)} s after its start`,
      );
    },
    limitMs,
  );

  test.each(sagas)(
    'GR-5 GR-1: $name, taken back',
    async (saga) => {
      const { machine: fresh, requestId: asked } = await approved(saga);
      if (fresh.request(asked).plan.undo.length === 0) return;
      let longest = 0;
      let deaths = 0;
      const dies = async (start: GivenUp, index: number, of: number, ending: object): Promise<void> => {
        const machine = start.machine.fork();
        const run = await killed(saga, machine, index, of);
        deaths += run.deaths;
        longest = Math.max(longest, run.lastMs);
        const found = [machine.request(start.requestId).state, endingOf(machine), residue(machine, start.requestId, start.before)];
        expect([index, ...found]).toEqual([index, 'undone', ending, []]);
      };
      let most: GivenUp | undefined;
      for (let write = 1; ; write += 1) {
        const start = await givenUp(saga, write, true);
        if (!start) break;
        most = start;
        if (!DEEP) continue;
        // What failed early has little to take back: of that another boundary each time.
        const calm = start.machine.fork();
        const { events } = await live(calm);
        await dies(start, write % events.length, events.length, endingOf(calm));
      }
      if (!most) throw new Error(`${saga.name} writes nothing`);
      const calm = most.machine.fork();
      const { events } = await live(calm);
      for (const [index, name] of ['start', ...events].entries())
        if (DEEP || SAMPLE_BACK.includes(name)) await dies(most, index, events.length, endingOf(calm));
      expect(longest).toBeLessThan(CONVERGES_WITHIN_MS);
      figure(`${saga.name}, taken back: killed ${deaths} times with kill -9, all undone, the slowest ${(longest / 1000).toFixed(1)} s`);
    },
    limitMs,
  );
});
