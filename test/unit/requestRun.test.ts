import { describe, expect, test } from '@jest/globals';
import type { PersonName } from '../../sandbox/world.ts';
import { digestOf } from '../../src/core/digest.ts';
import type { RequestNews } from '../../src/core/request/notices.ts';
import {
  beginRun,
  cannotBegin,
  endsByItself,
  failRun,
  finishRun,
  giveWay,
  newVersion,
  noteWrite,
  parkRun,
  recordStep,
  resumeRun,
  retry,
} from '../../src/core/request/run.ts';
import type { ChangeRequest, StepId } from '../../src/core/request/types.ts';
import { actor, aDecision, anAccountPlan, aPlan, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';

/* Every outcome of a run, whole: the next state to the last field, what is owed, and each refusal at its limit. */
const APPROVED = aRequest({ state: 'approved', decisions: [aDecision('ann'), aDecision('bob')], revision: 3, fence: 4 });
const { id, planDigest, expiresAt } = APPROVED;
const BEGUN: ChangeRequest = { ...APPROVED, begunAt: NOON };
const NOW = minutes(60);
const ALL = new Set([person('ann').objectId, person('bob').objectId]);
const show = { kind: 'show', subject: `request:${id}` };
const no = (error: unknown) => ({ ok: false, error });
const expiry = { kind: 'intend', key: `expire:${id}`, at: expiresAt, intent: { kind: 'expire-request', requestId: id } };
const undoAt = (at: Date) => ({ kind: 'intend', key: `undo:${id}`, at, intent: { kind: 'undo-request', requestId: id } });
const notice = (state: RequestNews, name: PersonName, round = '') => ({
  kind: 'post',
  key: `request:${id}:notice:${state}${round}:${person(name).objectId}`,
  place: { kind: 'person', objectId: person(name).objectId },
  subject: `request:${id}`,
  variant: `notice:${state}`,
});
const all = (state: RequestNews, round = '') => (['rita', 'ann', 'bob', 'oona'] as const).map((name) => notice(state, name, round));
const inHand = (at: Date, how: string) => ({
  kind: 'intend',
  key: `in-hand:${id}`,
  at,
  intent: { kind: 'request-in-hand', requestId: id, untilAt: at, how },
});
const alarm = (dedupe: string, words: string, at: Date) => ({
  kind: 'intend',
  key: dedupe,
  at,
  intent: {
    kind: 'raise-alert',
    dedupe,
    tenantId: APPROVED.plan.tenant.id,
    cause: { kind: 'request-failed', requestId: id, account: APPROVED.plan.account.userPrincipalName, words },
  },
});
const step = (name: StepId, request: ChangeRequest = BEGUN) => request.steps.findIndex((row) => row.id === name);
const withStep = (request: ChangeRequest, name: StepId, row: object): ChangeRequest => ({
  ...request,
  steps: request.steps.map((each) => (each.id === name ? { ...each, ...row } : each)),
});

describe('taking the lease', () => {
  const leased = (before: ChangeRequest) => ({ ok: true, value: { next: { ...before, fence: 5, revision: 4 }, effects: [] } });

  test('AP-9: raises the fence and nothing else, before and after the first write, and while taking back', () => {
    expect(beginRun(APPROVED, ALL, NOW)).toEqual(leased(APPROVED));
    expect(beginRun(APPROVED, ALL, NOW, { kind: 'holds' })).toEqual(leased(APPROVED));
    expect(beginRun(BEGUN, ALL, hours(99))).toEqual(leased(BEGUN));
    const undoing: ChangeRequest = { ...BEGUN, state: 'undoing' };
    expect(beginRun(undoing, new Set(), hours(99))).toEqual(leased(undoing));
  });

  test('AP-3: of a plan that is not what was approved there is none, not even to take it back', () => {
    const plan = { ...APPROVED.plan, reason: 'another' };
    for (const state of ['approved', 'undoing'] as const)
      expect(beginRun({ ...APPROVED, plan, state }, ALL, NOW)).toEqual(no({ code: 'plan-changed' }));
  });

  test('AP-1: of what is in another state there is none', () => {
    for (const state of ['pending', 'applied', 'failed', 'undone', 'denied', 'withdrawn', 'expired', 'impossible'] as const)
      expect(beginRun({ ...APPROVED, state }, ALL, NOW)).toEqual(no({ code: 'closed', state }));
  });

  test('AP-7: from the instant of the expiry on what never began is expired, and its lease with it', () => {
    expect(beginRun(APPROVED, ALL, expiresAt)).toEqual({
      ok: true,
      value: { next: { ...APPROVED, state: 'expired', fence: 5, revision: 4, closedAt: expiresAt }, effects: [show, ...all('expired')] },
    });
    expect(beginRun(APPROVED, ALL, new Date(expiresAt.getTime() - 1))).toEqual(leased(APPROVED));
  });

  test('AP-4: without the quorum, before the first write, it waits for others, its expiry set again', () => {
    expect(beginRun(APPROVED, new Set([person('ann').objectId]), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...APPROVED, state: 'pending', annulled: [person('bob').objectId], asked: [], fence: 5, revision: 4 },
        effects: [show, expiry, ...all('quorum-lost', ':5')],
      },
    });
    // Who counts for nothing anyway has not lost it.
    const mixed = { ...APPROVED, decisions: [...APPROVED.decisions, aDecision('cy', { planDigest: 'f'.repeat(64) })] };
    expect(beginRun(mixed, new Set(), NOW)).toMatchObject({ value: { next: { annulled: [...ALL] } } });
  });

  test('AP-2 CR-3: asked again are who was asked before and who may approve by now, but neither the requester nor who will hold a part', () => {
    const people = (...names: PersonName[]) => names.map((name) => person(name));
    const before = { ...APPROVED, asked: people('mal', 'ann') };
    const approvers = people('ann', 'bob', 'cy', 'rita', 'rita2', 'dana', 'eli');
    const eligible = new Set([person('ann').objectId]);
    const quorumLost = beginRun(before, eligible, NOW, undefined, approvers);
    expect(quorumLost).toMatchObject({ value: { next: { state: 'pending', asked: people('mal', 'ann', 'bob', 'cy') } } });
    const replanned = { kind: 'changed', plan: { ...APPROVED.plan, version: 2 }, difference: [] } as const;
    const changed = beginRun(before, ALL, NOW, replanned, approvers);
    const told = changed.ok ? changed.value.effects.filter(({ kind }) => kind === 'post') : [];
    // Who may decide gets the card, once each; the requester and the owner hear that it was asked.
    expect(told.map((effect) => ('place' in effect && effect.place.kind === 'person' ? effect.place.objectId : ''))).toEqual(
      people('ann', 'bob', 'mal', 'cy', 'rita', 'oona').map(({ objectId }) => objectId),
    );
  });

  test('AP-4 GR-5: without it after the first write it stops in words, is told, and is taken back when it is too old', () => {
    const half = withStep(withStep(BEGUN, 'create-user', { state: 'done' }), 'exclude', { state: 'running' });
    const words =
      'An approver is not one any more, or the settings ask for more now, so nothing more was written. Try again when those who approved make the quorum.';
    const failure = { step: 'exclude', code: 'QuorumLost', words, reference: `${id}-4` };
    expect(beginRun(half, new Set(), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...half, state: 'failed', failure, fence: 5, revision: 4 },
        effects: [show, alarm(`failed:${id}:4:QuorumLost`, words, NOW), ...all('failed', ':4'), undoAt(expiresAt)],
      },
    });
    const done = { ...half, steps: half.steps.map(({ id: name }) => ({ id: name, state: 'done' as const })) };
    expect(beginRun(done, new Set(), NOW)).toMatchObject({ value: { next: { failure: { step: 'verify' } } } });
  });

  test('a plan that no longer holds is asked for anew, before the first write only; those who approved are told', () => {
    const plan = { ...APPROVED.plan, version: 2, reason: 'as it is now' };
    const replanned = { kind: 'changed', plan, difference: ['It is so'] } as const;
    const fresh = APPROVED.plan.steps.map(({ id: name }) => ({ id: name, state: 'waiting' }));
    const tell = (name: 'ann' | 'bob') => ({
      kind: 'post',
      key: `request:${id}:${person(name).objectId}:v2`,
      place: { kind: 'person', objectId: person(name).objectId },
      subject: `request:${id}`,
    });
    const annulled = { ...APPROVED, annulled: ['somebody'] };
    expect(beginRun(annulled, ALL, NOW, replanned)).toEqual({
      ok: true,
      value: {
        next: {
          ...APPROVED,
          state: 'pending',
          plan,
          planDigest: digestOf(plan),
          reason: 'as it is now',
          annulled: [],
          asked: [],
          steps: fresh,
          earlier: [{ version: 1, planDigest, at: NOW, why: 'tenant-changed', difference: ['It is so'] }],
          fence: 5,
          revision: 4,
        },
        effects: [show, tell('ann'), tell('bob'), notice('asked-again', 'rita', ':v2'), notice('asked-again', 'oona', ':v2'), expiry],
      },
    });
    expect(beginRun(BEGUN, ALL, NOW, replanned)).toEqual(leased(BEGUN));
    // Without the quorum nobody asks what the tenant is like.
    expect(beginRun(APPROVED, new Set(), NOW, replanned)).toMatchObject({ value: { next: { state: 'pending', planDigest } } });
  });

  test('GR-5: what cannot be done any more ends by itself, in words and told to everybody, before the first write', () => {
    const impossible = { kind: 'impossible', words: 'The user is gone.' } as const;
    const failure = { step: 'create-user', code: 'NoLongerPossible', words: 'The user is gone.', reference: `${id}-4` };
    expect(beginRun(APPROVED, ALL, NOW, impossible)).toEqual({
      ok: true,
      value: {
        next: { ...APPROVED, state: 'impossible', failure, closedAt: NOW, fence: 5, revision: 4 },
        effects: [
          { kind: 'forget', key: `expire:${id}` },
          show,
          alarm(`failed:${id}:4:NoLongerPossible`, 'The user is gone.', NOW),
          ...all('impossible'),
        ],
      },
    });
    expect(beginRun({ ...APPROVED, steps: [] }, ALL, NOW, impossible)).toMatchObject({ value: { next: { failure: { step: 'verify' } } } });
  });
});

