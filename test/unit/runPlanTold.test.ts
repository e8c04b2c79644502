import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { CustodyFault } from '../../src/app/custodyFault.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Store, TenantInfo, TenantReader, Tenants } from '../../src/app/ports.ts';
import { digestOf } from '../../src/core/digest.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { ChangeRequest, Plan } from '../../src/core/request/types.ts';
import { ok } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { type RunPlanNeeds, runPlan } from '../../src/jobs/runPlan.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, aDecision, anAccount, anAccountPlan, aPlan, aRequest, hours, minutes, NOON, person } from '../support/builders.ts';
import { inTouch, lookUpAll } from '../support/everybody.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';
import { fault, MemoryTenant } from '../support/memoryTenant.ts';
import { goodSnapshot } from '../support/posture.ts';

/* What a run reads before it writes, how it ends, and what of it people, the queue and the log are told. That it converges, whatever fails: runPlan.test.ts. */
const approved = (plan: Plan = aPlan(), more: Partial<ChangeRequest> = {}): ChangeRequest => {
  const planDigest = digestOf(plan);
  const decisions = [aDecision('ann', { planDigest }), aDecision('bob', { planDigest })];
  return aRequest({ plan, state: 'approved', decisions, ...more });
};
const CONTOSO: TenantInfo = { ...TENANTS.contoso, name: 'contoso' };
const { id: requestId, plan: PLAN } = approved();
const DENIED = fault(403, 'Authorization_RequestDenied');
const BUSY = fault(503, 'ServiceUnavailable');

let store: MemoryStore;
let tenant: MemoryTenant;
let front: Door;
/** What of the tenant was read, in order. */
let reads: string[];
let waited: number[];
/** The roles whose holders were asked for. */
let asked: string[];
/** What the run told the door, in order. */
let sent: Intent[];
let logged: { readonly event: string; readonly [field: string]: unknown }[];
const custody = keyFileCustody(Buffer.alloc(32, 5));
const random = countingRandom();

beforeEach(() => {
  store = memoryStore(NOON);
  inTouch(store);
  store.put('request', approved());
  tenant = new MemoryTenant(NOON, PLAN.tenant.id);
  front = door({ store, random, policy: TEST_POLICY, tenant: () => undefined });
  reads = [];
  waited = [];
  asked = [];
  sent = [];
  logged = [];
});

const log: Log = {
  info: (event, fields) => void logged.push({ event, ...fields }),
  warn: (event, fields) => void logged.push({ event, ...fields }),
  error: (event, fields) => void logged.push({ event, ...fields }),
  child: () => log,
};
const listening = (reader: TenantReader): TenantReader =>
  new Proxy(reader, {
    get(target, name, self) {
      reads.push(String(name));
      return Reflect.get(target, name, self) as unknown;
    },
  });
const tenants = (info?: TenantInfo): Tenants => ({
  list: () => [],
  info: () => info,
  reader: () => listening(tenant.reader),
  writer: () => tenant.writer,
  changer: async () => ({}),
});
const APPROVERS = [person('ann'), person('bob')];
const CUSTODIANS = PLAN.custodians.map((each) => ({ objectId: each.objectId, person: each, isCustodian: true, reachable: true }));
const needs = (more: Partial<RunPlanNeeds> = {}): RunPlanNeeds => ({
  door: {
    ...front,
    dispatch(who, intent) {
      sent.push(intent);
      return front.dispatch(who, intent);
    },
  },
  store,
  people: {
    lookUp: lookUpAll,
    async holders(role) {
      asked.push(role);
      return APPROVERS;
    },
  },
  tenants: tenants(),
  custody,
  random,
  log,
  partContext,
  wait: async (ms) => {
    waited.push(ms);
    at(new Date((await store.now()).getTime() + ms));
  },
  ...more,
});
const run = (more: Partial<RunPlanNeeds> = {}): Promise<void> => runPlan(needs(more), requestId);
const request = (): ChangeRequest => store.rows.request.get(requestId) as ChangeRequest;
/** It is then, for the tenant and for the database alike. */
const at = (now: Date): void => {
  store.setClock(now);
  tenant.nowMs = now.getTime() - NOON.getTime();
};
/** The tenant answers a call with this, until it is called to do it again. */
function refuse(call: keyof MemoryTenant['writer'], error: unknown): () => void {
  const { writer } = tenant;
  const kept = writer[call];
  Object.assign(writer, {
    [call]: async () => {
      throw error;
    },
  });
  return () => void Object.assign(writer, { [call]: kept });
}
const alerts = async () => {
  await ringTimers(store, front);
  return [...store.rows.alert.values()].map(({ cause }) => cause);
};

