import { TENANTS } from '../sandbox/world.ts';
import { type Door, door } from '../src/app/dispatch.ts';
import type { Log } from '../src/app/log.ts';
import type { OutgoingCard, Store } from '../src/app/ports.ts';
import type { Turn } from '../src/jobs/pace.ts';
import { startWorker, type Worker, type WorkerNeeds } from '../src/jobs/worker.ts';
import { connect } from '../src/store/connect.ts';
import { migrate } from '../src/store/migrate.ts';
import { openOutbox } from '../src/store/outbox.ts';
import { storeOn } from '../src/store/store.ts';
import { anAccount, aRequest, aSignIn } from '../test/support/builders.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { ms, openLoop, quantile } from './figures.ts';
import { POLICY, randomIds } from './requests.ts';

const FEED = { kind: 'system', part: 'feed' } as const;
const PER_SECOND = 50;
const EVENTS = 1_000;
const WAITING = 10_000;
const OVERTAKES = 5;
/** Teams takes seven posts in one second of a conversation (data.md 5.2). */
const MOST_A_SECOND = 7;

const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => console.error(event, fields),
  child: () => quiet,
};

/** The door, the database and the worker; in place of Teams somebody who notes when each alert's card was handed over. */
async function open(url: string, turn?: Turn) {
  const database = await connect({ kind: 'server', url, poolSize: 20 });
  await migrate(database.current());
  const jobs = await openOutbox(database, quiet);
  const store: Store = storeOn(database, jobs);
  const tenant = { ...TENANTS.contoso, name: 'contoso' };
  const front: Door = door({ store, random: randomIds(), policy: POLICY, tenant: () => tenant });
  await store.transaction(async (tx) => {
    await tx.insert('request', aRequest({ state: 'applied' }));
    await tx.insert('account', anAccount());
  });
  await store.remember({ place: { kind: 'channel' }, conversationId: 'c', reference: {} });
  const handed = new Map<string, number>();
  const posts: number[] = [];
  const waiting = new Map<string, () => void>();
  const work = (): Promise<Worker> =>
    startWorker({
      store,
      door: front,
      jobs,
      channel: {
        async post(_to: unknown, card: OutgoingCard) {
          const at = performance.now();
          posts.push(at);
          const id = /AL-\d+/.exec(JSON.stringify(card.card))?.[0] ?? '';
          if (!handed.has(id)) handed.set(id, at);
          waiting.get(id)?.();
          return { conversationId: 'c', activityId: `m-${posts.length}` };
        },
        update: async () => void posts.push(performance.now()),
      },
      tenants: { list: () => [], info: () => tenant },
      people: { lookUp: async () => ({ ok: false, why: 'unknown' }), holders: async () => [] },
      refreshFor: async () => [],
      heartbeatSeconds: 86_400,
      feedRhythms: [],
      secondPaths: {},
      signInPollSeconds: 86_400,
      rosterPollSeconds: 86_400,
      ...(turn ? { turn } : {}),
      log: quiet,
    } as unknown as WorkerNeeds);

  let serial = 0;
  /** Somebody signs in. @returns milliseconds from its acceptance until its card was handed to Teams, and how long acceptance took */
  async function signIn(): Promise<{ readonly handedMs: number; readonly acceptedMs: number }> {
    serial += 1;
    const began = performance.now();
    const event = aSignIn({ correlationId: `bench-${serial}`, signedInAt: new Date() });
    const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'azure-monitor' });
    const id = outcome.ok ? outcome.value.alert?.id : undefined;
    if (id === undefined) throw new Error('a sign-in raised no alert');
    const accepted = performance.now();
    if (!handed.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
    return { handedMs: (handed.get(id) ?? Number.NaN) - accepted, acceptedMs: accepted - began };
  }
  return { store, front, posts, work, signIn };
}

/** Fifty sign-ins a second, each with a card of its own; the pace of Teams is left out, which would hold back most of them. */
async function steady(url: string): Promise<Figure[]> {
  const { store, work, signIn } = await open(url, async () => undefined);
  const worker = await work();
  try {
    for (let warm = 0; warm < 20; warm += 1) await signIn();
    const handed: number[] = [];
    await openLoop(EVENTS, PER_SECOND, 7, async () => {
      handed.push(Math.max(0, (await signIn()).handedMs));
    });
    const figure = (share: number, most: number): Figure => ({
      what: `accepted → handed to Teams at ${PER_SECOND} events/s, p${share * 100}`,
      goal: { words: `≤ ${most} ms`, most },
      value: quantile(handed, share),
      measured: `${ms(quantile(handed, share))}, n ${handed.length}`,
    });
    return [figure(0.5, 100), figure(0.99, 1_000)];
  } finally {
    await worker.stop();
    await store.close();
  }
}

/** Somebody is in while 10,000 other alerts wait for their turn in the channel, at the pace of Teams. */
async function overtaking(url: string): Promise<Figure[]> {
  const { store, front, posts, work, signIn } = await open(url);
  let next = 0;
  const fill = async (): Promise<void> => {
    while (next < WAITING) {
      next += 1;
      const cause = { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'The feed is silent.' } as const;
      await front.dispatch(FEED, { kind: 'raise-alert', dedupe: `noise:${next}`, cause });
    }
  };
  await Promise.all(Array.from({ length: 8 }, fill));
  const worker = await work();
  try {
    const times: number[] = [];
    for (let number = 0; number < OVERTAKES; number += 1) {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const { handedMs, acceptedMs } = await signIn();
      times.push(handedMs + acceptedMs);
    }
    const most = Math.max(...posts.map((at) => posts.filter((other) => other >= at && other < at + 1_000).length));
    return [
      {
        what: `somebody is in, ${WAITING.toLocaleString('en')} alerts waiting: seen → handed to Teams, slowest of ${OVERTAKES}`,
        goal: { words: '≤ 2 s', most: 2_000 },
        value: Math.max(...times),
        measured: `${ms(Math.max(...times))}, fastest ${ms(Math.min(...times))}`,
      },
      {
        what: 'most posts and updates in any second of the conversation',
        goal: { words: `≤ ${MOST_A_SECOND}`, most: MOST_A_SECOND },
        value: most,
        measured: `${most}, of ${posts.length} in all`,
      },
    ];
  } finally {
    await worker.stop();
    await store.close();
  }
}

export const alerts: Benchmark = {
  name: 'alerts',
  title: 'From a sign-in to the channel',
  run: async ({ database }) => [...(await steady(await database())), ...(await overtaking(await database()))],
};
