import { describe, expect, test } from '@jest/globals';
import { inForce } from '../../src/core/account/life.ts';
import { runbookContent } from '../../src/core/account/runbook.ts';
import { titleOf } from '../../src/core/request/title.ts';
import { draw } from '../../src/jobs/draw.ts';
import { person } from '../support/builders.ts';
import { custodiansWho, deviceBound, type Registering } from '../support/installation/custodians.ts';
import { fingerprint } from '../support/installation/memoryTenant.ts';
import { live, type Trouble } from '../support/installation/process.ts';
import { approved, SAGAS } from '../support/installation/sagas.ts';

const HOUR = 3_600_000;
const REFUSED = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });
const AS_IT_WAS = fingerprint(Buffer.from('as it was'));
const nobody = { custodians: async () => false };

/** Rotate with keys for three, of an account with a password in two parts and a second factor; approved, nothing done. */
async function asked() {
  const saga = SAGAS.find(({ name }) => name === 'keys in place of a password');
  if (!saga) throw new Error('no such saga');
  const { machine, requestId } = await approved(saga);
  const request = () => machine.request(requestId);
  const account = () => {
    const found = machine.store.rows.account.get('EA-SEED01');
    if (!found) throw new Error('no account');
    return found;
  };
  const user = () => machine.tenant.users.get(account().objectId);
  const methods = () => (user()?.methods ?? []).map(({ kind, id }) => `${kind} ${id}`).sort();
  const goOn = (does: Registering = {}, more: Trouble = {}) => live(machine, { custodians: () => custodiansWho(does)(machine), ...more });
  const giveUp = () => machine.press(person('rita').objectId, { kind: 'withdraw-request', requestId });
  const ledger = () => (account().history ?? []).map(({ part, what, of = 'key' }) => `${of} ${part} ${what}`);
  const keys = [1, 2, 3].map((number) => `fido2 key-${requestId}-${number}`);
  return { machine, requestId, request, account, user, methods, goOn, giveUp, ledger, keys };
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
    expect(plan.undo.map(({ id }) => id)).toEqual(['leave-unit', 'withdraw-keys', 'revoke-sessions', 'join-unit']);
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
    expect([account().credential, inForce(account()).credential, inForce(account()).parts]).toEqual(['passkey', undefined, parts]);
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
      ['removeKey', true],
    ] as const) {
      const { request, account, methods, giveUp, goOn, keys } = await asked();
      await goOn({}, { answer: (asking) => (asking === call ? { error: REFUSED, done: false } : undefined) });
      expect(request()).toMatchObject({ state: 'failed', failure: { step: gone ? 'tidy-methods' : 'drop-password' } });
      await giveUp();
      await goOn();
      expect(request().state).toBe('undone');
      expect([account().credential, account().held]).toEqual([gone ? 'passkey' : undefined, undefined]);
      expect(account().parts.map(({ state }) => state)).toEqual(gone ? ['stored', 'stored', 'stored'] : ['stored', 'stored']);
      expect(methods()).toEqual(expect.arrayContaining(gone ? keys : ['fido2 second-factor']));
    }
  });

  test('CR-7: a key that is gone again keeps the password where it is', async () => {
    const { machine, request, account, user, goOn, keys } = await asked();
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
    expect([user()?.password, inForce(account()).credential]).toEqual([AS_IT_WAS, undefined]);
  });

  test('it is asked of a password only, and only where the tenant allows keys', async () => {
    const { machine } = await asked();
    const ask = (accountId: string, credential: string) =>
      machine.ask(person('rita').objectId, {
        operation: 'rotate',
        accountId,
        credential,
        custodians: [person('dana'), person('fay')].map(({ objectId }) => objectId),
      });
    expect(await ask('EA-SEED02', 'paper')).toMatchObject({
      ok: false,
      error: { code: 'bad-form', faults: [{ field: 'credential', problem: 'unknown-choice' }] },
    });
    const second = machine.store.rows.account.get('EA-SEED02');
    if (second)
      machine.store.put('account', {
        ...second,
        credential: 'passkey',
        parts: second.parts.map((part) => ({ ...part, key: { methodId: deviceBound('k').id } })),
      });
    expect(await ask('EA-SEED02', 'split-password')).toMatchObject({
      ok: false,
      error: { code: 'bad-form', faults: [{ field: 'credential', problem: 'unknown-choice' }] },
    });
  });
});
