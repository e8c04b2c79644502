import { join } from 'node:path';
import type { Log } from '../src/app/log.ts';
import { type Breakglass, type Installation, policyOf, startBreakglass } from '../src/compose.ts';
import { CLOUDS } from '../src/config/clouds.ts';
import { feedRhythmsOf } from '../src/config/feedRhythms.ts';
import type { SandboxSettings } from '../src/config/settings.ts';
import { FEEDS } from '../src/core/alert/types.ts';
import { monitorsInAzure } from '../src/graph/monitors.ts';
import { issuersOf, remoteKeys } from '../src/http/signalToken.ts';
import type { FeedRhythm } from '../src/jobs/expectedFeeds.ts';
import { deadMan } from '../src/notify/deadMan.ts';
import { secondPaths } from '../src/notify/paths.ts';
import { proofLimits } from '../src/proof/limits.ts';
import type { EventHubSettings } from '../src/signals/eventHub.ts';
import { clockOffsetMs, moveClock } from '../src/store/clock.ts';
import type { Database, Location } from '../src/store/connect.ts';
import { watchedUsers } from '../src/store/watchList.ts';
import { loopbackFetch } from './azure/transport.ts';
import { sandboxClock } from './clock.ts';
import { loopbackCredential } from './credentials.ts';
import { openDocuments } from './documents.ts';
import { loopbackTransport } from './graphTransport.ts';
import { startTeams, type TeamsServer } from './teams/server.ts';
import { startTenant, type TenantServer } from './tenant/server.ts';
import { APPS, AZURE, CHANNEL, HOME_TENANT, ROLE_GROUPS, TEAM, TENANTS } from './world.ts';

export interface Sandbox {
  readonly pageUrl: string;
  readonly tenantUrl: string;
  readonly botUrl: string;
  readonly breakglass: Breakglass;
  stop(): Promise<void>;
}

const GRAPH = 'https://graph.microsoft.com';
/** How long a moved clock waits for what fell due; a slow machine takes its time. */
const SETTLE_MS = 120_000;

interface World {
  readonly tenant: TenantServer;
  readonly teams: TeamsServer;
  close(): Promise<void>;
}

/** Brings up tenant, Teams and the product in one process, on loopback only. What each of them had answered is there again after kill -9. */
export async function startSandbox(
  settings: SandboxSettings,
  dataDir: string,
  custodyKeys: readonly [Buffer, ...Buffer[]],
  log: Log,
): Promise<Sandbox> {
  const location: Location = settings.databaseUrl
    ? { kind: 'server', url: settings.databaseUrl.reveal() }
    : { kind: 'embedded', folder: join(dataDir, 'database') };
  let world: World | undefined;
  let breakglass: Breakglass | undefined;
  const running = (): Breakglass => {
    if (!breakglass) throw new Error('the bot is still starting');
    return breakglass;
  };
  try {
    breakglass = await startBreakglass(location, log, async (database) => {
      world = await startWorld(settings, dataDir, database, running);
      return installation(settings, custodyKeys, world);
    });
    if (!world) throw new Error('the world did not start');
    const { tenant, teams, close } = world;
    const botUrl = `http://127.0.0.1:${breakglass.port}`;
    tenant.setWebhook(`${botUrl}/api/signals/azure-monitor`);
    await teams.install();
    return {
      pageUrl: `${teams.url}/`,
      tenantUrl: tenant.url,
      botUrl,
      breakglass,
      async stop() {
        await running().stop();
        await close();
      },
    };
  } catch (error) {
    await breakglass?.stop();
    await world?.close();
    throw error;
  }
}

async function startWorld(settings: SandboxSettings, dataDir: string, database: Database, running: () => Breakglass): Promise<World> {
  const documents = openDocuments(join(dataDir, 'world.sqlite'));
  const clock = sandboxClock(await clockOffsetMs(database));
  let tenant: TenantServer | undefined;
  try {
    tenant = await startTenant({
      port: settings.sandboxTenantPort,
      documents,
      clock,
      conversations: { channel: CHANNEL.id },
      ...(settings.sandboxTeamsPort === 0 ? {} : { teamsOrigin: `http://127.0.0.1:${settings.sandboxTeamsPort}` }),
      streaming: true,
      azure: {
        watched: () =>
          Promise.all(
            Object.values(TENANTS).map(async ({ id, name, kind, exclusionGroupId }) => {
              return { id, name, kind, exclusionGroupId, userIds: await watchedUsers(database.current(), id) };
            }),
          ),
        webhookUri: () => `${publicUrlOf(settings)(settings.port)}/api/signals/azure-monitor`,
      },
      async advance(ms) {
        await moveClock(database, ms);
        clock.move(ms);
        await running().worker.settle(SETTLE_MS);
      },
    });
    const login = tenant;
    const teams = await startTeams({
      port: settings.sandboxTeamsPort,
      documents,
      clock,
      botEndpoint: () => `http://127.0.0.1:${running().port}/api/messages`,
      verifyBotToken: (token) => login.verifyAppToken(token, 'https://api.botframework.com'),
      tenantUrl: tenant.url,
    });
    return {
      tenant,
      teams,
      async close() {
        await teams.close();
        await login.close();
        documents.close();
      },
    };
  } catch (error) {
    await tenant?.close();
    documents.close();
    throw error;
  }
}

const publicUrlOf =
  (settings: SandboxSettings) =>
  (port: number): string =>
    settings.publicUrl ?? `http://127.0.0.1:${port}`;

