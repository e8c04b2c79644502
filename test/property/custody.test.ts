import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expirePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { randomPassword, splitPassword } from '../../src/core/account/password.ts';
import { HOUR, later } from '../../src/core/decision.ts';
import { keyFileCustody } from '../../src/custody/keyFile.ts';
import { actor, anAccount, aPart, hours, NOON } from '../support/builders.ts';

const PEOPLE = ['dana', 'eli', 'fay', 'rita', 'ann', 'oona', 'mal'] as const;
const CUSTODIANS = ['dana', 'eli', 'fay'] as const;

const happening = fc.oneof(
  fc.record({
    kind: fc.constantFrom('reveal' as const, 'store' as const),
    who: fc.constantFrom(...PEOPLE),
    part: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('expire' as const), part: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 40 }) }),
);

describe('the parts of a credential, whatever happens to them in whatever order', () => {
  test('CR-1 CR-3 CR-6: each is shown at most once, to its custodian, in time; in service only when every one is stored', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), fc.integer({ min: 2, max: 3 }), (happenings, count) => {
        const expiresAt = hours(72);
        let account = anAccount({
          state: 'handover',
          parts: CUSTODIANS.slice(0, count).map((name, index) => aPart(index + 1, name, { state: 'ready', expiresAt })),
        });
        let now = NOON;
        // The reference: what each part has been through, by part number.
        const shown = new Set<number>();
        const stored = new Set<number>();
        const expired = new Set<number>();
        const opened = new Map<string, number>();
        for (const step of happenings) {
          if (step.kind === 'wait') {
            now = later(now, step.hours * HOUR);
            continue;
          }
          const { part } = step;
          const exists = part <= count;
          const own = 'who' in step && exists && CUSTODIANS[part - 1] === step.who;
          const allowed =
            step.kind === 'reveal'
              ? own && !shown.has(part) && !expired.has(part) && now < expiresAt
              : step.kind === 'store'
                ? own && shown.has(part) && !stored.has(part)
                : exists && !shown.has(part) && !expired.has(part) && now >= expiresAt;
          const decision =
            step.kind === 'reveal'
              ? revealPart(account, part, actor(step.who), now)
              : step.kind === 'store'
                ? storePart(account, part, actor(step.who), { location: 'safe', sealNumber: '' }, now)
                : expirePart(account, part, now);
          expect(decision.ok).toBe(allowed);
          if (!decision.ok) continue;
          expect(decision.value.next.revision).toBe(account.revision + 1);
          account = decision.value.next;
          if (step.kind === 'reveal') {
            shown.add(part);
            opened.set(step.who, (opened.get(step.who) ?? 0) + 1);
          } else if (step.kind === 'store') stored.add(part);
          else expired.add(part);
          expect(account.state).toBe(stored.size === count ? 'in-service' : 'handover');
        }
        for (const times of opened.values()) expect(times).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  test('CR-3: parts join to the password, and none of them reaches into another', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3), fc.infiniteStream(fc.nat()), (count, numbers) => {
        const password = randomPassword(count === 2 ? 40 : 48, (limit) => (numbers.next().value ?? 0) % limit);
        const parts = splitPassword(password, count);
        expect(Buffer.concat(parts)).toEqual(password);
        parts[0]?.fill(0);
        expect(Buffer.concat(parts.slice(1))).toEqual(password.subarray(password.length / count));
      }),
    );
  });

  test('CR-4: whatever is sealed opens in its own context only', async () => {
    const custody = keyFileCustody(Buffer.alloc(32, 3));
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 64 }),
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        async (bytes, context, other) => {
          const sealed = await custody.seal(Buffer.from(bytes), context);
          expect(Uint8Array.from(await custody.open(sealed, context))).toEqual(bytes);
          if (other !== context) await expect(custody.open(sealed, other)).rejects.toThrow();
        },
      ),
      { numRuns: 200 },
    );
  });
});
