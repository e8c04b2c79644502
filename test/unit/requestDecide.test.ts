import { describe, expect, test } from '@jest/globals';
import type { Actor, PersonRef } from '../../src/core/people.ts';
import { approve, canBeDenied, deny, expire, rehearse, stateAt, withdraw } from '../../src/core/request/decide.ts';
import type { ChangeRequest, RequestState } from '../../src/core/request/types.ts';
import { undo } from '../../src/core/request/undo.ts';
import { actor, aDecision, anAccountPlan, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';

/* Every outcome of deciding on a request, whole: the next state to the last field, what is owed, and each refusal at its limit. */
const REQUEST = aRequest();
const { id, planDigest, expiresAt } = REQUEST;
const NOW = minutes(5);
const LAST = new Date(expiresAt.getTime() - 1);
const PROOF = { method: 'oidc', at: minutes(4) } as const;
const show = { kind: 'show', subject: `request:${id}` };
const forget = { kind: 'forget', key: `expire:${id}` };
const apply = { kind: 'apply-plan', requestId: id };
const notice = (state: RequestState, name: 'rita' | 'ann' | 'bob' | 'cy' | 'oona') => ({
  kind: 'post',
  key: `request:${id}:notice:${state}:${person(name).objectId}`,
  place: { kind: 'person', objectId: person(name).objectId },
  subject: `request:${id}`,
  variant: `notice:${state}`,
});
const row = (name: 'ann' | 'bob' | 'cy', more = {}) => ({ kind: 'approve', person: person(name), planDigest, at: NOW, ...more });
const no = (error: unknown) => ({ ok: false, error });
const withAnn = (more: Partial<ChangeRequest> = {}) => aRequest({ decisions: [aDecision('ann')], ...more });

describe('the state as of now', () => {
  test('AP-7: a pending request is expired from the instant of its expiry, whatever the timer did; no other state changes by itself', () => {
    expect([stateAt(REQUEST, LAST), stateAt(REQUEST, expiresAt), stateAt(REQUEST, hours(99))]).toEqual(['pending', 'expired', 'expired']);
    for (const state of ['approved', 'applied', 'failed', 'undoing', 'undone', 'denied', 'withdrawn'] as const)
      expect(stateAt({ ...REQUEST, state }, hours(99))).toBe(state);
  });
});

describe('approving', () => {
  test('AP-1: the first of two adds one row and redraws the card', () => {
    expect(approve(REQUEST, actor('ann'), planDigest, NOW)).toEqual({
      ok: true,
      value: { next: { ...REQUEST, decisions: [row('ann')], revision: 2 }, effects: [show] },
    });
  });

  test('AP-1 AP-8: the second moves it on and owes its run, once', () => {
    const before = withAnn();
    expect(approve(before, actor('bob'), planDigest, LAST)).toEqual({
      ok: true,
      value: {
        next: { ...before, state: 'approved', decisions: [aDecision('ann'), row('bob', { at: LAST })], revision: 2 },
        effects: [apply, show],
      },
    });
  });

  test.each<[string, ChangeRequest, string, Date, unknown]>([
    ['another plan', REQUEST, 'f'.repeat(64), NOW, { code: 'plan-changed' }],
    ['expired', REQUEST, planDigest, expiresAt, { code: 'closed', state: 'expired' }],
    ['approved', { ...REQUEST, state: 'approved' }, planDigest, NOW, { code: 'closed', state: 'approved' }],
    [
      'closed before anything is said of the plan',
      { ...REQUEST, state: 'denied' },
      'f'.repeat(64),
      NOW,
      { code: 'closed', state: 'denied' },
    ],
    ['decided already', withAnn(), planDigest, NOW, { code: 'already-decided' }],
    ['decided already, said also when it is over', withAnn({ state: 'applied' }), planDigest, NOW, { code: 'already-decided' }],
    ['decided an earlier plan', withAnn({ planDigest: 'a'.repeat(64) }), planDigest, NOW, { code: 'plan-changed' }],
    ['no second proof', { ...REQUEST, secondProof: true }, planDigest, NOW, { code: 'proof-needed' }],
    ['a changed plan is said before the proof', { ...REQUEST, secondProof: true }, 'f'.repeat(64), NOW, { code: 'plan-changed' }],
  ])('is refused: %s', (_name, request, digest, now, refusal) => {
    expect(approve(request, actor('ann'), digest, now)).toEqual(no(refusal));
  });

  test('AU-9: with the proof that is asked for it counts, and the proof is kept', () => {
    const proven = withAnn({ secondProof: true, decisions: [aDecision('ann', { proof: PROOF })] });
    expect(approve(proven, actor('bob'), planDigest, NOW, PROOF)).toMatchObject({
      ok: true,
      value: { next: { state: 'approved', decisions: [{}, row('bob', { proof: PROOF })] } },
    });
  });

  test('AP-5 AU-9: an approval from before the proof was asked for counts for nothing; its approver may bring the proof, once', () => {
    const since = withAnn({ secondProof: true });
    const brought = approve(since, actor('ann'), planDigest, NOW, PROOF);
    expect(brought).toEqual({
      ok: true,
      value: { next: { ...since, decisions: [aDecision('ann'), row('ann', { proof: PROOF })], revision: 2 }, effects: [show] },
    });
    if (brought.ok) expect(approve(brought.value.next, actor('ann'), planDigest, NOW, PROOF)).toEqual(no({ code: 'already-decided' }));
  });

  test('AP-4: an account that lost the right and has it again counts again without a second row; who else lost it stays out', () => {
    const annulled = withAnn({
      annulled: [person('ann').objectId, person('cy').objectId],
      decisions: [aDecision('ann'), aDecision('bob')],
    });
    expect(approve(annulled, actor('ann'), planDigest, NOW)).toEqual({
      ok: true,
      value: { next: { ...annulled, state: 'approved', annulled: [person('cy').objectId], revision: 2 }, effects: [apply, show] },
    });
    expect(approve({ ...annulled, secondProof: true }, actor('ann'), planDigest, NOW)).toEqual(no({ code: 'proof-needed' }));
    expect(approve(withAnn({ annulled: [person('bob').objectId] }), actor('ann'), planDigest, NOW)).toEqual(
      no({ code: 'already-decided' }),
    );
  });

  test('AP-4 AU-9: one that is annulled and lacks the proof is brought anew, with the proof, and counts', () => {
    const annulled = withAnn({ annulled: [person('ann').objectId], secondProof: true });
    expect(approve(annulled, actor('ann'), planDigest, NOW, PROOF)).toEqual({
      ok: true,
      value: {
        next: { ...annulled, annulled: [], decisions: [aDecision('ann'), row('ann', { proof: PROOF })], revision: 2 },
        effects: [show],
      },
    });
  });

  test('ID-3: another account of the same human does not stand in for one that lost the right', () => {
    const second: Actor = { kind: 'person', person: { ...person('ann'), objectId: 'ann-2' }, roles: new Set(['approver'] as const) };
    expect(approve(withAnn({ annulled: [person('ann').objectId] }), second, planDigest, NOW)).toEqual(no({ code: 'already-decided' }));
  });

  test('AP-3: who approved an earlier plan approves the one that stands by a row of its own', () => {
    const reopened = withAnn({ planDigest: 'a'.repeat(64) });
    expect(approve(reopened, actor('ann'), 'a'.repeat(64), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...reopened, decisions: [aDecision('ann'), row('ann', { planDigest: 'a'.repeat(64) })], revision: 2 },
        effects: [show],
      },
    });
  });

  test('a denial or a withdrawal of their own is no approval', () => {
    const denied = aRequest({ decisions: [aDecision('ann', { kind: 'deny' })] });
    expect(approve(denied, actor('ann'), planDigest, NOW).ok).toBe(true);
  });

  test('of several rows of their own the one that counts decides', () => {
    const both = withAnn({ secondProof: true, decisions: [aDecision('ann'), aDecision('ann', { proof: PROOF })] });
    expect(approve(both, actor('ann'), planDigest, NOW, PROOF)).toEqual(no({ code: 'already-decided' }));
  });
});

