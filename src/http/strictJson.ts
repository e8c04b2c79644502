export type JsonObject = { readonly [name: string]: unknown };

/** What `JSON.parse` accepts but nobody honest sends: text in two readings, or names that reach a prototype (HT-7). */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused';
}

const MAX_DEPTH = 64;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads one JSON object. Linear in the length of the text.
 *
 * @throws JsonRefused unless the text is one plain object, nested at most 64 deep, without duplicate keys and without keys that name a prototype
 */
export function parseStrict(text: string): JsonObject {
  scan(text);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new JsonRefused('not an object');
  return value as JsonObject;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of a SyntaxError quotes the text; nothing of it may leave here (HT-5).
    throw new JsonRefused('not JSON');
  }
}

/** Walks over the tokens before anything is built. Text that is not JSON may pass here: the parser refuses it right after. */
function scan(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  // Stryker disable next-line EqualityOperator: after the last character comes none, which is none of those asked for
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      if (open.length > MAX_DEPTH) throw new JsonRefused('nested too deep');
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) addKey(open.at(-1), String(parse(text.slice(at, end + 1))));
      at = end;
    }
  }
}

/** @returns index of the closing quote */
function endOfString(text: string, start: number): number {
  // Stryker disable next-line EqualityOperator: after the last character comes none, which ends no string
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '"') return at;
  }
  throw new JsonRefused('not JSON');
}

function isKey(text: string, endOfName: number): boolean {
  let at = endOfName + 1;
  // Stryker disable next-line EqualityOperator: one step past the end is as far from a colon as the end
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ':';
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys === undefined) throw new JsonRefused('not JSON');
  if (FORBIDDEN.has(key) || keys.has(key)) throw new JsonRefused('a key is repeated or names a prototype');
  keys.add(key);
}
