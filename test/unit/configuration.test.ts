import { expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import { type Configuration, changesOf } from '../../src/core/configuration.ts';
import { NOON } from '../support/builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const BEFORE: Configuration = { quorum: '2', team: 'a', old: 'x' };

test('ST-4: a change is a setting that differs, that came or that went; the first start changes nothing', () => {
  expect(changesOf(undefined, BEFORE)).toEqual([]);
  expect(changesOf(BEFORE, { ...BEFORE })).toEqual([]);
  expect(changesOf(BEFORE, { quorum: '3', team: 'a', fresh: 'y' })).toEqual([
    { name: 'fresh', after: 'y' },
    { name: 'old', before: 'x' },
    { name: 'quorum', before: '2', after: '3' },
  ]);
});

test('ST-4: a start with other settings is one audit entry and one alert; the first one, and one with the same, are none', async () => {
  const store = memoryStore(NOON);
  const front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const start = (configuration: Configuration) =>
    front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'configuration-read', configuration });
  await start(BEFORE);
  const first = { audit: store.rows.audit.length, owed: store.rows.timers.size };
  expect(await start({ ...BEFORE })).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
  expect([store.rows.audit.length, store.rows.timers.size]).toEqual([first.audit, first.owed]);
  expect(await start({ ...BEFORE, quorum: '3' })).toMatchObject({ ok: true });
  expect(store.rows.audit).toHaveLength(first.audit + 1);
  expect(JSON.stringify([...store.rows.timers])).toContain('configuration-changed');
});