describe('the log of a run', () => {
  test('names request, step and lease of everything that was proven, and the end', async () => {
    await run();
    expect(logged).toEqual([
      ...PLAN.steps.map(({ id: step }) => ({ event: 'step.done', requestId, step, fence: 1 })),
      { event: 'run.applied', requestId, fence: 1 },
    ]);
  });

  test('says why nothing was begun', async () => {
    store.put('request', { ...approved(), state: 'denied' });
    await run();
    expect(logged).toEqual([{ event: 'run.not-begun', requestId, refusal: 'closed' }]);
    expect(await alerts()).toEqual([]);
    logged = [];
    await runPlan(needs(), 'R-NOTHIN');
    expect(logged).toEqual([{ event: 'run.not-begun', requestId: 'R-NOTHIN', refusal: 'not-found' }]);
  });

  test('says that the approvals did not stand any more', async () => {
    await run({ people: { ...needs().people, holders: async () => [person('ann')] } });
    expect(request().state).toBe('pending');
    expect(logged).toEqual([{ event: 'run.not-standing', requestId, state: 'pending' }]);
  });

  test('names step, code and reference of what stopped it: the reference people read', async () => {
    refuse('assignRole', DENIED);
    await run();
    const { reference } = request().failure ?? {};
    expect(reference).toMatch(/^[0-9a-f]{8}$/);
    expect(logged.at(-1)).toEqual({ event: 'run.failed', requestId, step: 'assign-role', code: DENIED.code, reference, error: DENIED });
  });
});

describe('AP-4: who may approve', () => {
  const step = (id: string) => ({ kind: 'begin-step', requestId, fence: 1, step: id });

  test('is read for the lease and again under it, and judged again with the first step alone', async () => {
    await run();
    expect(asked).toEqual(['approver', 'custodian', 'approver', 'custodian']);
    expect(sent[0]).toStrictEqual({ kind: 'begin-run', requestId, eligible: APPROVERS, custodians: CUSTODIANS });
    const begun = sent.filter(({ kind }) => kind === 'begin-step');
    expect(begun.slice(0, 2)).toStrictEqual([{ ...step('create-user'), eligible: APPROVERS }, step('exclude')]);
  });

  test('who loses the right while the lease is taken is found out before the first write', async () => {
    const holders = async () => {
      asked.push('approver');
      return asked.length === 1 ? APPROVERS : APPROVERS.slice(1);
    };
    await expect(run({ people: { ...needs().people, holders } })).rejects.toThrow('stale-lease');
    expect(tenant.writes).toEqual([]);
  });

  test('is read for the lease alone once something was written', async () => {
    store.put('request', approved(PLAN, { begunAt: NOON }));
    await run({ tenants: tenants(CONTOSO) });
    expect(asked).toEqual(['approver', 'custodian', 'custodian']);
    expect(sent[0]).toStrictEqual({ kind: 'begin-run', requestId, eligible: APPROVERS, custodians: CUSTODIANS });
    expect(sent[1]).toStrictEqual(step('create-user'));
  });
});

describe('what is on record of the steps', () => {
  test('one that is proven is not done again, whatever became of the word that it was', async () => {
    const { addToGroup } = tenant.writer;
    let calls = 0;
    tenant.writer.addToGroup = async (...given) => {
      calls += 1;
      return addToGroup(...given);
    };
    const dying: Door = {
      ...front,
      dispatch: async (who, intent) => {
        if (intent.kind === 'finish-step' && intent.step === 'exclude') throw new Error('killed');
        return front.dispatch(who, intent);
      },
    };
    await expect(run({ door: dying })).rejects.toThrow('killed');
    await run();
    expect(request().state).toBe('applied');
    expect(calls).toBe(1);
  });

  test('of a step that is not among them it is looked whether it is so', async () => {
    store.put('request', approved(PLAN, { steps: [] }));
    const mend = refuse('enable', BUSY);
    await expect(run()).rejects.toBe(BUSY);
    mend();
    await run();
    expect(request().state).toBe('applied');
    // When its password was set nobody knows without them, so it is set again.
    expect(tenant.writes).toEqual(['createUser', 'addToGroup', 'setPassword', 'assignRole', 'setPassword', 'enable', 'joinUnit']);
  });
});

describe('AP-3: a stored plan that is not the one approved', () => {
  test('is not begun, and people hear that somebody changed the database, once', async () => {
    const other = aPlan({ userName: 'south.harbor' });
    store.put('request', { ...approved(), plan: other });
    await run();
    await run();
    expect(tenant.writes).toEqual([]);
    expect(logged).toContainEqual({ event: 'run.not-begun', requestId, refusal: 'plan-changed' });
    const words = 'Its stored plan is not the one that was approved, so nothing was done. Find out who changed the database.';
    expect(await alerts()).toMatchObject([{ kind: 'request-failed', requestId, words }]);
    // Another request is another alert.
    store.put('request', { ...approved(), plan: other, id: 'R-8G4L3N' });
    await runPlan(needs(), 'R-8G4L3N');
    expect(await alerts()).toHaveLength(2);
  });
});

