import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Log } from '../../src/app/log.ts';
import type { Conversation, People } from '../../src/app/ports.ts';
import { type Bot, createBot } from '../../src/bot/bot.ts';
import { ChannelFault } from '../../src/bot/channelFault.ts';
import type { BotNeeds } from '../../src/bot/needs.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor, Role } from '../../src/core/people.ts';
import { no, ok } from '../../src/core/result.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';

const APP = 'b07b07b0-0000-4000-8000-00000000b001';
const HOME = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const TEAM = '19:team@thread.tacv2';
const CHANNEL = '19:channel@thread.tacv2';
const RITA = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b01';
const DANA = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b06';
const ISSUER = 'https://api.botframework.com';
const NOW = new Date('2026-11-22T12:00:00Z');
const PART = 'abcd-efgh-ijkm';

type Json = Record<string, unknown>;

const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
const unendorsed = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The channel service on loopback: metadata, keys, and a connector that writes down what it is sent. */
const sent: { method: string; path: string; authorization: string | undefined; body: Json }[] = [];
let next: { status: number; headers?: Record<string, string> } | undefined;
let channelServer: Server;
let channelOrigin: string;
let metadataHits = 0;

const logged: { event: string; fields: unknown }[] = [];
const log: Log = {
  info: (event, fields) => void logged.push({ event, fields }),
  warn: (event, fields) => void logged.push({ event, fields }),
  error: (event, fields) => void logged.push({ event, fields }),
  child: () => log,
};

const intents: { actor: Actor; intent: Intent }[] = [];
const seen = new Set<string>();
const conversations = new Map<string, Conversation>();
let bot: Bot;
let http: HttpServer;
let slow: Promise<void> | undefined;
const handedOut: Buffer[] = [];

const rita = { objectId: RITA, personKey: 'E1001', name: 'Rita Reyes' };
const dana = { objectId: DANA, personKey: 'E1005', name: 'Dana Diaz' };
const account: EmergencyAccount = {
  id: 'EA-1',
  requestId: 'R-1',
  tenantId: HOME,
  tenantName: 'Contoso',
  objectId: randomUUID(),
  userPrincipalName: 'bg-1@contoso.example',
  displayName: 'Emergency 1',
  state: 'handover',
  revision: 1,
  owners: [rita],
  parts: [
    { number: 1, custodian: dana, state: 'shown', shownAt: NOW },
    { number: 2, custodian: rita, state: 'ready' },
  ],
  watchedAt: NOW,
  feed: 'graph-sign-ins',
};

const people: People = {
  async lookUp(objectId) {
    if (objectId === RITA) return { ok: true, person: rita, roles: new Set<Role>(['requester']) };
    return objectId === DANA ? { ok: true, person: dana, roles: new Set<Role>(['custodian']) } : { ok: false, why: 'unknown' };
  },
  holders: async () => [dana],
};

const placeKey = ({ place }: Pick<Conversation, 'place'>): string => (place.kind === 'channel' ? 'channel' : place.objectId);
const store = {
  get: async (kind: string) => (kind === 'account' ? account : undefined),
  sealedPart: async () => Buffer.from('sealed'),
  requests: async () => [],
  accounts: async () => [account],
  openAlerts: async () => [],
  conversation: async (place: Conversation['place']) => conversations.get(placeKey({ place })),
  auditHead: async () => ({ size: 0, root: '' }),
  backlog: async () => ({ jobs: 0, failedJobs: 0, timers: 0 }),
  feeds: async () => [],
  now: async () => NOW,
  remember: async (conversation: Conversation) => void conversations.set(placeKey(conversation), conversation),
  async firstSight(delivery: string) {
    if (seen.has(delivery)) return false;
    seen.add(delivery);
    return true;
  },
};

