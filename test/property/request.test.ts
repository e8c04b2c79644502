import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, later } from '../../src/core/decision.ts';
import { digestOf } from '../../src/core/digest.ts';
import { approve, deny, expire, stateAt, withdraw } from '../../src/core/request/decide.ts';
import { beginRun, failRun, finishRun, newVersion, recordStep, retry } from '../../src/core/request/run.ts';
import { tally } from '../../src/core/request/tally.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, aPendingRequest, NOON, ref } from '../support/requests.ts';

const ACCOUNTS = ['rita', 'rita2', 'ann', 'ann2', 'bob', 'cy', 'dana', 'mal'] as const;
/** Everybody is in the approvers' group but Mal: the group alone must not be enough. */
const inGroup = (account: string) => account !== 'mal';
const click = (account: string) => actor(account, ...(inGroup(account) ? (['approver'] as const) : []));

const happening = fc.oneof(
  fc.record({
    kind: fc.constant('approve' as const),
    who: fc.constantFrom(...ACCOUNTS),
    digest: fc.constantFrom('current', 'current', 'current', 'other'),
  }),
  fc.record({ kind: fc.constant('deny' as const), who: fc.constantFrom(...ACCOUNTS), reason: fc.constantFrom('', 'no') }),
  fc.record({ kind: fc.constant('withdraw' as const), who: fc.constantFrom(...ACCOUNTS) }),
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('expire' as const) }),
  fc.record({ kind: fc.constant('begin' as const), eligible: fc.subarray([...ACCOUNTS]) }),
);

describe('a change request, whatever happens to it in whatever order', () => {
  test('AP-1 AP-2 AP-3 AP-4 AP-6 AP-7: runs only on a quorum of distinct, eligible people, none of whom asked, in time and undenied', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 14 }), (happenings) => {
        let request = aPendingRequest();
        let now = NOON;
        let ran = false;
        // The reference: humans who approved the current plan while it could be approved, kept apart from the code's own bookkeeping.
        const approved = new Map<string, string>();
        let ended: 'denied' | 'withdrawn' | undefined;
        for (const step of happenings) {
          const before = request;
          const open = !ran && ended === undefined && now < request.expiresAt;
          if (step.kind === 'wait') now = later(now, step.hours * HOUR);
          else {
            const decision =
              step.kind === 'approve'
                ? approve(request, click(step.who), step.digest === 'current' ? request.planDigest : 'f'.repeat(64), now)
                : step.kind === 'deny'
                  ? deny(request, click(step.who), request.planDigest, step.reason, now)
                  : step.kind === 'withdraw'
                    ? withdraw(request, click(step.who), now)
                    : step.kind === 'expire'
                      ? expire(request, now)
                      : beginRun(request, new Set(step.eligible.map((account) => ref(account).objectId)), now);
            if (!decision.ok) continue;
            request = decision.value.next;
            expect(request.revision).toBe(before.revision + 1);
            if (step.kind === 'approve') {
              expect(open).toBe(true);
              expect(['ann', 'ann2', 'bob', 'cy']).toContain(step.who);
              expect(step.digest).toBe('current');
              // Once per human, but for the very account that had lost the right in between.
              expect(approved.get(ref(step.who).personKey)).toBe(
                before.annulled.includes(ref(step.who).objectId) ? ref(step.who).objectId : undefined,
              );
              approved.set(ref(step.who).personKey, ref(step.who).objectId);
            }
            if (step.kind === 'deny') ended = 'denied';
            if (step.kind === 'withdraw') {
              expect(['rita', 'rita2']).toContain(step.who);
              ended = 'withdrawn';
            }
            // A run that finds the quorum gone before its first step opens the request again for others to approve.
            if (step.kind === 'begin') ran = request.state === 'approved';
            if (step.kind === 'begin' && request.state === 'approved') {
              const eligible = new Set(step.eligible.map((account) => ref(account).objectId));
              expect([...approved.values()].filter((objectId) => eligible.has(objectId)).length).toBeGreaterThanOrEqual(2);
              expect(ended).toBeUndefined();
              expect(now < request.expiresAt).toBe(true);
            }
          }
          // Decisions are only ever added (AP-11).
          expect(request.decisions.slice(0, before.decisions.length)).toEqual(before.decisions);
        }
        if (ended) expect(request.state).toBe(ended);
      }),
      { numRuns: 2000 },
    );
  });

  test('AP-3: the digest covers everything a person approves', () => {
    const { plan, planDigest } = aPendingRequest();
    if (plan.operation !== 'create') throw new Error('another plan was meant');
    const variants = [
      { ...plan, tenant: { ...plan.tenant, id: 'another' } },
      { ...plan, account: { ...plan.account, userPrincipalName: 'x@contoso.onmicrosoft.com' } },
      { ...plan, role: { ...plan.role, templateId: 'another' } },
      { ...plan, custodians: [...plan.custodians].reverse() },
      { ...plan, owners: [] },
      { ...plan, quorum: 1 },
      { ...plan, policyVersion: 'p2' },
      { ...plan, expires: '2027-01-01T00:00:00.000Z' },
      { ...plan, requestId: 'R-OTHER1' },
      { ...plan, reason: 'another' },
      { ...plan, steps: plan.steps.slice(1) },
      { ...plan, exclusionGroupId: 'another' },
    ];
    expect(digestOf(plan)).toBe(planDigest);
    for (const variant of variants) expect(digestOf(variant)).not.toBe(planDigest);
  });
});

