import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { Plan, StepId } from '../../src/core/request/types.ts';
import { no, ok } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { checkPassword, passwordReplaced, passwordSet, setCredential } from '../../src/jobs/steps/credential.ts';
import { anAccount, anAccountPlan, aPlan, NOON } from '../support/builders.ts';
import { fault } from '../support/memoryTenant.ts';
import { type SceneFacts, type Scenes, scenesOf } from '../support/stepScene.ts';

const PLAN = anAccountPlan('rotate');
const ACCOUNT = anAccount();
const ms = (count: number): Date => new Date(NOON.getTime() + count);
const told = (count: number): string => ms(count).toISOString();
const wiped = (buffer: Buffer): boolean => buffer.every((byte) => byte === 0);

/** The account of the plan, on record and in the tenant; `parts`: the very buffers that were sealed. */
async function scenes({ plan = PLAN, passwordSetAt = -60_000 }: { plan?: Plan; passwordSetAt?: number | 'unknown' } = {}) {
  const custody = keyFileCustody(Buffer.alloc(32, 5));
  const parts: Buffer[] = [];
  const made = scenesOf(plan, {
    ...custody,
    seal(part, context) {
      parts.push(part);
      return custody.seal(part, context);
    },
  });
  made.store.put('account', { ...ACCOUNT, requestId: plan.requestId });
  const user = await made.ours(passwordSetAt === 'unknown' ? {} : { passwordSetAt });
  return { ...made, made, user, parts };
}
const act = ({ made }: { readonly made: Scenes }) => setCredential.act(made.scene('set-credential'));

/** The tenant answers the next writes of a password with these, carried out or not; with none, and after the last, as it is. */
function answering({ tenant }: Scenes, ...faults: readonly ({ readonly error: unknown; readonly done: boolean } | undefined)[]) {
  const { setPassword } = tenant.writer;
  const left = [...faults];
  const tried: string[] = [];
  tenant.writer.setPassword = async (objectId, password) => {
    tried.push(password.toString('latin1'));
    tenant.passwords.push(password);
    const next = left.shift();
    if (!next || next.done) await setPassword(objectId, password);
    if (next) throw next.error;
  };
  return tried;
}
const LOST = { error: fault(0, 'TimeoutError'), done: true };
const NEVER_ARRIVED = { error: fault(504, 'GatewayTimeout'), done: false };

/** No replica shows that the password was changed, this many readings long. */
function lagging({ tenant }: Scenes, readings: number): void {
  const { user } = tenant.reader;
  let left = readings;
  let kept: Awaited<ReturnType<typeof user>>;
  tenant.reader.user = async (objectId) => {
    const now = await user(objectId);
    kept ??= now;
    left -= 1;
    return left >= 0 ? kept : now;
  };
}

describe('setting the password', () => {
  test('AP-9 CR-3: its parts are sealed for their custodians, each for one, before it is set; together they are the password', async () => {
    const made = await scenes();
    const { tenant, sent, user, custody } = made;
    tenant.onWrite = () => expect(sent).toHaveLength(1);
    expect(await setCredential.look(made.scene('set-credential'))).toBeUndefined();
    expect(await act(made)).toBe(`Password set at ${told(0)}; 2 parts sealed`);
    expect(tenant.writes).toEqual(['setPassword']);
    const [intent] = sent;
    expect(intent).toMatchObject({ kind: 'seal-parts', requestId: PLAN.requestId, fence: 3 });
    const sealed = intent?.kind === 'seal-parts' ? intent.sealed : [];
    const opened = await Promise.all(
      sealed.map((bytes, index) =>
        custody.open(Buffer.from(bytes), partContext(`${ACCOUNT.id}:${index + 1}`, PLAN.custodians[index]?.objectId ?? '')),
      ),
    );
    expect(Buffer.concat(opened).toString('latin1')).toBe(user.password);
    expect(opened.map(({ length }) => length)).toEqual([20, 20]);
    expect(made.bystander.password).toBe('theirs');
  });

  test('GR-1: what was set cannot be read back, so after a crash it is set anew', async () => {
    const made = await scenes();
    await act(made);
    expect(await setCredential.look(made.scene('set-credential'))).toBeUndefined();
  });

  test('CR-5: password and parts are wiped when it is set, when the tenant refuses, and when they cannot be sealed', async () => {
    for (const trouble of ['none', 'refused', 'unsealed']) {
      const made = await scenes();
      if (trouble === 'refused') answering(made.made, { error: fault(403, 'Authorization_RequestDenied'), done: false });
      made.made.answer = (intent) => (trouble === 'unsealed' && intent.kind === 'seal-parts' ? no({ code: 'stale-lease' }) : ok({}));
      const passwords: Buffer[] = [];
      const { newPassword, ...scene } = made.scene('set-credential');
      const keeping = (length: number) => {
        const password = newPassword(length);
        passwords.push(password);
        return password;
      };
      const acted = await setCredential.act({ ...scene, newPassword: keeping }).catch(() => 'failed');
      expect(acted === 'failed').toBe(trouble !== 'none');
      expect(made.parts).toHaveLength(2);
      expect([...passwords, ...made.parts, ...made.tenant.passwords].map(wiped)).not.toContain(false);
      expect(made.tenant.writes).toEqual(trouble === 'none' ? ['setPassword'] : []);
    }
  });

  test('CR-7: with passkeys no password is set in parts: a fault of the planner', async () => {
    const keyed = anAccount({ credential: 'passkey' });
    const made = await scenes({ plan: anAccountPlan('rotate', { account: keyed, passMinutes: 480 }) });
    await expect(act(made)).rejects.toThrow('a plan with passkeys sets no password in parts');
    expect([made.tenant.writes, made.sent]).toEqual([[], []]);
  });
});

