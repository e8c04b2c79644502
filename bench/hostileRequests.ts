import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { APPS } from '../sandbox/world.ts';

type Random = () => number;
/** A request nobody honest sends, as bytes. `weight`: how often, relative to the others. */
interface Hostile {
  readonly what: string;
  readonly weight: number;
  make(random: Random): Buffer;
}

const POST = 'POST /api/messages HTTP/1.1\r\nhost: x\r\n';
const JSON_TYPE = 'content-type: application/json\r\n';
const pick = <T>(random: Random, list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

function post(body: string | Buffer, headers = JSON_TYPE): Buffer {
  const payload = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return Buffer.concat([bytes(`${POST}${headers}content-length: ${payload.length}\r\n\r\n`), payload]);
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Shaped like a token, for a key that exists or not, of a tenant nobody has seen before: nothing of it may be kept (HT-4). */
function garbageToken(random: Random): string {
  const tid = randomUUID();
  const header = encode({ alg: pick(random, ['RS256', 'RS256', 'none', 'HS256']), kid: pick(random, ['k1', randomUUID()]) });
  const claims = encode({ iss: `https://sts.windows.net/${tid}/`, tid, aud: APPS.bot, appid: APPS.bot, ver: '1.0', exp: 4_000_000_000 });
  return `${header}.${claims}.${Buffer.from(randomUUID().repeat(7)).toString('base64url').slice(0, 342)}`;
}

const activity = (): string =>
  JSON.stringify({ type: 'message', id: randomUUID(), channelId: 'msteams', serviceUrl: 'https://evil.example/', text: 'help' });
const LARGE = Buffer.from(JSON.stringify({ a: 'x'.repeat(300_000) }));
const DEEP = `{"a":${'['.repeat(100_000)}`;
const WIDE = `{${Array.from({ length: 5_000 }, (_, index) => `"k${index}":${index}`).join(',')},"k0":1}`;
const ZIPPED = gzipSync('{}');

export const HOSTILE: readonly Hostile[] = [
  {
    what: 'garbage token of a new tenant',
    weight: 30,
    make: (random) => post(activity(), `${JSON_TYPE}authorization: Bearer ${garbageToken(random)}\r\n`),
  },
  { what: 'no token', weight: 8, make: () => post(activity()) },
  {
    what: 'odd authorization',
    weight: 5,
    make: (random) =>
      post(
        activity(),
        `${JSON_TYPE}authorization: ${pick(random, ['', 'Bearer', 'Bearer ..', 'bearer a.b.c', `Bearer ${'a'.repeat(8_000)}`, 'Basic eDp5'])}\r\n`,
      ),
  },
  {
    what: 'malformed JSON',
    weight: 10,
    make: (random) =>
      post(
        pick(random, ['', '{', '{"a":', '[]', 'null', '{"a":1}}', "{'a':1}", '\ufeff{}', '{"a":NaN}', '{"a":"\\u12"}', '"'.repeat(999)]) ??
          '',
      ),
  },
  { what: 'bytes that are no UTF-8', weight: 2, make: () => post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])) },
  {
    what: 'duplicate and prototype keys',
    weight: 8,
    make: (random) =>
      post(
        pick(random, [
          '{"a":1,"a":2}',
          '{"__proto__":{"admin":true}}',
          '{"a":{"constructor":{"prototype":{}}}}',
          '{"\\u005f_proto__":1}',
        ]) ?? '',
      ),
  },
  { what: 'nested 100,000 deep', weight: 1, make: () => post(DEEP) },
  { what: 'five thousand keys, one twice', weight: 1, make: () => post(WIDE) },
  { what: 'larger than the limit', weight: 0.3, make: () => post(LARGE) },
  {
    what: 'larger than the limit, only said',
    weight: 3,
    make: () => bytes(`${POST}${JSON_TYPE}connection: close\r\ncontent-length: 99999999\r\n\r\n`),
  },
  {
    what: 'content encoding, true or false',
    weight: 8,
    make: (random) =>
      post(
        pick(random, [Buffer.from('{}'), ZIPPED, Buffer.from('not gzip')]) ?? ZIPPED,
        `${JSON_TYPE}content-encoding: ${pick(random, ['gzip', 'deflate', 'br', 'identity', 'x'])}\r\n`,
      ),
  },
  {
    what: 'another content type',
    weight: 4,
    make: (random) =>
      post(
        '{}',
        `content-type: ${pick(random, ['text/plain', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'application/x-www-form-urlencoded'])}\r\n`,
      ),
  },
  {
    what: 'another method or path',
    weight: 10,
    make: (random) =>
      bytes(
        `${pick(random, ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])} ${pick(random, ['/api/messages', '/', '/metrics', '/api/messages/../../etc/passwd', '/%00', '/%', '//evil.example/', `/${'a/'.repeat(500)}`, '/api/signals/__proto__', '/api/signals/constructor', '*'])} HTTP/1.1\r\nhost: x\r\n\r\n`,
      ),
  },
  {
    what: 'upgrade',
    weight: 2,
    make: (random) =>
      bytes(
        `GET ${pick(random, ['/api/messages', '/'])} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: ${pick(random, ['websocket', 'h2c', 'x'])}\r\n\r\n`,
      ),
  },
  { what: 'CONNECT', weight: 0.5, make: () => bytes('CONNECT example:443 HTTP/1.1\r\nhost: example\r\n\r\n') },
  {
    what: 'not HTTP',
    weight: 2,
    make: (random) =>
      bytes(
        pick(random, [
          '\0\0\0\0\r\n\r\n',
          '\x16\x03\x01\x02\x00\x01',
          'GET\r\n\r\n',
          'GET / HTTP/9.9\r\n\r\n',
          `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
        ]) ?? '',
      ),
  },
  {
    what: 'headers without end',
    weight: 1,
    make: () =>
      bytes(`GET / HTTP/1.1\r\nhost: x\r\n${Array.from({ length: 400 }, (_, index) => `x-${index}: ${'y'.repeat(60)}\r\n`).join('')}\r\n`),
  },
  {
    what: 'two lengths, or a length and chunks',
    weight: 2,
    make: (random) =>
      bytes(
        `${POST}${JSON_TYPE}${pick(random, ['content-length: 2\r\ncontent-length: 3\r\n', 'content-length: 2\r\ntransfer-encoding: chunked\r\n', 'content-length: -1\r\n', 'transfer-encoding: chunked, chunked\r\n'])}\r\n{}0\r\n\r\n`,
      ),
  },
  { what: 'broken chunks', weight: 2, make: () => bytes(`${POST}${JSON_TYPE}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`) },
  {
    what: 'Expect',
    weight: 1,
    make: (random) => post('{}', `${JSON_TYPE}connection: close\r\nexpect: ${pick(random, ['100-continue', 'x'])}\r\n`),
  },
  {
    what: 'a signal without a token',
    weight: 2,
    make: () =>
      Buffer.concat([bytes(`POST /api/signals/azure-monitor HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}content-length: 2\r\n\r\n`), bytes('{}')]),
  },
];
