import { describe, expect, test } from '@jest/globals';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { widened } from '../../sandbox/tenant/extras.ts';
import { graphRoutes } from '../../sandbox/tenant/graphServer.ts';
import { openState } from '../../sandbox/tenant/state.ts';
import type { Exchange } from '../../sandbox/tenant/traffic.ts';
import { OPERATIONS, operationOf } from '../support/contract/operations.ts';
import { SLICE_HINT, sliceIsThere, sliceOperation, sliceViolationsOf } from '../support/contract/slice.ts';
import { violationsOf } from '../support/contract/violations.ts';

if (!sliceIsThere) console.warn(SLICE_HINT);

const ID = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b03';
const exchange = (method: string, url: string, status: number, answer: unknown, asked: unknown = null): Exchange => ({
  at: '2026-06-01T12:00:00.000Z',
  tenantId: null,
  caller: 'reader',
  request: { method, url: `/v1.0${url}`, body: asked },
  response: { status, headers: {}, body: answer },
});
const row = (row: object, url = '/users'): Exchange => exchange('GET', url, 200, { value: [row] });
const NEW_USER = { accountEnabled: false, displayName: 'EA', mailNickname: 'ea', userPrincipalName: 'ea@contoso.onmicrosoft.com' };
const PASSWORD = { passwordProfile: { password: '[masked]', forceChangePasswordNextSignIn: false } };

/** What a contract that looks closely must not let pass, and who declares it. */
const BROKEN: readonly (readonly [title: string, exchange: Exchange, seenBy: 'both' | 'slice'])[] = [
  ['an answer with an undeclared property', row({ id: ID, upn: 'x' }), 'both'],
  ['a nested undeclared property', row({ id: ID, onPremisesExtensionAttributes: { extensionAttribute16: 'x' } }), 'both'],
  ['a property of the wrong type', row({ id: ID, accountEnabled: 'yes' }), 'both'],
  ['a value no enumeration has', row({ id: ID, conditionalAccessStatus: 'passed' }, '/auditLogs/signIns'), 'both'],
  ['a type that is not the declared one', row({ '@odata.type': '#microsoft.graph.robot', id: ID }, `/groups/${ID}/members`), 'both'],
  ['a list that is no list', exchange('GET', '/users', 200, { id: ID }), 'both'],
  ['an error body of our own', exchange('GET', '/users', 403, { code: 'AccessDenied' }), 'both'],
  ['a body where there is none', exchange('PATCH', `/users/${ID}`, 204, { id: ID }, { displayName: 'x' }), 'both'],
  ['a request with an undeclared property', exchange('PATCH', `/users/${ID}`, 204, null, { enabled: true }), 'both'],
  ['a request with the wrong type', exchange('POST', '/users', 201, { id: ID }, { ...NEW_USER, ...PASSWORD, usageLocation: 49 }), 'both'],
  ['a request without its parameter', exchange('POST', `/users/${ID}/checkMemberGroups`, 200, { value: [] }, { ids: [] }), 'both'],
  ['an operation Graph does not have', exchange('PATCH', `/roleManagement/directory/roleAssignments/${ID}`, 204, null, {}), 'both'],
  ['a request without what the documentation requires', exchange('POST', '/users', 201, { id: ID }, NEW_USER), 'slice'],
  ['a query option that is not declared', exchange('GET', `/users/${ID}?$top=5`, 200, { id: ID }), 'slice'],
  ['a $select of what the type does not have', exchange('GET', '/users?$select=id,upn', 200, { value: [] }), 'slice'],
  ['a status that is not declared', exchange('POST', '/users', 200, { id: ID }, { ...NEW_USER, ...PASSWORD }), 'slice'],
];

describe('the contract every exchange with Graph is held to', () => {
  const here = { both: BROKEN.filter(([, , by]) => by === 'both'), slice: BROKEN };

  test.each(here.both)('the generated types see %s', (_title, broken) => {
    expect(violationsOf(broken, 'product')).not.toEqual([]);
  });
  (sliceIsThere ? test.each(here.slice) : test.skip.each(here.slice))('the OpenAPI slice sees %s', (_title, broken) => {
    expect(sliceViolationsOf(broken, 'product')).not.toEqual([]);
  });

  test('what is in order passes, annotations and all', () => {
    const fine = [
      exchange('POST', '/users', 201, { '@odata.context': 'x', id: ID, ...NEW_USER }, { ...NEW_USER, ...PASSWORD }),
      row(
        { '@odata.type': '#microsoft.graph.user', id: ID, employeeId: 'E1', userType: 'Member' },
        `/groups/${ID}/transitiveMembers?$select=id`,
      ),
      exchange('GET', '/users', 403, { error: { code: 'x', message: 'y', innerError: { date: '2026-06-01T12:00:00' } } }),
      exchange('POST', `/directory/deletedItems/${ID}/restore`, 200, { '@odata.type': '#microsoft.graph.user', id: ID }),
    ];
    expect(fine.flatMap((each) => [...violationsOf(each, 'product'), ...sliceViolationsOf(each, 'product')])).toEqual([]);
  });

  test('a test may send nonsense and see it refused, the product may not', () => {
    const nonsense = exchange('PATCH', `/users/${ID}`, 400, { error: { code: 'x', message: 'y' } }, { enabled: true });
    expect(violationsOf(nonsense, 'anybody')).toEqual([]);
    expect(violationsOf(nonsense, 'product')).toHaveLength(1);
  });

  test('every route of the sandbox is an operation of the contract', () => {
    const routes = graphRoutes(openState(openDocuments(':memory:'), sandboxClock(), { replicationMs: 0, logDelayMs: 0 }));
    const unknown = routes.filter(({ method, path }) => !operationOf(method, path.replace(/:\w+/g, ID)));
    expect(unknown.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  (sliceIsThere ? test : test.skip)('every operation of the contract stands in the OpenAPI slice', () => {
    const unknown = OPERATIONS.filter(({ method, path }) => !sliceOperation(method, path.replaceAll('{}', ID)));
    // Documented, and left out of the slice by whoever made it: reading one of what is listed.
    expect(unknown.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  test('the switch for undeclared extras widens every object of an answer and changes nothing that was there', () => {
    const body = { '@odata.context': 'x', value: [{ id: ID, status: { errorCode: 0 }, list: ['a'] }] };
    const wide = widened(body);
    expect(wide).toMatchObject(body);
    expect(JSON.stringify(wide).match(/sandboxUndeclared"/g)).toHaveLength(3);
  });
});
