import { describe, expect, test } from '@jest/globals';
import { partCard } from '../../src/cards/views/part.ts';
import { person } from '../support/builders.ts';
import { custodiansWho, deviceBound, type Registering } from '../support/installation/custodians.ts';
import type { Machine } from '../support/installation/machine.ts';
import { live, type Trouble } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';

const HOUR = 3_600_000;

/** A request for keys, approved; nothing of it was done. */
async function asked(name: 'create with keys' | 'rotate with keys') {
  const made = await approvedByName(name);
  const { machine, requestId, user } = made;
  const methods = () => (user()?.methods ?? []).map(({ kind, id }) => `${kind} ${id}`).sort();
  const goOn = (does: Registering = {}, more: Trouble = {}) => live(machine, { custodians: () => custodiansWho(does)(machine), ...more });
  const press = (who: 'ann' | 'rita', kind: 'retry-request' | 'withdraw-request') =>
    machine.press(person(who).objectId, { kind, requestId });
  const told = (who: 'dana' | 'eli'): string[] =>
    [...machine.store.rows.cards.values()]
      .filter(({ place }) => place.kind === 'person' && place.objectId === person(who).objectId)
      .map(({ key }) => key);
  return { ...made, methods, goOn, press, told };
}

const nobody = { custodians: async () => false };
const causes = ({ store }: Machine) => [...store.rows.alert.values()].map(({ cause }) => cause.kind);

