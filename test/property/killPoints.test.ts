import { describe, expect, test } from '@jest/globals';
import { SYSTEM_ONLY } from '../../src/app/dispatch.ts';
import type { Intent } from '../../src/core/intent.ts';
import { kindOfStep, REQUEST_KINDS } from '../../src/core/request/types.ts';
import { STEPS } from '../../src/jobs/steps/registry.ts';
import { DEEP, figure } from '../support/deep.ts';
import { brokenCredentials, residue, tenantAsFound, unwatched, writesOnce } from '../support/installation/checks.ts';
import { badCustody, CUSTODY_STORIES, handedOut, keepParts, keptTooLong } from '../support/installation/custodyStories.ts';
import { givenUp } from '../support/installation/givenUp.ts';
import type { Machine } from '../support/installation/machine.ts';
import { memoryTenant } from '../support/installation/memoryTenant.ts';
import { type Life, live, type Trouble } from '../support/installation/process.ts';
import { approved, SAGAS } from '../support/installation/sagas.ts';
import { STORIES, told, troubleOf } from '../support/installation/stories.ts';

/*
 * The process dies at every durable boundary of every saga. A boundary is the gap between two things that outlive the process: a committed
 * transaction, a write in the tenant. Between two of them nothing is lost but memory, so each gap stands for every instant in it. No list
 * of them is kept anywhere: a run without trouble tells them. Processes that are really killed:
 * test/e2e/kill.test.ts, and all of these boundaries by `npm run test:deep -- kill`.
 */

/** Longest after a start until all that can be done is done. */
const CONVERGES_WITHIN_MS = 60_000;

/** What goes wrong on a machine, in whichever life. */
type TroubleOn = (machine: Machine) => Trouble;

/** One life in which nothing of ours is ever enabled or privileged and unwatched. */
const watchfully = (machine: Machine, trouble: Trouble = {}): Promise<Life> =>
  live(machine, {
    ...trouble,
    async saw(event, requestId) {
      // Asked thousands of times: an assertion is made only of what is wrong.
      const found = unwatched(machine);
      if (found.length > 0) expect([event, found]).toEqual([event, []]);
      const last = machine.tenant.writes.at(-1);
      if (event === 'deleteUser') expect([event, last?.about.slice(1)]).toEqual([event, []]); // neither enabled nor with any right
      await trouble.saw?.(event, requestId);
    },
  });

/** Lives on until nothing is left to be done, and not long: the time that people let pass is theirs. */
async function converge(machine: Machine, troubleOn: TroubleOn = () => ({})): Promise<Life> {
  const trouble = troubleOn(machine);
  const { custodians = machine.custodiansAct } = trouble;
  let worked = 0;
  let from = machine.now().getTime();
  const rest = (): void => {
    worked += machine.now().getTime() - from;
  };
  const life = await watchfully(machine, {
    ...trouble,
    async custodians(door) {
      rest();
      const acted = await custodians(door);
      from = machine.now().getTime();
      return acted;
    },
  });
  rest();
  expect([life.died, machine.nextRun()]).toEqual([false, undefined]);
  expect(worked).toBeLessThanOrEqual(CONVERGES_WITHIN_MS);
  return life;
}

/** The tenant and its log of writes, as one text. */
const endingOf = (machine: Machine): string => JSON.stringify({ tenant: tenantAsFound(machine), writes: writesOnce(machine) }, null, 1);

/** An assertion that costs something only where it does not hold. */
function same(where: readonly unknown[], found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect([where, found]).toEqual([where, wanted]);
}

/** Intents and calls after which a process died. */
const diedAfter = new Set<string>();

/** Every boundary once, and every two of them in a row. @returns how many lives ended early */
async function everyDeath(
  start: Machine,
  verdict: (machine: Machine, deaths: readonly number[]) => Promise<void>,
  { twiceToo = true, troubleOn = () => ({}) }: { readonly twiceToo?: boolean; readonly troubleOn?: TroubleOn } = {},
): Promise<number> {
  let deaths = 0;
  const settle = async (machine: Machine, ...at: readonly number[]): Promise<void> => {
    deaths += 1;
    await converge(machine, troubleOn);
    await verdict(machine, at);
  };
  const dies = async (machine: Machine, dieAfter: number): Promise<boolean> => {
    const { died, events } = await watchfully(machine, { ...troubleOn(machine), dieAfter });
    if (died) diedAfter.add(events.at(-1)?.split(' ')[0] ?? 'start');
    return died;
  };
  for (let first = 0; ; first += 1) {
    const once = start.fork();
    if (!(await dies(once, first))) return deaths;
    for (let second = 0; twiceToo; second += 1) {
      const twice = once.fork();
      if (!(await dies(twice, second))) break;
      await settle(twice, first, second);
    }
    await settle(once, first);
  }
}