describe('AP-3: what the plan is drawn up from is read before the first write', () => {
  test('and of a tenant that changed meanwhile it is asked for anew', async () => {
    const looked: string[] = [];
    const looking: Store = {
      ...store,
      get(kind, id) {
        looked.push(kind);
        return store.get(kind, id);
      },
    };
    await run({ store: looking, tenants: tenants({ ...CONTOSO, displayName: 'Contoso Ltd' }) });
    expect(looked).toEqual(['request']);
    expect(request()).toMatchObject({ state: 'pending', plan: { version: 2, tenant: { name: 'Contoso Ltd' } } });
    expect(tenant.writes).toEqual([]);
    // A new account with a password rests on the settings alone.
    expect(reads).toEqual([]);
  });

  test('and holds in a tenant that did not', async () => {
    await run({ tenants: tenants(CONTOSO) });
    expect(request().state).toBe('applied');
  });

  test('not once a run has begun: from then on the tenant differs by what was done', async () => {
    store.put('request', approved(PLAN, { begunAt: NOON }));
    await run({ tenants: tenants({ ...CONTOSO, displayName: 'Contoso Ltd' }) });
    expect(request().state).toBe('applied');
  });

  test('with passkeys, whether the tenant allows them; what it allows no more ends in words', async () => {
    store.put('request', approved(aPlan({ passMinutes: 480 })));
    tenant.reader.methodPolicies = async () => [{ id: 'Fido2', enabled: false, includeTargets: [], excludeTargets: [] }];
    await run({ tenants: tenants(CONTOSO) });
    expect(reads).toEqual(['methodPolicies']);
    expect(request().failure).toMatchObject({ code: 'NoLongerPossible', words: 'The tenant allows no passkeys any more.' });
    expect(tenant.writes).toEqual([]);
  });

  const anAccountThere = async (more: object = {}): Promise<void> => {
    const account = anAccount();
    const marker = `breakglass:${account.requestId}`;
    store.put('account', account);
    tenant.users.push({
      objectId: account.objectId,
      userPrincipalName: account.userPrincipalName,
      marker: `${marker}:${(await custody.tags(marker))[0]}`,
      createdAt: 0,
      enabledAt: 0,
      password: 'theirs',
      ...more,
    });
  };

  test('of an account, how the tenant shows it: one that is not ours is not touched', async () => {
    store.put('request', approved(anAccountPlan('disable', { requestId })));
    await anAccountThere({ marker: 'somebody else' });
    await run({ tenants: tenants(CONTOSO) });
    expect(request().failure?.words).toContain('no longer carries the marker');
    expect(reads).not.toContain('methodPolicies');
    expect(reads).not.toContain('snapshot');
    expect(tenant.writes).toEqual([]);
  });

  test('of an account as it was approved, the plan is carried out', async () => {
    store.put('request', approved(anAccountPlan('disable', { requestId, othersInTenant: 0 })));
    await anAccountThere();
    await run({ tenants: tenants(CONTOSO) });
    expect(request().state).toBe('applied');
    expect(tenant.writes).toEqual(['disable', 'revokeSessions']);
  });

  test('of an account that is not on record any more, nothing', async () => {
    store.put('request', approved(anAccountPlan('disable', { requestId })));
    await run({ tenants: tenants(CONTOSO) });
    expect(request().failure?.words).toBe('The account is not on record any more.');
    expect(reads).toEqual([]);
    store.put('request', approved(anAccountPlan('exclude', { requestId })));
    await run({ tenants: tenants(CONTOSO) });
    expect(request().failure?.words).toBe('The account is not on record any more.');
    expect(reads).toEqual([]);
  });

  test('to mend, posture as it is now, and how the tenant shows the account', async () => {
    store.put('request', approved(anAccountPlan('exclude', { requestId })));
    await anAccountThere();
    tenant.reader.snapshot = async () => goodSnapshot();
    await run({ tenants: tenants(CONTOSO) });
    expect(request().failure?.words).toBe('What it rests on cannot be read now, so nothing was changed.');
    expect(reads).toContain('user');
    expect(tenant.writes).toEqual([]);
  });

  test('to mend, posture as it is now: what cannot be read is not mended', async () => {
    store.put('request', approved(anAccountPlan('exclude', { requestId })));
    await anAccountThere();
    await expect(run({ tenants: tenants(CONTOSO) })).rejects.toThrow('nothing is judged by');
    expect(reads).toContain('snapshot');
    expect(request()).toMatchObject({ state: 'approved', fence: 0 });
  });
});

