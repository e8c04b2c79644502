import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Log } from './app/log.ts';
import { channelOf } from './bot/settings.ts';
import { type Breakglass, fingerprint, type Installation, policyOf, startBreakglass } from './compose.ts';
import { CLOUDS } from './config/clouds.ts';
import { sharedHubs } from './config/eventHubs.ts';
import { ConfigFault } from './config/fault.ts';
import { feedRhythmsOf } from './config/feedRhythms.ts';
import { keepMemoryIn, memoryProblems } from './config/memory.ts';
import { parseSettings, type Settings } from './config/settings.ts';
import { loadTenants } from './config/tenants.ts';
import { FEEDS } from './core/alert/types.ts';
import type { CustodySettings } from './custody/custody.ts';
import { parseKeyFile } from './custody/keyFile.ts';
import { parseVaultKey } from './custody/keyId.ts';
import { botCredential, credentialFor } from './graph/credentials.ts';
import { identitiesOf } from './graph/identities.ts';
import { monitorsInAzure } from './graph/monitors.ts';
import { parseSenderKeys, type SenderKeys } from './http/senderKeys.ts';
import { AZURE_MONITOR_APP, issuersOf, remoteKeys } from './http/signalToken.ts';
import { jsonLog } from './logging/jsonLog.ts';
import { deadMan } from './notify/deadMan.ts';
import { secondPaths } from './notify/paths.ts';
import { proofLimits } from './proof/limits.ts';
import { checkCertificate, type ProofCredential } from './proof/signIn.ts';
import { clockOffsetMs } from './store/clock.ts';
import type { Location } from './store/connect.ts';

/**
 * `npm run start:production`: starts on a real tenant, or refuses before listening and names every setting at fault, never its value
 * (ST-2). Knows nothing of the sandbox.
 */
const unkept = keepMemoryIn();
const revealing = memoryProblems(process.execArgv, process.env.NODE_OPTIONS);
if (revealing.length > 0) refuse(new ConfigFault(revealing).message);
const parsed = parseSettings(process.env, 'production');
if (!parsed.ok) refuse(parsed.fault.message);
const { settings, warnings } = parsed;
const log = jsonLog(settings.logLevel, (line) => process.stdout.write(line));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    // Said here and not by Node: its own report would print source lines and whatever an error carries.
    log.error(event, { error });
    process.exit(1);
  });
}
for (const { at, problem } of warnings) log.warn('setting.risky', { setting: at, problem });

const breakglass = await start(settings, log);
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    breakglass.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stop.failed', { error });
        process.exit(1);
      },
    );
  });
}

async function start(settings: Settings, log: Log): Promise<Breakglass> {
  try {
    const location: Location = settings.databaseUrl
      ? { kind: 'server', url: settings.databaseUrl.reveal() }
      : { kind: 'embedded', folder: join(resolve(settings.dataDir), 'database') };
    const installation = productionOf(settings, log);
    return await startBreakglass(location, log, async (database) => {
      // Only the sandbox moves the clock; a database that came from one must not decide anything here (DA-6).
      if ((await clockOffsetMs(database)) !== 0) {
        throw new ConfigFault([
          { at: settings.databaseUrl ? 'DATABASE_URL' : 'BREAKGLASS_DATA_DIR', problem: 'is a sandbox’s: its clock was moved' },
        ]);
      }
      return installation;
    });
  } catch (error) {
    log.error('start.failed', { error });
    return refuse(error instanceof Error ? error.message : 'unknown fault');
  }
}

