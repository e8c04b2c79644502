import { TENANTS } from '../../../sandbox/world.ts';
import { accountFormCard } from '../../../src/cards/views/accountForm.ts';
import { createFormCard } from '../../../src/cards/views/createForm.ts';
import { formDoneCard } from '../../../src/cards/views/formDone.ts';
import { planDialog } from '../../../src/cards/views/planDialog.ts';
import { requestCard } from '../../../src/cards/views/request.ts';
import { requestListCard } from '../../../src/cards/views/requestList.ts';
import { requestNoticeCard } from '../../../src/cards/views/requestNotice.ts';
import { digestOf } from '../../../src/core/digest.ts';
import { differenceOf } from '../../../src/core/request/difference.ts';
import { whyNotAllowed } from '../../../src/core/request/rights.ts';
import type { ChangeRequest } from '../../../src/core/request/types.ts';
import {
  aDecision,
  anAccount,
  anAccountPlan,
  aPart,
  aPlan,
  aRequest,
  aRunningRequest,
  days,
  hours,
  NOON,
  person,
} from '../../support/builders.ts';
import type { Example } from '../example.ts';
import { longest } from '../longest.ts';

const MRIS = ['29:1sandbox-rita.reyes', '29:1sandbox-ann.archer'];
const oneApproval = aRequest({ decisions: [aDecision('ann')], revision: 2 });
const people = { custodians: [person('dana'), person('eli'), person('fay')], owners: [person('oona'), person('bob')] };
const tenants = Object.values(TENANTS);
/** The same, with what is known of each. */
const seen = tenants.map((tenant) => ({
  ...tenant,
  passkeys: tenant.name === 'northwind' ? ('passes-off' as const) : ('allowed' as const),
}));
const newForm = { formId: 'F-1A2B3C', ...people };

const values = { reason: '', custodians: `${person('dana').objectId},${person('eli').objectId}`, leaving: '', fewer: 'false' };
const eligible = new Set(people.custodians.map(({ objectId }) => objectId));
const asked = { account: anAccount(), custodians: people.custodians, eligible, now: days(4), leavesFew: false, values, faults: [] };
const neverOpened = anAccount({
  parts: [anAccount().parts[0] ?? aPart(1, 'dana'), aPart(2, 'eli', { state: 'expired', expiresAt: days(3) })],
});
const nobodyChosen = { ...values, custodians: '' };
const sends = { verb: 'account.submit', id: 'F-1A2B3C:rotate:EA-4Q9T1X', digest: '', place: 'message' } as const;
const seenAs = { userPrincipalName: anAccount().userPrincipalName, enabled: true, privileged: true, excluded: true, ours: true };
const rotation = aRequest({ plan: anAccountPlan('rotate') });
const withKeys = aPlan({ passMinutes: 480 });
const unrestricted = aPlan({ version: 2, tenant: { ...TENANTS.contoso, name: 'Contoso Group' } });
const askedAgain = aRequest({
  plan: unrestricted,
  decisions: [aDecision('ann'), aDecision('bob')],
  earlier: [
    { version: 1, planDigest: aRequest().planDigest, at: hours(1), why: 'tenant-changed', difference: differenceOf(aPlan(), unrestricted) },
  ],
});
const editedPlan = aPlan({ version: 2, owners: [person('bob')], usageLocation: 'DE' });
const waiting = aRunningRequest(6, {
  plan: withKeys,
  steps: withKeys.steps.map(({ id }, index) =>
    index < 5
      ? { id, state: 'done', at: hours(1), evidence: 'Read back: as planned' }
      : {
          id,
          state: 'waiting',
          ...(index === 5 ? { at: hours(1), evidence: 'Waiting for Dana Diaz to register a security key', untilAt: hours(9) } : {}),
        },
  ),
});
const contoso = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
/** A password in place of keys, which waits for its parts. */
const insteadOfKeys = anAccountPlan('rotate', {
  account: anAccount({ credential: 'passkey' }),
  observed: { ...seenAs, restricted: true },
  tenant: contoso,
});
const READ_BACK: { readonly [step: string]: string } = {
  'leave-unit': 'Not in restricted unit 5d0f4a51',
  'set-credential': 'Password set at 2026-11-22T13:03:00.000Z; 2 parts sealed',
};
const partsWaited = aRequest({
  plan: insteadOfKeys,
  kind: 'rotate',
  state: 'approved',
  begunAt: hours(1),
  expected: (['leave-unit', 'set-credential'] as const).map((step) => ({
    ...{ step, fromAt: hours(1), untilAt: hours(1), open: 0, allowed: 1, done: 1, seen: 1, beside: 0 },
  })),
  decisions: ['ann', 'bob'].map((name) => aDecision(name as 'ann' | 'bob', { planDigest: digestOf(insteadOfKeys) })),
  steps: insteadOfKeys.steps.map(({ id }) => {
    const evidence = READ_BACK[id];
    if (evidence !== undefined) return { id, state: 'done', at: hours(1), evidence };
    if (id !== 'store-parts') return { id, state: 'waiting' };
    return { id, state: 'waiting', at: hours(1), evidence: 'Waiting for Dana Diaz and Eli Evans to store their parts', untilAt: hours(73) };
  }),
});
const partExpired: ChangeRequest = {
  ...partsWaited,
  state: 'failed',
  steps: partsWaited.steps.map((row) => (row.id === 'store-parts' ? { id: row.id, state: 'failed', at: hours(73) } : row)),
  failure: {
    step: 'leave-unit',
    foundBy: 'store-parts',
    code: 'PartExpired',
    words: 'Eli Evans did not open their part in time.',
    reference: 'b3c1e2d4',
  },
};
const leftItsUnit = anAccountPlan('rotate', { version: 2 });
const rita = person('rita');
const unread =
  'What the plan rests on in Contoso may not be read by Breakglass (Authorization_RequestDenied). Check the permissions of its Graph identity.';
