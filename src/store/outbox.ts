import type { Kysely } from 'kysely';
import { type Db as BossDatabase, fromKysely, PgBoss } from 'pg-boss';
import type { Job, JobQueue, Jobs } from '../app/jobs.ts';
import type { Log } from '../app/log.ts';
import type { SecondPath } from '../app/ports.ts';
import type { Effect, Place } from '../core/effect.ts';
import type { Database } from './connect.ts';
import { toJson } from './json.ts';
import type { Tables } from './tables.ts';

/** `channel`, or `person:<object id>`. */
export const placeKey = (place: Place): string => (place.kind === 'channel' ? 'channel' : `person:${place.objectId}`);

export interface Outbox extends Jobs {
  send(handle: Kysely<Tables>, queue: JobQueue, job: Job): Promise<void>;
}

const QUEUES: readonly JobQueue[] = ['run-plan', 'first-card', 'urgent-card', 'card', 'notify'];
const PATHS: readonly SecondPath[] = ['mail', 'page'];

/**
 * Never given up: two million tries a minute apart are almost four years, and a job that waits is kept for ten. What is owed stays owed,
 * however long Teams or a tenant is away (AL-2).
 */
const QUEUE = {
  retryLimit: 2_000_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  retentionSeconds: 10 * 365 * 86_400,
  heartbeatSeconds: 10,
  expireInSeconds: 3600,
  notify: true,
};

/** What is worth most is tried again soonest: a minute after Teams came back would be a minute too late. */
const LONGEST_DELAY_S: { readonly [Q in JobQueue]?: number } = { 'first-card': 5, 'urgent-card': 15 };

/** The queue a card goes through. */
export const queueOf = ({ first, urgent }: { readonly first?: boolean; readonly urgent?: boolean }): JobQueue =>
  first ? 'first-card' : urgent ? 'urgent-card' : 'card';

/** Writes down what a decision owes, in its transaction: timers and cards as rows of ours, everything to be done soon as jobs. */
export async function owe(handle: Kysely<Tables>, outbox: Outbox, effects: readonly Effect[]): Promise<void> {
  for (const effect of effects) {
    switch (effect.kind) {
      case 'intend': {
        const row = { at: effect.at, intent: toJson(effect.intent), failures: 0 };
        await handle
          .insertInto('timer')
          .values({ key: effect.key, ...row })
          .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
          .execute();
        break;
      }
      case 'forget':
        await handle.deleteFrom('timer').where('key', '=', effect.key).execute();
        break;
      case 'post': {
        const { key, subject, variant = '', first = false, urgent = first } = effect;
        const card = { key, subject, variant, place: placeKey(effect.place), state: 'owed', shown: 0, urgent, first };
        const added = await handle
          .insertInto('posted_card')
          .values(card)
          .onConflict((conflict) => conflict.doNothing())
          .returning('key')
          .executeTakeFirst();
        if (added) await outbox.send(handle, queueOf(effect), { kind: 'post', key });
        break;
      }
      case 'show':
        await outbox.send(handle, queueOf(effect), { kind: 'show', subject: effect.subject });
        break;
      case 'notify':
        // One job a way, so that one that is down holds up no other. What is not set up is found out when it is done.
        for (const path of PATHS) await outbox.send(handle, 'notify', { kind: 'notify', path, alertId: effect.alertId, why: effect.why });
        break;
      case 'beat':
        await outbox.send(handle, 'urgent-card', { kind: 'beat', number: effect.number });
        break;
      case 'apply-plan':
        await outbox.send(handle, 'run-plan', { kind: 'apply-plan', requestId: effect.requestId });
        break;
    }
  }
}

/**
 * Jobs on pg-boss 12.38: sent in the transaction that owes them, retried with growing delay until they are done. A worker that dies is
 * noticed by its heartbeat; the embedded engine has one process, so whatever is "active" when it opens belongs to a dead one.
 */
export async function openOutbox(database: Database, log: Log): Promise<Outbox> {
  const boss = new PgBoss({
    ...database.boss,
    ...(database.engine === 'embedded' ? { backend: 'pglite' as const } : { max: 4 }),
    schema: 'jobs',
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
  });
  boss.on('error', (error) => log.error('jobs.failed', { error: error.message }));
  await boss.start();
  for (const name of QUEUES) {
    const options = { ...QUEUE, retryDelayMax: LONGEST_DELAY_S[name] ?? QUEUE.retryDelayMax };
    await boss.createQueue(name, options);
    await boss.updateQueue(name, options); // one made by an earlier version keeps its own options otherwise
    if (database.engine === 'embedded') await releaseActive(boss, name);
  }
  let working = 0;
  return {
    async send(handle, queue, job) {
      await boss.send(queue, job, { db: fromKysely(handle as never) as BossDatabase });
    },
    async work(queue, atOnce, handler) {
      // NOTIFY wakes one worker once; a worker that finished a job asks for the next itself, polling finds the ones put off.
      const polling = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1, batchSize: 1, localConcurrency: atOnce };
      const worker = await boss.work<Job>(queue, polling, async ([job]) => {
        if (!job) return;
        working += 1;
        try {
          await handler(job.data);
        } finally {
          working -= 1;
          boss.notifyWorker(worker);
        }
      });
    },
    async idle() {
      if (working > 0) return false;
      const waiting = await pending(boss);
      return waiting === 0 && working === 0;
    },
    async stop() {
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

async function releaseActive(boss: PgBoss, name: string): Promise<void> {
  const active = (await boss.findJobs(name)).filter(({ state }) => state === 'active');
  if (active.length > 0)
    await boss.fail(
      name,
      active.map(({ id }) => id),
      { message: 'the process that did it is gone' },
    );
}

/** Jobs that are ready or being done; those waiting for a later try do not count. */
async function pending(boss: PgBoss): Promise<number> {
  const { rows } = await boss
    .getDb()
    .executeSql(`select count(*)::int as count from jobs.job where state = 'active' or (state < 'active' and start_after <= now())`);
  return Number((rows[0] as { count: number }).count);
}
