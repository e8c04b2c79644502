import { describe, expect, test } from '@jest/globals';
import type { PersonName } from '../../sandbox/world.ts';
import type { Effect } from '../../src/core/effect.ts';
import type { PersonRef } from '../../src/core/people.ts';
import { deny, expire } from '../../src/core/request/decide.ts';
import { notices, type RequestNews } from '../../src/core/request/notices.ts';
import { beginRun } from '../../src/core/request/run.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, aDecision, aPlan, aRequest, minutes, person } from '../support/builders.ts';
import { ANN2, type Machine, machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';

const NOW = minutes(60);
const people = (...names: readonly PersonName[]): PersonRef[] => names.map(person);
const idsOf = (...names: readonly PersonName[]): string[] => names.map((name) => person(name).objectId).sort();
/** Accounts that get a message of that kind. */
const told = (effects: readonly Effect[], news: RequestNews): string[] =>
  effects
    .flatMap((effect) =>
      effect.kind === 'post' && effect.variant === `notice:${news}` && effect.place.kind === 'person' ? [effect.place.objectId] : [],
    )
    .sort();
/** Accounts that get the card of the request itself. */
const asked = (effects: readonly Effect[]): string[] =>
  effects
    .flatMap((effect) =>
      effect.kind === 'post' && effect.variant === undefined && effect.place.kind === 'person' ? [effect.place.objectId] : [],
    )
    .sort();
const APPROVED = aRequest({
  state: 'approved',
  asked: people('ann', 'bob', 'cy'),
  decisions: [aDecision('ann'), aDecision('bob')],
  fence: 4,
});

describe('who hears of a request', () => {
  test('its requester, everybody who decided, everybody who was asked and did not, and the owners: each once', () => {
    const request = aRequest({ asked: people('ann', 'bob', 'cy'), decisions: [aDecision('ann')] });
    for (const news of [
      'applied',
      'failed',
      'denied',
      'withdrawn',
      'expired',
      'undone',
      'impossible',
      'asked-again',
      'quorum-lost',
    ] as const)
      expect(told(notices(request, news), news)).toEqual(idsOf('rita', 'ann', 'bob', 'cy', 'oona'));
    const owner = aRequest({ plan: aPlan({ owners: people('ann', 'rita') }), asked: people('ann') });
    expect(told(notices(owner, 'applied'), 'applied')).toEqual(idsOf('ann', 'rita'));
  });

  test('a human who acted with one account is told there alone; one who did not, wherever they were asked', () => {
    const both = [...people('ann', 'bob'), ANN2];
    expect(told(notices(aRequest({ asked: both, decisions: [aDecision('ann')] }), 'expired'), 'expired')).toEqual(
      idsOf('rita', 'ann', 'bob', 'oona'),
    );
    expect(told(notices(aRequest({ asked: both }), 'expired'), 'expired')).toContain(ANN2.objectId);
  });

  test('each event once, what may come again each time', () => {
    const key = (request: ChangeRequest, news: RequestNews) =>
      notices(request, news).map((effect) => (effect.kind === 'post' ? effect.key : ''))[0];
    expect(key(aRequest({ fence: 3 }), 'expired')).toBe(key(aRequest({ fence: 4 }), 'expired'));
    expect(key(aRequest({ fence: 3 }), 'quorum-lost')).not.toBe(key(aRequest({ fence: 4 }), 'quorum-lost'));
    expect(key(aRequest({ plan: aPlan({ version: 2 }) }), 'asked-again')).not.toBe(
      key(aRequest({ plan: aPlan({ version: 3 }) }), 'asked-again'),
    );
  });

  test('a denial is no news to whoever denies', () => {
    const request = aRequest({ asked: people('ann', 'bob', 'cy') });
    const denied = deny(request, actor('cy'), request.planDigest, 'no', NOW);
    expect(denied.ok && told(denied.value.effects, 'denied')).toEqual(idsOf('rita', 'ann', 'bob', 'oona'));
  });

  test('AP-7: that it expired is told from wherever that is found, by the same keys', () => {
    const [late, rung] = [beginRun(APPROVED, new Set(), APPROVED.expiresAt), expire(APPROVED, APPROVED.expiresAt)];
    if (!late.ok || !rung.ok) throw new Error('refused');
    const posts = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'post' ? [effect.key] : []));
    expect(posts(late.value.effects)).toEqual(posts(rung.value.effects));
    expect(told(late.value.effects, 'expired')).toEqual(idsOf('rita', 'ann', 'bob', 'cy', 'oona'));
  });
});

