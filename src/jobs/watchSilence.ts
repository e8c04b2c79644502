import type { Door } from '../app/dispatch.ts';
import type { Store } from '../app/ports.ts';
import { TEAMS_UNREACHABLE } from '../core/alert/delivery.ts';
import { isAlive } from '../core/watch/heartbeat.ts';
import { type Rhythm, silentSince, watchedSince } from '../core/watch/silence.ts';

const WATCH = { kind: 'system', part: 'worker' } as const;

export interface WatchSilenceNeeds {
  readonly store: Store;
  readonly door: Door;
  readonly heartbeatSeconds: number;
  /** The feeds that are expected to be heard now, each with its rhythm. */
  expected(): Promise<readonly Rhythm[]>;
}

/**
 * Looks whether everything that should be heard is heard, and tells the door what began or ended (SI-1, SI-3). Call it every ten seconds.
 * What is expected no more, because its last account is gone, has ended too.
 */
export function silenceWatch({ store, door, heartbeatSeconds, expected }: WatchSilenceNeeds): () => Promise<void> {
  let watched: { readonly since: Date; readonly lookedAt: Date } | undefined;

  return async function look(): Promise<void> {
    const now = await store.now();
    watched = { since: watchedSince(watched, now), lookedAt: now };
    const [standing, rhythms, feeds] = await Promise.all([store.conditions(), expected(), store.feeds()]);
    const silent = new Set<string>();
    for (const { tenantId, feed, everySeconds } of rhythms) {
      const known = feeds.find((state) => state.tenantId === tenantId && state.feed === feed);
      const condition = `silent:${tenantId}:${feed}`;
      const since = silentSince(everySeconds, known?.lastSuccessAt, watched.since, now);
      // One that is known to be silent is so until it is heard, also when the watching itself was interrupted.
      const unheard = standing.has(condition) && !(known?.lastSuccessAt && known.lastSuccessAt > (standing.get(condition) ?? now));
      if (!since && !unheard) continue;
      silent.add(condition);
      if (standing.has(condition) || !since) continue;
      const cause = { kind: 'feed-silent', feed, sinceAt: since, everySeconds, words: known?.lastError ?? '' } as const;
      await door.dispatch(WATCH, { kind: 'condition-began', condition, tenantId, cause });
    }
    await watchChannel(standing, now, watched.since);
    for (const condition of standing.keys()) {
      if (condition.startsWith('silent:') && !silent.has(condition)) await door.dispatch(WATCH, { kind: 'condition-ended', condition });
    }
  };

  /** A heartbeat that arrived after the outage began is the proof that it is over. */
  async function watchChannel(standing: ReadonlyMap<string, Date>, now: Date, watchingSince: Date): Promise<void> {
    const beat = await store.heartbeat();
    const began = standing.get(TEAMS_UNREACHABLE);
    if (began) {
      if (beat.arrivedAt && beat.arrivedAt > began) await door.dispatch(WATCH, { kind: 'condition-ended', condition: TEAMS_UNREACHABLE });
      return;
    }
    const missed = silentSince(heartbeatSeconds, beat.arrivedAt, watchingSince, now);
    if (!missed || isAlive(beat, heartbeatSeconds, now)) return;
    // Not installed yet is no outage: there was never anything to reach.
    if (!(await store.conversation({ kind: 'channel' }))) return;
    const cause = { kind: 'teams-unreachable', sinceAt: missed } as const;
    await door.dispatch(WATCH, { kind: 'condition-began', condition: TEAMS_UNREACHABLE, cause });
  }
}
