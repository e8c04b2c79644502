import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Door, door, type Outcome } from '../../src/app/dispatch.ts';
import type { Feed, SignInEvent } from '../../src/core/alert/types.ts';
import { fitOf } from '../../src/core/drill/match.ts';
import type { Drill, Hop } from '../../src/core/drill/types.ts';
import type { Actor } from '../../src/core/people.ts';
import { openPoints } from '../../src/core/validation/schedule.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, aDrill, anAccount, aSignIn, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };
const OONA = actor('oona', []);
const WRONG = 50126;

let store: MemoryStore;
let front: Door;
function begin(pushes: readonly Feed[] = ['azure-monitor']): void {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined, pushes: () => pushes });
  store.put('account', anAccount());
}
beforeEach(() => begin());

const refusal = (outcome: Outcome): string => (outcome.ok ? 'accepted' : outcome.error.code);
const drills = (): Drill[] => [...store.rows.drill.values()];
function theDrill(): Drill {
  const found = drills()[0];
  if (!found) throw new Error('there is no drill');
  return found;
}
const start = (who: Actor = OONA, more: { minutes?: number; origin?: string } = {}, accountId = anAccount().id): Promise<Outcome> =>
  front.dispatch(who, { kind: 'start-drill', accountId, announced: { minutes: 30, ...more } });
async function seen(errorCode: number, feed: Feed, more: Partial<SignInEvent> = {}): Promise<string | undefined> {
  const event = aSignIn({ errorCode, correlationId: `c-${errorCode}`, signedInAt: minutes(2), ...more });
  const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed });
  return outcome.ok ? outcome.value.alert?.id : undefined;
}
/** Rings everything due until then, every minute of it, as the worker does. */
async function passTime(to: number): Promise<void> {
  for (let at = ((await store.now()).getTime() - NOON.getTime()) / 60_000; at <= to; at += 1) {
    store.setClock(minutes(at));
    await ringTimers(store, front);
  }
}
async function handToTeams(): Promise<void> {
  for (const { key, subject } of store.rows.cards.values()) if (subject.startsWith('alert:')) await store.markSent(key, 'c', `m-${key}`, 1);
}
async function acknowledgeAll(): Promise<void> {
  for (const { id, state } of store.rows.alert.values())
    if (state === 'open') await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: id });
}
const alertAbout = (drillId: string) =>
  [...store.rows.alert.values()].find(({ cause }) => cause.kind === 'drill-failed' && cause.drillId === drillId);

/** A drill in which one hop does not work. */
async function drillWithout(hop?: Hop): Promise<void> {
  await start();
  await passTime(3);
  for (const code of hop === 'sign-in' ? [WRONG] : hop === 'log' ? [] : [WRONG, 0]) {
    await seen(code, 'graph-sign-ins');
    if (hop === 'accepted')
      await front.dispatch(FEED, {
        kind: 'raise-alert',
        dedupe: `unread-${code}`,
        cause: { kind: 'unreadable-signal', feed: 'azure-monitor', words: 'A row names no user.' },
      });
    else if (hop !== 'webhook') await seen(code, 'azure-monitor', { signedInAt: minutes(4) });
  }
  if (hop !== 'card') await handToTeams();
  if (hop !== 'acknowledged' && hop !== 'card') await acknowledgeAll();
  await passTime(hop === undefined ? 5 : 31);
}

