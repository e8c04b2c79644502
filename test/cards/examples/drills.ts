import { alertCard } from '../../../src/cards/views/alert.ts';
import { drillCard } from '../../../src/cards/views/drill.ts';
import { drillFormCard } from '../../../src/cards/views/drillForm.ts';
import { validationCard } from '../../../src/cards/views/validation.ts';
import { type Broken, type Drill, HOPS, type Hop, type Leg, type LegId } from '../../../src/core/drill/types.ts';
import { aDrill, anAccount, anAlert, days, hours, minutes, NOON, person } from '../../support/builders.ts';
import type { Example } from '../example.ts';

const seconds = (count: number, from: Date): Date => minutes(count / 60, from);
const SIGNED_IN: { readonly [L in LegId]: Date } = { failed: minutes(2), succeeded: minutes(4) };
const ALERT_IDS: { readonly [L in LegId]: string } = { failed: 'AL-3F5H7K', succeeded: 'AL-9B5C7D' };

/** A leg that went as far as `last`. */
function leg(id: LegId, last: Hop): Leg {
  const at = SIGNED_IN[id];
  const reached = (hop: Hop) => HOPS.indexOf(hop) <= HOPS.indexOf(last);
  const arrivals = [
    ...(reached('log') ? [{ feed: 'graph-sign-ins', at: seconds(74, at) } as const] : []),
    ...(reached('webhook') ? [{ feed: 'azure-monitor', at: seconds(31, at) } as const] : []),
  ];
  return {
    id,
    arrivals,
    ...(reached('sign-in') ? { alertId: ALERT_IDS[id], signedInAt: at } : {}),
    ...(reached('accepted') ? { acceptedAt: seconds(31.2, at) } : {}),
    ...(reached('card') ? { cardAt: seconds(31.6, at) } : {}),
    ...(reached('acknowledged') ? { acknowledgedAt: seconds(128, at) } : {}),
  };
}
const failedAt = (broken: Broken, legs: readonly Leg[], more: Partial<Drill> = {}): Drill =>
  aDrill({ state: 'failed', legs, broken, endedAt: minutes(30), ...more });
const whole = [leg('failed', 'acknowledged'), leg('succeeded', 'acknowledged')];
const unseen = aDrill().legs;

const BROKEN: { readonly [H in Hop]: Drill } = {
  'sign-in': failedAt({ hop: 'sign-in', leg: 'succeeded' }, [leg('failed', 'acknowledged'), { id: 'succeeded', arrivals: [] }], {
    aside: [{ alertId: 'AL-6T2V4X', why: 'other-result', at: minutes(5), errorCode: 53003 }],
  }),
  log: failedAt({ hop: 'log', leg: 'failed' }, unseen),
  webhook: failedAt(
    { hop: 'webhook', leg: 'failed' },
    whole.map((each) => ({ ...each, arrivals: each.arrivals.slice(0, 1) })),
  ),
  accepted: failedAt(
    { hop: 'accepted', leg: 'failed' },
    whole.map((each) => ({ ...each, arrivals: each.arrivals.slice(0, 1) })),
    { unread: [{ feed: 'azure-monitor', at: minutes(3) }] },
  ),
  card: failedAt({ hop: 'card', leg: 'failed' }, [leg('failed', 'accepted'), leg('succeeded', 'accepted')]),
  acknowledged: failedAt({ hop: 'acknowledged', leg: 'succeeded' }, [leg('failed', 'acknowledged'), leg('succeeded', 'card')]),
};

const {
  account: _account,
  accountId: _accountId,
  tenantId: _tenantId,
  tenantName: _tenantName,
  ...bare
} = anAlert({ severity: 'high', owners: [] });