test('GR-1: there is a saga for every kind of request, of step and of write; a new one needs its own (test/support/installation/sagas.ts)', async () => {
  const steps = new Set<string>();
  const writes = new Set<string>();
  for (const saga of SAGAS) {
    const { machine, requestId } = await approved(saga);
    const { plan } = machine.request(requestId);
    for (const { id } of [...plan.steps, ...plan.undo]) steps.add(kindOfStep(id));
    await live(machine);
    for (const { call } of machine.tenant.writes) writes.add(call);
  }
  expect([...steps].sort()).toEqual(Object.keys(STEPS).sort());
  expect([...new Set(SAGAS.map(({ kind }) => kind))].sort()).toEqual([...REQUEST_KINDS].sort());
  expect([...writes].sort()).toEqual(Object.keys(memoryTenant(() => new Date()).writer).sort());
});

describe('carried out, dying once and twice in a row at every durable boundary', () => {
  test.each(SAGAS)('GR-1 GR-2 GR-4 AP-8: $name', async (saga) => {
    const { machine: start, requestId } = await approved(saga);
    const calm = start.fork();
    const { events } = await watchfully(calm);
    const ending = endingOf(calm);
    const judge = async (machine: Machine, at: readonly number[]): Promise<void> => {
      const where = [events[(at[0] ?? 0) - 1] ?? 'start', ...at];
      const broken = await brokenCredentials(machine);
      same(where, [machine.request(requestId).state, endingOf(machine), broken], ['applied', ending, []]);
    };
    // Of sagas that are alike one dies twice in a row; all do where all is asked for.
    const twiceToo = DEEP || !/without a unit|with keys|place of|^handover|what expires|password-lifetime|weak-methods/.test(saga.name);
    const deaths = await everyDeath(start, judge, { twiceToo });
    // Each boundary once, and in a second life at least the ones that are left of it.
    expect(deaths).toBeGreaterThan(twiceToo ? (events.length * events.length) / 2 : events.length);
    figure(`${saga.name}: ${events.length + 1} boundaries, died ${deaths} times, carried out`);
  });
});

describe('taken back after a failure at any step, dying once and twice in a row at every durable boundary', () => {
  const DYING =
    /^(create|rotate|handover|handover with keys|keys in place of a password|password in place of keys|disable|enable|repair role)$/;

  test.each(SAGAS)('GR-5 GR-1: $name', async (saga) => {
    let deaths = 0;
    let failures = 0;
    const { machine, requestId: asked } = await approved(saga);
    const takesBack = machine.request(asked).plan.undo.length > 0;
    const dies = takesBack && (DEEP || DYING.test(saga.name));
    for (const done of [false, true]) {
      for (let write = 1; ; write += 1) {
        const start = await givenUp(saga, write, done, watchfully);
        if (!start) break;
        failures += 1;
        const { machine: begun, requestId, before } = start;
        if (!takesBack) {
          // Of a retirement all of it stays, as its plan says.
          const left = saga.kind === 'retire' ? [] : residue(begun, requestId, before);
          expect([begun.request(requestId).state, left]).toEqual(['withdrawn', []]);
          continue;
        }
        const calm = begun.fork();
        await converge(calm);
        const ending = endingOf(calm);
        const judge = async (machine: Machine, at: readonly number[]): Promise<void> => {
          const found = [machine.request(requestId).state, endingOf(machine), residue(machine, requestId, before)];
          same([write, done, ...at], found, ['undone', ending, []]);
        };
        await judge(calm, []);
        // Two deaths in a row where the most is to be taken back; everywhere when all is asked for.
        const twiceToo = DEEP || (done && !(await givenUp(saga, write + 1, done)));
        if (dies) deaths += await everyDeath(begun, judge, { twiceToo });
      }
    }
    expect([failures > 0, deaths > 0]).toEqual([true, dies]);
    figure(`${saga.name}, taken back: ${failures} failures, died ${deaths} times, ended as it must`);
  });
});

