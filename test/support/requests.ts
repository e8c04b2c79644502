import type { Actor, PersonRef, Role } from '../../src/core/people.ts';
import { type CreateForm, type OpenFacts, type OpenState, openCreate } from '../../src/core/request/open.ts';
import type { OpenPolicy } from '../../src/core/request/opening.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';

export const NOON = new Date('2026-03-02T12:00:00Z');

/** `human` of `ann2` is `ann`: a second account of hers. */
export const ref = (account: string): PersonRef => ({
  objectId: `id-${account}`,
  personKey: `human-${account.replace(/\d+$/, '')}`,
  name: account,
});
export const actor = (account: string, ...roles: Role[]): Actor => ({ kind: 'person', person: ref(account), roles: new Set(roles) });
export const WORKER: Actor = { kind: 'system', part: 'worker' };

export const POLICY: OpenPolicy = {
  quorum: 2,
  policyVersion: 'p1',
  requestExpiryHours: 24,
  openRequestsPerPerson: 5,
  requestsPerHour: 12,
  secondProof: [],
};
export const TENANT = {
  id: '11111111-1111-4111-8111-111111111111',
  name: 'Contoso',
  kind: 'workforce',
  initialDomain: 'contoso.onmicrosoft.com',
  exclusionGroupId: '22222222-2222-4222-8222-222222222222',
} as const;

const named = (account: string) => ({ objectId: `id-${account}`, person: ref(account), isCustodian: true, reachable: true });

export const aForm = (over: Partial<CreateForm> = {}): CreateForm => ({
  formId: 'F-1',
  tenantId: TENANT.id,
  userName: 'ea-contoso-01',
  displayName: 'Emergency access 01',
  usageLocation: 'DE',
  credential: 'split-password',
  custodians: ['id-dana', 'id-eli'],
  owners: ['id-oona'],
  reason: 'Second account, as the guidance asks',
  ...over,
});

export const theFacts = (over: Partial<OpenFacts> = {}): OpenFacts => ({
  tenant: TENANT,
  watchable: true,
  taken: undefined,
  custodians: [named('dana'), named('eli')],
  owners: [named('oona')],
  approvers: ['ann', 'bob', 'cy', 'rita2'].map(ref),
  ...over,
});

export const open = (
  form = aForm(),
  facts = theFacts(),
  state: OpenState = { openByRequester: 0, lately: [] },
  policy = POLICY,
  id = 'R-TEST01',
  now = NOON,
) => openCreate(actor('rita', 'requester'), form, facts, state, policy, id, now);

/** A pending request of Rita's for two custodians, Dana and Eli. */
export function aPendingRequest(over: Partial<ChangeRequest> = {}): ChangeRequest {
  const opened = open();
  if (!opened.ok) throw new Error(`the sample request was refused: ${opened.error.code}`);
  return { ...opened.value.next, ...over };
}
