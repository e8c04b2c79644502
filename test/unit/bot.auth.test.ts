import { APPS } from '../../sandbox/world.ts';
import { ChannelGuard } from '../../src/bot/auth.ts';
import type { ChannelKeys } from '../../src/bot/channelKeys.ts';
import { BotCredentials, type TokenCredential } from '../../src/bot/credentials.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';
import type { BotSettings } from '../../src/bot/settings.ts';
import { oracle } from '../support/authOracle.ts';
import { forged, type Json, KEYS } from '../support/forge.ts';
import { ISSUER, seconds, TOKENS, tokenCall } from '../support/tokens.ts';

const ORIGIN = 'https://smba.example.net';
const OURS = `${ORIGIN}/teams/`;
const SCOPE = 'https://api.botframework.com';
const settings = {
  appId: APPS.bot,
  channel: {
    openIdMetadataUrl: 'https://login.example/openid',
    tokenIssuer: ISSUER,
    toChannelFromBotLoginUrl: 'https://login.example/tenant',
    toChannelFromBotOAuthScope: SCOPE,
    oAuthUrl: 'https://tokens.example',
  },
} as BotSettings;
type Activity = Parameters<ChannelGuard['authenticateRequest']>[0];

/** The keys as they were fetched, with the ids that were asked for. @param aliases more ids under which `k1` is found */
async function keysInMemory(...aliases: readonly string[]): Promise<ChannelKeys & { readonly asked: unknown[] }> {
  const asked: unknown[] = [];
  const found = new Map<string, CryptoKey>();
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const imported = (kid: keyof typeof KEYS) =>
    crypto.subtle.importKey('jwk', KEYS[kid].publicKey.export({ format: 'jwk' }), algorithm, false, ['verify']);
  for (const kid of ['k1', 'k2'] as const) found.set(kid, await imported(kid));
  for (const alias of aliases) found.set(alias, await imported('k1'));
  return {
    asked,
    async find(kid) {
      asked.push(kid);
      return found.get(kid) as Awaited<ReturnType<ChannelKeys['find']>>;
    },
  };
}

interface Signed {
  readonly url: string;
  readonly authorization: string | undefined;
}