describe('denying', () => {
  const denied = (before: ChangeRequest, more = {}) => ({
    ok: true,
    value: {
      next: {
        ...before,
        state: 'denied',
        decisions: [...before.decisions, { kind: 'deny', person: person('cy'), planDigest, at: NOW, reason: 'no', ...more }],
        closedAt: NOW,
        revision: before.revision + 1,
      },
      effects: [forget, show, notice('denied', 'rita'), ...before.decisions.map(() => notice('denied', 'ann')), notice('denied', 'oona')],
    },
  });

  test('AP-6: ends it, from pending and from approved, as long as nothing was begun, and tells everybody who had a part in it', () => {
    expect(deny(withAnn(), actor('cy'), planDigest, 'no', NOW)).toEqual(denied(withAnn()));
    const approved = withAnn({ state: 'approved', fence: 3 });
    expect(deny(approved, actor('cy'), planDigest, 'no', NOW)).toEqual(denied(approved));
    const late = withAnn({ state: 'approved' });
    expect(deny(late, actor('cy'), planDigest, 'no', expiresAt).ok).toBe(true);
    expect(deny(REQUEST, actor('cy'), planDigest, 'no', NOW, PROOF)).toEqual(denied(REQUEST, { proof: PROOF }));
  });

  const NOTHING = { step: 'create-user', fromAt: NOON, untilAt: NOON, open: 0, allowed: 0, done: 0, seen: 0, beside: 0 } as const;

  test('AP-6: also what stopped before it changed anything, which anybody might try again; it does not end by itself any more', () => {
    const never = withAnn({ state: 'failed' });
    const refused = withAnn({ state: 'failed', begunAt: NOON, expected: [NOTHING] });
    for (const before of [never, refused]) {
      const ended = denied(before);
      const forgetUndo = { kind: 'forget', key: `undo:${id}` };
      const inHand = {
        kind: 'intend',
        key: `in-hand:${id}`,
        at: NOW,
        intent: { kind: 'request-in-hand', requestId: id, untilAt: NOW, how: 'denied' },
      };
      const [first, ...others] = ended.value.effects;
      expect(deny(before, actor('cy'), planDigest, 'no', NOW)).toEqual({
        ...ended,
        value: { ...ended.value, effects: [first, forgetUndo, inHand, ...others] },
      });
    }
    for (const sent of [{ open: 1 }, { allowed: 1 }, { done: 1 }])
      expect(canBeDenied({ ...refused, expected: [{ ...NOTHING, ...sent }] }, 'failed')).toBe(false);
  });

  test.each<[string, ChangeRequest, string, string, unknown]>([
    ['begun', { ...REQUEST, state: 'approved', begunAt: NOON }, planDigest, 'no', { code: 'closed', state: 'approved' }],
    ['failed after it wrote', { ...REQUEST, state: 'failed', begunAt: NOON }, planDigest, 'no', { code: 'closed', state: 'failed' }],
    ['another plan', REQUEST, 'f'.repeat(64), 'no', { code: 'plan-changed' }],
    ['another plan, before the reason', REQUEST, 'f'.repeat(64), '', { code: 'plan-changed' }],
    ['no reason', REQUEST, planDigest, '', { code: 'reason-missing' }],
    ['no reason, before the proof', { ...REQUEST, secondProof: true }, planDigest, '', { code: 'reason-missing' }],
    ['no proof', { ...REQUEST, secondProof: true }, planDigest, 'no', { code: 'proof-needed' }],
    [
      'a reason too long',
      REQUEST,
      planDigest,
      'x'.repeat(1001),
      { code: 'bad-form', faults: [{ field: 'reason', problem: 'too-long', detail: '1000' }] },
    ],
  ])('is refused: %s', (_name, request, digest, reason, refusal) => {
    expect(deny(request, actor('cy'), digest, reason, NOW)).toEqual(no(refusal));
  });

  test('AP-7: is refused of a request that expired; a reason of a thousand characters is not too long', () => {
    expect(deny(REQUEST, actor('cy'), planDigest, 'no', expiresAt)).toEqual(no({ code: 'closed', state: 'expired' }));
    expect(deny(REQUEST, actor('cy'), planDigest, 'x'.repeat(1000), LAST).ok).toBe(true);
  });
});

