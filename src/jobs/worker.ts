import type { Door } from '../app/dispatch.ts';
import type { Jobs } from '../app/jobs.ts';
import type { Log } from '../app/log.ts';
import type { Channel, SecondPaths, Store, Stream, Tenants } from '../app/ports.ts';
import type { RefreshFor } from './draw.ts';
import { expectedFeeds } from './expectedFeeds.ts';
import { bringHeartbeat } from './heartbeat.ts';
import { pacer, type Turn } from './pace.ts';
import { changePoll } from './pollChanges.ts';
import { pollRosters } from './pollRosters.ts';
import { signInPoll } from './pollSignIns.ts';
import { repeat } from './repeat.ts';
import { type RunPlanNeeds, runPlan } from './runPlan.ts';
import { sayElsewhere } from './sayElsewhere.ts';
import { cardJobs } from './showCards.ts';
import { startTimers } from './timers.ts';
import { startWatching, type WatchingNeeds } from './watching.ts';

export interface WorkerNeeds extends RunPlanNeeds, WatchingNeeds {
  readonly door: Door;
  readonly store: Store;
  readonly jobs: Jobs;
  readonly channel: Channel;
  readonly tenants: Tenants;
  readonly refreshFor: RefreshFor;
  readonly signInPollSeconds: number;
  readonly rosterPollSeconds: number;
  readonly secondPaths: SecondPaths;
  readonly streams?: readonly Stream[];
  /** Spaces out what is sent to Teams; by its documented limits unless said otherwise. */
  readonly turn?: Turn;
  readonly log: Log;
}

export interface Worker {
  /** Does everything that is due now and waits until it is done: timers, jobs, one read of the feeds. For a clock that was moved. */
  settle(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

const WORKER = { kind: 'system', part: 'worker' } as const;
const SWEEP_EVERY_MS = 60_000;

/** Starts everything that works in the background. Alerts have queues of their own. */
export async function startWorker(needs: WorkerNeeds): Promise<Worker> {
  const { store, door, jobs, tenants, log } = needs;
  const turn = needs.turn ?? pacer();
  const cards = cardJobs(needs, turn);
  const heartbeat = { ...needs, expectedFeeds: async () => (await expectedFeeds(needs)).length };
  const handle = async (job: Parameters<Parameters<Jobs['work']>[2]>[0]): Promise<void> => {
    if (job.kind === 'apply-plan') await runPlan(needs, job.requestId);
    else if (job.kind === 'post') await cards.post(job.key);
    else if (job.kind === 'show') await cards.show(job.subject);
    else if (job.kind === 'beat') await bringHeartbeat(heartbeat, turn, job.number);
    else await sayElsewhere(needs, job.path, job.alertId, job.why);
  };
  await jobs.work('first-card', 4, handle);
  await jobs.work('urgent-card', 2, handle);
  await jobs.work('card', 4, handle);
  await jobs.work('notify', 2, handle);
  await jobs.work('run-plan', 2, handle);
  const stopping = new AbortController();
  const sweeps = repeat('sweep', SWEEP_EVERY_MS, log, () => cards.sweep(stopping.signal));
  void sweeps.now(); // logs its failures itself; nothing waits for what may take minutes
  let rung = 0;
  const timers = startTimers(store, door, log, () => {
    rung += 1;
  });
  const feeds = { store, tenants, door, log };
  const polls = repeat('poll', needs.signInPollSeconds * 1000, log, signInPoll(feeds));
  const audits = repeat('audits', needs.signInPollSeconds * 1000, log, changePoll(feeds));
  // Before anything else is decided: who is there at the first start has been there before us.
  const rosters = repeat('roster', needs.rosterPollSeconds * 1000, log, () => pollRosters(needs.people, door, log));
  await rosters.now();
  await door.dispatch(WORKER, { kind: 'beat' });
  const watching = startWatching(needs);
  const streams = (needs.streams ?? []).map((stream) => stream.start());
  return {
    async settle(limitMs) {
      const deadline = performance.now() + limitMs;
      await timers.now();
      await Promise.all([polls.now(), audits.now(), rosters.now()]);
      do {
        // In this order: what the last job has set is rung before it is said that nothing is left.
        const before = rung;
        const idle = await jobs.idle();
        await timers.now();
        if (idle && rung === before) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      } while (performance.now() < deadline);
      log.warn('settle.unfinished', { limitMs });
    },
    async stop() {
      stopping.abort();
      await Promise.all(streams.map((stream) => stream.stop()));
      await Promise.all([timers.stop(), polls.stop(), audits.stop(), rosters.stop(), sweeps.stop(), watching.stop()]);
    },
  };
}
