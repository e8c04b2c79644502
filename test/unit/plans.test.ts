import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { Repair } from '../../src/core/posture/check.ts';
import type { Finding } from '../../src/core/posture/report.ts';
import { changesFor, isMend, mendOf } from '../../src/core/request/mend.ts';
import { ACCOUNT_OPERATIONS, type Mend } from '../../src/core/request/planAccount.ts';
import { GLOBAL_ADMINISTRATOR, NEW_USER, passwordLength, planStep, withGroupExcluded } from '../../src/core/request/planSteps.ts';
import type { MendPlan, Plan, PolicyUsers } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPart, person } from '../support/builders.ts';

/* Every plan for an account on record, as people approve it: what is done, what takes it back, who holds what, and what is for good. */
const account = anAccount();
const user = account.objectId;
const keyed = anAccount({
  credential: 'passkey',
  parts: [1, 2].map((number) => aPart(number, number === 1 ? 'dana' : 'eli', { state: 'stored', key: { methodId: `k${number}` } })),
});
const unit = TENANTS.contoso.restrictedUnitId;
const restricted = { userPrincipalName: 'as.seen@contoso', enabled: true, privileged: true, excluded: true, restricted: true, ours: true };
const free = { ...restricted, restricted: false };
const passkeys = { passMinutes: 480 };
const ids = ({ steps, undo }: Plan): string[] => [...steps.map(({ id }) => id), '|', ...undo.map(({ id }) => id)];
const GIVEN_UP = 'If it is given up half-way, this stays as far as it was done by then:';
const UNUSABLE = 'Given up after the new password is set, nobody can use the account until a request sets another.';
const NEW_PASSWORD = 'Set a new password, sealed in 2 parts for the custodians';
const SESSIONS = 'End every session it has.';
const ONLY_KEYS = 'Delete the pass and every other sign-in method, so that nothing opens it but the 2 keys';