const mending = aRequest({ plan: anAccountPlan('repair') });
const bothOf = ({ planDigest }: typeof mending) => [aDecision('ann', { planDigest }), aDecision('bob', { planDigest })];
const stalled = aRequest({
  plan: mending.plan,
  kind: 'repair',
  state: 'approved',
  decisions: bothOf(mending),
  stalled: { sinceAt: hours(1), code: 'Authorization_RequestDenied', words: unread },
});
const neverBegun = {
  ...aRequest({ plan: mending.plan, kind: 'repair', decisions: bothOf(mending) }),
  failure: {
    step: 'leave-unit',
    code: 'CannotTell',
    words: `${unread} It was tried for 30 minutes, and nothing was written.`,
    reference: 'R-7F3K2M-1',
  },
} as const;
const undoing = aRunningRequest(6, {
  state: 'undoing',
  givenUp: { by: person('rita'), at: hours(2) },
  undoSteps: aRequest().plan.undo.map(({ id }, index) => ({ id, state: index === 0 ? 'done' : index === 1 ? 'running' : 'waiting' })),
});

/** A new account whose run stopped before it got its role, given up and taken back. */
const UNDONE: { readonly [step: string]: string } = {
  'leave-unit': 'Not in restricted unit 5d0f4a51',
  'remove-role': 'Does not hold Global Administrator',
  disable: 'Account disabled',
  'leave-group': 'Not a member of group 7c1d2e90',
  'delete-user': 'User deleted; restorable in Entra for 30 days',
  'confirm-gone': 'No user, no role, no membership left',
};
const sentOnce = { fromAt: hours(1), untilAt: hours(1), open: 0, allowed: 1, done: 1, seen: 1, beside: 0 };
const undoneCreate = aRunningRequest(4, {
  state: 'undone',
  closedAt: hours(2),
  givenUp: { by: person('rita'), at: hours(2) },
  failure: {
    step: 'assign-role',
    code: 'Authorization_RequestDenied',
    words: 'The tenant refused: the changer app may not assign roles.',
    reference: 'b3c1e2d4',
  },
  undoSteps: aRequest().plan.undo.map(({ id }) => ({ id, state: 'done', at: hours(2), evidence: UNDONE[id] ?? 'Read back' })),
  expected: [
    ...(['create-user', 'exclude', 'set-credential'] as const).map((step) => ({ step, ...sentOnce })),
    ...aRequest().plan.undo.map(({ id: step }) => {
      const wrote = step === 'leave-group' || step === 'delete-user';
      return { step, undo: true as const, ...sentOnce, ...(wrote ? {} : { allowed: 0, done: 0, seen: 0 }) };
    }),
  ],
});

