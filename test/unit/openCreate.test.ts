import { describe, expect, test } from '@jest/globals';
import type { PersonRef } from '../../src/core/people.ts';
import { custodianFaults, type NamedPerson, named, ownerFaults, passkeyFaults } from '../../src/core/request/named.ts';
import { type OpenFacts, type OpenState, openCreate } from '../../src/core/request/open.ts';
import { opened } from '../../src/core/request/opening.ts';
import { planCreate } from '../../src/core/request/plan.ts';
import { no, ok } from '../../src/core/result.ts';
import { actor, aForm, aPendingRequest, NOON, POLICY, ref, TENANT, theFacts } from '../support/requests.ts';

/* What may be asked for when there is no account yet: whole, with every reason why not. */
const HOUR = 3_600_000;
const EXPIRES = new Date(NOON.getTime() + 24 * HOUR);
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const fault = (field: string, problem: string, detail?: string) => ({ field, problem, ...(detail === undefined ? {} : { detail }) });
const there = (of: PersonRef, more: Partial<NamedPerson> = {}): NamedPerson => ({
  objectId: of.objectId,
  person: of,
  isCustodian: true,
  reachable: true,
  ...more,
});
const gone = (objectId: string): NamedPerson => ({ objectId, why: 'unknown', isCustodian: false, reachable: false });

interface Asked {
  readonly facts?: Partial<OpenFacts>;
  readonly state?: Partial<OpenState>;
  readonly policy?: Partial<typeof POLICY>;
  readonly who?: Parameters<typeof openCreate>[0];
}
const ask = (form = aForm(), { facts, state, policy, who = actor('rita', 'requester') }: Asked = {}) =>
  openCreate(who, form, theFacts(facts), { openByRequester: 0, lately: [], ...state }, { ...POLICY, ...policy }, 'R-NEW', NOON);

