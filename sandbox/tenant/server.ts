import type { AddressInfo } from 'node:net';
import type { JWTPayload } from 'jose';
import type { SandboxClock } from '../clock.ts';
import type { Documents } from '../documents.ts';
import { openAzureMonitorFeed } from '../feeds/azureMonitor.ts';
import { HOME_TENANT } from '../world.ts';
import { clientSecrets, REGISTRATIONS } from './apps.ts';
import { registerAuthorize } from './authorize.ts';
import { registerControl } from './control.ts';
import { registerDirectory } from './controlDirectory.ts';
import { registerSignIns } from './controlSignIns.ts';
import { serveGraph } from './graphServer.ts';
import { createHttp } from './http.ts';
import { registerLogin } from './login.ts';
import { seedTenants } from './seed.ts';
import { openState } from './state.ts';
import { openTokenAuthority } from './tokens.ts';

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
  /** Real milliseconds until a log row can be read and is told about; 400 unless given. */
  readonly logDelayMs?: number;
  /** Real milliseconds until a new user can be referenced; 150 unless given. */
  readonly replicationMs?: number;
  /** Origin of the Teams page, such as `http://127.0.0.1:3980`: its two loopback spellings may call the control API. */
  readonly teamsOrigin?: string;
}

export interface TenantServer {
  readonly url: string;
  readonly port: number;
  /** Client secrets of the app registrations. */
  readonly secrets: { readonly bot: string; readonly reader: string; readonly changer: string; readonly proof: string };
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
  const { bot, reader, changer, proof } = clientSecrets(documents);
  let port = options.port;
  let { conversations = {}, teamsOrigin } = options;
  const url = (): string => `http://127.0.0.1:${port}`;
  const server = createHttp({ port: () => port, teamsOrigin: () => teamsOrigin });

  const faults = serveGraph(server, state, tokens);
  const monitor = REGISTRATIONS.find((app) => app.name === 'azureMonitor');
  if (!monitor) throw new Error('Azure Monitor is not registered.');
  const feed = openAzureMonitorFeed({
    state,
    token: () => tokens.issue(monitor, HOME_TENANT.id),
    fault: () => faults.feed('azure-monitor'),
    webhook: options.azureMonitor?.url,
    fetch: options.azureMonitor?.fetch ?? fetch,
  });
  registerLogin(server, state, tokens, url);
  registerAuthorize(server, state);
  registerControl(server, state, {
    conversations: () => conversations,
    advance: options.advance ?? (async (ms) => clock.move(ms)),
  });
  registerSignIns(server, state, feed);
  registerDirectory(server, state);

  try {
    await server.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    await feed.close();
    throw error;
  }
  port = (server.server.address() as AddressInfo).port;
  return {
    url: url(),
    port,
    secrets: { bot, reader, changer, proof },
    verifyAppToken: (token, audience) => tokens.verify(token, audience),
    setWebhook: (webhook) => feed.setWebhook(webhook),
    setConversations(next) {
      conversations = next;
    },
    setTeamsOrigin(origin) {
      teamsOrigin = origin;
    },
    async close() {
      await feed.close();
      await server.close();
    },
  };
}
