import { beforeEach, expect, test } from '@jest/globals';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { TenantInfo, TenantReader, Tenants } from '../../src/app/ports.ts';
import type { SignInEvent } from '../../src/core/alert/types.ts';
import { signInPoll } from '../../src/jobs/pollSignIns.ts';
import { anAccount, aSignIn, hours, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
const { tenantId } = anAccount();

let store: MemoryStore;
let rows: SignInEvent[];
let told: string[];
let isDown: boolean;

function aPoll(): () => Promise<void> {
  const real = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const counted: Door = {
    async dispatch(actor, intent) {
      if (isDown) throw new Error('the database is away');
      if (intent.kind === 'sign-in-seen') told.push(intent.event.rowId ?? '');
      return real.dispatch(actor, intent);
    },
  };
  const tenants = {
    list: () => [{ id: tenantId, name: 'contoso' } as TenantInfo],
    reader: () => ({ signIns: async () => rows }) as Partial<TenantReader>,
  } as unknown as Tenants;
  return signInPoll({ store, tenants, door: counted, log });
}

const row = (rowId: string, more: Partial<SignInEvent> = {}) => aSignIn({ rowId, correlationId: `c-${rowId}`, ...more });
const feed = async () => (await store.feeds()).find((each) => each.feed === 'graph-sign-ins');

beforeEach(() => {
  store = memoryStore(NOON);
  store.put('account', anAccount());
  [rows, told, isDown] = [[], [], false];
});

test('a row that every read of two hours brings again reaches the door once', async () => {
  const poll = aPoll();
  rows = [row('1'), row('2')];
  await poll();
  store.setClock(minutes(1));
  rows = [...rows, row('3')];
  await poll();
  store.setClock(minutes(2));
  await poll();
  expect(told).toEqual(['1', '2', '3']);
  expect(store.rows.alert.size).toBe(3);
});

test('AL-3: a row that says more than it did is told again, and its alert learns it', async () => {
  const poll = aPoll();
  const { place: _place, ...bare } = row('1');
  rows = [bare];
  await poll();
  rows = [row('1')];
  await poll();
  expect(told).toEqual(['1', '1']);
  expect([...store.rows.alert.values()].map(({ cause }) => cause)).toMatchObject([{ event: { place: 'Rotterdam, NL' } }]);
});

test('AL-1: what the door could not take is told with the next read, and the position stays where it was', async () => {
  const poll = aPoll();
  rows = [row('1')];
  await poll();
  store.setClock(minutes(1));
  rows = [row('1'), row('2')];
  isDown = true;
  await poll();
  expect(await feed()).toMatchObject({ readUpTo: NOON, failures: 1 });
  isDown = false;
  await poll();
  expect(told).toEqual(['1', '2']);
  expect(await feed()).toMatchObject({ readUpTo: minutes(1), failures: 0 });
});

test('AL-1: after a database went back to a backup every row is told again', async () => {
  const poll = aPoll();
  rows = [row('1')];
  await poll();
  store.setClock(minutes(1));
  await poll();
  expect(told).toEqual(['1']);
  await store.feedRead(tenantId, 'graph-sign-ins', { readUpTo: hours(-3) });
  await poll();
  expect(told).toEqual(['1', '1']);
});

test('another process, or a new one, tells for itself', async () => {
  rows = [row('1')];
  await aPoll()();
  await aPoll()();
  expect(told).toEqual(['1', '1']);
  expect(store.rows.alert.size).toBe(1);
});
