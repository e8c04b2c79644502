import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import * as oidc from 'openid-client';
import { no, ok, type Result } from '../core/result.ts';
import type { Binding } from './binding.ts';

export interface SignInSettings {
  /** Tenant the people live in; nobody of another one can prove anything. */
  readonly tenantId: string;
  /** A registration of its own: whoever holds the bot's credential must not be able to prove anything with it. */
  readonly clientId: string;
  readonly credential: ProofCredential;
  readonly issuer: string;
  /** Where people sign in and codes are redeemed. Pinned: no discovery document can name another host (GR-8, ST-3). */
  readonly loginOrigin: string;
  /** Authentication context of Conditional Access the sign-in must have met. */
  readonly authenticationContext?: string;
  /** How long ago the person may have authenticated when the answer comes. */
  readonly minutes: number;
  /** The login server talks http: the sandbox's does. Refused for any host but loopback. */
  readonly loopbackHttp?: true;
}

export type ProofCredential =
  | { readonly type: 'secret'; readonly secret: string }
  /** PEM with the certificate and its RSA private key. */
  | { readonly type: 'certificate'; readonly pem: string };

/** Where each cloud signs people in with tokens of version 2; the issuer of a tenant is `<origin>/<tenant>/v2.0` (Learn, "National clouds", 2026-02). */
/** Whom the directory says just signed in. */
export interface SignedInPerson {
  readonly objectId: string;
  readonly at: Date;
}

export interface SignIn {
  /** Where to send the browser. */
  begin(binding: Binding, redirectUri: string): Promise<URL>;
  /** @returns who signed in, or a short code of what was wrong: for the log, never for the caller (HT-5) */
  finish(answer: URL, binding: Binding): Promise<Result<SignedInPerson, string>>;
}

const TIMEOUT_SECONDS = 8;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Authorization code flow with PKCE by openid-client; the id token's signature is checked too, though it comes over TLS. */
export async function openSignIn(settings: SignInSettings): Promise<SignIn> {
  const { tenantId, clientId, issuer, loginOrigin, authenticationContext, minutes } = settings;
  const tokenEndpoint = `${loginOrigin}/${tenantId}/oauth2/v2.0/token`;
  const server: oidc.ServerMetadata = {
    issuer,
    authorization_endpoint: `${loginOrigin}/${tenantId}/oauth2/v2.0/authorize`,
    token_endpoint: tokenEndpoint,
    jwks_uri: `${loginOrigin}/${tenantId}/discovery/v2.0/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const config = new oidc.Configuration(server, clientId, {}, await authenticationWith(settings.credential, tokenEndpoint));
  config.timeout = TIMEOUT_SECONDS;
  oidc.enableNonRepudiationChecks(config);
  if (settings.loopbackHttp) {
    if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(loginOrigin)) throw new TypeError('http is for a login server on loopback only');
    oidc.allowInsecureRequests(config);
  }
  const claims =
    authenticationContext === undefined
      ? {}
      : { claims: JSON.stringify({ id_token: { acrs: { essential: true, value: authenticationContext } } }) };
  return {
    async begin({ state, nonce, verifier }, redirectUri) {
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        response_type: 'code',
        response_mode: 'query',
        // `profile`: without it Entra leaves oid and tid out of the id token.
        scope: 'openid profile',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // An open session is not enough: the person authenticates now.
        prompt: 'login',
        max_age: '0',
        ...claims,
      });
    },
    async finish(answer, { state, nonce, verifier }) {
      let token: oidc.IDToken | undefined;
      try {
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          maxAge: minutes * 60,
          idTokenExpected: true,
        };
        token = (await oidc.authorizationCodeGrant(config, answer, checks)).claims();
      } catch (error) {
        return no(faultCode(error));
      }
      if (!token) return no('no-id-token');
      const { tid, oid, auth_time: at, acrs } = token;
      if (tid !== tenantId) return no('other-tenant');
      if (typeof oid !== 'string' || !GUID.test(oid)) return no('no-object-id');
      if (typeof at !== 'number') return no('no-authentication-time');
      if (authenticationContext !== undefined && ![acrs].flat().includes(authenticationContext)) return no('no-authentication-context');
      return ok({ objectId: oid, at: new Date(at * 1000) });
    },
  };
}

/** A short code: what the messages of these errors quote may come from anybody. */
function faultCode(error: unknown): string {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
    return `login-${error.error.slice(0, 60)}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

/** @throws when the text does not hold an RSA key and the certificate made for it */
export function checkCertificate(pem: string): void {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new TypeError('not an RSA key');
  if (!new X509Certificate(pem).checkPrivateKey(key)) throw new TypeError('the certificate is for another key');
}

async function authenticationWith(credential: ProofCredential, tokenEndpoint: string): Promise<oidc.ClientAuth> {
  if (credential.type === 'secret') return oidc.ClientSecretPost(credential.secret);
  const der = createPrivateKey(credential.pem).export({ type: 'pkcs8', format: 'der' });
  const key = await crypto.subtle.importKey('pkcs8', der, { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign']);
  const thumbprint = createHash('sha256').update(new X509Certificate(credential.pem).raw).digest('base64url');
  return oidc.PrivateKeyJwt(key, {
    [oidc.modifyAssertion](header, payload) {
      // As Entra wants it (Learn, "Microsoft identity platform application authentication certificate credentials", 2026-01).
      header['x5t#S256'] = thumbprint;
      payload.aud = tokenEndpoint;
    },
  });
}
