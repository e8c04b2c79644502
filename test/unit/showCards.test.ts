import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Log } from '../../src/app/log.ts';
import type { Channel, OutgoingCard, PostedCard, Store } from '../../src/app/ports.ts';
import { ChannelFault } from '../../src/bot/channelFault.ts';
import type { Place, Subject } from '../../src/core/effect.ts';
import { FIRST, ORDINARY, type pacer, URGENT } from '../../src/jobs/pace.ts';
import { cardJobs } from '../../src/jobs/showCards.ts';
import { anAlert, NOON, person } from '../support/builders.ts';
import { type MemoryStore, memoryStore } from '../support/memoryStore.ts';

const ALERT = anAlert();
const SUBJECT: Subject = `alert:${ALERT.id}`;
const KEY = `${SUBJECT}:0`;
const CHANNEL: Place = { kind: 'channel' };
const OONA: Place = { kind: 'person', objectId: person('oona').objectId };
const REPEAT = 'may be a repeat';

/** A card says which state it shows: the account's name carries the revision. */
const alertAt = (revision: number) => anAlert({ revision, account: `rev-${revision}@contoso.example` });
const revisionOf = ({ card }: OutgoingCard): number => Number(/rev-(\d+)/.exec(JSON.stringify(card))?.[1] ?? 'NaN');

const refused = (status: number) => new ChannelFault('refused', { status, ambiguous: false });
const noAnswer = () => new ChannelFault('no answer', { status: 0, ambiguous: true });

/** Teams: what each message shows now, and what was asked for. `next` faults meet the next calls, one each. */
class FakeChannel implements Channel {
  readonly messages = new Map<string, OutgoingCard>();
  readonly posts: OutgoingCard[] = [];
  readonly updates: OutgoingCard[] = [];
  readonly next: (Error | (() => void))[] = [];

  private meet(): void {
    const fault = this.next.shift();
    if (fault instanceof Error) throw fault;
    fault?.();
  }
  async post(_to: unknown, card: OutgoingCard) {
    this.posts.push(card);
    this.meet();
    const activityId = `m-${this.messages.size + 1}`;
    this.messages.set(activityId, card);
    return { conversationId: 'the-conversation', activityId };
  }
  async update(_to: unknown, _conversationId: string, activityId: string, card: OutgoingCard) {
    this.updates.push(card);
    this.meet();
    this.messages.set(activityId, card);
  }
}

let store: MemoryStore;
let channel: FakeChannel;
let logged: string[];
const log: Log = {
  info: () => undefined,
  warn: (event) => void logged.push(event),
  error: (event) => void logged.push(event),
  child: () => log,
};
const jobs = (on: Store = store, to: Channel = channel, turn?: ReturnType<typeof pacer>) =>
  cardJobs({ store: on, channel: to, refreshFor: async () => [], log }, turn);

const owe = (place: Place, key = KEY): Promise<void> =>
  store.transaction((tx) => tx.owe([{ kind: 'post', key, place, subject: SUBJECT, urgent: true }]));
const remember = (place: Place) => store.remember({ place, conversationId: `c-${place.kind}`, reference: {} });
const card = (key = KEY): PostedCard | undefined => store.rows.cards.get(key);
const texts = (cards: readonly OutgoingCard[]): boolean[] => cards.map((each) => JSON.stringify(each.card).includes(REPEAT));

beforeEach(async () => {
  store = memoryStore(NOON);
  store.put('alert', alertAt(1));
  channel = new FakeChannel();
  logged = [];
  await owe(CHANNEL);
  await remember(CHANNEL);
});

