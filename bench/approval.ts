import { sql } from 'kysely';
import type { Database } from '../src/store/connect.ts';
import { actor } from '../test/support/builders.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { approvePress, startChannel } from './channel.ts';
import { startChild } from './child.ts';
import { ms, openLoop, quantile, timed } from './figures.ts';
import { type Click, clicksOn, openProduct, openRequests } from './requests.ts';

const PER_SECOND = 50;
const WARM_UP_CLICKS = 200;
const CLICKS = 1_100;
const REFERENCE_COMMITS = 200;
const GOAL_MS = 150;

/** Approvals on a PostgreSQL server, open loop: everything between a click and its commit, with effects, timers and audit entry. No workers. */
export const approval: Benchmark = {
  name: 'approval',
  title: `Approval clicks, durable, ${PER_SECOND} a second`,
  async run({ database: newDatabase }) {
    const url = await newDatabase();
    const { database, store, front } = await openProduct(url);
    try {
      const reference = await commits(database);
      const inside = await clicks(front, 'inside', async ({ as, request }) => {
        const outcome = await front.dispatch(actor(as), { kind: 'approve-request', requestId: request.id, planDigest: request.planDigest });
        if (!outcome.ok) throw new Error(`a click was refused: ${outcome.error.code}`);
      });
      const outside = await overHttp(url, front);
      return [
        { what: 'smallest durable commit on this disk, one at a time', value: quantile(reference, 0.99), measured: spreadOf(reference) },
        { what: 'the door, p99', goal: { words: `≤ ${GOAL_MS} ms`, most: GOAL_MS }, ...figure(inside) },
        {
          what: 'the same from POST to answer (signed press, card of the presser), p99',
          goal: { words: `≤ ${GOAL_MS} ms`, most: GOAL_MS },
          ...figure(outside),
        },
      ];
    } finally {
      await store.close();
    }
  },
};

type Front = Awaited<ReturnType<typeof openProduct>>['front'];

async function clicks(front: Front, series: string, press: (click: Click) => Promise<void>): Promise<number[]> {
  const all = clicksOn(await openRequests(front, series, (WARM_UP_CLICKS + CLICKS) / 2));
  const times = await openLoop(all.length, PER_SECOND, 1, async (index) => {
    const click = all[index];
    if (click) await press(click);
  });
  return times.slice(WARM_UP_CLICKS);
}

async function overHttp(databaseUrl: string, front: Front): Promise<number[]> {
  const channel = await startChannel(64);
  try {
    const child = await startChild('product', { origin: channel.origin, databaseUrl });
    try {
      return await clicks(front, 'http', async ({ as, request }) => {
        const { status, text } = await channel.deliver(child.port, approvePress(as, request.id, request.planDigest));
        if (status !== 200 || !text.includes('"application/vnd.microsoft.card.adaptive"'))
          throw new Error(`a press failed: ${status} ${text}`);
      });
    } finally {
      await child.stop();
    }
  } finally {
    await channel.close();
  }
}

/** What any durable answer costs here at least: one row, one commit. */
async function commits(database: Database): Promise<number[]> {
  const times: number[] = [];
  await sql`create table bench_commit (number integer)`.execute(database.current());
  for (let number = 0; number < REFERENCE_COMMITS; number += 1)
    times.push(await timed(() => sql`insert into bench_commit values (${number})`.execute(database.current())));
  return times;
}

const figure = (times: readonly number[]): Pick<Figure, 'value' | 'measured'> => ({
  value: quantile(times, 0.99),
  measured: spreadOf(times),
});

const spreadOf = (times: readonly number[]): string =>
  `p99 ${ms(quantile(times, 0.99))}; p50 ${ms(quantile(times, 0.5))}, max ${ms(Math.max(...times))}, n ${times.length}`;
