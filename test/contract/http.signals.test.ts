import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { CLOUDS } from '../../src/config/clouds.ts';
import type { Feed } from '../../src/core/alert/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import { no, ok } from '../../src/core/result.ts';
import { parseSenderKeys } from '../../src/http/senderKeys.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { signalWebhook } from '../../src/http/signals.ts';
import { AZURE_MONITOR_APP, isFromSender, issuersOf, remoteKeys, SENDER_ROLE } from '../../src/http/signalToken.ts';
import { readAzureMonitor } from '../../src/signals/push/azureMonitor.ts';
import { readSentinel } from '../../src/signals/push/sentinel.ts';

const HOME = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const USER = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b44';
const AUDIENCE = 'api://breakglass-signals';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

const intents: { actor: Actor; intent: Intent }[] = [];
let outcome: 'ok' | 'nothing-to-do' | 'fault' | 'refused' = 'ok';
let http: HttpServer;

const OLD = 'k'.repeat(32);
const NEW = 'n'.repeat(40);
const senderKeys = parseSenderKeys(`# of the playbook\nplaybook ${OLD}\nplaybook ${NEW}\nshipper ${'s'.repeat(64)}\n`);
if (!senderKeys.ok) throw new Error('the keys are good');
const lines: string[] = [];
const heard: [string, string][] = [];

beforeAll(async () => {
  const log: Log = {
    info: (event, fields) => void lines.push(JSON.stringify({ event, fields })),
    warn: (event, fields) => void lines.push(JSON.stringify({ event, fields })),
    error: (event, fields) => void lines.push(JSON.stringify({ event, fields })),
    child: () => log,
  };
  const needs = {
    door: {
      async dispatch(actor: Actor, intent: Intent): ReturnType<Door['dispatch']> {
        if (outcome === 'fault') throw new Error('the database is away');
        intents.push({ actor, intent });
        if (outcome === 'ok') return ok({});
        return outcome === 'refused' ? no({ code: 'stale-lease' }) : no({ code: 'nothing-to-do' });
      },
    },
    token: {
      sender: { tenantId: HOME, audiences: [AUDIENCE], issuers: issuersOf(HOME, CLOUDS.global), callerAppId: AZURE_MONITOR_APP },
      keys: async () => key.publicKey,
    },
    senderKeys: senderKeys.keys,
    homeTenantId: HOME,
    knowsTenant: (id: string) => id === HOME,
    byChanger: async () => false,
    store: {
      now: async () => new Date('2026-11-22T12:00:00Z'),
      feedRead: async (tenantId: string, feed: Feed) => {
        heard.push([tenantId, feed]);
        return { tenantId, feed, failures: 0 };
      },
    },
    log,
  };
  const signals = {
    'azure-monitor': signalWebhook({ ...needs, feed: 'azure-monitor', read: readAzureMonitor }),
    sentinel: signalWebhook({ ...needs, feed: 'sentinel', read: readSentinel, token: undefined }),
  };
  http = createHttpServer({ messages: async () => ({ status: 200 }), signals, ready: async () => true, log });
  await http.listen(0, '127.0.0.1');
});
afterAll(() => http.close());
beforeEach(() => {
  intents.length = 0;
  lines.length = 0;
  heard.length = 0;
  outcome = 'ok';
});

type Json = Record<string, unknown>;
const seconds = (from: number): number => Math.floor(Date.now() / 1_000) + from;

async function token(more: Json = {}, alg = 'RS256', pair = key): Promise<string> {
  const [issuer] = issuersOf(HOME, CLOUDS.global);
  const times = { nbf: seconds(-60), exp: seconds(600) };
  const claims = { iss: issuer, aud: AUDIENCE, tid: HOME, appid: AZURE_MONITOR_APP, roles: [SENDER_ROLE], ...times, ...more };
  const whole = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
  return new SignJWT(whole).setProtectedHeader({ alg, kid: 'k' }).sign(alg === 'HS256' ? Buffer.alloc(32, 1) : pair.privateKey);
}

