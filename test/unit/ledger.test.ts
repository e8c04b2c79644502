import { describe, expect, test } from '@jest/globals';
import { expirePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { withLedger } from '../../src/core/account/ledger.ts';
import { keyRefused, keyRegistered, keysWithdrawn, passIssued } from '../../src/core/account/passkeys.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import { actor, anAccount, aPart, days, hours, minutes, NOON, person } from '../support/builders.ts';

const next = (decision: Decision<EmergencyAccount>): EmergencyAccount => {
  if (!decision.ok) throw new Error(decision.error.code);
  return decision.value.next;
};
const ready = (number: number, name: 'dana' | 'eli'): Part => aPart(number, name, { state: 'ready', expiresAt: days(3) });
const told = (account: EmergencyAccount) =>
  (account.history ?? []).map(({ at, part, custodian, what, location }) => [minutesAfter(at), part, custodian.name, what, location ?? '']);
const minutesAfter = (at: Date): number => (at.getTime() - NOON.getTime()) / 60_000;

describe('the custody ledger', () => {
  test('tells the whole life of the parts, whichever decision changed them', () => {
    const made = anAccount({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    let account = withLedger(undefined, made, NOON);
    const handedOver = { ...account, state: 'handover' as const, parts: [ready(1, 'dana'), ready(2, 'eli')] };
    account = withLedger(account, handedOver, minutes(1));
    account = withLedger(account, next(revealPart(account, 1, actor('dana'), minutes(2))), minutes(2));
    const kept = { location: 'Safe A', sealNumber: '17' };
    account = withLedger(account, next(storePart(account, 1, actor('dana'), kept, minutes(3))), minutes(3));
    account = withLedger(account, next(expirePart(account, 2, days(3))), days(3));
    expect(told(account)).toEqual([
      [0, 1, 'Dana Diaz', 'entrusted', ''],
      [0, 2, 'Eli Evans', 'entrusted', ''],
      [2, 1, 'Dana Diaz', 'shown', ''],
      [3, 1, 'Dana Diaz', 'stored', 'Safe A'],
      [4320, 2, 'Eli Evans', 'expired', ''],
    ]);
    // A new password: part 1 stays with Dana, part 2 goes to Fay. Both old parts open nothing any more.
    const rotated = { ...account, parts: [aPart(1, 'dana'), aPart(2, 'fay')] };
    expect(told(withLedger(account, rotated, days(4))).slice(5)).toEqual([
      [5760, 1, 'Dana Diaz', 'replaced', 'Safe A'],
      [5760, 1, 'Dana Diaz', 'entrusted', ''],
      [5760, 2, 'Eli Evans', 'replaced', ''],
      [5760, 2, 'Fay Fischer', 'entrusted', ''],
    ]);
  });

  test('says of a pass that was seen, and of a key that was taken off again, that this is what became of them', () => {
    const pass = { requestId: 'R-2', methodId: 'T1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
    const passes = ['dana', 'eli'] as const;
    const parts = passes.map((name, index) => aPart(index + 1, name, { state: 'ready', expiresAt: hours(8), pass }));
    const given = anAccount({ state: 'provisioning', credential: 'passkey', parts });
    const seen = next(revealPart(given, 1, actor('dana'), hours(1)));
    const both = withLedger(seen, next(expirePart(seen, 1, hours(8))), hours(8));
    expect(told(withLedger(both, next(expirePart(both, 2, hours(8))), hours(8)))).toEqual([
      [480, 1, 'Dana Diaz', 'lapsed', ''],
      [480, 2, 'Eli Evans', 'expired', ''],
    ]);
    const registered = next(keyRegistered(seen, 1, { methodId: 'K1' }));
    const unused = next(keysWithdrawn(registered, 'R-2', 2, false, hours(2)));
    expect(told(withLedger(registered, unused, hours(2)))).toEqual([
      [120, 1, 'Dana Diaz', 'withdrawn', ''],
      [120, 2, 'Eli Evans', 'expired', ''],
    ]);
  });

  test('the first pass of a key, or one after a pass that nothing came of, replaces nothing', () => {
    const issued = (methodId: string) => ({ requestId: 'R-2', methodId, issuedAt: NOON, keysBefore: [], keysAtStart: [] });
    const made = anAccount({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    const first = next(passIssued(made, 2, person('eli'), issued('T1'), hours(8)));
    expect(withLedger(made, first, NOON).history).toBeUndefined();
    const refused = next(keyRefused(next(revealPart(first, 2, actor('eli'), NOON)), 2, 'R-2', 'SyncedPasskey', hours(1)));
    expect(told(withLedger(first, refused, hours(1)))).toEqual([[60, 2, 'Eli Evans', 'lapsed', '']]);
    const second = next(passIssued(refused, 2, person('eli'), issued('T2'), hours(9)));
    expect(told(withLedger(refused, second, hours(2)))).toEqual([[120, 2, 'Eli Evans', 'entrusted', '']]);
    const registered = next(keyRegistered(second, 2, { methodId: 'K1' }));
    const third = next(passIssued(registered, 2, person('fay'), issued('T3'), hours(9)));
    expect(told(withLedger(registered, third, hours(3)))).toEqual([
      [180, 2, 'Eli Evans', 'replaced', ''],
      [180, 2, 'Fay Fischer', 'entrusted', ''],
    ]);
  });

  test('knows a part that moved, one that is gone and an account that is over', () => {
    const account = anAccount();
    const moved = { ...account, parts: account.parts.map((part) => (part.number === 2 ? { ...part, location: 'Bank' } : part)) };
    expect(told(withLedger(account, moved, hours(9)))).toEqual([[540, 2, 'Eli Evans', 'moved', 'Bank']]);
    expect(told(withLedger(account, { ...account, parts: account.parts.slice(0, 1) }, hours(9)))).toEqual([
      [540, 2, 'Eli Evans', 'replaced', 'Utrecht, vault'],
    ]);
    const over = { ...account, state: 'retired' as EmergencyAccount['state'] };
    expect(told(withLedger(account, over, hours(9))).map(([, part, , what]) => [part, what])).toEqual([
      [1, 'retired'],
      [2, 'retired'],
    ]);
    expect(withLedger(over, { ...over, revision: 3 }, hours(10))).toEqual({ ...over, revision: 3 });
  });

  test('says nothing of what is no change of a part, and keeps the newest three hundred lines', () => {
    const account = anAccount();
    expect(withLedger(account, { ...account, lastSignInAt: hours(4) }, hours(4))).not.toHaveProperty('history');
    let long = account;
    for (let round = 0; round < 310; round += 1) {
      const parts = long.parts.map((part) => (part.number === 1 ? { ...part, location: `Safe ${round}` } : part));
      long = withLedger(long, { ...long, parts }, minutes(round));
    }
    expect([long.history?.length, long.history?.at(-1)?.location]).toEqual([300, 'Safe 309']);
  });
});
