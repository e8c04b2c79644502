import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { addProcessingRule, isSuppressed, removeProcessingRules } from '../../sandbox/azure/processingRules.ts';
import { resourcesOf } from '../../sandbox/azure/resources.ts';
import { loopbackFetch } from '../../sandbox/azure/transport.ts';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { type Documents, openDocuments } from '../../sandbox/documents.ts';
import { call, graphToken } from '../../sandbox/tenant/client.ts';
import { openState } from '../../sandbox/tenant/state.ts';
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
    workspaceId: AZURE.workspaceId,
    sentinel: true,
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
  return compareMonitors(tenants, found, { webhook, workspaceId: AZURE.workspaceId.toLowerCase() }, { seen, now: new Date() });
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

test('an alert processing rule made by hand is found wherever it lies, stays when all is deployed again, and goes when it is taken away', async () => {
  const held = (what: string, detail = 'always') => ({ what, problem: 'held-back', detail });
  await byHand({ do: 'add-processing-rule' });
  expect(await differences()).toEqual([held('quiet-night')]);
  await server.close();
  server = await start();
  await byHand({ do: 'deploy' });
  expect(await differences()).toEqual([held('quiet-night')]);
  const vms = { field: 'TargetResourceType', operator: 'Contains', values: ['Microsoft.Compute'] };
  await byHand({ do: 'add-processing-rule', name: 'machines', conditions: [vms] });
  await byHand({ do: 'add-processing-rule', name: 'off', enabled: false });
  const recurrences = [
    { recurrenceType: 'Daily', startTime: '22:00:00', endTime: '06:00:00' },
    { recurrenceType: 'Weekly', daysOfWeek: ['Sunday'] },
    { recurrenceType: 'Monthly', daysOfMonth: [1] },
  ];
  // More than one page.
  for (const name of ['a', 'b', 'c'])
    await byHand({ do: 'add-processing-rule', name, scopes: [AZURE.workspaceId], schedule: { recurrences } });
  expect(new Set(await differences())).toEqual(
    new Set([held('quiet-night'), ...['a', 'b', 'c'].map((name) => held(name, 'again and again on a schedule'))]),
  );
  await byHand({ do: 'remove-processing-rules', name: 'quiet-night' });
  expect((await differences()).map(({ what }) => what).sort()).toEqual(['a', 'b', 'c']);
  await byHand({ do: 'remove-processing-rules' });
  expect(await differences()).toEqual([]);
});

test('alert processing rules are seen by a right of their own on the subscription', async () => {
  expect(await differences()).toEqual([]);
  await byHand({ do: 'add-processing-rule' });
  await byHand({ do: 'take-right', right: 'processing-rules' });
  expect(await differences()).toEqual([{ what: AZURE.subscription.replace('/subscriptions/', ''), problem: 'processing-unreadable' }]);
  await byHand({ do: 'give-right', right: 'processing-rules' });
  expect(await differences()).toEqual([expect.objectContaining({ problem: 'held-back' })]);
});

test('by hand in Azure: an alert processing rule has the shape that Azure takes', async () => {
  const day = { recurrenceType: 'Daily', startTime: '22:00:00', endTime: '06:00:00' };
  for (const [more, words] of [
    [{ name: 'a/b' }, 'name must be'],
    [{ scopes: [] }, 'scopes must be'],
    [{ scopes: ['/subscriptions/00000000-0000-4000-8000-000000000000'] }, 'scopes must be'],
    [{ scope: AZURE.subscription }, 'scope is not known here'],
    [{ enabled: 'no' }, 'enabled must be'],
    [{ conditions: [{ field: 'Weather', operator: 'Equals', values: ['fair'] }] }, 'conditions must each'],
    [{ conditions: [{ field: 'Severity', operator: 'Resembles', values: ['Sev0'] }] }, 'conditions must each'],
    [{ conditions: [{ field: 'Severity', operator: 'Equals', values: [] }] }, 'conditions must each'],
    [{ conditions: [{ field: 'Severity', operator: 'Equals', values: ['a', 'b', 'c', 'd', 'e', 'f'] }] }, 'conditions must each'],
    [{ schedule: { effectiveFrom: '2026-12-24T22:00:00Z' } }, 'schedule has'],
    [{ schedule: { until: '2026-12-24T22:00:00' } }, 'until is not known here'],
    [{ schedule: { timeZone: 'Pacific Standard Time' } }, 'timeZone must be UTC'],
    [{ schedule: { recurrences: [{ ...day, endTime: undefined }] } }, 'recurrences are'],
    [{ schedule: { recurrences: [{ ...day, recurrenceType: 'Weekly' }] } }, 'recurrences are'],
    [{ schedule: { recurrences: [{ recurrenceType: 'Monthly', daysOfMonth: ['1'] }] } }, 'recurrences are'],
  ] as const) {
    const { status, body } = await byHand({ do: 'add-processing-rule', ...more });
    expect([more, status, String(body.error)]).toEqual([more, 400, expect.stringContaining(words)]);
  }
  const { body } = await byHand({ do: 'remove-processing-rules', name: 'nothing' });
  expect(body.error).toBe('name must be that of an alert processing rule that is there.');
  expect(String((await byHand({ do: 'take-right', right: 'everything' })).body.error)).toContain('right must be one of');
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
    { do: 'add-processing-rule' },
  ].entries()) {
    await byHand({ do: 'deploy' });
    expect((await byHand(deed)).status).toBe(200);
    await signIn(`203.0.113.${number}`);
    await byHand({ do: 'deploy' });
    await byHand({ do: 'remove-processing-rules' });
    await signIn(`198.51.100.${number}`);
    expect(await toldUntil(`198.51.100.${number}`)).toEqual([`198.51.100.${number}`]);
  }
});

