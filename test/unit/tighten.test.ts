import { beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import { requestApprove } from '../../src/bot/actions/requestApprove.ts';
import type { Actor } from '../../src/core/people.ts';
import { approve, deny } from '../../src/core/request/decide.ts';
import type { Proof } from '../../src/core/request/proof.ts';
import { beginRun, retry } from '../../src/core/request/run.ts';
import { tally } from '../../src/core/request/tally.ts';
import { tightened } from '../../src/core/request/tighten.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, aDecision, aRequest, minutes, NOON, person } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const PROOF: Proof = { method: 'oidc', at: minutes(41) };
const NOW = minutes(42);
const LINK = `https://bot.example/prove/${'x'.repeat(43)}`;
const ASKED = { quorum: 2, secondProof: ['create'] } as const;
const NOT_ASKED = { quorum: 2, secondProof: ['retire'] } as const;
const [ANN, BOB, CY] = [aDecision('ann'), aDecision('bob'), aDecision('cy')];
const code = (result: { readonly ok: boolean; readonly error?: { readonly code: string } }): string =>
  result.ok ? 'accepted' : (result.error?.code ?? '?');
/** An open request from before a proof was asked for, as it is judged now. */
const late = (more: Partial<ChangeRequest> = {}) => tightened(aRequest(more), ASKED);
const press = (request: ChangeRequest, name: Parameters<typeof actor>[0], proof?: Proof) =>
  approve(request, actor(name), request.planDigest, NOW, proof);

describe('AP-5: the stricter of two rules counts, whichever came later', () => {
  test('the larger quorum', () => {
    expect(tightened(aRequest({ quorum: 2 }), { quorum: 3, secondProof: [] }).quorum).toBe(3);
    expect(tightened(aRequest({ quorum: 4 }), { quorum: 3, secondProof: [] }).quorum).toBe(4);
  });

  test('a second proof that either asks for', () => {
    expect(late()).toEqual(aRequest({ secondProof: true }));
    expect(tightened(aRequest({ secondProof: true }), NOT_ASKED)).toEqual(aRequest({ secondProof: true }));
    expect(tightened(aRequest(), NOT_ASKED)).toEqual(aRequest());
  });
});

describe('AP-5, AU-9: a second proof that was not asked for when the request was opened', () => {
  test('no decision without one, and approvals from before do not count', () => {
    expect(code(press(late(), 'ann'))).toBe('proof-needed');
    expect(code(deny(late(), actor('ann'), late().planDigest, 'no', NOW))).toBe('proof-needed');
    expect(tally(late({ decisions: [ANN, BOB] }))).toMatchObject({
      reached: false,
      notCounted: [{ why: 'no-proof' }, { why: 'no-proof' }],
    });
  });

  test('who approved before brings the proof, once; the first row stays in the record', () => {
    const proven = press(late({ decisions: [ANN] }), 'ann', PROOF);
    if (!proven.ok) throw new Error(code(proven));
    expect(proven.value.next.decisions).toEqual([ANN, { ...ANN, at: NOW, proof: PROOF }]);
    expect(tally(proven.value.next)).toMatchObject({ approvals: [{ proof: PROOF }], reached: false });
    expect(code(press(proven.value.next, 'ann', PROOF))).toBe('already-decided');
    expect(code(press(proven.value.next, 'ann'))).toBe('already-decided');
    expect(press(proven.value.next, 'bob', PROOF)).toMatchObject({ value: { next: { state: 'approved', secondProof: true } } });
  });

  test('without a proof to bring, who approved before is told that one is needed', () => {
    expect(code(press(late({ decisions: [ANN] }), 'ann'))).toBe('proof-needed');
  });

  test('ID-3: who lost the right and has it back counts with the proof, by the very account', () => {
    const lost = late({ decisions: [ANN], annulled: [person('ann').objectId] });
    const proven = press(lost, 'ann', PROOF);
    expect(proven).toMatchObject({ value: { next: { annulled: [], decisions: [ANN, { proof: PROOF }] } } });
    const ann = actor('ann', ['approver']);
    const other: Actor = { ...ann, person: { ...person('ann'), objectId: 'ann-2' } } as Actor;
    expect(approve(lost, other, lost.planDigest, NOW, PROOF)).toMatchObject({
      value: { next: { annulled: [person('ann').objectId], decisions: [ANN, { proof: PROOF }] } },
    });
  });

  test('an approved request that nobody has begun is pending again', () => {
    const approved = late({ state: 'approved', decisions: [ANN, BOB] });
    const eligible = new Set([ANN, BOB].map((row) => row.person.objectId));
    expect(beginRun(approved, eligible, NOW)).toMatchObject({ value: { next: { state: 'pending', secondProof: true, annulled: [] } } });
  });

  test('a run that had begun stops, in a named state with an alert and a timer to take it back, and trying again changes nothing', () => {
    const half = late({ state: 'approved', decisions: [ANN, BOB], begunAt: NOON, fence: 1 });
    const eligible = new Set([ANN, BOB, CY].map((row) => row.person.objectId));
    const stopped = beginRun(half, eligible, NOW);
    if (!stopped.ok) throw new Error(code(stopped));
    expect(stopped.value.next).toMatchObject({ state: 'failed', failure: { code: 'QuorumLost' }, fence: 2 });
    // The last one takes back what was done, once nobody tries again (GR-5).
    expect(stopped.value.effects.map((effect) => effect.kind)).toEqual(['show', 'intend', 'post', 'post', 'post', 'post', 'intend']);
    const again = retry(stopped.value.next, actor('ann'), NOW);
    expect(again.ok && beginRun(tightened(again.value.next, ASKED), eligible, NOW)).toMatchObject({ value: { next: { state: 'failed' } } });
  });
});

describe('AP-5, AU-9: at the door, after a restart that asks for a proof', () => {
  let store: MemoryStore;
  const opened = aRequest({ decisions: [ANN] });
  const { id: requestId, planDigest } = opened;
  const doorNow = () => door({ store, random: countingRandom(), policy: { ...TEST_POLICY, ...ASKED }, tenant: () => undefined });
  const row = () => store.rows.request.get(requestId);
  beforeEach(() => {
    store = memoryStore(NOON);
    store.put('request', opened);
  });

  test('Approve without one is refused, a run gives the request back', async () => {
    const front = doorNow();
    expect(code(await front.dispatch(actor('bob'), { kind: 'approve-request', requestId, planDigest }))).toBe('proof-needed');
    expect(row()).toEqual(opened);
    store.put('request', { ...opened, state: 'approved', decisions: [ANN, BOB] });
    await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'begin-run', requestId, eligible: [person('ann'), person('bob')] });
    expect(row()).toMatchObject({ state: 'pending', secondProof: true });
  });

  test('the button opens a sign-in, also for who approved before; the proof counts and the request remembers the rule', async () => {
    const front = doorNow();
    const proof = { ticket: () => ({ hash: 'a', url: LINK }), minutes: 5 };
    const needs = { asker: { actor: actor('ann') }, store, door: front, proof } as unknown as Parameters<typeof requestApprove.run>[1];
    const pressed = await requestApprove.run({ requestId, planDigest }, needs);
    expect(JSON.stringify(pressed)).toContain(LINK);
    expect(row()).toEqual(opened);
    const signedIn = { ticketHash: 'a', at: NOON };
    expect(code(await front.dispatch(actor('ann'), { kind: 'approve-request', requestId, planDigest, signedIn }))).toBe('accepted');
    expect(row()).toMatchObject({ secondProof: true, decisions: [{}, { proof: { method: 'oidc' } }] });
  });

  test('where no sign-in is set up on this replica, the button says that one is needed', async () => {
    const needs = { asker: { actor: actor('ann') }, store, door: doorNow(), proof: undefined } as unknown as Parameters<
      typeof requestApprove.run
    >[1];
    expect(await requestApprove.run({ requestId, planDigest }, needs)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'proof-needed' },
    });
  });
});
