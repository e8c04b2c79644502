import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledge, addSource, escalate, raise, signInKey } from '../../src/core/alert/raise.ts';
import type { Alert, SignInEvent } from '../../src/core/alert/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import type { Effect } from '../../src/core/effect.ts';
import type { Actor } from '../../src/core/people.ts';
import { actor, anAccount, anAlert, aSignIn, minutes, NOON, person, stranger } from '../support/builders.ts';

const accepted = <T>(decision: Decision<T>): T => {
  if (!decision.ok) throw new Error(`refused: ${decision.error.code}`);
  return decision.value.next;
};
const refusal = <T>(decision: Decision<T>): string => (decision.ok ? 'accepted' : decision.error.code);
const effectsOf = <T>(decision: Decision<T>): readonly Effect[] => (decision.ok ? decision.value.effects : []);
const posts = (effects: readonly Effect[]) => effects.filter((effect) => effect.kind === 'post');
const timers = (effects: readonly Effect[]) => effects.filter((effect) => effect.kind === 'intend');

const signIn = (event: SignInEvent = aSignIn()) => ({ kind: 'sign-in', event, feeds: ['graph-sign-ins'], registered: true }) as const;
const raised = (cause = signIn()) => raise(cause, { tenantId: 'T-1', tenantName: 'Contoso', account: anAccount() }, 'AL-1', NOON);

describe('raising an alert', () => {
  test('AL-6: goes to the channel ahead of everything, and sets its first escalation', () => {
    const { next, effects } = raised();
    expect(next).toMatchObject({
      id: 'AL-1',
      state: 'open',
      revision: 1,
      raisedAt: NOON,
      escalation: 0,
      tenantName: 'Contoso',
      accountId: anAccount().id,
      account: anAccount().userPrincipalName,
      owners: [person('oona')],
    });
    expect(effects).toEqual([
      { kind: 'post', key: 'alert:AL-1:0', place: { kind: 'channel' }, subject: 'alert:AL-1', first: true },
      { kind: 'intend', key: 'escalate:AL-1', at: minutes(5), intent: { kind: 'escalate-alert', alertId: 'AL-1' } },
      { kind: 'intend', key: 'deliver:AL-1', at: minutes(1), intent: { kind: 'check-delivery', alertId: 'AL-1' } },
    ]);
  });

  test('AL-6: every sign-in alerts; one that succeeded is critical', () => {
    expect(raised(signIn(aSignIn({ errorCode: 0 }))).next.severity).toBe('critical');
    for (const errorCode of [50126, 53003, 50053]) expect(raised(signIn(aSignIn({ errorCode }))).next.severity).toBe('high');
    expect(raise({ kind: 'feed-failing', feed: 'graph-sign-ins', words: 'HTTP 503' }, {}, 'AL-2', NOON).next.severity).toBe('high');
  });

  test.each([
    [0, { first: true }],
    [50126, { urgent: true }],
  ])('AL-6: only that somebody is in goes ahead of other alerts, also when it is said again (error code %i)', (errorCode, rank) => {
    const { next, effects } = raised(signIn(aSignIn({ errorCode })));
    const all = [...posts(effects), ...posts(effectsOf(escalate(next, minutes(5))))];
    expect(all).toHaveLength(3);
    for (const post of all) {
      const { first, urgent } = post as { first?: boolean; urgent?: boolean };
      expect({ ...(first && { first }), ...(urgent && { urgent }) }).toEqual(rank);
    }
  });

  test('AL-6: an alert about nobody we know is raised all the same', () => {
    const { next, effects } = raise(signIn(), {}, 'AL-3', NOON);
    expect(next.owners).toEqual([]);
    expect(next).not.toHaveProperty('accountId');
    expect(posts(effects)).toHaveLength(1);
  });
});

