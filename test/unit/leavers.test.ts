import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { door } from '../../src/app/dispatch.ts';
import { words } from '../../src/cards/refusals.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { replacing } from '../../src/core/account/custody.ts';
import type { PersonRef } from '../../src/core/people.ts';
import type { NamedPerson } from '../../src/core/request/named.ts';
import { draftAccount } from '../../src/core/request/openAccount.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { anAccount, aPart, hours, NOON, person } from '../support/builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const WORKER = { kind: 'system', part: 'worker' } as const;
const [dana, eli, fay] = [person('dana'), person('eli'), person('fay')];
const stored = (number: number, name: 'dana' | 'eli' | 'fay') => aPart(number, name, { state: 'stored', storedAt: NOON });
const three = anAccount({ parts: [stored(1, 'dana'), stored(2, 'eli'), stored(3, 'fay')] });

describe('custodians who leave', () => {
  /** What the alert says that is raised when these are the custodians left. */
  async function alerted(...readings: (readonly PersonRef[])[]) {
    const store = memoryStore(NOON);
    const front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
    await store.transaction(async (tx) => {
      await tx.insert('account', three);
      await tx.insert('account', anAccount({ id: 'EA-2', requestId: 'R-2', objectId: 'o-2', userPrincipalName: 'south@contoso.example' }));
      await tx.insert(
        'account',
        anAccount({ id: 'EA-3', requestId: 'R-3', objectId: 'o-3', state: 'retired', userPrincipalName: 'gone@x' }),
      );
    });
    for (const [index, holders] of readings.entries()) {
      store.setClock(hours(index));
      await front.dispatch(WORKER, { kind: 'roster-read', role: 'custodian', holders });
      await ringTimers(store, front);
    }
    return [...store.rows.alert.values()].map(({ cause }) => cause).filter(({ kind }) => kind === 'roster-changed');
  }

  test('the alert names what they hold of which account, and what is to be said', async () => {
    expect(await alerted([dana, eli, fay], [dana, fay])).toMatchObject([
      {
        removed: ['Eli Evans'],
        custody: [
          { name: 'Eli Evans', what: 'part 2 of 3', account: three.userPrincipalName, command: 'handover' },
          { name: 'Eli Evans', what: 'part 2 of 2', account: 'south@contoso.example', command: 'handover' },
        ],
      },
    ]);
  });

  test('where a second one leaves, a rotation is what replaces both', async () => {
    const [, second] = await alerted([dana, eli, fay], [dana, fay], [dana]);
    expect(second).toMatchObject({
      custody: [{ name: 'Fay Fischer', what: 'part 3 of 3', account: three.userPrincipalName, command: 'rotate' }],
    });
  });

  test('who holds nothing is no matter of custody, nor is who comes', async () => {
    const causes = await alerted([dana, eli, fay], [dana, eli, fay, person('mal')], [dana, eli, fay]);
    for (const cause of causes) expect(cause).not.toHaveProperty('custody');
    expect(causes).toHaveLength(2);
  });

  test('of an account that is being set up nothing can be asked: its request is given up instead', async () => {
    const setUp = anAccount({
      id: 'EA-4',
      requestId: 'R-4',
      objectId: 'o-4',
      state: 'provisioning',
      parts: [stored(1, 'dana'), stored(2, 'fay')],
    });
    expect(replacing(setUp, setUp.parts.slice(1))).toBe('give-up');
    const said = JSON.stringify(accountCard(setUp, hours(1), undefined, [{ person: dana, since: NOON }]).card);
    expect(said).toContain('R-4 on its card');
    expect(said).not.toContain('handover');
  });

  test('the card of the account says who left, and the command', () => {
    const roster = (...people: PersonRef[]) => people.map((each) => ({ person: each, since: NOON }));
    const said = (...people: PersonRef[]) => JSON.stringify(accountCard(three, hours(1), undefined, roster(...people)).card);
    expect(said(dana, fay)).toContain(`handover ${three.userPrincipalName}`);
    expect(said(dana)).toContain(`rotate ${three.userPrincipalName}`);
    expect(said(dana)).toContain('Eli Evans, Fay Fischer');
    expect(said(dana, eli, fay)).not.toContain('Has left');
    expect(JSON.stringify(accountCard(three, hours(1)).card)).not.toContain('Has left');
  });
});

describe('a handover where more than one has left', () => {
  const named = (who: PersonRef, more: Partial<NamedPerson> = {}): NamedPerson => ({
    ...{ objectId: who.objectId, person: who, isCustodian: true, reachable: true },
    ...more,
  });
  const draft = (custodians: readonly NamedPerson[]) =>
    draftAccount(
      {
        ...{ formId: 'F-1', operation: 'handover', accountId: three.id, reason: 'Eli leaves.', leaving: eli.objectId, fewer: false },
        custodians: [person('mal').objectId],
      },
      {
        tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
        observed: { userPrincipalName: 'x', enabled: true, privileged: true, excluded: true, restricted: false, ours: true },
        custodians,
        approvers: [person('ann'), person('bob')],
      },
      { requestId: 'R-9', version: 1, requester: person('rita'), quorum: 2, policyVersion: '1', expiresAt: hours(24) },
      { account: three, othersInTenant: 2 },
    );
  const newcomer = named(person('mal'));

  test('names who else has left, by name, and what can be done instead', () => {
    const { person: _gone, ...gone } = named(fay, { isCustodian: false, why: 'disabled' });
    const drafted = draft([named(dana), newcomer, gone]);
    expect(drafted).toMatchObject({
      error: { code: 'bad-form', faults: [{ field: 'custodians', problem: 'has-left', detail: 'Fay Fischer' }] },
    });
    if (drafted.ok) throw new Error('drafted');
    const said = words(drafted.error);
    expect(said).toMatch(/Fay Fischer was to keep theirs.*say rotate/);
    expect(said).not.toContain(fay.objectId);
    expect(draft([named(dana, { isCustodian: false }), newcomer, named(fay)])).toMatchObject({
      error: { faults: [{ problem: 'has-left', detail: 'Dana Diaz' }] },
    });
  });

  test('one who takes over and may not is told apart from those who stay', () => {
    expect(draft([named(dana), named(person('mal'), { isCustodian: false }), named(fay)])).toMatchObject({
      error: { faults: [{ problem: 'not-custodian', detail: person('mal').name }] },
    });
    expect(draft([named(dana), newcomer, named(fay)]).ok).toBe(true);
  });
});
