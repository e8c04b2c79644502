import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Channel, TenantInfo } from '../../src/app/ports.ts';
import { ChannelFault } from '../../src/bot/channelFault.ts';
import type { Feed } from '../../src/core/alert/types.ts';
import { later } from '../../src/core/decision.ts';
import { isAlive } from '../../src/core/watch/heartbeat.ts';
import { silentSince } from '../../src/core/watch/silence.ts';
import { expectedFeeds, type FeedRhythm } from '../../src/jobs/expectedFeeds.ts';
import { bringHeartbeat } from '../../src/jobs/heartbeat.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { silenceWatch } from '../../src/jobs/watchSilence.ts';
import { anAccount, days, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
const POLL_SECONDS = 60;
const BEAT_SECONDS = 300;
const TENANT = { id: anAccount().tenantId, name: 'contoso' } as TenantInfo;
const RHYTHMS: readonly FeedRhythm[] = [{ feed: 'event-hub', everySeconds: 900 }];
const FEEDS: readonly (readonly [Feed, number])[] = [
  ['graph-sign-ins', POLL_SECONDS],
  ['graph-directory-audits', POLL_SECONDS],
  ['event-hub', 900],
];

let store: MemoryStore;
let front: Door;
let look: () => Promise<void>;
/** What is broken now, and since when the world runs, in seconds after noon. */
let broken: Set<Feed | 'teams'>;
let second: number;
let posts: string[];

const channel: Channel = {
  async post(_to, card) {
    if (broken.has('teams')) throw new ChannelFault('no', { status: 503, ambiguous: false });
    posts.push(card.summary);
    return { conversationId: 'c', activityId: 'm' };
  },
  async update() {
    if (broken.has('teams')) throw new ChannelFault('no', { status: 503, ambiguous: false });
  },
};
const needs = () => ({ store, door: front, tenants: { list: () => [TENANT] }, signInPollSeconds: POLL_SECONDS, feedRhythms: RHYTHMS });
/** A new process on the same data. */
const restart = (): void => {
  look = silenceWatch({ store, door: front, heartbeatSeconds: BEAT_SECONDS, expected: () => expectedFeeds(needs()) });
};

beforeEach(async () => {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined, heartbeatSeconds: BEAT_SECONDS });
  store.put('account', anAccount());
  await store.remember({ place: { kind: 'channel' }, conversationId: 'c', reference: {} });
  broken = new Set();
  posts = [];
  second = 0;
  restart();
  await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'beat' });
});

/** Does what the worker does at this second: feeds are heard in their rhythm, timers ring, heartbeats are brought, silence is looked for. */
async function tick(lookEvery: number): Promise<void> {
  store.setClock(later(NOON, second * 1_000));
  for (const [feed, every] of FEEDS) {
    if (second % every !== 7) continue;
    await store.feedRead(TENANT.id, feed, broken.has(feed) ? { error: 'Graph answered 503' } : {});
  }
  await ringTimers(store, front);
  const { number, arrived } = await store.heartbeat();
  if (arrived < number) {
    const bring = { store, channel, heartbeatSeconds: BEAT_SECONDS, expectedFeeds: async () => 2, log };
    await bringHeartbeat(bring, async () => undefined, number).catch(() => undefined);
  }
  if (!broken.has('teams')) {
    for (const { key, state } of store.rows.cards.values()) if (state !== 'sent') await store.markSent(key, 'c', key, 1);
  }
  if (second % lookEvery === 0) await look();
}
async function run(seconds: number, lookEvery = 10, step = 1): Promise<void> {
  for (const end = second + seconds; second < end; second += step) await tick(lookEvery);
}
const alerts = (kind = 'feed-silent') => [...store.rows.alert.values()].filter(({ cause }) => cause.kind === kind);

