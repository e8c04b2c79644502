import { beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import { canLose, inOnePlace, losePart, storePart } from '../../src/core/account/custody.ts';
import { heldAgain, keysBegun } from '../../src/core/account/life.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import { confirmationTimers, isOverdue, remindCustodian, variantOfPart, variantOfPass } from '../../src/core/account/unconfirmed.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import { no, ok } from '../../src/core/result.ts';
import { draw } from '../../src/jobs/draw.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, anAccount, aPart, days, hours, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const ID = 'EA-4Q9T1X';
const TIMER = `part-confirmation:${ID}:1`;
const SEEN: Part = aPart(1, 'dana', { state: 'shown', expiresAt: days(3), shownAt: NOON });
const OWNERS = [person('oona'), person('ann')];
const withPart = (part: Part, more: Partial<EmergencyAccount> = {}) =>
  anAccount({ state: 'handover', owners: OWNERS, parts: [part, aPart(2, 'eli', { state: 'ready', expiresAt: days(3) })], ...more });
const timerAt = (at: Date, key = TIMER) => ({
  kind: 'intend',
  key,
  at,
  intent: { kind: 'remind-custodian', accountId: ID, partNumber: 1 },
});
const redraw = [`part:${ID}:1`, `request:${withPart(SEEN).requestId}`, `account:${ID}`].map((subject) => ({ kind: 'show', subject }));

describe('a part that was seen and not confirmed: its reminders', () => {
  const key = (stage: number) => `unconfirmed:${ID}:1:${NOON.toISOString()}:${stage}`;
  const post = (stage: number, to: string, place: object, variant: string) => ({
    kind: 'post',
    key: `${key(stage)}:${to}`,
    place,
    subject: `part:${ID}:1`,
    variant,
  });
  const toDana = (stage: number) => {
    const { objectId } = person('dana');
    return post(stage, objectId, { kind: 'person', objectId }, '1');
  };
  const toOwner = (stage: number, name: 'oona' | 'ann') => {
    const { objectId } = person(name);
    return post(stage, objectId, { kind: 'person', objectId }, '1:unconfirmed');
  };
  const toChannel = (stage: number) => post(stage, 'channel', { kind: 'channel' }, '1:unconfirmed');
  const reminded = (at: Date, account = withPart(SEEN)) => {
    const decision = remindCustodian(account, 1, at);
    if (decision.ok) expect(decision.value.next).toBe(account);
    return decision.ok ? decision.value.effects : decision.error;
  };

  test('CR-6: after four hours its custodian alone, after a day its owners and the channel too, then all of them daily', () => {
    const last = (at: Date) => new Date(at.getTime() - 1);
    expect(reminded(last(hours(4)))).toEqual([timerAt(hours(4))]);
    expect(reminded(hours(4))).toEqual([toDana(0), timerAt(days(1))]);
    expect(reminded(last(days(1)))).toEqual([toDana(0), timerAt(days(1))]);
    const daily = (day: number) => [toDana(day), toOwner(day, 'oona'), toOwner(day, 'ann'), toChannel(day), timerAt(days(day + 1))];
    expect(reminded(days(1))).toEqual(daily(1));
    expect(reminded(hours(50))).toEqual(daily(2));
    expect(reminded(days(30))).toEqual(daily(30));
  });

  test('an owner who is the custodian is told once, as the custodian', () => {
    const owned = withPart(SEEN, { owners: [person('dana'), person('oona')] });
    expect(reminded(days(1), owned)).toEqual([toDana(1), toOwner(1, 'oona'), toChannel(1), timerAt(days(2))]);
  });

  test.each<[string, Part]>([
    ['not seen yet', { ...SEEN, state: 'ready' }],
    ['stored', { ...SEEN, state: 'stored', storedAt: hours(1) }],
    ['lost', { ...SEEN, state: 'lost', lostAt: hours(1) }],
    ['replaced', aPart(1, 'dana')],
    ['of a pass, which expires', { ...SEEN, pass: { requestId: 'R-1', methodId: 'T', issuedAt: NOON, keysBefore: [], keysAtStart: [] } }],
    ['another', { ...SEEN, number: 3 }],
  ])('nobody is reminded of one that is %s', (_what, part) => {
    expect(reminded(days(2), withPart(part))).toEqual({ code: 'nothing-to-do' });
    expect(isOverdue(part, days(2))).toBe(part.number === 3);
  });

  test('is overdue from the instant of its first reminder on', () => {
    expect([isOverdue(SEEN, new Date(hours(4).getTime() - 1)), isOverdue(SEEN, hours(4))]).toEqual([false, true]);
    const { shownAt: _none, ...unknown } = SEEN;
    expect([isOverdue(unknown, days(9)), reminded(days(9), withPart(unknown))]).toEqual([false, { code: 'nothing-to-do' }]);
    expect(confirmationTimers(undefined, withPart(unknown), NOON)).toEqual([]);
  });

  test('what changed decides whether a series begins, goes on or is over', () => {
    const before = withPart({ ...SEEN, state: 'ready' });
    expect(confirmationTimers(undefined, withPart(SEEN), NOON)).toEqual([timerAt(hours(4))]);
    expect(confirmationTimers(before, withPart(SEEN), NOON)).toEqual([timerAt(hours(4))]);
    // Whatever else changes leaves it alone: it is not put off.
    expect(confirmationTimers(withPart(SEEN), withPart(SEEN, { lastSignInAt: hours(1) }), hours(5))).toEqual([]);
    for (const state of ['stored', 'lost', 'sealed', 'expired'] as const)
      expect(confirmationTimers(withPart(SEEN), withPart({ ...SEEN, state }), hours(5))).toEqual([{ kind: 'forget', key: TIMER }]);
    expect(confirmationTimers(withPart(SEEN), withPart(SEEN, { parts: [] }), hours(5))).toEqual([{ kind: 'forget', key: TIMER }]);
    // Each for itself: of two that are waited for neither is put off, and one that is seen at the same instant is begun.
    const other: Part = { ...SEEN, number: 2 };
    const both = withPart(SEEN, { parts: [SEEN, other] });
    expect(confirmationTimers(both, both, hours(5))).toEqual([]);
    expect(confirmationTimers(withPart(SEEN, { parts: [SEEN] }), both, NOON)).toMatchObject([
      { key: `part-confirmation:${ID}:2`, at: hours(4) },
    ]);
    expect(confirmationTimers(both, withPart(SEEN, { parts: [other] }), hours(5))).toEqual([{ kind: 'forget', key: TIMER }]);
    const { shownAt: _none, ...unknown } = SEEN;
    expect(confirmationTimers(withPart(unknown), withPart(unknown), hours(5))).toEqual([]);
    // Another password, which was seen as well, by the same custodian.
    expect(confirmationTimers(withPart(SEEN), withPart({ ...SEEN, shownAt: hours(1) }), hours(2))).toEqual([timerAt(hours(5))]);
  });

  test('GR-5: a password that comes back, because the keys in its place were given up, is waited for again', () => {
    const before = withPart(SEEN);
    const keys = keysBegun(before, [person('dana'), person('eli')], 'R-2');
    expect(confirmationTimers(before, keys, hours(5))).toEqual([{ kind: 'forget', key: TIMER }]);
    if (!keys.held) throw new Error('nothing is held');
    expect(confirmationTimers(keys, heldAgain(keys, keys.held), hours(50))).toEqual([timerAt(days(3))]);
  });

  test('a card says of which credential it is, and whether it is for others than its custodian', () => {
    const ofPass = variantOfPass(3, { requestId: 'R-1', methodId: 'T1' });
    expect(['', '3', '3:unconfirmed', ofPass].map(variantOfPart)).toEqual([
      { forOthers: false },
      { generation: 3, forOthers: false },
      { generation: 3, forOthers: true },
      { generation: 3, forOthers: false, pass: { requestId: 'R-1', methodId: 'T1' }, kind: 'key' },
    ]);
  });
});

describe('a part that is said to be lost', () => {
  const losing = (who: Actor, part: Part = SEEN, more: Partial<EmergencyAccount> = {}) => losePart(withPart(part, more), 1, who, hours(9));

  test.each(['dana', 'oona'] as const)('CR-6: %s, its custodian or an owner, says it once; an alert asks for a new password', (name) => {
    const dedupe = `part-lost:${ID}:1:${hours(9).getTime()}`;
    const cause = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: person(name).name };
    const intent = { kind: 'raise-alert', dedupe, tenantId: anAccount().tenantId, accountId: ID, cause };
    expect(losing(actor(name))).toEqual(
      ok({
        next: { ...withPart({ ...SEEN, state: 'lost', lostAt: hours(9) }), revision: withPart(SEEN).revision + 1 },
        effects: [...redraw, { kind: 'intend', key: dedupe, at: hours(9), intent }, { kind: 'show', subject: `part:${ID}:2` }],
      }),
    );
  });

  test('the run that waits for it hears of it', () => {
    const held = { requestId: 'R-2', parts: [], generation: 1 };
    const decision = losing(actor('dana'), SEEN, { held });
    const resume = { kind: 'intend', key: 'resume:R-2', at: hours(9), intent: { kind: 'resume-run', requestId: 'R-2' } };
    expect(decision.ok && decision.value.effects.slice(0, 4)).toEqual([...redraw, resume]);
  });

  test('nobody else says so, and only of one that was seen and not confirmed', () => {
    for (const name of ['eli', 'bob', 'rita'] as const)
      expect(losing(actor(name))).toEqual(no({ code: 'not-your-part', custodian: 'Dana Diaz' }));
    expect(losing(stranger('guest'))).toEqual(no({ code: 'stranger', why: 'guest' }));
    const dana = actor('dana');
    expect(losePart(withPart(SEEN), 3, dana, hours(9))).toEqual(no({ code: 'not-found', what: 'part' }));
    expect(losing(dana, { ...SEEN, state: 'stored', storedAt: hours(1) })).toEqual(no({ code: 'part-stored', at: hours(1) }));
    expect(losing(dana, { ...SEEN, state: 'lost', lostAt: hours(1) })).toEqual(no({ code: 'part-lost' }));
    // What it is decides, not what else is noted of it.
    expect(losing(dana, { ...SEEN, state: 'stored' })).toEqual(no({ code: 'part-not-shown' }));
    expect(losing(dana, { ...SEEN, storedAt: hours(1) }).ok).toBe(true);
    const pass = { requestId: 'R-1', methodId: 'T', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
    for (const part of [{ ...SEEN, pass, key: { methodId: 'K' } }, aPart(1, 'dana'), { ...SEEN, state: 'ready' as const }])
      expect(losing(dana, part)).toEqual(no({ code: 'part-not-shown' }));
  });
});

describe('a pass that is said to be lost', () => {
  const pass = { requestId: 'R-1', methodId: 'T', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const PASS: Part = { ...SEEN, pass, confirmedAt: hours(1) };
  const losing = (who: Actor, part: Part = PASS, at = hours(9)) => losePart(withPart(part), 1, who, at);

  test.each(['dana', 'oona'] as const)('CR-2: %s says it once; the run makes another at once, and an alert tells of it', (name) => {
    const { confirmedAt: _said, ...rest } = PASS;
    const dedupe = `part-lost:${ID}:1:${hours(9).getTime()}`;
    const cause = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: person(name).name, key: true, awaitedBy: 'R-1' };
    const alert = { kind: 'raise-alert', dedupe, tenantId: anAccount().tenantId, accountId: ID, cause };
    const lost: Part = { ...rest, refused: { why: 'PassLost', at: hours(9) } };
    expect(losing(actor(name))).toEqual(
      ok({
        next: { ...withPart(lost), revision: withPart(PASS).revision + 1 },
        effects: [
          ...redraw,
          { kind: 'intend', key: 'resume:R-1', at: hours(9), intent: { kind: 'resume-run', requestId: 'R-1' } },
          { kind: 'intend', key: dedupe, at: hours(9), intent: alert },
        ],
      }),
    );
    expect(losing(actor(name), lost)).toEqual(no({ code: 'part-not-shown' }));
    expect(storePart(withPart(lost), 1, actor('dana'), { location: 'Safe', sealNumber: '' }, hours(10))).toEqual(
      no({ code: 'nothing-to-do' }),
    );
  });

  test('only while it is valid and no key is registered with it', () => {
    const dana = actor('dana');
    expect(losing(dana, PASS, days(3))).toEqual(no({ code: 'part-expired' }));
    expect(losing(dana, PASS, new Date(days(3).getTime() - 1)).ok).toBe(true);
    const { expiresAt: _until, ...endless } = PASS;
    expect(losing(dana, endless, days(9)).ok).toBe(true);
    for (const part of [
      { ...PASS, key: { methodId: 'K' } },
      { ...PASS, state: 'ready' as const },
      { ...PASS, state: 'sealed' as const },
    ]) {
      expect(losing(dana, part)).toEqual(no({ code: 'part-not-shown' }));
      expect(canLose(part)).toBe(false);
    }
    expect([SEEN, PASS, aPart(1, 'dana')].map(canLose)).toEqual([true, true, false]);
  });
});

test('parts that lie in one place are told by what their custodians said, however they wrote it', () => {
  const at = (number: number, location: string | undefined, state: Part['state'] = 'stored') =>
    aPart(number, 'dana', { state, ...(location === undefined ? {} : { location }) });
  expect(inOnePlace([at(1, 'Safe  4, Oslo '), at(2, ' safe 4, oslo'), at(3, 'Safe 5')])).toEqual([1, 2]);
  expect(inOnePlace([at(1, ''), at(2, ''), at(3, undefined), at(4, undefined)])).toEqual([]);
  expect(inOnePlace([at(1, 'Safe'), at(2, 'Safe', 'shown')])).toEqual([]);
  expect(inOnePlace([at(1, 'Safe'), at(2, 'Saf e')])).toEqual([]);
});

describe('through the door', () => {
  let store: MemoryStore;
  const front = () => door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const wants = async (who: Actor, intent: Intent): Promise<string> => {
    const outcome = await front().dispatch(who, intent);
    return outcome.ok ? 'done' : outcome.error.code;
  };
  const reveal = { kind: 'reveal-part', accountId: ID, partNumber: 1 } as const;
  const lose = { kind: 'lose-part', accountId: ID, partNumber: 1 } as const;
  const store1 = { kind: 'store-part', accountId: ID, partNumber: 1, location: 'Safe', sealNumber: '' } as const;
  const reminders = () => [...store.rows.cards.values()].filter(({ key }) => key.startsWith('unconfirmed:'));
  const ring = async (at: Date) => {
    store.setClock(at);
    // Two replicas at once, and once more after a restart.
    await Promise.all([ringTimers(store, front()), ringTimers(store, front())]);
    await ringTimers(store, front());
  };
  const said = async () =>
    Promise.all(reminders().map(async (posted) => JSON.stringify((await draw(store, posted, async () => []))?.card.card)));

  beforeEach(async () => {
    store = memoryStore(NOON);
    const { shownAt: _not, ...ready } = { ...SEEN, state: 'ready' as const };
    store.put('account', withPart(ready));
    store.rows.sealed.set(`${ID}:1`, Buffer.from('one'));
    expect(await wants(actor('dana'), reveal)).toBe('done');
  });

  test('SI-5: each reminder is said once, whoever rings, and after a jump of the clock the latest alone', async () => {
    expect(store.rows.timers.get(TIMER)?.at).toEqual(hours(4));
    await ring(hours(3));
    expect(reminders()).toEqual([]);
    await ring(hours(4));
    expect(reminders().map(({ place }) => place)).toEqual([{ kind: 'person', objectId: person('dana').objectId }]);
    await ring(hours(5));
    expect(reminders()).toHaveLength(1);
    await ring(days(6));
    expect(
      reminders()
        .slice(1)
        .map(({ place }) => place.kind),
    ).toEqual(['person', 'person', 'person', 'channel']);
    expect(store.rows.timers.get(TIMER)?.at).toEqual(days(7));
    expect(store.rows.audit.find(({ intent }) => intent === 'remind-custodian')).toMatchObject({
      actorId: 'breakglass:timer',
      subject: `account:${ID}`,
      details: { part: 1 },
    });
  });

  test('the custodian’s card asks where it is or that it is lost; the others’ whom to ask; stored, each says so and nothing more comes', async () => {
    await ring(days(1));
    const [dana = '', oona = '', ann = '', channel = ''] = await said();
    expect(dana).toContain('Where is your part?');
    expect([dana.includes('part.stored'), dana.includes('part.lost')]).toEqual([true, true]);
    for (const card of [oona, ann, channel]) {
      expect(card).toContain('Nobody knows where a part is');
      expect([card.includes('part.stored'), card.includes('part.lost')]).toEqual([false, true]);
    }
    expect(await wants(actor('dana'), store1)).toBe('done');
    expect(store.rows.timers.has(TIMER)).toBe(false);
    for (const card of await said()) {
      expect(card).toMatch(/part is stored/);
      expect(card).not.toContain('part.lost');
    }
    await ring(days(9));
    expect(reminders()).toHaveLength(4);
  });

  test('lost, the account needs a new password, the ledger says so, and it is neither stored, shown nor lost again', async () => {
    await ring(days(1));
    expect(await wants(actor('oona'), lose)).toBe('done');
    await ring(days(1));
    expect([...store.rows.alert.values()].map(({ cause }) => cause.kind)).toEqual(['part-lost']);
    expect(store.rows.timers.has(TIMER)).toBe(false);
    expect(store.rows.account.get(ID)).toMatchObject({ state: 'handover', history: [{ what: 'shown' }, { what: 'lost' }] });
    for (const intent of [reveal, store1, lose]) expect(await wants(actor('dana'), intent)).toBe('part-lost');
    for (const card of await said()) expect(card).toMatch(/part is lost/);
    expect(store.rows.audit.filter(({ intent, refusal }) => intent === 'lose-part' && !refusal)).toMatchObject([
      { actorId: person('oona').objectId, subject: `account:${ID}`, details: { part: 1 } },
    ]);
  });

  test('a reminder of an earlier password says that it was replaced', async () => {
    await ring(days(1));
    const now = store.rows.account.get(ID);
    if (!now) throw new Error('gone');
    store.put('account', { ...now, generation: 2 });
    const [dana, ...others] = await said();
    expect(dana).toContain('This part was replaced');
    for (const card of others) expect(card).toContain('The part was replaced');
    store.put('account', { ...now, state: 'retired' });
    for (const card of (await said()).slice(1)) expect(card).toContain('The part was replaced');
  });
});