beforeAll(async () => {
  channelServer = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      // Two calls: restify 12 patches writeHead for the whole process, and its own returns nothing.
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (request.url === '/openid') {
      metadataHits += 1;
      return answer(200, { jwks_uri: `${channelOrigin}/keys` });
    }
    if (request.url === '/keys') {
      const jwk = (pair: typeof key, kid: string) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' });
      return answer(200, { keys: [{ ...jwk(key, 'k1'), endorsements: ['msteams'] }, jwk(unendorsed, 'k2')] });
    }
    if (next) {
      const { status, headers } = next;
      next = undefined;
      return answer(status, { error: { code: 'Trouble' } }, headers);
    }
    const path = decodeURIComponent(request.url ?? '');
    sent.push({ method: request.method ?? '', path, authorization: request.headers.authorization, body: JSON.parse(text || '{}') as Json });
    return path === '/teams/v3/conversations'
      ? answer(201, { id: `${CHANNEL};messageid=7`, activityId: '7' })
      : answer(201, { id: `m${sent.length}` });
  });
  await new Promise<void>((resolve) => channelServer.listen(0, '127.0.0.1', resolve));
  channelOrigin = `http://127.0.0.1:${(channelServer.address() as AddressInfo).port}`;

  const needs = {
    door: {
      async dispatch(actor: Actor, intent: Intent) {
        intents.push({ actor, intent });
        await slow;
        if (intent.kind === 'reveal-part') return ok({ account, sealed: Buffer.from('sealed') });
        return no({ code: 'not-found', what: 'request' } as const);
      },
    },
    store,
    people,
    tenants: { list: () => [], info: () => undefined },
    random: { id: () => 'F-1' },
    credential: { getToken: async () => ({ token: 'outbound-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    log,
    openFacts: async () => no({ code: 'cannot-check', what: 'nothing' } as const),
    async openSealed() {
      const part = Buffer.from(PART);
      handedOut.push(part);
      return ok(part);
    },
    decidesFrom: async () => undefined,
    status: async () => ({ version: '0', mode: 'sandbox', database: 'none', limits: [] }),
  } as unknown as BotNeeds;
  bot = createBot(needs, {
    appId: APP,
    homeTenantId: HOME,
    teamId: TEAM,
    channelId: CHANNEL,
    channel: {
      openIdMetadataUrl: `${channelOrigin}/openid`,
      tokenIssuer: ISSUER,
      toChannelFromBotLoginUrl: `${channelOrigin}/login`,
      toChannelFromBotOAuthScope: ISSUER,
      oAuthUrl: `${channelOrigin}/unused`,
    },
    serviceUrls: [channelOrigin],
    version: '0',
    mode: 'sandbox',
    banner: 'Only a test',
    answerWithinMs: 3_000,
  });
  http = createHttpServer({ messages: (call) => bot.handle(call), signals: {}, ready: async () => true, log });
  await http.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await http.close();
  channelServer.closeAllConnections();
  await new Promise((resolve) => channelServer.close(resolve));
});

beforeEach(() => {
  sent.length = 0;
  intents.length = 0;
});

const serviceUrl = (): string => `${channelOrigin}/teams/`;
const channelData = { tenant: { id: HOME }, team: { id: TEAM }, channel: { id: CHANNEL } };

function activity(more: Json = {}): Json {
  return {
    type: 'message',
    id: randomUUID(),
    channelId: 'msteams',
    serviceUrl: serviceUrl(),
    from: { id: '29:rita', name: 'Rita Reyes', aadObjectId: RITA },
    recipient: { id: `28:${APP}`, name: 'Breakglass' },
    conversation: { id: 'a:rita', conversationType: 'personal', tenantId: HOME },
    channelData: { tenant: { id: HOME } },
    text: 'help',
    ...more,
  };
}
const press = (verb: string, data: Json, more: Json = {}): Json =>
  activity({ type: 'invoke', name: 'adaptiveCard/action', value: { action: { type: 'Action.Execute', verb, data } }, ...more });
const dialog = (name: string, data: Json, more: Json = {}): Json => activity({ type: 'invoke', name, value: { data }, ...more });

const seconds = (from = 0): number => Math.floor(Date.now() / 1_000) + from;
const claims = (): Json => ({ iss: ISSUER, aud: APP, serviceurl: serviceUrl(), nbf: seconds(-60), exp: seconds(600) });

async function token(more: Json = {}, header: Json = {}, pair = key): Promise<string> {
  const whole = Object.fromEntries(Object.entries({ ...claims(), ...more }).filter(([, value]) => value !== null));
  return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(pair.privateKey);
}

async function deliver(body: Json, authorization?: string): Promise<{ status: number; body: Json; text: string }> {
  const bearer = authorization ?? `Bearer ${await token()}`;
  const response = await fetch(`http://127.0.0.1:${http.address?.port}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(bearer === '' ? {} : { authorization: bearer }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Json), text };
}

const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: Json): string => `${encode({ typ: 'JWT', kid: 'k1', ...header })}.${encode(claims())}`;

describe('AU-1 to AU-3: only what the Teams channel signed for this bot comes in', () => {
  test('a correct token does', async () => {
    expect((await deliver(activity())).status).toBe(200);
    expect(sent).toHaveLength(1);
  });

  test('every other token gets the same bare 401, and nothing is done', async () => {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
    const confused = unsigned({ alg: 'HS256' });
    const good = await token();
    const cases: [string, string, Json?][] = [
      ['no header', ''],
      ['lower case scheme', `bearer ${good}`],
      ['two blanks', `Bearer  ${good}`],
      ['garbage', 'Bearer a.b.c'],
      ['two parts', `Bearer ${good.split('.').slice(0, 2).join('.')}`],
      ['alg none', `Bearer ${unsigned({ alg: 'none' })}.`],
      ['alg none with a signature', `Bearer ${unsigned({ alg: 'none' })}.AAAA`],
      ['HS256 with the public key', `Bearer ${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`],
      ['another key', `Bearer ${await token({}, {}, stranger)}`],
      ['an unknown key id', `Bearer ${await token({}, { kid: 'k9' })}`],
      ['no key id', `Bearer ${await token({}, { kid: undefined })}`],
      ['a key endorsed for nothing', `Bearer ${await token({}, { kid: 'k2' }, unendorsed)}`],
      ['wrong issuer', `Bearer ${await token({ iss: 'https://evil.example' })}`],
      ['wrong audience', `Bearer ${await token({ aud: randomUUID() })}`],
      ['a list of audiences', `Bearer ${await token({ aud: [APP] })}`],
      ['no expiry', `Bearer ${await token({ exp: null })}`],
      ['expired', `Bearer ${await token({ exp: seconds(-600) })}`],
      ['not valid yet', `Bearer ${await token({ nbf: seconds(600) })}`],
      ['no service address in the token', `Bearer ${await token({ serviceurl: null })}`],
      ['another service address in the token', `Bearer ${await token({ serviceurl: `${channelOrigin}/other/` })}`],
      [
        'an emulator token',
        `Bearer ${await token({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', appid: APP, ver: '1.0' })}`,
      ],
      ['the own outbound token', `Bearer ${await token({ aud: ISSUER, appid: APP, azp: APP, ver: '2.0' })}`],
      ['no service address in the activity', `Bearer ${good}`, { serviceUrl: undefined }],
      [
        'a service address off the list',
        `Bearer ${await token({ serviceurl: 'https://evil.example/' })}`,
        { serviceUrl: 'https://evil.example/' },
      ],
      [
        'a service address that only ends like ours',
        `Bearer ${await token({ serviceurl: `${channelOrigin}.evil.example/` })}`,
        { serviceUrl: `${channelOrigin}.evil.example/` },
      ],
      ['another channel', `Bearer ${good}`, { channelId: 'webchat' }],
      ['no channel', `Bearer ${good}`, { channelId: undefined }],
      ['the emulator', `Bearer ${good}`, { channelId: 'emulator' }],
      ['App Service Extension', `Bearer ${good}`, { channelId: 'AseChannel' }],
      ['a channel that is no text', `Bearer ${good}`, { channelId: ['msteams'] }],
    ];
    for (const [name, authorization, more] of cases)
      expect([name, await deliver(activity(more), authorization)]).toEqual([name, { status: 401, body: {}, text: '' }]);
    expect(sent).toEqual([]);
    expect(intents).toEqual([]);
  });

  test('AU-5: unknown keys cause no more fetches of keys', async () => {
    const before = metadataHits;
    for (let i = 0; i < 20; i += 1) await deliver(activity(), `Bearer ${await token({}, { kid: `k${100 + i}` })}`);
    expect(metadataHits).toBe(before);
  });

  test('AU-6: other delivery modes and activity types are refused, harmless ones passed over', async () => {
    for (const more of [{ deliveryMode: 'expectReplies' }, { type: 'handoff' }, { id: undefined }, { from: {} }, { conversation: {} }]) {
      expect(await deliver(activity(more))).toMatchObject({ status: 400, text: '' });
    }
    expect((await deliver(activity({ type: 'messageReaction' }))).status).toBe(200);
    expect((await deliver(activity({ type: 'messageUpdate', text: 'help' }))).status).toBe(200);
    expect(sent).toEqual([]);
  });

  test('AU-8: no token is in the log', () => {
    expect(JSON.stringify(logged)).not.toMatch(/eyJ|outbound-token/);
  });
});

describe('messages', () => {
  const text = (): string => JSON.stringify(sent.map(({ body }) => body));

  test('ST-1: are answered in their conversation, with the label of the installation, under our own token', async () => {
    const message = activity({ text: 'whoami' });
    await deliver(message);
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: `/teams/v3/conversations/a:rita/activities/${message.id}`,
      authorization: 'Bearer outbound-token',
    });
    expect(text()).toContain('Rita Reyes');
    expect(text()).toContain('Only a test');
  });

  test('AU-7: a repeat is answered once', async () => {
    const message = activity();
    await Promise.all([deliver(message), deliver(message), deliver(message)]);
    expect(sent).toHaveLength(1);
  });

  test('ID-6: elsewhere, and from other organisations, one sentence and nothing else', async () => {
    const conversation = { id: '19:other@thread.tacv2', conversationType: 'channel', tenantId: HOME, isGroup: true };
    await deliver(activity({ text: 'accounts', conversation, channelData: { ...channelData, channel: { id: '19:other@thread.tacv2' } } }));
    await deliver(
      activity({ text: 'accounts', conversation: { id: '19:g', conversationType: 'groupChat', tenantId: HOME, isGroup: true } }),
    );
    // The channel is named, but the conversation is another.
    await deliver(activity({ text: 'accounts', conversation, channelData }));
    await deliver(activity({ text: 'accounts', channelData: { tenant: { id: randomUUID() } } }));
    await deliver(activity({ text: 'accounts', channelData: {}, conversation: { id: 'a:x', conversationType: 'personal' } }));
    expect(sent).toHaveLength(5);
    expect(text()).not.toContain('bg-1@contoso.example');
    expect(sent.every(({ body }) => body.attachments === undefined && typeof body.text === 'string')).toBe(true);
  });

  test('where a person can be written to is kept', async () => {
    conversations.clear();
    await deliver(activity({ conversation: { id: 'a:rita-moved', conversationType: 'personal', tenantId: HOME } }));
    expect(conversations.get(RITA)).toMatchObject({
      conversationId: 'a:rita-moved',
      reference: { serviceUrl: serviceUrl(), mri: '29:rita' },
    });
    expect(JSON.stringify([...conversations])).not.toContain('token');
  });
});

