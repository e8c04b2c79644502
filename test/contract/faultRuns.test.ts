import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { digestOf } from '../../src/core/digest.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { connect, type Location } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { aDecision, anAccount, aPlan, aRequest, aSignIn, person } from '../support/builders.ts';
import { badTenant } from '../support/faultLives.ts';
import { faultRun } from '../support/faultRun.ts';
import { countingRandom, TEST_POLICY } from '../support/memoryStore.ts';
import { freshDatabase, testDatabaseUrl } from '../support/postgres.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/** A database: on the server where one is there, which is quicker to have than the embedded one. */
async function somewhere(): Promise<{ readonly location: Location; remove(): Promise<void> }> {
  if (testDatabaseUrl !== undefined) {
    const { url, drop } = await freshDatabase(testDatabaseUrl);
    return { location: { kind: 'server', url }, remove: drop };
  }
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-faults-'));
  return { location: { kind: 'embedded', folder }, remove: async () => rmSync(folder, { recursive: true, force: true }) };
}

describe('a tenant on a bad day', () => {
  test('GR-1 GR-4: with 30 % of all calls throttled, refused, cut, late or carried out unanswered, every account comes out right, none twice', async () => {
    const day = { rate: 0.3, seed: 20_261_125, lateMs: 230, timeoutMs: 200, retryAfter: 0 };
    const run = await faultRun(10, 10, day);
    expect(run.wrong).toEqual([]);
    expect(run.lives).toHaveLength(10);
    expect(run.lives.every(({ runs }) => runs < 100)).toBe(true);
    // The bad day was one: without faults an account takes about thirty calls and one run.
    expect(run.lives.some(({ runs }) => runs > 1)).toBe(true);
    // Each call ends at its limit; the rest is what a busy machine adds.
    expect(run.slowestMs).toBeLessThan(day.timeoutMs + 2_000);
  }, 180_000);

  test('GR-7 AL-6: while plans hang on a tenant that answers nothing in time, alerts are in the channel at once', async () => {
    const place = await somewhere();
    const day = { rate: 1, seed: 1, lateMs: 4_000, timeoutMs: 3_000 };
    const tenant = await badTenant(day);
    const database = await connect(place.location);
    await migrate(database.current());
    const outbox = await openOutbox(database, quiet);
    const store = storeOn(database, outbox);
    const random = countingRandom();
    const front = door({ store, random, policy: TEST_POLICY, tenant: tenant.tenants.info });
    let posted = 0;
    const channel = {
      async post() {
        posted += 1;
        return { conversationId: 'c', activityId: `m${posted}` };
      },
      update: async () => undefined,
    };
    const people = { ...tenant.people, holders: async () => [person('ann'), person('bob')] };
    const custody = keyFileCustody(Buffer.alloc(32, 3));
    const needs = { door: front, store, people, tenants: tenant.tenants, custody, random, partContext, jobs: outbox, channel, log: quiet };
    const worker = await startWorker({
      ...needs,
      refreshFor: async () => [],
      signInPollSeconds: 1,
      rosterPollSeconds: 86_400,
      secondPaths: {},
      feedRhythms: [],
      heartbeatSeconds: 86_400,
    });
    try {
      await store.remember({ place: { kind: 'channel' }, conversationId: 'c', reference: {} });
      await tenant.begin();
      const now = await store.now();
      await store.transaction(async (tx) => {
        await tx.insert('request', aRequest({ state: 'applied' }));
        await tx.insert('account', anAccount());
        for (let number = 1; number <= 6; number += 1) {
          const plan = aPlan({ requestId: `R-${number}`, userName: `hung-${number}`, expiresAt: new Date(now.getTime() + 86_400_000) });
          const request = aRequest({
            plan,
            formId: `F-${number}`,
            state: 'approved',
            decisions: (['ann', 'bob'] as const).map((name) => aDecision(name, { planDigest: digestOf(plan) })),
          });
          await tx.insert('request', request);
          await tx.owe([{ kind: 'apply-plan', requestId: request.id }]);
        }
      });
      const waits: number[] = [];
      for (let number = 1; number <= 4; number += 1) {
        const started = performance.now();
        const before = posted;
        const event = aSignIn({
          signedInAt: now,
          correlationId: `0f8fad5b-d9cb-469f-a165-7086772895${10 + number}`,
          rowId: `row-${number}`,
        });
        await front.dispatch({ kind: 'system', part: 'feed' }, { kind: 'sign-in-seen', event, feed: 'azure-monitor' });
        while (posted === before && performance.now() - started < 10_000) await new Promise((resolve) => setTimeout(resolve, 10));
        waits.push(performance.now() - started);
      }
      // The goal is a second (docs/performance.md); on the busiest machine it is still less than one call that hangs.
      expect(Math.max(...waits)).toBeLessThan(day.timeoutMs);
      // Both workers of plans are held up meanwhile, and so is the reading of sign-in logs.
      expect(tenant.calls.count).toBeGreaterThanOrEqual(3);
    } finally {
      await worker.stop();
      await store.close();
      await tenant.close();
      await place.remove();
    }
  }, 180_000);
});
