import type { PersonRef } from '../people.ts';
import { enrolmentSteps, holdingKeys, passkeysOf } from './planKeys.ts';
import { GLOBAL_ADMINISTRATOR, NEW_USER, passwordLength, planStep } from './planSteps.ts';
import type { CreatePlan, PlanStep, PlanTenant } from './types.ts';

export { GLOBAL_ADMINISTRATOR, passwordLength } from './planSteps.ts';

/** A tenant with what plans need to know of it beside its name. */
export interface TenantOfPlan extends PlanTenant {
  readonly exclusionGroupId: string;
  readonly restrictedUnitId?: string;
}

/** What every plan is drawn up from. */
export interface PlanFrame {
  readonly requestId: string;
  readonly version: number;
  readonly tenant: TenantOfPlan;
  readonly requester: PersonRef;
  readonly reason: string;
  readonly quorum: number;
  readonly policyVersion: string;
  readonly expiresAt: Date;
}

/** What a plan for a new account is drawn up from; everything checked already. */
export interface CreatePlanInput extends PlanFrame {
  readonly userName: string;
  readonly displayName: string;
  readonly usageLocation: string;
  readonly custodians: readonly PersonRef[];
  readonly owners: readonly PersonRef[];
  /** The credential is a passkey for each custodian; their passes open this long. Without it a password in parts. */
  readonly passMinutes?: number;
}

/** The fields all plans share. */
export const framed = ({ requestId, version, tenant, requester, reason, quorum, policyVersion, expiresAt }: PlanFrame) =>
  ({
    format: 'breakglass.plan/1',
    requestId,
    version,
    tenant: { id: tenant.id, name: tenant.name, kind: tenant.kind, initialDomain: tenant.initialDomain },
    requester,
    reason,
    quorum,
    policyVersion,
    expires: expiresAt.toISOString(),
  }) as const;

/** Who holds which part afterwards. */
export const holding = (custodians: readonly PersonRef[]): string[] =>
  custodians.map(({ name }, index) => `${name}: part ${index + 1} of ${custodians.length}`);

/** Draws up the plan, every write in order and in full (design.md decision 12: no enabled privileged account is ever unwatched). */
export function planCreate(input: CreatePlanInput): CreatePlan {
  const { tenant, custodians } = input;
  const account = {
    userPrincipalName: `${input.userName}@${tenant.initialDomain}`,
    mailNickname: input.userName.replace(/[^A-Za-z0-9._-]/g, ''),
    displayName: input.displayName,
    usageLocation: input.usageLocation,
    marker: `breakglass:${input.requestId}`,
  };
  const role = { ...GLOBAL_ADMINISTRATOR, scope: '/' } as const;
  const unit = tenant.restrictedUnitId;
  const keys = input.passMinutes === undefined ? undefined : passkeysOf(custodians, input.passMinutes);
  return {
    ...framed(input),
    operation: 'create',
    account,
    credential: keys ?? { kind: 'split-password', parts: custodians.length, length: passwordLength(custodians.length) },
    role,
    exclusionGroupId: tenant.exclusionGroupId,
    ...(unit === undefined ? {} : { restrictedUnitId: unit }),
    custodians,
    owners: input.owners,
    holds: keys ? holdingKeys(custodians) : holding(custodians),
    irreversible: [],
    steps: [
      planStep.createUser(account),
      planStep.exclude(tenant.exclusionGroupId, NEW_USER),
      planStep.watch(),
      ...(keys
        ? // Keys are registered by signing in, so it is enabled first; the role comes when they stand and nothing else does (domain.md C6).
          [planStep.enable(NEW_USER), ...enrolmentSteps(keys, custodians, NEW_USER), planStep.assignRole(role, NEW_USER)]
        : passwordSteps(custodians.length, role)),
      // Last: inside the unit nobody could enable it any more (domain.md 2.3, T3).
      ...(unit === undefined ? [] : [planStep.joinUnit(unit, NEW_USER)]),
      planStep.verify(),
    ],
    undo: [
      ...(unit === undefined ? [] : [planStep.leaveUnit(unit, NEW_USER)]),
      planStep.removeRole(role, NEW_USER),
      planStep.disable(NEW_USER),
      planStep.leaveGroup(tenant.exclusionGroupId, NEW_USER),
      planStep.deleteUser(NEW_USER),
      planStep.confirmGone(),
    ],
  };
}

const passwordSteps = (parts: number, role: CreatePlan['role']): PlanStep[] => [
  planStep.setCredential(parts, NEW_USER),
  planStep.assignRole(role, NEW_USER),
  planStep.enable(NEW_USER),
];
