import { type Rendered, withBanner } from '../../src/cards/render.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { accountListCard } from '../../src/cards/views/accountList.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import { alertListCard } from '../../src/cards/views/alertList.ts';
import { auditCard } from '../../src/cards/views/audit.ts';
import { caseCard } from '../../src/cards/views/case.ts';
import { createFormCard } from '../../src/cards/views/createForm.ts';
import { drillCard } from '../../src/cards/views/drill.ts';
import { drillFormCard } from '../../src/cards/views/drillForm.ts';
import { formDoneCard } from '../../src/cards/views/formDone.ts';
import { helpCard } from '../../src/cards/views/help.ts';
import { noticeCard } from '../../src/cards/views/notice.ts';
import { partCard } from '../../src/cards/views/part.ts';
import { partReminderCard } from '../../src/cards/views/partReminder.ts';
import { proofCard } from '../../src/cards/views/proof.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { requestListCard } from '../../src/cards/views/requestList.ts';
import { revealDialog } from '../../src/cards/views/revealDialog.ts';
import { runbookLinkCard, runbookReminderCard } from '../../src/cards/views/runbook.ts';
import { statusCard } from '../../src/cards/views/status.ts';
import { tenantStatusCard } from '../../src/cards/views/tenantStatus.ts';
import { validationCard } from '../../src/cards/views/validation.ts';
import { welcomePersonalCard } from '../../src/cards/views/welcome.ts';
import { whoamiCard } from '../../src/cards/views/whoami.ts';
import { methodWords } from '../../src/core/posture/methodWords.ts';
import { finding } from '../../src/core/tenant/capability.ts';
import {
  aCase,
  aDecision,
  aDrill,
  anAccount,
  anAccountPlan,
  anAlert,
  aPart,
  aPlan,
  aRequest,
  aRunningRequest,
  aSignIn,
  days,
  hours,
  NOON,
} from '../support/builders.ts';

