import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EXAMPLE } from '../../scripts/monitorDocs.ts';
import { compareMonitors } from '../../src/core/monitors/compare.ts';
import type { MonitorProblem } from '../../src/core/monitors/difference.ts';
import { partsOf } from '../../src/core/monitors/parts.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';
import { monitorsInAzure } from '../../src/graph/monitors.ts';

const ORIGIN = 'https://management.azure.com';
const GROUP = '/subscriptions/3c5b1a0e-7d42-4a68-9e1f-0b2c4d6e8f10/resourceGroups/logs';
const URI = 'https://breakglass.contoso.example/api/signals/azure-monitor';
const AUDIENCE = 'api://b07b07b0-0000-4000-8000-00000000b004';
const HOME = '11111111-1111-4111-8111-111111111111';
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const PEOPLE = '/subscriptions/x/resourceGroups/people/providers/Microsoft.Insights/actionGroups/on-call';
const BOT = `${GROUP}/providers/Microsoft.Insights/actionGroups/breakglass-bot`;
const PROCESSING = `${GROUP.slice(0, 51)}/providers/Microsoft.AlertsManagement/actionRules?api-version=2021-08-08`;
const SENTINEL = `${WORKSPACE}/providers/Microsoft.SecurityInsights/alertRules?api-version=2024-03-01`;
const NEVER = { seen: new Set<string>(), now: new Date('2026-11-29T12:00:00Z') };
const DEPLOYED = { webhook: { uri: URI, audience: AUDIENCE, tenantId: HOME }, workspaceId: WORKSPACE.toLowerCase() };

type Changeable = Record<string, unknown>;
const splitBy = (criterion: Changeable, how: object): void => {
  Object.assign((criterion.dimensions as Changeable[])[0] ?? {}, how);
};
interface Resource {
  readonly type: string;
  readonly name: string;
  readonly properties: Changeable;
}
let azure: Server;
let answers: Map<string, { readonly status?: number; readonly body?: object }>;
let asked: string[];
let rules: Resource[];
let sentinel: Resource[];

/** What Azure keeps of a template once it is deployed: parameters filled in. */
const deployed = (file: 'alert-rules.json' | 'sentinel-rules.json'): Resource[] =>
  (JSON.parse(monitorFiles(EXAMPLE)[file] ?? '') as { resources: Resource[] }).resources.map((resource) => {
    const filled = Object.entries({ webhookUri: URI, webhookAppIdUri: AUDIENCE, homeTenantId: HOME, workspaceId: WORKSPACE }).reduce(
      (text, [name, value]) => text.replaceAll(`[parameters('${name}')]`, value),
      JSON.stringify(resource.properties),
    );
    const properties = JSON.parse(filled) as Record<string, unknown>;
    return { ...resource, properties: 'actions' in properties ? { ...properties, actions: { actionGroups: [PEOPLE, BOT] } } : properties };
  });

beforeEach(async () => {
  const all = deployed('alert-rules.json');
  // `[concat(parameters('workspaceName'), '/Microsoft.SecurityInsights/<id>')]` is the resource `<id>`.
  sentinel = deployed('sentinel-rules.json').map((each) => ({ ...each, name: /([0-9a-f-]{36})'/.exec(each.name)?.[1] ?? '' }));
  const of = (type: string) =>
    all.filter((each) => each.type.endsWith(type)).map((each) => ({ ...each, id: type === 'actionGroups' ? BOT : each.name }));
  rules = of('scheduledQueryRules');
  const insights = `${GROUP}/providers/Microsoft.Insights`;
  answers = new Map([
    [`${insights}/scheduledQueryRules?api-version=2023-12-01`, { body: { value: rules.slice(0, 2), nextLink: `${ORIGIN}/next-page` } }],
    ['/next-page', { body: { value: rules.slice(2) } }],
    [SENTINEL, { body: { value: sentinel } }],
    [PROCESSING, { body: { value: [] } }],
    [`${insights}/actionGroups?api-version=2023-01-01`, { body: { value: of('actionGroups') } }],
    [
      '/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01',
      {
        body: {
          value: [
            {
              properties: {
                workspaceId: WORKSPACE,
                logs: ['SignInLogs', 'NonInteractiveUserSignInLogs', 'AuditLogs'].map((category) => ({ category, enabled: true })),
              },
            },
          ],
        },
      },
    ],
  ]);
  asked = [];
  azure = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const { status = 200, body } = answers.get(request.url ?? '') ?? { status: 404 };
    // Two statements: restify, loaded by another suite of the same process, makes writeHead return nothing.
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: { code: 'Nothing' } }));
  }).listen(0, '127.0.0.1');
  await once(azure, 'listening');
});
afterEach(() => void azure.close());

