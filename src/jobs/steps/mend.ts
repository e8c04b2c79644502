import { REMOVABLE_METHODS, type RemovableMethod } from '../../core/posture/check.ts';
import { of, type Step, type StepScene, subjectOf } from './step.ts';

const EXEMPT = 'DisablePasswordExpiration';

export const neverExpire: Step = {
  async look({ userNow }) {
    const policies = (await userNow()).passwordPolicies;
    return policies?.includes(EXEMPT) ? 'Its password does not expire' : undefined;
  },
  async act({ writer, user }) {
    await writer.neverExpire(await user());
    return undefined;
  },
};

/** The one change to what is not ours (GR-3): a membership in our own group, named in the plan and approved. */
export const removeMember: Step = {
  async look(scene) {
    const group = of(scene, 'exclusionGroupId');
    const objectId = subjectOf(scene);
    return (await scene.reader.isMember(group, objectId)) ? undefined : `${objectId} is not a member of group ${group}`;
  },
  async act(scene) {
    await scene.writer.removeFromGroup(of(scene, 'exclusionGroupId'), subjectOf(scene));
    return undefined;
  },
};

/** `remove-method:phone:3179…` */
function methodOf(scene: StepScene): { readonly method: RemovableMethod; readonly methodId: string } {
  const [kind, ...rest] = subjectOf(scene).split(':');
  const method = REMOVABLE_METHODS.find((each) => each === kind);
  if (!method) throw new TypeError(`a method of kind ${kind} cannot be removed`);
  return { method, methodId: rest.join(':') };
}

export const removeMethod: Step = {
  async look(scene) {
    const { method, methodId } = methodOf(scene);
    const found = await scene.ofUser((objectId) => scene.reader.methods(objectId));
    return found.some(({ kind, id }) => kind === method && id === methodId) ? undefined : `Not on the account any more (id ${methodId})`;
  },
  async act(scene) {
    const { method, methodId } = methodOf(scene);
    await scene.writer.removeMethod(await scene.user(), method, methodId);
    return undefined;
  },
};
