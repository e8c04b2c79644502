import { AsyncLocalStorage } from 'node:async_hooks';
import type { Job, JobQueue } from '../../src/app/jobs.ts';
import type {
  Aggregates,
  AuditHead,
  AuditRecord,
  Conversation,
  FeedState,
  Kind,
  Policy,
  PostedCard,
  Quarantined,
  Random,
  Store,
  Transaction,
} from '../../src/app/ports.ts';
import type { RunbookTicket } from '../../src/core/account/runbook.ts';
import { partKey } from '../../src/core/account/types.ts';
import { ABOUT_CREDENTIALS } from '../../src/core/alert/mend.ts';
import type { AuditRow } from '../../src/core/audit/judgeRow.ts';
import type { AuditTicket } from '../../src/core/audit/ticket.ts';
import { append, EMPTY_TREE, leafHash, rootOf } from '../../src/core/audit/tree.ts';
import type { Configuration } from '../../src/core/configuration.ts';
import { canonicalJson } from '../../src/core/digest.ts';
import type { Effect, Place } from '../../src/core/effect.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Role } from '../../src/core/people.ts';
import type { ProofTicket } from '../../src/core/request/proof.ts';
import { type ChangeRequest, OPEN_STATES } from '../../src/core/request/types.ts';
import type { RosterEntry } from '../../src/core/roster/roster.ts';

interface Rows {
  readonly request: Map<string, Aggregates['request']>;
  readonly account: Map<string, Aggregates['account']>;
  readonly alert: Map<string, Aggregates['alert']>;
  readonly quarantine: Quarantined[];
  readonly case: Map<string, Aggregates['case']>;
  readonly folds: Map<string, { readonly leadId: string; readonly since: Date; readonly until: Date }>;
  readonly owed: AuditRecord[];
  readonly drill: Map<string, Aggregates['drill']>;
  readonly conditions: Map<string, { readonly alertId: string; readonly since: Date }>;
  readonly seenInAzure: Set<string>;
  readonly heartbeats: Awaited<ReturnType<Store['heartbeat']>>[];
  readonly once: Map<string, string>;
  readonly sealed: Map<string, Uint8Array>;
  readonly timers: Map<string, { readonly at: Date; readonly intent: Intent }>;
  readonly cards: Map<string, PostedCard>;
  readonly tickets: Map<string, ProofTicket>;
  readonly runbookTickets: Map<string, RunbookTicket>;
  readonly auditTickets: Map<string, AuditTicket>;
  readonly rosters: Map<Role, readonly RosterEntry[]>;
  readonly configurations: Configuration[];
  readonly audit: AuditRecord[];
  readonly jobs: { readonly queue: JobQueue; readonly job: Job }[];
}

const nothing = (): Rows => ({
  request: new Map(),
  account: new Map(),
  alert: new Map(),
  quarantine: [],
  case: new Map(),
  folds: new Map(),
  owed: [],
  drill: new Map(),
  conditions: new Map(),
  seenInAzure: new Set(),
  heartbeats: [],
  once: new Map(),
  sealed: new Map(),
  timers: new Map(),
  cards: new Map(),
  tickets: new Map(),
  runbookTickets: new Map(),
  auditTickets: new Map(),
  rosters: new Map(),
  configurations: [],
  audit: [],
  jobs: [],
});

/** The port Store with its rows laid open: a test looks into them, and moves the clock. */
export interface MemoryStore extends Store {
  readonly rows: Rows;
  /** Puts a thing there as if it had always been. */
  put<K extends Kind>(kind: K, value: Aggregates[K]): void;
  setClock(now: Date): void;
  /** From now on no audit entry can be written, or it can again. */
  breakAudit(broken: boolean): void;
  /** Another store that holds the same as of now, and goes its own way from here. Cards and conversations stay behind. */
  fork(): MemoryStore;
}

/**
 * A store in memory that keeps the promises of the real one: transactions one after the other, all or nothing; what is saved can
 * never be changed by whoever still holds it (it is frozen, which costs a hundredth of copying);
 * a save from another revision is a fault. What SQL promises is the contract suite's matter (test/contract/store.test.ts).
 */