describe('a drill', () => {
  test('passes once both sign-ins went all the way, before its window is over', async () => {
    await drillWithout();
    expect(theDrill()).toMatchObject({ state: 'passed', endedAt: minutes(3) });
    expect(store.rows.account.get(anAccount().id)).toMatchObject({
      drill: { id: theDrill().id, result: 'passed' },
      drillPassedAt: minutes(3),
    });
    expect([...store.rows.cards.keys()]).toContain(`drill:${theDrill().id}:result`);
    const kept = store.rows.audit.filter(({ subject }) => subject === `drill:${theDrill().id}`);
    expect(kept.map(({ intent }) => intent)).toEqual(['start-drill', 'look-at-drill', 'conclude-drill']);
    expect(kept[1]?.details).toMatchObject({ state: 'passed', 'failed.webhook.ms': 60_000, 'succeeded.acknowledged.ms': 60_000 });
    expect([...store.rows.timers.keys()].filter((key) => key.startsWith('drill'))).toEqual([]);
  });

  test.each<Hop>(['sign-in', 'log', 'webhook', 'accepted', 'card', 'acknowledged'])(
    'SI-6: fails and names the hop when %s is broken, and people are alerted',
    async (hop) => {
      await drillWithout(hop);
      const { id, state, broken } = theDrill();
      expect({ state, hop: broken?.hop }).toEqual({ state: 'failed', hop });
      expect(alertAbout(id)).toMatchObject({ severity: 'high', state: 'open', cause: { hop } });
      expect(store.rows.account.get(anAccount().id)).toMatchObject({ drill: { result: 'failed', hop } });
      expect(store.rows.account.get(anAccount().id)?.drillPassedAt).toBeUndefined();
    },
  );

  test('SI-6: a push that brings only one of the two is a broken push of the other leg', async () => {
    await start();
    await passTime(3);
    for (const code of [WRONG, 0]) await seen(code, 'graph-sign-ins');
    await seen(0, 'azure-monitor');
    await handToTeams();
    await acknowledgeAll();
    await passTime(31);
    expect(theDrill().broken).toEqual({ hop: 'webhook', leg: 'failed' });
  });

  test('SI-6: of two feeds that push, the one that did not is named, to the people as well', async () => {
    begin(['azure-monitor', 'event-hub']);
    await start();
    await passTime(3);
    for (const code of [WRONG, 0]) for (const feed of ['graph-sign-ins', 'azure-monitor'] as const) await seen(code, feed);
    await handToTeams();
    await acknowledgeAll();
    await passTime(31);
    expect(theDrill().broken).toEqual({ hop: 'webhook', leg: 'failed', missing: ['event-hub'] });
    expect(alertAbout(theDrill().id)).toMatchObject({ cause: { kind: 'drill-failed', missing: ['event-hub'] } });
  });

  test('is told what was heard of its tenant before, and of no other: what a key sends is known by that alone', async () => {
    let heard: ReadonlySet<Feed> = new Set();
    front = door({
      store,
      random: countingRandom(),
      policy: TEST_POLICY,
      tenant: () => undefined,
      pushes: (_tenantId, feeds) => {
        heard = feeds;
        return [];
      },
    });
    await store.feedRead(anAccount().tenantId, 'sentinel', { freshestAt: NOON });
    await store.feedRead(anAccount().tenantId, 'event-hub', { error: 'never read' });
    await store.feedRead('another', 'azure-monitor', { freshestAt: NOON });
    await start();
    expect([...heard]).toEqual(['sentinel']);
  });

  test('where nothing is pushed there is no webhook to prove', async () => {
    begin([]);
    await start();
    await passTime(3);
    for (const code of [WRONG, 0]) await seen(code, 'graph-sign-ins');
    await handToTeams();
    await acknowledgeAll();
    await passTime(5);
    expect(theDrill().state).toBe('passed');
  });

  test('passes too when its failure is counted by the open card of an earlier one', async () => {
    await seen(WRONG, 'graph-sign-ins', { correlationId: 'earlier', signedInAt: NOON });
    await start();
    await passTime(3);
    for (const feed of ['graph-sign-ins', 'azure-monitor'] as const) {
      await seen(WRONG, feed);
      await seen(0, feed);
    }
    const [failed] = theDrill().legs;
    expect(store.rows.alert.get(failed?.alertId ?? '')?.state).toBe('folded');
    await handToTeams();
    await acknowledgeAll();
    await passTime(5);
    expect(theDrill().state).toBe('passed');
  });

  test('a push that tells a later instant has come all the same, once the log says when the sign-in was', async () => {
    await start();
    await passTime(29);
    for (const code of [WRONG, 0]) await seen(code, 'azure-monitor', { signedInAt: minutes(34) });
    expect(theDrill().legs.every(({ alertId }) => alertId === undefined)).toBe(true);
    for (const code of [WRONG, 0]) await seen(code, 'graph-sign-ins', { signedInAt: minutes(28) });
    await handToTeams();
    await acknowledgeAll();
    await passTime(30);
    expect(theDrill()).toMatchObject({ state: 'passed', aside: [] });
  });

  test('is judged by the second: logs know no less', async () => {
    store.setClock(new Date(NOON.getTime() + 700));
    await start();
    const id = await seen(0, 'graph-sign-ins', { signedInAt: NOON });
    expect(theDrill().legs[1]?.alertId).toBe(id);
  });

  test('passes too when the log is the last to tell', async () => {
    await start();
    await passTime(3);
    for (const code of [WRONG, 0]) await seen(code, 'azure-monitor', { signedInAt: minutes(3) });
    await handToTeams();
    await acknowledgeAll();
    await passTime(6);
    expect(theDrill().state).toBe('running');
    for (const code of [WRONG, 0]) await seen(code, 'graph-sign-ins');
    await passTime(7);
    expect(theDrill().state).toBe('passed');
  });

  test('what comes after the window is over counts for nothing, and is noted', async () => {
    await start();
    await passTime(31);
    expect(theDrill().broken?.hop).toBe('log');
    const late = await seen(0, 'graph-sign-ins');
    expect(theDrill()).toMatchObject({ state: 'failed', aside: [{ alertId: late, why: 'late-row' }] });
    expect(store.rows.alert.get(late ?? '')).toMatchObject({ state: 'open', severity: 'critical', drillId: theDrill().id });
  });

  test.each<[string, Partial<SignInEvent>, string | undefined, boolean]>([
    ['an account of another user', { userId: '5a0d1f3b-1111-4222-8333-444455556666' }, undefined, false],
    ['the same user id in another tenant', { tenantId: '99999999-9999-4999-8999-999999999999' }, undefined, false],
    ['before the drill began', { signedInAt: minutes(-1) }, undefined, false],
    ['another address than announced', { ipAddress: '198.51.100.4' }, 'other-origin', false],
    ['a block by policy', { errorCode: 53003 }, 'other-result', true],
  ])('AL-7: is told apart: %s', async (_what, more, why, labelled) => {
    await start(OONA, { origin: '203.0.113.77' });
    await passTime(3);
    const id = await seen(0, 'graph-sign-ins', more);
    expect(store.rows.alert.get(id ?? '')).toMatchObject({ state: 'open' });
    expect(theDrill().aside.map((each) => each.why)).toEqual(why ? [why] : []);
    expect(theDrill().legs.every(({ alertId }) => alertId === undefined)).toBe(true);
    expect(store.rows.alert.get(id ?? '')?.drillId !== undefined).toBe(labelled);
  });

  test('AL-7: the same user id in another tenant is nobody of ours, whoever asks', () => {
    const event = aSignIn({ signedInAt: minutes(2) });
    expect(fitOf(aDrill(), anAccount().objectId, event)).toEqual({ is: 'leg', leg: 'succeeded' });
    const elsewhere = { ...event, tenantId: '99999999-9999-4999-8999-999999999999' };
    expect(fitOf(aDrill(), anAccount().objectId, elsewhere)).toEqual({ is: 'other' });
    expect(fitOf(aDrill(), '5a0d1f3b-1111-4222-8333-444455556666', event)).toEqual({ is: 'other' });
  });

  test('SI-6: an acknowledgement after the window counts for nothing, however late the timer rings', async () => {
    await start();
    await passTime(3);
    for (const feed of ['graph-sign-ins', 'azure-monitor'] as const) for (const code of [WRONG, 0]) await seen(code, feed);
    await handToTeams();
    store.setClock(minutes(45));
    await acknowledgeAll();
    await ringTimers(store, front);
    expect(theDrill()).toMatchObject({ state: 'failed', broken: { hop: 'acknowledged' } });
  });

  test('AL-7: a feed that knows better takes the label away again', async () => {
    await start();
    await passTime(3);
    const id = await seen(0, 'azure-monitor', { signedInAt: minutes(3) });
    expect(store.rows.alert.get(id ?? '')?.drillId).toBe(theDrill().id);
    await seen(0, 'graph-sign-ins', { signedInAt: minutes(-2) });
    expect(store.rows.alert.get(id ?? '')?.drillId).toBeUndefined();
    expect(theDrill()).toMatchObject({ aside: [{ why: 'early' }] });
  });

  describe('AL-7: what is found out about a sign-in is told, whatever it was taken for', () => {
    const ORIGIN = '203.0.113.77';
    const ELSEWHERE = '198.51.100.4';
    /** As a push tells it: no address. */
    const { ipAddress: _address, ...pushed } = aSignIn({ signedInAt: minutes(2), correlationId: 'c-0' });
    const push = async (more: Partial<SignInEvent> = {}): Promise<string> => {
      const event = { ...pushed, ...more };
      const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'azure-monitor' });
      return (outcome.ok ? outcome.value.alert?.id : undefined) ?? '';
    };
    const labelOf = (id: string) => store.rows.alert.get(id)?.drillId;
    const shown = () => store.rows.jobs.flatMap(({ job }) => (job.kind === 'show' ? [job.subject] : []));

    test('after the drill is over: the label goes, the result stays', async () => {
      await start(OONA, { origin: ORIGIN });
      await passTime(3);
      const id = await push();
      expect(labelOf(id)).toBe(theDrill().id);
      await passTime(31);
      const { legs } = theDrill();
      await seen(0, 'graph-sign-ins', { ipAddress: ELSEWHERE });
      expect(labelOf(id)).toBeUndefined();
      expect(theDrill()).toMatchObject({ state: 'failed', legs, aside: [{ alertId: id, why: 'other-origin' }] });
      expect(shown().slice(-2)).toEqual([`drill:${theDrill().id}`, `alert:${id}`]);
    });

    test.each([5, 31])('of one that was set aside, after %s minutes', async (after) => {
      await start(OONA, { origin: ORIGIN });
      await passTime(3);
      await seen(0, 'graph-sign-ins', { correlationId: 'the leg', ipAddress: ORIGIN });
      const id = await push();
      expect(theDrill().aside).toMatchObject([{ alertId: id, why: 'again' }]);
      expect(labelOf(id)).toBe(theDrill().id);
      await passTime(after);
      await seen(0, 'graph-sign-ins', { ipAddress: ELSEWHERE });
      expect(theDrill().aside).toMatchObject([{ alertId: id, why: 'other-origin' }]);
      expect(labelOf(id)).toBeUndefined();
    });

    test('however many were set aside before', async () => {
      await start(OONA, { origin: ORIGIN });
      await passTime(3);
      const id = await push();
      for (let index = 0; index < 25; index += 1)
        await seen(53003, 'graph-sign-ins', { correlationId: `noise-${index}`, ipAddress: ORIGIN });
      expect(theDrill().aside).toHaveLength(20);
      await passTime(31);
      await seen(0, 'graph-sign-ins', { ipAddress: ELSEWHERE });
      expect(labelOf(id)).toBeUndefined();
    });

    test('that it was the drill’s, too: a push told of it after the end, the log says it was made before', async () => {
      await start(OONA, { origin: ORIGIN });
      await passTime(31);
      const id = await push({ signedInAt: minutes(34) });
      expect(theDrill().aside).toMatchObject([{ alertId: id, why: 'after' }]);
      expect(labelOf(id)).toBeUndefined();
      await seen(0, 'graph-sign-ins', { signedInAt: minutes(28), ipAddress: ORIGIN });
      expect(theDrill().aside).toMatchObject([{ alertId: id, why: 'late-row' }]);
      expect(labelOf(id)).toBe(theDrill().id);
    });

    test('of three feeds, the last of which tells the end of its window', async () => {
      await start(OONA, { origin: ORIGIN });
      const id = await push({ signedInAt: minutes(31) });
      await front.dispatch(FEED, { kind: 'sign-in-seen', event: pushed, feed: 'event-hub' });
      expect(labelOf(id)).toBe(theDrill().id);
      await seen(0, 'graph-sign-ins', { signedInAt: minutes(31), ipAddress: ELSEWHERE });
      expect(labelOf(id)).toBeUndefined();
    });

    test('by no feed that knows less: one from elsewhere, or made before, is never labelled, whichever tells when', async () => {
      const aTelling = fc.record({
        at: fc.integer({ min: -3, max: 40 }),
        elsewhere: fc.boolean(),
        over: fc.boolean(),
      });
      const feeds = fc.shuffledSubarray<Feed>(['azure-monitor', 'graph-sign-ins', 'event-hub'], { minLength: 1 });
      await fc.assert(
        fc.asyncProperty(feeds, fc.array(aTelling, { minLength: 3, maxLength: 3 }), async (order, tellings) => {
          begin();
          await start(OONA, { origin: ORIGIN });
          let isNone = false;
          for (const [index, feed] of order.entries()) {
            const { at, elsewhere, over } = tellings[index] ?? { at: 0, elsewhere: false, over: false };
            if (over) await passTime(31);
            const event = { ...pushed, signedInAt: minutes(at), ...(elsewhere ? { ipAddress: ELSEWHERE } : {}) };
            await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed });
            isNone ||= elsewhere || at < 0;
            const labelled = [...store.rows.alert.values()].some(({ cause, drillId }) => cause.kind === 'sign-in' && drillId !== undefined);
            if (isNone) expect(labelled).toBe(false);
          }
        }),
        { numRuns: 150 },
      );
    });
  });

  test('repeats, and one more of the same, change nothing of what was measured', async () => {
    await start();
    await passTime(3);
    for (const _time of [1, 2, 3]) await seen(0, 'graph-sign-ins', { rowId: 'row-1' });
    await seen(0, 'graph-sign-ins', { rowId: 'row-2', correlationId: 'another' });
    const [, succeeded] = theDrill().legs;
    expect(succeeded?.arrivals).toHaveLength(1);
    expect(theDrill().aside.map(({ why }) => why)).toEqual(['again']);
  });
});