describe('what may not go on', () => {
  test('GR-1 AP-9: stops after the first write in a named state, can be tried again, and is taken back when it is too old', () => {
    const gone = { kind: 'impossible', code: 'CustodianGone', words: 'Dana is gone.' } as const;
    const failure = { step: 'exclude', code: 'CustodianGone', words: 'Dana is gone.', reference: `${id}-4` };
    const half = withStep(BEGUN, 'create-user', { state: 'done' });
    expect(beginRun(half, ALL, NOW, gone)).toEqual({
      ok: true,
      value: {
        next: { ...half, state: 'failed', failure, fence: 5, revision: 4 },
        effects: [show, alarm(`failed:${id}:4:CustodianGone`, 'Dana is gone.', NOW), ...all('failed', ':4'), undoAt(expiresAt)],
      },
    });
    // Who would have to decide it anew comes first.
    expect(beginRun(half, new Set(), NOW, gone)).toMatchObject({ value: { next: { failure: { code: 'QuorumLost' } } } });
    expect(beginRun(APPROVED, ALL, NOW, gone)).toMatchObject({
      value: { next: { state: 'impossible', failure: { code: 'CustodianGone' } } },
    });
  });
});

describe('what nobody can tell now', () => {
  test('GR-5: fails, to be tried again while the approvals hold, and ends by itself when they do not', () => {
    const passing = { kind: 'impossible', words: 'It cannot be read now.', passing: true } as const;
    const failure = { step: 'create-user', code: 'CannotTell', words: 'It cannot be read now.', reference: `${id}-4` };
    expect(beginRun(APPROVED, ALL, NOW, passing)).toEqual({
      ok: true,
      value: {
        next: { ...APPROVED, state: 'failed', failure, fence: 5, revision: 4 },
        effects: [show, alarm(`failed:${id}:4:CannotTell`, failure.words, NOW), ...all('failed', ':4'), undoAt(expiresAt)],
      },
    });
  });
});

