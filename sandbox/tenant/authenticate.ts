import type { FastifyRequest } from 'fastify';
import { errors } from 'jose';
import type { SandboxTenant } from '../world.ts';
import { findApp, GRAPH_AUDIENCE, servicePrincipalId } from './apps.ts';
import { GraphFault } from './graphFault.ts';
import type { Caller } from './graphRoute.ts';
import { findTenant } from './state.ts';
import type { TokenAuthority } from './tokens.ts';

export interface Authenticated {
  readonly tenant: SandboxTenant;
  readonly caller: Caller;
}

const refused = (message: string): GraphFault => new GraphFault(401, 'InvalidAuthenticationToken', message);

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'Lifetime validation failed, the token is expired.';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return 'Access token validation failure. Invalid audience.';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Access token validation failure. Invalid signature.';
  return 'Invalid access token.';
}

/** Who calls: by a token of our own login server for Graph, nothing else. Throws 401 InvalidAuthenticationToken. */
export async function authenticate(request: FastifyRequest, tokens: TokenAuthority): Promise<Authenticated> {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw refused('Access token is empty.');
  const claims = await tokens.verify(token, GRAPH_AUDIENCE).catch((error: unknown) => {
    throw refused(reason(error));
  });
  const tenant = findTenant(String(claims.tid));
  const app = tenant && findApp(String(claims.appid), tenant);
  if (!tenant || !app) throw refused('Invalid access token.');
  const roles = Array.isArray(claims.roles) ? claims.roles.map(String) : [];
  return { tenant, caller: { app, servicePrincipalId: servicePrincipalId(app, tenant.id), permissions: new Set(roles) } };
}
