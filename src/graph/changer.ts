import type { ChangerIdentity } from '../app/ports.ts';
import type { TokenSource } from './client.ts';

/**
 * Who the changer is in its tenant, by its own token: `oid` is the object id of its service principal there, which audits name, `appid` its
 * client id, which they often leave out, `roles` the permissions it was granted. A managed identity's are written nowhere else. Our own token of our own source: nothing is verified.
 *
 * @returns nothing where there is no token or it is no JWT: then no change is taken for ours
 */
export async function changerIdentity(credential: TokenSource, scope: string): Promise<ChangerIdentity> {
  const token = (await credential.getToken(scope))?.token ?? '';
  const claims = claimsOf(token);
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name].toLowerCase() : undefined);
  const [servicePrincipalId, appId] = [text('oid'), text('appid') ?? text('azp')];
  // An app that was granted nothing has a token without the claim (Learn, access-token-claims-reference).
  const { roles = [] } = claims;
  const permissions = servicePrincipalId && Array.isArray(roles) ? { permissions: roles.map(String) } : {};
  return { ...(servicePrincipalId ? { servicePrincipalId } : {}), ...(appId ? { appId } : {}), ...permissions };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {}; // an opaque token tells nothing
  }
}
