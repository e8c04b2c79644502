import { setTimeout as wait } from 'node:timers/promises';

/** At most `count` sends within any `windowMs`. */
export interface Window {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * Teams' documented limits per bot and conversation are 7 in 1 s, 8 in 2 s, 60 in 30 s and 1800 in an hour (msteams-docs rate-limit.md).
 * Ordinary cards keep below them, so that an alert always finds room.
 */
export const URGENT: readonly Window[] = [
  { count: 6, windowMs: 1_000 },
  { count: 7, windowMs: 2_000 },
  { count: 55, windowMs: 30_000 },
  { count: 1_790, windowMs: 3_600_000 },
];
export const ORDINARY: readonly Window[] = [
  { count: 3, windowMs: 1_000 },
  { count: 4, windowMs: 2_000 },
  { count: 40, windowMs: 30_000 },
  { count: 1_710, windowMs: 3_600_000 },
];
const LONGEST_MS = Math.max(...URGENT.map(({ windowMs }) => windowMs));

/** Spaces out what is sent to one conversation. In memory: one replica sends; more would each keep below the limit on their own. */
export function pacer(now: () => number = () => performance.now(), sleep: (ms: number) => Promise<unknown> = wait) {
  const sent = new Map<string, number[]>();
  /** Resolves when one more may be sent to the conversation, and counts it. */
  return async function turn(conversationId: string, windows: readonly Window[]): Promise<void> {
    for (;;) {
      const at = now();
      const history = (sent.get(conversationId) ?? []).filter((instant) => at - instant < LONGEST_MS);
      const delay = Math.max(0, ...windows.map(({ count, windowMs }) => (history[history.length - count] ?? -Infinity) + windowMs - at));
      if (delay === 0) {
        sent.set(conversationId, [...history, at]);
        return;
      }
      await sleep(delay);
    }
  };
}
