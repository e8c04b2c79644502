import type { TenantUser } from '../../app/ports.ts';
import { digestOf } from '../../core/digest.ts';
import { withGroupExcluded } from '../../core/request/planSteps.ts';
import { kindOfStep, replacedBy, type StepKind } from '../../core/request/types.ts';
import { passwordReplaced, passwordSet } from './credential.ts';
import { removeMember, removeMethod } from './mend.ts';
import { othersThan, plannedKeys } from './passkeys.ts';
import { of, type Step, type StepScene, StepStopped } from './step.ts';

/** What is wrong with an account against what its plan says, each in words that go after "it"; nothing when all is as planned. */
type Check = (scene: StepScene, user: TenantUser) => Promise<string[]>;

const enabled: Check = async (_scene, user) => (user.accountEnabled ? [] : ['it is not enabled']);
const disabled: Check = async (_scene, user) => (!user.accountEnabled ? [] : ['it is not disabled']);
const ours: Check = async ({ isOurs }, user) => ((await isOurs(user.marker)) ? [] : ['our marker is gone']);
const unexpiring: Check = async (_scene, user) =>
  user.passwordPolicies?.includes('DisablePasswordExpiration') ? [] : ['its password expires'];
const asAssigned: Check = async ({ request: { plan }, reader }, user) => {
  if (!('role' in plan)) return [];
  return (await reader.roles(user.objectId)).includes(plan.role.templateId) ? [] : ['the role is missing'];
};
const excluded: Check = async (scene, user) =>
  (await scene.reader.isMember(of(scene, 'exclusionGroupId'), user.objectId)) ? [] : ['it is not in the exclusion group'];
const protectedByUnit: Check = async ({ request: { plan }, reader }, user) => {
  if (plan.restrictedUnitId === undefined) return [];
  return (await reader.isInUnit(plan.restrictedUnitId, user.objectId)) ? [] : ['it is not in its restricted unit'];
};
const planned = ({ request: { plan } }: StepScene, kind: StepKind): boolean => plan.steps.some(({ id }) => kindOfStep(id) === kind);
const onlyIf =
  (kind: StepKind, check: Check): Check =>
  async (scene, user) =>
    planned(scene, kind) ? check(scene, user) : [];
/** Every policy says what was planned, and in all of its lists: a write of somebody else between ours and now shows here. */
const policiesAsPlanned: Check = async (scene) => {
  const wrong: string[] = [];
  for (const { policyId, name, before } of of(scene, 'policies')) {
    const found = await scene.reader.policy(policyId);
    const wanted = withGroupExcluded(before, of(scene, 'exclusionGroupId'));
    if (!found || digestOf(found.users) !== digestOf(wanted)) wrong.push(`the policy “${name}” is not for whom it was planned`);
  }
  return wrong;
};
/** What was to go is gone. */
const gone =
  (kind: StepKind, step: Step): Check =>
  async (scene) => {
    const wrong: string[] = [];
    for (const { id, title } of scene.request.plan.steps) {
      if (kindOfStep(id) === kind && (await step.look({ ...scene, step: id })) === undefined) wrong.push(`not done: ${title}`);
    }
    return wrong;
  };

/** Its replica may be behind the one that proved the change; what is later than the change is another one. */
const samePassword: Check = async (scene, user) => {
  const { at, after } = passwordSet(scene.evidence('set-credential'));
  const changedAt = user.passwordChangedAt;
  // Stryker disable next-line ConditionalExpression: nothing is earlier or later than an instant that is not there
  if (changedAt === undefined) return [];
  if ((at && changedAt < at) || (after && changedAt <= after)) return ['its new password cannot be read yet'];
  if (at && changedAt > at) throw passwordReplaced(scene);
  return [];
};

/** Nothing opens it but the keys on record: what somebody registers meanwhile would be a way in that nobody approved. */
const onlyTheKeys: Check = async (scene) => {
  const { plan } = scene.request;
  if (of(scene, 'credential').kind !== 'passkey') return [];
  const keys = await plannedKeys(scene);
  const shown = new Set((await scene.reader.methods(await scene.user())).map(({ id }) => id));
  if ([...keys].some((key) => !shown.has(key))) return ['a key that was registered is gone'];
  const others = await othersThan(scene, keys);
  if (others.length === 0) return [];
  const words = `A sign-in method (${others.map(({ kind }) => kind).join(', ')}) came to it that nobody approved. Find out who registered it.`;
  const has = (kind: StepKind) => plan.steps.find(({ id }) => kindOfStep(id) === kind)?.id;
  // Inside its unit nobody can take it off again, and a plan for a new account has no step that leads out.
  throw has('join-unit') !== undefined && has('leave-unit') === undefined
    ? new StepStopped('MethodAdded', `${words} Give this request up, which takes the account back, and ask anew.`)
    : new StepStopped('MethodAdded', words, false, has('leave-unit') ?? 'tidy-methods');
};

/** Where a password took the keys' place nothing else opens it. */
const onlyThePassword: Check = async (scene) => {
  if (replacedBy(scene.request.plan) !== 'passkey') return [];
  const others = await othersThan(scene, new Set());
  return others.length === 0 ? [] : [`a sign-in method (${others.map(({ kind }) => kind).join(', ')}) came to it that nobody approved`];
};

const MENDED: readonly Check[] = [
  ours,
  policiesAsPlanned,
  onlyIf('exclude', excluded),
  onlyIf('never-expire', unexpiring),
  asAssigned,
  gone('remove-member', removeMember),
  gone('remove-method', removeMethod),
  protectedByUnit,
];

const CHECKS: { readonly [O in StepScene['request']['kind']]: readonly Check[] } = {
  create: [enabled, ours, unexpiring, excluded, asAssigned, protectedByUnit, samePassword, onlyTheKeys],
  rotate: [ours, unexpiring, protectedByUnit, samePassword, onlyTheKeys, onlyThePassword],
  handover: [ours, unexpiring, protectedByUnit, samePassword, onlyTheKeys],
  disable: [disabled, ours, protectedByUnit],
  enable: [enabled, ours, asAssigned, protectedByUnit],
  retire: [],
  exclude: MENDED,
  repair: MENDED,
};

export const verify: Step = {
  async look(scene) {
    const found = await scene.userNow();
    // All at once: their reads travel together.
    const wrong = (await Promise.all(CHECKS[scene.request.kind].map((check) => check(scene, found)))).flat();
    // Every step was proven once, but another replica may be behind the one that proved it (GR-4).
    if (wrong.length > 0) throw new StepStopped('NotAsPlanned', `Read back, the account is not as planned: ${wrong.join(', ')}.`, true);
    return 'Everything was read back as planned';
  },
  act: async () => undefined,
};

/** Taken away means taken away: no user, no role, nothing in the exclusion group (GR-5). */
export const confirmGone: Step = {
  async look(scene) {
    const { reader, userIfThere } = scene;
    if ((await userIfThere()) !== undefined) return undefined;
    const objectId = scene.knownId();
    if (objectId === undefined) return 'There is no such user';
    const [roles, member] = await Promise.all([reader.roles(objectId), reader.isMember(of(scene, 'exclusionGroupId'), objectId)]);
    return roles.length === 0 && !member ? 'No user, no role, no membership left' : undefined;
  },
  act: async () => undefined,
};