/** As the tenants file says it in production; where it is reached is the sandbox's own. */
function eventHubOf({ stream, url, secrets }: TenantServer): EventHubSettings {
  if (!stream) throw new Error('the sandbox has an event hub');
  const { namespace, name, consumerGroup } = AZURE.eventHub;
  return {
    namespace,
    name,
    consumerGroup,
    tenantIds: [HOME_TENANT.id],
    credential: loopbackCredential(url, HOME_TENANT.id, APPS.stream, secrets.stream),
    endpoint: stream.endpoint,
    // After kill -9 the partitions are free again before anybody misses the stream.
    rhythm: { renewMs: 2_000, expireMs: 10_000, waitSeconds: 5 },
  };
}

/** Something of the home tenant is streamed every ten seconds: that it is not is an alarm within a minute, unless the settings say otherwise. */
function rhythmsOf({ feedRhythms }: SandboxSettings): FeedRhythm[] {
  const told = feedRhythmsOf(feedRhythms, Object.values(TENANTS), FEEDS);
  const stream = { feed: 'event-hub', tenant: HOME_TENANT.name, everySeconds: 15 } as const;
  return told.some(({ feed }) => feed === stream.feed) ? told : [...told, stream];
}

function installation(settings: SandboxSettings, custodyKeys: readonly [Buffer, ...Buffer[]], { tenant, teams }: World): Installation {
  const { secrets, url } = tenant;
  const { armOrigin } = CLOUDS.global;
  const reader = (tenantId: string) => loopbackCredential(url, tenantId, APPS.reader, secrets.reader);
  return {
    mode: 'sandbox',
    port: settings.port,
    host: '127.0.0.1',
    connectionsPerClient: settings.connectionsPerClient,
    custody: { keys: custodyKeys },
    policy: policyOf(settings),
    bot: {
      appId: APPS.bot,
      homeTenantId: HOME_TENANT.id,
      teamId: TEAM.id,
      channelId: CHANNEL.id,
      channel: {
        openIdMetadataUrl: teams.openIdMetadataUrl,
        tokenIssuer: 'https://api.botframework.com',
        toChannelFromBotLoginUrl: `${url}/${HOME_TENANT.id}`,
        toChannelFromBotOAuthScope: 'https://api.botframework.com',
        oAuthUrl: `${url}/unused`,
      },
      serviceUrls: [new URL(teams.serviceUrl).origin],
      banner: 'Sandbox. Nothing here is real.',
    },
    botCredential: loopbackCredential(url, HOME_TENANT.id, APPS.bot, secrets.bot),
    people: {
      reader: reader(HOME_TENANT.id),
      groups: ROLE_GROUPS,
      personKeyAttribute: settings.personKeyAttribute,
    },
    tenants: Object.values(TENANTS).map((info) => ({
      info,
      reader: reader(info.id),
      writer: loopbackCredential(url, info.id, APPS.changer, secrets.changer),
      identities: [
        { appId: APPS.reader, standsFor: info.id === HOME_TENANT.id ? ['reader', 'people'] : ['reader'] },
        { appId: APPS.changer, standsFor: ['changer'] },
      ],
    })),
    graph: { origin: GRAPH, transport: loopbackTransport(GRAPH, url) },
    signals: {
      sender: {
        tenantId: HOME_TENANT.id,
        audiences: [`api://${APPS.signals}`],
        issuers: issuersOf(HOME_TENANT.id, CLOUDS.global),
        callerAppId: APPS.azureMonitor,
      },
      keys: remoteKeys(`${url}/${HOME_TENANT.id}/discovery/v2.0/keys`),
    },
    cloud: 'global',
    publicUrl: publicUrlOf(settings),
    proof: {
      publicUrl: publicUrlOf(settings),
      signIn: {
        tenantId: HOME_TENANT.id,
        clientId: APPS.proof,
        credential: { type: 'secret', secret: secrets.proof },
        issuer: `https://login.microsoftonline.com/${HOME_TENANT.id}/v2.0`,
        loginOrigin: url,
        loopbackHttp: true,
        ...(settings.proofAuthenticationContext ? { authenticationContext: settings.proofAuthenticationContext } : {}),
      },
    },
    monitors: {
      everySeconds: settings.monitorsReadMinutes * 60,
      workspaceId: AZURE.workspaceId,
      inAzure: monitorsInAzure({
        origin: armOrigin,
        resourceGroup: AZURE.resourceGroup,
        workspaceId: AZURE.workspaceId,
        sentinel: true,
        credential: reader(HOME_TENANT.id),
        readers: new Map(Object.values(TENANTS).map(({ id }) => [id, reader(id)])),
        timeoutMs: 15_000,
        fetch: loopbackFetch(armOrigin, url),
      }),
    },
    heartbeatSeconds: settings.heartbeatMinutes * 60,
    drillMinutes: settings.drillMinutes,
    eventHubs: [eventHubOf(tenant)],
    ...(settings.metricsPort === undefined ? {} : { metrics: { port: settings.metricsPort, host: settings.metricsHost } }),
    feedRhythms: rhythmsOf(settings),
    secondPaths: secondPaths(settings),
    ...(settings.deadManUrl ? { deadMan: deadMan(settings.deadManUrl.reveal(), settings.deadManSeconds) } : {}),
    signInPollSeconds: settings.signInPollSeconds,
    rosterPollSeconds: settings.rosterPollSeconds,
    limits: [
      'This is the sandbox: tenants, people and Teams are pretended, on this machine only.',
      ...proofLimits(settings.secondProof),
      'Credential parts are sealed under a key file beside the data. Production should keep that key where backups of the database cannot reach.',
      'The embedded database serves one process.',
    ],
  };
}
