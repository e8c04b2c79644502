import { randomUUID } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { APPS, CHANNEL, HOME_TENANT, OTHER_TENANT_ID, PEOPLE, TEAM } from '../../sandbox/world.ts';
import type { Log } from '../../src/app/log.ts';
import { oracle, type Verdict } from '../support/authOracle.ts';
import { type Json, type KeyService, startKeyService } from '../support/forge.ts';
import { type Front, frontOn } from '../support/front.ts';
import { seconds, TOKENS, tokenCall } from '../support/tokens.ts';

const logged: string[] = [];
const write = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields)}`);
const log: Log = { info: write, warn: write, error: write, child: () => log };
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let channel: KeyService;
let front: Front;
const began = performance.now();

beforeAll(async () => {
  channel = await startKeyService();
  front = frontOn(channel.origin, log, { keep: 100_000 });
  await front.http.listen(0, '127.0.0.1');
});
afterAll(async () => {
  agent.destroy();
  await front.http.close();
  await channel.close();
});

const ours = (): string => `${channel.origin}/teams/`;
const port = (): string => new URL(channel.origin).port;

// ------------------------------------------------------------------------------------------------------------- activities

const personal = {
  conversation: { id: 'a:ann', conversationType: 'personal', tenantId: HOME_TENANT.id },
  channelData: { tenant: { id: HOME_TENANT.id } },
};
const inChannel = {
  conversation: { id: `${CHANNEL.id};messageid=1`, conversationType: 'channel', isGroup: true, tenantId: HOME_TENANT.id },
  channelData: { tenant: { id: HOME_TENANT.id }, team: { id: TEAM.id }, channel: { id: CHANNEL.id } },
};
const from = { id: PEOPLE.ann.mri, name: PEOPLE.ann.name, aadObjectId: PEOPLE.ann.objectId };
const tenantOf = (id: unknown) => ({ channelData: { ...inChannel.channelData, tenant: { id } } });
const conversationOf = (change: Json) => ({ conversation: { ...inChannel.conversation, ...change } });
const press = (value: unknown): Json => ({ type: 'invoke', name: 'adaptiveCard/action', value });
const approve = { action: { type: 'Action.Execute', verb: 'request.approve', data: { id: 'R-1', digest: 'd' } } };
const urls = (name: string, url: () => unknown): readonly [string, () => Json] => [
  `service address ${name}`,
  () => ({ serviceUrl: url() }),
];

const ACTIVITIES: ReadonlyMap<string, () => Json> = new Map<string, () => Json>([
  ['a press in the channel', () => ({})],
  ['a press in a personal chat', () => personal],
  ['object id in upper case', () => ({ from: { ...from, aadObjectId: PEOPLE.ann.objectId.toUpperCase() } })],
  ['tenant in upper case', () => tenantOf(HOME_TENANT.id.toUpperCase())],
  ['delivery mode normal', () => ({ deliveryMode: 'normal' })],
  [
    'names of somebody else',
    () => ({ from: { ...from, name: PEOPLE.bob.name, userPrincipalName: PEOPLE.bob.userPrincipalName, role: 'admin' } }),
  ],

  ...(
    [
      undefined,
      null,
      '',
      'Msteams',
      'MSTEAMS',
      'msteams ',
      'webchat',
      'emulator',
      'directline',
      'AseChannel',
      ['msteams'],
      { id: 'msteams' },
      7,
    ] as const
  ).map((channelId): [string, () => Json] => [`channel ${JSON.stringify(channelId)}`, () => ({ channelId })]),
  urls('missing', () => undefined),
  urls('null', () => null),
  urls('empty', () => ''),
  urls('a number', () => 7),
  urls('a list', () => [ours()]),
  urls('off the list', () => 'https://evil.example/'),
  urls('of the real Teams, which is not on this list', () => 'https://smba.trafficmanager.net/emea/'),
  urls('that begins like ours', () => `${channel.origin}.evil.example/`),
  urls('that begins like ours, with digits', () => `${channel.origin}0/`),
  urls('with ours as its user', () => `http://127.0.0.1:${port()}@evil.example/`),
  urls('with ours in its path', () => `https://evil.example/${channel.origin}/`),
  urls('with ours in its fragment', () => `https://evil.example/#${channel.origin}/`),
  urls('with a user', () => `http://user@127.0.0.1:${port()}/teams/`),
  urls('with user and password', () => `http://a:b@127.0.0.1:${port()}/teams/`),
  urls('on another port', () => 'http://127.0.0.1:1/teams/'),
  urls('without a port', () => 'http://127.0.0.1/teams/'),
  urls('by another scheme', () => `https://127.0.0.1:${port()}/teams/`),
  urls('of a file', () => 'file:///etc/passwd'),
  urls('without a scheme', () => `//127.0.0.1:${port()}/teams/`),
  urls('under another name of the host', () => `http://localhost:${port()}/teams/`),
  urls('with the host as one number', () => `http://2130706433:${port()}/teams/`),
  urls('with a short host', () => `http://127.1:${port()}/teams/`),
  urls('with an upper case scheme', () => `HTTP://127.0.0.1:${port()}/teams/`),
  urls('with a backslash', () => `http://127.0.0.1:${port()}\\@evil.example/`),
  urls('with a blank before it', () => ` ${ours()}`),
  urls('with a line break in it', () => `http://127.0.0.1\n:${port()}/teams/`),
  urls('with a query for a path', () => `${channel.origin}?x=/teams/`),
  urls('of ours and another path', () => `${channel.origin}/other/`),
  urls('of ours with steps up', () => `${channel.origin}/teams/../x/`),
  urls('of ours without a path', () => channel.origin),

  ...(
    ['handoff', 'trace', 'command', 'contactRelationUpdate', '', 'Invoke', 'INVOKE', undefined, null, 7, ['invoke'], { a: 1 }] as const
  ).map((type): [string, () => Json] => [`type ${JSON.stringify(type)}`, () => ({ type })]),
  ...['messageReaction', 'messageUpdate', 'messageDelete', 'typing', 'event', 'endOfConversation'].map((type): [string, () => Json] => [
    `type ${type}, which means nothing to us`,
    () => ({ type }),
  ]),
  ...(['expectReplies', 'notification', 'ephemeral', 'stream', 'Normal', '', null, ['normal'], 7] as const).map(
    (deliveryMode): [string, () => Json] => [`delivery mode ${JSON.stringify(deliveryMode)}`, () => ({ deliveryMode })],
  ),
  ...(
    [
      'composeExtension/query',
      'signin/verifyState',
      'application/search',
      'adaptiveCard/Action',
      'fileConsent/invoke',
      '',
      undefined,
      7,
      ['adaptiveCard/action'],
    ] as const
  ).map((name): [string, () => Json] => [`invoke ${JSON.stringify(name)}`, () => ({ name })]),
  ...(
    [
      undefined,
      null,
      'request.approve',
      [approve],
      { action: 'request.approve' },
      { action: { verb: 'request.force', data: { id: 'R-1' } } },
      { action: { verb: '__proto__' } },
      { action: { verb: ['request.approve'] } },
      { verb: 'request.approve', id: 'R-1' },
    ] as const
  ).map((value): [string, () => Json] => [`value ${JSON.stringify(value)}`, () => press(value)]),

  ...['task/fetch', 'task/submit', 'composeExtension/query', 'application/search', ''].map((name): [string, () => Json] => [
    `invoke ${JSON.stringify(name)} with the button in the data of a dialog`,
    () => ({ name, value: { data: { verb: 'request.approve', id: 'R-1', digest: 'd' } } }),
  ]),

  ['no activity id', () => ({ id: undefined })],
  ['an empty activity id', () => ({ id: '' })],
  ['an activity id that is no text', () => ({ id: 7 })],
  ['no sender', () => ({ from: undefined })],
  ['a sender without a Teams id', () => ({ from: { ...from, id: undefined } })],
  ['no recipient', () => ({ recipient: undefined })],
  ['no conversation', () => ({ conversation: undefined })],
  ['a conversation without an id', () => conversationOf({ id: undefined })],

  ...(
    [
      undefined,
      null,
      '',
      'ann',
      PEOPLE.ann.userPrincipalName,
      PEOPLE.ann.mri,
      `{${PEOPLE.ann.objectId}}`,
      `${PEOPLE.ann.objectId} `,
      PEOPLE.ann.objectId.replaceAll('-', ''),
      [PEOPLE.ann.objectId],
      7,
    ] as const
  ).map((aadObjectId): [string, () => Json] => [`object id ${JSON.stringify(aadObjectId)}`, () => ({ from: { ...from, aadObjectId } })]),
  ['no tenant anywhere', () => ({ ...conversationOf({ tenantId: undefined }), ...tenantOf(undefined) })],
  ['another tenant in both places', () => ({ ...conversationOf({ tenantId: OTHER_TENANT_ID }), ...tenantOf(OTHER_TENANT_ID) })],
  ['another tenant in the channel data', () => tenantOf(OTHER_TENANT_ID)],
  ['another tenant in the conversation', () => conversationOf({ tenantId: OTHER_TENANT_ID })],
  ['another tenant in the only place', () => ({ ...conversationOf({ tenantId: undefined }), ...tenantOf(OTHER_TENANT_ID) })],
  ['a tenant that is a number', () => tenantOf(7)],
  ['a tenant that is a list', () => tenantOf([HOME_TENANT.id, OTHER_TENANT_ID])],
  ['the tenant in one place only', () => conversationOf({ tenantId: undefined })],

  ['another channel', () => ({ channelData: { ...inChannel.channelData, channel: { id: '19:other@thread.tacv2' } } })],
  ['another team', () => ({ channelData: { ...inChannel.channelData, team: { id: '19:other@thread.tacv2' } } })],
  ['the conversation of another channel', () => conversationOf({ id: '19:other@thread.tacv2;messageid=1' })],
  ['a conversation that begins like ours', () => conversationOf({ id: `${CHANNEL.id}x;messageid=1` })],
  ['no team', () => ({ channelData: { tenant: { id: HOME_TENANT.id }, channel: { id: CHANNEL.id } } })],
  ['no channel data', () => ({ channelData: undefined })],
  ['a group chat', () => conversationOf({ conversationType: 'groupChat' })],
  ['a kind of conversation that is no text', () => conversationOf({ conversationType: ['channel'] })],
  ['no kind of conversation', () => conversationOf({ conversationType: undefined })],
  ['a personal chat that names a team', () => ({ ...personal, channelData: inChannel.channelData })],
  [
    'a personal chat that names a team by a number',
    () => ({ ...personal, channelData: { tenant: { id: HOME_TENANT.id }, team: { id: 7 } } }),
  ],
  [
    'a personal chat of another tenant',
    () => ({ conversation: { ...personal.conversation, tenantId: OTHER_TENANT_ID }, channelData: { tenant: { id: OTHER_TENANT_ID } } }),
  ],
]);