const REFUSED = { code: 'Authorization_RequestDenied', words: 'The tenant refused: sessions may not be revoked.', reference: 'b3c1e2d4' };
/** The first so many steps of a plan were done, the next was refused. */
const stopped = (plan: ReturnType<typeof anAccountPlan>, done: number, more: Partial<ChangeRequest> = {}): ChangeRequest =>
  aRequest({
    plan,
    state: 'failed',
    begunAt: hours(1),
    expected: plan.steps.slice(0, done).map(({ id: step }) => ({
      ...{ step, fromAt: hours(1), untilAt: hours(1), open: 0, allowed: 0, done: 1, seen: 1, beside: 0 },
    })),
    failure: { ...REFUSED, step: plan.steps[done]?.id ?? 'verify' },
    steps: plan.steps.map(({ id }, index) => ({ id, state: index < done ? 'done' : index === done ? 'failed' : 'waiting', at: hours(1) })),
    ...more,
  });
const inUnit = { ...seenAs, restricted: true };
const outside = stopped(
  anAccountPlan('rotate', { observed: inUnit, tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName } }),
  1,
  {
    failure: {
      step: 'set-credential',
      code: REFUSED.code,
      words:
        'The tenant refused this write (Authorization_RequestDenied) and does not say why. Check that Breakglass’s changer still has the directory role Privileged Authentication Administrator and the permission User-PasswordProfile.ReadWrite.All, and that the account is in no other restricted management unit.',
      reference: 'b3c1e2d4',
    },
  },
);
const leftUnit = outside.steps.map((row) => (row.id === 'leave-unit' ? { ...row, evidence: 'Not in restricted unit 5d0f4a51' } : row));
const lacking = whyNotAllowed({ ...rotation, state: 'approved' }, { permissions: [], roles: [] }) ?? 'nothing';
const rightMissing = {
  ...rotation,
  state: 'failed',
  decisions: [aDecision('ann', { planDigest: rotation.planDigest }), aDecision('bob', { planDigest: rotation.planDigest })],
  failure: { step: 'set-credential', code: 'RightMissing', words: lacking, reference: 'R-5M8N2P-1' },
} as const;
const stoppedDisable = stopped(anAccountPlan('disable'), 1);
const rotatedHalfWay = stopped(
  anAccountPlan('rotate', { observed: inUnit, tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName } }),
  2,
  { state: 'undone', closedAt: hours(2), givenUp: { by: person('rita'), at: hours(2) }, undoSteps: [{ id: 'join-unit', state: 'done' }] },
);

