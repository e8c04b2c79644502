import { createHash } from 'node:crypto';

/** What a browser gets. */
export interface WebAnswer {
  readonly status: number;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
}

const STYLE =
  'body{font:16px/1.5 "Segoe UI",system-ui,sans-serif;margin:14vh auto;max-width:30rem;padding:0 1.25rem;color:#242424;background:#fff}' +
  'h1{font-size:1.5rem;font-weight:600;line-height:1.3}p{margin:.75rem 0}.done{border-top:4px solid #107c10;padding-top:1rem}' +
  '.not{border-top:4px solid #c50f1f;padding-top:1rem}@media(prefers-color-scheme:dark){body{color:#fff;background:#1f1f1f}}';
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // The address holds a ticket or a code.
  'referrer-policy': 'no-referrer',
};

/** A page without scripts and without anything to press. `lines` may hold anybody's text. */
export function page(status: number, tone: 'done' | 'not', title: string, lines: readonly string[], cookie?: string): WebAnswer {
  const body = lines.map((line) => `<p>${escaped(line)}</p>`).join('');
  return {
    status,
    headers: { ...HEADERS, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) },
    html:
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
      `<title>${escaped(title)} · Breakglass</title><style>${STYLE}</style></head><body><main class="${tone}"><h1>${escaped(title)}</h1>${body}</main></body></html>`,
  };
}

export function redirect(to: URL, cookie: string): WebAnswer {
  return { status: 303, headers: { location: to.href, 'set-cookie': cookie, 'referrer-policy': 'no-referrer' } };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
