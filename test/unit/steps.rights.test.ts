import { describe, expect, test } from '@jest/globals';
import { GLOBAL_ADMINISTRATOR } from '../../src/core/request/planSteps.ts';
import { assignRole, exclude, joinUnit, leaveGroup, leaveUnit, removeRole } from '../../src/jobs/steps/rights.ts';
import type { Step } from '../../src/jobs/steps/step.ts';
import { anAccountPlan, aPlan, NOON } from '../support/builders.ts';
import { type Scenes, scenesOf } from '../support/stepScene.ts';

const PLAN = aPlan();
const GROUP = PLAN.exclusionGroupId;
const UNIT = PLAN.restrictedUnitId ?? '';
const ROLE = GLOBAL_ADMINISTRATOR.templateId;
const US = 'user-1';
const at = 0;

/** Who is where in the tenant, in words. */
const standing = ({ tenant }: Scenes): string[] => [
  ...tenant.members.map(({ of, objectId }) => `${objectId} in group ${of}`),
  ...tenant.roles.map(({ role, objectId }) => `${objectId} holds ${role}`),
  ...tenant.inUnit.map(({ of, objectId }) => `${objectId} in unit ${of}`),
];

/** Others are where we are to be, and we are where nobody asked about. */
async function scenes(): Promise<Scenes> {
  const made = scenesOf(PLAN);
  await made.ours();
  const { tenant, bystander } = made;
  tenant.members.push({ of: GROUP, objectId: bystander.objectId, at }, { of: 'another-group', objectId: US, at });
  tenant.roles.push({ role: ROLE, objectId: bystander.objectId, at }, { role: 'another-role', objectId: US, at });
  tenant.inUnit.push({ of: UNIT, objectId: bystander.objectId, at }, { of: 'another-unit', objectId: US, at });
  return made;
}

interface Right {
  readonly gives: Step;
  readonly takes: Step;
  readonly ids: readonly ['exclude' | 'assign-role' | 'join-unit', 'leave-group' | 'remove-role' | 'leave-unit'];
  /** How it reads where the account has it. */
  readonly has: string;
  readonly given: string;
  readonly taken: string;
}
const RIGHTS: readonly (readonly [string, Right])[] = [
  [
    'the exclusion group',
    {
      gives: exclude,
      takes: leaveGroup,
      ids: ['exclude', 'leave-group'],
      has: `${US} in group ${GROUP}`,
      given: `Member of group ${GROUP}`,
      taken: `Not a member of group ${GROUP}`,
    },
  ],
  [
    'the role',
    {
      gives: assignRole,
      takes: removeRole,
      ids: ['assign-role', 'remove-role'],
      has: `${US} holds ${ROLE}`,
      given: 'Global Administrator, active, scope /',
      taken: 'Does not hold Global Administrator',
    },
  ],
  [
    'the restricted unit',
    {
      gives: joinUnit,
      takes: leaveUnit,
      ids: ['join-unit', 'leave-unit'],
      has: `${US} in unit ${UNIT}`,
      given: `Member of restricted unit ${UNIT}`,
      taken: `Not in restricted unit ${UNIT}`,
    },
  ],
];

describe.each(RIGHTS)('%s', (_of, { gives, takes, ids: [giving, taking], has, given, taken }) => {
  test('GR-3 GR-4: is given to the plan’s account alone, proven by reading, and told in words', async () => {
    const made = await scenes();
    const before = standing(made);
    expect(await gives.look(made.scene(giving))).toBeUndefined();
    // No word of its own counts for a write: only what is read back does.
    expect(await gives.act(made.scene(giving))).toBeUndefined();
    expect(standing(made).sort()).toEqual([...before, has].sort());
    expect(await gives.look(made.scene(giving))).toBe(given);
  });

  test('GR-3 GR-5: is taken from it alone, proven by reading, and told in words', async () => {
    const made = await scenes();
    const before = standing(made);
    expect(await takes.look(made.scene(taking))).toBe(taken);
    await gives.act(made.scene(giving));
    expect(await takes.look(made.scene(taking))).toBeUndefined();
    expect(await takes.act(made.scene(taking))).toBeUndefined();
    expect(standing(made)).toEqual(before);
    expect(await takes.look(made.scene(taking))).toBe(taken);
  });

  test('GR-5: nothing has to be taken where there is no such user', async () => {
    const made = scenesOf(PLAN);
    expect(await takes.look(made.scene(taking))).toBe('There is no such user');
  });

  test('GR-3: is neither given to nor taken from a user without our marker', async () => {
    const made = scenesOf(PLAN);
    await made.ours({ marker: 'somebody else' });
    await expect(gives.act(made.scene(giving))).rejects.toMatchObject({ code: 'NotOurs' });
    await expect(takes.act(made.scene(taking))).rejects.toMatchObject({ code: 'NotOurs' });
    expect(made.tenant.writes).toEqual([]);
  });

  test('a plan that names none is a fault of the planner, and nothing is written', async () => {
    const made = scenesOf(anAccountPlan('rotate'));
    await made.ours();
    for (const [step, id] of [[gives, giving] as const, [takes, taking] as const]) {
      await expect(step.look(made.scene(id))).rejects.toThrow(/a plan to rotate has no/);
      await expect(step.act(made.scene(id))).rejects.toThrow(/a plan to rotate has no/);
    }
    expect(made.tenant.writes).toEqual([]);
  });
});

test('GR-5: every assignment of the role goes, where it was given more than once', async () => {
  const made = await scenes();
  const { tenant } = made;
  tenant.reader.assignments = async (objectId, role) => [1, 2].map((number) => `${objectId}/${role}/${number}`);
  const removed: string[] = [];
  tenant.writer.removeRole = async (assignment) => void removed.push(assignment);
  await removeRole.act(made.scene('remove-role'));
  expect(removed).toEqual([`${US}/${ROLE}/1`, `${US}/${ROLE}/2`]);
});

test('AP-9 GR-1: an account whose password was set again since its parts were sealed does not enter the unit, which would close over it', async () => {
  const made = scenesOf(PLAN);
  await made.ours({ passwordSetAt: 5_000 });
  const proven = { 'set-credential': `Password set at ${NOON.toISOString()}; 2 parts sealed` };
  await expect(joinUnit.act(made.scene('join-unit', { proven }))).rejects.toMatchObject({
    code: 'PasswordReplaced',
    step: 'set-credential',
    passing: true,
  });
  expect(made.tenant.inUnit).toEqual([]);
});