export const REQUESTS: readonly Example[] = [
  { card: 'accountForm', state: 'rotate', rendered: accountFormCard({ ...asked, operation: 'rotate', sends }), main: true },
  {
    card: 'accountForm',
    state: 'opened',
    rendered: accountFormCard({ ...asked, operation: 'rotate', sends: { ...sends, place: 'dialog' } }),
  },
  { card: 'accountForm', state: 'handover', rendered: accountFormCard({ ...asked, operation: 'handover', sends }) },
  {
    card: 'accountForm',
    state: 'rotate-part-gone',
    rendered: accountFormCard({
      ...{ ...asked, account: neverOpened, values: nobodyChosen },
      operation: 'rotate',
      sends: { ...sends, place: 'dialog' },
    }),
    main: true,
  },
  {
    card: 'accountForm',
    state: 'handover-part-gone',
    rendered: accountFormCard({ ...asked, account: neverOpened, values: nobodyChosen, operation: 'handover', sends }),
  },
  {
    card: 'accountForm',
    state: 'enable-part-gone',
    rendered: accountFormCard({ ...asked, account: { ...neverOpened, state: 'disabled' }, operation: 'enable', sends }),
  },
  {
    card: 'accountForm',
    state: 'handover-left',
    rendered: accountFormCard({
      ...asked,
      eligible: new Set([person('dana').objectId]),
      values: nobodyChosen,
      operation: 'handover',
      sends,
    }),
  },
  {
    card: 'accountForm',
    state: 'retire-few',
    rendered: accountFormCard({ ...asked, operation: 'retire', leavesFew: true, faults: [{ field: 'fewer', problem: 'missing' }], sends }),
  },
  {
    card: 'accountForm',
    state: 'edit',
    rendered: accountFormCard({
      ...asked,
      operation: 'rotate',
      sends: { verb: 'request.resubmit', id: rotation.id, digest: rotation.planDigest, place: 'dialog' },
    }),
  },
  { card: 'requestNotice', state: 'applied', rendered: requestNoticeCard(aRequest({ state: 'applied' }), 'applied', hours(2)) },
  { card: 'requestNotice', state: 'undone', rendered: requestNoticeCard(undoneCreate, 'undone', hours(2)) },
  { card: 'request', state: 'undone', rendered: requestCard(undoneCreate, hours(3)), main: true },
  { card: 'request', state: 'pending-keys', rendered: requestCard(aRequest({ plan: withKeys }), hours(1)) },
  { card: 'request', state: 'pending-longest', rendered: requestCard(aRequest({ plan: longest() }), hours(1)), main: true },
  { card: 'planDialog', state: 'words', rendered: planDialog(aRequest({ plan: longest() }), 1), main: true },
  { card: 'planDialog', state: 'calls', rendered: planDialog(aRequest({ plan: withKeys }), 1) },
  { card: 'planDialog', state: 'as-hashed', rendered: planDialog(aRequest({ plan: withKeys }), 99) },
  { card: 'request', state: 'waiting-for-key', rendered: requestCard(waiting, hours(2)), main: true },
  { card: 'request', state: 'waiting-for-parts', rendered: requestCard(partsWaited, hours(2), rita), main: true, folds: true },
  { card: 'request', state: 'part-expired', rendered: requestCard(partExpired, hours(73.1), rita), main: true },
  { card: 'requestNotice', state: 'part-expired', rendered: requestNoticeCard(partExpired, 'failed', hours(73.1)) },
  {
    card: 'request',
    state: 'asked-again-unprotected',
    rendered: requestCard(
      aRequest({
        plan: leftItsUnit,
        kind: 'rotate',
        earlier: [
          {
            ...{ version: 1, planDigest: aRequest().planDigest, at: hours(1), why: 'tenant-changed' },
            difference: differenceOf(anAccountPlan('rotate', { observed: { ...seenAs, restricted: true }, tenant: contoso }), leftItsUnit),
          },
        ],
      }),
      hours(2),
    ),
  },
  {
    card: 'accountForm',
    state: 'rotate-keys',
    rendered: accountFormCard({ ...asked, account: anAccount({ credential: 'passkey' }), operation: 'rotate', sends }),
  },
  {
    card: 'request',
    state: 'keys-instead',
    rendered: requestCard(aRequest({ plan: anAccountPlan('rotate', { passMinutes: 480 }) }), hours(1)),
  },
  {
    card: 'request',
    state: 'password-instead',
    rendered: requestCard(aRequest({ plan: anAccountPlan('rotate', { account: anAccount({ credential: 'passkey' }) }) }), hours(1)),
  },
  { card: 'request', state: 'rotate', rendered: requestCard(rotation, hours(1)) },
  { card: 'request', state: 'retire', rendered: requestCard(aRequest({ plan: anAccountPlan('retire', { othersInTenant: 1 }) }), hours(1)) },
  { card: 'request', state: 'undoing', rendered: requestCard(undoing, hours(2)) },
  { card: 'request', state: 'failed-disable', rendered: requestCard(stoppedDisable, hours(2)) },
  { card: 'request', state: 'half-way', rendered: requestCard(rotatedHalfWay, hours(3)) },
  { card: 'requestNotice', state: 'failed', rendered: requestNoticeCard(stoppedDisable, 'failed', hours(2)) },
  { card: 'requestNotice', state: 'half-way', rendered: requestNoticeCard(rotatedHalfWay, 'undone', hours(2)) },
  { card: 'request', state: 'pending', rendered: requestCard(oneApproval, hours(1)), main: true, folds: true },
  { card: 'request', state: 'pending-new', rendered: requestCard(aRequest({ duplicateOf: 'R-2B4D6F' }), hours(1), undefined, MRIS) },
  {
    card: 'request',
    state: 'pending-requester',
    rendered: requestCard(oneApproval, hours(1), { ...person('rita'), mri: '29:1sandbox-rita.reyes' }, MRIS),
  },
  {
    card: 'request',
    state: 'pending-not-counted',
    rendered: requestCard(
      aRequest({
        decisions: [aDecision('ann'), aDecision('cy'), aDecision('rita2'), aDecision('bob', { planDigest: '0'.repeat(64) })],
        annulled: [person('cy').objectId],
      }),
      hours(1),
    ),
  },
  {
    card: 'request',
    state: 'approved',
    rendered: requestCard(aRequest({ state: 'approved', decisions: [aDecision('ann'), aDecision('bob')], revision: 3 }), hours(1)),
  },
  {
    card: 'request',
    state: 'failed-untouched',
    rendered: requestCard(
      {
        ...rotation,
        state: 'failed',
        decisions: [aDecision('ann', { planDigest: rotation.planDigest }), aDecision('bob', { planDigest: rotation.planDigest })],
        failure: {
          step: 'set-credential',
          code: 'CannotTell',
          words: 'Whether it may be done cannot be read now.',
          reference: 'R-5M8N2P-1',
        },
      },
      hours(2),
    ),
  },
  { card: 'request', state: 'right-missing', rendered: requestCard(rightMissing, hours(2)) },
  { card: 'requestNotice', state: 'right-missing', rendered: requestNoticeCard(rightMissing, 'failed', hours(2)) },
  {
    card: 'requestNotice',
    state: 'denied',
    rendered: requestNoticeCard(
      aRequest({ state: 'denied', decisions: [aDecision('ann', { kind: 'deny', reason: 'Not agreed with the owner' })] }),
      'denied',
      hours(2),
    ),
  },
  { card: 'request', state: 'asked-again', rendered: requestCard(askedAgain, hours(2)) },
  { card: 'requestNotice', state: 'asked-again', rendered: requestNoticeCard(askedAgain, 'asked-again', hours(2)) },
  { card: 'requestNotice', state: 'expired', rendered: requestNoticeCard(oneApproval, 'expired', hours(2)) },
  {
    card: 'requestNotice',
    state: 'quorum-lost',
    rendered: requestNoticeCard(
      aRequest({ decisions: [aDecision('ann'), aDecision('bob')], annulled: [person('bob').objectId] }),
      'quorum-lost',
      hours(2),
    ),
  },
  {
    card: 'request',
    state: 'pending-edited',
    rendered: requestCard(
      aRequest({
        plan: editedPlan,
        earlier: [
          { version: 1, planDigest: aRequest().planDigest, at: hours(1), why: 'edited', difference: differenceOf(aPlan(), editedPlan) },
        ],
      }),
      hours(2),
    ),
  },
  { card: 'request', state: 'stalled', rendered: requestCard(stalled, hours(1.1), rita) },
  { card: 'request', state: 'stalled-too-long', rendered: requestCard({ ...stalled, state: 'expired', closedAt: hours(24) }, hours(25)) },
  {
    card: 'request',
    state: 'never-begun',
    rendered: requestCard({ ...neverBegun, state: 'failed' }, hours(1.6)),
  },
  { card: 'request', state: 'failed-outside-its-unit', rendered: requestCard({ ...outside, steps: leftUnit }, hours(1.6)) },
  {
    card: 'requestNotice',
    state: 'failed-outside-its-unit',
    rendered: requestNoticeCard({ ...outside, steps: leftUnit }, 'failed', hours(2)),
  },
  { card: 'requestNotice', state: 'never-begun', rendered: requestNoticeCard({ ...neverBegun, state: 'failed' }, 'failed', hours(2)) },
  { card: 'requestNotice', state: 'stalled-too-long', rendered: requestNoticeCard({ ...stalled, state: 'expired' }, 'expired', hours(2)) },
  { card: 'request', state: 'waiting-for-key-of-requester', rendered: requestCard(waiting, hours(2), rita) },
  { card: 'request', state: 'running', rendered: requestCard(aRunningRequest(3), hours(1.1)) },
  {
    card: 'request',
    state: 'failed',
    rendered: requestCard(
      aRunningRequest(
        4,
        {
          state: 'failed',
          failure: {
            step: 'assign-role',
            code: 'Authorization_RequestDenied',
            words: 'The tenant refused: the changer app may not assign roles.',
            reference: 'b3c1e2d4',
          },
        },
        'failed',
      ),
      hours(1.2),
    ),
  },
  {
    card: 'request',
    state: 'given-up',
    rendered: requestCard(
      aRunningRequest(
        4,
        {
          state: 'withdrawn',
          closedAt: hours(2),
          failure: {
            step: 'assign-role',
            code: 'Authorization_RequestDenied',
            words: 'The tenant refused: the changer app may not assign roles.',
            reference: 'b3c1e2d4',
          },
        },
        'failed',
      ),
      hours(1.2),
    ),
  },
  {
    card: 'request',
    state: 'impossible',
    rendered: requestCard(
      {
        ...rotation,
        state: 'impossible',
        closedAt: hours(1),
        failure: {
          step: 'set-credential',
          code: 'NoLongerPossible',
          words: 'The tenant has no such user any more.',
          reference: 'R-7F3K2M-1',
        },
      },
      hours(2),
    ),
  },
  { card: 'requestNotice', state: 'impossible', rendered: requestNoticeCard({ ...rotation, state: 'impossible' }, 'impossible', hours(2)) },
  { card: 'request', state: 'applied', rendered: requestCard(aRunningRequest(7, { state: 'applied', closedAt: hours(1.2) }), hours(2)) },
  {
    card: 'request',
    state: 'denied',
    rendered: requestCard(
      aRequest({
        state: 'denied',
        closedAt: hours(1),
        decisions: [aDecision('ann'), aDecision('bob', { kind: 'deny', at: hours(1), reason: 'Dana leaves in March. Name Fay instead.' })],
      }),
      hours(2),
    ),
  },
  {
    card: 'request',
    state: 'withdrawn',
    rendered: requestCard(
      aRequest({ state: 'withdrawn', closedAt: hours(1), decisions: [aDecision('rita', { kind: 'withdraw' })] }),
      hours(2),
    ),
  },
  { card: 'request', state: 'expired', rendered: requestCard(oneApproval, hours(25)) },
  {
    card: 'requestList',
    state: 'three',
    rendered: requestListCard(
      [oneApproval, aRunningRequest(2, { id: 'R-8H4N6P' }), { ...aRequest({ id: 'R-2B4D6F' }), state: 'denied', closedAt: hours(2) }],
      hours(1),
    ),
  },
  { card: 'requestList', state: 'none', rendered: requestListCard([], NOON) },
  { card: 'createForm', state: 'empty', rendered: createFormCard({ ...newForm, tenants: seen }), main: true },
  { card: 'createForm', state: 'keys', rendered: createFormCard({ ...newForm, tenants: seen, tenantId: TENANTS.contoso.id }), main: true },
  { card: 'createForm', state: 'keys-off', rendered: createFormCard({ ...newForm, tenants: seen, tenantId: TENANTS.northwind.id }) },
  {
    card: 'createForm',
    state: 'unwatched',
    rendered: createFormCard({
      ...newForm,
      tenants: seen.map((tenant) => ({ ...tenant, watchable: tenant.id !== TENANTS.northwind.id })),
    }),
  },
  { card: 'createForm', state: 'keys-unread', rendered: createFormCard({ ...newForm, tenants, tenantId: TENANTS.contoso.id }) },
  {
    card: 'createForm',
    state: 'edit-refused',
    rendered: createFormCard({
      formId: 'F-1A2B3C',
      edits: { requestId: aRequest().id, planDigest: aRequest().planDigest },
      tenants,
      ...people,
      values: { tenantId: TENANTS.contoso.id, userName: 'north.harbor', displayName: 'North Harbor', reason: 'Policy asks for two.' },
      refusal: { code: 'cannot-check', what: 'the name and the people' },
    }),
  },
  {
    card: 'createForm',
    state: 'faults',
    rendered: createFormCard({
      formId: 'F-1A2B3C',
      tenants,
      ...people,
      values: {
        tenantId: TENANTS.contoso.id,
        userName: 'break glass',
        displayName: 'North Harbor',
        usageLocation: 'nl',
        credential: 'split-password',
        custodians: person('dana').objectId,
        owners: person('oona').objectId,
        reason: 'Policy asks for two.\nWe have one.',
      },
      faults: [
        { field: 'userName', problem: 'illegal-character', detail: 'a blank' },
        { field: 'usageLocation', problem: 'not-two-letters' },
        { field: 'custodians', problem: 'too-few', detail: '2' },
        { field: 'custodians', problem: 'not-reachable', detail: 'Dana Diaz' },
      ],
    }),
  },
  {
    card: 'createForm',
    state: 'no-custodians',
    rendered: createFormCard({ formId: 'F-1A2B3C', tenants: [TENANTS.northwind], custodians: [], owners: people.owners }),
  },
  { card: 'formDone', state: 'open', rendered: formDoneCard({ request: aRequest() }) },
  { card: 'formDone', state: 'sent-before', rendered: formDoneCard({ request: aRunningRequest(2) }) },
];