describe('AP-9: Graph keeps whole seconds, so within the second of another password none is set', () => {
  test.each([
    ['in the same instant', 0, [1_000]],
    ['in the same second', 400, [600]],
    ['at its end', 999, [1]],
    ['in the next', 1_000, []],
    ['later', 60_000, []],
    ['before it, by another clock', -1, []],
  ])('%s', async (_when, since, waits) => {
    const made = await scenes({ passwordSetAt: 0 });
    made.made.pass(since);
    // As the clock of the tenant has it, it is set a second later all the same.
    made.tenant.nowMs = Math.max(made.tenant.nowMs, 0) + 1_000;
    await act(made);
    expect(made.waited).toEqual(waits);
  });

  test('where none was set before nothing is waited for', async () => {
    const made = await scenes({ passwordSetAt: 'unknown' });
    expect(await act(made)).toBe(`Password set at ${told(0)}; 2 parts sealed`);
    expect(made.waited).toEqual([]);
  });
});

describe('GR-4: a password whose setting nobody answered', () => {
  test.each([
    ['was set', LOST],
    ['was not', NEVER_ARRIVED],
  ])('is set again, the same one, up to three times: it %s', async (_so, trouble) => {
    const made = await scenes();
    const tried = answering(made.made, trouble, trouble);
    expect(await act(made)).toBe(`Password set at ${told(0)}; 2 parts sealed`);
    expect(tried).toEqual([made.user.password, made.user.password, made.user.password]);
    expect(made.sent).toHaveLength(1);
    expect(made.waited).toEqual([]);
  });

  test('AP-9: after the third time it is left for a later run, when what may be under way has had two seconds to arrive', async () => {
    const made = await scenes();
    const tried = answering(made.made, NEVER_ARRIVED, NEVER_ARRIVED, NEVER_ARRIVED);
    await expect(act(made)).rejects.toBe(NEVER_ARRIVED.error);
    expect(tried).toHaveLength(3);
    expect(made.waited).toEqual([2_000]);
  });

  test.each([
    ['a refusal', fault(403, 'Authorization_RequestDenied')],
    ['a fault of our own', new Error('ours')],
    ['a text', 'text'],
    ['nothing at all', undefined],
  ])('whatever is certain is not tried again: %s', async (_what, error) => {
    const made = await scenes();
    const tried = answering(made.made, { error, done: false });
    await expect(act(made)).rejects.toBe(error);
    expect([tried.length, made.waited]).toEqual([1, []]);
  });
});

describe('GR-4: a replica that does not show the new password', () => {
  const LOOKS = [250, 500, 1_000, 2_000];

  test('is asked again, longer and longer, and the first that does is believed', async () => {
    const made = await scenes();
    lagging(made.made, 1 + 3);
    expect(await act(made)).toBe(`Password set at ${told(0)}; 2 parts sealed`);
    expect(made.waited).toEqual(LOOKS.slice(0, 3));
    expect(made.tenant.writes).toEqual(['setPassword']);
  });

  test('after all looks the same password is set once more, which tells a lag from two within one second', async () => {
    const made = await scenes();
    const tried = answering(made.made);
    lagging(made.made, 1 + 5);
    expect(await act(made)).toBe(`Password set at ${told(3_000)}; 2 parts sealed`);
    expect(made.waited).toEqual(LOOKS);
    expect(tried).toEqual([made.user.password, made.user.password]);
  });

  test('the second time, too, an answer that is lost is no end', async () => {
    const made = await scenes();
    const tried = answering(made.made, undefined, LOST);
    lagging(made.made, 1 + 5);
    expect(await act(made)).toBe(`Password set at ${told(3_000)}; 2 parts sealed`);
    expect(tried).toHaveLength(3);
  });

  test('if none does at all, it is only known what it is later than', async () => {
    const made = await scenes();
    lagging(made.made, Number.POSITIVE_INFINITY);
    expect(await act(made)).toBe(`Password set after ${told(-60_000)}; 2 parts sealed`);
    expect(made.waited).toEqual([...LOOKS, ...LOOKS]);
    expect(made.tenant.writes).toEqual(['setPassword', 'setPassword']);
  });

  test('where it never showed any, or shows no user any more, nothing is known, and it is not set twice', async () => {
    for (const gone of [false, true]) {
      const made = await scenes({ passwordSetAt: 'unknown' });
      lagging(made.made, Number.POSITIVE_INFINITY);
      const scene = made.scene('set-credential');
      const user = await scene.userNow();
      if (gone) made.tenant.reader.user = async () => undefined;
      expect(await setCredential.act({ ...scene, userNow: async () => user })).toBe('Password set at an unknown time; 2 parts sealed');
      expect(made.waited).toEqual(LOOKS);
      expect(made.tenant.writes).toEqual(['setPassword']);
    }
  });
});

