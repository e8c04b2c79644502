import { describe, expect, test } from '@jest/globals';
import {
  asItStands,
  handOver,
  heldAgain,
  isChangingKind,
  keysBegun,
  leftHalfWay,
  numbered,
  overcome,
  partsBegun,
  partsGivenUp,
  partsHandedOut,
  partsInsteadDestroyed,
  partsInsteadGivenUp,
  partsInsteadStored,
  replacedEffects,
  replaceParts,
  retired,
  switched,
  watchAccount,
} from '../../src/core/account/life.ts';
import { keyRefused, keysStored } from '../../src/core/account/passkeys.ts';
import type { EmergencyAccount, HeldBefore, IssuedPass, Part } from '../../src/core/account/types.ts';
import { variantOfPart, variantOfPass, voidNotices } from '../../src/core/account/unconfirmed.ts';
import { anAccount, aPart, aPlan, days, hours, NOON, person } from '../support/builders.ts';

/* What becomes of an account and of what opens it: each next state to the last field, each effect, each refusal. */
const BY = 'R-NEW';
const OTHER = 'R-OTHER';
const POLICY = { partExpiryHours: 72, validationDays: 90 };
const [DANA, ELI, FAY] = [person('dana'), person('eli'), person('fay')];
const account = anAccount();
const { id, tenantId, userPrincipalName } = account;
const nothing = { ok: false, error: { code: 'nothing-to-do' } };
const show = (subject: string) => ({ kind: 'show', subject });
const shown = show(`account:${id}`);
const cards = (...numbers: readonly number[]) => numbers.map((number) => show(`part:${id}:${number}`));
const forgotten = (...numbers: readonly number[]) =>
  numbers.flatMap((number) => [{ kind: 'forget', key: `part-expiry:${id}:${number}` }, show(`part:${id}:${number}`)]);
const voided = (number: number, custodian: typeof DANA, at: Date, generation = 1, of = 'part') => ({
  kind: 'post',
  key: `part-void:${id}:${number}:${at.getTime()}:${custodian.objectId}`,
  place: { kind: 'person', objectId: custodian.objectId },
  subject: `part:${id}:${number}`,
  variant: `${generation}:void:${at.getTime()}:${of}`,
});
const bothVoid = (generation = 1) => [voided(1, DANA, hours(2), generation), voided(2, ELI, hours(4), generation)];
const inState = (state: Part['state'], more: Partial<Part> = {}): Part[] => [
  aPart(1, 'dana', { state, ...more }),
  aPart(2, 'eli', { state, ...more }),
];
const keys = [1, 2].map((number) => aPart(number, number === 1 ? 'dana' : 'eli', { state: 'stored', key: { methodId: `k${number}` } }));
const ofKeys: HeldBefore = { requestId: BY, parts: keys, generation: 1, credential: 'passkey' };
const ofPassword: HeldBefore = { requestId: BY, parts: account.parts, generation: 1 };

test('GR-1: a new user is on the watch list as its plan has it, with a sealed part for each custodian', () => {
  const plan = aPlan();
  expect(watchAccount(plan, 'EA-1', 'the-user', 'graph-sign-ins', NOON)).toEqual({
    id: 'EA-1',
    requestId: plan.requestId,
    tenantId: plan.tenant.id,
    tenantName: plan.tenant.name,
    objectId: 'the-user',
    userPrincipalName: plan.account.userPrincipalName,
    displayName: plan.account.displayName,
    state: 'provisioning',
    revision: 1,
    owners: plan.owners,
    parts: [aPart(1, 'dana'), aPart(2, 'eli')],
    watchedAt: NOON,
    feed: 'graph-sign-ins',
  });
});

