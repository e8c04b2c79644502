import type { TenantInfo } from '../app/ports.ts';
import type { AccountSnapshot, TenantSnapshot } from '../core/posture/snapshot.ts';
import { GLOBAL_ADMINISTRATOR } from '../core/request/plan.ts';
import type { CloudFeature } from '../core/tenant/cloud.ts';
import { batched } from './batch.ts';
import { type Graph, id, quoted } from './client.ts';
import type { GraphReads } from './reads.ts';
import { type MethodRow, methodFrom } from './rows/methods.ts';
import { type MethodConfigurationRow, methodConfigurationFrom, type PolicyRow, policyFrom } from './rows/policies.ts';
import {
  type DomainRow,
  domainFrom,
  licencesFrom,
  type OrganizationRow,
  organizationFrom,
  type RoleAssignmentRow,
  type RoleScheduleRow,
  roleAssignmentFrom,
  roleScheduleFrom,
  type SkuRow,
} from './rows/tenant.ts';
import {
  GROUP_SELECT,
  type GroupRow,
  groupFrom,
  lastSignInFrom,
  type ObjectRow,
  objectFrom,
  type RegistrationRow,
  registrationFrom,
  type SignInActivityRow,
  USER_SELECT,
  type UserRow,
  userFrom,
} from './rows/users.ts';
import { lower, type Maybe, needed } from './rows/values.ts';
import { partOf, partUnless } from './unreadable.ts';

/** The tenant as far as its snapshot needs to know it beforehand. */
export type SnapshotTenant = Pick<TenantInfo, 'id' | 'kind' | 'initialDomain' | 'exclusionGroupId'>;

/**
 * Everything posture is judged by, in as few round trips as there are pages and batches of twenty (docs/graph-budget.md). Each part stands for
 * itself: what one is refused, the others still have.
 *
 * @param objectIds the tenant's emergency access accounts
 * @param readAt the instant the snapshot will bear
 * @param lacks what this cloud's Graph does not have
 */
export async function readSnapshot(
  whole: Graph,
  tenant: SnapshotTenant,
  objectIds: readonly string[],
  readAt: Date,
  lacks: ReadonlySet<CloudFeature>,
): Promise<TenantSnapshot> {
  const graph = batched(whole); // everything below is asked for in one turn, so it travels together
  const { id: tenantId, kind, initialDomain, exclusionGroupId } = tenant;
  return {
    ...{ tenantId, kind, initialDomain, exclusionGroupId, readAt },
    ...(await together({
      ...tenantParts(graph),
      ...policyParts(graph, lacks),
      ...groupParts(graph, exclusionGroupId),
      ...roleParts(graph),
      accounts: Promise.all(objectIds.map((objectId) => accountOf(graph, objectId, lacks))),
    })),
  };
}

const tenantParts = (graph: GraphReads) => ({
  organization: partOf(
    graph
      .list<OrganizationRow>('/organization?$select=id,displayName,tenantType,onPremisesSyncEnabled,createdDateTime')
      .then(([row]) => organizationFrom(row)),
  ),
  licences: partOf(graph.list<SkuRow>('/subscribedSkus?$select=id,capabilityStatus,servicePlans').then(licencesFrom)),
  domains: partOf(
    each(graph.list<DomainRow>('/domains?$select=id,isInitial,isVerified,authenticationType,passwordValidityPeriodInDays'), domainFrom),
  ),
  restrictedUnits: partOf(
    each(
      graph.list<ObjectRow>('/directory/administrativeUnits?$filter=isMemberManagementRestricted eq true&$select=id,displayName'),
      (row) => ({ id: lower(row.id), displayName: row.displayName ?? '' }),
    ),
  ),
});

