import type { Reads, Tenants } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import type { Rhythm } from '../core/watch/silence.ts';

/** How often a feed should be heard, for every tenant or for one by its name. 0 seconds: never expected. */
export interface FeedRhythm {
  readonly feed: Feed;
  readonly tenant?: string;
  readonly everySeconds: number;
}

/** How often a stream speaks where the settings do not say: something of a tenant is logged every hour. */
const STREAM_EVERY_SECONDS = 3_600;

interface Needs {
  readonly store: Pick<Reads, 'watchedUsers'>;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly signInPollSeconds: number;
  readonly feedRhythms: readonly FeedRhythm[];
  /** Tenants whose logs come in a stream. */
  readonly streaming?: ReadonlySet<string> | undefined;
}

/**
 * The feeds that are expected to be heard now: of every tenant that has an account to watch, what is read on schedule, its stream, and what
 * the settings name. Webhooks speak only when something happens, so nothing is expected of them unless the settings say how often.
 */
export async function expectedFeeds({ store, tenants, signInPollSeconds, feedRhythms, streaming }: Needs): Promise<Rhythm[]> {
  const general: readonly FeedRhythm[] = [
    { feed: 'graph-sign-ins', everySeconds: signInPollSeconds },
    { feed: 'graph-directory-audits', everySeconds: signInPollSeconds },
    ...feedRhythms.filter(({ tenant }) => tenant === undefined),
  ];
  const found: Rhythm[] = [];
  for (const { id, name } of tenants.list()) {
    if ((await store.watchedUsers(id)).length === 0) continue;
    const stream: FeedRhythm[] = streaming?.has(id) ? [{ feed: 'event-hub', everySeconds: STREAM_EVERY_SECONDS }] : [];
    const rhythms = new Map(
      [...stream, ...general, ...feedRhythms.filter(({ tenant }) => tenant === name)].map(({ feed, everySeconds }) => [feed, everySeconds]),
    );
    for (const [feed, everySeconds] of rhythms) if (everySeconds > 0) found.push({ tenantId: id, feed, everySeconds });
  }
  return found;
}
