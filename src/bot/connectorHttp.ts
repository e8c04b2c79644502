import type { ConnectorClientOptions } from 'botframework-connector';
import { ChannelFault } from './channelFault.ts';

type HttpClient = NonNullable<ConnectorClientOptions['httpClient']>;

const ATTEMPT_TIMEOUT_MS = 8_000;
/** fetch sets these itself. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);
/** Failures before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * The last link of every call to the connector. Throws a `ChannelFault` for whatever is not a success, which the SDK's own retries leave
 * alone (they hold a turn for minutes when Retry-After says so); who calls decides what is tried again. Follows no redirect (AU-4).
 */
export function connectorHttp(mayReceive: (url: unknown) => boolean): HttpClient {
  return {
    async sendRequest(request) {
      if (!mayReceive(request.url)) throw new Error('the address is not one the bot may talk to');
      const response = await send(request);
      const body = await readBody(response);
      if (!response.ok) throw faultOf(response, body);
      // The SDK exports no constructor of its header type; a request's own is at hand and is emptied first.
      const headers = request.headers.clone();
      for (const name of headers.headerNames()) headers.remove(name);
      headers.set('content-type', response.headers.get('content-type') ?? 'application/json');
      return { request, headers, status: response.status, bodyAsText: body };
    },
  };
}

async function send(request: Parameters<HttpClient['sendRequest']>[0]): Promise<Response> {
  const headers = Object.entries(request.headers.toJson({ preserveCase: true })).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const body = typeof request.body === 'string' ? { body: request.body } : {};
  try {
    return await fetch(request.url, {
      method: request.method,
      headers,
      ...body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    });
  } catch (error) {
    throw new ChannelFault('Teams did not answer', { status: 0, ambiguous: !NOT_SENT.has(codeOf(error)), cause: error });
  }
}

async function readBody(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new ChannelFault('the answer of Teams broke off', { status: response.status, ambiguous: response.ok, cause: error });
  }
}

function faultOf(response: Response, body: string): ChannelFault {
  const { status } = response;
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  // 429 and 503 say that nothing was done; after another 5xx nobody knows.
  const ambiguous = status >= 500 && status !== 503;
  const code = /"code"\s*:\s*"(\w{1,64})"/.exec(body)?.[1];
  const message = `Teams answered ${status}${code === undefined ? '' : ` ${code}`}`;
  return new ChannelFault(message, { status, ambiguous, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Seconds, or an HTTP date. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** undici wraps what the socket said in `cause`. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : '';
}
