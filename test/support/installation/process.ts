import { type Door, door } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import type {
  Custody,
  People,
  Policy,
  Random,
  Store,
  TenantInfo,
  TenantReader,
  Tenants,
  TenantWriter,
  Transaction,
} from '../../../src/app/ports.ts';
import type { Intent } from '../../../src/core/intent.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import { runPlan } from '../../../src/jobs/runPlan.ts';

/** The process is gone: whatever it still tries reaches nobody. */
export class Killed extends Error {}

/** What goes wrong in one life of the process. */
export interface Trouble {
  /** Dies right after its n-th durable event, counted from 1; 0 dies before it does anything. */
  readonly dieAfter?: number;
  /** Judges a call of the tenant: refuses it, or lets it be done and loses the answer. */
  readonly answer?: (call: string, given: readonly unknown[]) => { readonly error: Error; readonly done: boolean } | undefined;
  /**
   * What custodians do when the process has nothing to do; they do what they are asked to unless said. By its door they press buttons of this
   * very process, which may die before it answers.
   */
  readonly custodians?: (door: Door) => Promise<boolean>;
  /** Called with every durable event, and of those of a run with its request; the process stands still meanwhile. What it throws is the test's own. */
  readonly saw?: (event: string, requestId: string | undefined) => void | Promise<void>;
}

export interface Life {
  readonly died: boolean;
  /** Names of what became durable, in order: transactions by their intent, writes by their call. Whatever is between two of them can be lost. */
  readonly events: readonly string[];
}

/** A job of its own: another one for the same request is owed all the same when this one is done. */
export interface OwedRun {
  readonly requestId: string;
  done(): void | Promise<void>;
}

/** What a worker process works on, and what outlives it. */
export interface Workplace {
  readonly store: Store;
  readonly tenant: { readonly reader: TenantReader; readonly writer: TenantWriter };
  readonly custody: Custody;
  readonly random: Random;
  readonly people: People;
  readonly policy: Policy;
  info(tenantId: string): TenantInfo | undefined;
  /** Lets that much time pass. */
  pass(ms: number): void | Promise<void>;
  /** The oldest run that is owed. */
  nextRun(): OwedRun | undefined | Promise<OwedRun | undefined>;
  /** What custodians of security keys do when the process has nothing to do; false when they had nothing to do either. */
  custodiansAct?(door: Door): Promise<boolean>;
  /** Nothing is logged without one. */
  readonly log?: Log;
  /** Cards are not this worker's matter. */
  dropCards(): void | Promise<void>;
}

/** What a run asks the store for by itself; a transaction of its own only reads. Anything else is for the door: name only reads here. */
const ASKED: ReadonlySet<keyof Store> = new Set<keyof Store>(['get', 'now', 'accounts', 'conversation', 'transaction']);
const ASKED_IN_TRANSACTION: ReadonlySet<keyof Transaction> = new Set<keyof Transaction>(['now', 'accountOfRequest']);

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
/** What is recorded in the middle of a step: it goes on. */
const STEPPING: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>([
  'watch-account',
  'seal-parts',
  'seal-pass',
  'record-key',
  'hand-out-parts',
]);
/** More tries than anything needs that comes to its end. */
const MOST_TRIES = 60;
const LONGEST_DELAY_MS = 60_000;

/**
 * One life of a worker process on what is durable: rings what is due, carries out the jobs that are owed, until nothing is left. Everything
 * it has in memory is gone when it ends. A job that fails is tried again after a growing delay, as the queue does.
 */
