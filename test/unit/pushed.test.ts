import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAzureMonitor } from '../../src/signals/push/azureMonitor.ts';
import { readSentinel } from '../../src/signals/push/sentinel.ts';
import { sample, samplesAreThere } from '../support/samples.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const HOME = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const TENANT = '11111111-2222-4333-8444-555555555555';
const USER = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b44';
const monitor = (body: unknown) => readAzureMonitor(body, NOW, HOME);
const sentinel = (body: unknown) => readSentinel(body, NOW, HOME);

const common = (alertContext: object, more: object = {}) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: { essentials: { alertId: '/alerts/1', monitorCondition: 'Fired', firedDateTime: '2026-11-22T11:58:00Z', ...more }, alertContext },
});
const RESULTS = {
  tables: [
    {
      name: 'PrimaryResult',
      columns: ['TimeGenerated', 'UserId', 'ResultType', 'AADTenantId', 'IPAddress', 'CorrelationId'].map((name) => ({
        name,
        type: 'string',
      })),
      rows: [
        ['2026-11-22T11:50:00.1234567Z', USER.toUpperCase(), '0', TENANT, '198.51.100.7', 'C-1'],
        ['2026-11-22T11:51:00Z', USER, 50126, TENANT, '', 'C-2'],
      ],
    },
  ],
};
const BOTH = [
  {
    userId: USER,
    tenantId: TENANT,
    errorCode: 0,
    correlationId: 'c-1',
    ipAddress: '198.51.100.7',
    signedInAt: new Date('2026-11-22T11:50:00.123Z'),
  },
  { userId: USER, tenantId: TENANT, errorCode: 50126, correlationId: 'c-2', signedInAt: new Date('2026-11-22T11:51:00Z') },
];

describe('a log alert of the first version', () => {
  test.each([
    ['in the common schema', common({ SearchQuery: 'SigninLogs', SearchResults: RESULTS, IncludedSearchResults: 'True' })],
    ['in its own', { schemaId: 'Microsoft.Insights/LogAlert', data: { SearchQuery: 'SigninLogs', SearchResult: RESULTS } }],
    ['bare, as older rules send it', { WorkspaceId: 'w', AlertRuleName: 'r', SearchResult: RESULTS }],
  ])('%s is one sign-in a row', (_which, body) => {
    expect(monitor(body)).toMatchObject({ events: BOTH, unreadable: [] });
  });

  test('without results is told, not passed over', () => {
    expect(monitor(common({ SearchQuery: 'SigninLogs', IncludedSearchResults: 'False' })).unreadable).toHaveLength(1);
  });
});

describe('a metric alert', () => {
  const criterion = (dimensions: object) => ({
    metricName: 'sign-ins',
    dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
  });
  test('is a sign-in where its dimensions name one, in either shape', () => {
    const allOf = [criterion({ UserId: USER, ResultType: '0', AADTenantId: TENANT })];
    for (const body of [
      common({ conditionType: 'SingleResourceMultipleMetricCriteria', condition: { allOf } }),
      {
        schemaId: 'AzureMonitorMetricAlert',
        data: { status: 'Activated', context: { timestamp: '2026-11-22T11:58:00Z', condition: { allOf } } },
      },
    ])
      expect(monitor(body)).toMatchObject({ events: [{ userId: USER, errorCode: 0 }], unreadable: [] });
  });
  test('that names no account is told; one that is over says nothing', () => {
    const condition = { allOf: [criterion({ Computer: 'dc-1' })] };
    expect(monitor(common({ condition })).unreadable).toEqual(['An alert on a metric came: it names no account.']);
    expect(monitor(common({ condition }, { monitorCondition: 'Resolved' }))).toEqual({ events: [], changes: [], unreadable: [] });
    expect(monitor({ schemaId: 'AzureMonitorMetricAlert', data: { status: 'Deactivated', context: { condition } } }).unreadable).toEqual(
      [],
    );
  });
});

