import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { JWTPayload } from 'jose';
import { registerAzureControl } from '../azure/control.ts';
import { fires, streams } from '../azure/fires.ts';
import { openPipeline, type PipelineOptions } from '../azure/pipeline.ts';
import { registerResourceManager } from '../azure/resourceManager.ts';
import { resourcesOf } from '../azure/resources.ts';
import type { SandboxClock } from '../clock.ts';
import type { Documents } from '../documents.ts';
import { openAzureMonitorFeed } from '../feeds/azureMonitor.ts';
import { type DiagnosticStream, openStream } from '../feeds/stream.ts';
import { APPS, HOME_TENANT } from '../world.ts';
import { type ClientSecrets, clientSecrets, EVENT_HUBS_AUDIENCE, REGISTRATIONS, servicePrincipalId } from './apps.ts';
import { registerAuthorize } from './authorize.ts';
import type { AppTrust } from './clientProof.ts';
import { registerControl } from './control.ts';
import { registerDirectory } from './controlDirectory.ts';
import { registerSignIns } from './controlSignIns.ts';
import { serveGraph } from './graphServer.ts';
import { createHttp } from './http.ts';
import { registerLogHabits } from './logHabits.ts';
import { registerLogin } from './login.ts';
import { registerInstanceMetadata, registerManagedIdentity } from './managedIdentity.ts';
import { registerReplication } from './replication.ts';
import { seedTenants } from './seed.ts';
import { openState } from './state.ts';
import { issuerOf, openTokenAuthority } from './tokens.ts';
import type { Exchange } from './traffic.ts';

export interface TenantOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly documents: Documents;
  readonly clock: SandboxClock;
  /** Moves every clock and resolves when what fell due was handled; without it only the tenant's clock moves. */
  readonly advance?: (ms: number) => Promise<void>;
  /** Conversations for `GET /sandbox/world`. */
  readonly conversations?: Readonly<Record<string, string>>;
  /** The bot's webhook for Azure Monitor; may be told later with `setWebhook`. */
  readonly azureMonitor?: { readonly url: string; readonly fetch?: typeof fetch };
  /** What an administrator's pipeline deploys in Azure; without it there is nothing there. */
  readonly azure?: Pick<PipelineOptions, 'watched' | 'webhookUri'>;
  /** Whether logs are streamed through an event hub as well, where what is deployed says so. */
  readonly streaming?: boolean;
  /** Real milliseconds until a log row can be read and is told about; 400 unless given. */
  readonly logDelayMs?: number;
  /** Real milliseconds until a new user can be referenced; 150 unless given. */
  readonly replicationMs?: number;
  /** Origin of the Teams page, such as `http://127.0.0.1:3980`: its two loopback spellings may call the control API. */
  readonly teamsOrigin?: string;
  /** Serves the same over https as well, as the `@azure/identity` classes demand: PEM of a certificate for localhost and its key. */
  readonly securePem?: string;
  /** Certificates and outside issuers the app registrations are known by, besides what every sandbox has. */
  readonly trust?: AppTrust;
  /** Sees every exchange with Graph, as it stands in the contract: before anything undeclared is added. */
  readonly watch?: (exchange: Exchange) => void;
}

export interface TenantServer {
  readonly url: string;
  readonly port: number;
  /** `https://localhost:…` where a certificate was given. */
  readonly secureUrl: string | undefined;
  /** The event hub; there only where logs are streamed. */
  readonly stream: Pick<DiagnosticStream, 'endpoint' | 'hub'> | undefined;
  /** Environment variables by which code on App Service finds its managed identity. */
  readonly identityEnvironment: Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>;
  /** Client secrets of the app registrations. */
  readonly secrets: ClientSecrets;
  /** Claims of a token this login server issued for an audience. Throws jose's errors for any other token. */
  verifyAppToken(token: string, audience: string): Promise<JWTPayload>;
  setWebhook(url: string): void;
  setConversations(conversations: Readonly<Record<string, string>>): void;
  /** For a Teams server whose port is known only after this one started. */
  setTeamsOrigin(origin: string): void;
  close(): Promise<void>;
}

