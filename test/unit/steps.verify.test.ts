import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { GLOBAL_ADMINISTRATOR, planStep, withGroupExcluded } from '../../src/core/request/planSteps.ts';
import type { MendPlan, Plan, RotatePlan } from '../../src/core/request/types.ts';
import { confirmGone, verify } from '../../src/jobs/steps/verify.ts';
import { anAccount, anAccountPlan, aPart, aPlan, hours, NOON, person } from '../support/builders.ts';
import { type SceneFacts, type Scenes, scenesOf } from '../support/stepScene.ts';

const at = 0;
const seconds = (count: number): Date => new Date(NOON.getTime() + count * 1_000);
const AS_PLANNED = 'Everything was read back as planned';
const notAsPlanned = (wrong: string) => ({
  code: 'NotAsPlanned',
  passing: true,
  message: `Read back, the account is not as planned: ${wrong}.`,
});

/** The account is in the restricted unit of its tenant. */
const inside = {
  tenant: { ...TENANTS.contoso, name: TENANTS.contoso.displayName },
  observed: {
    userPrincipalName: anAccount().userPrincipalName,
    enabled: true,
    privileged: true,
    excluded: true,
    restricted: true,
    ours: true,
  },
};
const CREATE = aPlan();
const { exclusionGroupId: GROUP } = CREATE;
const UNIT = CREATE.restrictedUnitId ?? '';
const POLICY = { policyId: 'policy-1', name: 'Block legacy sign-in', before: { includeUsers: ['All'], excludeGroups: ['another'] } };
const mend = anAccountPlan('repair', inside) as MendPlan;
/** A plan with everything that a repair or an exclusion can hold. */
const mending = (operation: MendPlan['operation']): MendPlan => ({
  ...mend,
  operation,
  restrictedUnitId: UNIT,
  policies: [POLICY],
  role: { ...GLOBAL_ADMINISTRATOR, scope: '/' },
  steps: [
    planStep.exclude(GROUP, mend.account.objectId),
    planStep.neverExpire(mend.account.objectId),
    planStep.removeMember(GROUP, 'mal', 'user', 'Mal'),
    planStep.removeMember(GROUP, 'eve', 'user', 'Eve'),
    planStep.removeMethod(mend.account.objectId, 'phone', '3179', 'telephone'),
    planStep.verify(),
  ],
});
const SET = { 'set-credential': `Password set at ${seconds(60).toISOString()}; 2 parts sealed` };

/** The tenant as the plan wants it: enabled, excluded, privileged, in its unit, with the password that was set. */
async function asPlanned(plan: Plan, enabled = true): Promise<Scenes> {
  const made = scenesOf(plan);
  const { objectId } = await made.ours({ enabledAt: enabled ? 0 : Number.POSITIVE_INFINITY, passwordSetAt: 60_000 });
  made.tenant.members.push({ of: GROUP, objectId, at });
  made.tenant.roles.push({ objectId, role: GLOBAL_ADMINISTRATOR.templateId, at });
  made.tenant.inUnit.push({ of: UNIT, objectId, at });
  made.tenant.policies.set(POLICY.policyId, { name: POLICY.name, users: withGroupExcluded(POLICY.before, GROUP) });
  return made;
}

/** The tenant as no plan wants it: only the user is there, somebody else has what is planned, and what was to go is there. */
async function otherwise(plan: Plan, enabled: boolean): Promise<Scenes> {
  const made = scenesOf(plan);
  const { passwordPolicies: _exempt, ...user } = await made.ours({
    enabledAt: enabled ? 0 : Number.POSITIVE_INFINITY,
    passwordSetAt: 59_000,
  });
  made.tenant.users[1] = user;
  const { objectId } = made.bystander;
  made.tenant.members.push(...[objectId, 'mal', 'eve'].map((member) => ({ of: GROUP, objectId: member, at })));
  made.tenant.roles.push({ objectId, role: GLOBAL_ADMINISTRATOR.templateId, at }, { objectId: user.objectId, role: 'another', at });
  made.tenant.inUnit.push({ of: UNIT, objectId, at }, { of: 'another-unit', objectId: user.objectId, at });
  made.tenant.policies.set(POLICY.policyId, { name: 'Renamed', users: POLICY.before });
  made.tenant.methods.push({ objectId: user.objectId, kind: 'phone', id: '3179' });
  return made;
}

const look = (made: Scenes, facts: SceneFacts = {}) => verify.look(made.scene('verify', { proven: SET, ...facts }));

