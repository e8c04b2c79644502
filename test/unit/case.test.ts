import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Door, door, type Outcome } from '../../src/app/dispatch.ts';
import type { Classification, SignInEvent } from '../../src/core/alert/types.ts';
import type { ReportedStep, UseCase } from '../../src/core/case/types.ts';
import type { Actor } from '../../src/core/people.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, anAccount, anAccountPlan, aRequest, aSignIn, days, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };

let store: MemoryStore;
let front: Door;
beforeEach(() => {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  store.put('account', anAccount());
});

const refusal = (outcome: Outcome): string => (outcome.ok ? 'accepted' : outcome.error.code);
const cases = (): UseCase[] => [...store.rows.case.values()];
const theCase = (): UseCase => {
  const [only, more] = cases();
  if (!only || more) throw new Error(`there are ${cases().length} cases`);
  return only;
};
const open = (): string[] => theCase().steps.flatMap(({ id, done }) => (done ? [] : [id]));

/** Somebody signs in; @returns the alert's id */
async function signIn(more: Partial<SignInEvent> = {}): Promise<string> {
  const event = aSignIn({ correlationId: `c-${store.rows.alert.size}`, signedInAt: await store.now(), ...more });
  const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'graph-sign-ins' });
  if (!outcome.ok || !outcome.value.alert) throw new Error('the sign-in raised no alert');
  return outcome.value.alert.id;
}
const classify = (alertId: string, as: Classification, who: Actor = actor('cy')): Promise<Outcome> =>
  front.dispatch(who, { kind: 'classify-alert', alertId, as });
const report = (step: ReportedStep, who: Actor, words = 'in the vault'): Promise<Outcome> =>
  front.dispatch(who, { kind: 'report-case-step', caseId: theCase().id, step, words });
/** A request that gives the account a new password is carried out now. */
async function rotate(at: Date): Promise<void> {
  const plan = anAccountPlan('rotate', { requestId: `R-${at.getTime()}` });
  store.put('request', aRequest({ state: 'applied', closedAt: at, plan }));
}
async function look(at: Date): Promise<void> {
  store.setClock(at);
  await ringTimers(store, front);
}

describe('what a use was', () => {
  test('AL-9: real use opens a case, in the transaction that says so; a drill opens none', async () => {
    const drill = await signIn();
    expect(refusal(await classify(drill, 'drill'))).toBe('accepted');
    expect(cases()).toEqual([]);
    const alertId = await signIn();
    await classify(alertId, 'real-use');
    expect(store.rows.alert.get(alertId)).toMatchObject({ state: 'classified', caseId: theCase().id, acknowledgedBy: person('cy') });
    expect(theCase()).toMatchObject({ kind: 'real-use', state: 'open', alertIds: [alertId], classifiers: [person('cy')] });
    expect(store.rows.audit.at(-1)).toMatchObject({ intent: 'classify-alert', subject: `alert:${alertId}`, details: { as: 'real-use' } });
    expect([...store.rows.cards.keys()]).toContain(`case:${theCase().id}:0`);
  });

  test('AL-9: it can be called something graver, never something more harmless', async () => {
    const alertId = await signIn();
    await classify(alertId, 'drill');
    await classify(alertId, 'misuse');
    expect(theCase().kind).toBe('misuse');
    for (const as of ['drill', 'real-use', 'misuse'] as const)
      expect(refusal(await classify(alertId, as, actor('ann')))).toBe('already-classified');
    expect(theCase().kind).toBe('misuse');
  });

  test.each<[string, Actor, string]>([
    ['a member without a role', actor('mal', []), 'missing-role'],
    ['a guest', stranger('guest'), 'stranger'],
    ['the system itself', FEED, 'stranger'],
  ])('AL-9: is not for %s to say', async (_who, who, code) => {
    expect(refusal(await classify(await signIn(), 'drill', who))).toBe(code);
    expect(cases()).toEqual([]);
  });

  test('what is no use of an account is not classified', async () => {
    const raised = await front.dispatch(FEED, {
      kind: 'raise-alert',
      dedupe: 'x',
      cause: { kind: 'part-expired', partNumber: 1, custodian: 'Dana' },
    });
    expect(refusal(await classify((raised.ok && raised.value.alert?.id) || '', 'drill'))).toBe('not-a-use');
  });

  test('a use that was only acknowledged is asked about once, a day later; one that failed is not', async () => {
    const within = await signIn();
    const failed = await signIn({ errorCode: 50126 });
    for (const alertId of [within, failed]) await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId });
    await look(hours(23));
    expect(store.rows.cards.has(`alert:${within}:classify`)).toBe(false);
    for (const later of [hours(25), days(3)]) await look(later);
    expect([...store.rows.cards.keys()].filter((key) => key.endsWith(':classify'))).toEqual([`alert:${within}:classify`]);
  });
});

