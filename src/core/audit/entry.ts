/** What stands in every entry of the log; a body has more. */
export interface EntryBody {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly intent: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** @returns nothing for what no entry looks like */
export function readBody(text: string): EntryBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { seq, at, actor, intent, subject, details } = value as Record<string, unknown>;
  if (typeof seq !== 'number' || typeof at !== 'string' || !isInstant(at)) return undefined;
  if (typeof actor !== 'string' || typeof intent !== 'string' || typeof subject !== 'string') return undefined;
  const known = typeof details === 'object' && details !== null ? { details: details as Readonly<Record<string, unknown>> } : {};
  return { seq, at, actor, intent, subject, ...known };
}

function isInstant(text: string): boolean {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
}
