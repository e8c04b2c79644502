import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { WhyNoPasskeys } from '../../src/core/account/passkeyTerms.ts';
import { differenceOf } from '../../src/core/request/difference.ts';
import { planCreate } from '../../src/core/request/plan.ts';
import { type AccountOperation, type ObservedAccount, planAccount } from '../../src/core/request/planAccount.ts';
import { type ReplanFacts, replan } from '../../src/core/request/replan.ts';
import type { MendPlan, Plan } from '../../src/core/request/types.ts';
import { no, ok } from '../../src/core/result.ts';
import { anAccount, anAccountPlan, aPlan, aRequest, person } from '../support/builders.ts';

const ACCOUNT = anAccount();
const KEYED = anAccount({ credential: 'passkey' });
const TENANT = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
const observed = (more: Partial<ObservedAccount> = {}): ObservedAccount => ({
  userPrincipalName: ACCOUNT.userPrincipalName,
  enabled: true,
  privileged: true,
  excluded: true,
  restricted: false,
  ours: true,
  ...more,
});
const facts = (more: Partial<ReplanFacts> = {}): ReplanFacts => ({ tenant: TENANT, observed: observed(), ...more });
const again = (plan: Plan, now: ReplanFacts, account: typeof ACCOUNT | undefined = ACCOUNT, others = 2) =>
  replan(aRequest({ plan }), now, account, others);
/** A plan as it would be drawn up with something otherwise. */
const anew = (plan: Plan, more: object) => ({ ...plan, ...more, version: plan.version + 1 });

describe('a plan for a new account, drawn up again', () => {
  test('AP-3: holds while it would come out the same, whatever is observed', () => {
    expect(again(aPlan(), { tenant: TENANT })).toEqual({ kind: 'holds' });
    expect(again(aPlan({ version: 4 }), facts())).toEqual({ kind: 'holds' });
    expect(replan(aRequest({ plan: aPlan() }), { tenant: TENANT }, undefined, 0)).toEqual({ kind: 'holds' });
  });

  test('AP-3: a name with an @ in it keeps all before the last one', () => {
    const plan = planCreate({ ...frameOf(aPlan()), userName: 'a@b', displayName: 'A', usageLocation: 'NL', custodians: [], owners: [] });
    expect(again(plan, { tenant: TENANT })).toEqual({ kind: 'holds' });
  });

  test('AP-3: a tenant that is set up otherwise by now is another plan, of the next version, with the difference', () => {
    const { restrictedUnitId: _unit, ...bare } = TENANT;
    const outcome = again(aPlan(), { tenant: { ...bare, name: 'Contoso Ltd' } });
    expect(outcome).toMatchObject({ kind: 'changed', plan: { version: 2, tenant: { name: 'Contoso Ltd' } } });
    if (outcome.kind !== 'changed') throw new Error('it did not change');
    expect(outcome.difference).toEqual([
      `The tenant is now called Contoso Ltd (${TENANT.initialDomain})`,
      'Left out: Put it into the restricted management unit, which protects it',
      'Left out if it is given up: Take it out of the restricted management unit, which would refuse the change',
    ]);
  });
});

describe('a plan with passkeys, drawn up again', () => {
  const plan = aPlan({ passMinutes: 480 });
  const judged = (passkeys: NonNullable<ReplanFacts['passkeys']>) => again(plan, { tenant: TENANT, passkeys });

  test('AP-3: holds while the tenant allows them on the same terms; on others it is another plan', () => {
    expect(judged(ok({ passMinutes: 480 }))).toEqual({ kind: 'holds' });
    expect(judged(ok({ passMinutes: 60 }))).toMatchObject({ kind: 'changed', plan: { version: 2, credential: { passMinutes: 60 } } });
    const rotation = anAccountPlan('rotate', { account: KEYED, passMinutes: 480 });
    expect(again(rotation, facts({ passkeys: ok({ passMinutes: 480 }) }), KEYED)).toEqual({ kind: 'holds' });
  });

  test.each<[WhyNoPasskeys, string]>([
    ['passes-off', 'The tenant allows no Temporary Access Pass any more.'],
    ['passes-not-for-it', 'The tenant allows Temporary Access Passes only for others by now.'],
    ['keys-off', 'The tenant allows no passkeys any more.'],
    ['keys-not-for-it', 'The tenant allows passkeys only for others by now.'],
    ['no-self-service', 'The tenant lets nobody register passkeys themselves any more.'],
    ['synced-only', 'The tenant allows no passkeys bound to their device any more.'],
    ['policy-unread', 'Whether the tenant allows passkeys cannot be read now, so nothing was changed.'],
  ])('is impossible, in words, where the tenant does not allow them: %s', (why, words) => {
    // What cannot be read now may be read later.
    const passing = why === 'policy-unread' ? { passing: true } : {};
    expect(judged(no(why))).toEqual({ kind: 'impossible', words, ...passing });
    // A plan with a password does not ask.
    expect(again(aPlan(), { tenant: TENANT, passkeys: no(why) })).toEqual({ kind: 'holds' });
  });

  test('is impossible, in words, where it was not read whether the tenant allows them', () => {
    const words = 'Whether the tenant allows passkeys cannot be read now, so nothing was changed.';
    expect(again(plan, { tenant: TENANT })).toEqual({ kind: 'impossible', words, passing: true });
  });

  test('is impossible, in words, for an account that was disabled meanwhile', () => {
    const rotation = anAccountPlan('rotate', { account: KEYED, passMinutes: 480 });
    const now = facts({ observed: observed({ enabled: false }), passkeys: ok({ passMinutes: 480 }) });
    const words = 'The account is disabled by now, and keys are registered by signing in.';
    expect(again(rotation, now, KEYED)).toEqual({ kind: 'impossible', words });
  });
});

