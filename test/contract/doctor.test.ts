import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loopbackFetch } from '../../sandbox/azure/transport.ts';
import { selfSigned } from '../../sandbox/certificate.ts';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { call } from '../../sandbox/tenant/client.ts';
import { APPS, AZURE, HOME_TENANT, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { examine } from '../../src/cli/examine.ts';
import { type Finding, lineOf } from '../../src/cli/finding.ts';
import { CLOUDS } from '../../src/config/clouds.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const SECRET = 'sw0rdfish-7';

describe('npm run doctor, with real credentials, against the sandbox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-doctor-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const authorities = getCACertificates('default');
  const [server, own] = [selfSigned('login', ['localhost']), selfSigned('breakglass')];
  const documents = openDocuments(':memory:');
  const before = { ...process.env };
  let tenant: TenantServer;

  beforeAll(async () => {
    const certificates = (['reader', 'changer', 'bot'] as const).map((app) => ({ app, pem: own.pem }));
    tenant = await startTenant({
      port: 0,
      documents,
      clock: sandboxClock(),
      azure: { watched: async () => [], webhookUri: () => 'https://breakglass.contoso.example/api/signals/azure-monitor' },
      securePem: server.pem,
      trust: { certificates, federated: [] },
    });
    setDefaultCACertificates([...authorities, server.pem]);
    Object.assign(process.env, tenant.identityEnvironment);
    file('own.pem', own.pem);
  });
  afterAll(async () => {
    for (const name of Object.keys(tenant.identityEnvironment ?? {})) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    setDefaultCACertificates(authorities);
    await tenant.close();
    documents.close();
    rmSync(folder, { recursive: true });
  });

  const yaml = (names: readonly (keyof typeof TENANTS)[], more = ''): string => {
    const certificate = (app: string) => `{ type: certificate, clientId: ${app}, file: ${join(folder, 'own.pem')} }`;
    const rows = names.map((name) => {
      const { id, displayName, kind, initialDomain, exclusionGroupId } = TENANTS[name];
      const facts = { id, name, displayName, kind, initialDomain, exclusionGroupId };
      const lines = Object.entries(facts).map(([key, value]) => `    ${key}: ${value}\n`);
      const changer = `{ type: federated, clientId: ${APPS.changer}, managedIdentityClientId: ${APPS.identity} }`;
      return `  -\n${lines.join('')}    reader: ${certificate(APPS.reader)}\n    changer: ${changer}\n`;
    });
    return `tenants:\n${rows.join('')}${more}`;
  };
  const settings = (tenants: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    BREAKGLASS_EMBEDDED_DATABASE: 'true',
    BREAKGLASS_DATA_DIR: join(folder, 'none'),
    BOT_ID: APPS.bot,
    BOT_TENANT_ID: HOME_TENANT.id,
    BOT_TYPE: 'SingleTenant',
    BOT_CERTIFICATE_FILE: join(folder, 'own.pem'),
    BREAKGLASS_HOME_TENANT_ID: HOME_TENANT.id,
    BREAKGLASS_TEAM_ID: '19:team@thread.tacv2',
    BREAKGLASS_CHANNEL_ID: '19:security@thread.tacv2',
    BREAKGLASS_PEOPLE_CLIENT_ID: APPS.identity,
    BREAKGLASS_TENANTS_FILE: file('tenants.yaml', tenants),
    BREAKGLASS_CUSTODY_KEY_FILE: file('custody.key', Buffer.alloc(32, 7).toString('base64')),
    ...Object.fromEntries(Object.entries(ROLE_GROUPS).map(([role, id]) => [`BREAKGLASS_${role.toUpperCase()}S_GROUP_ID`, id])),
    ...more,
  });
  const run = async (env: NodeJS.ProcessEnv): Promise<Finding[]> => {
    const cloud = { ...CLOUDS.global, loginOrigin: tenant.secureUrl ?? '', instanceDiscovery: false as const };
    const transport = loopbackTransport(CLOUDS.global.graphOrigin, tenant.url);
    const found: Finding[] = [];
    for await (const finding of examine(env, new Date(), { cloud, transport, azureFetch: loopbackFetch(cloud.armOrigin, tenant.url) }))
      found.push(finding);
    return found;
  };
  const failedSteps = (found: readonly Finding[]) => found.filter(({ state }) => state === 'failed').map(({ step }) => step);

  test('a good installation: every step is reached, nothing has failed, and what costs a guarantee says what to do', async () => {
    const found = await run(settings(yaml(['contoso', 'fabrikam-b2c'])));
    expect(failedSteps(found)).toEqual([]);
    const good = found.filter(({ state }) => state === 'ok').map(({ step }) => step);
    expect(good).toEqual(
      expect.arrayContaining([
        ...['settings', 'custody key', 'database', 'bot, token for Teams', 'tenants file', 'home tenant, token', 'home tenant, approvers'],
        ...[
          'contoso, token of the reader',
          'contoso, token of the changer',
          'contoso, Permissions of the reader',
          'contoso, Reader cannot write',
        ],
        ...['fabrikam-b2c, token of the changer', 'fabrikam-b2c, Sign-in log', 'contoso, Directory role of the changer'],
      ]),
    );
    const lost = found.filter(({ state }) => state === 'warning');
    expect(lost.map(({ step }) => step)).toContain('fabrikam-b2c, Change notifications');
    expect(lost.every(({ todo }) => todo !== undefined && todo.length > 20)).toBe(true);
  });

  test('SI-4: says what of the monitors in Azure is not seen, and which role is missing', async () => {
    const azure = async (body: object) => {
      const { status } = await call(tenant, 'POST', '/sandbox/azure', { body: { ...body } });
      expect(status).toBe(200);
    };
    const found = async (more: NodeJS.ProcessEnv) =>
      (await run(settings(yaml(['contoso', 'fabrikam-b2c', 'northwind']), { BREAKGLASS_PEOPLE_CLIENT_ID: '', ...more }))).filter(
        ({ step }) => /Azure|diagnostic|processing/.test(step),
      );
    const group = { BREAKGLASS_MONITORS_RESOURCE_GROUP: AZURE.resourceGroup };
    expect((await found({})).map(lineOf).join('')).toMatch(
      /^skipped {2}monitors in Azure: nothing is read back: BREAKGLASS_MONITORS_RESOURCE_GROUP/,
    );
    await azure({ do: 'deploy' });
    await azure({ do: 'take-right', tenantId: TENANTS['fabrikam-b2c'].id });
    await azure({ do: 'take-right', right: 'processing-rules' });
    const lines = (await found(group)).map(lineOf);
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'ok       monitors in Azure',
      'ok       contoso, diagnostic settings',
      'warning  fabrikam-b2c, diagnostic settings',
      `warning  ${AZURE.subscription.slice(15)}, alert processing rules`,
    ]);
    expect(lines[3]).toMatch(/lacks Monitoring Reader on the subscription/);
    expect(lines[2]).toMatch(/its reader lacks Monitoring Reader on \/providers\/Microsoft\.aadiam.*\n.*step 9.*losing it is an alert/);
    const elsewhere = await found({ BREAKGLASS_MONITORS_RESOURCE_GROUP: AZURE.resourceGroup.replace(/monitoring$/, 'other') });
    expect(elsewhere.map(lineOf).join('')).toMatch(
      /^FAILED {3}monitors in Azure: they cannot be read \(403\)\.\n.*Monitoring Reader on the resource group/,
    );
  });

  test('what is wrong is found, each by itself, with what to do; no secret is shown', async () => {
    const foreign = selfSigned('breakglass');
    file('foreign.pem', foreign.pem);
    const wrong = yaml(['contoso', 'northwind'])
      .replace(join(folder, 'own.pem'), join(folder, 'foreign.pem'))
      .replace(TENANTS.northwind.exclusionGroupId, '99999999-9999-4999-8999-999999999999');
    const found = await run(
      settings(wrong, {
        BREAKGLASS_EMBEDDED_DATABASE: '',
        DATABASE_URL: `postgres://breakglass:${SECRET}@127.0.0.1:1/breakglass`,
        BREAKGLASS_CUSTODY_KEY_FILE: file('bad.key', SECRET),
        BREAKGLASS_AUDITORS_GROUP_ID: '99999999-9999-4999-8999-999999999999',
        BREAKGLASS_QUORUM: '5',
      }),
    );
    expect(failedSteps(found)).toEqual([
      ...['custody key', 'database', 'home tenant, approvers', 'home tenant, auditors'],
      ...['contoso, token of the reader', 'northwind, Sign-in log', 'northwind, Exclusion group'],
    ]);
    const lines = found.map(lineOf).join('');
    expect(lines).toMatch(/contoso, token of the reader: no token \(AADSTS700027\)\.\n.*certificate is not registered/);
    expect(lines).toMatch(/database: it does not answer \(ECONNREFUSED\)/);
    expect(lines).toMatch(/skipped {2}contoso, everything else/);
    for (const secret of [SECRET, Buffer.alloc(32, 7).toString('base64'), 'PRIVATE KEY']) expect(lines).not.toContain(secret);
  });

  test('settings that cannot be used are all named, and nothing else is tried', async () => {
    const found = await run({ BOT_PASSWORD: SECRET, BREAKGLASS_QUORUM: '1' });
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter(({ state }) => state !== 'failed').map(({ step, state }) => [step, state])).toEqual([
      ['everything else', 'skipped'],
    ]);
    expect(found.map(lineOf).join('')).not.toContain(SECRET);
  });
});