describe('what makes two sign-ins one', () => {
  test('AL-3: tenant, user, attempt and result, however they are written', () => {
    const event = aSignIn();
    expect(signInKey({ ...event, userId: event.userId.toUpperCase(), correlationId: event.correlationId.toUpperCase() })).toBe(
      signInKey(event),
    );
    // What feeds tell differently is not part of it.
    const { userPrincipalName: _name, ipAddress: _ip, place: _place, app: _app, ...bare } = event;
    expect(signInKey({ ...bare, signedInAt: minutes(3) })).toBe(signInKey(event));
  });

  test.each<[string, Partial<SignInEvent>]>([
    ['tenant', { tenantId: '00000000-0000-4000-8000-000000000001' }],
    ['user', { userId: '00000000-0000-4000-8000-000000000002' }],
    ['attempt', { correlationId: '00000000-0000-4000-8000-000000000003' }],
    ['result', { errorCode: 50126 }],
  ])('AL-9: another %s is another event', (_what, more) => {
    expect(signInKey(aSignIn(more))).not.toBe(signInKey(aSignIn()));
  });

  test('AL-9: no two events share a key by the way their fields join', () => {
    const field = fc.stringMatching(/^[ab1]{0,2}$/);
    const event = fc.record({ tenantId: field, userId: field, correlationId: field, errorCode: fc.nat({ max: 11 }) });
    fc.assert(
      fc.property(event, event, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(signInKey(aSignIn(one)) === signInKey(aSignIn(other))).toBe(same);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the same sign-in from another feed', () => {
  test('AL-3: is the same alert, which lists its sources', () => {
    const decision = addSource(anAlert(), aSignIn(), 'graph-sign-ins');
    expect(accepted(decision).cause).toMatchObject({ feeds: ['azure-monitor', 'graph-sign-ins'] });
    expect(accepted(decision).revision).toBe(2);
    expect(effectsOf(decision)).toEqual([{ kind: 'show', subject: 'alert:AL-9B5C7D' }]);
    expect(refusal(addSource(accepted(decision), aSignIn(), 'graph-sign-ins'))).toBe('nothing-to-do');
  });

  test('AL-3: adds what was not known, and overwrites nothing', () => {
    const { place: _place, app: _app, ...poor } = aSignIn();
    const alert = anAlert({ cause: { ...signIn(poor), feeds: ['graph-sign-ins'] } });
    const decision = addSource(alert, aSignIn({ ipAddress: '198.51.100.1', place: 'Utrecht, NL' }), 'graph-sign-ins');
    const { cause } = accepted(decision);
    expect(cause.kind === 'sign-in' && cause.event).toMatchObject({ ipAddress: '203.0.113.77', place: 'Utrecht, NL', app: 'Azure Portal' });
    expect(cause.kind === 'sign-in' && cause.feeds).toEqual(['graph-sign-ins']);
  });

  test('AL-9: neither opens an acknowledged alert again nor changes who acknowledged it', () => {
    const done = accepted(acknowledge(anAlert(), actor('ann'), minutes(2)));
    expect(accepted(addSource(done, aSignIn(), 'graph-sign-ins'))).toMatchObject({ state: 'acknowledged', acknowledgedBy: person('ann') });
  });

  test('says nothing about an alert that is no sign-in', () => {
    const alert = anAlert({ cause: { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'HTTP 503' } });
    expect(refusal(addSource(alert, aSignIn(), 'graph-sign-ins'))).toBe('nothing-to-do');
  });
});

describe('escalation', () => {
  const fresh = anAlert({ raisedAt: NOON });

  test('AL-6: after 5, 15 and 30 minutes, in the channel and to every owner, then no more', () => {
    let alert = fresh;
    for (const [level, after, next] of [
      [1, 5, minutes(15)],
      [2, 15, minutes(30)],
      [3, 30, undefined],
    ] as const) {
      expect(refusal(escalate(alert, new Date(minutes(after).getTime() - 1)))).toBe('nothing-to-do');
      const decision = escalate(alert, minutes(after));
      alert = accepted(decision);
      expect(alert.escalation).toBe(level);
      const subject = 'alert:AL-9B5C7D';
      const again = { kind: 'post', subject, variant: `escalation:${level}`, first: true };
      const { objectId } = person('oona');
      expect(posts(effectsOf(decision))).toEqual([
        { ...again, key: `${subject}:${level}`, place: { kind: 'channel' } },
        { ...again, key: `${subject}:${level}:${objectId}`, place: { kind: 'person', objectId } },
      ]);
      expect(timers(effectsOf(decision)).map((timer) => timer.kind === 'intend' && timer.at)).toEqual(next ? [next] : []);
    }
    expect(refusal(escalate(alert, minutes(600)))).toBe('nothing-to-do');
  });

  test.each([
    [14, 1],
    [16, 2],
    [31, 3],
    [10_000, 3],
  ])('SI-5: a clock that jumps %i minutes escalates once, to level %i', (jump, level) => {
    const decision = escalate(fresh, minutes(jump));
    expect(accepted(decision).escalation).toBe(level);
    expect(posts(effectsOf(decision)).filter((post) => post.kind === 'post' && post.place.kind === 'channel')).toHaveLength(1);
    expect(refusal(escalate(accepted(decision), minutes(jump)))).toBe('nothing-to-do');
  });

  test('SI-5: whenever its timer rings, levels only rise and each is said once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (waits) => {
        let alert = fresh;
        let at = 0;
        const said: string[] = [];
        for (const wait of waits) {
          at += wait;
          const decision = escalate(alert, minutes(at));
          if (!decision.ok) continue;
          expect(decision.value.next.escalation).toBeGreaterThan(alert.escalation);
          alert = decision.value.next;
          for (const post of posts(decision.value.effects)) if (post.kind === 'post') said.push(post.key);
        }
        expect(new Set(said).size).toBe(said.length);
        expect(alert.escalation).toBe(at >= 30 ? 3 : at >= 15 ? 2 : at >= 5 ? 1 : 0);
      }),
    );
  });
});

