import { readFileSync } from 'node:fs';
import type { MonitorsInAzure } from '../app/ports.ts';
import { CLOUDS, type CloudAddresses } from '../config/clouds.ts';
import { ConfigFault } from '../config/fault.ts';
import { parseSettings, type Settings } from '../config/settings.ts';
import { loadTenants, type TenantConfig } from '../config/tenants.ts';
import { keyFileCustody, parseKeyFile } from '../custody/keyFile.ts';
import { type GraphSettings, graphClient, type TokenSource } from '../graph/client.ts';
import { botCredential, type Cloud, type CredentialReference, credentialFor } from '../graph/credentials.ts';
import { identitiesOf } from '../graph/identities.ts';
import { monitorsInAzure } from '../graph/monitors.ts';
import { graphPeople } from '../graph/people.ts';
import { graphTenants } from '../graph/tenants.ts';
import { monitorFindings } from './azure.ts';
import { databaseFinding } from './database.ts';
import { type Finding, failed, ok, sentence, skipped, warning } from './finding.ts';
import { peopleFindings } from './people.ts';
import { streamFindings } from './streams.ts';
import { tenantFindings } from './tenant.ts';
import { tokenFinding } from './tokens.ts';

/** Where the outside world is. A test has its login server and its Graph on loopback; `npm run doctor` has those of the cloud. */
export interface Outside {
  readonly cloud?: Cloud & Pick<CloudAddresses, 'channel' | 'lacks' | 'armOrigin'>;
  readonly transport?: NonNullable<GraphSettings['transport']>;
  readonly azureFetch?: typeof fetch;
}

const CALL_TIMEOUT_MS = 15_000;
/** Nothing is written here, so nothing gets a token to write with. */
const NEVER = { getToken: async () => null };

/** Walks an installation step by step as its settings describe it. Changes nothing anywhere. */
export async function* examine(env: NodeJS.ProcessEnv, now: Date, outside: Outside = {}): AsyncGenerator<Finding> {
  const parsed = parseSettings(env, 'production');
  if (!parsed.ok) {
    for (const { at, problem } of parsed.fault.problems)
      yield failed('settings', sentence(at, problem), 'See the table of settings in README.md.');
    return yield skipped('everything else', 'it rests on the settings.');
  }
  const { settings, warnings } = parsed;
  for (const { at, problem } of warnings) yield warning('settings', sentence(at, problem), 'It works, and is a risk.');
  yield ok('settings', 'complete, and without contradiction.');
  // The key of a vault is tried where it is used, at the start of the product: the doctor has no business with it.
  yield settings.custodyKeyFile === undefined
    ? skipped('custody key', 'it is a key of a vault, which the start checks.')
    : await custodyFinding(settings.custodyKeyFile);
  const { finding, accounts } = await databaseFinding(settings);
  yield finding;

  const cloud = outside.cloud ?? CLOUDS[settings.cloud];
  const { channel, graphOrigin } = cloud;
  yield await tokenFinding('bot, token for Teams', `${channel.oAuthScope}/.default`, () => credentialOfBot(settings, cloud));

  const { tenants, problems } = readTenants(settings.tenantsFile);
  yield* problems;
  yield* streamFindings(settings, tenants, cloud);
  const home = tenants.find(({ id }) => id === settings.homeTenantId);
  const scope = `${graphOrigin}/.default`;
  const graph = { ...(outside.transport ? { transport: outside.transport } : {}), timeoutMs: CALL_TIMEOUT_MS };
  const peopleReader = () => credentialFor(readerOfPeople(settings, home), settings.homeTenantId, cloud);
  const token = await tokenFinding('home tenant, token', scope, peopleReader);
  yield token;
  if (token.state === 'ok') {
    const people = graphPeople(graphClient({ origin: graphOrigin, credential: peopleReader(), ...graph }), {
      personKeyAttribute: settings.personKeyAttribute,
      groups: groupsOf(settings),
    });
    yield* peopleFindings(people, settings.quorum);
  }
  for (const tenant of tenants) {
    const reads = await tokenFinding(`${tenant.name}, token of the reader`, scope, () => credentialFor(tenant.reader, tenant.id, cloud));
    yield reads;
    yield await tokenFinding(`${tenant.name}, token of the changer`, scope, () => credentialFor(tenant.changer, tenant.id, cloud));
    if (reads.state !== 'ok') {
      yield skipped(`${tenant.name}, everything else`, 'it rests on the token of the reader.');
      continue;
    }
    const reader = credentialFor(tenant.reader, tenant.id, cloud);
    const identities = identitiesOf(tenant, tenant === home && settings.peopleClientId === undefined);
    const ports = graphTenants([{ info: tenant, reader, writer: NEVER, identities }], {
      graphOrigin,
      lacks: new Set(cloud.lacks),
      ...graph,
    });
    const own = accounts?.filter(({ tenantId }) => tenantId === tenant.id).map(({ objectId }) => objectId);
    yield* tenantFindings(tenant.name, ports.reader(tenant.id), own, now);
  }
  yield* monitorFindings(tenants, azureOf(settings, tenants, peopleReader(), { ...outside, cloud }));
}