describe('what opens it is replaced', () => {
  const sealed = [aPart(1, 'dana'), aPart(2, 'fay')];

  test('CR-2 CR-6: by new parts: the old ones stay in mind, with all that was known of them', () => {
    expect(replaceParts(account, [DANA, FAY], BY)).toEqual({
      ...account,
      parts: sealed,
      generation: 2,
      sealedFor: BY,
      held: ofPassword,
      revision: 2,
    });
    const known = { credential: 'passkey', sealedFor: OTHER, kindSince: 3, generation: 4 } as const;
    expect(replaceParts({ ...account, ...known }, [DANA], BY).held).toEqual({ requestId: BY, parts: account.parts, ...known });
  });

  test('CR-7: by keys, which do not count before every one of them stands', () => {
    const begun = keysBegun(account, [DANA, FAY], BY);
    expect(begun).toEqual({ ...replaceParts(account, [DANA, FAY], BY), credential: 'passkey', generation: 2, kindSince: 2 });
    expect([isChangingKind(begun), asItStands(begun).parts]).toEqual([true, account.parts]);
  });

  test('CR-7: by parts in the place of keys: begun once, and made once more it begins sealed again, with the keys in mind', () => {
    const keyed = anAccount({ credential: 'passkey', parts: keys });
    const begun = partsBegun(keyed, [DANA, FAY], BY);
    const { credential: _none, ...rest } = replaceParts(keyed, [DANA, FAY], BY);
    expect(begun).toEqual({ ...rest, kindSince: 2 });
    expect(begun.held).toEqual(ofKeys);
    expect(partsBegun(begun, [DANA, FAY], BY)).toBe(begun);
    const opened = { ...begun, parts: [aPart(1, 'dana', { state: 'shown' }), aPart(2, 'fay')] };
    const again = partsBegun(opened, [DANA, FAY], BY);
    expect([again.parts, again.held, again.generation, again.kindSince]).toEqual([sealed, ofKeys, 3, 3]);
    // Of another request that is not over, what it had made is what is in mind.
    expect(partsBegun(begun, [DANA, FAY], OTHER).held).toEqual({
      requestId: OTHER,
      parts: sealed,
      generation: 2,
      kindSince: 2,
      sealedFor: BY,
    });
  });

  test('one of the same kind is no change of kind, and stands as it is', () => {
    const rotated = replaceParts(account, [DANA, FAY], BY);
    expect([isChangingKind(rotated), asItStands(rotated), isChangingKind(account), asItStands(account)]).toEqual([
      false,
      rotated,
      false,
      account,
    ]);
    expect(isChangingKind({ credential: 'passkey' })).toBe(false);
  });
});