describe('GR-4: a run that gives way', () => {
  const gaveWay = () => sent.filter(({ kind }) => kind === 'give-way');
  const expected = () => request().expected?.find(({ step }) => step === 'exclude');

  test('says so where it sent nothing: it is none of those that may have written', async () => {
    tenant.reader.isMember = async () => Promise.reject(BUSY);
    await expect(run()).rejects.toThrow();
    expect(gaveWay()).toEqual([{ kind: 'give-way', requestId, fence: 1, step: 'exclude', unsent: 1 }]);
    expect(expected()).toMatchObject({ open: 0, allowed: 0 });
  });

  test('does not where it sent something, or where its beginning was not recorded', async () => {
    refuse('addToGroup', BUSY);
    await expect(run()).rejects.toThrow();
    expect(gaveWay()).toEqual([]);
    expect(expected()).toMatchObject({ open: LOOKS.length });
    sent = [];
    const deaf: Door = {
      dispatch: (who, intent) => {
        sent.push(intent);
        return intent.kind === 'begin-step' ? Promise.reject(new Error('the database is away')) : front.dispatch(who, intent);
      },
    };
    await expect(run({ door: deaf })).rejects.toThrow('the database is away');
    expect(gaveWay()).toEqual([]);
    expect(expected()).toMatchObject({ open: LOOKS.length });
  });

  test('does not where it is given up for good; while it is taken back it does each time', async () => {
    tenant.reader.isMember = async () => Promise.reject(BUSY);
    await expect(run()).rejects.toThrow();
    sent = [];
    at(hours(1));
    await run();
    expect([request().state, gaveWay()]).toEqual(['failed', []]);
    await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId });
    await expect(run()).rejects.toThrow();
    expect(request().state).toBe('undoing');
    expect(gaveWay()).toEqual([{ kind: 'give-way', requestId, fence: request().fence, step: 'leave-group', unsent: 1 }]);
    const back = () => request().expected?.find(({ step, undo }) => step === 'leave-group' && undo);
    expect(back()).toMatchObject({ open: 0, allowed: 0 });
    await expect(run()).rejects.toThrow();
    expect(back()).toMatchObject({ open: 0, allowed: 0 });
  });

  test('fails as it failed where that cannot be recorded', async () => {
    tenant.reader.isMember = async () => Promise.reject(BUSY);
    const deaf: Door = {
      dispatch: (who, intent) =>
        intent.kind === 'give-way' ? Promise.reject(new Error('the database is away')) : front.dispatch(who, intent),
    };
    await expect(run({ door: deaf })).rejects.toBe(BUSY);
    expect(logged).toEqual([expect.objectContaining({ event: 'step.done' }), { event: 'run.untold', error: expect.any(Error) }]);
  });
});

describe('AP-9 GR-1: a password that was set again after its parts were sealed', () => {
  /** Right after the account is enabled, as often as said. */
  const replaced = (times: number): void => {
    let left = times;
    tenant.onWrite = (name) => {
      const [user] = tenant.users;
      if (name !== 'enable' || !user || left === 0) return;
      left -= 1;
      queueMicrotask(() => void Object.assign(user, { passwordSetAt: tenant.nowMs + 1000 }));
    };
  };

  test('is set anew, and the log says what noticed it', async () => {
    replaced(1);
    await expect(run()).rejects.toThrow('set again after its parts were sealed');
    const again = logged.filter(({ event }) => event === 'step.again');
    expect(again).toEqual([{ event: 'step.again', requestId, step: 'set-credential', noticedBy: 'join-unit', code: 'PasswordReplaced' }]);
    expect(sent.at(-1)).toEqual({ kind: 'begin-step', requestId, fence: 1, step: 'set-credential', again: true });
    await run();
    expect(request().state).toBe('applied');
    expect(tenant.writes.filter((name) => name === 'setPassword')).toHaveLength(2);
  });

  test('noticed too late it is the step that failed, and is not begun before people ask for it', async () => {
    const mend = refuse('joinUnit', BUSY);
    await expect(run()).rejects.toBe(BUSY);
    mend();
    Object.assign(tenant.users[0] ?? {}, { passwordSetAt: tenant.nowMs });
    at(hours(1));
    await run();
    expect(request().failure).toMatchObject({ step: 'set-credential', foundBy: 'join-unit', code: 'PasswordReplaced' });
    expect(request().failure?.words).toContain('set again after its parts were sealed');
    expect(logged.map(({ event }) => event)).not.toContain('step.again');
  });
});

describe('a run that waits for a person', () => {
  test('gives way without a fault, in words; whom it waits for may take hours', async () => {
    store.put('request', approved(aPlan({ passMinutes: 480 })));
    await run();
    const words = `Waiting for ${person('dana').name} to register a security key`;
    expect(request().steps.find(({ id }) => id === 'enrol:1')).toEqual({
      ...{ id: 'enrol:1', state: 'waiting', at: NOON, evidence: words, untilAt: hours(8) },
    });
    expect(request().state).toBe('approved');
    expect(logged.at(-1)).toEqual({ event: 'run.parked', requestId, step: 'enrol:1', fence: 1 });
    expect([...store.rows.timers.keys()].filter((key) => key.startsWith('resume:'))).toEqual([]);
  });

  test('that never came is the step that is done again, in words', async () => {
    store.put('request', approved(aPlan({ passMinutes: 480 })));
    await run();
    const [account] = store.rows.account.values();
    if (!account) throw new Error('no account');
    store.put('account', { ...account, parts: account.parts.map((part) => ({ ...part, state: 'expired' as const })) });
    await run();
    const words = `${person('dana').name} registered no key before the pass expired.`;
    expect(request().failure).toMatchObject({ step: 'issue-pass:1', foundBy: 'enrol:1', code: 'PassExpired', words });
  });

  test('with an instant to look again it sets its timer', async () => {
    store.put('request', approved(aPlan({ passMinutes: 480 })));
    await run();
    const [account] = store.rows.account.values();
    if (!account) throw new Error('no account');
    const parts = account.parts.map((part) => ({ ...part, state: 'shown' as const, confirmedAt: NOON }));
    store.put('account', { ...account, parts });
    await run();
    expect(store.rows.timers.get(`resume:${requestId}`)?.at).toEqual(minutes(1));
  });
});

