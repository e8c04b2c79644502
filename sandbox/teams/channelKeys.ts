import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Documents } from '../documents.ts';
import { APPS } from '../world.ts';
import type { Json } from './cardTree.ts';

export const CHANNEL_ISSUER = 'https://api.botframework.com';

/** Key of the pretended channel service: signs what reaches the bot, as Bot Framework's does. Kept, so a restart changes no key. */
export interface ChannelKeys {
  /** Public half, as `/keys` answers it. */
  readonly jwks: { readonly keys: readonly Json[] };
  /** A token that lets one activity in. Real time: the bot's verifier does not follow the sandbox's clock. */
  token(serviceUrl: string): Promise<string>;
  /** For hostile tests: a token with claims and header of the caller's choice; a claim of `null` is left out. */
  forge(serviceUrl: string, claims: Json, key: 'channel' | 'other' | 'none', header: Json): string;
}

interface KeptKey {
  readonly kid: string;
  readonly jwk: JsonWebKey;
}

export function openChannelKeys(documents: Documents): ChannelKeys {
  const kept = documents.get<KeptKey>('teams.keys', 'channel') ?? makeKey(documents);
  const privateKey = createPrivateKey({ key: kept.jwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  let otherKey: KeyObject | undefined;
  let cached: { serviceUrl: string; token: string; until: number } | undefined;

  return {
    jwks: {
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: kept.kid, x5t: kept.kid, use: 'sig', alg: 'RS256', endorsements: ['msteams'] }],
    },
    async token(serviceUrl) {
      if (cached !== undefined && cached.serviceUrl === serviceUrl && Date.now() < cached.until) return cached.token;
      const token = await new SignJWT(correctClaims(serviceUrl))
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: kept.kid, x5t: kept.kid })
        .sign(privateKey);
      cached = { serviceUrl, token, until: Date.now() + 300_000 };
      return token;
    },
    forge(serviceUrl, claims, key, header) {
      const alg = key === 'none' ? 'none' : 'RS256';
      const wholeHeader = withoutNulls({ alg, typ: 'JWT', kid: kept.kid, ...header });
      const input = `${encode(wholeHeader)}.${encode(withoutNulls({ ...correctClaims(serviceUrl), ...claims }))}`;
      if (key === 'none') return `${input}.`;
      if (wholeHeader.alg === 'HS256') {
        // The classic confusion: the public key used as if it were a shared secret.
        const secret = publicKey.export({ type: 'spki', format: 'pem' });
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      }
      otherKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      return `${input}.${sign('RSA-SHA256', Buffer.from(input), key === 'channel' ? privateKey : otherKey).toString('base64url')}`;
    },
  };
}

function makeKey(documents: Documents): KeptKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kept: KeptKey = { kid: `sandbox-${Date.now().toString(36)}`, jwk: privateKey.export({ format: 'jwk' }) };
  documents.put('teams.keys', 'channel', kept);
  return kept;
}

function correctClaims(serviceUrl: string): Json {
  const now = Math.floor(Date.now() / 1_000);
  return { iss: CHANNEL_ISSUER, aud: APPS.bot, serviceurl: serviceUrl, nbf: now - 300, exp: now + 3_600 };
}

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutNulls = (value: Json): Json => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
