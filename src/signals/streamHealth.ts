import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store } from '../app/ports.ts';

const WATCH = { kind: 'system', part: 'feed' } as const;
/** Networks falter and partitions change hands; what lasts longer is an outage. The library itself tells of one after up to two minutes. */
const FAILING_MS = 60_000;
/** How often one that reads looks for what others left standing, and how old that must be: who fails says so again within two minutes. */
const LOOK_MS = 60_000;
const LEFT_MS = 10 * 60_000;

/** Part of a failure that concerns all partitions. */
const ALL = '';

export interface StreamHealth {
  /** @param part partition, or empty for all of them */
  failed(part: string, error: unknown): Promise<void>;
  /**
   * The service gave a partition to another reader. Once that is how replicas share; a reader of higher rank that is none of ours does it each
   * time this process asks for the partition, and lets nobody in: that is a failure.
   */
  takenOver(part: string, error: unknown): Promise<void>;
  /** Events came, or the time passed in which some might have come. */
  works(part: string): Promise<void>;
  /** Another replica reads this partition now: whether it can be read is that one's to say. */
  left(part: string): void;
}

interface Needs {
  readonly store: Pick<Store, 'feedRead' | 'conditions' | 'now'>;
  readonly door: Door;
  readonly log: Log;
  /** Milliseconds from any start; of this process, and for nothing but durations. */
  elapsedMs?(): number;
}

/**
 * Raises one alert when a stream cannot be read for a minute, and says when it is over (SI-1).
 *
 * Which partition fails is part of the condition's name, and so on record: whoever reads that partition later ends it, be it a replica that
 * took it over from one that died. A replica that reads other partitions ends nothing. One condition of a stream stands at a time; while
 * another partition still fails, the next failure of that one begins its own.
 *
 * @param stream `contoso-logs.servicebus.windows.net/entra/$default`: several may carry logs of one tenant
 */
export function streamHealth(
  { store, door, log, elapsedMs = () => performance.now() }: Needs,
  stream: string,
  tenantIds: readonly string[],
): StreamHealth {
  const failing = new Map<string, number>();
  /** Partitions that were taken from this process again and again, since when, and when last. */
  const lost = new Map<string, { readonly since: number; readonly last: number }>();
  /** Partitions that were read since this process has them, and when it was last looked whether a condition of theirs stands. */
  const lookedAt = new Map<string, number>();
  const prefixes = tenantIds.map((tenantId) => ({ tenantId, prefix: `failing:${tenantId}:event-hub:${stream}/` }));

  async function begin(part: string, words: string): Promise<void> {
    const standing = [...(await store.conditions()).keys()];
    const cause = { kind: 'feed-failing', feed: 'event-hub', words: `The stream cannot be read: ${words}` } as const;
    for (const { tenantId, prefix } of prefixes) {
      if (standing.some((name) => name.startsWith(prefix))) continue;
      await door.dispatch(WATCH, { kind: 'condition-began', condition: `${prefix}${part}`, tenantId, cause });
    }
  }

  /** @param all whether what was said of all partitions is over as well, whoever said it and when */
  async function end(part: string, all: boolean): Promise<void> {
    const standing = await store.conditions();
    const now = await store.now();
    const isOver = (since: Date | undefined) => since !== undefined && (all || now.getTime() - since.getTime() >= LEFT_MS);
    for (const { prefix } of prefixes) {
      const over = [
        ...(standing.has(`${prefix}${part}`) ? [`${prefix}${part}`] : []),
        ...(isOver(standing.get(`${prefix}${ALL}`)) ? [`${prefix}${ALL}`] : []),
      ];
      for (const condition of over) await door.dispatch(WATCH, { kind: 'condition-ended', condition });
    }
  }

  async function tell(part: string, error: unknown, since: number): Promise<void> {
    const words = wordsOf(error);
    log.warn('stream.failed', { part, error });
    try {
      for (const tenantId of tenantIds) await store.feedRead(tenantId, 'event-hub', { error: words });
      if (elapsedMs() - since >= FAILING_MS) await begin(part, words);
    } catch (fault) {
      log.error('stream.untold', { error: fault }); // the database is away, and the heartbeat says so; the next failure tells again
    }
  }

  return {
    async failed(part, error) {
      const since = failing.get(part) ?? elapsedMs();
      failing.set(part, since);
      await tell(part, error, since);
    },
    async takenOver(part, error) {
      const last = elapsedMs();
      const before = lost.get(part);
      const since = before && last - before.last < FAILING_MS ? before.since : last;
      lost.set(part, { since, last });
      if (last - since >= FAILING_MS) await tell(part, error, since);
    },
    async works(part) {
      lost.delete(part);
      const isNews = failing.has(part) || failing.has(ALL);
      if (!isNews && elapsedMs() - (lookedAt.get(part) ?? Number.NEGATIVE_INFINITY) < LOOK_MS) return;
      await end(part, lookedAt.size === 0 || failing.has(ALL));
      lookedAt.set(part, elapsedMs());
      failing.delete(part);
      failing.delete(ALL);
    },
    left(part) {
      failing.delete(part);
      lookedAt.delete(part);
    },
  };
}

/** The library's code where it has one: its messages hold addresses and ids of links. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code === 'Error' ? error.message.slice(0, 200) : code;
}