async function guardWith(keys?: ChannelKeys, isServiceUrl = serviceUrlGuard([ORIGIN])) {
  const scopes: string[] = [];
  const credential: TokenCredential = {
    getToken: async (scope) => {
      scopes.push(scope);
      return { token: 'outbound', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const mayReceive = serviceUrlGuard([ORIGIN]);
  const credentials = new BotCredentials(APPS.bot, credential, mayReceive);
  const guard = new ChannelGuard({ settings, credentials, keys: keys ?? (await keysInMemory()), isServiceUrl });
  return { guard, scopes, credentials };
}

const activityOf = (more: Json = {}): Json => ({ id: 'A-1', channelId: 'msteams', serviceUrl: OURS, type: 'message', ...more });
const rightToken = (header: Json = {}, claims: Json = {}) =>
  forged(
    { alg: 'RS256', typ: 'JWT', kid: 'k1', ...header },
    { iss: ISSUER, aud: APPS.bot, serviceurl: OURS, nbf: seconds(-60), exp: seconds(600), ...claims },
    'k1',
  );
const verdictOf = (guard: ChannelGuard, authorization: string, activity: Json = activityOf()): Promise<'let in' | 'refused'> =>
  guard.authenticateRequest(activity as unknown as Activity, authorization).then(
    () => 'let in',
    () => 'refused',
  );

describe('AU-1 AU-2 AU-3 AU-5: the guard, without HTTP before it', () => {
  // Two header lines are HTTP's to refuse: the guard is given one text.
  const single = Object.keys(TOKENS).filter((name) => tokenCall(name, activityOf(), OURS).authorization.length < 2);

  test.each(single)('%s', async (name) => {
    const { guard } = await guardWith();
    const { authorization, facts } = tokenCall(name, activityOf(), OURS);
    const claims = JSON.parse(JSON.stringify(facts.claims)) as Json;
    const expected = oracle({ ...facts, claims }, ORIGIN, seconds(0)) === 'unauthorized' ? 'refused' : 'let in';
    expect(await verdictOf(guard, authorization[0] ?? '')).toBe(expected);
  });

  test.each([undefined, null, '', 'Msteams', 'msteams ', 'webchat', ['msteams'], 7])('AU-2: channel %j is refused', async (channelId) => {
    const keys = await keysInMemory();
    const { guard } = await guardWith(keys);
    expect(await verdictOf(guard, `Bearer ${rightToken()}`, activityOf({ channelId }))).toBe('refused');
    expect(keys.asked).toEqual([]);
  });

  test.each([undefined, null, '', 'https://evil.example/', `${ORIGIN}.evil.example/`, [OURS], 7])(
    'AU-3: service address %j is refused, though the token claims the same',
    async (serviceUrl) => {
      const keys = await keysInMemory();
      const { guard } = await guardWith(keys);
      expect(await verdictOf(guard, `Bearer ${rightToken({}, { serviceurl: serviceUrl })}`, activityOf({ serviceUrl }))).toBe('refused');
      expect(keys.asked).toEqual([]);
    },
  );

  test('AU-3: an address of the list that is not the one claimed is refused', async () => {
    const { guard } = await guardWith();
    expect(await verdictOf(guard, `Bearer ${rightToken()}`, activityOf({ serviceUrl: `${ORIGIN}/other/` }))).toBe('refused');
    expect(await verdictOf(guard, `Bearer ${rightToken({}, { serviceurl: ORIGIN })}`, activityOf({ serviceUrl: ORIGIN }))).toBe('let in');
  });

  test('AU-5: 300 seconds of skew, to the second before, and no more', async () => {
    const { guard } = await guardWith();
    const at = async (claims: Json) => verdictOf(guard, `Bearer ${rightToken({}, claims)}`);
    expect([await at({ exp: seconds(-295) }), await at({ exp: seconds(-305) })]).toEqual(['let in', 'refused']);
    expect([await at({ nbf: seconds(295) }), await at({ nbf: seconds(310) })]).toEqual(['let in', 'refused']);
  });

  test('HT-4: a token of 16,384 characters is looked at, a longer one is not', async () => {
    const sized = (length: number): string => {
      for (let header = 0; header < 4; header += 1) {
        for (let claims = Math.floor(((length - 700) * 3) / 4); claims < length; claims += 1) {
          const token = rightToken({ x: 'x'.repeat(header) }, { x: 'x'.repeat(claims) });
          if (token.length === length) return token;
          if (token.length > length) break;
        }
      }
      throw new Error('no token of that length');
    };
    const keys = await keysInMemory();
    const { guard } = await guardWith(keys);
    expect(await verdictOf(guard, `Bearer ${sized(16_384)}`)).toBe('let in');
    expect(keys.asked).toEqual(['k1']);
    expect(await verdictOf(guard, `Bearer ${sized(16_385)}`)).toBe('refused');
    expect(keys.asked).toEqual(['k1']);
  });

  test('HT-4: a key id is text of at most 256 characters, or no key is looked for', async () => {
    const keys = await keysInMemory('k'.repeat(256), 'k'.repeat(257));
    const { guard } = await guardWith(keys);
    expect(await verdictOf(guard, `Bearer ${rightToken({ kid: 'k'.repeat(256) })}`)).toBe('let in');
    for (const kid of ['k'.repeat(257), ['k1'], 7, undefined, null])
      expect(await verdictOf(guard, `Bearer ${rightToken({ kid })}`)).toBe('refused');
    expect(keys.asked).toEqual(['k'.repeat(256)]);
  });

  test('a key service that fails refuses, and says nothing', async () => {
    const { guard } = await guardWith({ find: () => Promise.reject(new Error('down')) });
    expect(await verdictOf(guard, `Bearer ${rightToken()}`)).toBe('refused');
  });
});

describe('what comes of it', () => {
  test('who is let in is the channel, acting on this bot; the answer goes to the channel', async () => {
    const { guard } = await guardWith();
    const result = await guard.authenticateRequest(activityOf() as unknown as Activity, `Bearer ${rightToken()}`);
    expect(result).toMatchObject({ audience: SCOPE, callerId: '' });
    expect(result.claimsIdentity.claims).toEqual([{ type: 'aud', value: APPS.bot }]);
    expect(result.claimsIdentity.isAuthenticated).toBe(true);
    expect(await result.connectorFactory?.create(OURS, SCOPE)).toBeDefined();
  });

  test('HT-5 AU-8: every refusal is the same error, without a stack', async () => {
    const { guard } = await guardWith();
    const activity = activityOf() as unknown as Activity;
    const refusals = [
      guard.authenticateRequest(activity, ''),
      guard.authenticateRequest(activity, `Bearer ${rightToken({ kid: 'k9' })}`),
      guard.authenticateStreamingRequest(),
      guard.authenticateChannelRequest(),
    ];
    for (const refusal of refusals)
      await expect(refusal).rejects.toMatchObject({ name: 'Error', message: 'Unauthorized', statusCode: 401, stack: '' });
  });
});

describe('AU-4: clients of the connector', () => {
  const signed = async (client: unknown): Promise<Signed> => {
    let authorization: string | undefined;
    const resource = { url: OURS, headers: { set: (_name: string, value: string) => (authorization = value) } };
    await (client as { credentials: { signRequest(r: unknown): Promise<unknown> } }).credentials.signRequest(resource);
    return { url: resource.url, authorization };
  };

  test('none for an address off the list', async () => {
    const { guard } = await guardWith();
    await expect(guard.createConnectorFactory().create('https://evil.example/', SCOPE)).rejects.toThrow('not on the list');
  });

  test('one per address is kept, 50 at most, and then all are made anew', async () => {
    const { guard } = await guardWith();
    const factory = guard.createConnectorFactory();
    const client = (number: number) => factory.create(`${ORIGIN}/${number}/`, SCOPE);
    const first = await client(0);
    for (let number = 1; number < 50; number += 1) await client(number);
    expect(await guard.createConnectorFactory().create(`${ORIGIN}/0/`, SCOPE)).toBe(first);
    const fiftieth = await client(49);
    await client(50);
    expect(await client(50)).toBe(await client(50));
    expect(await client(0)).not.toBe(first);
    expect(await client(49)).not.toBe(fiftieth);
  });

  test('the token is for the channel, unless another audience is asked for', async () => {
    const { guard, scopes } = await guardWith();
    const factory = guard.createConnectorFactory();
    expect(await signed(await factory.create(OURS, undefined as unknown as string))).toEqual({
      url: OURS,
      authorization: 'Bearer outbound',
    });
    await signed(await factory.create(`${ORIGIN}/other/`, 'https://other.example'));
    expect(scopes).toEqual([`${SCOPE}/.default`, 'https://other.example/.default']);
  });

  test('a client that could not be made is not kept', async () => {
    const { guard, credentials } = await guardWith();
    const make = credentials.createCredentials.bind(credentials);
    credentials.createCredentials = () => Promise.reject(new Error('down'));
    const factory = guard.createConnectorFactory();
    await expect(factory.create(OURS, SCOPE)).rejects.toThrow('down');
    credentials.createCredentials = make;
    expect(await factory.create(OURS, SCOPE)).toBeDefined();
  });

  test('what the SDK sends goes by our own last link, which asks once more', async () => {
    let listed = true;
    const { guard } = await guardWith(undefined, (_url): _url is string => listed);
    const client = await guard.createConnectorFactory().create(OURS, SCOPE);
    listed = false;
    await expect(client.conversations.getConversations()).rejects.toThrow('not one the bot may talk to');
  });

  test('there is one client of user tokens, for this bot', async () => {
    const { guard } = await guardWith();
    const tokens = guard.createUserTokenClient();
    expect(guard.createUserTokenClient()).toBe(tokens);
    expect(await tokens).toMatchObject({ appId: APPS.bot });
  });
});
