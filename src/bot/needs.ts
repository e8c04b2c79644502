import type { AuditCheck } from '../app/auditLog.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { PasskeysKnown } from '../app/openRequest.ts';
import type { People, Random, Reads, Tenants, Writes } from '../app/ports.ts';
import type { Rendered } from '../cards/render.ts';
import type { AuditDays } from '../core/audit/days.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { GuidanceProfile } from '../core/posture/profiles.ts';
import type { PostureReport } from '../core/posture/report.ts';
import type { Refusal } from '../core/refusal.ts';
import type { CreateForm, OpenFacts } from '../core/request/open.ts';
import type { AccountFacts, AccountForm } from '../core/request/openAccount.ts';
import type { Result } from '../core/result.ts';
import type { TenantReport } from '../core/tenant/report.ts';
import type { TokenCredential } from './credentials.ts';
import type { StatusFacts } from './status.ts';

/** Everything the bot is given. It knows no database, no Graph and no clock of its own. */
export interface BotNeeds {
  readonly door: Door;
  readonly store: Reads & Writes;
  readonly people: People;
  readonly tenants: Pick<Tenants, 'list' | 'info'>;
  readonly random: Pick<Random, 'id'>;
  /** The bot's channel identity; never the one that changes tenants (GR-6). */
  readonly credential: TokenCredential;
  readonly log: Log;
  /** Looks up what a create form needs: a read, nothing is decided. */
  openFacts(form: CreateForm, actor: Actor): Promise<Result<OpenFacts, Refusal>>;
  /** The same for a form on an account that exists. */
  accountFacts(form: AccountForm, actor: Actor): Promise<Result<AccountFacts, Refusal>>;
  /** Reads a tenant and judges it; nothing is decided. */
  posture(tenantId: string, profile: GuidanceProfile): Promise<PostureReport>;
  /** Asks a tenant what it can and cannot do; nothing is decided. */
  capabilities(tenantId: string): Promise<TenantReport>;
  /** Whether a tenant lets its accounts have passkeys, as far as that is known in the time a form may take; nothing is decided. */
  passkeys(tenantId: string): Promise<PasskeysKnown>;
  /** The same of whether its sign-ins can be read: without that nothing can be made in it. */
  watchable(tenantId: string): Promise<boolean | undefined>;
  /** Opens a sealed part. The caller zeroes the buffer. @returns refusal `part-unopenable` */
  openSealed(sealed: Uint8Array, partKey: string, custodianObjectId: string): Promise<Result<Buffer, Refusal>>;
  /** Computes the audit log from its rows; people hear of what is wrong with it. */
  checkAudit(days: AuditDays): Promise<AuditCheck>;
  status(): Promise<StatusFacts>;
  /** From when the decisions of an approver count who is too new; `undefined` where they do (ID-5). */
  decidesFrom(approver: PersonRef): Promise<Date | undefined>;
  /** How many minutes a drill is open unless its form says otherwise. */
  readonly drillMinutes?: number;
  /** Where the second proof is set up. */
  readonly proof?: ProofTickets;
  /** Where browsers can reach us. */
  readonly runbook?: LinkTickets;
  /** The same for exports of the audit log. */
  readonly audit?: LinkTickets;
}

/** Starts a second proof. */
export interface ProofTickets {
  readonly minutes: number;
  /** What the door knows the ticket by, and where its holder signs in. */
  ticket(): { readonly hash: string; readonly url: string };
}

/** Starts a one-time link. */
export interface LinkTickets {
  readonly minutes: number;
  /** What the door knows the ticket by, and where what it stands for is. */
  ticket(): { readonly hash: string; readonly url: string };
}

/** What a person gets back: a card, or a sentence where a card would say no more. */
export type Said =
  | {
      readonly kind: 'card';
      readonly rendered: Rendered;
      /** It is a form: replaced in the conversation when it was sent in. */
      readonly formId?: string;
    }
  | { readonly kind: 'text'; readonly text: string };

export const card = (rendered: Rendered): Said => ({ kind: 'card', rendered });
export const say = (text: string): Said => ({ kind: 'text', text });
