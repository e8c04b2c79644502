import { describe, expect, test } from '@jest/globals';
import type { Actor } from '../../src/core/people.ts';
import { approve, deny } from '../../src/core/request/decide.ts';
import { actor, aRequest, minutes, person, stranger } from '../support/builders.ts';

const request = aRequest();
const NOW = minutes(1);
/** Another account of somebody, with the role. */
const secondAccountOf = (name: 'rita' | 'dana'): Actor => ({
  kind: 'person',
  person: { ...person(name), objectId: 'another-account' },
  roles: new Set(['approver'] as const),
});

describe('AP-2 CR-3: who may decide on a request', () => {
  test.each([
    ['an approver', actor('ann'), undefined],
    ['an approver with other roles too', actor('ann', ['auditor', 'approver']), undefined],
    ['the requester', actor('rita'), { code: 'own-request', otherAccount: false }],
    ['the requester, who is an approver too', actor('rita', ['approver']), { code: 'own-request', otherAccount: false }],
    ['another account of the requester', secondAccountOf('rita'), { code: 'own-request', otherAccount: true }],
    ['a custodian of the plan, who is an approver too', actor('dana', ['approver']), { code: 'custodian-of-plan' }],
    ['another account of a custodian', secondAccountOf('dana'), { code: 'custodian-of-plan' }],
    ['a custodian of the plan, who is none', actor('dana', ['custodian']), { code: 'missing-role', role: 'approver' }],
    [
      'somebody with every role but that',
      actor('bob', ['requester', 'custodian', 'auditor', 'administrator']),
      { code: 'missing-role', role: 'approver' },
    ],
    ['somebody without roles', actor('mal', []), { code: 'missing-role', role: 'approver' }],
    ['a guest', stranger('guest'), { code: 'stranger', why: 'guest' }],
    ['the system', { kind: 'system', part: 'worker' } as const, { code: 'stranger', why: 'unknown' }],
  ])('%s', (_who, who, refusal) => {
    const expected = refusal === undefined ? { ok: true } : { ok: false, error: refusal };
    expect(approve(request, who, request.planDigest, NOW)).toMatchObject(expected);
    expect(deny(request, who, request.planDigest, 'no need', NOW)).toMatchObject(expected);
    // Who may not decide hears that first, whatever else is wrong.
    if (refusal !== undefined) expect(approve(request, who, 'another plan', NOW)).toEqual({ ok: false, error: refusal });
  });
});
