import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { DeadMan, Store, Tenants } from '../app/ports.ts';
import { isAlive } from '../core/watch/heartbeat.ts';
import { expectedFeeds, type FeedRhythm } from './expectedFeeds.ts';
import { payAudit } from './payAudit.ts';
import { repeat } from './repeat.ts';
import { silenceWatch } from './watchSilence.ts';

export interface WatchingNeeds {
  readonly store: Store;
  readonly door: Door;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly signInPollSeconds: number;
  readonly feedRhythms: readonly FeedRhythm[];
  readonly streaming?: ReadonlySet<string> | undefined;
  readonly heartbeatSeconds: number;
  readonly deadMan?: DeadMan | undefined;
  readonly log: Log;
}

const LOOK_EVERY_MS = 10_000;

/** Watches the watching: silence, the heartbeat, and the ping to the outside, which stops when the heartbeat does (SI-1 to SI-3). */
export function startWatching(needs: WatchingNeeds): { stop(): Promise<void> } {
  const { store, door, heartbeatSeconds, deadMan, log } = needs;
  const looks = repeat(
    'silence',
    LOOK_EVERY_MS,
    log,
    silenceWatch({ store, door, heartbeatSeconds, expected: () => expectedFeeds(needs) }),
  );
  const pings =
    deadMan &&
    repeat('dead-man', deadMan.everySeconds * 1_000, log, async () => {
      // Unknown is not alive: a database that does not answer throws here, and nobody is told that all is well.
      if (isAlive(await store.heartbeat(), heartbeatSeconds, await store.now())) await deadMan.ping();
      else log.warn('dead-man.withheld', {});
    });
  const debts = repeat('audit-owed', LOOK_EVERY_MS, log, () => payAudit(store, door, log));
  void looks.now();
  return {
    async stop() {
      await Promise.all([looks.stop(), debts.stop(), pings?.stop()]);
    },
  };
}
