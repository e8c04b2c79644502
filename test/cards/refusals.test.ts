import { faultWords, words } from '../../src/cards/refusals.ts';
import type { FieldFault, Refusal } from '../../src/core/refusal.ts';
import { NOON } from '../support/builders.ts';

/** One refusal of every code: a mapped type, so a new code without a case does not compile. */
const CASES: { readonly [C in Refusal['code']]: readonly Extract<Refusal, { code: C }>[] } = {
  'not-found': (['request', 'account', 'part', 'alert', 'case', 'drill', 'tenant', 'form'] as const).flatMap((what) => [
    { code: 'not-found', what },
    { code: 'not-found', what, called: 'north' },
  ]),
  stranger: (['other-tenant', 'guest', 'disabled', 'unknown', 'no-person-key', 'look-up-failed'] as const).map((why) => ({
    code: 'stranger',
    why,
  })),
  'missing-role': (['requester', 'approver', 'custodian', 'auditor', 'administrator', 'owner', 'reader'] as const).map((role) => ({
    code: 'missing-role',
    role,
  })),
  'bad-form': [
    { code: 'bad-form', faults: [{ field: 'userName', problem: 'missing' }] },
    { code: 'bad-form', faults: [] },
  ],
  'name-taken': (['directory', 'deleted', 'request'] as const).map((where) => ({
    code: 'name-taken',
    userPrincipalName: 'x@contoso.example',
    where,
    id: 'R-1',
  })),
  'quorum-unreachable': [{ code: 'quorum-unreachable', need: 2, have: 1 }],
  'tenant-unwatched': [{ code: 'tenant-unwatched', tenant: 'Northwind' }],
  'cannot-check': [{ code: 'cannot-check', what: 'the user name' }],
  'too-many-requests': [{ code: 'too-many-requests', limit: 5 }],
  closed: (['pending', 'approved', 'applied', 'failed', 'undoing', 'undone', 'denied', 'withdrawn', 'expired'] as const).map((state) => ({
    code: 'closed',
    state,
  })),
  'own-request': [
    { code: 'own-request', otherAccount: true },
    { code: 'own-request', otherAccount: false },
  ],
  'cooling-down': [{ code: 'cooling-down', until: new Date('2026-11-23T12:00:00Z') }],
  'custodian-of-plan': [{ code: 'custodian-of-plan' }],
  'plan-changed': [{ code: 'plan-changed' }],
  unchanged: [{ code: 'unchanged' }],
  'already-decided': [{ code: 'already-decided' }],
  'proof-needed': [{ code: 'proof-needed' }],
  'proof-invalid': (['used', 'expired', 'other-person', 'other-decision'] as const).map((why) => ({ code: 'proof-invalid', why })),
  'reason-missing': [{ code: 'reason-missing' }],
  'not-requester': [{ code: 'not-requester' }],
  'not-failed': [{ code: 'not-failed', state: 'applied' }],
  'approvals-too-old': [
    { code: 'approvals-too-old', kind: 'rotate' },
    { code: 'approvals-too-old', kind: 'repair' },
  ],
  'stale-lease': [{ code: 'stale-lease' }],
  'not-your-part': [{ code: 'not-your-part', custodian: 'Dana Diaz' }],
  'part-not-ready': [{ code: 'part-not-ready' }],
  'part-shown': [{ code: 'part-shown', at: NOON }],
  'part-not-shown': [{ code: 'part-not-shown' }],
  'part-stored': [{ code: 'part-stored', at: NOON }],
  'part-expired': [{ code: 'part-expired' }],
  'part-lost': [{ code: 'part-lost' }],
  'part-unopenable': (['away', 'denied', 'shut'] as const).map((why) => ({ code: 'part-unopenable', why })),
  'already-acknowledged': [{ code: 'already-acknowledged', by: 'Cy Chen' }],
  'not-a-use': [{ code: 'not-a-use' }],
  'already-classified': (['drill', 'real-use', 'misuse'] as const).map((as) => ({ code: 'already-classified', as, by: 'Cy Chen' })),
  'case-closed': [{ code: 'case-closed' }],
  'case-step-done': [{ code: 'case-step-done', by: 'Cy Chen' }],
  'case-steps-open': [{ code: 'case-steps-open', steps: ['sessions', 'credential', 'logs'] }],
  'reviews-itself': (['classified', 'custodian'] as const).map((why) => ({ code: 'reviews-itself', why })),
  'account-unsuitable': (['retired', 'provisioning', 'gone', 'not-ours', 'already-disabled', 'already-enabled', 'not-ready'] as const).map(
    (why) => ({ code: 'account-unsuitable', operation: 'enable', why }),
  ),
  'account-busy': [{}, { own: true }, { same: true }, { endsAt: NOON }, { endsAt: NOON, own: true, same: true }].map((more) => ({
    code: 'account-busy',
    requestId: 'R-7F3K2M',
    title: `Repair of “${'It is excluded from every policy that blocks. '.repeat(9)}”`,
    by: 'Rita Reyes',
    own: false,
    same: false,
    ...more,
  })),
  'too-few-left': ([0, 1] as const).map((left) => ({ code: 'too-few-left', left })),
  'too-often': [{ code: 'too-often', limit: 12, from: NOON }],
  'too-many-versions': [{ code: 'too-many-versions', limit: 10 }],
  'no-audit-export': (['no-address', 'in-channel', 'link-used', 'link-expired'] as const).map((why) => ({ code: 'no-audit-export', why })),
  'no-runbook': (['not-yours', 'retired', 'no-address', 'in-channel', 'link-used', 'link-expired'] as const).map((why) => ({
    code: 'no-runbook',
    why,
    accountId: 'EA-4Q9T1X',
  })),
  'no-drill': (['provisioning', 'disabled', 'retired'] as const).map((why) => ({ code: 'no-drill', why })),
  'drill-running': [{ code: 'drill-running', drillId: 'D-7M3K9X' }],
  'drill-over': (['passed', 'failed', 'stopped'] as const).map((state) => ({ code: 'drill-over', state })),
  'nothing-to-do': [{ code: 'nothing-to-do' }],
};

