import type { PersonRef } from '../people.ts';
import type { Proof } from './proof.ts';

/**
 * `pending → approved → applied`; or `denied`, `withdrawn`, `expired`; or `failed`, from which only an explicit retry leads back to
 * `approved`. The first four after `approved` are final.
 */
export type RequestState = 'pending' | 'approved' | 'applied' | 'failed' | 'denied' | 'withdrawn' | 'expired';

/** Everything that can be asked for. */
export const REQUEST_KINDS = ['create', 'rotate', 'exclude', 'repair', 'disable', 'enable', 'retire', 'handover'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export type StepId = 'create-user' | 'exclude' | 'watch' | 'set-credential' | 'assign-role' | 'enable' | 'verify';

/** One Graph write or check of a plan, in words with the call beside it. `<…>` in path or body stands for what only the run can know. */
export interface PlanStep {
  readonly id: StepId;
  readonly title: string;
  /** `null`: this step reads or records, it writes nothing in the tenant. */
  readonly call: { readonly method: 'POST' | 'PATCH'; readonly path: string; readonly body: unknown } | null;
}

/**
 * Everything an approval is for. Plain JSON (instants are ISO text) because its canonical form is hashed: people approve the digest,
 * and nothing runs but what hashes to it (AP-3). A secret never stands in a plan.
 */
export interface CreatePlan {
  readonly format: 'breakglass.plan/1';
  readonly operation: 'create';
  readonly requestId: string;
  readonly version: number;
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    readonly kind: 'workforce' | 'b2c' | 'free';
    readonly initialDomain: string;
  };
  readonly account: {
    readonly userPrincipalName: string;
    readonly mailNickname: string;
    readonly displayName: string;
    readonly usageLocation: string;
    /**
     * First half of what is written to the user as `onPremisesExtensionAttributes.extensionAttribute15`; the second is a tag only the worker
     * can make. Only what carries both is ours (GR-3): the request's id stands on a card, and anybody could plant a user with it.
     */
    readonly marker: string;
  };
  readonly credential: { readonly kind: 'split-password'; readonly parts: number; readonly length: number };
  readonly role: { readonly templateId: string; readonly name: string; readonly scope: '/' };
  readonly exclusionGroupId: string;
  readonly requester: PersonRef;
  readonly reason: string;
  readonly custodians: readonly PersonRef[];
  readonly owners: readonly PersonRef[];
  readonly quorum: number;
  readonly policyVersion: string;
  readonly expires: string;
  readonly steps: readonly PlanStep[];
}
export type Plan = CreatePlan;

/** One row of the decision book. Rows are only ever added (AP-11). */
export interface DecisionRow {
  readonly kind: 'approve' | 'deny' | 'withdraw';
  readonly person: PersonRef;
  readonly planDigest: string;
  readonly at: Date;
  readonly reason?: string;
  readonly proof?: Proof;
}

export interface StepProgress {
  readonly id: StepId;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly at?: Date;
  /** What the proof read back, in words. */
  readonly evidence?: string;
}

/** Why a run stopped. `code` is a Graph error code or one of ours; `words` may be shown to people. */
export interface StepFailure {
  readonly step: StepId;
  readonly code: string;
  readonly words: string;
  readonly reference: string;
}

export interface ChangeRequest {
  readonly id: string;
  readonly kind: 'create';
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
  /** Object ids of approvers who were no longer eligible when the run began: their rows stay in the record and do not count. */
  readonly annulled: readonly string[];
  readonly steps: readonly StepProgress[];
  /** Fencing number of the run that may write (AP-9); 0 before the first. Rises with every lease that is given or ended. */
  readonly fence: number;
  /** When the first step began: from then on something may stand in the tenant, whatever the steps say. */
  readonly begunAt?: Date;
  readonly failure?: StepFailure;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly closedAt?: Date;
  /** Id of the form it came from: a second submit of the same form finds this request. */
  readonly formId: string;
  /** Another request for this tenant was open when this one was asked: said on the card, so that nobody approves a repeat (AP-12). */
  readonly duplicateOf?: string;
}
