import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** The first-party application that signs in to call a secure webhook, "AzNS AAD Webhook" (Learn, action-groups: secure webhook, 2026-05). */
export const AZURE_MONITOR_APP = '461e8683-5575-4561-ac7f-899cc907d62a';

/** Who may send signals, and how they prove it. */
export interface SenderSettings {
  readonly tenantId: string;
  /** Client id or identifier URI of the webhook's own app registration; both where both are in use. */
  readonly audiences: readonly string[];
  readonly issuers: readonly string[];
  /** Application that calls, by `appid` or `azp`. */
  readonly callerAppId: string;
}

/** Issuers of version 1 and version 2 tokens of a tenant in a Microsoft cloud (config/clouds.ts). */
export const issuersOf = (
  tenantId: string,
  { stsOrigin, loginOrigin }: { readonly stsOrigin: string; readonly loginOrigin: string },
): readonly string[] => [`${stsOrigin}/${tenantId}/`, `${loginOrigin}/${tenantId}/v2.0`];

/** App role of the webhook's registration that is given to the caller. */
export const SENDER_ROLE = 'ActionGroupsSecureWebhook';

const SKEW_SECONDS = 300;

/** What is wrong with a token, not with the keys. jose tells of a key service that fails by plain errors, and by some of its own. */
const TOKEN_FAULTS = [
  errors.JWTInvalid,
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys, // the token names no key
];

/**
 * @returns whether the header holds a token of exactly that sender; which check failed is told to nobody (HT-5, AL-11)
 * @throws when the keys cannot be had: whose token it is remains unknown
 */
export async function isFromSender(authorization: string | undefined, settings: SenderSettings, keys: JWTVerifyGetKey): Promise<boolean> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined || token.length > 16_384) return false;
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: [...settings.issuers],
      audience: [...settings.audiences],
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp', 'iss', 'aud', 'tid'],
    });
    // Without the app role the caller was never allowed to call this webhook, whatever it is (AL-11; Learn, action-groups: secure webhook).
    if (!Array.isArray(payload.roles) || !payload.roles.includes(SENDER_ROLE)) return false;
    return typeof payload.aud === 'string' && payload.tid === settings.tenantId && callerOf(payload) === settings.callerAppId;
  } catch (error) {
    if (TOKEN_FAULTS.some((fault) => error instanceof fault)) return false;
    // Anything else is our failure, or the key service's, not the sender's: the sender must try again (AL-1).
    throw error;
  }
}

const callerOf = (payload: JWTPayload): unknown => payload.appid ?? payload.azp;

const PAUSE_MS = 60_000;

/** Signing keys of the tenant, fetched at most once a minute; those fetched before survive an outage of the key service (AU-5). */
export function remoteKeys(url: string, now: () => number = Date.now): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), { timeoutDuration: 5_000, cooldownDuration: PAUSE_MS, cacheMaxAge: 24 * 3_600_000 });
  let outage: { readonly until: number; readonly error: unknown } | undefined;
  return async (header, token) => {
    const kept = remote.jwks();
    if (!kept || !outage || now() >= outage.until) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (!kept || error instanceof errors.JWKSNoMatchingKey) throw error;
        outage = { until: now() + PAUSE_MS, error };
      }
    }
    try {
      return await createLocalJWKSet(kept)(header, token);
    } catch (error) {
      // A key we do not have may be one we could not fetch.
      throw error instanceof errors.JWKSNoMatchingKey ? outage.error : error;
    }
  };
}
