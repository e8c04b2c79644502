import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { sandboxClock } from '../../sandbox/clock.ts';
import { type Documents, openDocuments } from '../../sandbox/documents.ts';
import { startTeams, type TeamsServer } from '../../sandbox/teams/server.ts';
import { APPS, CHANNEL, HOME_TENANT, PEOPLE, TEAM } from '../../sandbox/world.ts';

// biome-ignore lint/suspicious/noExplicitAny: activities and answers are looked into freely; a wrong shape fails the test
type Loose = any;

const clock = sandboxClock();
let documents: Documents;
let bot: Server;
let teams: TeamsServer;
/** What the bot was sent, oldest first. */
let heard: { activity: Loose; authorization: string | undefined }[];
/** How the bot answers an activity. */
let answer: (activity: Loose) => Promise<{ status: number; body?: unknown }>;

async function start(): Promise<TeamsServer> {
  const { port } = bot.address() as AddressInfo;
  return startTeams({
    port: 0,
    documents,
    clock,
    botEndpoint: `http://127.0.0.1:${port}/api/messages`,
    verifyBotToken: async (token) => {
      if (token !== 'good') throw new Error('not valid');
    },
    tenantUrl: 'http://127.0.0.1:3979',
  });
}

beforeEach(async () => {
  heard = [];
  answer = async () => ({ status: 200 });
  documents = openDocuments(':memory:');
  bot = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', async () => {
      const activity = JSON.parse(text);
      heard.push({ activity, authorization: request.headers.authorization });
      const { status, body } = await answer(activity);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => bot.listen(0, '127.0.0.1', done));
  teams = await start();
});

