import type { EmergencyAccount } from '../account/types.ts';
import type { PersonRef } from '../people.ts';
import type { Repair } from '../posture/check.ts';
import { framed, holding, type PlanFrame } from './plan.ts';
import { enrolmentSteps, holdingKeys, passkeysOf } from './planKeys.ts';
import { planMend } from './planMend.ts';
import { GLOBAL_ADMINISTRATOR, passwordLength, planStep } from './planSteps.ts';
import { lasting } from './stays.ts';
import type {
  AccountPlan,
  KnownAccount,
  MendPlan,
  PlanStep,
  PolicyExclusion,
  RequestKind,
  RetirePlan,
  RotatePlan,
  SwitchPlan,
} from './types.ts';

/** What is asked of an account that exists. A `repair` is asked of a finding, not by name. */
export type AccountOperation = Exclude<RequestKind, 'create'>;
export const ACCOUNT_OPERATIONS: readonly AccountOperation[] = ['rotate', 'disable', 'enable', 'exclude', 'retire', 'handover'];

/** How the tenant shows the account at the instant of planning: the order of the writes depends on it. */
export interface ObservedAccount {
  readonly userPrincipalName: string;
  readonly enabled: boolean;
  /** It holds Global Administrator, directly and at `/`. */
  readonly privileged: boolean;
  readonly excluded: boolean;
  /** It is in the restricted management unit of the tenant's settings. */
  readonly restricted: boolean;
  /** Carries our marker and tag (GR-3). */
  readonly ours: boolean;
  /** Its password is not exempt from expiry. */
  readonly expires?: true;
}

export interface AccountPlanInput extends PlanFrame {
  readonly operation: AccountOperation;
  readonly account: EmergencyAccount;
  readonly observed: ObservedAccount;
  /** Who holds a part afterwards: for `rotate` and `handover`. */
  readonly custodians: readonly PersonRef[];
  readonly leaving?: PersonRef;
  /** Accounts of the tenant that stay, this one not counted. */
  readonly othersInTenant: number;
  /** For `exclude` and `repair`: what is to be changed. */
  readonly mend?: Mend;
  /** For `rotate` and `handover` of an account that is opened by passkeys: how long each pass opens. */
  readonly passMinutes?: number;
}

/** What posture found that a request is to mend, and the policies it needs as they were read. */
export interface Mend {
  readonly changes: readonly Repair[];
  readonly finding?: NonNullable<MendPlan['finding']>;
  readonly policies: readonly PolicyExclusion[];
}

/**
 * Draws up a plan for an account that exists, from what the tenant shows now. The same input always gives the same plan: before the first
 * write it is drawn up again, and runs only if it is still the one that was approved.
 */
export function planAccount(input: AccountPlanInput): AccountPlan {
  const plan = drawnUp(input);
  return { ...plan, irreversible: [...plan.irreversible, ...staysIfGivenUp(plan)] };
}

/** Whoever approves a plan approves its end half-way, too: what of it nothing takes back then. */
function staysIfGivenUp(plan: AccountPlan): string[] {
  const titles = lasting(plan).map(({ title }) => title);
  if (titles.length === 0) return [];
  const dead =
    plan.operation === 'rotate' || plan.operation === 'handover' ? plan.credential.kind === 'split-password' && !plan.replaces : false;
  return [
    titles.length > MOST_NAMED
      ? `${GIVEN_UP}, each of its steps that was done by then stays done.`
      : `${GIVEN_UP}, this stays as far as it was done by then: ${titles.join('; ')}.`,
    ...(dead ? ['Given up after the new password is set, nobody can use the account until a request sets another.'] : []),
  ];
}

const MOST_NAMED = 3;
/** With it begins what is told of the steps once more. */
export const GIVEN_UP = 'If it is given up half-way';

function drawnUp(input: AccountPlanInput): AccountPlan {
  switch (input.operation) {
    case 'rotate':
      if (input.passMinutes !== undefined && input.account.credential !== 'passkey') return planKeysInstead(input, input.passMinutes);
      if (input.passMinutes === undefined && input.account.credential === 'passkey') return planPasswordInstead(input);
      return input.account.credential === 'passkey' ? planKeyRotation(input, 'rotate') : planRotation(input, 'rotate');
    case 'handover':
      return input.account.credential === 'passkey' ? planKeyRotation(input, input.operation) : planRotation(input, input.operation);
    case 'disable':
    case 'enable':
      return planSwitch(input, input.operation);
    case 'retire':
      return planRetirement(input);
    case 'exclude':
    case 'repair':
      return planMend(input, input.operation);
  }
}

