import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEEP, figure } from '../support/deep.ts';
import { brokenCredentials, tenantAsFound, writesOnce } from '../support/installation/checks.ts';
import { live } from '../support/installation/process.ts';
import { approved, SAGAS } from '../support/installation/sagas.ts';
import { type KilledScene, killedScene } from '../support/killed/scene.ts';
import { testDatabaseUrl } from '../support/postgres.ts';

/*
 * The boundaries of test/property/killPoints.test.ts once more, with processes that are really killed, on a real database server: the first
 * at the boundary, the second at the next thing it makes durable. `npm test` takes a few of the longest saga, `npm run test:deep` all of all.
 */
const SAMPLE = ['createUser', 'setPassword'];
const CONVERGES_WITHIN_MS = 60_000;
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('a worker that is killed with kill -9, twice in a row, at every durable boundary', () => {
  let scene: KilledScene;
  beforeAll(async () => {
    scene = await killedScene(testDatabaseUrl ?? '');
  }, 60_000);
  afterAll(() => scene.stop(), 30_000);

  test.each(SAGAS.filter(({ name }) => DEEP || name === 'create'))(
    'GR-1 GR-2 GR-4 AP-8: $name',
    async (saga) => {
      const calm = await approved(saga);
      const { events } = await live(calm.machine);
      const ending = { tenant: tenantAsFound(calm.machine), writes: writesOnce(calm.machine) };
      let longest = 0;
      let deaths = 0;
      for (const [index, name] of ['start', ...events].entries()) {
        if (!DEEP && !SAMPLE.includes(name)) continue;
        const { machine, requestId } = await approved(saga);
        await scene.load(machine);
        expect([name, await scene.life(machine, saga.inUnit, index)]).toEqual([name, 'SIGKILL']);
        const second = await scene.life(machine, saga.inUnit, 1);
        deaths += second === undefined ? 1 : 2;
        const started = performance.now();
        expect([name, await scene.life(machine, saga.inUnit)]).toEqual([name, undefined]);
        longest = Math.max(longest, performance.now() - started);
        await scene.takeBack(machine);
        const found = { tenant: tenantAsFound(machine), writes: writesOnce(machine) };
        expect([name, machine.request(requestId).state, found]).toEqual([name, 'applied', ending]);
        expect([name, await brokenCredentials(machine)]).toEqual([name, []]);
      }
      expect(longest).toBeLessThan(CONVERGES_WITHIN_MS);
      figure(
        `${saga.name}: killed ${deaths} times with kill -9, all converged, the slowest ${(longest / 1000).toFixed(1)} s after its start`,
      );
    },
    DEEP ? 3_600_000 : 120_000,
  );
});
