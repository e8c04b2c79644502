import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { TenantReader, TenantWriter } from '../../src/app/ports.ts';
import { requestBehind } from '../../src/core/alert/expected.ts';
import { DEFAULT_PROFILE } from '../../src/core/posture/profiles.ts';
import { judgePosture } from '../../src/core/posture/report.ts';
import type { AuthenticationMethod, TenantSnapshot } from '../../src/core/posture/snapshot.ts';
import { read, unreadable } from '../../src/core/posture/snapshot.ts';
import { mendOf } from '../../src/core/request/mend.ts';
import { replan } from '../../src/core/request/replan.ts';
import type { ChangeRequest, MendPlan, PolicyUsers, StepId } from '../../src/core/request/types.ts';
import { kindOfStep } from '../../src/core/request/types.ts';
import { policyUsersFrom } from '../../src/graph/rows/policyUsers.ts';
import { STEPS } from '../../src/jobs/steps/registry.ts';
import { type StepScene, StepStopped } from '../../src/jobs/steps/step.ts';
import { aChange, anAccount, anAccountPlan, aRequest, minutes, NOON } from '../support/builders.ts';
import { aPolicy, GROUP, goodRegistry, goodSnapshot, objectIdOf } from '../support/posture.ts';

const EA = { id: 'EA-000001' };
const ACCOUNT = anAccount({ id: EA.id, objectId: objectIdOf(1), userPrincipalName: `ea1@${TENANTS.contoso.initialDomain}` });
const good = goodSnapshot();
const members = good.exclusionGroupMembers.state === 'read' ? good.exclusionGroupMembers.value : [];
const outside: Partial<TenantSnapshot> = { exclusionGroupMembers: read(members.slice(1)) };
const policyId = aPolicy().id;
/** As it is read, in letters of any case. */
const users: PolicyUsers = {
  includeUsers: ['All'],
  excludeUsers: [],
  excludeGroups: ['AAAA1111-0000-4000-8000-000000000001'],
  excludeRoles: ['a-role'],
};
const policies = [{ policyId, name: 'CA001', before: users }];
const facts = (more: Partial<TenantSnapshot>) => ({ report: judgePosture(DEFAULT_PROFILE, goodSnapshot(more), goodRegistry()), policies });
const catching: Partial<TenantSnapshot> = { policies: read([aPolicy({}, { excludeGroups: [] })]) };

function planOf(operation: MendPlan['operation'], more: Partial<TenantSnapshot>, key?: string): MendPlan {
  const mend = mendOf(operation, EA, key, facts(more));
  if (!mend.ok) throw new Error(mend.error);
  return anAccountPlan(operation, { account: ACCOUNT, mend: mend.value }) as MendPlan;
}

describe('a plan to exclude', () => {
  test('puts the account into the group and the group into every policy that lacks it, whole', () => {
    const plan = planOf('exclude', { ...catching, ...outside });
    expect(plan.steps.map(({ id }) => id)).toEqual(['exclude', `exclude-policy:${policyId}`, 'verify']);
    expect(plan.steps[1]?.call).toEqual({
      method: 'PATCH',
      path: `/identity/conditionalAccess/policies/${policyId}`,
      body: { conditions: { users: { ...users, excludeGroups: ['AAAA1111-0000-4000-8000-000000000001', GROUP] } } },
    });
    expect(plan.undo).toEqual([]);
    expect(plan.irreversible).toEqual([
      'If it is given up half-way, this stays as far as it was done by then: Put it in the Conditional Access exclusion group; Exclude the exclusion group from the policy “CA001”.',
    ]);
  });

  test('nothing is asked for where nothing is missing, nor where it cannot be told', () => {
    expect(mendOf('exclude', EA, undefined, facts({}))).toEqual({ ok: false, error: 'already-excluded' });
    expect(mendOf('exclude', EA, undefined, facts({ policies: unreadable('not-permitted', 'no') }))).toEqual({
      ok: false,
      error: 'cannot-tell',
    });
    expect(mendOf('exclude', EA, undefined, undefined)).toEqual({ ok: false, error: 'cannot-tell' });
  });

  test('what does not fit on one card is left for another request, and counted', () => {
    const many = Array.from({ length: 14 }, (_, at) =>
      aPolicy({ id: `cccccccc-0000-4000-8000-0000000000${10 + at}` }, { excludeGroups: [] }),
    );
    const report = judgePosture(DEFAULT_PROFILE, goodSnapshot({ policies: read(many) }), goodRegistry());
    const mend = mendOf('exclude', EA, undefined, { report, policies: many.map(({ id }) => ({ policyId: id, name: id, before: users })) });
    const plan = anAccountPlan('exclude', { account: ACCOUNT, ...(mend.ok ? { mend: mend.value } : {}) }) as MendPlan;
    expect([plan.policies.length, plan.policiesLeft, plan.steps.length]).toEqual([10, 4, 11]);
  });
});