describe('installation', () => {
  test('a team is greeted once in its security channel, a person once in their chat', async () => {
    conversations.clear();
    const team = { conversation: { id: CHANNEL, conversationType: 'channel', tenantId: HOME, isGroup: true }, channelData };
    const added = { type: 'conversationUpdate', membersAdded: [{ id: `28:${APP}` }] };
    await Promise.all([
      deliver(activity({ type: 'installationUpdate', action: 'add', ...team })),
      deliver(activity({ ...added, ...team })),
    ]);
    await Promise.all([deliver(activity({ type: 'installationUpdate', action: 'add' })), deliver(activity(added))]);
    await deliver(activity({ type: 'conversationUpdate', membersAdded: [{ id: '29:somebody' }] }));
    expect(sent.map(({ path }) => path).sort()).toEqual([
      '/teams/v3/conversations',
      expect.stringMatching(/^\/teams\/v3\/conversations\/a:rita\/activities/),
    ]);
    expect([...conversations.keys()].sort()).toEqual([RITA, 'channel']);
  });

  test('AL-2: added again, the bot remembers again, so that what was refused meanwhile is sent', async () => {
    const remembered: Conversation[] = [];
    const { remember } = store;
    store.remember = async (conversation) => void remembered.push(conversation);
    try {
      await deliver(activity({ type: 'installationUpdate', action: 'add' }));
      await deliver(activity({ text: 'help' }));
      await deliver(activity({ type: 'installationUpdate', action: 'remove' }));
      await deliver(activity({ type: 'installationUpdate', action: 'add' }));
    } finally {
      store.remember = remember;
    }
    expect(remembered.map(placeKey)).toEqual([RITA, RITA]);
  });

  test('a person of another organisation is not kept', async () => {
    conversations.clear();
    await deliver(activity({ type: 'installationUpdate', action: 'add', channelData: { tenant: { id: randomUUID() } } }));
    expect(conversations.size).toBe(0);
  });
});