describe('a new account', () => {
  test('AP-3 AP-7: what is opened is the plan of the form, told to everybody who may decide', () => {
    const plan = planCreate({
      ...{ requestId: 'R-NEW', version: 1, tenant: TENANT, requester: ref('rita'), reason: aForm().reason, quorum: 2, policyVersion: 'p1' },
      ...{ expiresAt: EXPIRES, userName: 'ea-contoso-01', displayName: 'Emergency access 01', usageLocation: 'DE' },
      ...{ custodians: [ref('dana'), ref('eli')], owners: [ref('oona')] },
    });
    const told = ['ann', 'bob', 'cy'].map(ref);
    const common = { plan, formId: 'F-1', told, policy: POLICY, expiresAt: EXPIRES, now: NOON };
    expect(ask()).toEqual(ok(opened({ ...common, duplicateOf: undefined })));
    expect(ask(aForm(), { state: { sameTenant: aPendingRequest({ id: 'R-OTHER' }) } })).toEqual(
      ok(opened({ ...common, duplicateOf: 'R-OTHER' })),
    );
  });

  test('AP-1: only requesters ask; a form that is sent twice opens one request', () => {
    expect(ask(aForm(), { who: actor('ann', 'approver') })).toMatchObject(refused('missing-role'));
    const sameForm = aPendingRequest();
    expect(ask(aForm(), { state: { sameForm } })).toEqual(ok({ next: sameForm, effects: [] }));
    expect(ask(aForm(), { state: { sameForm: { ...sameForm, requester: ref('rita2') } } })).toMatchObject({
      value: { next: { id: 'R-NEW' } },
    });
  });

  test('AP-12: not too many at once, nor too often, nor with too few who can decide', () => {
    expect(ask(aForm(), { state: { openByRequester: 5 } })).toEqual(refused('too-many-requests', { limit: 5 }));
    expect(ask(aForm(), { state: { openByRequester: 4 } }).ok).toBe(true);
    const from = new Date(NOON.getTime() + HOUR);
    expect(ask(aForm(), { state: { lately: [{ openedAt: NOON }] }, policy: { requestsPerHour: 1 } })).toEqual(
      refused('too-often', { limit: 1, from }),
    );
    expect(ask(aForm(), { facts: { approvers: ['ann', 'dana', 'rita2'].map(ref) } })).toEqual(
      refused('quorum-unreachable', { need: 2, have: 1 }),
    );
  });

  test('GR-1: not in a tenant whose sign-ins nobody can see, nor under a name that is taken', () => {
    expect(ask(aForm(), { facts: { watchable: false } })).toEqual(refused('tenant-unwatched', { tenant: 'Contoso' }));
    const userPrincipalName = 'ea-contoso-01@contoso.onmicrosoft.com';
    for (const taken of ['directory', 'deleted'] as const)
      expect(ask(aForm(), { facts: { taken } })).toEqual(refused('name-taken', { userPrincipalName, where: taken }));
    expect(ask(aForm(), { state: { sameName: aPendingRequest({ id: 'R-OTHER' }) } })).toEqual(
      refused('name-taken', { userPrincipalName, where: 'request', id: 'R-OTHER' }),
    );
    expect(ask(aForm(), { state: { sameName: aPendingRequest({ id: 'R-NEW' }) } }).ok).toBe(true);
  });

  test('keys where the tenant allows them, and only where they were asked for', () => {
    const passkeys = ok({ passMinutes: 480 });
    expect(ask(aForm({ credential: 'passkey' }), { facts: { passkeys } })).toMatchObject({
      value: { next: { plan: { credential: { kind: 'passkey', passMinutes: 480 } } } },
    });
    expect(ask(aForm(), { facts: { passkeys } })).toMatchObject({ value: { next: { plan: { credential: { kind: 'split-password' } } } } });
    expect(ask(aForm(), { facts: { passkeys: no('keys-off') } }).ok).toBe(true);
    expect(ask(aForm({ credential: 'passkey' }), { facts: { passkeys: no('keys-off') } })).toEqual(
      refused('bad-form', { faults: [fault('credential', 'keys-off')] }),
    );
  });

  test.each<[string, Parameters<typeof aForm>[0], Partial<OpenFacts>, object]>([
    ['no name', { displayName: '' }, {}, fault('displayName', 'missing')],
    ['a long name', { displayName: 'x'.repeat(121) }, {}, fault('displayName', 'too-long', '120')],
    ['no place', { usageLocation: '' }, {}, fault('usageLocation', 'missing')],
    ['a place in small letters', { usageLocation: 'de' }, {}, fault('usageLocation', 'not-two-letters')],
    ['a place in three', { usageLocation: 'DEU' }, {}, fault('usageLocation', 'not-two-letters')],
    ['no credential', { credential: '' }, {}, fault('credential', 'missing')],
    ['another credential', { credential: 'certificate' }, {}, fault('credential', 'unknown-choice')],
    ['no reason', { reason: '' }, {}, fault('reason', 'missing')],
    ['a long reason', { reason: 'x'.repeat(1001) }, {}, fault('reason', 'too-long', '1000')],
    ['no custodian', {}, { custodians: [] }, fault('custodians', 'missing')],
    ['no owner', {}, { owners: [] }, fault('owners', 'missing')],
    ['no user name', { userName: '' }, {}, fault('userName', 'missing')],
  ])('is refused in its field: %s', (_what, form, facts, found) => {
    expect(ask(aForm(form), { facts })).toEqual(refused('bad-form', { faults: [found] }));
  });

  test('what is just short enough is not too long', () => {
    expect(ask(aForm({ displayName: 'x'.repeat(120), reason: 'x'.repeat(1000) })).ok).toBe(true);
  });

  test('no tenant, or none of ours, is named beside every other fault', () => {
    const { tenant: _none, ...facts } = theFacts();
    const without = (tenantId: string) =>
      openCreate(
        actor('rita', 'requester'),
        aForm({ tenantId, reason: '' }),
        facts,
        { openByRequester: 0, lately: [] },
        POLICY,
        'R-NEW',
        NOON,
      );
    expect(without('')).toEqual(refused('bad-form', { faults: [fault('tenantId', 'missing'), fault('reason', 'missing')] }));
    expect(without('x')).toEqual(refused('bad-form', { faults: [fault('tenantId', 'unknown-tenant'), fault('reason', 'missing')] }));
    const none = openCreate(actor('rita', 'requester'), aForm(), facts, { openByRequester: 0, lately: [] }, POLICY, 'R-NEW', NOON);
    expect(none).toEqual(refused('bad-form', { faults: [fault('tenantId', 'unknown-tenant')] }));
  });
});

