import { checkPassword } from './credential.ts';
import { of, type Step } from './step.ts';

export const exclude: Step = {
  async look(scene) {
    const groupId = of(scene, 'exclusionGroupId');
    const member = await scene.ofUser((objectId) => scene.reader.isMember(groupId, objectId));
    return member ? `Member of group ${groupId}` : undefined;
  },
  async act(scene) {
    await scene.writer.addToGroup(of(scene, 'exclusionGroupId'), await scene.user());
    return undefined;
  },
};

export const leaveGroup: Step = {
  async look(scene) {
    const groupId = of(scene, 'exclusionGroupId');
    const member = await scene.ofUserIfThere((objectId) => scene.reader.isMember(groupId, objectId));
    if (member === undefined) return 'There is no such user';
    return member ? undefined : `Not a member of group ${groupId}`;
  },
  async act(scene) {
    await scene.writer.removeFromGroup(of(scene, 'exclusionGroupId'), await scene.user());
    return undefined;
  },
};

export const assignRole: Step = {
  async look(scene) {
    const role = of(scene, 'role');
    const held = await scene.ofUser((objectId) => scene.reader.roles(objectId));
    return held.includes(role.templateId) ? `${role.name}, active, scope ${role.scope}` : undefined;
  },
  async act(scene) {
    await scene.writer.assignRole(await scene.user(), of(scene, 'role').templateId);
    return undefined;
  },
};

export const removeRole: Step = {
  async look(scene) {
    const held = await scene.ofUserIfThere((objectId) => scene.reader.roles(objectId));
    if (held === undefined) return 'There is no such user';
    const role = of(scene, 'role');
    return held.includes(role.templateId) ? undefined : `Does not hold ${role.name}`;
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
    const member = await scene.ofUser((objectId) => scene.reader.isInUnit(unitId, objectId));
    return member ? `Member of restricted unit ${unitId}` : undefined;
  },
  async act(scene) {
    // Inside the unit no password can be set: the last instant at which one that was replaced can be set anew.
    await checkPassword(scene);
    await scene.writer.joinUnit(of(scene, 'restrictedUnitId'), await scene.user());
    return undefined;
  },
};

export const leaveUnit: Step = {
  async look(scene) {
    const unitId = of(scene, 'restrictedUnitId');
    const inside = await scene.ofUserIfThere((objectId) => scene.reader.isInUnit(unitId, objectId));
    if (inside === undefined) return 'There is no such user';
    return inside ? undefined : `Not in restricted unit ${unitId}`;
  },
  async act(scene) {
    await scene.writer.leaveUnit(of(scene, 'restrictedUnitId'), await scene.user());
    return undefined;
  },
};
