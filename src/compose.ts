import { createHash, randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import type { JWTVerifyGetKey } from 'jose';
import { gatherAccountFacts } from './app/accountRequest.ts';
import { checkAndTell } from './app/auditWatch.ts';
import { isBy, knownChanger } from './app/changerIdentity.ts';
import { CustodyFault } from './app/custodyFault.ts';
import { type DoorNeeds, door } from './app/dispatch.ts';
import { gatherCapabilities } from './app/gatherCapabilities.ts';
import { gatherPosture } from './app/gatherMend.ts';
import { knownInTime } from './app/knownInTime.ts';
import type { Log } from './app/log.ts';
import { gatherOpenFacts, isWatchable, passkeysIn } from './app/openRequest.ts';
import type { Custody, DeadMan, MonitorsInAzure, Policy, Random, SecondPaths } from './app/ports.ts';
import { createBot } from './bot/bot.ts';
import type { TokenCredential } from './bot/credentials.ts';
import type { BotNeeds } from './bot/needs.ts';
import type { BotSettings } from './bot/settings.ts';
import type { StatusFacts } from './bot/status.ts';
import type { CloudName } from './config/clouds.ts';
import type { Configuration } from './core/configuration.ts';
import { digestOf } from './core/digest.ts';
import { no, ok } from './core/result.ts';
import { coolingUntil } from './core/roster/roster.ts';
import type { CloudFeature } from './core/tenant/cloud.ts';
import { isAlive } from './core/watch/heartbeat.ts';
import { type CustodySettings, custodyOf } from './custody/custody.ts';
import { partContext } from './custody/keyFile.ts';
import { type GraphSettings, graphClient, type TokenSource } from './graph/client.ts';
import { graphPeople, type PeopleSettings } from './graph/people.ts';
import { graphTenants, type ManagedTenant } from './graph/tenants.ts';
import { type MetricsSettings, metrics, startMetricsServer } from './http/metrics.ts';
import type { SenderKeys } from './http/senderKeys.ts';
import { createHttpServer, type HttpNeeds } from './http/server.ts';
import { type SignalNeeds, signalWebhook } from './http/signals.ts';
import type { SenderSettings } from './http/signalToken.ts';
import type { FeedRhythm } from './jobs/expectedFeeds.ts';
import { expectedPushes } from './jobs/expectedPushes.ts';
import { type MonitorsWatch, monitorsWatch, type ReadMonitorsNeeds } from './jobs/readMonitors.ts';
import { type Repeating, repeat } from './jobs/repeat.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { auditLinks } from './paper/auditExport.ts';
import { runbookLinks } from './paper/issue.ts';
import { type ProveNeeds, type Prover, prover } from './proof/prove.ts';
import { openSignIn, type SignInSettings } from './proof/signIn.ts';
import { type EventHubSettings, eventHubStream } from './signals/eventHub.ts';
import { readAzureMonitor } from './signals/push/azureMonitor.ts';
import { readSentinel } from './signals/push/sentinel.ts';
import { connect, type Database, type Location } from './store/connect.ts';
import { migrate } from './store/migrate.ts';
import { openOutbox } from './store/outbox.ts';
import { storeOn } from './store/store.ts';
import { streamLedgerOn } from './store/streams.ts';
import { tagKeyOn } from './store/tagKey.ts';

/** Everything an installation differs in. Production fills it from settings, the sandbox from its own world; the rest is the same code. */
export interface Installation {
  readonly mode: 'production' | 'sandbox';
  readonly port: number;
  readonly host: string;
  /** Connections one address may hold (HT-6). */
  readonly connectionsPerClient: number;
  readonly custody: CustodySettings;
  readonly policy: Omit<Policy, 'policyVersion'>;
  readonly bot: Omit<BotSettings, 'version' | 'mode'>;
  readonly botCredential: TokenCredential;
  readonly people: PeopleSettings & { readonly reader: TokenSource };
  readonly tenants: readonly ManagedTenant[];
  readonly graph: Pick<GraphSettings, 'origin' | 'transport'> & { readonly lacks?: ReadonlySet<CloudFeature> };
  readonly signals?: { readonly sender: SenderSettings; readonly keys: JWTVerifyGetKey };
  /** The Microsoft cloud the tenants are in. */
  readonly cloud: CloudName;
  /** Where browsers reach us, given the port we listen on; without it nothing is printed from a link. */
  publicUrl?(port: number): string;
  /** Who else may send with a token for the same audience: the identity of the playbook of Sentinel. */
  readonly sentinelCallerAppId?: string | undefined;
  /** Senders that prove who they are by a key. */
  readonly senderKeys?: SenderKeys | undefined;
  /** The second proof: where browsers reach us, given the port we listen on, and who signs people in (AU-9). */
  readonly proof?: { publicUrl(port: number): string; readonly signIn: Omit<SignInSettings, 'minutes'> };
  /** Event hubs that diagnostic settings write to. */
  readonly eventHubs: readonly EventHubSettings[];
  readonly heartbeatSeconds: number;
  readonly drillMinutes: number;
  /** What watches the accounts from Azure, to be read back; not at all unless set. */
  readonly monitors?: {
    readonly inAzure: MonitorsInAzure;
    readonly everySeconds: number;
    /** Resource id of the workspace they were deployed for, where we were told. */
    readonly workspaceId?: string | undefined;
  };
  /** Where Prometheus reads what is measured; nowhere unless set. */
  readonly metrics?: MetricsSettings;
  readonly feedRhythms: readonly FeedRhythm[];
  readonly secondPaths: SecondPaths;
  readonly deadMan?: DeadMan | undefined;
  readonly signInPollSeconds: number;
  readonly rosterPollSeconds: number;
  /** What this installation cannot guarantee, and why; `status` says it. */
  readonly limits: readonly string[];
}

export interface Breakglass {
  readonly port: number;
  readonly database: Database;
  readonly worker: Worker;
  stop(): Promise<void>;
}

/** The rules as the settings give them, the same for production and sandbox. */
export function policyOf(settings: Installation['policy']): Installation['policy'] {
  const {
    quorum,
    requestExpiryHours,
    openRequestsPerPerson,
    requestsPerHour,
    coolDownHours,
    partExpiryHours,
    validationDays,
    evidenceMinutes,
    secondProof,
    proofMinutes,
  } = settings;
  return {
    quorum,
    requestExpiryHours,
    openRequestsPerPerson,
    requestsPerHour,
    coolDownHours,
    partExpiryHours,
    validationDays,
    evidenceMinutes,
    secondProof,
    proofMinutes,
  };
}

const CALL_TIMEOUT_MS = 15_000;
const PEOPLE_TIMEOUT_MS = 4_000;
const RENEW_EVERY_MS = 6 * 3_600_000;
const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * Opens the database, makes every port and passes it in. Resolves when the bot listens and its workers run.
 *
 * @param describeInstallation called with the open database, before anything works on it: the sandbox starts its world here
 */
export async function startBreakglass(
  location: Location,
  log: Log,
  describeInstallation: (database: Database) => Promise<Installation>,
): Promise<Breakglass> {
  const database = await connect(location);
  try {
    await migrate(database.current());
    const installation = await describeInstallation(database);
    const { mode, graph } = installation;
    const outbox = await openOutbox(database, log);
    const store = storeOn(database, outbox);
    const policy: Policy = { ...installation.policy, policyVersion: digestOf(installation.policy).slice(0, 12) };
    const random = systemRandom();
    const tenants = graphTenants(installation.tenants, {
      graphOrigin: graph.origin,
      timeoutMs: CALL_TIMEOUT_MS,
      ...(graph.transport ? { transport: graph.transport } : {}),
      ...(graph.lacks ? { lacks: graph.lacks } : {}),
    });
    const people = graphPeople(
      graphClient({ ...graph, credential: installation.people.reader, timeoutMs: PEOPLE_TIMEOUT_MS }),
      installation.people,
    );
    const measured = installation.metrics && metrics();
    const plainDoor = door({
      store,
      random,
      policy,
      tenant: tenants.info,
      heartbeatSeconds: installation.heartbeatSeconds,
      pushes: pushesOf(installation),
    });
    const front = measured?.counted(plainDoor) ?? plainDoor;
    const custody = custodyOf(installation.custody, tagKeyOn(database));
    const facts = { people, tenants, store, failed: (what: string, error: unknown) => log.error('look-up.failed', { what, error }) };
    let port = installation.port;
    let monitors: ReturnType<typeof monitorsRead>;
    const prove = await proverOf(installation, { store, door: front, people, log }, () => port);
    const { publicUrl, cloud } = installation;
    const printing = { store, door: front, people, log, cloud, tenant: tenants.info };
    const runbook = publicUrl && runbookLinks({ ...printing, publicUrl: () => publicUrl(port) });
    const audit = publicUrl && auditLinks({ store, door: front, people, log, publicUrl: () => publicUrl(port) });
    const bot = createBot(
      {
        door: front,
        store,
        people,
        tenants,
        openFacts: (form, actor) => gatherOpenFacts(facts, form, actor),
        posture: (tenantId, profile) => gatherPosture(facts, tenantId, profile),
        passkeys: knownInTime(
          (tenantId) => passkeysIn(facts, tenants.info(tenantId)),
          (error) => facts.failed('authentication methods', error),
        ),
        watchable: knownInTime(
          (tenantId) => isWatchable(facts, tenants.info(tenantId)),
          (error) => facts.failed('sign-in logs', error),
        ),
        capabilities: (tenantId) => gatherCapabilities(facts, tenantId),
        accountFacts: (form, actor) => gatherAccountFacts({ ...facts, custody }, form, actor),
        openSealed: opener(custody, log),
        random,
        drillMinutes: installation.drillMinutes,
        ...(prove ? { proof: prove } : {}),
        ...(runbook ? { runbook } : {}),
        ...(audit ? { audit } : {}),
        checkAudit: (days) => checkAndTell({ store, door: front, log }, days),
        credential: installation.botCredential,
        async decidesFrom(approver) {
          const roster = policy.coolDownHours === 0 ? undefined : await store.roster('approver');
          return roster && coolingUntil(roster, approver, policy.coolDownHours, await store.now());
        },
        status: async (): Promise<StatusFacts> => ({
          version,
          mode,
          database: describe(database),
          limits: installation.limits,
          monitors: installation.monitors && { unseen: monitors?.unseen() ?? [] },
        }),
        log,
      },
      { ...installation.bot, version, mode },
    );
    const worker = await startWorker({
      door: front,
      store,
      people,
      tenants,
      custody,
      random,
      partContext,
      jobs: outbox,
      channel: measured?.countedChannel(bot.channel) ?? bot.channel,
      refreshFor: bot.refreshFor,
      heartbeatSeconds: installation.heartbeatSeconds,
      feedRhythms: installation.feedRhythms,
      streams: installation.eventHubs.map((hub) =>
        eventHubStream(hub, { store, door: front, tenants, ledger: streamLedgerOn(database), log }),
      ),
      streaming: new Set(installation.eventHubs.flatMap(({ tenantIds }) => tenantIds)),
      secondPaths: installation.secondPaths,
      deadMan: installation.deadMan,
      signInPollSeconds: installation.signInPollSeconds,
      rosterPollSeconds: installation.rosterPollSeconds,
      log,
    });
    const renewing = renewal(custody, log);
    await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'configuration-read', configuration: configurationOf(installation) });
    const http = createHttpServer(
      {
        messages: (call) => bot.handle(call),
        signals: webhooks(installation, {
          door: front,
          store,
          knowsTenant: (tenantId) => tenants.info(tenantId) !== undefined,
          byChanger: async ({ tenantId, actor }) => isBy(actor, await knownChanger(tenants, tenantId, log)),
          log,
        }),
        prove,
        runbook,
        audit,
        // Not that the process is up, but that an alert would arrive (SI-3).
        ready: async () => isAlive(await store.heartbeat(), installation.heartbeatSeconds, await store.now()),
        log,
      },
      { connectionsPerClient: installation.connectionsPerClient },
    );
    const address = await http.listen(installation.port, installation.host);
    port = address.port;
    monitors = monitorsRead(installation, { store, tenants, door: front, log }, publicUrl?.(port));
    // Whoever has the reading off for one start, and on again, begins anew.
    if (!monitors) await store.forgetSeenInAzure();
    const page = measured && (() => measured.text({ store, tenants }));
    const watched = installation.metrics && page && (await startMetricsServer(installation.metrics, page, log));
    log.info('started', { mode, version, port: address.port, database: database.engine });
    // Whoever keeps the log of the process has heads of the audit log that nobody can change in the database (DA-1).
    log.info('audit.head', { ...(await store.auditHead()) });
    return {
      port: address.port,
      database,
      worker: {
        ...worker,
        // Who moved the clock waits for what is read on a rhythm as well.
        async settle(limitMs) {
          await monitors?.reading.now();
          await worker.settle(limitMs);
        },
      },
      async stop() {
        await http.close();
        await watched?.close();
        await Promise.all([renewing.stop(), monitors?.reading.stop()]);
        await worker.stop();
        await store.close();
        log.info('stopped');
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Brings what the vault keeps for us under its current key, and says in the log when the vault cannot be used. Alerts wait for none of it. */
function renewal({ renew }: ReturnType<typeof custodyOf>, log: Log): Repeating {
  const renewing = repeat('custody', RENEW_EVERY_MS, log, async () => {
    log.info('custody.renewed', { keyId: await renew() });
  });
  void renewing.now(); // logs its failures itself
  return renewing;
}

/** Reads the monitors back now and on schedule (SI-4). */
function monitorsRead(
  { monitors, signals }: Installation,
  needs: Omit<ReadMonitorsNeeds, 'inAzure' | 'deployed'>,
  ownUrl: string | undefined,
): { readonly reading: Repeating; readonly unseen: MonitorsWatch['unseen'] } | undefined {
  if (!monitors) return undefined;
  const { sender } = signals ?? {};
  const webhook = {
    uri: ownUrl && `${ownUrl}/api/signals/azure-monitor`,
    audience: sender?.audiences[0],
    tenantId: sender?.tenantId,
  };
  const deployed = { webhook, workspaceId: monitors.workspaceId?.toLowerCase() };
  const { look, unseen } = monitorsWatch({ ...needs, inAzure: monitors.inAzure, deployed });
  const reading = repeat('monitors', monitors.everySeconds * 1_000, needs.log, look);
  void reading.now(); // logs its failures itself
  return { reading, unseen };
}

/** A part that cannot be opened is a refusal in words; what the vault said is in the log. */
function opener(custody: Custody, log: Log): BotNeeds['openSealed'] {
  return async (sealed, key, custodianObjectId) => {
    try {
      return ok(await custody.open(sealed, partContext(key, custodianObjectId)));
    } catch (error) {
      if (!(error instanceof CustodyFault)) throw error;
      log.error('custody.failed', { part: key, why: error.why, error });
      return no({ code: 'part-unopenable', why: error.why });
    }
  };
}

async function proverOf(
  { proof, policy }: Installation,
  needs: Pick<ProveNeeds, 'store' | 'door' | 'people' | 'log'>,
  port: () => number,
): Promise<Prover | undefined> {
  if (!proof) return undefined;
  const minutes = policy.proofMinutes;
  const signIn = await openSignIn({ ...proof.signIn, minutes });
  return prover({ ...needs, signIn, minutes, publicUrl: () => proof.publicUrl(port()) });
}

/** What a drill must see arrive. A free tenant's sign-in log goes nowhere (Learn, monitoring prerequisites: P1 or P2). */
function pushesOf({
  signals,
  sentinelCallerAppId,
  senderKeys,
  eventHubs,
  tenants,
  feedRhythms,
}: Installation): NonNullable<DoorNeeds['pushes']> {
  return expectedPushes({
    byToken: signals ? ['azure-monitor', ...(sentinelCallerAppId === undefined ? [] : (['sentinel'] as const))] : [],
    byKey: senderKeys ? ['azure-monitor', 'sentinel'] : [],
    licensed: tenants.map(({ info }) => info).filter(({ kind }) => kind !== 'free'),
    streaming: new Set(eventHubs.flatMap(({ tenantIds }) => tenantIds)),
    feedRhythms,
  });
}

/** A webhook for each kind of sender that can prove who it is; without one there is none. */
function webhooks(
  { signals, sentinelCallerAppId, senderKeys, bot }: Installation,
  needs: Omit<SignalNeeds, 'feed' | 'read' | 'token' | 'senderKeys' | 'homeTenantId'>,
): HttpNeeds['signals'] {
  const sentinel = signals && sentinelCallerAppId && { ...signals, sender: { ...signals.sender, callerAppId: sentinelCallerAppId } };
  const both = { ...needs, senderKeys, homeTenantId: bot.homeTenantId };
  return {
    ...(signals || senderKeys
      ? { 'azure-monitor': signalWebhook({ ...both, feed: 'azure-monitor', read: readAzureMonitor, token: signals }) }
      : {}),
    ...(sentinel || senderKeys
      ? { sentinel: signalWebhook({ ...both, feed: 'sentinel', read: readSentinel, token: sentinel || undefined }) }
      : {}),
  };
}

/** What decides who may do what, where and how: a change of any of it between two starts is an alert (ST-4). Never a secret. */
function configurationOf(installation: Installation): Configuration {
  const {
    policy,
    bot,
    people,
    tenants,
    signals,
    sentinelCallerAppId,
    senderKeys,
    eventHubs,
    proof,
    custody,
    secondPaths,
    deadMan,
    monitors,
  } = installation;
  const groups = Object.entries(people.groups).map(([role, group]) => [`group of ${role}s`, group]);
  const managed = tenants.map(({ info }) => [`tenant ${info.name}`, `${info.id}, exclusion group ${info.exclusionGroupId}`]);
  return {
    ...Object.fromEntries(Object.entries(policy).map(([name, value]) => [name, String(value)])),
    'home tenant': bot.homeTenantId,
    team: bot.teamId,
    channel: bot.channelId,
    'credential parts sealed by': 'keys' in custody ? 'key file' : `${custody.vaultKey.vaultUrl}/keys/${custody.vaultKey.name}`,
    'person key attribute': people.personKeyAttribute,
    'Azure Monitor webhook': signals || senderKeys ? 'on' : 'off',
    'Sentinel webhook': sentinelCallerAppId || senderKeys ? 'on' : 'off',
    'senders with a key': [...new Set(senderKeys?.map(({ sender }) => sender))].sort().join(', ') || 'none',
    'event hubs': eventHubs.map(({ namespace, name, consumerGroup }) => [namespace, name, consumerGroup].join('/')).join(', ') || 'none',
    'second path of alerts': Object.keys(secondPaths).sort().join(' and ') || 'none',
    'monitors in Azure read back': monitors ? 'yes' : 'no',
    'dead-man ping': deadMan ? 'on' : 'off',
    'second proof by': proof ? [proof.signIn.clientId, proof.signIn.authenticationContext].filter(Boolean).join(', ') : 'nobody',
    ...Object.fromEntries(groups),
    ...Object.fromEntries(managed),
  };
}

const describe = ({ engine }: Database): string => (engine === 'embedded' ? 'embedded PostgreSQL, one replica' : 'PostgreSQL server');

/** No I, L, O, U: ids are read aloud and typed (Crockford's base 32). */
const ID_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function systemRandom(): Random {
  return {
    below: (below) => randomInt(below),
    id(prefix) {
      const length = prefix === 'F' ? 20 : 6;
      return `${prefix}-${Array.from({ length }, () => ID_ALPHABET.charAt(randomInt(32))).join('')}`;
    },
  };
}

/** Names a key in logs without telling it. */
export const fingerprint = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 12);
