import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../src/core/digest.ts';
import { edit } from '../../src/core/request/edit.ts';
import { decidersOf, opened, tell, tooOften } from '../../src/core/request/opening.ts';
import type { ChangeRequest, Plan } from '../../src/core/request/types.ts';
import { actor, aDecision, aPlan, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { POLICY } from '../support/requests.ts';

/* A request as it is opened, and as it is changed before anybody carried it out: whole. */
const no = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const [ANN, BOB, CY, DANA, RITA] = [person('ann'), person('bob'), person('cy'), person('dana'), person('rita')];
const plan = aPlan();
const ID = plan.requestId;
const post = (key: string, place: object) => ({ kind: 'post', key, place, subject: `request:${ID}` });
const personally = ({ objectId }: typeof ANN, version = '') => post(`request:${ID}:${objectId}${version}`, { kind: 'person', objectId });

describe('who may decide', () => {
  test('AP-2 CR-3: neither who asks nor who will hold a part, in whichever account; the others, every account of theirs', () => {
    const second = { ...ANN, objectId: 'ann-2' };
    const asRita = { ...RITA, objectId: 'rita-2' };
    expect(decidersOf([ANN, second, BOB, DANA, asRita], RITA, [DANA], 2)).toEqual({ ok: true, value: [ANN, second, BOB] });
  });

  test('AP-12: too few humans are too few, however many accounts they have', () => {
    const second = { ...ANN, objectId: 'ann-2' };
    expect(decidersOf([ANN, second, DANA], RITA, [DANA], 2)).toEqual(no('quorum-unreachable', { need: 2, have: 1 }));
    expect(decidersOf([ANN, second, BOB], RITA, [DANA], 2).ok).toBe(true);
  });
});

describe('asked too often', () => {
  const at = (...times: readonly Date[]) => times.map((openedAt) => ({ openedAt }));

  test('AP-12: what was opened or edited within the hour counts, in whatever order, and there is room again an hour after the oldest that does', () => {
    expect(tooOften(at(minutes(-10), minutes(-50), minutes(-30)), 3, NOON)).toEqual({ code: 'too-often', limit: 3, from: minutes(10) });
    expect(tooOften(at(minutes(-50), minutes(-10), minutes(-30)), 2, NOON)).toEqual({ code: 'too-often', limit: 2, from: minutes(30) });
    expect(tooOften(at(minutes(-60), minutes(-10), minutes(-30)), 3, NOON)).toBeUndefined();
    expect(tooOften([], 1, NOON)).toBeUndefined();
    const version = { version: 1, planDigest: 'd', difference: [] };
    const earlier = [
      { ...version, at: minutes(-20), why: 'edited' as const },
      { ...version, at: minutes(-15), why: 'tenant-changed' as const },
    ];
    expect(tooOften([{ openedAt: minutes(-40), earlier }], 2, NOON)).toEqual({ code: 'too-often', limit: 2, from: minutes(20) });
    expect(tooOften([{ openedAt: minutes(-40), earlier }], 1, NOON)).toMatchObject({ from: minutes(40) });
    expect(tooOften([{ openedAt: minutes(-40), earlier }], 3, NOON)).toBeUndefined();
  });
});

describe('a request that is opened', () => {
  const opening = { plan, formId: 'F-1', told: [ANN, BOB], duplicateOf: undefined, policy: POLICY, expiresAt: hours(24), now: NOON };
  const next: ChangeRequest = {
    ...{ id: ID, kind: 'create', state: 'pending', revision: 1, requester: plan.requester, reason: plan.reason },
    ...{ plan, planDigest: digestOf(plan), quorum: 2, decisions: [], asked: [ANN, BOB], annulled: [], fence: 0 },
    steps: plan.steps.map(({ id }) => ({ id, state: 'waiting' })),
    ...{ openedAt: NOON, expiresAt: hours(24), formId: 'F-1' },
  };

  test('AP-7: waits, with a card in the channel and one for each who may decide, and expires by itself', () => {
    expect(opened(opening)).toEqual({
      next,
      effects: [
        post(`request:${ID}:channel`, { kind: 'channel' }),
        personally(ANN),
        personally(BOB),
        { kind: 'intend', key: `expire:${ID}`, at: hours(24), intent: { kind: 'expire-request', requestId: ID } },
      ],
    });
    for (const absent of ['duplicateOf', 'secondProof']) expect(Object.keys(opened(opening).next)).not.toContain(absent);
  });

  test('AU-9: says which other it is like, and that it needs a second proof', () => {
    const { next: like } = opened({ ...opening, duplicateOf: 'R-1', policy: { ...POLICY, secondProof: ['create'] } });
    expect(like).toEqual({ ...next, duplicateOf: 'R-1', secondProof: true });
  });

  test('a later version is told by cards of its own', () => {
    expect([tell(ID, ANN.objectId), tell(ID, ANN.objectId, 1), tell(ID, ANN.objectId, 2)]).toEqual([
      personally(ANN),
      personally(ANN),
      personally(ANN, ':v2'),
    ]);
  });
});

describe('a request that is edited', () => {
  const rita = actor('rita');
  const changed: Plan = { ...plan, version: 2, reason: 'Another reason.' };
  const request = aRequest({ asked: [ANN, BOB], decisions: [aDecision('ann')] });
  const edited = (over: Partial<ChangeRequest> = {}, to: Plan = changed, who = rita, digest = request.planDigest, now = minutes(5)) =>
    edit({ ...request, ...over }, who, digest, to, [BOB, CY], now);

  test('AP-3 AP-7: is another version with the same expiry: who decided stays in the record, everybody who may decide is told, and it says what is otherwise', () => {
    const outcome = edited();
    const before = { version: 1, planDigest: request.planDigest, at: minutes(5), why: 'edited', difference: expect.any(Array) };
    expect(outcome).toEqual({
      ok: true,
      value: {
        next: {
          ...request,
          plan: changed,
          planDigest: digestOf(changed),
          reason: 'Another reason.',
          asked: [ANN, BOB, CY],
          earlier: [before],
          revision: 2,
        },
        effects: [{ kind: 'show', subject: `request:${ID}` }, personally(BOB, ':v2'), personally(CY, ':v2')],
      },
    });
    expect(outcome.ok && outcome.value.next.earlier?.[0]?.difference).toEqual(['The reason was written anew']);
    const { asked: _none, ...unasked } = request;
    expect(edit(unasked, rita, request.planDigest, changed, [BOB], NOON)).toMatchObject({ value: { next: { asked: [BOB] } } });
  });

  test('AP-5: its quorum may rise, and never falls', () => {
    const quorumOf = (was: number, is: number) => {
      const outcome = edited({ quorum: was }, { ...changed, quorum: is });
      return outcome.ok && outcome.value.next.quorum;
    };
    expect([quorumOf(2, 3), quorumOf(3, 2), quorumOf(2, 2)]).toEqual([3, 3, 2]);
  });

  test('AP-10: only who asked may, in whichever account, while it waits, and on the plan that they saw', () => {
    expect(edited({}, changed, stranger('guest'))).toEqual(no('stranger', { why: 'guest' }));
    expect(edited({}, changed, actor('ann'))).toEqual(no('not-requester'));
    const other = { ...rita, person: { ...RITA, objectId: 'rita-2' } } as typeof rita;
    expect(edited({}, changed, other).ok).toBe(true);
    expect(edited({ state: 'approved' })).toEqual(no('closed', { state: 'approved' }));
    expect(edited({}, changed, rita, request.planDigest, request.expiresAt)).toEqual(no('closed', { state: 'expired' }));
    expect(edited({}, changed, rita, 'another')).toEqual(no('plan-changed'));
  });

  test('what says the same is no other version, and ten are the most', () => {
    expect(edited({}, { ...plan, version: 2 })).toEqual(no('unchanged'));
    expect(edited({}, { ...changed, version: 10 }).ok).toBe(true);
    expect(edited({}, { ...changed, version: 11 })).toEqual(no('too-many-versions', { limit: 10 }));
  });
});