export const DRILLS: readonly Example[] = [
  { card: 'drillForm', state: 'fresh', rendered: drillFormCard(anAccount(), { minutes: '30', person: '', origin: '' }) },
  {
    card: 'drillForm',
    state: 'faulty',
    rendered: drillFormCard(anAccount(), { minutes: '900', person: 'Dana Diaz', origin: 'the office' }, [
      { field: 'minutes', problem: 'not-in-range', detail: '5 to 240' },
      { field: 'origin', problem: 'not-an-address' },
    ]),
  },
  { card: 'drill', state: 'announced', rendered: drillCard(aDrill({ person: 'Dana Diaz', origin: '203.0.113.77' })), main: true },
  {
    card: 'drill',
    state: 'one-leg-seen',
    rendered: drillCard(aDrill({ legs: [leg('failed', 'card'), { id: 'succeeded', arrivals: [] }] })),
  },
  { card: 'drill', state: 'passed', rendered: drillCard(aDrill({ state: 'passed', legs: whole, endedAt: minutes(7) })), main: true },
  ...HOPS.map((hop): Example => ({ card: 'drill', state: `failed-${hop}`, rendered: drillCard(BROKEN[hop]) })),
  {
    card: 'drill',
    state: 'failed-one-of-two-pushes',
    rendered: drillCard({
      ...failedAt({ hop: 'webhook', leg: 'failed', missing: ['event-hub'] }, whole),
      pushes: ['azure-monitor', 'event-hub'],
    }),
  },
  {
    card: 'drill',
    state: 'stopped',
    rendered: drillCard(
      aDrill({
        state: 'stopped',
        stoppedBy: person('oona'),
        endedAt: minutes(9),
        aside: [
          { alertId: 'AL-6T2V4X', why: 'other-origin', at: minutes(5), errorCode: 0 },
          { alertId: 'AL-6T2V4Y', why: 'again', at: minutes(6), errorCode: 50126 },
        ],
      }),
    ),
  },
  { card: 'alert', state: 'in-a-drill', rendered: alertCard(anAlert({ drillId: 'D-7M3K9X' }), minutes(5)) },
  {
    card: 'alert',
    state: 'drill-failed',
    rendered: alertCard(
      anAlert({ severity: 'high', cause: { kind: 'drill-failed', drillId: 'D-7M3K9X', hop: 'webhook', leg: 'failed' } }),
      minutes(31),
    ),
  },
  {
    card: 'alert',
    state: 'monitors-replaced',
    rendered: alertCard(
      {
        ...bare,
        state: 'over',
        overAt: minutes(30),
        replaced: true,
        cause: {
          kind: 'monitors-differ',
          differences: [
            { what: 'quiet-night', problem: 'held-back', detail: 'again and again on a schedule, W. Europe Standard Time' },
            { what: 'contoso', problem: 'settings-unreadable' },
            { what: '3c5b1a0e-7d42-4a68-9e1f-0b2c4d6e8f10', problem: 'processing-unreadable' },
          ],
        },
      },
      minutes(31),
    ),
  },
  {
    card: 'alert',
    state: 'monitors-differ',
    rendered: alertCard(
      {
        ...bare,
        cause: {
          kind: 'monitors-differ',
          differences: [
            { what: 'breakglass-contoso-sign-ins', problem: 'mutes-itself', detail: '24 hours' },
            ...['sign-ins', 'sign-ins-by-session', 'changes'].map((rule) => {
              return {
                what: `breakglass-contoso-${rule}`,
                problem: 'account-missing',
                detail: anAccount().objectId,
                account: anAccount().userPrincipalName,
              } as const;
            }),
            { what: 'breakglass-contoso-changes', problem: 'disabled' },
            { what: 'breakglass-bot', problem: 'webhook-elsewhere', detail: 'hooks.example' },
            { what: 'contoso', problem: 'log-not-sent', detail: 'NonInteractiveUserSignInLogs' },
          ],
        },
      },
      minutes(31),
    ),
  },
  {
    card: 'validation',
    state: 'drilled',
    rendered: validationCard(
      anAccount({ drill: { id: 'D-7M3K9X', at: hours(7), result: 'passed' }, drillPassedAt: hours(7), validationDueAt: days(7, NOON) }),
      days(1),
      '7',
    ),
  },
];
