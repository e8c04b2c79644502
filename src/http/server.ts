import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import * as restify from 'restify';
import type { Log } from '../app/log.ts';
import { AUDIT_PATH, AUDIT_PATTERN, type AuditPages, auditRoutes } from './auditPages.ts';
import { limitPerClient } from './connectionLimit.ts';
import { readJsonBody } from './jsonBody.ts';
import { PROVE_PATH, PROVE_PATTERN, type ProvePages, proveRoutes } from './provePages.ts';
import { RUNBOOK_PATH, RUNBOOK_PATTERN, type RunbookPages, runbookRoutes } from './runbookPages.ts';
import type { JsonObject } from './strictJson.ts';
import { pathOf, type WebAnswer } from './webRoute.ts';

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
  /** Where the second proof is set up. */
  readonly prove?: ProvePages | undefined;
  /** Where browsers can reach us. */
  readonly runbook?: RunbookPages | undefined;
  readonly audit?: AuditPages | undefined;
  /** Whether the bot could speak: the database answers and Teams has told us of the channel. */
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

/** How long a client may take, and how many there may be (HT-6). Tests that wait for an end ask for shorter ones. */
export interface Limits {
  readonly headersMs: number;
  /** The body alone, from the end of the headers. */
  readonly bodyMs: number;
  readonly requestMs: number;
  /** Between two requests of one connection. */
  readonly idleMs: number;
  /** Without a byte in either direction. */
  readonly silentMs: number;
  readonly connections: number;
  /** Of these, what one address may hold. A setting, for behind a reverse proxy everybody has the proxy's address. */
  readonly connectionsPerClient: number;
}

const LIMITS: Limits = {
  headersMs: 10_000,
  bodyMs: 10_000,
  requestMs: 20_000,
  idleMs: 5_000,
  silentMs: 60_000,
  connections: 500,
  connectionsPerClient: 400,
};

/** The key of the route a path belongs to: itself, but for the address of a ticket. */
function routeKey(path: string): string {
  if (PROVE_PATH.test(path)) return PROVE_PATTERN;
  if (AUDIT_PATH.test(path)) return AUDIT_PATTERN;
  return RUNBOOK_PATH.test(path) ? RUNBOOK_PATTERN : path;
}

type Handler = (request: IncomingMessage) => Promise<Answer | WebAnswer>;