describe('the writes a run sent', () => {
  test('AL-9: are counted with each step, so that one more row of the log is somebody else’s', async () => {
    await run();
    expect(request().expected?.map(({ step, allowed, done }) => ({ step, allowed, done }))).toEqual(
      ['create-user', 'exclude', 'set-credential', 'assign-role', 'enable', 'join-unit'].map((step) => ({ step, allowed: 1, done: 1 })),
    );
  });

  test('AL-9: where the run stopped, one that was refused does not count, and one whose answer was lost does', async () => {
    refuse('assignRole', DENIED);
    await run();
    const row = () => request().expected?.find(({ step }) => step === 'assign-role');
    expect(row()).toMatchObject({ open: 0, allowed: 0 });
    store.put('request', approved());
    tenant = new MemoryTenant(NOON, PLAN.tenant.id);
    store.rows.account.clear();
    refuse('assignRole', BUSY);
    await expect(run()).rejects.toBe(BUSY);
    at(hours(1));
    await run();
    // Five by the run that stopped, and five that one before it may have sent.
    expect(row()).toMatchObject({ open: 0, allowed: 10 });
    store.put('request', approved());
    tenant = new MemoryTenant(NOON, PLAN.tenant.id);
    store.rows.account.clear();
    refuse('assignRole', new TypeError('who knows'));
    await expect(run()).rejects.toThrow('who knows');
    at(hours(2));
    await run();
    expect(row()).toMatchObject({ open: 0, allowed: 2 });
  });

  test('AL-9: one whose answer was lost counts, and so does the one after it', async () => {
    const { setPassword } = tenant.writer;
    let calls = 0;
    tenant.writer.setPassword = async (...given) => {
      calls += 1;
      if (calls === 1) throw BUSY;
      return setPassword(...given);
    };
    await run();
    expect(request().expected?.find(({ step }) => step === 'set-credential')).toMatchObject({ allowed: 2, done: 1 });
    // The first is noted by the beginning of its step, the second before it was sent.
    expect(sent.filter(({ kind }) => kind === 'note-write')).toEqual([{ kind: 'note-write', requestId, fence: 1, step: 'set-credential' }]);
  });

  test('AL-9: a step that is done again, because what it did does not hold, is expected once more, and not oftener', async () => {
    tenant.onWrite = (name) => {
      const [user] = tenant.users;
      if (name !== 'enable' || !user || tenant.writes.filter((write) => write === 'setPassword').length > 1) return;
      queueMicrotask(() => void Object.assign(user, { passwordSetAt: tenant.nowMs + 1000 }));
    };
    await expect(run()).rejects.toThrow('set again after its parts were sealed');
    const row = () => request().expected?.find(({ step }) => step === 'set-credential');
    expect(row()).toMatchObject({ open: 0, allowed: 1, done: 1 });
    await run();
    expect(request().state).toBe('applied');
    expect(row()).toMatchObject({ open: 0, allowed: 2, done: 2 });
  });

  test('AL-9: one that was throttled was not done, and one that a run which died had noted may have been', async () => {
    const { setPassword } = tenant.writer;
    const answers = [fault(429, 'TooManyRequests'), fault(404, 'NotYetThere')];
    tenant.writer.setPassword = async (...given) => {
      const error = answers.shift();
      if (error) throw error;
      return setPassword(...given);
    };
    await run();
    expect(request().expected?.find(({ step }) => step === 'set-credential')).toMatchObject({ open: 0, allowed: 1, done: 1 });
    store.put('request', approved());
    store.rows.account.clear();
    tenant = new MemoryTenant(NOON, PLAN.tenant.id);
    let alive = true;
    tenant.onWrite = (name) => {
      if (name === 'setPassword') alive = false;
    };
    const dying: Door = {
      dispatch: (who, intent) => (alive ? front.dispatch(who, intent) : Promise.reject(new Error('dead'))),
    };
    await expect(run({ door: dying })).rejects.toThrow('dead');
    tenant.onWrite = () => undefined;
    await run();
    expect(tenant.writes.filter((name) => name === 'setPassword')).toHaveLength(2);
    expect(request().expected?.find(({ step }) => step === 'set-credential')).toMatchObject({ open: 0, allowed: 2, done: 1 });
  });

  test('AL-9: one whose answer was lost, and that was done as the reading shows, is due in the log', async () => {
    const { addToGroup } = tenant.writer;
    let calls = 0;
    tenant.writer.addToGroup = async (...given) => {
      calls += 1;
      await addToGroup(...given);
      throw BUSY;
    };
    await run();
    expect([calls, request().expected?.find(({ step }) => step === 'exclude')]).toMatchObject([1, { open: 0, allowed: 1, done: 1 }]);
  });

  test('AL-9: a fault that says it does not pass is a refusal, whatever port it comes from', async () => {
    refuse('assignRole', Object.assign(new Error('no'), { passing: false }));
    await run();
    expect(request().expected?.find(({ step }) => step === 'assign-role')).toMatchObject({ open: 0, allowed: 0, done: 0 });
  });

  test('AL-9: one that only says that it may pass may have been done', async () => {
    refuse('assignRole', Object.assign(new Error('cut'), { passing: true }));
    await expect(run()).rejects.toThrow('cut');
    at(hours(1));
    await run();
    expect(request().state).toBe('failed');
    // Five by each of the two runs.
    expect(request().expected?.find(({ step }) => step === 'assign-role')).toMatchObject({ open: 0, allowed: 10 });
  });

  test('AL-9: where the only write was refused and it is so all the same, none of ours is due in the log', async () => {
    const { addToGroup } = tenant.writer;
    tenant.writer.addToGroup = async (...given) => {
      await addToGroup(...given); // somebody else's, in the same instant
      throw fault(429, 'TooManyRequests');
    };
    await run();
    expect(request().state).toBe('applied');
    expect(sent.find((intent) => intent.kind === 'finish-step' && intent.step === 'exclude')).toMatchObject({ acts: 0, unsent: 1 });
  });

  test('AL-9: a step that sent several, each of them answered, has as many due in the log', async () => {
    const { setPassword } = tenant.writer;
    const { user } = tenant.reader;
    let times = 0;
    tenant.writer.setPassword = async (...given) => {
      times += 1;
      return setPassword(...given);
    };
    // Until the second is sent no replica shows a change.
    const changedAt = new Date(NOON.getTime() - 60_000);
    tenant.reader.user = async (objectId) => {
      const found = await user(objectId);
      return found && times < 2 ? { ...found, passwordChangedAt: changedAt } : found;
    };
    await run();
    expect(sent.find((intent) => intent.kind === 'finish-step' && intent.step === 'set-credential')).toMatchObject({ acts: 2, unsent: 0 });
  });

  test('AP-9: a second write that cannot be noted is not sent', async () => {
    refuse('assignRole', BUSY);
    const calls = () => sent.filter(({ kind }) => kind === 'note-write').length;
    const deaf: Door = {
      dispatch: (who, intent) => {
        sent.push(intent);
        return intent.kind === 'note-write' ? Promise.reject(new Error('the database is away')) : front.dispatch(who, intent);
      },
    };
    await expect(run({ door: deaf })).rejects.toThrow('the database is away');
    expect([calls(), request().expected?.find(({ step }) => step === 'assign-role')]).toMatchObject([1, { open: 1, allowed: 0 }]);
  });
});

