import { createHash, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { SandboxTenant } from '../world.ts';
import { type AppName, type AppRegistration, type ClientSecrets, EXCHANGE_AUDIENCE } from './apps.ts';
import { type JsonObject, textOf } from './json.ts';
import { bad, type LoginRefusal, sameSecret } from './loginRefusal.ts';
import { issuerOf } from './tokens.ts';

/** A token issuer outside that an app registration trusts: a managed identity's tenant, or a Kubernetes cluster. */
export interface FederatedCredential {
  readonly app: AppName;
  readonly issuer: string;
  readonly subject: string;
  readonly keys: readonly JWK[];
}

/** What app registrations are known by, besides their secrets. */
export interface AppTrust {
  /** PEM of the certificates uploaded to a registration; private keys in it are ignored. */
  readonly certificates: readonly { readonly app: AppName; readonly pem: string }[];
  readonly federated: readonly FederatedCredential[];
}

/** Seconds two clocks may differ, as Entra says it; the libraries round `nbf` up. */
const SKEW_SECONDS = 300;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const invalid = (number: number, text: string): LoginRefusal => bad('invalid_client', number, text, 401);

/**
 * Who asks for a token must be who it says: by secret, by an assertion signed with the key of its certificate, or by a token of an issuer
 * it trusts (Learn, "Application certificate credentials" and "Workload identity federation", 2026).
 *
 * @param endpoints the spellings of the token endpoint an assertion may be addressed to
 * @returns why not, or nothing
 */
export async function refuseClient(
  form: JsonObject,
  app: AppRegistration,
  tenant: SandboxTenant,
  { secrets, trust, endpoints }: { secrets: ClientSecrets; trust: AppTrust; endpoints: readonly string[] },
): Promise<LoginRefusal | undefined> {
  const assertion = textOf(form, 'client_assertion');
  if (assertion === undefined) {
    const secret = textOf(form, 'client_secret');
    if (secret === undefined)
      return invalid(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    const kept = app.name === 'identity' || app.name === 'azureMonitor' ? '' : secrets[app.name];
    if (kept !== '' && sameSecret(secret, kept)) return undefined;
    return invalid(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.appId}'.`,
    );
  }
  if (form.client_assertion_type !== ASSERTION_TYPE)
    return bad('invalid_request', 900144, `The client_assertion_type must be '${ASSERTION_TYPE}'.`);
  const issuer = issuerIn(assertion);
  if (issuer === undefined) return invalid(50027, 'JWT token is invalid or malformed.');
  return issuer === app.appId
    ? byCertificate(assertion, app, trust, [...endpoints, `${issuerOf(tenant.id).replace(/\/v2\.0$/, '')}/oauth2/v2.0/token`])
    : byFederation(assertion, app, trust, issuer);
}

async function byCertificate(
  assertion: string,
  app: AppRegistration,
  trust: AppTrust,
  audience: string[],
): Promise<LoginRefusal | undefined> {
  const thumbprint = decodeProtectedHeader(assertion)['x5t#S256'];
  const known = trust.certificates
    .filter(({ app: name }) => name === app.name)
    .map(({ pem }) => new X509Certificate(pem))
    .find(({ raw }) => createHash('sha256').update(raw).digest('base64url') === thumbprint);
  if (!known)
    return invalid(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [${app.appId}]`,
    );
  // PS256 with x5t#S256 is what @azure/identity 4.14 sends; RS256 with x5t is refused here, as new registrations should.
  const options = { algorithms: ['PS256'], audience, issuer: app.appId, subject: app.appId, requiredClaims: ['exp', 'jti'] };
  return (await verifies(assertion, known.publicKey, options))
    ? undefined
    : invalid(700027, `Client assertion failed signature validation, is expired, or is for another audience. [${app.appId}]`);
}

async function byFederation(assertion: string, app: AppRegistration, trust: AppTrust, issuer: string): Promise<LoginRefusal | undefined> {
  const subject = String(decodeJwt(assertion).sub);
  const trusted = trust.federated.filter((each) => each.app === app.name && each.issuer === issuer && each.subject === subject);
  if (trusted.length === 0) {
    const text = `No matching federated identity record found for presented assertion. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${EXCHANGE_AUDIENCE}'.`;
    return invalid(700213, text);
  }
  const options = { algorithms: ['RS256'], audience: EXCHANGE_AUDIENCE, requiredClaims: ['exp'] };
  for (const key of trusted.flatMap(({ keys }) => keys)) {
    if (await verifies(assertion, await importJWK(key, 'RS256'), options)) return undefined;
  }
  return invalid(700024, 'Client assertion is not within its valid time range, is for another audience, or its signature is wrong.');
}

const verifies = (assertion: string, key: Parameters<typeof jwtVerify>[1], options: JWTVerifyOptions): Promise<boolean> =>
  jwtVerify(assertion, key, { ...options, clockTolerance: SKEW_SECONDS }).then(
    () => true,
    () => false, // why, only the sandbox's own log could tell; the caller gets Entra's words
  );

function issuerIn(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    return undefined;
  }
}
