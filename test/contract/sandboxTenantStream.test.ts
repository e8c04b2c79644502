import { setTimeout as wait } from 'node:timers/promises';
import { EventHubConsumerClient, earliestEventPosition } from '@azure/event-hubs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { type Documents, openDocuments } from '../../sandbox/documents.ts';
import { call, graphClient } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { APPS, AZURE, HOME_TENANT, PEOPLE, TENANTS } from '../../sandbox/world.ts';
import type { Log } from '../../src/app/log.ts';
import { streamFinding } from '../../src/cli/streams.ts';
import { closed } from '../../src/signals/closing.ts';
import { unpack } from '../../src/signals/events.ts';
import { changeFrom } from '../../src/signals/records/audit.ts';
import { readRecord } from '../../src/signals/records/read.ts';
import { signInFrom } from '../../src/signals/records/signIn.ts';
import { PASSWORD, rows } from '../support/tenant.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const { namespace, name: hub, consumerGroup } = AZURE.eventHub;
const CONTOSO = TENANTS.contoso;
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
let documents: Documents;
let server: TenantServer;
let closing: (() => Promise<unknown>)[];

const start = async (): Promise<void> => {
  server = await startTenant({
    port: 0,
    documents,
    clock: sandboxClock(),
    logDelayMs: 0,
    replicationMs: 0,
    streaming: true,
    azure: { watched: async () => [{ ...CONTOSO, userIds: [PEOPLE.mal.objectId] }], webhookUri: () => 'http://127.0.0.1:1/none' },
  });
};
beforeEach(async () => {
  documents = openDocuments(':memory:');
  closing = [];
  await start();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await server.close();
  documents.close();
});

const credentialOf = (app: 'stream' | 'reader') => loopbackCredential(server.url, HOME_TENANT.id, APPS[app], server.secrets[app]);
const control = (path: string, body: JsonObject) => call(server, 'POST', `/sandbox/${path}`, { body });
const fault = (more: JsonObject) => control('faults', { feed: 'event-hub', ...more });
const signIn = (ip: string, more: JsonObject = { password: 'wrong' }) =>
  control('sign-ins', { tenantId: CONTOSO.id, userPrincipalName: PEOPLE.mal.userPrincipalName, ip, ...more });

/** Everything the hub holds and gets, by the library production reads with. */
function reading(): { readonly records: JsonObject[]; readonly numbers: Map<string, number[]> } {
  const found = { records: [] as JsonObject[], numbers: new Map<string, number[]>() };
  const endpoint = server.stream?.endpoint;
  if (endpoint === undefined) throw new Error('there is no hub');
  const client = new EventHubConsumerClient(consumerGroup, namespace, hub, credentialOf('stream'), {
    customEndpointAddress: endpoint,
    loadBalancingOptions: { strategy: 'greedy', updateIntervalInMs: 1_000 },
  });
  const subscription = client.subscribe(
    {
      async processEvents(events, { partitionId }) {
        found.numbers.set(partitionId, [...(found.numbers.get(partitionId) ?? []), ...events.map(({ sequenceNumber }) => sequenceNumber)]);
        for (const { body } of events) found.records.push(...unpack(body).records.map(objectOf));
      },
      async processError(error) {
        throw error;
      },
    },
    { startPosition: earliestEventPosition, skipParsingBodyAsJson: true, maxWaitTimeInSeconds: 1 },
  );
  closing.push(async () => {
    for (const close of [subscription.close(), client.close()]) await closed(close, 2_000, quiet);
  });
  return found;
}
async function until(what: () => boolean, within = 60_000): Promise<void> {
  const end = performance.now() + within;
  while (!what()) {
    if (performance.now() > end) throw new Error(`it did not come to pass: ${what.toString()}`);
    await wait(10);
  }
}
const ofCategory = (records: readonly JsonObject[], category: string) => records.filter((record) => record.category === category);
const addresses = (records: readonly JsonObject[]) => ofCategory(records, 'SignInLogs').map(({ callerIpAddress }) => callerIpAddress);

test('sign-ins and audits are streamed as Graph lists them: the product reads the same of both, and loses nothing', async () => {
  const { records } = reading();
  await signIn('198.51.100.1');
  await signIn('198.51.100.2', { password: PASSWORD, app: 'Azure Portal' });
  await control('directory', { tenantId: CONTOSO.id, do: 'register-method', userId: PEOPLE.mal.objectId, method: 'phone' });
  await control('directory', {
    tenantId: CONTOSO.id,
    do: 'add-to-group',
    groupId: CONTOSO.exclusionGroupId,
    userId: PEOPLE.mal.objectId,
  });
  const elsewhere = { tenantId: TENANTS.northwind.id, userPrincipalName: 'nobody@northwind.onmicrosoft.com', password: 'wrong' };
  await control('sign-ins', elsewhere);
  await until(() => ofCategory(records, 'SignInLogs').length === 2 && ofCategory(records, 'AuditLogs').length >= 2);
  const graph = await graphClient(server, 'reader', CONTOSO.id);
  const begun = new Date(Date.now() - 60_000).toISOString();
  const listed = async (path: string, instant: string) =>
    rows(await graph('GET', `/auditLogs/${path}?$top=200`)).filter((row) => String(row[instant]) >= begun);
  const told = (row: JsonObject) => readRecord(records.find(({ properties }) => objectOf(properties).id === row.id));
  // Older ones were seeded: a diagnostic setting sends what comes, and nothing that was.
  const signIns = await listed('signIns', 'createdDateTime');
  expect(signIns).toHaveLength(2);
  for (const row of signIns) expect(told(row)).toEqual({ kind: 'sign-in', event: signInFrom(row, CONTOSO.id) });
  const audits = await listed('directoryAudits', 'activityDateTime');
  expect(audits.length).toBeGreaterThanOrEqual(2);
  for (const row of audits) expect(told(row)).toEqual({ kind: 'change', change: changeFrom(row, CONTOSO.id) });
  expect(new Set(records.map(({ tenantId }) => tenantId))).toEqual(new Set([CONTOSO.id]));
});

