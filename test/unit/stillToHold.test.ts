import { describe, expect, test } from '@jest/globals';
import type { Role } from '../../src/core/people.ts';
import type { NamedPerson } from '../../src/core/request/named.ts';
import { whyNotHeld } from '../../src/core/request/named.ts';
import { stillToHold, whyNotOn } from '../../src/core/request/replan.ts';
import type { ChangeRequest, StepId } from '../../src/core/request/types.ts';
import { anAccountPlan, aPlan, aRequest, NOON, person } from '../support/builders.ts';
import { fingerprint, refusal } from '../support/installation/memoryTenant.ts';
import { live, type Trouble } from '../support/installation/process.ts';
import { approvedByName } from '../support/installation/sagas.ts';
import { seedAccount } from '../support/installation/seed.ts';

const DANA = person('dana');
const ELI = person('eli');
const HOUR = 3_600_000;
const there = (who: typeof DANA): NamedPerson => ({ objectId: who.objectId, person: who, isCustodian: true, reachable: true });
const without = (who: typeof DANA, why: NonNullable<NamedPerson['why']>): NamedPerson => ({
  objectId: who.objectId,
  why,
  isCustodian: false,
  reachable: true,
});

describe('CR-3: whoever is handed something must be able to keep it', () => {
  test.each<[string, NamedPerson | undefined, RegExp]>([
    ['left', without(DANA, 'disabled'), /^Dana Diaz has left: the account is disabled\.$/],
    ['deleted', without(DANA, 'unknown'), /^Dana Diaz is not in the directory any more\.$/],
    ['not read', undefined, /^Dana Diaz is not in the directory any more\.$/],
    ['a guest', without(DANA, 'guest'), /^Dana Diaz is a guest now\.$/],
    ['without a person key', without(DANA, 'no-person-key'), /cannot be told from other people/],
    ['elsewhere', without(DANA, 'other-tenant'), /is not of this organisation any more/],
    ['unreadable', without(DANA, 'look-up-failed'), /cannot be looked up now/],
    ['no custodian any more', { ...there(DANA), isCustodian: false }, /^Dana Diaz is not a custodian any more\.$/],
    ['out of reach', { ...there(DANA), reachable: false }, /^Dana Diaz cannot be reached by Breakglass in Teams\.$/],
    ['another human', { ...there(DANA), person: { ...DANA, personKey: 'E9' } }, /is another person in the directory now/],
  ])('ID-3: %s', (_what, found, words) => {
    expect(whyNotHeld([DANA, ELI], [there(ELI), ...(found ? [found] : [])])).toMatch(words);
  });

  test('nothing is said of those who can, in whatever order they were read; of several each is named', () => {
    expect(whyNotHeld([DANA, ELI], [there(ELI), there(DANA)])).toBeUndefined();
    expect(whyNotHeld([], [])).toBeUndefined();
    expect(whyNotHeld([DANA, ELI], [without(ELI, 'guest'), without(DANA, 'disabled')])).toBe(
      'Dana Diaz has left: the account is disabled. Eli Evans is a guest now.',
    );
  });
});

