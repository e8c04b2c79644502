import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { Part } from '../../src/core/account/types.ts';
import type { AuthenticationMethod } from '../../src/core/posture/snapshot.ts';
import { planStep } from '../../src/core/request/planSteps.ts';
import type { ExpectedWrite, Plan, StepId } from '../../src/core/request/types.ts';
import { no } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import {
  dropPassword,
  enrol,
  issuePass,
  othersThan,
  plannedKeys,
  removeKeys,
  storeParts,
  tidyMethods,
  withdrawKeys,
  withdrawPassword,
} from '../../src/jobs/steps/passkeys.ts';
import type { Step } from '../../src/jobs/steps/step.ts';
import { anAccount, anAccountPlan, aPart, hours, minutes, NOON, person } from '../support/builders.ts';
import { fault } from '../support/memoryTenant.ts';
import { type SceneFacts, type Scenes, scenesOf } from '../support/stepScene.ts';

const KEYED = anAccount({ credential: 'passkey' });
const custodians = [person('dana'), person('eli')];
const [DANA, ELI] = [person('dana').name, person('eli').name];
/** The account is in the restricted unit of its tenant. */
const inside = {
  tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
  observed: { userPrincipalName: KEYED.userPrincipalName, enabled: true, privileged: true, excluded: true, restricted: true, ours: true },
};
/** New keys for an account that has some. */
const ROTATE = anAccountPlan('rotate', { account: KEYED, passMinutes: 480 });
/** Keys in the place of a password in parts, and the other way round. */
const KEYS_INSTEAD = anAccountPlan('rotate', { passMinutes: 480 });
const PASSWORD_INSTEAD = anAccountPlan('rotate', { account: KEYED, custodians });
const R = ROTATE.requestId;
const US = KEYED.objectId;

const fido = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  id,
  kind: 'fido2',
  passkeyType: 'deviceBound',
  ...more,
});
const aPass = (id: string, more: Partial<AuthenticationMethod> = {}): AuthenticationMethod => ({
  id,
  kind: 'temporaryAccessPass',
  ...more,
});
const phone: AuthenticationMethod = { id: '3179', kind: 'phone' };
const issuedPass = (methodId: string, more: Partial<NonNullable<Part['pass']>> = {}): Pick<Part, 'pass'> => ({
  pass: { requestId: R, methodId, issuedAt: NOON, keysBefore: [], keysAtStart: [], ...more },
});
const registeredKey = (methodId: string): Pick<Part, 'key'> => ({ key: { methodId } });
/** A write that a run sent, so often. */
const sentWrite = (step: StepId, more: Partial<ExpectedWrite> = {}): ExpectedWrite => ({
  step,
  fromAt: NOON,
  open: 0,
  allowed: 1,
  done: 0,
  seen: 0,
  beside: 0,
  ...more,
});

/** The account on record with these parts, and in the tenant with these methods beside its password. */
async function scenes(plan: Plan, parts: readonly Part[], methods: readonly AuthenticationMethod[] = [], passwordSetAt?: number) {
  const made = scenesOf(plan);
  made.store.put('account', { ...KEYED, parts });
  await made.ours(passwordSetAt === undefined ? {} : { passwordSetAt });
  made.tenant.methods.push(...methods.map((method) => ({ objectId: US, ...method })));
  // What another user has is never looked at, and stays.
  made.tenant.methods.push({ objectId: made.bystander.objectId, ...fido('theirs') });
  return made;
}
const left = ({ tenant }: Scenes): string[] =>
  tenant.methods.filter(({ objectId }) => objectId === US).map(({ kind, id }) => `${kind} ${id}`);
const theirs = ({ tenant }: Scenes): string[] => tenant.methods.filter(({ objectId }) => objectId !== US).map(({ id }) => id);
/** Collects every password that is made, as text when it is made and as the very buffer. */
function watchingPasswords(made: Scenes, step: StepId, facts: SceneFacts = {}) {
  const { newPassword, ...scene } = made.scene(step, facts);
  const texts: string[] = [];
  const buffers: Buffer[] = [];
  return {
    texts,
    wiped: () => buffers.every((buffer) => buffer.every((byte) => byte === 0)),
    scene: {
      ...scene,
      newPassword(length: number) {
        const password = newPassword(length);
        texts.push(password.toString('latin1'));
        buffers.push(password);
        return password;
      },
    },
  };
}
const NOBODY = 'A random password was set, and nobody has it';

