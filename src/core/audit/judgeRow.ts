import { type EntryBody, readBody } from './entry.ts';
import { leafHash } from './tree.ts';

/** An entry as it lies in the database. */
export interface AuditRow {
  readonly seq: number;
  readonly at: Date;
  readonly intent: string;
  readonly actor: string;
  readonly subject: string;
  readonly leaf: Buffer;
  readonly body: Buffer;
}

/** What is wrong with the log as it lies there, in our own words. */
export interface AuditFlaw {
  readonly seq?: number;
  readonly words: string;
}

/** Whether a row is the one that was written under that number: its bytes, its leaf, and the columns it is found by. */
export function judgeRow(row: AuditRow | undefined, seq: number): { readonly entry: EntryBody } | { readonly flaw: AuditFlaw } {
  const flaw = (words: string) => ({ flaw: { seq, words } });
  if (row?.seq !== seq) return flaw('is missing');
  if (!leafHash(row.body).equals(row.leaf)) return flaw('does not belong to its leaf: one of the two was changed');
  const entry = readBody(row.body.toString('utf8'));
  if (entry?.seq !== seq) return flaw('is another entry, or none');
  const found =
    entry.at === row.at.toISOString() && entry.intent === row.intent && entry.actor === row.actor && entry.subject === row.subject;
  return found ? { entry } : flaw('is found by columns that do not say what it says');
}