test('an alert processing rule silences what its scope, conditions and schedule say, and nothing else', async () => {
  const alert = { Severity: 'Sev0', AlertRuleName: 'breakglass-contoso-sign-ins', TargetResource: AZURE.workspaceId };
  const resources = resourcesOf(openState(openDocuments(':memory:'), sandboxClock(), { replicationMs: 0, logDelayMs: 0 }));
  const at = (time: string) => new Date(`2026-11-29T${time}Z`); // a Sunday
  const silences = (more: object, now = at('12:00:00')): boolean => {
    removeProcessingRules(resources, {});
    addProcessingRule(resources, { ...more });
    return isSuppressed(resources, alert, now);
  };
  const when = (field: string, operator: string, ...values: string[]) => ({ conditions: [{ field, operator, values }] });
  const recurring = (...recurrences: object[]) => ({ schedule: { recurrences } });
  expect(
    [{}, { scopes: [AZURE.workspaceId] }, { enabled: false }, { scopes: [`${AZURE.workspaceId}-2`] }].map((each) => silences(each)),
  ).toEqual([...[true, true, false, false]]);
  expect(
    [
      when('Severity', 'Equals', 'Sev1', 'sev0'),
      when('Severity', 'NotEquals', 'Sev0'),
      when('AlertRuleName', 'Contains', 'CPU', 'sign-ins'),
      when('AlertRuleName', 'DoesNotContain', 'breakglass-'),
      { conditions: [when('Severity', 'Equals', 'Sev0'), when('AlertRuleName', 'Equals', 'x')].flatMap(({ conditions }) => conditions) },
    ].map((each) => silences(each)),
  ).toEqual([true, false, true, false, false]);
  const night = recurring({ recurrenceType: 'Daily', startTime: '22:00:00', endTime: '06:00:00' });
  expect(['21:59:59', '22:00:00', '05:59:59', '06:00:00'].map((time) => silences(night, at(time)))).toEqual([false, true, true, false]);
  const [sundays, mondays] = ['Sunday', 'Monday'].map((day) => recurring({ recurrenceType: 'Weekly', daysOfWeek: [day] }));
  const monthly = [29, 30].map((day) =>
    recurring({ recurrenceType: 'Monthly', daysOfMonth: [day], startTime: '10:00:00', endTime: '14:00:00' }),
  );
  expect([sundays, mondays, ...monthly].map((each) => silences({ ...each }))).toEqual([true, false, true, false]);
  const window = { schedule: { effectiveFrom: '2026-11-29T11:00:00', effectiveUntil: '2026-11-29T13:00:00' } };
  expect(['10:59:59', '11:00:00', '13:00:00'].map((time) => silences(window, at(time)))).toEqual([false, true, false]);
});

test('ST-1: the product in the sandbox reaches Resource Manager on its own loopback, and no other host', async () => {
  const own = loopbackFetch(armOrigin, server.url);
  expect((await own(`${armOrigin}${RULES}`)).status).toBe(401);
  for (const elsewhere of ['https://management.evil.example/', 'http://management.azure.com/', server.url, 'http://127.0.0.1:1/'])
    expect(() => own(elsewhere)).toThrow('the sandbox does not call');
  expect(() => loopbackFetch(armOrigin, 'https://management.azure.com')(`${armOrigin}${RULES}`)).toThrow('only calls loopback');
  expect(Object.values(CLOUDS).map((cloud) => new URL(cloud.armOrigin).protocol)).toEqual(['https:', 'https:', 'https:', 'https:']);
});