describe('posting a card', () => {
  test('AL-2: happens once, however often and however closely it is asked for', async () => {
    const cards = jobs();
    await Promise.all([cards.post(KEY), cards.post(KEY), cards.post(KEY)]);
    await cards.post(KEY);
    expect(channel.posts.map(revisionOf)).toEqual([1]);
    expect(texts(channel.posts)).toEqual([false]);
    expect(card()).toMatchObject({ state: 'sent', conversationId: 'the-conversation', activityId: 'm-1', shown: 1 });
  });

  test('AL-2: with an unknown outcome it is sent again, marked as a possible repeat', async () => {
    channel.next.push(noAnswer());
    await expect(jobs().post(KEY)).rejects.toThrow('no answer');
    expect(card()?.state).toBe('sending');
    await jobs().post(KEY);
    expect(texts(channel.posts)).toEqual([false, true]);
    expect(card()?.state).toBe('sent');
  });

  test('AL-2: a gateway that answers 502 may have sent it: it is sent again, marked as a possible repeat', async () => {
    channel.next.push(new ChannelFault('refused', { status: 502, ambiguous: true }));
    await expect(jobs().post(KEY)).rejects.toThrow('refused');
    await jobs().post(KEY);
    expect(texts(channel.posts)).toEqual([false, true]);
  });

  test('AL-2: a process that died while sending leaves an unknown outcome', async () => {
    await store.markSending(KEY, 'c-channel');
    await jobs().post(KEY);
    expect(texts(channel.posts)).toEqual([true]);
  });

  test.each([412, 429, 503])('AL-2: refused without doubt (%i), the next try is the first again', async (status) => {
    channel.next.push(refused(status));
    await expect(jobs().post(KEY)).rejects.toThrow('refused');
    expect(card()?.state).toBe('owed');
    await jobs().post(KEY);
    expect(texts(channel.posts)).toEqual([false, false]);
  });

  test('AL-2: an unknown outcome stays unknown, whatever becomes of the tries after it', async () => {
    channel.next.push(noAnswer(), refused(429), refused(429));
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(jobs().post(KEY)).rejects.toThrow();
    await jobs().post(KEY);
    expect(texts(channel.posts)).toEqual([false, true, true, true]);
  });

  test('AL-2: a fault that is not the channel’s own leaves the outcome unknown too', async () => {
    channel.next.push(new Error('a bug'));
    await expect(jobs().post(KEY)).rejects.toThrow('a bug');
    expect(card()?.state).toBe('sending');
  });

  test('with nowhere to go it stays owed, and is sent when Teams tells us where', async () => {
    const key = `${SUBJECT}:oona`;
    await owe(OONA, key);
    await jobs().post(key);
    expect(channel.posts).toEqual([]);
    expect(card(key)?.state).toBe('owed');
    expect(logged).toEqual(['card.nowhere-to-go']);
    const before = store.rows.jobs.length;
    await remember(OONA);
    expect(store.rows.jobs.slice(before)).toEqual([{ queue: 'urgent-card', job: { kind: 'post', key } }]);
    await jobs().post(key);
    expect(card(key)?.state).toBe('sent');
  });

  test.each([403, 404])(
    'AL-8: refused for good (%i) it ends quietly, is logged, and stays owed for another conversation',
    async (status) => {
      channel.next.push(refused(status));
      await jobs().post(KEY);
      expect(logged).toEqual(['card.refused']);
      expect(card()?.state).toBe('owed');
    },
  );

  test('of a thing that is gone nothing is posted', async () => {
    await store.transaction((tx) => tx.owe([{ kind: 'post', key: 'alert:AL-NONE:0', place: CHANNEL, subject: 'alert:AL-NONE' }]));
    await jobs().post('alert:AL-NONE:0');
    await jobs().post('no such card');
    expect(channel.posts).toEqual([]);
  });
});

describe('what goes ahead', () => {
  const post = (key: string, rank: { urgent?: true; first?: true }): Promise<void> =>
    store.transaction((tx) => tx.owe([{ kind: 'post', key, place: CHANNEL, subject: SUBJECT, ...rank }]));

  test('AL-6: that somebody is in may use up all that Teams allows, other alerts and redraws may not', async () => {
    const asked: unknown[] = [];
    const cards = jobs(store, channel, async (_conversation, windows) => void asked.push(windows));
    await post('first', { first: true });
    await post('urgent', { urgent: true });
    await post('ordinary', {});
    for (const key of ['first', 'urgent', 'ordinary']) await cards.post(key);
    expect(asked).toEqual([FIRST, URGENT, ORDINARY]);
    store.put('alert', alertAt(2));
    await cards.show(SUBJECT);
    expect(asked.slice(3)).toEqual([URGENT, URGENT, ORDINARY]);
    expect(store.rows.jobs.slice(-3).map(({ queue }) => queue)).toEqual(['first-card', 'urgent-card', 'card']);
  });

  test('AL-6: that somebody is in leaves before alerts that wait already', async () => {
    const waiting: (() => void)[] = [];
    const cards = jobs(store, channel, (_conversation, windows) =>
      windows === FIRST ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
    );
    for (const key of ['u1', 'u2']) await post(key, { urgent: true });
    await post('first', { first: true });
    const others = ['u1', 'u2'].map((key) => cards.post(key));
    await cards.post('first');
    expect(['u1', 'u2', 'first'].map((key) => card(key)?.state)).toEqual(['owed', 'owed', 'sent']);
    for (const wake of waiting) wake();
    await Promise.all(others);
  });

  test('AL-2: a card that somebody else took on while it waited for its turn is not sent twice', async () => {
    const cards = jobs(store, channel, async () => void (await store.markSent(KEY, 'the-conversation', 'm-0', 1)));
    await cards.post(KEY);
    expect(channel.posts).toEqual([]);
  });
});

