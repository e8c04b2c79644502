import { describe, expect, test } from '@jest/globals';
import type { ChangeConcern, ChangeOrigin, DirectoryChange } from '../../src/core/alert/change.ts';
import { acknowledge, addChangeSource, addSource, addToRecord, changeKey, escalate, raise, signInKey } from '../../src/core/alert/raise.ts';
import type { Alert, AlertCause } from '../../src/core/alert/types.ts';
import { aChange, actor, anAccount, anAlert, aSignIn, days, minutes, NOON, person } from '../support/builders.ts';

/* How grave each thing is, in what order it goes out and by which ways, and what a second telling of it adds: whole, to the last field. */
type Change = Extract<AlertCause, { kind: 'directory-change' }>;
const change = (more: Partial<Change> = {}): Change => ({
  kind: 'directory-change',
  change: aChange(),
  concern: 'account',
  origin: { by: 'others' },
  feeds: ['event-hub'],
  ...more,
});
const signIn = (errorCode: number): AlertCause => ({
  kind: 'sign-in',
  event: aSignIn({ errorCode }),
  feeds: ['sentinel'],
  registered: true,
});
const REQUEST: ChangeOrigin = { by: 'request', requestId: 'R-7F3K2M' };
const FAILURE = aChange({ result: 'failure' });
const SILENT: AlertCause = { kind: 'feed-silent', feed: 'sentinel', sinceAt: NOON, everySeconds: 60, words: '' };
const raised = (cause: AlertCause) => raise(cause, {}, 'AL-1', NOON);
const id = anAlert().id;
const show = { kind: 'show', subject: `alert:${id}` };
const no = (error: unknown) => ({ ok: false, error });
const nothing = no({ code: 'nothing-to-do' });
const whole = (next: Alert, effects: readonly unknown[]) => ({ ok: true, value: { next, effects } });

describe('AL-6: how grave it is', () => {
  test.each<[string, AlertCause, Alert['severity']]>([
    ['somebody is in', signIn(0), 'critical'],
    ['somebody tried', signIn(50126), 'high'],
    ['the account was changed', change(), 'critical'],
    ['somebody failed to change it', change({ change: FAILURE }), 'high'],
    ['a policy was changed', change({ concern: 'conditional-access' }), 'high'],
    ['a policy excludes the account no more', change({ concern: 'conditional-access', exclusionLost: true }), 'critical'],
    ['what watches it was changed', change({ concern: 'monitoring' }), 'high'],
    ['an approved request changed it', change({ origin: REQUEST }), 'low'],
    ['an approved request changed a policy, for the better or the worse', change({ origin: REQUEST, exclusionLost: true }), 'low'],
    ['our own identity did it, and no request stands behind it', change({ origin: { by: 'changer' } }), 'critical'],
    [
      'our own identity tried a policy, and no request stands behind it',
      change({ origin: { by: 'changer' }, concern: 'conditional-access', change: FAILURE }),
      'critical',
    ],
    ['a feed is silent', SILENT, 'high'],
  ])('%s', (_what, cause, severity) => {
    expect(raised(cause).next.severity).toBe(severity);
  });

  test.each<ChangeConcern>(['by-account', 'methods', 'roles', 'exclusion-group', 'restricted-unit', 'account', 'membership'])(
    'whatever else is changed by others is critical: %s',
    (concern) => expect(raised(change({ concern })).next.severity).toBe('critical'),
  );
});