describe('acknowledging', () => {
  const custom = (roles: readonly ('approver' | 'custodian' | 'auditor' | 'administrator' | 'requester')[]): Actor => actor('mal', roles);

  test('AL-9: stops the escalation, and names who and when', () => {
    const decision = acknowledge(anAlert(), actor('ann'), minutes(2));
    expect(accepted(decision)).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: person('ann'),
      acknowledgedAt: minutes(2),
      revision: 2,
    });
    expect(effectsOf(decision)).toContainEqual({ kind: 'forget', key: 'escalate:AL-9B5C7D' });
    expect(effectsOf(decision)).toContainEqual({ kind: 'show', subject: 'alert:AL-9B5C7D', urgent: true });
    // Even a timer that was on its way already says nothing more.
    for (const at of [5, 15, 30, 600]) expect(refusal(escalate(accepted(decision), minutes(at)))).toBe('nothing-to-do');
  });

  test.each(['requester', 'approver', 'custodian', 'auditor', 'administrator'] as const)('AL-9: is for every %s', (role) => {
    expect(refusal(acknowledge(anAlert(), custom([role]), minutes(2)))).toBe('accepted');
  });

  test('AL-9: is for the owners of the account, by human', () => {
    const { personKey } = person('oona');
    const second: Actor = { kind: 'person', person: { objectId: 'another', personKey, name: 'Oona Olsen' }, roles: new Set() };
    expect(refusal(acknowledge(anAlert(), second, minutes(2)))).toBe('accepted');
    expect(refusal(acknowledge(anAlert({ owners: [] }), second, minutes(2)))).toBe('missing-role');
  });

  test.each<[string, Actor, string]>([
    ['a member without a role', custom([]), 'missing-role'],
    ['a guest', stranger('guest'), 'stranger'],
    ['somebody of another organisation', stranger('other-tenant'), 'stranger'],
    ['somebody who could not be looked up', stranger('look-up-failed'), 'stranger'],
    ['the system itself', { kind: 'system', part: 'timer' }, 'stranger'],
  ])('AL-9: is not for %s', (_who, who, code) => {
    expect(refusal(acknowledge(anAlert(), who, minutes(2)))).toBe(code);
  });

  test('AL-9: the first one counts, and the second hears who it was', () => {
    const done: Alert = accepted(acknowledge(anAlert(), actor('ann'), minutes(2)));
    expect(acknowledge(done, actor('bob'), minutes(3))).toEqual({
      ok: false,
      error: { code: 'already-acknowledged', by: person('ann').name },
    });
  });
});
