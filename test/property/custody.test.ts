import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expirePart, losePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { randomPassword, splitPassword } from '../../src/core/account/password.ts';
import { confirmationTimers, remindCustodian } from '../../src/core/account/unconfirmed.ts';
import { DAY, HOUR, later } from '../../src/core/decision.ts';
import type { Effect } from '../../src/core/effect.ts';
import { keyFileCustody } from '../../src/custody/keyFile.ts';
import { actor, anAccount, aPart, hours, NOON } from '../support/builders.ts';

const PEOPLE = ['dana', 'eli', 'fay', 'rita', 'ann', 'oona', 'mal'] as const;
const CUSTODIANS = ['dana', 'eli', 'fay'] as const;

const happening = fc.oneof(
  fc.record({
    kind: fc.constantFrom('reveal' as const, 'store' as const, 'lose' as const),
    who: fc.constantFrom(...PEOPLE),
    part: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('expire' as const), part: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 40 }) }),
);

describe('the parts of a credential, whatever happens to them in whatever order', () => {
  test('CR-1 CR-3 CR-6 SI-5: each is shown at most once, to its custodian, in time; in service only when every one is stored; until then who saw one is reminded', () => {
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
        const lost = new Set<number>();
        // Of each part that was seen and nothing more was heard of: since when, and the latest reminder.
        const waited = new Map<number, { readonly since: Date; said: number }>();
        const timers = new Map<string, Date>();
        const posted = new Set<string>();
        const owe = (effects: readonly Effect[]): void => {
          for (const effect of effects) {
            if (effect.kind === 'intend' && effect.intent.kind === 'remind-custodian') timers.set(effect.key, effect.at);
            if (effect.kind === 'forget') timers.delete(effect.key);
            if (effect.kind === 'post') {
              expect(posted.has(effect.key)).toBe(false);
              posted.add(effect.key);
            }
          }
        };
        const stageOf = (since: Date): number => {
          const passed = now.getTime() - since.getTime();
          return passed < 4 * HOUR ? -1 : Math.floor(passed / DAY);
        };
        for (const step of happenings) {
          if (step.kind === 'wait') {
            now = later(now, step.hours * HOUR);
            for (const [key, at] of [...timers]) {
              if (at > now) continue;
              timers.delete(key);
              const number = Number(key.split(':').at(-1));
              const reminder = remindCustodian(account, number, now);
              const waits = waited.get(number);
              if (!reminder.ok || !waits) throw new Error('a timer rang of a part that nobody waits for');
              expect(stageOf(waits.since)).toBeGreaterThan(waits.said);
              waits.said = stageOf(waits.since);
              owe(reminder.value.effects);
              const told = reminder.value.effects.filter(({ kind }) => kind === 'post').length;
              expect(told).toBe(waits.said === 0 ? 1 : 2 + account.owners.length);
            }
            // Nobody is forgotten: what is due has been said, and the next is on its way.
            for (const { since, said } of waited.values()) expect(said).toBe(stageOf(since));
            expect(timers.size).toBe(waited.size);
            continue;
          }
          const { part } = step;
          const exists = part <= count;
          const own = 'who' in step && exists && CUSTODIANS[part - 1] === step.who;
          const allowed =
            step.kind === 'reveal'
              ? own && !shown.has(part) && !expired.has(part) && now < expiresAt
              : step.kind === 'store'
                ? own && shown.has(part) && !stored.has(part) && !lost.has(part)
                : step.kind === 'lose'
                  ? (own || (exists && step.who === 'oona')) && shown.has(part) && !stored.has(part) && !lost.has(part)
                  : exists && !shown.has(part) && !expired.has(part) && now >= expiresAt;
          const decision =
            step.kind === 'reveal'
              ? revealPart(account, part, actor(step.who), now)
              : step.kind === 'store'
                ? storePart(account, part, actor(step.who), { location: 'safe', sealNumber: '' }, now)
                : step.kind === 'lose'
                  ? losePart(account, part, actor(step.who), now)
                  : expirePart(account, part, now);
          expect(decision.ok).toBe(allowed);
          if (!decision.ok) continue;
          expect(decision.value.next.revision).toBe(account.revision + 1);
          owe(confirmationTimers(account, decision.value.next, now));
          account = decision.value.next;
          if (step.kind === 'reveal') {
            shown.add(part);
            waited.set(part, { since: now, said: -1 });
            opened.set(step.who, (opened.get(step.who) ?? 0) + 1);
          } else {
            waited.delete(part);
            (step.kind === 'store' ? stored : step.kind === 'lose' ? lost : expired).add(part);
          }
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
