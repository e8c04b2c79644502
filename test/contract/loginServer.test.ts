import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { selfSigned } from '../../sandbox/certificate.ts';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { REGISTRATIONS } from '../../sandbox/tenant/apps.ts';
import { call } from '../../sandbox/tenant/client.ts';
import { graphRoutes } from '../../sandbox/tenant/graphServer.ts';
import { openState } from '../../sandbox/tenant/state.ts';
import { openTokenAuthority } from '../../sandbox/tenant/tokens.ts';
import { APPS, HOME_TENANT, PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { CLOUDS } from '../../src/config/clouds.ts';
import { graphClient, type TokenSource } from '../../src/graph/client.ts';
import { botCredential, type Cloud, type CredentialReference, credentialFor } from '../../src/graph/credentials.ts';
import { graphPeople } from '../../src/graph/people.ts';
import { tenantWriter } from '../../src/graph/tenantWriter.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const ORIGIN = 'https://graph.microsoft.com';
const CLUSTER = { issuer: 'https://oidc.cluster.example/1', subject: 'system:serviceaccount:breakglass:worker' };

describe('credentials of src/graph against a login server that checks them, over https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-login-'));
  const file = (name: string): string => join(folder, name);
  const authorities = getCACertificates('default');
  const [server, own, foreign] = [selfSigned('login', ['localhost']), selfSigned('breakglass'), selfSigned('breakglass')];
  const documents = openDocuments(':memory:');
  const before = { ...process.env };
  let tenant: TenantServer;
  let cloud: Cloud;
  let clusterToken: (claims?: Readonly<Record<string, unknown>>, other?: 'other') => Promise<string>;

  beforeAll(async () => {
    const keys = { ours: await generateKeyPair('RS256', { extractable: true }), other: await generateKeyPair('RS256') };
    clusterToken = (claims = {}, other) =>
      new SignJWT({ iss: CLUSTER.issuer, sub: CLUSTER.subject, aud: 'api://AzureADTokenExchange', ...claims })
        .setProtectedHeader({ alg: 'RS256' })
        .setExpirationTime('10m')
        .sign(keys[other ?? 'ours'].privateKey);
    tenant = await startTenant({
      port: 0,
      documents,
      clock: sandboxClock(),
      securePem: server.pem,
      trust: {
        certificates: [
          { app: 'changer', pem: own.pem },
          { app: 'bot', pem: own.pem },
        ],
        federated: [{ app: 'reader', ...CLUSTER, keys: [await exportJWK(keys.ours.publicKey)] }],
      },
    });
    // The one thing a machine of an operator would have to be told as well: an authority of its own (graph facts, section 7).
    setDefaultCACertificates([...authorities, server.pem]);
    cloud = { ...CLOUDS.global, loginOrigin: tenant.secureUrl ?? '', instanceDiscovery: false };
    writeFileSync(file('own.pem'), own.pem);
    writeFileSync(file('foreign.pem'), foreign.pem);
    Object.assign(process.env, tenant.identityEnvironment, { AZURE_FEDERATED_TOKEN_FILE: file('token') });
  });
  afterAll(async () => {
    for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_FEDERATED_TOKEN_FILE']) {
      delete process.env[name];
      if (before[name] !== undefined) process.env[name] = before[name];
    }
    setDefaultCACertificates(authorities);
    await tenant.close();
    documents.close();
    rmSync(folder, { recursive: true });
  });

  const tokenOf = async (credential: TokenSource, scope = `${ORIGIN}/.default`) =>
    decodeJwt((await credential.getToken(scope))?.token ?? 'no token');
  const refused = (credential: TokenSource): Promise<unknown> =>
    credential.getToken(`${ORIGIN}/.default`).then(
      () => 'a token',
      (error: unknown) => String(error),
    );
  const graph = (credential: TokenSource) =>
    graphClient({ origin: ORIGIN, credential, transport: loopbackTransport(ORIGIN, tenant.url), timeoutMs: 10_000 });
  /** As on a virtual machine, where no environment names an endpoint but, here, that of the metadata service. */
  const withInstanceMetadata = async (work: () => Promise<void>): Promise<void> => {
    for (const name of Object.keys(tenant.identityEnvironment)) delete process.env[name];
    process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = tenant.url;
    try {
      await work();
    } finally {
      delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
      Object.assign(process.env, tenant.identityEnvironment);
    }
  };
  const certificate = (name: string): CredentialReference => ({ type: 'certificate', clientId: APPS.changer, file: file(name) });

  test('a certificate: assertion by PS256 and x5t#S256, in any tenant that consented', async () => {
    for (const { id } of Object.values(TENANTS)) {
      expect(await tokenOf(credentialFor(certificate('own.pem'), id, cloud))).toMatchObject({
        aud: ORIGIN,
        tid: id,
        appid: APPS.changer,
        roles: expect.arrayContaining(['User-PasswordProfile.ReadWrite.All']),
      });
    }
    expect(await refused(credentialFor(certificate('foreign.pem'), HOME_TENANT.id, cloud))).toContain('700027');
  });

  test('a managed identity, found by its environment, of its own tenant only', async () => {
    const identity = credentialFor({ type: 'managed-identity', clientId: APPS.identity }, HOME_TENANT.id, cloud);
    expect(await tokenOf(identity)).toMatchObject({ aud: ORIGIN, tid: HOME_TENANT.id, appid: APPS.identity });
    const found = await graphPeople(graph(identity), { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' }).holders('custodian');
    expect(found.map(({ name }) => name).sort()).toEqual(['Dana Diaz', 'Eli Evans', 'Fay Fischer']);
    const nobody = credentialFor({ type: 'managed-identity', clientId: APPS.proof }, HOME_TENANT.id, cloud);
    expect(await refused(nobody)).toContain('No managed identity');
  });

  test('a managed identity of a virtual machine: instance metadata, and what it refuses', async () => {
    await withInstanceMetadata(async () => {
      const identity = credentialFor({ type: 'managed-identity', clientId: APPS.identity }, HOME_TENANT.id, cloud);
      expect(await tokenOf(identity)).toMatchObject({ aud: ORIGIN, tid: HOME_TENANT.id, appid: APPS.identity });
      const federated = { type: 'federated', clientId: APPS.reader, managedIdentityClientId: APPS.identity } as const;
      const { id } = TENANTS['fabrikam-b2c'];
      expect(await tokenOf(credentialFor(federated, id, cloud))).toMatchObject({ tid: id, appid: APPS.reader });
      const nobody = credentialFor({ type: 'managed-identity', clientId: APPS.proof }, HOME_TENANT.id, cloud);
      expect(await refused(nobody)).toContain('No managed identity');
      // There is no system-assigned one.
      expect(await refused(credentialFor({ type: 'managed-identity' }, HOME_TENANT.id, cloud))).not.toBe('a token');
    });
    const asked = `${tenant.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${ORIGIN}&client_id=${APPS.identity}`;
    expect((await fetch(asked)).status).toBe(400);
    expect((await fetch(asked, { headers: { metadata: 'true' } })).status).toBe(200);
  });

  test('federated: the managed identity stands in for a secret in the tenant of another directory', async () => {
    const reference = { type: 'federated', clientId: APPS.changer, managedIdentityClientId: APPS.identity } as const;
    const { id } = TENANTS['fabrikam-b2c'];
    const credential = credentialFor(reference, id, cloud);
    expect(await tokenOf(credential)).toMatchObject({ aud: ORIGIN, tid: id, appid: APPS.changer });
    const { initialDomain } = TENANTS['fabrikam-b2c'];
    const created = await tenantWriter(graph(credential), (work) => work()).createUser(
      { userPrincipalName: `fed@${initialDomain}`, mailNickname: 'fed', displayName: 'Fed', usageLocation: 'DE', marker: 'breakglass:R-1' },
      Buffer.from('Correct-Horse-Battery-9'),
    );
    expect(created).toMatch(/^[0-9a-f-]{36}$/);
    // The bot’s own registration was never told to trust the identity.
    expect(await refused(credentialFor({ ...reference, clientId: APPS.bot }, HOME_TENANT.id, cloud))).toContain('700213');
  });

  test('workload identity: the token file of a cluster, read again when it changes', async () => {
    const reference = { type: 'workload-identity', clientId: APPS.reader } as const;
    const credential = (): TokenSource => credentialFor(reference, HOME_TENANT.id, cloud);
    writeFileSync(file('token'), await clusterToken());
    expect(await tokenOf(credential())).toMatchObject({ tid: HOME_TENANT.id, appid: APPS.reader });
    for (const [claims, other, why] of [
      [{ sub: 'system:serviceaccount:breakglass:other' }, undefined, '700213'],
      [{ iss: 'https://oidc.cluster.example/2' }, undefined, '700213'],
      [{ aud: 'https://kubernetes.default.svc' }, undefined, '700024'],
      [{}, 'other', '700024'],
    ] as const) {
      writeFileSync(file('token'), await clusterToken(claims, other));
      expect(await refused(credential())).toContain(why);
    }
  });

  test('the bot’s own identity: secret, certificate or managed identity, and never a token for Graph', async () => {
    const scope = 'https://api.botframework.com/.default';
    const bot = { type: 'SingleTenant', clientId: APPS.bot } as const;
    for (const credential of [
      botCredential({ ...bot, password: tenant.secrets.bot }, HOME_TENANT.id, cloud),
      botCredential({ ...bot, certificateFile: file('own.pem') }, HOME_TENANT.id, cloud),
    ]) {
      expect(await tokenOf(credential, scope)).toMatchObject({ aud: 'https://api.botframework.com', roles: [] });
      expect(await refused(credential)).toContain('501051');
    }
    expect(await refused(botCredential({ ...bot, password: 'guessed' }, HOME_TENANT.id, cloud))).toContain('7000215');
  });

  test('ST-3: a login server whose certificate nobody vouches for, or without TLS, gets no credential', async () => {
    const asked: string[] = [];
    const impersonated = selfSigned('login', ['localhost']);
    const impostor = createServer({ key: impersonated.pem, cert: impersonated.pem }, (request, response) => {
      asked.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const { port } = impostor.address() as AddressInfo;
    const elsewhere = { ...cloud, loginOrigin: `https://localhost:${port}` };
    expect(await refused(credentialFor(certificate('own.pem'), HOME_TENANT.id, elsewhere))).not.toBe('a token');
    expect(asked).toEqual([]);
    await new Promise((resolve) => impostor.close(resolve));
    const plain = { ...cloud, loginOrigin: tenant.url };
    expect(() => credentialFor(certificate('own.pem'), HOME_TENANT.id, plain)).toThrow(/https/);
    expect(Object.values(CLOUDS).every((each) => !('instanceDiscovery' in each) && each.loginOrigin.startsWith('https://'))).toBe(true);
  });

  test('a token opens only its own tenant, and only what its roles say', async () => {
    const reader = graph(credentialFor({ type: 'managed-identity', clientId: APPS.identity }, HOME_TENANT.id, cloud));
    const changer = graph(credentialFor(certificate('own.pem'), TENANTS.northwind.id, cloud));
    await expect(changer.get(`/groups/${ROLE_GROUPS.approver}`)).rejects.toMatchObject({ status: 404 });
    await expect(reader.patch(`/users/${PEOPLE.mal.objectId}`, { displayName: 'x' })).rejects.toMatchObject({ status: 403 });
  });

  test('every Graph route asks for a token of this login server, for Graph, with a role that covers it', async () => {
    const tokens = await openTokenAuthority(documents);
    const app = REGISTRATIONS.find(({ name }) => name === 'reader');
    if (!app) throw new Error('no reader');
    const impostor = await openTokenAuthority(openDocuments(':memory:'));
    const bearer = {
      nobody: undefined,
      stranger: await impostor.issue(app, HOME_TENANT.id),
      elsewhere: await tokens.issue(app, HOME_TENANT.id, 'https://graph.microsoft.us'),
      powerless: await tokens.issue({ ...app, permissions: [] }, HOME_TENANT.id),
    };
    const routes = graphRoutes(openState(openDocuments(':memory:'), sandboxClock(), { replicationMs: 0, logDelayMs: 0 }));
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path } of routes) {
      const answers = Object.values(bearer).map(async (token) => {
        const options = { ...(token ? { token } : {}), ...(method === 'GET' ? {} : { body: {} }) };
        return (await call(tenant, method, `/v1.0${path.replace(/:\w+/g, PEOPLE.mal.objectId)}`, options)).status;
      });
      expect([method, path, ...(await Promise.all(answers))]).toEqual([method, path, 401, 401, 401, 403]);
    }
  });
});
