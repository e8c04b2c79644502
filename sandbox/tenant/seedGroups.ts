import { PEOPLE, ROLE_GROUPS, type SandboxTenant, TENANTS } from '../world.ts';
import type { GroupRow } from './records.ts';
import { seedGuid } from './seedGuid.ts';
import { administratorOf, furtherAdministrator, staffMember } from './seedUsers.ts';

interface GroupSeed {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly isAssignableToRole?: boolean;
  readonly memberIds: readonly string[];
  readonly ownerIds?: readonly string[];
  readonly more?: Partial<GroupRow['properties']>;
}

function groupRow(tenant: SandboxTenant, seed: GroupSeed): GroupRow {
  return {
    id: seed.id,
    tenantId: tenant.id,
    memberIds: seed.memberIds,
    ownerIds: seed.ownerIds ?? [],
    properties: {
      displayName: seed.displayName,
      description: seed.description,
      createdDateTime: '2024-02-05T08:00:00Z',
      renewedDateTime: '2024-02-05T08:00:00Z',
      groupTypes: [],
      isAssignableToRole: seed.isAssignableToRole ?? false,
      mailEnabled: false,
      mailNickname: seed.id.slice(0, 8),
      proxyAddresses: [],
      securityEnabled: true,
      visibility: seed.isAssignableToRole === true ? 'Private' : null,
      ...seed.more,
    },
  };
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** What any organisation has besides: departments, one within another, a dynamic group, a team. */
function ordinaryGroups(tenant: SandboxTenant): readonly GroupSeed[] {
  const staff = (from: number, to: number): readonly string[] => range(from, to).map((index) => staffMember(tenant, index));
  const payroll = seedGuid('group/payroll');
  return [
    { id: payroll, displayName: 'Payroll', description: 'Pays everybody.', memberIds: staff(8, 12) },
    {
      id: seedGuid('group/finance'),
      displayName: 'Finance',
      description: 'Finance department, payroll within it.',
      memberIds: [payroll, ...staff(0, 8)],
      ownerIds: staff(0, 1),
    },
    {
      id: seedGuid('group/all-staff'),
      displayName: 'All staff',
      description: 'Everybody who is a member; kept by rule.',
      memberIds: staff(0, 40),
      more: { groupTypes: ['DynamicMembership'], membershipRule: '(user.userType -eq "Member")', membershipRuleProcessingState: 'On' },
    },
    {
      id: seedGuid('group/it-team'),
      displayName: 'IT team',
      description: 'Microsoft 365 group of the IT department.',
      memberIds: [administratorOf(tenant).id, furtherAdministrator(tenant, 1), ...staff(12, 18)],
      ownerIds: [administratorOf(tenant).id],
      more: {
        groupTypes: ['Unified'],
        mailEnabled: true,
        mail: `it-team@${tenant.initialDomain}`,
        mailNickname: 'it-team',
        visibility: 'Private',
      },
    },
  ];
}

/** Groups a tenant starts with. */
export function seedGroupsOf(tenant: SandboxTenant): readonly GroupRow[] {
  const exclusion = groupRow(tenant, {
    id: tenant.exclusionGroupId,
    displayName: 'CA exclusion - emergency access',
    description: 'Emergency access accounts, excluded from Conditional Access. Static; change by approved request only.',
    // Role-assignable groups need P1: there, only privileged administrators may change who is excluded.
    isAssignableToRole: tenant.kind === 'workforce',
    memberIds: [],
  });
  if (tenant.id !== TENANTS.contoso.id) return [exclusion];
  const roleGroups = Object.entries(ROLE_GROUPS).map(([role, id]) =>
    groupRow(tenant, {
      id,
      displayName: `Breakglass ${role}s`,
      description: `Holds the role ${role} in Breakglass.`,
      memberIds: Object.values(PEOPLE)
        .filter((person) => person.tenantId === tenant.id && person.roles.some((held) => held === role))
        .map((person) => person.objectId),
      ownerIds: [administratorOf(tenant).id],
    }),
  );
  return [exclusion, ...roleGroups, ...ordinaryGroups(tenant).map((seed) => groupRow(tenant, seed))];
}
