import { describe, expect, test } from '@jest/globals';
import type { MendPlan, PolicyUsers } from '../../src/core/request/types.ts';
import { excludePolicy, isExcluded } from '../../src/jobs/steps/policy.ts';
import { anAccountPlan } from '../support/builders.ts';
import { scenesOf } from '../support/stepScene.ts';

const before: PolicyUsers = { includeUsers: ['All'], excludeUsers: ['somebody'], excludeGroups: ['another-group'] };
const OTHER = { policyId: 'policy-2', name: 'Block legacy sign-in', before: { includeUsers: ['All'] } };
const PLAN: MendPlan = {
  ...(anAccountPlan('exclude') as MendPlan),
  policies: [OTHER, { policyId: 'policy-1', name: 'Require a compliant device', before }],
};
const GROUP = PLAN.exclusionGroupId;
const STEP = 'exclude-policy:policy-1';

/** The tenant with both policies, this one for these. */
function scenes(users: PolicyUsers = before) {
  const made = scenesOf(PLAN);
  made.tenant.policies.set('policy-1', { name: 'Renamed since', users });
  made.tenant.policies.set('policy-2', { name: OTHER.name, users: OTHER.before });
  return made;
}

describe('excluding the group from a policy', () => {
  test('GR-3 GR-4: this policy alone gets the group, keeps everything else it said, and is told by the name it has now', async () => {
    const made = scenes();
    expect(await excludePolicy.look(made.scene(STEP))).toBeUndefined();
    expect(await excludePolicy.act(made.scene(STEP))).toBeUndefined();
    expect(made.tenant.policies.get('policy-1')?.users).toEqual({ ...before, excludeGroups: ['another-group', GROUP] });
    expect(made.tenant.policies.get('policy-2')?.users).toEqual(OTHER.before);
    expect(await excludePolicy.look(made.scene(STEP))).toBe(`Read back: “Renamed since” excludes group ${GROUP}`);
  });

  test('AP-3: what somebody changed since the plan was approved is not overwritten, in words that name the policy as approved', async () => {
    const changed = {
      code: 'PolicyChanged',
      passing: false,
      message:
        'Somebody changed whom the policy “Require a compliant device” is for after this plan was approved. It was not touched. Give this request up and ask anew.',
    };
    const made = scenes({ ...before, excludeUsers: [] });
    await expect(excludePolicy.act(made.scene(STEP))).rejects.toMatchObject(changed);
    // Gone between the look and the write.
    made.tenant.policies.delete('policy-1');
    await expect(excludePolicy.act(made.scene(STEP))).rejects.toMatchObject(changed);
    expect(made.tenant.writes).toEqual([]);
  });

  test('a policy that is gone needs no exclusion: the run stops, and says what to do', async () => {
    const made = scenes();
    made.tenant.policies.delete('policy-1');
    await expect(excludePolicy.look(made.scene(STEP))).rejects.toMatchObject({
      code: 'PolicyGone',
      passing: false,
      message: 'The policy “Require a compliant device” is gone. Withdraw this request; nothing of it needs an exclusion any more.',
    });
  });

  test('AP-3: a policy that the plan says nothing of is not touched: a fault of the planner', async () => {
    const made = scenes();
    made.tenant.policies.set('policy-3', { name: 'Another', users: {} });
    await expect(excludePolicy.look(made.scene('exclude-policy:policy-3'))).rejects.toThrow('the plan says nothing of policy policy-3');
    await expect(excludePolicy.act(made.scene('exclude-policy:policy-3'))).rejects.toThrow('the plan says nothing of policy policy-3');
    const strange = scenesOf(anAccountPlan('rotate'));
    await expect(excludePolicy.look(strange.scene(STEP))).rejects.toThrow('a plan to rotate has no exclusionGroupId');
    await expect(excludePolicy.act(strange.scene(STEP))).rejects.toThrow('a plan to rotate has no exclusionGroupId');
    const { policies: _none, ...without } = PLAN;
    await expect(excludePolicy.look(scenesOf(without as MendPlan).scene(STEP))).rejects.toThrow('a plan to exclude has no policies');
  });
});

test.each<[string, PolicyUsers, boolean]>([
  ['in letters of any case', { excludeGroups: ['another', 'ABCD-1'] }, true],
  ['not among others', { excludeGroups: ['another'] }, false],
  ['nor in an empty list', { excludeGroups: [] }, false],
  ['nor where there is none', {}, false],
  ['nor where it is no list', { excludeGroups: 'abcd-1' }, false],
  ['nor in another list', { includeGroups: ['abcd-1'] }, false],
  ['beside what is no text', { excludeGroups: [null, 7, 'abcd-1'] }, true],
])('a group is excluded as Graph tells ids: %s', (_how, users, excluded) => {
  expect(isExcluded(users, 'abcd-1')).toBe(excluded);
  expect(isExcluded(users, 'ABCD-1')).toBe(excluded);
});