function productionOf(settings: Settings, log: Log): Installation {
  const cloud = CLOUDS[settings.cloud];
  const tenants = loadTenants(settings.tenantsFile);
  const home = tenants.find(({ id }) => id.toLowerCase() === settings.homeTenantId.toLowerCase());
  const peopleReader = settings.peopleClientId
    ? ({ type: 'managed-identity', clientId: settings.peopleClientId } as const)
    : (home?.reader ?? ({ type: 'managed-identity' } as const));
  const custody = custodyFrom(settings, log);
  return {
    mode: 'production',
    port: settings.port,
    host: '0.0.0.0',
    connectionsPerClient: settings.connectionsPerClient,
    custody,
    policy: policyOf(settings),
    bot: {
      appId: settings.botId,
      homeTenantId: settings.homeTenantId,
      teamId: settings.teamId,
      channelId: settings.channelId,
      channel: channelOf(cloud, settings.botTenantId),
      serviceUrls: settings.teamsServiceUrls,
    },
    botCredential: botCredential(
      {
        type: settings.botType,
        clientId: settings.botId,
        ...(settings.botPassword ? { password: settings.botPassword.reveal() } : {}),
        ...(settings.botCertificateFile ? { certificateFile: settings.botCertificateFile } : {}),
      },
      settings.botTenantId,
      cloud,
    ),
    people: {
      reader: credentialFor(peopleReader, settings.homeTenantId, cloud),
      personKeyAttribute: settings.personKeyAttribute,
      groups: {
        requester: settings.requestersGroupId,
        approver: settings.approversGroupId,
        custodian: settings.custodiansGroupId,
        auditor: settings.auditorsGroupId,
        administrator: settings.administratorsGroupId,
      },
    },
    tenants: tenants.map((tenant) => ({
      info: tenant,
      reader: credentialFor(tenant.reader, tenant.id, cloud),
      writer: credentialFor(tenant.changer, tenant.id, cloud),
      identities: identitiesOf(tenant, tenant === home && settings.peopleClientId === undefined),
    })),
    graph: { origin: cloud.graphOrigin, lacks: new Set(cloud.lacks) },
    ...(settings.signalsAudience
      ? {
          signals: {
            sender: {
              tenantId: settings.homeTenantId,
              audiences: [settings.signalsAudience],
              issuers: issuersOf(settings.homeTenantId, cloud),
              callerAppId: AZURE_MONITOR_APP,
            },
            keys: remoteKeys(`${cloud.loginOrigin}/${settings.homeTenantId}/discovery/v2.0/keys`),
          },
        }
      : {}),
    cloud: settings.cloud,
    ...publicUrlOf(settings),
    sentinelCallerAppId: settings.sentinelCallerId,
    senderKeys: settings.signalKeysFile === undefined ? undefined : readSenderKeys(settings.signalKeysFile),
    ...proofOf(settings),
    eventHubs: sharedHubs(tenants, cloud.eventHubsDomain, settings.tenantsFile).map(({ tenantId, ...hub }) => ({
      ...hub,
      credential: credentialFor(hub.credential, tenantId, cloud),
    })),
    heartbeatSeconds: settings.heartbeatMinutes * 60,
    drillMinutes: settings.drillMinutes,
    ...(settings.monitorsResourceGroup === undefined
      ? {}
      : {
          monitors: {
            everySeconds: settings.monitorsReadMinutes * 60,
            workspaceId: settings.monitorsWorkspace,
            inAzure: monitorsInAzure({
              origin: cloud.armOrigin,
              resourceGroup: settings.monitorsResourceGroup,
              workspaceId: settings.monitorsWorkspace,
              sentinel: settings.monitorsSentinel,
              credential: credentialFor(peopleReader, settings.homeTenantId, cloud),
              readers: new Map(tenants.map((tenant) => [tenant.id, credentialFor(tenant.reader, tenant.id, cloud)])),
              timeoutMs: 15_000,
            }),
          },
        }),
    ...metricsOf(settings),
    feedRhythms: feedRhythmsOf(settings.feedRhythms, tenants, FEEDS),
    secondPaths: secondPaths(settings),
    ...(settings.deadManUrl ? { deadMan: deadMan(settings.deadManUrl.reveal(), settings.deadManSeconds) } : {}),
    signInPollSeconds: settings.signInPollSeconds,
    rosterPollSeconds: settings.rosterPollSeconds,
    limits: limitsOf(
      settings,
      tenants.some(({ eventHub }) => eventHub !== undefined),
    ),
  };
}

function limitsOf(settings: Settings, streaming: boolean): string[] {
  return [
    ...(settings.cloud === 'global' ? [] : [`Nothing of Breakglass was ever tried in this cloud (${CLOUDS[settings.cloud].title}).`]),
    ...unkept,
    ...proofLimits(settings.secondProof),
    ...(settings.custodyKeyFile
      ? [
          'Credential parts are sealed under a key file: whoever has both that file and the database before the parts are revealed can read them.',
        ]
      : []),
    ...(settings.signalsAudience || settings.signalKeysFile || streaming
      ? []
      : ['Alerts come from reading the logs only: there is no eventHub, and BREAKGLASS_SIGNALS_AUDIENCE is not set, so webhooks are off.']),
    ...(settings.smtpHost || settings.pagingUrl
      ? []
      : ['When Teams cannot be reached alerts wait for it: neither BREAKGLASS_SMTP_HOST nor BREAKGLASS_PAGING_URL is set.']),
    ...(settings.deadManUrl ? [] : ['Nobody outside notices when this process is dead: BREAKGLASS_DEAD_MAN_URL is not set.']),
    ...(settings.databaseUrl ? [] : ['The embedded database serves one process: there is no second replica.']),
  ];
}

