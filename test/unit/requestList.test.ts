import { expect, test } from '@jest/globals';
import { requestListCard } from '../../src/cards/views/requestList.ts';
import type { Plan } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPlan, aRequest, NOON } from '../support/builders.ts';

const keyed = anAccount({ credential: 'passkey' });
const rotation = anAccountPlan('rotate');
const finding = { key: 'EA-003', title: 'Password can expire', about: anAccount().userPrincipalName };
const mended = (operation: 'exclude' | 'repair') =>
  ({ ...anAccountPlan('enable'), operation, ...(operation === 'repair' ? { finding } : {}) }) as unknown as Plan;

test.each<[string, Plan]>([
  ['New account in Contoso', aPlan()],
  ['New password in Contoso', rotation],
  ['Security keys in place of its password in Contoso', { ...rotation, replaces: 'split-password' } as Plan],
  ['New security keys in Contoso', anAccountPlan('rotate', { account: keyed, passMinutes: 480 })],
  ['A password in parts in place of its security keys in Contoso', { ...rotation, replaces: 'passkey' } as Plan],
  ['Hand a part to somebody else in Contoso', anAccountPlan('handover')],
  ['Hand a key to somebody else in Contoso', anAccountPlan('handover', { account: keyed, passMinutes: 480 })],
  ['Disable in Contoso', anAccountPlan('disable')],
  ['Disable and leave Contoso with one account', anAccountPlan('disable', { othersInTenant: 1 })],
  ['Enable in Contoso', anAccountPlan('enable')],
  ['Exclude from Conditional Access in Contoso', mended('exclude')],
  ['Repair of “Password can expire” in Contoso', mended('repair')],
  ['Retire in Contoso', anAccountPlan('retire')],
  ['Retire and leave Contoso with no account', anAccountPlan('retire', { othersInTenant: 0 })],
])('the list of requests, beside the name of the account: %s', (words, plan) => {
  const said = JSON.stringify(requestListCard([aRequest({ plan })], NOON).card);
  expect(said).toContain(`"${words}, asked by Rita Reyes"`);
  expect(said).toContain(`"${plan.account.userPrincipalName}"`);
});