describe('a plan that no longer holds, or approvals that count no more', () => {
  const replanned = { kind: 'changed', plan: { ...APPROVED.plan, version: 2 }, difference: ['It is so'] } as const;
  const standing = new Set(idsOf('ann', 'bob'));

  test('everybody is asked again: whoever may approve by a card of its own, also who may only since; requester and owners by a word', () => {
    const again = beginRun(APPROVED, standing, NOW, replanned, people('ann', 'fay', 'rita2', 'dana'));
    if (!again.ok) throw new Error('refused');
    expect(asked(again.value.effects)).toEqual(idsOf('ann', 'bob', 'cy', 'fay'));
    expect(told(again.value.effects, 'asked-again')).toEqual(idsOf('rita', 'oona'));
    expect(again.value.next.asked).toEqual(people('ann', 'bob', 'cy', 'fay'));
  });

  test('an owner who is asked again hears it once', () => {
    const plan = aPlan({ owners: people('bob') });
    const request = aRequest({ ...APPROVED, plan, decisions: [], planDigest: aRequest({ plan }).planDigest, quorum: 0 });
    const again = beginRun(request, standing, NOW, { ...replanned, plan: { ...plan, version: 2 } });
    expect(again.ok && [asked(again.value.effects), told(again.value.effects, 'asked-again')]).toEqual([
      idsOf('ann', 'bob', 'cy'),
      idsOf('rita'),
    ]);
  });

  test('AP-4: that approvals count no more is told to everybody, also to those who may approve only since', () => {
    const lost = beginRun(APPROVED, new Set(idsOf('ann')), NOW, undefined, people('ann', 'fay'));
    expect(lost.ok && told(lost.value.effects, 'quorum-lost')).toEqual(idsOf('rita', 'ann', 'bob', 'cy', 'fay', 'oona'));
    expect(lost.ok && asked(lost.value.effects)).toEqual([]);
  });
});

describe('from asking to the end', () => {
  const posts = (on: Machine, requestId: string): string[] =>
    [...on.store.rows.cards.values()].flatMap(({ subject, variant, place }) =>
      subject === `request:${requestId}` && place.kind === 'person' ? [`${variant || 'card'} ${place.objectId}`] : [],
    );

  test('approvers who never decided and owners hear how it ends; an edit asks those who may decide by then', async () => {
    const on = machine();
    const opened = await on.ask(person('rita').objectId, {});
    const requestId = (opened.ok && opened.value.request?.id) || '';
    const first = on.request(requestId).asked ?? [];
    expect(first.map(({ objectId }) => objectId).sort()).toEqual([...idsOf('ann', 'bob', 'cy', 'gus'), ANN2.objectId].sort());
    on.roles.get(person('cy').objectId)?.delete('approver');
    on.roles.get(person('fay').objectId)?.add('approver');
    expect((await on.edit(requestId, 'Otherwise')).ok).toBe(true);
    expect(on.request(requestId).asked).toEqual([...first, person('fay')]);
    on.pass(25 * 3_600_000);
    await live(on);
    expect(on.request(requestId).state).toBe('expired');
    const expired = posts(on, requestId).filter((post) => post.startsWith('notice:expired'));
    expect(expired.sort()).toEqual(
      [...idsOf('rita', 'ann', 'bob', 'cy', 'gus', 'fay', 'oona'), ANN2.objectId].map((id) => `notice:expired ${id}`).sort(),
    );
  });

  test('AP-4: an approver who lost the right before the run began: everybody is told that it waits again', async () => {
    const on = machine();
    const opened = await on.ask(person('rita').objectId, {});
    const requestId = (opened.ok && opened.value.request?.id) || '';
    for (const name of ['ann', 'bob'] as const)
      await on.press(person(name).objectId, { kind: 'approve-request', requestId, planDigest: on.request(requestId).planDigest });
    on.roles.get(person('bob').objectId)?.delete('approver');
    await live(on);
    expect(on.request(requestId).state).toBe('pending');
    const told = posts(on, requestId).filter((post) => post.startsWith('notice:'));
    // Of Ann’s two accounts the one she approved with.
    expect(told.sort()).toEqual(
      idsOf('rita', 'ann', 'bob', 'cy', 'gus', 'oona')
        .map((id) => `notice:quorum-lost ${id}`)
        .sort(),
    );
  });
});
