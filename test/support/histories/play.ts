import { type EmergencyAccount, partKey } from '../../../src/core/account/types.ts';
import { digestOf } from '../../../src/core/digest.ts';
import type { Intent } from '../../../src/core/intent.ts';
import { REQUEST_KINDS, wroteNothing } from '../../../src/core/request/types.ts';
import { person } from '../builders.ts';
import { tenantAsFound } from '../installation/checks.ts';
import { ANN2, type Machine, machine } from '../installation/machine.ts';
import { refusal } from '../installation/memoryTenant.ts';
import { live, type Trouble } from '../installation/process.ts';
import { withKeys } from '../installation/sagas.ts';
import { seedAccount } from '../installation/seed.ts';
import { changeByHand, formFor, standingOf } from './asking.ts';
import { type Happening, WHO, type Who } from './happenings.ts';
import { isWaiting, judge, PHASES, renewed } from './judge.ts';
import { keeping } from './keepers.ts';
import { type Asked, mayDeny, mayRetry, mayVote, mayWithdraw, stands, strict, type Vote } from './reference.ts';
import { type Course, courseOf, type Hand, must, type World } from './world.ts';

const HOUR = 3_600_000;
const FEED = { kind: 'system', part: 'worker' } as const;
const ref = (who: Who) => (who === 'ann2' ? ANN2 : person(who));

/** A history being played: the installation, and what the reference knows of it. */
export class History implements World {
  readonly machine: Machine;
  readonly asked = new Map<string, Asked>();
  readonly courses: World['courses'] = new Map();
  readonly proven: World['proven'] = [];
  readonly accounts = WHO.map((who) => ref(who).objectId);
  readonly #since = new Map<string, number>();
  readonly #cool: number;
  #tickets = 0;

  private constructor(fresh: Machine, rules: { readonly coolDownHours: number; readonly quorum: number }) {
    this.machine = fresh;
    this.#cool = rules.coolDownHours * HOUR;
    this.machine.policy = { ...this.machine.policy, ...rules };
    this.machine.roles.set(person('dana').objectId, new Set(['custodian', 'approver']));
    this.machine.roles.set(person('gus').objectId, new Set());
    for (const account of this.accounts) if (this.machine.roles.get(account)?.has('approver')) this.#since.set(account, 0);
  }
  static async begin(
    { inUnit, keyed }: { readonly inUnit: boolean; readonly keyed: boolean },
    rules: { readonly coolDownHours: number; readonly quorum: number },
  ): Promise<History> {
    const fresh = machine(inUnit);
    const account = await seedAccount(fresh, 1);
    if (keyed) withKeys(fresh, account);
    await seedAccount(fresh, 2);
    const history = new History(fresh, rules);
    await history.#rosterRead();
    return history;
  }

  rules = () => ({ quorum: this.machine.policy.quorum, proof: this.machine.policy.secondProof.length > 0 });
  right = (account: string): boolean => {
    const since = this.#since.get(account);
    const held = this.machine.roles.get(account)?.has('approver') && since !== undefined;
    return held === true && this.machine.now().getTime() >= since + this.#cool;
  };

  async happen(happening: Happening): Promise<void> {
    switch (happening.kind) {
      case 'ask':
        await this.#ask(happening);
        break;
      case 'edit':
        await this.#edit(happening.request);
        break;
      case 'approve':
      case 'deny':
        await this.#decide(happening);
        break;
      case 'withdraw':
      case 'retry':
        await this.#turn(happening);
        break;
      case 'wait':
        this.machine.pass(happening.minutes * 60_000);
        break;
      case 'policy':
        this.machine.policy = { ...this.machine.policy, quorum: happening.quorum, secondProof: happening.proof ? REQUEST_KINDS : [] };
        break;
      case 'roster':
        this.#roster(ref(happening.who).objectId, happening.approver);
        await this.#rosterRead();
        break;
      case 'by-hand':
        if (changeByHand(this.machine, happening.what)) this.#touched();
        break;
      case 'work':
        await this.#work(happening);
        await this.#rosterRead();
        break;
    }
    this.#agree();
  }

