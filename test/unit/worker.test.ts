import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { ChannelFault } from '../../src/bot/channelFault.ts';
import { startWorker, type WorkerNeeds } from '../../src/jobs/worker.ts';
import { anAlert, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
const ALERT = anAlert();
const SUBJECT = `alert:${ALERT.id}` as const;
const CHANNEL = { kind: 'channel' } as const;

let store: MemoryStore;
let gone: boolean;
let workers: Map<string, number>;
let idle: () => Promise<boolean>;

/** A worker whose queues hand out nothing: only what it does by itself happens. */
function start() {
  const unused = () => {
    throw new Error('nothing is to be applied');
  };
  const needs = {
    store,
    door: door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }),
    jobs: {
      work: async (queue: string, atOnce: number) => void workers.set(queue, atOnce),
      idle: () => idle(),
      stop: async () => undefined,
    },
    channel: {
      async post() {
        if (gone) throw new ChannelFault('refused', { status: 403, ambiguous: false });
        return { conversationId: 'c', activityId: 'm' };
      },
      update: async () => undefined,
    },
    tenants: { list: () => [], info: () => undefined, reader: unused, writer: unused },
    people: { lookUp: async () => ({ ok: false, why: 'unknown' }), holders: async () => [] },
    refreshFor: async () => [],
    heartbeatSeconds: 300,
    feedRhythms: [],
    secondPaths: {},
    signInPollSeconds: 86_400,
    rosterPollSeconds: 86_400,
    log,
  };
  return startWorker(needs as unknown as WorkerNeeds);
}

beforeEach(async () => {
  store = memoryStore(NOON);
  workers = new Map();
  idle = async () => true;
  store.put('alert', ALERT);
  await store.transaction((tx) => tx.owe([{ kind: 'post', key: 'lost', place: CHANNEL, subject: SUBJECT, first: true }]));
  await store.remember({ place: CHANNEL, conversationId: 'c', reference: {} });
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => void jest.useRealTimers());

const state = () => store.rows.cards.get('lost')?.state;
/** Lets everything that is ready happen. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

test('AL-2: what no job will send any more is sent at the next start', async () => {
  gone = false;
  const worker = await start();
  await breathe();
  expect(state()).toBe('sent');
  await worker.stop();
});

test('AL-2: what was refused is tried again every minute, until it is sent', async () => {
  gone = true;
  const worker = await start();
  await breathe();
  expect(state()).toBe('owed');
  gone = false;
  await jest.advanceTimersByTimeAsync(59_000);
  expect(state()).toBe('owed');
  await jest.advanceTimersByTimeAsync(2_000);
  await breathe();
  expect(state()).toBe('sent');
  await worker.stop();
});

test('AL-6: each queue of cards has workers of its own', async () => {
  const worker = await start();
  expect([...workers.keys()].sort()).toEqual(['card', 'first-card', 'notify', 'run-plan', 'urgent-card']);
  await worker.stop();
});

test('what the last job has set is rung before it is said that all that was due is done', async () => {
  const worker = await start();
  const owed = (key: string) => ({ kind: 'intend', key, at: NOON, intent: { kind: 'conclude-request', requestId: key } }) as const;
  // Each is the end of a job, after which nothing is being done.
  const ends = [owed('first'), owed('second')];
  idle = async () => {
    const effect = ends.shift();
    if (effect) await store.transaction((tx) => tx.owe([effect]));
    return true;
  };
  const settled = worker.settle(10_000);
  await jest.advanceTimersByTimeAsync(400);
  await settled;
  expect([ends.length, [...store.rows.timers.keys()]]).toEqual([0, ['heartbeat']]);
  await worker.stop();
});