describe('which ways it goes', () => {
  const post = { kind: 'post', key: 'alert:AL-1:0', place: { kind: 'channel' }, subject: 'alert:AL-1' };
  const escalation = { kind: 'intend', key: 'escalate:AL-1', at: minutes(5), intent: { kind: 'escalate-alert', alertId: 'AL-1' } };
  const delivery = (after: number) => ({
    kind: 'intend',
    key: 'deliver:AL-1',
    at: minutes(after),
    intent: { kind: 'check-delivery', alertId: 'AL-1' },
  });

  test('what asks nobody for anything is shown in its turn, and waits for nobody', () => {
    const { next, effects } = raised(change({ origin: REQUEST }));
    expect(next).toEqual({
      id: 'AL-1',
      severity: 'low',
      cause: change({ origin: REQUEST }),
      owners: [],
      state: 'acknowledged',
      revision: 1,
      raisedAt: NOON,
      escalation: 0,
    });
    expect(effects).toEqual([post]);
  });

  test('AL-8: a grave one is looked for in the channel after a minute, another after three', () => {
    expect(raised(change()).effects).toEqual([{ ...post, first: true }, escalation, delivery(1)]);
    expect(raised(SILENT).effects).toEqual([{ ...post, urgent: true }, escalation, delivery(3)]);
  });

  test.each<AlertCause>([
    { kind: 'teams-unreachable', sinceAt: NOON },
    { kind: 'audit-failing', owed: 3 },
  ])('AL-8 AL-10: that the channel or the record cannot be relied on goes by mail and page at once: $kind', (cause) => {
    const { next, effects } = raised(cause);
    expect(next).toMatchObject({ state: 'open', notifiedAt: NOON });
    expect(effects).toEqual([{ ...post, urgent: true }, escalation, { kind: 'notify', alertId: 'AL-1', why: 'raised' }]);
  });

  test('DA-1 AL-8: that the audit log was changed goes by mail and page at once, and ahead of everything', () => {
    const { next, effects } = raised({ kind: 'audit-changed', flaw: { seq: 7, words: 'is missing' } });
    expect(next).toMatchObject({ state: 'open', severity: 'critical', notifiedAt: NOON });
    expect(effects).toEqual([{ ...post, first: true }, escalation, { kind: 'notify', alertId: 'AL-1', why: 'raised' }]);
  });

  test('it names its tenant and its account where they are known', () => {
    const about = { tenantId: 'T', tenantName: 'Contoso', account: anAccount() };
    expect(raise(SILENT, about, 'AL-1', NOON).next).toMatchObject({
      tenantId: 'T',
      tenantName: 'Contoso',
      accountId: anAccount().id,
      account: anAccount().userPrincipalName,
      owners: [person('oona')],
    });
    for (const name of ['tenantId', 'tenantName', 'accountId', 'account', 'notifiedAt'])
      expect(raised(SILENT).next).not.toHaveProperty(name);
  });
});

describe('AL-6: said again', () => {
  const { objectId } = person('oona');
  const subject = `alert:${id}`;
  const posts = (level: number, rank: object) => {
    const again = { kind: 'post', subject, variant: `escalation:${level}`, ...rank };
    return [
      { ...again, key: `${subject}:${level}`, place: { kind: 'channel' } },
      { ...again, key: `${subject}:${level}:${objectId}`, place: { kind: 'person', objectId } },
    ];
  };
  const timer = (at: Date) => ({ kind: 'intend', key: `escalate:${id}`, at, intent: { kind: 'escalate-alert', alertId: id } });
  const notify = { kind: 'notify', alertId: id, why: 'unacknowledged' };

  test('a critical one by mail and page after a quarter of an hour', () => {
    const fresh = anAlert({ raisedAt: NOON });
    const first: Alert = { ...fresh, escalation: 1, revision: 2 };
    expect(escalate(fresh, minutes(5))).toEqual(whole(first, [...posts(1, { first: true }), show, timer(minutes(15))]));
    const second = { ...first, escalation: 2, revision: 3, notifiedAt: minutes(15) };
    expect(escalate(first, minutes(15))).toEqual(whole(second, [...posts(2, { first: true }), show, notify, timer(minutes(30))]));
    const third = { ...second, escalation: 3, revision: 4, notifiedAt: minutes(30) };
    expect(escalate(second, minutes(30))).toEqual(whole(third, [...posts(3, { first: true }), show, notify]));
  });

  test('any other after half an hour', () => {
    const fresh = anAlert({ raisedAt: NOON, severity: 'high', cause: SILENT, escalation: 1 });
    const second: Alert = { ...fresh, escalation: 2, revision: 2 };
    expect(escalate(fresh, minutes(15))).toEqual(whole(second, [...posts(2, { urgent: true }), show, timer(minutes(30))]));
    const third = { ...second, escalation: 3, revision: 3, notifiedAt: minutes(30) };
    expect(escalate(second, minutes(30))).toEqual(whole(third, [...posts(3, { urgent: true }), show, notify]));
    for (const state of ['acknowledged', 'classified', 'over', 'folded'] as const)
      expect(escalate({ ...fresh, state }, minutes(60))).toEqual(nothing);
  });
});