/** Who holds what stays as it is. */
export const heldAsBefore = ({ parts, credential }: EmergencyAccount): string[] =>
  parts.map(
    ({ custodian, number }) =>
      `${custodian.name}: ${credential === 'passkey' ? 'security key' : 'part'} ${number} of ${parts.length}, as before`,
  );

const role = { ...GLOBAL_ADMINISTRATOR, scope: '/' } as const;

export const known = ({ account, observed }: AccountPlanInput): KnownAccount => ({
  accountId: account.id,
  objectId: account.objectId,
  userPrincipalName: observed.userPrincipalName,
  displayName: account.displayName,
  marker: `breakglass:${account.requestId}`,
});

/** Around a change that the restricted unit would refuse: out, the change, in again. Nothing where the account is in none. */
export function unrestricted({ observed, tenant, account }: AccountPlanInput) {
  const unit = observed.restricted ? tenant.restrictedUnitId : undefined;
  return {
    out: unit === undefined ? [] : [planStep.leaveUnit(unit, account.objectId)],
    back: unit === undefined ? [] : [planStep.joinUnit(unit, account.objectId)],
    fields: unit === undefined ? {} : { restrictedUnitId: unit },
  };
}

/** Read back, a new credential must not expire: where somebody took the exemption away, the plan that makes one gives it back. */
const exempted = ({ observed, account }: AccountPlanInput): PlanStep[] =>
  observed.expires ? [planStep.neverExpire(account.objectId)] : [];

function planRotation(input: AccountPlanInput, operation: RotatePlan['operation']): RotatePlan {
  const { account, custodians, leaving } = input;
  const unit = unrestricted(input);
  return {
    ...framed(input),
    operation,
    account: known(input),
    owners: account.owners,
    credential: { kind: 'split-password', parts: custodians.length, length: passwordLength(custodians.length) },
    ...unit.fields,
    ...(leaving ? { leaving } : {}),
    custodians,
    holds: holding(custodians),
    irreversible: ['Every part of the old password is void from the moment the new one is set.'],
    steps: [
      ...unit.out,
      ...exempted(input),
      planStep.setCredential(custodians.length, account.objectId),
      planStep.revokeSessions(account.objectId),
      ...unit.back,
      planStep.verify(),
    ],
    // The old password cannot come back; the protection can.
    undo: unit.back,
  };
}

/** New keys for everybody, or at a handover for the one who takes over: whoever keeps a key has told nobody anything. */
function planKeyRotation(input: AccountPlanInput, operation: RotatePlan['operation']): RotatePlan {
  const { account, custodians, leaving, passMinutes = 0 } = input;
  const unit = unrestricted(input);
  const user = account.objectId;
  const changing = account.parts.filter(({ custodian }) => custodian.objectId === leaving?.objectId).map(({ number }) => number);
  const keys = passkeysOf(custodians, passMinutes, operation === 'handover' ? changing : undefined);
  return {
    ...framed(input),
    operation,
    account: known(input),
    owners: account.owners,
    credential: keys,
    ...unit.fields,
    ...(leaving ? { leaving } : {}),
    custodians,
    holds: holdingKeys(custodians),
    irreversible: ['A key that is taken off the account opens nothing any more, wherever it lies.'],
    steps: [
      ...unit.out,
      ...exempted(input),
      planStep.dropPassword(user),
      ...enrolmentSteps(keys, custodians, user),
      ...unit.back,
      planStep.verify(),
    ],
    // Out of the unit first, which would refuse it; and whoever signed in with a pass is signed out.
    undo: [...unit.out, planStep.withdrawKeys(user), planStep.revokeSessions(user), ...unit.back],
  };
}

