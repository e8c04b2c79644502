import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { APPS, CHANNEL, HOME_TENANT, PEOPLE, type PersonName, TEAM } from '../sandbox/world.ts';

/** What `Bench.deliver` got back. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Teams on loopback, as small as can be: keys, a connector that takes everything, and activities signed for the bot. */
export interface Channel {
  readonly origin: string;
  /** Messages and cards the connector was given. */
  received(): number;
  deliver(port: number, activity: object): Promise<Answered>;
  close(): Promise<void>;
}

const ISSUER = 'https://api.botframework.com';

export async function startChannel(atOnce: number): Promise<Channel> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let received = 0;
  const server = createServer(async (call, response) => {
    await textOf(call);
    const answer = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (call.url === '/openid') return answer({ jwks_uri: `${origin}/keys` });
    if (call.url === '/keys') {
      return answer({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', endorsements: ['msteams'] }] });
    }
    received += 1;
    answer({ id: `m${received}` });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serviceurl = `${origin}/teams/`;
  const token = await new SignJWT({ iss: ISSUER, aud: APPS.bot, serviceurl })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setNotBefore('-1m')
    .setExpirationTime('1h')
    .sign(privateKey);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  return {
    origin,
    received: () => received,
    deliver: (port, activity) => post(agent, port, JSON.stringify({ serviceUrl: serviceurl, ...activity }), token),
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `help`, typed in a personal chat. */
export const helpMessage = (as: PersonName): object => ({
  ...common(as),
  type: 'message',
  text: 'help',
  conversation: { id: `a:${as}`, conversationType: 'personal', tenantId: HOME_TENANT.id },
  channelData: { tenant: { id: HOME_TENANT.id } },
});

/** A press on Approve of a card in the security channel. */
export const approvePress = (as: PersonName, id: string, digest: string): object => ({
  ...common(as),
  type: 'invoke',
  name: 'adaptiveCard/action',
  value: { action: { type: 'Action.Execute', verb: 'request.approve', data: { id, digest } } },
  conversation: { id: `${CHANNEL.id};messageid=1`, conversationType: 'channel', isGroup: true, tenantId: HOME_TENANT.id },
  channelData: { tenant: { id: HOME_TENANT.id }, team: { id: TEAM.id }, channel: { id: CHANNEL.id } },
});

function common(as: PersonName): object {
  const { mri, name, objectId } = PEOPLE[as];
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    channelId: 'msteams',
    from: { id: mri, name, aadObjectId: objectId },
    recipient: { id: `28:${APPS.bot}`, name: 'Breakglass' },
  };
}

function post(agent: Agent, port: number, body: string, token: string): Promise<Answered> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const call = request({ agent, host: '127.0.0.1', port, path: '/api/messages', method: 'POST', headers }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    call.once('error', reject);
    call.end(body);
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message) text += String(chunk);
  return text;
}
