import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { ConnectorClientOptions } from 'botframework-connector';
import { ChannelFault } from './channelFault.ts';

type HttpClient = NonNullable<ConnectorClientOptions['httpClient']>;

const ATTEMPT_TIMEOUT_MS = 8_000;
/** Shorter than what servers keep a connection open for: a message sent into one that is just being closed is lost or not, nobody knows. */
const IDLE_CONNECTION_MS = 4_000;
/** What of the SDK's headers is not passed on: these are set here or by Node. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);
/** Failures before anything was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/**
 * The last link of every call to the connector. Throws a `ChannelFault` for whatever is not a success, which the SDK's own retries leave
 * alone (they hold a turn for minutes when Retry-After says so); who calls decides what is tried again. Follows no redirect (AU-4).
 * Node's own client and not fetch, which took a third of all the CPU of a turn (docs/performance.md).
 */
export function connectorHttp(mayReceive: (url: unknown) => boolean): HttpClient {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const agents = { plain: new PlainAgent(options), secure: new SecureAgent(options) };
  return {
    async sendRequest(request) {
      if (!mayReceive(request.url)) throw new Error('the address is not one the bot may talk to');
      const response = await send(request, agents);
      const status = response.statusCode ?? 0;
      const body = await readBody(response, status);
      if (!isSuccess(status)) throw faultOf(status, response.headers['retry-after'], body);
      // The SDK exports no constructor of its header type; a request's own is at hand and is emptied first.
      const headers = request.headers.clone();
      for (const name of headers.headerNames()) headers.remove(name);
      headers.set('content-type', response.headers['content-type'] ?? 'application/json');
      return { request, headers, status, bodyAsText: body };
    },
  };
}

interface Agents {
  readonly plain: PlainAgent;
  readonly secure: SecureAgent;
}

/** The signal ends the whole attempt, the reading of the answer too. */
function send(request: Parameters<HttpClient['sendRequest']>[0], { plain, secure }: Agents): Promise<IncomingMessage> {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const given = Object.entries(request.headers.toJson({ preserveCase: true })).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
    const body = typeof request.body === 'string' ? request.body : '';
    // Stated always: Node itself leaves it out where a method has no body as a rule, and what follows would be read as another request.
    const headers = { ...Object.fromEntries(given), 'content-length': Buffer.byteLength(body) };
    const options = { method: request.method, headers, signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) };
    const call = request.url.startsWith('https:')
      ? secureRequest(request.url, { ...options, agent: secure })
      : plainRequest(request.url, { ...options, agent: plain });
    call.once('response', resolve);
    call.on('error', reject); // stays: an error after the answer began reaches its reader, and must not end the process here
    call.end(body);
  }).catch((error: unknown) => {
    throw new ChannelFault('Teams did not answer', { status: 0, ambiguous: !NOT_SENT.has(codeOf(error)), cause: error });
  });
}

async function readBody(response: IncomingMessage, status: number): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw new ChannelFault('the answer of Teams broke off', { status, ambiguous: isSuccess(status), cause: error });
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function faultOf(status: number, retryAfterHeader: string | undefined, body: string): ChannelFault {
  const retryAfterMs = retryAfter(retryAfterHeader);
  // 429 and 503 say that nothing was done; after another 5xx nobody knows.
  const ambiguous = status >= 500 && status !== 503;
  const code = /"code"\s*:\s*"(\w{1,64})"/.exec(body)?.[1];
  const message = `Teams answered ${status}${code === undefined ? '' : ` ${code}`}`;
  return new ChannelFault(message, { status, ambiguous, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Seconds, or an HTTP date. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