/** Every card with a text in every field that people, directories, feeds or errors can write. @param text asked anew for each field */
export function cardsWith(text: () => string): readonly Rendered[] {
  const who = (key: string) => ({ objectId: `0000-${key}`, personKey: key, name: text() });
  const tenant = { id: 'T-1', name: text(), kind: 'workforce' as const, initialDomain: text(), exclusionGroupId: 'G-1' };
  const people = { requester: who('r'), custodians: [who('c1'), who('c2'), who('c3')], owners: [who('o1'), who('o2')] };
  const plan = aPlan({ ...people, tenant, userName: text(), displayName: text(), usageLocation: text(), reason: text() });
  const decision = (kind: 'approve' | 'deny', key: string) =>
    aDecision('ann', { kind, person: who(key), reason: text(), planDigest: pending.planDigest });
  // The digest stays that of another plan: it differs with the text, and a lone surrogate has none.
  const pending = { ...aRequest(), plan, requester: plan.requester, reason: text(), duplicateOf: text() };
  const running = aRunningRequest(7, { plan, state: 'applied', closedAt: NOON });
  const steps = running.steps.map((step) => ({ ...step, evidence: text() }));
  const failure = { step: 'assign-role' as const, code: text(), words: text(), reference: text() };
  const parts = [
    aPart(1, 'dana', { custodian: who('c1'), state: 'stored', storedAt: NOON, location: text(), sealNumber: text() }),
    aPart(2, 'eli', { custodian: who('c2') }),
  ];
  const asked = {
    askedAt: NOON,
    capabilities: [finding('passkeys', 'yes', text()), finding('sign-in-log', 'no', text()), finding('pim', 'unknown', text())],
  };
  const account = anAccount({
    ...people,
    parts,
    tenantName: text(),
    userPrincipalName: text(),
    displayName: text(),
    feed: text(),
    validatedAt: NOON,
    validatedBy: who('o1'),
    validationNote: text(),
    validationDueAt: days(90),
  });
  const withHistory = {
    ...account,
    runbook: { digest: text(), at: NOON, by: text() },
    history: Array.from({ length: 15 }, (_, index) => ({
      at: hours(index),
      part: 1,
      custodian: who(`h${index}`),
      what: 'moved' as const,
      location: text(),
      sealNumber: text(),
    })),
  };
  const event = aSignIn({
    userPrincipalName: text(),
    ipAddress: text(),
    place: text(),
    app: text(),
    client: text(),
    userId: text(),
    policies: [
      { name: text(), result: text() },
      { name: text(), result: text() },
    ],
  });
  const alert = anAlert({
    account: text(),
    tenantName: text(),
    owners: people.owners,
    state: 'acknowledged',
    acknowledgedBy: who('a'),
    cause: { kind: 'sign-in', event, feeds: ['azure-monitor'], registered: false },
  });
  const open = { ...alert, state: 'open' as const };
  const useCase = aCase({
    account: text(),
    tenantName: text(),
    steps: aCase().steps.map((step) => ({ ...step, done: { at: NOON, by: text(), words: text() } })),
  });
  const values = {
    tenantId: text(),
    userName: text(),
    displayName: text(),
    usageLocation: text(),
    credential: text(),
    custodians: text(),
    owners: text(),
    reason: text(),
  };
  const named = { id: 'k9', kind: 'fido2', displayName: text(), model: text(), createdAt: NOON };
  const removal = { kind: 'remove-method', method: 'fido2', methodId: named.id, words: methodWords(named) } as const;
  const repair = anAccountPlan('repair', { mend: { changes: [removal], policies: [] } });
  return [
    requestCard({ ...pending, plan: repair, kind: 'repair' }, hours(1)),
    requestCard({ ...pending, decisions: [decision('approve', 'a'), decision('approve', 'r'), decision('approve', 'c1')] }, hours(1)),
    requestCard({ ...pending, state: 'denied', decisions: [decision('deny', 'a')] }, hours(1)),
    requestCard({ ...running, steps, state: 'failed', failure }, hours(1)),
    requestCard({ ...running, steps }, hours(1)),
    requestCard({ ...pending, state: 'withdrawn' }, hours(1)),
    requestListCard([pending, running], hours(1)),
    formDoneCard({ request: pending }),
    createFormCard({
      formId: 'F-1',
      tenants: [{ id: 'T-1', displayName: text(), initialDomain: text() }],
      custodians: people.custodians,
      owners: people.owners,
      values,
      faults: [
        { field: 'userName', problem: 'illegal-character', detail: text() },
        { field: text(), problem: 'not-eligible', detail: text() },
        { field: 'custodians', problem: 'not-custodian', detail: text() },
      ],
    }),
    accountCard(account, hours(1)),
    accountCard(withHistory, hours(1), { where: 'personal', custody: true, canPrint: true }),
    runbookLinkCard(withHistory, `https://breakglass.example/runbook/${'a'.repeat(43)}`, 5),
    runbookReminderCard(withHistory),
    accountListCard([account], hours(1)),
    auditCard({
      size: 2,
      root: text(),
      checked: 0,
      flaw: { words: text() },
      newest: { at: NOON.toISOString(), intent: text() },
      days: { from: '2026-11-01' },
      within: 0,
      export: 'here',
    }),
    partCard(account, 1, hours(1)),
    partCard(account, 2, hours(1)),
    partCard(account, 2, days(1)),
    partReminderCard(account, 2),
    revealDialog({ account, partNumber: 1, of: 2, part: 'abc123' }),
    validationCard(account, days(1), '14'),
    validationCard(account, days(80)),
    alertCard(alert, NOON),
    alertCard(open, NOON, 'escalation:2'),
    alertCard({ ...alert, state: 'classified', classified: { as: 'misuse', by: who('a'), at: NOON }, caseId: 'C-1' }, NOON),
    alertListCard([open, alert], [useCase]),
    alertCard({ ...open, cause: { kind: 'feed-silent', feed: 'event-hub', sinceAt: NOON, everySeconds: 60, words: text() } }, NOON),
    alertCard({ ...open, cause: { kind: 'monitors-differ', differences: [{ what: text(), problem: 'not-split', detail: text() }] } }, NOON),
    alertCard(
      { ...open, cause: { kind: 'monitors-differ', differences: [{ what: text(), problem: 'account-missing', account: text() }] } },
      NOON,
    ),
    alertCard({ ...open, state: 'over', overAt: NOON, cause: { kind: 'teams-unreachable', sinceAt: NOON } }, NOON, 'over'),
    drillCard(aDrill({ account: text(), tenantName: text(), person: text(), origin: text(), startedBy: who('s') })),
    drillFormCard(anAccount({ userPrincipalName: text(), tenantName: text() }), { minutes: text(), person: text(), origin: text() }),
    caseCard(useCase, NOON),
    caseCard({ ...useCase, state: 'closed' }, NOON),
    ...(['request-failed', 'part-expired', 'part-lost', 'unreadable-signal', 'feed-failing'] as const).map((kind) =>
      alertCard(
        {
          ...open,
          cause: { kind, requestId: text(), words: text(), partNumber: 1, custodian: text(), saidBy: text(), feed: 'azure-monitor' },
        },
        NOON,
      ),
    ),
    ...(['disable', 'retire', 'rotate', 'repair'] as const).map((operation) => {
      const stays = [{ step: 'disable', title: text(), perhaps: true }] as const;
      const cause = { kind: 'ended-half-way', requestId: text(), by: 'person', operation, userPrincipalName: text(), stays } as const;
      return alertCard({ ...open, cause }, NOON);
    }),
    alertCard({ ...open, cause: { kind: 'account-unusable', requestId: text(), userPrincipalName: text(), custodians: [who('a')] } }, NOON),
    whoamiCard({
      name: text(),
      objectId: text(),
      found: true,
      personKey: text(),
      roles: ['approver'],
      ownerOf: [text(), text()],
      custodianOf: [text()],
    }),
    whoamiCard({ name: text(), objectId: text(), found: false, why: 'guest', roles: [], ownerOf: [], custodianOf: [] }),
    statusCard({
      monitors: { differSince: NOON },
      drills: { passed: 1, of: 2, failed: [{ account: text(), hop: 'card' }] },
      now: NOON,
      version: text(),
      mode: 'sandbox',
      database: text(),
      feeds: [{ tenant: text(), feed: text(), error: text() }],
      jobs: { waiting: 1, failed: 0 },
      timers: { waiting: 1 },
      audit: { size: 1, root: text() },
      tenants: [
        { tenant: { id: text(), name: text(), displayName: text() }, report: { askedAt: NOON, why: text() } },
        { tenant: { id: text(), name: text(), displayName: text() }, report: asked },
      ],
      limits: [text(), text()],
    }),
    tenantStatusCard({ id: text(), name: text(), displayName: text() }, asked),
    tenantStatusCard({ id: text(), name: text(), displayName: text() }, { askedAt: NOON, why: text() }),
    proofCard({ request: pending, decision: 'deny', url: `https://x.example/prove/${'7'.repeat(43)}`, minutes: 5 }),
    helpCard({
      name: text(),
      roles: [text()],
      commands: [{ usage: text(), summary: text() }],
      unknown: { typed: text(), nearest: text() },
    }),
    welcomePersonalCard({ name: text() }),
    withBanner(noticeCard({ title: 'Notice', text: text(), tone: 'neutral' }), text()),
  ];
}
