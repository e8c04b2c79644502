import type { Log } from '../app/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Writes one JSON object a line. Of an error it keeps name, message, codes and the top of the stack: drivers hang queries, parameters and
 * whole bundles on theirs. Whatever text comes along, a line is one record and safe in a terminal (CM-7).
 */
export function jsonLog(level: LogLevel, write: (line: string) => void, fields: Readonly<Record<string, unknown>> = {}): Log {
  const at =
    (wanted: LogLevel) =>
    (event: string, more: Readonly<Record<string, unknown>> = {}) => {
      if (ORDER.indexOf(wanted) < ORDER.indexOf(level)) return;
      const record = { at: new Date().toISOString(), level: wanted, event, ...fields, ...more };
      write(`${JSON.stringify(record, plain).replace(UNSAFE, escaped)}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error'), child: (more) => jsonLog(level, write, { ...fields, ...more }) };
}

/** `this` is what holds the value: a `toJSON` of an error's own, called before us, would bring along all that hangs on it. */
function plain(this: unknown, key: string, value: unknown): unknown {
  const own = (this as Record<string, unknown>)[key];
  if (own instanceof Error) return errorFields(own);
  return typeof value === 'bigint' ? String(value) : value;
}

/** What JSON leaves as it is, and a terminal or a line reader does not: DEL and C1 controls, line separators, text direction. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const KEPT = ['status', 'code', 'requestId', 'sqlState', 'constraint'] as const;

function errorFields(error: Error): Record<string, unknown> {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ') && line.length < 300);
  const codes = Object.fromEntries(
    KEPT.flatMap((key) => (key in error ? [[key, (error as unknown as Record<string, unknown>)[key]]] : [])),
  );
  return { name: error.name, message: error.message.slice(0, 500), ...codes, stack: frames.slice(0, 8).map((line) => line.trim()) };
}
