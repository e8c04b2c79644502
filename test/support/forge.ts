import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Json = Record<string, unknown>;

const ENDORSEMENTS = {
  k1: ['msteams'],
  k2: ['webchat', 'msteams'],
  k3: undefined,
  k4: ['webchat'],
  k5: 'msteams',
  /** Never published. */
  k9: ['msteams'],
} as const;
export type KeyName = keyof typeof ENDORSEMENTS;

interface ChannelKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly endorsements: unknown;
}
const made = new Map<KeyName, ChannelKey>();

/** A key by id, as the channel publishes it: which service it is endorsed for is part of what a test forges. Made when it is first asked for. */
export function channelKey(kid: KeyName): ChannelKey {
  const key = made.get(kid) ?? { ...generateKeyPairSync('rsa', { modulusLength: 2048 }), endorsements: ENDORSEMENTS[kid] };
  made.set(kid, key);
  return key;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWT with any header, claims and signature: a library would refuse to make most of them. */
export function forged(header: Json, claims: Json, key: KeyName): string {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${signature(String(header.alg), text, channelKey(key))}`;
}

function signature(
  alg: string,
  text: string,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): string {
  const hash = `sha${/\d+$/.exec(alg)?.[0] ?? '256'}`;
  if (alg === 'none') return '';
  // The classic confusion: the public key, which everybody has, taken for a shared secret.
  if (alg.startsWith('HS'))
    return createHmac(hash, publicKey.export({ type: 'spki', format: 'pem' }))
      .update(text)
      .digest('base64url');
  const padding = alg.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return sign(hash, Buffer.from(text), { key: privateKey, ...padding }).toString('base64url');
}

/** One activity or card that the bot sent. */
export interface Sent {
  readonly path: string;
  readonly text: string;
}

export interface KeyService {
  readonly origin: string;
  readonly sent: Sent[];
  close(): Promise<void>;
}

/** The channel on loopback: publishes the keys, and takes what the bot sends. */
export async function startKeyService(): Promise<KeyService> {
  const sent: Sent[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    response.setHeader('content-type', 'application/json');
    if (request.url === '/openid') return void response.end(JSON.stringify({ jwks_uri: `${origin}/keys` }));
    if (request.url === '/keys') {
      const published = (Object.keys(ENDORSEMENTS) as KeyName[]).filter((kid) => kid !== 'k9');
      const keys = published.map((kid) => {
        const { publicKey, endorsements } = channelKey(kid);
        return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', endorsements };
      });
      return void response.end(JSON.stringify({ keys }));
    }
    sent.push({ path: decodeURIComponent(request.url ?? ''), text });
    response.end(JSON.stringify({ id: `m${sent.length}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    sent,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
