import { isCustodian, tally } from '../../src/core/request/tally.ts';
import { aDecision, aRequest, person } from '../support/builders.ts';

const ann = aDecision('ann');
const bob = aDecision('bob');
const cy = aDecision('cy');
const tallied = (decisions: Parameters<typeof aRequest>[0]) => tally(aRequest(decisions));

/** The eligibility predicate: who counts towards the quorum, and why somebody does not. */
describe('who counts', () => {
  test('AP-1: two different people do, one does not, none does not', () => {
    expect(tallied({ decisions: [ann, bob] })).toEqual({ need: 2, approvals: [ann, bob], notCounted: [], reached: true });
    expect(tallied({ decisions: [ann] })).toMatchObject({ approvals: [ann], reached: false });
    expect(tallied({ decisions: [] })).toMatchObject({ approvals: [], notCounted: [], reached: false });
    expect(tallied({ decisions: [ann, bob], quorum: 3 })).toMatchObject({ need: 3, reached: false });
    expect(tallied({ decisions: [ann, bob, cy], quorum: 3 }).reached).toBe(true);
  });

  test('a denial is no approval', () => {
    expect(tallied({ decisions: [ann, { ...bob, kind: 'deny' }] })).toMatchObject({ approvals: [ann], notCounted: [], reached: false });
  });

  test('AP-2: the requester never does, whichever account clicks', () => {
    const self = aDecision('rita');
    const second = aDecision('rita2');
    expect(tallied({ decisions: [self, second, ann] })).toMatchObject({
      approvals: [ann],
      notCounted: [
        { row: self, why: 'requester' },
        { row: second, why: 'requester' },
      ],
      reached: false,
    });
  });

  test('ID-3: several accounts of one human count once, the first of them', () => {
    const other = { ...ann, person: { ...person('ann'), objectId: person('mal').objectId } };
    expect(tallied({ decisions: [ann, other, ann] })).toMatchObject({
      approvals: [ann],
      notCounted: [
        { row: other, why: 'repeated' },
        { row: ann, why: 'repeated' },
      ],
      reached: false,
    });
    // One account that was given from one human to another is two humans.
    const passedOn = { ...ann, person: { ...person('ann'), personKey: 'E9999' } };
    expect(tallied({ decisions: [ann, passedOn] }).approvals).toEqual([ann, passedOn]);
  });

  test('CR-3: a custodian of the account does not, by any account', () => {
    const dana = aDecision('dana');
    const other = { ...dana, person: { ...person('dana'), objectId: person('mal').objectId } };
    expect(tallied({ decisions: [dana, other] }).notCounted).toEqual([
      { row: dana, why: 'custodian' },
      { row: other, why: 'custodian' },
    ]);
    expect([isCustodian(aRequest(), person('dana')), isCustodian(aRequest(), person('ann'))]).toEqual([true, false]);
  });

  test('AP-3: an approval of another plan does not, and stays in the record', () => {
    const old = { ...ann, planDigest: 'another' };
    expect(tallied({ decisions: [old, bob] })).toMatchObject({
      approvals: [bob],
      notCounted: [{ row: old, why: 'other-plan' }],
      reached: false,
    });
    // It does not stand in the way of the same person's approval of this one.
    expect(tallied({ decisions: [old, ann, bob] }).reached).toBe(true);
  });

  test('AP-4: who is no approver at the second look does not; without a second look, everybody verified at their click', () => {
    const request = aRequest({ decisions: [ann, bob] });
    expect(tally(request, new Set([person('ann').objectId]))).toMatchObject({
      approvals: [ann],
      notCounted: [{ row: bob, why: 'not-eligible-now' }],
      reached: false,
    });
    expect(tally(request, new Set())).toMatchObject({ approvals: [], reached: false });
    expect(tally(request, new Set([person('ann').objectId, person('bob').objectId])).reached).toBe(true);
  });

  test('AP-4: whoever was found to be no approver once does not count for this request again', () => {
    const annulled = [person('bob').objectId];
    expect(tallied({ decisions: [ann, bob], annulled })).toMatchObject({
      notCounted: [{ row: bob, why: 'not-eligible-now' }],
      reached: false,
    });
    expect(tally(aRequest({ decisions: [ann, bob], annulled }), new Set([...annulled, person('ann').objectId])).reached).toBe(false);
  });

  test('AU-9: where a second proof is asked for, an approval without one does not', () => {
    expect(tallied({ decisions: [ann, bob], secondProof: true })).toMatchObject({
      approvals: [],
      notCounted: [
        { row: ann, why: 'no-proof' },
        { row: bob, why: 'no-proof' },
      ],
      reached: false,
    });
  });
});
