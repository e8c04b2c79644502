import type { TenantReader, TenantUser } from '../app/ports.ts';
import type { CloudFeature } from '../core/tenant/cloud.ts';
import { batched } from './batch.ts';
import { type Graph, id, quoted } from './client.ts';
import type { Turn } from './conditionalAccessTurn.ts';
import { GraphFault } from './faults.ts';
import type { OwnIdentity } from './identities.ts';
import { readChanges, readSignIns } from './logs.ts';
import { probeTenant } from './probe.ts';
import { type MethodRow, methodFrom } from './rows/methods.ts';
import { type MethodConfigurationRow, methodConfigurationFrom, type PolicyRow } from './rows/policies.ts';
import { policyUsersFrom } from './rows/policyUsers.ts';
import { readSnapshot, type SnapshotTenant } from './snapshot.ts';

interface UserRow {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean | null;
  readonly passwordPolicies?: string | null;
  readonly lastPasswordChangeDateTime?: string | null;
  readonly signInSessionsValidFromDateTime?: string | null;
  readonly onPremisesExtensionAttributes?: { readonly extensionAttribute15?: string | null } | null;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
const SELECT =
  'id,userPrincipalName,accountEnabled,passwordPolicies,lastPasswordChangeDateTime,signInSessionsValidFromDateTime,onPremisesExtensionAttributes';

export interface TenantReaderSettings {
  /** What this cloud's Graph does not have. */
  readonly lacks: ReadonlySet<CloudFeature>;
  /** Our own apps in this tenant, for a probe to look at. */
  readonly identities: readonly OwnIdentity[];
  /** Whose turn it is to ask Conditional Access. */
  readonly turn: Turn;
}

/** Reads of one managed tenant. Users are addressed by object id wherever one is known. */
export function tenantReader(whole: Graph, tenant: SnapshotTenant, settings: TenantReaderSettings): TenantReader {
  const tenantId = tenant.id;
  const { lacks, identities, turn } = settings;
  const graph = batched(whole); // what is asked for at the same time travels together; polls have batches of their own
  async function assignmentsOf(objectId: string) {
    const rows = await graph.list<{ id: string; roleDefinitionId: string; directoryScopeId: string }>(
      `/roleManagement/directory/roleAssignments?$filter=principalId eq ${quoted(objectId)}`,
    );
    return rows.filter((row) => row.directoryScopeId === '/');
  }

  return {
    async userByName(userPrincipalName) {
      const found = await graph.list<UserRow>(`/users?$filter=userPrincipalName eq ${quoted(userPrincipalName)}&$select=${SELECT}`);
      return found[0] && userFrom(found[0]);
    },
    async user(objectId) {
      const row = await graph.find<UserRow>(`/users/${id(objectId)}?$select=${SELECT}`);
      return row && userFrom(row);
    },
    async deletedUserByName(userPrincipalName) {
      // A deleted user's name is prefixed with its object id without dashes, so it cannot be filtered for: compare the ends.
      const rows = await graph.list<{ userPrincipalName?: string | null }>(
        '/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName',
      );
      const wanted = userPrincipalName.toLowerCase();
      return rows.some((row) => (row.userPrincipalName ?? '').toLowerCase().replace(/^[0-9a-f]{32}/, '') === wanted);
    },
    async isMember(groupId, objectId) {
      const rows = await graph.list<{ id: string }>(`/groups/${id(groupId)}/members?$select=id&$top=999`);
      return rows.some((row) => row.id.toLowerCase() === objectId.toLowerCase());
    },
    roles: async (objectId) => (await assignmentsOf(objectId)).map((row) => row.roleDefinitionId.toLowerCase()),
    async assignments(objectId, roleTemplateId) {
      const rows = await assignmentsOf(objectId);
      return rows.filter((row) => row.roleDefinitionId.toLowerCase() === roleTemplateId.toLowerCase()).map((row) => row.id);
    },
    async isInUnit(unitId, objectId) {
      const rows = await graph.list<{ id: string }>(`/directory/administrativeUnits/${id(unitId)}/members?$select=id&$top=999`);
      return rows.some((row) => row.id.toLowerCase() === objectId.toLowerCase());
    },
    async policy(policyId) {
      const row = await turn(() => graph.find<PolicyRow>(`/identity/conditionalAccess/policies/${id(policyId)}`));
      return row && { name: row.displayName ?? '', users: policyUsersFrom({ ...row.conditions?.users }) };
    },
    async methods(objectId) {
      return (await graph.list<MethodRow>(`/users/${id(objectId)}/authentication/methods`)).map(methodFrom);
    },
    async methodPolicies() {
      if (lacks.has('authentication-methods')) return undefined;
      const policy = await graph.get<{ authenticationMethodConfigurations?: MethodConfigurationRow[] | null }>(
        '/policies/authenticationMethodsPolicy',
      );
      return (policy.authenticationMethodConfigurations ?? []).map(methodConfigurationFrom);
    },
    async isDeleted(objectId) {
      return (await graph.find(`/directory/deletedItems/${id(objectId)}?$select=id`)) !== undefined;
    },
    async canReadSignIns(now) {
      try {
        await graph.get(`/auditLogs/signIns?$filter=userId eq ${quoted(NOBODY)} and createdDateTime ge ${now.toISOString()}&$top=1`);
        return true;
      } catch (error) {
        if (error instanceof GraphFault && error.code === 'Authentication_RequestFromNonPremiumTenantOrB2CTenant') return false;
        throw error;
      }
    },
    directoryChanges: (objectIds, since) => readChanges(whole, tenantId, objectIds, since),
    signIns: (userIds, since) => readSignIns(whole, tenantId, userIds, since),
    snapshot: (objectIds, readAt) => readSnapshot(whole, tenant, objectIds, readAt, lacks),
    probe: (objectIds, readAt) => probeTenant(whole, tenant, identities, objectIds, readAt, lacks),
  };
}

function userFrom(row: UserRow): TenantUser {
  const marker = row.onPremisesExtensionAttributes?.extensionAttribute15;
  return {
    objectId: row.id.toLowerCase(),
    userPrincipalName: row.userPrincipalName,
    accountEnabled: row.accountEnabled === true,
    ...(marker ? { marker } : {}),
    ...(row.passwordPolicies ? { passwordPolicies: row.passwordPolicies } : {}),
    ...(row.lastPasswordChangeDateTime ? { passwordChangedAt: new Date(row.lastPasswordChangeDateTime) } : {}),
    ...(row.signInSessionsValidFromDateTime ? { sessionsValidFromAt: new Date(row.signInSessionsValidFromDateTime) } : {}),
  };
}
