import type { Secret } from './secret.ts';
import { type Entry, type Presence, TABLE } from './table.ts';

type Row = Entry<unknown, Presence>;
const ROWS: readonly Row[] = Object.values(TABLE);

const written = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value as string | number | boolean | Secret));

function defaultOf(row: Row): string {
  if (row.presence === 'required') return 'required';
  if (row.defaultNote) return row.defaultNote;
  const own = row.fallback === undefined || written(row.fallback) === '' ? 'none' : `\`${written(row.fallback)}\``;
  return row.sandboxFallback === undefined ? own : `${own}; sandbox \`${written(row.sandboxFallback)}\``;
}

const typeOf = (row: Row): string => (row.unit ? `${row.kind.type} ${row.unit}` : row.kind.type);

/** The table of settings in Markdown, as README shows it. */
export function settingsTable(): string {
  const lines = ROWS.map((row) => {
    const marks = [row.kind.secret ? ' Secret.' : '', row.sandboxOnly ? ' Sandbox only.' : ''].join('');
    return `| \`${row.name}\` | ${typeOf(row)} | ${defaultOf(row)} | ${row.meaning}${marks} |`;
  });
  return ['| Setting | Type | Default | Meaning |', '|---|---|---|---|', ...lines, ''].join('\n');
}

/** A documented env file for production: what is required is open, what has a default is commented out. */
export function settingsExample(): string {
  const blocks = ROWS.filter((row) => !row.sandboxOnly).map((row) => {
    const note = row.presence === 'required' ? 'required' : row.defaultNote;
    const comment = `# ${row.meaning} (${[typeOf(row), note, row.kind.secret ? 'secret: keep it in the platform, not in a file' : ''].filter(Boolean).join('; ')})`;
    const line = `${row.name}=${row.fallback === undefined ? '' : written(row.fallback)}`;
    return `${comment}\n${row.presence === 'required' ? line : `# ${line}`}\n`;
  });
  return blocks.join('\n');
}
