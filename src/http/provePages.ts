import type { IncomingMessage } from 'node:http';

/** What a browser gets. */
export interface WebAnswer {
  readonly status: number;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The pages of the second proof; nothing of a request but these texts reaches them. */
export interface ProvePages {
  start(ticket: string): Promise<WebAnswer>;
  /** @param query as it stands in the address, without the question mark */
  callback(query: string, cookies: string | undefined): Promise<WebAnswer>;
}

interface ProveRoute {
  readonly method: 'GET';
  readonly handler: (request: IncomingMessage) => Promise<WebAnswer>;
}

const PATTERN = '/prove/:ticket';
/** 256 bits in base64url: anything of another form is not there. */
const PATH = /^\/prove\/([\w-]{43})$/;

export const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0] ?? '';

/** The key of the route a path belongs to: itself, but for the address of a ticket. */
export const routeKey = (path: string): string => (PATH.test(path) ? PATTERN : path);

export function proveRoutes(pages: ProvePages | undefined): [string, ProveRoute][] {
  if (!pages) return [];
  const start = async (request: IncomingMessage): Promise<WebAnswer> => {
    const ticket = PATH.exec(pathOf(request))?.[1];
    return ticket === undefined ? { status: 404, headers: {} } : pages.start(ticket);
  };
  const callback = (request: IncomingMessage): Promise<WebAnswer> => {
    const url = request.url ?? '';
    return pages.callback(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '', request.headers.cookie);
  };
  return [
    [PATTERN, { method: 'GET', handler: start }],
    ['/prove/callback', { method: 'GET', handler: callback }],
  ];
}
