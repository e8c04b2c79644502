/**
 * How many messages and updates Teams takes from one bot in one conversation.
 * Learn, "Optimize your bot with rate limiting in Teams": 7 in 1 s, 8 in 2 s, 60 in 30 s, 1800 in an hour.
 */
const WINDOWS = [
  { ms: 1_000, most: 7 },
  { ms: 2_000, most: 8 },
  { ms: 30_000, most: 60 },
  { ms: 3_600_000, most: 1_800 },
] as const;

export interface SendLimits {
  /** Counts one send or update. @returns seconds to wait (and counts nothing) when one more would be too many, else 0 */
  take(conversation: string): number;
}

/** @param nowMs real time: Teams' limits do not follow the sandbox's clock */
export function sendLimits(nowMs: () => number = Date.now): SendLimits {
  const sent = new Map<string, number[]>();
  return {
    take(conversation) {
      const now = nowMs();
      const times = (sent.get(conversation) ?? []).filter((at) => now - at < 3_600_000);
      sent.set(conversation, times);
      let waitMs = 0;
      for (const { ms, most } of WINDOWS) {
        const inWindow = times.filter((at) => now - at < ms);
        const leavesFirst = inWindow[inWindow.length - most];
        if (leavesFirst !== undefined) waitMs = Math.max(waitMs, leavesFirst + ms - now);
      }
      if (waitMs > 0) return Math.max(1, Math.ceil(waitMs / 1_000));
      times.push(now);
      return 0;
    },
  };
}
