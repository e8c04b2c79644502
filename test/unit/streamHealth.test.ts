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
  health = streamHealth({ store, door: front, log, elapsedMs: () => elapsed }, [TENANT]);
});
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

  test('is no alert when it falters, and what an earlier process said of it is taken back', async () => {
    for (elapsed = 0; elapsed <= 300_000; elapsed += 10_000) await (elapsed % 30_000 === 0 ? health.works('0') : health.failed('0', fault));
    expect(states()).toEqual([]);
    await front.dispatch(
      { kind: 'system', part: 'feed' },
      {
        kind: 'condition-began',
        condition: `failing:${TENANT}:event-hub`,
        cause: { kind: 'feed-failing', feed: 'event-hub', words: 'as an earlier process said' },
      },
    );
    await streamHealth({ store, door: front, log }, [TENANT]).works('0');
    expect(states()).toEqual(['over']);
  });
});