const token = (text: string) => ({ getToken: async () => ({ token: text }) });
const read = (more = {}) =>
  monitorsInAzure({
    origin: ORIGIN,
    resourceGroup: GROUP,
    workspaceId: WORKSPACE,
    sentinel: true,
    credential: token('home'),
    readers: new Map([[EXAMPLE[0]?.id ?? '', token('contoso')]]),
    timeoutMs: 5_000,
    fetch(url, init) {
      const { origin, pathname, search } = new URL(String(url));
      expect(origin).toBe(ORIGIN);
      return fetch(`http://127.0.0.1:${(azure.address() as AddressInfo).port}${pathname}${search}`, init);
    },
    ...more,
  }).read();

test('SI-4: what npm run monitors wrote, deployed and read back over every page, is as shipped', async () => {
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([]);
  expect(asked.every((each) => each.startsWith('GET '))).toBe(true);
  expect(asked.filter((each) => each.includes('aadiam')).every((each) => each.endsWith('Bearer contoso'))).toBe(true);
});

test.each<[string, (properties: Changeable, criterion: Changeable) => void, MonitorProblem]>([
  ['disabled', (rule) => (rule.enabled = false), 'disabled'],
  ['reading another workspace', (rule) => (rule.scopes = [`${WORKSPACE}-2`]), 'other-workspace'],
  ['run every hour', (rule) => (rule.evaluationFrequency = 'PT1H'), 'other-rhythm'],
  ['run nobody knows how often', (rule) => (rule.evaluationFrequency = 'often'), 'other-rhythm'],
  ['counting by the day', (rule) => (rule.windowSize = 'P1D'), 'other-window'],
  ['looking back over its window', (rule) => delete rule.overrideQueryTimeRange, 'looks-back-less'],
  ['muted', (rule) => (rule.muteActionsDuration = 'PT30M'), 'mutes-itself'],
  ['resolving itself by default', (rule) => delete rule.autoMitigate, 'resolves-itself'],
  ['less severe', (rule) => (rule.severity = 4), 'other-severity'],
  ['waiting for a thousand', (_rule, criterion) => (criterion.threshold = 1_000), 'other-condition'],
  ['waiting for fewer', (_rule, criterion) => (criterion.operator = 'LessThan'), 'other-condition'],
  ['counting otherwise', (_rule, criterion) => (criterion.timeAggregation = 'Average'), 'other-condition'],
  [
    'waiting for several runs',
    (_rule, criterion) => (criterion.failingPeriods = { numberOfEvaluationPeriods: 6, minFailingPeriodsToAlert: 6 }),
    'waits',
  ],
  ['split by some values only', (_rule, criterion) => splitBy(criterion, { operator: 'Include', values: ['x'] }), 'not-split'],
  ['split by all values but some', (_rule, criterion) => splitBy(criterion, { operator: 'Exclude', values: ['*'] }), 'not-split'],
  ['calling nobody', (rule) => (rule.actions = {}), 'calls-nobody'],
])('SI-4: a rule changed in Azure, %s, is found by what Resource Manager tells', async (_how, change, problem) => {
  const rule = rules[0]?.properties as Changeable;
  const [criterion] = (rule.criteria as { allOf: Changeable[] }).allOf;
  if (criterion) change(rule, criterion);
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([
    expect.objectContaining({ what: 'breakglass-contoso-sign-ins', problem }),
  ]);
});