describe('not as planned: refused, given up, asked again, too late; dying once and twice in a row at every durable boundary', () => {
  test.each(STORIES)('GR-1 GR-2 GR-4 GR-5: $name', async (story) => {
    const { on: start, requestId, before } = await told(story);
    const troubleOn: TroubleOn = (on) => troubleOf(story, { on, requestId });
    const calm = start.fork();
    const { events } = await converge(calm, troubleOn);
    expect(story.meets.filter((event) => !events.some((met) => met === event || met.startsWith(`${event} `)))).toEqual([]);
    const ending = endingOf(calm);
    const judge = async (machine: Machine, at: readonly number[]): Promise<void> => {
      const { state, plan } = machine.request(requestId);
      const left = story.ends === 'undone' ? residue(machine, requestId, before) : [];
      const found = [state, plan.version, endingOf(machine), left, await brokenCredentials(machine)];
      same([events[(at[0] ?? 0) - 1] ?? 'start', ...at], found, [story.ends, story.version ?? 1, ending, [], []]);
    };
    await judge(calm, []);
    const deaths = await everyDeath(start, judge, { troubleOn, twiceToo: DEEP || events.length < 25 });
    expect(deaths).toBeGreaterThanOrEqual(events.length);
    figure(`${story.name}: ${events.length + 1} boundaries, died ${deaths} times, ended as it must`);
  });
});

describe('parts from ready to stored, their process dying once and twice in a row at every durable boundary', () => {
  test.each(CUSTODY_STORIES)('GR-1 CR-2 CR-6: $name', async (story) => {
    const { on: start, accountId } = await handedOut();
    const troubleOn: TroubleOn = (on) => ({
      custodians: (door) => keepParts(story, on, accountId, door),
      saw: (event) => same([event], keptTooLong(on, accountId), []),
    });
    const calm = start.fork();
    const { events } = await converge(calm, troubleOn);
    expect(story.meets.filter((event) => !events.includes(event))).toEqual([]);
    // A part whose process died before it answered was shown to nobody: then another password is made, by a plan of its own.
    const judge = async (machine: Machine, at: readonly number[]): Promise<void> =>
      same(
        [events[(at[0] ?? 0) - 1] ?? 'start', ...at],
        [tenantAsFound(machine), badCustody(machine, accountId)],
        [tenantAsFound(calm), []],
      );
    await judge(calm, []);
    const deaths = await everyDeath(start, judge, { troubleOn, twiceToo: DEEP || events.length < 25 });
    expect(deaths).toBeGreaterThanOrEqual(events.length);
    figure(`parts ${story.name}: ${events.length + 1} boundaries, died ${deaths} times, all stored in the end`);
  });
});

/** Intents about a request, as the compiler knows them: one that is new has to be named here. */
const OF_REQUEST: { readonly [K in Extract<Intent, { readonly requestId: string }>['kind']]: 'process' | 'person' } = {
  'edit-request': 'person',
  'approve-request': 'person',
  'deny-request': 'person',
  'begin-proof': 'person',
  'withdraw-request': 'person',
  'retry-request': 'person',
  'expire-request': 'process',
  'undo-request': 'process',
  'begin-run': 'process',
  'cannot-begin': 'process',
  'begin-step': 'process',
  'note-write': 'process',
  'finish-step': 'process',
  'look-for-evidence': 'process',
  'give-way': 'process',
  'fail-run': 'process',
  'finish-run': 'process',
  'watch-account': 'process',
  'seal-parts': 'process',
  'hand-out-parts': 'process',
  'seal-pass': 'process',
  'record-key': 'process',
  'park-run': 'process',
  'resume-run': 'process',
  'conclude-request': 'process',
  'request-in-hand': 'process',
};

const OF_PART: { readonly [K in Extract<Intent, { readonly accountId: string; readonly partNumber: number }>['kind']]: true } = {
  'reveal-part': true,
  'store-part': true,
  'lose-part': true,
  'expire-part': true,
  'remind-custodian': true,
};

test('GR-1: a process died after every intent of a run or a timer about a request, every one about a part, and every call of the writer', () => {
  const named = Object.entries(OF_REQUEST).flatMap(([kind, by]) => (by === 'process' ? [kind] : []));
  const systemOnly: ReadonlySet<string> = SYSTEM_ONLY;
  expect(Object.keys(OF_REQUEST).filter((kind) => systemOnly.has(kind))).toEqual(named);
  const calls = Object.keys(memoryTenant(() => new Date()).writer);
  expect([...named, ...Object.keys(OF_PART), ...calls].filter((boundary) => !diedAfter.has(boundary))).toEqual([]);
});
