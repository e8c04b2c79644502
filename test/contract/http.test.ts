import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Log } from '../../src/app/log.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { JsonRefused, parseStrict } from '../../src/http/strictJson.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const seen: unknown[] = [];
let ready = true;
let server: HttpServer;
let origin: string;

beforeAll(async () => {
  server = createHttpServer({
    async messages({ body }) {
      seen.push(body);
      if (body.fail) throw new Error('the secret message');
      return { status: 200, body: { got: body.unwritable ? 1n : body } };
    },
    signals: {
      'azure-monitor': async (body) => {
        if (body.fail) throw new Error('the secret message');
        return { status: 200 };
      },
    },
    ready: async () => ready,
    log: quiet,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${port}`;
});

afterAll(() => server.close());

async function call(
  method: string,
  path: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(origin + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => call('POST', '/api/messages', body, headers);

/** Sends bytes as they are; resolves with what came back when the server closes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => undefined);
    // A server that does not cut it off is wrong, and shows in what came back.
    socket.setTimeout(20_000, () => {
      answer += '(still open)';
      socket.destroy();
    });
  });
}

describe('HT-1: only the documented paths and methods answer', () => {
  test('messages, signals, health and readiness do', async () => {
    expect((await post('{"a":1}')).text).toBe('{"got":{"a":1}}');
    expect(await call('POST', '/api/signals/azure-monitor', '{}')).toEqual({ status: 200, text: '' });
    expect(await call('GET', '/healthz')).toEqual({ status: 200, text: '' });
    expect(await call('GET', '/readyz')).toEqual({ status: 200, text: '' });
    ready = false;
    expect(await call('GET', '/readyz')).toEqual({ status: 503, text: '' });
    ready = true;
  });

  test('ST-7: health and readiness say nothing but a status, whoever asks', async () => {
    for (const path of ['/healthz', '/readyz', '/healthz?verbose=1', '/readyz?full']) {
      const response = await fetch(origin + path, { headers: { accept: 'text/html', authorization: 'Bearer a.b.c' } });
      expect([path, response.status, await response.text()]).toEqual([path, 200, '']);
      const names = [...response.headers.keys()].sort();
      expect(
        names.filter(
          (name) => !['connection', 'keep-alive', 'date', 'content-length', 'cache-control', 'x-content-type-options'].includes(name),
        ),
      ).toEqual([]);
    }
    // Nor is there a page of figures, of the version or of what is installed.
    for (const path of ['/metrics', '/version', '/status', '/info', '/package.json', '/debug', '/.env', '/healthz/details'])
      expect(await call('GET', path)).toEqual({ status: 404, text: '' });
  });

  test('everything else gets a bare status', async () => {
    for (const path of [
      '/',
      '/api',
      '/api/messages/',
      '/api/messages/x',
      '/API/messages',
      '/api/signals/other',
      '/metrics',
      '/%2e%2e/x',
      '/healthz/',
      '//healthz',
    ]) {
      expect(await call('GET', path)).toEqual({ status: 404, text: '' });
    }
    expect(await call('GET', '/api/messages')).toEqual({ status: 405, text: '' });
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect(await call(method, '/api/messages')).toEqual({ status: 405, text: '' });
    expect(await call('POST', '/healthz', '{}')).toEqual({ status: 405, text: '' });
  });

  test('an upgrade is cut off', async () => {
    expect(await raw('GET /api/messages HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n')).toBe('');
    expect(await raw('CONNECT example:443 HTTP/1.1\r\nhost: example\r\n\r\n')).toBe('');
  });
});

describe('HT-2: a body is plain JSON within limits', () => {
  test('any content encoding is refused, true or false: it once ended the process', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'identity'])
      expect((await post('{}', { 'content-encoding': encoding })).status).toBe(415);
    expect((await post(new Uint8Array(gzipSync('{}')), { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('{}')).status).toBe(200);
  });

  test('only application/json', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/jsonp',
    ]) {
      expect((await post('{}', { 'content-type': type })).status).toBe(415);
    }
    for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/json;charset="UTF-8"']) {
      expect((await post('{}', { 'content-type': type })).status).toBe(200);
    }
  });

  test('too large is refused, declared or not', async () => {
    const large = JSON.stringify({ a: 'x'.repeat(300_000) });
    expect((await post(large)).status).toBe(413);
    const chunked = await raw(
      `POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    );
    expect(chunked.startsWith('HTTP/1.1 413')).toBe(true);
  });

  test('only one object, not nested too deep', async () => {
    for (const body of [
      '',
      '[]',
      '"a"',
      '1',
      'null',
      'true',
      '{',
      '{}{}',
      '\ufeff{}',
      '{"a":NaN}',
      "{'a':1}",
      `{"a":${'['.repeat(64)}${']'.repeat(64)}}`,
      '['.repeat(100_000),
    ]) {
      expect(await post(body)).toEqual({ status: 400, text: '' });
    }
    expect((await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).status).toBe(400);
    expect((await post(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`)).status).toBe(200);
  });
});

describe('HT-3, HT-5: faults and hostile bytes', () => {
  test('a fault of ours is a bare status, and one a sender of signals tries again on', async () => {
    expect(await post('{"fail":true}')).toEqual({ status: 500, text: '' });
    expect(await call('POST', '/api/signals/azure-monitor', '{"fail":true}')).toEqual({ status: 503, text: '' });
  });

  test('an answer that cannot be written is a bare status too, and the server goes on', async () => {
    expect(await post('{"unwritable":true}')).toEqual({ status: 500, text: '' });
    expect((await call('GET', '/healthz')).status).toBe(200);
  });

  test('a refusal says nothing but its status', async () => {
    const answer = await raw('POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    expect(answer.split('\r\n\r\n')[1]).toBe('');
    expect(answer).not.toMatch(/restify|server:|powered/i);
  });

  test('what is not HTTP, and clients that go away, leave the server as it was', async () => {
    expect(await raw('\0\0\0\r\n\r\n')).toMatch(/^(HTTP\/1\.1 400.*)?/);
    expect(await raw(`GET /${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`)).toMatch(/^(HTTP\/1\.1 4)?/);
    const { hostname, port } = new URL(origin);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a"', () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await call('GET', '/healthz')).status).toBe(200);
  });
});

describe('HT-7: names that reach a prototype, and two readings of one text', () => {
  test('are refused at every depth, however they are written', async () => {
    for (const body of [
      '{"__proto__":{}}',
      '{"a":{"__proto__":1}}',
      '{"a":[{"constructor":1}]}',
      '{"prototype":1}',
      '{"\\u005f_proto__":1}',
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"x":{"a":1,"b":2,"a":3}}',
    ]) {
      expect(await post(body)).toEqual({ status: 400, text: '' });
    }
    expect((await post('{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":"}')).status).toBe(200);
  });

  test('whatever is accepted reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        const hostile = /"(__proto__|constructor|prototype)"\s*:/.test(text);
        if (!hostile) expect(parseStrict(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('any text is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[{}[\]",:\\ a1]*$/)), (text) => {
        try {
          parseStrict(text);
        } catch (error) {
          expect(error).toBeInstanceOf(JsonRefused);
        }
      }),
    );
  });
});