describe('a plan to repair', () => {
  const withUser = (more: object): Partial<TenantSnapshot> => ({
    accounts: good.accounts.map((account, at) =>
      at === 0 && account.user.state === 'read' ? { ...account, user: read({ ...account.user.value, ...more } as never) } : account,
    ),
  });
  const phone: AuthenticationMethod = { id: '3179', kind: 'phone' };
  const withPhone: Partial<TenantSnapshot> = {
    accounts: good.accounts.map((account, at) =>
      at === 0 && account.methods.state === 'read' ? { ...account, methods: read([...account.methods.value, phone]) } : account,
    ),
  };
  const STRANGER: AuthenticationMethod = { id: 'k9', kind: 'fido2', displayName: 'spare', model: 'Tokenring 5', createdAt: NOON };
  const withStranger: Partial<TenantSnapshot> = {
    accounts: good.accounts.map((account, at) =>
      at === 0 && account.methods.state === 'read' ? { ...account, methods: read([...account.methods.value, STRANGER]) } : account,
    ),
  };
  const assignments = good.globalAdministrators.state === 'read' ? good.globalAdministrators.value : [];

  test.each<[string, Partial<TenantSnapshot>, readonly string[]]>([
    ['in-exclusion-group:EA-000001', outside, ['exclude', 'verify']],
    [`policy-exclusions:${policyId}`, catching, [`exclude-policy:${policyId}`, 'verify']],
    ['password-lifetime:EA-000001', withUser({ passwordPolicies: [] }), ['never-expire', 'verify']],
    ['role:EA-000001', { globalAdministrators: read(assignments.slice(1)) }, ['assign-role', 'verify']],
    ['weak-methods:EA-000001', withPhone, ['remove-method:phone:3179', 'revoke-sessions', 'verify']],
    ['unrecorded-keys:EA-000001', withStranger, ['remove-method:fido2:k9', 'revoke-sessions', 'verify']],
    [
      'group-members:mal',
      { exclusionGroupMembers: read([...members, { id: 'mal', type: 'user', displayName: 'Mal' }]) },
      ['remove-member:mal', 'verify'],
    ],
  ])('%s', (key, more, steps) => {
    expect(planOf('repair', more, key).steps.map(({ id }) => id)).toEqual(steps);
    expect(mendOf('repair', EA, key, facts({}))).toEqual({ ok: false, error: 'not-failing' });
  });

  test('GR-3: taking out what is not ours stands among what cannot be undone, with its name and id', () => {
    const plan = planOf(
      'repair',
      { exclusionGroupMembers: read([...members, { id: 'mal', type: 'user', displayName: 'Mal' }]) },
      'group-members:mal',
    );
    expect(plan.irreversible.join()).toMatch(/“Mal” \(mal\) is not ours/);
    // The audit row it will cause is one of ours, and no alarm.
    const request = aRequest({ plan, state: 'approved', begunAt: NOON });
    const change = aChange({ actor: {}, changedAt: minutes(1), targets: [{ id: 'mal', type: 'User', properties: [] }] });
    expect(requestBehind(change, [{ request }])).toBe(request.id);
  });

  test('a security key that is taken off stands among what cannot be undone', () => {
    const words =
      'Whoever has the security key “spare” (Tokenring 5, registered 2026-11-22) cannot sign in with it any more, and it can only be registered anew.';
    expect(planOf('repair', withStranger, 'unrecorded-keys:EA-000001').irreversible).toContain(words);
    expect(planOf('repair', withPhone, 'weak-methods:EA-000001').irreversible.join()).not.toContain('security key');
  });

  test('a finding without a repair, or one of another account, is not one', () => {
    expect(mendOf('repair', EA, 'account-enabled:EA-000001', facts(withUser({ accountEnabled: false })))).toEqual({
      ok: false,
      error: 'not-repairable',
    });
    expect(mendOf('repair', { id: 'EA-000002' }, 'in-exclusion-group:EA-000001', facts(outside))).toEqual({
      ok: false,
      error: 'not-repairable',
    });
    expect(mendOf('repair', EA, 'no-such:EA-000001', facts(outside))).toEqual({ ok: false, error: 'not-failing' });
  });

  test('in its restricted unit the account is taken out for the change and put back, also when it is given up', () => {
    const mend = mendOf('repair', EA, 'password-lifetime:EA-000001', facts(withUser({ passwordPolicies: [] })));
    const observed = { userPrincipalName: 'ea', enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
    const tenant = { ...TENANTS.contoso, name: 'Contoso' };
    const plan = anAccountPlan('repair', { account: ACCOUNT, observed, tenant, ...(mend.ok ? { mend: mend.value } : {}) });
    expect(plan.steps.map(({ id }) => id)).toEqual(['leave-unit', 'never-expire', 'join-unit', 'verify']);
    expect(plan.undo.map(({ id }) => id)).toEqual(['join-unit']);
  });
});

describe('drawn up again before the first write', () => {
  const observed = {
    userPrincipalName: anAccount().userPrincipalName,
    enabled: true,
    privileged: true,
    excluded: true,
    restricted: false,
    ours: true,
  };
  const plan = planOf('exclude', catching);
  const request = aRequest({ plan });
  const tenant = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
  const again = (mend: ReturnType<typeof facts>) => replan(request, { tenant, observed, mend }, ACCOUNT, 2);

  test('AP-3: holds while the tenant is as it was', () => {
    expect(again(facts(catching))).toEqual({ kind: 'holds' });
  });

  test('AP-3: a policy that somebody changed is asked again, with the difference', () => {
    const changed = { ...facts(catching), policies: [{ policyId, name: 'CA001', before: { ...users, excludeUsers: ['somebody'] } }] };
    const outcome = again(changed);
    expect(outcome).toMatchObject({ kind: 'changed' });
    expect(outcome.kind === 'changed' ? outcome.difference.join() : '').toMatch(/Somebody changed whom “CA001” is for/);
  });

  test('AP-3: a key that is called otherwise by now is asked again: people approved it by its name', () => {
    const key = (displayName: string): Partial<TenantSnapshot> => ({
      accounts: good.accounts.map((account, at) =>
        at === 0 && account.methods.state === 'read'
          ? { ...account, methods: read([...account.methods.value, { id: 'k9', kind: 'fido2', displayName }]) }
          : account,
      ),
    });
    const removal = aRequest({ plan: planOf('repair', key('spare'), 'unrecorded-keys:EA-000001') });
    const asked = (displayName: string) => replan(removal, { tenant, observed, mend: facts(key(displayName)) }, ACCOUNT, 2);
    expect(asked('spare')).toEqual({ kind: 'holds' });
    expect(asked('Dana’s')).toMatchObject({
      kind: 'changed',
      difference: expect.arrayContaining(['Done otherwise: Remove the security key “Dana’s” from it']),
    });
  });

  test('mended by somebody else meanwhile, or unreadable, it ends in words', () => {
    expect(again(facts({}))).toMatchObject({ kind: 'impossible', words: expect.stringMatching(/by now/) });
    expect(again(facts({ policies: unreadable('no-answer', 'no') }))).toMatchObject({
      kind: 'impossible',
      words: expect.stringMatching(/cannot be read/),
    });
  });
});

describe('whom a policy is for, as read', () => {
  const guests = {
    guestOrExternalUserTypes: 'b2bCollaborationGuest',
    externalTenants: { '@odata.type': '#t', membershipKind: 'all', more: 1 },
    more: 1,
  };

  test('keeps the eight fields and what they hold, and drops what Graph would refuse in a write', () => {
    expect(
      policyUsersFrom({
        includeUsers: ['All'],
        excludeRoles: null,
        includeGuestsOrExternalUsers: guests,
        excludeGuestsOrExternalUsers: null,
        undeclared: [1],
      }),
    ).toEqual({
      includeUsers: ['All'],
      excludeRoles: [],
      includeGuestsOrExternalUsers: {
        guestOrExternalUserTypes: 'b2bCollaborationGuest',
        externalTenants: { '@odata.type': '#t', membershipKind: 'all' },
      },
      excludeGuestsOrExternalUsers: null,
    });
  });

  test('is not read at all where a value was hidden from us: written back it would be lost', () => {
    expect(() => policyUsersFrom({ includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'unknownFutureValue' } })).toThrow(
      /Incomplete/,
    );
  });
});

