import { describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/core/request/types.ts';
import { of, StepStopped, StepWaits, subjectOf } from '../../src/jobs/steps/step.ts';
import { anAccountPlan, aPlan, hours, NOON } from '../support/builders.ts';
import { scenesOf } from '../support/stepScene.ts';

const PLAN = aPlan();
const scene = (step: Parameters<typeof subjectOf>[0]['step'], plan: Plan = PLAN) => scenesOf(plan).scene(step);

describe('what a step is done to', () => {
  test('GR-3: is all that its id says after the first colon, and nothing short of it', () => {
    expect(subjectOf(scene('enrol:2'))).toBe('2');
    expect(subjectOf(scene('remove-method:phone:31:79'))).toBe('phone:31:79');
    expect(subjectOf(scene('remove-member:'))).toBe('');
  });

  test('is said by every step of several: one that does not is a fault of the planner', () => {
    expect(() => subjectOf(scene('enrol'))).toThrow(new TypeError('the step enrol does not say to what'));
  });
});

describe('what a step needs of its plan', () => {
  test('AP-3: is what the plan says, as it was approved', () => {
    expect(of(scene('exclude'), 'exclusionGroupId')).toBe(PLAN.exclusionGroupId);
    expect(of(scene('assign-role'), 'role')).toBe(PLAN.role);
  });

  test('is never made up: a plan without it is a fault of the planner', () => {
    expect(() => of(scene('exclude', anAccountPlan('rotate')), 'exclusionGroupId')).toThrow(
      new TypeError('a plan to rotate has no exclusionGroupId'),
    );
  });
});

describe('how a step gives way', () => {
  test('waiting, it says for whom, and when it is looked again if nobody tells it before', () => {
    expect(new StepWaits('Waiting for Dana', { lookAt: NOON, untilAt: hours(2) })).toMatchObject({
      ...{ name: 'StepWaits', message: 'Waiting for Dana', lookAt: NOON, untilAt: hours(2) },
    });
    expect(new StepWaits('Waiting for Dana')).toMatchObject({ lookAt: undefined, untilAt: undefined });
  });

  test('GR-1: stopped, it names its state; people decide at once, and about this step, unless it says otherwise', () => {
    const stopped = new StepStopped('NotOurs', 'It is somebody else’s.');
    expect(stopped).toMatchObject({ name: 'StepStopped', code: 'NotOurs', message: 'It is somebody else’s.', passing: false });
    expect(stopped.step).toBeUndefined();
    expect(new StepStopped('PasswordReplaced', 'Again.', true, 'set-credential')).toMatchObject({ passing: true, step: 'set-credential' });
  });
});
