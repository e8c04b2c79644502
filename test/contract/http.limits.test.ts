import { connect, type Socket } from 'node:net';
import type { Log } from '../../src/app/log.ts';
import { clientOf } from '../../src/http/connectionLimit.ts';
import { createHttpServer, type HttpServer, type Limits } from '../../src/http/server.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const HEAD = 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
/** Long enough that a cut within it cannot be by another limit than the one a test shortens. */
const WITHIN_MS = 20_000;
const LONG = 60_000;
const LONGEST: Limits = {
  ...{ headersMs: LONG, bodyMs: LONG, requestMs: LONG, idleMs: LONG, silentMs: LONG },
  ...{ connections: 50, connectionsPerClient: 50 },
};
const HEALTH = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
const open: HttpServer[] = [];

async function serve(limits: Partial<Limits>): Promise<number> {
  const server = createHttpServer(
    { messages: async () => ({ status: 200 }), signals: {}, ready: async () => true, log: quiet },
    { ...LONGEST, ...limits },
  );
  open.push(server);
  return (await server.listen(0, '127.0.0.1')).port;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Writes bytes, then one more of them every 50 ms. @returns what came back, once the server has closed; `undefined` when it does not */
function drip(port: number, first: string, byte: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(first));
    const timer = setInterval(() => byte !== '' && socket.writable && socket.write(byte), 50);
    const patience = setTimeout(() => finish(undefined), WITHIN_MS);
    const finish = (result: string | undefined): void => {
      clearInterval(timer);
      clearTimeout(patience);
      socket.destroy();
      resolve(result);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(answer));
  });
}

describe('HT-6: a slow client is cut off', () => {
  test('that never ends its headers', async () => {
    expect(await drip(await serve({ headersMs: 300 }), HEAD, 'x')).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

  test('HT-2: that never ends its body: it is told, and the whole request is limited too', async () => {
    const slowBody = `${HEAD}content-length: 1000\r\n\r\n{`;
    expect(await drip(await serve({ bodyMs: 300, requestMs: 10_000, headersMs: 10_000 }), slowBody, ' ')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await drip(await serve({ requestMs: 600, headersMs: 500 }), slowBody, ' ')).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

  test('that keeps a connection and asks nothing more', async () => {
    expect(await drip(await serve({ idleMs: 300 }), HEALTH, '')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that says nothing at all', async () => {
    expect(await drip(await serve({ silentMs: 300 }), '', '')).toBe('');
  });

  test('a connection that a browser opened in advance and never used is closed without a word, which it would take for the answer to come', async () => {
    expect(await drip(await serve({ headersMs: 300 }), '', '')).toBe('');
  });

  test('one more than there may be, at once; and the others are served', async () => {
    const port = await serve({ connections: 3 });
    const held = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await drip(port, HEALTH, '')).toBe('');
    const answered = new Promise<string>((resolve) => held[0]?.once('data', (chunk) => resolve(chunk.toString('latin1'))));
    held[0]?.write(HEALTH);
    expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of held) socket.destroy();
  });

  test('HT-6: one client cannot take all connections: beyond its share it is cut, others are served, and what it lets go it may have again', async () => {
    const port = await serve({ connections: 10, connectionsPerClient: 3 });
    const from = (localAddress: string): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress }, () => resolve(socket));
        socket.on('error', () => undefined);
      });
    const ended = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));
    const served = async (localAddress: string): Promise<string> => {
      const socket = await from(localAddress);
      const said = new Promise<string>((resolve) => {
        socket.once('data', (chunk) => resolve(chunk.toString('latin1')));
        socket.once('close', () => resolve('cut'));
      });
      socket.write(HEALTH);
      const answer = await said;
      socket.destroy();
      return answer.split('\r\n', 1)[0] ?? '';
    };
    // The slow client, at 127.0.0.1: three hang with half a request, seven more are cut, and 127.0.0.2 notices nothing.
    const hung = await Promise.all(['127.0.0.1', '127.0.0.1', '127.0.0.1'].map(from));
    for (const socket of hung) socket.write(HEAD);
    await Promise.all(Array.from({ length: 7 }, async () => ended(await from('127.0.0.1'))));
    expect(await served('127.0.0.1')).toBe('cut');
    expect(await served('127.0.0.2')).toBe('HTTP/1.1 200 OK');
    for (const socket of hung) expect(socket.destroyed).toBe(false);
    // The server hears of an end a little later than the client: asked until it has.
    hung[0]?.destroy();
    let again = 'cut';
    for (let tries = 0; again === 'cut' && tries < 1_000; tries += 1) again = await served('127.0.0.1');
    expect(again).toBe('HTTP/1.1 200 OK');
    for (const socket of hung) socket.destroy();
  });

  test.each([
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ])('HT-6: the client at %s counts as %s: a subscriber’s IPv6 network is one client', (address, client) => {
    expect(clientOf(address)).toBe(client);
  });

  test('and without any limit given, all of them are set', async () => {
    // A client that is too slow for the defaults is tried in bench/hostile.ts; here only that a fast one is not cut.
    const server = createHttpServer({ messages: async () => ({ status: 200 }), signals: {}, ready: async () => true, log: quiet });
    open.push(server);
    const { port } = await server.listen(0, '127.0.0.1');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
