import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, type Request, type Response } from 'botbuilder';
import { type ServiceClientCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';
import { APPS } from '../../sandbox/world.ts';
import { serveParent } from '../child.ts';

/** The measure for `help`: botbuilder's own adapter with its own authentication, answering every message with its text. Node's HTTP, no framework. */
const { origin } = JSON.parse(process.argv[2] ?? '{}') as { origin: string };

class FixedToken extends ServiceClientCredentialsFactory {
  override async isValidAppId(appId: string): Promise<boolean> {
    return appId === APPS.bot;
  }
  override async isAuthenticationDisabled(): Promise<boolean> {
    return false;
  }
  override async createCredentials(): Promise<ServiceClientCredentials> {
    return {
      async signRequest(request) {
        request.headers.set('authorization', 'Bearer outbound-token');
        return request;
      },
    };
  }
}

const authentication = new ConfigurationBotFrameworkAuthentication(
  {
    MicrosoftAppId: APPS.bot,
    ToBotFromChannelOpenIdMetadataUrl: `${origin}/openid`,
    ToBotFromEmulatorOpenIdMetadataUrl: `${origin}/openid`,
    ToBotFromChannelTokenIssuer: 'https://api.botframework.com',
    ToChannelFromBotLoginUrl: `${origin}/login`,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    OAuthUrl: `${origin}/unused`,
    CallerId: '',
  },
  new FixedToken(),
);
const adapter = new CloudAdapter(authentication);

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => serveParent((server.address() as AddressInfo).port));

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const read = Object.assign(request, { body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown> });
  await adapter.process(read as unknown as Request, answering(response), async (context) => {
    await context.sendActivity(`echo: ${context.activity.text}`);
  });
}

/** The part of Express' and restify's response that the adapter uses. */
function answering(response: ServerResponse): Response {
  return {
    socket: response.socket,
    status: (code: number) => Object.assign(response, { statusCode: code }),
    header: (name: string, value: unknown) => response.setHeader(name, String(value)),
    send: (body: unknown) => response.write(typeof body === 'string' ? body : JSON.stringify(body)),
    end: () => response.end(),
  };
}
