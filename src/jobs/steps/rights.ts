import { passwordReplaced, passwordSet } from './credential.ts';
import { of, type Step, type StepScene } from './step.ts';

export const exclude: Step = {
  async look(scene) {
    const groupId = of(scene, 'exclusionGroupId');
    return (await scene.reader.isMember(groupId, await scene.user())) ? `Member of group ${groupId}` : undefined;
  },
  async act(scene) {
    await scene.writer.addToGroup(of(scene, 'exclusionGroupId'), await scene.user());
    return undefined;
  },
};

export const leaveGroup: Step = {
  async look(scene) {
    const groupId = of(scene, 'exclusionGroupId');
    const objectId = await scene.userIfThere();
    if (objectId === undefined) return 'There is no such user';
    return (await scene.reader.isMember(groupId, objectId)) ? undefined : `Not a member of group ${groupId}`;
  },
  async act(scene) {
    await scene.writer.removeFromGroup(of(scene, 'exclusionGroupId'), await scene.user());
    return undefined;
  },
};

export const assignRole: Step = {
  async look(scene) {
    const role = of(scene, 'role');
    const held = await scene.reader.roles(await scene.user());
    return held.includes(role.templateId) ? `${role.name}, active, scope ${role.scope}` : undefined;
  },
  async act(scene) {
    await scene.writer.assignRole(await scene.user(), of(scene, 'role').templateId);
    return undefined;
  },
};

export const removeRole: Step = {
  async look(scene) {
    const objectId = await scene.userIfThere();
    if (objectId === undefined) return 'There is no such user';
    const role = of(scene, 'role');
    return (await scene.reader.roles(objectId)).includes(role.templateId) ? undefined : `Does not hold ${role.name}`;
  },
  async act(scene) {
    const assignments = await scene.reader.assignments(await scene.user(), of(scene, 'role').templateId);
    for (const assignment of assignments) await scene.writer.removeRole(assignment);
    return undefined;
  },
};

export const joinUnit: Step = {
  async look(scene) {
    const unitId = of(scene, 'restrictedUnitId');
    return (await scene.reader.isInUnit(unitId, await scene.user())) ? `Member of restricted unit ${unitId}` : undefined;
  },
  async act(scene) {
    await checkPassword(scene);
    await scene.writer.joinUnit(of(scene, 'restrictedUnitId'), await scene.user());
    return undefined;
  },
};

/** Inside the unit no password can be set: the last instant at which one that was replaced can be set anew. */
async function checkPassword(scene: StepScene): Promise<void> {
  const { at } = passwordSet(scene.evidence('set-credential'));
  const changedAt = at && (await scene.reader.user(await scene.user()))?.passwordChangedAt;
  if (at && changedAt && changedAt > at) throw passwordReplaced(scene);
}

export const leaveUnit: Step = {
  async look(scene) {
    const unitId = of(scene, 'restrictedUnitId');
    const objectId = await scene.userIfThere();
    if (objectId === undefined) return 'There is no such user';
    return (await scene.reader.isInUnit(unitId, objectId)) ? undefined : `Not in restricted unit ${unitId}`;
  },
  async act(scene) {
    await scene.writer.leaveUnit(of(scene, 'restrictedUnitId'), await scene.user());
    return undefined;
  },
};
