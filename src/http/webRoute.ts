import type { IncomingMessage } from 'node:http';

/** What a browser gets: a page, a PDF, lines of JSON as they are read, or a bare status. */
export interface WebAnswer {
  readonly status: number;
  readonly html?: string;
  readonly pdf?: Uint8Array;
  readonly lines?: AsyncIterable<string>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WebRoute {
  readonly method: 'GET';
  readonly handler: (request: IncomingMessage) => Promise<WebAnswer>;
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? '').split('?', 1)[0] ?? '';
