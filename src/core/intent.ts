import type { IssuedPass, RegisteredKey } from './account/types.ts';
import type { DirectoryChange } from './alert/change.ts';
import type { AlertCause, Classification, Feed, HowInHand, SignInEvent } from './alert/types.ts';
import type { AuditDays } from './audit/days.ts';
import type { ReportedStep } from './case/types.ts';
import type { Configuration } from './configuration.ts';
import type { Announced } from './drill/run.ts';
import type { PersonRef, Role } from './people.ts';
import type { NamedPerson } from './request/named.ts';
import type { CreateForm, OpenFacts } from './request/open.ts';
import type { AccountFacts, AccountForm } from './request/openAccount.ts';
import type { ProvenDecision, SignedIn } from './request/proof.ts';
import type { ReplanFacts } from './request/replan.ts';
import type { HeldRights } from './request/rights.ts';
import type { StepFailure, StepId } from './request/types.ts';
import type { ValidationReport } from './validation/schedule.ts';

/** Everything that can be wanted. Each goes through the one door and leaves one audit entry, refused or not. */
export type Intent =
  /** A person submitted the create form. */
  | { readonly kind: 'open-request'; readonly form: CreateForm; readonly facts: OpenFacts }
  /** A person submitted the form that asks something of an account: rotate, disable, enable, retire, hand over. */
  | { readonly kind: 'open-account-request'; readonly form: AccountForm; readonly facts: AccountFacts }
  /** The requester submitted the form of a request that waits, changed; their card showed the plan with this digest. */
  | {
      readonly kind: 'edit-request';
      readonly requestId: string;
      readonly planDigest: string;
      readonly wanted:
        | { readonly form: CreateForm; readonly facts: OpenFacts }
        | { readonly accountForm: AccountForm; readonly accountFacts: AccountFacts };
    }
  /** A person pressed Approve, Deny, Withdraw or Try again on a card that showed the plan with this digest. */
  | { readonly kind: 'approve-request'; readonly requestId: string; readonly planDigest: string; readonly signedIn?: SignedIn }
  | {
      readonly kind: 'deny-request';
      readonly requestId: string;
      readonly planDigest: string;
      readonly reason: string;
      readonly signedIn?: SignedIn;
    }
  /** A person pressed Approve or Deny on a request that takes no decision without a second proof: they get a ticket to sign in with. */
  | { readonly kind: 'begin-proof'; readonly requestId: string; readonly wanted: ProvenDecision; readonly ticketHash: string }
  | { readonly kind: 'withdraw-request'; readonly requestId: string }
  | { readonly kind: 'retry-request'; readonly requestId: string }
  /** The expiry timer rang. */
  | { readonly kind: 'expire-request'; readonly requestId: string }
  /** Nobody tried a failed request again before its approvals were too old. Occurs when its timer rings. */
  | { readonly kind: 'undo-request'; readonly requestId: string }
  /** The worker took up an approved request; the approvers and what the plan is drawn up from were read fresh. */
  | {
      readonly kind: 'begin-run';
      readonly requestId: string;
      readonly eligible: readonly PersonRef[];
      readonly facts?: ReplanFacts;
      /** Those whom steps still to be done hand something to. */
      readonly custodians?: readonly NamedPerson[];
      /** What the identity that is to write holds of what the run still takes. */
      readonly rights?: HeldRights;
    }
  /** The worker could not read what it must know before it takes the lease; occurs at each try, refused as `nothing-to-do` while nothing is new. */
  | { readonly kind: 'cannot-begin'; readonly requestId: string; readonly code: string; readonly words: string }
  /**
   * A step begins. With the first one come the approvers as read after the lease was taken (AP-4). `again`: another step found that it does not
   * hold any more, so it is to be done again; nothing is sent for it yet.
   */
  | {
      readonly kind: 'begin-step';
      readonly requestId: string;
      readonly fence: number;
      readonly step: StepId;
      readonly eligible?: readonly PersonRef[];
      readonly again?: true;
    }
  /** A step is about to send another write than its first, of which its beginning tells. */
  | { readonly kind: 'note-write'; readonly requestId: string; readonly fence: number; readonly step: StepId }
  /**
   * A step is proven; `acts` is how often this run did it for certain, which is how often the tenant's audit log must tell of it, and `unsent` how
   * many of the writes it noted were not done. Absent: nobody knows.
   */
  | {
      readonly kind: 'finish-step';
      readonly requestId: string;
      readonly fence: number;
      readonly step: StepId;
      readonly evidence: string;
      readonly acts?: number;
      readonly unsent?: number;
    }
  /** A proven write should be in the tenant's audit log by now. */
  | { readonly kind: 'look-for-evidence'; readonly requestId: string; readonly step: StepId; readonly undo?: true }
  /** A run gives way, to be tried again, and so many of the writes it noted for its step were not done. */
  | { readonly kind: 'give-way'; readonly requestId: string; readonly fence: number; readonly step: StepId; readonly unsent: number }
  | {
      readonly kind: 'fail-run';
      readonly requestId: string;
      readonly fence: number;
      readonly failure: StepFailure;
      /** The step that ran, and how many of the writes it noted were not done. Absent: nobody knows. */
      readonly last?: { readonly step: StepId; readonly unsent: number };
    }
  | { readonly kind: 'finish-run'; readonly requestId: string; readonly fence: number }
  /** The worker found the new user and a feed that shows its sign-ins. */
  | { readonly kind: 'watch-account'; readonly requestId: string; readonly fence: number; readonly objectId: string; readonly feed: string }
  /** The worker is about to set this password; the parts are sealed already, and take the place of those before. */
  | { readonly kind: 'seal-parts'; readonly requestId: string; readonly fence: number; readonly sealed: readonly Uint8Array[] }
  /** The password is set that takes the place of keys: its parts are to be opened now. */
  | { readonly kind: 'hand-out-parts'; readonly requestId: string; readonly fence: number }
  /** The worker has a Temporary Access Pass for the custodian of this number; it is sealed already. */
  | {
      readonly kind: 'seal-pass';
      readonly requestId: string;
      readonly fence: number;
      readonly partNumber: number;
      readonly sealed: Uint8Array;
      readonly pass: Omit<IssuedPass, 'requestId'>;
      readonly expiresAt: Date;
    }
  /** The worker found the key that was registered with that pass. */
  | {
      readonly kind: 'record-key';
      readonly requestId: string;
      readonly fence: number;
      readonly partNumber: number;
      readonly key: RegisteredKey;
    }
  /** A run waits for a person, and gives way; `lookAt` is when it looks again by itself, `untilAt` how long they have. */
  | {
      readonly kind: 'park-run';
      readonly requestId: string;
      readonly fence: number;
      readonly step: StepId;
      readonly words: string;
      readonly lookAt?: Date;
      readonly untilAt?: Date;
    }
  /** What a parked run waits for has happened, or can happen no more. Occurs when its timer rings. */
  | { readonly kind: 'resume-run'; readonly requestId: string }
  /** The plan is carried out, or taken back: what follows for the account. */
  | { readonly kind: 'conclude-request'; readonly requestId: string }
  /**
   * A request that stopped goes on, or is taken back: what was alerted of that until then asks for nothing any more. What is alerted later
   * is of another failure, for this may ring late. `replaced`: it was given up, and another alert tells what of it stays.
   */
  | {
      readonly kind: 'request-in-hand';
      readonly requestId: string;
      readonly untilAt: Date;
      readonly how?: HowInHand;
      readonly replaced?: true;
    }
  | { readonly kind: 'reveal-part'; readonly accountId: string; readonly partNumber: number }
  | {
      readonly kind: 'store-part';
      readonly accountId: string;
      readonly partNumber: number;
      readonly location: string;
      readonly sealNumber: string;
    }
  | { readonly kind: 'expire-part'; readonly accountId: string; readonly partNumber: number }
  /** A person says that a part which was seen is gone. */
  | { readonly kind: 'lose-part'; readonly accountId: string; readonly partNumber: number }
  /** The timer rang of a part that was seen and not confirmed. Refused as `nothing-to-do` when it is known by now what became of it. */
  | { readonly kind: 'remind-custodian'; readonly accountId: string; readonly partNumber: number }
  /** A feed delivered a sign-in. Occurs again for repeats; only the first raises an alert. */
  | { readonly kind: 'sign-in-seen'; readonly event: SignInEvent; readonly feed: Feed; readonly receivedAt?: Date }
  /**
   * A feed delivered a change. Occurs for any change, and again for repeats; refused as `nothing-to-do` where it concerns nothing we look
   * after. `byChanger`: our own changer identity did it.
   */
  | { readonly kind: 'change-seen'; readonly change: DirectoryChange; readonly feed: Feed; readonly byChanger?: boolean }
  /**
   * A feed delivered what cannot be understood. Its bytes are kept as they came, and people are told (AL-5). Occurs again for repeats;
   * only the first of one `dedupe` counts. `apart`: it was understood, and is never folded.
   */
  | {
      readonly kind: 'signal-quarantined';
      readonly feed: Feed;
      readonly dedupe: string;
      readonly words: string;
      readonly bytes: Uint8Array;
      readonly tenantId?: string;
      readonly apart?: true;
    }
  /** Something else people must hear of. `dedupe` makes it once. */
  | {
      readonly kind: 'raise-alert';
      readonly dedupe: string;
      readonly tenantId?: string;
      readonly accountId?: string;
      readonly cause: AlertCause;
    }
  | { readonly kind: 'acknowledge-alert'; readonly alertId: string }
  | { readonly kind: 'escalate-alert'; readonly alertId: string }
  /** Attempts were folded into this alert: count them and show it. Occurs at a bounded rate. */
  | { readonly kind: 'recount-alert'; readonly alertId: string }
  /** An alert should be in the channel by now. Occurs once an alert; whether its card was confirmed is read then. */
  | { readonly kind: 'check-delivery'; readonly alertId: string }
  /** Something that lasts has begun, or is over, or something else has taken its place: one alert an outage. Refused as `nothing-to-do` when that is known. */
  | { readonly kind: 'condition-began'; readonly condition: string; readonly tenantId?: string; readonly cause: AlertCause }
  | { readonly kind: 'condition-ended'; readonly condition: string; readonly replaced?: true }
  /** A heartbeat is due. Neither it nor its arrival is in the audit log; that it stays away is (`condition-began`). */
  | { readonly kind: 'beat' }
  /** A person said what a use was. Real use and misuse go into the open case of the account, or open one. */
  | { readonly kind: 'classify-alert'; readonly alertId: string; readonly as: Classification }
  /** A day after it was acknowledged nobody has said yet what a use was. */
  | { readonly kind: 'ask-classification'; readonly alertId: string }
  /** A person reported a step of a case as done; `words` say where logs are kept, or what the review found. */
  | { readonly kind: 'report-case-step'; readonly caseId: string; readonly step: ReportedStep; readonly words: string }
  /** A credential may have been replaced, or a deadline of the case passed. */
  | { readonly kind: 'look-at-case'; readonly caseId: string }
  /** The holders of a role were read, completely. Occurs at start and on schedule; refused as `nothing-to-do` when nobody came or went. */
  | { readonly kind: 'roster-read'; readonly role: Role; readonly holders: readonly PersonRef[] }
  /** The process started with these settings. Refused as `nothing-to-do` when they are those of the last start. */
  | { readonly kind: 'configuration-read'; readonly configuration: Configuration }
  /** A person announced a drill of an account, or ended one. */
  | { readonly kind: 'start-drill'; readonly accountId: string; readonly announced: Announced }
  | { readonly kind: 'stop-drill'; readonly drillId: string }
  /** Something of a drill may have come further, or its window is over. Refused as `nothing-to-do` when it is over already. */
  | { readonly kind: 'look-at-drill'; readonly drillId: string }
  /** A drill is over: what it came to stands with the account from now on. */
  | { readonly kind: 'conclude-drill'; readonly accountId: string; readonly drillId: string }
  | { readonly kind: 'remind-validation'; readonly accountId: string }
  /** A person pressed Runbook card: they get a link, whose ticket has this hash. */
  | { readonly kind: 'begin-runbook'; readonly accountId: string; readonly ticketHash: string }
  /** The link was opened, or the operator asks at the machine: the card is printed and remembered. */
  | { readonly kind: 'issue-runbook'; readonly accountId: string; readonly ticketHash?: string }
  /** The timer rang that a change set which made the printed card untrue. */
  | { readonly kind: 'remind-runbook'; readonly accountId: string }
  /** An auditor pressed Export: they get a link, whose ticket has this hash. */
  | { readonly kind: 'begin-audit-export'; readonly days: AuditDays; readonly ticketHash: string }
  /** The link was opened, or the operator asks at the machine: the audit log is exported. This entry is the last of the export. */
  | { readonly kind: 'export-audit'; readonly ticketHash: string }
  | { readonly kind: 'export-audit'; readonly days: AuditDays }
  | { readonly kind: 'complete-validation'; readonly accountId: string; readonly report: ValidationReport };

/** What an intent is about, for the audit log. */
export function subjectOf(intent: Intent): string {
  if ('requestId' in intent) return `request:${intent.requestId}`;
  if ('caseId' in intent) return `case:${intent.caseId}`;
  if ('alertId' in intent) return `alert:${intent.alertId}`;
  if ('drillId' in intent) return `drill:${intent.drillId}`;
  if ('accountId' in intent && intent.accountId !== undefined) return `account:${intent.accountId}`;
  if (intent.kind === 'begin-audit-export' || intent.kind === 'export-audit') return 'audit';
  if (intent.kind === 'configuration-read') return 'configuration';
  if (intent.kind === 'roster-read') return `role:${intent.role}`;
  if (intent.kind === 'open-request') return `tenant:${intent.form.tenantId}`;
  if (intent.kind === 'open-account-request') return `account:${intent.form.accountId}`;
  if (intent.kind === 'sign-in-seen') return `user:${intent.event.userId}`;
  if (intent.kind === 'change-seen') return `tenant:${intent.change.tenantId}`;
  return 'tenantId' in intent && intent.tenantId !== undefined ? `tenant:${intent.tenantId}` : 'breakglass';
}
