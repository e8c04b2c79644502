import { describe, expect, test } from '@jest/globals';
import { accountCard } from '../../src/cards/views/account.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { requestNoticeCard } from '../../src/cards/views/requestNotice.ts';
import { asItStands } from '../../src/core/account/life.ts';
import { runbookContent } from '../../src/core/account/runbook.ts';
import { holdersOf } from '../../src/core/account/types.ts';
import { titleOf } from '../../src/core/request/title.ts';
import { partContext } from '../../src/custody/keyFile.ts';
import { draw } from '../../src/jobs/draw.ts';
import { NOON, person } from '../support/builders.ts';
import { custodiansWho, type Registering } from '../support/installation/custodians.ts';
import { fingerprint } from '../support/installation/memoryTenant.ts';
import { live, type Trouble } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';

const HOUR = 3_600_000;
const REFUSED = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });
const AS_IT_WAS = fingerprint(Buffer.from('as it was'));
const nobody = { custodians: async () => false };

/** Rotate with keys for three, of an account with a password in two parts and a second factor; approved, nothing done. */
async function asked(name = 'keys in place of a password', expiryHours?: number) {
  const made = await approvedByName(name, expiryHours === undefined ? {} : { expiryHours });
  const { machine, requestId, account, user } = made;
  const methods = () => (user()?.methods ?? []).map(({ kind, id }) => `${kind} ${id}`).sort();
  const goOn = (does: Registering = {}, more: Trouble = {}) => live(machine, { custodians: () => custodiansWho(does)(machine), ...more });
  const giveUp = () => machine.press(person('rita').objectId, { kind: 'withdraw-request', requestId });
  const ledger = (now: 'key' | 'part' = 'key') => (account().history ?? []).map(({ part, what, of = now }) => `${of} ${part} ${what}`);
  const keys = [1, 2, 3].map((number) => `fido2 key-${requestId}-${number}`);
  return { ...made, methods, goOn, giveUp, ledger, keys };
}

/** What a custodian's card of the password says. */
async function partCardSays({ machine, account }: Awaited<ReturnType<typeof asked>>, number: number): Promise<string> {
  const custodian = person(number === 1 ? 'dana' : 'eli').objectId;
  const posted = { subject: `part:${account().id}:${number}`, variant: '1', place: { kind: 'person', objectId: custodian } } as const;
  return JSON.stringify((await draw(machine.store, posted, async () => []))?.card);
}

