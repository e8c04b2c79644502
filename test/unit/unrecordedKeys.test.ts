import { expect, test } from '@jest/globals';
import type { Part } from '../../src/core/account/types.ts';
import type { RegisteredAccount } from '../../src/core/posture/check.ts';
import { DEFAULT_PROFILE } from '../../src/core/posture/profiles.ts';
import { type Finding, judgePosture } from '../../src/core/posture/report.ts';
import { type AuthenticationMethod, read } from '../../src/core/posture/snapshot.ts';
import { aPart, minutes, NOON } from '../support/builders.ts';
import { goodRegistry, goodSnapshot } from '../support/posture.ts';

const fido = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  ...{ id, kind: 'fido2', passkeyType: 'deviceBound' },
  ...more,
});
const withKey = (number: number, methodId: string, more: Partial<Part> = {}): Part =>
  aPart(number, number === 1 ? 'dana' : 'eli', { state: 'stored', key: { methodId }, ...more });
const pass = { requestId: 'CR-1', methodId: 't', issuedAt: NOON, keysBefore: [], keysAtStart: [] };

/** What the check says of the first account, which is so on record and has these methods. */
function found(methods: readonly AuthenticationMethod[], account: Partial<RegisteredAccount>, password = false): Finding | undefined {
  const [onKeys, ...others] = goodRegistry().accounts;
  if (!onKeys) throw new Error('no account');
  const { credential, ...onPassword } = onKeys;
  const first: RegisteredAccount = { ...onPassword, ...(password || !credential ? {} : { credential }), ...account };
  const snapshot = goodSnapshot();
  const accounts = snapshot.accounts.map((each, at) => (at === 0 ? { ...each, methods: read(methods) } : each));
  const registry = goodRegistry({ accounts: [first, ...others] });
  return judgePosture(DEFAULT_PROFILE, { ...snapshot, accounts }, registry).findings.find(
    ({ key }) => key === `unrecorded-keys:${first.id}`,
  );
}

test('a key that is on nobody’s record is named, and a repair removes it and no other', () => {
  const finding = found([fido('K1'), fido('K2'), fido('K9', { model: 'Tokenring 5', displayName: 'spare', createdAt: minutes(0) })], {
    parts: [withKey(1, 'K1'), withKey(2, 'K2')],
  });
  expect(finding).toMatchObject({ status: 'fail', severity: 'critical' });
  expect(finding?.evidence).toBe(
    `One is on nobody’s record here: a security key “spare” (Tokenring 5, registered ${NOON.toISOString().slice(0, 10)}).`,
  );
  // The plan names it as the finding does.
  const words = `security key “spare” (Tokenring 5, registered ${NOON.toISOString().slice(0, 10)})`;
  expect(finding?.repair).toEqual({ accountId: 'EA-000001', changes: [{ kind: 'remove-method', method: 'fido2', methodId: 'K9', words }] });
});

test('a certificate nobody here can remove is named all the same; so nothing is offered that would leave it', () => {
  const finding = found([fido('K1'), fido('K9'), { id: 'c', kind: 'x509Certificate' }], { parts: [withKey(1, 'K1')] });
  expect(finding?.evidence).toBe('2 are on nobody’s record here: a security key (id K9), a certificate.');
  expect(finding?.repair).toBeUndefined();
});

test('beside a password in parts a key is a second factor, unless the account had keys of its own: then one of those may have stayed', () => {
  const parts = [aPart(1, 'dana'), aPart(2, 'eli')];
  expect(found([fido('K1')], { parts }, true)?.status).toBe('not-applicable');
  const finding = found([fido('K1')], { parts, kindSince: 2 }, true);
  expect(finding).toMatchObject({ status: 'fail', advice: expect.stringContaining('rotation to security keys') });
  // It may be all that opens the portals, so it is not taken away by itself.
  expect(finding?.repair).toBeUndefined();
  expect(found([{ id: 'p', kind: 'password' }], { parts, kindSince: 2 }, true)?.status).toBe('pass');
});

test('while a plan replaces them the keys before it count, and one that a custodian is registering is not called a stranger’s', () => {
  const replaced = withKey(1, 'K3', { before: withKey(1, 'K1') });
  expect(found([fido('K1'), fido('K3')], { parts: [replaced] })?.status).toBe('pass');
  const held = { requestId: 'CR-1', parts: [withKey(1, 'K1')], generation: 1 };
  expect(found([fido('K1')], { parts: [aPart(1, 'dana')], held })?.status).toBe('pass');
  for (const [more, status] of [
    [{}, 'not-applicable'],
    [{ state: 'expired' }, 'fail'],
    [{ refused: { why: 'PassLost', at: NOON } }, 'fail'],
    [{ key: { methodId: 'K9' } }, 'pass'],
  ] as const)
    expect(
      found([fido('K1'), fido('K9')], { parts: [withKey(2, 'K1'), aPart(1, 'dana', { state: 'shown', pass, ...more })] })?.status,
    ).toBe(status);
});