const approvedRequest = (): ChangeRequest => {
  const digest = aPendingRequest().planDigest;
  return ['ann', 'bob'].reduce((request, who) => {
    const decision = approve(request, click(who), digest, NOON);
    if (!decision.ok) throw new Error(decision.error.code);
    return decision.value.next;
  }, aPendingRequest());
};
const everybody = new Set(['ann', 'bob', 'cy'].map((who) => ref(who).objectId));

describe('deciding', () => {
  test('AP-2: the requester is refused with the reason, from either account', () => {
    const request = aPendingRequest();
    expect(approve(request, click('rita'), request.planDigest, NOON)).toEqual({
      ok: false,
      error: { code: 'own-request', otherAccount: false },
    });
    expect(approve(request, click('rita2'), request.planDigest, NOON)).toEqual({
      ok: false,
      error: { code: 'own-request', otherAccount: true },
    });
  });

  test('ID-3: a second account of somebody who approved does not count again', () => {
    const request = aPendingRequest();
    const first = approve(request, click('ann'), request.planDigest, NOON);
    if (!first.ok) throw new Error(first.error.code);
    expect(approve(first.value.next, click('ann2'), request.planDigest, NOON)).toEqual({ ok: false, error: { code: 'already-decided' } });
  });

  test('CR-3: a custodian of the plan cannot approve it', () => {
    const request = aPendingRequest();
    expect(approve(request, click('dana'), request.planDigest, NOON)).toEqual({ ok: false, error: { code: 'custodian-of-plan' } });
  });

  test('AP-7: expiry is judged by the clock, not by whether the timer rang', () => {
    const request = aPendingRequest();
    expect(stateAt(request, later(request.expiresAt, -1))).toBe('pending');
    expect(approve(request, click('ann'), request.planDigest, request.expiresAt)).toEqual({
      ok: false,
      error: { code: 'closed', state: 'expired' },
    });
  });

  test('AP-6: a denial that arrives after the quorum but before the first write ends the request; later it is too late', () => {
    const request = approvedRequest();
    expect(deny(request, click('cy'), request.planDigest, 'wrong tenant', NOON)).toMatchObject({
      ok: true,
      value: { next: { state: 'denied' } },
    });
    const begun = beginRun(request, everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    // A lease alone writes nothing: only the first step closes the door for denials.
    expect(deny(begun.value.next, click('cy'), request.planDigest, 'wrong tenant', NOON)).toMatchObject({
      ok: true,
      value: { next: { state: 'denied' } },
    });
    const writing = recordStep(begun.value.next, 1, 'create-user', { state: 'running' }, NOON);
    if (!writing.ok) throw new Error(writing.error.code);
    expect(deny(writing.value.next, click('cy'), request.planDigest, 'wrong tenant', NOON)).toEqual({
      ok: false,
      error: { code: 'closed', state: 'approved' },
    });
  });

  test('a denial needs a reason', () => {
    const request = aPendingRequest();
    expect(deny(request, click('ann'), request.planDigest, '', NOON)).toEqual({ ok: false, error: { code: 'reason-missing' } });
  });
});

describe('running', () => {
  test('AP-4: an approver who lost the right since does not count; the request waits for another', () => {
    const begun = beginRun(approvedRequest(), new Set([ref('bob').objectId, ref('cy').objectId]), NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const reopened = begun.value.next;
    expect(reopened.state).toBe('pending');
    expect(reopened.fence).toBe(1);
    expect(tally(reopened)).toMatchObject({ reached: false, notCounted: [{ why: 'not-eligible-now' }] });
    const again = approve(reopened, click('cy'), reopened.planDigest, NOON);
    expect(again).toMatchObject({ ok: true, value: { next: { state: 'approved' } } });
  });

  test('AP-3: who approved an earlier version and presses their old card hears that the plan changed, not that they are counted', () => {
    const request = aPendingRequest();
    const first = approve(request, click('ann'), request.planDigest, NOON);
    if (!first.ok) throw new Error(first.error.code);
    const plan = { ...request.plan, version: 2, reason: 'another' };
    const edited = newVersion(first.value.next, plan, 'edited', [], NOON);
    expect(approve(edited, click('ann'), request.planDigest, NOON)).toEqual({ ok: false, error: { code: 'plan-changed' } });
    const second = approve(edited, click('ann'), edited.planDigest, NOON);
    expect(second.ok && approve(second.value.next, click('ann'), edited.planDigest, NOON)).toEqual({
      ok: false,
      error: { code: 'already-decided' },
    });
  });

  test('AP-3: a plan that no longer hashes to what was approved does not run', () => {
    const request = approvedRequest();
    const tampered: ChangeRequest = {
      ...request,
      plan: { ...request.plan, requestId: 'R-OTHER1' },
    };
    expect(beginRun(tampered, everybody, NOON)).toEqual({ ok: false, error: { code: 'plan-changed' } });
  });

  test('AP-7: a quorum that stood in time but was never begun expires', () => {
    const request = approvedRequest();
    expect(beginRun(request, everybody, request.expiresAt)).toMatchObject({ ok: true, value: { next: { state: 'expired', fence: 1 } } });
  });

  test('AP-9: only the holder of the newest lease may record anything', () => {
    const first = beginRun(approvedRequest(), everybody, NOON);
    if (!first.ok) throw new Error(first.error.code);
    const second = beginRun(first.value.next, everybody, NOON);
    if (!second.ok) throw new Error(second.error.code);
    const request = second.value.next;
    const stale = { ok: false, error: { code: 'stale-lease' } };
    const failure = { step: 'create-user', code: 'X', words: 'x', reference: 'r' } as const;
    expect(recordStep(request, 1, 'create-user', { state: 'running' }, NOON)).toEqual(stale);
    expect(failRun(request, 1, failure, NOON)).toEqual(stale);
    expect(finishRun(request, 1, NOON)).toEqual(stale);
    expect(recordStep(request, 2, 'create-user', { state: 'running' }, NOON).ok).toBe(true);
  });

  test('is applied only when every step is proven', () => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    let request = begun.value.next;
    for (const { id } of request.plan.steps) {
      expect(finishRun(request, 1, NOON)).toEqual({ ok: false, error: { code: 'nothing-to-do' } });
      const done = recordStep(request, 1, id, { state: 'done', evidence: 'seen' }, NOON);
      if (!done.ok) throw new Error(done.error.code);
      request = done.value.next;
    }
    expect(finishRun(request, 1, NOON)).toMatchObject({ ok: true, value: { next: { state: 'applied' } } });
  });

  test('a failed run starts again only when a person asks, at the step that failed', () => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const failed = failRun(begun.value.next, 1, { step: 'create-user', code: 'X', words: 'x', reference: 'r' }, NOON);
    if (!failed.ok) throw new Error(failed.error.code);
    expect(retry(failed.value.next, click('mal'), NOON)).toEqual({ ok: false, error: { code: 'missing-role', role: 'approver' } });
    const again = retry(failed.value.next, click('cy'), NOON);
    expect(again).toMatchObject({
      ok: true,
      value: { next: { state: 'approved' }, effects: [{ kind: 'forget' }, { kind: 'apply-plan' }, { kind: 'intend' }, { kind: 'show' }] },
    });
    if (again.ok) expect(again.value.next.steps[0]).toEqual({ id: 'create-user', state: 'waiting' });
  });
});

