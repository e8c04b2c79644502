import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loopbackFetch } from '../../sandbox/azure/transport.ts';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { type Documents, openDocuments } from '../../sandbox/documents.ts';
import { call, graphToken } from '../../sandbox/tenant/client.ts';
import { APPS, AZURE, HOME_TENANT, PEOPLE, TENANTS } from '../../sandbox/world.ts';
import { CLOUDS } from '../../src/config/clouds.ts';
import { compareMonitors } from '../../src/core/monitors/compare.ts';
import type { MonitorDifference } from '../../src/core/monitors/difference.ts';
import { partsOf } from '../../src/core/monitors/parts.ts';
import { sentinelRuleId } from '../../src/core/monitors/rules.ts';
import { monitorsInAzure } from '../../src/graph/monitors.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const { armOrigin } = CLOUDS.global;
const WEBHOOK = 'http://127.0.0.1:3978/api/signals/azure-monitor';
const CONTOSO = TENANTS.contoso;
const RULES = `${AZURE.resourceGroup}/providers/Microsoft.Insights/scheduledQueryRules`;
const FIRST = 'aaaaaaaa-0000-4000-8000-000000000001';
const SECOND = 'aaaaaaaa-0000-4000-8000-000000000002';

let documents: Documents;
let server: TenantServer;
let accounts: Readonly<Record<string, readonly string[]>>;
let told: string[];
/** What the product could read at some time. */
let seen: Set<string>;
let asked: string[];

const watched = async () => Object.values(TENANTS).map((tenant) => ({ ...tenant, userIds: accounts[tenant.name] ?? [] }));
const start = (): Promise<TenantServer> =>
  startTenant({
    port: 0,
    documents,
    clock: sandboxClock(),
    logDelayMs: 0,
    replicationMs: 0,
    azure: { watched, webhookUri: () => WEBHOOK },
    azureMonitor: {
      url: WEBHOOK,
      async fetch(_url, init) {
        told.push(/"IPAddress","value":"([\d.]+)"/.exec(String(init?.body))?.[1] ?? 'nowhere');
        return new Response(null, { status: 202 });
      },
    },
  });

beforeEach(async () => {
  documents = openDocuments(':memory:');
  accounts = { contoso: [FIRST, SECOND], 'fabrikam-b2c': ['bbbbbbbb-0000-4000-8000-000000000001'], northwind: [FIRST] };
  [told, asked, seen] = [[], [], new Set()];
  server = await start();
});
afterEach(() => server.close());

/** As the product reads it, with the identities the product has. */
async function differences(): Promise<readonly MonitorDifference[]> {
  const { secrets, url } = server;
  const reader = (tenantId: string) => loopbackCredential(url, tenantId, APPS.reader, secrets.reader);
  const onLoopback = loopbackFetch(armOrigin, url);
  const found = await monitorsInAzure({
    origin: armOrigin,
    resourceGroup: AZURE.resourceGroup,
    sentinelWorkspaceId: AZURE.workspaceId,
    credential: reader(HOME_TENANT.id),
    readers: new Map(Object.values(TENANTS).map(({ id }) => [id, reader(id)])),
    timeoutMs: 5_000,
    fetch(input, init) {
      asked.push(String(input));
      return onLoopback(input, init);
    },
  }).read();
  const webhook = { uri: WEBHOOK, audience: `api://${APPS.signals}`, tenantId: HOME_TENANT.id };
  const tenants = await watched();
  for (const { key, readable } of partsOf(tenants, found)) if (readable) seen.add(key);
  return compareMonitors(tenants, found, { webhook, workspaceId: AZURE.workspaceId.toLowerCase() }, seen);
}
const byHand = (body: object) => call(server, 'POST', '/sandbox/azure', { body: { ...body } });

test('what npm run monitors writes, deployed by the pipeline and read by the product over every page, is as shipped', async () => {
  expect(await differences()).toEqual([]);
  expect(asked.filter((url) => url.includes('$skipToken')).length).toBeGreaterThan(1);
  const { body } = await call(server, 'GET', '/sandbox/azure');
  expect(body.resources).toContainEqual(
    expect.objectContaining({ name: 'breakglass-contoso-sign-ins', enabled: true, accounts: [FIRST, SECOND] }),
  );
});