describe('what is known of the instant', () => {
  test.each<[string, string | undefined, ReturnType<typeof passwordSet>]>([
    ['exactly', `Password set at ${told(0)}; 2 parts sealed`, { at: NOON }],
    ['what it is later than', `Password set after ${told(0)}; 3 parts sealed`, { after: NOON }],
    ['nothing', 'Password set at an unknown time; 2 parts sealed', {}],
    ['nothing, in other words', `Password set before ${told(0)}; 2 parts sealed`, {}],
    ['nothing, where it was not set', undefined, {}],
  ])('%s', (_so, evidence, known) => expect(passwordSet(evidence)).toEqual(known));
});

describe('AP-9: a password that was set again after its parts were sealed', () => {
  const inside = {
    tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
    observed: {
      userPrincipalName: ACCOUNT.userPrincipalName,
      enabled: true,
      privileged: true,
      excluded: true,
      restricted: true,
      ours: true,
    },
  };
  const { restrictedUnitId: _unit, ...open } = TENANTS.contoso;
  const REPLACED = 'The password was set again after its parts were sealed, so they would not open the account.';

  test.each<[string, Plan, StepId, StepId]>([
    ['before its unit closes over a new account', aPlan(), 'join-unit', 'set-credential'],
    ['at the end, of a new account in no unit', aPlan({ tenant: { ...open, name: 'Contoso' } }), 'verify', 'set-credential'],
    ['of an account in no unit', PLAN, 'verify', 'set-credential'],
    ['from where the account leaves its unit', anAccountPlan('rotate', inside), 'verify', 'leave-unit'],
  ])('is set anew while it can be, by itself: %s', (_when, plan, noticed, again) => {
    expect(passwordReplaced(scenesOf(plan).scene(noticed))).toMatchObject({
      code: 'PasswordReplaced',
      message: REPLACED,
      passing: true,
      step: again,
    });
  });

  test('of a new account inside its unit nobody can set another: it is taken back', () => {
    const stopped = passwordReplaced(scenesOf(aPlan()).scene('verify'));
    expect(stopped).toMatchObject({
      code: 'PasswordReplaced',
      message: `${REPLACED} Give this request up, which takes the account back, and ask anew.`,
      passing: false,
    });
    expect(stopped.step).toBeUndefined();
  });

  const check = async (passwordSetAt: number | 'unknown', facts: SceneFacts = {}) => {
    const made = await scenes({ passwordSetAt });
    return checkPassword(
      made.scene('join-unit', { proven: { 'set-credential': `Password set at ${told(5_000)}; 2 parts sealed` }, ...facts }),
    );
  };

  test('is one that is later than the one that was proven; that one itself, and an earlier one of a replica that lags, are not', async () => {
    await expect(check(6_000)).rejects.toMatchObject({ code: 'PasswordReplaced' });
    await expect(check(5_000)).resolves.toBeUndefined();
    await expect(check(4_000)).resolves.toBeUndefined();
    await expect(check('unknown')).resolves.toBeUndefined();
  });

  test('cannot be told where no instant was proven, and nothing is asked then', async () => {
    const made = await scenes({ passwordSetAt: 6_000 });
    made.tenant.reader.user = async () => Promise.reject(new Error('asked'));
    const after = { 'set-credential': `Password set after ${told(5_000)}; 2 parts sealed` };
    for (const proven of [{}, after]) await expect(checkPassword(made.scene('join-unit', { proven }))).resolves.toBeUndefined();
  });

  test('is not doubted because one reading finds no user', async () => {
    const made = await scenes({ passwordSetAt: 6_000 });
    const scene = made.scene('join-unit', { proven: { 'set-credential': `Password set at ${told(5_000)}; 2 parts sealed` } });
    await scene.user();
    made.tenant.reader.user = async () => undefined;
    await expect(checkPassword(scene)).resolves.toBeUndefined();
  });

  test('GR-5: is none of the matters of taking back, which sets no other and goes on whatever it is', async () => {
    await expect(check(6_000, { state: 'undoing' })).resolves.toBeUndefined();
  });
});