afterEach(async () => {
  await teams.close();
  bot.closeAllConnections();
  await new Promise((done) => bot.close(done));
  documents.close();
});

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Loose }> {
  const response = await fetch(`${teams.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const connector = (method: string, path: string, body?: unknown) => call(method, path, body, { authorization: 'Bearer good' });
const post = (path: string, body: unknown) => call('POST', path, body);
const messages = async (as: string, where: string): Promise<Loose[]> =>
  (await call('GET', `/sandbox/messages?as=${as}&where=${where}`)).body;
const withCard = (card: unknown, text?: string) => ({
  type: 'message',
  ...(text !== undefined && { text }),
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
});
const aCard = (fields: object) => ({ type: 'AdaptiveCard', version: '1.5', body: [], ...fields });
const inChannel = `/v3/conversations/${encodeURIComponent(CHANNEL.id)}/activities`;

/** The bot posts a card to the channel by itself. */
async function posted(card: unknown): Promise<string> {
  const { body } = await connector('POST', inChannel, withCard(card));
  return body.id;
}

describe('what reaches the bot', () => {
  test('is signed with a key that the metadata names and that is endorsed for Teams', async () => {
    await post('/sandbox/say', { as: 'rita', where: 'personal', text: 'help' });
    const metadata = (await call('GET', '/openid')).body;
    const keys = (await (await fetch(metadata.jwks_uri)).json()) as Loose;
    expect(keys.keys[0]).toMatchObject({ endorsements: ['msteams'], kty: 'RSA', use: 'sig' });
    expect(keys.keys[0].d).toBeUndefined();
    const token = heard[0]?.authorization?.replace('Bearer ', '') ?? '';
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
      issuer: metadata.issuer,
      audience: APPS.bot,
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ serviceurl: teams.serviceUrl });
    expect(heard[0]?.activity.serviceUrl).toBe(teams.serviceUrl);
  });

  test('looks like Teams: in the channel with a mention, the person, team, channel and tenant', async () => {
    const { body } = await post('/sandbox/say', { as: 'rita', where: 'channel', text: 'create contoso' });
    expect(heard[0]?.activity).toMatchObject({
      type: 'message',
      id: body.messageId,
      channelId: 'msteams',
      text: '<at>Breakglass</at> create contoso',
      from: { id: PEOPLE.rita.mri, aadObjectId: PEOPLE.rita.objectId, name: 'Rita Reyes' },
      recipient: { id: `28:${APPS.bot}` },
      conversation: {
        id: `${CHANNEL.id};messageid=${body.messageId}`,
        conversationType: 'channel',
        isGroup: true,
        tenantId: HOME_TENANT.id,
      },
      channelData: { tenant: { id: HOME_TENANT.id }, team: { id: TEAM.id }, channel: { id: CHANNEL.id } },
    });
    expect(heard[0]?.activity.entities[0]).toMatchObject({ type: 'mention', mentioned: { id: `28:${APPS.bot}` } });
  });

  test('a mention typed by hand is not added twice, and a personal chat needs none', async () => {
    await post('/sandbox/say', { as: 'rita', where: 'channel', text: '@breakglass help' });
    await post('/sandbox/say', { as: 'rita', where: 'personal', text: 'help' });
    expect(heard.map(({ activity }) => activity.text)).toEqual(['<at>Breakglass</at> help', 'help']);
    expect(heard[1]?.activity.conversation).toMatchObject({ id: 'a:rita', conversationType: 'personal' });
  });
});

describe('installing', () => {
  test('tells the bot about the channel and every member once, and again only what it did not take', async () => {
    answer = async (activity) => ({ status: activity.from.aadObjectId === PEOPLE.ann.objectId ? 500 : 200 });
    await teams.install();
    const places = new Set(heard.map(({ activity }) => activity.conversation.id));
    expect(places).toContain(CHANNEL.id);
    expect(places).toContain('a:rita2');
    expect(places).not.toContain('a:gus');
    expect(places).not.toContain('a:eve');
    expect(heard.filter(({ activity }) => activity.type === 'conversationUpdate')[0]?.activity.membersAdded).toEqual([
      { id: `28:${APPS.bot}`, name: 'Breakglass' },
    ]);

    heard = [];
    answer = async () => ({ status: 200 });
    await teams.install();
    expect(heard.map(({ activity }) => [activity.type, activity.conversation.id])).toEqual([
      ['installationUpdate', 'a:ann'],
      ['conversationUpdate', 'a:ann'],
    ]);
    heard = [];
    await teams.install();
    expect(heard).toEqual([]);
  });
});

describe('the Connector', () => {
  test('refuses without a valid token', async () => {
    const activity = { type: 'message', text: 'hello' };
    expect((await call('POST', inChannel, activity)).status).toBe(401);
    expect((await call('POST', inChannel, activity, { authorization: 'Bearer bad' })).status).toBe(401);
    expect(await messages('ann', 'channel')).toEqual([]);
  });

  test('takes a new post, an answer in its thread, an update and a deletion', async () => {
    const params = { channelData: { channel: { id: CHANNEL.id } }, activity: { type: 'message', text: 'post' } };
    const { status, body } = await connector('POST', '/v3/conversations', params);
    expect(status).toBe(201);
    expect(body.id).toBe(`${CHANNEL.id};messageid=${body.activityId}`);
    const thread = `/v3/conversations/${encodeURIComponent(body.id)}/activities`;
    const answered = await connector('POST', `${thread}/${body.activityId}`, { type: 'message', text: 'answer' });
    await connector('PUT', `${thread}/${answered.body.id}`, { type: 'message', text: 'better answer' });
    const shown = await messages('gus', 'channel');
    expect(shown.map(({ from, text, replyToId }) => [from, text, replyToId])).toEqual([
      ['bot', 'post', null],
      ['bot', 'better answer', body.activityId],
    ]);
    expect(shown[1].updatedAt).not.toBeNull();
    await connector('DELETE', `${thread}/${answered.body.id}`);
    expect(await messages('gus', 'channel')).toHaveLength(1);
  });

  test('opens a chat only with members who have the app', async () => {
    const create = (id: string) =>
      connector('POST', '/v3/conversations', { members: [{ id }], tenantId: HOME_TENANT.id, bot: { id: 'x' } });
    expect((await create(PEOPLE.dana.mri)).body).toEqual({ id: 'a:dana' });
    expect((await create(PEOPLE.gus.mri)).status).toBe(403);
    expect((await create(PEOPLE.eve.mri)).status).toBe(403);
  });

  test('knows roster, member and team', async () => {
    const members = `/v3/conversations/${encodeURIComponent(CHANNEL.id)}`;
    const all = await connector('GET', `${members}/pagedmembers?pageSize=5`);
    expect(all.body.members).toHaveLength(5);
    expect(all.body.continuationToken).toBe('5');
    expect((await connector('GET', `${members}/members`)).body).toHaveLength(11);
    expect((await connector('GET', `${members}/members/${encodeURIComponent(PEOPLE.ann.mri)}`)).body).toMatchObject({
      aadObjectId: PEOPLE.ann.objectId,
      tenantId: HOME_TENANT.id,
    });
    expect((await connector('GET', `${members}/members/${encodeURIComponent(PEOPLE.eve.mri)}`)).status).toBe(404);
    expect((await connector('GET', `/v3/teams/${encodeURIComponent(TEAM.id)}`)).body).toMatchObject({ aadGroupId: TEAM.aadGroupId });
  });

  test.each([
    ['a message above 28 kB', { type: 'message', text: 'x'.repeat(29_000) }, 413],
    ['nothing to read', { type: 'message' }, 400],
    ['a card with its template showing', withCard(aCard({ body: [{ type: 'TextBlock', text: '${name}' }] })), 400],
    ['something else than an Adaptive Card', withCard({ type: 'HeroCard' }), 400],
    [
      '61 people to refresh for',
      withCard(aCard({ refresh: { action: { type: 'Action.Execute' }, userIds: Array(61).fill('29:x') } })),
      400,
    ],
  ])('refuses %s', async (_what, activity, status) => {
    expect((await connector('POST', inChannel, activity)).status).toBe(status);
  });

  test('answers 429 with Retry-After to the eighth message of a second', async () => {
    const send = () =>
      fetch(`${teams.url}${inChannel}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
        body: JSON.stringify({ type: 'message', text: 'tick' }),
      });
    const answers = await Promise.all(Array.from({ length: 9 }, send));
    const held = answers.filter(({ status }) => status === 429);
    expect(held.length).toBeGreaterThanOrEqual(1);
    expect(Number(held[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  test('shows the faults a test asked for, as often as asked', async () => {
    expect((await post('/sandbox/faults', { match: { method: 'POST', path: CHANNEL.id }, status: 503, times: 1 })).status).toBe(204);
    await post('/sandbox/faults', { match: { method: 'POST' }, drop: 'after' });
    const send = () => connector('POST', inChannel, { type: 'message', text: 'news' });
    expect((await send()).status).toBe(503);
    await expect(send()).rejects.toThrow();
    expect((await send()).status).toBe(201);
    expect(await messages('ann', 'channel')).toHaveLength(2); // what only lost its answer was posted
  });
});

describe('buttons', () => {
  const approve = { type: 'Action.Execute', verb: 'request.approve', id: 'a1', data: { id: 'R1', digest: 'd' } };

  test('send verb, data, input defaults and inputs; the answered card is that person’s view until the message is updated', async () => {
    const inputs = [
      { type: 'Input.Text', id: 'note', value: 'default' },
      { type: 'Input.Text', id: 'reason' },
    ];
    const id = await posted(aCard({ body: [{ type: 'Container', items: [...inputs, { type: 'ActionSet', actions: [approve] }] }] }));
    const own = aCard({ body: [{ type: 'TextBlock', text: 'You approved' }] });
    answer = async () => ({ status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: own } });
    const pressed = await post('/sandbox/press', { as: 'ann', messageId: id, verb: 'request.approve', inputs: { reason: 'fine' } });
    expect(pressed.body).toEqual({ status: 200, card: own });
    expect(heard[0]?.activity).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: id,
      conversation: { id: `${CHANNEL.id};messageid=${id}` },
      value: {
        trigger: 'manual',
        action: {
          type: 'Action.Execute',
          id: 'a1',
          verb: 'request.approve',
          data: { id: 'R1', digest: 'd', note: 'default', reason: 'fine' },
        },
      },
    });
    expect((await messages('ann', 'channel'))[0].card).toEqual(own);
    expect((await messages('bob', 'channel'))[0].card).not.toEqual(own);
    const updated = aCard({ body: [{ type: 'TextBlock', text: 'done' }] });
    await connector('PUT', `${inChannel}/${id}`, withCard(updated));
    expect((await messages('ann', 'channel'))[0].card).toEqual(updated);
  });

  test('answers in words: message, refusal, an unhelpful bot, a sign-in', async () => {
    const id = await posted(aCard({ actions: [approve] }));
    const press = async (body: unknown, status = 200) => {
      answer = async () => ({ status, body });
      return (await post('/sandbox/press', { as: 'ann', messageId: id, verb: 'request.approve' })).body;
    };
    expect(await press({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Noted' })).toEqual({
      status: 200,
      message: 'Noted',
    });
    const error = {
      statusCode: 403,
      type: 'application/vnd.microsoft.error',
      value: { code: 'own-request', message: 'Your own request.' },
    };
    expect(await press(error)).toEqual({ status: 403, message: 'Your own request.' });
    expect((await press(undefined, 501)).status).toBe(501);
    const login = {
      statusCode: 401,
      type: 'application/vnd.microsoft.activity.loginRequest',
      value: { signInUrl: 'http://127.0.0.1/prove' },
    };
    expect(await press(login)).toMatchObject({ status: 401, signInUrl: 'http://127.0.0.1/prove' });
  });

  test('a card Teams would not draw is a failure, not an answer', async () => {
    const id = await posted(aCard({ actions: [approve] }));
    const value = aCard({ body: [{ type: 'TextBlock', text: '${name}' }] });
    answer = async () => ({ status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value } });
    const pressed = await post('/sandbox/press', { as: 'ann', messageId: id, verb: 'request.approve' });
    expect(pressed.body).toMatchObject({ status: 500, message: expect.stringContaining('template') });
    expect((await messages('ann', 'channel'))[0].card).not.toEqual(value);
  });

  test('can be found on the answer to a person’s own message, inside a shown card, and by data', async () => {
    answer = async (activity) => {
      if (activity.type !== 'message') return { status: 200 };
      const shown = { type: 'Action.ShowCard', card: aCard({ actions: [{ ...approve, data: { id: 'R2' } }] }) };
      const thread = `/v3/conversations/${encodeURIComponent(activity.conversation.id)}/activities/${activity.id}`;
      await connector('POST', thread, withCard(aCard({ actions: [approve, shown] })));
      return { status: 200 };
    };
    const { body } = await post('/sandbox/say', { as: 'ann', where: 'channel', text: 'requests' });
    expect(body.replyIds).toHaveLength(1);
    await post('/sandbox/press', { as: 'ann', messageId: body.messageId, verb: 'request.approve', data: { id: 'R2' } });
    expect(heard.at(-1)?.activity).toMatchObject({ replyToId: body.replyIds[0], value: { action: { data: { id: 'R2' } } } });
    expect((await post('/sandbox/press', { as: 'ann', messageId: body.messageId, verb: 'nope' })).body).toEqual({
      status: 404,
      message: 'no such button',
    });
  });

  test('are out of reach for people outside the conversation', async () => {
    const id = await posted(aCard({ actions: [approve] }));
    expect((await post('/sandbox/press', { as: 'eve', messageId: id, verb: 'request.approve' })).status).toBe(403);
    expect((await post('/sandbox/press', { as: 'gus', messageId: id, verb: 'request.approve' })).body.status).toBe(200);
    const { body } = await post('/sandbox/say', { as: 'dana', where: 'personal', text: 'hello' });
    expect((await post('/sandbox/press', { as: 'ann', messageId: body.messageId, verb: 'x' })).status).toBe(403);
  });

  test('a card that wants it is refreshed once per version and viewer', async () => {
    const refresh = { action: { type: 'Action.Execute', verb: 'request.refresh', data: { id: 'R1' } }, userIds: [PEOPLE.ann.mri] };
    const own = aCard({ body: [{ type: 'TextBlock', text: 'For you' }] });
    answer = async () => ({ status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: own } });
    const id = await posted(aCard({ refresh }));
    for (const as of ['ann', 'ann', 'bob']) await messages(as, 'channel');
    expect(heard.map(({ activity }) => activity.value.trigger)).toEqual(['automatic']);
    expect((await messages('ann', 'channel'))[0].card).toEqual(own);
    await connector('PUT', `${inChannel}/${id}`, withCard(aCard({ refresh })));
    await messages('ann', 'channel');
    expect(heard).toHaveLength(2);
  });
});