describe('the password beside the keys', () => {
  const parts = [aPart(1, 'dana', registeredKey('K1')), aPart(2, 'eli', registeredKey('K2'))];

  test('CR-5 CR-7: of an account with keys becomes one of 64 characters that nobody has; it is wiped, also where the tenant refuses', async () => {
    const made = await scenes(ROTATE, []);
    expect(await dropPassword.look(made.scene('drop-password'))).toBeUndefined();
    const { scene, texts, wiped } = watchingPasswords(made, 'drop-password');
    expect(await dropPassword.act(scene)).toBe(NOBODY);
    expect(made.tenant.users.map(({ password }) => password)).toEqual(['theirs', texts[0]]);
    expect(texts[0]).toHaveLength(64);
    made.tenant.writer.setPassword = async () => Promise.reject(fault(403, 'Authorization_RequestDenied'));
    await expect(dropPassword.act(scene)).rejects.toThrow();
    expect(texts).toHaveLength(2);
    expect(wiped()).toBe(true);
  });

  test('CR-7: of an account that it opened goes when every key stands, and not while one is missing', async () => {
    const standing = await scenes(KEYS_INSTEAD, parts, [fido('K1'), fido('K2')]);
    expect(await dropPassword.look(standing.scene('drop-password'))).toBeUndefined();
    expect(await dropPassword.act(standing.scene('drop-password'))).toBe(NOBODY);
    for (const shown of [[fido('K1')], [fido('K2'), fido('K9')]]) {
      const made = await scenes(KEYS_INSTEAD, parts, shown);
      await expect(dropPassword.act(made.scene('drop-password'))).rejects.toMatchObject({
        code: 'KeysMissing',
        passing: true,
        message: 'A key that was registered is gone. The password was not touched.',
      });
      expect(made.tenant.writes).toEqual([]);
    }
  });

  test('AP-9: nor while fewer keys are on record than planned, whatever the tenant shows', async () => {
    const made = await scenes(KEYS_INSTEAD, parts.slice(1), [fido('K1'), fido('K2')]);
    await expect(dropPassword.act(made.scene('drop-password'))).rejects.toMatchObject({ code: 'KeysMissing', passing: false });
    expect(made.tenant.writes).toEqual([]);
  });

  describe('GR-5: given up', () => {
    const undoing = (...expected: readonly ExpectedWrite[]): SceneFacts => ({ state: 'undoing', expected });
    const drop = (more: Partial<ExpectedWrite> = {}) => undoing(sentWrite('drop-password', more));

    test('before anything was sent it stays, as nobody touched it', async () => {
      const made = await scenes(KEYS_INSTEAD, parts, [fido('K1')]);
      for (const facts of [undoing(), undoing(sentWrite('drop-password', { allowed: 0 })), { state: 'undoing' } as const])
        expect(await dropPassword.look(made.scene('drop-password', facts))).toBe('The password was not touched, and stays');
      expect(await dropPassword.look(made.scene('drop-password', drop()))).toBeUndefined();
    });

    test('when it may be replaced, one key that is left is enough to replace it for certain', async () => {
      const made = await scenes(KEYS_INSTEAD, [...parts, aPart(3, 'fay')], [fido('K2')]);
      const { scene, texts, wiped } = watchingPasswords(made, 'drop-password', drop());
      expect(await dropPassword.act(scene)).toBe(NOBODY);
      expect(made.tenant.users[1]?.password).toBe(texts[0]);
      expect(wiped()).toBe(true);
    });

    const locked = {
      code: 'KeysMissing',
      passing: true,
      message:
        'Every new key is gone, and the old password may still work: it was not touched. Find out who removed the keys, then set its password in Entra.',
    };
    test('where no key is left it is not touched, or nobody could get in: a person has to say', async () => {
      for (const [facts, setAt] of [
        [drop(), 0],
        [drop(), undefined],
        // Only what came later than the write was sent can be that write.
        [drop({ fromAt: minutes(1) }), 60_000],
        // What the taking back itself sent, or another step, says nothing of it.
        [drop({ undo: true }), 60_000],
        [undoing(sentWrite('tidy-methods')), 60_000],
        [{ state: 'undoing' } as const, 60_000],
      ] as const) {
        const made = await scenes(KEYS_INSTEAD, [...parts, aPart(3, 'fay')], [fido('K9')], setAt);
        await expect(dropPassword.act(made.scene('drop-password', facts))).rejects.toMatchObject(locked);
        expect(made.tenant.writes).toEqual([]);
      }
    });

    test('one that was set since the write was sent is replaced: it is told when', async () => {
      const made = await scenes(KEYS_INSTEAD, parts, [], 61_000);
      const facts = undoing(
        sentWrite('drop-password', { undo: true, fromAt: hours(1) }),
        sentWrite('drop-password', { fromAt: minutes(1) }),
      );
      expect(await dropPassword.act(made.scene('drop-password', facts))).toBe('The password was replaced at 2026-11-22T12:01:01.000Z');
      expect(made.tenant.writes).toEqual([]);
    });
  });
});

