import { setTimeout as wait } from 'node:timers/promises';

/** At most `count` sends within any `windowMs`. */
export interface Window {
  readonly count: number;
  readonly windowMs: number;
}

/**
 * Teams' documented limits per bot and conversation are 7 in 1 s, 8 in 2 s, 60 in 30 s and 1800 in an hour (msteams-docs rate-limit.md).
 * Only an alert that somebody is in may use them up. Other alerts keep below them and leave it at least one a second, 8 in 30 s and 60 in
 * an hour, however many they are; ordinary cards leave room for alerts in the same way (AL-6, GR-7).
 */
export const FIRST: readonly Window[] = [
  { count: 7, windowMs: 1_000 },
  { count: 8, windowMs: 2_000 },
  { count: 60, windowMs: 30_000 },
  { count: 1_800, windowMs: 3_600_000 },
];
export const URGENT: readonly Window[] = [
  { count: 6, windowMs: 1_000 },
  { count: 6, windowMs: 2_000 },
  { count: 52, windowMs: 30_000 },
  { count: 1_740, windowMs: 3_600_000 },
];
export const ORDINARY: readonly Window[] = [
  { count: 3, windowMs: 1_000 },
  { count: 3, windowMs: 2_000 },
  { count: 40, windowMs: 30_000 },
  { count: 1_680, windowMs: 3_600_000 },
];
const LONGEST_MS = Math.max(...FIRST.map(({ windowMs }) => windowMs));

/** Resolves when one more may be sent to the conversation, and counts it. */
export interface Turn {
  (conversationId: string, windows: readonly Window[]): Promise<void>;
  /** Teams said when to come back: until then nobody's turn comes in this conversation. */
  hold?(conversationId: string, forMs: number): void;
}

/** Longer than this nobody is held, whatever Teams says: an alert is worth a refused attempt. */
const LONGEST_HOLD_MS = 30_000;

/** Spaces out what is sent to one conversation. In memory: one replica sends; more would each keep below the limit on their own. */
export function pacer(now: () => number = () => performance.now(), sleep: (ms: number) => Promise<unknown> = wait): Turn {
  const sent = new Map<string, number[]>();
  const held = new Map<string, number>();
  const turn = async (conversationId: string, windows: readonly Window[]): Promise<void> => {
    for (;;) {
      const at = now();
      const history = (sent.get(conversationId) ?? []).filter((instant) => at - instant < LONGEST_MS);
      const hold = (held.get(conversationId) ?? at) - at;
      const delay = Math.max(
        0,
        hold,
        ...windows.map(({ count, windowMs }) => (history[history.length - count] ?? -Infinity) + windowMs - at),
      );
      if (delay === 0) {
        sent.set(conversationId, [...history, at]);
        return;
      }
      await sleep(delay);
    }
  };
  return Object.assign(turn, {
    hold(conversationId: string, forMs: number): void {
      held.set(conversationId, now() + Math.min(forMs, LONGEST_HOLD_MS));
    },
  });
}