export function memoryStore(start: Date, held: Rows = nothing(), read: ReadonlyMap<string, FeedState> = new Map()): MemoryStore {
  let rows = held;
  let clock = start;
  let auditFails = false;
  let queue: Promise<unknown> = Promise.resolve();
  const current = new AsyncLocalStorage<Transaction>();
  const conversations = new Map<string, Conversation>();
  const turns = new Set<string>();
  const feeds = new Map(read);

  const send = ({ first, urgent }: { readonly first?: boolean; readonly urgent?: boolean }, job: Job): void => {
    rows.jobs.push({ queue: first ? 'first-card' : urgent ? 'urgent-card' : 'card', job });
  };
  const changeCard = (key: string, change: Partial<PostedCard>): void => {
    const card = rows.cards.get(key);
    if (card) rows.cards.set(key, { ...card, ...change });
  };
  const beat = () => rows.heartbeats.at(-1) ?? { number: 0, beganAt: start, arrived: 0 };
  const readRow = <K extends Kind>(kind: K, id: string): Aggregates[K] | undefined => (rows[kind] as RowsOf<K>).get(id);
  const writeRow = <K extends Kind>(kind: K, value: Aggregates[K]): void => {
    (rows[kind] as RowsOf<K>).set(value.id, frozen(value));
  };

  function owe(effect: Effect): void {
    switch (effect.kind) {
      case 'intend':
        rows.timers.set(effect.key, { at: effect.at, intent: frozen(effect.intent) });
        break;
      case 'forget':
        rows.timers.delete(effect.key);
        break;
      case 'post': {
        const { key, place, subject, variant = '', first = false, urgent = first } = effect;
        if (rows.cards.has(key)) break;
        rows.cards.set(key, { key, subject, variant, place, state: 'owed', shown: 0, urgent, first });
        send(effect, { kind: 'post', key });
        break;
      }
      case 'show':
        send(effect, { kind: 'show', subject: effect.subject });
        break;
      case 'notify':
        for (const path of ['mail', 'page'] as const)
          rows.jobs.push({ queue: 'notify', job: { kind: 'notify', path, alertId: effect.alertId, why: effect.why } });
        break;
      case 'beat':
        rows.jobs.push({ queue: 'urgent-card', job: { kind: 'beat', number: effect.number } });
        break;
      case 'apply-plan':
        rows.jobs.push({ queue: 'run-plan', job: { kind: 'apply-plan', requestId: effect.requestId } });
        break;
    }
  }

  const openRequestOfAccount = (accountId: string): ChangeRequest | undefined =>
    [...rows.request.values()].find(
      ({ state, plan }) => OPEN_STATES.includes(state) && 'accountId' in plan.account && plan.account.accountId === accountId,
    );

  const tx: Transaction = {
    now: async () => clock,
    lock: async (kind, id) => readRow(kind, id),
    async insert(kind, value) {
      if (readRow(kind, value.id)) throw new Error(`${kind} ${value.id} is there already`);
      writeRow(kind, value);
    },
    async save(kind, value) {
      if (readRow(kind, value.id)?.revision !== value.revision - 1) throw new Error(`${kind} ${value.id} was changed by somebody else`);
      writeRow(kind, value);
    },
    requestOfForm: async (formId) => [...rows.request.values()].find((request) => request.formId === formId),
    async claimOfName(userPrincipalName) {
      const name = userPrincipalName.toLowerCase();
      const claim = [...rows.request.values()].find(
        ({ state, kind, plan }) =>
          OPEN_STATES.includes(state) && kind === 'create' && plan.account.userPrincipalName.toLowerCase() === name,
      );
      const account = [...rows.account.values()].find((row) => row.state !== 'retired' && row.userPrincipalName.toLowerCase() === name);
      return claim ? { id: claim.id } : account && { id: account.requestId };
    },
    openRequestOfAccount: async (accountId) => openRequestOfAccount(accountId),
    accountsOf: async (tenantId) => [...rows.account.values()].filter((account) => account.tenantId === tenantId),
    turnOf: async () => undefined, // one transaction at a time, whoever it is of
    openRequestsBy: async (personKey) =>
      [...rows.request.values()].filter(({ state, requester }) => OPEN_STATES.includes(state) && requester.personKey === personKey).length,
    requestsSince: async (personKey, since) =>
      [...rows.request.values()].filter(({ openedAt, requester }) => openedAt > since && requester.personKey === personKey),
    openFailures: async (requestId, until) =>
      [...rows.alert.values()].flatMap(({ id, state, cause, raisedAt }) =>
        state === 'open' &&
        raisedAt <= until &&
        ((cause.kind === 'request-failed' && cause.requestId === requestId) || ('awaitedBy' in cause && cause.awaitedBy === requestId))
          ? [id]
          : [],
      ),
    credentialAlerts: async (accountId) =>
      [...rows.alert.values()].flatMap(({ id, state, cause, accountId: of }) =>
        (state === 'open' || state === 'acknowledged') && of === accountId && ABOUT_CREDENTIALS.includes(cause.kind) ? [id] : [],
      ),
    accountOfRequest: async (requestId) => [...rows.account.values()].find((account) => account.requestId === requestId),
    accountsNaming: async (ids) => [...rows.account.values()].filter((account) => ids.some((id) => JSON.stringify(account).includes(id))),
    accountOfUser: async (tenantId, objectId) =>
      [...rows.account.values()].find((account) => account.tenantId === tenantId && account.objectId === objectId),
    openCaseAbout: async (about) => [...rows.case.values()].find((row) => row.about === about && row.state === 'open')?.id,
    openCaseOfName: async (tenantId, name) =>
      [...rows.case.values()].find((row) => row.tenantId === tenantId && row.account === name && row.state === 'open')?.id,
    async credentialReplaced(tenantId, name, since) {
      const applied = [...rows.request.values()].find(
        ({ kind, state, plan, closedAt = since }) =>
          ['rotate', 'handover', 'retire'].includes(kind) &&
          state === 'applied' &&
          plan.tenant.id === tenantId &&
          plan.account.userPrincipalName === name &&
          closedAt > since,
      );
      return applied?.closedAt && { requestId: applied.id, at: applied.closedAt };
    },
    async joinFold(key, leadId, now, until) {
      const known = rows.folds.get(key);
      if (known && known.until > now && rows.alert.get(known.leadId)?.state === 'open') return known;
      rows.folds.set(key, { leadId, since: now, until });
      return { leadId, since: now };
    },
    async countFold(leadId) {
      const all = [...rows.alert.values()].filter(({ id, foldedInto }) => id === leadId || foldedInto === leadId);
      const events = all.flatMap(({ cause }) => (cause.kind === 'sign-in' ? [cause] : []));
      const times = all.map(({ cause, raisedAt }) => (cause.kind === 'sign-in' ? cause.event.signedInAt : raisedAt).getTime());
      return {
        attempts: all.length,
        addresses: new Set(events.flatMap(({ event }) => event.ipAddress ?? [])).size,
        firstAt: new Date(Math.min(...times)),
        lastAt: new Date(Math.max(...times)),
        feeds: [...new Set(events.flatMap(({ feeds }) => feeds))].sort(),
      };
    },
    drillsOf: async (accountId, at) =>
      structuredClone(
        [...rows.drill.values()]
          .filter((row) => row.accountId === accountId && row.startedAt.getTime() > at.getTime() - 86_400_000)
          .reverse(),
      ),
    runningDrills: async () => structuredClone([...rows.drill.values()].filter(({ state }) => state === 'running')),
    async beginCondition(condition, alertId, now) {
      if (rows.conditions.has(condition)) return false;
      rows.conditions.set(condition, { alertId, since: now });
      return true;
    },
    async endCondition(condition) {
      const { alertId } = rows.conditions.get(condition) ?? {};
      rows.conditions.delete(condition);
      return alertId;
    },
    isSent: async (key) => rows.cards.get(key)?.state === 'sent',
    async nextHeartbeat(now) {
      const { number, arrived, ...more } = beat();
      if (arrived < number) return undefined;
      rows.heartbeats.splice(0, 1, { ...more, arrived, number: number + 1, beganAt: now });
      return number + 1;
    },
    async claimOnce(key, id) {
      const earlier = rows.once.get(key);
      if (earlier === undefined) rows.once.set(key, id);
      return earlier;
    },
    requestsBegun: async (tenantId) =>
      [...rows.request.values()].filter(({ plan, begunAt }) => plan.tenant.id === tenantId && begunAt !== undefined).reverse(),
    async quarantine(kept) {
      rows.quarantine.push(structuredClone(kept));
    },
    async putSealedParts(accountId, sealed) {
      for (const [index, content] of sealed.entries()) rows.sealed.set(partKey(accountId, index + 1), Uint8Array.from(content));
    },
    async putSealedPart(key, content) {
      rows.sealed.set(key, Uint8Array.from(content));
    },
    async takeSealedPart(key) {
      const content = rows.sealed.get(key);
      rows.sealed.delete(key);
      return content;
    },
    async openRequestFor(tenantId) {
      const pending = [...rows.request.values()].filter(({ state, plan }) => state === 'pending' && plan.tenant.id === tenantId);
      const newest = pending.sort((one, other) => other.openedAt.getTime() - one.openedAt.getTime())[0];
      return newest && { id: newest.id };
    },
    async putTicket(ticket, now) {
      for (const [hash, { expiresAt }] of rows.tickets) if (expiresAt <= now) rows.tickets.delete(hash);
      rows.tickets.set(ticket.hash, ticket);
    },
    ticket: async (hash) => rows.tickets.get(hash),
    async spendTicket(hash) {
      rows.tickets.delete(hash);
    },
    async putRunbookTicket(ticket) {
      rows.runbookTickets.set(ticket.hash, ticket);
    },
    runbookTicket: async (hash) => rows.runbookTickets.get(hash),
    async spendRunbookTicket(hash) {
      rows.runbookTickets.delete(hash);
    },
    async putAuditTicket(ticket) {
      rows.auditTickets.set(ticket.hash, ticket);
    },
    auditTicket: async (hash) => rows.auditTickets.get(hash),
    async spendAuditTicket(hash) {
      rows.auditTickets.delete(hash);
    },
    countAudit: async ({ since, before }) => rows.audit.filter(({ at }) => (!since || at >= since) && (!before || at < before)).length,
    roster: async (role) => rows.rosters.get(role),
    async saveRoster(role, entries) {
      rows.rosters.set(role, entries);
    },
    lastConfiguration: async () => rows.configurations.at(-1),
    async saveConfiguration(configuration) {
      rows.configurations.push(configuration);
    },
    async owe(effects) {
      for (const effect of effects) owe(effect);
    },
    async recordOrOwe(entry) {
      if (!auditFails) rows.audit.push(frozen(entry));
      else rows.owed.push(frozen(entry));
      return auditFails ? 'owed' : 'recorded';
    },
    async record(entry) {
      if (auditFails) throw new Error('the audit log cannot be written');
      rows.audit.push(frozen(entry));
      // Without its root, which would be computed anew for every entry.
      return { size: rows.audit.length, root: '' };
    },
  };

  function transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const joined = current.getStore();
    if (joined) return work(joined);
    const mine = queue.then(async () => {
      const before = copyOf(rows);
      try {
        return await current.run(tx, () => work(tx));
      } catch (error) {
        rows = before;
        throw error;
      }
    });
    queue = mine.catch(() => undefined);
    return mine;
  }

  async function ringNextTimer(work: Parameters<Store['ringNextTimer']>[0]): Promise<boolean> {
    const due = [...rows.timers].filter(([, { at }]) => at <= clock).sort(([, one], [, other]) => one.at.getTime() - other.at.getTime())[0];
    if (!due) return false;
    const [key, { intent }] = due;
    await transaction(async () => {
      rows.timers.delete(key); // before the work: what the work decides may set the same key again
      await work({ key, intent });
    });
    return true;
  }

  return {
    get rows() {
      return rows;
    },
    put: writeRow,
    setClock(now) {
      clock = now;
    },
    breakAudit(broken) {
      auditFails = broken;
    },
    fork: () => memoryStore(clock, copyOf(rows), feeds),
    transaction,
    ringNextTimer,
    now: async () => clock,
    get: async (kind, id) => readRow(kind, id),
    requests: async ({ open, limit }) =>
      [...rows.request.values()].filter(({ state }) => !open || OPEN_STATES.includes(state)).slice(0, limit),
    accounts: async (limit) => [...rows.account.values()].slice(0, limit),
    openAlerts: async (limit) => [...rows.alert.values()].filter(({ state }) => state === 'open').slice(0, limit),
    quarantined: async (limit) => ({ rows: [...rows.quarantine].reverse().slice(0, limit), total: rows.quarantine.length }),
    auditOwed: async () => rows.owed.length,
    async payAudit(limit) {
      if (auditFails) throw new Error('the audit log cannot be written');
      const paid = rows.owed.splice(0, limit);
      rows.audit.push(...paid);
      return paid.length;
    },
    openRequestOfAccount: async (accountId) => structuredClone(openRequestOfAccount(accountId)),
    conditions: async () => new Map([...rows.conditions].map(([condition, { since }]) => [condition, since])),
    seenInAzure: async () => new Set(rows.seenInAzure),
    async sawInAzure(parts) {
      for (const part of parts) rows.seenInAzure.add(part);
    },
    async forgetSeenInAzure() {
      rows.seenInAzure.clear();
    },
    heartbeat: async () => beat(),
    async heartbeatArrived(number, card) {
      if (beat().arrived < number) rows.heartbeats.splice(0, 1, { ...beat(), ...card, arrived: number, arrivedAt: clock });
    },
    unclassifiedAlerts: async (limit) =>
      [...rows.alert.values()].filter(({ state, severity }) => state === 'acknowledged' && severity === 'critical').slice(0, limit),
    openCases: async (limit) => [...rows.case.values()].filter(({ state }) => state === 'open').slice(0, limit),
    runningDrills: async () => [...rows.drill.values()].filter(({ state }) => state === 'running'),
    watchedUsers: async (tenantId) => [...rows.account.values()].filter((row) => row.tenantId === tenantId).map((row) => row.objectId),
    cardsOf: async (subject) => [...rows.cards.values()].filter((card) => card.subject === subject),
    card: async (key) => rows.cards.get(key),
    conversation: async (place) => conversations.get(placeKey(place)),
    sealedPart: async (key) => rows.sealed.get(key),
    auditHead: async () => headOf(rows.audit),
    auditRows: async (after, limit) => rows.audit.slice(after, after + limit).map((record, index) => rowOf(record, after + index + 1)),
    backlog: async () => ({ jobs: rows.jobs.length, failedJobs: 0, timers: rows.timers.size }),
    feeds: async () => [...feeds.values()],
    async measures() {
      const open = [...rows.alert.values()].filter(({ state }) => state === 'open');
      const oldest = Math.min(...open.map(({ raisedAt }) => raisedAt.getTime()));
      const inUse = [...rows.account.values()].filter(({ state }) => state === 'in-service' || state === 'handover');
      const of = (severity: string) => open.filter((alert) => alert.severity === severity).length;
      const drilled = (result: string) => inUse.filter(({ drill }) => (drill?.result ?? 'none') === result).length;
      return {
        at: clock,
        feeds: [...feeds.values()],
        openAlerts: { critical: of('critical'), high: of('high'), low: of('low') },
        ...(open.length > 0 ? { oldestOpenAlertAt: new Date(oldest) } : {}),
        unclassified: [...rows.alert.values()].filter(({ state, severity }) => state === 'acknowledged' && severity === 'critical').length,
        openCases: [...rows.case.values()].filter(({ state }) => state === 'open').length,
        conditions: rows.conditions.size,
        jobs: rows.jobs.length,
        failedJobs: 0,
        timers: rows.timers.size,
        ...(rows.heartbeats[0]?.arrivedAt ? { heartbeatAt: rows.heartbeats[0].arrivedAt } : {}),
        quarantined: rows.quarantine.length,
        auditEntries: rows.audit.length,
        accounts: { passed: drilled('passed'), failed: drilled('failed'), stopped: drilled('stopped'), none: drilled('none') },
      };
    },
    roster: async (role) => structuredClone(rows.rosters.get(role)),
    async remember(conversation) {
      conversations.set(placeKey(conversation.place), conversation);
      for (const card of rows.cards.values()) {
        const here = placeKey(card.place) === placeKey(conversation.place);
        if (card.state === 'owed' && here) send(card, { kind: 'post', key: card.key });
      }
    },
    markOwed: async (key) => changeCard(key, { state: 'owed' }),
    markSending: async (key, conversationId) => changeCard(key, { state: 'sending', conversationId }),
    markSent: async (key, conversationId, activityId, shown) =>
      changeCard(key, { state: 'sent', conversationId, activityId, shown, sentAt: clock }),
    async markShown(key, shown) {
      if ((rows.cards.get(key)?.shown ?? 0) < shown) changeCard(key, { shown });
    },
    /** Every unsent card is long overdue: no real time passes here. */
    async claimUnsent(limit) {
      const unsent = [...rows.cards.values()].filter(({ state, place }) => state !== 'sent' && conversations.has(placeKey(place)));
      const rank = ({ first, urgent }: PostedCard): number => (first ? 0 : urgent ? 1 : 2);
      return unsent
        .sort((one, other) => rank(one) - rank(other))
        .slice(0, limit)
        .map(({ key }) => key);
    },
    async feedRead(tenantId, feed, { readUpTo, freshestAt, error }) {
      const before = feeds.get(`${tenantId}|${feed}`) ?? { tenantId, feed, failures: 0 };
      const moved = { ...before, ...(readUpTo ? { readUpTo } : {}), ...(freshestAt ? { freshestAt } : {}) };
      const next: FeedState =
        error === undefined
          ? { ...moved, failures: 0, lastSuccessAt: clock }
          : { ...moved, failures: before.failures + 1, lastError: error };
      feeds.set(`${tenantId}|${feed}`, next);
      return next;
    },
    async firstSight(key) {
      const first = !turns.has(key);
      turns.add(key);
      return first;
    },
    close: async () => undefined,
  };
}