describe('whom a run that is taken up hands something to', () => {
  const done = (request: ChangeRequest, ...ids: StepId[]): ChangeRequest => ({
    ...request,
    begunAt: NOON,
    steps: request.steps.map((row) => (ids.includes(row.id) ? { ...row, state: 'done' } : row)),
  });
  const keyed = aRequest({ state: 'approved', plan: aPlan({ passMinutes: 480 }) });
  const inParts = aRequest({ state: 'approved' });

  test('everybody of the plan before the first write; then those of the steps that are left', () => {
    expect(stillToHold(inParts)).toEqual([DANA, ELI]);
    expect(stillToHold(done(inParts, 'create-user'))).toEqual([DANA, ELI]);
    expect(stillToHold(done(inParts, 'create-user', 'set-credential'))).toEqual([]);
    expect(stillToHold(keyed)).toEqual([DANA, ELI]);
    expect(stillToHold(done(keyed, 'create-user'))).toEqual([DANA, ELI]);
    expect(stillToHold(done(keyed, 'create-user', 'issue-pass:1'))).toEqual([ELI]);
    expect(stillToHold(done(keyed, 'issue-pass:1', 'issue-pass:2'))).toEqual([]);
    expect(stillToHold(aRequest({ state: 'approved', plan: anAccountPlan('disable') }))).toEqual([]);
  });

  test('CR-3: one that cannot stops it, by name; one that nobody read is left to the step', () => {
    const gone = { kind: 'impossible', code: 'CustodianGone', words: expect.stringMatching(/^Eli Evans has left/) };
    expect(whyNotOn(inParts, [there(DANA), without(ELI, 'disabled')], 2)).toEqual(gone);
    expect(whyNotOn(done(keyed, 'issue-pass:1'), [without(DANA, 'disabled'), there(ELI)], 2)).toBeUndefined();
    expect(whyNotOn(inParts, [there(DANA)], 2)).toBeUndefined();
    expect(whyNotOn(inParts, [], 0)).toBeUndefined();
  });

  test('a retirement that was begun stops where fewer accounts would be left than it says, and fewer than two', () => {
    const plan = anAccountPlan('retire');
    if (plan.operation !== 'retire') throw new Error('another plan was meant');
    const retiring = (accountsLeft: number, begunAt?: Date) =>
      aRequest({ state: 'approved', plan: { ...plan, accountsLeft }, ...(begunAt ? { begunAt } : {}) });
    const few = { kind: 'impossible', code: 'TooFewLeft', words: expect.stringMatching(/: 1 instead of 2, so nothing more was done/) };
    expect(whyNotOn(retiring(2, NOON), [], 1)).toEqual(few);
    for (const [says, left] of [
      [5, 2],
      [2, 2],
      [1, 1],
      [0, 0],
      [1, 3],
    ] as const)
      expect(whyNotOn(retiring(says, NOON), [], left)).toBeUndefined();
    expect(whyNotOn(retiring(3, NOON), [], 1)).toMatchObject({ code: 'TooFewLeft' });
    // Before its first write it is drawn up again instead, and asked for anew.
    expect(whyNotOn(retiring(2), [], 1)).toBeUndefined();
    const disabling = aRequest({ state: 'approved', begunAt: NOON, plan: anAccountPlan('disable') });
    expect(whyNotOn(disabling, [], 0)).toBeUndefined();
  });
});

/** A request, approved; nothing of it was done. */
async function asked(name: string) {
  const made = await approvedByName(name);
  const { machine, requestId, request } = made;
  const press = (who: 'ann' | 'rita', kind: 'retry-request' | 'withdraw-request') =>
    machine.press(person(who).objectId, { kind, requestId });
  const custodian = request().plan.custodians.at(-1)?.objectId ?? '';
  const leaves = () => void machine.roles.set(custodian, new Set());
  const returns = () => void machine.roles.set(custodian, new Set(['custodian']));
  return { ...made, press, leaves, returns };
}
const when = (event: string, does: () => void): Trouble => ({ saw: (heard) => (heard === event ? does() : undefined) });

