import { describe, expect, test } from '@jest/globals';
import { expirePart, revealPart, storePart } from '../../src/core/account/custody.ts';
import { withLedger } from '../../src/core/account/ledger.ts';
import {
  keyRegistered,
  keysInsteadGivenUp,
  keysStored,
  keysWithdrawn,
  passesDestroyed,
  passIssued,
} from '../../src/core/account/passkeys.ts';
import { keysFound, passkeyTerms } from '../../src/core/account/passkeyTerms.ts';
import { type EmergencyAccount, generationOf, type Part } from '../../src/core/account/types.ts';
import { variantOfPass } from '../../src/core/account/unconfirmed.ts';
import type { Decision } from '../../src/core/decision.ts';
import type { AuthenticationMethod, MethodConfiguration } from '../../src/core/posture/snapshot.ts';
import { whyUnsuitable } from '../../src/core/request/openAccount.ts';
import { replan } from '../../src/core/request/replan.ts';
import { failRun, parkRun, resumeRun, retry } from '../../src/core/request/run.ts';
import { no, ok } from '../../src/core/result.ts';
import { draw } from '../../src/jobs/draw.ts';
import { actor, aDecision, anAccount, anAccountPlan, aPart, aPlan, aRequest, hours, minutes, NOON, person } from '../support/builders.ts';
import { memoryStore } from '../support/memoryStore.ts';

const next = (decision: Decision<EmergencyAccount>): EmergencyAccount => {
  if (!decision.ok) throw new Error(decision.error.code);
  return decision.value.next;
};
const effects = (decision: Decision<unknown>) => (decision.ok ? decision.value.effects : []);
const code = (decision: Decision<unknown>) => (decision.ok ? 'accepted' : decision.error.code);

const GROUP = 'AAAAAAAA-0000-4000-8000-00000000000A';
const config = (id: string, more: Partial<MethodConfiguration> = {}): MethodConfiguration => ({
  id,
  enabled: true,
  includeTargets: ['all_users'],
  excludeTargets: [],
  ...more,
});
const allowed = (fido2: Partial<MethodConfiguration> = {}, pass: Partial<MethodConfiguration> = {}) =>
  passkeyTerms([config('Fido2', fido2), config('TemporaryAccessPass', pass)], GROUP);

describe('whether a tenant lets an account have passkeys', () => {
  test('on for everybody, or for the exclusion group, a pass opens a working day within the limits of its policy', () => {
    expect(allowed()).toEqual(ok({ passMinutes: 480 }));
    expect(allowed({ includeTargets: [GROUP.toLowerCase()] })).toEqual(ok({ passMinutes: 480 }));
    expect(allowed({}, { lifetimeMinutes: [60, 240] })).toEqual(ok({ passMinutes: 240 }));
    expect(allowed({}, { lifetimeMinutes: [600, 43_200] })).toEqual(ok({ passMinutes: 600 }));
    expect(allowed({ passkeyTypes: ['deviceBound', 'synced'] })).toMatchObject({ ok: true });
    expect(allowed({ passkeyTypes: [] })).toMatchObject({ ok: true });
  });

  test.each([
    ['keys-off', allowed({ enabled: false })],
    ['keys-off', passkeyTerms([config('TemporaryAccessPass')], GROUP)],
    ['keys-not-for-it', allowed({ includeTargets: ['some-other-group'] })],
    ['keys-not-for-it', allowed({ excludeTargets: [GROUP.toLowerCase()] })],
    ['no-self-service', allowed({ selfServiceRegistrationAllowed: false })],
    ['synced-only', allowed({ passkeyTypes: ['synced'] })],
    ['passes-off', allowed({}, { enabled: false })],
    ['passes-off', passkeyTerms([config('Fido2')], GROUP)],
    ['passes-not-for-it', allowed({}, { includeTargets: [] })],
    ['passes-not-for-it', allowed({}, { excludeTargets: ['all_users'] })],
    ['policy-unread', passkeyTerms(undefined, GROUP)],
  ])('else it is refused: %s', (why, terms) => expect(terms).toEqual(no(why)));
});

const key = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  id,
  kind: 'fido2',
  passkeyType: 'deviceBound',
  ...more,
});