describe('AP-3: a plan says all that is done, who holds what, and what nothing takes back', () => {
  const inParts = { custodians: [person('dana'), person('eli')], holds: ['Dana Diaz: part 1 of 2', 'Eli Evans: part 2 of 2'] };
  const inKeys = {
    custodians: [person('dana'), person('eli')],
    holds: ['Dana Diaz', 'Eli Evans'].map(
      (name, at) => `${name}: security key ${at + 1} of 2, which opens the account alone, with its PIN`,
    ),
  };
  const split = { kind: 'split-password', parts: 2, length: 40 };
  const keys = (...enrols: readonly number[]) => ({ kind: 'passkey', keys: 2, passMinutes: 480, enrols });
  const role = { ...GLOBAL_ADMINISTRATOR, scope: '/' };
  const asBefore = { custodians: [], holds: ['Dana Diaz: part 1 of 2, as before', 'Eli Evans: part 2 of 2, as before'] };
  const cases: readonly (readonly [string, Plan, readonly string[], object])[] = [
    [
      'a new password',
      anAccountPlan('rotate', { observed: restricted }),
      ['leave-unit', 'set-credential', 'revoke-sessions', 'join-unit', 'verify', '|', 'join-unit'],
      {
        ...{ operation: 'rotate', credential: split, ...inParts },
        irreversible: [
          'Every part of the old password is void from the moment the new one is set.',
          `${GIVEN_UP} ${NEW_PASSWORD}; ${SESSIONS}`,
          UNUSABLE,
        ],
      },
    ],
    [
      'a part for somebody else',
      anAccountPlan('handover', { observed: restricted }),
      ['leave-unit', 'set-credential', 'revoke-sessions', 'join-unit', 'verify', '|', 'join-unit'],
      {
        ...{ operation: 'handover', credential: split, leaving: person('eli'), custodians: [person('dana'), person('fay')] },
        holds: ['Dana Diaz: part 1 of 2', 'Fay Fischer: part 2 of 2'],
        irreversible: [
          'Every part of the old password is void from the moment the new one is set.',
          `${GIVEN_UP} ${NEW_PASSWORD}; ${SESSIONS}`,
          UNUSABLE,
        ],
      },
    ],
    [
      'new keys',
      anAccountPlan('rotate', { observed: restricted, account: keyed, ...passkeys }),
      [
        ...['leave-unit', 'drop-password', 'issue-pass:1', 'enrol:1', 'issue-pass:2', 'enrol:2', 'tidy-methods', 'revoke-sessions'],
        ...['join-unit', 'verify', '|', 'leave-unit', 'withdraw-keys', 'revoke-sessions', 'join-unit'],
      ],
      {
        ...{ operation: 'rotate', credential: keys(1, 2), ...inKeys },
        irreversible: [
          'A key that is taken off the account opens nothing any more, wherever it lies.',
          `${GIVEN_UP} ${ONLY_KEYS}; ${SESSIONS}`,
        ],
      },
    ],
    [
      'a key for somebody else',
      anAccountPlan('handover', { observed: restricted, account: keyed, ...passkeys }),
      [
        ...['leave-unit', 'drop-password', 'issue-pass:2', 'enrol:2', 'tidy-methods', 'revoke-sessions', 'join-unit', 'verify'],
        ...['|', 'leave-unit', 'withdraw-keys', 'revoke-sessions', 'join-unit'],
      ],
      { operation: 'handover', credential: keys(2), leaving: person('eli'), custodians: [person('dana'), person('fay')] },
    ],
    [
      'keys in place of a password',
      anAccountPlan('rotate', { observed: restricted, ...passkeys }),
      [
        ...['leave-unit', 'issue-pass:1', 'enrol:1', 'issue-pass:2', 'enrol:2', 'drop-password', 'tidy-methods', 'revoke-sessions'],
        ...['join-unit', 'verify', '|', 'leave-unit', 'withdraw-keys', 'drop-password', 'revoke-sessions', 'join-unit'],
      ],
      {
        ...{ operation: 'rotate', credential: keys(1, 2), replaces: 'split-password', ...inKeys },
        irreversible: [
          'Once every key stands the password is replaced by one that nobody keeps: each part of it opens nothing any more.',
          'Then every other sign-in method of the account is deleted, a security key that was registered before included.',
          `${GIVEN_UP} ${ONLY_KEYS}; ${SESSIONS}`,
        ],
      },
    ],
    [
      'a password in place of keys',
      anAccountPlan('rotate', { observed: restricted, account: keyed }),
      [
        ...['leave-unit', 'set-credential', 'store-parts', 'remove-keys', 'revoke-sessions', 'join-unit', 'verify'],
        ...['|', 'leave-unit', 'withdraw-password', 'revoke-sessions', 'join-unit'],
      ],
      {
        ...{ operation: 'rotate', credential: split, replaces: 'passkey', ...inParts },
        irreversible: [
          'Once every part is stored each security key is deleted from the account: it opens nothing any more, wherever it lies.',
          'A password alone opens no admin portal: a second factor must be registered before the account can be used there.',
          `${GIVEN_UP} Delete every security key and every other sign-in method, so that only the password in parts opens it; ${SESSIONS}`,
        ],
      },
    ],
    [
      'disabling',
      anAccountPlan('disable', { observed: restricted }),
      ['leave-unit', 'disable', 'revoke-sessions', 'join-unit', 'verify', '|', 'join-unit'],
      { operation: 'disable', role, accountsLeft: 2, ...asBefore, irreversible: [`${GIVEN_UP} Disable the account; ${SESSIONS}`] },
    ],
    [
      'enabling',
      anAccountPlan('enable', { observed: restricted }),
      ['leave-unit', 'watch', 'enable', 'join-unit', 'verify', '|', 'leave-unit', 'disable', 'join-unit'],
      { operation: 'enable', role, ...asBefore, irreversible: [] },
    ],
    [
      'retirement',
      anAccountPlan('retire', { observed: restricted }),
      ['leave-unit', 'remove-role', 'disable', 'revoke-sessions', 'leave-group', 'delete-user', 'confirm-gone', '|'],
      {
        ...{ operation: 'retire', role, exclusionGroupId: TENANTS.contoso.exclusionGroupId, accountsLeft: 2, custodians: [] },
        holds: ['Nobody: every part may be destroyed.'],
        irreversible: [
          'After 30 days in the recycle bin of Entra the user is gone for good.',
          'If it is given up half-way, each of its steps that was done by then stays done.',
        ],
      },
    ],
  ];

  test.each(cases)('%s', (_what, plan, steps, says) => {
    expect(ids(plan)).toEqual(steps);
    expect(plan).toMatchObject({
      ...{ owners: account.owners, restrictedUnitId: unit },
      account: {
        ...{ accountId: account.id, objectId: user, userPrincipalName: 'as.seen@contoso', displayName: account.displayName },
        marker: `breakglass:${account.requestId}`,
      },
      ...says,
    });
  });

  test('outside a restricted unit nothing is taken out of one, and the plan names none', () => {
    for (const [, plan] of cases) {
      const again = anAccountPlan(plan.operation as 'rotate', { observed: free });
      expect([ids(again).filter((id) => id.endsWith('-unit')), Object.keys(again).includes('restrictedUnitId')]).toEqual([[], false]);
    }
  });

  test('what keys hold stays with whom it was; of a retired account every key may be wiped', () => {
    expect(anAccountPlan('disable', { account: keyed }).holds).toEqual(
      [1, 2].map((number) => `${number === 1 ? 'Dana Diaz' : 'Eli Evans'}: security key ${number} of 2, as before`),
    );
    expect(anAccountPlan('retire', { account: keyed }).holds).toEqual(['Nobody: every key may be wiped.']);
  });

  test('an exemption from expiry that somebody took away is given back with a new credential; rights that are gone are not taken', () => {
    const expires = { ...free, expires: true } as const;
    for (const more of [{}, passkeys, { account: keyed }, { account: keyed, ...passkeys }])
      expect(ids(anAccountPlan('rotate', { observed: expires, ...more }))[0]).toBe('never-expire');
    expect(ids(anAccountPlan('rotate', { observed: free }))).not.toContain('never-expire');
    const bare = anAccountPlan('retire', { observed: { ...free, privileged: false, excluded: false } });
    expect(ids(bare)).toEqual(['disable', 'revoke-sessions', 'delete-user', 'confirm-gone', '|']);
    // Three steps are named, more are not.
    expect(bare.irreversible[1]).toBe(
      `${GIVEN_UP} Disable the account; End every session it has; Delete the user; Entra keeps it restorable for 30 days.`,
    );
  });

  test('what can be asked by name', () => {
    expect(ACCOUNT_OPERATIONS).toEqual(['rotate', 'disable', 'enable', 'exclude', 'retire', 'handover']);
    expect(['exclude', 'repair', 'retire', 'create'].map(isMend)).toEqual([true, true, false, false]);
  });
});

