import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Door, door } from '../../src/app/dispatch.ts';
import { recountTimer } from '../../src/core/alert/fold.ts';
import type { Alert, Feed, SignInEvent } from '../../src/core/alert/types.ts';
import { later } from '../../src/core/decision.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import { payAudit } from '../../src/jobs/payAudit.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, anAccount, aPlan, aRequest, aSignIn, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };

let store: MemoryStore;
let front: Door;
let flow: number;
const open = (): void => {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  store.put('account', anAccount());
  flow = 0;
};
beforeEach(open);

async function attempt(more: Partial<SignInEvent> = {}, feed: Feed = 'graph-sign-ins'): Promise<SignInEvent> {
  flow += 1;
  const event = aSignIn({ errorCode: 50126, correlationId: `c-${flow}`, rowId: `r-${flow}`, signedInAt: await store.now(), ...more });
  await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed });
  return event;
}
async function at(now: Date): Promise<void> {
  store.setClock(now);
  await ringTimers(store, front);
}
const alerts = (): Alert[] => [...store.rows.alert.values()];
/** Alerts about sign-ins that have a card of their own. */
const cards = () =>
  alerts().flatMap(({ id, cause }) => (cause.kind === 'sign-in' && store.rows.cards.has(`alert:${id}:0`) ? [`alert:${id}`] : []));

describe('AL-6: failed attempts on one account', () => {
  test('have one card with exact counts: attempts, addresses, first and latest; each stays an alert of its own', async () => {
    for (let second = 0; second < 100; second += 1) {
      store.setClock(later(NOON, second * 100));
      await attempt({ ipAddress: `198.51.100.${second % 7}`, errorCode: second % 3 === 0 ? 50053 : 50126 });
    }
    await at(minutes(1));
    expect(cards()).toEqual(['alert:AL-000001']);
    expect(alerts()).toHaveLength(100);
    expect(store.rows.alert.get('AL-000001')?.noise).toEqual({
      attempts: 100,
      addresses: 7,
      firstAt: NOON,
      lastAt: later(NOON, 9_900),
      feeds: ['graph-sign-ins'],
    });
    expect(store.rows.audit.filter(({ intent }) => intent === 'sign-in-seen')).toHaveLength(100);
  });

  test('are counted once, whichever feeds bring them, and list these', async () => {
    const events = [await attempt(), await attempt(), await attempt()];
    for (const event of events) {
      const { rowId: _row, ...pushed } = event;
      await front.dispatch(FEED, { kind: 'sign-in-seen', event: pushed, feed: 'azure-monitor' });
      await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'graph-sign-ins' });
    }
    await at(minutes(1));
    expect(store.rows.alert.get('AL-000001')?.noise).toMatchObject({ attempts: 3, feeds: ['azure-monitor', 'graph-sign-ins'] });
  });

  test('never take up that somebody is in, nor another account, nor a failure that says more', async () => {
    await attempt();
    await attempt({ errorCode: 0 });
    await attempt({ userId: '00000000-0000-4000-8000-000000000009' });
    for (const errorCode of [50074, 53003, 50057]) await attempt({ errorCode });
    expect(cards()).toHaveLength(6);
    await attempt({ errorCode: 50074 });
    expect(cards()).toHaveLength(6);
  });

  test('AL-9: after somebody acknowledged the card have a new one: nothing is swallowed', async () => {
    await attempt();
    await attempt();
    await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: 'AL-000001' });
    store.setClock(minutes(2));
    const later = await attempt();
    await attempt();
    expect(cards()).toEqual(['alert:AL-000001', 'alert:AL-000003']);
    // Without a row's id and in the same flow as one that was folded before: another attempt all the same.
    const { rowId: _row, ...pushed } = { ...later, signedInAt: minutes(1) };
    await front.dispatch(FEED, { kind: 'sign-in-seen', event: { ...pushed, correlationId: 'c-2' }, feed: 'azure-monitor' });
    expect(alerts()).toHaveLength(5);
  });

  test('AL-5: signals that cannot be read are one card as well, with an exact count; each is kept, and another fault has its own', async () => {
    const unread = (number: number, words = `Row ${number} of an alert names no user.`) =>
      front.dispatch(FEED, {
        kind: 'signal-quarantined',
        feed: 'azure-monitor',
        dedupe: `${words}${number}`,
        words,
        bytes: Buffer.from('{}'),
      });
    for (let number = 1; number <= 40; number += 1) await unread(number);
    await unread(1);
    await unread(1, 'An alert came in a shape that is not known.');
    await at(minutes(1));
    const [first, other] = alerts().filter(({ state }) => state === 'open');
    expect(first?.noise).toMatchObject({ attempts: 40, feeds: [] });
    expect(other).toMatchObject({ cause: { words: 'An alert came in a shape that is not known.' } });
    expect(store.rows.quarantine).toHaveLength(41);
    expect([...store.rows.cards.keys()].filter((key) => key.endsWith(':0'))).toHaveLength(2);
  });

  test('AL-5, AL-6: unreadable signals of two tenants, of two incidents, and what was understood and not taken in are told each', async () => {
    const [one, other] = ['8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01', '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c02'];
    const unread = async (words: string, more: Partial<Extract<Intent, { kind: 'signal-quarantined' }>> = {}) => {
      flow += 1;
      await front.dispatch(FEED, {
        kind: 'signal-quarantined',
        feed: 'event-hub',
        dedupe: `${flow}`,
        words,
        bytes: Buffer.from('{}'),
        ...more,
      });
    };
    const told = () => alerts().filter(({ state }) => state === 'open').length;
    for (const tenantId of [one, other, one]) await unread('An event came that is no text.', { tenantId });
    expect(told()).toBe(2);
    for (const tenantId of [one, other, one]) await unread(`An alert came about the tenant ${tenantId}, which is not configured.`);
    expect(told()).toBe(4);
    for (const number of [7, 8, 7]) await unread(`Incident ${number} came without its alerts.`, { feed: 'sentinel' });
    expect(told()).toBe(6);
    for (let times = 0; times < 2; times += 1) await unread('A record came that could not be taken in.', { apart: true });
    expect(told()).toBe(8);
    expect(alerts()).toHaveLength(11);
  });

  test('have a new card after an hour, and escalate like any alert', async () => {
    await attempt();
    await at(minutes(59));
    await attempt();
    await at(minutes(61));
    await attempt();
    expect(cards()).toHaveLength(2);
    expect(
      alerts()
        .filter(({ cause }) => cause.kind === 'sign-in')
        .map(({ escalation }) => escalation),
    ).toEqual([3, 0, 0]);
  });

  test('redraw their card at a bounded rate, however fast they come', async () => {
    for (let second = 0; second < 3_600; second += 2) {
      await at(later(NOON, second * 1_000));
      await attempt();
    }
    await at(minutes(66));
    const shown = store.rows.jobs.filter(({ job }) => job.kind === 'show' && job.subject === 'alert:AL-000001');
    expect(shown.length).toBeLessThanOrEqual(20 + 15 + 9 + 3); // and once each time it escalates
    expect(store.rows.alert.get('AL-000001')?.noise?.attempts).toBe(1_800);
  });

  test('redraw their card also where every timer rings late and an attempt comes before it does', async () => {
    await attempt();
    for (let second = 14; second <= 74; second += 15) {
      store.setClock(later(NOON, second * 1_000));
      await attempt();
      store.setClock(later(NOON, (second + 1.1) * 1_000)); // due since a tenth of a second
      await attempt();
      await ringTimers(store, front);
      expect(store.rows.alert.get('AL-000001')?.noise?.attempts).toBe(alerts().length);
    }
  });

  test('a card follows within its step: the timer never moves away from a steady stream', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_600_000 }), fc.integer({ min: 0, max: 300_000 }), (elapsed, more) => {
        const timer = (ms: number) => recountTimer('AL-1', NOON, later(NOON, ms));
        const [first, second] = [timer(elapsed), timer(elapsed + more)];
        if (first.kind !== 'intend' || second.kind !== 'intend') throw new Error('no timer');
        expect(first.at.getTime()).toBeGreaterThan(NOON.getTime() + elapsed);
        expect(first.at.getTime() - NOON.getTime() - elapsed).toBeLessThanOrEqual(300_000);
        if (NOON.getTime() + elapsed + more < first.at.getTime()) expect(second.at).toEqual(first.at);
      }),
    );
  });
});