describe('a password in the place of keys', () => {
  const begun = anAccount({ parts: inState('sealed'), held: ofKeys, generation: 2, sealedFor: BY });

  test('CR-6: handed out: each part waits for its custodian, in a card of its own', () => {
    const parts = inState('ready', { expiresAt: hours(72) });
    const outcome = partsHandedOut(begun, POLICY, NOON);
    const handed = [1, 2].flatMap((number) => [
      show(`part:${id}:${number}`),
      {
        kind: 'post',
        key: `part:${id}:${number}:2:${begun.sealedFor}`,
        place: { kind: 'person', objectId: (number === 1 ? DANA : ELI).objectId },
        subject: `part:${id}:${number}`,
        variant: '2',
      },
      {
        kind: 'intend',
        key: `part-expiry:${id}:${number}`,
        at: hours(72),
        intent: { kind: 'expire-part', accountId: id, partNumber: number },
      },
    ]);
    expect(outcome).toEqual({ ok: true, value: { next: { ...begun, parts, revision: 2 }, effects: [...handed, shown] } });
    const halfSealed = { ...begun, parts: [aPart(1, 'dana'), aPart(2, 'eli', { state: 'ready' })] };
    expect(partsHandedOut(halfSealed, POLICY, NOON).ok).toBe(true);
    for (const other of [{ ...begun, parts: inState('shown') }, anAccount({ parts: inState('sealed') }), account])
      expect(partsHandedOut(other, POLICY, NOON)).toEqual(nothing);
    // Given up, its generation's number is free again: of the next one, too, everybody gets a message.
    const again = partsHandedOut({ ...begun, sealedFor: 'R-LATER' }, POLICY, NOON);
    const keys = (decision: typeof again) =>
      decision.ok ? decision.value.effects.flatMap((effect) => (effect.kind === 'post' ? [effect.key] : [])) : [];
    expect(keys(again)).toHaveLength(2);
    expect(keys(again).filter((key) => keys(outcome).includes(key))).toEqual([]);
  });

  test('stored, and the keys deleted: it is all that opens the account, and whoever holds a key is told', () => {
    const seen = keys.map((part) => ({ ...part, shownAt: hours(1) }));
    const third = aPart(3, 'fay', { state: 'stored', shownAt: hours(3), key: { methodId: 'k3' } });
    const stored = { ...begun, parts: inState('stored'), held: { ...ofKeys, parts: [...seen, third] } };
    const { held: _held, ...rest } = stored;
    const told = [voided(1, DANA, hours(1), 1, 'key'), voided(2, ELI, hours(1), 1, 'key'), voided(3, FAY, hours(3), 1, 'key')];
    expect(partsInsteadStored(stored)).toEqual({
      ok: true,
      value: { next: { ...rest, state: 'in-service', revision: 2 }, effects: [...forgotten(3), shown, ...cards(1, 2), ...told] },
    });
    expect(partsInsteadStored({ ...stored, state: 'disabled' })).toMatchObject({ value: { next: { state: 'disabled' } } });
    expect(
      partsInsteadStored({ ...stored, parts: [aPart(1, 'dana', { state: 'stored' }), aPart(2, 'eli', { state: 'lost' })] }),
    ).toMatchObject({
      value: { next: { state: 'handover' } },
    });
    expect(partsInsteadStored(account)).toEqual(nothing);
    expect(partsInsteadStored({ ...stored, held: ofPassword })).toEqual(nothing);
    expect(partsInsteadStored({ ...account, credential: 'passkey' })).toEqual(nothing);
  });

  test('CR-6: given up: what nobody saw of it is destroyed at once', () => {
    const mixed = { ...begun, parts: [aPart(1, 'dana', { state: 'shown' }), aPart(2, 'eli', { state: 'ready' })] };
    expect(partsInsteadDestroyed(mixed, BY)).toEqual({
      ok: true,
      value: {
        next: { ...mixed, parts: [aPart(1, 'dana', { state: 'shown' }), aPart(2, 'eli', { state: 'expired' })], revision: 2 },
        effects: [...forgotten(1, 2), shown],
      },
    });
    expect(partsInsteadDestroyed(begun, BY)).toMatchObject({ value: { next: { parts: inState('expired') } } });
    for (const other of [{ ...begun, parts: inState('shown') }, { ...begun, parts: inState('expired') }, account])
      expect(partsInsteadDestroyed(other, BY)).toEqual(nothing);
    expect(partsInsteadDestroyed(begun, OTHER)).toEqual(nothing);
  });

  test('CR-6: taken back: the keys count; where they were being deleted the password stays', () => {
    const third = { ...ofKeys, parts: [...keys, aPart(3, 'fay', { state: 'stored' })] };
    const given = { ...begun, held: third };
    const { held: _held, ...stays } = given;
    expect(partsInsteadGivenUp(given, BY, false)).toEqual({
      ok: true,
      value: { next: { ...heldAgain(given, third), revision: 2 }, effects: [...forgotten(1, 2, 3), shown] },
    });
    expect(partsInsteadGivenUp(given, BY, true)).toMatchObject({ ok: true, value: { next: { ...stays, revision: 2 } } });
    expect(partsInsteadGivenUp(given, BY, true)).not.toHaveProperty('value.next.held');
    expect([partsInsteadGivenUp(given, OTHER, false), partsInsteadGivenUp(account, BY, false)]).toEqual([nothing, nothing]);
  });
});

describe('a new password of the same kind that is given up', () => {
  const begun = anAccount({
    parts: inState('sealed'),
    held: { ...ofPassword, parts: [...account.parts, aPart(3, 'fay', { state: 'ready' })] },
    generation: 2,
    sealedFor: BY,
  });

  test('CR-6: certainly never set: the old parts count again, but for those that nobody had seen', () => {
    const { held: _held, sealedFor: _for, ...rest } = begun;
    const parts = [...account.parts, aPart(3, 'fay', { state: 'expired' })];
    expect(partsGivenUp(begun, BY, true, NOON)).toEqual({
      ok: true,
      value: { next: { ...rest, parts, generation: 1, revision: 2 }, effects: [...forgotten(1, 2, 3), shown] },
    });
  });

  test('CR-6: perhaps set: nobody can use it, and everybody who holds or held a part is told, once', () => {
    const { held: _held, ...rest } = begun;
    const dedupe = `account-unusable:${id}:${BY}`;
    const cause = { kind: 'account-unusable', requestId: BY, userPrincipalName, custodians: [DANA, ELI, FAY] };
    expect(partsGivenUp(begun, BY, false, NOON)).toEqual({
      ok: true,
      value: {
        next: { ...rest, parts: inState('expired'), revision: 2 },
        effects: [
          ...[...forgotten(1, 2, 3), shown],
          { kind: 'intend', key: dedupe, at: NOON, intent: { kind: 'raise-alert', dedupe, tenantId, accountId: id, cause } },
        ],
      },
    });
  });

  test('nothing is given up of another request’s, nor once the parts were handed out', () => {
    expect(partsGivenUp(begun, OTHER, true, NOON)).toEqual(nothing);
    expect(partsGivenUp(account, BY, true, NOON)).toEqual(nothing);
    expect(partsGivenUp({ ...begun, parts: inState('ready') }, BY, true, NOON)).toEqual(nothing);
    expect(partsGivenUp({ ...begun, parts: [aPart(1, 'dana', { state: 'ready' }), aPart(2, 'eli')] }, BY, true, NOON).ok).toBe(true);
  });
});

