import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../app/log.ts';

/**
 * Waits for something to close, and not for ever: of a connection that ends while it is being closed the client of Event Hubs waits for an answer
 * that never comes (6.0.4; seen when events were on their way). Throws nothing: whoever stops goes on stopping.
 */
export async function closed(closing: Promise<void>, patienceMs: number, log: Log): Promise<void> {
  const given = new AbortController();
  const tooLong = wait(patienceMs, 'too-long' as const, given).catch(() => undefined);
  try {
    if ((await Promise.race([closing, tooLong])) === 'too-long') log.warn('stream.unclosed', {});
  } catch (error) {
    log.warn('stream.unclosed', { error });
  } finally {
    given.abort();
  }
}