describe('what was registered with a pass', () => {
  const password: AuthenticationMethod = { id: 'p', kind: 'password' };
  test.each([
    ['none', [password, key('old')]],
    ['key', [password, key('old'), key('new')]],
    ['synced', [key('old'), key('new', { passkeyType: 'synced' })]],
    // An older answer does not say; only what was attested is known to be a device.
    ['synced', [{ id: 'new', kind: 'fido2' }]],
    ['synced', [{ id: 'new', kind: 'fido2', attested: false }]],
    ['key', [{ id: 'new', kind: 'fido2', attested: true }]],
    ['synced', [key('new', { passkeyType: 'unknownFutureValue', attested: true })]],
    ['several', [key('new'), key('another')]],
    ['none', [{ id: 'app', kind: 'microsoftAuthenticator' }]],
  ] as const)('%s', (kind, methods) => expect(keysFound(methods, ['old'])).toMatchObject({ kind }));
});

const R = 'R-7F3K2M';
const pass = (methodId: string, more: { requestId?: string; keysAtStart?: readonly string[] } = {}) => ({
  requestId: R,
  methodId,
  issuedAt: NOON,
  keysBefore: [],
  keysAtStart: [],
  ...more,
});
const made = anAccount({ state: 'provisioning', credential: 'passkey', parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
const issued = next(passIssued(made, 1, person('dana'), pass('T1'), hours(8)));
const WHERE = { location: 'Safe A', sealNumber: '17' };
const shown = next(revealPart(issued, 1, actor('dana'), minutes(1)));
const confirmed = next(storePart(shown, 1, actor('dana'), WHERE, minutes(2)));

const redrawn = (number: number) =>
  [`part:${made.id}:${number}`, `request:${made.requestId}`, `account:${made.id}`].map((subject) => ({ kind: 'show', subject }));
const resumed = (at: Date) => ({ kind: 'intend', key: `resume:${R}`, at, intent: { kind: 'resume-run', requestId: R } });

describe('the life of a key', () => {
  test('CR-1 CR-2: a pass is shown once, to its custodian, while it opens; its expiry goes on after it was shown', () => {
    expect(code(revealPart(issued, 1, actor('eli'), minutes(1)))).toBe('not-your-part');
    expect(code(revealPart(issued, 2, actor('eli'), minutes(1)))).toBe('part-not-ready');
    expect(code(revealPart(issued, 1, actor('dana'), hours(8)))).toBe('part-expired');
    expect(code(revealPart(shown, 1, actor('dana'), minutes(2)))).toBe('part-shown');
    expect(effects(revealPart(issued, 1, actor('dana'), minutes(1)))).toEqual(redrawn(1));
  });

  test('the custodian’s word stores nothing: it wakes the run, which looks', () => {
    expect(code(storePart(issued, 1, actor('dana'), WHERE, minutes(2)))).toBe('part-not-shown');
    expect(confirmed.parts[0]).toMatchObject({ state: 'shown', confirmedAt: minutes(2), location: 'Safe A' });
    expect(effects(storePart(shown, 1, actor('dana'), WHERE, minutes(2)))).toEqual([resumed(minutes(2)), ...redrawn(1)]);
    expect(code(storePart(shown, 1, actor('dana'), WHERE, hours(8)))).toBe('part-expired');
    // Said again, it may name another place.
    expect(next(storePart(confirmed, 1, actor('dana'), { location: 'Safe B', sealNumber: '' }, minutes(3))).parts[0]?.location).toBe(
      'Safe B',
    );
  });

  test('CR-6: a pass that nobody used in time is an alert, and the run hears of it; with its key there nothing expires', () => {
    for (const account of [issued, shown, confirmed]) {
      const expired = expirePart(account, 1, hours(8));
      expect(next(expired).parts[0]?.state).toBe('expired');
      const dedupe = `part-expired:${account.id}:1:${hours(8).getTime()}`;
      const cause = { kind: 'part-expired', partNumber: 1, custodian: person('dana').name, key: true, awaitedBy: R };
      const intent = { kind: 'raise-alert', dedupe, tenantId: account.tenantId, accountId: account.id, cause };
      expect(effects(expired)).toEqual([resumed(hours(8)), ...redrawn(1), { kind: 'intend', key: dedupe, at: hours(8), intent }]);
      expect(code(expirePart(account, 1, hours(7)))).toBe('nothing-to-do');
    }
    // Nor one that was told of before, or a pass whose key counts as stored.
    expect(code(expirePart(next(expirePart(issued, 1, hours(8))), 1, hours(9)))).toBe('nothing-to-do');
    const told = { ...issued, parts: issued.parts.map((part): Part => ({ ...part, state: 'stored' })) };
    expect(code(expirePart(told, 1, hours(9)))).toBe('nothing-to-do');
    const there = next(keyRegistered(confirmed, 1, { methodId: 'K1' }));
    expect(code(expirePart(there, 1, hours(9)))).toBe('nothing-to-do');
    expect(code(storePart(there, 1, actor('dana'), WHERE, minutes(4)))).toBe('nothing-to-do');
  });

  test('only when the plan is carried out does a key count as stored, and only with every key is the account in service', () => {
    const one = next(keyRegistered(confirmed, 1, { methodId: 'K1', model: 'YubiKey 5' }));
    expect(one.state).toBe('provisioning');
    const partly = next(keysStored(one, 2, { validationDays: 90 }, hours(1)));
    expect(partly).toMatchObject({ state: 'handover', parts: [{ state: 'stored', storedAt: hours(1) }, { state: 'sealed' }] });
    const second = next(keyRegistered(next(passIssued(one, 2, person('eli'), pass('T2'), hours(9))), 2, { methodId: 'K2' }));
    const both = keysStored(second, 2, { validationDays: 90 }, hours(1));
    expect(next(both)).toMatchObject({ state: 'in-service', appliedAt: hours(1), validationDueAt: hours(1 + 90 * 24) });
    expect(code(keysStored(next(both), 2, { validationDays: 90 }, hours(2)))).toBe('nothing-to-do');
    expect(code(keysStored(made, 2, { validationDays: 90 }, hours(2)))).toBe('nothing-to-do');
  });

  test('the ledger tells who was entrusted, saw the pass, registered the key, and whose it took the place of', () => {
    let account = withLedger(undefined, made, NOON);
    for (const change of [
      (before: EmergencyAccount) => passIssued(before, 1, person('dana'), pass('T1'), hours(8)),
      (before: EmergencyAccount) => revealPart(before, 1, actor('dana'), minutes(1)),
      (before: EmergencyAccount) => storePart(before, 1, actor('dana'), WHERE, minutes(2)),
      (before: EmergencyAccount) => keyRegistered(before, 1, { methodId: 'K1' }),
      (before: EmergencyAccount) => keysStored(before, 2, { validationDays: 90 }, hours(1)),
      (before: EmergencyAccount) => passIssued(before, 1, person('fay'), pass('T9', { requestId: 'R-2' }), hours(9)),
    ])
      account = withLedger(account, next(change(account)), NOON);
    expect((account.history ?? []).filter(({ part }) => part === 1).map(({ what, custodian }) => `${what} ${custodian.name}`)).toEqual([
      'entrusted Dana Diaz',
      'shown Dana Diaz',
      'registered Dana Diaz',
      'stored Dana Diaz',
      'replaced Dana Diaz',
      'entrusted Fay Fischer',
    ]);
  });
});

const keyed = anAccount({
  credential: 'passkey',
  parts: [
    aPart(1, 'dana', { state: 'stored', key: { methodId: 'K1' }, pass: pass('T1'), location: 'Safe A' }),
    aPart(2, 'eli', { state: 'stored', key: { methodId: 'K2' }, pass: pass('T2') }),
  ],
});

describe('what each of it leaves on record, whole, and what is owed', () => {
  const T5 = pass('T5', { requestId: 'R-2' });
  const posted = (methodId: string, generation: number, to: 'dana' | 'eli') => ({
    kind: 'post',
    key: `part:${made.id}:1:${generation}:${methodId}`,
    place: { kind: 'person', objectId: person(to).objectId },
    subject: `part:${made.id}:1`,
    variant: `${generation}:pass:${methodId === 'T5' ? 'R-2' : R}:${methodId}`,
  });
  const expiry = (at: Date) => ({
    kind: 'intend',
    key: `part-expiry:${made.id}:1`,
    at,
    intent: { kind: 'expire-part', accountId: made.id, partNumber: 1 },
  });
  const forget = (number: number) => ({ kind: 'forget', key: `part-expiry:${made.id}:${number}` });
  const whole = (next: EmergencyAccount, effects: readonly unknown[]) => ({ ok: true, value: { next, effects } });
  const unknown = { ok: false, error: { code: 'not-found', what: 'part' } };

  test('a pass: a card for its custodian alone, and a timer for when it opens nothing any more', () => {
    const { parts } = made;
    expect(passIssued(made, 1, person('dana'), pass('T1'), hours(8))).toEqual(
      whole(
        {
          ...made,
          credential: 'passkey',
          sealedFor: R,
          parts: [{ number: 1, custodian: person('dana'), state: 'ready', expiresAt: hours(8), pass: pass('T1') }, ...parts.slice(1)],
          revision: 2,
        },
        [posted('T1', 1, 'dana'), expiry(hours(8)), ...redrawn(1)],
      ),
    );
    // What was a password is one of keys from now on.
    const third = { ...made, credential: undefined, generation: 3 } as never as EmergencyAccount;
    const again = passIssued(third, 1, person('eli'), pass('T2'), hours(9));
    expect(next(again)).toMatchObject({ credential: 'passkey', parts: [{ custodian: person('eli') }, {}] });
    expect(effects(again)[0]).toEqual(posted('T2', 3, 'eli'));
  });

  test('a pass in the place of a part of a password puts nothing aside; in that of a key it puts the key aside', () => {
    const password = next(passIssued(anAccount(), 1, person('dana'), T5, hours(8)));
    expect(password.parts[0]).not.toHaveProperty('before');
    // Nobody registered a key with the pass of an earlier request: there is nothing to come back to.
    const unused = next(passIssued(issued, 1, person('dana'), T5, hours(8)));
    expect(unused.parts[0]).not.toHaveProperty('before');
    expect(next(passIssued(keyed, 1, person('dana'), T5, hours(8))).parts[0]?.before).toEqual(keyed.parts[0]);
    expect(next(passIssued(keyed, 2, person('eli'), T5, hours(8))).parts[1]?.before).toEqual(keyed.parts[1]);
    // A new key of the same request never counts as what was there before.
    const registered = next(keyRegistered(issued, 1, { methodId: 'K1' }));
    expect(next(passIssued(registered, 1, person('dana'), pass('T2'), hours(9))).parts[0]).not.toHaveProperty('before');
  });

  test('a key: its pass cannot expire any more', () => {
    const key = { methodId: 'K1', model: 'YubiKey 5' };
    const [first, second] = confirmed.parts;
    expect(keyRegistered(confirmed, 1, key)).toEqual(
      whole({ ...confirmed, parts: [{ ...first, key } as Part, second as Part], revision: confirmed.revision + 1 }, [
        forget(1),
        ...redrawn(1),
      ]),
    );
    expect(code(keyRegistered(next(keyRegistered(confirmed, 1, key)), 1, { methodId: 'K9' }))).toBe('nothing-to-do');
    expect(keyRegistered(confirmed, 3, key)).toEqual(unknown);
  });

  test('keys that stand: the first validation, in service, and nothing to come back to', () => {
    const both = [1, 2].reduce<EmergencyAccount>(
      (account, number) =>
        next(
          keyRegistered(next(passIssued(account, number, person('dana'), pass(`T${number}`), hours(8))), number, {
            methodId: `K${number}`,
          }),
        ),
      made,
    );
    const { appliedAt: _applied, ...never } = both;
    const stood = keysStored(never, 2, { validationDays: 30 }, hours(1));
    const due = hours(1 + 30 * 24);
    expect(stood).toEqual(
      whole(
        {
          ...never,
          parts: never.parts.map(({ expiresAt: _gone, ...part }): Part => ({ ...part, state: 'stored', storedAt: hours(1) })),
          state: 'in-service',
          appliedAt: hours(1),
          validationDueAt: due,
          revision: never.revision + 1,
        },
        [
          ...redrawn(1),
          ...redrawn(2),
          {
            kind: 'intend',
            key: `validation:${made.id}`,
            at: hours(1 + 16 * 24),
            intent: { kind: 'remind-validation', accountId: made.id },
          },
        ],
      ),
    );
  });

  test('a rotation carried out: the account stays what it was, its validation when it was due, and only the new key is new', () => {
    const due = hours(500);
    const started = next(passIssued({ ...keyed, validationDueAt: due }, 1, person('dana'), T5, hours(8)));
    const rotated = next(keyRegistered(started, 1, { methodId: 'K5' }));
    const over = next(keysStored(rotated, 2, { validationDays: 30 }, hours(3)));
    expect(over).toMatchObject({ state: 'in-service', appliedAt: keyed.appliedAt, validationDueAt: due });
    expect(over.parts).toEqual([
      { number: 1, custodian: person('dana'), state: 'stored', storedAt: hours(3), key: { methodId: 'K5' }, pass: T5 },
      keyed.parts[1],
    ]);
    const { validationDueAt: _due, ...undated } = rotated;
    expect(next(keysStored(undated, 2, { validationDays: 30 }, hours(3))).validationDueAt).toEqual(hours(3 + 30 * 24));
    expect(next(keysStored({ ...rotated, state: 'disabled' }, 2, { validationDays: 30 }, hours(3))).state).toBe('disabled');
    expect(code(keysStored(keyed, 2, { validationDays: 30 }, hours(3)))).toBe('nothing-to-do');
  });

  describe('keys in the place of a password', () => {
    const before = anAccount();
    const held = { requestId: 'R-2', parts: [...before.parts, aPart(3, 'fay', { state: 'stored' })], generation: 1 };
    const key = (number: number, state: Part['state'], more: Partial<Part> = {}) =>
      aPart(number, 'dana', { state, pass: pass(`T${number}`, { requestId: 'R-2' }), key: { methodId: `K${number}` }, ...more });
    const { state: _state, ...there } = before;
    const changing: EmergencyAccount = {
      ...there,
      state: 'in-service',
      credential: 'passkey',
      generation: 2,
      parts: [key(1, 'shown'), key(2, 'stored', { storedAt: NOON }), aPart(4, 'eli')],
      held,
    };
    const everyCard = [1, 2, 3, 4].flatMap((number) => [forget(number), ...redrawn(number)]);

    test('that stand: the password is nothing to come back to, and every card of either is drawn anew', () => {
      const stood = keysStored(changing, 2, { validationDays: 30 }, hours(1));
      expect(next(stood)).not.toHaveProperty('held');
      const drawn = [1, 2, 3, 4].flatMap(redrawn);
      expect(effects(stood).slice(0, drawn.length)).toEqual(drawn);
      // With the reminder of the validation, and a word to the two who hold a part of the password.
      expect(effects(stood)).toHaveLength(drawn.length + 3);
    });

    test('GR-5: given up before the password was replaced, it counts again, as it did all the time', () => {
      const { credential: _credential, ...password } = changing;
      const { held: _held, ...back } = { ...password, generation: 1, parts: held.parts, revision: changing.revision + 1 };
      expect(keysInsteadGivenUp(changing, 'R-2', false, hours(1))).toEqual(whole(back, everyCard));
    });

    test('GR-5: given up after it, the keys that stand stay, and count; what is none does not', () => {
      const { held: _held, ...standing } = changing;
      const parts = [key(1, 'stored', { storedAt: hours(1) }), key(2, 'stored', { storedAt: NOON }), aPart(4, 'eli')];
      expect(keysInsteadGivenUp(changing, 'R-2', true, hours(1))).toEqual(
        whole({ ...standing, parts, revision: changing.revision + 1 }, everyCard),
      );
    });

    test('of another request, or with nothing put aside, nothing is given up', () => {
      expect(keysInsteadGivenUp(changing, 'R-9', true, hours(1))).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
      expect(keysInsteadGivenUp(before, 'R-2', true, hours(1))).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
    });
  });

  test('CR-1: passes destroyed are those of the request that nobody has seen, and no other part', () => {
    const one = next(passIssued(keyed, 1, person('dana'), T5, hours(8)));
    const two = next(passIssued(one, 2, person('eli'), pass('T6', { requestId: 'R-2' }), hours(8)));
    const seen = next(revealPart(two, 2, actor('eli'), minutes(1)));
    const [first, second] = seen.parts;
    const expired: Part = { ...(first as Part), state: 'expired' };
    expect(passesDestroyed(seen, 'R-2')).toEqual(
      whole({ ...seen, parts: [expired, second as Part], revision: seen.revision + 1 }, [forget(1), ...redrawn(1)]),
    );
    expect(code(passesDestroyed({ ...seen, parts: [expired, second as Part] }, 'R-2'))).toBe('nothing-to-do');
    expect(code(passesDestroyed(one, 'R-3'))).toBe('nothing-to-do');
    // Of a new account the next custodian has no pass yet.
    expect(next(passesDestroyed(issued, R)).parts.map(({ state }) => state)).toEqual(['expired', 'sealed']);
  });

  test('GR-5: taken back, every card of what was touched is drawn anew, and what was not touched stays', () => {
    const rotating = next(passIssued(keyed, 1, person('dana'), T5, hours(8)));
    expect(keysWithdrawn(rotating, 'R-2', 2, false, hours(1))).toEqual(
      whole({ ...rotating, parts: keyed.parts, revision: rotating.revision + 1 }, [forget(1), ...redrawn(1)]),
    );
    const [first, second] = next(keyRegistered(rotating, 1, { methodId: 'K5' })).parts as [Part, Part];
    const { before: _gone, ...rest } = first;
    expect(keysWithdrawn({ ...rotating, parts: [first, second] }, 'R-2', 2, true, hours(1))).toEqual(
      whole({ ...rotating, parts: [{ ...rest, state: 'stored', storedAt: hours(1) }, second], revision: rotating.revision + 1 }, [
        forget(1),
        ...redrawn(1),
      ]),
    );
    // What counts as stored was carried out, and is not taken back.
    const carriedOut: Part = { ...first, state: 'stored' };
    expect(code(keysWithdrawn({ ...rotating, parts: [carriedOut, second] }, 'R-2', 2, false, hours(1)))).toBe('nothing-to-do');
    expect(code(keysWithdrawn(rotating, 'R-9', 2, false, hours(1)))).toBe('nothing-to-do');
    expect(next(keysWithdrawn(issued, R, 2, false, hours(1))).parts.map(({ state }) => state)).toEqual(['expired', 'sealed']);
  });
});

describe('new keys for an account that has some', () => {
  const rotating = next(passIssued(keyed, 1, person('dana'), pass('T5', { requestId: 'R-2' }), hours(8)));

  test('given up before the old keys went, what was held before counts again; after that the new keys stay', () => {
    expect(rotating.parts[0]).toMatchObject({ state: 'ready', before: { key: { methodId: 'K1' } } });
    // A second pass for the same person keeps what stood before the first.
    const again = next(passIssued(rotating, 1, person('dana'), pass('T6', { requestId: 'R-2' }), hours(9)));
    expect(again.parts[0]?.before?.key).toEqual({ methodId: 'K1' });
    expect(next(keysWithdrawn(again, 'R-2', 2, false, hours(1))).parts).toEqual(keyed.parts);
    const there = next(keyRegistered(again, 1, { methodId: 'K5' }));
    expect(next(keysWithdrawn(there, 'R-2', 2, true, hours(1))).parts[0]).toMatchObject({ state: 'stored', key: { methodId: 'K5' } });
    expect(next(keysWithdrawn(again, 'R-2', 2, true, hours(1))).parts[0]).toMatchObject({ state: 'expired' });
    // Nothing stood there before, and the new key was taken off: on record it must not count.
    const { before: _before, ...alone } = there.parts[0] as Part;
    expect(next(keysWithdrawn({ ...there, parts: [alone] }, 'R-2', 2, false, hours(1))).parts[0]).toMatchObject({ state: 'expired' });
    expect(code(keysWithdrawn(keyed, 'R-2', 2, false, hours(1)))).toBe('nothing-to-do');
  });

  test('one key more than before: carried out it is one of them; taken back before the old ones went, there is none of it again', () => {
    const two = next(
      keyRegistered(next(passIssued(rotating, 2, person('eli'), pass('T6', { requestId: 'R-2' }), hours(8))), 1, { methodId: 'K5' }),
    );
    const three = next(passIssued(two, 3, person('fay'), pass('T7', { requestId: 'R-2' }), hours(8)));
    expect(three.parts.map(({ number, custodian }) => [number, custodian.name])).toEqual([
      [1, person('dana').name],
      [2, person('eli').name],
      [3, person('fay').name],
    ]);
    // Its second pass is for the same number, and no part of what was held.
    const again = next(passIssued(three, 3, person('fay'), pass('T8', { requestId: 'R-2' }), hours(9)));
    const back = keysWithdrawn(again, 'R-2', 3, false, hours(1));
    expect(next(back).parts).toEqual(keyed.parts);
    expect(effects(back)).toContainEqual({ kind: 'show', subject: `part:${keyed.id}:3` });
    const keys = [2, 3].reduce<EmergencyAccount>(
      (account, number) => next(keyRegistered(account, number, { methodId: `K${number + 4}` })),
      again,
    );
    const stood = next(keysStored(keys, 3, { validationDays: 90 }, hours(1)));
    expect(stood.parts.map(({ state, key }) => [state, key?.methodId])).toEqual([
      ['stored', 'K5'],
      ['stored', 'K6'],
      ['stored', 'K7'],
    ]);
    expect(stood.parts.some((part) => part.added || part.before)).toBe(false);
    // The old ones may be gone: then the new one counts as well.
    expect(next(keysWithdrawn(keys, 'R-2', 3, true, hours(1))).parts.map(({ state }) => state)).toEqual(['stored', 'stored', 'stored']);
  });

  test('one key fewer than before: the last is held until the plan is carried out, then it is gone and its card says so', () => {
    const third: Part = { ...(keyed.parts[1] as Part), number: 3, custodian: person('fay'), key: { methodId: 'K3' } };
    const had = { ...keyed, parts: [...keyed.parts, third] };
    const passes = [1, 2].reduce<EmergencyAccount>(
      (account, number) => next(passIssued(account, number, person('dana'), pass(`T${number + 4}`, { requestId: 'R-2' }), hours(8))),
      had,
    );
    expect(next(keysWithdrawn(passes, 'R-2', 2, false, hours(1))).parts).toEqual(had.parts);
    const keys = [1, 2].reduce<EmergencyAccount>(
      (account, number) => next(keyRegistered(account, number, { methodId: `K${number + 4}` })),
      passes,
    );
    expect(keys.parts[2]).toEqual(third);
    const stood = keysStored(keys, 2, { validationDays: 90 }, hours(1));
    expect(next(stood).parts.map(({ key }) => key?.methodId)).toEqual(['K5', 'K6']);
    expect(effects(stood)).toContainEqual({ kind: 'show', subject: `part:${keyed.id}:3` });
    const late = keysWithdrawn(keys, 'R-2', 2, true, hours(1));
    expect(next(late).parts.map(({ key }) => key?.methodId)).toEqual(['K5', 'K6']);
    expect(effects(late)).toContainEqual({ kind: 'show', subject: `part:${keyed.id}:3` });
  });

  test('GR-5: what is taken back is judged by the keys at the first pass, not by those that came since', () => {
    const first = pass('T5', { requestId: 'R-2', keysAtStart: ['K1'] });
    const second = pass('T6', { requestId: 'R-2', keysAtStart: ['K1', 'a stranger’s'] });
    const again = next(passIssued(next(passIssued(keyed, 1, person('dana'), first, hours(8))), 1, person('dana'), second, hours(9)));
    expect(again.parts[0]?.pass).toMatchObject({ methodId: 'T6', keysAtStart: ['K1'] });
    const other = pass('T7', { requestId: 'R-3', keysAtStart: ['K9'] });
    expect(next(passIssued(again, 1, person('dana'), other, hours(9))).parts[0]?.pass?.keysAtStart).toEqual(['K9']);
  });

  test('CR-1: a request that is given up asks nobody to open a pass that was destroyed', () => {
    const over = passesDestroyed(rotating, 'R-2');
    expect(next(over).parts[0]?.state).toBe('expired');
    expect(effects(over)).toContainEqual({ kind: 'forget', key: expect.stringMatching(/^part-expiry:/) });
    expect(code(revealPart(next(over), 1, actor('dana'), minutes(1)))).toBe('part-expired');
    expect(code(passesDestroyed(rotating, 'R-9'))).toBe('nothing-to-do');
  });

  test('a rotation registers a key for everybody, a handover only for the one who takes over', () => {
    const idsOf = (operation: 'rotate' | 'handover') =>
      anAccountPlan(operation, { account: keyed, passMinutes: 480 }).steps.map(({ id }) => id);
    expect(idsOf('rotate')).toEqual([
      'drop-password',
      'issue-pass:1',
      'enrol:1',
      'issue-pass:2',
      'enrol:2',
      'tidy-methods',
      'revoke-sessions',
      'verify',
    ]);
    expect(idsOf('handover')).toEqual(['drop-password', 'issue-pass:2', 'enrol:2', 'tidy-methods', 'revoke-sessions', 'verify']);
    const { credential, undo } = anAccountPlan('handover', { account: keyed, passMinutes: 480 }) as never as {
      credential: unknown;
      undo: { id: string }[];
    };
    expect(credential).toEqual({ kind: 'passkey', keys: 2, passMinutes: 480, enrols: [2] });
    expect(undo.map(({ id }) => id)).toEqual(['withdraw-keys', 'revoke-sessions']);
    const observed = { userPrincipalName: '', enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
    const protectedOne = anAccountPlan('rotate', { account: keyed, passMinutes: 480, observed });
    expect('undo' in protectedOne ? protectedOne.undo.map(({ id }) => id) : []).toEqual([
      'leave-unit',
      'withdraw-keys',
      'revoke-sessions',
      'join-unit',
    ]);
  });

  test('a disabled account gets none: a key is registered by signing in', () => {
    const observed = { userPrincipalName: '', enabled: false, privileged: true, excluded: true, restricted: false, ours: true };
    expect(whyUnsuitable('rotate', { ...keyed, keyed: true }, observed)).toBe('keys-need-enabled');
    expect(whyUnsuitable('rotate', { ...anAccount(), keyed: false }, observed)).toBeUndefined();
    expect(whyUnsuitable('rotate', { ...keyed, keyed: true }, { ...observed, enabled: true })).toBeUndefined();
  });
});

describe('a new account with keys', () => {
  const plan = aPlan({ passMinutes: 480 });

  test('GR-2: it is watched before it is enabled, and has no role before every key stands and nothing else does', () => {
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'create-user',
      'exclude',
      'watch',
      'enable',
      'issue-pass:1',
      'enrol:1',
      'issue-pass:2',
      'enrol:2',
      'tidy-methods',
      'revoke-sessions',
      'assign-role',
      'join-unit',
      'verify',
    ]);
  });

  test('before the first write the tenant must still allow it, on the terms that were approved', () => {
    const facts = { tenant: { ...plan.tenant, exclusionGroupId: plan.exclusionGroupId, restrictedUnitId: String(plan.restrictedUnitId) } };
    const judged = (passkeys: ReturnType<typeof allowed> | undefined) =>
      replan(aRequest({ plan }), { ...facts, ...(passkeys ? { passkeys } : {}) }, undefined, 0);
    expect(judged(allowed())).toEqual({ kind: 'holds' });
    expect(judged(allowed({}, { lifetimeMinutes: [10, 60] }))).toMatchObject({ kind: 'changed' });
    expect(judged(allowed({ enabled: false }))).toMatchObject({ kind: 'impossible', words: expect.stringMatching(/no passkeys/) });
    expect(judged(undefined)).toMatchObject({ kind: 'impossible', words: expect.stringMatching(/cannot be read/) });
  });
});

describe('a run that waits for a person', () => {
  const plan = aPlan({ passMinutes: 480 });
  const base = aRequest({ plan, state: 'approved', fence: 3, begunAt: NOON, decisions: [aDecision('ann'), aDecision('bob')] });
  const running = {
    ...base,
    steps: base.steps.map((step, index) =>
      index < 5 ? { ...step, state: 'done' as const, at: NOON } : index === 5 ? { ...step, state: 'running' as const, at: NOON } : step,
    ),
  };

  test('AP-9: gives way, says whom it waits for, and is taken up again by its timer or by what it waits for', () => {
    const parked = parkRun(running, 3, { step: 'enrol:1', words: 'Waiting for Dana', lookAt: minutes(5) }, minutes(4));
    expect(parked).toMatchObject({
      ok: true,
      value: { effects: [{ kind: 'show' }, { kind: 'intend', key: `resume:${plan.requestId}`, at: minutes(5) }] },
    });
    expect(parked.ok && parked.value.next.steps[5]).toEqual({
      id: 'enrol:1',
      state: 'waiting',
      at: minutes(4),
      evidence: 'Waiting for Dana',
    });
    expect(code(parkRun(running, 2, { step: 'enrol:1', words: '' }, minutes(4)))).toBe('stale-lease');
    expect(effects(resumeRun(running))).toEqual([{ kind: 'apply-plan', requestId: plan.requestId }]);
    expect(code(resumeRun({ ...running, state: 'undoing' }))).toBe('nothing-to-do');
    expect(code(resumeRun({ ...running, state: 'failed' }))).toBe('nothing-to-do');
  });

  test('a pass that came to nothing is the step that is done again', () => {
    const failure = { step: 'issue-pass:1', code: 'PassExpired', words: '', reference: 'x' } as const;
    const failed = failRun(running, 3, failure, minutes(9));
    const again = failed.ok ? retry(failed.value.next, actor('ann'), minutes(10)) : failed;
    expect(again.ok && again.value.next.steps.slice(4, 6).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  });
});

describe('a message about a pass', () => {
  const held = (more: Partial<Part>) => anAccount({ credential: 'passkey', parts: [aPart(1, 'dana', { state: 'ready', ...more })] });
  const says = async (account: EmergencyAccount) => {
    const store = memoryStore(NOON);
    store.put('account', account);
    const variant = variantOfPass(generationOf(account), pass('T1'));
    const place = { kind: 'person', objectId: person('dana').objectId } as const;
    return JSON.stringify((await draw(store, { subject: `part:${account.id}:1`, variant, place }, async () => []))?.card);
  };

  test('CR-2: names the newest one to go by as soon as the same request has made another, whatever became of that', async () => {
    expect(await says(held({ pass: pass('T1') }))).toContain('Register your security key');
    expect(await says(held({ pass: pass('T1'), refused: { why: 'SyncedPasskey', at: NOON } }))).toContain('Your key was not accepted');
    for (const more of [
      {},
      { refused: { why: 'SyncedPasskey', at: NOON } as const },
      { state: 'stored', key: { methodId: 'K1' } } as const,
    ])
      expect(await says(held({ pass: pass('T5'), ...more }))).toContain('This pass opens nothing any more');
  });

  test('stays as it is where a later request made another', async () => {
    const next = pass('T5', { requestId: 'R-2' });
    expect(await says(held({ pass: next }))).not.toContain('This pass opens nothing any more');
  });
});
