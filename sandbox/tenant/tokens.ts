import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Documents } from '../documents.ts';
import { type AppRegistration, servicePrincipalId } from './apps.ts';
import { permissionsOf } from './ownRights.ts';

/** Seconds a token is good for, as Entra says it. Real time: the libraries that check tokens know no other. */
export const TOKEN_SECONDS = 3599;

export function issuerOf(tenantId: string): string {
  return `https://login.microsoftonline.com/${tenantId}/v2.0`;
}

export interface TokenAuthority {
  /** Public keys as the discovery endpoint shows them. */
  readonly keys: readonly JWK[];
  /** An app-only token; `audience` is the app's own unless told: a managed identity also asks for the token exchange. */
  issue(app: AppRegistration, tenantId: string, audience?: string): Promise<string>;
  /** An id token of a person's sign-in. `changes` replace the claims an honest one has; `null` leaves one out. */
  issueIdToken(app: AppRegistration, signIn: SignIn, changes: Readonly<Record<string, unknown>>): Promise<string>;
  /** Claims of a token issued here for this audience. Throws jose's errors for anything else. */
  verify(token: string, audience: string): Promise<JWTPayload>;
}

/** What a person's sign-in came to. */
export interface SignIn {
  readonly tenantId: string;
  readonly objectId: string;
  readonly userPrincipalName: string;
  readonly nonce?: string;
  /** Authentication contexts that were asked for and met. */
  readonly contexts: readonly string[];
  /** Seconds of the epoch, real time. */
  readonly authenticatedAt: number;
}

interface KeptKeys {
  readonly publicKey: JWK;
  readonly privateKey: JWK;
}

async function signingKeys(documents: Documents): Promise<KeptKeys> {
  const kept = documents.get<KeptKeys>('tenant.secrets', 'signingKey');
  if (kept) return kept;
  const pair = await generateKeyPair('RS256', { extractable: true });
  const named = { kid: randomUUID(), alg: 'RS256', use: 'sig' };
  const made = {
    publicKey: { ...(await exportJWK(pair.publicKey)), ...named },
    privateKey: { ...(await exportJWK(pair.privateKey)), ...named },
  };
  documents.put('tenant.secrets', 'signingKey', made);
  return made;
}

/** Opens the login server's signing key, making it at the first start. */
export async function openTokenAuthority(documents: Documents): Promise<TokenAuthority> {
  const { publicKey, privateKey } = await signingKeys(documents);
  const signing = await importJWK(privateKey, 'RS256');
  const checking = await importJWK(publicKey, 'RS256');
  return {
    keys: [publicKey],
    issue(app, tenantId, audience = app.audience) {
      const now = Math.floor(Date.now() / 1000);
      const id = servicePrincipalId(app, tenantId);
      return new SignJWT({
        tid: tenantId,
        appid: app.appId,
        azp: app.appId,
        azpacr: '1',
        oid: id,
        sub: id,
        idtyp: 'app',
        // Of another resource the app holds no permission of Graph.
        ...(audience === app.audience ? { roles: permissionsOf(documents, tenantId, app) } : {}),
        ver: '2.0',
        uti: randomUUID(),
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(publicKey.kid === undefined ? {} : { kid: publicKey.kid }) })
        .setIssuer(issuerOf(tenantId))
        .setAudience(audience)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + TOKEN_SECONDS)
        .sign(signing);
    },
    issueIdToken(app, { tenantId, objectId, userPrincipalName, nonce, contexts, authenticatedAt }, changes) {
      const now = Math.floor(Date.now() / 1000);
      const honest = {
        iss: issuerOf(tenantId),
        aud: app.appId,
        iat: now,
        nbf: now,
        exp: now + TOKEN_SECONDS,
        tid: tenantId,
        oid: objectId,
        sub: `${app.appId}/${objectId}`,
        preferred_username: userPrincipalName,
        auth_time: authenticatedAt,
        ...(nonce === undefined ? {} : { nonce }),
        ...(contexts.length === 0 ? {} : { acrs: contexts }),
        ver: '2.0',
        uti: randomUUID(),
      };
      const claims = Object.fromEntries(Object.entries({ ...honest, ...changes }).filter(([, value]) => value !== null));
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(publicKey.kid === undefined ? {} : { kid: publicKey.kid }) })
        .sign(signing);
    },
    async verify(token, audience) {
      const { payload } = await jwtVerify(token, checking, { audience, algorithms: ['RS256'], requiredClaims: ['exp', 'iss', 'tid'] });
      if (typeof payload.tid !== 'string' || payload.iss !== issuerOf(payload.tid))
        throw new Error('Issuer and tenant of the token differ.');
      return payload;
    },
  };
}
