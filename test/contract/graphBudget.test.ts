import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Middleware } from '@microsoft/microsoft-graph-client';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { APPS, TENANTS } from '../../sandbox/world.ts';
import { graphTenants } from '../../src/graph/tenants.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const ORIGIN = 'https://graph.microsoft.com';
const { contoso } = TENANTS;

describe('round trips to Graph, counted where they leave the client (docs/graph-budget.md)', () => {
  let tenant: TenantServer;
  let trips: string[] = [];
  const documents = openDocuments(':memory:');

  beforeAll(async () => {
    tenant = await startTenant({ port: 0, documents, clock: sandboxClock(), replicationMs: 0, logDelayMs: 0 });
  });
  afterAll(async () => {
    await tenant.close();
    documents.close();
  });

  const tenants = () => {
    const real = loopbackTransport(ORIGIN, tenant.url);
    const transport: Middleware = {
      async execute(context) {
        const asked = typeof context.request === 'string' ? context.request : context.request.url;
        trips.push(`${context.options?.method ?? 'GET'} ${new URL(asked).pathname}`);
        await real.execute(context);
      },
    };
    const credential = (app: 'reader' | 'changer', id: string) => loopbackCredential(tenant.url, id, APPS[app], tenant.secrets[app]);
    trips = [];
    return graphTenants(
      Object.values(TENANTS).map((info) => ({ info, reader: credential('reader', info.id), writer: credential('changer', info.id) })),
      { graphOrigin: ORIGIN, transport, timeoutMs: 10_000 },
    );
  };

  test('a full posture read of a tenant with ten accounts: at most 12', async () => {
    const reader = tenants().reader(contoso.id);
    const user = await reader.userByName(`admin.anna@${contoso.initialDomain}`);
    const accounts = Array.from({ length: 10 }, (_, index) =>
      index === 0 && user ? user.objectId : `aaaaaaaa-0000-4000-8000-00000000000${index}`,
    );
    trips.length = 0;
    const snapshot = await reader.snapshot(accounts, new Date());
    expect(snapshot.policies.state).toBe('read');
    expect(snapshot.accounts).toHaveLength(10);
    expect(trips.length).toBeLessThanOrEqual(12);
  });
});
