import type { RequestState } from '../../../src/core/request/types.ts';
import { person } from '../builders.ts';
import { custodiansWho, deviceBound } from './custodians.ts';
import type { Machine } from './machine.ts';
import { fingerprint, refusal } from './memoryTenant.ts';
import type { Trouble } from './process.ts';
import { approved, asked, SAGAS } from './sagas.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REFUSED = refusal(403, 'Authorization_RequestDenied');
const BUSY = refusal(429, 'TooManyRequests');

/** One request in its installation. */
export interface Place {
  readonly on: Machine;
  readonly requestId: string;
}

/**
 * A saga that does not go as its plan says. What happens outside of the process, and when, is told by what is durable: so it happens once,
 * in whichever of its lives.
 */
export interface Story {
  readonly name: string;
  readonly saga: string;
  /** Nobody has approved it; else it was approved, and nothing was done. */
  readonly pending?: true;
  /** What is so when the first life begins. */
  readonly before?: (place: Place) => void;
  readonly refuses?: (place: Place, call: string) => Error | undefined;
  /** What somebody else does at an event of the process. */
  readonly meanwhile?: (place: Place, event: string) => void;
  /** What people do when the process has nothing to do, or how long nobody does anything; false: nothing any more. */
  readonly people: (place: Place) => Promise<boolean>;
  /** Events it is told for: without them it is another story. */
  readonly meets: readonly string[];
  readonly ends: RequestState;
  /** Which version of the plan is carried out; the first unless said. */
  readonly version?: number;
}

/** How often something was decided. */
const times = ({ on }: Place, intent: string): number =>
  on.store.rows.audit.filter((entry) => entry.intent === intent && entry.refusal === undefined).length;
const stateOf = ({ on, requestId }: Place): RequestState => on.request(requestId).state;
const accountOf = ({ on }: Place) => {
  const account = on.store.rows.account.get('EA-SEED01');
  if (!account) throw new Error('no account');
  return account;
};

async function press(place: Place, who: Parameters<typeof person>[0], kind: 'retry-request' | 'withdraw-request' | 'approve-request') {
  const { on, requestId } = place;
  const { planDigest } = on.request(requestId);
  const outcome = await on.press(person(who).objectId, kind === 'approve-request' ? { kind, requestId, planDigest } : { kind, requestId });
  if (!outcome.ok) throw new Error(`${kind} by ${who}: ${outcome.error.code}`);
  return true;
}

const whenFailed =
  (then: (place: Place) => Promise<boolean>): Story['people'] =>
  async (place) =>
    stateOf(place) === 'failed' ? then(place) : place.on.custodiansAct();
const tryAgain = whenFailed((place) => press(place, 'ann', 'retry-request'));
const giveUp = whenFailed((place) => press(place, 'rita', 'withdraw-request'));
const sleep = async ({ on }: Place, ms: number): Promise<boolean> => {
  on.pass(ms);
  return true;
};
const untilTooOld = whenFailed((place) => sleep(place, 25 * HOUR));

/** Whoever has not approved the plan as it stands does so. */
async function approveAgain(place: Place, ...names: Parameters<typeof person>[0][]): Promise<boolean> {
  if (stateOf(place) !== 'pending') return place.on.custodiansAct();
  const { decisions, planDigest } = place.on.request(place.requestId);
  const due = names.find((name) =>
    decisions.every((row) => row.person.objectId !== person(name).objectId || row.planDigest !== planDigest),
  );
  return due !== undefined && press(place, due, 'approve-request');
}

/** Once in all lives. */
function once({ on }: Place, what: string, happens: () => void): void {
  const { once: known } = on.store.rows;
  if (known.has(what)) return;
  known.set(what, 'happened');
  happens();
}