const frameOf = ({ requestId, version, requester, reason, quorum, policyVersion, expires }: Plan) => ({
  requestId,
  version,
  tenant: TENANT,
  requester,
  reason,
  quorum,
  policyVersion,
  expiresAt: new Date(expires),
});

describe('a plan for an account that exists, drawn up again', () => {
  test.each<AccountOperation>(['rotate', 'handover', 'disable', 'retire'])(
    'AP-3: to %s holds while the tenant is as it was',
    (operation) => {
      expect(again(anAccountPlan(operation), facts())).toEqual({ kind: 'holds' });
      const inUnit = anAccountPlan(operation, { observed: observed({ restricted: true }) });
      expect(again(inUnit, facts({ observed: observed({ restricted: true }) }))).toEqual({ kind: 'holds' });
    },
  );

  test('AP-3: to enable holds of one that is disabled, privileged and excluded', () => {
    expect(again(anAccountPlan('enable'), facts({ observed: observed({ enabled: false }) }))).toEqual({ kind: 'holds' });
  });

  test('AP-3: out of its unit by now, in words; the version rises by one', () => {
    const plan = anAccountPlan('rotate', { observed: observed({ restricted: true }), version: 3 });
    const outcome = again(plan, facts());
    expect(outcome).toEqual({
      kind: 'changed',
      plan: { ...planAccountAgain('rotate', { version: 3 }), version: 4 },
      difference: [
        'The account has left its restricted management unit, so ordinary administrators can change it, also afterwards: this plan does not put it back. Say posture to have it put back',
        'Left out: Take it out of the restricted management unit, which would refuse the change',
        'Left out: Put it into the restricted management unit, which protects it',
        'Left out if it is given up: Put it into the restricted management unit, which protects it',
      ],
    });
  });

  const four = [
    ['rotate with parts', 'rotate', {}],
    ['handover with parts', 'handover', {}],
    ['rotate with keys', 'rotate', { account: KEYED, passMinutes: 480 }],
    ['keys in place of a password', 'rotate', { passMinutes: 480 }],
    ['a password in place of keys', 'rotate', { account: KEYED }],
  ] as const;
  test.each(four)(
    'GR-4: to %s gives the exemption from expiry back first where it is gone, or its end could not be read back',
    (_name, kind, more) => {
      const steps = (seen: Partial<ObservedAccount>) =>
        anAccountPlan(kind, { ...more, observed: observed({ restricted: true, ...seen }) }).steps.map(({ id }) => id);
      const asEver = steps({});
      expect(asEver).not.toContain('never-expire');
      expect(steps({ expires: true })).toEqual(['leave-unit', 'never-expire', ...asEver.slice(1)]);
    },
  );

  test('AP-3: an exemption from expiry that is gone by now is another plan, in words', () => {
    const outcome = again(anAccountPlan('rotate'), facts({ observed: observed({ expires: true }) }));
    expect(outcome).toMatchObject({ kind: 'changed', difference: ['Added: Exempt its password from expiry'] });
    expect(again(anAccountPlan('disable'), facts({ observed: observed({ expires: true }) }))).toEqual({ kind: 'holds' });
  });

  test('design.md 6.9: fewer accounts left is another plan', () => {
    const outcome = again(anAccountPlan('retire'), facts(), ACCOUNT, 1);
    expect(outcome).toMatchObject({ kind: 'changed', plan: { accountsLeft: 1 } });
    expect(outcome.kind === 'changed' && outcome.difference).toEqual([
      `It is now: Retire ${ACCOUNT.userPrincipalName} and leave Contoso with one account`,
    ]);
  });

  test.each<[string, AccountOperation, ReplanFacts, typeof ACCOUNT | undefined, string]>([
    ['no account on record', 'disable', facts(), undefined, 'The account is not on record any more.'],
    ['retired', 'disable', facts(), anAccount({ state: 'retired' }), 'The account was retired in the meantime.'],
    ['being set up', 'disable', facts(), anAccount({ state: 'provisioning' }), 'The account is still being set up.'],
    ['gone', 'disable', { tenant: TENANT }, ACCOUNT, 'The tenant has no such user any more.'],
    [
      'not ours',
      'disable',
      facts({ observed: observed({ ours: false }) }),
      ACCOUNT,
      'The user no longer carries the marker of the request that made it. It was not touched.',
    ],
    ['disabled', 'disable', facts({ observed: observed({ enabled: false }) }), ACCOUNT, 'The account is disabled already.'],
    ['enabled', 'enable', facts(), ACCOUNT, 'The account is enabled already.'],
    [
      'not ready',
      'enable',
      facts({ observed: observed({ enabled: false, privileged: false }) }),
      ACCOUNT,
      'The account has lost its role or its place in the exclusion group.',
    ],
  ])('is impossible, in words: %s', (_name, operation, now, account, words) => {
    expect(replan(aRequest({ plan: anAccountPlan(operation) }), now, account, 2)).toEqual({ kind: 'impossible', words });
  });

  test('cannot be told now, in words: nothing was read of posture', () => {
    const words = 'What it rests on cannot be read now, so nothing was changed.';
    expect(again(anAccountPlan('exclude'), facts())).toEqual({ kind: 'impossible', words, passing: true });
  });

  test.each([
    ['exclude', undefined, 'It is excluded everywhere by now.'],
    ['repair', 'some:finding', 'The finding is there no more: somebody has mended it.'],
  ] as const)('is impossible, in words: to %s what is mended', (operation, key, words) => {
    const plan = { ...anAccountPlan(operation), ...(key ? { finding: { key, title: 't', about: 'a' } } : {}) } as MendPlan;
    const report = { tenantId: TENANT.id, profile: {}, readAt: new Date(0), findings: [] } as never;
    expect(again(plan, facts({ mend: { report, policies: [] } }))).toEqual({ kind: 'impossible', words });
  });

  test('is impossible, in words: to repair what Breakglass cannot mend', () => {
    const finding = { key: 'k:a', status: 'fail', title: 't', about: { kind: 'account', id: 'a', name: 'A' } };
    const plan = { ...anAccountPlan('repair'), finding: { key: 'k:a', title: 't', about: 'A' } } as MendPlan;
    const report = { tenantId: TENANT.id, profile: {}, readAt: new Date(0), findings: [finding] } as never;
    expect(again(plan, facts({ mend: { report, policies: [] } }))).toEqual({
      kind: 'impossible',
      words: 'The finding is not one that Breakglass can mend any more.',
    });
  });

  test('a plan to exclude is compared with what posture asks for now', () => {
    const repair = { accountId: ACCOUNT.id, changes: [{ kind: 'join-exclusion-group' }] };
    const finding = {
      key: 'k',
      check: 'in-exclusion-group',
      status: 'fail',
      title: 't',
      about: { kind: 'account', id: ACCOUNT.id, name: 'A' },
      repair,
    };
    const report = { tenantId: TENANT.id, profile: {}, readAt: new Date(0), findings: [finding] } as never;
    const mend = { changes: [{ kind: 'join-exclusion-group' }], policies: [] } as const;
    expect(again(anAccountPlan('exclude', { mend }), facts({ mend: { report, policies: [] } }))).toEqual({ kind: 'holds' });
  });
});

