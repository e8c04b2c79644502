import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientSecrets, findApp, REGISTRATIONS, RESOURCE_MANAGER_AUDIENCE } from './apps.ts';
import { type AppTrust, refuseClient } from './clientProof.ts';
import { graphInstant, objectOf, textOf } from './json.ts';
import { bad, type LoginRefusal } from './loginRefusal.ts';
import { writeRow } from './logs.ts';
import { redeemCode } from './redeem.ts';
import { servicePrincipalRow } from './servicePrincipalRow.ts';
import { findTenant, type TenantState } from './state.ts';
import { issuerOf, TOKEN_SECONDS, type TokenAuthority } from './tokens.ts';

function refuse(reply: FastifyReply, { status, error, number, text }: LoginRefusal): FastifyReply {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = graphInstant(new Date()).replace('T', ' ');
  return reply.code(status).send({
    error,
    error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  });
}

/** The login server: tokens, discovery and keys, for every tenant. Where people sign in is authorize.ts. */
export function registerLogin(server: FastifyInstance, state: TenantState, tokens: TokenAuthority, trust: AppTrust): void {
  const secrets = clientSecrets(state.documents);
  type Request = FastifyRequest<{ Params: { tenant: string } }>;
  const urlOf = ({ protocol, host }: Request): string => `${protocol}://${host}`;

  server.post('/:tenant/oauth2/v2.0/token', async (request: Request, reply) => {
    reply.header('cache-control', 'no-store, no-cache');
    const tenant = findTenant(request.params.tenant);
    if (!tenant) {
      const text = `Tenant '${request.params.tenant}' not found. Check to make sure you have the correct tenant ID.`;
      return refuse(reply, bad('invalid_request', 90002, text));
    }
    const form = objectOf(request.body);
    if (form.grant_type === 'authorization_code') {
      const answer = await redeemCode(state, tokens, tenant, form, secrets);
      return 'error' in answer ? refuse(reply, answer) : answer;
    }
    for (const name of ['grant_type', 'client_id', 'scope']) {
      if (textOf(form, name)) continue;
      return refuse(reply, bad('invalid_request', 900144, `The request body must contain the following parameter: '${name}'.`));
    }
    if (form.grant_type !== 'client_credentials') {
      return refuse(reply, bad('unsupported_grant_type', 70003, `The app requested an unsupported grant type '${form.grant_type}'.`));
    }
    const clientId = String(form.client_id);
    const app = findApp(clientId, tenant);
    if (!app || app.name === 'azureMonitor' || app.name === 'identity') {
      const text = `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'.`;
      return refuse(reply, bad('unauthorized_client', 700016, text));
    }
    const endpoints = [tenant.id, tenant.initialDomain].map((name) => `${urlOf(request)}/${name}/oauth2/v2.0/token`);
    const unproven = await refuseClient(form, app, tenant, { secrets, trust, endpoints });
    if (unproven) return refuse(reply, unproven);
    const scope = String(form.scope);
    const resource = /^(.+?)\/\.default$/.exec(scope)?.[1];
    if (resource === undefined) {
      return refuse(
        reply,
        bad(
          'invalid_scope',
          1002012,
          `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
        ),
      );
    }
    const forAzure = resource === RESOURCE_MANAGER_AUDIENCE;
    if (!forAzure && !REGISTRATIONS.some((known) => known.audience === resource)) {
      const text = `The resource principal named ${resource} was not found in the tenant named ${tenant.displayName}.`;
      return refuse(reply, bad('invalid_resource', 500011, text));
    }
    if (!forAzure && app.audience !== resource) {
      return refuse(
        reply,
        bad('invalid_grant', 501051, `Application '${app.appId}' is not assigned to a role for the application '${resource}'.`),
      );
    }
    writeRow(state, 'ServicePrincipalSignInLogs', servicePrincipalRow(app, tenant, resource, state.clock.now()));
    return {
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      ext_expires_in: TOKEN_SECONDS,
      access_token: await tokens.issue(app, tenant.id, resource),
    };
  });

  server.get('/:tenant/v2.0/.well-known/openid-configuration', async (request: Request, reply) => {
    const tenant = findTenant(request.params.tenant);
    if (!tenant) return refuse(reply, bad('invalid_tenant', 90002, `Tenant '${request.params.tenant}' not found.`));
    return {
      issuer: issuerOf(tenant.id),
      token_endpoint: `${urlOf(request)}/${tenant.id}/oauth2/v2.0/token`,
      jwks_uri: `${urlOf(request)}/${tenant.id}/discovery/v2.0/keys`,
      authorization_endpoint: `${urlOf(request)}/${tenant.id}/oauth2/v2.0/authorize`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
    };
  });

  server.get('/:tenant/discovery/v2.0/keys', async (request: Request, reply) => {
    const tenant = findTenant(request.params.tenant);
    if (!tenant) return refuse(reply, bad('invalid_tenant', 90002, `Tenant '${request.params.tenant}' not found.`));
    return { keys: tokens.keys.map((key) => ({ ...key, issuer: issuerOf(tenant.id) })) };
  });
}
