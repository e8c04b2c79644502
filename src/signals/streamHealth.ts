import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store } from '../app/ports.ts';

const WATCH = { kind: 'system', part: 'feed' } as const;
/** Networks falter and partitions change hands; what lasts longer is an outage. The library itself tells of one after up to two minutes. */
const FAILING_MS = 60_000;

export interface StreamHealth {
  /** @param part partition, or empty for all of them */
  failed(part: string, error: unknown): Promise<void>;
  /** Events came, or the time passed in which some might have come. */
  works(part: string): Promise<void>;
}

interface Needs {
  readonly store: Pick<Store, 'feedRead'>;
  readonly door: Door;
  readonly log: Log;
  /** Milliseconds from any start; of this process, and for nothing but durations. */
  elapsedMs?(): number;
}

/** Raises one alert when a stream cannot be read for a minute, and says when it is over (SI-1). */
export function streamHealth({ store, door, log, elapsedMs = () => performance.now() }: Needs, tenantIds: readonly string[]): StreamHealth {
  const failing = new Map<string, number>();
  /** What was said last; at the start nobody knows what an earlier process said. */
  let said: 'unknown' | 'fails' | 'works' = 'unknown';
  const conditionOf = (tenantId: string): string => `failing:${tenantId}:event-hub`;

  return {
    async failed(part, error) {
      const words = wordsOf(error);
      log.warn('stream.failed', { part, error });
      const since = failing.get(part) ?? elapsedMs();
      failing.set(part, since);
      try {
        for (const tenantId of tenantIds) await store.feedRead(tenantId, 'event-hub', { error: words });
        if (said === 'fails' || elapsedMs() - since < FAILING_MS) return;
        const cause = { kind: 'feed-failing', feed: 'event-hub', words: `The stream cannot be read: ${words}` } as const;
        for (const tenantId of tenantIds)
          await door.dispatch(WATCH, { kind: 'condition-began', condition: conditionOf(tenantId), tenantId, cause });
        said = 'fails';
      } catch (fault) {
        log.error('stream.untold', { error: fault }); // the database is away, and the heartbeat says so; the next failure tells again
      }
    },
    async works(part) {
      failing.delete(part);
      failing.delete('');
      if (failing.size > 0 || said === 'works') return;
      for (const tenantId of tenantIds) await door.dispatch(WATCH, { kind: 'condition-ended', condition: conditionOf(tenantId) });
      said = 'works';
    },
  };
}

/** The library's code where it has one: its messages hold addresses and ids of links. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code === 'Error' ? error.message.slice(0, 200) : code;
}
