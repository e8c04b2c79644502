import { describe, expect, test } from '@jest/globals';
import type { MendPlan } from '../../src/core/request/types.ts';
import { neverExpire, removeMember, removeMethod } from '../../src/jobs/steps/mend.ts';
import { anAccountPlan } from '../support/builders.ts';
import { scenesOf } from '../support/stepScene.ts';

const PLAN = anAccountPlan('repair') as MendPlan;
const GROUP = PLAN.exclusionGroupId;
const US = PLAN.account.objectId;
const at = 0;

describe('exempting its password from expiry', () => {
  test.each([
    ['expires', undefined],
    ['has another exemption', 'DisableStrongPassword'],
  ])('GR-3 GR-4: of the plan’s account alone, proven by reading, where it %s', async (_so, passwordPolicies) => {
    const made = scenesOf(PLAN);
    const { passwordPolicies: _exempt, ...user } = await made.ours();
    made.tenant.users[1] = { ...user, ...(passwordPolicies === undefined ? {} : { passwordPolicies }) };
    expect(await neverExpire.look(made.scene('never-expire'))).toBeUndefined();
    expect(await neverExpire.act(made.scene('never-expire'))).toBeUndefined();
    expect(await neverExpire.look(made.scene('never-expire'))).toBe('Its password does not expire');
    expect(made.bystander.passwordPolicies).toBeUndefined();
  });

  test('one exemption among several counts', async () => {
    const made = scenesOf(PLAN);
    await made.ours({ passwordPolicies: 'DisableStrongPassword, DisablePasswordExpiration' });
    expect(await neverExpire.look(made.scene('never-expire'))).toBe('Its password does not expire');
  });
});

describe('taking a stranger out of the exclusion group', () => {
  test('GR-3: the member that the plan names goes, out of our group alone, and nobody else', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    const stay = [
      { of: GROUP, objectId: US, at },
      { of: 'another-group', objectId: 'mal', at },
    ];
    made.tenant.members.push({ of: GROUP, objectId: 'mal', at }, ...stay);
    expect(await removeMember.look(made.scene('remove-member:mal'))).toBeUndefined();
    expect(await removeMember.act(made.scene('remove-member:mal'))).toBeUndefined();
    expect(made.tenant.members).toEqual(stay);
    expect(await removeMember.look(made.scene('remove-member:mal'))).toBe(`mal is not a member of group ${GROUP}`);
  });

  test('a plan without a group, or a step without a member, takes nobody out: a fault of the planner', async () => {
    const made = scenesOf(anAccountPlan('rotate'));
    await expect(removeMember.look(made.scene('remove-member:mal'))).rejects.toThrow('a plan to rotate has no exclusionGroupId');
    await expect(removeMember.act(made.scene('remove-member:mal'))).rejects.toThrow('a plan to rotate has no exclusionGroupId');
    await expect(removeMember.act(scenesOf(PLAN).scene('remove-member'))).rejects.toThrow('does not say to what');
    expect(made.tenant.writes).toEqual([]);
  });
});

describe('removing a sign-in method', () => {
  const STEP = 'remove-method:phone:31:79';
  test('GR-3: the one that the plan names goes, of that kind and of the plan’s account, and nothing else', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    const stay = [
      { objectId: US, kind: 'email', id: '31:79' },
      { objectId: US, kind: 'phone', id: '31' },
      { objectId: made.bystander.objectId, kind: 'phone', id: '31:79' },
    ];
    // Kind and id must both be those of the plan.
    made.tenant.methods.push(...stay);
    expect(await removeMethod.look(made.scene(STEP))).toBe('Not on the account any more (id 31:79)');
    made.tenant.methods.push({ objectId: US, kind: 'phone', id: '31:79' });
    expect(await removeMethod.look(made.scene(STEP))).toBeUndefined();
    expect(await removeMethod.act(made.scene(STEP))).toBeUndefined();
    expect(made.tenant.methods).toEqual(stay);
    expect(await removeMethod.look(made.scene(STEP))).toBe('Not on the account any more (id 31:79)');
  });

  test('a kind that Graph cannot remove is no step: a fault of the planner', async () => {
    const made = scenesOf(PLAN);
    await made.ours();
    for (const step of ['remove-method:password:1', 'remove-method:'] as const) {
      await expect(removeMethod.look(made.scene(step))).rejects.toThrow(/a method of kind (password|) cannot be removed/);
      await expect(removeMethod.act(made.scene(step))).rejects.toThrow(TypeError);
    }
    expect(made.tenant.writes).toEqual([]);
  });
});
