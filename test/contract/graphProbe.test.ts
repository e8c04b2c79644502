import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { startTenant, type TenantServer } from '../../sandbox/tenant/server.ts';
import { APPS, TENANTS, type TenantName } from '../../sandbox/world.ts';
import { judgeTenant } from '../../src/core/tenant/judge.ts';
import { graphTenants } from '../../src/graph/tenants.ts';

const ORIGIN = 'https://graph.microsoft.com';

describe('the probe against the three kinds of tenant', () => {
  let tenant: TenantServer;
  const documents = openDocuments(':memory:');

  beforeAll(async () => {
    tenant = await startTenant({ port: 0, documents, clock: sandboxClock(), replicationMs: 0, logDelayMs: 0 });
  });
  afterAll(async () => {
    await tenant.close();
    documents.close();
  });

  const findings = async (name: TenantName) => {
    const info = TENANTS[name];
    const credential = (app: 'reader' | 'changer') => loopbackCredential(tenant.url, info.id, APPS[app], tenant.secrets[app]);
    const identities = [
      { appId: APPS.reader, standsFor: ['reader', 'people'] as const },
      { appId: APPS.changer, standsFor: ['changer'] as const },
    ];
    const tenants = graphTenants([{ info, reader: credential('reader'), writer: credential('changer'), identities }], {
      graphOrigin: ORIGIN,
      transport: loopbackTransport(ORIGIN, tenant.url),
      timeoutMs: 10_000,
    });
    const found = judgeTenant(await tenants.reader(info.id).probe([], new Date()));
    return Object.fromEntries(found.map(({ name: what, verdict, evidence }) => [what, `${verdict}: ${evidence}`]));
  };

  test('workforce with P2: kind, domain, logs, group and our own identities are found out', async () => {
    expect(await findings('contoso')).toMatchObject({
      'tenant-kind': 'yes: Contoso, AAD, Entra ID P2.',
      'initial-domain': expect.stringMatching(/^yes/),
      'sign-in-log': expect.stringMatching(/^yes/),
      'directory-audits': expect.stringMatching(/^yes/),
      'conditional-access': expect.stringMatching(/^yes: \d+ policies/),
      'what-if': expect.stringMatching(/^unknown: There is no account/),
      'reader-permissions': 'yes: It holds everything it needs.',
      'reader-restraint': expect.stringMatching(/^yes: It holds nothing that writes/),
      'changer-permissions': 'yes: It holds everything it needs.',
      'changer-restraint': expect.stringMatching(/^yes: It holds nothing it does not need/),
      'changer-role': 'yes: Privileged Authentication Administrator, Privileged Role Administrator.',
    });
  });

  test('B2C: no change notifications, and nothing is yes that was refused', async () => {
    expect(await findings('fabrikam-b2c')).toMatchObject({
      'tenant-kind': expect.stringMatching(/^yes: Fabrikam.*AAD B2C/),
      'change-notifications': expect.stringMatching(/^no/),
    });
  });

  test('free: the sign-in log is a no for good, not a passing trouble', async () => {
    expect(await findings('northwind')).toMatchObject({
      'tenant-kind': 'yes: Northwind, AAD, no Entra ID licence.',
      'sign-in-log': 'no: The tenant has neither P1 nor P2.',
    });
  });
});
