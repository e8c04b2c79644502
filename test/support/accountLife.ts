import { setTimeout as sleep } from 'node:timers/promises';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { digestOf } from '../../src/core/digest.ts';
import { GLOBAL_ADMINISTRATOR } from '../../src/core/request/plan.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { pollSignIns } from '../../src/jobs/pollSignIns.ts';
import { runPlan } from '../../src/jobs/runPlan.ts';
import { actor, aPlan, aRequest, minutes, NOON, person } from './builders.ts';
import type { BadTenant, TenantWrite } from './faultLives.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from './memoryStore.ts';

/** How one account came into being, and what was wrong with it in the end. */
export interface Life {
  readonly userPrincipalName: string;
  readonly objectId: string;
  /** Times the job was taken up, and times a person had to press Try again. */
  readonly runs: number;
  readonly pressed: number;
  /** Reads of the sign-in log until the alert was there. */
  readonly polls: number;
  readonly wrong: readonly string[];
}

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const MOST_RUNS = 150;
/** Real milliseconds for each second the product waits. */
const PACE = 0.02;

/** An account from its approved plan to the alert about its first sign-in, each with a database of its own, on a tenant that fails often. */
export async function live(number: number, tenant: BadTenant): Promise<Life> {
  const store = memoryStore(NOON);
  const custody = keyFileCustody(Buffer.alloc(32, 7));
  const random = countingRandom();
  const front = door({ store, random, policy: TEST_POLICY, tenant: tenant.tenants.info });
  const plan = aPlan({ requestId: `R-${String(number).padStart(6, '0')}`, userName: `life-${number}`, displayName: `Life ${number}` });
  const approve = (name: 'ann' | 'bob') => {
    const { personKey, ...rest } = person(name);
    // One spelling for one human, as the directory's adapter gives it.
    return {
      kind: 'approve' as const,
      person: { ...rest, personKey: personKey.toLowerCase() },
      planDigest: digestOf(plan),
      at: minutes(1),
    };
  };
  store.put('request', aRequest({ plan, state: 'approved', decisions: [approve('ann'), approve('bob')] }));
  const needs = { store, random, custody, partContext, log: quiet, door: front, people: tenant.people, tenants: tenant.tenants };

  let [now, runs, pressed] = [NOON.getTime(), 0, 0];
  let last: unknown;
  for (; store.rows.request.get(plan.requestId)?.state !== 'applied' && runs < MOST_RUNS; runs += 1) {
    if (store.rows.request.get(plan.requestId)?.state === 'failed') {
      pressed += 1;
      await front.dispatch(actor('rita'), { kind: 'retry-request', requestId: plan.requestId });
    }
    await runPlan({ ...needs, wait: (ms) => sleep(ms * PACE) }, plan.requestId).catch((error: unknown) => {
      last = error;
      return sleep(tenant.lateMs);
    });
    now += 60_000; // the queue tries again a minute later: what was late has arrived by then
    store.setClock(new Date(now));
  }
  const account = [...store.rows.account.values()][0];
  if (!account) return { userPrincipalName: plan.account.userPrincipalName, objectId: '', runs, pressed, polls: 0, wrong: ['no account'] };

  const wrong: string[] = [];
  const parts = account.parts.map(({ number: part, custodian }) => {
    const key = `${account.id}:${part}`;
    return custody.open(store.rows.sealed.get(key) ?? Buffer.of(), partContext(key, custodian.objectId));
  });
  const password = Buffer.concat(await Promise.all(parts)).toString('latin1');
  if ((await tenant.signIn(account.userPrincipalName, password)) !== 'success') wrong.push('the parts in custody do not open it');
  let polls = 0;
  for (; alerts(store) === 0 && polls < 40; polls += 1) await pollSignIns(needs);
  await pollSignIns(needs);
  if (alerts(store) !== 1) wrong.push(`${alerts(store)} alerts about one sign-in`);
  if (store.rows.account.size !== 1) wrong.push(`${store.rows.account.size} accounts`);
  const request = store.rows.request.get(plan.requestId);
  const step = request?.steps.find((each) => each.state !== 'done')?.id;
  if (request?.state !== 'applied') wrong.push(`its request is ${request?.state} at ${step} after ${runs} runs, last: ${String(last)}`);
  return { userPrincipalName: account.userPrincipalName, objectId: account.objectId, runs, pressed, polls, wrong };
}

const alerts = (store: MemoryStore): number => [...store.rows.alert.values()].filter(({ cause }) => cause.kind === 'sign-in').length;

/** What is wrong with an account in the tenant itself, once the bad day is over: anything missing, twice, or in the wrong order. */
export async function wrongInTenant(
  { objectId, userPrincipalName }: Life,
  tenant: BadTenant,
  all: readonly TenantWrite[],
): Promise<string[]> {
  const plan = aPlan();
  const reader = tenant.tenants.reader(plan.tenant.id);
  const [user, excluded, roles] = await Promise.all([
    reader.user(objectId),
    reader.isMember(plan.exclusionGroupId, objectId),
    reader.roles(objectId),
  ]);
  const done = (match: (write: TenantWrite) => boolean): readonly TenantWrite[] =>
    all.filter((write) => write.status >= 200 && write.status < 300 && match(write));
  const of = (write: TenantWrite): boolean => write.path.toLowerCase().includes(objectId) || JSON.stringify(write.body).includes(objectId);
  const created = done(
    ({ method, path, body }) => method === 'POST' && path.endsWith('/users') && body?.userPrincipalName === userPrincipalName,
  );
  const excludedBy = done((write) => write.method === 'POST' && /\/groups\/[^/]+\/members\/\$ref$/.test(write.path) && of(write));
  const joined = done((write) => write.method === 'POST' && /\/administrativeUnits\/[^/]+\/members\/\$ref$/.test(write.path) && of(write));
  const assigned = done((write) => write.method === 'POST' && write.path.endsWith('/roleAssignments') && of(write));
  const enabled = done((write) => write.method === 'PATCH' && of(write) && write.body?.accountEnabled === true);
  const first = (writes: readonly TenantWrite[]): number => writes[0]?.seq ?? Number.NaN;
  const inOrder = first(created) < first(excludedBy) && first(excludedBy) < first(assigned) && first(assigned) < first(enabled);
  return [
    created.length === 1 ? '' : `created ${created.length} times`,
    excludedBy.length === 1 ? '' : `excluded ${excludedBy.length} times`,
    joined.length === plan.steps.filter(({ id }) => id.startsWith('join-unit')).length ? '' : `put into the unit ${joined.length} times`,
    assigned.length === 1 ? '' : `given the role ${assigned.length} times`,
    inOrder ? '' : 'written in another order than planned (GR-2)',
    user?.accountEnabled && user.userPrincipalName === userPrincipalName ? '' : 'not there, or not enabled',
    excluded ? '' : 'not in the exclusion group',
    roles.length === 1 && roles[0] === GLOBAL_ADMINISTRATOR.templateId ? '' : `its roles are ${roles.join(', ')}`,
  ].filter((text) => text !== '');
}