describe('another version', () => {
  test('AP-3: keeps the decisions in the record, and the versions before it', () => {
    const first = newVersion(APPROVED, aPlan({ version: 2 }), 'edited', ['a'], NOW);
    const second = newVersion(first, aPlan({ version: 3 }), 'tenant-changed', ['b'], hours(2));
    expect(second.decisions).toEqual(APPROVED.decisions);
    expect(second.earlier).toEqual([
      { version: 1, planDigest, at: NOW, why: 'edited', difference: ['a'] },
      { version: 2, planDigest: digestOf(aPlan({ version: 2 })), at: hours(2), why: 'tenant-changed', difference: ['b'] },
    ]);
    expect(second.revision).toBe(5);
  });
});

describe('giving way', () => {
  const row = { step: 'exclude', fromAt: NOON, open: 2, allowed: 0, done: 0, seen: 0, beside: 0 } as const;
  const begun = { ...BEGUN, expected: [row] };

  test('takes the run that sent nothing off those that may have written, and changes nothing else', () => {
    const next = { ...begun, expected: [{ ...row, open: 1 }], revision: begun.revision + 1 };
    expect(giveWay(begun, 4, 'exclude', 1, NOW)).toEqual({ ok: true, value: { next, effects: [] } });
  });

  test('is nothing where writes were not kept, and while it is taken back of the taking back alone', () => {
    const { expected: _expected, ...unkept } = begun;
    expect(giveWay(unkept, 4, 'exclude', 1, NOW)).toEqual(no({ code: 'nothing-to-do' }));
    const back = { ...row, undo: true } as const;
    const undoing = { ...begun, state: 'undoing', expected: [row, back] } as const;
    const next = { ...undoing, expected: [row, { ...back, open: 0, untilAt: NOW }], revision: begun.revision + 1 };
    expect(giveWay(undoing, 4, 'exclude', 2, NOW)).toEqual({ ok: true, value: { next, effects: [] } });
  });
});

describe('a write that is noted', () => {
  const row = { step: 'exclude', fromAt: NOON, open: 1, allowed: 0, done: 0, seen: 0, beside: 0 } as const;

  test('AL-9: is one more that may be seen, of the plan or of its taking back', () => {
    const back = { ...row, undo: true } as const;
    const begun = { ...BEGUN, expected: [row, back] };
    const noted = { ...begun, expected: [{ ...row, open: 2 }, back], revision: begun.revision + 1 };
    expect(noteWrite(begun, 4, 'exclude')).toEqual({ ok: true, value: { next: noted, effects: [] } });
    const undoing = { ...begun, state: 'undoing' } as const;
    const taken = { ...undoing, expected: [row, { ...back, open: 2 }], revision: begun.revision + 1 };
    expect(noteWrite(undoing, 4, 'exclude')).toEqual({ ok: true, value: { next: taken, effects: [] } });
  });

  test('AP-9: is not sent without the newest lease; where writes are not kept there is nothing to note', () => {
    expect(noteWrite(BEGUN, 3, 'exclude')).toEqual(no({ code: 'stale-lease' }));
    expect(noteWrite({ ...BEGUN, state: 'failed' }, 4, 'exclude')).toEqual(no({ code: 'closed', state: 'failed' }));
    expect(noteWrite(BEGUN, 4, 'exclude')).toEqual({ ok: true, value: { next: BEGUN, effects: [] } });
  });
});