describe('dialogs', () => {
  const fetchButton = { type: 'Action.Submit', data: { verb: 'part.reveal', id: 'A1', msteams: { type: 'task/fetch' } } };
  const dialogCard = aCard({
    body: [{ type: 'TextBlock', id: 'part', text: 'a-secret-part' }],
    actions: [{ type: 'Action.Submit', data: { verb: 'part.stored' } }],
  });

  async function opened(): Promise<Loose> {
    const id = await posted(aCard({ actions: [fetchButton] }));
    answer = async ({ name }) => {
      const task = { type: 'continue', value: { title: 'Your part', card: { contentType: 'x', content: dialogCard } } };
      return { status: 200, body: { task: name === 'task/fetch' ? task : { type: 'message', value: 'Stored.' } } };
    };
    return (await post('/sandbox/press', { as: 'dana', messageId: id, verb: 'part.reveal' })).body;
  }

  test('open, are submitted by their own person only, and close', async () => {
    const { dialog } = await opened();
    expect(dialog).toMatchObject({ title: 'Your part', card: dialogCard });
    expect(heard[0]?.activity).toMatchObject({ type: 'invoke', name: 'task/fetch', value: { data: { verb: 'part.reveal', id: 'A1' } } });
    const submit = (as: string) => post('/sandbox/dialog', { as, id: dialog.id, verb: 'part.stored', inputs: { seal: '77' } });
    expect((await submit('eli')).status).toBe(404);
    expect((await submit('dana')).body).toEqual({ status: 200, message: 'Stored.' });
    expect(heard.at(-1)?.activity).toMatchObject({ name: 'task/submit', value: { data: { verb: 'part.stored', seal: '77' } } });
    expect((await submit('dana')).status).toBe(404);
  });

  test('what they show is nowhere in the documents', async () => {
    await opened();
    for (const collection of ['teams.messages', 'teams.views', 'teams.installed', 'teams.dialogs']) {
      expect(JSON.stringify(documents.all(collection))).not.toContain('a-secret-part');
    }
  });

  test('forget their card when closed', async () => {
    const { dialog } = await opened();
    expect((await post('/sandbox/dialog/close', { as: 'dana', id: dialog.id })).status).toBe(204);
    expect((await post('/sandbox/dialog', { as: 'dana', id: dialog.id })).status).toBe(404);
  });
});

