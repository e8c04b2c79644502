import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, later } from '../../src/core/decision.ts';
import { nextReminderAt, reminderStage } from '../../src/core/validation/schedule.ts';

const DUE = new Date('2026-06-01T09:30:00Z');
const daysBefore = (days: number) => later(DUE, -days * DAY);

describe('the scheduled validation', () => {
  test('reminds 14, 7, 1 and 0 days before, then daily', () => {
    const said: number[] = [];
    let now = daysBefore(90);
    while (said.length < 7) {
      now = nextReminderAt(DUE, now);
      const stage = reminderStage(DUE, now);
      if (stage !== undefined) said.push(stage);
    }
    expect(said.map((stage) => stage + 0)).toEqual([14, 7, 1, 0, -1, -2, -3]);
  });

  test('says nothing before the first reminder', () => {
    expect(reminderStage(DUE, later(daysBefore(14), -1))).toBeUndefined();
  });

  test('SI-5: after a jump over several reminders only the latest is said, and the next one lies ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100 * 24 * 60, max: 400 * 24 * 60 }), (minutes) => {
        const now = later(DUE, minutes * 60_000);
        const next = nextReminderAt(DUE, now);
        expect(next.getTime()).toBeGreaterThan(now.getTime());
        // Nothing between now and then would be said: one millisecond before the next reminder the stage is still today's.
        expect(reminderStage(DUE, later(next, -1))).toBe(reminderStage(DUE, now));
        expect(reminderStage(DUE, next)).not.toBe(reminderStage(DUE, now));
      }),
    );
  });
});