describe('recording a step', () => {
  const running = { state: 'running' } as const;
  const done = { state: 'done', evidence: 'seen' } as const;

  test('AP-9: only with the newest lease, and only of what is under way', () => {
    const failure = { step: 'exclude', code: 'X', words: 'x', reference: 'r' } as const;
    for (const fence of [3, 5, 0]) {
      expect(recordStep(BEGUN, fence, 'exclude', running, NOW)).toEqual(no({ code: 'stale-lease' }));
      expect(failRun(BEGUN, fence, failure, NOW)).toEqual(no({ code: 'stale-lease' }));
      expect(giveWay({ ...BEGUN, expected: [] }, fence, 'exclude', 1, NOW)).toEqual(no({ code: 'stale-lease' }));
      expect(finishRun(BEGUN, fence, NOW)).toEqual(no({ code: 'stale-lease' }));
    }
    expect(recordStep({ ...BEGUN, fence: 0 }, 0, 'exclude', running, NOW)).toEqual(no({ code: 'stale-lease' }));
    for (const state of ['pending', 'applied', 'failed', 'undone', 'denied', 'withdrawn', 'expired', 'impossible'] as const)
      expect(recordStep({ ...BEGUN, state }, 4, 'exclude', running, NOW)).toEqual(no({ code: 'closed', state }));
  });

  test('AP-7: the first one begins in time or not at all; from then on it may take its time, and cannot expire', () => {
    expect(recordStep(APPROVED, 4, 'create-user', running, expiresAt)).toEqual(no({ code: 'closed', state: 'expired' }));
    expect(recordStep(APPROVED, 4, 'create-user', running, NOW)).toEqual({
      ok: true,
      value: {
        next: {
          ...withStep(APPROVED, 'create-user', { state: 'running', at: NOW }),
          begunAt: NOW,
          revision: 4,
          expected: [expect.objectContaining({ step: 'create-user', fromAt: NOW })],
        },
        effects: [show, { kind: 'forget', key: `expire:${id}` }],
      },
    });
    expect(recordStep(BEGUN, 4, 'exclude', running, hours(99))).toEqual({
      ok: true,
      value: { next: { ...withStep(BEGUN, 'exclude', { state: 'running', at: hours(99) }), revision: 4 }, effects: [show] },
    });
  });

  test('keeps the instant a step first began while it runs, and what it read back when it is done; an old failure is forgotten', () => {
    const failure = { step: 'exclude', code: 'X', words: 'x', reference: 'r' } as const;
    const before = withStep({ ...BEGUN, failure }, 'exclude', { state: 'running', at: NOON });
    expect(recordStep(before, 4, 'exclude', running, NOW)).toMatchObject({
      value: { next: { steps: expect.arrayContaining([{ id: 'exclude', state: 'running', at: NOON }]) } },
    });
    const finished = recordStep(before, 4, 'exclude', done, NOW);
    const { failure: _gone, ...rest } = before;
    expect(finished).toEqual({
      ok: true,
      value: { next: { ...withStep(rest, 'exclude', { state: 'done', at: NOW, evidence: 'seen' }), revision: 4 }, effects: [show] },
    });
    const waiting = withStep(BEGUN, 'exclude', { state: 'waiting', at: NOON });
    expect(recordStep(waiting, 4, 'exclude', running, NOW)).toMatchObject({
      value: { next: { steps: expect.arrayContaining([{ id: 'exclude', state: 'running', at: NOW }]) } },
    });
    const unseen = withStep(BEGUN, 'exclude', { state: 'running' });
    expect(recordStep(unseen, 4, 'exclude', running, NOW)).toMatchObject({
      value: { next: { steps: expect.arrayContaining([{ id: 'exclude', state: 'running', at: NOW }]) } },
    });
  });

  test('a step that was done and begins anew undoes what was done after it, and nothing before it or still to come', () => {
    const names: StepId[] = ['create-user', 'exclude', 'watch', 'set-credential'];
    const most = names.reduce(
      (request, name) => withStep(request, name, { state: 'done', at: NOON, evidence: 'seen' }),
      withStep(BEGUN, 'assign-role', { state: 'running', at: NOON }),
    );
    const again = recordStep(most, 4, 'exclude', running, NOW);
    const states = again.ok ? again.value.next.steps.map(({ state }) => state) : [];
    expect(states.slice(0, 6)).toEqual(['done', 'running', 'waiting', 'waiting', 'running', 'waiting']);
    if (again.ok) expect(again.value.next.steps[step('watch')]).toEqual({ id: 'watch', state: 'waiting' });
    // Finished once more it changes nothing else.
    const twice = recordStep(most, 4, 'exclude', done, NOW);
    if (twice.ok) expect(twice.value.next.steps.map(({ state }) => state).slice(0, 5)).toEqual(['done', 'done', 'done', 'done', 'running']);
  });

  test('a step that is taken up again and was not done leaves what was done after it', () => {
    const before = withStep(withStep(BEGUN, 'exclude', { state: 'running', at: NOON }), 'watch', { state: 'done', at: NOON });
    expect(recordStep(before, 4, 'exclude', running, NOW)).toEqual({
      ok: true,
      value: { next: { ...before, revision: 4 }, effects: [show] },
    });
  });

  test('AL-9: keeps how many writes it sent, from the first of the run on; without rows from then it keeps none', () => {
    const first = recordStep(APPROVED, 4, 'create-user', running, NOW);
    if (!first.ok) throw new Error(first.error.code);
    const sent = recordStep(first.value.next, 4, 'create-user', { ...done, settled: { acts: 1, unsent: 0 } }, hours(2));
    const row = { step: 'create-user', fromAt: NOW, open: 0, seen: 0, beside: 0, untilAt: hours(2) };
    expect(sent).toMatchObject({ value: { next: { expected: [{ ...row, allowed: 1, done: 1 }] } } });
    // How many is no part of what people see of the step.
    expect(sent.ok && sent.value.next.steps[0]).toEqual({ id: 'create-user', state: 'done', at: hours(2), evidence: 'seen' });
    const none = recordStep(first.value.next, 4, 'create-user', done, hours(2));
    expect(none).toMatchObject({ value: { next: { expected: [{ ...row, allowed: 1, done: 0 }] } } });
    // To be done again, nothing is sent for it yet.
    if (!sent.ok) throw new Error(sent.error.code);
    const again = recordStep(sent.value.next, 4, 'create-user', { ...running, again: true }, hours(3));
    expect(again).toMatchObject({ value: { next: { expected: [{ ...row, allowed: 1, done: 1 }] } } });
    expect(again.ok && again.value.next.steps[0]).toEqual({ id: 'create-user', state: 'running', at: hours(3) });
    const old = recordStep(BEGUN, 4, 'exclude', { ...done, settled: { acts: 1, unsent: 0 } }, NOW);
    expect(old.ok && old.value.next).not.toHaveProperty('expected');
  });

  test('AL-9: while taking back it keeps them apart from those of the plan', () => {
    const kept = { step: 'disable', fromAt: NOON, untilAt: NOON, open: 0, allowed: 1, done: 1, seen: 0, beside: 0 } as const;
    const undoing: ChangeRequest = { ...BEGUN, state: 'undoing', undoSteps: [{ id: 'disable', state: 'waiting' }], expected: [kept] };
    const begun = recordStep(undoing, 4, 'disable', running, NOW);
    if (!begun.ok) throw new Error(begun.error.code);
    const over = recordStep(begun.value.next, 4, 'disable', { ...done, settled: { acts: 1, unsent: 0 } }, hours(2));
    expect(over.ok && over.value.next.expected).toEqual([
      kept,
      { ...kept, undo: true, fromAt: NOW, untilAt: hours(2), allowed: 1, done: 1 },
    ]);
    expect(over.ok && over.value.next.undoSteps).toEqual([{ id: 'disable', state: 'done', at: hours(2), evidence: 'seen' }]);
  });

  test('while taking back, records of the taking back only', () => {
    const undoing: ChangeRequest = {
      ...BEGUN,
      state: 'undoing',
      undoSteps: BEGUN.plan.undo.map(({ id: name }) => ({ id: name, state: 'waiting' })),
    };
    const recorded = recordStep(undoing, 4, 'disable', running, hours(99));
    expect(recorded).toEqual({
      ok: true,
      value: {
        next: {
          ...undoing,
          undoSteps: undoing.undoSteps?.map((row) => (row.id === 'disable' ? { id: 'disable', state: 'running', at: hours(99) } : row)),
          revision: 4,
        },
        effects: [show],
      },
    });
    const { undoSteps: _none, ...bare } = undoing;
    expect(recordStep(bare, 4, 'disable', running, NOW)).toMatchObject({ value: { next: { undoSteps: [] } } });
  });
});

