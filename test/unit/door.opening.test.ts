import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Policy } from '../../src/app/ports.ts';
import type { Actor } from '../../src/core/people.ts';
import type { NamedPerson } from '../../src/core/request/named.ts';
import type { CreateForm, OpenFacts } from '../../src/core/request/open.ts';
import type { AccountFacts, AccountForm } from '../../src/core/request/openAccount.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, anAccount, anAccountPlan, aRequest, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';
import { expiring } from '../support/posture.ts';

/* Requests as they come in at the door: which form is whose, what is in the way, and what an edit may change. */
let store: MemoryStore;
let random = countingRandom();
beforeEach(() => {
  store = memoryStore(NOON);
  random = countingRandom();
  store.put('account', account);
});

const account = anAccount();
const tenant = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
const there = (name: 'dana' | 'eli' | 'oona'): NamedPerson => ({
  objectId: person(name).objectId,
  person: person(name),
  isCustodian: true,
  reachable: true,
});
const approvers = ['ann', 'bob', 'cy'].map((name) => person(name as 'ann'));
const form = (more: Partial<CreateForm> = {}): CreateForm => ({
  ...{
    formId: 'F-1',
    tenantId: tenant.id,
    userName: 'north.two',
    displayName: 'North Two',
    usageLocation: 'NL',
    credential: 'split-password',
  },
  ...{ custodians: [], owners: [], reason: 'One more.', ...more },
});
const facts: OpenFacts = {
  tenant,
  watchable: true,
  taken: undefined,
  custodians: [there('dana'), there('eli')],
  owners: [there('oona')],
  approvers,
};
const onAccount = (more: Partial<AccountForm> = {}): AccountForm => ({
  ...{ formId: 'F-2', operation: 'disable', accountId: account.id, reason: 'It is due.', custodians: [], leaving: '', fewer: false },
  ...more,
});
const observed = {
  userPrincipalName: account.userPrincipalName,
  enabled: true,
  privileged: true,
  excluded: true,
  restricted: false,
  ours: true,
};
const accountFacts: AccountFacts = { tenant, observed, custodians: [], approvers };

const send = (who: Actor, intent: Parameters<ReturnType<typeof door>['dispatch']>[1], policy: Partial<Policy> = {}) =>
  door({ store, random, policy: { ...TEST_POLICY, ...policy }, tenant: () => undefined }).dispatch(who, intent);
const create = (more: Partial<CreateForm> = {}, who = actor('rita'), policy: Partial<Policy> = {}) =>
  send(who, { kind: 'open-request', form: form(more), facts }, policy);
const ask = (more: Partial<AccountForm> = {}, who = actor('rita'), given: Partial<AccountFacts> = {}) =>
  send(who, { kind: 'open-account-request', form: onAccount(more), facts: { ...accountFacts, ...given } });
const refused = (code: string, more: object = {}) => ({ ok: false, error: { code, ...more } });
const requests = (): ChangeRequest[] => [...store.rows.request.values()];
const forms = () => requests().map(({ formId }) => formId);
const both = actor('cy', ['requester', 'approver']);

describe('a form that is sent in', () => {
  test('opens one request, however often it comes; somebody else’s of the same card is a form of their own', async () => {
    const first = await create();
    const cards = store.rows.cards.size;
    expect(await create()).toEqual(first);
    expect([forms(), store.rows.cards.size]).toEqual([['F-1'], cards]);
    await create({ userName: 'north.three' }, both);
    await create({ userName: 'north.three' }, both);
    expect(forms()).toEqual(['F-1', `F-1:${person('cy').objectId}`]);
    expect(requests().map(({ id }) => id.slice(0, 2))).toEqual(['R-', 'R-']);
  });

  test('the same of an account', async () => {
    const first = await ask();
    expect(await ask()).toEqual(first);
    expect([forms(), requests()[0]?.id.slice(0, 2)]).toEqual([['F-2'], 'R-']);
    expect(await ask({ formId: 'F-3' })).toMatchObject(refused('account-busy'));
    expect(await ask({}, both)).toMatchObject(refused('account-busy'));
  });

  test('a button that mends a finding asks anew once its request is over; no other form does', async () => {
    const over = aRequest({ plan: anAccountPlan('disable', { requestId: 'R-OLD' }), state: 'withdrawn', formId: 'F-2' });
    store.put('request', over);
    expect(await ask()).toMatchObject({ ok: true, value: { request: { id: 'R-OLD' } } });
    expect(await ask({ operation: 'repair', finding: 'k' }, actor('rita'), { mend: expiring(account.id) })).toMatchObject({
      value: { request: { kind: 'repair', formId: 'F-2:R-OLD' } },
    });
    expect(await ask({ operation: 'repair', finding: 'k' }, actor('rita'), { mend: expiring(account.id) })).toMatchObject({
      value: { request: { formId: 'F-2:R-OLD' } },
    });
    expect(forms()).toEqual(['F-2', 'F-2:R-OLD']);
  });

  test('AP-1: of nobody’s nothing is opened', async () => {
    expect(await create({}, stranger('guest'))).toEqual(refused('stranger', { why: 'guest' }));
    expect(await ask({}, stranger('guest'))).toEqual(refused('stranger', { why: 'guest' }));
    expect(requests()).toEqual([]);
  });

  test('a name that is asked for already is taken, and another request of the same tenant is named', async () => {
    const first = await create();
    const id = (first.ok && first.value.request?.id) || '';
    const userPrincipalName = `north.two@${tenant.initialDomain}`;
    expect(await create({ formId: 'F-9' })).toEqual(refused('name-taken', { userPrincipalName, where: 'request', id }));
    expect(await create({ formId: 'F-9', userName: 'north.three' })).toMatchObject({ value: { request: { duplicateOf: id } } });
    const { tenant: _none, ...nowhere } = facts;
    expect(await send(actor('rita'), { kind: 'open-request', form: form({ formId: 'F-8' }), facts: nowhere })).toMatchObject(
      refused('bad-form'),
    );
  });

  test('AP-12: who asks too much is refused', async () => {
    await create();
    expect(await create({ formId: 'F-9', userName: 'n.three' }, actor('rita'), { openRequestsPerPerson: 1 })).toEqual(
      refused('too-many-requests', { limit: 1 }),
    );
    expect(await create({ formId: 'F-9', userName: 'n.three' }, actor('rita'), { requestsPerHour: 1 })).toMatchObject(refused('too-often'));
  });

  test('design.md 6.9: the other accounts are counted as the record and the tenant have them', async () => {
    const retire = { operation: 'retire' } as const;
    expect(await ask(retire)).toEqual(refused('too-few-left', { left: 0 }));
    for (const id of ['EA-2', 'EA-3']) store.put('account', anAccount({ id, requestId: id, objectId: id }));
    const others = [{ accountId: 'EA-2', enabled: false, privileged: true }];
    expect(await ask(retire, actor('rita'), { others })).toEqual(refused('too-few-left', { left: 1 }));
    expect(await ask(retire)).toMatchObject({ value: { request: { plan: { accountsLeft: 2 } } } });
    expect(await ask({ formId: 'F-9', accountId: 'EA-NONE' })).toEqual(refused('not-found', { what: 'account' }));
  });
});

