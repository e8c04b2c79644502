import { randomBytes } from 'node:crypto';
import type { Custody } from '../app/ports.ts';
import { KEY_BYTES, tagUnder } from './envelope.ts';

/** A key, wrapped by one key of custody. */
export interface Wrapped {
  readonly keyId: string;
  readonly key: Buffer;
}

/** What wraps keys: a vault, or the keys of a file. The callers wipe what they get and give. */
export interface Wrapping {
  /** Wraps with the key that seals now. */
  wrap(key: Buffer): Promise<Wrapped>;
  unwrap(wrapped: Wrapped): Promise<Buffer>;
  /** The identifier of the key that would wrap now. */
  current(): Promise<string>;
}

/** Where the key that makes markers lies, wrapped: it opens nothing without custody, so it may lie in the database. */
export interface KeptTagKey {
  read(): Promise<Wrapped | undefined>;
  /** Keeps it if none is kept yet. @returns the one that is kept now */
  keepFirst(wrapped: Wrapped): Promise<Wrapped>;
  /** Replaces `before` by the same key, wrapped anew; nothing when somebody else did. */
  replace(before: Wrapped, after: Wrapped): Promise<void>;
}

export interface TagKeeper extends Pick<Custody, 'tags'> {
  /**
   * Brings the tag key under the key that seals now, so that an older one may go. For start and schedule.
   *
   * @returns identifier of the key that seals now
   */
  renew(): Promise<string>;
}

/**
 * Makes markers (GR-3) with one key for good: an account carries its marker for years, and keys of custody change. It is unwrapped for each use.
 *
 * @param make the key, where none is kept yet
 */
export function tagKeeper(wrapping: Wrapping, kept: KeptTagKey, make: () => Buffer = () => randomBytes(KEY_BYTES)): TagKeeper {
  async function tagKey(): Promise<{ readonly wrapped: Wrapped; readonly key: Buffer }> {
    const found = await kept.read();
    if (found) return { wrapped: found, key: await wrapping.unwrap(found) };
    const fresh = make();
    const wrapped = await wrapping.wrap(fresh);
    const first = await kept.keepFirst(wrapped);
    if (first.key.equals(wrapped.key)) return { wrapped, key: fresh };
    fresh.fill(0); // another replica was first
    return { wrapped: first, key: await wrapping.unwrap(first) };
  }
  return {
    async tags(text) {
      const { key } = await tagKey();
      const tag = tagUnder(key, text);
      key.fill(0);
      return [tag];
    },
    async renew() {
      const { wrapped, key } = await tagKey();
      try {
        const current = await wrapping.current();
        if (wrapped.keyId !== current) await kept.replace(wrapped, await wrapping.wrap(key));
        return current;
      } finally {
        key.fill(0);
      }
    },
  };
}