/** Starts the pretend tenants: login, Graph, logs, feeds and the control API, on loopback only. */
export async function startTenant(options: TenantOptions): Promise<TenantServer> {
  const { documents, clock } = options;
  const state = openState(documents, clock, { replicationMs: options.replicationMs ?? 150, logDelayMs: options.logDelayMs ?? 400 });
  seedTenants(state);
  const tokens = await openTokenAuthority(documents);
  const secrets = clientSecrets(documents);
  let port = options.port;
  let { conversations = {}, teamsOrigin } = options;
  const url = (): string => `http://127.0.0.1:${port}`;
  let securePort: number | undefined;
  const server = createHttp({ port: () => port, securePort: () => securePort, teamsOrigin: () => teamsOrigin });

  const faults = serveGraph(server, state, tokens, options.watch);
  const monitor = REGISTRATIONS.find((app) => app.name === 'azureMonitor');
  const identity = REGISTRATIONS.find((app) => app.name === 'identity');
  if (!monitor || !identity) throw new Error('An application every sandbox has is not registered.');
  const resources = resourcesOf(state);
  registerResourceManager(server, resources, tokens);
  const pipeline = options.azure && openPipeline({ state, resources, ...options.azure });
  if (pipeline) registerAzureControl(server, state, resources, pipeline);
  const feed = openAzureMonitorFeed({
    state,
    token: () => tokens.issue(monitor, HOME_TENANT.id),
    fault: () => faults.feed('azure-monitor'),
    fires: (tenant, userId) => pipeline === undefined || fires(resources, pipeline, tenant, userId, state.clock.now()),
    webhook: options.azureMonitor?.url,
    fetch: options.azureMonitor?.fetch ?? fetch,
  });
  // The managed identity stands in for a secret of both Graph identities, in every tenant that consented to them (graph facts, gotcha 6).
  const own = { issuer: issuerOf(HOME_TENANT.id), subject: servicePrincipalId(identity, HOME_TENANT.id), keys: tokens.keys };
  registerLogin(server, state, tokens, {
    certificates: options.trust?.certificates ?? [],
    federated: [{ app: 'reader', ...own }, { app: 'changer', ...own }, ...(options.trust?.federated ?? [])],
  });
  const identityHeader = randomBytes(24).toString('base64url');
  registerManagedIdentity(server, tokens, identityHeader);
  // It asks for no secret, so it is there for the tests of credentials only, as the certificate is.
  if (options.securePem !== undefined) registerInstanceMetadata(server, tokens);
  registerAuthorize(server, state);
  registerControl(server, state, {
    conversations: () => conversations,
    async advance(ms) {
      // Hours go by: whatever the pipeline would have deployed meanwhile is there before anybody looks.
      await pipeline?.run();
      await (options.advance?.(ms) ?? clock.move(ms));
      stream?.stir();
    },
  });
  let stream: DiagnosticStream | undefined;
  registerSignIns(server, state, feed);
  registerDirectory(server, state);
  registerLogHabits(server, state);
  registerReplication(server, state);

  try {
    await pipeline?.run();
    if (options.streaming === true) {
      stream = await openStream({
        state,
        admits: (token) =>
          tokens.verify(token, EVENT_HUBS_AUDIENCE).then(
            // Azure Event Hubs Data Receiver is the role of one application.
            ({ tid, appid }) => tid === HOME_TENANT.id && appid === APPS.stream,
            () => false,
          ),
        ships: (tenantId, category) => streams(resources, tenantId, category),
        fault: () => faults.feed('event-hub'),
        isSilent: () => faults.isSilent('event-hub'),
      });
    }
    await server.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await pipeline?.stop();
    await feed.close();
    await stream?.close();
    throw error;
  }
  port = (server.server.address() as AddressInfo).port;
  const secure = options.securePem === undefined ? undefined : await listenSecurely(options.securePem, server.routing);
  securePort = secure && (secure.address() as AddressInfo).port;
  return {
    url: url(),
    port,
    stream,
    secureUrl: securePort === undefined ? undefined : `https://localhost:${securePort}`,
    identityEnvironment: { IDENTITY_ENDPOINT: `${url()}/msi/token`, IDENTITY_HEADER: identityHeader },
    secrets,
    verifyAppToken: (token, audience) => tokens.verify(token, audience),
    setWebhook: (webhook) => feed.setWebhook(webhook),
    setConversations(next) {
      conversations = next;
    },
    setTeamsOrigin(origin) {
      teamsOrigin = origin;
    },
    async close() {
      await pipeline?.stop();
      await feed.close();
      await stream?.close();
      secure?.closeAllConnections();
      await new Promise<void>((resolve) => (secure ? secure.close(() => resolve()) : resolve()));
      await server.close();
    },
  };
}

/** The same routes behind TLS. */
function listenSecurely(pem: string, routing: FastifyInstance['routing']): Promise<Server> {
  const secure = createServer({ key: pem, cert: pem }, routing);
  return new Promise((resolve, reject) => {
    secure.once('error', reject);
    secure.listen({ host: '127.0.0.1', port: 0 }, () => resolve(secure));
  });
}
