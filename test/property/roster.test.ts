import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, later } from '../../src/core/decision.ts';
import type { PersonRef } from '../../src/core/people.ts';
import { changeRoster, coolingUntil, ROLES, type RosterEntry } from '../../src/core/roster/roster.ts';
import { NOON, ref } from '../support/requests.ts';

const people = ['ann', 'ann2', 'bob', 'cy', 'mal'].map(ref);
const [ann, bob, cy, mal] = ['ann', 'bob', 'cy', 'mal'].map(ref) as [PersonRef, PersonRef, PersonRef, PersonRef];

describe('who holds a role', () => {
  test('ID-5: every role that gives a right is watched', () => {
    expect([...ROLES].sort()).toEqual(['administrator', 'approver', 'auditor', 'custodian', 'requester']);
  });

  test('ID-5: who is there when it is first read counts at once; who comes later waits the cool-down', () => {
    const first = changeRoster(undefined, [ann, bob], NOON);
    expect([first.added, first.removed]).toEqual([[], []]);
    const second = changeRoster(first.next, [ann, bob, mal], NOON);
    expect([second.added, second.removed]).toEqual([[mal], []]);
    expect(coolingUntil(second.next, ann, 24, NOON)).toBeUndefined();
    expect(coolingUntil(second.next, mal, 24, later(NOON, 24 * HOUR - 1))).toEqual(later(NOON, 24 * HOUR));
    expect(coolingUntil(second.next, mal, 24, later(NOON, 24 * HOUR))).toBeUndefined();
  });

  test('ID-5: somebody who clicks before we have read of them is as new as can be', () => {
    const { next } = changeRoster(undefined, [ann], NOON);
    expect(coolingUntil(next, cy, 24, NOON)).toEqual(later(NOON, 24 * HOUR));
  });

  test('ID-3: an account whose human changed since it was read is new, before anybody has read it', () => {
    const { next } = changeRoster(undefined, [ann], NOON);
    expect(coolingUntil(next, { ...ann, personKey: 'human-rita' }, 24, NOON)).toEqual(later(NOON, 24 * HOUR));
  });

  test('ID-5: who was gone and comes back, and an account given to another human, begin anew', () => {
    const founded = changeRoster(undefined, [ann, bob], NOON).next;
    const gone = changeRoster(founded, [ann], NOON);
    expect(gone.removed).toEqual([bob]);
    const back = changeRoster(gone.next, [ann, bob], later(NOON, HOUR));
    expect(coolingUntil(back.next, bob, 24, later(NOON, 2 * HOUR))).toEqual(later(NOON, 25 * HOUR));
    const other = changeRoster(founded, [{ ...ann, personKey: 'human-eve' }, bob], NOON);
    expect(other.added).toEqual([{ ...ann, personKey: 'human-eve' }]);
  });

  test('ID-5: for any sequence of readings, whoever counts has been a holder without a break for the cool-down', () => {
    const reading = fc.record({ hours: fc.integer({ min: 1, max: 30 }), holders: fc.subarray(people) });
    fc.assert(
      fc.property(fc.subarray(people), fc.array(reading, { maxLength: 12 }), (founders, readings) => {
        let roster: readonly RosterEntry[] = changeRoster(undefined, founders, NOON).next;
        let now = NOON;
        const since = new Map(founders.map((person) => [person.objectId, Number.NEGATIVE_INFINITY]));
        for (const { hours, holders } of readings) {
          now = later(now, hours * HOUR);
          const held = new Set(holders.map(({ objectId }) => objectId));
          for (const { objectId } of people) {
            if (!held.has(objectId)) since.delete(objectId);
            else if (!since.has(objectId)) since.set(objectId, now.getTime());
          }
          const change = changeRoster(roster, holders, now);
          roster = change.next;
          for (const person of holders) {
            const counts = now.getTime() - (since.get(person.objectId) ?? Number.POSITIVE_INFINITY) >= 24 * HOUR;
            expect(coolingUntil(roster, person, 24, now) === undefined).toBe(counts);
          }
        }
      }),
    );
  });
});