function activityOf(name: string): Json {
  return {
    id: randomUUID(),
    channelId: 'msteams',
    serviceUrl: ours(),
    from,
    recipient: { id: `28:${APPS.bot}`, name: 'Breakglass' },
    ...inChannel,
    ...press(approve),
    ...ACTIVITIES.get(name)?.(),
  };
}

// ---------------------------------------------------------------------------------------------------------------- the call

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

function post(body: string, authorization: readonly string[]): Promise<Answered> {
  // As a list, so that a header can come twice.
  const fixed = ['host', 'bot.example', 'content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
  const headers = [...fixed, ...authorization.flatMap((value) => ['authorization', value])];
  return new Promise((resolve, reject) => {
    const call = request(
      { agent, host: '127.0.0.1', port: front.http.address?.port ?? 0, path: '/api/messages', method: 'POST', headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}

/** Sends one call and says what became of it, as the oracle would say it. */
async function observed(
  activity: Json,
  authorization: readonly string[],
): Promise<{ readonly verdict: Verdict | string; readonly answer: Answered }> {
  const { intents, lookUps } = front.reached;
  const before = { intents: intents.length, lookUps: lookUps.length, sent: channel.sent.length };
  const answer = await post(JSON.stringify(activity), authorization);
  const asked = intents.slice(before.intents);
  const quiet = asked.length === 0 && lookUps.length === before.lookUps && channel.sent.length === before.sent;
  const said = `${answer.status}${answer.text === '' ? '' : ' with words'}${quiet ? '' : ' and something was done'}`;
  const byPerson = asked.filter(({ actor }) => actor.kind === 'person');
  if (byPerson.length > 0) {
    const right =
      byPerson.length === 1 && byPerson.every(({ actor }) => actor.kind === 'person' && actor.person.objectId === PEOPLE.ann.objectId);
    return { verdict: right && answer.status === 200 ? 'handled' : `handled wrongly: ${said}`, answer };
  }
  if (said === '401') return { verdict: 'unauthorized', answer };
  if (said === '400') return { verdict: 'malformed', answer };
  if (said === '200') return { verdict: 'passed-over', answer };
  return { verdict: answer.status === 200 ? 'no-rights' : said, answer };
}

interface Row {
  readonly token: string;
  readonly activity: string;
  readonly expected: Verdict;
  readonly got: string;
}
const refusals = new Set<string>();

async function row(token: string, activity: string): Promise<Row> {
  const body = activityOf(activity);
  const { authorization, facts } = tokenCall(token, body, ours());
  // What JSON leaves out was never sent.
  const sent = { ...facts, activity: JSON.parse(JSON.stringify(body)) as Json, claims: JSON.parse(JSON.stringify(facts.claims)) as Json };
  const { verdict, answer } = await observed(body, authorization);
  if (verdict === 'unauthorized')
    refusals.add(JSON.stringify({ ...answer.headers, date: '', connection: '', 'keep-alive': '' }) + answer.text);
  return { token, activity, expected: oracle(sent, channel.origin, seconds(0)), got: verdict };
}

const wrong = (rows: readonly Row[]): Row[] => rows.filter(({ expected, got }) => expected !== got);
const tally = (rows: readonly Row[]): string =>
  [...Map.groupBy(rows, ({ expected }) => expected)].map(([verdict, each]) => `${each.length} ${verdict}`).join(', ');
const tokens = Object.keys(TOKENS);
const activities = [...ACTIVITIES.keys()];

describe('AU-1 AU-2 AU-3 AU-5: any token', () => {
  test.each(tokens)('%s', async (token) => {
    for (const activity of ['a press in the channel', 'a press in a personal chat']) {
      const { expected, got } = await row(token, activity);
      expect(got).toBe(expected);
    }
  });
});

describe('AU-2 AU-3 AU-6 ID-1 ID-2 ID-6: any activity, under a right token', () => {
  test.each(activities)('%s', async (activity) => {
    const { expected, got } = await row('a right token', activity);
    expect(got).toBe(expected);
  });
});

test('AU-1 to AU-6, ID-1, ID-2, ID-6: every token with every activity is decided as the oracle says, and nothing wrongly reaches a handler', async () => {
  const rows: Row[] = [];
  for (const token of tokens) for (const activity of activities) rows.push(await row(token, activity));
  process.stdout.write(
    `authentication matrix: ${tokens.length} tokens × ${activities.length} activities = ${rows.length} calls: ${tally(rows)}\n`,
  );
  expect(tokens.length + activities.length).toBeGreaterThanOrEqual(120);
  expect(wrong(rows)).toEqual([]);
  expect(new Set(rows.map(({ expected }) => expected)).size).toBe(5);
});

test('HT-5: all refusals are the same, byte for byte, and thousands of them are a few lines of log', () => {
  expect([...refusals]).toHaveLength(1);
  const lines = logged.filter((line) => line.startsWith('message.refused'));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(1 + (performance.now() - began) / 10_000);
});

test('AU-7: whatever was let in and is delivered again gets the stored answer, and nothing is done again', async () => {
  for (const name of activities) {
    const activity = activityOf(name);
    const { authorization, facts } = tokenCall('a right token', activity, ours());
    const verdict = oracle({ ...facts, activity: JSON.parse(JSON.stringify(activity)) as Json }, channel.origin, seconds(0));
    if (verdict !== 'handled') continue;
    const first = await post(JSON.stringify(activity), authorization);
    const done = front.reached.intents.length;
    for (let times = 0; times < 3; times += 1) expect((await post(JSON.stringify(activity), authorization)).text).toBe(first.text);
    expect([name, front.reached.intents.length]).toEqual([name, done]);
  }
});

test('AU-7: a delivery of one person repeated by another gets an answer of its own, never theirs', async () => {
  const activity = activityOf('a press in the channel');
  const { authorization } = tokenCall('a right token', activity, ours());
  await post(JSON.stringify(activity), authorization);
  const before = front.reached.intents.length;
  await post(JSON.stringify({ ...activity, from: { ...from, aadObjectId: PEOPLE.dana.objectId } }), authorization);
  expect(front.reached.intents.slice(before).map(({ actor }) => actor)).toMatchObject([
    { kind: 'person', person: { objectId: PEOPLE.dana.objectId } },
  ]);
});

test('AU-8: none of it left a token in the log', () => {
  expect(logged.length).toBeGreaterThan(0);
  expect(logged.filter((line) => /eyJ|outbound-token|Bearer/.test(line))).toEqual([]);
});
