import { PEOPLE, type PersonName, TENANTS } from '../../sandbox/world.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { DirectoryChange } from '../../src/core/alert/change.ts';
import type { Alert, SignInEvent } from '../../src/core/alert/types.ts';
import { openCase } from '../../src/core/case/open.ts';
import type { UseCase } from '../../src/core/case/types.ts';
import { digestOf } from '../../src/core/digest.ts';
import { type Drill, LEGS } from '../../src/core/drill/types.ts';
import type { Actor, PersonRef, Role, StrangerReason } from '../../src/core/people.ts';
import { type CreatePlanInput, planCreate } from '../../src/core/request/plan.ts';
import { type AccountOperation, type AccountPlanInput, planAccount } from '../../src/core/request/planAccount.ts';
import type { ChangeRequest, DecisionRow, Plan, StepProgress } from '../../src/core/request/types.ts';

/** The instant tests start from. */
export const NOON = new Date('2026-11-22T12:00:00Z');

/** `NOON` plus so many minutes; negative is before. */
export const minutes = (count: number, from: Date = NOON): Date => new Date(from.getTime() + count * 60_000);
export const hours = (count: number, from: Date = NOON): Date => minutes(count * 60, from);
export const days = (count: number, from: Date = NOON): Date => minutes(count * 1440, from);

/** Somebody of the sandbox's world as state and plans remember them. */
export function person(name: PersonName): PersonRef {
  const { objectId, employeeId, name: said } = PEOPLE[name];
  return { objectId, personKey: employeeId ?? objectId, name: said };
}

/** The same person at work, with the roles they have in the sandbox or the ones given. */
export const actor = (name: PersonName, roles: readonly Role[] = PEOPLE[name].roles): Actor => ({
  kind: 'person',
  person: person(name),
  roles: new Set(roles),
});

export const stranger = (why: StrangerReason = 'unknown'): Actor => ({ kind: 'stranger', objectId: PEOPLE.eve.objectId, why });

export const aPlan = (more: Partial<CreatePlanInput> = {}) =>
  planCreate({
    requestId: 'R-7F3K2M',
    version: 1,
    tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
    userName: 'north.harbor',
    displayName: 'North Harbor',
    usageLocation: 'NL',
    requester: person('rita'),
    reason: 'Contoso has one emergency account left since the audit; policy asks for two.',
    custodians: [person('dana'), person('eli')],
    owners: [person('oona')],
    quorum: 2,
    policyVersion: '1',
    expiresAt: hours(24),
    ...more,
  });

/** A plan for the account of `anAccount()`, enabled, privileged, excluded and in no restricted unit unless `more` says otherwise. */
export const anAccountPlan = (operation: AccountOperation, more: Partial<AccountPlanInput> = {}) =>
  planAccount({
    operation,
    requestId: 'R-5M8N2P',
    version: 1,
    tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
    requester: person('rita'),
    reason: 'The yearly exchange of the envelopes.',
    quorum: 2,
    policyVersion: '1',
    expiresAt: hours(24),
    account: anAccount(),
    observed: {
      userPrincipalName: anAccount().userPrincipalName,
      enabled: operation !== 'enable',
      privileged: true,
      excluded: true,
      restricted: false,
      ours: true,
    },
    custodians: operation === 'rotate' ? [person('dana'), person('eli')] : operation === 'handover' ? [person('dana'), person('fay')] : [],
    ...(operation === 'handover' ? { leaving: person('eli') } : {}),
    othersInTenant: 2,
    ...more,
  });

/** A pending request of Rita's. With `plan`, its digest, requester, reason and steps follow; anything given on top wins. */
export function aRequest(more: Partial<ChangeRequest> = {}): ChangeRequest {
  const plan: Plan = more.plan ?? aPlan();
  return {
    id: plan.requestId,
    kind: plan.operation,
    state: 'pending',
    revision: 1,
    requester: plan.requester,
    reason: plan.reason,
    plan,
    planDigest: digestOf(plan),
    quorum: plan.quorum,
    decisions: [],
    annulled: [],
    steps: plan.steps.map(({ id }) => ({ id, state: 'waiting' })),
    fence: 0,
    openedAt: NOON,
    expiresAt: new Date(plan.expires),
    formId: 'F-1A2B3C',
    ...more,
  };
}

/** An entry of the decision book, for the plan of `aRequest()` unless another digest is given. */
export const aDecision = (name: PersonName, more: Partial<DecisionRow> = {}): DecisionRow => ({
  kind: 'approve',
  person: person(name),
  planDigest: digestOf(aPlan()),
  at: minutes(42),
  ...more,
});

/** An approved request, so many of its steps proven, the next one running (or `failed`). */
export function aRunningRequest(
  done: number,
  more: Partial<ChangeRequest> = {},
  current: StepProgress['state'] = 'running',
): ChangeRequest {
  const base = aRequest();
  const steps = base.steps.map((step, index): StepProgress => {
    if (index < done) return { id: step.id, state: 'done', at: minutes(60 + index), evidence: EVIDENCE[index] ?? 'Read back: as planned' };
    return index === done ? { id: step.id, state: current, at: minutes(60 + index) } : step;
  });
  const decisions = [aDecision('ann'), aDecision('bob', { at: minutes(55) })];
  return { ...base, state: 'approved', fence: 1, begunAt: minutes(60), revision: 4 + done, decisions, steps, ...more };
}