function planAccountAgain(operation: AccountOperation, more: Partial<Plan>): Plan {
  const { version } = { version: 1, ...more };
  return planAccount({
    ...frameOf(anAccountPlan(operation)),
    version,
    operation,
    account: ACCOUNT,
    observed: observed(),
    custodians: [person('dana'), person('eli')],
    othersInTenant: 2,
  });
}

describe('the difference of two versions, in words', () => {
  const plan = aPlan();
  test.each<[string, object, readonly string[]]>([
    ['another name', { account: { ...plan.account, userPrincipalName: 'x@y' } }, ['It is now: New emergency access account x@y']],
    ['another tenant name', { tenant: { ...plan.tenant, name: 'N' } }, [`The tenant is now called N (${plan.tenant.initialDomain})`]],
    ['another domain', { tenant: { ...plan.tenant, initialDomain: 'd' } }, ['The tenant is now called Contoso (d)']],
    ['another display name', { account: { ...plan.account, displayName: 'D' } }, ['The display name is now D']],
    ['another reason', { reason: 'r' }, ['The reason was written anew']],
    [
      'other holders',
      { holds: [plan.holds[0], 'Fay: part 2 of 2'] },
      ['Held afterwards, new: Fay: part 2 of 2', `Held afterwards, no longer: ${plan.holds[1]}`],
    ],
    ['another usage location', { account: { ...plan.account, usageLocation: 'DE' } }, ['The usage location is now DE']],
    [
      'other owners',
      { owners: [person('bob'), person('cy')] },
      ['Owner, new: Bob Baker', 'Owner, new: Cy Chen', 'Owner, no longer: Oona Olsen'],
    ],
    [
      'an owner whose account is somebody else’s by now',
      { owners: [{ ...person('oona'), personKey: 'other' }] },
      ['Owner, in the directory somebody else or named otherwise by now: Oona Olsen'],
    ],
    [
      'a custodian likewise',
      { custodians: [{ ...person('dana'), personKey: 'other' }, person('eli')] },
      ['Custodian, in the directory somebody else or named otherwise by now: Dana Diaz'],
    ],
    [
      'another credential',
      { credential: { ...plan.credential, length: 44 } },
      ['The credential is now: a password of 44 characters in 2 parts'],
    ],
    [
      'keys',
      { credential: { kind: 'passkey', keys: 2, passMinutes: 480, enrols: [1] } },
      ['The credential is now: 2 security keys, with passes of 480 minutes for 1 of them'],
    ],
    ['a larger quorum', { quorum: 3 }, ['It now needs 3 approvals']],
    ['another rule', { policyVersion: '2' }, ['The rules it is decided by are now version 2']],
    ['what cannot be undone', { irreversible: ['X'] }, ['Cannot be undone, new: X']],
    ['what is in no call', { restrictedUnitId: 'u' }, ['Something that is not in the calls changed']],
    ['calls in another order', { steps: [...plan.steps].reverse() }, ['The calls come in another order: unfold them to see']],
    ['the order of taking back', { undo: [...plan.undo].reverse() }, ['The calls come in another order: unfold them to see']],
  ])('%s', (_name, more, words) => {
    expect(differenceOf(plan, anew(plan, more) as Plan)).toEqual(words);
  });

  test('steps that are new, gone, or done otherwise, of the plan and of what takes it back', () => {
    const [first, second, ...others] = plan.steps;
    const [undoFirst, ...undoOthers] = plan.undo;
    if (!first || !second || !undoFirst) throw new Error('a short plan');
    const extra = { ...first, id: 'revoke-sessions', title: 'End it' } as const;
    const next = {
      ...plan,
      steps: [extra, { ...second, title: 'Elsewhere' }, ...others],
      undo: [{ ...undoFirst, title: 'Otherwise' }, ...undoOthers],
    };
    expect(differenceOf(plan, next)).toEqual([
      'Added: End it',
      `Left out: ${first.title}`,
      'Done otherwise: Elsewhere',
      'Done otherwise if it is given up: Otherwise',
    ]);
    expect(differenceOf(plan, { ...plan, undo: undoOthers })).toEqual([`Left out if it is given up: ${undoFirst.title}`]);
    expect(differenceOf({ ...plan, undo: undoOthers }, plan)).toEqual([`Added if it is given up: ${undoFirst.title}`]);
  });

  test('an account that left its unit: the plan does not put it back, so it stays unprotected, and only this says so', () => {
    const inside = anAccountPlan('rotate', { observed: observed({ restricted: true }), tenant: TENANT });
    const outside = anAccountPlan('rotate', { observed: observed(), tenant: TENANT });
    const { restrictedUnitId: _unit, ...unprotected } = aPlan();
    const words = 'ordinary administrators can change it, also afterwards: this plan does not put it back';
    expect(differenceOf(inside, outside).join()).toContain(words);
    for (const [before, after] of [
      [outside, inside],
      [inside, inside],
      // Of a new account there is nothing to protect yet.
      [aPlan(), unprotected],
    ] as const)
      expect(differenceOf(before, after).join()).not.toContain(words);
  });

  test('policies that somebody changed, by name; new ones and untouched ones are not among them', () => {
    const policy = (policyId: string, users: object) => ({ policyId, name: policyId, before: { ...users } });
    const mendPlan = anAccountPlan('exclude') as MendPlan;
    const before = { ...mendPlan, policies: [policy('A', {}), policy('B', {})] };
    const after = { ...mendPlan, policies: [policy('A', { includeUsers: ['All'] }), policy('B', {}), policy('C', {})] };
    expect(differenceOf(before, after)).toEqual(['Somebody changed whom “A” is for; read its call again']);
    expect(differenceOf(plan, after)).not.toContain('Somebody changed whom “A” is for; read its call again');
    expect(differenceOf(before, anAccountPlan('disable')).join()).not.toMatch(/Somebody/);
  });
});
