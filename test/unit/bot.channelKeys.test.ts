import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../src/app/log.ts';
import { channelKeys } from '../../src/bot/channelKeys.ts';
import { channelKey } from '../support/forge.ts';

interface Answer {
  readonly status?: number;
  readonly location?: string;
  readonly json?: unknown;
  readonly text?: string;
}

const jwk = channelKey('k1').publicKey.export({ format: 'jwk' });
const endorsed = (...kids: readonly string[]) => kids.map((kid) => ({ ...jwk, kid, endorsements: ['msteams'] }));
const warned: string[] = [];
const log: Log = {
  info: () => undefined,
  warn: (event, fields) => void warned.push(`${event} ${JSON.stringify(fields)}`),
  error: () => undefined,
  child: () => log,
};
let server: Server;
let origin: string;
/** What the key service answers, by path; a test changes what it is about. */
let answers: Record<string, Answer>;
let hits: string[];
let now: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    hits.push(path);
    const { status = 200, location, json, text } = answers[path] ?? { status: 404 };
    response.writeHead(status, location === undefined ? {} : { location });
    response.end(text ?? JSON.stringify(json ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  answers = { '/openid': { json: { jwks_uri: `${origin}/keys` } }, '/keys': { json: { keys: endorsed('k1') } } };
  hits = [];
  now = 1_000_000;
  warned.length = 0;
});
const open = (path = '/openid') => channelKeys(`${origin}${path}`, log, () => now);
const publish = (...keys: readonly unknown[]) => {
  answers['/keys'] = { json: { keys } };
};
/** Keys that are found, and everything else that was kept. */
const found = async (keys: ReturnType<typeof open>, kid: string): Promise<boolean> => (await keys.find(kid)) !== undefined;

describe('AU-5: how often the keys of the channel are fetched', () => {
  test('many at once fetch once', async () => {
    const keys = open();
    expect(await Promise.all(Array.from({ length: 10 }, () => found(keys, 'k1')))).toEqual(Array(10).fill(true));
    expect(hits).toEqual(['/openid', '/keys']);
  });

  test('a known key causes no fetch for a day, to the millisecond', async () => {
    const keys = open();
    expect(await found(keys, 'k1')).toBe(true);
    now += 24 * 3_600_000;
    expect(await found(keys, 'k1')).toBe(true);
    expect(hits).toHaveLength(2);
    now += 1;
    expect(await found(keys, 'k1')).toBe(true);
    expect(hits).toHaveLength(4);
  });

  test('an unknown key causes one fetch a minute at most, and is found when it is new', async () => {
    const keys = open();
    await keys.find('k1');
    publish(...endorsed('k1', 'k2'));
    now += 59_999;
    expect(await found(keys, 'k2')).toBe(false);
    expect(hits).toHaveLength(2);
    now += 1;
    expect(await found(keys, 'k2')).toBe(true);
    expect(hits).toHaveLength(4);
  });

  test('without any key it is tried again after a second', async () => {
    answers['/openid'] = { status: 503 };
    const keys = open();
    expect(await found(keys, 'k1')).toBe(false);
    now += 999;
    expect(await found(keys, 'k1')).toBe(false);
    expect(hits).toEqual(['/openid']);
    answers['/openid'] = { json: { jwks_uri: `${origin}/keys` } };
    now += 1;
    expect(await found(keys, 'k1')).toBe(true);
  });

  test('who comes while it is being fetched waits for that, whatever the pause', async () => {
    const keys = open();
    const first = keys.find('k1');
    now += 10;
    expect([await found(keys, 'k1'), (await first) !== undefined]).toEqual([true, true]);
    expect(hits).toHaveLength(2);
  });

  test('a key that is published no more is known no more, once it is read', async () => {
    const keys = open();
    await keys.find('k1');
    publish(...endorsed('k2'));
    now += 60_000;
    expect([await found(keys, 'k2'), await found(keys, 'k1')]).toEqual([true, false]);
  });
});

