import type { DomainSnapshot, OrganizationSnapshot, RoleAssignment, RoleSchedule } from '../../core/posture/snapshot.ts';
import { given, instant, lower, type Maybe, needed } from './values.ts';

export interface OrganizationRow {
  readonly displayName?: Maybe<string>;
  readonly tenantType?: Maybe<string>;
  readonly onPremisesSyncEnabled?: Maybe<boolean>;
  readonly createdDateTime?: Maybe<string>;
}

export function organizationFrom(found: OrganizationRow | undefined): OrganizationSnapshot {
  const row = needed(found, 'an organization');
  return {
    displayName: row.displayName ?? '',
    ...given('tenantType', row.tenantType),
    syncedFromOnPremises: row.onPremisesSyncEnabled === true,
    ...given('createdAt', instant(row.createdDateTime)),
  };
}

export interface SkuRow {
  readonly capabilityStatus?: Maybe<string>;
  readonly servicePlans?: Maybe<readonly { readonly servicePlanName?: Maybe<string>; readonly provisioningStatus?: Maybe<string> }[]>;
}

/** A subscription that has run out gives nothing; one in its grace period still does. P2 includes P1. */
export function licencesFrom(rows: readonly SkuRow[]): { readonly p1: boolean; readonly p2: boolean } {
  const alive = rows.filter(({ capabilityStatus }) => capabilityStatus === 'Enabled' || capabilityStatus === 'Warning');
  const plans = new Set(alive.flatMap(({ servicePlans }) => (servicePlans ?? []).map(({ servicePlanName }) => servicePlanName)));
  const p2 = plans.has('AAD_PREMIUM_P2');
  return { p1: p2 || plans.has('AAD_PREMIUM'), p2 };
}

export interface DomainRow {
  readonly id: string;
  readonly isInitial?: Maybe<boolean>;
  readonly isVerified?: Maybe<boolean>;
  readonly authenticationType?: Maybe<string>;
  readonly passwordValidityPeriodInDays?: Maybe<number>;
}

/** Days that mean never (graph facts, section 4). */
const NEVER = 2_147_483_647;

export const domainFrom = (row: DomainRow): DomainSnapshot => ({
  name: lower(row.id),
  initial: row.isInitial === true,
  verified: row.isVerified === true,
  federated: needed(row.authenticationType, 'how a domain authenticates') !== 'Managed',
  ...given('passwordValidity', row.passwordValidityPeriodInDays === NEVER ? ('never' as const) : row.passwordValidityPeriodInDays),
});

export interface RoleAssignmentRow {
  readonly id: string;
  readonly principalId?: Maybe<string>;
  readonly roleDefinitionId?: Maybe<string>;
  readonly directoryScopeId?: Maybe<string>;
}

export const roleAssignmentFrom = (row: RoleAssignmentRow): RoleAssignment => ({
  id: row.id,
  principalId: lower(needed(row.principalId, 'who holds a role')),
  roleTemplateId: lower(needed(row.roleDefinitionId, 'which role is held')),
  scope: needed(row.directoryScopeId, 'the scope of a role'),
});

export interface RoleScheduleRow extends RoleAssignmentRow {
  readonly assignmentType?: Maybe<string>;
  readonly memberType?: Maybe<string>;
  readonly startDateTime?: Maybe<string>;
  readonly endDateTime?: Maybe<string>;
}

export function roleScheduleFrom(row: RoleScheduleRow): RoleSchedule {
  const { principalId, roleTemplateId, scope } = roleAssignmentFrom(row);
  return {
    principalId,
    roleTemplateId,
    scope,
    ...given('assignmentType', row.assignmentType),
    memberType: row.memberType ?? 'Unknown',
    ...given('startAt', instant(row.startDateTime)),
    ...given('endAt', instant(row.endDateTime)),
  };
}
