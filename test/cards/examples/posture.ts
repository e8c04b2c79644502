import { TENANTS } from '../../../sandbox/world.ts';
import { postureCard, postureListCard } from '../../../src/cards/views/posture.ts';
import { requestCard } from '../../../src/cards/views/request.ts';
import { DEFAULT_PROFILE } from '../../../src/core/posture/profiles.ts';
import { judgePosture } from '../../../src/core/posture/report.ts';
import { type AuthenticationMethod, read, type TenantSnapshot, unreadable } from '../../../src/core/posture/snapshot.ts';
import { mendOf } from '../../../src/core/request/mend.ts';
import { anAccount, anAccountPlan, aRequest, days, NOON } from '../../support/builders.ts';
import { aPolicy, goodRegistry, goodSnapshot } from '../../support/posture.ts';
import type { Example } from '../example.ts';

const { contoso, northwind } = TENANTS;
const judged = (more: Partial<TenantSnapshot>) => judgePosture(DEFAULT_PROFILE, goodSnapshot(more), goodRegistry());
const good = goodSnapshot();
const members = good.exclusionGroupMembers.state === 'read' ? good.exclusionGroupMembers.value : [];

/** On nobody's record: somebody registered it beside the two of the first account. */
const STRANGER: AuthenticationMethod = {
  ...{ id: 'hZ3kq0xUQm6cW1n8T4vB2yE5sR7aLdPf9GjKoNiVuXw', kind: 'fido2', passkeyType: 'deviceBound' },
  ...{ displayName: 'Spare key', model: 'YubiKey 5 Series with NFC', createdAt: days(-9) },
};
const BROKEN: Partial<TenantSnapshot> = {
  accounts: good.accounts.map((account, at) =>
    at === 0 && account.methods.state === 'read' ? { ...account, methods: read([...account.methods.value, STRANGER]) } : account,
  ),
  policies: read([aPolicy({}, { excludeGroups: [] })]),
  exclusionGroupMembers: read([...members, { id: '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b0a', type: 'user', displayName: 'Mal Moore' }]),
  authorizationPolicy: read({ administratorsMayResetOwnPassword: true }),
  restrictedUnits: unreadable('not-permitted', 'Graph refused it: Authorization_RequestDenied'),
};

const EA = anAccount({ id: 'EA-000001' });
const KEYED = anAccount({ id: 'EA-000001', userPrincipalName: `ea1@${contoso.initialDomain}`, displayName: 'EA 1', credential: 'passkey' });
const requestFor = (operation: 'exclude' | 'repair', key?: string, account = EA) => {
  const policies = [
    {
      policyId: aPolicy().id,
      name: aPolicy().displayName,
      before: { includeUsers: ['All'], excludeUsers: [], excludeGroups: ['0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0199'] },
    },
  ];
  const mend = mendOf(operation, EA, key, { report: judged(BROKEN), policies });
  if (!mend.ok) throw new Error(mend.error);
  return requestCard(
    aRequest({
      plan: anAccountPlan(operation, {
        account,
        mend: mend.value,
        reason: `Posture found: ${mend.value.finding?.title ?? 'policies that catch it'}.`,
      }),
    }),
    NOON,
  );
};

export const POSTURES: readonly Example[] = [
  { card: 'posture', state: 'to-mend', rendered: postureCard(contoso, judged(BROKEN), () => 'F-00000000000000000001'), main: true },
  {
    card: 'posture',
    state: 'asked-for',
    rendered: postureCard(
      contoso,
      judged(BROKEN),
      () => 'F-00000000000000000001',
      new Map([[EA.id, aRequest({ plan: anAccountPlan('repair', { account: EA }) })]]),
    ),
  },
  { card: 'posture', state: 'good', rendered: postureCard(contoso, judged({}), () => 'F-00000000000000000001') },
  {
    card: 'postureList',
    state: 'three',
    rendered: postureListCard([
      { tenant: contoso, report: judged(BROKEN) },
      { tenant: TENANTS['fabrikam-b2c'], report: judged({ restrictedUnits: unreadable('no-answer', 'no answer') }) },
      { tenant: northwind, report: judged({}) },
    ]),
  },
  { card: 'request', state: 'exclude', rendered: requestFor('exclude') },
  { card: 'request', state: 'repair-member', rendered: requestFor('repair', 'group-members:7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b0a') },
  { card: 'request', state: 'repair-key', rendered: requestFor('repair', 'unrecorded-keys:EA-000001', KEYED) },
];