const EVIDENCE = [
  'Read back: disabled, carries our marker',
  'Read back: member of the exclusion group',
  'Its sign-ins can be read in the Graph sign-in log',
  'Read back: password changed 2026-11-22 13:03 UTC, never expires',
  'Read back: Global Administrator at /, permanent',
  'Read back: enabled',
  'Everything read back is as planned',
];

export const aPart = (number: number, name: PersonName, more: Partial<Part> = {}): Part => ({
  number,
  custodian: person(name),
  state: 'sealed',
  ...more,
});

/** An account in service: both parts stored, watched, never validated. */
export const anAccount = (more: Partial<EmergencyAccount> = {}): EmergencyAccount => ({
  id: 'EA-4Q9T1X',
  requestId: 'R-7F3K2M',
  tenantId: TENANTS.contoso.id,
  tenantName: TENANTS.contoso.displayName,
  objectId: '3e9d1c5a-7b42-4f60-8a1e-5c2d9b7f4e10',
  userPrincipalName: `north.harbor@${TENANTS.contoso.initialDomain}`,
  displayName: 'North Harbor',
  state: 'in-service',
  revision: 1,
  owners: [person('oona')],
  parts: [
    aPart(1, 'dana', {
      state: 'stored',
      shownAt: hours(2),
      storedAt: hours(3),
      location: 'Amsterdam, room 2.14, safe A',
      sealNumber: '004711',
    }),
    aPart(2, 'eli', { state: 'stored', shownAt: hours(4), storedAt: hours(5), location: 'Utrecht, vault' }),
  ],
  watchedAt: hours(1),
  feed: 'graph-sign-ins',
  appliedAt: hours(1),
  validationDueAt: days(90),
  ...more,
});

export const aSignIn = (more: Partial<SignInEvent> = {}): SignInEvent => ({
  tenantId: TENANTS.contoso.id,
  userId: anAccount().objectId,
  userPrincipalName: anAccount().userPrincipalName,
  signedInAt: NOON,
  correlationId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  errorCode: 0,
  ipAddress: '203.0.113.77',
  place: 'Rotterdam, NL',
  app: 'Azure Portal',
  client: 'Browser, Edge 141 on Windows',
  ...more,
});

/** An open, critical alert about a successful sign-in. */
export const anAlert = (more: Partial<Alert> = {}): Alert => ({
  id: 'AL-9B5C7D',
  severity: 'critical',
  cause: { kind: 'sign-in', event: aSignIn(), feeds: ['azure-monitor'], registered: true },
  tenantId: TENANTS.contoso.id,
  tenantName: TENANTS.contoso.displayName,
  accountId: anAccount().id,
  account: anAccount().userPrincipalName,
  owners: [person('oona')],
  state: 'open',
  revision: 1,
  raisedAt: minutes(1),
  escalation: 0,
  ...more,
});

/** Somebody reset the password of the account. */
export const aChange = (more: Partial<DirectoryChange> = {}): DirectoryChange => ({
  tenantId: TENANTS.contoso.id,
  changedAt: NOON,
  rowId: 'Directory_6b1c_QF2ZB_7731',
  correlationId: '6b1c2a5e-3d0f-4b7a-9a52-7f1f4a9f1c11',
  activity: 'Reset user password',
  category: 'UserManagement',
  service: 'Core Directory',
  result: 'success',
  actor: {
    userId: 'aaaaaaaa-0000-4000-8000-000000000001',
    userPrincipalName: 'mal@contoso.onmicrosoft.com',
    name: 'Mal Moore',
    ipAddress: '203.0.113.9',
  },
  targets: [{ id: anAccount().objectId, type: 'User', userPrincipalName: anAccount().userPrincipalName, properties: [] }],
  ...more,
});

/** The open case of that sign-in, called real use by Cy. */
export const aCase = (more: Partial<UseCase> = {}): UseCase => ({
  ...openCase({ alert: anAlert(), kind: 'real-use', by: person('cy'), account: anAccount() }, 'C-3H8M2Q', minutes(10)).next,
  ...more,
});

/** A drill of `anAccount()` that Oona announced at noon for half an hour; nothing was seen yet. */
export const aDrill = (more: Partial<Drill> = {}): Drill => ({
  id: 'D-7M3K9X',
  accountId: anAccount().id,
  account: anAccount().userPrincipalName,
  tenantId: TENANTS.contoso.id,
  tenantName: TENANTS.contoso.displayName,
  state: 'running',
  revision: 1,
  owners: [person('oona')],
  startedBy: person('oona'),
  startedAt: NOON,
  endsAt: minutes(30),
  logFeed: 'graph-sign-ins',
  pushes: ['azure-monitor'],
  legs: LEGS.map((id) => ({ id, arrivals: [] })),
  aside: [],
  unread: [],
  ...more,
});
