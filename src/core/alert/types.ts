import type { AuditFlaw } from '../audit/judgeRow.ts';
import type { ConfigurationChange } from '../configuration.ts';
import type { Hop, LegId } from '../drill/types.ts';
import type { MonitorDifference } from '../monitors/difference.ts';
import type { PersonRef, Role } from '../people.ts';
import type { HalfWay } from '../request/stays.ts';
import type { ChangeConcern, ChangeOrigin, DirectoryChange } from './change.ts';

/** Who signs in, and whether anybody was there. */
export type SignInKind = 'interactive' | 'non-interactive' | 'service-principal' | 'managed-identity';

/** A sign-in in one normal form, whichever feed brought it. */
export interface SignInEvent {
  readonly tenantId: string;
  /** Object id of the account in its tenant, or of the service principal, lower case. */
  readonly userId: string;
  readonly userPrincipalName?: string;
  readonly signedInAt: Date;
  readonly correlationId: string;
  /** The log row's own id, where the feed has one: two rows are two attempts, even in one flow with one result. */
  readonly rowId?: string;
  /** Entra's code; 0 is a success (domain.md 5.1). */
  readonly errorCode: number;
  readonly ipAddress?: string;
  readonly place?: string;
  readonly app?: string;
  readonly client?: string;
  /** Left out where the feed does not tell. */
  readonly kind?: SignInKind;
  /** Conditional Access policies that were applied, each with its result. */
  readonly policies?: readonly { readonly name: string; readonly result: string }[];
}

export const FEEDS = ['azure-monitor', 'sentinel', 'event-hub', 'graph-sign-ins', 'graph-directory-audits'] as const;
export type Feed = (typeof FEEDS)[number];

/** `low`: shown, and nobody is asked to do anything. */
export type AlertSeverity = 'critical' | 'high' | 'low';

/** What somebody holds of an account who is no custodian any more, and what replaces it. */
export interface Held {
  readonly name: string;
  readonly what: string;
  readonly account: string;
  /** `give-up`: it is being set up, and nothing can be asked of it before that is over. */
  readonly command: 'handover' | 'rotate' | 'give-up';
  /** The request that set it up. */
  readonly requestId: string;
}

/** What happened. Everything but a sign-in is told by one of our own words. */
export type AlertCause =
  | { readonly kind: 'sign-in'; readonly event: SignInEvent; readonly feeds: readonly Feed[]; readonly registered: boolean }
  | {
      readonly kind: 'directory-change';
      readonly change: DirectoryChange;
      readonly concern: ChangeConcern;
      readonly origin: ChangeOrigin;
      /** A policy that excluded an account does not any more. */
      readonly exclusionLost?: true;
      /** What the same request caused besides, in the order it was seen. */
      readonly more?: readonly { readonly activity: string; readonly at: Date; readonly on: string }[];
      readonly feeds: readonly Feed[];
    }
  /** `account`: its user principal name, as the plan has it. */
  | { readonly kind: 'request-failed'; readonly requestId: string; readonly account?: string; readonly words: string }
  /** A request that had stopped was given up, by somebody or because its time was over, and not all that it did is taken back. */
  | ({ readonly kind: 'ended-half-way'; readonly requestId: string; readonly by: 'person' | 'expiry' } & HalfWay)
  /** A new password was given up after it may have been set: nobody has it, and what these hold of one before opens nothing. */
  | {
      readonly kind: 'account-unusable';
      readonly requestId: string;
      readonly userPrincipalName: string;
      readonly custodians: readonly PersonRef[];
    }
  /** A write of ours that the tenant's audit log should tell of by now, and does not. */
  | {
      readonly kind: 'evidence-missing';
      readonly requestId: string;
      readonly step: string;
      /** As the log would have it. */
      readonly activity: string;
      readonly doneAt: Date;
    }
  /**
   * `key`: with the pass that expired nobody registered a security key. `awaitedBy`: the request that waits for the key; or for the part of a
   * password that is to take the place of keys, which open the account until every part is stored.
   */
  | {
      readonly kind: 'part-expired';
      readonly partNumber: number;
      readonly custodian: string;
      readonly key?: true;
      readonly awaitedBy?: string;
    }
  /** The same; `key`: a pass to register a key with. `saidBy`: its custodian, or an owner who says so for them. */
  | {
      readonly kind: 'part-lost';
      readonly partNumber: number;
      readonly custodian: string;
      readonly saidBy: string;
      readonly key?: true;
      readonly awaitedBy?: string;
    }
  /** `quarantineId`: under which its bytes are kept. `apart`: it could be read, and has a card of its own whatever else could not be. */
  | {
      readonly kind: 'unreadable-signal';
      readonly feed: Feed;
      readonly words: string;
      readonly quarantineId?: string;
      readonly apart?: true;
    }
  | {
      readonly kind: 'roster-changed';
      readonly role: Role;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      /** What those who were removed still hold. */
      readonly custody?: readonly Held[];
    }
  | { readonly kind: 'configuration-changed'; readonly changes: readonly ConfigurationChange[] }
  | { readonly kind: 'feed-failing'; readonly feed: Feed; readonly words: string }
  /** A feed is expected to be heard every `everySeconds`, and was not for two of these. `words`: why, where the last read said so. */
  | { readonly kind: 'feed-silent'; readonly feed: Feed; readonly sinceAt: Date; readonly everySeconds: number; readonly words: string }
  /** Cards do not reach the channel: a heartbeat or an alert was not confirmed in time. */
  | { readonly kind: 'teams-unreachable'; readonly sinceAt: Date }
  /** What watches the accounts from Azure is not what was shipped, or cannot be read (SI-4). */
  | { readonly kind: 'monitors-differ'; readonly differences: readonly MonitorDifference[] }
  /** A drill showed that the way of an alert to people is broken, and where (SI-6). */
  | { readonly kind: 'drill-failed'; readonly drillId: string; readonly hop: Hop; readonly leg: LegId; readonly missing?: readonly Feed[] }
  /** Alerts go out without their audit entries, which are owed (AL-10). */
  | { readonly kind: 'audit-failing'; readonly owed: number }
  /** The audit log was computed from its rows, and something in it was changed or taken out (DA-1). */
  | { readonly kind: 'audit-changed'; readonly flaw: AuditFlaw };

