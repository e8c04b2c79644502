import type { Log } from '../app/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Writes one JSON object a line. Of an error it keeps name, message, codes and the top of the stack: drivers hang queries, parameters and
 * whole bundles on theirs. Control characters are escaped by JSON, so a line is always one record (CM-7).
 */
export function jsonLog(level: LogLevel, write: (line: string) => void, fields: Readonly<Record<string, unknown>> = {}): Log {
  const at =
    (wanted: LogLevel) =>
    (event: string, more: Readonly<Record<string, unknown>> = {}) => {
      if (ORDER.indexOf(wanted) < ORDER.indexOf(level)) return;
      const record = { at: new Date().toISOString(), level: wanted, event, ...fields, ...more };
      write(`${JSON.stringify(record, (_key, value: unknown) => (value instanceof Error ? errorFields(value) : value))}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error'), child: (more) => jsonLog(level, write, { ...fields, ...more }) };
}

const KEPT = ['status', 'code', 'requestId', 'sqlState', 'constraint'] as const;

function errorFields(error: Error): Record<string, unknown> {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ') && line.length < 300);
  const codes = Object.fromEntries(
    KEPT.flatMap((key) => (key in error ? [[key, (error as unknown as Record<string, unknown>)[key]]] : [])),
  );
  return { name: error.name, message: error.message.slice(0, 500), ...codes, stack: frames.slice(0, 8).map((line) => line.trim()) };
}