describe('what cannot even begin', () => {
  const why = { code: 'Authorization_RequestDenied', words: 'Who may approve could not be read.' };
  const stalled = { sinceAt: NOON, ...why };

  test('GR-1: is remembered since when, and shown once; another reason keeps the instant', () => {
    expect(cannotBegin(APPROVED, why, NOON)).toEqual({ ok: true, value: { next: { ...APPROVED, stalled, revision: 4 }, effects: [show] } });
    expect(cannotBegin({ ...APPROVED, stalled }, why, minutes(30))).toEqual(no({ code: 'nothing-to-do' }));
    const other = { code: 'TimeoutError', words: why.words };
    for (const reason of [other, { ...why, words: 'Another.' }])
      expect(cannotBegin({ ...APPROVED, stalled }, reason, minutes(9))).toMatchObject({
        ok: true,
        value: { next: { stalled: { sinceAt: NOON, ...reason } } },
      });
  });

  test('GR-1 AP-9: after thirty minutes it has failed, by name and in words, with an alert; it can be tried again', () => {
    const words = 'Who may approve could not be read. It was tried for 30 minutes, and nothing was written.';
    const failure = { step: 'create-user', code: 'CannotTell', words, reference: `${id}-4` };
    const at = new Date(minutes(30).getTime() + 1);
    const failed = cannotBegin({ ...APPROVED, stalled }, why, at);
    expect(failed).toEqual({
      ok: true,
      value: {
        next: { ...APPROVED, state: 'failed', failure, fence: 5, revision: 4 },
        effects: [show, alarm(`failed:${id}:4:CannotTell`, words, at), ...all('failed', ':4'), undoAt(expiresAt)],
      },
    });
    if (!failed.ok) throw new Error('refused');
    expect(retry(failed.value.next, actor('ann'), at)).toMatchObject({ ok: true, value: { next: { state: 'approved' } } });
    const half = withStep({ ...BEGUN, stalled }, 'create-user', { state: 'done' });
    expect(cannotBegin(half, why, at)).toMatchObject({
      value: { next: { state: 'failed', failure: { step: 'exclude', words: expect.stringContaining('nothing more was written') } } },
    });
  });

  test('AP-7: is no reason to try again what is too old, nor to stop what is closed or being taken back', () => {
    expect(cannotBegin({ ...APPROVED, stalled }, why, expiresAt)).toEqual(no({ code: 'closed', state: 'expired' }));
    expect(cannotBegin({ ...BEGUN, stalled }, why, expiresAt)).toMatchObject({ ok: true, value: { next: { state: 'failed' } } });
    for (const state of ['pending', 'failed', 'undoing', 'denied'] as const)
      expect(cannotBegin({ ...APPROVED, state }, why, NOW)).toEqual(no({ code: 'closed', state }));
  });

  test('is over when a step begins, and when others are asked', () => {
    const held = { ...APPROVED, stalled };
    const begun = recordStep(held, 4, 'create-user', { state: 'running' }, NOW);
    const pending = beginRun(held, new Set(), NOW);
    const changed = beginRun(held, ALL, NOW, { kind: 'changed', plan: { ...APPROVED.plan, version: 2 }, difference: [] });
    for (const { ok, value } of [begun, pending, changed] as { ok: true; value: { next: ChangeRequest } }[]) {
      expect(ok).toBe(true);
      expect(value.next).not.toHaveProperty('stalled');
    }
    expect(beginRun(held, ALL, NOW)).toMatchObject({ value: { next: { stalled } } });
  });
});

