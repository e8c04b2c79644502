import { APPS } from '../../sandbox/world.ts';
import type { ChannelKeys } from '../../src/bot/channelKeys.ts';
import { isFromChannel } from '../../src/bot/channelToken.ts';
import { serviceUrlGuard } from '../../src/bot/serviceUrls.ts';
import { oracle } from '../support/authOracle.ts';
import { channelKey, forged, type Json, type KeyName } from '../support/forge.ts';
import { ISSUER, seconds, TOKENS, tokenCall } from '../support/tokens.ts';

const ORIGIN = 'https://smba.example.net';
const OURS = `${ORIGIN}/teams/`;
const settings = { appId: APPS.bot, channel: { tokenIssuer: ISSUER } };
type Activity = Parameters<typeof isFromChannel>[0];

/** The keys as they were fetched, with the ids that were asked for. @param aliases more ids under which `k1` is found */
async function keysInMemory(...aliases: readonly string[]): Promise<ChannelKeys & { readonly asked: unknown[] }> {
  const asked: unknown[] = [];
  const found = new Map<string, CryptoKey>();
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const imported = (kid: KeyName) =>
    crypto.subtle.importKey('jwk', channelKey(kid).publicKey.export({ format: 'jwk' }), algorithm, false, ['verify']);
  for (const kid of ['k1', 'k2'] as const) found.set(kid, await imported(kid));
  for (const alias of aliases) found.set(alias, await imported('k1'));
  return {
    asked,
    async find(kid) {
      asked.push(kid);
      return found.get(kid) as Awaited<ReturnType<ChannelKeys['find']>>;
    },
  };
}

const activityOf = (more: Json = {}): Json => ({ id: 'A-1', channelId: 'msteams', serviceUrl: OURS, type: 'message', ...more });
const rightToken = (header: Json = {}, claims: Json = {}) =>
  forged(
    { alg: 'RS256', typ: 'JWT', kid: 'k1', ...header },
    { iss: ISSUER, aud: APPS.bot, serviceurl: OURS, nbf: seconds(-60), exp: seconds(600), ...claims },
    'k1',
  );
const verdictOf = async (keys: ChannelKeys, authorization: string, activity: Json = activityOf()): Promise<string> => {
  const needs = { settings, keys, isServiceUrl: serviceUrlGuard([ORIGIN]) };
  const verdict: unknown = await isFromChannel(activity as unknown as Activity, authorization, needs);
  return verdict === true ? 'let in' : verdict === false ? 'refused' : `neither: ${verdict}`;
};

describe('AU-1 AU-2 AU-3 AU-5: a call, without HTTP before it', () => {
  // Two header lines are HTTP's to refuse: the check is given one text.
  const single = Object.keys(TOKENS).filter((name) => !name.startsWith('two headers'));

  test.each(single)('%s', async (name) => {
    const keys = await keysInMemory();
    const { authorization, facts } = tokenCall(name, activityOf(), OURS);
    const claims = JSON.parse(JSON.stringify(facts.claims)) as Json;
    const expected = oracle({ ...facts, claims }, ORIGIN, seconds(0)) === 'unauthorized' ? 'refused' : 'let in';
    expect(await verdictOf(keys, authorization[0] ?? '')).toBe(expected);
  });

  test.each([undefined, null, '', 'Msteams', 'msteams ', 'webchat', ['msteams'], 7])('AU-2: channel %j is refused', async (channelId) => {
    const keys = await keysInMemory();
    expect(await verdictOf(keys, `Bearer ${rightToken()}`, activityOf({ channelId }))).toBe('refused');
    expect(keys.asked).toEqual([]);
  });

  test.each([undefined, null, '', 'https://evil.example/', `${ORIGIN}.evil.example/`, [OURS], 7])(
    'AU-3: service address %j is refused, though the token claims the same',
    async (serviceUrl) => {
      const keys = await keysInMemory();
      expect(await verdictOf(keys, `Bearer ${rightToken({}, { serviceurl: serviceUrl })}`, activityOf({ serviceUrl }))).toBe('refused');
      expect(keys.asked).toEqual([]);
    },
  );

  test('AU-3: an address of the list that is not the one claimed is refused', async () => {
    const keys = await keysInMemory();
    expect(await verdictOf(keys, `Bearer ${rightToken()}`, activityOf({ serviceUrl: `${ORIGIN}/other/` }))).toBe('refused');
    expect(await verdictOf(keys, `Bearer ${rightToken({}, { serviceurl: ORIGIN })}`, activityOf({ serviceUrl: ORIGIN }))).toBe('let in');
  });

  test('AU-5: 300 seconds of skew, to the second before, and no more', async () => {
    const keys = await keysInMemory();
    const at = async (claims: Json) => verdictOf(keys, `Bearer ${rightToken({}, claims)}`);
    expect([await at({ exp: seconds(-295) }), await at({ exp: seconds(-305) })]).toEqual(['let in', 'refused']);
    expect([await at({ nbf: seconds(295) }), await at({ nbf: seconds(310) })]).toEqual(['let in', 'refused']);
  });

  test('HT-4: a token of 16,384 characters is looked at, a longer one is not', async () => {
    const sized = (length: number): string => {
      for (let header = 0; header < 4; header += 1) {
        for (let claims = Math.floor(((length - 700) * 3) / 4); claims < length; claims += 1) {
          const token = rightToken({ x: 'x'.repeat(header) }, { x: 'x'.repeat(claims) });
          if (token.length === length) return token;
          if (token.length > length) break;
        }
      }
      throw new Error('no token of that length');
    };
    const keys = await keysInMemory();
    expect(await verdictOf(keys, `Bearer ${sized(16_384)}`)).toBe('let in');
    expect(keys.asked).toEqual(['k1']);
    expect(await verdictOf(keys, `Bearer ${sized(16_385)}`)).toBe('refused');
    expect(keys.asked).toEqual(['k1']);
  });

  test('HT-4: a key id is text of at most 256 characters, or no key is looked for', async () => {
    const keys = await keysInMemory('k'.repeat(256), 'k'.repeat(257));
    expect(await verdictOf(keys, `Bearer ${rightToken({ kid: 'k'.repeat(256) })}`)).toBe('let in');
    for (const kid of ['k'.repeat(257), ['k1'], 7, undefined, null])
      expect(await verdictOf(keys, `Bearer ${rightToken({ kid })}`)).toBe('refused');
    expect(keys.asked).toEqual(['k'.repeat(256)]);
  });

  test('AU-8: a key service that fails refuses, and says nothing', async () => {
    const keys = { find: () => Promise.reject(new Error('down')) };
    expect(await verdictOf(keys, `Bearer ${rightToken()}`)).toBe('refused');
  });
});