describe('the steps', () => {
  /** A tenant with one policy, one group and one method; `before` happens between reading and writing. */
  function sceneFor(plan: MendPlan, step: StepId, world: { users: PolicyUsers; inGroup: string[]; methods: AuthenticationMethod[] }) {
    const wrote: string[] = [];
    const account = {
      objectId: ACCOUNT.objectId,
      userPrincipalName: '',
      accountEnabled: true,
      passwordPolicies: 'DisablePasswordExpiration',
    };
    const scene = {
      request: aRequest({ plan }) as ChangeRequest,
      step,
      isOurs: async () => true,
      user: async () => ACCOUNT.objectId,
      userNow: async () => account,
      ofUser: (ask: (objectId: string) => unknown) => ask(ACCOUNT.objectId),
      reader: {
        policy: async () => ({ name: 'CA001', users: world.users }),
        isMember: async (_group: string, id: string) => world.inGroup.includes(id),
        methods: async () => world.methods,
      } as unknown as TenantReader,
      writer: {
        setPolicyUsers: async (_id: string, written: PolicyUsers) => {
          wrote.push('policy');
          world.users = written;
        },
        removeFromGroup: async (_group: string, id: string) => {
          wrote.push('group');
          world.inGroup = world.inGroup.filter((each) => each !== id);
        },
        removeMethod: async (_user: string, _method: string, id: string) => {
          wrote.push('method');
          world.methods = world.methods.filter((each) => each.id !== id);
        },
      } as unknown as TenantWriter,
    } as unknown as StepScene;
    return { scene, wrote, step: STEPS[kindOfStep(step)] };
  }
  const exclusion = planOf('exclude', catching);

  test('GR-4: a policy is written once with everything it had, and read back', async () => {
    const world = { users, inGroup: [], methods: [] };
    const { scene, wrote, step } = sceneFor(exclusion, `exclude-policy:${policyId}`, world);
    expect(await step.look(scene)).toBeUndefined();
    await step.act(scene);
    expect(world.users).toEqual({ ...users, excludeGroups: ['AAAA1111-0000-4000-8000-000000000001', GROUP] });
    expect(await step.look(scene)).toMatch(/excludes group/);
    expect(wrote).toEqual(['policy']);
    expect(await STEPS.verify.look({ ...scene, step: 'verify' })).toMatch(/as planned/);
  });

  test('AP-3: a policy that somebody changed since is not overwritten', async () => {
    const world = { users: { ...users, includeUsers: [] }, inGroup: [], methods: [] };
    const { scene, wrote, step } = sceneFor(exclusion, `exclude-policy:${policyId}`, world);
    await expect(step.act(scene)).rejects.toMatchObject({ code: 'PolicyChanged' });
    expect(wrote).toEqual([]);
  });

  test('a write of somebody else between ours and the end is found out', async () => {
    const world = { users: { ...users, excludeGroups: [GROUP] }, inGroup: [], methods: [] };
    const { scene } = sceneFor(exclusion, 'verify', world);
    await expect(STEPS.verify.look(scene)).rejects.toThrow(StepStopped);
  });

  test('GR-3: of the group only the member that the plan names goes, of the account only that method', async () => {
    const strangers = planOf(
      'repair',
      { exclusionGroupMembers: read([...members, { id: 'mal', type: 'user', displayName: 'Mal' }]) },
      'group-members:mal',
    );
    const world = {
      users,
      inGroup: ['mal', 'other'],
      methods: [
        { id: 'p', kind: 'password' },
        { id: '3179', kind: 'phone' },
      ],
    };
    const member = sceneFor(strangers, 'remove-member:mal', world);
    expect(await member.step.look(member.scene)).toBeUndefined();
    await member.step.act(member.scene);
    expect(world.inGroup).toEqual(['other']);
    const method = sceneFor(strangers, 'remove-method:phone:3179', world);
    expect(await method.step.look(method.scene)).toBeUndefined();
    await method.step.act(method.scene);
    expect(world.methods.map(({ id }) => id)).toEqual(['p']);
    expect(await method.step.look(method.scene)).toMatch(/Not on the account any more/);
  });
});