describe('AL-9: acknowledged', () => {
  const forget = ['escalate', 'deliver'].map((what) => ({ kind: 'forget', key: `${what}:${id}` }));
  const seen = { ...show, urgent: true };
  const done = (before: Alert): Alert => ({
    ...before,
    state: 'acknowledged',
    acknowledgedAt: minutes(2),
    acknowledgedBy: person('ann'),
    revision: 2,
  });

  test('a use that must be explained is asked about a day later', () => {
    const ask = { kind: 'intend', key: `classify:${id}`, at: days(1, minutes(2)), intent: { kind: 'ask-classification', alertId: id } };
    expect(acknowledge(anAlert(), actor('ann'), minutes(2))).toEqual(whole(done(anAlert()), [...forget, ask, seen]));
  });

  test('what went by mail and page is called off by mail and page', () => {
    const told = anAlert({ severity: 'high', cause: SILENT, notifiedAt: minutes(1) });
    const called = { kind: 'notify', alertId: id, why: 'acknowledged' };
    expect(acknowledge(told, actor('ann'), minutes(2))).toEqual(whole(done(told), [...forget, called, seen]));
    // Of what is over nobody knows who has seen it.
    expect(acknowledge({ ...told, state: 'over' }, actor('ann'), minutes(2))).toEqual(no({ code: 'already-acknowledged', by: '' }));
  });
});

describe('AL-3: the same sign-in told again', () => {
  const known = anAlert({ cause: { kind: 'sign-in', event: aSignIn(), feeds: ['azure-monitor'], registered: true } });

  test('is one by a key that stays what it was: those of alerts raised before are stored', () => {
    const event = aSignIn({ tenantId: 'T', userId: 'U', correlationId: 'C', errorCode: 50126 });
    expect(signInKey(event)).toBe('t|u|c|50126');
  });

  test('by the same feed with nothing new is no news', () => {
    expect(addSource(known, aSignIn(), 'azure-monitor')).toEqual(nothing);
    expect(addSource(known, aSignIn({ place: 'Utrecht, NL' }), 'azure-monitor')).toEqual(nothing);
  });

  test('of one that another card counts it is kept, and no card is drawn', () => {
    const folded: Alert = { ...known, state: 'folded' };
    const { cause } = folded;
    expect(addSource(folded, aSignIn(), 'sentinel')).toEqual(
      whole({ ...folded, cause: { ...cause, feeds: ['azure-monitor', 'sentinel'] } as AlertCause, revision: 2 }, []),
    );
    expect(addSource(known, aSignIn({ rowId: 'row' }), 'azure-monitor')).toEqual(
      whole({ ...known, cause: { ...cause, event: aSignIn({ rowId: 'row' }) } as AlertCause, revision: 2 }, [show]),
    );
  });
});