/** Keys in place of a password. It opens the account until every key stands; then it goes, and after it whatever else there is. */
function planKeysInstead(input: AccountPlanInput, passMinutes: number): RotatePlan {
  const { account, custodians } = input;
  const unit = unrestricted(input);
  const user = account.objectId;
  const keys = passkeysOf(custodians, passMinutes);
  return {
    ...framed(input),
    operation: 'rotate',
    account: known(input),
    owners: account.owners,
    credential: keys,
    replaces: 'split-password',
    ...unit.fields,
    custodians,
    holds: holdingKeys(custodians),
    irreversible: [
      'Once every key stands the password is replaced by one that nobody keeps: each part of it opens nothing any more.',
      'Then every other sign-in method of the account is deleted, a security key that was registered before included.',
    ],
    steps: [
      ...unit.out,
      ...exempted(input),
      ...enrolmentSteps(keys, custodians, user, [planStep.dropPassword(user)]),
      ...unit.back,
      planStep.verify(),
    ],
    // The keys count where the password may be replaced, so it is made certain that it is: no part of it opens anything beside them.
    undo: [...unit.out, planStep.withdrawNewKeys(user), planStep.settlePassword(user), planStep.revokeSessions(user), ...unit.back],
  };
}

/** A password in place of keys. They open the account until every part of it is stored; then they go, with whatever else there is. */
function planPasswordInstead(input: AccountPlanInput): RotatePlan {
  const { account, custodians } = input;
  const unit = unrestricted(input);
  const user = account.objectId;
  return {
    ...framed(input),
    operation: 'rotate',
    account: known(input),
    owners: account.owners,
    credential: { kind: 'split-password', parts: custodians.length, length: passwordLength(custodians.length) },
    replaces: 'passkey',
    ...unit.fields,
    custodians,
    holds: holding(custodians),
    irreversible: [
      'Once every part is stored each security key is deleted from the account: it opens nothing any more, wherever it lies.',
      'A password alone opens no admin portal: a second factor must be registered before the account can be used there.',
    ],
    steps: [
      ...unit.out,
      ...exempted(input),
      planStep.setCredential(custodians.length, user),
      planStep.storeParts(custodians.length),
      planStep.removeKeys(user),
      planStep.revokeSessions(user),
      ...unit.back,
      planStep.verify(),
    ],
    undo: [...unit.out, planStep.withdrawPassword(user), planStep.revokeSessions(user), ...unit.back],
  };
}

function planSwitch(input: AccountPlanInput, operation: SwitchPlan['operation']): SwitchPlan {
  const { account } = input;
  const unit = unrestricted(input);
  const user = account.objectId;
  const enabling = operation === 'enable';
  return {
    ...framed(input),
    operation,
    account: known(input),
    owners: account.owners,
    role,
    ...unit.fields,
    ...(enabling ? {} : { accountsLeft: input.othersInTenant }),
    custodians: [],
    holds: heldAsBefore(account),
    irreversible: [],
    steps: enabling
      ? [...unit.out, planStep.watch(), planStep.enable(user), ...unit.back, planStep.verify()]
      : [...unit.out, planStep.disable(user), planStep.revokeSessions(user), ...unit.back, planStep.verify()],
    // Where it stopped after it was put back, the unit would refuse that too: out of it first.
    undo: enabling ? [...unit.out, planStep.disable(user), ...unit.back] : unit.back,
  };
}

function planRetirement(input: AccountPlanInput): RetirePlan {
  const { account, tenant, observed, othersInTenant } = input;
  const unit = unrestricted(input);
  const user = account.objectId;
  return {
    ...framed(input),
    operation: 'retire',
    account: known(input),
    owners: account.owners,
    role,
    exclusionGroupId: tenant.exclusionGroupId,
    ...unit.fields,
    accountsLeft: othersInTenant,
    custodians: [],
    holds: [account.credential === 'passkey' ? 'Nobody: every key may be wiped.' : 'Nobody: every part may be destroyed.'],
    irreversible: ['After 30 days in the recycle bin of Entra the user is gone for good.'],
    steps: [
      ...unit.out,
      // Rights first: whatever stops the run later leaves an account that can do nothing (design.md 6.9).
      ...(observed.privileged ? [planStep.removeRole(role, user)] : []),
      planStep.disable(user),
      planStep.revokeSessions(user),
      ...(observed.excluded ? [planStep.leaveGroup(tenant.exclusionGroupId, user)] : []),
      planStep.deleteUser(user),
      planStep.confirmGone(),
    ],
    undo: [],
  };
}
