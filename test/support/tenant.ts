import { type SandboxClock, sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { type ClientAnswer, call, graphClient } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';

import { type SandboxTenant, TENANTS } from '../../sandbox/world.ts';
import { startTenant, type TenantServer } from './tenantInContract.ts';

export type Client = Awaited<ReturnType<typeof graphClient>>;
export const PASSWORD = 'Xk7mQ2pLr9TzWq4-Vb8nHd3c';
export const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';

export const rows = (answer: ClientAnswer): JsonObject[] => answer.body.value as JsonObject[];
export const filter = (text: string): string => `$filter=${encodeURIComponent(text)}`;
export const reference = (id: string): JsonObject => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
/** Status and code of a refusal. */
export const refusalOf = ({ status, body }: ClientAnswer): readonly [number, unknown] => [status, objectOf(body.error).code];

/** One pretend tenant with its Graph clients, logs and replicas at once. */
export interface TenantUnderTest {
  readonly server: TenantServer;
  readonly clock: SandboxClock;
  readonly tenant: SandboxTenant;
  readonly reader: Client;
  readonly changer: Client;
  /** An administrator's tool that writes the tenant's policies. */
  readonly policyKeeper: Client;
  /** A new, enabled user; its id. */
  user(name: string, more?: JsonObject): Promise<string>;
  /** A new Global Administrator; its id. */
  administrator(name: string): Promise<string>;
  /** Activities of the directory audit log that name this object, newest first. */
  audits(id: string): Promise<JsonObject[]>;
  /** `POST /sandbox/…` of the control API. */
  control(path: string, body: JsonObject): Promise<ClientAnswer>;
}

export async function tenantUnderTest(
  tenant: SandboxTenant = TENANTS.contoso,
  more: Partial<Parameters<typeof startTenant>[0]> = {},
): Promise<TenantUnderTest> {
  const clock = sandboxClock();
  const server = await startTenant({ port: 0, documents: openDocuments(':memory:'), clock, logDelayMs: 0, replicationMs: 0, ...more });
  const [reader, changer] = [await graphClient(server, 'reader', tenant.id), await graphClient(server, 'changer', tenant.id)];
  const policyKeeper = await graphClient(server, 'policyKeeper', tenant.id);
  const user = async (name: string, properties: JsonObject = {}): Promise<string> => {
    const made = await changer('POST', '/users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@${tenant.initialDomain}`,
      passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: false },
      ...properties,
    });
    if (made.status !== 201) throw new Error(`No user: ${JSON.stringify(made.body)}`);
    return String(made.body.id);
  };
  return {
    server,
    clock,
    tenant,
    reader,
    changer,
    policyKeeper,
    user,
    async administrator(name) {
      const id = await user(name);
      const body = { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' };
      const made = await changer('POST', '/roleManagement/directory/roleAssignments', body);
      if (made.status !== 201) throw new Error(`No administrator: ${JSON.stringify(made.body)}`);
      return id;
    },
    audits: async (id) => rows(await reader('GET', `/auditLogs/directoryAudits?${filter(`targetResources/any(t:t/id eq '${id}')`)}`)),
    control: (path, body) => call(server, 'POST', `/sandbox/${path}`, { body: { tenantId: tenant.id, ...body } }),
  };
}
