import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticated } from './authenticate.ts';
import { widened } from './extras.ts';
import type { Faults } from './faults.ts';
import type { GraphAnswer } from './graphRoute.ts';
import type { Limits } from './limits.ts';
import type { TenantState } from './state.ts';
import type { TokenAuthority } from './tokens.ts';
import type { TrafficRecorder } from './traffic.ts';
import type { WriteLog } from './writes.ts';

export interface GraphParts {
  readonly state: TenantState;
  readonly tokens: TokenAuthority;
  readonly faults: Faults;
  readonly writes: WriteLog;
  readonly traffic: TrafficRecorder;
  /** Answers are to be wider than their contract. */
  readonly extras: { readonly on: boolean };
  readonly limits: Limits;
}

export const GRAPH_PREFIX = '/v1.0';
/** Marks a request that came out of a `$batch`; the value is checked, so that nobody outside can set it. */
export const BATCH_HEADER = 'x-sandbox-batch';
export const batchMark = randomUUID();

const DATA_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** One request on its way. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly requestId: string;
  readonly clientRequestId: string;
  who: Authenticated | undefined;
}

/** Answers with the headers Graph sends, and has the exchange recorded. */
export function send(parts: GraphParts, { request, reply, requestId, clientRequestId, who }: Exchange, answer: GraphAnswer): FastifyReply {
  const data = answer.status < 400;
  reply.code(answer.status).headers({
    'cache-control': 'no-cache',
    'request-id': requestId,
    'client-request-id': clientRequestId,
    'strict-transport-security': 'max-age=31536000',
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"SANDBOX"}}',
    ...(answer.body ? { 'content-type': data ? DATA_TYPE : 'application/json' } : {}),
    ...(answer.body && data ? { 'odata-version': '4.0' } : {}),
    ...answer.headers,
  });
  parts.traffic.record({
    at: parts.state.clock.now().toISOString(),
    tenantId: who?.tenant.id ?? null,
    caller: who?.caller.app.name ?? null,
    request: { method: request.method, url: request.url, body: request.body ?? null },
    response: { status: answer.status, headers: reply.getHeaders(), body: answer.body ?? null },
  });
  if (answer.body === undefined) return reply.send();
  return reply.send(JSON.stringify(parts.extras.on ? widened(answer.body) : answer.body));
}

/** Cuts the connection instead of answering. */
export function drop(exchange: Exchange): FastifyReply {
  const { request, reply } = exchange;
  // Inside a batch there is no connection of its own to cut.
  if (request.headers[BATCH_HEADER] === batchMark) return reply.code(504).header('content-type', 'application/json').send('{}');
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}
