import { concernOf, TELLTALES } from '../core/alert/concern.ts';
import { type Unpacked, unpack } from './events.ts';
import { type Prefilter, prefilter } from './filter.ts';
import { type Reading, readRecord } from './records/read.ts';

/** A record of an event that concerns us, with what it says. */
export interface Find {
  readonly record: unknown;
  readonly reading: Reading;
}

export interface Sifted extends Pick<Unpacked, 'unreadable'> {
  readonly finds: readonly Find[];
}

const NOTHING: Sifted = { finds: [] };

/** Takes out of raw events what concerns us; made anew when what is looked for changes. */
export interface Sieve {
  readonly mayHold: Prefilter;
  sift(bytes: Uint8Array, usualTenant?: string): Sifted;
}

/** @param ids what is watched: accounts, groups; lower case */
export function sieve(ids: ReadonlySet<string>): Sieve {
  const mayHold = prefilter([...ids, ...TELLTALES.flatMap(bothSlashes)]);
  return {
    mayHold,
    sift(bytes, usualTenant) {
      if (!mayHold(bytes)) return NOTHING;
      const { records, unreadable } = unpack(bytes);
      const finds = records.flatMap((record): Find[] => {
        const reading = readRecord(record, usualTenant);
        return concerns(record, reading, ids) ? [{ record, reading }] : [];
      });
      return { finds, ...(unreadable === undefined ? {} : { unreadable }) };
    },
  };
}

/** Every id that a record names anywhere counts, in whatever field and however deep in JSON inside JSON. */
function concerns(record: unknown, reading: Reading, ids: ReadonlySet<string>): boolean {
  if (names(record, ids, 0)) return true;
  return reading.kind === 'change' && concernOf(reading.change, { users: new Set() }) !== undefined;
}

/** Also one that begins inside another. */
const GUIDS = /(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))/gi;
const DEEPEST = 40;

function names(value: unknown, ids: ReadonlySet<string>, depth: number): boolean {
  if (typeof value === 'string') return namesInText(value, ids, depth);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  return Object.entries(value).some(([key, each]) => namesInText(key, ids, depth) || names(each, ids, depth + 1));
}

function namesInText(text: string, ids: ReadonlySet<string>, depth: number): boolean {
  for (const [, id = ''] of text.matchAll(GUIDS)) if (ids.has(id.toLowerCase())) return true;
  if (!text.includes('\\') || depth > DEEPEST) return false;
  try {
    return names(JSON.parse(text), ids, depth + 1);
  } catch {
    return false; // a text with a backslash that is no JSON
  }
}

const bothSlashes = (text: string): string[] => (text.includes('/') ? [text, text.replaceAll('/', '\\/')] : [text]);
