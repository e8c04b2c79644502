import type { FieldFault, Refusal } from '../core/refusal.ts';
import { no, ok, type Result } from '../core/result.ts';

export type Data = Readonly<Record<string, unknown>>;

/** The id on a button: opaque, ours, short. */
export function idFrom(data: Data, what: Extract<Refusal, { code: 'not-found' }>['what']): Result<string, Refusal> {
  const { id } = data;
  return typeof id === 'string' && /^[A-Za-z0-9][A-Za-z0-9:._-]{0,79}$/.test(id) ? ok(id) : no({ code: 'not-found', what });
}

/** The digest on a button, as text; whether it is the current one is for the door to say. */
export function digestFrom(data: Data): Result<string, Refusal> {
  const { digest } = data;
  return typeof digest === 'string' && /^[\x21-\x7e]{1,128}$/.test(digest) ? ok(digest) : no({ code: 'plan-changed' });
}

/** What somebody typed into one field; absent is empty. Nothing but well-formed text within bounds goes further (CM-3, DA-7). */
export function typed(data: Data, field: string, longest: number): Result<string, FieldFault> {
  const value = data[field] ?? '';
  return typeof value === 'string' ? clean(value, field, longest) : no({ field, problem: 'not-text' });
}

/** Several values of one field: a list, or text with commas or semicolons between. Empty ones do not count. */
export function typedList(data: Data, field: string, longest: number): Result<readonly string[], FieldFault> {
  const value = data[field] ?? '';
  const items: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;]/) : [value];
  if (items.length > 50) return no({ field, problem: 'too-many', detail: '50' });
  const found: string[] = [];
  for (const item of items) {
    const text = typeof item === 'string' ? clean(item, field, longest) : no({ field, problem: 'not-text' } as const);
    if (!text.ok) return text;
    if (text.value !== '') found.push(text.value);
  }
  return ok(found);
}

/** More than this does not go back into a field; the form itself takes less. */
const KEPT_MAX = 2_000;

/** What came in a field, to be put back into it whatever is wrong with it: nothing that was typed is lost. Shown by `typedBefore` only. */
export function asTyped(data: Data, field: string): string {
  const value = data[field];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items
    .filter((item) => typeof item === 'string')
    .join(',')
    .toWellFormed()
    .replaceAll('\0', '')
    .slice(0, KEPT_MAX);
}

function clean(value: string, field: string, longest: number): Result<string, FieldFault> {
  if (!value.isWellFormed()) return no({ field, problem: 'not-text' });
  if (value.includes('\0')) return no({ field, problem: 'illegal-character', detail: 'U+0000' });
  const text = value.normalize('NFC').trim();
  return text.length > longest ? no({ field, problem: 'too-long', detail: String(longest) }) : ok(text);
}
