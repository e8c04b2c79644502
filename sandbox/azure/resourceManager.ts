import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors } from 'jose';
import { findApp, RESOURCE_MANAGER_AUDIENCE, servicePrincipalId } from '../tenant/apps.ts';
import { objectOf } from '../tenant/json.ts';
import { findTenant } from '../tenant/state.ts';
import type { TokenAuthority } from '../tenant/tokens.ts';
import { APPS, AZURE, HOME_TENANT } from '../world.ts';
import { isTaken } from './byHand.ts';
import { PROCESSING_RULES } from './processingRules.ts';
import { type AzureResource, type AzureResources, isOfType } from './resources.ts';

/** What can be listed, by which version of the API. Others are refused: the product must ask as it was tried. */
const VERSIONS: Readonly<Record<string, string>> = {
  'microsoft.insights/scheduledqueryrules': '2023-12-01',
  'microsoft.insights/actiongroups': '2023-01-01',
  'microsoft.securityinsights/alertrules': '2024-03-01',
  'microsoft.aadiam/diagnosticsettings': '2017-04-01',
  'microsoft.alertsmanagement/actionrules': '2021-08-08',
};
/** Small, so that whoever reads has to follow links. */
const PAGE = 5;

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Caller {
  readonly tenantId: string;
  readonly appId: string;
  readonly objectId: string;
}

/**
 * Azure Resource Manager, as far as the product reads it: five kinds of lists, by a token of our own login server made for it, of the
 * directory the subscription belongs to (Learn, resource-manager-common-errors; error codes as in public issues). Who may read: the product's
 * reader, as Monitoring Reader of the resource group and in each directory, and by a role on the subscription that lets it see alert processing
 * rules only; the last two unless somebody took them away. Nothing is written here: that is done by hand or by a template.
 */
export function registerResourceManager(server: FastifyInstance, resources: AzureResources, tokens: TokenAuthority): void {
  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    reply.headers({ 'x-ms-request-id': randomUUID(), 'cache-control': 'no-cache' });
    try {
      return reply.send(list(resources, request, await callerOf(request, tokens)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, code, message } = error;
      if (status === 401)
        reply.header('www-authenticate', 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"');
      return reply.code(status).send({ error: { code, message } });
    }
  };
  for (const url of ['/subscriptions/*', '/providers/*']) server.get(url, handle);
}

async function callerOf(request: FastifyRequest, tokens: TokenAuthority): Promise<Caller> {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Refused(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  const claims = await tokens.verify(token, RESOURCE_MANAGER_AUDIENCE).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired)
      throw new Refused(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than current UTC time.');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
      throw new Refused(401, 'InvalidAuthenticationTokenAudience', 'The access token has been obtained for wrong audience or resource.');
    throw new Refused(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  });
  const tenant = findTenant(String(claims.tid));
  const app = tenant && findApp(String(claims.appid), tenant);
  if (!tenant || !app) throw new Refused(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  return { tenantId: tenant.id, appId: app.appId, objectId: servicePrincipalId(app, tenant.id) };
}

function list(resources: AzureResources, request: FastifyRequest, caller: Caller): object {
  const [path = ''] = request.url.split('?');
  const query = objectOf(request.query);
  const [, scope = '', type = ''] = /^(.*)\/providers\/([^/]+\/[^/]+)$/.exec(path) ?? [];
  const version = VERSIONS[type.toLowerCase()];
  if (version === undefined) throw new Refused(404, 'InvalidResourceType', `The resource type could not be found in ${path}.`);
  const asked = query['api-version'];
  if (asked === undefined)
    throw new Refused(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.');
  if (asked !== version)
    throw new Refused(
      400,
      'NoRegisteredProviderFound',
      `No registered resource provider found for type '${type}' and API version '${String(asked)}'.`,
    );
  authorize(resources, caller, scope, type);
  const tenantId = scope === '' ? caller.tenantId : HOME_TENANT.id;
  const all = resources.all().filter((each) => each.tenantId === tenantId && isOfType(each, type) && within(each.id, scope));
  const from = Number(query.$skipToken ?? 0);
  const value = all.slice(from, from + PAGE).map(shown);
  if (from + PAGE >= all.length) return { value };
  return { value, nextLink: `${RESOURCE_MANAGER_AUDIENCE}${path}?api-version=${version}&$skipToken=${from + PAGE}` };
}

function authorize(resources: AzureResources, { tenantId, appId, objectId }: Caller, scope: string, type: string): void {
  if (scope !== '') {
    if (!within(scope, AZURE.subscription))
      throw new Refused(404, 'SubscriptionNotFound', `The subscription of '${scope}' could not be found.`);
    if (tenantId !== HOME_TENANT.id)
      throw new Refused(
        401,
        'InvalidAuthenticationTokenTenant',
        'The access token is from the wrong issuer. It must match the tenant associated with this subscription.',
      );
  }
  const sees =
    scope === ''
      ? !isTaken(resources, tenantId, 'diagnostic-settings')
      : within(scope, AZURE.resourceGroup) || (isProcessing(type) && !isTaken(resources, tenantId, 'processing-rules'));
  if (appId === APPS.reader && sees) return;
  throw new Refused(
    403,
    'AuthorizationFailed',
    `The client '${appId}' with object id '${objectId}' does not have authorization to perform action '${type}/read' over scope '${scope || '/'}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

const isProcessing = (type: string): boolean => type.toLowerCase() === PROCESSING_RULES.toLowerCase();
const within = (scope: string, outer: string): boolean => `${scope}/`.toLowerCase().startsWith(`${outer}/`.toLowerCase());

function shown({ id, name, type, location, kind, properties }: AzureResource): object {
  return { id, name, type, ...(location === undefined ? {} : { location }), ...(kind === undefined ? {} : { kind }), properties };
}
