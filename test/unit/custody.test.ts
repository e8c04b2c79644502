import { randomInt } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { partCard } from '../../src/cards/views/part.ts';
import { expirePart, losePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { handOver } from '../../src/core/account/life.ts';
import { randomPassword, splitPassword } from '../../src/core/account/password.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import type { Actor } from '../../src/core/people.ts';
import type { NamedPerson } from '../../src/core/request/named.ts';
import { keyFileCustody, parseKeyFile, partContext } from '../../src/custody/keyFile.ts';
import { actor, anAccount, aPart, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { aForm, open, ref, theFacts } from '../support/requests.ts';

const EXPIRY = hours(72);
const KEPT = { location: 'Amsterdam, safe A', sealNumber: '004711' };

/** An account whose two parts wait for Dana and Eli. */
const waiting = (more: Partial<EmergencyAccount> = {}): EmergencyAccount =>
  anAccount({
    state: 'handover',
    parts: [aPart(1, 'dana', { state: 'ready', expiresAt: EXPIRY }), aPart(2, 'eli', { state: 'ready', expiresAt: EXPIRY })],
    ...more,
  });

const accepted = <T>(decision: Decision<T>): T => {
  if (!decision.ok) throw new Error(`refused: ${decision.error.code}`);
  return decision.value.next;
};
const refusal = <T>(decision: Decision<T>): string => (decision.ok ? 'accepted' : decision.error.code);

describe('a part of a credential', () => {
  test('CR-1: opens for its custodian, and says when', () => {
    const decision = revealPart(waiting(), 1, actor('dana'), minutes(5));
    expect(accepted(decision).parts[0]).toMatchObject({ state: 'shown', shownAt: minutes(5) });
    expect(accepted(decision).parts[1]).toEqual(waiting().parts[1]);
    expect(decision.ok && decision.value.effects).toContainEqual({ kind: 'forget', key: 'part-expiry:EA-4Q9T1X:1' });
    expect(decision.ok && decision.value.effects).toContainEqual({ kind: 'show', subject: 'part:EA-4Q9T1X:1' });
  });

  test('CR-1: opens once, and the refusal names the instant it was shown', () => {
    const shown = accepted(revealPart(waiting(), 1, actor('dana'), minutes(5)));
    expect(revealPart(shown, 1, actor('dana'), minutes(6))).toEqual({ ok: false, error: { code: 'part-shown', at: minutes(5) } });
    const stored = accepted(storePart(shown, 1, actor('dana'), KEPT, minutes(7)));
    expect(revealPart(stored, 1, actor('dana'), minutes(8))).toEqual({ ok: false, error: { code: 'part-stored', at: minutes(7) } });
  });

  test.each<[string, Actor, string]>([
    ['the other custodian', actor('eli'), 'not-your-part'],
    ['the owner', actor('oona'), 'not-your-part'],
    ['an approver', actor('ann'), 'not-your-part'],
    ['a guest', stranger('guest'), 'stranger'],
    ['the system itself', { kind: 'system', part: 'worker' }, 'stranger'],
  ])('CR-1: stays shut for %s', (_who, who, code) => {
    expect(refusal(revealPart(waiting(), 1, who, minutes(5)))).toBe(code);
    expect(refusal(storePart(accepted(revealPart(waiting(), 1, actor('dana'), NOON)), 1, who, KEPT, minutes(5)))).toBe(code);
  });

  test('CR-1: stays shut for another account of the same human, because the promise was made to one account', () => {
    const dana = person('dana');
    const other: Actor = { kind: 'person', person: { ...dana, objectId: person('mal').objectId }, roles: new Set(['custodian']) };
    expect(refusal(revealPart(waiting(), 1, other, minutes(5)))).toBe('not-your-part');
  });

  test('CR-6: does not open from the instant it expires, whether or not its timer rang', () => {
    const justBefore = new Date(EXPIRY.getTime() - 1);
    expect(refusal(revealPart(waiting(), 1, actor('dana'), justBefore))).toBe('accepted');
    expect(refusal(revealPart(waiting(), 1, actor('dana'), EXPIRY))).toBe('part-expired');
    const rang = accepted(expirePart(waiting(), 1, EXPIRY));
    expect(refusal(revealPart(rang, 1, actor('dana'), EXPIRY))).toBe('part-expired');
    expect(refusal(revealPart(rang, 1, actor('dana'), minutes(5)))).toBe('part-expired'); // not even if the clock went back
  });

  test('CR-6: is not asked to be opened once another is gone: its card says so as soon as that is lost or expired', () => {
    const lost = losePart(accepted(revealPart(waiting(), 1, actor('dana'), NOON)), 1, actor('dana'), minutes(5));
    const later = waiting({ parts: [aPart(1, 'dana', { state: 'ready', expiresAt: minutes(5) }), waiting().parts[1] ?? aPart(2, 'eli')] });
    for (const decision of [lost, expirePart(later, 1, minutes(5))]) {
      expect(decision.ok && decision.value.effects).toContainEqual({ kind: 'show', subject: 'part:EA-4Q9T1X:2' });
      const card = JSON.stringify(partCard(accepted(decision), 2, minutes(6)).card);
      expect(card).toContain('Do not open your part');
      expect(card).not.toMatch(/Show my part|Press the button/);
    }
    expect(JSON.stringify(partCard(waiting(), 2, minutes(6)).card)).toContain('Show my part');
  });

  test('CR-7: gone while keys open the account, its card says that they do, and of whoever has one to keep it', () => {
    const key = aPart(1, 'dana', { state: 'stored', key: { methodId: 'K1' } });
    const held = { requestId: 'R-2', generation: 1, credential: 'passkey', parts: [key] } as const;
    const rang = accepted(expirePart(waiting({ held }), 1, EXPIRY));
    const says = (number: number) => JSON.stringify(partCard(rang, number, EXPIRY).card);
    expect(says(1)).toContain('Your key still opens the account: keep it. Nothing is needed from you.');
    expect(says(2)).toContain('The security keys open the account as before. Nothing is needed from you.');
    for (const number of [1, 2]) expect(says(number)).not.toContain('needs a new password');
    const without = JSON.stringify(partCard(accepted(expirePart(waiting(), 1, EXPIRY)), 1, EXPIRY).card);
    expect(without).toContain('The account needs a new password');
  });

  test('CR-6: expires only unseen, in its time and once, and somebody is told', () => {
    expect(refusal(expirePart(waiting(), 1, new Date(EXPIRY.getTime() - 1)))).toBe('nothing-to-do');
    const decision = expirePart(waiting(), 1, EXPIRY);
    expect(accepted(decision).parts.map(({ state }) => state)).toEqual(['expired', 'ready']);
    expect(decision.ok && decision.value.effects).toContainEqual(
      expect.objectContaining({
        kind: 'intend',
        at: EXPIRY,
        intent: expect.objectContaining({
          kind: 'raise-alert',
          accountId: 'EA-4Q9T1X',
          cause: { kind: 'part-expired', partNumber: 1, custodian: 'Dana Diaz' },
        }),
      }),
    );
    expect(refusal(expirePart(accepted(decision), 1, EXPIRY))).toBe('nothing-to-do');
    const shown = accepted(revealPart(waiting(), 1, actor('dana'), minutes(5)));
    expect(refusal(expirePart(shown, 1, EXPIRY))).toBe('nothing-to-do');
    expect(refusal(expirePart(waiting(), 3, EXPIRY))).toBe('not-found');
  });

  test('is not ready before the plan is carried out', () => {
    const early = waiting({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    expect(refusal(revealPart(early, 1, actor('dana'), NOON))).toBe('part-not-ready');
    expect(refusal(revealPart(early, 7, actor('dana'), NOON))).toBe('not-found');
  });

  test('is stored only after it was shown, once, with a place of reasonable length', () => {
    expect(refusal(storePart(waiting(), 1, actor('dana'), KEPT, NOON))).toBe('part-not-shown');
    const shown = accepted(revealPart(waiting(), 1, actor('dana'), NOON));
    expect(storePart(shown, 1, actor('dana'), { location: 'x'.repeat(201), sealNumber: '' }, NOON)).toEqual({
      ok: false,
      error: { code: 'bad-form', faults: [{ field: 'location', problem: 'too-long', detail: '200' }] },
    });
    const stored = accepted(storePart(shown, 1, actor('dana'), KEPT, minutes(9)));
    expect(stored.parts[0]).toMatchObject({ state: 'stored', storedAt: minutes(9), ...KEPT });
    expect(refusal(storePart(stored, 1, actor('dana'), KEPT, minutes(10)))).toBe('part-stored');
  });

  test('puts the account into service with the last one stored, not before', () => {
    let account = accepted(revealPart(waiting(), 1, actor('dana'), NOON));
    account = accepted(storePart(account, 1, actor('dana'), KEPT, NOON));
    expect(account.state).toBe('handover');
    account = accepted(revealPart(account, 2, actor('eli'), NOON));
    expect(account.state).toBe('handover');
    account = accepted(storePart(account, 2, actor('eli'), { location: '', sealNumber: '' }, NOON));
    expect(account.state).toBe('in-service');
    expect(account.parts[1]).not.toHaveProperty('location');
  });

  test('CR-6: every part is handed over with an expiry and a timer of its own', () => {
    const made = waiting({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    const decision = handOver(made, { partExpiryHours: 72, validationDays: 90 }, NOON);
    expect(accepted(decision).parts.map(({ state, expiresAt }) => [state, expiresAt])).toEqual([
      ['ready', EXPIRY],
      ['ready', EXPIRY],
    ]);
    for (const partNumber of [1, 2]) {
      expect(decision.ok && decision.value.effects).toContainEqual({
        kind: 'intend',
        key: `part-expiry:EA-4Q9T1X:${partNumber}`,
        at: EXPIRY,
        intent: { kind: 'expire-part', accountId: 'EA-4Q9T1X', partNumber },
      });
    }
    expect(refusal(handOver(accepted(decision), { partExpiryHours: 72, validationDays: 90 }, NOON))).toBe('nothing-to-do');
  });
});

describe('the custodians of a request', () => {
  const custodian = (account: string, more: Partial<NamedPerson> = {}): NamedPerson => ({
    objectId: `id-${account}`,
    person: ref(account),
    isCustodian: true,
    reachable: true,
    ...more,
  });
  const { person: _nobody, ...unknown } = custodian('zoe', { why: 'guest' });
  const faultsOf = (...custodians: NamedPerson[]): readonly (string | undefined)[] => {
    const decision = open(aForm(), theFacts({ custodians }));
    if (decision.ok) return ['accepted'];
    return decision.error.code === 'bad-form'
      ? decision.error.faults.map(({ field, problem }) => `${field} ${problem}`)
      : [decision.error.code];
  };

  test.each<[string, NamedPerson[], string]>([
    ['nobody', [], 'custodians missing'],
    ['one alone', [custodian('dana')], 'custodians too-few'],
    ['four', ['dana', 'eli', 'fay', 'gil'].map((name) => custodian(name)), 'custodians too-many'],
    ['the same account twice', [custodian('dana'), custodian('dana')], 'custodians twice'],
    ['two accounts of one human', [custodian('dana'), custodian('dana2')], 'custodians same-human'],
    ['the requester', [custodian('rita'), custodian('eli')], 'custodians is-requester'],
    ['another account of the requester', [custodian('rita2'), custodian('eli')], 'custodians is-requester'],
    ['somebody outside the custodians', [custodian('dana', { isCustodian: false }), custodian('eli')], 'custodians not-custodian'],
    ['somebody without rights at all', [unknown, custodian('eli')], 'custodians not-eligible'],
    ['somebody the bot cannot reach', [custodian('dana', { reachable: false }), custodian('eli')], 'custodians not-reachable'],
  ])('CR-3: %s is refused', (_what, custodians, fault) => {
    expect(faultsOf(...custodians)).toEqual([fault]);
  });

  test('CR-3: two or three different humans are accepted, and each gets one part', () => {
    expect(faultsOf(custodian('dana'), custodian('eli'))).toEqual(['accepted']);
    const decision = open(aForm(), theFacts({ custodians: ['dana', 'eli', 'fay'].map((name) => custodian(name)) }));
    expect(accepted(decision).plan).toMatchObject({ credential: { parts: 3, length: 48 }, custodians: ['dana', 'eli', 'fay'].map(ref) });
  });

  test('CR-3: an approver who is custodian does not help the quorum', () => {
    const custodians = [custodian('ann'), custodian('eli')];
    expect(open(aForm(), theFacts({ custodians, approvers: ['ann', 'bob', 'rita2'].map(ref) }))).toEqual({
      ok: false,
      error: { code: 'quorum-unreachable', need: 2, have: 1 },
    });
  });
});

describe('a password', () => {
  const below = (limit: number): number => randomInt(limit);

  test.each([40, 48, 64])('of %i characters has every class and no look-alikes', (length) => {
    for (let round = 0; round < 50; round += 1) {
      const text = randomPassword(length, below).toString('latin1');
      expect(text).toHaveLength(length);
      for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(text).toMatch(kind);
      expect(text).not.toMatch(/[Il1Oo0|]/);
      expect(text).toMatch(/^[\x21-\x7e]+$/);
    }
  });

  test('is drawn anew while a class is missing', () => {
    const rounds = [...'AAAA', ...'Aa2+'].map((letter) => ALPHABET_START.indexOf(letter));
    const password = randomPassword(4, () => rounds.shift() ?? 0);
    expect(password.toString('latin1')).toBe('Aa2+');
  });

  test('uses each of its 64 characters about equally often', () => {
    const counts = new Map<number, number>();
    for (let round = 0; round < 1000; round += 1)
      for (const byte of randomPassword(64, below)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
    expect(counts.size).toBe(64);
    // 1000 expected of each; chi squared with 63 degrees of freedom is below 120 but once in 100,000 runs.
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(120);
  });

  test.each([2, 3])('cut into %i parts joins back to the whole, each part memory of its own', (count) => {
    const password = randomPassword(48, below);
    const whole = password.toString('latin1');
    const parts = splitPassword(password, count);
    expect(parts.map(({ length }) => length)).toEqual(Array.from({ length: count }, () => 48 / count));
    password.fill(0);
    expect(Buffer.concat(parts).toString('latin1')).toBe(whole);
  });

  test('is never cut unevenly', () => {
    expect(() => splitPassword(Buffer.alloc(40), 3)).toThrow(RangeError);
  });
});

/** Enough of the alphabet to steer the draw: positions of capitals, small letters, digits and signs. */
const ALPHABET_START = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789+';

describe('a sealed part', () => {
  const custody = keyFileCustody(Buffer.alloc(32, 7));
  const part = Buffer.from('kR7#mQ2=xW9&bT4+nH6?', 'latin1');
  const context = partContext('EA-1:1', person('dana').objectId);

  test('CR-4: opens to what was sealed, with its context and its key', async () => {
    expect(await custody.open(await custody.seal(part, context), context)).toEqual(part);
    expect(await keyFileCustody(Buffer.alloc(32, 7)).open(await custody.seal(part, context), context)).toEqual(part);
  });

  test.each([
    ['another part of the account', partContext('EA-1:2', person('dana').objectId)],
    ['another account', partContext('EA-2:1', person('dana').objectId)],
    ['another custodian', partContext('EA-1:1', person('eli').objectId)],
    ['no context', ''],
  ])('CR-4: stays shut when moved to %s', async (_where, other) => {
    await expect(custody.open(await custody.seal(part, context), other)).rejects.toThrow();
  });

  test('CR-4: stays shut under another key, and no key of another size is taken', async () => {
    const sealed = await custody.seal(part, context);
    await expect(keyFileCustody(Buffer.alloc(32, 8)).open(sealed, context)).rejects.toThrow();
    for (const size of [0, 16, 31, 33]) expect(() => keyFileCustody(Buffer.alloc(size))).toThrow(RangeError);
  });

  test('CR-4: an older key of the file still opens and its tags are still ours; the newest alone seals', async () => {
    const [first, second] = [Buffer.alloc(32, 7), Buffer.alloc(32, 9)];
    const [before, both, after] = [keyFileCustody(first), keyFileCustody(second, first), keyFileCustody(second)];
    const old = await before.seal(part, context);
    expect(await both.open(old, context)).toEqual(part);
    expect(await after.open(await both.seal(part, context), context)).toEqual(part);
    await expect(after.open(old, context)).rejects.toMatchObject({ why: 'shut', passing: false });
    await expect(before.open(await both.seal(part, context), context)).rejects.toMatchObject({ why: 'shut' });
    expect(await both.tags('R-1')).toEqual([...(await after.tags('R-1')), ...(await before.tags('R-1'))]);
    expect(new Set([...(await both.tags('R-1')), ...(await both.tags('R-2'))]).size).toBe(4);
  });

  test('a key file holds a key a line and nothing else', () => {
    const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const text = `# new in 2026\n${one.toString('base64')}\r\n\n  ${other.toString('base64')}\n`;
    expect(parseKeyFile(text)).toEqual([one, other]);
    const [line, short] = [one.toString('base64'), Buffer.alloc(31, 1).toString('base64')];
    for (const bad of ['', '# none\n', short, `${line}\n${short}`, `${line}\n${line}`, `${line} ${line}`, one.toString('hex')])
      expect(parseKeyFile(bad)).toBeUndefined();
  });

  test('CR-4: stays shut when any one byte was changed, or the end cut off', async () => {
    const sealed = Buffer.from(await custody.seal(part, context));
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(custody.open(changed, context)).rejects.toThrow();
      await expect(custody.open(sealed.subarray(0, index), context)).rejects.toThrow();
    }
  });

  test('CR-4: shows nothing of the part, and never looks the same twice', async () => {
    const [one, other] = [Buffer.from(await custody.seal(part, context)), Buffer.from(await custody.seal(part, context))];
    expect(one.equals(other)).toBe(false);
    for (let start = 0; start + 4 <= part.length; start += 1) expect(one.includes(part.subarray(start, start + 4))).toBe(false);
    // Salt, nonce and ciphertext all differ: no byte range of length 8 is shared but the version in front.
    for (let start = 1; start + 8 <= one.length; start += 1) expect(other.includes(one.subarray(start, start + 8))).toBe(false);
  });
});