test('held again: all of it is as it was, without a trace of what was to replace it', () => {
  const before: HeldBefore = {
    requestId: BY,
    parts: [...inState('ready'), aPart(3, 'fay', { state: 'sealed' })],
    generation: 3,
    kindSince: 2,
    sealedFor: OTHER,
  };
  const now = anAccount({ credential: 'passkey', generation: 4, kindSince: 4, sealedFor: BY, held: before });
  const parts = [...inState('expired'), aPart(3, 'fay', { state: 'expired' })];
  expect(heldAgain(now, before)).toEqual(anAccount({ parts, generation: 3, kindSince: 2, sealedFor: OTHER }));
  expect(Object.keys(heldAgain(now, before))).not.toContain('held');
  const stored = { ...before, parts: [...keys, aPart(3, 'fay', { state: 'lost' })] };
  expect(heldAgain(now, stored).parts).toEqual(stored.parts);
});

test('every number that a card may stand for, once: the old parts and what was to be added', () => {
  const three = [...keys, aPart(3, 'fay')];
  expect(numbered({ parts: three }, { parts: account.parts })).toEqual([...account.parts, three[2]]);
  expect(numbered({ parts: account.parts }, { parts: three })).toEqual(three);
  expect(replacedEffects(account)).toEqual([...forgotten(1, 2), shown]);
});

describe('the hand-over', () => {
  const reminder = { kind: 'intend', key: `validation:${id}`, at: days(90 - 14), intent: { kind: 'remind-validation', accountId: id } };
  const fresh = anAccount({ state: 'provisioning', parts: inState('sealed') });

  test('CR-6: of a new account: its parts are ready, it was applied now, and the first validation is due', () => {
    const { appliedAt: _at, validationDueAt: _due, ...unset } = fresh;
    for (const given of [unset, fresh]) {
      const outcome = handOver(given, POLICY, NOON);
      const next: EmergencyAccount = {
        ...given,
        state: 'handover',
        appliedAt: NOON,
        validationDueAt: days(90),
        parts: inState('ready', { expiresAt: hours(72) }),
        revision: 2,
      };
      expect(outcome.ok && outcome.value.next).toEqual(next);
      expect(outcome.ok && outcome.value.effects.slice(6)).toEqual([shown, expect.objectContaining(reminder)]);
      expect(outcome.ok && outcome.value.effects.slice(0, 6).map(({ kind }) => kind)).toEqual([
        'show',
        'post',
        'intend',
        'show',
        'post',
        'intend',
      ]);
    }
  });

  test('of one that lived before: when it was applied and is validated stays, and whoever holds an old part is told', () => {
    const rotated = anAccount({
      parts: [aPart(1, 'dana'), aPart(2, 'eli', { state: 'ready' })],
      held: { ...ofPassword, generation: 5 },
      generation: 6,
    });
    const outcome = handOver(rotated, POLICY, days(1));
    expect(outcome).toMatchObject({ value: { next: { state: 'handover', appliedAt: hours(1), validationDueAt: days(90), revision: 2 } } });
    expect(outcome).not.toHaveProperty('value.next.held');
    expect(outcome.ok && outcome.value.effects.slice(0, 2)).toEqual(bothVoid(5));
    const { appliedAt: _at, validationDueAt: _due, ...unset } = rotated;
    expect(handOver(unset, POLICY, days(1))).toMatchObject({ value: { next: { appliedAt: days(1), validationDueAt: days(91) } } });
    expect(handOver({ ...rotated, state: 'disabled' }, POLICY, NOON)).toMatchObject({ value: { next: { state: 'disabled' } } });
  });

  test('nothing is handed out twice', () => {
    for (const state of ['ready', 'shown', 'stored'] as const)
      expect(handOver(anAccount({ parts: inState(state) }), POLICY, NOON)).toEqual(nothing);
  });
});