function publicUrlOf({ publicUrl }: Settings): Pick<Installation, 'publicUrl'> {
  return publicUrl === undefined ? {} : { publicUrl: () => publicUrl };
}

/** The second proof, wholly or not at all: the settings were checked for that. */
function proofOf(settings: Settings): Pick<Installation, 'proof'> {
  const { publicUrl, proofClientId: clientId, proofClientSecret, proofCertificateFile, proofAuthenticationContext } = settings;
  if (publicUrl === undefined || clientId === undefined) return {};
  const credential: ProofCredential = proofClientSecret
    ? { type: 'secret', secret: proofClientSecret.reveal() }
    : { type: 'certificate', pem: readProofCertificate(proofCertificateFile ?? '') };
  const { loginOrigin } = CLOUDS[settings.cloud];
  return {
    proof: {
      publicUrl: () => publicUrl,
      signIn: {
        tenantId: settings.homeTenantId,
        clientId,
        credential,
        issuer: `${loginOrigin}/${settings.homeTenantId}/v2.0`,
        loginOrigin,
        ...(proofAuthenticationContext ? { authenticationContext: proofAuthenticationContext } : {}),
      },
    },
  };
}

function readProofCertificate(file: string): string {
  const at = 'BREAKGLASS_PROOF_CERTIFICATE_FILE';
  try {
    const pem = readFileSync(file, 'utf8');
    checkCertificate(pem);
    return pem;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigFault([{ at, problem: `is no PEM file with a certificate and its RSA key (${code})` }]);
  }
}

function custodyFrom(settings: Settings, log: Log): CustodySettings {
  if (settings.custodyKeyVaultKey !== undefined) {
    const cloud = CLOUDS[settings.cloud];
    const vaultKey = parseVaultKey(settings.custodyKeyVaultKey, cloud.vaultDomain);
    if (!vaultKey) {
      const problem = `must be https://<vault>.${cloud.vaultDomain}/keys/<name>, with or without a version: a key of a vault of the ${settings.cloud} cloud`;
      throw new ConfigFault([{ at: 'BREAKGLASS_CUSTODY_KEY_VAULT_KEY', problem }]);
    }
    return { vaultKey, credential: credentialFor(settings.custodyCredential, settings.homeTenantId, cloud) };
  }
  const keys = readCustodyKeys(settings.custodyKeyFile ?? '');
  log.info('custody.keys', { newest: fingerprint(keys[0]), older: keys.length - 1 });
  return { keys };
}

function readCustodyKeys(file: string): readonly [Buffer, ...Buffer[]] {
  const at = 'BREAKGLASS_CUSTODY_KEY_FILE';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigFault([{ at, problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})` }]);
  }
  const keys = parseKeyFile(text);
  if (keys) return keys;
  const problem = 'must hold a key a line, the newest first, none twice; each 32 bytes in base64: openssl rand -base64 32';
  throw new ConfigFault([{ at, problem }]);
}

function metricsOf({ metricsPort: port, metricsHost: host, metricsTokenFile: file }: Settings): Pick<Installation, 'metrics'> {
  if (port === undefined) return {};
  if (file === undefined) return { metrics: { port, host } };
  const at = 'BREAKGLASS_METRICS_TOKEN_FILE';
  const token = readMetricsToken(file, at).trim();
  if (!/^[\w.~+/=-]{32,512}$/.test(token))
    throw new ConfigFault([{ at, problem: 'must hold one token of 32 characters or more: openssl rand -hex 32' }]);
  return { metrics: { port, host, token } };
}

function readMetricsToken(file: string, at: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigFault([{ at, problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})` }]);
  }
}

function readSenderKeys(file: string): SenderKeys {
  const at = 'BREAKGLASS_SIGNAL_KEYS_FILE';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigFault([{ at, problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})` }]);
  }
  const parsed = parseSenderKeys(text);
  if (parsed.ok) return parsed.keys;
  const problem = `line ${parsed.line} must be a sender and a key of its own, at most two keys a sender; a key is 32 characters or more: openssl rand -hex 32`;
  throw new ConfigFault([{ at, problem }]);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
