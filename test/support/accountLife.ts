import { setTimeout as sleep } from 'node:timers/promises';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import { digestOf } from '../../src/core/digest.ts';
import type { PersonRef } from '../../src/core/people.ts';
import type { Plan } from '../../src/core/request/types.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { signInPoll } from '../../src/jobs/pollSignIns.ts';
import { runPlan } from '../../src/jobs/runPlan.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, anAccountPlan, aPlan, aRequest, hours, minutes, NOON, person } from './builders.ts';
import { inTouch } from './everybody.ts';
import type { BadTenant } from './faultLives.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from './memoryStore.ts';

/** What is done to the accounts after they were made, in turn. */
export const LATER = ['rotate', 'retire', 'disable'] as const;
export type LaterOperation = (typeof LATER)[number];

/** How one account lived, and what was wrong with it. */
export interface Life {
  readonly userPrincipalName: string;
  readonly objectId: string;
  readonly later: LaterOperation;
  /** Times a job was taken up for each request, and times a person had to press Try again. */
  readonly runs: readonly number[];
  readonly pressed: number;
  /** Reads of the sign-in log until the alert was there. */
  readonly polls: number;
  readonly wrong: readonly string[];
}

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const MOST_RUNS = 100;
/** Real milliseconds for each second the product waits. */
const PACE = 0.02;
/** What is late arrives within a second, as far as anybody could tell it from what was sent after it: Graph keeps whole seconds. */
const LATE_MOST_MS = 1_000;

/**
 * An account from its approved plan to the alert about its first sign-in, and on through one more request, with a database of its own, on a
 * tenant that fails often.
 */
export async function live(number: number, tenant: BadTenant): Promise<Life> {
  const later = LATER[number % LATER.length] ?? 'rotate';
  const store = memoryStore(NOON);
  inTouch(store);
  const custody = keyFileCustody(Buffer.alloc(32, 7));
  const random = countingRandom();
  const front = door({ store, random, policy: TEST_POLICY, tenant: tenant.tenants.info });
  const needs = { store, random, custody, partContext, log: quiet, door: front, people: tenant.people, tenants: tenant.tenants };
  const pollSignIns = signInPoll(needs);
  const wrong: string[] = [];
  let [now, pressed, polls] = [NOON.getTime(), 0, 0];

  /** Carries out an approved plan as the queue does, a minute between two tries: what was late has arrived by then. */
  const carryOut = async (plan: Plan): Promise<number> => {
    store.put('request', approved(plan));
    const request = () => store.rows.request.get(plan.requestId);
    let last: unknown;
    let runs = 0;
    for (; request()?.state !== 'applied' && runs < MOST_RUNS; runs += 1) {
      if (request()?.state === 'failed') {
        pressed += 1;
        last = request()?.failure?.words;
        await front.dispatch(actor('rita'), { kind: 'retry-request', requestId: plan.requestId });
      }
      const wait = (ms: number): Promise<unknown> => {
        tenant.pass(ms);
        return ms < LATE_MOST_MS ? sleep(ms * PACE) : tenant.arrived();
      };
      await runPlan({ ...needs, wait }, plan.requestId).catch((error: unknown) => {
        last = error;
        return tenant.arrived();
      });
      now += 60_000;
      store.setClock(new Date(now));
    }
    const { state, steps = [] } = request() ?? {};
    const step = steps.find((each) => each.state !== 'done')?.id;
    if (state !== 'applied')
      wrong.push(`its request to ${plan.operation} is ${state} at ${step} after ${runs} runs, last: ${String(last)}`);
    await ringTimers(store, front);
    return runs;
  };
  const account = (): EmergencyAccount | undefined => [...store.rows.account.values()][0];
  const signIn = async (password: string): Promise<string> => tenant.signIn(plan.account.userPrincipalName, password);
  const password = async (): Promise<string> => {
    const { id = '', parts = [] } = account() ?? {};
    const opened = parts.map(({ number: part, custodian }) =>
      custody.open(store.rows.sealed.get(`${id}:${part}`) ?? Buffer.of(), partContext(`${id}:${part}`, custodian.objectId)),
    );
    return Buffer.concat(await Promise.all(opened)).toString('latin1');
  };

  const named = String(number).padStart(6, '0');
  const plan = aPlan({ requestId: `R-${named}`, userName: `life-${number}`, displayName: `Life ${number}`, expiresAt: hours(72) });
  const runs = [await carryOut(plan)];
  const made = account();
  const told = (): Life => ({
    userPrincipalName: plan.account.userPrincipalName,
    objectId: made?.objectId ?? '',
    later,
    runs,
    pressed,
    polls,
    wrong,
  });
  if (!made || wrong.length > 0) return told();

  const first = await password();
  if ((await signIn(first)) !== 'success') wrong.push('the parts in custody do not open it');
  for (; alerts(store) === 0 && polls < 40; polls += 1) await pollSignIns();
  await pollSignIns();
  if (alerts(store) !== 1) wrong.push(`${alerts(store)} alerts about one sign-in`);

  const { userPrincipalName } = made;
  const observed = { userPrincipalName, enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
  runs.push(
    await carryOut(
      anAccountPlan(later, { requestId: `R-${named}-2`, account: account() ?? made, observed, othersInTenant: 0, expiresAt: hours(72) }),
    ),
  );
  if (later === 'rotate' && (await signIn(await password())) !== 'success') wrong.push('the new parts in custody do not open it');
  if ((await signIn(first)) === 'success') wrong.push(`its first password opens it still, after ${later}`);
  const state = account()?.state;
  if (state !== (later === 'rotate' ? 'handover' : `${later}d`)) wrong.push(`after ${later} it is ${state}`);
  if (store.rows.account.size !== 1) wrong.push(`${store.rows.account.size} accounts`);
  return told();
}

/** One spelling for one human, as the directory's adapter gives it. */
const spelt = ({ personKey, ...rest }: PersonRef): PersonRef => ({ ...rest, personKey: personKey.toLowerCase() });

/** A request for the plan that Ann and Bob approved. */
function approved(asked: Plan) {
  const plan = { ...asked, custodians: asked.custodians.map(spelt) };
  const approve = (name: 'ann' | 'bob') => ({
    kind: 'approve' as const,
    person: spelt(person(name)),
    planDigest: digestOf(plan),
    at: minutes(1),
  });
  return aRequest({ plan, state: 'approved', decisions: [approve('ann'), approve('bob')] });
}

const alerts = (store: MemoryStore): number => [...store.rows.alert.values()].filter(({ cause }) => cause.kind === 'sign-in').length;