test.each<[string, (rule: Changeable, whole: Changeable) => void, MonitorProblem]>([
  ['disabled', (rule) => (rule.enabled = false), 'disabled'],
  ['of another kind', (_rule, whole) => (whole.kind = 'NRT'), 'other-query'],
  ['with another query', (rule) => (rule.query = `${rule.query} | take 0`), 'other-query'],
  ['run every day', (rule) => (rule.queryFrequency = 'P1D'), 'other-rhythm'],
  ['looking back five minutes', (rule) => (rule.queryPeriod = 'PT5M'), 'looks-back-less'],
  ['waiting for more', (rule) => (rule.triggerThreshold = 50), 'other-condition'],
  ['waiting for fewer', (rule) => (rule.triggerOperator = 'LessThan'), 'other-condition'],
  ['suppressed', (rule) => (rule.suppressionEnabled = true), 'mutes-itself'],
  ['less severe', (rule) => (rule.severity = 'Low'), 'other-severity'],
  ['without incidents', (rule) => Object.assign(rule.incidentConfiguration as Changeable, { createIncident: false }), 'no-incident'],
  [
    'with incidents in one',
    (rule) => Object.assign((rule.incidentConfiguration as { groupingConfiguration: Changeable }).groupingConfiguration, { enabled: true }),
    'incidents-grouped',
  ],
  ['with all rows in one alert', (rule) => delete rule.eventGroupingSettings, 'alerts-grouped'],
  ['without a detail', (rule) => delete (rule.customDetails as Changeable).UserId, 'detail-missing'],
])('SI-4: a rule of Sentinel changed in Azure, %s, is found by what Resource Manager tells', async (_how, change, problem) => {
  const [rule] = sentinel;
  if (rule) change(rule.properties, rule as unknown as Changeable);
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([
    expect.objectContaining({ what: 'Sign-in of an emergency access account of contoso', in: 'sentinel', problem }),
  ]);
});

test.each([401, 403, 404])('SI-4: Sentinel that answers %d is not seen, and nothing else is lost; 500 is a fault', async (status) => {
  answers.set(SENTINEL, { status });
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([{ what: 'Microsoft Sentinel', problem: 'unreadable' }]);
  answers.set(SENTINEL, { status: 500 });
  await expect(read()).rejects.toThrow('Resource Manager answered 500');
});

test('Sentinel is not asked where nobody says that its rules are deployed', async () => {
  expect(await read({ sentinel: false })).not.toHaveProperty('sentinel');
  expect(asked.filter((each) => each.includes('SecurityInsights'))).toEqual([]);
});

test('SI-4: what Azure leaves out where it is the default is no difference', async () => {
  for (const { properties } of rules) {
    Object.assign(properties, { muteActionsDuration: null, overrideQueryTimeRange: 'PT60M', createdWithApiVersion: '2023-12-01' });
    for (const each of (properties.criteria as { allOf: Changeable[] }).allOf) delete each.failingPeriods;
  }
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([]);
});

test.each([401, 403])(
  'SI-4: a directory that answers %d does not let us see its settings; anything else that fails is thrown',
  async (status) => {
    answers.set('/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01', { status });
    expect([...(await read()).logs]).toEqual([[EXAMPLE[0]?.id, 'unreadable']]);
    answers.set(`${GROUP}/providers/Microsoft.Insights/actionGroups?api-version=2023-01-01`, { status: 500 });
    await expect(read()).rejects.toThrow('Resource Manager answered 500');
  },
);

test('GR-8: a next link that leads elsewhere gets no token', async () => {
  answers.set(`${GROUP}/providers/Microsoft.Insights/scheduledQueryRules?api-version=2023-12-01`, {
    body: { value: [], nextLink: 'https://evil.example/next' },
  });
  await expect(read()).rejects.toThrow('leads elsewhere');
});

