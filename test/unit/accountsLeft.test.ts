import { describe, expect, test } from '@jest/globals';
import { accountFormCard } from '../../src/cards/views/accountForm.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import { isUsable, usableWithout } from '../../src/core/account/usable.ts';
import { titleOf } from '../../src/core/request/title.ts';
import { anAccount, anAccountPlan, aPart, aRequest, hours, NOON, person } from '../support/builders.ts';
import { type Machine, machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { seedAccount } from '../support/installation/seed.ts';

const parts = (...states: readonly EmergencyAccount['parts'][number]['state'][]): Partial<EmergencyAccount> => ({
  parts: states.map((state, index) => aPart(index + 1, index === 0 ? 'dana' : 'eli', { state })),
});
const key = { methodId: 'k1' };
const stays = [{ step: 'remove-role', title: 'Remove Global Administrator' }] as const;

describe('an account that can be used, as far as the record knows', () => {
  test.each<[string, boolean, Partial<EmergencyAccount>]>([
    ['every part is stored', true, {}],
    ['a part was seen, and not confirmed to be stored', false, { state: 'handover', ...parts('shown', 'stored') }],
    ['every part waits to be shown', false, { state: 'handover', ...parts('ready', 'ready') }],
    ['the last part was stored, and the record is not in service yet', true, { state: 'handover', ...parts('stored', 'stored') }],
    [
      'a part was not opened in time',
      false,
      { parts: [aPart(1, 'dana', { state: 'ready', expiresAt: NOON }), aPart(2, 'eli', { state: 'stored' })] },
    ],
    ['a part is destroyed', false, parts('expired', 'stored')],
    ['a part is lost', false, parts('stored', 'lost')],
    ['a part is sealed, and may be of a password that was never set', false, parts('sealed', 'sealed')],
    ['it has no part', false, { parts: [] }],
    ['it is disabled', false, { state: 'disabled' }],
    ['it is retired', false, { state: 'retired' }],
    ['it is being set up', false, { state: 'provisioning' }],
    ['a request left it half-way', false, { left: { requestId: 'R-1', at: NOON, steps: stays } }],
    [
      'one key is registered',
      true,
      { credential: 'passkey', parts: [aPart(1, 'dana', { state: 'stored', key }), aPart(2, 'eli', { state: 'expired' })] },
    ],
    [
      'a key opens it until its successor is registered',
      true,
      { credential: 'passkey', parts: [aPart(1, 'dana', { state: 'ready', before: aPart(1, 'dana', { state: 'stored', key }) })] },
    ],
    ['no key is registered', false, { credential: 'passkey', parts: [aPart(1, 'dana', { state: 'ready' })] }],
  ])('%s: %s', (_what, usable, more) => expect(isUsable(anAccount(more))).toBe(usable));

  test('the tenant knows better where it was asked', () => {
    const accounts = ['EA-1', 'EA-2', 'EA-3', 'EA-4'].map((id) => anAccount({ id }));
    const seen = [
      { accountId: 'EA-2', enabled: true, privileged: false },
      { accountId: 'EA-3', enabled: false, privileged: true },
    ];
    expect([usableWithout(accounts, 'EA-1', []), usableWithout(accounts, 'EA-1', seen)]).toEqual([3, 1]);
    expect(usableWithout(accounts, 'EA-1', [{ accountId: 'EA-2', enabled: true, privileged: true }])).toBe(3);
  });
});

describe.each(['retire', 'disable'] as const)('design.md 6.9: %s of one of the last accounts', (operation) => {
  const ask = (on: Machine, fewer: boolean) => on.ask(person('rita').objectId, { operation, accountId: 'EA-SEED01', fewer });

  /** Three accounts on record in service. One has a part that is gone, and of one the tenant took the role away. */
  async function threeOfWhichOneIsGood(): Promise<Machine> {
    const on = machine(false);
    await seedAccount(on, 1);
    const dead = await seedAccount(on, 2);
    const roleless = await seedAccount(on, 3);
    on.store.put('account', { ...dead, parts: dead.parts.map((part) => ({ ...part, state: 'expired' })) });
    on.tenant.administrators.delete(roleless.objectId);
    return on;
  }

  test('accounts that cannot be used are not counted: it stands in the title, and of a retirement it must be said', async () => {
    const on = await threeOfWhichOneIsGood();
    // A disabling can be taken back, and may be urgent: it is not held up.
    const isHeldUp = operation === 'retire';
    if (isHeldUp) expect(await ask(on, false)).toEqual({ ok: false, error: { code: 'too-few-left', left: 0 } });
    const asked = await ask(on, isHeldUp);
    const { plan } = (asked.ok ? asked.value.request : undefined) ?? aRequest();
    expect(plan).toMatchObject({ operation, accountsLeft: 0 });
    expect(titleOf(plan)).toContain('and leave Contoso with no account');
    expect(JSON.stringify(requestCard(aRequest({ plan }), NOON).card)).toContain('0 that can be used now');
  });

  test('one whose parts are still to be opened by their custodians is none yet', async () => {
    const on = machine(false);
    const [, second, third] = await Promise.all([1, 2, 3].map((number) => seedAccount(on, number)));
    for (const account of [second, third])
      if (account)
        on.store.put('account', {
          ...account,
          state: 'handover',
          parts: account.parts.map((part) => ({ ...part, state: 'ready', expiresAt: hours(72) })),
        });
    if (operation === 'retire') expect(await ask(on, false)).toEqual({ ok: false, error: { code: 'too-few-left', left: 0 } });
    const asked = await ask(on, operation === 'retire');
    expect(asked).toMatchObject({ value: { request: { plan: { accountsLeft: 0 } } } });
  });

  test('one more that can be used by then is another plan, and so is one fewer', async () => {
    const on = await threeOfWhichOneIsGood();
    const asked = await ask(on, true);
    const requestId = (asked.ok && asked.value.request?.id) || '';
    const { planDigest } = on.request(requestId);
    for (const name of ['ann', 'bob'] as const) await on.press(person(name).objectId, { kind: 'approve-request', requestId, planDigest });
    const third = on.store.rows.account.get('EA-SEED03');
    on.tenant.administrators.add(third?.objectId ?? '');
    await live(on);
    expect(on.request(requestId)).toMatchObject({ state: 'pending', plan: { version: 2, accountsLeft: 1 } });
    expect(on.tenant.writes).toEqual([]);
  });

  test('AP-3: the others are looked at in the tenant again before the first write: one without its role by then is none', async () => {
    const on = machine(false);
    const [, , third] = await Promise.all([1, 2, 3].map((number) => seedAccount(on, number)));
    const asked = await ask(on, false);
    const requestId = (asked.ok && asked.value.request?.id) || '';
    const { planDigest } = on.request(requestId);
    for (const name of ['ann', 'bob'] as const) await on.press(person(name).objectId, { kind: 'approve-request', requestId, planDigest });
    on.tenant.administrators.delete(third?.objectId ?? '');
    await live(on);
    expect(on.request(requestId)).toMatchObject({ state: 'pending', plan: { version: 2, accountsLeft: 1 } });
    expect(on.tenant.writes).toEqual([]);
  });

  test('of three good ones nothing is asked', async () => {
    const on = machine(false);
    for (const number of [1, 2, 3]) await seedAccount(on, number);
    expect((await ask(on, false)).ok).toBe(true);
  });

  test('the form offers to say so where the record, or the tenant when it was sent in, knows of too few', () => {
    const sends = { verb: 'account.submit', id: `F-1:${operation}:EA-1`, digest: '', place: 'message' } as const;
    const values = { reason: '', custodians: '', leaving: '', fewer: 'false' };
    const form = (leavesFew: boolean, faults: Parameters<typeof accountFormCard>[0]['faults']) =>
      JSON.stringify(
        accountFormCard({ operation, account: anAccount(), custodians: [], now: NOON, leavesFew, values, faults, sends }).card,
      );
    expect(form(false, [])).not.toContain('"id":"fewer"');
    expect(form(true, [])).toContain('"id":"fewer"');
    expect(form(false, [{ field: 'fewer', problem: 'missing' }])).toContain('"id":"fewer"');
  });
});

test('enabling leaves no account fewer', () => {
  const plan = anAccountPlan('enable', { othersInTenant: 0, expiresAt: hours(24) });
  expect([plan, titleOf(plan)]).toEqual([expect.not.objectContaining({ accountsLeft: 0 }), expect.not.stringContaining('leave')]);
});