test('everyday traffic: tokens of people and of applications, by the categories that Graph does not list', async () => {
  const { records } = reading();
  await until(() => ofCategory(records, 'NonInteractiveUserSignInLogs').length > 0);
  await control('clock', { advance: 'PT1H' }); // whoever moves the clock need not wait for the next beat
  await until(() => ofCategory(records, 'ServicePrincipalSignInLogs').length > 0);
  const kinds = records.map((record) => readRecord(record)).map((each) => each.kind === 'sign-in' && each.event.kind);
  expect(new Set(kinds)).toEqual(new Set(['non-interactive', 'service-principal']));
  const [app] = ofCategory(records, 'ServicePrincipalSignInLogs');
  expect(objectOf(app?.properties)).toMatchObject({ appId: APPS.stream, servicePrincipalName: 'Breakglass stream' });
});

test('the stream can be silenced, doubled, reordered and made late; silent for good, nothing at all goes out', async () => {
  const { records } = reading();
  await fault({ mode: 'silent', times: 1 });
  await signIn('198.51.100.1');
  await fault({ mode: 'duplicate', times: 1 });
  await signIn('198.51.100.2');
  await until(() => addresses(records).length === 2);
  expect(addresses(records)).toEqual(['198.51.100.2', '198.51.100.2']);
  await fault({ mode: 'reorder', times: 1, delayMs: 60_000 });
  await signIn('198.51.100.3');
  await signIn('198.51.100.4');
  await until(() => addresses(records).length === 4);
  expect(server.stream?.hub.readers().size).toBe(2);
  await fault({ mode: 'late', times: 1, delayMs: 400 });
  const at = performance.now();
  await signIn('198.51.100.5');
  await until(() => addresses(records).includes('198.51.100.5'));
  expect(performance.now() - at).toBeGreaterThan(350);
  await fault({ mode: 'silent' });
  const before = records.length;
  await signIn('198.51.100.6');
  await control('clock', { advance: 'PT1H' });
  await wait(300);
  expect(records).toHaveLength(before);
  await call(server, 'DELETE', '/sandbox/faults');
  await control('clock', { advance: 'PT1H' });
  await until(() => records.length > before);
  expect(addresses(records)).not.toContain('198.51.100.6');
  expect((await control('faults', { feed: 'pigeons', mode: 'silent' })).body.error).toBe('feed must be one of azure-monitor, event-hub.');
});

test('logs are streamed as far as a diagnostic setting sends them', async () => {
  const { records } = reading();
  const azure = (body: JsonObject) => control('azure', body);
  await signIn('198.51.100.1');
  await until(() => addresses(records).length === 1);
  await azure({ do: 'delete-diagnostic-setting', tenantId: CONTOSO.id });
  await signIn('198.51.100.2');
  await azure({ do: 'deploy' });
  await signIn('198.51.100.3');
  await until(() => addresses(records).length === 2);
  expect(addresses(records)).toEqual(['198.51.100.1', '198.51.100.3']);
});

test('what the hub holds is there after a restart, and its numbers go on', async () => {
  await signIn('198.51.100.1');
  const first = reading();
  await until(() => addresses(first.records).length === 1);
  for (const close of closing.splice(0)) await close();
  await server.close();
  await start();
  await signIn('198.51.100.2');
  const second = reading();
  await until(() => addresses(second.records).length === 2);
  for (const [partition, numbers] of first.numbers) expect(second.numbers.get(partition)?.slice(0, numbers.length)).toEqual(numbers);
  for (const numbers of second.numbers.values()) expect(numbers).toEqual(numbers.map((_, index) => index));
});

describe('who may receive', () => {
  const finding = (app: 'stream' | 'reader', more: { consumerGroup?: string; name?: string } = {}) =>
    streamFinding(
      {
        namespace,
        name: hub,
        consumerGroup,
        tenantIds: [CONTOSO.id],
        credential: credentialOf(app),
        endpoint: server.stream?.endpoint ?? '',
        ...more,
      },
      2_000,
    );

  test('ST-1: the application that holds the role, by a token made for Event Hubs, over TLS on this machine, and nobody else', async () => {
    expect(await finding('stream')).toMatchObject({ state: 'ok', words: 'it lets us in; 2 partitions.' });
    expect(new Set(server.stream?.hub.claims.map(([, kind]) => kind))).toEqual(new Set(['jwt']));
    expect(new URL(server.stream?.endpoint ?? '').hostname).toBe('localhost');
    await expect(credentialOf('reader').getToken('https://eventhubs.azure.net//.default')).rejects.toThrow('answered 400');
    const { token } = await credentialOf('reader').getToken('https://graph.microsoft.com/.default');
    const other = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const turnedAway = await streamFinding(
      { namespace, name: hub, consumerGroup, tenantIds: [CONTOSO.id], credential: other, endpoint: server.stream?.endpoint ?? '' },
      2_000,
    );
    expect(turnedAway.state).toBe('failed');
  });
});