describe('a pass for a custodian', () => {
  const STEP = 'issue-pass:2';

  test('CR-1 CR-2 CR-5: opens for the planned time, reaches custody alone, sealed for its custodian, and is wiped here', async () => {
    const made = await scenes(ROTATE, [], [fido('K1'), phone, fido('K2')]);
    const { issuePass: issue } = made.tenant.writer;
    const values: Buffer[] = [];
    const asked: unknown[] = [];
    made.tenant.writer.issuePass = async (...given) => {
      asked.push(...given);
      const pass = await issue(...given);
      values.push(pass.value);
      return pass;
    };
    made.pass(5_000);
    const until = new Date(hours(8).getTime() + 5_000);
    expect(await issuePass.act(made.scene(STEP))).toBe(`Pass for ${ELI} sealed; it opens once, until ${until.toISOString()}`);
    expect(asked).toEqual([US, 480]);
    const keys = ['K1', 'K2'];
    const [intent] = made.sent;
    expect(intent).toMatchObject({
      kind: 'seal-pass',
      requestId: R,
      fence: 3,
      partNumber: 2,
      pass: { methodId: 'pass', issuedAt: new Date(NOON.getTime() + 5_000), keysBefore: keys, keysAtStart: keys },
      expiresAt: until,
    });
    const sealed = intent?.kind === 'seal-pass' ? Buffer.from(intent.sealed) : Buffer.of();
    const opened = await keyFileCustody(Buffer.alloc(32, 5)).open(sealed, partContext(`${KEYED.id}:2`, person('eli').objectId));
    expect(opened.toString()).toBe('kT7wQeXb');
    expect(values.map((value) => value.every((byte) => byte === 0))).toEqual([true]);
  });

  test('CR-5 AP-9: is wiped also where the lease is lost, and then nothing is told of it', async () => {
    const made = await scenes(ROTATE, []);
    made.answer = () => no({ code: 'stale-lease' });
    const value = Buffer.from('kT7wQeXb');
    made.tenant.writer.issuePass = async () => ({ methodId: 'pass', value, expiresAt: hours(8) });
    await expect(issuePass.act(made.scene(STEP))).rejects.toThrow('stale-lease');
    expect(value.every((byte) => byte === 0)).toBe(true);
  });

  test('CR-7: none is made for a password in parts: a fault of the planner', async () => {
    const made = await scenes(anAccountPlan('rotate'), []);
    await expect(issuePass.act(made.scene(STEP))).rejects.toThrow('a plan with a password in parts registers no keys');
    expect(made.tenant.writes).toEqual([]);
  });

  const open = aPart(2, 'eli', { state: 'ready', expiresAt: hours(8), ...issuedPass('T2') });
  const there = [aPass('T2')];
  const evidence = `Pass for ${ELI} sealed; it opens once, until ${hours(8).toISOString()}`;
  const { pass: _none, ...passless } = open;
  const { expiresAt: _until, ...endless } = open;
  const key = { methodId: 'K2', model: 'YubiKey 5' };

  test.each<[string, Part[], AuthenticationMethod[], string | undefined]>([
    ['that waits to be shown is there', [open], there, evidence],
    ['among those of others', [aPart(1, 'dana', issuedPass('T1')), open], there, evidence],
    ['that was shown is there while it can be used', [{ ...open, state: 'shown' }], [aPass('T2', { usable: true })], evidence],
    ['that was used is none', [{ ...open, state: 'shown' }], [aPass('T2', { usable: false })], undefined],
    ['of which nobody says whether it was used is none', [{ ...open, state: 'shown' }], there, undefined],
    ['that somebody replaced is none', [open], [aPass('T9', { usable: true })], undefined],
    ['that somebody deleted is none', [open], [], undefined],
    ['is no other method of that id', [open], [fido('T2', { usable: true })], undefined],
    ['of an earlier request is none', [{ ...open, ...issuedPass('T2', { requestId: 'R-9' }) }], there, undefined],
    ['is not what a part is that has none', [passless], there, undefined],
    ['is not for somebody else', [{ ...open, number: 1 }], there, undefined],
    ['whose end is unknown is none', [endless], there, undefined],
    [
      'with which the key was registered need not be there',
      [{ ...open, key }],
      [fido('K2')],
      `${ELI} registered YubiKey 5, bound to its device (K2)`,
    ],
    ['whose key is gone again is needed anew', [{ ...open, key }], [fido('K1'), ...there], undefined],
  ])('GR-4 CR-2: one %s', async (_so, parts, methods, told) => {
    const made = await scenes(ROTATE, parts, methods);
    expect(await issuePass.look(made.scene(STEP))).toBe(told);
  });

  test('opens nothing from the instant on at which it ends', async () => {
    const made = await scenes(ROTATE, [open], there);
    made.pass(8 * 3_600_000 - 1);
    expect(await issuePass.look(made.scene(STEP))).toBe(evidence);
    made.pass(1);
    expect(await issuePass.look(made.scene(STEP))).toBeUndefined();
  });

  test('of a number that the plan names nobody for is told by its number', async () => {
    const made = await scenes(ROTATE, [{ ...open, number: 3, custodian: person('fay'), key }], [fido('K2')]);
    expect(await issuePass.look(made.scene('issue-pass:3'))).toBe('Custodian 3 registered YubiKey 5, bound to its device (K2)');
  });
});

