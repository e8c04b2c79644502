import { describe, expect, test } from '@jest/globals';
import { person } from '../support/builders.ts';
import { fingerprint } from '../support/installation/memoryTenant.ts';
import { live } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';

const HOUR = 3_600_000;
const REFUSED = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });

/** A request on the first seeded account, approved; nothing of it was done. */
async function asked(name: string) {
  const made = await approvedByName(name);
  const { machine, account } = made;
  const again = () => machine.ask(person('rita').objectId, { operation: 'disable', accountId: account().id, fewer: true });
  return { ...made, again };
}

describe('a request that cannot be done', () => {
  test('GR-5: before its first write it ends by itself, everybody is told, and the account is free', async () => {
    const { machine, request, account, again, causes } = await asked('rotate without a unit');
    machine.tenant.users.delete(account().objectId);
    await live(machine);
    expect(request()).toMatchObject({
      state: 'impossible',
      failure: { code: 'NoLongerPossible', words: 'The tenant has no such user any more.' },
    });
    expect(request().begunAt).toBeUndefined();
    expect(causes()).toContain('The tenant has no such user any more.');
    // Refused for what the account is, and not because a request is in its way.
    expect(await again()).toMatchObject({ ok: false, error: { code: 'account-unsuitable', why: 'gone' } });
  });

  test('GR-1: where what it rests on cannot be read it has failed after thirty minutes, by name, with an alert; then it can be tried again', async () => {
    const { machine, request, causes } = await asked('repair restricted-unit');
    const unreadable: Parameters<typeof live>[1] = {
      answer: (call) => (call === 'snapshot' ? { error: REFUSED, done: false } : undefined),
    };
    await live(machine, unreadable);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'CannotTell' } });
    expect(request().begunAt).toBeUndefined();
    const words = expect.stringMatching(/^What the plan rests on in .* may not be read by Breakglass \(Authorization_RequestDenied\)/);
    expect(causes()).toContainEqual(words);
    expect((await machine.press(person('ann').objectId, { kind: 'retry-request', requestId: request().id })).ok).toBe(true);
    await live(machine);
    expect(request().state).toBe('applied');
  });

  test('GR-5 CR-6: refused at its first write it can be tried again while the approvals hold, then ends by itself; the old parts count', async () => {
    const { machine, request, account, again, causes } = await asked('rotate without a unit');
    const before = account();
    await live(machine, { answer: (call) => (call === 'setPassword' ? { error: REFUSED, done: false } : undefined) });
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'set-credential' } });
    expect(account().parts.map(({ state }) => state)).toEqual(['sealed', 'sealed']);
    expect(await again()).toMatchObject({ ok: false, error: { code: 'account-busy' } });
    machine.pass(23 * HOUR);
    await live(machine);
    expect(request().state).toBe('failed');
    machine.pass(HOUR);
    await live(machine);
    expect(request().state).toBe('impossible');
    expect(account()).toMatchObject({ parts: before.parts, state: before.state });
    expect([account().generation, account().held, machine.store.rows.sealed.size]).toEqual([1, undefined, 0]);
    expect(causes()).not.toContainEqual(expect.stringMatching(/half-way|unusable/));
    expect((await again()).ok).toBe(true);
  });

  test('GR-5 CR-6: where the password may have been set, nothing of before counts, and that it ends half-way is an alert', async () => {
    const { machine, request, account, again, causes } = await asked('rotate without a unit');
    const password = () => machine.tenant.users.get(account().objectId)?.password;
    await live(machine, { answer: (call) => (call === 'revokeSessions' ? { error: REFUSED, done: false } : undefined) });
    expect([request().state, password() === fingerprint(Buffer.from('as it was'))]).toEqual(['failed', false]);
    machine.pass(24 * HOUR);
    await live(machine);
    expect(request().state).toBe('withdrawn');
    expect(account().parts.map(({ state, custodian }) => [state, custodian.name])).toEqual([
      ['expired', person('eli').name],
      ['expired', person('fay').name],
    ]);
    expect(machine.store.rows.sealed.size).toBe(0);
    expect(causes()).toEqual(expect.arrayContaining(['ended-half-way', 'account-unusable']));
    expect((await again()).ok).toBe(true);
  });

  test('CR-6: given up by its requester it leaves the old parts as they were, or shows that none counts', async () => {
    for (const [call, states] of [
      ['setPassword', ['stored', 'stored']],
      ['revokeSessions', ['expired', 'expired', 'expired']],
    ] as const) {
      const { machine, requestId, request, account } = await asked('rotate');
      await live(machine, { answer: (asked) => (asked === call ? { error: REFUSED, done: false } : undefined) });
      expect(request().state).toBe('failed');
      await machine.press(person('rita').objectId, { kind: 'withdraw-request', requestId });
      expect([account().parts.map(({ state }) => state), machine.store.rows.sealed.size]).toEqual([states, 0]);
      await live(machine);
      expect(request().state).toBe('undone');
      expect(account().parts.map(({ state }) => state)).toEqual(states);
    }
  });

  test('AP-6 CR-6: denied after its first write was refused it leaves the old parts as they were, and keeps nothing of the new ones', async () => {
    const { machine, requestId, request, account, again } = await asked('rotate without a unit');
    const before = account();
    await live(machine, { answer: (call) => (call === 'setPassword' ? { error: REFUSED, done: false } : undefined) });
    expect([request().state, machine.store.rows.sealed.size]).toEqual(['failed', 2]);
    const { planDigest } = request();
    const denied = await machine.press(person('cy').objectId, { kind: 'deny-request', requestId, planDigest, reason: 'Not now' });
    expect(denied).toMatchObject({ ok: true, value: { request: { state: 'denied' } } });
    expect(account().parts).toEqual(before.parts);
    expect([account().held, machine.store.rows.sealed.size]).toEqual([undefined, 0]);
    machine.pass(48 * HOUR);
    await live(machine);
    expect([request().state, machine.tenant.writes]).toEqual(['denied', []]);
    expect([...machine.store.rows.alert.values()].map(({ state }) => state)).toEqual(['over']);
    expect((await again()).ok).toBe(true);
  });
});