  /** Nobody clicks and nothing breaks any more: everything comes to an end, and what stands is carried out. */
  async end(): Promise<void> {
    for (const waiting of [0, 25 * HOUR, 25 * HOUR]) {
      this.machine.pass(waiting);
      await this.#work({ kind: 'work' });
      this.#agree();
      for (const asked of this.asked.values())
        must(asked.phase !== 'to-do' || this.#waits(asked), 'AP-8: approved, and nobody carries it out', asked);
    }
    for (const asked of this.asked.values()) {
      must(asked.phase !== 'open' && asked.phase !== 'to-do', 'AP-7: open, or waiting, for ever', asked);
      const hindered = asked.disturbed || courseOf(this, asked.id).late;
      must(asked.phase !== 'going-back' || hindered === true, 'GR-5: being taken back for ever', asked);
      must(asked.phase !== 'stuck' || !asked.touched || !asked.undoable, 'GR-5: half done, and nobody takes it back', asked);
    }
    for (const account of this.machine.store.rows.account.values()) this.#left(account);
  }

  /**
   * A job that was delivered once more because its worker stood still is ended by either: by the one that had parked the run, while the other
   * dies of it. The run is taken up again when its custodian answers, or when what they were given expires.
   */
  #waits = (asked: Asked): boolean => asked.parked || (asked.overtaken && isWaiting(this, asked));

  /** Nothing opens an account that is not on its record, and what is there can be used: whatever was given up in the middle. */
  #left({ id, objectId, state, credential, parts }: EmergencyAccount): void {
    const { tenant, store } = this.machine;
    const kept = parts.filter(({ number }) => store.rows.sealed.has(partKey(id, number)));
    must(state !== 'retired' || kept.length === 0, 'GR-5: a part is kept of an account that is gone', id);
    must(
      kept.every((part) => part.state === 'sealed' || part.state === 'ready'),
      'CR-2: a part is kept that was seen, or is not to be',
      kept,
    );
    const methods = tenant.users.get(objectId)?.methods;
    // Where a write was refused some of it may stay: posture says so, and asks for a repair.
    const hindered = [...this.asked.values()].some((asked) => asked.disturbed || isUnsure(courseOf(this, asked.id)));
    if (!methods || hindered) return;
    const keys = parts.flatMap(({ key }) => (key ? [key.methodId] : []));
    const strange = methods.filter(
      (method) => method.kind === 'temporaryAccessPass' || (method.kind === 'fido2' && !keys.includes(method.id)),
    );
    must(strange.length === 0, 'GR-5: opened by what is on nobody’s record', { id, strange, keys });
    const gone = keys.filter((key) => methods.every((method) => method.id !== key));
    must(credential !== 'passkey' || gone.length === 0, 'GR-5: on record is a key that is not there', { id, gone });
  }

