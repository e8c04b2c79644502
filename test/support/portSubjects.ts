import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { APPS, HOME_TENANT, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import type { People, TenantInfo, TenantReader, TenantWriter } from '../../src/app/ports.ts';
import { CLOUDS } from '../../src/config/clouds.ts';
import { parseTenants, type TenantConfig } from '../../src/config/tenants.ts';
import { graphClient } from '../../src/graph/client.ts';
import { credentialFor } from '../../src/graph/credentials.ts';
import { identitiesOf, type OwnIdentity } from '../../src/graph/identities.ts';
import { graphPeople } from '../../src/graph/people.ts';
import { graphTenants } from '../../src/graph/tenants.ts';
import { NOON } from './builders.ts';
import { LIVE_HINT, liveTenant } from './liveTenant.ts';
import { MemoryTenant } from './memoryTenant.ts';
import { startTenant } from './tenantInContract.ts';

/** A tenant behind the ports, whatever carries them out. */
export interface PortSubject {
  readonly info: Pick<TenantInfo, 'id' | 'initialDomain' | 'exclusionGroupId' | 'restrictedUnitId'>;
  readonly reader: TenantReader;
  /** Left out: this tenant may only be read. */
  readonly writer?: TenantWriter;
  /** A user that is there and is nobody's emergency account. */
  readonly somebody: string;
  /** The people of this directory, by the groups of their roles. */
  readonly people?: People;
  /** A Conditional Access policy whose exclusions may be changed. */
  readonly policyId?: string;
  now(): Date;
  /** Time passes: replicas catch up, the next second comes. */
  pass(ms: number): Promise<unknown>;
  close(): Promise<void>;
}

const { contoso } = TENANTS;

/** The tenant unit tests run plans on, two seconds behind itself. */
export async function inMemory(): Promise<PortSubject> {
  const tenant = new MemoryTenant(NOON, contoso.id);
  const account = { userPrincipalName: `some.body@${contoso.initialDomain}`, mailNickname: 'sb', displayName: 'Some Body' };
  const somebody = await tenant.writer.createUser({ ...account, usageLocation: 'NL', marker: 'somebody’s' }, Buffer.from('x'));
  tenant.policies.set('policy-1', { name: 'Require MFA', users: { includeUsers: ['All'], excludeGroups: [] } });
  tenant.nowMs += 60_000;
  tenant.lagMs = 2_000;
  return {
    info: contoso,
    reader: tenant.reader,
    writer: tenant.writer,
    somebody,
    policyId: 'policy-1',
    now: () => new Date(NOON.getTime() + tenant.nowMs),
    pass: async (ms) => {
      tenant.nowMs += ms;
    },
    close: async () => undefined,
  };
}

/** The adapter over HTTP, answers wider than the contract, on the sandbox's tenant, which lags as well. */
export async function onSandbox(): Promise<PortSubject> {
  const origin = CLOUDS.global.graphOrigin;
  const documents = openDocuments(':memory:');
  const clock = sandboxClock();
  const server = await startTenant({ port: 0, documents, clock, replicationMs: 40, logDelayMs: 0 }, 'product');
  documents.put('tenant.settings', 'extras', { on: true });
  const credential = (app: 'reader' | 'changer', id = contoso.id) => loopbackCredential(server.url, id, APPS[app], server.secrets[app]);
  const home = graphClient({
    origin,
    credential: credential('reader', HOME_TENANT.id),
    transport: loopbackTransport(origin, server.url),
    timeoutMs: 20_000,
  });
  const identities: OwnIdentity[] = [
    { appId: APPS.reader, standsFor: ['reader', 'people'] },
    { appId: APPS.changer, standsFor: ['changer'] },
  ];
  const tenants = graphTenants([{ info: contoso, reader: credential('reader'), writer: credential('changer'), identities }], {
    graphOrigin: origin,
    transport: loopbackTransport(origin, server.url),
    timeoutMs: 20_000,
  });
  const reader = tenants.reader(contoso.id);
  const somebody = await reader.userByName(`hana.holt.admin@${contoso.initialDomain}`);
  if (!somebody) throw new Error('the sandbox has no Hana any more');
  const policies = await reader.snapshot([], new Date());
  const policyId = policies.policies.state === 'read' ? policies.policies.value[0]?.id : undefined;
  return {
    info: contoso,
    reader,
    writer: tenants.writer(contoso.id),
    somebody: somebody.objectId,
    people: graphPeople(home, { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' }),
    ...(policyId === undefined ? {} : { policyId }),
    now: () => clock.now(),
    pass(ms) {
      clock.move(ms);
      return sleep(Math.min(ms, 60));
    },
    async close() {
      await server.close();
      documents.close();
    },
  };
}

/** The first tenant of the file; `undefined` where no file is set. */
export function liveTenantInfo(): TenantConfig | undefined {
  const { file } = liveTenant;
  if (!file) return undefined;
  const parsed = parseTenants(readFileSync(file, 'utf8'), file);
  const tenant = parsed.ok ? parsed.tenants[0] : undefined;
  if (!tenant) throw new Error(parsed.ok ? `${file} names no tenant` : parsed.fault.message);
  return tenant;
}

/** That tenant by its own credentials. A writer only where the settings allow writes. */
export async function onLiveTenant(): Promise<PortSubject> {
  const { user, policy, peopleGroup } = liveTenant;
  const cloud = Object.entries(CLOUDS).find(([name]) => name === liveTenant.cloud)?.[1];
  const tenant = liveTenantInfo();
  if (!tenant || !user || !cloud) throw new Error(LIVE_HINT);
  const managed = {
    info: tenant,
    reader: credentialFor(tenant.reader, tenant.id, cloud),
    writer: credentialFor(tenant.changer, tenant.id, cloud),
    identities: identitiesOf(tenant, peopleGroup !== undefined),
  };
  const tenants = graphTenants([managed], { graphOrigin: cloud.graphOrigin, timeoutMs: 30_000, lacks: new Set(cloud.lacks) });
  const graph = graphClient({ origin: cloud.graphOrigin, credential: managed.reader, timeoutMs: 30_000 });
  const groups = (group: string) => ({ requester: group, approver: group, custodian: group, auditor: group, administrator: group });
  return {
    info: tenant,
    reader: tenants.reader(tenant.id),
    ...(liveTenant.writes ? { writer: tenants.writer(tenant.id) } : {}),
    somebody: user,
    ...(peopleGroup ? { people: graphPeople(graph, { groups: groups(peopleGroup), personKeyAttribute: 'employeeId' }) } : {}),
    ...(policy === undefined ? {} : { policyId: policy }),
    now: () => new Date(),
    pass: sleep,
    close: async () => undefined,
  };
}