/** Failed attempts on one account, or signals that could not be read, folded: exact, as of the last count. */
export interface Noise {
  readonly attempts: number;
  readonly addresses: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly feeds: readonly Feed[];
}

/** What a use of an account was, as the review after it says (domain.md P1). From the harmless to the grave. */
export const CLASSIFICATIONS = ['drill', 'real-use', 'misuse'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/**
 * `open` until somebody has seen it; `classified` once somebody has said what it was; `over` when it told of something that lasts, such as a
 * feed that is silent, and that has ended; `folded` when another alert's card counts it.
 */
export type AlertState = 'open' | 'acknowledged' | 'classified' | 'over' | 'folded';

/** A request that had stopped was tried again, or given up and is taken back, was taken back, or ended as it stood; or was denied. */
export type HowInHand = 'retried' | 'taking-back' | 'taken-back' | 'given-up' | 'denied';

/** What became of what an alert told of an account's credential. `gone`: the account is. `as-before`: what its request had made is taken back. */
export type HowMended = 'new-password' | 'new-keys' | 'gone' | 'as-before';

/** The request, still open, that gives the account another credential or ends it. */
export interface Asked {
  readonly requestId: string;
  readonly operation: 'rotate' | 'handover' | 'retire';
}

export interface Alert {
  readonly id: string;
  readonly severity: AlertSeverity;
  readonly cause: AlertCause;
  readonly tenantId?: string;
  readonly tenantName?: string;
  readonly accountId?: string;
  /** The account as people know it. */
  readonly account?: string;
  readonly owners: readonly PersonRef[];
  readonly state: AlertState;
  readonly revision: number;
  readonly raisedAt: Date;
  /** 0 when raised; 1, 2, 3 after 5, 15 and 30 minutes without an acknowledgement. */
  readonly escalation: number;
  readonly acknowledgedAt?: Date;
  readonly acknowledgedBy?: PersonRef;
  /** The alert whose card counts this one. */
  readonly foldedInto?: string;
  /** What is folded into this one. */
  readonly noise?: Noise;
  /** Since when it is over. */
  readonly overAt?: Date;
  /** It told of a request that had stopped: what became of that. */
  readonly inHand?: HowInHand;
  /** It told of an account that nothing opens: what is asked for already. */
  readonly asked?: Asked;
  /** The same, once it is over: by which request. */
  readonly mended?: { readonly how: HowMended; readonly requestId: string };
  /** It is over because another alert about the same has taken its place: nothing is well. */
  readonly replaced?: true;
  /** When it was said on the second path: by mail or a page. */
  readonly notifiedAt?: Date;
  readonly classified?: { readonly as: Classification; readonly by: PersonRef; readonly at: Date };
  /** The case in which the use is worked up, once it was real or misuse. */
  readonly caseId?: string;
  /** The drill that announced it. A label: the alert is raised, shown and escalated all the same (AL-7). */
  readonly drillId?: string;
}