test.each(Object.values(CASES).flat())('$code is said in sentences that end, without the code', (refusal: Refusal) => {
  const said = words(refusal);
  expect(said).toMatch(/^[A-Z0-9x].*\.$/);
  expect(said.length).toBeLessThan(260);
  if (refusal.code.includes('-')) expect(said).not.toContain(refusal.code);
  expect(said).not.toMatch(/undefined|null|\[object/);
});

const PROBLEMS: { readonly [P in FieldFault['problem']]: true } = {
  missing: true,
  'too-long': true,
  'too-short': true,
  'illegal-character': true,
  'ends-with-dot': true,
  'unknown-tenant': true,
  'not-two-letters': true,
  'unknown-choice': true,
  'too-few': true,
  'too-many': true,
  twice: true,
  'same-human': true,
  'not-in-range': true,
  'not-an-address': true,
  'not-custodian': true,
  'not-eligible': true,
  'has-left': true,
  'is-requester': true,
  'not-text': true,
  'not-reachable': true,
  overtaken: true,
  'passes-off': true,
  'passes-not-for-it': true,
  'keys-off': true,
  'keys-not-for-it': true,
  'no-self-service': true,
  'synced-only': true,
  'policy-unread': true,
};

test.each(Object.keys(PROBLEMS) as FieldFault['problem'][])(
  'a field that is %s is said under its label, with and without a detail',
  (problem) => {
    for (const fault of [
      { field: 'custodians', problem },
      { field: 'custodians', problem, detail: 'Dana' },
    ]) {
      const said = faultWords(fault);
      expect(said).toMatch(/^Custodians: .*\.$/);
      if (problem.includes('-')) expect(said).not.toContain(problem);
    }
  },
);

test('an open point of the validation is said by its own text', () => {
  expect(faultWords({ field: 'people', problem: 'missing', detail: 'The list of people was reviewed' })).toBe(
    'Not confirmed: The list of people was reviewed.',
  );
});

test('that an account is busy names what is asked of it, whole where it is as long as such titles are', () => {
  const said = (title: string) =>
    words({ code: 'account-busy', requestId: 'R-7F3K2M', title, by: 'Rita Reyes', own: false, same: false, endsAt: NOON });
  const title = 'A password in parts in place of the security keys of ea-seed-1@contoso.onmicrosoft.com';
  expect(said(title)).toContain(`for this account: ${title}, asked for by Rita Reyes.`);
  expect(said('x'.repeat(100))).toContain(`: ${'x'.repeat(100)}, asked`);
  expect(said('x'.repeat(101))).toContain(`: ${'x'.repeat(99)}…, asked`);
  expect(said('x'.repeat(300))).not.toContain('[cut');
});