describe('who and when', () => {
  test.each<[string, Actor, string]>([
    ['an owner', OONA, 'accepted'],
    ['somebody with a role', actor('ann'), 'accepted'],
    ['a member without one', actor('mal', []), 'missing-role'],
    ['a guest', stranger('guest'), 'stranger'],
  ])('%s starts it, or not', async (_who, who, code) => {
    expect(refusal(await start(who))).toBe(code);
  });

  test('two of one account do not overlap; two of two accounts do, each with its own sign-ins', async () => {
    const other = anAccount({ id: 'EA-2', requestId: 'R-2', objectId: '5a0d1f3b-1111-4222-8333-444455556666' });
    store.put('account', other);
    await start();
    expect(refusal(await start())).toBe('drill-running');
    await start(OONA, {}, other.id);
    await passTime(3);
    const mine = await seen(0, 'graph-sign-ins');
    const theirs = await seen(0, 'graph-sign-ins', { userId: other.objectId, correlationId: 'theirs' });
    expect(drills().map(({ legs }) => legs[1]?.alertId)).toEqual([mine, theirs]);
  });

  test.each(['provisioning', 'disabled', 'retired'] as const)('none of an account that is %s', async (state) => {
    store.put('account', anAccount({ state }));
    expect(await start()).toMatchObject({ ok: false, error: { code: 'no-drill', why: state } });
  });

  test.each([4, 241, 7.5, Number.NaN])('none of %s minutes', async (count) => {
    expect(refusal(await start(OONA, { minutes: count }))).toBe('bad-form');
  });

  test('it can be stopped, proves nothing then, and another can begin', async () => {
    await start();
    const drillId = theDrill().id;
    expect(refusal(await front.dispatch(actor('mal', []), { kind: 'stop-drill', drillId }))).toBe('missing-role');
    expect(refusal(await front.dispatch(actor('bob'), { kind: 'stop-drill', drillId }))).toBe('accepted');
    expect(theDrill()).toMatchObject({ state: 'stopped', stoppedBy: person('bob') });
    expect(refusal(await front.dispatch(actor('bob'), { kind: 'stop-drill', drillId }))).toBe('drill-over');
    await passTime(40);
    expect(alertAbout(drillId)).toBeUndefined();
    expect(refusal(await start())).toBe('accepted');
  });
});