const LOOKS = [250, 500, 1000, 2000, 4000];

describe('GR-4: what is done and cannot be read back', () => {
  test('is looked for longer and longer, done again in between, and tried again later', async () => {
    let acts = 0;
    tenant.writer.assignRole = async () => {
      acts += 1;
    };
    tenant.onWrite = () => void waited.splice(0);
    await expect(run()).rejects.toThrow('assign-role: done, but not readable yet');
    expect(waited).toEqual(LOOKS.flatMap((pause) => [...LOOKS, pause]));
    expect(acts).toBe(LOOKS.length);
    expect(request().steps.find(({ id }) => id === 'assign-role')?.state).toBe('running');
  });

  test('exists already, after a write whose outcome is unknown: that is our own, which is waited for', async () => {
    const answers = [BUSY, fault(409, 'Conflict')];
    tenant.writer.addToGroup = async () => {
      throw answers.shift() ?? fault(409, 'Conflict');
    };
    await expect(run()).rejects.toMatchObject({
      message: 'exclude: done, but not readable yet',
      cause: { status: 409 },
      code: 'NotReadable',
      passing: true,
    });
    expect(request().state).toBe('approved');
  });

  test('exists already, after an earlier run that may have sent it: that is our own too', async () => {
    const mend = refuse('addToGroup', BUSY);
    await expect(run()).rejects.toBe(BUSY);
    mend();
    refuse('addToGroup', fault(409, 'Conflict'));
    await expect(run()).rejects.toMatchObject({ code: 'NotReadable' });
    expect(request().state).toBe('approved');
  });

  test('exists already, before anything of ours was sent: that is not ours, and people are told', async () => {
    refuse('addToGroup', fault(409, 'Conflict'));
    await run();
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'exclude', code: 'Conflict' } });
  });

  test('what shows while it is waited for is not done again', async () => {
    const { assignRole } = tenant.writer;
    let calls = 0;
    tenant.writer.assignRole = async (...given) => {
      calls += 1;
      await assignRole(...given);
      throw BUSY;
    };
    tenant.onWrite = () => void waited.splice(0);
    await run();
    expect(calls).toBe(1);
    expect(request().state).toBe('applied');
  });
});