test('Resource Manager: by a token made for it, of the subscription’s directory, of who has a role there; versions and paths it knows', async () => {
  const token = (app: 'reader' | 'changer', tenantId: string) =>
    loopbackCredential(server.url, tenantId, APPS[app], server.secrets[app])
      .getToken(`${armOrigin}/.default`)
      .then((got) => got.token);
  const get = async (path: string, bearer?: string) => {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${server.url}${path}`, { headers });
    const { error } = (await response.json()) as { error?: { code: string } };
    return `${response.status} ${error?.code ?? 'value'}`;
  };
  const reader = await token('reader', HOME_TENANT.id);
  const list = `${RULES}?api-version=2023-12-01`;
  expect(await get(list, reader)).toBe('200 value');
  expect(await get(list.toLowerCase(), reader)).toBe('200 value');
  expect(await get(list)).toBe('401 AuthenticationFailed');
  expect(await get(list, `${reader}x`)).toBe('401 InvalidAuthenticationToken');
  expect(await get(list, await graphToken(server, 'reader', HOME_TENANT.id))).toBe('401 InvalidAuthenticationTokenAudience');
  expect(await get(list, await token('reader', TENANTS['fabrikam-b2c'].id))).toBe('401 InvalidAuthenticationTokenTenant');
  expect(await get(list, await token('changer', HOME_TENANT.id))).toBe('403 AuthorizationFailed');
  expect(await get(list.replace('/monitoring/', '/other/'), reader)).toBe('403 AuthorizationFailed');
  expect(await get(list.replace('3c5b1a0e', '00000000'), reader)).toBe('404 SubscriptionNotFound');
  expect(await get(RULES, reader)).toBe('400 MissingApiVersionParameter');
  expect(await get(`${RULES}?api-version=2021-08-01`, reader)).toBe('400 NoRegisteredProviderFound');
  expect(await get(`${AZURE.resourceGroup}/providers/Microsoft.Insights/metricAlerts?api-version=2018-03-01`, reader)).toBe(
    '404 InvalidResourceType',
  );
  // What is for Resource Manager is nothing to Graph.
  const graph = await fetch(`${server.url}/v1.0/organization`, { headers: { authorization: `Bearer ${reader}` } });
  expect(graph.status).toBe(401);
});

const DEEDS: [object, MonitorDifference][] = [
  [
    { do: 'disable-rule', rule: 'breakglass-contoso-sign-ins' },
    { what: 'breakglass-contoso-sign-ins', problem: 'disabled' },
  ],
  [
    { do: 'delete-rule', rule: 'breakglass-contoso-changes' },
    { what: 'breakglass-contoso-changes', problem: 'missing' },
  ],
  [
    { do: 'mute-rule', rule: 'breakglass-contoso-sign-ins' },
    { what: 'breakglass-contoso-sign-ins', problem: 'mutes-itself', detail: '24 hours' },
  ],
  [
    { do: 'remove-account', rule: 'breakglass-contoso-sign-ins', userId: FIRST },
    { what: 'breakglass-contoso-sign-ins', problem: 'account-missing', detail: FIRST },
  ],
  [
    { do: 'remove-account', rule: 'breakglass-contoso-changes', userId: SECOND },
    { what: 'breakglass-contoso-changes', problem: 'account-missing', detail: SECOND },
  ],
  [
    { do: 'disable-rule', rule: sentinelRuleId('breakglass-contoso-sign-ins') },
    { what: 'Sign-in of an emergency access account of contoso', in: 'sentinel', problem: 'disabled' },
  ],
  [
    { do: 'remove-account', rule: 'Sign-in of an emergency access account of contoso', userId: SECOND },
    { what: 'breakglass-contoso-sign-ins', problem: 'account-missing', detail: SECOND },
  ],
  [{ do: 'disable-action-group' }, { what: 'breakglass-bot', problem: 'disabled' }],
  [
    { do: 'disable-action-group', actionGroup: 'on-call' },
    { what: 'on-call', problem: 'disabled' },
  ],
  [
    { do: 'delete-diagnostic-setting', tenantId: CONTOSO.id },
    { what: 'contoso', problem: 'no-logs' },
  ],
];

test.each(DEEDS)(
  'by hand in Azure, %o: the product finds it, after a restart too, until it is deployed again',
  async (deed, difference) => {
    expect((await byHand(deed)).status).toBe(200);
    expect(await differences()).toEqual([difference]);
    await server.close();
    server = await start();
    expect(await differences()).toEqual([difference]);
    await byHand({ do: 'deploy' });
    expect(await differences()).toEqual([]);
  },
);

test('by hand in Azure: switched on again is as before, and what makes no sense is refused in words', async () => {
  for (const does of ['disable', 'enable']) {
    await byHand({ do: `${does}-rule`, rule: 'breakglass-contoso-changes' });
    await byHand({ do: `${does}-action-group` });
  }
  expect(await differences()).toEqual([]);
  const { objectId, userPrincipalName } = PEOPLE.mal;
  accounts = { contoso: [FIRST, objectId] };
  await byHand({ do: 'deploy' });
  const named = { do: 'remove-account', rule: 'breakglass-contoso-changes', tenantId: CONTOSO.id, userPrincipalName };
  expect((await byHand(named)).status).toBe(200);
  expect(await differences()).toEqual([{ what: 'breakglass-contoso-changes', problem: 'account-missing', detail: objectId }]);
  for (const [deed, words] of [
    [{ ...named, userPrincipalName: 'nobody@contoso.onmicrosoft.com' }, 'userId must be that of an account'],
    [{ do: 'dance' }, 'do must be one of disable-rule,'],
    [{ do: 'disable-rule', rule: 'mine' }, 'rule must be the name of a rule'],
    [{ do: 'remove-account', rule: 'breakglass-contoso-changes', userId: PEOPLE.ann.objectId }, 'userId must be that of an account'],
    [{ do: 'disable-action-group', actionGroup: 'x' }, 'actionGroup must be'],
    [{ do: 'delete-diagnostic-setting', tenantId: TENANTS.northwind.id }, 'tenantId must be'],
    [{ do: 'take-right' }, 'tenantId must be'],
  ] as const) {
    const { status, body } = await byHand(deed);
    expect([status, String(body.error)]).toEqual([400, expect.stringContaining(words)]);
  }
});

test('a right of the reader that is taken away by hand is missed by the product, in its own directory only, until it is given back', async () => {
  const right = { tenantId: CONTOSO.id };
  await byHand({ do: 'take-right', ...right });
  expect(await differences()).toEqual([]); // a right that was never there is none that is missed
  await byHand({ do: 'give-right', ...right });
  expect(await differences()).toEqual([]);
  await byHand({ do: 'take-right', ...right });
  expect(await differences()).toEqual([{ what: 'contoso', problem: 'settings-unreadable' }]);
  await byHand({ do: 'give-right', ...right });
  expect(await differences()).toEqual([]);
});

test('a new account is deployed before the clock moves on; with the pipeline off it is missing in every rule until somebody deploys', async () => {
  const third = 'aaaaaaaa-0000-4000-8000-000000000003';
  const move = () => call(server, 'POST', '/sandbox/clock', { body: { advance: 'PT1H' } });
  accounts = { ...accounts, contoso: [FIRST, SECOND, third] };
  await move();
  expect(await differences()).toEqual([]);
  await byHand({ do: 'pipeline', on: false });
  const fourth = 'aaaaaaaa-0000-4000-8000-000000000004';
  accounts = { ...accounts, contoso: [FIRST, SECOND, third, fourth] };
  await move();
  const stale = await differences();
  expect(stale).toHaveLength(6);
  expect(new Set(stale.map(({ problem, detail }) => `${problem} ${detail}`))).toEqual(new Set([`account-missing ${fourth}`]));
  await byHand({ do: 'deploy' });
  expect(await differences()).toEqual([]);
});

test('a sign-in reaches the webhook only as far as what is deployed carries it', async () => {
  const { objectId, userPrincipalName } = PEOPLE.mal;
  accounts = { contoso: [objectId] };
  await call(server, 'POST', '/sandbox/directory', {
    body: { tenantId: CONTOSO.id, do: 'add-to-group', groupId: CONTOSO.exclusionGroupId, userId: objectId },
  });
  const signIn = (ip: string) =>
    call(server, 'POST', '/sandbox/sign-ins', { body: { tenantId: CONTOSO.id, userPrincipalName, password: 'wrong', ip } });
  /** Addresses the webhook was told of; alerts go out in the order of the sign-ins, so the one that is to come is the last. */
  const toldUntil = async (last: string): Promise<readonly string[]> => {
    while (!told.includes(last)) await new Promise((resolve) => setTimeout(resolve, 5));
    return told.splice(0);
  };
  await signIn('198.51.100.1'); // not deployed yet, but about to be
  expect(await toldUntil('198.51.100.1')).toHaveLength(1);
  for (const [number, deed] of [
    { do: 'disable-rule', rule: 'breakglass-contoso-sign-ins' },
    { do: 'delete-rule', rule: 'breakglass-contoso-sign-ins' },
    { do: 'remove-account', rule: 'breakglass-contoso-sign-ins', userId: objectId },
    { do: 'disable-action-group' },
    { do: 'delete-diagnostic-setting', tenantId: CONTOSO.id },
  ].entries()) {
    await byHand({ do: 'deploy' });
    expect((await byHand(deed)).status).toBe(200);
    await signIn(`203.0.113.${number}`);
    await byHand({ do: 'deploy' });
    await signIn(`198.51.100.${number}`);
    expect(await toldUntil(`198.51.100.${number}`)).toEqual([`198.51.100.${number}`]);
  }
});

test('ST-1: the product in the sandbox reaches Resource Manager on its own loopback, and no other host', async () => {
  const own = loopbackFetch(armOrigin, server.url);
  expect((await own(`${armOrigin}${RULES}`)).status).toBe(401);
  for (const elsewhere of ['https://management.evil.example/', 'http://management.azure.com/', server.url, 'http://127.0.0.1:1/'])
    expect(() => own(elsewhere)).toThrow('the sandbox does not call');
  expect(() => loopbackFetch(armOrigin, 'https://management.azure.com')(`${armOrigin}${RULES}`)).toThrow('only calls loopback');
  expect(Object.values(CLOUDS).map((cloud) => new URL(cloud.armOrigin).protocol)).toEqual(['https:', 'https:', 'https:', 'https:']);
});
