import { expect, test } from '@jest/globals';
import type { PostureCheck, RegisteredAccount } from '../../src/core/posture/check.ts';
import { isPhishingResistant, phishingResistant, twoKeys, unrecordedKeys, weakMethods } from '../../src/core/posture/checks/methods.ts';
import { type AuthenticationMethod, read, unreadable } from '../../src/core/posture/snapshot.ts';
import { aPart, NOON } from '../support/builders.ts';
import { goodRegistry, goodSnapshot } from '../support/posture.ts';

/* What is said of the sign-in methods of an account, to the last word. */
const LEARN = 'Learn, security-emergency-access, 2026-06-04';
const key = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  id,
  kind: 'fido2',
  passkeyType: 'deviceBound',
  ...more,
});
const PASSWORD: AuthenticationMethod = { id: 'p', kind: 'password' };
const CERTIFICATE: AuthenticationMethod = { id: 'c', kind: 'x509Certificate' };
const method = (id: string, kind: string): AuthenticationMethod => ({ id, kind }) as AuthenticationMethod;
const ofKeys = (...methodIds: readonly string[]): Partial<RegisteredAccount> => ({
  credential: 'passkey',
  parts: methodIds.map((methodId, at) => aPart(at + 1, at === 0 ? 'dana' : 'eli', { state: 'stored', key: { methodId } })),
});

/** What a check says of an account with these methods. */
function says(check: PostureCheck, methods: readonly AuthenticationMethod[] | undefined, more: Partial<RegisteredAccount> = {}) {
  const good = goodSnapshot();
  const [account] = goodRegistry().accounts;
  if (!account) throw new Error('no account');
  const { credential: _keys, ...bare } = account;
  const part = methods ? read(methods) : unreadable('no-answer', 'no answer');
  const accounts = good.accounts.map((each, at) => (at === 0 ? { ...each, methods: part } : each));
  const [outcome] = check.run({ ...good, accounts } as typeof good, goodRegistry({ accounts: [{ ...bare, ...more }] }));
  if (!outcome) throw new Error('nothing said');
  const { about: _about, ...rest } = outcome;
  return rest;
}
const passed = (evidence: string) => ({ status: 'pass', evidence, advice: '' });
const failed = (evidence: string, advice: string) => ({ status: 'fail', evidence, advice });
const beside = (evidence: string) => ({ status: 'not-applicable', evidence, advice: '' });
const removing = (kind: string, ...methods: readonly (readonly [methodId: string, words: string])[]) => ({
  accountId: 'EA-000001',
  changes: methods.map(([methodId, words]) => ({ kind: 'remove-method', method: kind, methodId, words })),
});

test('each says what it is, how grave, and who says so', () => {
  expect([phishingResistant, twoKeys, unrecordedKeys, weakMethods].map(({ run: _run, ...rest }) => rest)).toEqual([
    {
      ...{ id: 'phishing-resistant', title: 'A method that resists phishing', fault: 'No method that resists phishing' },
      ...{ severity: 'critical', source: LEARN },
    },
    {
      ...{
        id: 'two-keys',
        title: 'Two keys that cannot leave their device',
        fault: 'Fewer than two keys that cannot leave their device',
        severity: 'advice',
      },
      source: 'azd-emergency-access, 2026-08-22; Learn, passkey profiles, 2026-03',
    },
    {
      ...{ id: 'unrecorded-keys', title: 'No key but those on record', fault: 'A key that is on nobody’s record', severity: 'critical' },
      source: `${LEARN}; keys compared with our record`,
    },
    {
      ...{ id: 'weak-methods', title: 'No telephone, mail, app or other method of a person', severity: 'warning', source: LEARN },
      fault: 'A telephone, mail, app or other method of a person',
    },
  ]);
});

test('what was not read is unknown, and never a pass', () => {
  for (const check of [phishingResistant, twoKeys, unrecordedKeys, weakMethods]) expect(says(check, undefined).status).toBe('unknown');
});

test('a key or a certificate resists phishing; a password and a telephone do not', () => {
  expect([key('k'), CERTIFICATE, PASSWORD, method('t', 'phone')].map(isPhishingResistant)).toEqual([true, true, false, false]);
  for (const one of [key('k'), CERTIFICATE])
    expect(says(phishingResistant, [PASSWORD, one])).toEqual(passed('It has a security key or a certificate.'));
  expect(says(phishingResistant, [PASSWORD])).toEqual(
    failed(
      'It has neither a security key nor a certificate.',
      'Ask for a rotation to security keys, two or more: a password alone no longer opens the portals.',
    ),
  );
});

