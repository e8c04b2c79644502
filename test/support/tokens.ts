import { APPS, HOME_TENANT, OTHER_TENANT_ID } from '../../sandbox/world.ts';
import type { CallFacts } from './authOracle.ts';
import { forged, type Json, type KeyName } from './forge.ts';

export const ISSUER = 'https://api.botframework.com';
export const seconds = (from: number): number => Math.floor(Date.now() / 1_000) + from;

/** A token, and the header lines it is sent in; left out, `Bearer <token>`. What is not said is right. */
interface TokenVariant {
  readonly claims?: Json;
  readonly header?: Json;
  readonly key?: KeyName;
  /** Changes the finished token. The signature then fits no more. */
  readonly spoil?: (token: string) => string;
  readonly send?: (token: string) => readonly string[];
}

const swapped = (token: string, part: 0 | 1, change: Json): string => {
  const parts = token.split('.');
  const whole = { ...(JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString('utf8')) as Json), ...change };
  parts[part] = Buffer.from(JSON.stringify(whole)).toString('base64url');
  return parts.join('.');
};
const EMULATOR = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/';

export const TOKENS: Readonly<Record<string, TokenVariant>> = {
  'a right token': {},
  'another endorsed key': { key: 'k2' },
  'expired within the skew': { claims: { exp: seconds(-200) } },
  'valid in a moment, within the skew': { claims: { nbf: seconds(200) } },
  'without a begin': { claims: { nbf: undefined } },
  'with an expiry far away': { claims: { exp: seconds(10 * 365 * 86_400) } },
  'with claims nobody asked for': { claims: { tid: OTHER_TENANT_ID, appid: APPS.bot, roles: ['admin'] } },

  'no header': { send: () => [] },
  'an empty header': { send: () => [''] },
  'lower case scheme': { send: (token) => [`bearer ${token}`] },
  'upper case scheme': { send: (token) => [`BEARER ${token}`] },
  'another scheme': { send: (token) => [`Basic ${token}`] },
  'no scheme': { send: (token) => [token] },
  'two blanks': { send: (token) => [`Bearer  ${token}`] },
  'a tab': { send: (token) => [`Bearer\t${token}`] },
  'words after it': { send: (token) => [`Bearer ${token} x`] },
  'two tokens in one header': { send: (token) => [`Bearer ${token}, Bearer ${token}`] },
  'two headers, the same': { send: (token) => [`Bearer ${token}`, `Bearer ${token}`] },
  'two headers, the right one first': { send: (token) => [`Bearer ${token}`, 'Bearer a.b.c'] },
  'two headers, the right one last': { send: (token) => ['Bearer a.b.c', `Bearer ${token}`] },
  garbage: { send: () => ['Bearer a.b.c'] },
  'no parts': { send: () => ['Bearer ..'] },
  'one part': { send: (token) => [`Bearer ${token.split('.')[0]}`] },
  'two parts': { send: (token) => [`Bearer ${token.split('.').slice(0, 2).join('.')}`] },
  'an empty signature': { send: (token) => [`Bearer ${token.split('.').slice(0, 2).join('.')}.`] },
  'four parts': { send: (token) => [`Bearer ${token}.AAAA`] },
  'five parts': { send: (token) => [`Bearer ${token}.AAAA.AAAA`] },
  'padded base64': { send: (token) => [`Bearer ${token}==`] },

  'alg none': { header: { alg: 'none' } },
  'alg none with a signature': { header: { alg: 'none' }, send: (token) => [`Bearer ${token}AAAA`] },
  'alg None': { header: { alg: 'None' } },
  'alg HS256 with the public key': { header: { alg: 'HS256' } },
  'alg HS512 with the public key': { header: { alg: 'HS512' } },
  'alg RS384': { header: { alg: 'RS384' } },
  'alg RS512': { header: { alg: 'RS512' } },
  'alg PS256': { header: { alg: 'PS256' } },
  'alg rs256': { header: { alg: 'rs256' } },
  'no alg': { header: { alg: undefined } },
  'an extension that must be understood': { header: { crit: ['exp2'], exp2: 1 } },
  'an unencoded payload': { header: { crit: ['b64'], b64: false } },

  'a key of somebody else under the right id': { key: 'k9', header: { kid: 'k1' } },
  'a key of somebody else in the header': {
    key: 'k9',
    header: { kid: 'k1', jku: 'https://evil.example/keys', x5u: 'https://evil.example/c' },
  },
  'a published key under the id of another': { key: 'k2', header: { kid: 'k1' } },
  'an unknown key id': { key: 'k9' },
  'no key id': { header: { kid: undefined } },
  'an empty key id': { header: { kid: '' } },
  'a key id that is no text': { header: { kid: ['k1'] } },
  'a key id that is a path': { header: { kid: '../../k1' } },
  'a key id that names a prototype': { header: { kid: '__proto__' } },
  'a key endorsed for nothing': { key: 'k3' },
  'a key endorsed for another channel': { key: 'k4' },
  'a key with an endorsement that is no list': { key: 'k5' },
  'claims changed after signing': { spoil: (token) => swapped(token, 1, { extra: 1 }) },
  'header changed after signing': { spoil: (token) => swapped(token, 0, { extra: 1 }) },

  'no issuer': { claims: { iss: undefined } },
  'issuer of the emulator': { claims: { iss: EMULATOR, appid: APPS.bot, ver: '1.0' } },
  'issuer of the emulator, version 2': {
    claims: { iss: 'https://login.microsoftonline.com/d6d49420-f39b-4df7-a1dc-d59a935871db/v2.0', azp: APPS.bot, ver: '2.0' },
  },
  'issuer of another tenant': { claims: { iss: `https://sts.windows.net/${OTHER_TENANT_ID}/`, tid: OTHER_TENANT_ID, appid: APPS.bot } },
  'issuer of our own tenant': { claims: { iss: `https://sts.windows.net/${HOME_TENANT.id}/`, tid: HOME_TENANT.id, appid: APPS.bot } },
  'issuer of the government cloud': { claims: { iss: 'https://api.botframework.us' } },
  'issuer with a slash': { claims: { iss: `${ISSUER}/` } },
  'issuer in upper case': { claims: { iss: ISSUER.toUpperCase() } },
  'issuer that only begins like it': { claims: { iss: `${ISSUER}.evil.example` } },
  'a list of issuers': { claims: { iss: [ISSUER] } },
  'no audience': { claims: { aud: undefined } },
  'audience of another app': { claims: { aud: APPS.reader } },
  'audience in upper case': { claims: { aud: APPS.bot.toUpperCase() } },
  'audience as a URI': { claims: { aud: `api://${APPS.bot}` } },
  'a list of audiences': { claims: { aud: [APPS.bot] } },
  'a list of audiences with another': { claims: { aud: [APPS.bot, APPS.reader] } },
  'the own outbound token': { claims: { aud: ISSUER, appid: APPS.bot, azp: APPS.bot, iss: EMULATOR } },
  'no expiry': { claims: { exp: undefined } },
  'no expiry, null': { claims: { exp: null } },
  'an expiry that is text': { claims: { exp: String(seconds(600)) } },
  'expired beyond the skew': { claims: { exp: seconds(-400) } },
  'expired in 1970': { claims: { exp: 0 } },
  'not valid yet': { claims: { nbf: seconds(500) } },
  'a begin that is text': { claims: { nbf: 'soon' } },

  'no service address claimed': { claims: { serviceurl: undefined } },
  'service address under another name': { claims: { serviceurl: undefined, serviceUrl: 'as the activity' } },
  'another service address claimed': { claims: { serviceurl: 'https://smba.trafficmanager.net/emea/' } },
  'the service address in upper case': { claims: { serviceurl: 'HTTP://127.0.0.1/TEAMS/' } },
  'a list of service addresses': { claims: { serviceurl: ['https://smba.trafficmanager.net/emea/'] } },
  'an empty service address': { claims: { serviceurl: '' } },
};

/**
 * A call with the token of that name.
 *
 * @param ours the service address of a right token, where the activity names none
 * @returns the lines of its `Authorization` header, and the facts about it
 */
export function tokenCall(
  name: string,
  activity: Json,
  ours: string,
): { readonly authorization: readonly string[]; readonly facts: CallFacts } {
  const { claims = {}, header = {}, key = 'k1', spoil, send } = TOKENS[name] ?? {};
  const whole = {
    ...{ iss: ISSUER, aud: APPS.bot, serviceurl: activity.serviceUrl ?? ours, nbf: seconds(-60), exp: seconds(600) },
    ...claims,
  };
  const head = { alg: 'RS256', typ: 'JWT', kid: key, ...header };
  const token = forged(head, whole, key);
  const sent = spoil ? spoil(token) : token;
  const authorization = send ? send(sent) : [`Bearer ${sent}`];
  const shape = authorization.length === 1 && authorization[0] === `Bearer ${token}` ? 'right' : 'wrong';
  return { authorization, facts: { shape, header: head, claims: whole, signer: spoil ? 'nobody' : key, activity } };
}
