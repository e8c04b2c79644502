import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EXAMPLE } from '../../scripts/monitorDocs.ts';
import { compareMonitors } from '../../src/core/monitors/compare.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';
import { monitorsInAzure } from '../../src/graph/monitors.ts';

const ORIGIN = 'https://management.azure.com';
const GROUP = '/subscriptions/3c5b1a0e-7d42-4a68-9e1f-0b2c4d6e8f10/resourceGroups/logs';
const URI = 'https://breakglass.contoso.example/api/signals/azure-monitor';
const BOT = `${GROUP}/providers/Microsoft.Insights/actionGroups/breakglass-bot`;

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
}
let azure: Server;
let answers: Map<string, { readonly status?: number; readonly body?: object }>;
let asked: string[];

/** What Azure keeps of a template once it is deployed: parameters filled in. */
const deployed = (): Resource[] =>
  (JSON.parse(monitorFiles(EXAMPLE)['alert-rules.json'] ?? '') as { resources: Resource[] }).resources.map((resource) => {
    const properties = JSON.parse(JSON.stringify(resource.properties).replaceAll("[parameters('webhookUri')]", URI)) as Record<
      string,
      unknown
    >;
    return { ...resource, properties: 'actions' in properties ? { ...properties, actions: { actionGroups: [BOT] } } : properties };
  });

beforeEach(async () => {
  const all = deployed();
  const of = (type: string) =>
    all.filter((each) => each.type.endsWith(type)).map((each) => ({ ...each, id: type === 'actionGroups' ? BOT : each.name }));
  const rules = of('scheduledQueryRules');
  const insights = `${GROUP}/providers/Microsoft.Insights`;
  answers = new Map([
    [`${insights}/scheduledQueryRules?api-version=2023-12-01`, { body: { value: rules.slice(0, 2), nextLink: `${ORIGIN}/next-page` } }],
    ['/next-page', { body: { value: rules.slice(2) } }],
    [`${insights}/actionGroups?api-version=2023-01-01`, { body: { value: of('actionGroups') } }],
    [
      '/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01',
      {
        body: {
          value: [
            {
              properties: {
                workspaceId: '/w',
                logs: [
                  { category: 'SignInLogs', enabled: true },
                  { category: 'AuditLogs', enabled: true },
                ],
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
    credential: token('home'),
    readers: new Map([[EXAMPLE[0]?.id ?? '', token('contoso')]]),
    timeoutMs: 5_000,
    fetch: (url, init) => fetch(String(url).replace(ORIGIN, `http://127.0.0.1:${(azure.address() as AddressInfo).port}`), init),
    ...more,
  }).read();

test('SI-4: what npm run monitors wrote, deployed and read back over every page, is as shipped', async () => {
  expect(compareMonitors(EXAMPLE, await read(), URI)).toEqual([]);
  expect(asked.every((each) => each.startsWith('GET '))).toBe(true);
  expect(asked.filter((each) => each.includes('aadiam')).every((each) => each.endsWith('Bearer contoso'))).toBe(true);
});

test('SI-4: a directory that does not let us read its settings is left out; anything else that fails is thrown', async () => {
  answers.set('/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01', { status: 403 });
  expect((await read()).logs.size).toBe(0);
  answers.set(`${GROUP}/providers/Microsoft.Insights/actionGroups?api-version=2023-01-01`, { status: 500 });
  await expect(read()).rejects.toThrow('Resource Manager answered 500');
});

test('GR-8: a next link that leads elsewhere gets no token', async () => {
  answers.set(`${GROUP}/providers/Microsoft.Insights/scheduledQueryRules?api-version=2023-12-01`, {
    body: { value: [], nextLink: 'https://evil.example/next' },
  });
  await expect(read()).rejects.toThrow('leads elsewhere');
});