describe('waiting for a key', () => {
  const STEP = 'enrol:1';
  const shown = aPart(1, 'dana', { state: 'shown', expiresAt: hours(8), ...issuedPass('T1', { keysBefore: ['K1'] }) });
  const confirmed: Part = { ...shown, confirmedAt: NOON };
  const look = async (part: Part, methods: readonly AuthenticationMethod[] = []) => {
    const made = await scenes(ROTATE, [part], methods);
    return { made, look: () => enrol.look(made.scene(STEP)) };
  };
  const again = { passing: false, step: 'issue-pass:1' };

  test('a key on record is registered, whatever became of its pass', async () => {
    for (const part of [{ ...confirmed, ...registeredKey('K5') }, aPart(1, 'dana', { state: 'expired', ...registeredKey('K5') })])
      expect(await (await look(part)).look()).toBe(`${DANA} registered a security key, bound to its device (K5)`);
  });

  test('CR-7: no word of the custodian is needed before they say it, nor believed after: the tenant shows the key, which is recorded', async () => {
    const before = await look(shown, [fido('K1'), fido('K5')]);
    const waiting = { name: 'StepWaits', message: `Waiting for ${DANA} to register a security key`, lookAt: undefined, untilAt: hours(8) };
    await expect(before.look()).rejects.toMatchObject(waiting);
    expect(before.made.sent).toEqual([]);
    const after = await look(confirmed, [aPass('T1'), fido('K1'), fido('K5', { model: 'YubiKey 5', aaguid: 'cb69' }), phone]);
    expect(await after.look()).toBe(`${DANA} registered YubiKey 5, bound to its device (K5)`);
    const recorded = {
      kind: 'record-key',
      requestId: R,
      fence: 3,
      partNumber: 1,
      key: { methodId: 'K5', model: 'YubiKey 5', aaguid: 'cb69' },
    };
    expect(after.made.sent).toStrictEqual([recorded]);
    // A tenant that names no model is not made to.
    const plain = await look(confirmed, [fido('K5')]);
    expect(await plain.look()).toBe(`${DANA} registered a security key, bound to its device (K5)`);
    expect(plain.made.sent).toStrictEqual([{ ...recorded, key: { methodId: 'K5' } }]);
    expect(await enrol.act(plain.made.scene(STEP))).toBeUndefined();
    expect(plain.made.tenant.writes).toEqual([]);
  });

  test('CR-6: a pass that expired, or is none of this request, needs another', async () => {
    const expired = {
      ...again,
      code: 'PassExpired',
      message: `${DANA} registered no key before the pass expired.`,
    };
    const made = await scenes(ROTATE, []);
    await expect(enrol.look(made.scene(STEP))).rejects.toMatchObject(expired);
    for (const part of [
      { ...confirmed, state: 'expired' as const },
      { ...confirmed, ...issuedPass('T1', { requestId: 'R-9' }) },
      aPart(1, 'dana'),
    ])
      await expect((await look(part, [fido('K5')])).look()).rejects.toMatchObject(expired);
  });

  test.each<[string, AuthenticationMethod[], string, string]>([
    [
      'one that can be copied',
      [fido('K5', { passkeyType: 'synced' })],
      'SyncedPasskey',
      `The passkey that ${DANA} registered can be copied to other devices.`,
    ],
    [
      'two',
      [fido('K5'), fido('K6')],
      'TooManyKeys',
      `More than one key was registered while ${DANA} had a pass, and nobody knows whose the other is. Find out.`,
    ],
    [
      'none, with another pass in the place of theirs',
      [aPass('T9')],
      'PassReplaced',
      `Somebody replaced the pass of ${DANA}. Find out who.`,
    ],
  ])('CR-7: no key counts but exactly one that cannot leave its device: %s', async (_which, methods, code, message) => {
    const { made, look: now } = await look(confirmed, methods);
    await expect(now()).rejects.toMatchObject({ name: 'StepStopped', ...again, code, message });
    expect(made.sent).toEqual([]);
  });

  test('GR-4: a key that the tenant does not show yet is looked for every minute, ten minutes long, then when they say it again', async () => {
    // Neither their own pass nor another method of another kind is a pass of somebody else.
    const { made, look: now } = await look(confirmed, [aPass('T1'), phone]);
    const soon = `${DANA} says that the key is registered; the tenant does not show it yet`;
    await expect(now()).rejects.toMatchObject({ name: 'StepWaits', message: soon, lookAt: minutes(1), untilAt: hours(8) });
    made.pass(9 * 60_000 - 1);
    await expect(now()).rejects.toMatchObject({ message: soon, lookAt: new Date(minutes(10).getTime() - 1) });
    made.pass(1);
    await expect(now()).rejects.toMatchObject({
      name: 'StepWaits',
      message: `${DANA} said that the key is registered, but the tenant shows none. Waiting for them to say it again`,
      lookAt: undefined,
      untilAt: hours(8),
    });
  });
});