describe('GR-1: when it is given up, and in which words', () => {
  /** Tries at this very instant: nothing takes any time. */
  const again = (now: Date): Promise<void> => {
    at(now);
    return run({ wait: async () => undefined });
  };
  const PATIENT = new Date(minutes(30).getTime() + 1);

  test('after thirty minutes and not before', async () => {
    refuse('createUser', BUSY);
    await expect(again(NOON)).rejects.toBe(BUSY);
    expect(logged).toEqual([]);
    await expect(again(minutes(30))).rejects.toBe(BUSY);
    expect(request().state).toBe('approved');
    await again(PATIENT);
    expect(request().state).toBe('failed');
  });

  test.each<[string, unknown, string, string]>([
    ['refuses', fault(400, 'BadRequest'), 'BadRequest', 'The tenant refused this step (BadRequest).'],
    [
      'forbids',
      DENIED,
      DENIED.code,
      'The tenant refused this write (Authorization_RequestDenied) and does not say why. Check that Breakglass’s changer still has the permission User.ReadWrite.All.',
    ],
    [
      'forbids it for a restricted unit',
      fault(403, DENIED.code, 'Target object is a member of a restricted management administrative unit and can only be modified by'),
      DENIED.code,
      'The tenant refused this write (Authorization_RequestDenied): the account is in a restricted management unit. Take it out in Entra, then try again.',
    ],
    [
      'has no licence',
      fault(403, 'AccessDenied', 'Your tenant is not licensed for this feature'),
      'AccessDenied',
      'The tenant has no licence for this step (AccessDenied).',
    ],
    [
      'does not know us',
      fault(401, 'InvalidAuthenticationToken'),
      'InvalidAuthenticationToken',
      'The tenant did not take the credential of Breakglass (InvalidAuthenticationToken). npm run doctor tries each of them.',
    ],
  ])('at once where the tenant %s', async (_how, error, code, words) => {
    refuse('createUser', error);
    await run();
    expect(request().failure).toEqual({ step: 'create-user', code, words, reference: expect.stringMatching(/^[0-9a-f]{8}$/) });
  });

  test.each<[keyof MemoryTenant['writer'], string]>([
    [
      'setPassword',
      'the directory role Privileged Authentication Administrator and the permission User-PasswordProfile.ReadWrite.All, and that the account is in no restricted management unit.',
    ],
    ['addToGroup', 'the permission GroupMember.ReadWrite.All; a group that may hold roles takes RoleManagement.ReadWrite.Directory too.'],
    ['assignRole', 'the permission RoleManagement.ReadWrite.Directory.'],
    ['joinUnit', 'the directory role Privileged Role Administrator and the permission AdministrativeUnit.ReadWrite.All.'],
  ])('a %s that is refused without a word why tells what can be behind it, and claims none of it', async (call, takes) => {
    refuse(call, DENIED);
    await run();
    expect(request().failure?.words).toBe(
      `The tenant refused this write (${DENIED.code}) and does not say why. Check that Breakglass’s changer still has ${takes}`,
    );
  });

  test('a look that is refused tells nothing of what may be written', async () => {
    tenant.reader.isMember = async () => Promise.reject(DENIED);
    await run();
    expect(request().failure).toMatchObject({
      step: 'exclude',
      words: `The tenant refused a look that this step needs (${DENIED.code}). Say status Contoso: it names what the reader lacks.`,
    });
  });

  test.each<[string, unknown, string, string]>([
    ['the tenant is busy', BUSY, BUSY.code, 'The tenant did not complete this step within 30 minutes (ServiceUnavailable).'],
    [
      'what was done cannot be read',
      Object.assign(new Error('x'), { passing: true }),
      'Fault',
      'The tenant did not complete this step within 30 minutes (Fault).',
    ],
    [
      'Breakglass stumbles over itself',
      new TypeError('x'),
      'Fault',
      'Breakglass itself could not complete this step within 30 minutes (Fault). Its log says why.',
    ],
    [
      'the network has a number for it',
      Object.assign(new Error('x'), { code: 7 }),
      'Fault',
      'Breakglass itself could not complete this step within 30 minutes (Fault). Its log says why.',
    ],
    [
      'no error was thrown',
      'nothing at all',
      'Fault',
      'Breakglass itself could not complete this step within 30 minutes (Fault). Its log says why.',
    ],
    [
      'nothing at all was thrown',
      undefined,
      'Fault',
      'Breakglass itself could not complete this step within 30 minutes (Fault). Its log says why.',
    ],
    [
      'the tenant answers in a way that says nothing of later',
      Object.assign(new Error('x'), { status: 500 }),
      'Fault',
      'The tenant did not complete this step within 30 minutes (Fault).',
    ],
    [
      'the vault is away',
      new CustodyFault('away', undefined),
      'VaultAway',
      'The key vault did not answer. It is tried again; if it goes on, an administrator should look at the vault and the network.',
    ],
  ])('after thirty minutes where %s', async (_how, error, code, words) => {
    refuse('createUser', error);
    await expect(run()).rejects.toBe(error);
    expect(request().state).toBe('approved');
    await again(PATIENT);
    expect(request().failure).toEqual({ step: 'create-user', code, words, reference: expect.any(String) });
    expect(await alerts()).toMatchObject([{ kind: 'request-failed', requestId, words }]);
  });

  test('at once where a step says that people must decide, in its words', async () => {
    tenant.users.push({
      objectId: 'somebody',
      userPrincipalName: PLAN.account.userPrincipalName,
      createdAt: 0,
      enabledAt: 0,
      password: 'theirs',
    });
    await run();
    expect(request().failure).toMatchObject({
      step: 'create-user',
      code: 'NameTaken',
      words: expect.stringContaining('It was not touched'),
    });
    expect(logged.map(({ event }) => event)).toEqual(['run.failed']);
  });

  test('what reads back otherwise than planned is waited for, and no step is begun anew', async () => {
    const { enable } = tenant.writer;
    tenant.writer.enable = async (objectId) => {
      await enable(objectId);
      tenant.members.splice(0);
    };
    await expect(run()).rejects.toThrow('not in the exclusion group');
    expect(logged.map(({ event }) => event)).not.toContain('step.again');
  });

  test('at once where what was sealed cannot be opened by anybody', async () => {
    refuse('createUser', new CustodyFault('shut', undefined));
    await run();
    expect(request().failure).toMatchObject({ step: 'create-user', code: 'KeyGone' });
  });
});