describe('the sweep', () => {
  const sweep = () => jobs().sweep(new AbortController().signal);

  test('AL-2: what Teams refused for good is sent once Teams takes it again, whoever tells us or not', async () => {
    channel.next.push(refused(403), refused(404));
    await jobs().post(KEY); // the job is done
    await sweep();
    expect(card()?.state).toBe('owed');
    await sweep();
    expect(card()?.state).toBe('sent');
    expect(texts(channel.posts)).toEqual([false, false, false]);
  });

  test('AL-2: a card that fails holds up no other', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    for (const key of keys) await owe(CHANNEL, key);
    channel.next.push(refused(500), noAnswer(), new Error('a bug'), refused(403));
    await sweep();
    expect([KEY, ...keys].filter((key) => card(key)?.state === 'sent')).toHaveLength(2);
    expect(logged.sort()).toEqual(['card.refused', 'card.unsent', 'card.unsent', 'card.unsent']);
  });

  test('one that waits for its turn does not hold up who stops', async () => {
    const stopping = new AbortController();
    const sweeping = jobs(store, channel, () => new Promise(() => undefined)).sweep(stopping.signal);
    stopping.abort();
    await sweeping;
    expect(channel.posts).toEqual([]);
  });
});

describe('keeping a card true', () => {
  test('a state that moved while the card was under way is drawn again at once', async () => {
    channel.next.push(() => store.put('alert', alertAt(4)));
    await jobs().post(KEY);
    expect(channel.posts.map(revisionOf)).toEqual([1]);
    expect(channel.updates.map(revisionOf)).toEqual([4]);
    expect(card()?.shown).toBe(4);
  });

  test('a state that moves while the update is under way is drawn again, until it is so', async () => {
    await jobs().post(KEY);
    store.put('alert', alertAt(2));
    channel.next.push(() => store.put('alert', alertAt(3)));
    await jobs().show(SUBJECT);
    expect(channel.updates.map(revisionOf)).toEqual([2, 3]);
    expect(card()?.shown).toBe(3);
  });

  test('what is shown already is not sent again; what was never sent is not updated', async () => {
    await jobs().show(SUBJECT);
    await jobs().post(KEY);
    await jobs().show(SUBJECT);
    expect(channel.posts).toHaveLength(1);
    expect(channel.updates).toEqual([]);
  });

  test('an update that failed is tried again, and marked as shown only then', async () => {
    await jobs().post(KEY);
    store.put('alert', alertAt(2));
    channel.next.push(noAnswer());
    await expect(jobs().show(SUBJECT)).rejects.toThrow('no answer');
    expect(card()?.shown).toBe(1);
    await jobs().show(SUBJECT);
    expect(card()?.shown).toBe(2);
    expect(texts(channel.updates)).toEqual([false, false]); // the same message: no repeat
  });

  test.each([403, 404])('an update refused for good (%i) ends quietly', async (status) => {
    await jobs().post(KEY);
    store.put('alert', alertAt(2));
    channel.next.push(refused(status));
    await jobs().show(SUBJECT);
    expect(logged).toEqual(['card.refused']);
    expect(card()?.state).toBe('sent');
  });

  test('one card that cannot be updated holds up no other, and the job is not called done', async () => {
    const key = `${SUBJECT}:oona`;
    await owe(OONA, key);
    await remember(OONA);
    await jobs().post(KEY);
    await jobs().post(key);
    store.put('alert', alertAt(2));
    channel.next.push(refused(500));
    await expect(jobs().show(SUBJECT)).rejects.toThrow('refused');
    expect([card()?.shown, card(key)?.shown]).toEqual([1, 2]);
  });

  test('an older drawing never covers a newer one, and the newest state is what is shown in the end', async () => {
    const step = fc.constantFrom('change' as const, 'change' as const, 'post' as const, 'show' as const);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 1, maxLength: 8 }), async (scheduler, steps) => {
        store = memoryStore(NOON);
        store.put('alert', alertAt(1));
        await owe(CHANNEL);
        // A conversation of its own for every send, so that none waits for its turn.
        let conversations = 0;
        const on: Store = {
          ...store,
          async conversation(place) {
            conversations += 1;
            return { place, conversationId: `c-${conversations}`, reference: {} };
          },
        };
        const shown: number[] = [];
        const arrive = scheduler.scheduleFunction(async (sent: OutgoingCard) => void shown.push(revisionOf(sent)));
        let posts = 0;
        const slow: Channel = {
          async post(_to, sent) {
            posts += 1;
            await arrive(sent);
            return { conversationId: 'x', activityId: 'm-1' };
          },
          update: (_to, _conversationId, _activityId, sent) => arrive(sent),
        };
        const cards = jobs(on, slow);
        let revision = 1;
        const under: Promise<void>[] = [cards.post(KEY)];
        scheduler.scheduleSequence(
          steps.map((kind) => async () => {
            if (kind === 'change') {
              revision += 1;
              store.put('alert', alertAt(revision));
            }
            under.push(kind === 'post' ? cards.post(KEY) : cards.show(SUBJECT));
          }),
        );
        await scheduler.waitIdle();
        await Promise.all(under);
        expect(posts).toBe(1);
        expect(shown).toEqual([...shown].sort((one, other) => one - other));
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown.at(-1)).toBe(revision);
        expect(card()?.shown).toBe(revision);
      }),
      { numRuns: 300 },
    );
  });
});