describe('security keys in the place of a password in parts', () => {
  test('CR-7: the plan says what opens it when: the password goes when every key stands, all else after it, and nothing before', async () => {
    const { request, methods, user, account } = await asked();
    const { plan } = request();
    expect(titleOf(plan)).toBe(`Security keys in place of the password of ${plan.account.userPrincipalName}`);
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'leave-unit',
      ...[1, 2, 3].flatMap((number) => [`issue-pass:${number}`, `enrol:${number}`]),
      'drop-password',
      'tidy-methods',
      'revoke-sessions',
      'join-unit',
      'verify',
    ]);
    expect(plan.undo.map(({ id }) => id)).toEqual(['leave-unit', 'withdraw-keys', 'drop-password', 'revoke-sessions', 'join-unit']);
    expect(plan.irreversible.join(' ')).toMatch(/each part of it opens nothing any more.*security key that was registered before included/);
    expect([methods(), user()?.password, account().credential]).toEqual([['fido2 second-factor', 'password p'], AS_IT_WAS, undefined]);
  });

  test('CR-3 CR-7: while keys are registered the password counts, on the runbook card, on the cards and in the ledger; then it does not', async () => {
    const scene = await asked();
    const { machine, request, account, user, methods, goOn, ledger, keys } = scene;
    const parts = account().parts;
    const printed = runbookContent(account());
    await live(machine, nobody);
    expect(request().steps.find(({ id }) => id === 'enrol:1')?.evidence).toMatch(/^Waiting for Dana/);
    expect([account().credential, asItStands(account()).credential, asItStands(account()).parts]).toEqual(['passkey', undefined, parts]);
    expect(runbookContent(account())).toEqual(printed);
    for (const number of [1, 2]) expect(await partCardSays(scene, number)).toMatch(/Your part is stored/);
    expect(ledger()).toEqual(['key 1 entrusted', 'key 2 entrusted', 'key 3 entrusted']);

    await goOn();
    expect(request().state).toBe('applied');
    expect(methods()).toEqual([...keys, 'password p']);
    expect(user()?.password).not.toBe(AS_IT_WAS);
    expect(account()).toMatchObject({ credential: 'passkey', state: 'in-service', parts: [1, 2, 3].map(() => ({ state: 'stored' })) });
    expect([account().held, machine.store.rows.sealed.size]).toEqual([undefined, 0]);
    expect(runbookContent(account())).not.toEqual(printed);
    for (const number of [1, 2])
      expect(await partCardSays(scene, number)).toMatch(/Part \d of .* opens nothing any more. If it lies in your safe, destroy it/);
    expect(ledger()).toEqual(expect.arrayContaining(['part 1 replaced', 'part 2 replaced', 'key 1 registered', 'key 3 stored']));
    expect(ledger().filter((line) => line.startsWith('part'))).toHaveLength(2);
  });

  test('GR-5: given up while keys are registered: they go, and the password is as it was, in the tenant and on record', async () => {
    const { machine, request, account, user, methods, giveUp, goOn, ledger } = await asked();
    const before = account();
    let acted = 0;
    await live(machine, {
      custodians: async () => {
        acted += 1;
        return acted === 1 && custodiansWho({})(machine);
      },
    });
    machine.pass(9 * HOUR);
    await live(machine, nobody);
    expect(request().failure?.code).toBe('PassExpired');
    expect((await giveUp()).ok).toBe(true);
    await goOn();
    expect([request().state, user()?.password, methods()]).toEqual(['undone', AS_IT_WAS, ['fido2 second-factor', 'password p']]);
    const { history: _history, revision: _revision, ...rest } = account();
    const { history: _before, revision: _first, ...first } = before;
    expect(rest).toEqual(first.generation === undefined ? { ...first, generation: 1 } : first);
    expect(ledger()).not.toEqual(expect.arrayContaining([expect.stringMatching(/^part/)]));
    expect(machine.tenant.unit.has(account().objectId)).toBe(true);
  });

  test('GR-5: given up where the password may be replaced already the keys stay and count: nobody is locked out', async () => {
    for (const [call, gone] of [
      ['setPassword', false],
      ['removeMethod', true],
    ] as const) {
      const { request, account, user, methods, giveUp, goOn, keys } = await asked();
      await goOn({}, { answer: (asking) => (asking === call ? { error: REFUSED, done: false } : undefined) });
      expect(request()).toMatchObject({ state: 'failed', failure: { step: gone ? 'tidy-methods' : 'drop-password' } });
      await giveUp();
      await goOn();
      expect([request().state, user()?.password === AS_IT_WAS]).toEqual(['undone', !gone]);
      expect([account().credential, account().held]).toEqual([gone ? 'passkey' : undefined, undefined]);
      expect(account().parts.map(({ state }) => state)).toEqual(gone ? ['stored', 'stored', 'stored'] : ['stored', 'stored']);
      expect(methods()).toEqual(expect.arrayContaining(gone ? keys : ['fido2 second-factor']));
    }
  });

  describe('given up when nobody knows whether the password was replaced', () => {
    const UNKNOWN = Object.assign(new Error('no answer'), { passing: true, unknownOutcome: true, code: 'Timeout' });
    /** All keys stand; the write that replaces the password is never answered. `done`: it is done all the same. */
    async function unanswered(done: boolean) {
      const scene = await asked();
      const { machine, request, goOn, giveUp } = scene;
      const trouble: Trouble = { answer: (call) => (call === 'setPassword' ? { error: UNKNOWN, done } : undefined) };
      for (let minute = 0; minute < 40 && request().state === 'approved'; minute += 1) {
        await goOn({}, trouble);
        machine.pass(60_000);
      }
      expect(request()).toMatchObject({ state: 'failed', failure: { step: 'drop-password', code: 'Timeout' } });
      expect((await giveUp()).ok).toBe(true);
      return scene;
    }

    test.each([true, false])('GR-4 GR-5: it is replaced before the keys count (it was already: %s)', async (done) => {
      const { request, account, user, methods, goOn, ledger, keys } = await unanswered(done);
      const between = user()?.password;
      expect(between === AS_IT_WAS).toBe(!done);
      await goOn();
      expect([request().state, account().credential, account().held]).toEqual(['undone', 'passkey', undefined]);
      expect([AS_IT_WAS, between].includes(user()?.password)).toBe(false);
      expect(methods()).toEqual(expect.arrayContaining(keys));
      expect(ledger()).toEqual(expect.arrayContaining(['part 1 replaced', 'part 2 replaced', 'key 3 stored']));
      expect(JSON.stringify(requestCard(request(), NOON).card)).toContain('so what was made in its place stays and counts');
      expect(request().undoSteps?.find(({ id }) => id === 'drop-password')?.evidence).toBe('A random password was set, and nobody has it');
    });

    test('one key that is left is enough', async () => {
      const { request, user, goOn, keys } = await unanswered(false);
      const found = user();
      if (found) found.methods = found.methods.filter(({ id }) => keys[2]?.endsWith(id));
      await goOn();
      expect([request().state, user()?.password === AS_IT_WAS]).toEqual(['undone', false]);
    });

    test('GR-5: where somebody took every key off since it is not touched, people are told, and it ends when they have set another', async () => {
      const { machine, request, account, user, goOn, keys } = await unanswered(false);
      const found = user();
      if (!found) throw new Error('no user');
      found.methods = found.methods.filter(({ id }) => !keys.some((key) => key.endsWith(id)));
      for (let minute = 0; minute < 40; minute += 1) {
        machine.pass(60_000);
        await goOn();
      }
      expect([request().state, user()?.password, account().held?.requestId]).toEqual(['undoing', AS_IT_WAS, request().id]);
      const causes = [...machine.store.rows.alert.values()].map(({ cause }) => ('words' in cause ? cause.words : ''));
      expect(causes).toContainEqual(expect.stringContaining('Every new key is gone'));
      Object.assign(found, { password: 'set by hand', passwordChangedAt: machine.now() });
      machine.pass(60_000);
      await goOn();
      expect([request().state, user()?.password]).toEqual(['undone', 'set by hand']);
      expect(request().undoSteps?.find(({ id }) => id === 'drop-password')?.evidence).toMatch(/^The password was replaced at /);
    });
  });

  test('CR-7: a key that is gone again keeps the password where it is', async () => {
    const { machine, request, account, user, methods, giveUp, goOn, keys } = await asked();
    await goOn(
      {},
      {
        saw(event) {
          const found = user();
          if (event === 'finish-step enrol:3' && found) found.methods = found.methods.filter(({ id }) => !keys[0]?.endsWith(id));
        },
      },
    );
    for (let minute = 0; minute < 40 && request().state === 'approved'; minute += 1) {
      machine.pass(60_000);
      await live(machine, nobody);
    }
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'drop-password', code: 'KeysMissing' } });
    expect([user()?.password, asItStands(account()).credential]).toEqual([AS_IT_WAS, undefined]);
    // Given up, it still is what opens the account, and the keys that were left are taken back.
    expect((await giveUp()).ok).toBe(true);
    await goOn();
    expect([request().state, user()?.password, account().credential]).toEqual(['undone', AS_IT_WAS, undefined]);
    expect([account().parts.map(({ state }) => state), methods()]).toEqual([
      ['stored', 'stored'],
      ['fido2 second-factor', 'password p'],
    ]);
  });

  test('another kind than these two is refused', async () => {
    const { machine } = await asked();
    const custodians = [person('dana'), person('fay')].map(({ objectId }) => objectId);
    const form = { operation: 'rotate', accountId: 'EA-SEED02', credential: 'paper', custodians } as const;
    expect(await machine.ask(person('rita').objectId, form)).toMatchObject({
      ok: false,
      error: { code: 'bad-form', faults: [{ field: 'credential', problem: 'unknown-choice' }] },
    });
  });
});