/** The HTTP front (design.md section 4.3): exactly the documented paths and methods, refusals that say nothing but their status. */
export function createHttpServer(needs: HttpNeeds, limits: Partial<Limits> = {}): HttpServer {
  const server = restify.createServer({ name: '', ignoreTrailingSlash: false });
  const routes = routesOf(needs, limits.bodyMs ?? LIMITS.bodyMs);

  // Before restify's router, formatters and content negotiation: each of them tells a caller more than a status (HT-5).
  server.pre((request, response, next) => {
    const route = routes.get(routeKey(pathOf(request)));
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
    const serve = async (request: restify.Request, response: restify.Response): Promise<void> => {
      const given = await guarded(needs, path, request, handler);
      if ('lines' in given && given.lines) await download(response, given, given.lines, needs.log);
      else answer(response, given);
    };
    if (method === 'GET') server.get(path, serve);
    else server.post(path, serve);
  }
  // The callback that comes with it is not called: restify 12.0.0 would then answer a second time, and the exception ends the process.
  server.on('restifyError', (_request: unknown, response: ServerResponse, error: unknown) => {
    needs.log.error('http.fault', { error: error instanceof Error ? error.message : String(error) });
    answer(response, { status: 500 });
  });

  const all = { ...LIMITS, ...limits };
  setLimits(server.server, all);
  limitPerClient(server.server, all.connectionsPerClient, needs.log);
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

function routesOf(
  { messages, signals, prove, runbook, audit, ready }: HttpNeeds,
  bodyMs: number,
): Map<string, { readonly method: 'GET' | 'POST'; readonly handler: Handler }> {
  const withBody =
    (handle: (call: Call) => Promise<Answer>): Handler =>
    async (request) => {
      const body = await readJsonBody(request, bodyMs);
      return body.ok ? handle({ headers: headersOf(request), body: body.value }) : { status: body.status };
    };
  return new Map<string, { readonly method: 'GET' | 'POST'; readonly handler: Handler }>([
    ['/api/messages', { method: 'POST', handler: withBody(messages) }],
    ...Object.entries(signals).map(
      ([name, handle]) =>
        [`/api/signals/${name}`, { method: 'POST' as const, handler: withBody(({ body, headers }) => handle(body, headers)) }] as const,
    ),
    ...proveRoutes(prove),
    ...runbookRoutes(runbook),
    ...auditRoutes(audit),
    ['/healthz', { method: 'GET', handler: async () => ({ status: 200 }) }],
    ['/readyz', { method: 'GET', handler: async () => ({ status: (await ready()) ? 200 : 503 }) }],
  ]);
}

/** Of two `authorization` lines Node keeps the first and a proxy may have checked the last: who sends two proves nothing (AU-1). */
function headersOf({ headers, headersDistinct }: IncomingMessage): IncomingHttpHeaders {
  if ((headersDistinct.authorization?.length ?? 0) < 2) return headers;
  const { authorization: _both, ...others } = headers;
  return others;
}

/** Our own failure is 503 for senders that try again then (AL-1), 500 for others; in words it stands in the log only. */
async function guarded({ log }: HttpNeeds, path: string, request: IncomingMessage, handler: Handler): Promise<Answer | WebAnswer> {
  try {
    return await handler(request);
  } catch (error) {
    log.error('http.fault', { path, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return { status: path === '/api/messages' ? 500 : 503 };
  }
}

function answer(response: ServerResponse, given: Answer | WebAnswer): void {
  if (response.headersSent || response.writableEnded) return;
  const { type, content } = contentOf(given);
  response.writeHead(given.status, {
    ...('headers' in given ? given.headers : {}),
    ...(type === undefined ? {} : { 'content-type': type }),
    'content-length': Buffer.byteLength(content),
    ...KEPT_BY_NOBODY,
  });
  response.end(content);
}

/** How much it is turns out on the way. What breaks off is cut and not ended, so that nobody takes it for whole. */
async function download(response: ServerResponse, { status, headers }: WebAnswer, lines: AsyncIterable<string>, log: Log): Promise<void> {
  response.writeHead(status, { ...headers, 'content-type': 'application/x-ndjson; charset=utf-8', ...KEPT_BY_NOBODY });
  try {
    await pipeline(lines, response);
  } catch (error) {
    log.warn('download.cut', { error: error instanceof Error ? error.message : String(error) });
    response.destroy();
  }
}

const KEPT_BY_NOBODY = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function contentOf(given: Answer | WebAnswer): { readonly type?: string; readonly content: string | Uint8Array } {
  if (!('headers' in given))
    return given.body === undefined ? { content: '' } : { type: 'application/json; charset=utf-8', content: JSON.stringify(given.body) };
  if (given.pdf !== undefined) return { type: 'application/pdf', content: given.pdf };
  return given.html === undefined ? { content: '' } : { type: 'text/html; charset=utf-8', content: given.html };
}

/** HT-6: all limits are set here, none is left to a default that a release of Node may change. */
function setLimits(http: restify.Server['server'], limits: Limits): void {
  http.headersTimeout = limits.headersMs;
  http.requestTimeout = limits.requestMs;
  http.keepAliveTimeout = limits.idleMs;
  http.timeout = limits.silentMs;
  http.maxConnections = limits.connections;
  http.maxHeadersCount = 64;
  http.maxRequestsPerSocket = 1_000;
  // restify 12 gives no way to pass options to http.createServer; Node reads this one when the server begins to listen. At its
  // default of 30 s the two timeouts above would be checked that late.
  Object.assign(http, { connectionsCheckingInterval: Math.min(2_000, limits.headersMs / 2) });
  // Without these listeners an upgrade would be served as an ordinary request, and CONNECT with a default of Node's.
  http.on('upgrade', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('connect', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  http.on('clientError', (_error: Error, socket: Socket) => {
    // Browsers open connections in advance: an answer to what nobody asked yet would be taken for the answer to their next request.
    if (socket.writable && socket.bytesWritten === 0 && socket.bytesRead > 0)
      socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address;
}
