import { type CryptoKey, importJWK, type JWK } from 'jose';
import type { Log } from '../app/log.ts';

export interface ChannelKeys {
  /** @returns the key of that id if it is an RSA key endorsed for Teams */
  find(kid: string): Promise<CryptoKey | undefined>;
}

const FRESH_MS = 24 * 3_600_000;
/** Anybody can name an unknown key: that causes one fetch a minute at most (AU-5). */
const PAUSE_MS = 60_000;
/** Without any key nothing works, so the first fetch is tried again sooner. */
const FIRST_PAUSE_MS = 1_000;
const FETCH_TIMEOUT_MS = 5_000;
const MAX_DOCUMENT = 1_000_000;

/**
 * The channel service's signing keys. Our own and not botframework-connector's: that one (4.23.3) refuses everybody while the key service is
 * down, takes keys without endorsements, follows redirects, and writes the key to the console for every false token.
 */
export function channelKeys(openIdMetadataUrl: string, log: Log, now: () => number = Date.now): ChannelKeys {
  let keys = new Map<string, CryptoKey>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const metadata = await fetchJson(openIdMetadataUrl);
    const jwksUri = metadata.jwks_uri;
    if (typeof jwksUri !== 'string' || new URL(jwksUri).protocol !== new URL(openIdMetadataUrl).protocol) {
      throw new Error('the metadata of the channel service name no usable address of its keys');
    }
    const document = await fetchJson(jwksUri);
    const found = new Map<string, CryptoKey>();
    // Stryker disable next-line ArrayDeclaration: what is no key is passed over
    for (const key of Array.isArray(document.keys) ? (document.keys as unknown[]) : []) {
      if (!isEndorsed(key)) continue;
      const { kty, n, e } = key;
      const imported = await importJWK({ kty, n, e, alg: 'RS256' } as JWK, 'RS256');
      // Stryker disable next-line ConditionalExpression: an RSA key is never imported as bytes, only the type says it could be
      if (!(imported instanceof Uint8Array)) found.set(key.kid, imported);
    }
    keys = found;
    loadedAt = now();
  }

  /** Never throws: what was fetched before survives an outage of the key service. */
  function refresh(): Promise<void> {
    triedAt = now();
    loading ??= load()
      .catch((error: unknown) => log.warn('channel-keys.unreachable', { error: error instanceof Error ? error.message : String(error) }))
      .finally(() => {
        loading = undefined;
      });
    return loading;
  }

  return {
    async find(kid) {
      const stale = now() - loadedAt > FRESH_MS || !keys.has(kid);
      const pause = keys.size === 0 ? FIRST_PAUSE_MS : PAUSE_MS;
      if (stale && (loading || now() - triedAt >= pause)) await refresh();
      return keys.get(kid);
    },
  };
}

interface EndorsedKey {
  readonly kid: string;
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
}

function isEndorsed(key: unknown): key is EndorsedKey {
  const { kid, kty, n, e, endorsements } = (key ?? {}) as Record<string, unknown>;
  const whole = typeof kid === 'string' && kty === 'RSA' && typeof n === 'string' && typeof e === 'string';
  return whole && Array.isArray(endorsements) && endorsements.includes('msteams');
}

async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok || text.length > MAX_DOCUMENT) throw new Error(`the channel service answered ${response.status}`);
  return JSON.parse(text) as Record<string, unknown>;
}
