import { expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { runbookStatus } from '../../src/core/account/runbook.ts';
import { GLOBAL_ADMINISTRATOR } from '../../src/core/request/planSteps.ts';
import { person } from '../support/builders.ts';
import type { Machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';

const DAY = 86_400_000;

const timersAbout = ({ store }: Machine, id: string): string[] => [...store.rows.timers.keys()].filter((key) => key.includes(id));

test('GR-5: a retirement to its very end: rights first, deleted, out of the recycle bin after 30 days; its record stays and is closed', async () => {
  const { machine, requestId, account } = await approvedByName('retire');
  const { store, tenant } = machine;
  const { objectId, userPrincipalName } = account();
  await live(machine);

  expect(machine.request(requestId).state).toBe('applied');
  expect(tenant.writes.map(({ call, about }) => [call, ...about.slice(1)])).toEqual([
    ['leaveUnit', TENANTS.contoso.restrictedUnitId],
    ['removeRole', GLOBAL_ADMINISTRATOR.templateId],
    ['disable'],
    ['revokeSessions'],
    ['removeFromGroup', TENANTS.contoso.exclusionGroupId],
    ['deleteUser'], // with no right left to it
  ]);
  expect([tenant.users.has(objectId), tenant.bin.has(objectId)]).toEqual([false, true]);
  expect(account()).toMatchObject({ state: 'retired', retiredAt: machine.now() });
  expect(account().validationDueAt).toBeUndefined();
  expect((account().history ?? []).map(({ part, what, custodian }) => [part, what, custodian.name])).toEqual([
    [1, 'retired', person('dana').name],
    [2, 'retired', person('eli').name],
  ]);
  expect([store.rows.sealed.size, timersAbout(machine, account().id)]).toEqual([0, []]);
  expect(runbookStatus(account())).toBe('never');

  // Entra empties its bin. Nothing rings, nothing is written, and the record is as it was.
  const [closed, writes] = [account(), tenant.writes.length];
  machine.pass(31 * DAY);
  tenant.bin.delete(objectId);
  await live(machine);
  expect([account(), tenant.writes.length]).toEqual([closed, writes]);
  const later = await machine.ask(person('rita').objectId, { operation: 'rotate', accountId: account().id, custodians: [] });
  expect(later).toMatchObject({ ok: false, error: { code: 'account-unsuitable', why: 'retired' } });
  // Its name is nobody's by then: a new account may have it, and is another one.
  const again = await machine.ask(person('rita').objectId, { userName: userPrincipalName.slice(0, userPrincipalName.indexOf('@')) });
  expect(again).toMatchObject({ ok: true, value: { request: { kind: 'create', state: 'pending' } } });
});