export const STORIES: readonly Story[] = [
  {
    name: 'create, its role refused, tried again',
    saga: 'create',
    refuses: (place, call) => (call === 'assignRole' && times(place, 'retry-request') === 0 ? REFUSED : undefined),
    people: tryAgain,
    meets: ['fail-run', 'raise-alert', 'request-in-hand'],
    ends: 'applied',
  },
  {
    name: 'create, its role refused, given up by its requester',
    saga: 'create',
    refuses: (_place, call) => (call === 'assignRole' ? REFUSED : undefined),
    people: giveUp,
    meets: ['fail-run', 'raise-alert', 'deleteUser', 'conclude-request'],
    ends: 'undone',
  },
  {
    name: 'create, its unit refused, given up by nobody, and taking it back refused at first',
    saga: 'create',
    refuses: (place, call) =>
      call === 'joinUnit' || (call === 'removeRole' && times(place, 'fail-run') < 2) || (call === 'disable' && times(place, 'fail-run') < 3)
        ? REFUSED
        : undefined,
    people: untilTooOld,
    meets: ['fail-run', 'undo-request', 'give-way', 'raise-alert', 'deleteUser'],
    ends: 'undone',
  },
  {
    name: 'rotate with keys, registered by one of two and given up by nobody',
    saga: 'rotate with keys',
    async people(place) {
      if (stateOf(place) === 'failed') return sleep(place, 25 * HOUR);
      if (stateOf(place) !== 'approved') return false;
      return times(place, 'record-key') === 0 ? place.on.custodiansAct() : sleep(place, 9 * HOUR);
    },
    meets: ['expire-part', 'fail-run', 'undo-request', 'removeMethod'],
    ends: 'undone',
  },
  {
    name: 'retire, half-way and left by everybody',
    saga: 'retire',
    refuses: (_place, call) => (call === 'deleteUser' ? REFUSED : undefined),
    people: untilTooOld,
    meets: ['fail-run', 'undo-request', 'raise-alert'],
    ends: 'withdrawn',
  },
  {
    name: 'create in a busy tenant',
    saga: 'create',
    refuses: (place, call) =>
      (call === 'addToGroup' && times(place, 'give-way') < 1) || (call === 'enable' && times(place, 'give-way') < 2) ? BUSY : undefined,
    people: ({ on }) => on.custodiansAct(),
    meets: ['give-way'],
    ends: 'applied',
  },
  {
    name: 'rotate, its password set by somebody else before it was read back',
    saga: 'rotate',
    meanwhile(place, event) {
      if (event !== 'begin-step verify') return;
      once(place, 'set by somebody else', () => {
        const user = place.on.tenant.users.get(accountOf(place).objectId);
        if (!user) return;
        user.password = fingerprint(Buffer.from('by somebody else'));
        user.passwordChangedAt = new Date(user.passwordChangedAt.getTime() + 2_000);
      });
    },
    people: ({ on }) => on.custodiansAct(),
    meets: ['begin-step leave-unit again'],
    ends: 'applied',
  },
  {
    name: 'exclude, its policy changed before it began: asked again',
    saga: 'exclude',
    before({ on }) {
      for (const policy of on.tenant.policies.values()) policy.users = { ...policy.users, excludeUsers: [person('oona').objectId] };
    },
    people: (place) => approveAgain(place, 'ann', 'bob'),
    meets: ['begin-run'],
    ends: 'applied',
    version: 2,
  },
  {
    name: 'retire, its user gone before it began',
    saga: 'retire',
    before: (place) => void place.on.tenant.users.delete(accountOf(place).objectId),
    people: async () => false,
    meets: ['begin-run', 'raise-alert'],
    ends: 'impossible',
  },
  {
    name: 'enable, an approver gone before it began',
    saga: 'enable',
    before: ({ on }) => void on.roles.set(person('ann').objectId, new Set()),
    people: (place) => approveAgain(place, 'cy'),
    meets: ['begin-run'],
    ends: 'applied',
  },
  {
    name: 'handover with keys, an approver gone while it waited, and back',
    saga: 'handover with keys',
    async people(place) {
      const { on, requestId } = place;
      if (stateOf(place) === 'failed') {
        on.roles.set(person('ann').objectId, new Set(['approver']));
        return press(place, 'ann', 'retry-request');
      }
      if (on.request(requestId).begunAt && times(place, 'fail-run') === 0 && !on.request(requestId).failure)
        once(place, 'ann left', () => on.roles.set(person('ann').objectId, new Set()));
      return on.custodiansAct();
    },
    meets: ['raise-alert', 'request-in-hand'],
    ends: 'applied',
  },
  {
    name: 'rotate, unable to begin at first',
    saga: 'rotate',
    refuses: (place, call) => (call === 'roles' && times(place, 'cannot-begin') === 0 ? REFUSED : undefined),
    people: ({ on }) => on.custodiansAct(),
    meets: ['cannot-begin'],
    ends: 'applied',
  },
  {
    name: 'rotate with keys, given up while it waited for the second',
    saga: 'rotate with keys',
    async people(place) {
      if (stateOf(place) !== 'approved') return false;
      return times(place, 'record-key') === 0 ? place.on.custodiansAct() : press(place, 'rita', 'withdraw-request');
    },
    meets: ['park-run', 'removeMethod'],
    ends: 'undone',
  },
  {
    name: 'create, approved by nobody',
    saga: 'create',
    pending: true,
    people: async (place) => stateOf(place) === 'pending' && sleep(place, 24 * HOUR),
    meets: ['expire-request'],
    ends: 'expired',
  },
  {
    name: 'handover with keys, its pass opened by nobody, tried again',
    saga: 'handover with keys',
    async people(place) {
      if (stateOf(place) === 'failed') return press(place, 'ann', 'retry-request');
      return times(place, 'retry-request') > 0 || stateOf(place) !== 'approved' ? place.on.custodiansAct() : sleep(place, 9 * HOUR);
    },
    meets: ['expire-part', 'fail-run', 'resume-run'],
    ends: 'applied',
  },
  {
    name: 'handover with keys, its key seen late',
    saga: 'handover with keys',
    async people(place) {
      const { on, requestId } = place;
      const waits = [...on.store.rows.timers.keys()].some((key) => key === `resume:${requestId}`);
      if (!waits) return custodiansWho({ registers: () => [] })(on);
      on.register(accountOf(place).objectId, [deviceBound(`key-${requestId}-2`)]);
      return sleep(place, MINUTE);
    },
    meets: ['park-run', 'resume-run'],
    ends: 'applied',
  },
  {
    name: 'disable, told by no log of the tenant',
    saga: 'disable',
    async people(place) {
      const { store, now } = place.on;
      if (![...store.rows.timers.keys()].some((key) => key.startsWith('evidence:'))) return false;
      await sleep(place, 121 * MINUTE);
      const { tenant } = place.on.request(place.requestId).plan;
      await store.feedRead(tenant.id, 'graph-directory-audits', { readUpTo: now() });
      return true;
    },
    meets: ['look-for-evidence', 'raise-alert'],
    ends: 'applied',
  },
];

/** Where a story begins, and how it goes on there. */
export async function told(story: Story): Promise<Place & { readonly before: Machine }> {
  const saga = SAGAS.find(({ name }) => name === story.saga);
  if (!saga) throw new Error(`no saga ${story.saga}`);
  const { machine: on, requestId } = await (story.pending ? asked(saga) : approved(saga));
  story.before?.({ on, requestId });
  return { on, requestId, before: on.fork() };
}

/** The story, for a life on that machine. */
export function troubleOf(story: Story, place: Place): Pick<Trouble, 'answer' | 'custodians' | 'saw'> {
  return {
    answer(call) {
      const error = story.refuses?.(place, call);
      return error && { error, done: false };
    },
    custodians: () => story.people(place),
    saw: (event) => story.meanwhile?.(place, event),
  };
}
