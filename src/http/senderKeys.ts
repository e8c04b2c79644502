import { createHash, timingSafeEqual } from 'node:crypto';

/** A sender by its name, with the digest of a key: the keys themselves are not kept. */
interface SenderKey {
  readonly sender: string;
  readonly digest: Buffer;
}
export type SenderKeys = readonly SenderKey[];

export const KEY_HEADER = 'x-breakglass-key';
/** While a key is replaced its sender has two. */
const MOST_KEYS = 2;
const LINE = /^([a-z0-9][a-z0-9-]{0,38}) ([\w+/=-]{32,256})$/;

/**
 * Keys of senders that cannot get an Entra token: a line for each, `<sender> <key>`, two lines for a sender whose key is being replaced;
 * lines that begin with `#` are left out.
 *
 * @returns the number of the first line that is wrong where one is; never a key
 */
export function parseSenderKeys(
  text: string,
): { readonly ok: true; readonly keys: SenderKeys } | { readonly ok: false; readonly line: number } {
  const keys: SenderKey[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, sender, key] = LINE.exec(line.trimEnd()) ?? [];
    if (sender === undefined || key === undefined) return { ok: false, line: index + 1 };
    const digest = digestOf(key);
    const mine = keys.filter((each) => each.sender === sender);
    if (mine.length >= MOST_KEYS || keys.some((each) => each.digest.equals(digest))) return { ok: false, line: index + 1 };
    keys.push({ sender, digest });
  }
  return keys.length === 0 ? { ok: false, line: 1 } : { ok: true, keys };
}

/** Whose key it is. Digests of equal length are compared, all of them, in constant time: how long it takes tells nothing (AL-11). */
export function senderOf(key: string | undefined, keys: SenderKeys): string | undefined {
  if (key === undefined || key.length > 256) return undefined;
  const digest = digestOf(key);
  let found: string | undefined;
  for (const each of keys) if (timingSafeEqual(each.digest, digest)) found = each.sender;
  return found;
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
