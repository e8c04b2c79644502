import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FIRST, ORDINARY, pacer, URGENT, type Window } from '../../src/jobs/pace.ts';

/** What Teams documents for one bot in one conversation (msteams-docs rate-limit.md). */
const TEAMS: readonly Window[] = [
  { count: 7, windowMs: 1_000 },
  { count: 8, windowMs: 2_000 },
  { count: 60, windowMs: 30_000 },
  { count: 1_800, windowMs: 3_600_000 },
];

/** Time that passes only when everybody waits for it. */
function fakeTime() {
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ at: now + ms, wake })),
    /** Lets time pass until everybody has woken up; `limit` ends a wait without end. */
    async run(limit = 100_000): Promise<void> {
      for (let wakings = 0; wakings < limit; wakings += 1) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        const next = sleepers.sort((one, other) => one.at - other.at).shift();
        if (!next) return;
        now = Math.max(now, next.at);
        next.wake();
      }
      throw new Error('somebody waits for ever');
    },
  };
}

/** The most that were sent within any window of that length. */
function most(instants: readonly number[], windowMs: number): number {
  const sorted = [...instants].sort((one, other) => one - other);
  let from = 0;
  let highest = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= windowMs) from += 1;
    highest = Math.max(highest, index - from + 1);
  }
  return highest;
}

const wish = fc.record({
  at: fc.oneof(fc.nat({ max: 3_000 }), fc.nat({ max: 40_000 })),
  windows: fc.constantFrom(FIRST, URGENT, ORDINARY),
  conversation: fc.constantFrom('a', 'a', 'b'),
});

describe('the pace of what is sent to one conversation', () => {
  test('GR-7: never exceeds any window, whoever asks and whenever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { maxLength: 150 }), async (wishes) => {
        const time = fakeTime();
        const turn = pacer(time.now, time.sleep);
        const sent = { a: [] as number[], b: [] as number[] };
        const done = wishes.map(async ({ at, windows, conversation }) => {
          await time.sleep(at);
          await turn(conversation, windows);
          sent[conversation].push(time.now());
          // What may wait leaves room: with it, no more than its own windows allow were sent.
          for (const { count, windowMs } of windows) {
            const recent = sent[conversation].filter((instant) => time.now() - instant < windowMs);
            expect(most(recent, windowMs)).toBeLessThanOrEqual(count);
          }
        });
        await time.run();
        await Promise.all(done);
        for (const instants of [sent.a, sent.b]) {
          for (const { count, windowMs } of TEAMS) expect(most(instants, windowMs)).toBeLessThanOrEqual(count);
        }
        expect(sent.a.length + sent.b.length).toBe(wishes.length);
      }),
      { numRuns: 60 },
    );
  });

  test('GR-7: stays within what Teams allows in an hour, however long the queue', async () => {
    let now = 0;
    const turn = pacer(
      () => now,
      async (ms) => {
        now += ms;
      },
    );
    const sent: number[] = [];
    for (let card = 0; card < 4_000; card += 1) {
      await turn('a', card % 10 === 0 ? URGENT : ORDINARY);
      sent.push(now);
    }
    for (const { count, windowMs } of TEAMS) expect(most(sent, windowMs)).toBeLessThanOrEqual(count);
    expect(now).toBeLessThan(3 * 3_600_000); // and wastes little of it
  });

  test('AL-6: an urgent card never waits for ordinary ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2_000 }), { maxLength: 80 }), async (gaps) => {
        let now = 0;
        let slept = 0;
        const turn = pacer(
          () => now,
          async (ms) => {
            slept += 1;
            now += ms;
          },
        );
        for (const gap of gaps) {
          now += gap;
          await turn('a', ORDINARY);
        }
        slept = 0;
        for (let urgent = 0; urgent < 3; urgent += 1) await turn('a', URGENT);
        expect(slept).toBe(0);
      }),
    );
  });

  test('AL-6: that somebody is in never waits for other alerts: once a second, 8 times in 30 s, 60 times in an hour', async () => {
    const flood = fc.record({ others: fc.integer({ min: 0, max: 2_000 }), gapMs: fc.nat({ max: 40_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(flood, { minLength: 1, maxLength: 8 }), async (floods) => {
        let now = 0;
        let slept = 0;
        const turn = pacer(
          () => now,
          async (ms) => {
            slept += ms;
            now += ms;
          },
        );
        let firstAt = Number.NEGATIVE_INFINITY;
        for (const { others, gapMs } of floods) {
          for (let other = 0; other < others; other += 1) await turn('a', URGENT);
          now += gapMs;
          now = Math.max(now, firstAt + 1_000);
          slept = 0;
          await turn('a', FIRST);
          firstAt = now;
          expect(slept).toBe(0);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('AL-6: that somebody is in finds room 60 times in an hour that other alerts have filled', async () => {
    let now = 0;
    const turn = pacer(
      () => now,
      async (ms) => {
        if (ms > 60_000) throw new Error('the hour is full');
        now += ms;
      },
    );
    const flood = async (): Promise<never> => {
      for (;;) await turn('a', URGENT);
    };
    await expect(flood()).rejects.toThrow('the hour is full');
    for (let first = 0; first < 60; first += 1) {
      now += 4_000;
      const before = now;
      await turn('a', FIRST);
      expect(now).toBe(before);
    }
  });

  test('conversations do not wait for one another', async () => {
    let slept = 0;
    const turn = pacer(
      () => 0,
      async () => {
        slept += 1;
      },
    );
    for (let place = 0; place < 100; place += 1) await turn(`conversation-${place}`, ORDINARY);
    expect(slept).toBe(0);
  });
});
