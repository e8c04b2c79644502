import { alertCard } from '../../../src/cards/views/alert.ts';
import { anAccount, anAlert, aSignIn, hours, minutes, NOON, person } from '../../support/builders.ts';
import type { Example } from '../example.ts';

const signIn = (errorCode: number, more = {}) =>
  anAlert({
    severity: 'high',
    cause: { kind: 'sign-in', event: aSignIn({ errorCode, ...more }), feeds: ['graph-sign-ins'], registered: true },
  });
const bare = (cause: Parameters<typeof anAlert>[0] & object) => {
  const { account: _account, accountId: _accountId, ...alert } = anAlert({ severity: 'high', owners: [], ...cause });
  return alert;
};

const policies = [
  { name: 'Require phishing-resistant sign-in for admins', result: 'notApplied' },
  { name: 'Block legacy authentication', result: 'success' },
];
const seenTwice = anAlert({
  cause: { kind: 'sign-in', event: aSignIn({ policies }), feeds: ['azure-monitor', 'graph-sign-ins'], registered: true },
});

export const ALERTS: readonly Example[] = [
  { card: 'alert', state: 'signed-in', rendered: alertCard(seenTwice, minutes(1)), main: true },
  { card: 'alert', state: 'failed-password', rendered: alertCard(signIn(50126), minutes(1)) },
  {
    card: 'alert',
    state: 'blocked-by-policy',
    rendered: alertCard(signIn(53003, { policies: [{ name: 'Block countries', result: 'failure' }] }), minutes(1)),
  },
  { card: 'alert', state: 'locked', rendered: alertCard(signIn(50053), minutes(1)) },
  { card: 'alert', state: 'disabled', rendered: alertCard(signIn(50057), minutes(1)) },
  { card: 'alert', state: 'password-expired', rendered: alertCard(signIn(50055), minutes(1)) },
  { card: 'alert', state: 'unknown-code', rendered: alertCard(signIn(70011), minutes(1)) },
  {
    card: 'alert',
    state: 'not-on-record',
    rendered: alertCard(
      bare({ cause: { kind: 'sign-in', event: aSignIn({ errorCode: 50057 }), feeds: ['azure-monitor'], registered: false } }),
      minutes(1),
    ),
  },
  { card: 'alert', state: 'escalation-1', rendered: alertCard({ ...seenTwice, escalation: 1 }, minutes(6), 'escalation:1') },
  { card: 'alert', state: 'escalation-3', rendered: alertCard({ ...seenTwice, escalation: 3 }, minutes(31), 'escalation:3') },
  {
    card: 'alert',
    state: 'acknowledged',
    rendered: alertCard({ ...seenTwice, state: 'acknowledged', acknowledgedAt: minutes(4), acknowledgedBy: person('cy') }, minutes(5)),
  },
  {
    card: 'alert',
    state: 'unclassified',
    rendered: alertCard(
      { ...seenTwice, state: 'acknowledged', acknowledgedAt: minutes(4), acknowledgedBy: person('cy') },
      minutes(1444),
      'unclassified',
    ),
  },
  {
    card: 'alert',
    state: 'classified',
    rendered: alertCard(
      {
        ...seenTwice,
        state: 'classified',
        acknowledgedAt: minutes(4),
        acknowledgedBy: person('cy'),
        classified: { as: 'real-use', by: person('ann'), at: minutes(9) },
        caseId: 'C-3H8M2Q',
      },
      minutes(10),
    ),
  },
  {
    card: 'alert',
    state: 'request-failed',
    rendered: alertCard(
      bare({
        cause: { kind: 'request-failed', requestId: 'R-7F3K2M', words: 'The tenant refused: the changer app may not assign roles.' },
      }),
      NOON,
    ),
  },
  {
    card: 'alert',
    state: 'ended-half-way',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: {
          kind: 'ended-half-way',
          requestId: 'R-5M8N2P',
          by: 'expiry',
          operation: 'disable',
          userPrincipalName: anAccount().userPrincipalName,
          stays: [{ step: 'disable', title: 'Disable the account' }],
        },
      }),
      hours(25),
    ),
  },
  {
    card: 'alert',
    state: 'account-unusable',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: {
          kind: 'account-unusable',
          requestId: 'R-5M8N2P',
          userPrincipalName: anAccount().userPrincipalName,
          custodians: [person('dana'), person('eli')],
        },
      }),
      hours(2),
    ),
  },
  {
    card: 'alert',
    state: 'evidence-missing',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: {
          kind: 'evidence-missing',
          requestId: 'R-7F3K2M',
          step: 'Assign Global Administrator, active and permanent',
          activity: 'Add member to role',
          doneAt: NOON,
        },
      }),
      hours(2),
    ),
  },
  {
    card: 'alert',
    state: 'part-expired',
    rendered: alertCard(anAlert({ severity: 'high', cause: { kind: 'part-expired', partNumber: 2, custodian: 'Eli Evans' } }), NOON),
  },
  {
    card: 'alert',
    state: 'part-lost',
    main: true,
    rendered: alertCard(
      anAlert({ severity: 'high', cause: { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' } }),
      NOON,
    ),
  },
  {
    card: 'alert',
    state: 'part-lost-acknowledged',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' },
        state: 'acknowledged',
        acknowledgedAt: minutes(4),
        acknowledgedBy: person('cy'),
      }),
      minutes(5),
    ),
  },
  {
    card: 'alert',
    state: 'part-lost-asked',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' },
        asked: { requestId: 'R-5M8N2P', operation: 'rotate' },
      }),
      minutes(5),
    ),
  },
  {
    card: 'alert',
    state: 'part-lost-mended',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' },
        state: 'over',
        overAt: hours(2),
        mended: { how: 'new-password', requestId: 'R-5M8N2P' },
      }),
      hours(2),
      'over',
    ),
  },
  {
    card: 'alert',
    state: 'part-awaited',
    rendered: alertCard(
      anAlert({ severity: 'high', cause: { kind: 'part-expired', partNumber: 2, custodian: 'Eli Evans', awaitedBy: 'R-5M8N2P' } }),
      hours(72),
    ),
  },
  {
    card: 'alert',
    state: 'password-given-up',
    rendered: alertCard(
      anAlert({
        severity: 'high',
        cause: {
          kind: 'ended-half-way',
          requestId: 'R-5M8N2P',
          by: 'person',
          operation: 'rotate',
          userPrincipalName: anAccount().userPrincipalName,
          stays: [{ step: 'set-credential', title: 'Set the new password', perhaps: true }],
        },
      }),
      hours(2),
    ),
  },
  {
    card: 'alert',
    state: 'custodian-left',
    rendered: alertCard(
      bare({
        cause: {
          kind: 'roster-changed',
          role: 'custodian',
          added: [],
          removed: ['Fay Fischer'],
          custody: [
            {
              name: 'Fay Fischer',
              what: 'part 2 of 2',
              account: 'north.harbor@contoso.onmicrosoft.com',
              command: 'handover',
              requestId: 'R-7F3K2M',
            },
            {
              name: 'Fay Fischer',
              what: 'security key 1 of 3',
              account: 'south.harbor@contoso.onmicrosoft.com',
              command: 'rotate',
              requestId: 'R-2B4D6F',
            },
            {
              name: 'Fay Fischer',
              what: 'part 1 of 2',
              account: 'west.harbor@contoso.onmicrosoft.com',
              command: 'give-up',
              requestId: 'R-8H4N6P',
            },
          ],
        },
      }),
      NOON,
    ),
    main: true,
  },
  {
    card: 'alert',
    state: 'pass-lost',
    rendered: alertCard(
      anAlert({ severity: 'high', cause: { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Dana Diaz', key: true } }),
      NOON,
    ),
  },
  {
    card: 'alert',
    state: 'unreadable-signal',
    rendered: alertCard(
      bare({
        cause: {
          kind: 'unreadable-signal',
          feed: 'event-hub',
          words: 'The stream brought a record of a kind that is not known.',
          quarantineId: 'AL-9B5C7D',
        },
      }),
      NOON,
    ),
  },
  {
    card: 'alert',
    state: 'roster-changed',
    rendered: alertCard(bare({ cause: { kind: 'roster-changed', role: 'approver', added: ['Mal Moore'], removed: ['Cy Chen'] } }), NOON),
  },
  {
    card: 'alert',
    state: 'configuration-changed',
    rendered: alertCard(bare({ cause: { kind: 'configuration-changed', changes: [{ name: 'quorum', before: '3', after: '2' }] } }), NOON),
  },
  {
    card: 'alert',
    state: 'folded-noise',
    rendered: alertCard(
      {
        ...signIn(50126),
        noise: { attempts: 1_284, addresses: 37, firstAt: minutes(0), lastAt: minutes(52), feeds: ['azure-monitor', 'graph-sign-ins'] },
      },
      minutes(53),
    ),
    main: true,
  },
  {
    card: 'alert',
    state: 'folded-unreadable',
    rendered: alertCard(
      bare({
        cause: { kind: 'unreadable-signal', feed: 'event-hub', words: 'An event came that is no text.', quarantineId: 'AL-9B5C7D' },
        noise: { attempts: 2_318, addresses: 0, firstAt: minutes(0), lastAt: minutes(41), feeds: [] },
      }),
      minutes(42),
    ),
  },
  {
    card: 'alert',
    state: 'counted-elsewhere',
    rendered: alertCard({ ...signIn(50126), state: 'folded', foldedInto: 'AL-2C4E6G' }, minutes(53)),
  },
  {
    card: 'alert',
    state: 'feed-silent',
    rendered: alertCard(
      bare({
        tenantName: 'Contoso',
        cause: { kind: 'feed-silent', feed: 'graph-sign-ins', sinceAt: NOON, everySeconds: 60, words: 'Graph answered 503.' },
      }),
      minutes(3),
    ),
    main: true,
  },
  {
    card: 'alert',
    state: 'feed-back',
    rendered: alertCard(
      bare({
        tenantName: 'Contoso',
        state: 'over',
        overAt: minutes(40),
        cause: { kind: 'feed-silent', feed: 'graph-sign-ins', sinceAt: NOON, everySeconds: 60, words: 'Graph answered 503.' },
      }),
      minutes(41),
      'over',
    ),
  },
  {
    card: 'alert',
    state: 'teams-was-unreachable',
    rendered: alertCard(
      bare({ state: 'over', overAt: minutes(40), cause: { kind: 'teams-unreachable', sinceAt: NOON } }),
      minutes(41),
      'over',
    ),
  },
  {
    card: 'alert',
    state: 'audit-changed',
    rendered: alertCard(bare({ cause: { kind: 'audit-changed', flaw: { seq: 612, words: 'is missing' } }, severity: 'critical' }), NOON),
  },
  {
    card: 'alert',
    state: 'audit-failing',
    rendered: alertCard(bare({ cause: { kind: 'audit-failing', owed: 3 } }), NOON),
  },
  {
    card: 'alert',
    state: 'feed-failing',
    rendered: alertCard(
      bare({ cause: { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'Graph answered 503 for 12 minutes.' } }),
      NOON,
    ),
  },
];