describe('waiting for somebody', () => {
  const half = withStep(withStep(BEGUN, 'exclude', { state: 'running', at: NOON, evidence: 'before' }), 'watch', { state: 'done' });
  const waits = { step: 'exclude', words: 'Waiting for Dana' } as const;
  const parked = {
    ...withStep(half, 'exclude', { state: 'waiting', at: NOW, evidence: 'Waiting for Dana' }),
    revision: 4,
  };

  test('gives way, and says whom it waits for; its lease stays', () => {
    expect(parkRun(half, 4, waits, NOW)).toEqual({ ok: true, value: { next: parked, effects: [show] } });
    const timer = { kind: 'intend', key: `resume:${id}`, at: hours(2), intent: { kind: 'resume-run', requestId: id } };
    expect(parkRun(half, 4, { ...waits, lookAt: hours(2) }, NOW)).toEqual({ ok: true, value: { next: parked, effects: [show, timer] } });
    const dated = { ...withStep(parked, 'exclude', { untilAt: hours(72) }) };
    expect(parkRun(half, 4, { ...waits, untilAt: hours(72) }, NOW)).toEqual({ ok: true, value: { next: dated, effects: [show] } });
    expect(parkRun(half, 3, waits, NOW)).toEqual(no({ code: 'stale-lease' }));
    expect(parkRun({ ...half, state: 'failed' }, 4, waits, NOW)).toEqual(no({ code: 'closed', state: 'failed' }));
  });

  test('is taken up again as it stands, and only while it is approved', () => {
    expect(resumeRun(half)).toEqual({ ok: true, value: { next: half, effects: [{ kind: 'apply-plan', requestId: id }] } });
    for (const state of ['pending', 'failed', 'undoing', 'applied'] as const)
      expect(resumeRun({ ...half, state })).toEqual(no({ code: 'nothing-to-do' }));
  });
});

