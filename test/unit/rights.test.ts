import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { ChangerIdentity, TenantInfo, Tenants } from '../../src/app/ports.ts';
import { digestOf } from '../../src/core/digest.ts';
import { rightsOfStep, rightsStillNeeded, whyNotAllowed } from '../../src/core/request/rights.ts';
import { type ChangeRequest, kindOfStep, type Plan, type PlanStep, type StepId } from '../../src/core/request/types.ts';
import { GRAPH_CALLS } from '../../src/core/tenant/calls.ts';
import { neededBy } from '../../src/core/tenant/permissions.ts';
import {
  GLOBAL_ADMINISTRATOR,
  PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
} from '../../src/core/tenant/roles.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { changerIdentity } from '../../src/graph/changer.ts';
import { runPlan } from '../../src/jobs/runPlan.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, aDecision, anAccountPlan, aPlan, aRequest, minutes, NOON, person } from '../support/builders.ts';
import { inTouch, lookUpAll } from '../support/everybody.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';
import { fault, MemoryTenant } from '../support/memoryTenant.ts';

const PAA = PRIVILEGED_AUTHENTICATION_ADMINISTRATOR;
const PRA = PRIVILEGED_ROLE_ADMINISTRATOR;
const EVERYTHING = neededBy(['changer']);