test.each(FEEDS)(
  'SI-1: %s falling silent is alarmed once within two intervals and 30 s, and closed when it is back',
  async (feed, every) => {
    await run(3_600);
    expect(alerts()).toEqual([]);
    broken.add(feed);
    const lastHeard = Math.floor((second - 8) / every) * every + 7;
    await run(2 * every + 30 - (second - lastHeard));
    expect(alerts().map(({ cause, state, tenantId }) => [cause.kind === 'feed-silent' && cause.feed, state, tenantId])).toEqual([
      [feed, 'open', TENANT.id],
    ]);
    await run(3 * every);
    expect(alerts()).toHaveLength(1);
    broken.clear();
    await run(every + 20);
    expect(alerts().map(({ state }) => state)).toEqual(['over']);
    expect([...store.rows.cards.keys()].filter((key) => key.endsWith(':over'))).toHaveLength(1);
    broken.add(feed);
    await run(3 * every + 40);
    expect(alerts().map(({ state }) => state)).toEqual(['over', 'open']);
  },
);

test('SI-1: 30 days in which every read now and then fails once raise no alarm', async () => {
  // Steps of the greatest common measure of everything that happens; looked every 60 s, the least that counts as watching.
  for (second = 7; second < 30 * 86_400; second += 60) {
    const slip = Math.floor(second / 3_600) % 5 === 0 && second % 3_600 < 60;
    if (slip) broken.add('graph-sign-ins');
    else broken.delete('graph-sign-ins');
    store.setClock(later(NOON, second * 1_000));
    if (second % POLL_SECONDS === 7) await store.feedRead(TENANT.id, 'graph-sign-ins', slip ? { error: 'Graph answered 503' } : {});
    if (second % POLL_SECONDS === 7) await store.feedRead(TENANT.id, 'graph-directory-audits', {});
    if (second % 900 === 7) await store.feedRead(TENANT.id, 'event-hub', {});
    if (second % BEAT_SECONDS === 7) await tick(30);
    await look();
  }
  expect([...store.rows.alert.values()]).toEqual([]);
  expect((await store.heartbeat()).arrived).toBeGreaterThan(8_600);
});

test('SI-5: a start after hours, and a clock that jumps, raise no alarm; what is silent after them does', async () => {
  await run(600);
  for (const jump of [7_200, 90 * 86_400]) {
    second += jump - (jump % 900);
    restart();
    await run(100);
    second += 86_400;
    await run(400);
  }
  expect([...store.rows.alert.values()]).toEqual([]);
  broken.add('graph-sign-ins');
  second += 86_400;
  await run(2 * POLL_SECONDS + 30);
  expect(alerts()).toHaveLength(1);
});

test('SI-1: an outage that outlasts a restart is one alert', async () => {
  await run(300);
  broken.add('graph-sign-ins');
  await run(400);
  second += 3_600;
  restart();
  await run(400);
  expect(alerts().map(({ state }) => state)).toEqual(['open']);
});

describe('SI-3: the heartbeat', () => {
  test('is one card, updated; whoever looks at it last knows when an alert would last have arrived', async () => {
    await run(1_900);
    expect(posts).toEqual(['Breakglass is watching: Alerts reach this channel']);
    expect(await store.heartbeat()).toMatchObject({ number: 7, arrived: 7, activityId: 'm' });
    expect(store.rows.audit.map(({ intent }) => intent)).not.toContain('beat');
  });

  test('that stays away is an alert on every path, closed by the next one that arrives', async () => {
    await run(600);
    expect(isAlive(await store.heartbeat(), BEAT_SECONDS, await store.now())).toBe(true);
    broken.add('teams');
    await run(2 * BEAT_SECONDS + 30);
    expect(isAlive(await store.heartbeat(), BEAT_SECONDS, await store.now())).toBe(false);
    const [alert] = alerts('teams-unreachable');
    expect(alert?.state).toBe('open');
    expect(alert?.notifiedAt).toBeDefined();
    expect(store.rows.jobs.filter(({ queue }) => queue === 'notify').map(({ job }) => job)).toEqual(
      ['mail', 'page'].map((path) => ({ kind: 'notify', path, alertId: alert?.id, why: 'raised' })),
    );
    broken.clear();
    await run(60);
    expect(alerts('teams-unreachable').map(({ state }) => state)).toEqual(['over']);
    expect(store.rows.jobs.filter(({ job }) => job.kind === 'notify' && job.why === 'over')).toHaveLength(2);
    await run(1_200);
    expect(alerts('teams-unreachable')).toHaveLength(1);
  });

  test('whose card somebody deleted is posted anew', async () => {
    await run(10);
    const gone: Channel = {
      ...channel,
      update: async () => {
        throw new ChannelFault('gone', { status: 404, ambiguous: false });
      },
    };
    await store.transaction((tx) => tx.nextHeartbeat(NOON));
    const bring = { store, channel: gone, heartbeatSeconds: BEAT_SECONDS, expectedFeeds: async () => 2, log };
    await bringHeartbeat(bring, async () => undefined, 2);
    expect(posts).toHaveLength(2);
    expect((await store.heartbeat()).arrived).toBe(2);
  });
});