describe('AL-3: the same change told again', () => {
  const known = aChange({ result: 'unknown' });
  const alert = anAlert({ cause: change({ change: known }) });
  const learnt = (cause: Partial<Change>) => whole({ ...alert, cause: change({ change: known, ...cause }), revision: 2 }, [show]);

  test('is one by tenant, flow, activity and what it was done to, however they are written and in whatever order', () => {
    const targets = [
      { id: 'b', type: 'User', properties: [] },
      { id: 'a', type: 'Group', properties: [] },
    ];
    const key = changeKey(aChange({ targets }));
    expect(changeKey(aChange({ targets: [...targets].reverse(), rowId: 'another', result: 'unknown' }))).toBe(key);
    expect(changeKey(aChange({ targets, activity: 'RESET USER PASSWORD' }))).toBe(key);
    expect(key).toBe(`${aChange().tenantId}|${aChange().correlationId}|reset user password|a|b`);
  });

  test('by another feed lists it; by the same with nothing new it is no news', () => {
    expect(addChangeSource(alert, known, 'sentinel')).toEqual(learnt({ feeds: ['event-hub', 'sentinel'] }));
    expect(addChangeSource(alert, known, 'event-hub')).toEqual(nothing);
  });

  test.each<[string, DirectoryChange, DirectoryChange]>([
    ['its result', aChange(), aChange()],
    ['its reason', { ...known, reason: 'because' }, { ...known, reason: 'because' }],
    ['who did it', { ...known, actor: { ...known.actor, appId: 'app' } }, { ...known, actor: { ...known.actor, appId: 'app' } }],
    [
      'what else it was done to',
      { ...known, targets: [...known.targets, { id: 'more', type: 'Role', properties: [] }] },
      { ...known, targets: [...known.targets, { id: 'more', type: 'Role', properties: [] }] },
    ],
  ])('takes over what this feed knows better: %s', (_what, told, merged) => {
    expect(addChangeSource(alert, told, 'event-hub')).toEqual(learnt({ change: merged }));
  });

  test('overwrites nothing that is known: neither who did it, nor a result, nor what it was done to', () => {
    const settled = anAlert({ cause: change() });
    expect(addChangeSource(settled, FAILURE, 'event-hub')).toEqual(nothing);
    expect(addChangeSource(settled, aChange({ actor: { name: 'Somebody else' } }), 'event-hub')).toEqual(nothing);
    const other = [{ id: 'other', type: 'User', properties: [] }];
    expect(addChangeSource(settled, aChange({ targets: other }), 'event-hub')).toEqual(nothing);
    for (const targets of [other, []])
      expect(addChangeSource(settled, aChange({ targets }), 'sentinel')).toEqual(
        whole({ ...settled, cause: change({ feeds: ['event-hub', 'sentinel'] }), revision: 2 }, [show]),
      );
  });

  test('of a request’s own writes, or of a sign-in, it adds nothing', () => {
    const own = anAlert({ cause: change({ origin: REQUEST }) });
    expect(addChangeSource(own, known, 'sentinel')).toEqual(nothing);
    expect(addChangeSource(anAlert(), known, 'sentinel')).toEqual(nothing);
  });
});

describe('one more write of the same request', () => {
  const own = anAlert({ severity: 'low', state: 'acknowledged', cause: change({ origin: REQUEST }) });
  const added = (cause: Partial<Change>) => whole({ ...own, cause: change({ origin: REQUEST, ...cause }), revision: 2 }, [show]);
  const on = (...targets: DirectoryChange['targets']) => addToRecord(own, aChange({ targets, changedAt: minutes(1) }), 'event-hub');
  const line = (text: string) => added({ more: [{ activity: 'Reset user password', at: minutes(1), on: text }] });

  test('is a line on its card, by the best name there is for what it was done to', () => {
    const target = { id: 'an-id', type: 'User', properties: [] };
    expect(on({ ...target, userPrincipalName: 'a@b', name: 'A' })).toEqual(line('a@b'));
    expect(on({ ...target, name: 'A' })).toEqual(line('A'));
    expect(on(target)).toEqual(line('an-id'));
    expect(on()).toEqual(line(''));
  });

  test('comes after those before it, and names its feed once', () => {
    const more = [{ activity: 'Add user', at: NOON, on: 'a@b' }];
    const before = { ...own, cause: change({ origin: REQUEST, more }) };
    const line = { activity: 'Enable account', at: minutes(2), on: anAccount().userPrincipalName };
    expect(addToRecord(before, aChange({ activity: 'Enable account', changedAt: minutes(2) }), 'sentinel')).toEqual(
      added({ feeds: ['event-hub', 'sentinel'], more: [...more, line] }),
    );
  });

  test('of anything else there is no record to add to', () => {
    expect(addToRecord(anAlert({ cause: change() }), aChange(), 'sentinel')).toEqual(nothing);
    expect(addToRecord(anAlert(), aChange(), 'sentinel')).toEqual(nothing);
  });
});
