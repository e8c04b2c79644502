import type { FastifyInstance } from 'fastify';
import { isObject, type JsonObject, objectOf } from './json.ts';
import type { TenantState } from './state.ts';

/** What Graph's contract does not declare, in the shapes such things come in. */
const UNDECLARED = { sandboxUndeclared: 'not in the contract', sandboxUndeclaredList: [{ id: '0' }], sandboxUndeclaredNothing: null };

/**
 * Real answers are wider than their contract: audit rows name a `homeTenantId`, role assignments a `resourceScope`, lists bring
 * `@microsoft.graph.tips` (graph facts, section 2). Gives every object of an answer something undeclared, so that whoever reads it must
 * look for what it knows and pass over the rest.
 */
export function widened(body: JsonObject): JsonObject {
  const wider = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(wider);
    if (!isObject(value)) return value;
    return { ...Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wider(inner)])), ...UNDECLARED };
  };
  return { ...objectOf(wider(body)), '@microsoft.graph.tips': 'Use $select to choose only the properties your app needs.' };
}

/** `POST /sandbox/extras {"on": true}`: answers of Graph become wider than their contract. Off at first. */
export function openExtras(server: FastifyInstance, { documents }: TenantState): { readonly on: boolean } {
  server.post('/sandbox/extras', async (request, reply) => {
    const { on } = objectOf(request.body);
    if (typeof on !== 'boolean') return reply.code(400).send({ error: 'Say {"on": true} or {"on": false}.' });
    documents.put('tenant.settings', 'extras', { on });
    return { on };
  });
  return {
    get on() {
      return documents.get<{ on: boolean }>('tenant.settings', 'extras')?.on ?? false;
    },
  };
}
