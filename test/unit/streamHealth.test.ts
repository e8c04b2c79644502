import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { type StreamHealth, streamHealth } from '../../src/signals/streamHealth.ts';
import { NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const TENANT = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };

let store: MemoryStore;
let front: Door;
let elapsed: number;
let health: StreamHealth;
beforeEach(() => {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  elapsed = 0;
  health = replica();
});
const STREAM = 'contoso.servicebus.windows.net/entra/$default';
/** What one process makes of a stream. */
const replica = (stream = STREAM): StreamHealth => streamHealth({ store, door: front, log, elapsedMs: () => elapsed }, stream, [TENANT]);
const failingFor = async (what: StreamHealth, part: string, ms: number): Promise<void> => {
  for (const end = elapsed + ms; elapsed < end; elapsed += 10_000) await what.failed(part, fault);
};
const states = () => [...store.rows.alert.values()].map(({ state }) => state);
const fault = Object.assign(new Error('link to sb://contoso/… with token x'), { code: 'UnauthorizedError' });

describe('SI-1: a stream that cannot be read', () => {
  test('is one alert after a minute, which is over when events can come again', async () => {
    await health.works('0');
    for (elapsed = 0; elapsed <= 50_000; elapsed += 10_000) await health.failed('0', fault);
    expect(states()).toEqual([]);
    for (; elapsed <= 300_000; elapsed += 10_000) await health.failed('0', fault);
    expect(states()).toEqual(['open']);
    const [alert] = store.rows.alert.values();
    expect(alert?.cause).toEqual({ kind: 'feed-failing', feed: 'event-hub', words: 'The stream cannot be read: UnauthorizedError' });
    await health.works('0');
    expect(states()).toEqual(['over']);
  });

  test('is so while one partition fails, whatever the others do', async () => {
    for (elapsed = 0; elapsed <= 120_000; elapsed += 10_000) {
      await health.failed('0', fault);
      await health.works('1');
    }
    expect(states()).toEqual(['open']);
  });

  test('is no alert when it falters', async () => {
    for (elapsed = 0; elapsed <= 300_000; elapsed += 10_000) await (elapsed % 30_000 === 0 ? health.works('0') : health.failed('0', fault));
    expect(states()).toEqual([]);
  });

  test.each(['0', ''])('what a process said of it that is gone is taken back by whoever reads that partition then ("%s")', async (part) => {
    await failingFor(health, part, 90_000);
    expect(states()).toEqual(['open']);
    await replica().works('0');
    expect(states()).toEqual(['over']);
  });

  test('a replica that read for long takes it back as well: the partition when it gets it, the whole stream after ten minutes', async () => {
    const other = replica();
    await other.works('1');
    await failingFor(health, '0', 90_000);
    await other.works('0');
    expect(states()).toEqual(['over']);
    await failingFor(health, '', 90_000);
    expect(states()).toEqual(['over', 'open']);
    store.setClock(new Date(NOON.getTime() + 9 * 60_000));
    elapsed += 9 * 60_000;
    await other.works('1');
    expect(states()).toEqual(['over', 'open']);
    store.setClock(new Date(NOON.getTime() + 10 * 60_000));
    elapsed += 60_000;
    await other.works('1');
    expect(states()).toEqual(['over', 'over']);
  });

  test('stands whatever other replicas read of other partitions, and of other streams', async () => {
    await failingFor(health, '0', 90_000);
    const [other, elsewhere] = [replica(), replica('contoso.servicebus.windows.net/audit/$default')];
    for (const end = elapsed + 1_200_000; elapsed < end; elapsed += 30_000) {
      await other.works('1');
      await elsewhere.works('0');
    }
    expect(states()).toEqual(['open']);
  });

  test('is one alert, whichever partitions and replicas fail; one that still fails when the other is read again has its own', async () => {
    const other = replica();
    for (; elapsed < 120_000; elapsed += 10_000) {
      await health.failed('0', fault);
      await other.failed('1', fault);
    }
    expect(states()).toEqual(['open']);
    await health.works('0');
    expect(states()).toEqual(['over']);
    await other.failed('1', fault);
    expect(states()).toEqual(['over', 'open']);
    await other.works('1');
    expect(states()).toEqual(['over', 'over']);
  });

  test('is one as well that a reader of higher rank keeps to itself, and none that replicas pass on among themselves', async () => {
    const taken = Object.assign(new Error('New receiver with higher epoch'), { code: 'ReceiverDisconnectedError' });
    const takenEvery = async (everyMs: number, ms: number): Promise<void> => {
      for (const end = elapsed + ms; elapsed < end; elapsed += everyMs) {
        await health.takenOver('0', taken);
        health.left('0');
      }
    };
    await takenEvery(600_000, 3_600_000);
    for (let round = 0; round < 10; round += 1) {
      await takenEvery(10_000, 30_000);
      await health.works('0');
    }
    expect(states()).toEqual([]);
    await takenEvery(10_000, 60_000);
    expect(states()).toEqual([]);
    await takenEvery(10_000, 10_000);
    expect([...store.rows.alert.values()].map(({ state, cause }) => [state, 'words' in cause && cause.words])).toEqual([
      ['open', 'The stream cannot be read: ReceiverDisconnectedError'],
    ]);
    await health.works('0');
    expect(states()).toEqual(['over']);
  });

  test('is so no longer of a partition that another replica reads now: its minute begins anew when it comes back', async () => {
    await failingFor(health, '0', 50_000);
    health.left('0');
    elapsed += 3_600_000;
    await health.failed('0', fault);
    expect(states()).toEqual([]);
    await failingFor(health, '0', 90_000);
    expect(states()).toEqual(['open']);
  });
});