const policyParts = (graph: GraphReads, lacks: ReadonlySet<CloudFeature>) => ({
  securityDefaults: partOf(
    graph
      .get<{ isEnabled?: Maybe<boolean> }>('/policies/identitySecurityDefaultsEnforcementPolicy')
      .then(({ isEnabled }) => ({ enabled: needed(isEnabled, 'whether security defaults are on') })),
  ),
  authorizationPolicy: partOf(
    graph
      .get<{ allowedToUseSSPR?: Maybe<boolean> }>('/policies/authorizationPolicy')
      .then(({ allowedToUseSSPR: may }) => ({ administratorsMayResetOwnPassword: needed(may, 'who may reset their own password') })),
  ),
  authenticationMethodsPolicy: partUnless(lacks.has('authentication-methods'), () =>
    graph
      .get<{ authenticationMethodConfigurations?: Maybe<MethodConfigurationRow[]> }>('/policies/authenticationMethodsPolicy')
      .then((policy) => needed(policy.authenticationMethodConfigurations, 'the methods of a policy').map(methodConfigurationFrom)),
  ),
  policies: partOf(each(graph.list<PolicyRow>('/identity/conditionalAccess/policies'), policyFrom)),
  administrators: partUnless(lacks.has('authentication-methods'), () =>
    each(graph.list<RegistrationRow>('/reports/authenticationMethods/userRegistrationDetails?$filter=isAdmin eq true'), registrationFrom),
  ),
});

const groupParts = (graph: GraphReads, groupId: string) => ({
  exclusionGroup: partOf(graph.find<GroupRow>(`/groups/${id(groupId)}?$select=${GROUP_SELECT}`).then((row) => row && groupFrom(row))),
  exclusionGroupMembers: partOf(
    each(graph.list<ObjectRow>(`/groups/${id(groupId)}/transitiveMembers?$select=id,displayName&$top=999`), objectFrom),
  ),
  exclusionGroupOwners: partOf(each(graph.list<ObjectRow>(`/groups/${id(groupId)}/owners?$select=id,displayName`), objectFrom)),
});

const roleParts = (graph: GraphReads) => ({
  globalAdministrators: partOf(
    each(
      graph.list<RoleAssignmentRow>(
        `/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq ${quoted(GLOBAL_ADMINISTRATOR.templateId)}`,
      ),
      roleAssignmentFrom,
    ),
  ),
  assignmentSchedules: partOf(
    each(
      graph.list<RoleScheduleRow>(
        `/roleManagement/directory/roleAssignmentScheduleInstances?$filter=roleDefinitionId eq ${quoted(GLOBAL_ADMINISTRATOR.templateId)}`,
      ),
      roleScheduleFrom,
    ),
  ),
  eligibilitySchedules: partOf(
    each(
      graph.list<RoleScheduleRow>(
        `/roleManagement/directory/roleEligibilityScheduleInstances?$filter=roleDefinitionId eq ${quoted(GLOBAL_ADMINISTRATOR.templateId)}`,
      ),
      roleScheduleFrom,
    ),
  ),
});

async function accountOf(graph: GraphReads, objectId: string, lacks: ReadonlySet<CloudFeature>): Promise<AccountSnapshot> {
  const found = await together({
    user: partOf(graph.find<UserRow>(`/users/${id(objectId)}?$select=${USER_SELECT}`).then((row) => row && userFrom(row))),
    methods: partUnless(lacks.has('authentication-methods'), () =>
      each(graph.list<MethodRow>(`/users/${id(objectId)}/authentication/methods`), methodFrom),
    ),
    memberOf: partOf(each(graph.list<ObjectRow>(`/users/${id(objectId)}/transitiveMemberOf?$select=id,displayName&$top=999`), objectFrom)),
    // By itself: where the licence is missing, a question for this property is refused as a whole (graph facts, section 3).
    lastSignIn: partOf(
      graph.get<{ signInActivity?: Maybe<SignInActivityRow> }>(`/users/${id(objectId)}?$select=id,signInActivity`).then(lastSignInFrom),
    ),
  });
  return { objectId: lower(objectId), ...found };
}

const each = async <R, T>(rows: Promise<R[]>, from: (row: R) => T): Promise<T[]> => (await rows).map(from);

/** All of them at once, each under its name. */
async function together<T extends Readonly<Record<string, Promise<unknown>>>>(parts: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const found = await Promise.all(Object.entries(parts).map(async ([name, part]) => [name, await part] as const));
  return Object.fromEntries(found) as { [K in keyof T]: Awaited<T[K]> };
}
