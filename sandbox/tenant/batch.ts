import type { FastifyInstance } from 'fastify';
import { type Authenticated, authenticate } from './authenticate.ts';
import { faultBody, GraphFault } from './graphFault.ts';
import { BATCH_HEADER, batchMark, GRAPH_PREFIX, type GraphParts } from './graphReply.ts';
import { isObject, type JsonObject, objectOf } from './json.ts';

interface Item {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: JsonObject;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

const MOST = 20;
const invalid = (message: string): GraphFault => new GraphFault(400, 'BadRequest', `Invalid batch payload format. ${message}`);

function itemsOf(body: unknown): Item[] {
  const requests = objectOf(body).requests;
  if (!Array.isArray(requests) || requests.length === 0) throw invalid("'requests' must be an array with at least one request.");
  if (requests.length > MOST) throw invalid(`The number of batch request steps exceeds the maximum value of ${MOST}.`);
  const seen = new Set<string>();
  return requests.map((request: unknown) => {
    const { id, method, url, headers, body: inner, dependsOn } = objectOf(request);
    if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string' || !url.startsWith('/')) {
      throw invalid('Every request needs id, method and a relative url.');
    }
    if (seen.has(id.toLowerCase())) throw invalid(`The request id '${id}' is not unique.`);
    const known = (['GET', 'POST', 'PATCH', 'DELETE'] as const).find((one) => one === method.toUpperCase());
    if (!known) throw invalid(`Method '${method}' is not supported.`);
    const before = Array.isArray(dependsOn) ? dependsOn.map(String) : [];
    if (before.some((one) => !seen.has(one.toLowerCase()))) throw invalid(`dependsOn of request '${id}' names no earlier request.`);
    seen.add(id.toLowerCase());
    const sent = objectOf(headers);
    if (isObject(inner) && !Object.keys(sent).some((name) => name.toLowerCase() === 'content-type')) {
      throw invalid(`Write request id : ${id} does not contain Content-Type header or body.`);
    }
    return { id, method: known, url, headers: sent, body: inner, dependsOn: before };
  });
}

/** `POST /v1.0/$batch`: up to 20 requests, each answered by itself; a request whose predecessor failed gets 424. */
export function registerBatch(server: FastifyInstance, { state, tokens, traffic }: GraphParts): void {
  server.post(`${GRAPH_PREFIX}/$batch`, async (request, reply) => {
    let who: Authenticated | undefined;
    const record = (status: number, body: unknown): void =>
      traffic.record({
        at: state.clock.now().toISOString(),
        tenantId: who?.tenant.id ?? null,
        caller: who?.caller.app.name ?? null,
        request: { method: request.method, url: request.url, body: request.body ?? null },
        response: { status, headers: {}, body },
      });
    const fail = (fault: GraphFault) => {
      const body = faultBody(fault, state.clock.now(), request.id, request.id);
      record(fault.status, body);
      return reply.code(fault.status).send(body);
    };
    let items: Item[];
    try {
      who = await authenticate(request, tokens);
      items = itemsOf(request.body);
    } catch (error) {
      if (error instanceof GraphFault) return fail(error);
      throw error;
    }
    const responses: JsonObject[] = [];
    const failed = new Set<string>();
    for (const item of items) {
      if (item.dependsOn.some((id) => failed.has(id.toLowerCase()))) {
        failed.add(item.id.toLowerCase());
        const fault = new GraphFault(424, 'FailedDependency', 'One or more dependencies failed.');
        const body = faultBody(fault, state.clock.now(), request.id, request.id);
        responses.push({ id: item.id, status: 424, headers: { 'Content-Type': 'application/json' }, body });
        continue;
      }
      const own = Object.fromEntries(Object.entries(item.headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
      const answer = await server.inject({
        method: item.method,
        // The JavaScript client leaves the version in the relative url, and Graph takes it.
        url: item.url.startsWith(`${GRAPH_PREFIX}/`) ? item.url : GRAPH_PREFIX + item.url,
        headers: {
          ...own,
          authorization: request.headers.authorization ?? '',
          host: request.headers.host ?? '',
          [BATCH_HEADER]: batchMark,
        },
        ...(isObject(item.body) ? { payload: item.body } : {}),
      });
      if (answer.statusCode >= 400) failed.add(item.id.toLowerCase());
      const retryAfter = answer.headers['retry-after'];
      responses.push({
        id: item.id,
        status: answer.statusCode,
        headers: {
          'Cache-Control': 'no-cache',
          'Content-Type': answer.headers['content-type'] ?? 'application/json',
          ...(answer.headers.location === undefined ? {} : { Location: answer.headers.location }),
          ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
        },
        body: answer.payload === '' ? null : (JSON.parse(answer.payload) as unknown),
      });
    }
    record(200, { responses });
    return { responses };
  });
}