describe('GR-5: taking back', () => {
  /** Given up by its requester after the role was refused. */
  const givenUp = async (): Promise<void> => {
    const mend = refuse('assignRole', DENIED);
    await run();
    mend();
    await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId });
    expect(request().state).toBe('undoing');
    logged = [];
    sent = [];
    tenant.writes.splice(0);
  };

  test('needs nobody’s right, reads nothing of people, and is told step by step', async () => {
    await givenUp();
    const nobody = async () => {
      throw new Error('the directory of people is away');
    };
    await run({ people: { ...needs().people, holders: nobody }, tenants: tenants({ ...CONTOSO, displayName: 'Contoso Ltd' }) });
    expect(request().state).toBe('undone');
    expect(tenant.users).toEqual([]);
    expect(sent[0]).toStrictEqual({ kind: 'begin-run', requestId, eligible: [] });
    expect(sent[1]).toStrictEqual({ kind: 'begin-step', requestId, fence: 2, step: PLAN.undo[0]?.id });
    expect(logged).toEqual([
      ...PLAN.undo.map(({ id: step }) => ({ event: 'step.done', requestId, step, fence: 2 })),
      { event: 'run.undone', requestId, fence: 2 },
    ]);
  });

  test('is tried again until it is done, however it fails and however long it takes, and says so', async () => {
    await givenUp();
    const mend = refuse('deleteUser', DENIED);
    await expect(run()).rejects.toBe(DENIED);
    expect(request().state).toBe('undoing');
    at(hours(2));
    await expect(run()).rejects.toBe(DENIED);
    expect(request().state).toBe('undoing');
    const told = (await alerts()).map((cause) => (cause.kind === 'request-failed' ? cause.words : ''));
    expect(told.filter((words) => words.startsWith('Taking back what was done stands at "delete-user"'))).toHaveLength(2);
    mend();
    await run();
    expect(request().state).toBe('undone');
    // What was proven is not done again.
    expect(logged.filter(({ event, step }) => event === 'step.done' && step === 'disable')).toHaveLength(1);
  });
});

describe('GR-4: a user that can be read neither as there nor as deleted', () => {
  test('is looked for half an hour from when the step began, and then it is gone', async () => {
    refuse('assignRole', DENIED);
    await run();
    await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId });
    tenant.users.splice(0);
    const first = () => request().undoSteps?.[0]?.state;
    for (const [minute, state] of [
      [60, 'running'],
      [61, 'running'],
      [90, 'running'],
      [91, 'done'],
    ] as const) {
      at(minutes(minute));
      // Each step has a patience of its own.
      await expect(run()).rejects.toThrow('neither as there nor as deleted');
      expect([minute, first()]).toEqual([minute, state]);
    }
  });

  test('is not taken for gone where nobody knows since when it was looked for', async () => {
    refuse('assignRole', DENIED);
    await run();
    await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId });
    tenant.users.splice(0);
    store.put('request', { ...request(), undoSteps: [] });
    at(hours(5));
    await expect(run()).rejects.toThrow('neither as there nor as deleted');
  });

  test('without a record of the taking back it begins all the same', async () => {
    const { undoSteps: _none, ...bare } = { ...approved(PLAN, { begunAt: NOON }), undoSteps: [] };
    store.put('request', { ...bare, state: 'undoing' });
    await run();
    expect(request().state).toBe('undone');
  });
});

describe('a door that does not answer as it must', () => {
  test('a request that is gone when its lease was taken is told, and nothing is written', async () => {
    await run({ door: { ...front, dispatch: async () => ok({}) } });
    expect(logged).toEqual([{ event: 'run.not-standing', requestId, state: 'gone' }]);
    expect(tenant.writes).toEqual([]);
  });

  test('AP-8: a lease lost to another run is a fault, for that run may have died; a request that is closed is none', async () => {
    const steps = (code: 'stale-lease' | 'closed'): Door => ({
      ...front,
      dispatch: async (who, intent) =>
        intent.kind === 'begin-step' ? ({ ok: false, error: { code } } as never) : front.dispatch(who, intent),
    });
    await expect(run({ door: steps('stale-lease') })).rejects.toThrow('stale-lease');
    expect(logged.at(-1)).toEqual({ event: 'run.lease-lost', requestId, fence: 1, refusal: 'stale-lease' });
    await run({ door: steps('closed') });
    expect(logged.at(-1)).toEqual({ event: 'run.lease-lost', requestId, fence: 2, refusal: 'closed' });
  });

  test('without the request it is a fault, and nothing is written', async () => {
    const silent: Door = {
      ...front,
      dispatch: async (who, intent) => (intent.kind === 'begin-step' ? ok({}) : front.dispatch(who, intent)),
    };
    await expect(run({ door: silent })).rejects.toThrow('begin-step gave no request');
    expect(tenant.writes).toEqual([]);
  });
});
