import { APPS } from '../../sandbox/world.ts';
import { ChannelGuard } from '../../src/bot/auth.ts';
import type { ChannelKeys } from '../../src/bot/channelKeys.ts';
import { BotCredentials, type TokenCredential } from '../../src/bot/credentials.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';
import type { BotSettings } from '../../src/bot/settings.ts';
import { channelKey, forged, type Json } from '../support/forge.ts';
import { ISSUER, seconds } from '../support/tokens.ts';

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

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const keys: ChannelKeys = {
  async find(kid) {
    const jwk = channelKey('k1').publicKey.export({ format: 'jwk' });
    return kid === 'k1' ? ((await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])) as CryptoKey) : undefined;
  },
};

interface Signed {
  readonly url: string;
  readonly authorization: string | undefined;
}

async function guardWith(isServiceUrl = serviceUrlGuard([ORIGIN])) {
  const scopes: string[] = [];
  const credential: TokenCredential = {
    getToken: async (scope) => {
      scopes.push(scope);
      return { token: 'outbound', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const askedFor: unknown[] = [];
  const listed = serviceUrlGuard([ORIGIN]);
  const mayReceive = (url: unknown): boolean => {
    askedFor.push(url);
    return listed(url);
  };
  const credentials = new BotCredentials(APPS.bot, credential, mayReceive);
  const guard = new ChannelGuard({ settings, credentials, keys, isServiceUrl });
  return { guard, scopes, askedFor, credentials };
}

const activityOf = (more: Json = {}): Json => ({ id: 'A-1', channelId: 'msteams', serviceUrl: OURS, type: 'message', ...more });
const rightToken = (header: Json = {}, claims: Json = {}) =>
  forged(
    { alg: 'RS256', typ: 'JWT', kid: 'k1', ...header },
    { iss: ISSUER, aud: APPS.bot, serviceurl: OURS, nbf: seconds(-60), exp: seconds(600), ...claims },
    'k1',
  );
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
    const refusals = await Promise.allSettled([
      guard.authenticateRequest(activity, ''),
      guard.authenticateRequest(activity, `Bearer ${rightToken({ kid: 'k9' })}`),
      guard.authenticateStreamingRequest(),
      guard.authenticateChannelRequest(),
    ]);
    const reason = { name: 'Error', message: 'Unauthorized', statusCode: 401, stack: '' };
    expect(refusals).toMatchObject(Array(4).fill({ status: 'rejected', reason }));
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
    const { guard } = await guardWith((_url): _url is string => listed);
    const client = await guard.createConnectorFactory().create(OURS, SCOPE);
    listed = false;
    await expect(client.conversations.getConversations()).rejects.toThrow('not one the bot may talk to');
  });

  test('there is one client of user tokens, for this bot', async () => {
    const { guard, askedFor } = await guardWith();
    const tokens = guard.createUserTokenClient();
    expect(guard.createUserTokenClient()).toBe(tokens);
    expect(await tokens).toMatchObject({ appId: APPS.bot });
    // It asks where the settings say, and there is no token for it to go there with: that address is not on the list (AU-4).
    await expect((await tokens).getUserToken('29:ann', 'c', 'msteams', '')).rejects.toThrow('not one the bot may send its token to');
    expect(askedFor.at(-1)).toMatch(/^https:\/\/tokens\.example\//);
  });
});
