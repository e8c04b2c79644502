import type { PersonRef } from '../people.ts';
import type { Proof } from './proof.ts';

/**
 * `pending → approved → applied`; or `denied`, `withdrawn`, `expired`; or `failed`, from which an explicit retry leads back to `approved`,
 * and giving up leads over `undoing` to `undone` where the plan says how to undo it, else to `withdrawn`. A plan that no longer holds leads
 * from `approved` back to `pending`, as a new version; one that cannot be done any more to `impossible`, and so does a failed run that
 * wrote nothing and was not tried again while the approvals held.
 */
export type RequestState =
  | 'pending'
  | 'approved'
  | 'applied'
  | 'failed'
  | 'undoing'
  | 'undone'
  | 'denied'
  | 'withdrawn'
  | 'expired'
  | 'impossible';

/** States in which a request still has something to come. */
export const OPEN_STATES: readonly RequestState[] = ['pending', 'approved', 'failed', 'undoing'];

/** Everything that can be asked for. */
export const REQUEST_KINDS = ['create', 'rotate', 'exclude', 'repair', 'disable', 'enable', 'retire', 'handover'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** What a step does; `jobs/steps` has one file for each family. */
export type StepKind =
  | 'create-user'
  | 'exclude'
  | 'watch'
  | 'leave-unit'
  | 'set-credential'
  | 'store-parts'
  | 'withdraw-password'
  | 'remove-keys'
  | 'drop-password'
  | 'issue-pass'
  | 'enrol'
  | 'tidy-methods'
  | 'withdraw-keys'
  | 'revoke-sessions'
  | 'assign-role'
  | 'enable'
  | 'join-unit'
  | 'remove-role'
  | 'disable'
  | 'leave-group'
  | 'delete-user'
  | 'confirm-gone'
  | 'exclude-policy'
  | 'never-expire'
  | 'remove-member'
  | 'remove-method'
  | 'verify';

/** A step within its plan: its kind, and after a colon what it is done to where a plan does it to several things. */
export type StepId = StepKind | `${StepKind}:${string}`;

/** One Graph write or check of a plan, in words with the call beside it. `<…>` in path or body stands for what only the run can know. */
export interface PlanStep {
  readonly id: StepId;
  readonly title: string;
  /** `null`: this step reads or records, it writes nothing in the tenant. */
  readonly call: { readonly method: 'POST' | 'PATCH' | 'DELETE'; readonly path: string; readonly body?: unknown } | null;
}

export interface PlanTenant {
  readonly id: string;
  readonly name: string;
  readonly kind: 'workforce' | 'b2c' | 'free';
  readonly initialDomain: string;
}

/** The account of a plan: what is to be created, or what is there already. */
export interface PlanAccount {
  readonly userPrincipalName: string;
  readonly displayName: string;
  /**
   * First half of what is written to the user as `onPremisesExtensionAttributes.extensionAttribute15`; the second is a tag only the worker
   * can make. Only what carries both is ours (GR-3): the request's id stands on a card, and anybody could plant a user with it.
   */
  readonly marker: string;
}
export interface NewAccount extends PlanAccount {
  readonly mailNickname: string;
  readonly usageLocation: string;
}
export interface KnownAccount extends PlanAccount {
  readonly accountId: string;
  readonly objectId: string;
}

export type PlanCredential = SplitPassword | Passkeys;
export interface SplitPassword {
  readonly kind: 'split-password';
  readonly parts: number;
  readonly length: number;
}
/** A device-bound key for each custodian, registered by them with a Temporary Access Pass. */
export interface Passkeys {
  readonly kind: 'passkey';
  readonly keys: number;
  /** How long each pass opens, within the tenant's policy as it was read. */
  readonly passMinutes: number;
  /** Numbers of the keys that are registered by this plan; the others stay as they are. */
  readonly enrols: readonly number[];
}
export interface PlanRole {
  readonly templateId: string;
  readonly name: string;
  readonly scope: '/';
}

/**
 * Everything an approval is for. Plain JSON (instants are ISO text) because its canonical form is hashed: people approve the digest,
 * and nothing runs but what hashes to it (AP-3). A secret never stands in a plan.
 */
interface PlanCommon {
  readonly format: 'breakglass.plan/1';
  readonly requestId: string;
  /** Rises with every edit, and when the tenant has changed so that the plan before no longer held. */
  readonly version: number;
  readonly tenant: PlanTenant;
  readonly requester: PersonRef;
  readonly reason: string;
  /** Who is handed a part by this plan. They do not decide on it (CR-3). */
  readonly custodians: readonly PersonRef[];
  readonly owners: readonly PersonRef[];
  /** Who holds what when the plan is carried out, in words a person can check. */
  readonly holds: readonly string[];
  /** What nothing can take back, in words. */
  readonly irreversible: readonly string[];
  readonly quorum: number;
  readonly policyVersion: string;
  readonly expires: string;
  readonly steps: readonly PlanStep[];
  /** What is done if the plan is given up half-way: rights first (GR-5). Empty: what was done stays. */
  readonly undo: readonly PlanStep[];
}
export interface CreatePlan extends PlanCommon {
  readonly operation: 'create';
  readonly account: NewAccount;
  readonly credential: PlanCredential;
  readonly role: PlanRole;
  readonly exclusionGroupId: string;
  /** Restricted management unit that protects the account, where the tenant has one (domain.md A23). */
  readonly restrictedUnitId?: string;
}
interface AccountPlanCommon extends PlanCommon {
  readonly account: KnownAccount;
  /** The account is in this restricted management unit: it is taken out for the change, and put back. */
  readonly restrictedUnitId?: string;
}
/** A new password in new hands. `handover` is the same because somebody leaves: what they have seen must open nothing. */
export interface RotatePlan extends AccountPlanCommon {
  readonly operation: 'rotate' | 'handover';
  readonly credential: PlanCredential;
  /** Whose part goes to somebody else. */
  readonly leaving?: PersonRef;
  /** The account was opened by this, and is opened by a credential of another kind afterwards. */
  readonly replaces?: 'split-password' | 'passkey';
}
export interface SwitchPlan extends AccountPlanCommon {
  readonly operation: 'disable' | 'enable';
  readonly role: PlanRole;
  /** `disable`: as of a retirement. */
  readonly accountsLeft?: number;
}
export interface RetirePlan extends AccountPlanCommon {
  readonly operation: 'retire';
  readonly role: PlanRole;
  readonly exclusionGroupId: string;
  /** Emergency access accounts the tenant has left afterwards. Fewer than two only where the request says so (design.md 6.9). */
  readonly accountsLeft: number;
}
/** A Conditional Access policy that is to exclude the exclusion group. */
export interface PolicyExclusion {
  readonly policyId: string;
  /** As the tenant calls it. */
  readonly name: string;
  /** `conditions.users` whole, with all eight fields as they were read: whether a PATCH merges or replaces them is not documented. */
  readonly before: PolicyUsers;
}
/** `conditions.users` of a policy, as Graph gives it. */
export type PolicyUsers = Readonly<Record<string, unknown>>;

/** What mends one finding of posture, or all that keeps an account from being excluded where it must be. */
export interface MendPlan extends AccountPlanCommon {
  readonly operation: 'exclude' | 'repair';
  readonly exclusionGroupId: string;
  /** `repair`: the finding as posture keys it, and what is wrong. */
  readonly finding?: { readonly key: string; readonly title: string; readonly about: string };
  readonly policies: readonly PolicyExclusion[];
  /** Policies that lack the group as well and did not fit: they need another request. */
  readonly policiesLeft: number;
  /** Members of the exclusion group that are not ours and are to go. */
  readonly foreign: readonly { readonly objectId: string; readonly type: string; readonly name: string }[];
  readonly role?: PlanRole;
}
export type AccountPlan = RotatePlan | SwitchPlan | RetirePlan | MendPlan;
export type Plan = CreatePlan | AccountPlan;

/** One row of the decision book. Rows are only ever added (AP-11). */
export interface DecisionRow {
  readonly kind: 'approve' | 'deny' | 'withdraw';
  readonly person: PersonRef;
  readonly planDigest: string;
  readonly at: Date;
  readonly reason?: string;
  readonly proof?: Proof;
}

/** A version of the plan that nobody can approve any more, and why: it stays in the record. */
export interface EarlierPlan {
  readonly version: number;
  readonly planDigest: string;
  readonly at: Date;
  readonly why: 'edited' | 'tenant-changed';
  /** What the next version says otherwise, in words. */
  readonly difference: readonly string[];
}

export interface StepProgress {
  readonly id: StepId;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly at?: Date;
  /** What the proof read back, in words. */
  readonly evidence?: string;
  /** While it waits for somebody: how long they have. */
  readonly untilAt?: Date;
}

/**
 * Whether a run ever sent a write that takes what opened the account before off it: other methods than the new keys, the password where keys
 * replace it, the keys where a password does. Told by the writes counted, not by the steps, which wait again after a later one failed, and
 * may have stopped before anything was sent.
 */
export function oldIsGone({ expected = [], plan }: Pick<ChangeRequest, 'expected' | 'plan'>): boolean {
  const takes = ['tidy-methods', ...(replacedBy(plan) === undefined ? [] : ['drop-password', 'remove-keys'])];
  return expected.some(({ step, undo, open, allowed }) => takes.includes(step) && !undo && (open > 0 || allowed > 0));
}

/** The kind of credential that the plan replaces by one of the other kind; `undefined` when it does nothing of that sort. */
export const replacedBy = (plan: Plan): RotatePlan['replaces'] => ('replaces' in plan ? plan.replaces : undefined);

/**
 * Whether it is certain that no run of it wrote anything in the tenant: none was begun, or all that was sent was refused. Of a request
 * whose writes were not kept it is never certain.
 */
export const wroteNothing = ({ begunAt, expected }: Pick<ChangeRequest, 'begunAt' | 'expected'>): boolean =>
  begunAt === undefined || (expected?.every(({ open, allowed, done }) => open + allowed + done === 0) ?? false);

/**
 * Whether its run has given way and waits for a person. The first step that is not done says so: it keeps what is waited for until it begins
 * again. One after it may still count as running, where it found that this one is to be done again.
 */
export function isParked({ state, steps }: Pick<ChangeRequest, 'state' | 'steps'>): boolean {
  const next = steps.find((row) => row.state !== 'done');
  return state === 'approved' && next?.state === 'waiting' && next.evidence !== undefined;
}

/** The step that waits for a person, of a run that has given way. */
export const parkedAt = ({ state, steps }: Pick<ChangeRequest, 'state' | 'steps'>): StepProgress | undefined =>
  isParked({ state, steps }) ? steps.find((row) => row.state === 'waiting' && row.evidence !== undefined) : undefined;

/** Whether the quorum stands and no step was ever begun: nothing stands in the tenant. */
export const isUntouched = ({ state, begunAt }: Pick<ChangeRequest, 'state' | 'begunAt'>): boolean =>
  state === 'approved' && begunAt === undefined;

/** What the tenant's audit log is expected to say of one step of a run: so many rows, from then on (`expected.ts`). */
export interface ExpectedWrite {
  readonly step: StepId;
  /** A step of the undoing. */
  readonly undo?: true;
  readonly fromAt: Date;
  /** Since when nothing more of it can come; absent while it is under way. */
  readonly untilAt?: Date;
  /** How many writes may have been sent since it was proven or stopped last, for all anybody knows. */
  readonly open: number;
  /** How many rows there may be, and how often it was done for certain. */
  readonly allowed: number;
  readonly done: number;
  /** Rows that came: of the write itself, and of what stands beside it. */
  readonly seen: number;
  readonly beside: number;
  /** When people were told that no row came. */
  readonly missedAt?: Date;
}

/** What a step is done to, where its plan does it to several things; empty otherwise. */
export const subjectOfStep = (id: StepId): string => id.slice(kindOfStep(id).length + 1);

export const kindOfStep = (id: StepId): StepKind => (id.split(':', 1)[0] ?? id) as StepKind;

/** Why a run stopped. `code` is a Graph error code or one of ours; `words` may be shown to people. */
export interface StepFailure {
  /** The step to be done again, and all after it. */
  readonly step: StepId;
  /** The step at which it stopped, where that is a later one: what it found is mended by going back. */
  readonly foundBy?: StepId;
  readonly code: string;
  readonly words: string;
  readonly reference: string;
}

export interface ChangeRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly state: RequestState;
  /** Rises by one with every change; cards remember which one they show. */
  readonly revision: number;
  readonly requester: PersonRef;
  readonly reason: string;
  readonly plan: Plan;
  readonly planDigest: string;
  /** The rule as it was when the request was opened; a later policy never eases it (AP-5). */
  readonly quorum: number;
  /** Every decision needs a second proof. Likewise as it was then: a later setting never takes it away. */
  readonly secondProof?: true;
  readonly decisions: readonly DecisionRow[];
  /** Everybody who was asked to decide, on whatever version: they hear how it ends. None of a request from before it was kept. */
  readonly asked?: readonly PersonRef[];
  /** Object ids of approvers who were no longer eligible when the run began: their rows stay in the record and do not count. */
  readonly annulled: readonly string[];
  readonly steps: readonly StepProgress[];
  /** Progress of `plan.undo`, once the request was given up half-way. */
  readonly undoSteps?: readonly StepProgress[];
  /** Who gave it up, or that its time was over; and when. */
  readonly givenUp?: { readonly by: PersonRef | 'expiry'; readonly at: Date };
  readonly earlier?: readonly EarlierPlan[];
  /** None of a request whose run began before they were kept: then its plan alone tells which writes are ours. */
  readonly expected?: readonly ExpectedWrite[];
  /** Fencing number of the run that may write (AP-9); 0 before the first. Rises with every lease that is given or ended. */
  readonly fence: number;
  /** When the first step began: from then on something may stand in the tenant, whatever the steps say. */
  readonly begunAt?: Date;
  readonly failure?: StepFailure;
  /** Its run cannot begin, because something it rests on cannot be read: since when, and what. Gone once a step begins. */
  readonly stalled?: { readonly sinceAt: Date; readonly code: string; readonly words: string };
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly closedAt?: Date;
  /** Id of the form it came from: a second submit of the same form finds this request. */
  readonly formId: string;
  /** Another request for this tenant was open when this one was asked: said on the card, so that nobody approves a repeat (AP-12). */
  readonly duplicateOf?: string;
}
