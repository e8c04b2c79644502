import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphClient } from '../../sandbox/tenant/client.ts';
import { PEOPLE, TENANTS } from '../../sandbox/world.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { AccountForm } from '../../src/core/request/openAccount.ts';
import { type Cost, countedProduct } from '../support/roundTrips.ts';
import { PASSWORD } from '../support/tenant.ts';

const { contoso } = TENANTS;
const NOW = new Date();

/** `| operation | round trips | requests in them | at most |` as docs/graph-budget.md has them. */
const documented = new Map(
  readFileSync(new URL('../../docs/graph-budget.md', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => /^\| ([^|]+) \| (\d+) \| (\d+) \| (\d+) \|$/.exec(line))
    .flatMap((row) => (row ? [[row[1] ?? '', { trips: Number(row[2]), requests: Number(row[3]), most: Number(row[4]) }]] : [])),
);

describe('round trips to Graph are as docs/graph-budget.md has them, and within the budget', () => {
  let product: Awaited<ReturnType<typeof countedProduct>>;
  let account: EmergencyAccount;
  const measured = new Map<string, Cost>();

  beforeAll(async () => {
    product = await countedProduct();
  });
  afterAll(() => product.close());

  const measure = async (operation: string, work: () => Promise<unknown>): Promise<void> => {
    measured.set(operation, await product.count(work));
  };

  test('people', async () => {
    await measure('Who somebody is and what they may: every turn, press and approval', () => product.people.lookUp(PEOPLE.ann.objectId));
    await measure('Who holds a role', () => product.people.holders('approver'));
  });

  test('create', async () => {
    let request: Awaited<ReturnType<typeof product.askForAccount>> | undefined;
    await measure('`create`, opening its form: each tenant it may be for', () => product.reader.methodPolicies());
    await measure('`create`, the form: two custodians, one owner', async () => {
      request = await product.askForAccount('ea-budget');
    });
    if (!request) throw new Error('no request');
    const asked = request;
    await product.approve(asked);
    await measure('`create`, carried out in a tenant with a restricted unit', async () => {
      account = await product.carryOut(asked);
    });
    await product.store(account);
  });

  const kinds: [AccountForm['operation'], string, Partial<AccountForm>][] = [
    ['rotate', ', two custodians', { custodians: [PEOPLE.dana.objectId, PEOPLE.eli.objectId] }],
    ['handover', '', { custodians: [PEOPLE.fay.objectId], leaving: PEOPLE.eli.objectId }],
    ['disable', '', {}],
    ['enable', '', {}],
    ['exclude', ', one policy', {}],
    ['repair', ', one member of the group', { finding: `group-members:${PEOPLE.mal.objectId}` }],
    ['repair', ', one sign-in method', {}],
    ['retire', '', {}],
  ];
  test.each(kinds)('%s', async (operation, what, more) => {
    if (what.endsWith('group'))
      await product.control('directory', { do: 'add-to-group', groupId: contoso.exclusionGroupId, userId: PEOPLE.mal.objectId });
    const byPhone = what.endsWith('method');
    if (byPhone) await product.control('directory', { do: 'register-method', userId: account.objectId, method: 'phone' });
    const asking = byPhone ? { finding: `weak-methods:${account.id}` } : more;
    let request: Awaited<ReturnType<typeof product.ask>> | undefined;
    await measure(`\`${operation}\`, the form${what}`, async () => {
      request = await product.ask(operation, account, asking);
    });
    if (!request) throw new Error('no request');
    const asked = request;
    await product.approve(asked);
    await measure(`\`${operation}\`, carried out${what}`, async () => {
      account = await product.carryOut(asked);
    });
    await product.store(account);
  });

  test('reads of a tenant with 50 policies and 10 accounts', async () => {
    const changer = await graphClient(product.server, 'changer', contoso.id);
    const reader = await graphClient(product.server, 'reader', contoso.id);
    const there = (await reader('GET', '/identity/conditionalAccess/policies')).body.value as unknown[];
    for (let number = there.length; number < 50; number += 1) {
      const policy = {
        displayName: `Budget ${number}`,
        state: 'disabled',
        conditions: { applications: { includeApplications: ['All'] }, users: { includeUsers: ['All'] }, clientAppTypes: ['all'] },
        grantControls: { operator: 'OR', builtInControls: ['mfa'] },
      };
      expect((await changer('POST', '/identity/conditionalAccess/policies', policy)).status).toBe(201);
    }
    const accounts: string[] = [];
    for (let number = 0; number < 10; number += 1) {
      const name = `budget-${number}`;
      const made = await changer('POST', '/users', {
        ...{ accountEnabled: true, displayName: name, mailNickname: name, userPrincipalName: `${name}@${contoso.initialDomain}` },
        passwordProfile: { password: PASSWORD },
      });
      accounts.push(String(made.body.id));
    }
    await measure('Posture: everything it judges by', async () => {
      const { policies, accounts: read } = await product.reader.snapshot(accounts, NOW);
      expect(policies).toMatchObject({ state: 'read', value: { length: 50 } });
      expect(read.map(({ user }) => user.state)).toEqual(accounts.map(() => 'read'));
    });
    await measure('What the tenant can: `status`, `npm run doctor`', () => product.reader.probe(accounts, NOW));
    await measure('Poll of sign-ins', () => product.reader.signIns(accounts, NOW));
    await measure('Poll of changes', () => product.reader.directoryChanges([...accounts, contoso.exclusionGroupId], NOW));
    await measure('Whether sign-ins can be read', () => product.reader.canReadSignIns(NOW));
  });

  test('the table of the document is what was measured, row by row, and nothing is over its budget', () => {
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries([...measured].map(([operation, cost]) => [operation, { ...cost, most: documented.get(operation)?.most }])),
    );
    for (const [operation, { trips }] of measured)
      expect([operation, trips <= (documented.get(operation)?.most ?? 0)]).toEqual([operation, true]);
  });
});