describe('what custodians do with their passes', () => {
  test('CR-7 GR-2: with every key there nothing else opens the account, and only then it has the role', async () => {
    const { request, account, methods, machine, goOn } = await asked('create with keys');
    await live(machine, nobody);
    expect(request()).toMatchObject({ state: 'approved' });
    expect(request().steps.find(({ id }) => id === 'enrol:1')).toMatchObject({
      state: 'waiting',
      evidence: expect.stringMatching(/^Waiting for Dana/),
    });
    expect(machine.tenant.administrators.has(account().objectId)).toBe(false);
    await goOn();
    expect(request().state).toBe('applied');
    expect(methods()).toEqual([`fido2 key-${request().id}-1`, `fido2 key-${request().id}-2`, 'password p']);
    expect(account().parts.map(({ state, location }) => [state, location])).toEqual([
      ['stored', 'Safe'],
      ['stored', 'Safe'],
    ]);
    expect(machine.tenant.administrators.has(account().objectId)).toBe(true);
    expect(machine.store.rows.sealed.size).toBe(0);
  });

  test.each<[string, Registering, RegExp]>([
    ['SyncedPasskey', { registers: (id) => [{ id, kind: 'fido2', passkeyType: 'synced' }] }, /copied to other devices/],
    ['TooManyKeys', { registers: (id) => [deviceBound(id), deviceBound('of somebody else')] }, /nobody knows whose/],
    [
      'PassReplaced',
      { registers: () => [{ id: 'another pass', kind: 'temporaryAccessPass', usable: true }] },
      /Somebody replaced the pass/,
    ],
  ])('%s: the run stops in words; tried again there is a new pass, and what came before is removed', async (code, does, words) => {
    const { request, account, machine, methods, goOn, press, told } = await asked('create with keys');
    await goOn(does);
    expect(request()).toMatchObject({ state: 'failed', failure: { code, step: 'issue-pass:1', words: expect.stringMatching(words) } });
    // Its custodian hears of it too, by a card of its own that says why.
    expect(account().parts[0]).toMatchObject({ state: 'shown', refused: { why: code } });
    expect(account().parts[0]).not.toHaveProperty('confirmedAt');
    expect(told('dana').filter((key) => key.startsWith('refused:'))).toHaveLength(1);
    const card = JSON.stringify(partCard(account(), 1, await machine.store.now()).card);
    expect(card).not.toContain('Have you registered');
    expect(card).toContain('The requester or an approver has to press Try again');
    expect((await press('ann', 'retry-request')).ok).toBe(true);
    await goOn({ registers: (id) => [deviceBound(`second ${id}`)] });
    expect(account().parts[0]).not.toHaveProperty('refused');
    expect(request().state).toBe('applied');
    expect(methods()).toEqual([`fido2 second key-${request().id}-1`, `fido2 second key-${request().id}-2`, 'password p']);
  });

  test('CR-2: a pass that its custodian says is lost is replaced at once, and the lost one opens nothing', async () => {
    const { machine, request, account, methods, goOn } = await asked('create with keys');
    await goOn({ registers: () => [], says: false });
    const lose = () => machine.press(person('dana').objectId, { kind: 'lose-part', accountId: account().id, partNumber: 1 });
    expect((await machine.press(person('eli').objectId, { kind: 'lose-part', accountId: account().id, partNumber: 1 })).ok).toBe(false);
    expect((await lose()).ok).toBe(true);
    expect(await lose()).toMatchObject({ error: { code: 'part-not-shown' } });
    await live(machine, nobody);
    expect(request().state).toBe('approved');
    expect(account().parts[0]).toMatchObject({ state: 'ready' });
    expect(account().parts[0]).not.toHaveProperty('refused');
    expect(machine.store.rows.audit.filter(({ intent }) => intent === 'seal-pass')).toHaveLength(2);
    expect(methods().filter((method) => method.startsWith('temporaryAccessPass'))).toHaveLength(1);
    expect(causes(machine)).toContain('part-lost');
    await goOn();
    expect(request().state).toBe('applied');
    // No key was there before, so none was replaced. (In this tenant every pass has the same id: it is entrusted once.)
    expect(account().history?.map(({ part, what }) => `${part} ${what}`)).toEqual([
      ...['1 entrusted', '2 entrusted', '1 shown', '1 lapsed', '1 shown', '1 registered', '2 shown', '2 registered'],
      ...['1 stored', '2 stored'],
    ]);
  });

  test('GR-5: a run that waits for somebody who never comes can be given up at once, and everything is taken back', async () => {
    for (const name of ['create with keys', 'rotate with keys'] as const) {
      const { machine, request, methods, account, press } = await asked(name);
      const before = name === 'rotate with keys' ? methods() : [];
      await live(machine, nobody);
      expect(request()).toMatchObject({ state: 'approved', begunAt: expect.any(Date) });
      expect(await press('ann', 'withdraw-request')).toMatchObject({ ok: false, error: { code: 'not-requester' } });
      expect((await press('rita', 'withdraw-request')).ok).toBe(true);
      expect([machine.store.rows.sealed.size, [...machine.store.rows.timers.keys()].filter((key) => key.startsWith('resume:'))]).toEqual([
        0,
        [],
      ]);
      await live(machine, nobody);
      expect(request().state).toBe('undone');
      if (name === 'rotate with keys') expect([methods(), account().state]).toEqual([before, 'in-service']);
      else expect([account().state, account().parts.map(({ state }) => state)]).toEqual(['retired', ['expired', 'expired']]);
    }
  });

  test('CR-6: a pass with which nobody registered a key in time is an alert, stops the run, and is worth nothing', async () => {
    const { machine, request, account, goOn, press } = await asked('create with keys');
    await live(machine, nobody);
    machine.pass(9 * HOUR);
    await live(machine, nobody);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'PassExpired', step: 'issue-pass:1' } });
    expect(causes(machine)).toEqual(expect.arrayContaining(['part-expired', 'request-failed']));
    expect([account().parts[0]?.state, machine.store.rows.sealed.size]).toEqual(['expired', 0]);
    const failures = () => [...machine.store.rows.alert.values()].filter(({ cause }) => cause.kind === 'request-failed');
    expect(failures().map(({ state }) => state)).toEqual(['open']);
    await press('ann', 'retry-request');
    await goOn();
    expect(request().state).toBe('applied');
    // Nobody is woken for what was seen to.
    expect(failures().map(({ state }) => state)).toEqual(['over']);
  });

  test('a key that is only said to be there is looked for every minute for ten minutes, then no more until it is said again', async () => {
    const { machine, request, goOn } = await asked('create with keys');
    await goOn({ registers: () => [] });
    const looked = () => machine.store.rows.audit.filter(({ intent }) => intent === 'park-run').length;
    for (let minute = 0; minute < 30; minute += 1) {
      machine.pass(60_000);
      await live(machine, nobody);
    }
    expect(looked()).toBeGreaterThan(8);
    expect(looked()).toBeLessThan(14);
    expect(request().steps.find(({ id }) => id === 'enrol:1')?.evidence).toMatch(/Waiting for them to say it again/);
    expect(request().state).toBe('approved');
  });

  test.each([
    ['rotate with keys', 'finish-step revoke-sessions', 'leave-unit'],
    ['create with keys', 'finish-step assign-role', 'verify'],
  ] as const)('a method that somebody adds at the end stops a request to %s', async (name, added, step) => {
    const { machine, request, account, methods, goOn, press } = await asked(name);
    await goOn(
      {},
      {
        saw(event) {
          if (event === added) machine.tenant.users.get(account().objectId)?.methods.push({ id: '3179', kind: 'phone' });
        },
      },
    );
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'MethodAdded', step } });
    // A new account is in its unit by then, where nobody can take the method off: it is taken back as a whole.
    if (step === 'verify') await press('rita', 'withdraw-request');
    else await press('ann', 'retry-request');
    await goOn();
    expect(request().state).toBe(step === 'verify' ? 'undone' : 'applied');
    expect(methods().join()).not.toContain('phone');
  });

  test('GR-5: new keys given up before the old ones went: the pass and the new key go, and what was held before counts', async () => {
    const { machine, request, account, methods, press, goOn } = await asked('rotate with keys');
    const before = account().parts;
    let acted = 0;
    await live(machine, {
      custodians: async () => {
        acted += 1;
        return acted === 1 && custodiansWho({})(machine);
      },
    });
    expect(methods()).toContain(`fido2 key-${request().id}-1`);
    machine.pass(9 * HOUR);
    await live(machine, nobody);
    expect(request().failure?.code).toBe('PassExpired');
    expect((await press('rita', 'withdraw-request')).ok).toBe(true);
    await goOn();
    expect(request().state).toBe('undone');
    expect(methods()).toEqual(['fido2 old-1', 'fido2 old-2', 'password p']);
    expect(account().parts).toEqual(before);
    expect(machine.store.rows.sealed.size).toBe(0);
  });

  test('CR-1: giving up destroys a pass that nobody opened, and nobody is asked to open it any more', async () => {
    const { machine, requestId, request, account, press } = await asked('rotate with keys');
    await live(machine, nobody);
    expect(account().parts[0]?.state).toBe('ready');
    machine.roles.set(person('ann').objectId, new Set());
    expect((await machine.dispatch({ kind: 'system', part: 'timer' }, { kind: 'resume-run', requestId })).ok).toBe(true);
    await live(machine, nobody);
    expect([request().failure?.code, account().parts[0]?.state]).toEqual(['QuorumLost', 'ready']);
    await press('rita', 'withdraw-request');
    expect([account().parts[0]?.state, machine.store.rows.sealed.size]).toEqual(['expired', 0]);
  });

  test('CR-7 GR-5: given up after the old keys went and a later step was begun anew, the new ones stay', async () => {
    const { machine, request, account, methods, press, goOn } = await asked('rotate with keys');
    const phone = { id: '3179', kind: 'phone' } as const;
    await goOn(
      {},
      {
        saw: (event) => void (event === 'finish-step revoke-sessions' && machine.tenant.users.get(account().objectId)?.methods.push(phone)),
      },
    );
    expect(request().failure).toMatchObject({ code: 'MethodAdded', step: 'leave-unit' });
    // Two old keys were taken off, and so much may the audit log tell.
    expect(request().expected?.find(({ step }) => step === 'tidy-methods')?.allowed).toBeGreaterThanOrEqual(2);
    await press('ann', 'retry-request');
    const refuse = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });
    await goOn({}, { answer: (call) => (call === 'setPassword' ? { error: refuse, done: false } : undefined) });
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'drop-password' } });
    await press('rita', 'withdraw-request');
    await goOn();
    expect(request().state).toBe('undone');
    expect(methods()).toEqual(expect.arrayContaining([1, 2].map((number) => `fido2 key-${request().id}-${number}`)));
    expect(account().parts.map(({ state, key }) => [state, key?.methodId])).toEqual(
      [1, 2].map((number) => ['stored', `key-${request().id}-${number}`]),
    );
  });

  test('GR-5: given up when keys were missing before anything was removed, the old keys count and the new ones go', async () => {
    const { machine, request, account, methods, press, goOn } = await asked('rotate with keys');
    const before = account().parts;
    await goOn(
      {},
      {
        saw(event) {
          if (event !== 'finish-step enrol:2') return;
          const parts = account().parts.map(({ key, ...part }) => (part.number === 2 || !key ? part : { ...part, key }));
          machine.store.put('account', { ...account(), parts });
        },
      },
    );
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'KeysMissing', step: 'tidy-methods' } });
    // Nothing was sent, so the audit log may tell of nothing.
    expect(request().expected?.find(({ step }) => step === 'tidy-methods')).toMatchObject({ open: 0, allowed: 0 });
    await press('rita', 'withdraw-request');
    await goOn();
    expect(request().state).toBe('undone');
    expect(methods()).toEqual(['fido2 old-1', 'fido2 old-2', 'password p']);
    expect(account().parts).toEqual(before);
  });

  test('given up after the old keys went, the new ones stay and count: nobody is locked out', async () => {
    const { machine, request, account, methods, press, goOn } = await asked('rotate with keys');
    const refuse = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });
    await goOn({}, { answer: (call) => (call === 'revokeSessions' ? { error: refuse, done: false } : undefined) });
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'revoke-sessions' } });
    await press('rita', 'withdraw-request');
    await goOn();
    expect(request().state).toBe('undone');
    expect(methods()).toEqual([`fido2 key-${request().id}-1`, `fido2 key-${request().id}-2`, 'password p']);
    expect(account().parts.map(({ state, key }) => [state, key?.methodId])).toEqual([
      ['stored', `key-${request().id}-1`],
      ['stored', `key-${request().id}-2`],
    ]);
    expect(machine.store.rows.account.get(account().id)?.state).not.toBe('retired');
  });
});
