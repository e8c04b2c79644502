import type { RunbookTicket } from '../core/account/runbook.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { DirectoryChange } from '../core/alert/change.ts';
import type { Alert, AlertSeverity, Feed, Noise, SignInEvent } from '../core/alert/types.ts';
import type { AuditRow } from '../core/audit/judgeRow.ts';
import type { AuditTicket } from '../core/audit/ticket.ts';
import type { Replaced } from '../core/case/steps.ts';
import type { UseCase } from '../core/case/types.ts';
import type { Configuration } from '../core/configuration.ts';
import type { Drill } from '../core/drill/types.ts';
import type { Effect, Place, Subject } from '../core/effect.ts';
import type { Intent } from '../core/intent.ts';
import type { FoundMonitors } from '../core/monitors/found.ts';
import type { PersonRef, Role, StrangerReason } from '../core/people.ts';
import type { RemovableMethod } from '../core/posture/check.ts';
import type { AuthenticationMethod, MethodConfiguration, TenantSnapshot } from '../core/posture/snapshot.ts';
import type { Refusal } from '../core/refusal.ts';
import type { ProofTicket } from '../core/request/proof.ts';
import type { ChangeRequest, NewAccount, Plan, PolicyUsers, RequestKind } from '../core/request/types.ts';
import type { RosterEntry } from '../core/roster/roster.ts';
import type { TenantProbe } from '../core/tenant/probe.ts';
import type { Heartbeat } from '../core/watch/heartbeat.ts';

/** Things with a life, an id and a revision. Each is locked, decided on and saved as a whole. */
export interface Aggregates {
  readonly request: ChangeRequest;
  readonly account: EmergencyAccount;
  readonly alert: Alert;
  readonly case: UseCase;
  readonly drill: Drill;
}
export type Kind = keyof Aggregates;