describe('an edit', () => {
  const edit = (more: Partial<CreateForm> = {}, who = actor('rita'), policy: Partial<Policy> = {}, requestId = requests()[0]?.id ?? '') =>
    send(
      who,
      { kind: 'edit-request', requestId, planDigest: requests()[0]?.planDigest ?? '', wanted: { form: form(more), facts } },
      policy,
    );
  const editOn = (more: Partial<AccountForm> = {}) => {
    const [request] = requests();
    const wanted = { accountForm: onAccount(more), accountFacts };
    return send(actor('rita'), { kind: 'edit-request', requestId: request?.id ?? '', planDigest: request?.planDigest ?? '', wanted });
  };

  test('AP-3 AP-5 AP-7: is the next version, under the larger quorum and the expiry of then', async () => {
    await create();
    store.setClock(minutes(5));
    expect(await edit({ reason: 'Another.' }, actor('rita'), { quorum: 3, policyVersion: '2', requestExpiryHours: 1 })).toMatchObject({
      value: {
        request: {
          quorum: 3,
          expiresAt: hours(24),
          plan: { version: 2, quorum: 3, policyVersion: '2', reason: 'Another.', expires: hours(24).toISOString() },
        },
      },
    });
    expect(await edit({ reason: 'A third.' })).toMatchObject({ value: { request: { quorum: 3, plan: { version: 3, quorum: 3 } } } });
  });

  test('whose request it is not learns nothing about it; what is wrong with the form is said', async () => {
    await create();
    expect(await edit({ reason: '' }, both)).toEqual(refused('not-requester'));
    expect(await edit({ reason: '' }, stranger('guest'))).toEqual(refused('stranger', { why: 'guest' }));
    expect(await edit({ reason: '' })).toMatchObject(refused('bad-form'));
    expect(await edit({}, actor('rita'), {}, 'R-NONE')).toEqual(refused('not-found', { what: 'request' }));
  });

  test('AP-12: counts, but one that changes nothing is told so first', async () => {
    await create();
    expect(await edit({}, actor('rita'), { requestsPerHour: 1 })).toEqual(refused('unchanged'));
    expect(await edit({ reason: 'Another.' }, actor('rita'), { requestsPerHour: 1 })).toMatchObject(refused('too-often'));
  });

  test('a name that another request has is taken, its own is not', async () => {
    await create();
    await create({ formId: 'F-9', userName: 'north.three' });
    expect(await edit({ userName: 'north.three' })).toMatchObject(refused('name-taken'));
    expect(await edit({ reason: 'Another.' })).toMatchObject({ ok: true });
  });

  test('it stays the same kind of request, on the same account', async () => {
    await ask();
    expect(await editOn({ reason: 'Another.' })).toMatchObject({ value: { request: { plan: { version: 2, reason: 'Another.' } } } });
    expect(await editOn({ operation: 'rotate' })).toEqual(refused('plan-changed'));
    expect(await editOn({ accountId: 'EA-OTHER' })).toEqual(refused('plan-changed'));
    expect(await edit()).toEqual(refused('plan-changed'));
    store.rows.request.clear();
    await create();
    expect(await editOn()).toEqual(refused('plan-changed'));
  });
});
