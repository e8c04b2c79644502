import { connectorHttp } from '../../src/bot/connectorHttp.ts';
import { BotCredentials } from '../../src/bot/credentials.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';

test('AU-4: the last link of calls to Teams asks once more where they go', async () => {
  const calls = connectorHttp(serviceUrlGuard(['https://smba.example.net']));
  const call = { url: 'https://evil.example/v3/conversations' } as Parameters<typeof calls.sendRequest>[0];
  await expect(calls.sendRequest(call)).rejects.toThrow('not one the bot may talk to');
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
