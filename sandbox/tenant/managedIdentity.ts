import type { FastifyInstance } from 'fastify';
import { APPS, HOME_TENANT } from '../world.ts';
import { EXCHANGE_AUDIENCE, GRAPH_AUDIENCE, REGISTRATIONS } from './apps.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { sameSecret } from './loginRefusal.ts';
import { TOKEN_SECONDS, type TokenAuthority } from './tokens.ts';

const APP_SERVICE_VERSION = '2019-08-01';
const METADATA_VERSION = '2018-02-01';

/**
 * The endpoint through which code on App Service gets tokens of its managed identity, found by IDENTITY_ENDPOINT and guarded by
 * IDENTITY_HEADER (Learn, "How to use managed identities for App Service", 2025). One user-assigned identity, and no system-assigned one.
 */
export function registerManagedIdentity(server: FastifyInstance, tokens: TokenAuthority, secret: string): void {
  server.get('/msi/token', async (request, reply) => {
    const refuse = (status: number, message: string) => reply.code(status).send({ statusCode: status, message });
    const asked = objectOf(request.query);
    if (!sameSecret(String(request.headers['x-identity-header']), secret)) return refuse(401, 'The identity header is wrong.');
    if (asked['api-version'] !== APP_SERVICE_VERSION) return refuse(400, `The api-version must be ${APP_SERVICE_VERSION}.`);
    const answer = await identityToken(tokens, asked);
    return typeof answer === 'string' ? refuse(400, answer) : answer;
  });
}

/**
 * The endpoint of a virtual machine, guarded by nothing but a header no web page can send (Learn, "How to use managed identities on an Azure
 * VM to acquire an access token", 2025). `@azure/identity` looks for it at AZURE_POD_IDENTITY_AUTHORITY_HOST where that is set.
 */
export function registerInstanceMetadata(server: FastifyInstance, tokens: TokenAuthority): void {
  server.get('/metadata/identity/oauth2/token', async (request, reply) => {
    const refuse = (error_description: string) => reply.code(400).send({ error: 'invalid_request', error_description });
    const asked = objectOf(request.query);
    if (String(request.headers.metadata).toLowerCase() !== 'true') return refuse('Required metadata header not specified');
    if (asked['api-version'] !== METADATA_VERSION) return refuse(`The api-version must be ${METADATA_VERSION}`);
    const answer = await identityToken(tokens, asked);
    return typeof answer === 'string' ? refuse(answer) : { ...answer, expires_in: String(TOKEN_SECONDS) };
  });
}

/** A token of the one identity there is, or why there is none. */
async function identityToken(tokens: TokenAuthority, asked: JsonObject): Promise<string | Readonly<Record<string, string>>> {
  const app = REGISTRATIONS.find(({ appId }) => appId === APPS.identity);
  if (!app || textOf(asked, 'client_id') !== app.appId) return 'No managed identity was found for the specified client id.';
  const resource = (textOf(asked, 'resource') ?? '').replace(/\/$/, '');
  if (resource !== GRAPH_AUDIENCE && resource !== EXCHANGE_AUDIENCE) return `The resource ${resource} was not found.`;
  const now = Math.floor(Date.now() / 1000);
  return {
    access_token: await tokens.issue(app, HOME_TENANT.id, resource),
    client_id: app.appId,
    expires_on: String(now + TOKEN_SECONDS),
    not_before: String(now),
    resource,
    token_type: 'Bearer',
  };
}