test('a drill that passed speaks for two points of the validation, until the next failed or the account was validated', () => {
  const passed = { drill: { id: 'D-1', at: hours(2), result: 'passed' }, drillPassedAt: hours(2) } as const;
  const open = (more: Parameters<typeof anAccount>[0]) => openPoints(anAccount(more)).map(({ id }) => id);
  expect(open(passed)).not.toContain('alerted');
  expect(open({ ...passed, validatedAt: hours(3) })).toContain('alerted');
  expect(open({ ...passed, drill: { id: 'D-2', at: hours(3), result: 'failed', hop: 'card' } })).toContain('alerted');
});

test('AL-7, AL-2: with a drill or without, every alert is raised, posted and escalated alike, in whatever order rows come', async () => {
  const anEvent = fc.record({
    errorCode: fc.constantFrom(0, WRONG, 53003),
    at: fc.integer({ min: -5, max: 40 }),
    correlationId: fc.constantFrom('a', 'b', 'c'),
    feed: fc.constantFrom<Feed>('azure-monitor', 'graph-sign-ins', 'event-hub'),
    ipAddress: fc.constantFrom('203.0.113.77', '198.51.100.4'),
    mine: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anEvent, { maxLength: 12 }), fc.boolean(), async (events, withOrigin) => {
      const told: unknown[] = [];
      for (const drilled of [true, false]) {
        begin();
        if (drilled) await start(OONA, withOrigin ? { origin: '203.0.113.77' } : {});
        store.setClock(minutes(20));
        for (const { at, feed, mine, ...event } of events) {
          const userId = mine ? anAccount().objectId : '5a0d1f3b-1111-4222-8333-444455556666';
          await front.dispatch(FEED, { kind: 'sign-in-seen', feed, event: aSignIn({ ...event, userId, signedInAt: minutes(at) }) });
        }
        const alerts = [...store.rows.alert.values()].map(({ id: _id, drillId: _drill, revision: _revision, foldedInto, ...alert }) => ({
          ...alert,
          isFolded: foldedInto !== undefined,
        }));
        const cards = [...store.rows.cards.values()]
          .filter(({ subject }) => subject.startsWith('alert:'))
          .map(({ first, urgent }) => ({ first, urgent }));
        const timers = [...store.rows.timers].filter(([key]) => /^(?:escalate|deliver):/.test(key)).map(([, { at }]) => at);
        told.push({ alerts, cards, timers });
      }
      expect(told[0]).toEqual(told[1]);
    }),
    { numRuns: 60 },
  );
});