describe('failing', () => {
  const failure = { step: 'exclude', code: 'Refused', words: 'The tenant refused.', reference: 'r' } as const;

  test('GR-1 GR-5: a named state, an alert, a word to everybody, and an end when it is too old to be tried again', () => {
    const half = withStep(withStep(BEGUN, 'create-user', { state: 'done' }), 'exclude', { state: 'running', at: NOON });
    expect(failRun(half, 4, failure, NOW)).toEqual({
      ok: true,
      value: {
        next: { ...half, state: 'failed', failure, steps: withStep(half, 'exclude', { state: 'failed', at: NOW }).steps, revision: 4 },
        effects: [show, alarm(`failed:${id}:4:Refused`, failure.words, NOW), ...all('failed', ':4'), undoAt(expiresAt)],
      },
    });
    // At least an hour, whatever is left.
    const late = new Date(expiresAt.getTime() - 1);
    expect(failRun(half, 4, failure, late)).toMatchObject({
      value: { effects: expect.arrayContaining([undoAt(new Date(late.getTime() + 3_600_000))]) },
    });
    // Also where nothing can be taken back: an account must not be busy for ever.
    const plan = anAccountPlan('retire', { requestId: id });
    const kept = failRun({ ...half, plan, planDigest: digestOf(plan) }, 4, failure, NOW);
    expect(kept).toMatchObject({ value: { effects: expect.arrayContaining([undoAt(expiresAt)]) } });
  });

  test('what was done after the step that failed is to be done again, what was done before it is not', () => {
    const names: StepId[] = ['create-user', 'exclude', 'watch'];
    const done = names.reduce((request, name) => withStep(request, name, { state: 'done', at: NOON, evidence: 'seen' }), BEGUN);
    const states = (stopped: ReturnType<typeof failRun>) => (stopped.ok ? stopped.value.next.steps.slice(0, 4) : []);
    const [first, second, third, fourth] = done.steps;
    const failedAt = (name: StepId) => ({ id: name, state: 'failed', at: NOW });
    const anew = (name: StepId) => ({ id: name, state: 'waiting' });
    expect(states(failRun(done, 4, failure, NOW))).toEqual([first, failedAt('exclude'), anew('watch'), fourth]);
    expect(states(failRun(done, 4, { ...failure, step: 'create-user' }, NOW))).toEqual([
      failedAt('create-user'),
      anew('exclude'),
      anew('watch'),
      fourth,
    ]);
    // One that the plan does not know says nothing of those it knows.
    expect(states(failRun(done, 4, { ...failure, step: 'disable' }, NOW))).toEqual([first, second, third, fourth]);
  });

  test('GR-1: stopped by what a later step found, that is the step that failed: what was proven before it stays so until it is done again', () => {
    const names: StepId[] = ['create-user', 'exclude', 'watch'];
    const done = names.reduce((request, name) => withStep(request, name, { state: 'done', at: NOON, evidence: 'seen' }), BEGUN);
    const found = { ...failure, foundBy: 'watch' } as const;
    const stopped = failRun(done, 4, found, NOW);
    if (!stopped.ok) throw new Error('refused');
    const { next } = stopped.value;
    expect(next.steps).toEqual(done.steps.map((row) => (row.id === 'watch' ? { id: 'watch', state: 'failed', at: NOW } : row)));
    expect(next.failure).toEqual(found);
    const again = retry(next, actor('cy'), NOW);
    const rows = again.ok ? again.value.next.steps : [];
    expect(rows).toEqual(done.steps.map((row) => (row.id === 'create-user' ? row : { id: row.id, state: 'waiting' })));
  });

  test('GR-5: says until when it is waited for: while the approvals hold, and an hour at least', () => {
    const stoppedAt = (at: Date) => ({ ...withStep(BEGUN, 'exclude', { state: 'failed', at }), state: 'failed', failure }) as const;
    const late = new Date(expiresAt.getTime() + 48 * 3_600_000);
    const hourAfter = new Date(late.getTime() + 3_600_000);
    expect(endsByItself(stoppedAt(NOW), NOW)).toEqual(expiresAt);
    expect(endsByItself(stoppedAt(late), late)).toEqual(hourAfter);
    expect(endsByItself(stoppedAt(late), hourAfter)).toBeUndefined();
    // It stopped before it could begin.
    expect(endsByItself({ ...APPROVED, state: 'failed', failure }, NOW)).toEqual(expiresAt);
  });

  test('AL-9: what was under way when it stopped may have been written, and is expected still', () => {
    const open = { step: 'exclude', fromAt: NOON, open: 1, allowed: 0, done: 0, seen: 0, beside: 0 } as const;
    const over = { ...open, untilAt: NOW, open: 0, allowed: 1 };
    expect(failRun({ ...BEGUN, expected: [open] }, 4, failure, NOW)).toMatchObject({ value: { next: { expected: [over] } } });
    expect(beginRun({ ...BEGUN, expected: [open] }, new Set(), NOW)).toMatchObject({
      value: { next: { state: 'failed', expected: [over] } },
    });
  });

  test('GR-5: taking back goes on whatever fails, and each new hour says so', () => {
    const undoing: ChangeRequest = { ...BEGUN, state: 'undoing' };
    const at = (now: Date) => {
      const words = `Taking back what was done stands at "exclude": ${failure.words} It is tried again until it is done.`;
      return alarm(`undo-failing:${id}:exclude:Refused:${Math.floor(now.getTime() / 3_600_000)}`, words, now);
    };
    expect(failRun(undoing, 4, failure, NOW)).toEqual({ ok: true, value: { next: undoing, effects: [at(NOW)] } });
    expect(failRun(undoing, 4, failure, minutes(125))).toEqual({ ok: true, value: { next: undoing, effects: [at(minutes(125))] } });
    expect(at(NOW).key).not.toBe(at(minutes(125)).key);
  });
});

