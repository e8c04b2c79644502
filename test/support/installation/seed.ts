import type { PersonName } from '../../../sandbox/world.ts';
import type { EmergencyAccount } from '../../../src/core/account/types.ts';
import { anAccount, aPart, NOON, person } from '../builders.ts';
import type { Machine } from './machine.ts';
import { fingerprint } from './memoryTenant.ts';

/** An account in service, on record and in the tenant as its plan left it: enabled, privileged, excluded, in the restricted unit if there is one. */
export async function seedAccount(
  machine: Machine,
  number: number,
  custodians: readonly PersonName[] = ['dana', 'eli'],
): Promise<EmergencyAccount> {
  const { tenant, custody, store } = machine;
  const objectId = `aaaaaaaa-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const requestId = `R-SEED0${number}`;
  const userPrincipalName = `ea-seed-${number}@contoso.onmicrosoft.com`;
  const parts = custodians.map((name, index) => aPart(index + 1, name, { state: 'stored', storedAt: NOON, shownAt: NOON }));
  const account = anAccount({ id: `EA-SEED0${number}`, requestId, objectId, userPrincipalName, parts, owners: [person('oona')] });
  const [tag] = await custody.tags(`breakglass:${requestId}`);
  tenant.users.set(objectId, {
    objectId,
    userPrincipalName,
    enabled: true,
    marker: `breakglass:${requestId}:${tag}`,
    password: fingerprint(Buffer.from('as it was')),
    passwordChangedAt: NOON,
    passwordPolicies: 'DisablePasswordExpiration',
    methods: [{ id: 'p', kind: 'password' }],
  });
  tenant.members.add(objectId);
  tenant.administrators.add(objectId);
  if (machine.info(account.tenantId)?.restrictedUnitId) tenant.unit.add(objectId);
  store.put('account', account);
  return account;
}
