import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { doneIfGivenUp, staysIfGivenUp } from '../../src/cards/views/requestGiveUp.ts';
import type { AccountPlan, ChangeRequest, StepKind } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aRequest, aRunningRequest, hours, NOON, person } from '../support/builders.ts';

const observed = { userPrincipalName: anAccount().userPrincipalName, enabled: true, privileged: true, excluded: true, ours: true };
const frame = { observed: { ...observed, restricted: true }, tenant: { ...TENANTS.contoso, name: 'Contoso' } };
const keyed = { account: anAccount({ credential: 'passkey' }) };
const PASSWORD_INSTEAD = anAccountPlan('rotate', { ...frame, ...keyed });
const KEYS_INSTEAD = anAccountPlan('rotate', { ...frame, passMinutes: 480 });
const NEW_KEYS = anAccountPlan('rotate', { ...frame, ...keyed, passMinutes: 480 });
const NEW_PASSWORD = anAccountPlan('rotate', frame);

/** Stopped after these were written and read back. */
function stopped(plan: AccountPlan, done: readonly StepKind[], sent: readonly StepKind[] = done): ChangeRequest {
  const is = (id: string, among: readonly StepKind[]) => among.some((kind) => id.split(':')[0] === kind);
  return aRequest({
    ...{ plan, kind: plan.operation, state: 'failed', begunAt: NOON },
    expected: plan.steps.flatMap(({ id: step }) =>
      is(step, sent) ? [{ step, fromAt: NOON, untilAt: NOON, open: 0, allowed: 1, done: is(step, done) ? 1 : 0, seen: 0, beside: 0 }] : [],
    ),
    steps: plan.steps.map(({ id }) => ({
      id,
      state: is(id, done) ? 'done' : 'waiting',
      ...(id === 'leave-unit' && is(id, done) ? { evidence: 'Not in restricted unit 5d0f4a51' } : {}),
    })),
  });
}

const OUT = 'Take it out of the restricted management unit, which would refuse the change';
const IN = 'Put it into the restricted management unit, which protects it';
const SESSIONS = 'End every session it has';
const DISCARD = 'Set a password that nobody keeps';

describe('GR-5: what giving it up now does is said without an if', () => {
  test.each<[what: string, request: ChangeRequest, done: string[], stays: StepKind[]]>([
    [
      'a password in place of keys, none of which was touched',
      stopped(PASSWORD_INSTEAD, ['leave-unit', 'set-credential']),
      [DISCARD, SESSIONS, IN, 'The security keys it had stay as they are'],
      [],
    ],
    [
      'the same, with the account still in its unit',
      stopped(PASSWORD_INSTEAD, []),
      [OUT, DISCARD, SESSIONS, IN, 'The security keys it had stay as they are'],
      [],
    ],
    [
      'the same, when keys may be gone: the password stays',
      stopped(PASSWORD_INSTEAD, ['leave-unit', 'set-credential', 'store-parts'], ['leave-unit', 'set-credential', 'remove-keys']),
      [SESSIONS, IN],
      ['set-credential', 'remove-keys'],
    ],
    [
      'keys in place of a password that was not touched',
      stopped(KEYS_INSTEAD, ['leave-unit', 'issue-pass']),
      ['Remove the pass and any key that was registered meanwhile', SESSIONS, IN, 'The password in parts it had stays as it is'],
      [],
    ],
    [
      'the same, when the password may be replaced: it is made certain, and sessions that were ended are ended again',
      stopped(KEYS_INSTEAD, ['leave-unit', 'issue-pass', 'enrol', 'drop-password', 'tidy-methods', 'revoke-sessions']),
      ['Remove any pass that is left on it', DISCARD, SESSIONS, IN],
      ['tidy-methods'],
    ],
    [
      'new keys, with the old ones there',
      stopped(NEW_KEYS, ['leave-unit', 'drop-password', 'issue-pass']),
      ['Remove the pass and any key that was registered meanwhile', SESSIONS, IN, 'The security keys it had stay as they are'],
      [],
    ],
    [
      'a new password, with the account back in its unit',
      stopped(NEW_PASSWORD, ['leave-unit', 'set-credential', 'revoke-sessions', 'join-unit']),
      [],
      ['set-credential', 'revoke-sessions'],
    ],
    ['a new password, with the account out of its unit', stopped(NEW_PASSWORD, ['leave-unit']), [IN], []],
    ['a new password, with nothing written', stopped(NEW_PASSWORD, []), [], []],
    ['a new password, when it may be out of its unit', stopped(NEW_PASSWORD, [], ['leave-unit']), [IN], []],
  ])('%s', (_what, request, done, stays) => {
    expect(doneIfGivenUp(request)).toEqual(done);
    expect(staysIfGivenUp(request).map(({ step }) => step)).toEqual(stays);
  });

  test('on the card and in the second question alike; of a new account all of it goes, and of what never began nothing is done', () => {
    const card = JSON.stringify(requestCard(stopped(PASSWORD_INSTEAD, ['leave-unit', 'set-credential']), hours(1), person('rita')).card);
    expect(card.match(/The security keys it had stay as they are/g)).toHaveLength(2);
    expect(card).not.toContain('unless the keys');
    expect(doneIfGivenUp(aRunningRequest(4, { state: 'failed' }, 'failed'))).toEqual([
      expect.stringContaining('The new account is deleted'),
    ]);
    expect(doneIfGivenUp(aRequest({ plan: NEW_KEYS, state: 'failed' }))).toEqual([]);
  });
});
