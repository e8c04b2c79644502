import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Log } from '../../src/app/log.ts';
import type { ProvePages } from '../../src/http/provePages.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const TICKET = 'aA0_-'.repeat(9).slice(0, 43);

function listening(prove: ProvePages | undefined) {
  let server: HttpServer;
  let origin: string;
  beforeAll(async () => {
    server = createHttpServer({ messages: async () => ({ status: 200 }), signals: {}, prove, ready: async () => true, log: quiet });
    origin = `http://127.0.0.1:${(await server.listen(0, '127.0.0.1')).port}`;
  });
  afterAll(() => server.close());
  return async (path: string, method = 'GET') => {
    const response = await fetch(origin + path, { method, redirect: 'manual', headers: { cookie: 'a=b' } });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
}

describe('where the second proof is set up', () => {
  const seen: unknown[] = [];
  const get = listening({
    async start(ticket) {
      seen.push(ticket);
      return { status: 303, headers: { location: 'https://login.example/' } };
    },
    async callback(query, cookies) {
      seen.push([query, cookies]);
      if (query === 'fail') throw new Error('the secret message');
      return { status: 200, headers: { 'content-security-policy': "default-src 'none'" }, html: '<p>x</p>' };
    },
  });

  test('HT-1, AU-9: exactly the address of a ticket and of the answer are there, for GET', async () => {
    expect((await get(`/prove/${TICKET}`)).status).toBe(303);
    expect(await get('/prove/callback?code=a&state=b?c')).toEqual({ status: 200, type: 'text/html; charset=utf-8', text: '<p>x</p>' });
    expect(seen).toEqual([TICKET, ['code=a&state=b?c', 'a=b']]);
    for (const path of [
      '/prove',
      '/prove/',
      '/prove/:ticket',
      `/prove/${TICKET}x`,
      `/prove/${TICKET.slice(1)}`,
      `/prove/${TICKET}/`,
      `/prove/${TICKET.slice(1)}.`,
      '/prove/callback/',
    ])
      expect({ path, ...(await get(path)) }).toEqual({ path, status: 404, type: null, text: '' });
    for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS']) expect((await get(`/prove/${TICKET}`, method)).status).toBe(405);
    expect(seen).toHaveLength(2);
  });

  test('HT-5, AU-9: a fault of ours is a bare status', async () => {
    expect(await get('/prove/callback?fail')).toEqual({ status: 503, type: null, text: '' });
  });
});

describe('where it is not', () => {
  const get = listening(undefined);
  test('HT-1, AU-9: nothing under /prove is there', async () => {
    for (const path of ['/prove/callback', `/prove/${TICKET}`, '/prove/:ticket'])
      expect({ path, ...(await get(path)) }).toMatchObject({ status: 404, text: '' });
  });
});
