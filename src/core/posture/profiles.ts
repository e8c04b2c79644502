import type { PostureCheck } from './check.ts';
import * as account from './checks/account.ts';
import * as exclusion from './checks/exclusion.ts';
import * as group from './checks/group.ts';
import * as methods from './checks/methods.ts';
import { role } from './checks/role.ts';
import * as tenant from './checks/tenant.ts';

/**
 * A named and dated set of checks. The guidance changed three times in six years and contradicts itself (entra-docs#1373), so posture is
 * judged by one of its versions, and says which.
 */
export interface GuidanceProfile {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly checks: readonly PostureCheck[];
}

const EVERYWHERE: readonly PostureCheck[] = [
  account.enoughAccounts,
  account.accountExists,
  account.accountEnabled,
  account.memberAccount,
  account.cloudOnly,
  account.initialDomain,
  role,
  exclusion.inExclusionGroup,
  group.exclusionGroup,
  group.groupMembers,
  account.passwordLifetime,
  account.usageLocation,
  tenant.securityDefaults,
  tenant.selfServiceReset,
  tenant.restrictedUnit,
];

export const PROFILES: readonly [GuidanceProfile, ...GuidanceProfile[]] = [
  {
    id: 'ms-2026-06',
    title: 'Microsoft, manage emergency access accounts',
    date: '2026-06-04',
    checks: [
      ...EVERYWHERE,
      exclusion.policyExclusions,
      exclusion.managedPolicies,
      methods.phishingResistant,
      methods.twoKeys,
      methods.unrecordedKeys,
      methods.weakMethods,
    ],
  },
  {
    id: 'b2c-2024-09',
    title: 'Microsoft, emergency access accounts in Azure AD B2C',
    date: '2024-09-11',
    checks: [...EVERYWHERE, exclusion.oneOutsideAll, methods.unrecordedKeys],
  },
];

export const DEFAULT_PROFILE = PROFILES[0];