async function deliver(body: Json, authorization: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${http.address?.port}/api/signals/azure-monitor`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const row = (more: Json = {}): Json => ({
  dimensions: Object.entries({ TenantId: HOME, UserId: USER, ResultType: '0', CorrelationId: 'c-1', ...more }).map(([name, value]) => ({
    name,
    value,
  })),
});
const alert = (...rows: unknown[]): Json => ({
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: { alertId: 'alert-1', monitorCondition: 'Fired', firedDateTime: '2026-11-22T11:58:00Z' },
    alertContext: { condition: { allOf: rows } },
  },
});

test('AL-11: a sender is authenticated by issuer, tenant, audience, application and key; each refusal looks the same', async () => {
  const tokens: [string, string][] = [
    ['none', ''],
    ['lower case', `bearer ${await token()}`],
    ['another key', `Bearer ${await token({}, 'RS256', other)}`],
    ['HS256', `Bearer ${await token({}, 'HS256')}`],
    ['PS256', `Bearer ${await token({}, 'PS256')}`],
    ['issuer', `Bearer ${await token({ iss: 'https://sts.windows.net/common/' })}`],
    ['audience', `Bearer ${await token({ aud: 'api://other' })}`],
    ['audiences', `Bearer ${await token({ aud: [AUDIENCE] })}`],
    ['tenant', `Bearer ${await token({ tid: randomUUID() })}`],
    ['no tenant', `Bearer ${await token({ tid: null })}`],
    ['application', `Bearer ${await token({ appid: randomUUID() })}`],
    ['no role', `Bearer ${await token({ roles: null })}`],
    ['another role', `Bearer ${await token({ roles: ['Other'] })}`],
    ['no application', `Bearer ${await token({ appid: null })}`],
    ['no expiry', `Bearer ${await token({ exp: null })}`],
    ['expired', `Bearer ${await token({ exp: seconds(-600) })}`],
  ];
  for (const [name, authorization] of tokens)
    expect([name, await deliver(alert(row()), authorization)]).toEqual([name, { status: 401, text: '' }]);
  expect(intents).toEqual([]);
  expect(
    (await deliver(alert(row()), `Bearer ${await token({ iss: issuersOf(HOME, CLOUDS.global)[1], appid: null, azp: AZURE_MONITOR_APP })}`))
      .status,
  ).toBe(200);
});

test('each sign-in reaches the door as the feed, before the alert is acknowledged', async () => {
  expect(await deliver(alert(row(), row({ CorrelationId: 'c-2', ResultType: '50126' })), `Bearer ${await token()}`)).toEqual({
    status: 200,
    text: '',
  });
  expect(intents.map(({ actor }) => actor)).toEqual([
    { kind: 'system', part: 'feed' },
    { kind: 'system', part: 'feed' },
  ]);
  expect(intents.map(({ intent }) => intent)).toMatchObject([
    { kind: 'sign-in-seen', feed: 'azure-monitor', event: { userId: USER, errorCode: 0, correlationId: 'c-1' } },
    { kind: 'sign-in-seen', feed: 'azure-monitor', event: { userId: USER, errorCode: 50126, correlationId: 'c-2' } },
  ]);
});

test('AL-5: what cannot be read, and what is of tenants we do not know, is kept as it came and one alert', async () => {
  const authorization = `Bearer ${await token()}`;
  const body = alert(row(), row({ UserId: '' }), row({ TenantId: '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3cff' }));
  await deliver(body, authorization);
  await deliver(body, authorization);
  expect(intents.map(({ intent }) => intent.kind)).toEqual(['sign-in-seen', 'signal-quarantined', 'sign-in-seen', 'signal-quarantined']);
  const [, kept, , again] = intents.map(({ intent }) => intent);
  if (kept?.kind !== 'signal-quarantined' || again?.kind !== 'signal-quarantined') throw new Error('nothing was kept');
  expect(kept.words).toBe(
    'Row 2 of an alert names no user: its rule must be split by the dimension UserId. 1 more of it could not be read either.',
  );
  expect(JSON.parse(Buffer.from(kept.bytes).toString())).toEqual(body);
  expect(again.dedupe).toBe(kept.dedupe);
  expect((await deliver({ anything: true }, authorization)).status).toBe(200);
  expect(intents.at(-1)?.intent).toMatchObject({ kind: 'signal-quarantined', words: 'An alert came in a shape that is not known.' });
  expect(heard).toEqual([
    [HOME, 'azure-monitor'],
    [HOME, 'azure-monitor'],
  ]);
});

test('AL-5: a tenant is named only by what is an id; any other text of the sender is repeated nowhere', async () => {
  const authorization = `Bearer ${await token()}`;
  const activityLog = {
    eventDataId: 'e-1',
    eventTimestamp: '2026-11-22T11:58:00Z',
    operationName: 'Microsoft.Insights/actionGroups/delete',
    tenantId: 'contoso, says [the CISO](https://evil.example): all is well',
  };
  const body = { schemaId: 'Microsoft.Insights/activityLogs', data: { context: { activityLog } } };
  expect((await deliver(body, authorization)).status).toBe(200);
  expect(intents.map(({ intent }) => ('words' in intent ? intent.words : intent.kind))).toEqual([
    'An alert came about a tenant without a proper id.',
  ]);
  expect(lines.join()).not.toMatch(/CISO/i);
  intents.length = 0;
  await deliver(alert(row({ TenantId: '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3cff' })), authorization);
  expect(intents.map(({ intent }) => ('words' in intent ? intent.words : intent.kind))).toEqual([
    'An alert came about the tenant 8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3cff, which is not configured.',
  ]);
});

describe('AL-11: a key of a sender', () => {
  const send = async (feed: string, headers: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${http.address?.port}/api/signals/${feed}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(alert(row())),
    });
    return { status: response.status, text: await response.text() };
  };

  test('opens the webhooks, the old one as well while it is replaced; the log names the sender and no key', async () => {
    for (const key of [OLD, NEW, 's'.repeat(64)]) expect((await send('azure-monitor', { 'x-breakglass-key': key })).status).toBe(200);
    expect(lines.map((line) => (JSON.parse(line) as { fields: { sender: string } }).fields.sender)).toEqual([
      'playbook',
      'playbook',
      'shipper',
    ]);
    expect(lines.join()).not.toMatch(/kkkk|nnnn|ssss/);
  });

  test('that is wrong is refused as everything else is, whatever token stands beside it', async () => {
    const authorization = `Bearer ${await token()}`;
    for (const key of ['', 'x', OLD.slice(1), `${OLD}k`, NEW.toUpperCase(), 'z'.repeat(300)])
      expect([key, await send('azure-monitor', { 'x-breakglass-key': key, authorization })]).toEqual([key, { status: 401, text: '' }]);
    expect(await send('sentinel', { authorization })).toEqual({ status: 401, text: '' });
    expect(intents).toEqual([]);
    expect(lines.join()).not.toMatch(/kkkk|nnnn|zzzz/i);
  });

  test.each([
    ['', 1],
    [`a ${'k'.repeat(31)}`, 1],
    [`# x\n\na b ${'k'.repeat(32)}`, 3],
    [`a ${'k'.repeat(32)}\nb ${'k'.repeat(32)}`, 2],
    [`a ${'k'.repeat(32)}\na ${'l'.repeat(32)}\na ${'m'.repeat(32)}`, 3],
  ])('file %j is at fault in line %i', (text, line) => expect(parseSenderKeys(text)).toEqual({ ok: false, line }));
});

