import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { TenantReader, Tenants } from '../../src/app/ports.ts';
import { digestOf } from '../../src/core/digest.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { connect, type Location } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { aDecision, anAccount, aPlan, aRequest, aSignIn, person } from './builders.ts';
import { type BadDay, badTenant } from './faultLives.ts';
import { countingRandom, TEST_POLICY } from './memoryStore.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const MOST_MS = 10_000;

/** How long alerts took while plans were carried out on a tenant that has a bad day. */
export interface AlertDelays {
  /** Milliseconds from a sign-in that is handed to the door until its card is handed to Teams, one after the other. */
  readonly delaysMs: readonly number[];
  /** Calls the tenant was asked meanwhile. */
  readonly calls: number;
  /** Runs of plans that asked it something: what two ask at the same time is one call. */
  readonly runs: number;
}

/** A whole worker on a database of its own: so many approved plans owed to it at once, then so many sign-ins, one after the other. */
export async function alertDelays(location: Location, day: BadDay, plans: number, signIns: number): Promise<AlertDelays> {
  const tenant = await badTenant(day);
  const database = await connect(location);
  await migrate(database.current());
  const outbox = await openOutbox(database, quiet);
  const store = storeOn(database, outbox);
  const random = countingRandom();
  const front = door({ store, random, policy: TEST_POLICY, tenant: tenant.tenants.info });
  let posted = 0;
  let tell: () => void = () => undefined;
  const channel = {
    async post() {
      posted += 1;
      tell();
      return { conversationId: 'c', activityId: `m${posted}` };
    },
    update: async () => undefined,
  };
  const people = { ...tenant.people, holders: async () => [person('ann'), person('bob')] };
  const custody = keyFileCustody(Buffer.alloc(32, 3));
  let runs = 0;
  const tenants: Tenants = {
    ...tenant.tenants,
    reader: (id) => {
      const reader = tenant.tenants.reader(id);
      // The first question of every run.
      const roles: TenantReader['roles'] = (objectId) => {
        runs += 1;
        return reader.roles(objectId);
      };
      return { ...reader, roles };
    },
  };
  const needs = { door: front, store, people, tenants, custody, random, partContext, jobs: outbox, channel, log: quiet };
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
      for (let number = 1; number <= plans; number += 1) {
        const plan = aPlan({ requestId: `R-${number}`, userName: `hung-${number}`, expiresAt: new Date(now.getTime() + 86_400_000) });
        const decisions = (['ann', 'bob'] as const).map((name) => aDecision(name, { planDigest: digestOf(plan) }));
        const request = aRequest({ plan, formId: `F-${number}`, state: 'approved', decisions });
        await tx.insert('request', request);
        await tx.owe([{ kind: 'apply-plan', requestId: request.id }]);
      }
    });
    const delaysMs: number[] = [];
    for (let number = 1; number <= signIns; number += 1) {
      const correlationId = `0f8fad5b-d9cb-469f-a165-${String(number).padStart(12, '0')}`;
      const event = aSignIn({ signedInAt: now, correlationId, rowId: `row-${number}` });
      const shown = Promise.withResolvers<void>();
      tell = shown.resolve;
      const started = performance.now();
      await front.dispatch({ kind: 'system', part: 'feed' }, { kind: 'sign-in-seen', event, feed: 'azure-monitor' });
      const limit = setTimeout(shown.resolve, MOST_MS);
      await shown.promise;
      clearTimeout(limit);
      delaysMs.push(performance.now() - started);
    }
    return { delaysMs, calls: tenant.calls.count, runs };
  } finally {
    await worker.stop();
    await tenant.end();
    await store.close();
    await tenant.close();
  }
}