describe('buttons', () => {
  test('a refusal is words, for the presser alone; the door hears who pressed', async () => {
    const answer = await deliver(press('request.approve', { id: 'R-1', digest: 'd'.repeat(64), actor: DANA }));
    expect(answer).toMatchObject({
      status: 200,
      body: { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: expect.any(String) },
    });
    expect(intents).toEqual([
      {
        actor: { kind: 'person', person: rita, roles: new Set(['requester']) },
        intent: { kind: 'approve-request', requestId: 'R-1', planDigest: 'd'.repeat(64) },
      },
    ]);
    expect(sent).toEqual([]);
  });

  test('unknown verbs, and verbs by another way than theirs, are errors', async () => {
    for (const body of [
      press('request.force', { id: 'R-1' }),
      press('part.reveal', { id: 'EA-1:2' }),
      dialog('task/submit', { verb: 'part.reveal', id: 'EA-1:2' }),
      dialog('composeExtension/query', {}),
      press('__proto__', {}),
    ]) {
      const { status, text } = await deliver(body);
      expect([status, text]).toEqual([200, expect.stringContaining('I do not know this button')]);
    }
    expect(intents).toEqual([]);
  });

  test('AU-7: a repeat gets the same answer, and the door is asked once', async () => {
    const body = press('request.withdraw', { id: 'R-1' });
    const [one, two] = await Promise.all([deliver(body), deliver(body)]);
    expect((await deliver(body)).body).toEqual(one?.body);
    expect(two?.body).toEqual(one?.body);
    expect(intents).toHaveLength(1);
  });

  test('CR-1: a part is in the dialog, zeroed afterwards, in no log, and never given again for the same press', async () => {
    const body = dialog('task/fetch', { msteams: { type: 'task/fetch' }, verb: 'part.reveal', id: 'EA-1:2' });
    const first = await deliver(body);
    expect(first.body).toMatchObject({
      task: { type: 'continue', value: { card: { contentType: 'application/vnd.microsoft.card.adaptive' } } },
    });
    expect(first.text).toContain(PART);
    expect((await deliver(body)).text).not.toContain(PART);
    expect(handedOut.every((part) => part.every((byte) => byte === 0))).toBe(true);
    expect(JSON.stringify(logged)).not.toContain(PART);
    expect(intents).toHaveLength(1);
  });

  test('a fault of ours is an error with a reference, and the log has the rest', async () => {
    const { text } = await deliver(press('part.stored', { id: 'EA-1:1', location: 7 }));
    expect(text).toContain('value');
    const lookUp = people.lookUp;
    people.lookUp = () => Promise.reject(new Error('the secret message'));
    const answer = await deliver(press('request.withdraw', { id: 'R-1' }));
    people.lookUp = lookUp;
    expect(answer.body).toMatchObject({ type: 'application/vnd.microsoft.error', statusCode: 500 });
    expect(answer.text).not.toContain('secret');
    const reference = /reference ([0-9a-f]{8})/.exec(answer.text)?.[1];
    expect(logged.find(({ event, fields }) => event === 'press.failed' && (fields as Json).reference === reference)?.fields).toMatchObject({
      error: expect.stringContaining('the secret message'),
    });
  });

  test('who waits too long is told that it goes on, and a repeat gets how it ended', async () => {
    let finish: () => void = () => undefined;
    slow = new Promise((resolve) => {
      finish = resolve;
    });
    const body = press('request.withdraw', { id: 'R-9' });
    const early = await deliver(body);
    expect(early.text).toContain('still working');
    finish();
    slow = undefined;
    expect((await deliver(body)).text).not.toContain('still working');
    expect(intents).toHaveLength(1);
  });
});