test('two keys, of which none can leave its device; without any that is a finding of its own', () => {
  const another = 'Ask for a rotation with another custodian, whose key is kept in another place.';
  expect(says(twoKeys, [PASSWORD])).toEqual(beside('It has no key at all, which is a finding of its own.'));
  expect(says(twoKeys, [PASSWORD, CERTIFICATE])).toEqual(failed('It has none.', another));
  expect(says(twoKeys, [key('a', { passkeyType: 'synced' }), key('b')])).toEqual(failed('It has one.', another));
  expect(says(twoKeys, [key('a'), key('b'), PASSWORD])).toEqual(passed('It has 2.'));
  const { passkeyType: _none, ...untyped } = key('c');
  expect(says(twoKeys, [key('a'), key('b'), untyped])).toEqual(passed('It has 3.'));
});

test('CR-7: every key has its custodian, or there is none; a password and a telephone are no keys', () => {
  expect(says(unrecordedKeys, [PASSWORD, key('a'), key('b')], ofKeys('a', 'b'))).toEqual(passed('Each of them has its custodian.'));
  expect(says(unrecordedKeys, [PASSWORD, method('t', 'phone')], { parts: [aPart(1, 'dana')], kindSince: 2 })).toEqual(
    passed('It has none.'),
  );
  const pass = { requestId: 'R', methodId: 't', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const enrolling = { credential: 'passkey', parts: [aPart(1, 'dana', { state: 'ready', pass })] } as const;
  expect(says(unrecordedKeys, [key('new')], enrolling)).toEqual(beside('Its custodians are registering keys.'));
});

test('CR-7: one that is on nobody’s record is named by all that is known of it, and taken off by a repair', () => {
  const stranger = key('x', { displayName: 'Blue', model: 'Tokenring 5', createdAt: NOON });
  expect(says(unrecordedKeys, [key('a'), stranger], ofKeys('a'))).toEqual({
    ...failed(
      'One is on nobody’s record here: a security key “Blue” (Tokenring 5, registered 2026-11-22).',
      'Find out who has it, then remove it: whoever has one opens the account alone.',
    ),
    repair: removing('fido2', ['x', 'security key “Blue” (Tokenring 5, registered 2026-11-22)']),
  });
  expect(says(unrecordedKeys, [key('a'), key('x'), key('y')], ofKeys('a'))).toEqual({
    ...failed(
      '2 are on nobody’s record here: a security key (id x), a security key (id y).',
      'Find out who has them, then remove them: whoever has one opens the account alone.',
    ),
    repair: removing('fido2', ['x', 'security key (id x)'], ['y', 'security key (id y)']),
  });
});

test('CR-7: a certificate is no method that can be taken off here, so no half repair is offered', () => {
  const outcome = says(unrecordedKeys, [key('x'), CERTIFICATE], ofKeys('a'));
  expect(outcome).toEqual(
    failed(
      '2 are on nobody’s record here: a security key (id x), a certificate.',
      'Find out who has them, then remove them: whoever has one opens the account alone.',
    ),
  );
});

test('a key beside a password in parts, where there never were others, is its second factor', () => {
  const second = beside('It is opened by a password in parts; whoever has a key beside it is not on record here.');
  for (const methods of [[key('x')], [PASSWORD]]) expect(says(unrecordedKeys, methods, { parts: [aPart(1, 'dana')] })).toEqual(second);
});

test('CR-7: of an account whose keys a password replaced a stranger’s is not taken off alone: it might be all that opens the portals', () => {
  const parts = { parts: [aPart(1, 'dana')], kindSince: 2 };
  expect(says(unrecordedKeys, [key('x')], parts)).toEqual(
    failed(
      'One is on nobody’s record here: a security key (id x).',
      'Find out who has it. Then ask for a rotation to security keys: it removes every other.',
    ),
  );
  expect(says(unrecordedKeys, [key('x'), key('y')], parts).advice).toBe(
    'Find out who has them. Then ask for a rotation to security keys: it removes every other.',
  );
});

test('what ties it to one person is named by its kind, and taken off by a repair where all of it can be', () => {
  const advice = 'Find out who registered it, then remove it: it ties the account to one person.';
  expect(says(weakMethods, [PASSWORD, key('a'), CERTIFICATE])).toEqual(passed('It has none.'));
  expect(says(weakMethods, [PASSWORD, method('t', 'phone'), method('m', 'email')])).toEqual({
    ...failed('It has a telephone, a mail address.', advice),
    repair: {
      accountId: 'EA-000001',
      changes: [...removing('phone', ['t', 'telephone']).changes, ...removing('email', ['m', 'mail address']).changes],
    },
  });
  expect(says(weakMethods, [method('t', 'phone'), method('u', 'thoughtReading')])).toEqual(
    failed('It has a telephone, a sign-in method of the kind “thoughtReading”.', advice),
  );
});
