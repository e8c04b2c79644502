import { gunzipSync } from 'node:zlib';
import { field, objectOf } from './records/fields.ts';

/** Event Hubs takes 1 MB at most (Learn, event-hubs-quotas); a bomb of zeros grows no further than this. */
const MOST_INFLATED = 32 * 1024 * 1024;

/** The records of one event, and how much of it could not be read. */
export interface Unpacked {
  readonly records: readonly unknown[];
  /** What is wrong, in our own words. */
  readonly unreadable?: string;
}

/**
 * Unpacks an event of a diagnostic stream: `{"records":[…]}`, a list, one record, or one record a line; with a byte order mark, compressed,
 * in UTF-16. Of an event that is cut off, the records before the cut.
 */
export function unpack(bytes: Uint8Array): Unpacked {
  const text = textOf(bytes);
  if (text === undefined) return { records: [], unreadable: 'An event came that is no text.' };
  if (text.trim() === '') return { records: [] };
  const whole = parsed(text);
  if (whole.ok) return { records: recordsOf(whole.value) };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const read = lines.map(parsed);
  if (lines.length > 1 && read.some(({ ok }) => ok)) {
    const records = read.flatMap((line) => (line.ok ? recordsOf(line.value) : []));
    const broken = read.filter(({ ok }) => !ok).length;
    return broken === 0 ? { records } : { records, unreadable: `An event came with ${broken} of ${lines.length} lines that are no JSON.` };
  }
  return { records: beforeTheCut(text), unreadable: 'An event came that is no JSON, or was cut off.' };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: MOST_INFLATED }) : bytes;
    return new TextDecoder(encodingOf(plain), { fatal: true }).decode(plain);
  } catch {
    return undefined; // neither gzip nor text: the caller keeps the bytes and tells people
  }
}

/** By its mark, or by where the zeros of ASCII lie. The decoder takes the mark away. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : 'utf-8';
}

function parsed(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false }; // expected: told by `unreadable`
  }
}

function recordsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const records = field(objectOf(value), 'records');
  return Array.isArray(records) ? records : [value];
}

/** Whole objects inside the outermost list, in the order they come. */
function beforeTheCut(text: string): readonly unknown[] {
  const records: unknown[] = [];
  let depth = 0;
  let start = -1;
  let inString = false;
  const from = text.indexOf('[') + 1;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      const record = depth === 0 ? parsed(text.slice(start, at + 1)) : { ok: false as const };
      if (record.ok) records.push(record.value);
      if (depth < 0) break;
    }
  }
  return records;
}