describe('who is named', () => {
  const [dana, eli, fay, gus] = [ref('dana'), ref('eli'), ref('fay'), ref('gus')];
  const custodians = (...people: readonly NamedPerson[]) => custodianFaults(people, ref('rita'), [dana]);

  test('CR-3: two or three different humans with the role, none of them the requester, all of them reachable', () => {
    expect(custodians(there(dana), there(eli))).toEqual([]);
    expect(custodians(there(dana), there(eli), there(fay))).toEqual([]);
    expect(custodians()).toEqual([fault('custodians', 'missing')]);
    expect(custodians(there(dana))).toEqual([fault('custodians', 'too-few', '2')]);
    expect(custodians(...[dana, eli, fay, gus].map((each) => there(each)))).toEqual([fault('custodians', 'too-many', '3')]);
    expect(custodians(there(dana), there(dana))).toEqual([fault('custodians', 'twice')]);
    expect(custodians(there(dana), there(ref('dana2')))).toEqual([fault('custodians', 'same-human')]);
    expect(custodians(there(dana), there(eli, { isCustodian: false }))).toEqual([fault('custodians', 'not-custodian', 'eli')]);
    expect(custodians(there(dana), there(ref('rita2')))).toEqual([fault('custodians', 'is-requester', 'rita2')]);
    expect(custodians(there(dana), there(eli, { reachable: false }))).toEqual([fault('custodians', 'not-reachable', 'eli')]);
  });

  test('whom the directory does not know is named as we remember them, or by their id', () => {
    expect(custodians(there(eli), gone(dana.objectId))).toEqual([fault('custodians', 'not-eligible', 'dana')]);
    expect(custodians(there(dana), gone('id-x'))).toEqual([fault('custodians', 'not-eligible', 'id-x')]);
    expect(custodianFaults([there(eli), gone(dana.objectId)], ref('rita'))).toEqual([fault('custodians', 'not-eligible', dana.objectId)]);
    expect(named([there(dana), gone('id-x'), there(eli)])).toEqual([dana, eli]);
  });

  test('one to five owners, each once, whom reminders reach', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => there(ref(name)));
    expect([ownerFaults(five), ownerFaults(five.slice(0, 1))]).toEqual([[], []]);
    expect(ownerFaults([])).toEqual([fault('owners', 'missing')]);
    expect(ownerFaults([...five, there(ref('f'))])).toEqual([fault('owners', 'too-many', '5')]);
    expect(ownerFaults([there(dana), there(dana)])).toEqual([fault('owners', 'twice')]);
    expect(ownerFaults([gone('id-x')])).toEqual([fault('owners', 'not-eligible', 'id-x')]);
    expect(ownerFaults([there(dana, { reachable: false })])).toEqual([fault('owners', 'not-reachable', 'dana')]);
  });

  test('what was not read of the tenant’s passkeys is no yes', () => {
    expect([passkeyFaults('c', undefined), passkeyFaults('c', no('keys-off')), passkeyFaults('c', ok({ passMinutes: 10 }))]).toEqual([
      [fault('c', 'policy-unread')],
      [fault('c', 'keys-off')],
      [],
    ]);
  });
});
