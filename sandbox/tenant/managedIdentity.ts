import type { FastifyInstance } from 'fastify';
import { APPS, HOME_TENANT } from '../world.ts';
import { EXCHANGE_AUDIENCE, GRAPH_AUDIENCE, REGISTRATIONS } from './apps.ts';
import { objectOf, textOf } from './json.ts';
import { sameSecret } from './loginRefusal.ts';
import { TOKEN_SECONDS, type TokenAuthority } from './tokens.ts';

const VERSION = '2019-08-01';

/**
 * The endpoint through which code on App Service gets tokens of its managed identity, found by IDENTITY_ENDPOINT and guarded by
 * IDENTITY_HEADER (Learn, "How to use managed identities for App Service", 2025). One user-assigned identity, and no system-assigned one.
 */
export function registerManagedIdentity(server: FastifyInstance, tokens: TokenAuthority, secret: string): void {
  server.get('/msi/token', async (request, reply) => {
    const refuse = (status: number, message: string) => reply.code(status).send({ statusCode: status, message });
    const asked = objectOf(request.query);
    if (!sameSecret(String(request.headers['x-identity-header']), secret)) return refuse(401, 'The identity header is wrong.');
    if (asked['api-version'] !== VERSION) return refuse(400, `The api-version must be ${VERSION}.`);
    const app = REGISTRATIONS.find(({ appId }) => appId === APPS.identity);
    if (!app || textOf(asked, 'client_id') !== app.appId) return refuse(400, 'No managed identity was found for the specified client id.');
    const resource = (textOf(asked, 'resource') ?? '').replace(/\/$/, '');
    if (resource !== GRAPH_AUDIENCE && resource !== EXCHANGE_AUDIENCE) return refuse(400, `The resource ${resource} was not found.`);
    return {
      access_token: await tokens.issue(app, HOME_TENANT.id, resource),
      client_id: app.appId,
      expires_on: String(Math.floor(Date.now() / 1000) + TOKEN_SECONDS),
      not_before: String(Math.floor(Date.now() / 1000)),
      resource,
      token_type: 'Bearer',
    };
  });
}
