import type { FastifyInstance } from 'fastify';
import { Senseless } from '../tenant/byHand.ts';
import { type JsonObject, objectOf, textOf } from '../tenant/json.ts';
import { findUser } from '../tenant/membership.ts';
import type { TenantState } from '../tenant/state.ts';
import { AZURE_TASKS, RULES } from './byHand.ts';
import type { Pipeline } from './pipeline.ts';
import { type AzureResource, type AzureResources, isOfType, queryOf } from './resources.ts';

/** `GET /sandbox/azure` tells what is there; `POST` does what an administrator, or somebody worse, does by hand. */
export function registerAzureControl(server: FastifyInstance, state: TenantState, resources: AzureResources, pipeline: Pipeline): void {
  const told = () => ({ pipeline: pipeline.on, resources: resources.all().map(summary) });

  server.get('/sandbox/azure', async () => told());
  server.post('/sandbox/azure', async (request, reply) => {
    const body = objectOf(request.body);
    const name = textOf(body, 'do') ?? '';
    const task = AZURE_TASKS[name];
    if (name === 'deploy') await pipeline.run(true);
    else if (name === 'pipeline' && typeof body.on === 'boolean') pipeline.turn(body.on);
    else if (task) {
      try {
        state.together(() => task(resources, withUserId(state, body)));
      } catch (error) {
        if (error instanceof Senseless) return reply.code(400).send({ error: error.message });
        throw error;
      }
    } else {
      const known = [...Object.keys(AZURE_TASKS), 'deploy', 'pipeline (with on: true or false)'];
      return reply.code(400).send({ error: `do must be one of ${known.join(', ')}.` });
    }
    return told();
  });
}

/** Rules know ids; people know names. */
function withUserId(state: TenantState, body: JsonObject): JsonObject {
  const name = textOf(body, 'userPrincipalName');
  return name === undefined ? body : { ...body, userId: findUser(state, textOf(body, 'tenantId') ?? '', name)?.id };
}

function summary(resource: AzureResource) {
  const { name, type, tenantId, properties } = resource;
  const title = properties.displayName;
  return {
    name,
    type,
    tenantId,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof properties.enabled === 'boolean' ? { enabled: properties.enabled } : {}),
    ...(isOfType(resource, ...RULES) ? { accounts: accountsIn(resource) } : {}),
  };
}

/** Ids in the list of a rule; the one on changes names the exclusion group too, in another list. */
function accountsIn(rule: AzureResource): readonly string[] {
  const list = /\b(?:in~|InitiatedBy\) has_any) \(([^)]*)\)/.exec(queryOf(rule))?.[1] ?? '';
  return [...list.matchAll(/[0-9a-f-]{36}/gi)].map(([id]) => id);
}