describe('GR-1 GR-2: an account is as planned only when all of it reads back, and else people hear all that is wrong at once', () => {
  const mended =
    'our marker is gone, the policy “Block legacy sign-in” is not for whom it was planned, it is not in the exclusion group, its password expires, the role is missing, not done: Take the user “Mal”, which is not ours, out of the exclusion group, not done: Take the user “Eve”, which is not ours, out of the exclusion group, not done: Remove the telephone from it, it is not in its restricted unit';
  test.each<[string, Plan, boolean, string]>([
    [
      'made',
      CREATE,
      true,
      'it is not enabled, our marker is gone, its password expires, it is not in the exclusion group, the role is missing, it is not in its restricted unit, its new password cannot be read yet',
    ],
    [
      'rotated',
      anAccountPlan('rotate', inside),
      true,
      'our marker is gone, its password expires, it is not in its restricted unit, its new password cannot be read yet',
    ],
    [
      'handed over',
      anAccountPlan('handover', inside),
      true,
      'our marker is gone, its password expires, it is not in its restricted unit, its new password cannot be read yet',
    ],
    ['disabled', anAccountPlan('disable', inside), false, 'it is not disabled, our marker is gone, it is not in its restricted unit'],
    [
      'enabled',
      anAccountPlan('enable', inside),
      true,
      'it is not enabled, our marker is gone, the role is missing, it is not in its restricted unit',
    ],
    ['excluded', mending('exclude'), true, mended],
    ['repaired', mending('repair'), true, mended],
  ])('%s', async (_how, plan, enabled, wrong) => {
    expect(await look(await asPlanned(plan, enabled))).toBe(AS_PLANNED);
    const scene = (await otherwise(plan, !enabled)).scene('verify', { proven: SET });
    await expect(verify.look({ ...scene, isOurs: async () => false })).rejects.toMatchObject(notAsPlanned(wrong));
  });

  test('retired, there is nothing to compare', async () => {
    expect(await look(await otherwise(anAccountPlan('retire'), true))).toBe(AS_PLANNED);
  });

  test('only what the plan is about: a repair of one thing does not ask for the others', async () => {
    const { role: _role, restrictedUnitId: _unit, ...little } = mending('repair');
    const made = await otherwise({ ...little, policies: [], steps: [planStep.verify()] }, true);
    expect(await look(made)).toBe(AS_PLANNED);
  });

  test('no other exemption stands for the one from expiry', async () => {
    const made = await asPlanned(CREATE);
    Object.assign(made.tenant.users[1] ?? {}, { passwordPolicies: 'DisableStrongPassword' });
    await expect(look(made)).rejects.toMatchObject(notAsPlanned('its password expires'));
  });

  test('a policy that is gone meanwhile is not as planned', async () => {
    const made = await asPlanned(mending('exclude'));
    made.tenant.policies.clear();
    await expect(look(made)).rejects.toMatchObject(notAsPlanned('the policy “Block legacy sign-in” is not for whom it was planned'));
  });

  test('GR-3: a user without our marker is nobody’s account to judge', async () => {
    const made = scenesOf(CREATE);
    await made.ours({ marker: 'somebody else' });
    await expect(look(made)).rejects.toMatchObject({ code: 'NotOurs' });
  });

  test('reading back writes nothing', async () => {
    const made = await asPlanned(CREATE);
    expect(await verify.act(made.scene('verify'))).toBeUndefined();
    expect(await confirmGone.act(made.scene('confirm-gone'))).toBeUndefined();
    expect(made.tenant.writes).toEqual([]);
  });
});

describe('AP-9 GR-4: the password that reads back', () => {
  const told = (word: 'at' | 'after') => ({ 'set-credential': `Password set ${word} ${seconds(60).toISOString()}; 2 parts sealed` });
  const shown = async (passwordSetAt: number | undefined): Promise<Scenes> => {
    const made = await asPlanned(CREATE);
    const { passwordSetAt: _set, ...user } = made.tenant.users[1] ?? made.bystander;
    made.tenant.users[1] = { ...user, ...(passwordSetAt === undefined ? {} : { passwordSetAt }) };
    return made;
  };
  const late = notAsPlanned('its new password cannot be read yet');

  test('set at an instant is that one: an earlier one is a replica that lags, a later one is not ours', async () => {
    const proven = told('at');
    await expect(look(await shown(59_000), { proven })).rejects.toMatchObject(late);
    expect(await look(await shown(60_000), { proven })).toBe(AS_PLANNED);
    // Inside its unit a new account gets no other one any more.
    await expect(look(await shown(61_000), { proven })).rejects.toMatchObject({ code: 'PasswordReplaced', passing: false });
  });

  test('known only to be later than an instant, that instant itself is a replica that lags, and every later one will do', async () => {
    const proven = told('after');
    await expect(look(await shown(59_000), { proven })).rejects.toMatchObject(late);
    await expect(look(await shown(60_000), { proven })).rejects.toMatchObject(late);
    expect(await look(await shown(61_000), { proven })).toBe(AS_PLANNED);
  });

  test('a tenant that shows no instant, or a run that told none, is not doubted', async () => {
    expect(await look(await shown(undefined), { proven: told('at') })).toBe(AS_PLANNED);
    expect(await look(await shown(61_000), { proven: {} })).toBe(AS_PLANNED);
  });
});

