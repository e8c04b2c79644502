import { TENANTS } from '../../../sandbox/world.ts';
import { read, type TenantSnapshot, type UserSnapshot } from '../../../src/core/posture/snapshot.ts';
import { GLOBAL_ADMINISTRATOR } from '../../../src/core/request/planSteps.ts';
import { aPolicy, goodSnapshot } from '../posture.ts';
import type { MemoryTenant, MemoryUser } from './memoryTenant.ts';

const UNIT = TENANTS.contoso.restrictedUnitId ?? '';

type Held = Pick<MemoryTenant, 'users' | 'members' | 'administrators' | 'unit' | 'policies'>;

/** What posture is judged by, of a tenant in memory: all that plans can mend is as it stands there, the rest is well. */
export function snapshotOf(held: Held, objectIds: readonly string[], readAt: Date): TenantSnapshot {
  const role = { roleTemplateId: GLOBAL_ADMINISTRATOR.templateId, scope: '/' };
  const administrators = [...held.administrators];
  return goodSnapshot({
    readAt,
    policies: read(
      [...held.policies].map(([id, { name, users }]) => aPolicy({ id, displayName: name }, users as ReturnType<typeof aPolicy>['users'])),
    ),
    exclusionGroupMembers: read([...held.members].map((id) => ({ id, type: 'user', displayName: id }))),
    globalAdministrators: read(administrators.map((principalId) => ({ id: `ra-${principalId}`, principalId, ...role }))),
    assignmentSchedules: read(
      administrators.map((principalId) => ({ principalId, ...role, assignmentType: 'Assigned', memberType: 'Direct' })),
    ),
    restrictedUnits: read([{ id: UNIT, displayName: 'Protected' }]),
    accounts: objectIds.map((objectId) => {
      const user = held.users.get(objectId);
      const sets = [
        ...(held.members.has(objectId) ? [{ id: TENANTS.contoso.exclusionGroupId, type: 'group' }] : []),
        ...(held.unit.has(objectId) ? [{ id: UNIT, type: 'administrativeUnit' }] : []),
      ];
      return {
        objectId,
        user: read(user && userOf(user, held.unit.has(objectId))),
        methods: read(user?.methods ?? []),
        memberOf: read(sets),
        lastSignIn: read({}),
      };
    }),
  });
}

const userOf = (user: MemoryUser, managementRestricted: boolean): UserSnapshot => ({
  objectId: user.objectId,
  userPrincipalName: user.userPrincipalName,
  displayName: 'EA',
  accountEnabled: user.enabled,
  userType: 'Member',
  identityTypes: ['userPrincipalName'],
  syncedFromOnPremises: false,
  passwordPolicies: user.passwordPolicies === '' ? [] : [user.passwordPolicies],
  usageLocation: 'NL',
  otherMails: [],
  businessPhones: [],
  licensed: false,
  managementRestricted,
  marker: user.marker,
});