describe('it is switched off, on, or gone', () => {
  const off = anAccount({ state: 'disabled', disabledAt: NOON });

  test('disabled and enabled: once each, with its parts where they are', () => {
    expect(switched(account, 'disable', NOON)).toEqual({ ok: true, value: { next: { ...off, revision: 2 }, effects: [shown] } });
    expect(switched(off, 'enable', NOON)).toEqual({ ok: true, value: { next: anAccount({ revision: 2 }), effects: [shown] } });
    expect(switched({ ...off, parts: inState('ready') }, 'enable', NOON)).toMatchObject({ value: { next: { state: 'handover' } } });
    expect([switched(off, 'disable', NOON), switched(account, 'enable', NOON)]).toEqual([nothing, nothing]);
    for (const to of ['disable', 'enable'] as const) expect(switched(anAccount({ state: 'retired' }), to, NOON)).toEqual(nothing);
  });

  test('CR-6: retired: reminded of nothing more, what is not stored is destroyed, and whoever saw a part hears that it is of no use', () => {
    const parts = [aPart(1, 'dana', { state: 'stored', shownAt: hours(2) }), aPart(2, 'eli', { state: 'ready' })];
    const { validationDueAt: _due, ...rest } = anAccount({ parts, generation: 3, held: { ...ofPassword, generation: 2 } });
    expect(retired({ ...rest, validationDueAt: days(9) }, NOON)).toEqual({
      ok: true,
      value: {
        next: { ...rest, state: 'retired', retiredAt: NOON, parts: [parts[0], { ...parts[1], state: 'expired' }], revision: 2 },
        effects: [{ kind: 'forget', key: `validation:${id}` }, ...forgotten(1, 2), shown, voided(1, DANA, hours(2), 3), ...bothVoid(2)],
      },
    });
    expect(retired(anAccount({ state: 'retired' }), NOON)).toEqual(nothing);
  });

  test('GR-5: a request that was given up: what it did, and what may have been done, stays on record', () => {
    const stays = (...steps: readonly ('disable' | 'delete-user' | 'remove-role' | 'leave-group' | 'set-credential')[]) =>
      steps.map((step) => ({ step, title: step }));
    for (const step of ['remove-role', 'leave-group'] as const)
      expect(leftHalfWay(account, BY, stays(step), NOON)).toEqual({
        ok: true,
        value: { next: { ...account, left: { requestId: BY, at: NOON, steps: stays(step) }, revision: 2 }, effects: [shown] },
      });
    expect(leftHalfWay(account, BY, stays('set-credential', 'disable'), NOON)).toEqual({
      ok: true,
      value: { next: { ...off, left: { requestId: BY, at: NOON, steps: stays('disable') }, revision: 2 }, effects: [shown] },
    });
    // It was disabled before: what is kept is that this one did it too.
    expect(leftHalfWay(off, BY, stays('disable'), NOON)).toMatchObject({
      value: { next: { state: 'disabled', left: { requestId: BY }, revision: 2 } },
    });
    expect(leftHalfWay(account, BY, stays('delete-user'), NOON)).toEqual(retired(account, NOON));
    const known = { ...account, left: { requestId: BY, at: NOON, steps: stays('disable') } };
    expect(leftHalfWay(known, BY, stays('disable'), NOON)).toEqual(nothing);
    expect(leftHalfWay(known, OTHER, stays('remove-role'), NOON)).toMatchObject({ value: { next: { left: { requestId: OTHER } } } });
    expect(leftHalfWay(account, BY, stays('set-credential'), NOON)).toEqual(nothing);
    expect(leftHalfWay(anAccount({ state: 'retired' }), BY, stays('disable'), NOON)).toEqual(nothing);
  });

  test('GR-5: overcome by a request that is carried out, also where it changed nothing else; not by one that is refused', () => {
    const left = { ...account, left: { requestId: BY, at: NOON, steps: [] } };
    expect(overcome(switched(left, 'disable', NOON), left)).toEqual(switched(account, 'disable', NOON));
    expect(overcome(nothing as never, left)).toEqual({ ok: true, value: { next: { ...account, revision: 2 }, effects: [shown] } });
    const unknown = { ok: false, error: { code: 'not-found', what: 'account' } } as const;
    expect(overcome(unknown, left)).toBe(unknown);
    const done = switched(account, 'disable', NOON);
    expect(overcome(done, account)).toBe(done);
  });
});

