import fc from 'fast-check';
import { readAzureMonitor } from '../../src/signals/push/azureMonitor.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const TENANT = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const parse = (body: unknown, now: Date) => readAzureMonitor(body, now, TENANT);
const USER = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b44';

const dimensions = (values: Record<string, string>) => Object.entries(values).map(([name, value]) => ({ name, value }));
const row = (values: Record<string, string> = {}) => ({
  dimensions: dimensions({ TenantId: TENANT, UserId: USER, ResultType: '0', CorrelationId: 'C-1', ...values }),
  metricValue: 1,
});
const alert = (rows: unknown, more: Record<string, unknown> = {}) => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: { alertId: '/subscriptions/s/alerts/1', monitorCondition: 'Fired', firedDateTime: '2026-11-22T11:58:00Z', ...more },
    alertContext: { conditionType: 'LogQueryCriteria', condition: { windowEndTime: '2026-11-22T11:57:00Z', allOf: rows } },
  },
});

test('each row of a fired alert is one sign-in', () => {
  const { events, unreadable } = parse(
    alert([
      row({ UserPrincipalName: 'bg@contoso.example', IPAddress: '203.0.113.7', AppDisplayName: 'Azure Portal' }),
      row({ ResultType: '50126', CorrelationId: 'C-2' }),
    ]),
    NOW,
  );
  expect(unreadable).toEqual([]);
  expect(events).toEqual([
    {
      tenantId: TENANT,
      userId: USER,
      signedInAt: new Date('2026-11-22T11:57:00Z'),
      correlationId: 'c-1',
      errorCode: 0,
      userPrincipalName: 'bg@contoso.example',
      ipAddress: '203.0.113.7',
      app: 'Azure Portal',
    },
    { tenantId: TENANT, userId: USER, signedInAt: new Date('2026-11-22T11:57:00Z'), correlationId: 'c-2', errorCode: 50126 },
  ]);
});

test('names of dimensions are compared without case, ids come in lower case', () => {
  const { events } = parse(
    alert([{ dimensions: dimensions({ TENANTID: TENANT.toUpperCase(), userid: USER.toUpperCase(), resultType: '0' }) }]),
    NOW,
  );
  expect(events).toMatchObject([{ tenantId: TENANT, userId: USER }]);
});

test('the directory wins over the workspace: AADTenantId before TenantId', () => {
  expect(parse(alert([row({ TenantId: 'f3d4a6b8-1c2e-4d5f-9a7b-6c8d0e1f2a03', AADTenantId: TENANT })]), NOW).events).toMatchObject([
    { tenantId: TENANT },
  ]);
});

test('AL-3: without a correlation id the same alert gives the same attempt again, another alert another', () => {
  const of = (body: unknown) => parse(body, NOW).events[0]?.correlationId;
  const body = alert([row({ CorrelationId: '' })]);
  expect(of(body)).toMatch(/^alert-[0-9a-f]{32}$/);
  expect(of(body)).toBe(of(structuredClone(body)));
  expect(of(alert([row({ CorrelationId: '' })], { alertId: '/subscriptions/s/alerts/2' }))).not.toBe(of(body));
});

test('a resolved alert says nothing', () => {
  expect(parse(alert([row()], { monitorCondition: 'Resolved' }), NOW)).toMatchObject({ events: [], unreadable: [] });
});

test('AL-5: what cannot be read is said, in our own words, beside what can', () => {
  const hostile = '</at> [click](https://evil.example)';
  const read = parse(alert([row(), row({ UserId: hostile }), row({ ResultType: '' }), row({ TenantId: hostile }), 7, null]), NOW);
  expect(read.events).toHaveLength(1);
  expect(read.unreadable).toHaveLength(5);
  expect(read.unreadable.join(' ')).not.toContain('evil');
  for (const body of [{}, { schemaId: 'other' }, alert(undefined), alert([]), alert('x'), alert([row()], { monitorCondition: 'Odd' })]) {
    expect(parse(body, NOW)).toMatchObject({ events: [], unreadable: [expect.any(String)] });
  }
});

test('any JSON gives events, or words about what is unreadable, or was resolved; never an exception', () => {
  fc.assert(fc.property(fc.jsonValue(), (body) => void parse(body, NOW)));
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (rows) => {
      const { events, unreadable } = parse(alert(rows), NOW);
      expect(events.length + unreadable.length).toBe(rows.length);
    }),
  );
});