/** As production reads them (src/main.ts). */
function azureOf(
  { monitorsResourceGroup: resourceGroup, monitorsWorkspace, monitorsSentinel }: Settings,
  tenants: readonly TenantConfig[],
  credential: TokenSource,
  { cloud, azureFetch }: Outside & Required<Pick<Outside, 'cloud'>>,
): MonitorsInAzure | undefined {
  if (resourceGroup === undefined) return undefined;
  return monitorsInAzure({
    origin: cloud.armOrigin,
    resourceGroup,
    workspaceId: monitorsWorkspace,
    sentinel: monitorsSentinel,
    credential,
    readers: new Map(tenants.map((tenant) => [tenant.id, credentialFor(tenant.reader, tenant.id, cloud)])),
    timeoutMs: CALL_TIMEOUT_MS,
    ...(azureFetch ? { fetch: azureFetch } : {}),
  });
}

const credentialOfBot = (settings: Settings, cloud: Cloud) =>
  botCredential(
    {
      type: settings.botType,
      clientId: settings.botId,
      ...(settings.botPassword ? { password: settings.botPassword.reveal() } : {}),
      ...(settings.botCertificateFile ? { certificateFile: settings.botCertificateFile } : {}),
    },
    settings.botTenantId,
    cloud,
  );

/** As production chooses it (src/main.ts). */
function readerOfPeople({ peopleClientId }: Settings, home: TenantConfig | undefined): CredentialReference {
  if (peopleClientId !== undefined) return { type: 'managed-identity', clientId: peopleClientId };
  return home?.reader ?? { type: 'managed-identity' };
}

const groupsOf = (settings: Settings) => ({
  requester: settings.requestersGroupId,
  approver: settings.approversGroupId,
  custodian: settings.custodiansGroupId,
  auditor: settings.auditorsGroupId,
  administrator: settings.administratorsGroupId,
});

function readTenants(file: string): { readonly tenants: readonly TenantConfig[]; readonly problems: readonly Finding[] } {
  const step = 'tenants file';
  try {
    const tenants = loadTenants(file);
    return { tenants, problems: [ok(step, `${tenants.length} ${tenants.length === 1 ? 'tenant' : 'tenants'}.`)] };
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    const todo = 'See env/tenants.example.yaml.';
    return { tenants: [], problems: error.problems.map(({ at, problem }) => failed(step, sentence(at, problem), todo)) };
  }
}

/** Seals something of no worth and opens it again. */
async function custodyFinding(file: string): Promise<Finding> {
  const step = 'custody key';
  const todo = 'BREAKGLASS_CUSTODY_KEY_FILE: a key a line, 32 bytes in base64 each (openssl rand -base64 32).';
  let keys: ReturnType<typeof parseKeyFile>;
  try {
    keys = parseKeyFile(readFileSync(file, 'utf8'));
  } catch (error) {
    return failed(step, `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'}).`, todo);
  }
  if (!keys) return failed(step, 'the file holds no keys as they should be.', todo);
  const custody = keyFileCustody(...keys);
  const opened = await custody.open(await custody.seal(Buffer.from('doctor'), 'doctor'), 'doctor');
  const older = keys.length === 1 ? '' : `, and ${keys.length - 1} older`;
  return opened.toString() === 'doctor' ? ok(step, `it seals and opens${older}.`) : failed(step, 'it does not open what it sealed.', todo);
}
