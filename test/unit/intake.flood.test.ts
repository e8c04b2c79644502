import { expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import { actor, anAccount, aSignIn, NOON } from '../support/builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED = { kind: 'system', part: 'feed' } as const;

test('AL-6: a flood of signals is taken in a few at a time, in order, and a person does not wait for it', async () => {
  const store = memoryStore(NOON);
  store.put('account', anAccount());
  let [inside, most] = [0, 0];
  const held: (() => void)[] = [];
  const begun: string[] = [];
  const slow: typeof store = {
    ...store,
    async transaction(work) {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise<void>((resolve) => held.push(resolve));
      try {
        return await store.transaction(work);
      } finally {
        inside -= 1;
      }
    },
  };
  const front = door({ store: slow, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const flood = Array.from({ length: 20 }, (_none, index) => {
    const event = aSignIn({ correlationId: `flood-${index}`, errorCode: 50126 });
    return front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'azure-monitor' }).then((outcome) => {
      begun.push(event.correlationId);
      return outcome;
    });
  });
  expect(most).toBe(4);
  const pressed = front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId: 'R-000000' });
  expect(inside).toBe(5); // beside them, not behind them
  held.pop()?.();
  expect(await pressed).toMatchObject({ ok: false });
  while (begun.length < flood.length) {
    held.shift()?.();
    await new Promise(setImmediate);
  }
  expect(most).toBe(5);
  expect(begun).toEqual(Array.from({ length: 20 }, (_none, index) => `flood-${index}`));
  expect((await Promise.all(flood)).every(({ ok }) => ok)).toBe(true);
});

test('a signal that fails frees its place', async () => {
  let fails = 20;
  const store = memoryStore(NOON);
  const broken: typeof store = {
    ...store,
    async transaction(work) {
      fails -= 1;
      if (fails >= 0) throw new Error('the database is away');
      return store.transaction(work);
    },
  };
  const front = door({ store: broken, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const tell = (n: number) =>
    front.dispatch(FEED, { kind: 'sign-in-seen', event: aSignIn({ correlationId: `c-${n}` }), feed: 'azure-monitor' });
  const first = await Promise.allSettled(Array.from({ length: 20 }, (_none, n) => tell(n)));
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['rejected']));
  expect(await tell(21)).toMatchObject({ ok: true });
});