export interface AuditRecord {
  readonly at: Date;
  readonly actorId: string;
  readonly intent: string;
  readonly subject: string;
  readonly refusal?: Refusal;
  /** What identifies the decision: a digest, a part number. Never a secret, never free text of a feed. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** How many entries the audit log has, and the root of its tree over them, base64. */
export interface AuditHead {
  readonly size: number;
  readonly root: string;
}

/** What a feed brought and could not be understood. `id` is that of the alert that tells of it. */
export interface Quarantined {
  readonly id: string;
  readonly at: Date;
  readonly feed: Feed;
  readonly tenantId?: string;
  /** What is wrong with it, in our own words. */
  readonly words: string;
  /** As they came, at most `QUARANTINE_BYTES`. */
  readonly bytes: Uint8Array;
}
export const QUARANTINE_BYTES = 64 * 1024;

/** A card that was posted, or is about to be. */
export interface PostedCard {
  readonly key: string;
  readonly subject: Subject;
  readonly variant: string;
  readonly place: Place;
  /** `owed`: not sent yet · `sending`: sent or not, unknown until the answer is stored (AL-2) · `sent`. */
  readonly state: 'owed' | 'sending' | 'sent';
  readonly conversationId?: string;
  readonly activityId?: string;
  /** Revision of the state it shows; an older one never covers a newer. */
  readonly shown: number;
  readonly urgent: boolean;
  readonly first: boolean;
  /** When Teams confirmed it. */
  readonly sentAt?: Date;
}

/** Where the bot can talk: as Teams handed it over when the bot was installed. */
export interface Conversation {
  readonly place: Place;
  readonly conversationId: string;
  /** Opaque to all but the channel: a stored conversation reference, without tokens. */
  readonly reference: unknown;
}

export interface DueTimer {
  readonly key: string;
  readonly intent: Intent;
}

/** Everything one transaction can see and change. Handed to `work` only, gone when it ends. */
export interface Transaction {
  /** The one clock that decides anything, read in the database (DA-6). */
  now(): Promise<Date>;
  /** Reads and locks; a second one waits here, then sees the first one's work. */
  lock<K extends Kind>(kind: K, id: string): Promise<Aggregates[K] | undefined>;
  insert<K extends Kind>(kind: K, value: Aggregates[K]): Promise<void>;
  /** @throws StoreFault when the stored revision is not the one `value` was made from */
  save<K extends Kind>(kind: K, value: Aggregates[K]): Promise<void>;
  requestOfForm(formId: string): Promise<ChangeRequest | undefined>;
  /** The open or applied request, or account, that claims a user principal name. */
  claimOfName(userPrincipalName: string): Promise<{ id: string } | undefined>;
  /** What somebody asks for is judged one after the other: waits until no other transaction has their turn, and has it until this one ends. */
  turnOf(personKey: string): Promise<void>;
  openRequestsBy(personKey: string): Promise<number>;
  /** When somebody opened each of their requests since an instant, and each earlier version of it. */
  requestsSince(personKey: string, since: Date): Promise<readonly Pick<ChangeRequest, 'openedAt' | 'earlier'>[]>;
  /** The newest request for a tenant that nobody has decided yet. */
  openRequestFor(tenantId: string): Promise<{ id: string } | undefined>;
  /** The request for an existing account that still has something to come. */
  openRequestOfAccount(accountId: string): Promise<ChangeRequest | undefined>;
  /** All accounts of a tenant on record. */
  accountsOf(tenantId: string): Promise<readonly EmergencyAccount[]>;
  accountOfRequest(requestId: string): Promise<EmergencyAccount | undefined>;
  /** Accounts on whose record one of these people stands, as whatever. */
  accountsNaming(objectIds: readonly string[]): Promise<EmergencyAccount[]>;
  accountOfUser(tenantId: string, objectId: string): Promise<EmergencyAccount | undefined>;
  /** The open case about an account; see `aboutOf`. */
  openCaseAbout(about: string): Promise<string | undefined>;
  openCaseOfName(tenantId: string, userPrincipalName: string): Promise<string | undefined>;
  /** The newest request that replaced or ended the account's credential and was carried out after that instant. */
  credentialReplaced(tenantId: string, userPrincipalName: string, since: Date): Promise<Replaced | undefined>;
  /** Drills of an account that a sign-in at that instant may belong to, newest first: those that began less than a day before. */
  drillsOf(accountId: string, at: Date): Promise<Drill[]>;
  /** The drills that run now. */
  runningDrills(): Promise<Drill[]>;
  /** Notes that a condition stands, and which alert tells of it; false when it stood before. */
  beginCondition(condition: string, alertId: string, now: Date): Promise<boolean>;
  /** @returns the alert that told of it, or nothing when it did not stand */
  endCondition(condition: string): Promise<string | undefined>;
  /**
   * The alert that takes up failed attempts with this key, and since when: the one given when none does, or when the one that did is no
   * longer open or its time is over.
   */
  joinFold(key: string, alertId: string, now: Date, until: Date): Promise<{ readonly leadId: string; readonly since: Date }>;
  countFold(leadId: string): Promise<Noise>;
  /** Alerts that nobody has acknowledged yet which say that this request stopped, or for whom it waits in vain, and were raised by then. */
  openFailures(requestId: string, until: Date): Promise<string[]>;
  /** Alerts about what opens an account that are not over, acknowledged or not, oldest first; see `ABOUT_CREDENTIALS`. */
  credentialAlerts(accountId: string): Promise<string[]>;
  /** Whether Teams confirmed this card. */
  isSent(cardKey: string): Promise<boolean>;
  /** Numbers the next heartbeat; nothing while the one before has not arrived. */
  nextHeartbeat(now: Date): Promise<number | undefined>;
  /** Claims a key once: `undefined` if it is ours now, else the id it was claimed for before. */
  claimOnce(key: string, id: string): Promise<string | undefined>;
  /** Requests of a tenant whose run has begun, newest first. */
  requestsBegun(tenantId: string): Promise<ChangeRequest[]>;
  /** Keeps what a feed brought and nobody could read; the oldest go when there are too many. */
  quarantine(kept: Quarantined): Promise<void>;
  putSealedParts(accountId: string, sealed: readonly Uint8Array[]): Promise<void>;
  putSealedPart(partKey: string, sealed: Uint8Array): Promise<void>;
  /** Reads a sealed part and destroys the row; a second call finds nothing. */
  takeSealedPart(partKey: string): Promise<Uint8Array | undefined>;
  /** Keeps a ticket for a second proof, and forgets those whose time is over. */
  putTicket(ticket: ProofTicket, now: Date): Promise<void>;
  /** Reads and locks a ticket; nothing when it was spent. */
  ticket(hash: string): Promise<ProofTicket | undefined>;
  /** The ticket is gone for good when the transaction is. */
  spendTicket(hash: string): Promise<void>;
  /** Keeps a ticket for a runbook card, and forgets those whose time is long over. */
  putRunbookTicket(ticket: RunbookTicket, now: Date): Promise<void>;
  /** Reads and locks a ticket; nothing when it was spent. */
  runbookTicket(hash: string): Promise<RunbookTicket | undefined>;
  spendRunbookTicket(hash: string): Promise<void>;
  /** The same three for a ticket for an export of the audit log. */
  putAuditTicket(ticket: AuditTicket, now: Date): Promise<void>;
  auditTicket(hash: string): Promise<AuditTicket | undefined>;
  spendAuditTicket(hash: string): Promise<void>;
  /** How many entries the audit log has of a time. Locks its head: until the commit none comes besides our own. */
  countAudit(within: { readonly since?: Date; readonly before?: Date }): Promise<number>;
  /** Who holds a role and since when; `undefined` when it was never read. */
  roster(role: Role, lock?: 'lock'): Promise<readonly RosterEntry[] | undefined>;
  saveRoster(role: Role, entries: readonly RosterEntry[]): Promise<void>;
  /** Settings of the last start, locked; `undefined` before the first. */
  lastConfiguration(): Promise<Configuration | undefined>;
  saveConfiguration(configuration: Configuration): Promise<void>;
  owe(effects: readonly Effect[]): Promise<void>;
  /** @returns the head of the log with this entry as its last */
  record(entry: AuditRecord): Promise<AuditHead>;
  /** The same, but an entry that cannot be written is kept as owed, and the transaction goes on. */
  recordOrOwe(entry: AuditRecord): Promise<'recorded' | 'owed'>;
}

/** Reads that decide nothing: for cards, lists, forms. */
export interface Reads {
  get<K extends Kind>(kind: K, id: string): Promise<Aggregates[K] | undefined>;
  requests(filter: { readonly open: boolean; readonly limit: number }): Promise<ChangeRequest[]>;
  /** The request for an existing account that still has something to come. */
  openRequestOfAccount(accountId: string): Promise<ChangeRequest | undefined>;
  accounts(limit: number): Promise<EmergencyAccount[]>;
  openAlerts(limit: number): Promise<Alert[]>;
  /** What could not be read, newest first, and how many there are in all. */
  quarantined(limit: number): Promise<{ readonly rows: readonly Quarantined[]; readonly total: number }>;
  /** Alerts that were acknowledged although somebody was in, and nobody has said yet what it was; newest first. */
  unclassifiedAlerts(limit: number): Promise<Alert[]>;
  openCases(limit: number): Promise<UseCase[]>;
  runningDrills(): Promise<Drill[]>;
  /** Names of the conditions that stand, and since when. */
  conditions(): Promise<ReadonlyMap<string, Date>>;
  /** Parts of what watches the accounts from Azure that could be read at some time. */
  seenInAzure(): Promise<ReadonlySet<string>>;
  heartbeat(): Promise<Heartbeat & { readonly activityId?: string; readonly conversationId?: string }>;
  watchedUsers(tenantId: string): Promise<string[]>;
  cardsOf(subject: Subject): Promise<PostedCard[]>;
  card(key: string): Promise<PostedCard | undefined>;
  conversation(place: Place): Promise<Conversation | undefined>;
  /** A sealed part as it lies there; to take it out is for the door. */
  sealedPart(partKey: string): Promise<Uint8Array | undefined>;
  auditHead(): Promise<AuditHead>;
  /** Entries in order, those after that number. */
  auditRows(after: number, limit: number): Promise<AuditRow[]>;
  backlog(): Promise<{ readonly jobs: number; readonly failedJobs: number; readonly timers: number; readonly nextTimerAt?: Date }>;
  feeds(): Promise<FeedState[]>;
  /** What is measured of all of it, as of one instant. */
  measures(): Promise<Measures>;
  /** Who holds a role and since when; `undefined` when it was never read. */
  roster(role: Role): Promise<readonly RosterEntry[] | undefined>;
  now(): Promise<Date>;
}

/** Counts and instants for whoever watches the installation; of everything, however much there is. */
export interface Measures {
  readonly at: Date;
  readonly feeds: readonly FeedState[];
  readonly openAlerts: { readonly [S in AlertSeverity]: number };
  readonly oldestOpenAlertAt?: Date;
  /** Uses that were acknowledged and that nobody has said yet what they were. */
  readonly unclassified: number;
  readonly openCases: number;
  readonly conditions: number;
  readonly jobs: number;
  readonly failedJobs: number;
  readonly timers: number;
  readonly heartbeatAt?: Date;
  readonly quarantined: number;
  readonly auditEntries: number;
  /** Accounts in use, by what their newest drill came to. */
  readonly accounts: { readonly [R in 'passed' | 'failed' | 'stopped' | 'none']: number };
}

export interface FeedState {
  readonly tenantId: string;
  readonly feed: Feed;
  readonly lastSuccessAt?: Date;
  /** Everything up to this instant was read; the next read overlaps it (AL-4). */
  readonly readUpTo?: Date;
  /** Instant of the newest row it brought. */
  readonly freshestAt?: Date;
  readonly failures: number;
  readonly lastError?: string;
}

/** Bookkeeping of what leaves the database; decides nothing in the domain. */
export interface Writes {
  remember(conversation: Conversation): Promise<void>;
  /** The send certainly did not happen: the next try is the first again, not a possible repeat. */
  markOwed(key: string): Promise<void>;
  markSending(key: string, conversationId: string): Promise<void>;
  markSent(key: string, conversationId: string, activityId: string, shown: number): Promise<void>;
  markShown(key: string, shown: number): Promise<void>;
  /**
   * Keys of cards with a conversation that are not sent although nothing has happened to them for two minutes (real time), in the order
   * they should be sent in. Each is handed out at most every two minutes, to one caller.
   */
  claimUnsent(limit: number): Promise<string[]>;
  feedRead(
    tenantId: string,
    feed: Feed,
    result: { readonly readUpTo?: Date; readonly freshestAt?: Date; readonly error?: string },
  ): Promise<FeedState>;
  /** Teams confirmed a heartbeat; its card stands there. */
  heartbeatArrived(number: number, card: { readonly conversationId: string; readonly activityId: string }): Promise<void>;
  /** These parts could be read: from now on it is expected of them. */
  sawInAzure(parts: readonly string[]): Promise<void>;
  /** Nothing is expected any more. */
  forgetSeenInAzure(): Promise<void>;
  /** Audit entries that alerts did not wait for. */
  auditOwed(): Promise<number>;
  /** Writes the oldest of them. @returns how many @throws StoreFault when they cannot be written */
  payAudit(limit: number): Promise<number>;
  /** A turn's activity id, once: false when it was handled before (AU-7). */
  firstSight(activityKey: string): Promise<boolean>;
}

/** Which process reads a partition of a stream. */
export interface PartitionOwner {
  readonly partition: string;
  /** Empty: given up. */
  readonly owner: string;
  /** Changes whenever it is claimed or renewed; who claims must know it. */
  readonly version: string;
  /** How long ago it was claimed or renewed, by the database's clock. */
  readonly ageMs: number;
}

/** The last event of a partition that was taken in. */
export interface PartitionPosition {
  readonly partition: string;
  readonly offset: string;
  readonly sequenceNumber: number;
}

/** Where the processes that read a stream together keep who reads what, and how far. */
export interface StreamLedger {
  owners(stream: string): Promise<PartitionOwner[]>;
  /** @param version of the ownership that is taken over or renewed; left out where there was none. @returns nothing when another was faster */
  claim(stream: string, partition: string, owner: string, version?: string): Promise<PartitionOwner | undefined>;
  positions(stream: string): Promise<PartitionPosition[]>;
  /** Never moves back: of two processes that read the same partition for a moment, the one behind changes nothing. */
  savePosition(stream: string, position: PartitionPosition): Promise<void>;
}

/** A feed that is listened to for as long as the worker runs. */
export interface Stream {
  start(): { stop(): Promise<void> };
}

export interface Store extends Reads, Writes {
  /** Runs `work` in one transaction, or joins the one it is called in. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Claims one timer that is due and runs `work` in the same transaction; false when none is due. */
  ringNextTimer(work: (timer: DueTimer) => Promise<void>): Promise<boolean>;
  close(): Promise<void>;
}

/** What is known of a person in the home tenant, read fresh. */
export type Lookup =
  | { readonly ok: true; readonly person: PersonRef; readonly roles: ReadonlySet<Role> }
  | { readonly ok: false; readonly why: StrangerReason; readonly name?: string };

export interface People {
  /** Fresh, effective and complete; any error is `look-up-failed` (ID-4). */
  lookUp(objectId: string): Promise<Lookup>;
  /** Everybody who holds a role now and may use it. @throws GraphFault when the answer is not complete */
  holders(role: Role): Promise<PersonRef[]>;
}

export interface TenantInfo {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly kind: Plan['tenant']['kind'];
  readonly initialDomain: string;
  readonly exclusionGroupId: string;
  /** Restricted management unit that protects the accounts, where the tenant has one. */
  readonly restrictedUnitId?: string;
}

/** What the tenant says of a user, as far as plans need it. */
export interface TenantUser {
  readonly objectId: string;
  readonly userPrincipalName: string;
  readonly accountEnabled: boolean;
  readonly marker?: string;
  readonly passwordPolicies?: string;
  readonly passwordChangedAt?: Date;
  /** Refresh tokens issued before this instant are void. */
  readonly sessionsValidFromAt?: Date;
}

/** Reads of one tenant. Errors are thrown as GraphFault. */
export interface TenantReader {
  userByName(userPrincipalName: string): Promise<TenantUser | undefined>;
  user(objectId: string): Promise<TenantUser | undefined>;
  deletedUserByName(userPrincipalName: string): Promise<boolean>;
  isMember(groupId: string, objectId: string): Promise<boolean>;
  /** Role template ids assigned directly at `/`. */
  roles(objectId: string): Promise<string[]>;
  /** Ids of the direct assignments of one role at `/`. */
  assignments(objectId: string, roleTemplateId: string): Promise<string[]>;
  /** Whether the user is a member of the administrative unit. */
  isInUnit(unitId: string, objectId: string): Promise<boolean>;
  /** A Conditional Access policy as far as its exclusions go. At most one such call a second and tenant is made. */
  policy(policyId: string): Promise<{ readonly name: string; readonly users: PolicyUsers } | undefined>;
  methods(objectId: string): Promise<AuthenticationMethod[]>;
  /** Which methods the tenant allows, and how; `undefined` in a cloud that does not tell. */
  methodPolicies(): Promise<readonly MethodConfiguration[] | undefined>;
  /** Whether the user lies in the recycle bin. */
  isDeleted(objectId: string): Promise<boolean>;
  /** Whether the tenant's sign-in log can be read at all; false where its kind or licence refuses it. @throws GraphFault otherwise */
  canReadSignIns(now: Date): Promise<boolean>;
  /**
   * Changes at or after `since`, oldest first: to the objects, by the users among them, of policies and administrative units.
   *
   * @param objectIds accounts and groups
   */
  directoryChanges(objectIds: readonly string[], since: Date): Promise<DirectoryChange[]>;
  /** Sign-ins at or after `since`, of any of the users, oldest first. */
  signIns(userIds: readonly string[], since: Date): Promise<SignInEvent[]>;
  /**
   * Everything posture is judged by, of the tenant and of these accounts. Never throws for what Graph refuses: each part says for itself
   * whether it was read.
   */
  snapshot(objectIds: readonly string[], readAt: Date): Promise<TenantSnapshot>;
  /** Asks everything that may ever be asked, to find out what this tenant answers and what our own identities hold there. */
  probe(objectIds: readonly string[], readAt: Date): Promise<TenantProbe>;
}

/** Writes of one tenant: only the worker holds it (GR-6). Each throws GraphFault; `unknown` outcomes are settled by reading. */
export interface TenantWriter {
  createUser(account: NewAccount, password: Buffer): Promise<string>;
  addToGroup(groupId: string, objectId: string): Promise<void>;
  setPassword(objectId: string, password: Buffer): Promise<void>;
  assignRole(objectId: string, roleTemplateId: string): Promise<void>;
  enable(objectId: string): Promise<void>;
  disable(objectId: string): Promise<void>;
  revokeSessions(objectId: string): Promise<void>;
  /** @param assignmentId as `TenantReader.assignments` gives it; one that is gone already is no fault */
  removeRole(assignmentId: string): Promise<void>;
  removeFromGroup(groupId: string, objectId: string): Promise<void>;
  joinUnit(unitId: string, objectId: string): Promise<void>;
  leaveUnit(unitId: string, objectId: string): Promise<void>;
  /** Puts `users` in the place of the policy's `conditions.users`. Nothing guards against somebody else's write in between: read back. */
  setPolicyUsers(policyId: string, users: PolicyUsers): Promise<void>;
  /** Exempts the password from expiry. */
  neverExpire(objectId: string): Promise<void>;
  removeMethod(objectId: string, method: RemovableMethod, methodId: string): Promise<void>;
  /**
   * A Temporary Access Pass for one sign-in. Any that was there before is gone.
   *
   * @returns the pass itself in a buffer that the caller wipes: Graph tells it this once
   */
  issuePass(objectId: string, minutes: number): Promise<{ readonly methodId: string; readonly value: Buffer; readonly expiresAt: Date }>;
  /** Into the recycle bin, from where Entra can restore it for 30 days. */
  deleteUser(objectId: string): Promise<void>;
}

/** Who our changer is in a tenant: what audits call it, and what it was granted. */
export interface ChangerIdentity {
  readonly appId?: string;
  readonly servicePrincipalId?: string;
  /** Application permissions its token says it has, which is what Graph goes by. Absent: the token does not tell. */
  readonly permissions?: readonly string[];
}

export interface Tenants {
  list(): readonly TenantInfo[];
  info(tenantId: string): TenantInfo | undefined;
  reader(tenantId: string): TenantReader;
  writer(tenantId: string): TenantWriter;
  /** @throws whatever its credential throws: then nobody knows who it is */
  changer(tenantId: string): Promise<ChangerIdentity>;
}

/** A card ready to leave: plain Adaptive Card JSON, and the line shown where a card cannot be. */
export interface OutgoingCard {
  readonly card: object;
  readonly summary: string;
}

/** Teams, outbound. */
export interface Channel {
  post(to: Conversation, card: OutgoingCard): Promise<{ readonly conversationId: string; readonly activityId: string }>;
  update(to: Conversation, conversationId: string, activityId: string, card: OutgoingCard): Promise<void>;
}

/** What is said of an alert where no card can be: plain text, one fact a line, instants in UTC. */
export interface Notice {
  /** What is said of one alert belongs together. */
  readonly alertId: string;
  readonly does: 'trigger' | 'acknowledge' | 'resolve';
  readonly severity: Alert['severity'];
  readonly subject: string;
  readonly lines: readonly string[];
  readonly at: Date;
}

/** The ways to people that are not Teams (AL-8). */
export type SecondPath = 'mail' | 'page';
/** Only those that are set up. Each resolves when the peer took it, and throws otherwise: whoever calls tries again. */
export type SecondPaths = { readonly [P in SecondPath]?: (notice: Notice) => Promise<void> };

/** What watches the accounts from Azure, as it is there now. @throws whatever keeps it from being read */
export interface MonitorsInAzure {
  read(): Promise<FoundMonitors>;
}

/** Tells somebody outside that we live. Who stops hearing it raises the alarm (SI-2). */
export interface DeadMan {
  readonly everySeconds: number;
  ping(): Promise<void>;
}

/**
 * Seals parts under a key outside the database (CR-4). `context` binds a sealed part to its place: moved elsewhere it does not open. Whatever
 * cannot be had is thrown as CustodyFault.
 */
export interface Custody {
  seal(part: Buffer, context: string): Promise<Uint8Array>;
  /** The caller wipes the buffer. */
  open(sealed: Uint8Array, context: string): Promise<Buffer>;
  /**
   * Texts that only the holder of a key can make from `text`, 32 characters of base64url each. The first is the one to write; the others
   * are those of older keys, and what carries one of them is ours as well.
   */
  tags(text: string): Promise<readonly [string, ...string[]]>;
}

export interface Random {
  /** Integer in [0, below). */
  below(below: number): number;
  id(prefix: 'R' | 'EA' | 'AL' | 'C' | 'D' | 'F'): string;
}

export interface Policy {
  readonly quorum: number;
  readonly policyVersion: string;
  readonly requestExpiryHours: number;
  readonly openRequestsPerPerson: number;
  readonly requestsPerHour: number;
  /** How long somebody new among the approvers does not count. */
  readonly coolDownHours: number;
  readonly partExpiryHours: number;
  readonly validationDays: number;
  /** How long a write of ours may take to be in the tenant's audit log; 0: nothing is missed. */
  readonly evidenceMinutes: number;
  /** Kinds of request whose every decision needs a second proof, and how long a started sign-in is good for. */
  readonly secondProof: readonly RequestKind[];
  readonly proofMinutes: number;
}