describe('hostile calls', () => {
  test('raw sends any activity, correctly signed unless a token is given', async () => {
    answer = async () => ({ status: 401, body: { no: 1 } });
    const sent = await post('/sandbox/raw', { as: 'eve', activity: { text: 'help', locale: null } });
    expect(sent.body).toEqual({ status: 401, body: { no: 1 } });
    expect(heard[0]?.activity).toMatchObject({ text: 'help', channelId: 'msteams', from: { aadObjectId: PEOPLE.eve.objectId } });
    expect(heard[0]?.activity).not.toHaveProperty('locale');
    await post('/sandbox/raw', { as: 'eve', activity: {}, token: 'abc' });
    await post('/sandbox/raw', { as: 'eve', activity: {}, token: null });
    expect(heard.slice(1).map(({ authorization }) => authorization)).toEqual(['Bearer abc', undefined]);
  });

  test('raw comes from where the message it answers stands', async () => {
    const id = await posted(aCard({}));
    await post('/sandbox/raw', { as: 'eve', activity: { type: 'invoke', name: 'adaptiveCard/action', replyToId: id } });
    expect(heard[0]?.activity).toMatchObject({
      conversation: { id: `${CHANNEL.id};messageid=${id}`, conversationType: 'channel' },
      channelData: { channel: { id: CHANNEL.id }, tenant: { id: PEOPLE.eve.tenantId } },
    });
  });

  test('tokens can be wrong in one thing', async () => {
    const keys = createRemoteJWKSet(new URL(`${teams.url}/keys`));
    const token = async (body: object): Promise<string> => (await post('/sandbox/token', body)).body.token;
    await jwtVerify(await token({}), keys, { audience: APPS.bot });
    await expect(jwtVerify(await token({ key: 'other' }), keys)).rejects.toThrow();
    await expect(jwtVerify(await token({ claims: { aud: 'someone' } }), keys, { audience: APPS.bot })).rejects.toThrow();
    const withoutExpiry = await jwtVerify(await token({ claims: { exp: null } }), keys);
    expect(withoutExpiry.payload).not.toHaveProperty('exp');
    expect(await token({ key: 'none' })).toMatch(/^[\w-]+\.[\w-]+\.$/);
  });

  test.each([
    ['an unknown person', { as: 'zoe', where: 'channel', text: 'x' }, 404],
    ['no place', { as: 'ann', text: 'x' }, 400],
    ['empty text', { as: 'ann', where: 'channel', text: ' ' }, 400],
    ['an outsider in the channel', { as: 'eve', where: 'channel', text: 'x' }, 403],
  ])('the control API refuses %s in a sentence', async (_what, body, status) => {
    const refused = await post('/sandbox/say', body);
    expect(refused.status).toBe(status);
    expect(refused.body.error).toMatch(/\.$/);
  });

  test('other sites and other names for this machine are refused', async () => {
    const { port } = teams;
    const { request } = await import('node:http');
    const statusFor = (headers: Record<string, string>) =>
      new Promise((done) => {
        request({ port, host: '127.0.0.1', path: '/sandbox/page', headers }, (response) => done(response.resume().statusCode)).end();
      });
    expect(await statusFor({ host: 'evil.example' })).toBe(403);
    expect(await statusFor({ origin: 'https://evil.example' })).toBe(403);
    expect(await statusFor({ origin: teams.url })).toBe(200);
    const typed = await fetch(`${teams.url}/sandbox/say`, {
      method: 'POST',
      body: '{"as":"ann"}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(typed.status).toBe(415);
  });
});

test('a restart loses no message, view or key', async () => {
  const id = await posted(aCard({ actions: [{ type: 'Action.Execute', verb: 'v' }] }));
  const own = aCard({ body: [{ type: 'TextBlock', text: 'mine' }] });
  answer = async () => ({ status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: own } });
  await post('/sandbox/press', { as: 'ann', messageId: id, verb: 'v' });
  const before = (await call('GET', '/keys')).body;
  await teams.close();
  teams = await start();
  expect((await messages('ann', 'channel'))[0]).toMatchObject({ id, card: own });
  expect((await call('GET', '/keys')).body).toEqual(before);
});

test('the page and its parts are served under a strict content security policy', async () => {
  for (const path of ['/', '/assets/style.css', '/assets/app.js', '/assets/adaptivecards.js', '/favicon.svg']) {
    const response = await fetch(`${teams.url}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await response.text()).length).toBeGreaterThan(100);
  }
});

test('pages hear of new messages by server-sent events', async () => {
  const stop = new AbortController();
  const stream = await fetch(`${teams.url}/sandbox/events`, { signal: stop.signal });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  await connector('POST', inChannel, { type: 'message', text: 'news' });
  let text = '';
  while (!text.includes('event: message')) text += (await reader?.read())?.value ?? '';
  expect(text).toContain('event: clock');
  stop.abort();
});