describe('CR-7: what opens an account with keys', () => {
  const { restrictedUnitId: _unit, ...open } = TENANTS.contoso;
  const keyed = anAccount({
    credential: 'passkey',
    parts: [1, 2].map((number) => aPart(number, 'dana', { state: 'stored', key: { methodId: `K${number}` } })),
  });
  const rotation = (more: object = {}): Plan => anAccountPlan('rotate', { account: keyed, passMinutes: 480, ...more });

  /** The tenant as planned, with these methods on the account; two keys are on record. */
  async function withMethods(plan: Plan, ...methods: readonly (readonly [string, string])[]): Promise<Scenes> {
    const made = await asPlanned(plan);
    made.store.put('account', { ...keyed, requestId: plan.requestId });
    const objectId = made.tenant.users[1]?.objectId ?? '';
    made.tenant.methods.push(...methods.map(([kind, id]) => ({ objectId, kind, id })));
    return made;
  }
  const KEYS = [
    ['fido2', 'K1'],
    ['fido2', 'K2'],
  ] as const;
  const STRANGE = [
    ['phone', '3179'],
    ['fido2', 'K9'],
  ] as const;

  test('is the keys on record, and nothing else', async () => {
    for (const plan of [aPlan({ passMinutes: 480 }), rotation(), anAccountPlan('handover', { account: keyed, passMinutes: 480 })])
      expect(await look(await withMethods(plan, ...KEYS))).toBe(AS_PLANNED);
  });

  test('a key that is not there, or not yet, is waited for', async () => {
    await expect(look(await withMethods(rotation(), ['fido2', 'K1']))).rejects.toMatchObject(
      notAsPlanned('a key that was registered is gone'),
    );
  });

  const words = 'A sign-in method (phone, fido2) came to it that nobody approved. Find out who registered it.';
  test.each<[string, Plan, string | undefined, string]>([
    [
      'of a new account outside of any unit, by tidying again',
      aPlan({ passMinutes: 480, tenant: { ...open, name: 'Contoso' } }),
      'tidy-methods',
      '',
    ],
    ['outside of its unit, by tidying again', rotation(), 'tidy-methods', ''],
    ['inside of its unit, from where it leaves it', rotation(inside), 'leave-unit', ''],
    [
      'of a new account inside, by nothing: it is taken back',
      aPlan({ passMinutes: 480 }),
      undefined,
      'Give this request up, which takes the account back, and ask anew.',
    ],
  ])('a method that nobody approved stops the run at once, and goes: %s', async (_where, plan, step, end) => {
    const stopped = await look(await withMethods(plan, ...KEYS, ...STRANGE)).catch((error: unknown) => error);
    expect(stopped).toMatchObject({ code: 'MethodAdded', passing: false, message: `${words} ${end}`.trim() });
    expect((stopped as { step?: string }).step).toBe(step);
  });

  test('a password in parts that took their place lets nothing beside it', async () => {
    const plan = anAccountPlan('rotate', { account: keyed, custodians: [person('dana'), person('eli')] }) as RotatePlan;
    expect(plan.replaces).toBe('passkey');
    expect(await look(await withMethods(plan))).toBe(AS_PLANNED);
    await expect(look(await withMethods(plan, ...STRANGE))).rejects.toMatchObject(
      notAsPlanned('a sign-in method (phone, fido2) came to it that nobody approved'),
    );
  });

  test('an account with a password in parts may have a second factor', async () => {
    expect(await look(await withMethods(anAccountPlan('rotate'), ...STRANGE))).toBe(AS_PLANNED);
    expect(await look(await withMethods(CREATE, ...STRANGE))).toBe(AS_PLANNED);
  });
});

describe('GR-5: taken away means taken away', () => {
  const RETIRE = anAccountPlan('retire');
  const { objectId } = RETIRE.account;
  const gone = (): Scenes => {
    const made = scenesOf(RETIRE);
    made.tenant.deleted.push({ objectId, userPrincipalName: RETIRE.account.userPrincipalName, at });
    return made;
  };
  const confirm = (made: Scenes) => confirmGone.look(made.scene('confirm-gone', { since: hours(0) }));

  test('no user, no role of any kind, no membership: each of them read', async () => {
    expect(await confirm(gone())).toBe('No user, no role, no membership left');
    const there = scenesOf(RETIRE);
    await there.ours();
    expect(await confirm(there)).toBeUndefined();
    const privileged = gone();
    privileged.tenant.roles.push({ objectId, role: 'another-role', at });
    expect(await confirm(privileged)).toBeUndefined();
    const member = gone();
    member.tenant.members.push({ of: RETIRE.operation === 'retire' ? RETIRE.exclusionGroupId : '', objectId, at });
    expect(await confirm(member)).toBeUndefined();
  });

  test('of a new account whose user is not there nothing can be left', async () => {
    const made = scenesOf(CREATE);
    expect(await confirm(made)).toBe('There is no such user');
    await made.ours();
    expect(await confirm(made)).toBeUndefined();
  });
});