test('a part that has no use any more is told once to whoever opened it, and the card says when that was', () => {
  expect(voidNotices(account, [...account.parts, aPart(3, 'fay')], 4)).toEqual(bothVoid(4));
  expect(variantOfPart(`4:void:${hours(2).getTime()}`)).toEqual({ generation: 4, forOthers: false, voidOf: hours(2) });
  expect(variantOfPart(`4:void:${hours(2).getTime()}:key`)).toEqual({ generation: 4, forOthers: false, voidOf: hours(2), kind: 'key' });
  expect(Object.keys(variantOfPart('4'))).not.toContain('voidOf');
});

test('a message about a pass names that very pass, and no other message does', () => {
  const pass = { requestId: BY, methodId: 'p1' };
  expect(variantOfPart(variantOfPass(4, pass))).toEqual({ generation: 4, forOthers: false, pass, kind: 'key' });
  for (const variant of ['4', `4:pass`, `4:pass:${BY}`, `4:void:${NOON.getTime()}:p1`, `4:unconfirmed:${BY}:p1`])
    expect(Object.keys(variantOfPart(variant))).not.toContain('pass');
});

describe('keys', () => {
  const pass: IssuedPass = { requestId: BY, methodId: 'p1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const waits = aPart(2, 'eli', { state: 'shown', pass, confirmedAt: NOON });
  const row = anAccount({ credential: 'passkey', generation: 3, parts: [aPart(1, 'dana', { state: 'shown' }), waits] });

  test('CM-2: nothing came of a pass: its custodian alone is told why, and their word that it was registered is void', () => {
    const { confirmedAt: _said, ...rest } = waits;
    expect(keyRefused(row, 2, BY, 'SyncedPasskey', hours(1))).toEqual({
      ok: true,
      value: {
        next: { ...row, parts: [row.parts[0], { ...rest, refused: { why: 'SyncedPasskey', at: hours(1) } }], revision: 2 },
        effects: [
          {
            kind: 'post',
            key: `refused:${id}:2:p1`,
            place: { kind: 'person', objectId: ELI.objectId },
            subject: `part:${id}:2`,
            variant: variantOfPass(3, pass),
          },
          ...[show(`part:${id}:2`), show(`request:${row.requestId}`), shown],
        ],
      },
    });
  });

  test('CM-2: they are not told of another request, of no pass, of a key that is there, nor twice', () => {
    const refused = { why: 'PassLost', at: NOON } as const;
    const said = (part: Part | undefined, requestId = BY) =>
      keyRefused({ ...row, parts: part ? [part] : [] }, 2, requestId, 'PassExpired', NOON);
    expect(said(waits).ok).toBe(true);
    for (const part of [undefined, aPart(2, 'eli'), { ...waits, key: { methodId: 'k' } }, { ...waits, refused }])
      expect(said(part)).toEqual(nothing);
    expect(said(waits, OTHER)).toEqual(nothing);
  });

  test('in place of others: whoever held one that was opened hears that it is of no use, and who is left out too', () => {
    const old = (number: number, name: 'dana' | 'eli' | 'fay') =>
      aPart(number, name, { state: 'stored', shownAt: hours(number), key: { methodId: `k${number}` } });
    const parts = [
      aPart(1, 'dana', { state: 'shown', pass, key: { methodId: 'n1' }, before: old(1, 'dana') }),
      aPart(2, 'eli', { state: 'shown', pass, key: { methodId: 'n2' } }),
      old(3, 'fay'),
    ];
    const outcome = keysStored({ ...row, parts }, 2, POLICY, NOON);
    const told = outcome.ok ? outcome.value.effects.filter(({ kind }) => kind === 'post') : [];
    expect(told).toEqual([voided(1, DANA, hours(1), 3, 'key'), voided(3, FAY, hours(3), 3, 'key')]);
    expect(outcome).toMatchObject({ value: { next: { parts: [{ key: { methodId: 'n1' } }, { key: { methodId: 'n2' } }] } } });
  });
});
