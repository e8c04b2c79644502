import fastify from 'fastify';
import type { SandboxClock } from '../clock.ts';
import type { Documents } from '../documents.ts';
import { activities } from './activities.ts';
import { CHANNEL_ISSUER, openChannelKeys } from './channelKeys.ts';
import { connector } from './connector.ts';
import { control } from './control.ts';
import { deliverTo } from './deliver.ts';
import { dialogs } from './dialogs.ts';
import { events } from './events.ts';
import { faults } from './faults.ts';
import { guard } from './http.ts';
import { install } from './install.ts';
import { sendLimits } from './limits.ts';
import { openMessages } from './messages.ts';
import { page } from './page.ts';
import { recordTraffic } from './traffic.ts';

export interface TeamsOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly documents: Documents;
  readonly clock: SandboxClock;
  /** Where the bot listens, such as `http://127.0.0.1:3978/api/messages`. */
  readonly botEndpoint: string | (() => string);
  /** Rejects if a token the bot sends with its Connector calls is not valid. */
  verifyBotToken(token: string): Promise<unknown>;
  /** The tenant server, for the page's sign-in and clock panels. */
  readonly tenantUrl: string;
}

export interface TeamsServer {
  readonly url: string;
  readonly port: number;
  readonly serviceUrl: string;
  readonly openIdMetadataUrl: string;
  /** Adds the app to the team and to each member's chat. Durable and safe to call at every start: only what the bot has not yet answered is sent. */
  install(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A pretend Microsoft Teams on loopback: the Connector the bot calls, the signed channel that calls the bot, the people who type and
 * press (control API), and a web client to be one of them.
 */
export async function startTeams(options: TeamsOptions): Promise<TeamsServer> {
  const { documents, clock, tenantUrl } = options;
  const app = fastify({ forceCloseConnections: true, bodyLimit: 1_048_576, routerOptions: { maxParamLength: 1_000 } });
  // The service URL is part of every activity and token, so the port must be known before the routes that need it run.
  let port = options.port;
  const serviceUrl = (): string => `http://127.0.0.1:${port}/`;
  const botEndpoint = (): string => (typeof options.botEndpoint === 'string' ? options.botEndpoint : options.botEndpoint());

  guard(app, () => port);
  const keys = openChannelKeys(documents);
  const messages = openMessages(documents, clock);
  const connectorFaults = faults();
  const looseThreads = new Set<string>();
  const changes = events(app, clock);
  const made = activities(clock, serviceUrl);
  const deliver = deliverTo(botEndpoint, keys, serviceUrl);

  recordTraffic(app, () => clock.now());
  connector(app, {
    messages,
    limits: sendLimits(),
    faults: connectorFaults,
    events: changes,
    looseThreads,
    verifyBotToken: (token) => options.verifyBotToken(token),
  });
  control(app, {
    messages,
    dialogs: dialogs(),
    activities: made,
    deliver,
    events: changes,
    refreshing: new Map(),
    keys,
    faults: connectorFaults,
    looseThreads,
    serviceUrl,
    now: () => clock.now(),
    tenantUrl,
  });
  page(app, tenantUrl);
  app.get('/openid', () => ({
    issuer: CHANNEL_ISSUER,
    authorization_endpoint: 'https://invalid.botframework.com',
    jwks_uri: `${serviceUrl()}keys`,
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  }));
  app.get('/keys', () => keys.jwks);

  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address();
  if (typeof address === 'object' && address !== null) port = address.port;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    serviceUrl: serviceUrl(),
    openIdMetadataUrl: `${serviceUrl()}openid`,
    install: () => install(documents, made, deliver),
    async close() {
      changes.close();
      await app.close();
    },
  };
}