  /** State and decision book as the reference has them. */
  #agree(): void {
    for (const asked of this.asked.values()) {
      const { state, decisions, planDigest } = this.machine.request(asked.id);
      must(state === PHASES[asked.phase], 'the product says otherwise', { state, asked });
      const rows = decisions.filter(({ kind }) => kind === 'approve').map(({ person: { objectId } }) => objectId);
      must(rows.join() === asked.votes.map(({ account }) => account).join(), 'AP-11: the decision book differs', {
        rows,
        votes: asked.votes,
      });
      must(planDigest === asked.digests.at(-1), 'AP-3: another plan', asked);
    }
  }

  async #ask({ what, wrong, keys }: Extract<Happening, { kind: 'ask' }>): Promise<void> {
    const before = JSON.stringify(tenantAsFound(this.machine));
    const form = formFor(this.machine, what, wrong, keys);
    if (JSON.stringify(tenantAsFound(this.machine)) !== before) this.#touched();
    const outcome = await this.machine.ask(person('rita').objectId, form);
    const request = outcome.ok ? outcome.value.request : undefined;
    if (!request) return;
    const { plan } = request;
    const rules = this.rules();
    must(plan.requester.personKey === person('rita').personKey && plan.quorum === rules.quorum, 'not what was asked');
    this.asked.set(request.id, {
      ...rules,
      id: request.id,
      asker: plan.requester.personKey,
      deadline: this.machine.now().getTime() + this.machine.policy.requestExpiryHours * HOUR,
      custodians: plan.custodians.map(({ personKey }) => personKey),
      digests: [digestOf(plan)],
      votes: [],
      suspended: new Set(),
      phase: 'open',
      touched: false,
      stuckAt: 0,
      parked: false,
      disturbed: false,
      overtaken: false,
      undoable: plan.undo.length > 0,
      seen: standingOf(this.machine, request),
    });
  }

  async #edit(which: number): Promise<void> {
    const asked = this.#pick(which);
    if (!asked) return;
    const open = asked.phase === 'open' && this.machine.now().getTime() < asked.deadline;
    const outcome = await this.machine.edit(asked.id, `Reason ${asked.digests.length}`);
    if (!outcome.ok) return;
    must(open, 'AP-3: edited after it was decided', asked);
    asked.quorum = Math.max(asked.quorum, this.rules().quorum);
    renewed(this, asked, this.machine.request(asked.id));
  }

  async #decide({ kind, request, who, age, proven }: Extract<Happening, { kind: 'approve' | 'deny' }>): Promise<void> {
    const asked = this.#pick(request);
    if (!asked) return;
    const { objectId: account, personKey: human } = ref(who);
    const version = asked.digests.length - 1 - age;
    const rules = strict(asked, this.rules());
    const vote: Vote = { human, account, version, proven: proven && rules.proof };
    const now = this.machine.now().getTime();
    // Whether it is certain that nothing was written only the product knows; that it is never wrong is held here.
    const unwritten = wroteNothing(this.machine.request(asked.id));
    must(!unwritten || courseOf(this, asked.id).written.size === 0, 'AP-6: certain of nothing, and something was written', asked);
    const may = kind === 'approve' ? mayVote(asked, vote, rules, this.right, now) : mayDeny(asked, vote, rules, this.right, now, unwritten);
    const accepted = await this.#press(account, kind, asked.id, asked.digests[version] ?? 'f'.repeat(64), vote.proven);
    must(accepted === may, `${kind} by ${who} was ${accepted ? 'accepted' : 'refused'}`, { vote, asked, rules });
    if (!accepted) return;
    Object.assign(asked, rules);
    if (kind === 'deny') asked.phase = 'denied';
    else {
      const again = asked.votes.some((row) => row.human === human && row.version === version && (row.proven || !rules.proof));
      if (!again) asked.votes.push(vote);
      asked.suspended.delete(account);
      if (stands(asked, rules)) asked.phase = 'to-do';
    }
  }

  async #press(account: string, kind: 'approve' | 'deny', requestId: string, planDigest: string, proven: boolean): Promise<boolean> {
    const said = kind === 'approve' ? { requestId, planDigest } : { requestId, planDigest, reason: 'no' };
    const decision = { kind: `${kind}-request`, ...said } as Extract<Intent, { kind: 'approve-request' | 'deny-request' }>;
    if (!proven) return (await this.machine.press(account, decision)).ok;
    this.#tickets += 1;
    const ticketHash = `ticket-${this.#tickets}`;
    const { requestId: _, ...rest } = said;
    const wanted = { decision: kind, requestId, ...rest } as Extract<Intent, { kind: 'begin-proof' }>['wanted'];
    const begun = await this.machine.press(account, { kind: 'begin-proof', requestId, wanted, ticketHash });
    if (!begun.ok) return false;
    return (await this.machine.press(account, { ...decision, signedIn: { ticketHash, at: this.machine.now() } })).ok;
  }

  async #turn({ kind, request, who }: Extract<Happening, { kind: 'withdraw' | 'retry' }>): Promise<void> {
    const asked = this.#pick(request);
    if (!asked) return;
    const { objectId: account, personKey: human } = ref(who);
    const now = this.machine.now().getTime();
    const approver = this.machine.roles.get(account)?.has('approver') ?? false;
    const may = kind === 'withdraw' ? mayWithdraw(asked, human, now) : mayRetry(asked, human, approver, now);
    const { ok } = await this.machine.press(account, { kind: `${kind}-request`, requestId: asked.id });
    must(ok === may, `${kind} by ${who} was ${ok ? 'accepted' : 'refused'}`, asked);
    if (!ok) return;
    if (kind === 'retry') asked.phase = 'to-do';
    else {
      asked.phase = (asked.phase === 'stuck' || asked.parked) && asked.touched && asked.undoable ? 'going-back' : 'withdrawn';
      // Of a run that waits the lease ends: whoever has it records and writes nothing more.
      if (asked.parked) courseOf(this, asked.id).lease = { requestId: asked.id };
      asked.parked = false;
    }
  }

  async #work(trouble: Extract<Happening, { kind: 'work' }>): Promise<void> {
    const { dieAfter, refuse, lose, revoke, overtake, keepers } = trouble;
    let writes = 0;
    let events = 0;
    const hand: Hand = {};
    const custodians = keeping(this.machine, keepers);
    const saw: Trouble['saw'] = async (event, requestId) => {
      events += 1;
      await judge(this, hand, event, requestId);
      if (revoke?.after === events) {
        this.#roster(ref(revoke.who).objectId, false);
        if (event === 'begin-run' && requestId !== undefined)
          courseOf(this, requestId).sinceLease = new Set(this.accounts.filter(this.right));
      }
      if (overtake?.after === events) {
        for (const asked of this.asked.values())
          asked.overtaken ||= hand.lease !== undefined && courseOf(this, asked.id).lease === hand.lease;
        const other: Hand = {};
        await live(this.machine, { dieAfter: overtake.dieAfter, custodians, saw: (heard, id) => judge(this, other, heard, id) });
      }
    };
    const calls = Object.keys(this.machine.tenant.writer);
    const answer: Trouble['answer'] = (call) => {
      if (!calls.includes(call)) return undefined;
      writes += 1;
      const refused = writes === refuse ? this.asked.get(hand.lease?.requestId ?? '') : undefined;
      if (refused) refused.disturbed = true;
      if (refused) return { error: refusal(403, 'Authorization_RequestDenied'), done: false };
      if (writes !== lose) return undefined;
      hand.lost = call;
      return { error: refusal(0, 'TimeoutError'), done: true };
    };
    await live(this.machine, { ...(dieAfter === undefined ? {} : { dieAfter }), custodians, saw, answer });
  }

  #pick(which: number): Asked | undefined {
    const all = [...this.asked.values()];
    return all.at(-1 - (which % Math.max(all.length, 1)));
  }
  /** The first account was changed by hand: all that is asked of it is disturbed, and no request for a new one. */
  #touched(): void {
    for (const asked of this.asked.values()) asked.disturbed ||= this.machine.request(asked.id).kind !== 'create';
  }
  #roster(account: string, approver: boolean): void {
    const roles = this.machine.roles.get(account) ?? new Set();
    if (approver === roles.has('approver')) return;
    this.machine.roles.set(account, new Set(approver ? [...roles, 'approver'] : [...roles].filter((role) => role !== 'approver')));
    if (approver) this.#since.set(account, this.machine.now().getTime());
    else this.#since.delete(account);
  }
  async #rosterRead(): Promise<void> {
    if (this.#cool === 0) return;
    await this.machine.dispatch(FEED, { kind: 'roster-read', role: 'approver', holders: await this.machine.people.holders('approver') });
  }
}

/** What a plan did of its last steps nobody may know, where a worker died or was overtaken. */
const isUnsure = ({ late, unsure }: Course): boolean => late === true || unsure.size > 0;
