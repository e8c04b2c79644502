import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Actor, PersonRef } from '../../src/core/people.ts';
import type { NamedPerson } from '../../src/core/request/named.ts';
import {
  type AccountFacts,
  type AccountForm,
  type AccountOpenState,
  busyWith,
  custodiansWanted,
  makesKeys,
  openAccount,
  takesOneAway,
  whyUnsuitable,
} from '../../src/core/request/openAccount.ts';
import { opened } from '../../src/core/request/opening.ts';
import type { AccountOperation } from '../../src/core/request/planAccount.ts';
import { REQUEST_KINDS } from '../../src/core/request/types.ts';
import { no, ok } from '../../src/core/result.ts';
import { actor, anAccount, anAccountPlan, aPart, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { expiring } from '../support/posture.ts';
import { POLICY } from '../support/requests.ts';

/* What may be asked of an account on record, by whom, and every reason why not. */
const [ANN, BOB, DANA, ELI, FAY, RITA] = [person('ann'), person('bob'), person('dana'), person('eli'), person('fay'), person('rita')];
const account = anAccount();
const tenant = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
const observed = {
  userPrincipalName: account.userPrincipalName,
  enabled: true,
  privileged: true,
  excluded: true,
  restricted: false,
  ours: true,
};
const off = { ...observed, enabled: false };
const keyed = anAccount({
  credential: 'passkey',
  parts: [1, 2].map((number) => aPart(number, number === 1 ? 'dana' : 'eli', { state: 'stored', key: { methodId: `k${number}` } })),
});
const there = (of: PersonRef): NamedPerson => ({ objectId: of.objectId, person: of, isCustodian: true, reachable: true });
const aForm = (more: Partial<AccountForm> = {}): AccountForm => ({
  ...{ formId: 'F-1', operation: 'disable', accountId: account.id, reason: 'It is due.', custodians: [], leaving: '', fewer: false },
  ...more,
});
const rotating = (more: Partial<AccountForm> = {}) => aForm({ operation: 'rotate', custodians: [DANA.objectId, ELI.objectId], ...more });
const handing = (more: Partial<AccountForm> = {}) =>
  aForm({ operation: 'handover', leaving: ELI.objectId, custodians: [FAY.objectId], ...more });

interface Asked {
  readonly facts?: Partial<AccountFacts>;
  readonly state?: Partial<AccountOpenState>;
  readonly who?: Actor;
  readonly policy?: Partial<typeof POLICY>;
}
const ask = (form: AccountForm, { facts, state, who = actor('rita'), policy }: Asked = {}) =>
  openAccount(
    who,
    form,
    { tenant, observed, custodians: [], approvers: [ANN, BOB, RITA], ...facts },
    { account, openByRequester: 0, lately: [], othersInTenant: 2, ...state },
    { ...POLICY, ...policy },
    'R-NEW',
    NOON,
  );
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const faulty = (...faults: readonly (readonly [string, string, string?])[]) =>
  refused('bad-form', {
    faults: faults.map(([field, problem, detail]) => ({ field, problem, ...(detail === undefined ? {} : { detail }) })),
  });

describe('asked of an account', () => {
  test('AP-3: what is opened is the plan that was drawn up, told to everybody who may decide', () => {
    const plan = anAccountPlan('disable', { requestId: 'R-NEW', reason: 'It is due.', observed, policyVersion: POLICY.policyVersion });
    const next = opened({ plan, formId: 'F-1', told: [ANN, BOB], duplicateOf: undefined, policy: POLICY, expiresAt: hours(24), now: NOON });
    expect(ask(aForm())).toEqual(ok(next));
  });

  test('AP-1: only requesters ask', () => {
    expect(ask(aForm(), { who: stranger('guest') })).toEqual(refused('stranger', { why: 'guest' }));
    expect(ask(aForm(), { who: actor('ann') })).toMatchObject(refused('missing-role'));
  });

  test('a form that is sent twice opens one request; somebody else’s of the same number is none of theirs', () => {
    const sameForm = aRequest();
    expect(ask(aForm(), { state: { sameForm } })).toEqual(ok({ next: sameForm, effects: [] }));
    expect(ask(aForm(), { state: { sameForm: { ...sameForm, requester: { ...RITA, objectId: 'rita-2' } } } })).toMatchObject({
      value: { next: { id: 'R-NEW' } },
    });
  });

  test('another request on it is in the way: whose, which, and when that ends', () => {
    const plan = anAccountPlan('repair', { mend: { changes: [], policies: [], finding: { key: 'k', title: 'T', about: 'A' } } });
    const busy = aRequest({ plan });
    const form = aForm({ operation: 'repair', finding: 'k' });
    const said = refused('account-busy', { requestId: busy.id, title: expect.any(String), by: RITA.name, own: true, same: true });
    expect(ask(form, { state: { busy } })).toEqual(said);
    const by = (of: Parameters<typeof busyWith>[0], wanted: Partial<AccountForm> = form, asker = RITA) =>
      busyWith(of, { ...form, ...wanted }, asker, NOON);
    expect(by(busy, form, { ...ANN, objectId: RITA.objectId })).toMatchObject({ own: false });
    for (const other of [{ finding: 'another' }, { operation: 'exclude' as const }]) expect(by(busy, other)).toMatchObject({ same: false });
    const disabling = aRequest({ plan: anAccountPlan('disable') });
    const { finding: _none, ...bare } = form;
    expect(busyWith(disabling, { ...bare, operation: 'disable' }, RITA, NOON)).toMatchObject({ same: false });
    expect(busyWith(disabling, bare, RITA, NOON)).toMatchObject({ same: false });
    const unnamed = aRequest({ plan: anAccountPlan('repair', { mend: { changes: [], policies: [] } }) });
    expect(busyWith(unnamed, form, RITA, NOON)).toMatchObject({ same: false });
    expect(by({ ...busy, state: 'failed', expiresAt: minutes(1) })).toMatchObject({ endsAt: minutes(1) });
    for (const ended of [
      { ...busy, state: 'failed' as const, expiresAt: NOON },
      { ...busy, expiresAt: minutes(1) },
    ])
      expect(Object.keys(by(ended))).not.toContain('endsAt');
  });

  test('AP-12: not too many at once, nor too often', () => {
    expect(ask(aForm(), { state: { openByRequester: 5 } })).toEqual(refused('too-many-requests', { limit: 5 }));
    expect(ask(aForm(), { state: { openByRequester: 4 } }).ok).toBe(true);
    expect(ask(aForm(), { state: { lately: [{ openedAt: NOON }] }, policy: { requestsPerHour: 1 } })).toEqual(
      refused('too-often', { limit: 1, from: hours(1) }),
    );
  });

  test('AP-12 CR-3: too few can decide, where those who will hold a part are left out', () => {
    const short = refused('quorum-unreachable', { need: 2, have: 1 });
    expect(ask(aForm(), { facts: { approvers: [ANN, RITA] } })).toEqual(short);
    expect(ask(rotating(), { facts: { approvers: [ANN, DANA], custodians: [there(DANA), there(ELI)] } })).toEqual(short);
  });

  test('what is not ours is not found', () => {
    const { account: _none, ...nothing } = { account, openByRequester: 0, lately: [], othersInTenant: 2 };
    const facts = { observed, custodians: [], approvers: [ANN, BOB] };
    const lost = refused('not-found', { what: 'account' });
    expect(openAccount(actor('rita'), aForm(), { ...facts, tenant }, nothing, POLICY, 'R-NEW', NOON)).toEqual(lost);
    expect(openAccount(actor('rita'), aForm(), facts, { ...nothing, account }, POLICY, 'R-NEW', NOON)).toEqual(lost);
  });

  test('a reason, and not a book', () => {
    expect(ask(aForm({ reason: '' }))).toEqual(faulty(['reason', 'missing']));
    expect(ask(aForm({ reason: 'x'.repeat(1001) }))).toEqual(faulty(['reason', 'too-long', '1000']));
    expect(ask(aForm({ reason: 'x'.repeat(1000) })).ok).toBe(true);
  });
});

describe('an account as it stands', () => {
  const why = (operation: AccountOperation, state: EmergencyAccount['state'], seen: typeof observed | undefined, keys = false) =>
    whyUnsuitable(operation, { state, keyed: keys }, seen);

  test('GR-2 GR-3: nothing is asked of one that is retired, being set up, gone, not ours, or as it is wanted already', () => {
    expect([
      why('disable', 'retired', observed),
      why('disable', 'provisioning', observed),
      why('disable', 'in-service', undefined),
    ]).toEqual(['retired', 'provisioning', 'gone']);
    expect(why('disable', 'in-service', { ...observed, ours: false })).toBe('not-ours');
    expect([why('disable', 'in-service', off), why('enable', 'disabled', observed)]).toEqual(['already-disabled', 'already-enabled']);
    expect([why('rotate', 'disabled', off, true), why('rotate', 'disabled', off)]).toEqual(['keys-need-enabled', undefined]);
    for (const lacking of [{ privileged: false }, { excluded: false }])
      expect(why('enable', 'disabled', { ...off, ...lacking })).toBe('not-ready');
    expect(why('enable', 'disabled', off)).toBeUndefined();
    for (const operation of ['rotate', 'handover', 'disable', 'retire', 'exclude'] as const)
      expect([why(operation, 'in-service', observed), why(operation, 'handover', { ...observed, privileged: false })]).toEqual([
        undefined,
        undefined,
      ]);
  });

  test('the refusal says what was asked and why that cannot be', () => {
    expect(ask(aForm(), { facts: { observed: off } })).toEqual(
      refused('account-unsuitable', { operation: 'disable', why: 'already-disabled' }),
    );
    expect(ask(aForm(), { facts: { observed: undefined } as never })).toEqual(
      refused('account-unsuitable', { operation: 'disable', why: 'gone' }),
    );
    expect(ask(rotating(), { facts: { observed: off }, state: { account: keyed } })).toEqual(
      refused('account-unsuitable', { operation: 'rotate', why: 'keys-need-enabled' }),
    );
    expect(ask(aForm({ operation: 'exclude' }))).toEqual(refused('account-unsuitable', { operation: 'exclude', why: 'cannot-tell' }));
  });

  test('design.md 6.9: to retire one of the last must be said; to disable it is not held up', () => {
    const retiring = (fewer: boolean, othersInTenant: number) => ask(aForm({ operation: 'retire', fewer }), { state: { othersInTenant } });
    expect(retiring(false, 1)).toEqual(refused('too-few-left', { left: 1 }));
    for (const asked of [retiring(true, 1), retiring(false, 2), ask(aForm(), { state: { othersInTenant: 0 } })])
      expect(asked.ok).toBe(true);
    expect(retiring(true, 1)).toMatchObject({ value: { next: { plan: { accountsLeft: 1 } } } });
    expect(REQUEST_KINDS.filter(takesOneAway).toSorted()).toEqual(['disable', 'retire']);
  });

  test('what mends it is in the plan', () => {
    const asked = ask(aForm({ operation: 'repair', finding: 'k' }), { facts: { mend: expiring(account.id) } });
    expect(asked).toMatchObject({
      value: { next: { plan: { finding: { key: 'k' }, steps: [{ id: 'never-expire' }, { id: 'verify' }] } } },
    });
  });
});

describe('who is to hold it', () => {
  const both = { custodians: [there(DANA), there(ELI)] };
  const overtaken = { custodians: [there(DANA), there(FAY)] };

  test('everybody named for a rotation; at a handover who stays, and who takes over in the place of who leaves; else nobody', () => {
    expect(custodiansWanted(rotating(), account)).toEqual([DANA.objectId, ELI.objectId]);
    expect(custodiansWanted(handing(), account)).toEqual([DANA.objectId, FAY.objectId]);
    expect(custodiansWanted(handing({ custodians: [FAY.objectId, ANN.objectId] }), account)).toEqual([DANA.objectId, FAY.objectId]);
    expect(custodiansWanted(handing({ custodians: [] }), account)).toEqual([DANA.objectId]);
    expect(custodiansWanted(aForm({ custodians: [DANA.objectId] }), account)).toEqual([]);
  });

  test('a rotation and a handover name them in the plan', () => {
    expect(ask(rotating(), { facts: both })).toMatchObject({ value: { next: { plan: { operation: 'rotate', custodians: [DANA, ELI] } } } });
    const handover = ask(handing(), { facts: overtaken });
    expect(handover).toMatchObject({ value: { next: { plan: { operation: 'handover', leaving: ELI, custodians: [DANA, FAY] } } } });
    const rotated = ask(rotating({ leaving: ELI.objectId }), { facts: both });
    expect(rotated.ok && Object.keys(rotated.value.next.plan)).not.toContain('leaving');
    expect(ask(aForm(), { facts: both })).toMatchObject({ value: { next: { plan: { custodians: [] } } } });
  });

  test('CR-3: a handover says who leaves and who takes over, one for one', () => {
    expect(ask(handing({ leaving: '', custodians: [] }), { facts: { custodians: [there(DANA), there(ELI)] } })).toEqual(
      faulty(['leaving', 'missing'], ['custodians', 'missing']),
    );
    expect(ask(handing({ leaving: ANN.objectId }), { facts: overtaken })).toEqual(faulty(['leaving', 'unknown-choice']));
    expect(ask(handing({ custodians: [FAY.objectId, ANN.objectId] }), { facts: overtaken })).toEqual(
      faulty(['custodians', 'too-many', '1']),
    );
  });

  test('CR-3: who stays must be there to stay, and a custodian; who takes over is judged by itself', () => {
    const left = { objectId: DANA.objectId, why: 'disabled', isCustodian: false, reachable: true } as const;
    for (const gone of [left, { ...there(DANA), isCustodian: false }])
      expect(ask(handing(), { facts: { custodians: [gone, there(FAY)] } })).toEqual(faulty(['custodians', 'has-left', DANA.name]));
    const notYet = ask(handing(), { facts: { custodians: [there(DANA), { ...there(FAY), isCustodian: false }] } });
    expect(notYet).toMatchObject(refused('bad-form', { faults: [{ field: 'custodians' }] }));
    expect(JSON.stringify(notYet)).not.toContain('has-left');
    expect(ask(rotating(), { facts: { custodians: [there(DANA), { ...there(ELI), isCustodian: false }] } })).toMatchObject(
      refused('bad-form', { faults: [{ field: 'custodians' }] }),
    );
  });
});

describe('keys or a password', () => {
  const terms = { passkeys: ok({ passMinutes: 480 }), custodians: [there(DANA), there(ELI)] };

  test('a rotation makes what it asks for, or what there is; a handover what there is; nothing else makes any', () => {
    const makes = (form: AccountForm) => [makesKeys(form, account), makesKeys(form, keyed)];
    expect(makes(rotating())).toEqual([false, true]);
    expect(makes(rotating({ credential: '' }))).toEqual([false, true]);
    expect(makes(rotating({ credential: 'passkey' }))).toEqual([true, true]);
    expect(makes(rotating({ credential: 'split-password' }))).toEqual([false, false]);
    expect(makes(handing({ credential: 'split-password' }))).toEqual([false, true]);
    expect(makes(aForm({ credential: 'passkey' }))).toEqual([false, false]);
  });

  test('what no account can have is refused in its field, and only of a rotation', () => {
    expect(ask(rotating({ credential: 'certificate' }), { facts: terms })).toEqual(faulty(['credential', 'unknown-choice']));
    expect(ask(aForm({ credential: 'certificate' })).ok).toBe(true);
    for (const credential of ['passkey', 'split-password', '']) expect(ask(rotating({ credential }), { facts: terms }).ok).toBe(true);
  });

  test('keys rest on what the tenant allows, also at a handover; where it cannot be told, none are planned', () => {
    const planned = ask(rotating({ credential: 'passkey' }), { facts: terms });
    expect(planned).toMatchObject({
      value: { next: { plan: { credential: { kind: 'passkey', passMinutes: 480 }, replaces: 'split-password' } } },
    });
    const password = ask(rotating(), { facts: terms });
    expect(password).toMatchObject({ value: { next: { plan: { credential: { kind: 'split-password' } } } } });
    for (const passkeys of [no('keys-off' as const), undefined])
      expect(ask(rotating({ credential: 'passkey' }), { facts: { ...terms, passkeys } as never })).toMatchObject(
        refused('bad-form', { faults: [{ field: 'credential' }] }),
      );
    expect(ask(handing(), { facts: { ...terms, custodians: [there(DANA), there(FAY)] }, state: { account: keyed } })).toMatchObject({
      value: { next: { plan: { credential: { kind: 'passkey', enrols: [2] } } } },
    });
  });
});
