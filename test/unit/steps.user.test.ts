import { describe, expect, test } from '@jest/globals';
import type { NewAccount } from '../../src/core/request/types.ts';
import { createUser, deleteUser, disable, enable, revokeSessions, watch } from '../../src/jobs/steps/user.ts';
import { confirmGone } from '../../src/jobs/steps/verify.ts';
import { anAccountPlan, aPlan, hours, minutes, NOON } from '../support/builders.ts';
import { fault } from '../support/memoryTenant.ts';
import { scenesOf } from '../support/stepScene.ts';

const PLAN = aPlan();
const { account: ACCOUNT } = PLAN;
const RETIRE = anAccountPlan('retire');
const wiped = (buffer: Buffer): boolean => buffer.every((byte) => byte === 0);

describe('creating the user', () => {
  test('GR-2 GR-3: it is created as planned, with a marker that only the worker can make, and read back disabled', async () => {
    const made = scenesOf(PLAN);
    const { tenant, custody } = made;
    const { createUser: create } = tenant.writer;
    const given: NewAccount[] = [];
    tenant.writer.createUser = async (account, password) => {
      given.push(account);
      return create(account, password);
    };
    expect(await createUser.look(made.scene('create-user'))).toBeUndefined();
    expect(await createUser.act(made.scene('create-user'))).toBeUndefined();
    expect(given).toEqual([{ ...ACCOUNT, marker: `${ACCOUNT.marker}:${(await custody.tags(ACCOUNT.marker))[0]}` }]);
    const user = tenant.users.find(({ objectId }) => objectId !== made.bystander.objectId);
    expect(await createUser.look(made.scene('create-user'))).toBe(`User ${user?.objectId} exists, disabled`);
  });

  test('CR-5: nobody keeps its first password, of 64 characters: it is wiped, also where the tenant refuses', async () => {
    const made = scenesOf(PLAN);
    const { tenant } = made;
    await createUser.act(made.scene('create-user'));
    expect(tenant.users[1]?.password).toMatch(/^\S{64}$/);
    await expect(createUser.act(made.scene('create-user'))).rejects.toThrow();
    expect(tenant.passwords.map(wiped)).toEqual([true, true]);
  });

  const taken = {
    code: 'NameTaken',
    passing: false,
    message: `Somebody else created ${ACCOUNT.userPrincipalName} after this plan was approved. It was not touched.`,
  };
  test('GR-3: somebody else’s user of that name is not adopted', async () => {
    const made = scenesOf(PLAN);
    await made.ours({ marker: ACCOUNT.marker });
    await expect(createUser.look(made.scene('create-user'))).rejects.toMatchObject(taken);
  });

  test('GR-2: one with our marker that is enabled already is not adopted either', async () => {
    const made = scenesOf(PLAN);
    await made.ours({ enabledAt: 0 });
    await expect(createUser.look(made.scene('create-user'))).rejects.toMatchObject(taken);
  });

  test('a plan for an account that exists creates no user: a fault of the planner', async () => {
    const made = scenesOf(RETIRE);
    await expect(createUser.act(made.scene('create-user'))).rejects.toThrow('a plan to retire creates no user');
    expect(made.tenant.writes).toEqual([]);
  });
});

describe('watching it', () => {
  test('GR-2: the account is on the watch list, by its feed, once the log of its sign-ins has answered', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    made.pass(5_000);
    const asked: unknown[] = [];
    made.tenant.reader.signIns = async (...given) => {
      asked.push(...given, made.sent.length);
      return [];
    };
    expect(await watch.look(made.scene('watch'))).toBeUndefined();
    expect(await watch.act(made.scene('watch'))).toBe('On the watch list; its sign-in log answered');
    expect(asked).toEqual([['user-1'], new Date(NOON.getTime() + 5_000), 0]);
    const watched = { kind: 'watch-account', requestId: PLAN.requestId, fence: 3, objectId: 'user-1', feed: 'graph-sign-ins' };
    expect(made.sent).toEqual([watched]);
    // A list cannot be read back from the tenant: done once more it is the same.
    expect(await watch.look(made.scene('watch'))).toBeUndefined();
  });

  test('GR-2: what cannot be watched is not on the list', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    made.tenant.reader.signIns = async () => Promise.reject(fault(403, 'Authorization_RequestDenied'));
    await expect(watch.act(made.scene('watch'))).rejects.toThrow();
    expect(made.sent).toEqual([]);
  });
});