describe('one account, one case', () => {
  test('AL-9: a later use joins the open case before anybody classified it, and opens again what was done before it', async () => {
    await classify(await signIn(), 'real-use');
    store.setClock(minutes(20));
    await report('sessions', actor('ann'));
    await report('logs', actor('ann'));
    expect(open()).toEqual(['credential', 'review']);
    store.setClock(minutes(30));
    const second = await signIn();
    expect(store.rows.alert.get(second)?.caseId).toBe(theCase().id);
    expect(theCase().alertIds).toHaveLength(2);
    expect(open()).toEqual(['sessions', 'credential', 'logs', 'review']);
    // A row about an earlier moment, brought late, undoes nothing.
    await report('sessions', actor('ann'));
    await signIn({ signedInAt: minutes(25), ipAddress: '198.51.100.9' });
    expect(open()).toEqual(['credential', 'logs', 'review']);
  });

  test('a failed attempt joins nothing; another account has a case of its own', async () => {
    await classify(await signIn(), 'real-use');
    await signIn({ errorCode: 50126 });
    expect(theCase().alertIds).toHaveLength(1);
    await classify(await signIn({ userId: '00000000-0000-4000-8000-000000000009' }), 'misuse');
    expect(cases().map(({ kind }) => kind)).toEqual(['real-use', 'misuse']);
  });
});

describe('closing a case', () => {
  const ready = async (): Promise<void> => {
    await classify(await signIn(), 'real-use', actor('cy'));
    store.setClock(hours(1));
    await report('sessions', actor('ann'));
    await report('logs', actor('dana'));
    await rotate(hours(2));
    await look(hours(30));
    expect(open()).toEqual(['review']);
  };

  test('takes every step: the review is refused while another is open, and names which', async () => {
    await classify(await signIn(), 'real-use');
    expect(await report('review', actor('ann'))).toEqual({
      ok: false,
      error: { code: 'case-steps-open', steps: ['sessions', 'credential', 'logs'] },
    });
    await ready();
    expect(refusal(await report('review', actor('ann'), '   '))).toBe('bad-form');
    expect(refusal(await report('review', actor('ann'), 'All of it was allowed.'))).toBe('accepted');
    expect(theCase()).toMatchObject({ state: 'closed', closedAt: hours(30) });
    expect([...store.rows.timers.keys()]).not.toContain(`case:${theCase().id}`);
    expect(refusal(await report('review', actor('bob')))).toBe('case-closed');
  });

  test('is for somebody who can have had no part in the use', async () => {
    await ready();
    for (const who of ['cy', 'dana', 'eli'] as const) {
      const outcome = await report('review', actor(who, ['approver', 'auditor', 'administrator']), 'Fine.');
      expect(outcome).toMatchObject({ ok: false, error: { code: 'reviews-itself', why: who === 'cy' ? 'classified' : 'custodian' } });
    }
    const second: Actor = {
      kind: 'person',
      person: { ...person('dana'), objectId: 'another account of Dana' },
      roles: new Set(['auditor']),
    };
    expect(refusal(await report('review', second, 'Fine.'))).toBe('reviews-itself');
    expect(theCase().state).toBe('open');
  });

  test('waits for a new password that is newer than the last use', async () => {
    await rotate(minutes(-5));
    await classify(await signIn(), 'misuse');
    await look(hours(1));
    expect(open()).toContain('credential');
    await rotate(hours(2));
    await look(days(2));
    expect(theCase().steps.find(({ id }) => id === 'credential')?.done).toMatchObject({ at: hours(2), by: expect.stringMatching(/^R-/) });
  });

  test('is never the outcome of anything else, and nobody closes it with a step open', async () => {
    const people = ['ann', 'bob', 'cy', 'dana', 'oona', 'mal'] as const;
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('report' as const),
        step: fc.constantFrom<ReportedStep>('sessions', 'logs', 'review'),
        who: fc.constantFrom(...people),
      }),
      fc.record({ kind: fc.constant('rotate' as const) }),
      fc.record({ kind: fc.constant('use' as const) }),
      fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 3000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        store = memoryStore(NOON);
        front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
        store.put('account', anAccount());
        await classify(await signIn(), 'real-use');
        const [{ id: caseId = '' } = {}] = cases();
        let at = 0;
        let lastUse = NOON;
        for (const each of acts) {
          at += 1;
          if (each.kind === 'wait') at += each.minutes;
          await look(minutes(at));
          if (each.kind === 'report')
            await front.dispatch(actor(each.who), { kind: 'report-case-step', caseId, step: each.step, words: 'x' });
          else if (each.kind === 'rotate') await rotate(minutes(at));
          else if (each.kind === 'use') {
            if (store.rows.case.get(caseId)?.state === 'open') lastUse = minutes(at);
            await signIn();
          }
          const useCase = store.rows.case.get(caseId);
          if (useCase?.state !== 'closed') continue;
          expect(useCase.steps.every(({ done }) => done !== undefined && done.at > lastUse)).toBe(true);
          expect(['Ann Archer', 'Bob Baker', 'Oona Olsen']).toContain(useCase.steps.find(({ id }) => id === 'review')?.done?.by);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('deadlines', () => {
  const said = () => [...store.rows.cards.values()].filter(({ variant }) => variant.startsWith('overdue')).map(({ place }) => place.kind);

  test('a step that is late is said again in the channel and to the owners, once a deadline and then daily', async () => {
    await classify(await signIn(), 'real-use');
    await look(minutes(59));
    expect(said()).toEqual([]);
    await look(minutes(61));
    expect(said()).toEqual(['channel', 'person']);
    await look(hours(10));
    expect(said()).toHaveLength(2);
    await look(hours(25));
    expect(said()).toHaveLength(4);
    await look(hours(50));
    expect(said()).toHaveLength(6);
  });

  test('misuse gives its sessions a quarter of an hour; a clock that jumps says it once', async () => {
    await classify(await signIn(), 'misuse');
    await look(minutes(16));
    expect(said()).toHaveLength(2);
    await look(days(30));
    expect(said()).toHaveLength(4);
  });
});
