import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { sources } from '../../scripts/sources.ts';
import { graphClient } from '../../src/graph/client.ts';

const GRAPH = 'https://graph.microsoft.com';
let server: Server;
let tenantUrl: string;
let nextLink: string | undefined;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    if (request.url === '/v1.0/moved') response.writeHead(302, { location: 'https://evil.example/' });
    response.end(JSON.stringify({ value: [{ id: '1' }], ...(nextLink ? { '@odata.nextLink': nextLink } : {}) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tenantUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
  nextLink = undefined;
});

const credential = { getToken: async () => ({ token: 't' }) };
const graph = () => graphClient({ origin: GRAPH, credential, transport: loopbackTransport(GRAPH, tenantUrl), timeoutMs: 5_000 });
const execute = (url: string, target = tenantUrl) => loopbackTransport(GRAPH, target).execute({ request: url, options: {} });

describe('ST-1: the sandbox reaches nothing real', () => {
  test('Graph is the pretend tenant', async () => {
    expect(await graph().get('/users')).toEqual({ value: [{ id: '1' }] });
    expect(asked).toEqual(['/v1.0/users']);
  });

  test.each([
    'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    'https://graph.microsoft.us/v1.0/users',
    'https://smba.trafficmanager.net/emea/v3/conversations',
    'https://api.botframework.com/v3',
    'https://evil.example/v1.0/users',
    'http://graph.microsoft.com/v1.0/users',
    'https://graph.microsoft.com:8443/v1.0/users',
    'https://graph.microsoft.com.evil.example/v1.0/users',
    'https://graph.microsoft.com@evil.example/v1.0/users',
    'http://169.254.169.254/metadata/identity/oauth2/token',
  ])('%s is refused', async (url) => {
    await expect(execute(url)).rejects.toThrow('the sandbox does not call');
    expect(asked).toEqual([]);
  });

  test.each(['https://evil.example', 'http://10.0.0.5:3979', 'http://[::1]:3979', 'http://0.0.0.0:3979'])(
    'nor is a pretend tenant at %s ever called',
    async (target) => {
      await expect(execute(`${GRAPH}/v1.0/users`, target)).rejects.toThrow('only calls loopback');
    },
  );

  test('next links and redirects elsewhere are not followed', async () => {
    nextLink = 'https://evil.example/v1.0/users?$skiptoken=x';
    await expect(graph().list('/users')).rejects.toMatchObject({ code: 'ForeignNextLink' });
    nextLink = 'https://login.microsoftonline.com/v1.0/users';
    await expect(graph().list('/users')).rejects.toMatchObject({ code: 'ForeignNextLink' });
    nextLink = undefined;
    await expect(graph().get('/moved')).rejects.toThrow();
    expect(asked).toEqual(['/v1.0/users', '/v1.0/users', '/v1.0/moved']);
  });

  test('whatever listens in the sandbox listens on loopback', () => {
    const listening = [...sources('sandbox')].flatMap(([file, text]) => {
      const calls = file.includes('/client/') ? [] : (text.match(/\.listen\([^)]*\)|\bhost: '[^']*'/g) ?? []);
      return calls.map((call) => `${file}: ${call}`);
    });
    expect(listening.length).toBeGreaterThanOrEqual(3); // the tenant, Teams, and the bot's own address
    expect(listening.filter((each) => !each.includes("'127.0.0.1'"))).toEqual([]);
  });

  test('no real address stands in its code, but for the one it maps and those that only name an issuer or a link', () => {
    const hosts = [...sources('sandbox')].flatMap(([file, text]) =>
      [...text.matchAll(/\bfetch\(\s*['"`](https?:\/\/[^'"`$]*)/g)].map(([, url]) => `${file}: ${url}`),
    );
    expect(hosts).toEqual([]);
  });
});