describe('an activity log alert', () => {
  const claims = {
    'http://schemas.microsoft.com/identity/claims/tenantid': TENANT,
    'http://schemas.microsoft.com/identity/claims/objectidentifier': USER,
    name: 'Mal Moore',
  };
  const row = {
    authorization: { action: 'Microsoft.Insights/actionGroups/delete', scope: '/subscriptions/S/actionGroups/emergency' },
    caller: 'mal@contoso.example',
    correlationId: 'c-9',
    eventTimestamp: '2026-11-22T11:57:00.0019532+00:00',
    eventDataId: 'e-1',
    operationName: 'Microsoft.Insights/actionGroups/delete',
    status: 'Succeeded',
  };
  test.each([
    ['in the common schema, claims as text', common({ ...row, claims: JSON.stringify(claims) })],
    [
      'in its own',
      { schemaId: 'Microsoft.Insights/activityLogs', data: { status: 'Activated', context: { activityLog: { ...row, claims } } } },
    ],
  ])('%s is the change, with who did it', (_which, body) => {
    expect(monitor(body).changes).toMatchObject([
      {
        tenantId: TENANT,
        activity: 'Microsoft.Insights/actionGroups/delete',
        result: 'success',
        correlationId: 'c-9',
        actor: { userId: USER, userPrincipalName: 'mal@contoso.example', name: 'Mal Moore' },
        targets: [{ id: '/subscriptions/s/actiongroups/emergency' }],
      },
    ]);
  });
  test('that names no tenant is of the tenant that sent it; one that says nothing is told', () => {
    expect(monitor(common(row)).changes).toMatchObject([{ tenantId: HOME, actor: { userPrincipalName: 'mal@contoso.example' } }]);
    expect(monitor(common({ operationName: 'x/write' })).unreadable).toEqual([
      'An alert on the activity log brought a change without a time.',
    ]);
  });
});