describe('enabling and disabling', () => {
  test('GR-3 GR-4: the plan’s account alone, proven by reading', async () => {
    const made = scenesOf(PLAN);
    const user = await made.ours();
    made.bystander.enabledAt = Number.POSITIVE_INFINITY;
    const others = { ...made.bystander };
    expect(await disable.look(made.scene('disable'))).toBe('Account disabled');
    expect(await enable.look(made.scene('enable'))).toBeUndefined();
    expect(await enable.act(made.scene('enable'))).toBeUndefined();
    expect(await enable.look(made.scene('enable'))).toBe('Account enabled');
    expect(await disable.look(made.scene('disable'))).toBeUndefined();
    expect(made.bystander).toEqual(others);
    made.bystander.enabledAt = 0;
    expect(await disable.act(made.scene('disable'))).toBeUndefined();
    expect(await disable.look(made.scene('disable'))).toBe('Account disabled');
    expect([user.enabledAt, made.bystander.enabledAt]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(made.tenant.writes).toEqual(['enable', 'disable']);
  });

  test('GR-5: no user is as good as a disabled one, and no proof of an enabled one', async () => {
    const made = scenesOf(PLAN);
    expect(await disable.look(made.scene('disable'))).toBe('There is no such user');
    await expect(enable.look(made.scene('enable'))).rejects.toThrow('cannot be read yet');
  });
});

describe('ending its sessions', () => {
  test('they are ended whatever was before, and the instant is told as the tenant shows it', async () => {
    const made = scenesOf(PLAN);
    const user = await made.ours({ sessionsFrom: 0 });
    made.pass(7_000);
    expect(await revokeSessions.look(made.scene('revoke-sessions'))).toBeUndefined();
    const from = new Date(NOON.getTime() + 7_000).toISOString();
    expect(await revokeSessions.act(made.scene('revoke-sessions'))).toBe(`Sessions begun before ${from} are void`);
    expect([user.sessionsFrom, made.bystander.sessionsFrom]).toEqual([7_000, undefined]);
  });

  test('GR-4: a tenant that shows no instant, or no user yet, has confirmed it all the same', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    const confirmed = 'The tenant confirmed that its sessions were ended';
    const before = await made.tenant.reader.user('user-1');
    const scene = made.scene('revoke-sessions');
    await scene.user();
    for (const shown of [before, undefined]) {
      made.tenant.reader.user = async () => shown;
      expect(await revokeSessions.act(scene)).toBe(confirmed);
    }
    expect(made.tenant.writes).toEqual(['revokeSessions', 'revokeSessions']);
  });
});

describe('deleting it', () => {
  test('GR-5: it is gone from the users, and the bin has it: restorable for 30 days', async () => {
    const made = scenesOf(RETIRE);
    await made.ours();
    expect(await deleteUser.look(made.scene('delete-user'))).toBeUndefined();
    expect(await deleteUser.act(made.scene('delete-user'))).toBeUndefined();
    expect(made.tenant.users).toEqual([made.bystander]);
    expect(await deleteUser.look(made.scene('delete-user'))).toBe('User deleted; restorable in Entra for 30 days');
    await deleteUser.act(made.scene('delete-user'));
    expect(made.tenant.writes).toEqual(['deleteUser']);
  });

  test('GR-5: likewise a new account, whose creation was proven or which this step has read', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    const scene = made.scene('delete-user');
    await deleteUser.act(scene);
    expect(await deleteUser.look(scene)).toBe('User deleted; restorable in Entra for 30 days');
    const proven = { proven: { 'create-user': 'User user-1 exists, disabled' } };
    expect(await deleteUser.look(made.scene('delete-user', proven))).toBe('User deleted; restorable in Entra for 30 days');
    expect(await confirmGone.look(made.scene('confirm-gone', proven))).toBe('No user, no role, no membership left');
  });

  test('GR-4: one that was looked for long enough, and that no bin has, is not said to be restorable', async () => {
    const made = scenesOf(RETIRE);
    made.store.setClock(hours(1));
    expect(await deleteUser.look(made.scene('delete-user', { since: minutes(29) }))).toBe('There is no such user');
  });

  test('GR-3: the bin is asked for no user but the plan’s, which a new one is not before it is known', async () => {
    const made = scenesOf(PLAN);
    made.tenant.reader.isDeleted = async (objectId) => Promise.reject(new Error(`asked for ${objectId}`));
    expect(await deleteUser.look(made.scene('delete-user'))).toBe('There is no such user');
  });

  test('GR-3: a user of that name without our marker is left where it is', async () => {
    const made = scenesOf(PLAN);
    await made.ours({ marker: 'somebody else' });
    expect(await deleteUser.act(made.scene('delete-user'))).toBeUndefined();
    expect(made.tenant.writes).toEqual([]);
  });
});