describe('rehearsing', () => {
  test('AU-9: says what the decision would come to if it were proven, with the proof of that very instant', () => {
    const request = withAnn({ secondProof: true });
    const proof = { method: 'oidc', at: NOW };
    expect(rehearse(request, actor('bob'), { decision: 'approve', requestId: id, planDigest }, NOW)).toMatchObject({
      ok: true,
      value: { next: { decisions: [{}, { kind: 'approve', proof }] } },
    });
    expect(rehearse(request, actor('bob'), { decision: 'deny', requestId: id, planDigest, reason: 'no' }, NOW)).toMatchObject({
      ok: true,
      value: { next: { state: 'denied', decisions: [{}, { kind: 'deny', reason: 'no', proof }] } },
    });
    expect(rehearse(request, actor('rita'), { decision: 'approve', requestId: id, planDigest }, NOW).ok).toBe(false);
  });
});

describe('withdrawing', () => {
  const taken = { kind: 'withdraw', person: person('rita'), planDigest, at: NOW };
  test('AP-11: closes a pending request with a row of its own, and tells whoever had decided', () => {
    expect(withdraw(withAnn(), actor('rita'), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...withAnn(), state: 'withdrawn', decisions: [aDecision('ann'), taken], closedAt: NOW, revision: 2 },
        effects: [forget, show, notice('withdrawn', 'rita'), notice('withdrawn', 'ann'), notice('withdrawn', 'oona')],
      },
    });
    expect(withdraw(REQUEST, actor('rita2'), LAST).ok).toBe(true);
  });

  test('AP-6: takes back what was approved and of which nothing was begun, also when its run cannot begin', () => {
    const approved = withAnn({ state: 'approved', stalled: { sinceAt: NOON, code: 'c', words: 'Cannot be read.' } });
    expect(withdraw(approved, actor('rita'), NOW)).toMatchObject({
      ok: true,
      value: {
        next: { state: 'withdrawn', closedAt: NOW },
        effects: [forget, show, notice('withdrawn', 'rita'), notice('withdrawn', 'ann'), notice('withdrawn', 'oona')],
      },
    });
    expect(withdraw({ ...approved, begunAt: NOON }, actor('rita'), NOW)).toEqual(no({ code: 'closed', state: 'approved' }));
    expect(withdraw(approved, actor('ann'), NOW)).toEqual(no({ code: 'not-requester' }));
  });

  test('AP-9 GR-5: gives up a run that waits for somebody: its lease ends, and what was done is taken back', () => {
    const [first, second] = REQUEST.steps;
    if (!first || !second) throw new Error('no steps');
    const waits = { id: second.id, state: 'waiting', at: NOON, evidence: 'Waiting for Dana' } as const;
    const rest = REQUEST.steps.slice(2);
    const open = { step: second.id, fromAt: NOON, open: 1, allowed: 0, done: 0, seen: 0, beside: 0 };
    const begun = withAnn({ state: 'approved', begunAt: NOON, fence: 4, expected: [open] });
    const parked = { ...begun, steps: [{ ...first, state: 'done' as const }, waits, ...rest] };
    const given = withdraw(parked, actor('rita'), NOW);
    expect(given).toMatchObject({
      ok: true,
      value: {
        next: { state: 'undoing', fence: 5, givenUp: { by: person('rita'), at: NOW }, expected: [{ open: 0, allowed: 1, untilAt: NOW }] },
      },
    });
    expect(given.ok && given.value.effects.slice(0, 2)).toEqual([
      { kind: 'forget', key: `resume:${id}` },
      { kind: 'apply-plan', requestId: id },
    ]);
    // Taken up again it is no longer waiting, whatever the row of the one it waits for still says.
    for (const busy of [{ ...parked, steps: [{ ...first, state: 'running' as const }, waits, ...rest] }, begun])
      expect(withdraw(busy, actor('rita'), NOW)).toEqual(no({ code: 'closed', state: 'approved' }));
    // One that found that an earlier one is to be done again keeps the instant it began at, and runs no more.
    const [third, ...later] = rest;
    if (!third) throw new Error('no third step');
    const noticed = { ...parked, steps: [{ ...first, state: 'done' as const }, waits, { ...third, state: 'running' as const }, ...later] };
    expect(withdraw(noticed, actor('rita'), NOW)).toMatchObject({ value: { next: { state: 'undoing', fence: 5 } } });
    const bare = { ...parked, plan: { ...parked.plan, undo: [] } };
    expect(withdraw(bare, actor('rita'), NOW)).toMatchObject({ value: { next: { state: 'withdrawn', fence: 5 } } });
  });

  test('is refused to others, and of what is under way or over', () => {
    expect(withdraw(REQUEST, actor('ann'), NOW)).toEqual(no({ code: 'not-requester' }));
    expect(withdraw(REQUEST, stranger('guest'), NOW)).toEqual(no({ code: 'stranger', why: 'guest' }));
    expect(withdraw(REQUEST, actor('rita'), expiresAt)).toEqual(no({ code: 'closed', state: 'expired' }));
    for (const state of ['approved', 'applied', 'denied', 'undoing'] as const)
      expect(withdraw({ ...REQUEST, state, begunAt: NOON }, actor('rita'), NOW)).toEqual(no({ code: 'closed', state }));
  });
});