describe('finishing', () => {
  const finished = (request: ChangeRequest): ChangeRequest => ({
    ...request,
    steps: request.steps.map(({ id: name }) => ({ id: name, state: 'done' })),
  });
  const concluded = [show, { kind: 'intend', key: `conclude:${id}`, at: NOW, intent: { kind: 'conclude-request', requestId: id } }];

  test('with every step proven it is applied, and what follows for the account is owed', () => {
    const whole = finished(BEGUN);
    expect(finishRun(whole, 4, NOW)).toEqual({
      ok: true,
      value: { next: { ...whole, state: 'applied', closedAt: NOW, revision: 4 }, effects: [...concluded, ...all('applied')] },
    });
    expect(finishRun(withStep(whole, 'verify', { state: 'running' }), 4, NOW)).toEqual(no({ code: 'nothing-to-do' }));
  });

  test('GR-5: with every step of the taking back proven it is undone', () => {
    const undoing: ChangeRequest = {
      ...BEGUN,
      state: 'undoing',
      undoSteps: BEGUN.plan.undo.map(({ id: name }) => ({ id: name, state: 'done' })),
    };
    expect(finishRun(undoing, 4, NOW)).toEqual({
      ok: true,
      value: {
        next: { ...undoing, state: 'undone', closedAt: NOW, revision: 4 },
        effects: [...concluded, inHand(NOW, 'taken-back'), ...all('undone')],
      },
    });
    const last = undoing.undoSteps?.map((row, index): typeof row => (index === 0 ? { ...row, state: 'running' } : row)) ?? [];
    expect(finishRun({ ...undoing, undoSteps: last }, 4, NOW)).toEqual(no({ code: 'nothing-to-do' }));
    const { undoSteps: _none, ...bare } = undoing;
    expect(finishRun(bare, 4, NOW)).toMatchObject({ ok: true, value: { next: { state: 'undone' } } });
  });

  test('GR-5: where something stays, what was alerted of it is replaced and not well again, however soon it is taken back', () => {
    const plan = anAccountPlan('disable');
    const steps = plan.steps.map(({ id: name }) => ({ id: name, state: name === 'disable' ? ('done' as const) : ('waiting' as const) }));
    const undoing: ChangeRequest = { ...BEGUN, kind: 'disable', plan, steps, state: 'undoing', undoSteps: [] };
    const outcome = finishRun(undoing, BEGUN.fence, NOW);
    const effects = outcome.ok ? outcome.value.effects : [];
    expect(effects).toContainEqual(expect.objectContaining({ intent: expect.objectContaining({ how: 'taken-back', replaced: true }) }));
  });
});

describe('trying again', () => {
  const failure = { step: 'exclude', code: 'X', words: 'x', reference: 'r' } as const;
  const failed = withStep(withStep({ ...BEGUN, state: 'failed', failure }, 'create-user', { state: 'done', at: NOON }), 'exclude', {
    state: 'failed',
    at: NOON,
  });
  const { failure: _forgotten, ...rest } = failed;

  test.each([
    ['an approver', actor('cy')],
    ['the requester', actor('rita')],
    ['the requester from another account', actor('rita2', ['auditor'])],
  ])('goes on at the step that failed when %s asks', (_who, who) => {
    const at = new Date(expiresAt.getTime() - 1);
    expect(retry(failed, who, at)).toEqual({
      ok: true,
      value: {
        next: {
          ...rest,
          state: 'approved',
          steps: rest.steps.map((row) => (row.id === 'exclude' ? { id: 'exclude', state: 'waiting' } : row)),
          revision: 4,
        },
        effects: [{ kind: 'forget', key: `undo:${id}` }, { kind: 'apply-plan', requestId: id }, inHand(at, 'retried'), show],
      },
    });
  });

  test('is refused to others, of what did not fail, and when the approvals are too old', () => {
    expect(retry(failed, actor('oona'), NOW)).toEqual(no({ code: 'missing-role', role: 'approver' }));
    expect(retry(failed, stranger('guest'), NOW)).toEqual(no({ code: 'stranger', why: 'guest' }));
    expect(retry(failed, { kind: 'system', part: 'worker' }, NOW)).toEqual(no({ code: 'stranger', why: 'unknown' }));
    for (const state of ['pending', 'approved', 'applied', 'undoing'] as const)
      expect(retry({ ...failed, state }, actor('cy'), NOW)).toEqual(no({ code: 'not-failed', state }));
    expect(retry(failed, actor('cy'), expiresAt)).toEqual(no({ code: 'approvals-too-old', kind: 'create' }));
  });
});
