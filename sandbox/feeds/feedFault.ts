export const FAULTY_FEEDS = ['azure-monitor', 'event-hub'] as const;
export type FaultyFeed = (typeof FAULTY_FEEDS)[number];
export const FEED_MODES = ['silent', 'duplicate', 'reorder', 'late'] as const;
export type FeedMode = (typeof FEED_MODES)[number];

/**
 * How a feed misbehaves: `silent` loses what would be sent, `duplicate` sends it twice, `reorder` holds one back until the next has
 * gone (or `delayMs` has passed), `late` sends it after `delayMs`.
 */
export interface FeedFault {
  readonly feed: FaultyFeed;
  readonly mode: FeedMode;
  /** How many deliveries it still touches; null until taken away. */
  readonly times: number | null;
  readonly delayMs: number;
}

export function isFaultyFeed(value: unknown): value is FaultyFeed {
  return FAULTY_FEEDS.some((feed) => feed === value);
}
export function isFeedMode(value: unknown): value is FeedMode {
  return FEED_MODES.some((mode) => mode === value);
}