describe('expiring', () => {
  test('AP-7: from the instant on, of what waits or was never begun; everybody who had a part in it is told', () => {
    for (const state of ['pending', 'approved'] as const) {
      expect(expire(withAnn({ state }), expiresAt)).toEqual({
        ok: true,
        value: {
          next: { ...withAnn({ state }), state: 'expired', closedAt: expiresAt, revision: 2 },
          effects: [show, notice('expired', 'rita'), notice('expired', 'ann'), notice('expired', 'oona')],
        },
      });
      expect(expire(withAnn({ state }), LAST)).toEqual(no({ code: 'nothing-to-do' }));
    }
    expect(expire({ ...REQUEST, state: 'approved', begunAt: NOON }, expiresAt)).toEqual(no({ code: 'closed', state: 'approved' }));
    expect(expire({ ...REQUEST, state: 'failed' }, expiresAt)).toEqual(no({ code: 'closed', state: 'failed' }));
  });
});

describe('giving up what failed', () => {
  const failed = withAnn({ state: 'failed', begunAt: NOON, revision: 7 });
  const taken = { kind: 'withdraw', person: person('rita'), planDigest, at: NOW };
  const forgetUndo = { kind: 'forget', key: `undo:${id}` };
  const handed = (how: string) => ({
    kind: 'intend',
    key: `in-hand:${id}`,
    at: NOW,
    intent: { kind: 'request-in-hand', requestId: id, untilAt: NOW, how },
  });
  const inHand = handed('given-up');

  test('GR-5: what was begun and can be taken back is taken back: rights first, in the order of the plan', () => {
    const undoSteps = failed.plan.undo.map((step) => ({ id: step.id, state: 'waiting' }));
    expect(undoSteps.map((step) => step.id)).toEqual([
      'leave-unit',
      'remove-role',
      'disable',
      'leave-group',
      'delete-user',
      'confirm-gone',
    ]);
    const next = { ...failed, state: 'undoing', undoSteps, revision: 8 };
    expect(withdraw(failed, actor('rita'), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...next, decisions: [aDecision('ann'), taken], givenUp: { by: person('rita'), at: NOW } },
        effects: [forgetUndo, apply, handed('taking-back'), show],
      },
    });
    expect(undo(failed, { kind: 'system', part: 'timer' }, NOW)).toEqual({
      ok: true,
      value: { next: { ...next, givenUp: { by: 'expiry', at: NOW } }, effects: [forgetUndo, apply, handed('taking-back'), show] },
    });
  });

  const retire = anAccountPlan('retire', { requestId: id });
  const refused = { step: 'remove-role', fromAt: NOON, untilAt: NOON, open: 0, allowed: 0, done: 0, seen: 0, beside: 0 } as const;

  test.each<[string, ChangeRequest]>([
    ['no run ever began', aRequest({ state: 'failed', revision: 7 })],
    ['the tenant refused all that was sent', aRequest({ plan: retire, state: 'failed', begunAt: NOON, expected: [refused], revision: 7 })],
    ['it stopped before it sent anything', aRequest({ plan: retire, state: 'failed', begunAt: NOON, expected: [], revision: 7 })],
  ])('GR-5: where %s it ends by itself as impossible; who gives it up withdraws it, and no one else', (_why, request) => {
    const ended = (state: 'impossible' | 'withdrawn', by: 'expiry' | PersonRef) => ({
      ...request,
      state,
      givenUp: { by, at: NOW },
      closedAt: NOW,
      revision: 8,
    });
    expect(undo(request, { kind: 'system', part: 'timer' }, NOW)).toEqual({
      ok: true,
      value: {
        next: ended('impossible', 'expiry'),
        effects: [forgetUndo, show, inHand, notice('impossible', 'rita'), notice('impossible', 'oona')],
      },
    });
    expect(withdraw(request, actor('rita'), NOW)).toEqual({
      ok: true,
      value: {
        next: { ...ended('withdrawn', person('rita')), decisions: [{ ...taken, planDigest: request.planDigest }] },
        effects: [forgetUndo, show, inHand, notice('withdrawn', 'rita'), notice('withdrawn', 'oona')],
      },
    });
    expect(withdraw(request, actor('ann'), NOW)).toEqual(no({ code: 'not-requester' }));
  });

  const removing = { step: 'remove-role', title: 'Remove Global Administrator' } as const;

  test.each<[string, Partial<ChangeRequest>, readonly unknown[]]>([
    ['was done', { expected: [{ ...refused, done: 1 }] }, [removing]],
    ['may have been done', { expected: [{ ...refused, allowed: 5 }] }, [{ ...removing, perhaps: true }]],
    ['may be under way', { expected: [{ ...refused, open: 1 }] }, [{ ...removing, perhaps: true }]],
    ['nobody can tell', {}, [{ ...removing, perhaps: true }]],
  ])(
    'GR-5: where something %s and nothing can be taken back, that it ends half-way is an alert, whoever gave it up',
    (_what, more, stays) => {
      const request = aRequest({ plan: retire, state: 'failed', begunAt: NOON, revision: 7, ...more });
      const dedupe = `ended-half-way:${id}`;
      const { userPrincipalName } = retire.account;
      const { accountId } = retire.account as { accountId: string };
      const alarm = (by: 'expiry' | 'person') => ({
        kind: 'intend',
        key: dedupe,
        at: NOW,
        intent: {
          kind: 'raise-alert',
          dedupe,
          tenantId: retire.tenant.id,
          accountId,
          cause: { kind: 'ended-half-way', requestId: id, by, operation: 'retire', userPrincipalName, stays },
        },
      });
      const replaced = { ...inHand, intent: { ...inHand.intent, replaced: true } };
      const conclude = { kind: 'intend', key: `conclude:${id}`, at: NOW, intent: { kind: 'conclude-request', requestId: id } };
      expect(undo(request, { kind: 'system', part: 'timer' }, NOW)).toEqual({
        ok: true,
        value: {
          next: { ...request, state: 'withdrawn', givenUp: { by: 'expiry', at: NOW }, closedAt: NOW, revision: 8 },
          effects: [forgetUndo, show, replaced, alarm('expiry'), notice('withdrawn', 'rita'), notice('withdrawn', 'oona'), conclude],
        },
      });
      expect(withdraw(request, actor('rita'), NOW)).toMatchObject({
        value: {
          next: { state: 'withdrawn' },
          effects: [forgetUndo, show, replaced, alarm('person'), notice('withdrawn', 'rita'), notice('withdrawn', 'oona'), conclude],
        },
      });
    },
  );

  test('is refused of what did not fail; a person who may is named', () => {
    for (const state of ['pending', 'approved', 'undoing', 'undone', 'withdrawn'] as const) {
      expect(undo({ ...failed, state }, { kind: 'system', part: 'timer' }, NOW)).toEqual(no({ code: 'nothing-to-do' }));
      expect(undo({ ...failed, state }, actor('ann'), NOW)).toEqual(no({ code: 'closed', state }));
    }
    expect(undo(failed, stranger('guest'), NOW)).toEqual(no({ code: 'stranger', why: 'guest' }));
    expect(undo(failed, actor('ann'), NOW)).toMatchObject({ ok: true, value: { next: { givenUp: { by: person('ann'), at: NOW } } } });
  });
});