test('CR-3: while one kind takes the place of the other, whoever holds either is a holder, and the card shows what opens it', async () => {
  const holders = ({ account }: Awaited<ReturnType<typeof asked>>) => [...new Set(holdersOf(account()).map(({ name }) => name))].sort();
  const says = ({ account, machine }: Awaited<ReturnType<typeof asked>>) => JSON.stringify(accountCard(account(), machine.now()).card);
  const keys = await asked();
  await live(keys.machine, nobody);
  expect(holders(keys)).toEqual(['dana', 'eli', 'fay'].map((name) => person(name as 'dana').name));
  expect(says(keys)).toMatch(/Where the parts of the password stand.*Security keys are being registered in place of the password/);
  await keys.goOn();
  expect(says(keys)).toMatch(/Where the security keys stand/);
  expect(says(keys)).not.toMatch(/in place of the password/);

  const password = await asked('password in place of keys');
  await live(password.machine, nobody);
  password.machine.pass(73 * HOUR);
  await live(password.machine, nobody);
  // A part that nobody opened takes nothing from the keys.
  expect(says(password)).toMatch(/Where the security keys stand.*A password in parts is being made in place of the keys/);
  expect(says(password)).not.toMatch(/Cannot be used/);
  expect(holders(password)).toContain(person('eli').name);
});

