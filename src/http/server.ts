import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import * as restify from 'restify';
import type { Log } from '../app/log.ts';
import { readJsonBody } from './jsonBody.ts';
import type { JsonObject } from './strictJson.ts';

/** A call whose body passed the front. Nothing in it is trusted. */
export interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

export interface Answer {
  readonly status: number;
  /** Left out for a bare status. */
  readonly body?: unknown;
}

export type SignalHandler = (body: JsonObject, headers: IncomingHttpHeaders) => Promise<{ readonly status: number }>;

export interface HttpNeeds {
  messages(call: Call): Promise<Answer>;
  /** By last part of the path: `azure-monitor` is `POST /api/signals/azure-monitor`. */
  readonly signals: Readonly<Record<string, SignalHandler>>;
  /** Whether the whole path up to the channel works (SI-3); not whether the process is up. */
  ready(): Promise<boolean>;
  readonly log: Log;
}

export interface HttpServer {
  /** @returns where it listens; port 0 takes a free one */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Takes no new calls, lets those under way finish for a few seconds, then cuts them off. */
  close(): Promise<void>;
  readonly address: AddressInfo | undefined;
}

const CLOSE_PATIENCE_MS = 5_000;

type Handler = (request: IncomingMessage) => Promise<Answer>;

/** The HTTP front (design.md section 4.3): exactly the documented paths and methods, refusals that say nothing but their status. */
export function createHttpServer(needs: HttpNeeds): HttpServer {
  const server = restify.createServer({ name: '', ignoreTrailingSlash: false });
  const routes = routesOf(needs);

  // Before restify's router, formatters and content negotiation: each of them tells a caller more than a status (HT-5).
  server.pre((request, response, next) => {
    const route = routes.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (!route) return end(404);
    if (request.method !== route.method) return end(405);
    next();
    function end(status: number): void {
      request.resume();
      answer(response, { status });
      next(false);
    }
  });
  for (const [path, { method, handler }] of routes) {
    const serve = async (request: restify.Request, response: restify.Response): Promise<void> =>
      answer(response, await guarded(needs, path, request, handler));
    if (method === 'GET') server.get(path, serve);
    else server.post(path, serve);
  }
  server.on('restifyError', (_request: unknown, response: ServerResponse, error: unknown, done: () => void) => {
    needs.log.error('http.fault', { error: error instanceof Error ? error.message : String(error) });
    answer(response, { status: 500 });
    done();
  });

  setLimits(server.server);
  const http = server.server;
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        http.once('error', reject);
        http.listen(port, host, () => {
          http.off('error', reject);
          resolve(addressOf(http.address()));
        });
      }),
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => http.closeAllConnections(), CLOSE_PATIENCE_MS);
        http.close(() => {
          clearTimeout(timer);
          resolve();
        });
        http.closeIdleConnections();
      }),
    get address() {
      return http.listening ? addressOf(http.address()) : undefined;
    },
  };
}

function routesOf({ messages, signals, ready }: HttpNeeds): Map<string, { readonly method: 'GET' | 'POST'; readonly handler: Handler }> {
  const withBody =
    (handle: (call: Call) => Promise<Answer>): Handler =>
    async (request) => {
      const body = await readJsonBody(request);
      return body.ok ? handle({ headers: request.headers, body: body.value }) : { status: body.status };
    };
  return new Map([
    ['/api/messages', { method: 'POST', handler: withBody(messages) }],
    ...Object.entries(signals).map(
      ([name, handle]) =>
        [`/api/signals/${name}`, { method: 'POST' as const, handler: withBody(({ body, headers }) => handle(body, headers)) }] as const,
    ),
    ['/healthz', { method: 'GET', handler: async () => ({ status: 200 }) }],
    ['/readyz', { method: 'GET', handler: async () => ({ status: (await ready()) ? 200 : 503 }) }],
  ]);
}

/** Our own failure is 503 for senders that try again then (AL-1), 500 for others; in words it stands in the log only. */
async function guarded({ log }: HttpNeeds, path: string, request: IncomingMessage, handler: Handler): Promise<Answer> {
  try {
    return await handler(request);
  } catch (error) {
    log.error('http.fault', { path, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return { status: path === '/api/messages' ? 500 : 503 };
  }
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  if (response.headersSent || response.writableEnded) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

/** HT-6: all limits are set here, none is left to a default that a release of Node may change. */
function setLimits(http: restify.Server['server']): void {
  http.headersTimeout = 10_000;
  http.requestTimeout = 20_000;
  http.keepAliveTimeout = 5_000;
  http.timeout = 60_000;
  http.maxConnections = 500;
  http.maxHeadersCount = 64;
  http.maxRequestsPerSocket = 1_000;
  // restify 12 gives no way to pass options to http.createServer; Node reads this one when the server begins to listen. At its
  // default of 30 s the two timeouts above would be checked that late.
  Object.assign(http, { connectionsCheckingInterval: 2_000 });
  // Without these listeners an upgrade would be served as an ordinary request, and CONNECT with a default of Node's.
  http.on('upgrade', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('connect', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('clientError', (_error: Error, socket: Socket) => {
    if (socket.writable && socket.bytesWritten === 0)
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address;
}
