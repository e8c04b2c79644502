import { digestOf } from '../../core/digest.ts';
import { withGroupExcluded } from '../../core/request/planSteps.ts';
import type { PolicyExclusion, PolicyUsers } from '../../core/request/types.ts';
import { of, type Step, type StepScene, StepStopped, subjectOf } from './step.ts';

export const isExcluded = ({ excludeGroups }: PolicyUsers, groupId: string): boolean =>
  Array.isArray(excludeGroups) && excludeGroups.some((id) => String(id).toLowerCase() === groupId.toLowerCase());

function planned(scene: StepScene): PolicyExclusion {
  const policyId = subjectOf(scene);
  const found = of(scene, 'policies').find((policy) => policy.policyId === policyId);
  if (!found) throw new TypeError(`the plan says nothing of policy ${policyId}`);
  return found;
}

/**
 * Graph has no guard against two writers (no ETag, graph facts section 4): the policy is read just before, must be as it was when the plan
 * was approved, is written with all of `conditions.users`, and read back. Whoever changed it meanwhile is not overwritten.
 */
export const excludePolicy: Step = {
  async look(scene) {
    const group = of(scene, 'exclusionGroupId');
    const { policyId, name } = planned(scene);
    const found = await scene.reader.policy(policyId);
    if (!found)
      throw new StepStopped(
        'PolicyGone',
        `The policy “${name}” is gone. Withdraw this request; nothing of it needs an exclusion any more.`,
      );
    return isExcluded(found.users, group) ? `Read back: “${found.name}” excludes group ${group}` : undefined;
  },
  async act(scene) {
    const group = of(scene, 'exclusionGroupId');
    const { policyId, name, before } = planned(scene);
    const found = await scene.reader.policy(policyId);
    if (!found || digestOf(found.users) !== digestOf(before)) {
      throw new StepStopped(
        'PolicyChanged',
        `Somebody changed whom the policy “${name}” is for after this plan was approved. It was not touched. Give this request up and ask anew.`,
      );
    }
    await scene.writer.setPolicyUsers(policyId, withGroupExcluded(before, group));
    return undefined;
  },
};