describe('nothing opens it but the keys', () => {
  const parts = [aPart(1, 'dana', registeredKey('K1')), aPart(2, 'eli', registeredKey('K2'))];
  const password: AuthenticationMethod = { id: 'another', kind: 'password' };

  test('CR-7: everything else goes, with the call for its kind; the keys on record stay, and so does the password, which nobody has', async () => {
    const made = await scenes(ROTATE, parts, [fido('K1'), fido('K2'), fido('K9'), aPass('T2'), phone, password]);
    expect(await tidyMethods.look(made.scene('tidy-methods'))).toBeUndefined();
    expect(await tidyMethods.act(made.scene('tidy-methods'))).toBeUndefined();
    expect(left(made)).toEqual(['fido2 K1', 'fido2 K2', 'password another']);
    expect(made.tenant.writes).toEqual(['removeMethod', 'removeMethod', 'removeMethod']);
    expect(theirs(made)).toEqual(['theirs']);
    expect(await tidyMethods.look(made.scene('tidy-methods'))).toBe('Nothing opens it but 2 keys');
  });

  test('GR-1: while not every key is on record none is removed', async () => {
    const stopped = { code: 'KeysMissing', passing: false, message: '1 keys are on record, and the plan says 2. Nothing was removed.' };
    const made = await scenes(ROTATE, [aPart(1, 'dana', registeredKey('K1')), aPart(2, 'eli')], [fido('K1'), phone]);
    await expect(tidyMethods.look(made.scene('tidy-methods'))).rejects.toMatchObject(stopped);
    await expect(tidyMethods.act(made.scene('tidy-methods'))).rejects.toMatchObject(stopped);
    expect(made.tenant.writes).toEqual([]);
  });

  test('a plan with fewer custodians than before counts its own keys, and the rest goes', async () => {
    const made = await scenes(ROTATE, [...parts, aPart(3, 'fay', registeredKey('K3'))], [fido('K1'), fido('K2'), fido('K3')]);
    expect(await plannedKeys(made.scene('tidy-methods'))).toEqual(new Set(['K1', 'K2']));
    expect((await othersThan(made.scene('tidy-methods'), new Set(['K1', 'K2']))).map(({ id }) => id)).toEqual(['K3']);
    await tidyMethods.act(made.scene('tidy-methods'));
    expect(left(made)).toEqual(['fido2 K1', 'fido2 K2']);
  });

  test('a method that Graph cannot remove stops the run, in words that name it', async () => {
    const made = await scenes(ROTATE, parts, [fido('K1'), fido('K2'), { id: 'q', kind: 'qrCode' }]);
    await expect(tidyMethods.act(made.scene('tidy-methods'))).rejects.toMatchObject({
      code: 'MethodStays',
      passing: false,
      message: 'It has a sign-in method of kind qrCode, which Breakglass cannot remove. Remove it in Entra, then try again.',
    });
    expect(made.tenant.writes).toEqual([]);
  });

  test('CR-7: a plan with a password in parts has none to keep: a fault of the planner', async () => {
    const made = await scenes(PASSWORD_INSTEAD, parts, [fido('K1')]);
    await expect(tidyMethods.act(made.scene('tidy-methods'))).rejects.toThrow('a plan with a password in parts registers no keys');
    expect(made.tenant.writes).toEqual([]);
  });
});