describe('the channel, outbound', () => {
  const card = { card: { type: 'AdaptiveCard', version: '1.5', body: [] }, summary: 'A card' };
  const address = () => ({
    serviceUrl: serviceUrl(),
    conversationId: 'a:rita',
    tenantId: HOME,
    bot: { id: `28:${APP}`, name: 'Breakglass' },
  });
  const toRita = (): Conversation => ({ place: { kind: 'person', objectId: RITA }, conversationId: 'a:rita', reference: address() });
  const toChannel = (): Conversation => ({
    place: { kind: 'channel' },
    conversationId: CHANNEL,
    reference: { ...address(), conversationId: CHANNEL },
  });

  test('a card in the channel is a post of its own', async () => {
    expect(await bot.channel.post(toChannel(), card)).toEqual({ conversationId: `${CHANNEL};messageid=7`, activityId: '7' });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/teams/v3/conversations',
      body: { isGroup: true, channelData: { channel: { id: CHANNEL } } },
    });
    expect(JSON.stringify(sent[0]?.body)).toContain('Only a test');
  });

  test('a personal card, and its update', async () => {
    const { conversationId, activityId } = await bot.channel.post(toRita(), card);
    await bot.channel.update(toRita(), conversationId, activityId, card);
    expect(sent.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/teams/v3/conversations/a:rita/activities'],
      ['PUT', `/teams/v3/conversations/a:rita/activities/${activityId}`],
    ]);
  });

  test('what is not a success is a fault that says whether it may have arrived; nothing is tried again here', async () => {
    const cases = [
      [
        { status: 429, headers: { 'retry-after': '7' } },
        { status: 429, retryAfterMs: 7_000, ambiguous: false },
      ],
      [{ status: 503 }, { status: 503, ambiguous: false }],
      // Somebody else was writing to the conversation at that moment (Learn, rate-limit): nothing was done.
      [{ status: 412 }, { status: 412, ambiguous: false }],
      [{ status: 502 }, { status: 502, ambiguous: true }],
      [{ status: 504 }, { status: 504, ambiguous: true }],
      [{ status: 404 }, { status: 404, ambiguous: false }],
      [
        { status: 307, headers: { location: '/elsewhere' } },
        { status: 307, ambiguous: false },
      ],
    ] as const;
    for (const [answer, expected] of cases) {
      next = answer;
      const error: unknown = await bot.channel.post(toRita(), card).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ChannelFault);
      expect(error).toMatchObject(expected);
    }
    expect(sent).toEqual([]);
  });

  test('AU-4: no token goes to an address off the list, wherever it was stored', async () => {
    const reference = { ...address(), serviceUrl: 'https://evil.example/' };
    await expect(bot.channel.post({ ...toRita(), reference }, card)).rejects.toThrow('not on the list');
    await expect(bot.channel.post({ ...toRita(), reference: { serviceUrl: 7 } }, card)).rejects.toThrow('unreadable');
  });
});
