import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../src/app/log.ts';
import { channelKeys } from '../../src/bot/channelKeys.ts';
import { connectorHttp } from '../../src/bot/connectorHttp.ts';
import { BotCredentials } from '../../src/bot/credentials.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';

describe('AU-5: keys of the channel', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  let server: Server;
  let origin: string;
  let hits = 0;
  let mode: 'well' | 'down' | 'redirect' = 'well';
  let kids = ['k1'];
  const warned: string[] = [];
  const log: Log = { info: () => undefined, warn: (event) => void warned.push(event), error: () => undefined, child: () => log };

  beforeAll(async () => {
    server = createServer((request, response) => {
      hits += request.url === '/openid' ? 1 : 0;
      response.statusCode = mode === 'down' ? 503 : mode === 'redirect' ? 302 : 200;
      if (mode === 'redirect') response.setHeader('location', '/openid');
      const keys = kids.map((kid) => ({ ...key, kid, endorsements: ['msteams'] }));
      response.end(JSON.stringify(request.url === '/openid' ? { jwks_uri: `${origin}/keys` } : { keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    hits = 0;
    mode = 'well';
    kids = ['k1'];
    warned.length = 0;
  });

  test('many at once fetch once; an unknown key causes a fetch a minute at most, and is found when it is new', async () => {
    let now = 0;
    const keys = channelKeys(`${origin}/openid`, log, () => now);
    const found = await Promise.all(Array.from({ length: 10 }, () => keys.find('k1')));
    expect(found.every((each) => each !== undefined)).toBe(true);
    expect(hits).toBe(1);
    kids = ['k1', 'k2'];
    now += 59_000;
    expect(await keys.find('k2')).toBeUndefined();
    expect(hits).toBe(1);
    now += 1_000;
    expect(await keys.find('k2')).toBeDefined();
    expect(hits).toBe(2);
  });

  test('keys survive an outage of the key service, for longer than they are fresh', async () => {
    let now = 0;
    const keys = channelKeys(`${origin}/openid`, log, () => now);
    expect(await keys.find('k1')).toBeDefined();
    for (const failing of ['down', 'redirect'] as const) {
      mode = failing;
      now += 25 * 3_600_000;
      expect(await keys.find('k1')).toBeDefined();
    }
    expect(warned).toEqual(['channel-keys.unreachable', 'channel-keys.unreachable']);
  });
});

test('AU-5: a redirect of the key service is not followed, wherever it leads and whatever is there', async () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };
  const keys = [{ ...key, kid: 'k1', endorsements: ['msteams'] }];
  const server = createServer((request, response) => {
    if (request.url === '/openid') {
      response.statusCode = 302;
      response.setHeader('location', '/elsewhere');
    }
    response.end(JSON.stringify(request.url === '/elsewhere' ? { jwks_uri: `${origin}/keys` } : { keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = await channelKeys(`${origin}/elsewhere`, silent).find('k1');
  const redirected = await channelKeys(`${origin}/openid`, silent).find('k1');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(found).toBeDefined();
  expect(redirected).toBeUndefined();
});

test('AU-4: the last link of calls to Teams asks once more where they go', async () => {
  const calls = connectorHttp(serviceUrlGuard(['https://smba.example.net']));
  const call = { url: 'https://evil.example/v3/conversations' } as Parameters<typeof calls.sendRequest>[0];
  await expect(calls.sendRequest(call)).rejects.toThrow('not one the bot may talk to');
});

describe('AU-3: service addresses', () => {
  const guard = serviceUrlGuard(['https://smba.example.net', 'http://127.0.0.1:3980']);
  test('exact origins only', () => {
    for (const url of ['https://smba.example.net/emea/', 'https://smba.example.net', 'http://127.0.0.1:3980/x'])
      expect(guard(url)).toBe(true);
    for (const url of [
      'http://smba.example.net/',
      'https://smba.example.net.evil.example/',
      'https://evil.example/https://smba.example.net',
      'https://smba.example.net@evil.example/',
      'https://user:pass@smba.example.net/',
      'https://smba.example.net:8443/',
      'http://127.0.0.1:3981/',
      '//smba.example.net/',
      'smba.example.net',
      '',
      undefined,
      7,
    ])
      expect(guard(url)).toBe(false);
  });
});

describe('AU-4: the outbound token', () => {
  const request = (url: string) => {
    const headers = new Map<string, string>();
    return { url, headers, resource: { url, headers: { set: (name: string, value: string) => headers.set(name, value) } } };
  };
  type Resource = Parameters<Awaited<ReturnType<BotCredentials['createCredentials']>>['signRequest']>[0];

  test('is fetched once for many, kept, renewed before it ends, and asked for again after a failure', async () => {
    let fetches = 0;
    let life = 3_600_000;
    const credential = {
      async getToken(scope: string) {
        fetches += 1;
        if (life === 0) throw new Error('down');
        return { token: `t${fetches} for ${scope}`, expiresOnTimestamp: Date.now() + life };
      },
    };
    const sign = async (factory: BotCredentials, url = 'https://a/'): Promise<string | undefined> => {
      const { headers, resource } = request(url);
      await (await factory.createCredentials('app', 'https://api')).signRequest(resource as unknown as Resource);
      return headers.get('authorization');
    };
    const factory = new BotCredentials('app', credential, (url) => url === 'https://a/');
    const signed = await Promise.all(Array.from({ length: 20 }, () => sign(factory)));
    expect(new Set(signed)).toEqual(new Set(['Bearer t1 for https://api/.default']));
    expect(fetches).toBe(1);

    const failing = new BotCredentials('app', credential, () => true);
    life = 0;
    await expect(sign(failing)).rejects.toThrow('down');
    life = 3_600_000;
    expect(await sign(failing)).toContain('t3');

    await expect(sign(factory, 'https://evil/')).rejects.toThrow('not one the bot may send');
    await expect(factory.createCredentials('other', 'https://api')).rejects.toThrow();
    expect(() => new BotCredentials('', credential, () => true)).toThrow();
  });
});