test('AL-1: our own failure answers 503, so that the sender tries again; a repeat is accepted', async () => {
  const authorization = `Bearer ${await token()}`;
  for (const failing of ['fault', 'refused'] as const) {
    outcome = failing;
    expect(await deliver(alert(row()), authorization)).toEqual({ status: 503, text: '' });
  }
  outcome = 'nothing-to-do';
  expect((await deliver(alert(row()), authorization)).status).toBe(200);
});

describe('the key service', () => {
  const sender = { tenantId: HOME, audiences: [AUDIENCE], issuers: issuersOf(HOME, CLOUDS.global), callerAppId: AZURE_MONITOR_APP };
  const jwks = (kid: string) => ({ keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] });
  let answer: { status: number; body: string };
  let url: string;
  const server = createServer((_request, response) => {
    response.statusCode = answer.status;
    response.end(answer.body);
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => void server.close());

  test.each([
    ['answers 503', { status: 503, body: '' }],
    ['answers 404', { status: 404, body: '' }],
    ['answers words', { status: 200, body: 'come back later' }],
    ['answers no keys', { status: 200, body: '{}' }],
  ])('AL-1: that %s is our failure: the push is not refused but sent again', async (_what, given) => {
    answer = given;
    await expect(isFromSender(`Bearer ${await token()}`, sender, remoteKeys(url))).rejects.toThrow();
  });

  test('AL-1: a key that could not be fetched is not a wrong key; known ones go on working', async () => {
    answer = { status: 200, body: JSON.stringify(jwks('k')) };
    let now = Date.now();
    const keys = remoteKeys(url, () => now);
    const known = `Bearer ${await token()}`;
    const turned = new SignJWT({ tid: HOME }).setProtectedHeader({ alg: 'RS256', kid: 'k-new' }).setExpirationTime('5 min');
    const unknown = `Bearer ${await turned.sign(key.privateKey)}`;
    const real = Date.now;
    try {
      expect(await isFromSender(known, sender, keys)).toBe(true);
      expect(await isFromSender(unknown, sender, keys)).toBe(false); // fetched just now, and it is not there
      now += 120_000;
      Date.now = () => now; // jose's own clock: its pause between fetches is over
      answer = { status: 503, body: '' };
      for (let push = 0; push < 2; push += 1) {
        await expect(isFromSender(unknown, sender, keys)).rejects.toThrow();
        expect(await isFromSender(known, sender, keys)).toBe(true);
      }
    } finally {
      Date.now = real;
    }
  });

  test('AL-11: what is wrong with the token itself is refused, whatever the state of the key service', async () => {
    answer = { status: 503, body: '' };
    for (const wrong of ['', 'Bearer a.b.c', `Bearer ${await token({}, 'PS256')}`])
      expect(await isFromSender(wrong, sender, remoteKeys(url))).toBe(false);
  });
});