describe('a custodian who leaves after it was asked', () => {
  test.each(['rotate', 'rotate with keys', 'handover', 'create with keys'])(
    'CR-3 AP-4: %s ends before its first write, with the name, and nothing of before is replaced',
    async (name) => {
      const { machine, request, causes, leaves } = await asked(name);
      const all = () => [[...machine.tenant.users.values()], [...machine.store.rows.account.values()]];
      const before = structuredClone(all());
      leaves();
      const { events } = await live(machine);
      expect(events).not.toContain('setPassword');
      expect(request()).toMatchObject({ state: 'impossible', failure: { code: 'CustodianGone' } });
      expect(request().begunAt).toBeUndefined();
      expect(causes()).toContainEqual(expect.stringMatching(/is not a custodian any more/));
      expect(all()).toEqual(before);
    },
  );

  test('CR-3 GR-1: found out just before the password is set, it stops with the old one; taken back, the account is in its unit again', async () => {
    const { machine, request, account, user, press, leaves } = await asked('rotate');
    const inUnit = () => machine.tenant.unit.has(account().objectId);
    await live(machine, when('finish-step leave-unit', leaves));
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'set-credential', code: 'CustodianGone' } });
    expect([user()?.password, machine.store.rows.sealed.size]).toEqual([fingerprint(Buffer.from('as it was')), 0]);
    expect(inUnit()).toBe(false);
    expect((await press('rita', 'withdraw-request')).ok).toBe(true);
    await live(machine);
    expect([request().state, inUnit()]).toEqual(['undone', true]);
    expect(user()?.password).toBe(fingerprint(Buffer.from('as it was')));
  });

  test('CR-3 AP-4: a retry finds it out before it writes anything, and goes on when they are back', async () => {
    const { machine, request, press, leaves, returns } = await asked('rotate');
    await live(machine, when('finish-step leave-unit', leaves));
    expect((await press('ann', 'retry-request')).ok).toBe(true);
    const again = await live(machine);
    expect(again.events.filter((event) => event.startsWith('begin-step'))).toEqual([]);
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'set-credential', code: 'CustodianGone' } });
    returns();
    await press('ann', 'retry-request');
    await live(machine);
    expect(request().state).toBe('applied');
  });

  test('CR-3: no pass is made for one who has left while another registered a key', async () => {
    const { machine, request, leaves } = await asked('rotate with keys');
    await live(machine, when('finish-step enrol:1', leaves));
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'issue-pass:2', code: 'CustodianGone' } });
  });

  test('CR-3: any of them holds up a password that all are to share; a pass only the one who is to have it', async () => {
    const first = async (name: string, after: string) => {
      const { machine, request } = await asked(name);
      const { objectId = '' } = request().plan.custodians[0] ?? {};
      await live(
        machine,
        when(after, () => void machine.roles.set(objectId, new Set())),
      );
      return request();
    };
    const failed = { state: 'failed', failure: { step: 'set-credential', code: 'CustodianGone' } };
    const shared = await first('rotate', 'finish-step leave-unit');
    expect(shared).toMatchObject(failed);
    expect(shared.failure?.words).toContain(
      'Dana Diaz is not a custodian any more. So nothing new was made. Give this up and ask with somebody else, or try again when they are back.',
    );
    expect((await first('rotate with keys', 'finish-step enrol:1')).state).toBe('applied');
  });

  test('AP-4 ID-4: where nobody can tell whether they left, nothing is written; it waits, and after thirty minutes has failed', async () => {
    const { machine, request, user } = await asked('rotate');
    const { holders } = machine.people;
    Object.assign(machine.people, {
      lookUp: async () => ({ ok: false, why: 'look-up-failed' }),
      holders: async (role: Role) => (role === 'custodian' ? [] : holders(role)),
    });
    await live(machine);
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'CannotTell' } });
    expect(request().failure?.words).toMatch(/^Whether the custodians can still keep a part could not be read/);
    expect(user()?.password).toBe(fingerprint(Buffer.from('as it was')));
  });
});

test('GR-1: a retirement half-way is not gone on with when the other accounts went meanwhile', async () => {
  const { machine, request, press } = await asked('retire');
  const third = await seedAccount(machine, 7);
  // With one more than when it was asked for it is asked for anew.
  await live(machine);
  for (const who of ['ann', 'bob'] as const) {
    const { id: requestId, planDigest } = request();
    await machine.press(person(who).objectId, { kind: 'approve-request', requestId, planDigest });
  }
  const refused = refusal(403, 'Authorization_RequestDenied');
  await live(machine, { answer: (call) => (call === 'deleteUser' ? { error: refused, done: false } : undefined) });
  expect(request()).toMatchObject({ state: 'failed', plan: { accountsLeft: 2 }, failure: { step: 'delete-user' } });
  machine.store.put('account', { ...third, state: 'disabled', revision: third.revision + 1 });
  machine.pass(HOUR);
  await press('ann', 'retry-request');
  await live(machine);
  expect(request()).toMatchObject({ state: 'failed', failure: { step: 'delete-user', code: 'TooFewLeft' } });
  machine.store.put('account', { ...third, revision: third.revision + 2 });
  await press('ann', 'retry-request');
  await live(machine);
  expect(request().state).toBe('applied');
});
