import { describe, expect, test } from '@jest/globals';
import type { Log } from '../../src/app/log.ts';
import { concernOf } from '../../src/core/alert/concern.ts';
import { ok } from '../../src/core/result.ts';
import { type Intake, intake } from '../../src/signals/intake.ts';
import type { Fields } from '../../src/signals/records/fields.ts';
import { readRecord } from '../../src/signals/records/read.ts';
import { sample, samplesAreThere } from '../support/samples.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const OTHER = '11111111-2222-4333-8444-666666666666';
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };

/** What is heard, and of whom. */
const feed: string[] = [];
const intakeOf = (users: readonly string[], tenantIds = [TENANT], group = TENANT): Intake =>
  intake(
    {
      store: {
        watchedUsers: async () => [...users],
        feedRead: async (tenantId, name) => {
          feed.push(tenantId);
          return { tenantId, feed: name, failures: 0 };
        },
        now: async () => new Date(),
      },
      door: { dispatch: async () => ok({}) },
      tenants: {
        info: (id) => ({ id, name: 't', displayName: 'T', kind: 'workforce', initialDomain: 't.example', exclusionGroupId: group }),
        changer: async () => ({ servicePrincipalId: 'our-changer' }),
      },
      log,
    },
    tenantIds,
  );
const event = (...records: unknown[]) => ({ id: 'e', bytes: Buffer.from(JSON.stringify({ records })), enqueuedAt: new Date() });

describe('what a stream brings', () => {
  test('a change is told with whether our own changer did it', async () => {
    const change = (servicePrincipalId: string) => ({
      category: 'AuditLogs',
      tenantId: TENANT,
      properties: {
        id: servicePrincipalId,
        activityDateTime: '2026-11-22T12:00:00Z',
        activityDisplayName: 'Update conditional access policy',
        initiatedBy: { app: { servicePrincipalId } },
        targetResources: [],
      },
    });
    const signals = await intakeOf([]).signalsIn([event(change('our-changer'), change('another'))]);
    expect(signals.map(({ intent }) => intent)).toMatchObject([
      { kind: 'change-seen', feed: 'event-hub', byChanger: true },
      { kind: 'change-seen', byChanger: false },
    ]);
  });

  test('AL-6: what the door can never take is kept apart, unless it is a failed sign-in; all of it says of which tenant it is', async () => {
    const user = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b44';
    const signIn = (errorCode: number) => ({
      category: 'SignInLogs',
      tenantId: TENANT,
      properties: { createdDateTime: '2026-11-22T12:00:00Z', userId: user, correlationId: 'c', status: { errorCode } },
    });
    const unknown = { category: 'SomethingNew', tenantId: TENANT, properties: { who: user } };
    const signals = await intakeOf([user]).signalsIn([event(signIn(0), signIn(50126), unknown)]);
    expect(signals.map(({ otherwise }) => otherwise)).toMatchObject([
      { words: 'A record came that could not be taken in.', tenantId: TENANT, apart: true },
      { words: 'A record came that could not be taken in.', tenantId: TENANT },
      { words: 'The stream brought a record of a kind that is not known.', tenantId: TENANT },
    ]);
    expect(signals[1]?.otherwise).not.toHaveProperty('apart');
  });

  test('counts as heard for the only tenant of a stream, and of several for those whose id it names', async () => {
    feed.length = 0;
    await intakeOf([]).heard([event({})]);
    await intakeOf([], [TENANT, OTHER]).heard([event({}), event({ tenantId: OTHER.toUpperCase() })]);
    expect(feed).toEqual([TENANT, OTHER]);
  });
});

const withSamples = samplesAreThere ? describe : describe.skip;

withSamples('real records of the stream', () => {
  const { records = [] } = sample('eventhub-panther.json') as { records?: { record: Fields }[] };

  test('reach the door, every one that concerns us: sign-ins of all kinds as themselves, changes as changes, the rest in quarantine', async () => {
    let [signIns, changes, kept] = [0, 0, 0];
    for (const { record } of records) {
      const whole = withGuid(record);
      const reading = readRecord(whole, TENANT);
      const named = reading.kind === 'sign-in' ? reading.event.userId : JSON.stringify(whole).match(GUID_ANYWHERE)?.[0]?.toLowerCase();
      const [signal, ...more] = await intakeOf(named === undefined ? [] : [named]).signalsIn([event(whole)]);
      expect(more).toEqual([]);
      const concerns = named !== undefined || (reading.kind === 'change' && concernOf(reading.change, { users: new Set() }) !== undefined);
      expect([JSON.stringify(whole), signal !== undefined]).toEqual([JSON.stringify(whole), concerns]);
      if (signal?.intent.kind === 'sign-in-seen' && reading.kind === 'sign-in') {
        expect(signal.intent.event).toEqual(reading.event);
        signIns += 1;
      } else if (signal?.intent.kind === 'change-seen') changes += 1;
      else if (signal?.intent.kind === 'signal-quarantined') kept += 1;
    }
    // The other changes name no id and nothing that watches.
    expect([signIns, changes, kept]).toEqual([26, 19, 1]);
  });
});

const GUID_ANYWHERE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** In some of the records somebody put other words in place of the account's id. */
function withGuid(record: Fields): Fields {
  const reading = readRecord(record, TENANT);
  if (reading.kind !== 'sign-in' || GUID_ANYWHERE.test(reading.event.userId)) return record;
  const pattern = new RegExp(reading.event.userId.replaceAll(/[^a-z0-9]/gi, '\\$&'), 'gi');
  return JSON.parse(JSON.stringify(record).replaceAll(pattern, OTHER)) as Fields;
}