describe('the parts of a password that takes the keys’ place', () => {
  const PARTS_INSIDE = anAccountPlan('rotate', { account: KEYED, custodians, ...inside });
  const both = (one: Part['state'], other: Part['state']): Part[] => [aPart(1, 'dana', { state: one }), aPart(2, 'eli', { state: other })];
  const look = async (parts: readonly Part[], plan: Plan = PASSWORD_INSTEAD) => {
    const made = await scenes(plan, parts);
    return { made, told: await storeParts.look(made.scene('store-parts')).catch((error: unknown) => error) };
  };

  test('CR-6: are handed out once the password is set, and waited for until each is stored', async () => {
    const sealed = await look(both('sealed', 'sealed'));
    expect(sealed.told).toMatchObject({ name: 'StepWaits', message: `Waiting for ${DANA} and ${ELI} to store their parts` });
    expect(sealed.made.sent).toEqual([{ kind: 'hand-out-parts', requestId: R, fence: 3 }]);
    const { told, made } = await look(both('stored', 'ready'));
    expect(told).toMatchObject({ name: 'StepWaits', message: `Waiting for ${ELI} to store their part` });
    expect(made.sent).toEqual([]);
    expect((await look(both('stored', 'stored'))).told).toBe('All 2 parts are stored');
    expect((await look(both('stored', 'sealed'))).made.sent).toHaveLength(1);
  });

  test('CR-6: whoever has not opened theirs has until it expires; what was opened has no such end, and is only asked for', async () => {
    const three = (...states: Part['state'][]): Part[] =>
      (['dana', 'eli', 'fay'] as const).map((name, index) =>
        aPart(index + 1, name, { state: states[index] ?? 'stored', expiresAt: hours(70 + index) }),
      );
    const told = async (...states: Part['state'][]) => (await look(three(...states))).told;
    expect(await told('ready', 'ready', 'ready')).toMatchObject({
      message: `Waiting for ${DANA}, ${ELI} and ${person('fay').name} to store their parts`,
      untilAt: hours(70),
    });
    expect(await told('shown', 'stored', 'ready')).toMatchObject({
      message: `Waiting for ${DANA} and ${person('fay').name} to store their parts`,
      untilAt: hours(72),
    });
    expect(await told('shown', 'stored', 'stored')).toMatchObject({
      message: `Waiting for ${DANA} to say where their part is stored`,
      untilAt: undefined,
    });
    expect(await told('shown', 'shown', 'stored')).toMatchObject({
      message: `Waiting for ${DANA} and ${ELI} to say where their parts are stored`,
      untilAt: undefined,
    });
  });

  test('AP-9: nobody waits for parts that could not be handed out under the lease', async () => {
    const made = await scenes(PASSWORD_INSTEAD, both('sealed', 'sealed'));
    made.answer = () => no({ code: 'stale-lease' });
    await expect(storeParts.look(made.scene('store-parts'))).rejects.toThrow('stale-lease');
  });

  test.each<[string, Plan, StepId]>([
    ['from the password on', PASSWORD_INSTEAD, 'set-credential'],
    [
      'from the password on, whatever comes before it',
      { ...PASSWORD_INSTEAD, steps: [planStep.watch(), ...PASSWORD_INSTEAD.steps] },
      'set-credential',
    ],
    ['from where the account leaves its unit, which refuses a password', PARTS_INSIDE, 'leave-unit'],
  ])('CR-6: one that is lost, or that nobody opened in time, needs a new password: %s', async (_where, plan, step) => {
    expect((await look(both('stored', 'lost'), plan)).told).toMatchObject({
      code: 'PartLost',
      message: `The part of ${ELI} is lost.`,
      passing: false,
      step,
    });
    expect((await look(both('expired', 'ready'), plan)).told).toMatchObject({
      code: 'PartExpired',
      message: `${DANA} did not open their part in time.`,
      passing: false,
      step,
    });
  });

  test('waiting writes nothing', async () => {
    const made = await scenes(PASSWORD_INSTEAD, both('stored', 'stored'));
    expect(await storeParts.act(made.scene('store-parts'))).toBeUndefined();
    expect(made.tenant.writes).toEqual([]);
  });

  describe('CR-7: and the keys, which go when every part is stored', () => {
    const methods = [fido('K1'), fido('K2'), phone];
    test('all of them, and whatever else there is', async () => {
      const made = await scenes(PASSWORD_INSTEAD, both('stored', 'stored'), methods);
      expect(await removeKeys.look(made.scene('remove-keys'))).toBeUndefined();
      expect(await removeKeys.act(made.scene('remove-keys'))).toBeUndefined();
      expect(left(made)).toEqual([]);
      expect(theirs(made)).toEqual(['theirs']);
      expect(await removeKeys.look(made.scene('remove-keys'))).toBe('Nothing opens it but the password in parts');
    });

    test('not while one is not stored', async () => {
      const made = await scenes(PASSWORD_INSTEAD, both('stored', 'shown'), methods);
      await expect(removeKeys.act(made.scene('remove-keys'))).rejects.toMatchObject({
        code: 'PartsMissing',
        message: 'Not every part of the password is stored. No key was deleted.',
        passing: false,
      });
      expect(made.tenant.writes).toEqual([]);
    });

    test('AP-9: not where the password was set again since, which would leave nothing that opens it', async () => {
      const made = await scenes(PASSWORD_INSTEAD, both('stored', 'stored'), methods, 61_000);
      const proven = { 'set-credential': `Password set at ${minutes(1).toISOString()}; 2 parts sealed` };
      await expect(removeKeys.act(made.scene('remove-keys', { proven }))).rejects.toMatchObject({ code: 'PasswordReplaced' });
      expect(made.tenant.writes).toEqual([]);
    });
  });

  describe('GR-5: given up', () => {
    test('before the keys went the password becomes one that nobody has', async () => {
      const made = await scenes(PASSWORD_INSTEAD, both('stored', 'shown'));
      expect(await withdrawPassword.look(made.scene('withdraw-password', { state: 'undoing' }))).toBeUndefined();
      const { scene, texts, wiped } = watchingPasswords(made, 'withdraw-password', { state: 'undoing' });
      expect(await withdrawPassword.act(scene)).toBe(NOBODY);
      expect(made.tenant.users[1]?.password).toBe(texts[0]);
      expect(wiped()).toBe(true);
    });

    test('when keys may be gone it stays, or nobody could get in', async () => {
      const made = await scenes(PASSWORD_INSTEAD, both('stored', 'stored'));
      const facts = { state: 'undoing', expected: [sentWrite('remove-keys')] } as const;
      expect(await withdrawPassword.look(made.scene('withdraw-password', facts))).toBe(
        'The password stays, because keys may be gone already',
      );
    });
  });
});