/** The value, for good: whoever tries to change any of it gets a TypeError. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Date || ArrayBuffer.isView(value))
    return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

function rowOf({ at, intent, actorId: actor, subject, details }: AuditRecord, seq: number): AuditRow {
  const body = Buffer.from(canonicalJson({ seq, at: at.toISOString(), actor, intent, subject, ...(details ? { details } : {}) }));
  return { seq, at, intent, actor, subject, leaf: leafHash(body), body };
}

function headOf(audit: readonly AuditRecord[]): AuditHead {
  const tree = audit.reduce((head, record, index) => append(head, rowOf(record, index + 1).leaf), EMPTY_TREE);
  return { size: tree.size, root: rootOf(tree).toString('base64') };
}

type RowsOf<K extends Kind> = Map<string, Aggregates[K]>;

const copyOf = (rows: Rows): Rows => ({
  request: new Map(rows.request),
  account: new Map(rows.account),
  alert: new Map(rows.alert),
  quarantine: [...rows.quarantine],
  case: new Map(rows.case),
  folds: new Map(rows.folds),
  owed: [...rows.owed],
  drill: new Map(rows.drill),
  conditions: new Map(rows.conditions),
  seenInAzure: new Set(rows.seenInAzure),
  heartbeats: [...rows.heartbeats],
  once: new Map(rows.once),
  sealed: new Map(rows.sealed),
  timers: new Map(rows.timers),
  cards: new Map(rows.cards),
  tickets: new Map(rows.tickets),
  runbookTickets: new Map(rows.runbookTickets),
  auditTickets: new Map(rows.auditTickets),
  rosters: new Map(rows.rosters),
  configurations: [...rows.configurations],
  audit: [...rows.audit],
  jobs: [...rows.jobs],
});

const placeKey = (place: Place): string => (place.kind === 'channel' ? 'channel' : `person:${place.objectId}`);

/** The rules of most tests: nobody waits to count, no second proof is asked for. */
export const TEST_POLICY: Policy = {
  quorum: 2,
  policyVersion: '1',
  requestExpiryHours: 24,
  openRequestsPerPerson: 5,
  requestsPerHour: 1_000_000,
  coolDownHours: 0,
  partExpiryHours: 72,
  evidenceMinutes: 120,
  validationDays: 90,
  secondProof: [],
  proofMinutes: 5,
};

/** Ids in order, so that a test can name what it made; numbers of a small generator, different each time. */
export function countingRandom(): Random {
  let ids = 0;
  let seed = 1;
  return {
    below(limit) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 16) % limit;
    },
    id(prefix) {
      ids += 1;
      return `${prefix}-${String(ids).padStart(6, '0')}`;
    },
  };
}