describe('the words of a plan', () => {
  test('a user that is not there yet; how long a password is; what a group is given', () => {
    expect([NEW_USER, passwordLength(2), passwordLength(3)]).toEqual(['<the user>', 40, 48]);
    expect(planStep.exclude('g', 'u').call?.body).toEqual({ '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/u' });
  });

  test('GR-4: to exclude a group keeps all that the policy had', () => {
    const users: PolicyUsers = { includeUsers: ['All'], excludeGroups: ['a', 'b'] };
    expect(withGroupExcluded(users, 'g')).toEqual({ includeUsers: ['All'], excludeGroups: ['a', 'b', 'g'] });
    expect(withGroupExcluded({ includeUsers: ['All'] }, 'g')).toEqual({ includeUsers: ['All'], excludeGroups: ['g'] });
  });
});

describe('a plan that mends', () => {
  const users: PolicyUsers = { includeUsers: ['All'], excludeGroups: [] };
  const policy = (policyId: string) => ({ policyId, name: `CA ${policyId}`, before: users });
  const excluding = (policyId: string): Repair => ({ kind: 'exclude-policy', policyId }) as Repair;
  const mend = (changes: readonly Repair[], more: Partial<Mend> = {}): Mend => ({ changes, policies: [], ...more });
  const planned = (given: Mend | undefined, observed = free) =>
    anAccountPlan('repair', { observed, ...(given ? { mend: given } : {}) }) as MendPlan;
  const foreign: Repair = { kind: 'remove-member', objectId: 'mal', objectType: 'user', name: 'Mal' };
  const KEY =
    'Whoever has the security key “spare” (registered 2026-11-22) cannot sign in with it any more, and it can only be registered anew.';

  test('GR-3: says which finding, what is not ours and goes, and the role that is given back', () => {
    const finding = { key: 'role:EA-1', title: 'Role', about: 'North Harbor' };
    expect(planned(mend([foreign, { kind: 'assign-role' }], { finding }))).toMatchObject({
      ...{ finding, policies: [], policiesLeft: 0, custodians: [], undo: [] },
      foreign: [{ objectId: 'mal', type: 'user', name: 'Mal' }],
      role: { ...GLOBAL_ADMINISTRATOR, scope: '/' },
      exclusionGroupId: TENANTS.contoso.exclusionGroupId,
      steps: [{ id: 'remove-member:mal' }, { id: 'assign-role' }, { id: 'verify' }],
    });
    const other = planned(mend([{ kind: 'never-expire' }]));
    for (const plan of [other, planned(mend([foreign]))])
      for (const absent of ['finding', 'role', 'restrictedUnitId']) expect(Object.keys(plan)).not.toContain(absent);
    expect([other.foreign, other.irreversible]).toEqual([[], [`${GIVEN_UP} ${other.steps[0]?.title}.`]]);
  });

  test('only the policies asked for, in the order of the finding', () => {
    const plan = planned(mend([excluding('b'), foreign, excluding('a')], { policies: [policy('a'), policy('b'), policy('c')] }));
    expect([plan.policies.map(({ policyId }) => policyId), plan.policiesLeft]).toEqual([['b', 'a'], 0]);
    expect(ids(plan)).toEqual(['exclude-policy:b', 'remove-member:mal', 'exclude-policy:a', 'verify', '|']);
  });

  test('what its restricted unit would refuse is done outside of it, and only that', () => {
    for (const change of [
      { kind: 'never-expire' },
      { kind: 'assign-role' },
      { kind: 'remove-method', method: 'phone', methodId: 'p', words: 'telephone' },
    ] as const)
      for (const changes of [[change], [foreign, change]]) {
        const plan = planned(mend(changes), restricted);
        expect([ids(plan)[0], ids(plan).at(-1), plan.restrictedUnitId]).toEqual(['leave-unit', 'join-unit', unit]);
      }
    // Its sessions too: and once, after the last of its methods is gone.
    const methods = ['p', 'q'].map((methodId): Repair => ({ kind: 'remove-method', method: 'phone', methodId, words: 'telephone' }));
    expect(ids(planned(mend([...methods, { kind: 'never-expire' }]), restricted)).slice(0, 6)).toEqual([
      'leave-unit',
      'remove-method:phone:p',
      'remove-method:phone:q',
      'never-expire',
      'revoke-sessions',
      'join-unit',
    ]);
    for (const changes of [[foreign], [{ kind: 'join-exclusion-group' } as const]])
      expect(ids(planned(mend(changes), restricted)).join()).not.toContain('unit');
  });

  test('to put it into its restricted unit names that unit, and takes it out of none', () => {
    for (const changes of [[{ kind: 'join-unit' }], [{ kind: 'never-expire' }, { kind: 'join-unit' }]] as const) {
      const plan = planned(mend(changes), restricted);
      expect([ids(plan), plan.restrictedUnitId]).toEqual([[...changes.map(({ kind }) => kind), 'verify', '|'], unit]);
    }
    const { restrictedUnitId: _none, ...without } = { ...TENANTS.contoso, name: 'Contoso' };
    const nowhere = anAccountPlan('repair', { mend: mend([{ kind: 'join-unit' }]), tenant: without, observed: free });
    expect([ids(nowhere), Object.keys(nowhere).includes('restrictedUnitId')]).toEqual([['verify', '|'], false]);
  });

  test('only of a security key it is said that it can be registered only anew', () => {
    const words = 'security key “spare” (registered 2026-11-22)';
    const method = (kind: 'fido2' | 'phone') => planned(mend([{ kind: 'remove-method', method: kind, methodId: 'k9', words }]));
    expect([method('fido2').irreversible.includes(KEY), method('phone').irreversible.includes(KEY)]).toEqual([true, false]);
    // Named as people know it; its id is what the call is about.
    expect(method('fido2').steps[0]).toEqual({
      ...{ id: 'remove-method:fido2:k9', title: `Remove the ${words} from it` },
      call: { method: 'DELETE', path: `/users/${user}/authentication/fido2Methods/k9` },
    });
  });

  test('with nothing found it changes nothing', () => expect(ids(planned(undefined))).toEqual(['verify', '|']));
});

