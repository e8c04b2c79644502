import { expect, test } from '@jest/globals';
import { storm } from '../support/storm/storm.ts';

test('AL-1, AL-2, AL-4: in a small storm nothing is lost, and every card too many says that it may be one (whole: npm run storm)', async () => {
  const figures = await storm({ events: 60, kills: 2, outageMs: 1_500, pollSeconds: 1, withinMs: 300_000 });
  expect(figures).toMatchObject({ lostAttempts: 0, lostCards: 0, unmarked: 0, alerts: 60 });
  expect(figures.refused).toBeGreaterThan(0);
  expect(figures.extra).toBeLessThanOrEqual(figures.ambiguous);
}, 360_000);
