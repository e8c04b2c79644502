import type { ConfigurationChange } from '../configuration.ts';
import type { PersonRef, Role } from '../people.ts';

/** A sign-in in one normal form, whichever feed brought it. */
export interface SignInEvent {
  readonly tenantId: string;
  /** Object id of the account in its tenant, lower case. */
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
  /** Conditional Access policies that were applied, each with its result. */
  readonly policies?: readonly { readonly name: string; readonly result: string }[];
}

export type Feed = 'azure-monitor' | 'graph-sign-ins';

export type AlertSeverity = 'critical' | 'high';

/** What happened. Everything but a sign-in is told by one of our own words. */
export type AlertCause =
  | { readonly kind: 'sign-in'; readonly event: SignInEvent; readonly feeds: readonly Feed[]; readonly registered: boolean }
  | { readonly kind: 'request-failed'; readonly requestId: string; readonly words: string }
  | { readonly kind: 'part-expired'; readonly partNumber: number; readonly custodian: string }
  | { readonly kind: 'unreadable-signal'; readonly feed: Feed; readonly words: string }
  | { readonly kind: 'roster-changed'; readonly role: Role; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: 'configuration-changed'; readonly changes: readonly ConfigurationChange[] }
  | { readonly kind: 'feed-failing'; readonly feed: Feed; readonly words: string };

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
  readonly state: 'open' | 'acknowledged';
  readonly revision: number;
  readonly raisedAt: Date;
  /** 0 when raised; 1, 2, 3 after 5, 15 and 30 minutes without an acknowledgement. */
  readonly escalation: number;
  readonly acknowledgedAt?: Date;
  readonly acknowledgedBy?: PersonRef;
}