describe('AU-5: keys survive an outage of the key service, for longer than they are fresh', () => {
  test.each([
    ['a failure of the metadata', '/openid', { status: 503 }, 'the channel service answered 503'],
    ['a failure of the keys', '/keys', { status: 500 }, 'the channel service answered 500'],
    ['a redirect', '/openid', { status: 302, location: '/elsewhere' }, ''],
    ['a redirect of the keys', '/keys', { status: 307, location: '/elsewhere' }, ''],
    ['no JSON', '/keys', { text: 'down for maintenance' }, ''],
    ['nothing', '/openid', { json: {} }, 'the metadata of the channel service name no usable address of its keys'],
    ['an address that is no text', '/openid', { json: { jwks_uri: 7 } }, 'the metadata of the channel service name no usable address'],
    ['an address of a file', '/openid', { json: { jwks_uri: 'file:///etc/passwd' } }, 'no usable address of its keys'],
    ['no address at all', '/openid', { json: { jwks_uri: 'keys' } }, ''],
    ['a document without end', '/keys', { text: `${' '.repeat(1_000_000)}{}` }, 'the channel service answered 200'],
  ] as const)('%s', async (_what, path, answer, words) => {
    const keys = open();
    expect(await found(keys, 'k1')).toBe(true);
    answers[path] = answer;
    answers['/elsewhere'] = { json: { jwks_uri: `${origin}/keys`, keys: [] } };
    now += 25 * 3_600_000;
    expect(await found(keys, 'k1')).toBe(true);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/^channel-keys\.unreachable \{"error":"[^"]+/);
    expect(warned[0]).toContain(words);
    expect(hits).not.toContain('/elsewhere');
  });

  test('a document of a million characters is read', async () => {
    const text = JSON.stringify({ keys: endorsed('k1') });
    answers['/keys'] = { text: text + ' '.repeat(1_000_000 - text.length) };
    expect(await found(open(), 'k1')).toBe(true);
  });

  test('what is thrown and is no error is logged as it is', async () => {
    const real = globalThis.fetch;
    globalThis.fetch = () => Promise.reject('torn');
    try {
      expect(await found(open(), 'k1')).toBe(false);
    } finally {
      globalThis.fetch = real;
    }
    expect(warned).toEqual(['channel-keys.unreachable {"error":"torn"}']);
  });

  test('one that was never well is no key, and no fault', async () => {
    answers = {};
    expect(await found(open(), 'k1')).toBe(false);
  });
});

describe('AU-2: only keys that are endorsed for Teams', () => {
  const [whole] = endorsed('k1');
  test.each([
    ['no endorsements', { endorsements: undefined }],
    ['for nothing', { endorsements: [] }],
    ['for another channel', { endorsements: ['webchat'] }],
    ['by text', { endorsements: 'msteams' }],
    ['another kind of key', { kty: 'EC' }],
    ['a secret', { kty: 'oct', k: 'AAAA' }],
    ['without a modulus', { n: undefined }],
    ['with a modulus that is no text', { n: 7 }],
    ['without an exponent', { e: undefined }],
    ['without an id', { kid: undefined }],
    ['with an id that is no text', { kid: 7 }],
  ])('%s: not taken, and the ones beside it are', async (_what, change) => {
    publish({ ...whole, ...change }, null, 'k1', 7, ...endorsed('k2'));
    const keys = open();
    for (const kid of ['k1', 'undefined', 7 as unknown as string]) expect(await found(keys, kid)).toBe(false);
    expect(await found(keys, 'k2')).toBe(true);
    expect(warned).toEqual([]);
  });

  test('endorsed for Teams among others is endorsed', async () => {
    publish({ ...whole, endorsements: ['webchat', 'msteams'] });
    expect(await found(open(), 'k1')).toBe(true);
  });

  test.each([[undefined], [null], [{}], ['k1']])('keys that are %j are none', async (keys) => {
    answers['/keys'] = { json: { keys } };
    expect(await found(open(), 'k1')).toBe(false);
    expect(warned).toEqual([]);
  });

  test('a key is for RS256 alone, whatever it says of itself, and can sign nothing', async () => {
    publish({ ...whole, alg: 'RS512', use: 'enc', key_ops: ['sign'], d: 'AAAA' });
    const key = await open().find('k1');
    expect(key?.algorithm).toMatchObject({ name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } });
    expect([key?.type, key?.usages]).toEqual(['public', ['verify']]);
  });
});

test('the clock is the system’s unless a test brings its own', async () => {
  const keys = channelKeys(`${origin}/openid`, log);
  expect(await found(keys, 'k1')).toBe(true);
  expect(await found(keys, 'k2')).toBe(false);
  expect(hits).toHaveLength(2);
});