/** As Learn's own example has it, but for what decides. */
const suppression = (properties: object, name = 'DailySuppression') => ({
  name,
  type: 'Microsoft.AlertsManagement/actionRules',
  location: 'Global',
  tags: {},
  properties: { scopes: [GROUP], actions: [{ actionType: 'RemoveAllActionGroups' }], description: '', enabled: true, ...properties },
});

test('SI-4: an alert processing rule that takes everybody from our alerts is found, on whatever page, with when it does', async () => {
  const schedule = {
    effectiveFrom: '2026-11-10T22:05:09',
    effectiveUntil: '2026-12-10T22:05:09.123',
    timeZone: 'Pacific Standard Time',
    recurrences: [{ recurrenceType: 'Daily', startTime: '06:00:00', endTime: '14:00:00' }],
  };
  const others = [
    suppression({ enabled: false }),
    suppression({ actions: [{ actionType: 'AddActionGroups', actionGroupIds: [PEOPLE] }] }),
    suppression({ scopes: [`${GROUP}-2`] }),
    suppression({ conditions: [{ field: 'Severity', operator: 'Equals', values: ['Sev2', 'Sev3'] }] }),
    suppression({ schedule: { ...schedule, effectiveUntil: '2018-12-10T22:05:09' } }),
  ];
  answers.set(PROCESSING, { body: { value: others, nextLink: `${ORIGIN}:443/more-rules` } });
  const hold = [suppression({ enabled: undefined, scopes: [`${GROUP.toUpperCase()}/`] }, 'always'), suppression({ schedule }, 'daily')];
  answers.set('/more-rules', { body: { value: [...hold, suppression({ schedule: {} }, 'without an end')] } });
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([
    { what: 'always', problem: 'held-back', detail: 'always' },
    {
      what: 'daily',
      problem: 'held-back',
      detail: 'again and again on a schedule from 2026-11-10 22:05 until 2026-12-10 22:05, Pacific Standard Time',
    },
    { what: 'without an end', problem: 'held-back', detail: 'always' },
  ]);
});

test.each([400, 401, 403, 404])('SI-4: alert processing rules that answer %d are not seen, and nothing else is lost', async (status) => {
  const before = { ...NEVER, seen: new Set(partsOf(EXAMPLE, await read()).map(({ key }) => key)) };
  answers.set(PROCESSING, { status });
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, NEVER)).toEqual([]);
  expect(compareMonitors(EXAMPLE, await read(), DEPLOYED, before)).toEqual([
    { what: GROUP.slice(15, 51), problem: 'processing-unreadable' },
  ]);
});

test('alert processing rules: 409 is a provider that was never registered, so there are none; 500 is a fault', async () => {
  answers.set(PROCESSING, { status: 409 });
  expect([...(await read()).processingRules.values()]).toEqual([[]]);
  answers.set(PROCESSING, { status: 500 });
  await expect(read()).rejects.toThrow('Resource Manager answered 500');
});

test('alert processing rules are those of the subscription of the rules, and of that of the workspace', async () => {
  const elsewhere = WORKSPACE.replace('3c5b1a0e', '4d6c2b1f');
  answers.set(PROCESSING.replace('3c5b1a0e', '4d6c2b1f'), { body: { value: [suppression({}, 'elsewhere')] } });
  const found = await read({ workspaceId: elsewhere, sentinel: false });
  expect([...found.processingRules].map(([subscription, rules]) => [subscription, rules.length])).toEqual([
    [GROUP.slice(0, 51), 0],
    [GROUP.slice(0, 51).replace('3c5b1a0e', '4d6c2b1f'), 1],
  ]);
});

test('GR-8: a next link of alert processing rules that leads elsewhere gets no token', async () => {
  answers.set(PROCESSING, { body: { value: [], nextLink: 'https://management.azure.com.evil.example/next' } });
  await expect(read()).rejects.toThrow('leads elsewhere');
});
