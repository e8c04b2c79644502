import { describe, expect, test } from '@jest/globals';
import { concernOf } from '../../src/core/alert/concern.ts';
import { type Fields, instant } from '../../src/signals/records/fields.ts';
import { type Reading, readRecord } from '../../src/signals/records/read.ts';
import { sample, samplesAreThere } from '../support/samples.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const USER = '3e9d1c5a-7b42-4f60-8a1e-5c2d9b7f4e10';
const envelope = (more: object, properties: object) => ({
  time: '2026-11-22T12:00:00.1234567Z',
  resourceId: `/tenants/${TENANT}/providers/Microsoft.aadiam`,
  tenantId: TENANT.toUpperCase(),
  ...more,
  properties,
});
const signIn = (reading: Reading) => (reading.kind === 'sign-in' ? reading.event : reading);
const change = (reading: Reading) => (reading.kind === 'change' ? reading.change : reading);

describe('instants as feeds write them', () => {
  test.each([
    ['2026-11-22T12:00:00Z', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00.1234567Z', '2026-11-22T12:00:00.123Z'],
    ['2026-11-22 12:00:00.123456789', '2026-11-22T12:00:00.123Z'],
    ['2026-11-22T07:00:00-05:00', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00.12+0000', '2026-11-22T12:00:00.120Z'],
  ])('%s', (said, meant) => expect(instant(said)?.toISOString()).toBe(meant));

  test.each(['', 'yesterday', '2026-11-22', 0, null, '2026-13-45T99:00:00Z'])('%j is none', (said) =>
    expect(instant(said)).toBeUndefined(),
  );
});

describe('a sign-in', () => {
  const row = {
    id: 'row-1',
    createdDateTime: '2026-11-22T12:00:00Z',
    userId: USER.toUpperCase(),
    correlationId: 'c-1',
    status: { errorCode: 50126 },
  };

  test.each([
    ['SignInLogs', 'interactive'],
    ['NonInteractiveUserSignInLogs', 'non-interactive'],
    ['noninteractiveusersigninlogs', 'non-interactive'],
  ])('of category %s is %s', (category, kind) => {
    expect(signIn(readRecord(envelope({ category }, row)))).toMatchObject({
      kind,
      userId: USER,
      tenantId: TENANT,
      rowId: 'row-1',
      errorCode: 50126,
    });
  });

  test.each([
    ['ServicePrincipalSignInLogs', 'service-principal'],
    ['ManagedIdentitySignInLogs', 'managed-identity'],
  ])('of category %s is the app’s', (category, kind) => {
    const app = { ...row, userId: '', servicePrincipalId: USER, servicePrincipalName: 'backup' };
    expect(signIn(readRecord(envelope({ category }, app)))).toMatchObject({ kind, userId: USER, userPrincipalName: 'backup' });
  });

  test.each([
    [{ resultType: '0' }, undefined, 0],
    [{ resultType: 0 }, undefined, 0],
    [{ resultType: 'Success' }, undefined, 0],
    [{ resultType: '50053' }, undefined, 50053],
    [{ resultType: 50053 }, { errorCode: 50126 }, 50126],
    [{ resultType: 'Failure' }, undefined, -1],
    [{}, undefined, -1],
  ])('with %j and status %j has code %i', (more, status, code) => {
    expect(signIn(readRecord(envelope({ category: 'SignInLogs', ...more }, { ...row, status })))).toMatchObject({ errorCode: code });
  });

  test('whose keys a shipper wrote in lower case is the same', () => {
    const record = JSON.parse(
      JSON.stringify(envelope({ category: 'SignInLogs' }, row)).replace(/"([A-Za-z]+)":/g, (key) => key.toLowerCase()),
    );
    expect(signIn(readRecord(record))).toEqual(signIn(readRecord(envelope({ category: 'SignInLogs' }, row))));
  });
});

describe('a change', () => {
  const audit = {
    id: 'Directory_c-1_X_1',
    category: 'UserManagement',
    correlationId: 'c-1',
    result: 'success',
    activityDisplayName: 'Update user',
    activityDateTime: '2026-11-22T12:00:00Z',
    loggedByService: 'Core Directory',
    initiatedBy: { user: null, app: { appId: null, displayName: 'Changer', servicePrincipalId: USER.toUpperCase() } },
    targetResources: [
      {
        id: USER.toUpperCase(),
        type: 'User',
        userPrincipalName: 'x@contoso.onmicrosoft.com',
        modifiedProperties: [
          { displayName: 'AccountEnabled', oldValue: '[true]', newValue: '[false]' },
          { displayName: 'Included Updated Properties', oldValue: null, newValue: '"AccountEnabled"' },
          { displayName: 'Policy', oldValue: '{"state":"enabled"}', newValue: 'no JSON' },
        ],
      },
    ],
  };

  test('is read with its actor, its targets, and values decoded twice', () => {
    expect(change(readRecord(envelope({ category: 'AuditLogs', operationName: 'x' }, audit)))).toEqual({
      tenantId: TENANT,
      changedAt: new Date('2026-11-22T12:00:00Z'),
      rowId: 'Directory_c-1_X_1',
      correlationId: 'c-1',
      activity: 'Update user',
      category: 'UserManagement',
      service: 'Core Directory',
      result: 'success',
      actor: { servicePrincipalId: USER, name: 'Changer' },
      targets: [
        {
          id: USER,
          type: 'User',
          userPrincipalName: 'x@contoso.onmicrosoft.com',
          properties: [
            { name: 'AccountEnabled', before: 'true', after: 'false' },
            { name: 'Included Updated Properties', after: 'AccountEnabled' },
            { name: 'Policy', before: '{"state":"enabled"}', after: 'no JSON' },
          ],
        },
      ],
    });
  });

  test('in Azure is about its resource, by whoever its claims name', () => {
    const claims = {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': USER,
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'mal@contoso.onmicrosoft.com',
      'http://schemas.microsoft.com/identity/claims/tenantid': TENANT,
    };
    const record = {
      time: '2026-11-22T12:00:00Z',
      resourceId: '/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.INSIGHTS/ACTIONGROUPS/SECURITY',
      operationName: 'MICROSOFT.INSIGHTS/ACTIONGROUPS/DELETE',
      category: 'Administrative',
      resultType: 'Success',
      correlationId: 'c-2',
      identity: { claims },
    };
    expect(change(readRecord(record))).toMatchObject({
      tenantId: TENANT,
      result: 'success',
      actor: { userId: USER, userPrincipalName: 'mal@contoso.onmicrosoft.com' },
      targets: [{ id: '/subscriptions/s/providers/microsoft.insights/actiongroups/security', type: 'Resource' }],
    });
  });
});

test.each([
  [null],
  ['text'],
  [[]],
  [{}],
  [{ category: 'SignInLogs', tenantId: 't', properties: {} }],
  [{ tenantId: 't', category: 'AnonymousLogin' }],
])('AL-5: %j is told as unknown', (record) => expect(readRecord(record)).toMatchObject({ kind: 'unknown', words: expect.any(String) }));

const withSamples = samplesAreThere ? describe : describe.skip;

withSamples('real records of the diagnostic stream', () => {
  const { records = [] } = sample('eventhub-panther.json') as { records?: { record: Fields }[] };
  const readings = records.map(({ record }) => ({ record, reading: readRecord(record, TENANT) }));
  const of = (kind: Reading['kind']) => readings.filter(({ reading }) => reading.kind === kind);

  test('are all read: 26 sign-ins, 34 changes, and 4 alerts of Defender, which are neither', () => {
    expect(['sign-in', 'change', 'unknown'].map((kind) => of(kind as Reading['kind']).length)).toEqual([26, 34, 4]);
  });

  test('lose nothing of a sign-in: who, when, from where, with what result and policies', () => {
    for (const { record, reading } of of('sign-in')) {
      if (reading.kind !== 'sign-in') continue;
      const row = record.properties as Fields;
      const { event } = reading;
      const app = String(record.category).startsWith('ServicePrincipal');
      expect(event.userId).toBe(String(app ? row.servicePrincipalId : row.userId).toLowerCase());
      expect(event.ipAddress).toBe(row.ipAddress ?? record.callerIpAddress ?? record.calleripaddress);
      expect(event.signedInAt.getTime()).toBeGreaterThan(Date.UTC(2020));
      const status = (row.status as Fields | undefined)?.errorCode ?? record.resultType ?? record.resulttype;
      if (Number.isInteger(Number(status))) expect(event.errorCode).toBe(Number(status));
      expect(event.kind).toBe(app ? 'service-principal' : String(record.category).startsWith('Non') ? 'non-interactive' : 'interactive');
    }
  });

  test('lose nothing of a change: by whom, on what, each property before and after', () => {
    for (const { record, reading } of of('change')) {
      if (reading.kind !== 'change') continue;
      const row = (record.properties ?? {}) as Fields;
      const { change: read } = reading;
      const targets = (row.targetResources ?? []) as { id?: string; modifiedProperties?: unknown[] }[];
      expect(read.activity).toBe(row.activityDisplayName ?? record.operationName);
      if (targets.length > 0) expect(read.targets.map(({ id }) => id)).toEqual(targets.map(({ id }) => (id ?? '').toLowerCase()));
      expect(read.targets.map(({ properties }) => properties.length)).toEqual(
        targets.length > 0 ? targets.map(({ modifiedProperties }) => modifiedProperties?.length ?? 0) : [0].slice(0, read.targets.length),
      );
      const by = (row.initiatedBy as { user?: { id?: string; userPrincipalName?: string } } | undefined)?.user;
      if (by) expect(read.actor).toMatchObject({ userId: by.id?.toLowerCase(), userPrincipalName: by.userPrincipalName });
      else expect(read.actor.ipAddress).toBe(record.callerIpAddress);
    }
  });

  test('that matter without naming an account are told: policies, diagnostic settings, alert rules, action groups', () => {
    const concerns = of('change').map(({ reading }) =>
      reading.kind === 'change' ? concernOf(reading.change, { users: new Set() }) : undefined,
    );
    expect(concerns.filter((concern) => concern === 'monitoring').length).toBeGreaterThanOrEqual(10);
    expect(concerns.filter((concern) => concern === 'conditional-access').length).toBeGreaterThanOrEqual(3);
    expect(concerns.filter((concern) => concern === 'methods').length).toBeGreaterThanOrEqual(1);
  });
});
