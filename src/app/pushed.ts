import type { DirectoryChange } from '../core/alert/change.ts';
import type { SignInEvent } from '../core/alert/types.ts';

/** What an alert says that was pushed to us. */
export interface Pushed {
  readonly events: readonly SignInEvent[];
  readonly changes: readonly DirectoryChange[];
  /** What could not be read, in our own words: nothing is dropped silently, and nothing of a feed's text is repeated (AL-5). */
  readonly unreadable: readonly string[];
}

/**
 * Reads the body of a push.
 *
 * @param now taken where the alert names no instant
 * @param homeTenantId of what names no tenant: the tenant that the sender belongs to
 */
export type ReadPush = (body: unknown, now: Date, homeTenantId: string) => Pushed;

export const NOTHING_PUSHED: Pushed = { events: [], changes: [], unreadable: [] };
