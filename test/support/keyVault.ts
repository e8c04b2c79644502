import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { jwtVerify, SignJWT } from 'jose';
import { selfSigned } from '../../sandbox/certificate.ts';
import type { VaultCredential, VaultPolicies } from '../../src/custody/vaultKeys.ts';

export const VAULT_HOST = 'bg-test.vault.azure.net';
const RESOURCE = 'https://vault.azure.net';
const TENANT = '3f1f3c1e-0c0e-4c7b-9d55-7a1d0c6b2f11';

interface KeyVersion {
  readonly version: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  enabled: boolean;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorised: boolean;
  readonly body: string;
}

/**
 * A key vault on loopback, over TLS, as Learn describes its REST interface (keys, API version 2025-07-01, read 2026-11): the challenge, tokens
 * checked for signature, audience, tenant and time, permissions, disabled versions, and real RSA-OAEP-256. The client reaches it under the vault's own name.
 */
export async function startKeyVault(keyName: string) {
  const { pem, certificate } = selfSigned(VAULT_HOST);
  const signing = randomBytes(32);
  const versions: KeyVersion[] = [];
  const seen: Seen[] = [];
  const state: { fault?: 'silent' | 'unavailable' | 'redirect' | 'forbidden' | 'other-key'; tokens: number } = { tokens: 0 };

  const rotate = (): string => {
    const version = randomBytes(16).toString('hex');
    versions.push({ version, ...generateKeyPairSync('rsa', { modulusLength: 2048 }), enabled: true });
    return version;
  };
  rotate();

  async function isGood(token: string): Promise<boolean> {
    try {
      await jwtVerify(token, signing, { audience: RESOURCE, issuer: `https://sts.windows.net/${TENANT}/`, requiredClaims: ['exp'] });
      return true;
    } catch {
      return false;
    }
  }

  type Reply = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };
  const failure = (status: number, code: string, inner?: string): Reply => {
    return { status, body: { error: { code, message: 'refused', ...(inner === undefined ? {} : { innererror: { code: inner } }) } } };
  };

  function answer(method: string, path: string, body: string): Reply {
    if (state.fault === 'unavailable') return failure(503, 'ServiceUnavailable');
    if (state.fault === 'redirect') return { status: 307, headers: { location: 'https://elsewhere.example/keys' } };
    if (state.fault === 'forbidden') return failure(403, 'Forbidden', 'ForbiddenByRbac');
    const [, collection, name, version = '', operation] = path.split('/');
    const found = version === '' ? versions.at(-1) : versions.find((one) => one.version === version);
    if (collection !== 'keys' || name !== keyName || !found) return failure(404, 'KeyNotFound');
    const kid = `https://${VAULT_HOST}/keys/${state.fault === 'other-key' ? 'other' : keyName}/${found.version}`;
    if (method === 'GET' && operation === undefined) {
      const { n, e } = found.publicKey.export({ format: 'jwk' });
      const key = { kid, kty: 'RSA', key_ops: ['wrapKey', 'unwrapKey'], n, e };
      return { status: 200, body: { key, attributes: { enabled: found.enabled, created: 1, updated: 1 } } };
    }
    const { alg, value } = JSON.parse(body) as { alg: string; value: string };
    if (method !== 'POST' || alg !== 'RSA-OAEP-256') return failure(400, 'BadParameter');
    if (!found.enabled) return failure(403, 'Forbidden', 'KeyDisabled');
    const bytes = Buffer.from(value, 'base64url');
    const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    try {
      if (operation === 'wrapkey')
        return { status: 200, body: { kid, value: publicEncrypt({ key: found.publicKey, ...padding }, bytes).toString('base64url') } };
      if (operation === 'unwrapkey')
        return { status: 200, body: { kid, value: privateDecrypt({ key: found.privateKey, ...padding }, bytes).toString('base64url') } };
    } catch {
      return failure(400, 'BadParameter');
    }
    return failure(405, 'MethodNotAllowed');
  }

  const server = createServer({ key: pem, cert: pem }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const authorised = token !== undefined && (await isGood(token));
    const path = new URL(request.url ?? '', RESOURCE).pathname;
    seen.push({ method: request.method ?? '', path, authorised, body });
    if (state.fault === 'silent') return; // the socket stays open
    const challenge = { 'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="${RESOURCE}"` };
    const reply = authorised ? answer(request.method ?? '', path, body) : { ...failure(401, 'Unauthorized'), headers: challenge };
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ca = `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----`;
  const agent = new Agent({ keepAlive: false });
  // The vault's name is asked for, and checked in the certificate; only where it lies is changed.
  Object.assign(agent, { createConnection: () => connect({ host: '127.0.0.1', port, servername: VAULT_HOST, ca }) });

  const credential: VaultCredential = {
    async getToken(scopes) {
      if (String(scopes) !== `${RESOURCE}/.default`) throw new Error(`a token for ${String(scopes)} was asked for`);
      state.tokens += 1;
      const claims = new SignJWT({ tid: TENANT }).setProtectedHeader({ alg: 'HS256' }).setAudience(RESOURCE);
      const token = await claims.setIssuer(`https://sts.windows.net/${TENANT}/`).setExpirationTime('1h').sign(signing);
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const policies: VaultPolicies = [
    {
      position: 'perRetry',
      policy: {
        name: 'loopback',
        sendRequest(request, next) {
          if (new URL(request.url).hostname !== VAULT_HOST) throw new Error(`${request.url} is not the vault`);
          return next(Object.assign(request, { agent }));
        },
      },
    },
  ];
  return {
    credential,
    policies,
    seen,
    state,
    rotate,
    setEnabled(version: string, enabled: boolean) {
      for (const one of versions) if (one.version === version) one.enabled = enabled;
    },
    remove: () => void versions.splice(0, versions.length - 1),
    version: () => versions.at(-1)?.version ?? '',
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
