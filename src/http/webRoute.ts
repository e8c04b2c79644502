import type { IncomingMessage } from 'node:http';

/** What a browser gets: a page, a PDF or a bare status. */
export interface WebAnswer {
  readonly status: number;
  readonly html?: string;
  readonly pdf?: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WebRoute {
  readonly method: 'GET';
  readonly handler: (request: IncomingMessage) => Promise<WebAnswer>;
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0] ?? '';