describe('GR-5: keys that are taken back', () => {
  const STEP = 'withdraw-keys';
  const undoing: SceneFacts = { state: 'undoing' };
  const NOTHING_LEFT = 'No pass, and no key of this request, is left on it';
  const first = aPart(1, 'dana', issuedPass('T1', { keysAtStart: ['K1', 'K2'] }));
  const second = aPart(2, 'eli', issuedPass('T2', { keysAtStart: ['K1', 'K2', 'K5'] }));
  const methods = [fido('K1'), fido('K2'), fido('K5'), fido('K6'), aPass('T2'), phone];
  async function withdrawn(parts: readonly Part[], facts: SceneFacts = undoing, on: readonly AuthenticationMethod[] = methods) {
    const made = await scenes(ROTATE, parts, on);
    expect(await withdrawKeys.look(made.scene(STEP, facts))).toBeUndefined();
    expect(await withdrawKeys.act(made.scene(STEP, facts))).toBeUndefined();
    expect(await withdrawKeys.look(made.scene(STEP, facts))).toBe(NOTHING_LEFT);
    expect(theirs(made)).toEqual(['theirs']);
    return left(made);
  }
  const AS_BEFORE = ['fido2 K1', 'fido2 K2', 'phone 3179'];

  test('are those that came since the first pass of the request, in whatever order the passes are on record; the others stay', async () => {
    expect(await withdrawn([first, second])).toEqual(AS_BEFORE);
    expect(await withdrawn([second, first])).toEqual(AS_BEFORE);
  });

  test('go also where somebody took an old one off in between', async () => {
    const between = aPart(2, 'eli', issuedPass('T2', { keysAtStart: ['K2', 'K5'] }));
    expect(await withdrawn([first, between], undoing, [fido('K2'), fido('K5')])).toEqual(['fido2 K2']);
  });

  test('are none where a pass was made by another request, or by none: only a pass that is there goes', async () => {
    const another = aPart(1, 'dana', issuedPass('T1', { requestId: 'R-9' }));
    const all = ['fido2 K1', 'fido2 K2', 'fido2 K5', 'fido2 K6', 'phone 3179'];
    expect(await withdrawn([another, aPart(2, 'eli')])).toEqual(all);
    expect(await withdrawn([another, second])).toEqual(['fido2 K1', 'fido2 K2', 'fido2 K5', 'phone 3179']);
  });

  test('stay once the old ones may be gone, or nobody could get in', async () => {
    const facts: SceneFacts = { ...undoing, expected: [sentWrite('tidy-methods')] };
    expect(await withdrawn([first, second], facts)).toEqual(['fido2 K1', 'fido2 K2', 'fido2 K5', 'fido2 K6', 'phone 3179']);
  });
});

test('GR-3: no step touches a user without our marker', async () => {
  const parts = [
    aPart(1, 'dana', { state: 'stored', ...registeredKey('K1') }),
    aPart(2, 'eli', { state: 'stored', ...registeredKey('K2') }),
  ];
  const steps: readonly (readonly [StepId, Step, Plan])[] = [
    ['drop-password', dropPassword, ROTATE],
    ['issue-pass:1', issuePass, ROTATE],
    ['tidy-methods', tidyMethods, ROTATE],
    ['withdraw-keys', withdrawKeys, ROTATE],
    ['remove-keys', removeKeys, PASSWORD_INSTEAD],
    ['withdraw-password', withdrawPassword, PASSWORD_INSTEAD],
  ];
  for (const [id, step, plan] of steps) {
    const made = await scenes(plan, parts, [fido('K9'), phone]);
    made.tenant.users.splice(1);
    await made.ours({ marker: 'somebody else' });
    await expect(step.act(made.scene(id))).rejects.toMatchObject({ code: 'NotOurs' });
    expect(made.tenant.writes).toEqual([]);
  }
});
