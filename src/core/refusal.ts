import type { WhyNoPasskeys } from './account/passkeyTerms.ts';
import type { AccountState } from './account/types.ts';
import type { Classification } from './alert/types.ts';
import type { CaseStepId } from './case/types.ts';
import type { DrillState } from './drill/types.ts';
import type { Role, StrangerReason } from './people.ts';
import type { WhyNothingToMend } from './request/mend.ts';
import type { RequestKind, RequestState } from './request/types.ts';

/** A field of a form and what is wrong with it. `cards/refusals.ts` words every problem. */
export interface FieldFault {
  readonly field: string;
  readonly problem:
    | 'missing'
    | 'too-long'
    | 'too-short'
    | 'illegal-character'
    | 'ends-with-dot'
    | 'unknown-tenant'
    | 'not-two-letters'
    | 'unknown-choice'
    | 'too-few'
    | 'too-many'
    | 'twice'
    | 'same-human'
    | 'not-custodian'
    | 'not-eligible'
    /** Somebody who was to keep their part is no custodian any more. */
    | 'has-left'
    | 'is-requester'
    | 'not-text'
    | 'not-in-range'
    | 'not-an-address'
    | 'not-reachable'
    /** The plan a form is for has changed since it was opened. */
    | 'overtaken'
    | WhyNoPasskeys;
  /** What the problem is about (a character, a name, a limit), as text a person may read. */
  readonly detail?: string;
}

/** Why an intent was not carried out. A value, never an exception; every code has words in `cards/refusals.ts`. */
export type Refusal =
  | {
      readonly code: 'not-found';
      readonly what: 'request' | 'account' | 'part' | 'alert' | 'case' | 'drill' | 'tenant' | 'form';
      /** What somebody typed for it, where no card said it. */
      readonly called?: string;
    }
  | { readonly code: 'stranger'; readonly why: StrangerReason }
  | { readonly code: 'missing-role'; readonly role: Role | 'owner' | 'reader' }
  | { readonly code: 'bad-form'; readonly faults: readonly FieldFault[] }
  | {
      readonly code: 'name-taken';
      readonly userPrincipalName: string;
      readonly where: 'directory' | 'deleted' | 'request';
      readonly id?: string;
    }
  | { readonly code: 'quorum-unreachable'; readonly need: number; readonly have: number }
  | { readonly code: 'tenant-unwatched'; readonly tenant: string }
  /** Nothing of that kind can be asked of the account as it stands. */
  | {
      readonly code: 'account-unsuitable';
      readonly operation: RequestKind;
      readonly why:
        | 'retired'
        | 'provisioning'
        | 'gone'
        | 'not-ours'
        | 'already-disabled'
        | 'already-enabled'
        | 'not-ready'
        | 'keys-need-enabled'
        | WhyNothingToMend;
    }
  /** `title`: what the open request asks; `same`: the very thing that is asked for now; `endsAt`: when a stopped one ends by itself. */
  | {
      readonly code: 'account-busy';
      readonly requestId: string;
      readonly title: string;
      readonly by: string;
      readonly own: boolean;
      readonly same: boolean;
      readonly endsAt?: Date;
    }
  | { readonly code: 'too-few-left'; readonly left: number }
  | { readonly code: 'cannot-check'; readonly what: string }
  | { readonly code: 'too-many-requests'; readonly limit: number }
  /** `from`: when there is room for one more. */
  | { readonly code: 'too-often'; readonly limit: number; readonly from: Date }
  | { readonly code: 'too-many-versions'; readonly limit: number }
  | { readonly code: 'closed'; readonly state: RequestState }
  /** New in the role: the change is known to everybody first (ID-5). */
  | { readonly code: 'cooling-down'; readonly until: Date }
  | { readonly code: 'own-request'; readonly otherAccount: boolean }
  | { readonly code: 'custodian-of-plan' }
  | { readonly code: 'plan-changed' }
  /** An edit that says what was said before. */
  | { readonly code: 'unchanged' }
  | { readonly code: 'already-decided' }
  /** The click alone does not count for this request: the person has to sign in for it (AU-9). */
  | { readonly code: 'proof-needed' }
  | { readonly code: 'proof-invalid'; readonly why: 'used' | 'expired' | 'other-person' | 'other-decision' }
  | { readonly code: 'reason-missing' }
  | { readonly code: 'not-requester' }
  | { readonly code: 'not-failed'; readonly state: RequestState }
  | { readonly code: 'approvals-too-old'; readonly kind: RequestKind }
  | { readonly code: 'stale-lease' }
  | { readonly code: 'not-your-part'; readonly custodian: string }
  | { readonly code: 'part-not-ready' }
  | { readonly code: 'part-shown'; readonly at: Date }
  | { readonly code: 'part-not-shown' }
  | { readonly code: 'part-stored'; readonly at: Date }
  | { readonly code: 'part-expired' }
  | { readonly code: 'part-lost' }
  /** The key it is sealed under cannot be had. Nothing was shown, and nothing was used up. */
  | { readonly code: 'part-unopenable'; readonly why: 'away' | 'denied' | 'shut' }
  | { readonly code: 'already-acknowledged'; readonly by: string }
  /** Nobody used an account in what this alert tells. */
  | { readonly code: 'not-a-use' }
  | { readonly code: 'already-classified'; readonly as: Classification; readonly by: string }
  | { readonly code: 'case-closed' }
  | { readonly code: 'case-step-done'; readonly by: string }
  | { readonly code: 'case-steps-open'; readonly steps: readonly CaseStepId[] }
  /** Who used the account, or may have, does not sign its review. */
  | { readonly code: 'reviews-itself'; readonly why: 'classified' | 'custodian' }
  | {
      readonly code: 'no-runbook';
      readonly why: 'not-yours' | 'retired' | 'no-address' | 'in-channel' | 'link-used' | 'link-expired';
      readonly accountId: string;
    }
  | { readonly code: 'no-audit-export'; readonly why: 'no-address' | 'in-channel' | 'link-used' | 'link-expired' }
  /** An account that nobody could sign in with proves nothing. */
  | { readonly code: 'no-drill'; readonly why: Exclude<AccountState, 'in-service' | 'handover'> }
  | { readonly code: 'drill-running'; readonly drillId: string }
  | { readonly code: 'drill-over'; readonly state: Exclude<DrillState, 'running'> }
  | { readonly code: 'nothing-to-do' };