const approved = (plan: Plan = aPlan(), more: Partial<ChangeRequest> = {}): ChangeRequest => {
  const planDigest = digestOf(plan);
  const decisions = [aDecision('ann', { planDigest }), aDecision('bob', { planDigest })];
  return aRequest({ plan, state: 'approved', decisions, ...more });
};
const inUnit = { userPrincipalName: 'x', enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
const keyed = { id: 'p1', name: 'A policy', users: {} };
const PLANS: readonly Plan[] = [
  aPlan(),
  aPlan({ passMinutes: 480 }),
  ...(['rotate', 'handover', 'disable', 'enable', 'retire'] as const).map((kind) => anAccountPlan(kind, { observed: inUnit })),
  anAccountPlan('rotate', { passMinutes: 480, observed: { ...inUnit, expires: true } }),
];

describe('what a step takes', () => {
  const steps = PLANS.flatMap(({ steps, undo }) => [...steps, ...undo]);

  /** `PATCH /users/{id}` as the table of calls has it; of a step that deletes what it finds, any kind of method. */
  const callOf = ({ call }: PlanStep): RegExp => {
    const path = call?.path.replace(/<kind>Methods\/<[^>]*>/, '*Methods/{id}').replace(/<[^>]*>+|[0-9a-f-]{36}/g, '{id}') ?? '';
    return new RegExp(`^${`${call?.method} ${path}`.replace(/[/${}]/g, '\\$&').replace('*', '\\w+')}$`);
  };

  test.each(steps.map((step) => [step.id, step] as const))('%s: nothing that its own call does not take', (id, step) => {
    const rows = GRAPH_CALLS.filter(({ identity, call }) => identity === 'changer' && callOf(step).test(call));
    const { permissions, roles } = rightsOfStep(id);
    expect(rows.length > 0).toBe(step.call !== null);
    expect(permissions.length > 0).toBe(step.call !== null);
    expect(permissions.filter((each) => !rows.some((row) => row.permissions.includes(each)))).toEqual([]);
    expect(roles.filter((each) => !rows.some(({ directoryRole }) => directoryRole === each))).toEqual([]);
  });

  test('a method that is taken off takes the permission of its kind; whatever has no such kind is the step’s own trouble', () => {
    expect(rightsOfStep('remove-method:phone:3179')).toEqual({ permissions: ['UserAuthMethod-Phone.ReadWrite.All'], roles: [PAA] });
    expect(rightsOfStep('remove-method:pigeon:1')).toEqual({ permissions: [], roles: [] });
  });

  test('keys that are replaced take the permission of keys, and where a pass may be left that of passes', () => {
    const [PASSES, KEYS] = ['UserAuthMethod-TAP.ReadWrite.All', 'UserAuthMethod-Passkey.ReadWrite.All'];
    expect(rightsOfStep('remove-keys').permissions).toEqual([KEYS]);
    for (const step of ['tidy-methods', 'withdraw-keys'] as const) expect(rightsOfStep(step).permissions).toEqual([PASSES, KEYS]);
  });

  test('every permission and role of the changer is taken by some step: none is granted for nothing', () => {
    const ids: StepId[] = [...steps.map(({ id }) => id), `exclude-policy:${keyed.id}`, 'remove-member:m'];
    const methods = ['phone', 'email', 'microsoftAuthenticator', 'softwareOath', 'windowsHelloForBusiness', 'platformCredential'] as const;
    const taken = [...ids, ...methods.map((each): StepId => `remove-method:${each}:1`)].map(rightsOfStep);
    expect(new Set(taken.flatMap(({ permissions }) => permissions))).toEqual(new Set(EVERYTHING));
    expect(new Set(taken.flatMap(({ roles }) => roles))).toEqual(new Set([PAA, PRA]));
  });

  test('exempting a password from expiry is no sensitive action, so it takes no role', () => {
    expect(rightsOfStep('never-expire').roles).toEqual([]);
  });
});

describe('why a run may not be taken up', () => {
  const all = { permissions: EVERYTHING, roles: [PAA, PRA] };
  const without = (permission: string) => ({ ...all, permissions: EVERYTHING.filter((each) => each !== permission) });
  const disable = approved(anAccountPlan('disable'));

  test.each(PLANS.map((plan) => [plan.operation, plan] as const))('%s: not while everything is there', (_kind, plan) => {
    expect(whyNotAllowed(approved(plan), all)).toBeUndefined();
    expect(whyNotAllowed(approved(plan), { ...all, roles: [GLOBAL_ADMINISTRATOR] })).toBeUndefined();
  });

  test('names the role, the tenant and what to do', () => {
    expect(whyNotAllowed(disable, { ...all, roles: [PRA] })).toBe(
      'In Contoso the identity Breakglass writes with (its changer) lacks the directory role Privileged Authentication Administrator, so nothing was written. In Entra, give the changer that directory role (status Contoso says how), then try again.',
    );
  });

  test('names a permission, and when it counts', () => {
    expect(whyNotAllowed(approved(), without('GroupMember.ReadWrite.All'))).toBe(
      'In Contoso the identity Breakglass writes with (its changer) lacks the permission GroupMember.ReadWrite.All, so nothing was written. In Entra, give the changer that permission (status Contoso says how), then try again. A permission counts from the next token on, within about an hour.',
    );
  });

  test('names three and counts the rest', () => {
    const words = whyNotAllowed(approved(), { permissions: [], roles: [] });
    expect(words).toMatch(
      /lacks the directory role Privileged \S+ Administrator, the directory role Privileged \S+ Administrator, the permission \S+ and \d more, so/,
    );
    expect(words).toContain(
      'In Entra, give the changer those directory roles and those permissions (status Contoso says how), then try again.',
    );
    expect(words?.length).toBeLessThan(450);
    // A plan that takes three names them all.
    const three = whyNotAllowed(disable, { permissions: [], roles: [] });
    expect(three).toMatch(/lacks the directory role [\w ]+, the permission \S+ and the permission \S+, so/);
  });

  test('a role that the plan does not take is not asked for', () => {
    expect(whyNotAllowed(disable, { ...all, roles: [PAA] })).toBeUndefined();
    expect(whyNotAllowed(approved(anAccountPlan('disable', { observed: inUnit })), { ...all, roles: [PAA] })).toContain(
      'Privileged Role Administrator',
    );
  });

  test('what nobody knows is not held against it', () => {
    expect(whyNotAllowed(disable, {})).toBeUndefined();
    expect(whyNotAllowed(disable, { permissions: EVERYTHING })).toBeUndefined();
    expect(whyNotAllowed(disable, { roles: [PAA] })).toBeUndefined();
  });

  test.each([
    ['User.RevokeSessions.All', 'User.ReadWrite.All'],
    ['User.EnableDisableAccount.All', 'Directory.ReadWrite.All'],
    ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All'],
    ['UserAuthMethod-TAP.ReadWrite.All', 'UserAuthenticationMethod.ReadWrite.All'],
  ])('instead of %s Graph may take %s', (narrow, wide) => {
    const request = approved(aPlan({ passMinutes: 480 }));
    const none = EVERYTHING.filter((each) => each !== narrow && each !== 'User.ReadWrite.All');
    expect(whyNotAllowed(request, { permissions: [...none, wide] })?.includes(narrow) ?? false).toBe(false);
  });

  test('GR-5: before the first write taking it back counts as well; after it only what is still to be done', () => {
    const create = approved();
    const noDeleting = { roles: [PAA, PRA], permissions: EVERYTHING.filter((each) => !/DeleteRestore|User.ReadWrite/.test(each)) };
    expect(whyNotAllowed(create, { ...noDeleting, permissions: [...noDeleting.permissions, 'User.ReadWrite.All'] })).toBeUndefined();
    expect(rightsStillNeeded(create).permissions).toContain('User.DeleteRestore.All');
    const steps = create.steps.map((row) => (row.id === 'verify' ? row : { ...row, state: 'done' as const }));
    const half = { ...create, begunAt: NOON, steps };
    expect(rightsStillNeeded(half)).toEqual({ permissions: [], roles: [] });
    expect(whyNotAllowed(half, { permissions: [], roles: [] })).toBeUndefined();
    const last = { ...half, steps: steps.map((row) => (kindOfStep(row.id) === 'enable' ? { ...row, state: 'failed' as const } : row)) };
    expect(whyNotAllowed(last, { ...all, roles: [] })).toContain('so nothing more was written');
  });
});

describe('GR-1: a run is not begun with what would stop it half-way', () => {
  const custody = keyFileCustody(Buffer.alloc(32, 5));
  const random = countingRandom();
  const { id: requestId } = approved();
  let store: MemoryStore;
  let tenant: MemoryTenant;
  let front: Door;
  let changer: () => Promise<ChangerIdentity>;
  let info: TenantInfo | undefined;
  /** Of whom the roles were read. */
  let read: string[];

  beforeEach(() => {
    store = memoryStore(NOON);
    inTouch(store);
    store.put('request', approved());
    tenant = new MemoryTenant(NOON, approved().plan.tenant.id);
    front = door({ store, random, policy: TEST_POLICY, tenant: () => undefined });
    read = [];
    info = undefined;
    changer = async () => ({ servicePrincipalId: 'changer', permissions: EVERYTHING });
  });

  const tenants: Tenants = {
    list: () => [],
    info: () => info,
    reader: () => ({
      ...tenant.reader,
      roles(objectId) {
        if (objectId === 'changer') read.push(objectId);
        return tenant.reader.roles(objectId);
      },
    }),
    writer: () => tenant.writer,
    changer: () => changer(),
  };
  const logged: { event: string }[] = [];
  const note = (event: string, fields: object = {}) => void logged.push({ event, ...fields });
  const log = { info: note, warn: note, error: note, child: () => log };
  const people = { lookUp: lookUpAll, holders: async () => [person('ann'), person('bob')] };
  const wait = async (ms: number) => {
    tenant.nowMs += ms;
    store.setClock(new Date(NOON.getTime() + tenant.nowMs));
  };
  const run = () => runPlan({ door: front, store, people, tenants, custody, random, log, partContext, wait }, requestId);
  const request = (): ChangeRequest => store.rows.request.get(requestId) as ChangeRequest;
  const give = (...roles: string[]) => tenant.roles.push(...roles.map((role) => ({ objectId: 'changer', role, at: 0 })));
  const retry = () => front.dispatch(actor('rita'), { kind: 'retry-request', requestId });
  const alerts = async () => {
    await ringTimers(store, front);
    return [...store.rows.alert.values()].map(({ cause }) => cause);
  };

  test('without a role it says so at once, with an alert; once it is there Try again carries it out', async () => {
    give(PRA);
    await run();
    const words = expect.stringMatching(/lacks the directory role Privileged Authentication Administrator, so nothing was written/);
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'create-user', code: 'RightMissing', words } });
    expect(request()).not.toHaveProperty('begunAt');
    expect(tenant.writes).toEqual([]);
    expect(logged).toContainEqual({ event: 'run.not-standing', requestId, state: 'failed', code: 'RightMissing' });
    expect(await alerts()).toMatchObject([{ kind: 'request-failed', requestId, words }]);
    await retry();
    await run();
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'RightMissing' } });
    give(PAA);
    await retry();
    await run();
    expect(request().state).toBe('applied');
    // One question each time a run is taken up.
    expect(read).toHaveLength(3);
  });

  test('without a permission likewise, by what its token says', async () => {
    give(PAA, PRA);
    changer = async () => ({ servicePrincipalId: 'changer', permissions: EVERYTHING.filter((each) => !/^RoleManagement/.test(each)) });
    await run();
    expect(request().failure).toMatchObject({ code: 'RightMissing', words: expect.stringMatching(/the permission RoleManagement/) });
    expect(tenant.writes).toEqual([]);
  });

  test('a role that went after the first write is named when the run is taken up again', async () => {
    give(PAA, PRA);
    const { assignRole } = tenant.writer;
    tenant.writer.assignRole = async () => Promise.reject(fault(403, 'Authorization_RequestDenied'));
    await run();
    expect(request().failure).toMatchObject({ step: 'assign-role', code: 'Authorization_RequestDenied' });
    tenant.writer.assignRole = assignRole;
    tenant.roles.splice(0);
    await retry();
    await run();
    const words = expect.stringMatching(/Privileged Role Administrator, so nothing more was written/);
    expect(request()).toMatchObject({ state: 'failed', failure: { step: 'assign-role', code: 'RightMissing', words } });
    give(PAA, PRA);
    await retry();
    await run();
    expect(request().state).toBe('applied');
  });

  test('people are not asked anew for what could not begin either; once it can they are', async () => {
    info = { ...TENANTS.contoso, name: 'contoso', displayName: 'Contoso Ltd' };
    await run();
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'RightMissing' }, plan: { version: 1 } });
    give(PAA, PRA);
    await retry();
    await run();
    expect(request()).toMatchObject({ state: 'pending', plan: { version: 2 } });
  });

  test('what cannot be done at all is said first, and ends it', async () => {
    info = { ...TENANTS.contoso, name: 'contoso' };
    store.put('request', approved(aPlan({ passMinutes: 480 })));
    tenant.reader.methodPolicies = async () => [{ id: 'Fido2', enabled: false, includeTargets: [], excludeTargets: [] }];
    await run();
    expect(request()).toMatchObject({ state: 'impossible', failure: { code: 'NoLongerPossible' } });
  });

  test('taking back is begun whatever is there', async () => {
    give(PAA, PRA);
    tenant.writer.assignRole = async () => Promise.reject(fault(403, 'Authorization_RequestDenied'));
    await run();
    tenant.roles.splice(0);
    read = [];
    await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId });
    await run();
    expect(request().state).toBe('undone');
    expect(read).toEqual([]);
  });

  test('where nobody can say who writes nothing is read, and the steps find out', async () => {
    changer = async () => ({});
    await run();
    expect([request().state, read]).toEqual(['applied', []]);
  });

  test('what cannot be read is waited for, on the card from the first time on, and fails by name after thirty minutes', async () => {
    changer = async () => Promise.reject(Object.assign(new Error('no token'), { code: 'CredentialUnavailableError' }));
    await expect(run()).rejects.toThrow('no token');
    const words = expect.stringContaining('What Breakglass’s changer may do in Contoso could not be read (CredentialUnavailableError).');
    expect(request()).toMatchObject({ state: 'approved', stalled: { words } });
    store.setClock(minutes(31));
    await run();
    expect(request()).toMatchObject({ state: 'failed', failure: { code: 'CannotTell', words } });
    expect(tenant.writes).toEqual([]);
  });
});

describe('what the token of the changer tells', () => {
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  const told = (text: string) => changerIdentity({ getToken: async () => ({ token: text, expiresOnTimestamp: 0 }) }, 'scope');

  test('its permissions; none where it has no such claim; nothing where it is opaque', async () => {
    expect(await told(token({ oid: 'A', appid: 'B', roles: ['User.ReadWrite.All'] }))).toEqual({
      servicePrincipalId: 'a',
      appId: 'b',
      permissions: ['User.ReadWrite.All'],
    });
    expect(await told(token({ oid: 'A' }))).toEqual({ servicePrincipalId: 'a', permissions: [] });
    expect(await told(token({ oid: 'A', roles: 'User.ReadWrite.All' }))).toEqual({ servicePrincipalId: 'a' });
    expect(await told('opaque')).toEqual({});
  });
});