describe('a password in parts in the place of security keys', () => {
  const OLD = ['fido2 old-1', 'fido2 old-2', 'password p'];
  const back = () => asked('password in place of keys');
  /** The parts that are sealed now, put together. */
  async function inCustody({ machine, account }: Awaited<ReturnType<typeof asked>>): Promise<string> {
    const opened = account().parts.map(({ number, custodian }) => {
      const key = `${account().id}:${number}`;
      return machine.custody.open(machine.store.rows.sealed.get(key) ?? Buffer.of(), partContext(key, custodian.objectId));
    });
    return fingerprint(Buffer.concat(await Promise.all(opened)));
  }

  test('CR-7: the plan deletes the keys when every part is stored, and not before', async () => {
    const { request } = await back();
    const { plan } = request();
    expect(titleOf(plan)).toMatch(/^A password in parts in place of the security keys of/);
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'leave-unit',
      'set-credential',
      'store-parts',
      'remove-keys',
      'revoke-sessions',
      'join-unit',
      'verify',
    ]);
    expect(plan.undo.map(({ id }) => id)).toEqual(['leave-unit', 'withdraw-password', 'revoke-sessions', 'join-unit']);
    expect(plan.irreversible.join(' ')).toMatch(/A password alone opens no admin portal/);
  });

  test('CR-3 CR-7: until every part is stored the keys count, in the tenant and on record; then only the password does', async () => {
    const scene = await back();
    const { machine, request, account, user, methods, goOn, ledger } = scene;
    const printed = runbookContent(account());
    await live(machine, nobody);
    expect(request().steps.find(({ id }) => id === 'store-parts')?.evidence).toMatch(/^Waiting for Dana/);
    expect(account().parts.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect(await inCustody(scene)).toBe(user()?.password);
    expect([methods(), runbookContent(account()), asItStands(account()).credential]).toEqual([OLD, printed, 'passkey']);
    // One part alone moves nothing.
    let acted = 0;
    await live(machine, {
      custodians: async () => {
        acted += 1;
        return acted <= 2 && custodiansWho({})(machine);
      },
    });
    expect([account().parts.map(({ state }) => state), methods()]).toEqual([['stored', 'ready'], OLD]);
    await goOn();
    expect(request().state).toBe('applied');
    expect([methods(), account().credential, account().held, account().state]).toEqual([
      ['password p'],
      undefined,
      undefined,
      'in-service',
    ]);
    expect(account().parts.map(({ state, location }) => [state, location])).toEqual([
      ['stored', 'Safe'],
      ['stored', 'Safe'],
    ]);
    expect([machine.store.rows.sealed.size, machine.tenant.unit.has(account().objectId)]).toEqual([0, true]);
    expect(runbookContent(account())).not.toEqual(printed);
    expect(ledger('part')).toEqual(expect.arrayContaining(['key 1 replaced', 'key 2 replaced', 'part 1 shown', 'part 2 stored']));
  });

  test('GR-5: given up before the keys went: the password is void, unseen parts are destroyed, and the keys count', async () => {
    const { machine, request, account, user, methods, goOn, giveUp } = await back();
    const { parts, credential } = account();
    await live(machine, nobody);
    machine.pass(73 * HOUR);
    await live(machine, nobody);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'PartExpired', step: 'leave-unit' } });
    const set = user()?.password;
    await giveUp();
    expect(machine.store.rows.sealed.size).toBe(0);
    await goOn();
    expect([request().state, methods()]).toEqual(['undone', OLD]);
    expect(user()?.password).not.toBe(set);
    expect([account().parts, account().credential, account().held]).toEqual([parts, credential, undefined]);
    expect(machine.tenant.unit.has(account().objectId)).toBe(true);
  });

  test('CR-1 GR-5: given up while parts wait to be opened, they are destroyed at once, and the keys still count', async () => {
    const { machine, requestId, request, account, methods, goOn, giveUp } = await back();
    const { parts } = account();
    await live(machine, nobody);
    machine.roles.set(person('ann').objectId, new Set());
    expect((await machine.dispatch({ kind: 'system', part: 'timer' }, { kind: 'resume-run', requestId })).ok).toBe(true);
    await live(machine, nobody);
    expect([request().failure?.code, account().parts.map(({ state }) => state)]).toEqual(['QuorumLost', ['ready', 'ready']]);
    await giveUp();
    expect([account().parts.map(({ state }) => state), machine.store.rows.sealed.size]).toEqual([['expired', 'expired'], 0]);
    expect(asItStands(account()).parts).toEqual(parts);
    await goOn();
    expect([request().state, methods(), account().parts]).toEqual(['undone', OLD, parts]);
  });

  test('CR-7: a password that somebody set again while parts were waited for takes no key: there is a new one first, in new parts', async () => {
    const scene = await back();
    const { machine, request, account, user, methods, goOn } = scene;
    await live(machine, nobody);
    machine.pass(HOUR);
    Object.assign(user() ?? {}, { password: 'of somebody else', passwordChangedAt: machine.now() });
    let acted = 0;
    await live(machine, {
      custodians: async () => {
        acted += 1;
        return acted <= 4 && custodiansWho({})(machine);
      },
    });
    expect([request().state, account().parts.map(({ state }) => state), methods()]).toEqual(['approved', ['ready', 'ready'], OLD]);
    expect(await inCustody(scene)).toBe(user()?.password);
    await goOn();
    expect([request().state, methods()]).toEqual(['applied', ['password p']]);
  });

  test('CR-6: while it waits its card says for whom, until when, what happens then, and that nothing protects the account', async () => {
    const { machine, request, account } = await asked('password in place of keys');
    await live(machine, nobody);
    const card = () => JSON.stringify(requestCard(request(), machine.now()).card);
    const stamp = account().parts[0]?.expiresAt?.toISOString().slice(0, 19) ?? 'none';
    for (const words of [
      'Waiting for Dana Diaz and Fay Fischer to store their parts: step 3 of 7',
      'A part that is not opened in time is destroyed, and this stops.',
      'By then the approvals are too old to try again: it has to be given up and asked for again with rotate.',
      `They have until {{DATE(${stamp}Z, SHORT)}} {{TIME(${stamp}Z)}}`,
      'The account is outside its restricted unit now',
    ])
      expect(card()).toContain(words);
    // Whoever opens theirs has it in hand: the card stops counting for them at once.
    for (const [partNumber, name] of [
      [1, 'dana'],
      [2, 'fay'],
    ] as const)
      await machine.press(person(name).objectId, { kind: 'reveal-part', accountId: account().id, partNumber });
    await live(machine, nobody);
    expect(card()).toContain('Waiting for Dana Diaz and Fay Fischer to say where their parts are stored');
    expect(card()).not.toContain('They have until');
    expect(card()).toContain('nothing ends this by itself');
  });

  test('CR-6: of keys the card says how long a pass opens, and that it can be tried again while the approvals hold', async () => {
    const { machine, request } = await asked();
    await live(machine, nobody);
    const card = JSON.stringify(requestCard(request(), machine.now()).card);
    expect(card).toContain('A pass that is not used in time opens nothing any more, and this stops. It can then be tried again.');
    expect(card).toMatch(/They have until \{\{DATE\(/);
    expect(card).toContain('The account is outside its restricted unit now');
  });

  test('CR-6: a part that nobody opened in time stops it; tried again there is a new password, in new parts', async () => {
    const scene = await asked('password in place of keys', 24 * 30);
    const { machine, requestId, request, account, user, methods, goOn } = scene;
    await live(machine, nobody);
    const set = user()?.password;
    machine.pass(73 * HOUR);
    await live(machine, nobody);
    expect(request().failure?.code).toBe('PartExpired');
    expect((await machine.press(person('ann').objectId, { kind: 'retry-request', requestId })).ok).toBe(true);
    await live(machine, nobody);
    expect(account().parts.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect([user()?.password === set, await inCustody(scene)]).toEqual([false, user()?.password]);
    await goOn();
    expect([request().state, methods()]).toEqual(['applied', ['password p']]);
  });

  test('CR-6 GR-1: stopped by it when the approvals are too old, its card says where it stands and what comes next, and offers no Try again', async () => {
    const { machine, request, account, goOn } = await asked('password in place of keys');
    await live(machine, nobody);
    machine.pass(73 * HOUR);
    await live(machine, nobody);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'PartExpired', step: 'leave-unit', foundBy: 'store-parts' } });
    const state = (step: string) => request().steps.find(({ id }) => id === step)?.state;
    expect(['leave-unit', 'set-credential', 'store-parts', 'remove-keys'].map(state)).toEqual(['done', 'done', 'failed', 'waiting']);
    const rita = person('rita');
    const card = JSON.stringify(requestCard(request(), machine.now(), rita).card);
    for (const words of [
      'Stopped at step 3 of 7',
      'Stopped at: Wait until each of the 2 custodians has seen and stored their part',
      'Dana Diaz did not open their part in time.',
      'The account is outside its restricted unit now',
      'The approvals are too old to try again: give it up, and ask again with rotate.',
      'Otherwise it is given up by itself: {{DATE(',
    ])
      expect(card).toContain(words);
    expect(card).not.toMatch(/Try again|try it again/);
    const told = JSON.stringify(requestNoticeCard(request(), 'failed', machine.now()).card);
    expect(told).toContain('The approvals are too old to try again: its requester gives it up, or it is given up by itself at ');
    expect(told).not.toContain('Try again until');
    machine.pass(2 * HOUR);
    await goOn();
    expect([request().state, machine.tenant.unit.has(account().objectId)]).toEqual(['undone', true]);
  });

  test('CR-6: a part that was opened and lost stops it; tried again there is a new password, in new parts', async () => {
    const scene = await asked('password in place of keys', 24 * 30);
    const { machine, requestId, request, account, user, methods, goOn } = scene;
    await live(machine, nobody);
    const set = user()?.password;
    const part = { accountId: account().id, partNumber: 1 };
    expect((await machine.press(person('dana').objectId, { kind: 'reveal-part', ...part })).ok).toBe(true);
    expect((await machine.press(person('dana').objectId, { kind: 'lose-part', ...part })).ok).toBe(true);
    await live(machine, nobody);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'PartLost', step: 'leave-unit' } });
    expect([request().failure?.words, methods()]).toEqual(['The part of Dana Diaz is lost.', OLD]);
    expect((await machine.press(person('ann').objectId, { kind: 'retry-request', requestId })).ok).toBe(true);
    await live(machine, nobody);
    expect(account().parts.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect([user()?.password === set, await inCustody(scene)]).toEqual([false, user()?.password]);
    await goOn();
    expect([request().state, methods()]).toEqual(['applied', ['password p']]);
  });

  test('GR-5: given up when keys may be gone already the password stays and counts: nobody is locked out', async () => {
    const { request, account, user, goOn, giveUp } = await back();
    await goOn({}, { answer: (call) => (call === 'revokeSessions' ? { error: REFUSED, done: false } : undefined) });
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'revoke-sessions' } });
    const set = user()?.password;
    await giveUp();
    await goOn();
    expect([request().state, user()?.password, account().credential, account().held]).toEqual(['undone', set, undefined, undefined]);
    expect(account().parts.map(({ state }) => state)).toEqual(['stored', 'stored']);
  });
});