describe('what is expected', () => {
  const expected = (feedRhythms: readonly FeedRhythm[]) => expectedFeeds({ ...needs(), feedRhythms });

  test('is what is read on schedule, what the settings name, and for one tenant what they name for it', async () => {
    expect(await expected([])).toEqual([
      { tenantId: TENANT.id, feed: 'graph-sign-ins', everySeconds: POLL_SECONDS },
      { tenantId: TENANT.id, feed: 'graph-directory-audits', everySeconds: POLL_SECONDS },
    ]);
    const more: FeedRhythm[] = [
      { feed: 'event-hub', everySeconds: 900 },
      { feed: 'event-hub', tenant: 'contoso', everySeconds: 300 },
      { feed: 'graph-sign-ins', tenant: 'fabrikam', everySeconds: 1 },
    ];
    expect((await expected(more)).map(({ feed, everySeconds }) => [feed, everySeconds])).toEqual([
      ['graph-sign-ins', POLL_SECONDS],
      ['graph-directory-audits', POLL_SECONDS],
      ['event-hub', 300],
    ]);
    const none = (['graph-sign-ins', 'graph-directory-audits'] as const).map((feed) => ({ feed, everySeconds: 0 }));
    expect(await expected(none)).toEqual([]);
  });

  test('is a stream every hour, for the tenants that have one and unless the settings say otherwise', async () => {
    const streaming = new Set([TENANT.id]);
    const of = async (feedRhythms: readonly FeedRhythm[]) =>
      (await expectedFeeds({ ...needs(), streaming, feedRhythms })).find(({ feed }) => feed === 'event-hub')?.everySeconds;
    expect(await of([])).toBe(3_600);
    expect(await of([{ feed: 'event-hub', everySeconds: 900 }])).toBe(900);
    expect(await of([{ feed: 'event-hub', everySeconds: 0 }])).toBeUndefined();
  });

  test('is nothing where there is no account to watch', async () => {
    store.rows.account.clear();
    expect(await expected(RHYTHMS)).toEqual([]);
  });
});

test('SI-1: never too early, never too late, whatever was heard when', () => {
  const offset = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_600 }),
      fc.option(offset, { nil: undefined }),
      offset,
      offset,
      (every, heard, watching, more) => {
        const at = (seconds: number) => later(NOON, seconds * 1_000);
        const now = watching + more;
        const since = silentSince(every, heard === undefined ? undefined : at(Math.min(heard, now)), at(watching), at(now));
        const quiet = now - Math.max(Math.min(heard ?? 0, now), watching);
        if (quiet < 2 * every) expect(since).toBeUndefined();
        if (quiet >= 2 * every + 20) expect(since).toBeDefined();
      },
    ),
  );
  expect(silentSince(60, days(-1), minutes(-10), NOON)).toEqual(days(-1));
});