describe('AL-10: while the audit log cannot be written', () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log } as never;

  test('alerts go out, escalate and reach other ways; nothing else is decided; later every entry is there', async () => {
    store.breakAudit(true);
    await attempt({ errorCode: 0 });
    expect(cards()).toEqual(['alert:AL-000001']);
    await at(minutes(5));
    expect(store.rows.alert.get('AL-000001')).toMatchObject({ escalation: 1, notifiedAt: minutes(5) });
    store.put('request', aRequest());
    const { id, planDigest } = aRequest();
    await expect(front.dispatch(actor('ann'), { kind: 'approve-request', requestId: id, planDigest })).rejects.toThrow();
    expect(store.rows.request.get(aPlan().requestId)?.decisions).toEqual([]);
    await expect(front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: 'AL-000001' })).rejects.toThrow();

    await payAudit(store, front, log);
    await payAudit(store, front, log);
    const told = alerts().filter(({ cause }) => cause.kind === 'audit-failing');
    expect(told).toMatchObject([{ state: 'open' }]);

    store.breakAudit(false);
    await payAudit(store, front, log);
    expect(store.rows.owed).toEqual([]);
    expect(store.rows.audit.map(({ intent }) => intent)).toEqual(
      expect.arrayContaining(['sign-in-seen', 'escalate-alert', 'condition-began', 'condition-ended']),
    );
    expect(alerts().filter(({ cause }) => cause.kind === 'audit-failing')).toMatchObject([{ state: 'over' }]);
  });
});