describe('an incident of Sentinel', () => {
  const incident = (details: object | string, more: object = {}, entities: object[] = []) => ({
    objectSchemaType: 'Incident',
    object: {
      name: 'incident-1',
      properties: {
        title: 'Emergency account signed in',
        status: 'New',
        createdTimeUtc: '2026-11-22T11:59:00Z',
        alerts: [
          {
            properties: {
              systemAlertId: 'sa-1',
              timeGenerated: '2026-11-22T11:58:00Z',
              additionalData: { 'Custom Details': typeof details === 'string' ? details : JSON.stringify(details) },
            },
          },
        ],
        relatedEntities: entities,
        ...more,
      },
    },
  });
  const account = { kind: 'Account', properties: { aadUserId: USER.toUpperCase(), aadTenantId: TENANT, accountName: 'north.harbor' } };
  const ip = { kind: 'Ip', properties: { address: '198.51.100.7' } };

  test('is the sign-in that its custom details and entities name', () => {
    expect(sentinel(incident({ ResultType: ['0'], CorrelationId: ['C-7'], App: ['Azure Portal'] }, {}, [account, ip]))).toMatchObject({
      events: [
        {
          userId: USER,
          tenantId: TENANT,
          errorCode: 0,
          correlationId: 'c-7',
          app: 'Azure Portal',
          ipAddress: '198.51.100.7',
          signedInAt: new Date('2026-11-22T11:58:00Z'),
        },
      ],
      unreadable: [],
    });
  });

  test('is the change that they name', () => {
    const details = {
      Operation: ['Reset user password'],
      Result: ['success'],
      Category: ['UserManagement'],
      Actor: ['mal@contoso.example'],
    };
    expect(sentinel(incident(details, {}, [account])).changes).toMatchObject([
      {
        tenantId: TENANT,
        activity: 'Reset user password',
        result: 'success',
        actor: { userPrincipalName: 'mal@contoso.example' },
        targets: [{ id: USER }],
      },
    ]);
  });

  test('AL-5: whose details are several, missing or broken is told generically and never guessed at', () => {
    for (const body of [
      incident({ ResultType: ['0', '50126'], UserId: [USER] }),
      incident({ ResultType: ['0'] }, {}, [account, { ...account, properties: { aadUserId: HOME } }]),
      incident('{broken', {}, [account]),
      incident('{"UserId":[{"toString":7}],"ResultType":["0"]}'),
      incident({}, { alerts: [] }),
      {},
    ])
      expect(sentinel(body)).toMatchObject({ events: [], changes: [], unreadable: [expect.any(String)] });
    const numbered = { ...incident({}, { alerts: [], incidentNumber: 4711 }) };
    expect(sentinel(numbered).unreadable).toEqual(['Incident 4711 came without its alerts: look at it in Sentinel.']);
    expect(sentinel(incident({})).unreadable[0]).toMatch(/^Incident incident-1 came and says neither/);
    expect(sentinel({ object: { name: 'a word of somebody', properties: {} } }).unreadable[0]).toMatch(/^An incident came without/);
  });

  test('AL-5: that is closed when it comes is told like any other: a rule may close what nobody saw', () => {
    const open = incident({ ResultType: ['0'] }, { status: 'New' }, [account]);
    const closed = incident({ ResultType: ['0'] }, { status: 'Closed' }, [account]);
    expect(sentinel(closed)).toEqual(sentinel(open));
    expect(sentinel(closed).events).toHaveLength(1);
    expect(sentinel(incident({}, { status: 'Closed' })).unreadable).toHaveLength(1);
  });

  test('any JSON gives something to tell, never an exception', () => {
    const told = (body: unknown) => {
      const { events, changes, unreadable } = sentinel(body);
      expect(events.length + changes.length + unreadable.length).toBeGreaterThan(0);
    };
    fc.assert(fc.property(fc.jsonValue(), told));
    fc.assert(fc.property(fc.jsonValue(), (details) => told(incident(JSON.stringify(details), {}, [account]))));
    fc.assert(
      fc.property(fc.jsonValue(), (context) => {
        const { events, changes, unreadable } = monitor(common({ condition: context } as object));
        expect(events.length + changes.length + unreadable.length).toBeGreaterThan(0);
      }),
    );
  });
});

const withSamples = samplesAreThere ? describe : describe.skip;

withSamples('alerts that Microsoft publishes', () => {
  const samples = sample('azure-monitor-alerts.json') as Record<
    string,
    { alertContext: object; data: { essentials: object; alertContext: { condition: { allOf: { dimensions: object[] }[] } } } }
  >;
  const of = (name: string) => samples[name] ?? { alertContext: {}, data: { essentials: {}, alertContext: { condition: { allOf: [] } } } };

  test('say nothing where they are resolved, and are told where they name no sign-in', () => {
    expect(monitor(of('metricCommonSchema'))).toEqual({ events: [], changes: [], unreadable: [] });
    for (const name of ['logAlertsV2Context', 'logPlatformContext'])
      expect(monitor(common(of(name).alertContext)).unreadable.length).toBeGreaterThan(0);
    expect(monitor(of('logAlertsV2Assembled')).unreadable).toEqual([
      'Row 1 of an alert names no tenant: its rule must be split by the dimension TenantId.',
    ]);
  });

  test('are a sign-in once their rule is split as deploying says', () => {
    const split = structuredClone(of('logAlertsV2Assembled'));
    const more = { ResultType: '0', AADTenantId: TENANT, CorrelationId: 'C-1' };
    split.data.alertContext.condition.allOf[0]?.dimensions.push(...Object.entries(more).map(([name, value]) => ({ name, value })));
    expect(monitor(split)).toMatchObject({ events: [{ userId: TENANT, errorCode: 0, tenantId: TENANT }], unreadable: [] });
  });
});