describe('what is to be mended', () => {
  const finding = (more: Partial<Finding>): Finding =>
    ({
      ...{
        key: 'k',
        check: 'in-exclusion-group',
        title: 'In the group',
        fault: 'Not in the group',
        status: 'fail',
        evidence: '',
        severity: 'high',
      },
      about: { id: account.id, name: 'North Harbor' },
      ...more,
    }) as Finding;
  const repair = (kind: string, accountId = account.id) => ({ accountId, changes: [{ kind }] }) as never;
  const report = (...findings: readonly Finding[]) => ({ findings }) as Parameters<typeof changesFor>[3];
  const exclusion = (...findings: readonly Finding[]) => {
    const outcome = changesFor('exclude', account, undefined, report(...findings));
    return outcome.ok ? outcome.value.changes.map(({ kind }) => kind) : outcome.error;
  };
  const inGroup = finding({ repair: repair('join-exclusion-group') });

  test.each(['policy-exclusions', 'managed-policies'])('exclude: the group, and each policy that catches it: %s', (check) => {
    const caught = finding({
      check,
      about: { kind: 'policy', id: 'p', name: 'CA' },
      catches: [account.id],
      repair: repair('exclude-policy'),
    });
    expect(exclusion(inGroup, caught)).toEqual(['join-exclusion-group', 'exclude-policy']);
    // Of others, of other findings, and of what is in order, nothing.
    expect(exclusion({ ...inGroup, about: { kind: 'account', id: 'EA-OTHER', name: '' } })).toBe('already-excluded');
    expect(exclusion(finding({ check: 'role', repair: repair('assign-role') }))).toBe('already-excluded');
    expect(exclusion({ ...caught, catches: ['EA-OTHER'] }, finding({ ...caught, catches: undefined } as never))).toBe('already-excluded');
    expect(exclusion({ ...inGroup, status: 'pass' }, finding({}))).toBe('already-excluded');
    expect(exclusion()).toBe('already-excluded');
  });

  test('exclude: what cannot be read of it is no ground to change anything; what is unknown of something else is', () => {
    const unknown = { status: 'unknown' } as const;
    expect(exclusion(inGroup, finding({ ...unknown, check: 'policy-exclusions', about: { kind: 'policy', id: 'p', name: 'CA' } }))).toBe(
      'cannot-tell',
    );
    expect(exclusion(finding(unknown))).toBe('cannot-tell');
    expect(exclusion(inGroup, finding({ ...unknown, check: 'role' }))).toEqual(['join-exclusion-group']);
  });

  test('repair: the one finding, where it fails and is of this account', () => {
    const outcome = (of: Finding | undefined, key = 'k') => changesFor('repair', account, key, report(...(of ? [of] : [])));
    expect(outcome(inGroup)).toEqual({
      ok: true,
      value: { changes: [{ kind: 'join-exclusion-group' }], finding: { key: 'k', title: 'Not in the group', about: 'North Harbor' } },
    });
    expect(outcome({ ...inGroup, status: 'unknown' })).toEqual({ ok: false, error: 'cannot-tell' });
    for (const none of [outcome({ ...inGroup, status: 'pass' }), outcome(inGroup, 'other'), outcome(undefined)])
      expect(none).toEqual({ ok: false, error: 'not-failing' });
    for (const other of [finding({}), finding({ repair: repair('assign-role', 'EA-OTHER') })])
      expect(outcome(other)).toEqual({ ok: false, error: 'not-repairable' });
  });

  test('the policies come with it, as they were read', () => {
    const facts = { report: report(inGroup), policies: [{ policyId: 'p', name: 'CA', before: {} }] };
    expect(mendOf('repair', account, 'k', facts)).toMatchObject({ ok: true, value: { policies: facts.policies } });
    expect(mendOf('repair', account, 'other', facts)).toEqual({ ok: false, error: 'not-failing' });
    expect(mendOf('repair', account, 'k', undefined)).toEqual({ ok: false, error: 'cannot-tell' });
  });
});
