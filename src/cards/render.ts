import { readFileSync } from 'node:fs';
import { Template } from 'adaptivecards-templating';
import { fitted } from './fit.ts';
import { plain } from './text.ts';

/** Adaptive Card JSON ready to send, and the line Teams shows where a card cannot be (notifications, lists). */
export interface Rendered {
  readonly card: object;
  readonly summary: string;
}

/**
 * A renderer for `templates/<name>.json`, read and parsed once. The view goes in as data in one single expansion: what stands in the
 * data is never read as an expression (CM-3).
 */
export function template<View extends object>(name: string): (view: View) => Record<string, unknown> {
  const parsed = new Template(included(load(`templates/${name}.json`)));
  return (view) => fitted(parsed.expand({ $root: view }) as Record<string, unknown>);
}

const BANNERS = {
  warning: { style: 'warning', weight: 'Bolder', isSubtle: false },
  quiet: { style: 'default', weight: 'Default', isSubtle: true },
} as const;

const renderBanner = template<{ readonly text: string } & (typeof BANNERS)[keyof typeof BANNERS]>('banner');

/**
 * The same card under a line of its own: a warning that it may be a repeat (AL-2), or quietly that it comes from a sandbox, which every card
 * of one says (ST-1).
 */
export function withBanner(rendered: Rendered, text: string, tone: 'warning' | 'quiet' = 'warning'): Rendered {
  const body: unknown[] = 'body' in rendered.card && Array.isArray(rendered.card.body) ? rendered.card.body : [];
  const [first, ...rest] = body;
  const joined = typeof first === 'object' && first !== null ? [{ ...first, spacing: 'None' }, ...rest] : body;
  return {
    card: { ...rendered.card, body: [renderBanner({ text: plain(text, 120), ...BANNERS[tone] }), ...joined] },
    summary: rendered.summary,
  };
}

function load(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}

/** Puts shared pieces in place of `{ "$include": "<fragment>" }`, at load: templates stay constants. */
function included(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(included);
  if (typeof value !== 'object' || value === null) return value;
  if ('$include' in value && typeof value.$include === 'string') return included(load(`templates/fragments/${value.$include}.json`));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, included(part)]));
}
