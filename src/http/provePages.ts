import type { IncomingMessage } from 'node:http';
import { pathOf, type WebAnswer, type WebRoute } from './webRoute.ts';

/** The pages of the second proof; nothing of a request but these texts reaches them. */
export interface ProvePages {
  start(ticket: string): Promise<WebAnswer>;
  /** @param query as it stands in the address, without the question mark */
  callback(query: string, cookies: string | undefined): Promise<WebAnswer>;
}

export const PROVE_PATTERN = '/prove/:ticket';
/** 256 bits in base64url: anything of another form is not there. */
export const PROVE_PATH = /^\/prove\/([\w-]{43})$/;

export function proveRoutes(pages: ProvePages | undefined): [string, WebRoute][] {
  if (!pages) return [];
  const start = async (request: IncomingMessage): Promise<WebAnswer> => {
    const ticket = PROVE_PATH.exec(pathOf(request))?.[1];
    return ticket === undefined ? { status: 404, headers: {} } : pages.start(ticket);
  };
  const callback = (request: IncomingMessage): Promise<WebAnswer> => {
    const url = request.url ?? '';
    return pages.callback(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '', request.headers.cookie);
  };
  return [
    [PROVE_PATTERN, { method: 'GET', handler: start }],
    ['/prove/callback', { method: 'GET', handler: callback }],
  ];
}