export async function live(machine: Workplace, trouble: Trouble = {}): Promise<Life> {
  const events: string[] = [];
  let dead = trouble.dieAfter === 0;
  const alive = (): void => {
    if (dead) throw new Killed();
  };
  let wrong: { readonly error: unknown } | undefined;
  const happened = async (event: string, requestId: string | undefined): Promise<void> => {
    events.push(event);
    try {
      await trouble.saw?.(event, requestId);
    } catch (error) {
      wrong = { error }; // nothing of the product may catch what the test has to say
      dead = true;
    }
    dead ||= events.length === trouble.dieAfter;
    alive();
  };
  /** What must never be done. It may be caught and passed over by the product, so this life ends of it. */
  const never = (what: string): never => {
    wrong ??= { error: new Error(what) };
    dead = true;
    throw new Killed();
  };
  const store = guarded(machine.store, alive);
  const asking: Store = {
    ...only(store, ASKED, never),
    transaction: (work) => store.transaction((tx) => work(only(tx, ASKED_IN_TRANSACTION, never))),
  };
  /** Writes that the run has on record as about to be sent, and has not sent. */
  let noted = 0;
  const inner = door({ store, random: machine.random, policy: machine.policy, tenant: (id) => machine.info(id) });
  const front: Door = {
    async dispatch(actor, intent) {
      alive();
      const outcome = await inner.dispatch(actor, intent);
      if (outcome.ok) {
        noted =
          intent.kind === 'note-write'
            ? noted + 1
            : intent.kind === 'begin-step' && !intent.again
              ? 1
              : STEPPING.has(intent.kind)
                ? noted
                : 0;
        await happened(nameOf(intent), subject(intent));
      }
      return outcome;
    },
  };
  const port = <T extends TenantReader | TenantWriter>(target: T, writes: boolean): T =>
    guarded(target, alive, async (call, given, carryOut) => {
      if (writes && noted === 0) never(`${call} was sent, and no record says that it was about to be`);
      if (writes) noted -= 1;
      const mishap = trouble.answer?.(call, given);
      if (mishap && !mishap.done) throw mishap.error;
      const answer = await carryOut();
      if (writes) await happened(call, job);
      if (mishap) throw mishap.error;
      return answer;
    });
  const reader = port(machine.tenant.reader, false);
  const writer = port(machine.tenant.writer, true);
  const tenants: Tenants = {
    list: () => [],
    info: (id) => machine.info(id),
    reader: () => reader,
    writer: () => writer,
    changer: async () => ({}),
  };
  let job: string | undefined;
  const { people, custody, random } = machine;
  const needs = {
    door: front,
    store: asking,
    people: guarded(people, alive),
    tenants,
    custody,
    random,
    log: machine.log ?? quiet,
    partContext,
  };
  try {
    for (let tries = 0; tries < MOST_TRIES; ) {
      // A timer's transaction is one with what it decides: it became durable when both did.
      let rang: Intent | undefined;
      const ring = (): Promise<boolean> =>
        store.ringNextTimer(async ({ intent }) => {
          const outcome = await inner.dispatch({ kind: 'system', part: 'timer' }, intent);
          rang = outcome.ok ? intent : undefined;
        });
      while (await ring()) if (rang) await happened(nameOf(rang), subject(rang));
      const owed = await machine.nextRun();
      job = owed?.requestId;
      if (owed === undefined) {
        if (await (trouble.custodians ?? machine.custodiansAct)?.(front)) continue;
        break;
      }
      try {
        await runPlan({ ...needs, wait: async (ms) => machine.pass(ms) }, owed.requestId);
        alive();
        await owed.done();
      } catch (error) {
        if (dead) throw new Killed();
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        await machine.pass(Math.min(1000 * 2 ** tries, LONGEST_DELAY_MS));
        tries += 1;
      }
    }
    return { died: false, events };
  } catch (error) {
    if (wrong) throw wrong.error;
    if (dead) return { died: true, events };
    throw error;
  } finally {
    await machine.dropCards();
  }
}

const subject = (intent: Intent): string | undefined => ('requestId' in intent ? intent.requestId : undefined);
const nameOf = (intent: Intent): string =>
  [intent.kind, ...('step' in intent ? [intent.step] : []), ...('again' in intent ? ['again'] : [])].join(' ');

/** A port of which only some is there to be used. */
function only<T extends object>(port: T, allowed: ReadonlySet<keyof T>, never: (what: string) => never): T {
  const entries = Object.entries(port).map(([name, member]) => [
    name,
    allowed.has(name as keyof T) ? member : () => never(`${name}: nothing but the door may do that`),
  ]);
  return Object.fromEntries(entries) as T;
}

type Around = (call: string, given: readonly unknown[], carryOut: () => Promise<unknown>) => Promise<unknown>;

/** A port that a dead process cannot reach. */
function guarded<T extends object>(port: T, alive: () => void, around: Around = (_call, _given, carryOut) => carryOut()): T {
  const entries = Object.keys(port).map((name) => {
    const member: unknown = Reflect.get(port, name);
    if (typeof member !== 'function') return [name, member];
    const call = async (...given: unknown[]): Promise<unknown> => {
      alive();
      return around(name, given, async () => member.apply(port, given));
    };
    return [name, call];
  });
  return Object.fromEntries(entries) as T;
}
