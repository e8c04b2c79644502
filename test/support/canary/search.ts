import { needlesOf } from '../needles.ts';

/** Shortest needle: the windows of eight characters. */
const HEAD = 8;
const headOf = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + HEAD);

/**
 * Names of the places where one of thousands of secrets stands, in any form: the content is gone over once, whatever the number of needles.
 * Its first four bytes rule out almost everything, its first eight nearly all the rest.
 */
export function leaksOfMany(secrets: Iterable<string>, places: Iterable<readonly [string, Buffer]>): string[] {
  const search = searchFor(secrets);
  return [...places].filter(([, content]) => search(content)).map(([name]) => name);
}

/** Whether one of the secrets stands in what it is given. */
export function searchFor(secrets: Iterable<string>): (content: Buffer) => boolean {
  const byHead = new Map<string, Buffer[]>();
  const first = new Uint8Array(1 << 24);
  for (const needle of [...secrets].flatMap(needlesOf)) {
    const head = headOf(needle, 0);
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
    first[slot(needle, 0)] = 1;
  }
  return (content) => stands(content, first, byHead);
}

/** A small number for four bytes; different bytes may share one. */
const slot = (bytes: Buffer, at: number): number => {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return ((a << 16) ^ (b << 11) ^ (c << 5) ^ d) & 0xff_ff_ff;
};

function stands(content: Buffer, first: Uint8Array, byHead: ReadonlyMap<string, readonly Buffer[]>): boolean {
  for (let at = 0; at + HEAD <= content.length; at += 1) {
    if (first[slot(content, at)] === 0) continue;
    const needles = byHead.get(headOf(content, at));
    if (needles?.some((needle) => content.subarray(at, at + needle.length).equals(needle))) return true;
  }
  return false;
}
