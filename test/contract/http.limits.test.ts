import { connect } from 'node:net';
import type { Log } from '../../src/app/log.ts';
import { createHttpServer, type HttpServer, type Limits } from '../../src/http/server.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const HEAD = 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
/** Long enough that a cut within it cannot be by another limit than the one a test shortens. */
const WITHIN_MS = 4_000;
const LONG = 60_000;
const LONGEST: Limits = { headersMs: LONG, bodyMs: LONG, requestMs: LONG, idleMs: LONG, silentMs: LONG, connections: 50 };
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
    expect(await drip(await serve({ bodyMs: 300, requestMs: 1_000, headersMs: 1_000 }), slowBody, ' ')).toMatch(/^HTTP\/1\.1 408 /);
    expect(await drip(await serve({ requestMs: 600, headersMs: 500 }), slowBody, ' ')).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  });

  test('that keeps a connection and asks nothing more', async () => {
    expect(await drip(await serve({ idleMs: 300 }), 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n', '')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that says nothing at all', async () => {
    expect(await drip(await serve({ silentMs: 300 }), '', '')).toBe('');
  });

  test('one more than there may be, at once; and the others are served', async () => {
    const port = await serve({ connections: 3 });
    const held = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    expect(await drip(port, 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n', '')).toBe('');
    const answered = new Promise<string>((resolve) => held[0]?.once('data', (chunk) => resolve(chunk.toString('latin1'))));
    held[0]?.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of held) socket.destroy();
  });

  test('and without any limit given, all of them are set', async () => {
    // A client that is too slow for the defaults is tried in bench/hostile.ts; here only that a fast one is not cut.
    const server = createHttpServer({ messages: async () => ({ status: 200 }), signals: {}, ready: async () => true, log: quiet });
    open.push(server);
    const { port } = await server.listen(0, '127.0.0.1');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
