import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from './authenticate.ts';
import type { Fault } from './faults.ts';
import { denied, faultBody, GraphFault } from './graphFault.ts';
import { drop, type Exchange, GRAPH_PREFIX, type GraphParts, send } from './graphReply.ts';
import { type GraphAnswer, type GraphRoute, holds } from './graphRoute.ts';
import { injectedFault } from './injectedFault.ts';
import { isObject, type JsonObject } from './json.ts';

function queryOf(request: FastifyRequest): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(isObject(request.query) ? request.query : {})) {
    if (typeof value === 'string') query[name.startsWith('$') ? name.toLowerCase() : name] = value;
    else
      throw new GraphFault(
        400,
        'BadRequest',
        `Query option '${name}' was specified more than once, but it must be specified at most once.`,
      );
  }
  return query;
}

function unitsOf(route: GraphRoute, query: Record<string, string>): number {
  const lower = (query.$select === undefined ? 0 : 1) + (Number(query.$top ?? 20) < 20 ? 1 : 0);
  const more = query.$expand === undefined ? 0 : 1;
  return Math.max(1, (route.resourceUnits ?? 1) + more - lower);
}

function bodyOf(request: FastifyRequest): JsonObject {
  if (request.body === undefined || request.body === null) return {};
  if (isObject(request.body)) return request.body;
  throw new GraphFault(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

/** Carries out one operation. A write, its audits and its record are one transaction. */
function carryOut(parts: GraphParts, exchange: Exchange, route: GraphRoute | undefined): GraphAnswer {
  const { request, who } = exchange;
  if (!who) throw new Error('Not authenticated.');
  const path = (request.url.split('?')[0] ?? '').slice(GRAPH_PREFIX.length);
  const isWrite = writes(request);
  const record = (status: number): void => {
    if (isWrite) recordWrite(parts, exchange, status);
  };
  const work = (): GraphAnswer => {
    if (!route) throw new GraphFault(400, 'BadRequest', `Resource not found for the segment '${path.split('/').at(1) ?? ''}'.`);
    const query = queryOf(request);
    const units = isWrite ? 1 : unitsOf(route, query);
    const limited = parts.limits.take(who, route, { isWrite, units });
    if (!holds(who.caller, route.permissions)) throw denied();
    const answer = route.handle({
      ...who,
      params: isObject(request.params) ? (request.params as Record<string, string>) : {},
      query,
      path,
      body: bodyOf(request),
      eventual: String(request.headers.consistencylevel).toLowerCase() === 'eventual',
      requestId: exchange.requestId,
    });
    record(answer.status);
    return { ...answer, headers: { 'x-ms-resource-unit': String(units), ...limited, ...answer.headers } };
  };
  return isWrite ? parts.state.together(work) : work();
}

/** Graph's actions that only read, and the envelope whose parts are recorded one by one. */
const READS_BY_POST = /\/(checkMemberGroups|getMemberGroups|getByIds|evaluate|\$batch)$/;

const writes = ({ method, url }: FastifyRequest): boolean => method !== 'GET' && !READS_BY_POST.test(url.split('?')[0] ?? '');

function recordWrite({ writes }: GraphParts, { request, who }: Exchange, status: number): void {
  const { method, url: path, body } = request;
  writes.record({ tenantId: who?.tenant.id ?? null, caller: who?.caller.app.name ?? null, method, path, body, status });
}

function refusal(parts: GraphParts, exchange: Exchange, error: unknown): GraphAnswer {
  if (!(error instanceof GraphFault)) throw error;
  if (writes(exchange.request)) recordWrite(parts, exchange, error.status);
  const body = faultBody(error, parts.state.clock.now(), exchange.requestId, exchange.clientRequestId);
  return { status: error.status, body, ...(error.extras.headers === undefined ? {} : { headers: error.extras.headers }) };
}

/** Handler of one route, or of paths nobody knows. */
export function graphHandler(parts: GraphParts, route: GraphRoute | undefined) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const requestId = randomUUID();
    const given = request.headers['client-request-id'];
    const clientRequestId = typeof given === 'string' && given !== '' ? given : requestId;
    const exchange: Exchange = { request, reply, requestId, clientRequestId, who: undefined };
    const fault: Fault | undefined = parts.faults.take(request.method, request.url.split('?')[0] ?? '');
    /** @returns whether the tenant is still there when the delay is over */
    const late = async (when: Fault['when']): Promise<boolean> => {
      if (fault?.delayMs !== undefined && fault.when === when) await sleep(fault.delayMs, undefined, { ref: false });
      return fault?.delayMs === undefined || request.server.server.listening;
    };
    if (!(await late('before'))) return drop(exchange);
    const answer = await (async () => {
      try {
        exchange.who = await authenticate(request, parts.tokens);
        if (fault?.when === 'before') {
          if (fault.status !== undefined) throw injectedFault(fault);
          if (fault.drop) throw new Dropped();
        }
        return carryOut(parts, exchange, route);
      } catch (error) {
        if (error instanceof Dropped) return undefined;
        return refusal(parts, exchange, error);
      }
    })();
    if (!(await late('after'))) return drop(exchange);
    if (!answer && writes(request)) recordWrite(parts, exchange, 0);
    if (!answer || (fault?.when === 'after' && fault.drop)) return drop(exchange);
    const retryAfter: Record<string, string> = fault?.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
    if (fault?.when === 'after' && fault.status !== undefined) {
      const body = faultBody(injectedFault(fault), parts.state.clock.now(), requestId, clientRequestId);
      return send(parts, exchange, { status: fault.status, body, headers: retryAfter });
    }
    return send(parts, exchange, { ...answer, headers: { ...answer.headers, ...retryAfter } });
  };
}

class Dropped extends Error {}

export function registerGraph(server: FastifyInstance, parts: GraphParts, routes: readonly GraphRoute[]): void {
  for (const route of routes) server.route({ method: route.method, url: GRAPH_PREFIX + route.path, handler: graphHandler(parts, route) });
}
