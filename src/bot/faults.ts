import { randomBytes } from 'node:crypto';
import type { Log } from '../app/log.ts';

/** Logs a fault under a reference. People see the sentence with the reference, the log has the rest (style.md section 8). */
export function faultSentence(log: Log, event: string, error: unknown, fields: Readonly<Record<string, unknown>> = {}): string {
  const reference = randomBytes(4).toString('hex');
  log.error(event, { ...fields, reference, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return `Something went wrong on my side and nothing more was done. Please try again; if it stays, tell an administrator the reference ${reference}.`;
}