describe('a run taken up again', () => {
  const begunAndOneDone = (): ChangeRequest => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const done = recordStep(begun.value.next, 1, 'create-user', { state: 'done', evidence: 'seen' }, NOON);
    if (!done.ok) throw new Error(done.error.code);
    return done.value.next;
  };

  test('AP-4: after the first write, approvals that no longer stand stop it in a named state, with an alert', () => {
    const again = beginRun(begunAndOneDone(), new Set([ref('bob').objectId, ref('cy').objectId]), NOON);
    expect(again).toMatchObject({
      ok: true,
      value: { next: { state: 'failed', fence: 2, failure: { code: 'QuorumLost', step: 'exclude' } } },
    });
    if (again.ok)
      expect(again.value.effects).toContainEqual(expect.objectContaining({ intent: expect.objectContaining({ kind: 'raise-alert' }) }));
  });

  test('the requester may give up a failed request; nobody else, and nothing that is applied', () => {
    const failed = failRun(begunAndOneDone(), 1, { step: 'exclude', code: 'X', words: 'x', reference: 'r' }, NOON);
    if (!failed.ok) throw new Error(failed.error.code);
    expect(withdraw(failed.value.next, click('ann'), NOON)).toEqual({ ok: false, error: { code: 'not-requester' } });
    expect(withdraw(failed.value.next, click('rita'), NOON)).toMatchObject({ ok: true, value: { next: { state: 'undoing' } } });
    const applied = { ...failed.value.next, state: 'applied' as const };
    expect(withdraw(applied, click('rita'), NOON)).toEqual({ ok: false, error: { code: 'closed', state: 'applied' } });
  });

  test('AP-9: a lease that ended with the quorum does not come back to life with the next approval', () => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const sleeping = begun.value.next.fence;
    const reopened = beginRun(begun.value.next, new Set([ref('bob').objectId, ref('cy').objectId]), NOON);
    if (!reopened.ok) throw new Error(reopened.error.code);
    const again = approve(reopened.value.next, click('cy'), reopened.value.next.planDigest, NOON);
    if (!again.ok) throw new Error(again.error.code);
    expect(again.value.next.state).toBe('approved');
    expect(recordStep(again.value.next, sleeping, 'create-user', { state: 'running' }, NOON)).toEqual({
      ok: false,
      error: { code: 'stale-lease' },
    });
  });

  test('AP-7: a run that slept past the expiry before its first step writes nothing', () => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const { next } = begun.value;
    expect(recordStep(next, next.fence, 'create-user', { state: 'running' }, next.expiresAt)).toEqual({
      ok: false,
      error: { code: 'closed', state: 'expired' },
    });
  });

  test('AP-7: approved and never begun expires; begun, it does not', () => {
    const request = approvedRequest();
    expect(expire(request, request.expiresAt)).toMatchObject({ ok: true, value: { next: { state: 'expired' } } });
    expect(expire(begunAndOneDone(), request.expiresAt)).toEqual({ ok: false, error: { code: 'closed', state: 'approved' } });
  });

  test('AP-6: whether something was written is remembered, also when the step that wrote failed and is tried again', () => {
    const begun = beginRun(approvedRequest(), everybody, NOON);
    if (!begun.ok) throw new Error(begun.error.code);
    const running = recordStep(begun.value.next, 1, 'create-user', { state: 'running' }, NOON);
    if (!running.ok) throw new Error(running.error.code);
    const failed = failRun(running.value.next, 1, { step: 'create-user', code: 'NotReadable', words: 'x', reference: 'r' }, NOON);
    if (!failed.ok) throw new Error(failed.error.code);
    const again = retry(failed.value.next, click('cy'), NOON);
    if (!again.ok) throw new Error(again.error.code);
    expect(deny(again.value.next, click('cy'), again.value.next.planDigest, 'no', NOON)).toEqual({
      ok: false,
      error: { code: 'closed', state: 'approved' },
    });
    expect(beginRun(again.value.next, new Set(), NOON)).toMatchObject({ ok: true, value: { next: { state: 'failed' } } });
  });

  test('AP-7: nobody goes on with a failed request on approvals that are too old', () => {
    const failed = failRun(begunAndOneDone(), 1, { step: 'exclude', code: 'X', words: 'x', reference: 'r' }, NOON);
    if (!failed.ok) throw new Error(failed.error.code);
    expect(retry(failed.value.next, click('cy'), failed.value.next.expiresAt)).toEqual({
      ok: false,
      error: { code: 'approvals-too-old', kind: 'create' },
    });
  });

  test('AP-4: an approver who lost the right and has it again counts again by pressing, without a second row', () => {
    const reopened = beginRun(approvedRequest(), new Set([ref('bob').objectId]), NOON);
    if (!reopened.ok) throw new Error(reopened.error.code);
    const again = approve(reopened.value.next, click('ann'), reopened.value.next.planDigest, NOON);
    expect(again).toMatchObject({ ok: true, value: { next: { state: 'approved', annulled: [] } } });
    if (again.ok) expect(again.value.next.decisions).toEqual(reopened.value.next.decisions);
  });

  test('ID-3: another account of the same human does not revive an approval whose account lost the right', () => {
    const reopened = beginRun(approvedRequest(), new Set([ref('bob').objectId]), NOON);
    if (!reopened.ok) throw new Error(reopened.error.code);
    expect(reopened.value.next.annulled).toEqual([ref('ann').objectId]);
    expect(approve(reopened.value.next, click('ann2'), reopened.value.next.planDigest, NOON)).toEqual({
      ok: false,
      error: { code: 'already-decided' },
    });
  });
});
