import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PersonName } from '../../sandbox/world.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import { person } from '../support/builders.ts';
import { type Machine, machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { seedAccount } from '../support/installation/seed.ts';

let on: Machine;
let account: EmergencyAccount;
const BUTTON = 'F-BUTTON';
const idOf = (name: PersonName): string => person(name).objectId;
/** The button of a finding of the account, on a card that stands in a channel. */
const press = (who: PersonName, check = 'in-exclusion-group', formId = BUTTON) =>
  on.ask(idOf(who), { operation: 'repair', accountId: account.id, finding: `${check}:${account.id}`, formId });
const asked = async (...of: Parameters<typeof press>) => {
  const outcome = await press(...of);
  if (!outcome.ok || !outcome.value.request) throw new Error(JSON.stringify(outcome));
  return outcome.value.request;
};

beforeEach(async () => {
  on = machine();
  account = await seedAccount(on, 1);
  await seedAccount(on, 2);
  on.tenant.members.delete(account.objectId);
  on.tenant.administrators.delete(account.objectId);
  on.roles.set(idOf('mal'), new Set(['requester']));
});

describe('a button that asks for a repair, pressed once more', () => {
  test('by the same person it is the same request', async () => {
    expect((await asked('rita')).id).toBe((await asked('rita')).id);
    expect(on.store.rows.request.size).toBe(1);
  });

  test('by somebody else, or for another finding, it says whose request is open, and which', async () => {
    const { id } = await asked('rita');
    const open = { code: 'account-busy', requestId: id, by: person('rita').name, title: expect.stringMatching(/^Repair of/) };
    expect(await press('mal')).toMatchObject({ ok: false, error: { ...open, own: false, same: true } });
    expect(await press('mal', 'role', 'F-OTHER')).toMatchObject({ ok: false, error: { ...open, own: false, same: false } });
    expect(await press('rita', 'role', 'F-OTHER')).toMatchObject({ ok: false, error: { ...open, own: true, same: false } });
    const disable = await on.ask(idOf('mal'), { operation: 'disable', accountId: account.id });
    expect(disable).toMatchObject({ ok: false, error: { ...open, same: false } });
    expect(disable).not.toHaveProperty('error.endsAt');
  });

  test('says of one that has stopped when it ends by itself', async () => {
    const { id, planDigest, expiresAt } = await asked('rita');
    for (const who of ['ann', 'bob'] as const) await on.press(idOf(who), { kind: 'approve-request', requestId: id, planDigest });
    const error = Object.assign(new Error('refused'), { passing: false, code: 'Authorization_RequestDenied', status: 403 });
    await live(on, { answer: (call) => (call === 'addToGroup' ? { error, done: false } : undefined) });
    expect(on.request(id).state).toBe('failed');
    expect(await press('mal')).toMatchObject({ ok: false, error: { code: 'account-busy', endsAt: expiresAt } });
  });

  test('when that request is over it asks anew, whoever presses, as often as the finding is there', async () => {
    const ids = new Set<string>();
    for (const who of ['rita', 'rita', 'mal', 'mal', 'rita'] as const) {
      const { id } = await asked(who);
      expect((await asked(who)).id).toBe(id);
      ids.add(id);
      expect((await on.press(idOf(who), { kind: 'withdraw-request', requestId: id })).ok).toBe(true);
    }
    expect(ids.size).toBe(5);
  });
});

test('a form that somebody has sent in is a form of their own for somebody else', async () => {
  const disable = (who: PersonName) => on.ask(idOf(who), { operation: 'disable', accountId: account.id, formId: 'F-SHARED' });
  const first = await disable('rita');
  const id = first.ok ? (first.value.request?.id ?? '') : '';
  await on.press(idOf('rita'), { kind: 'withdraw-request', requestId: id });
  // To the one who sent it, it is done; nobody asks for the same twice by sending an old form.
  expect(await disable('rita')).toMatchObject({ ok: true, value: { request: { id, state: 'withdrawn' } } });
  const other = await disable('mal');
  expect(other).toMatchObject({ ok: true, value: { request: { state: 'pending', requester: { objectId: idOf('mal') } } } });
  expect(await disable('mal')).toEqual(other);
});
