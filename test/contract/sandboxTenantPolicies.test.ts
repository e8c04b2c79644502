import { graphClient } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

const POLICIES = '/identity/conditionalAccess/policies';
const GROUP = TENANTS.contoso.exclusionGroupId;

let contoso: TenantUnderTest;
beforeEach(async () => {
  contoso = await tenantUnderTest();
});
afterEach(() => contoso.server.close());

const body = (more: JsonObject = {}): JsonObject => ({
  displayName: 'New',
  state: 'enabledForReportingButNotEnforced',
  conditions: { users: { includeUsers: ['All'], excludeGroups: [GROUP] }, applications: { includeApplications: ['All'] } },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  ...more,
});
const usersOf = (policy: JsonObject | undefined): JsonObject => objectOf(objectOf(policy?.conditions).users);
const innerOf = (answer: JsonObject): unknown => objectOf(objectOf(answer.error).innerError).message;
const first = async (): Promise<JsonObject> => rows(await contoso.reader('GET', POLICIES))[0] ?? {};

test('a change keeps what is omitted, replaces lists whole, and the last writer wins', async () => {
  const { changer, reader, clock } = contoso;
  const before = await first();
  const path = `${POLICIES}/${before.id}`;
  const users = { ...usersOf(before), excludeUsers: [PEOPLE.ann.objectId] };
  expect((await changer('PATCH', path, { conditions: { users } })).status).toBe(204);
  const once = (await reader('GET', path)).body;
  expect([once.state, once.grantControls, usersOf(once)]).toEqual([before.state, before.grantControls, users]);
  expect(objectOf(once.conditions).applications).toEqual(objectOf(before.conditions).applications);
  clock.move(1000);
  // Another writer who read before: its list replaces ours, nobody is told.
  const other = { ...usersOf(before), excludeUsers: [PEOPLE.bob.objectId] };
  expect((await changer('PATCH', path, { conditions: { users: other } })).status).toBe(204);
  const twice = (await reader('GET', path)).body;
  expect(usersOf(twice).excludeUsers).toEqual([PEOPLE.bob.objectId]);
  expect(twice.modifiedDateTime).not.toBe(once.modifiedDateTime);
  // Not settled for the real service: here a partial `users` loses what it does not name, and is refused for want of anybody to include.
  const partial = await changer('PATCH', path, { conditions: { users: { excludeGroups: [GROUP] } } });
  expect(refusalOf(partial)).toEqual([400, 'BadRequest']);
  const [audit] = (await contoso.audits(String(before.id))) as [JsonObject];
  const [target] = audit.targetResources as [JsonObject];
  const [modified] = target.modifiedProperties as JsonObject[];
  expect(audit).toMatchObject({ activityDisplayName: 'Update conditional access policy', loggedByService: 'Conditional Access' });
  expect(usersOf(JSON.parse(String(modified?.newValue)) as JsonObject)).toEqual(other);
  expect(usersOf(JSON.parse(String(modified?.oldValue)) as JsonObject)).toEqual(users);
});

test('the useful text of a refusal stands in innerError, not in message', async () => {
  const { changer } = contoso;
  const before = await first();
  const nobody = '11111111-2222-4333-8444-555555555555';
  const wrong: readonly JsonObject[] = [
    { state: 'on' },
    { conditions: { users: { ...usersOf(before), excludeUsers: ['ann'] } } },
    { conditions: { users: { ...usersOf(before), excludeGroups: [nobody] } } },
    { conditions: { applications: { includeApplications: [] } } },
    { grantControls: null },
    { nonsense: true },
  ];
  for (const one of wrong) {
    const answer = await changer('PATCH', `${POLICIES}/${before.id}`, one);
    expect(refusalOf(answer)).toEqual([400, 'BadRequest']);
    expect(objectOf(answer.body.error).message).toBe('The server could not process the request because it is malformed or incorrect.');
    expect(innerOf(answer.body)).toMatch(/^\d{4}: /);
  }
  expect(await first()).toEqual(before);
});

test('of a Microsoft-managed policy only the state and the exclusions change, and it is not deleted', async () => {
  const { changer, reader } = contoso;
  const managed = rows(await reader('GET', POLICIES)).find((one) => String(one.displayName).startsWith('Microsoft-managed')) ?? {};
  const path = `${POLICIES}/${managed.id}`;
  expect(managed.templateId).toEqual(expect.any(String));
  const excluding = { conditions: { users: { ...usersOf(managed), excludeGroups: [GROUP] } } };
  expect((await changer('PATCH', path, { ...excluding, state: 'enabled' })).status).toBe(204);
  expect(usersOf((await reader('GET', path)).body).excludeGroups).toEqual([GROUP]);
  const including = { conditions: { users: { ...usersOf(managed), includeUsers: [PEOPLE.ann.objectId] } } };
  for (const refused of [including, { displayName: 'Mine' }, { grantControls: { operator: 'OR', builtInControls: ['block'] } }]) {
    expect(refusalOf(await changer('PATCH', path, refused))).toEqual([400, 'BadRequest']);
  }
  expect((await changer('DELETE', path)).status).toBe(400);
});

test('policies are created, deleted and brought back, each with its audit; writing needs three permissions together', async () => {
  const { changer, reader } = contoso;
  expect((await reader('POST', POLICIES, body())).status).toBe(403);
  const made = await changer('POST', POLICIES, body());
  expect([made.status, usersOf(made.body).excludeRoles, made.body.modifiedDateTime]).toEqual([201, [], null]);
  const id = String(made.body.id);
  expect((await changer('DELETE', `${POLICIES}/${id}`)).status).toBe(204);
  expect((await reader('GET', `${POLICIES}/${id}`)).status).toBe(404);
  const deleted = '/identity/conditionalAccess/deletedItems/policies';
  expect(rows(await reader('GET', deleted))).toMatchObject([{ id, deletedDateTime: expect.any(String) }]);
  expect((await changer('POST', `${deleted}/${id}/restore`)).status).toBe(200);
  expect((await reader('GET', `${POLICIES}/${id}`)).status).toBe(200);
  const names = (await contoso.audits(id)).map((one) => String(one.activityDisplayName).split(' ')[0]);
  expect(names).toEqual(['Restore', 'Delete', 'Add']);
});

test('a tenant holds 240 policies in any state', async () => {
  const { changer } = contoso;
  const held = rows(await contoso.reader('GET', POLICIES)).length;
  for (let count = held; count < 240; count += 1) {
    expect((await changer('POST', POLICIES, body({ state: 'disabled' }))).status).toBe(201);
  }
  const answer = await changer('POST', POLICIES, body({ state: 'disabled' }));
  expect([answer.status, innerOf(answer.body)]).toEqual([400, expect.stringContaining('maximum of 240')]);
});

test('one request a second for a tenant, all apps together, and no Retry-After in the refusal', async () => {
  const { server, reader, changer } = contoso;
  await contoso.control('limits', { on: true });
  expect((await reader('GET', POLICIES)).status).toBe(200);
  const refused = await changer('GET', POLICIES);
  expect([...refusalOf(refused), refused.headers.get('retry-after')]).toEqual([429, 'TooManyRequests', null]);
  const other = await graphClient(server, 'reader', TENANTS['fabrikam-b2c'].id);
  expect((await other('GET', POLICIES)).status).toBe(200);
});

test('the directory counts resource units for each app and says so in its headers; reports take five requests in ten seconds', async () => {
  const { reader, changer } = contoso;
  await contoso.control('limits', { on: true, directoryUnits: 10 });
  const path = `/groups/${ROLE_GROUPS.approver}/transitiveMembers`;
  const one = await reader('GET', path);
  expect([one.headers.get('x-ms-resource-unit'), one.headers.get('x-ms-throttle-limit-percentage')]).toEqual(['5', null]);
  const two = await reader('GET', `${path}?$select=id`);
  expect([two.headers.get('x-ms-resource-unit'), two.headers.get('x-ms-throttle-limit-percentage')]).toEqual(['4', '0.90']);
  const three = await reader('GET', `${path}?$top=5`);
  expect(refusalOf(three)).toEqual([429, 'TooManyRequests']);
  expect(Number(three.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(three.headers.get('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded');
  expect((await changer('GET', '/users?$top=1')).status).toBe(200);
  // Inside a batch each request is throttled by itself.
  const requests = ['1', '2'].map((id) => ({ id, method: 'GET', url: id === '1' ? path : '/auditLogs/signIns?$top=1' }));
  const responses = (await reader('POST', '/$batch', { requests })).body.responses as JsonObject[];
  expect(responses.map((answer) => answer.status)).toEqual([429, 200]);
  expect(objectOf(responses[0]?.headers)['Retry-After']).toBeDefined();
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await reader('GET', '/auditLogs/directoryAudits?$top=1')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
});

test('a free tenant is not licensed for policies; its security defaults go off, and on again only without policies', async () => {
  const northwind = await tenantUnderTest(TENANTS.northwind);
  expect(refusalOf(await northwind.changer('POST', POLICIES, body()))).toEqual([403, 'AccessDenied']);
  const defaults = '/policies/identitySecurityDefaultsEnforcementPolicy';
  expect((await northwind.reader('GET', defaults)).body.isEnabled).toBe(true);
  expect((await northwind.control('directory', { do: 'security-defaults', isEnabled: false })).status).toBe(200);
  expect((await northwind.reader('GET', defaults)).body.isEnabled).toBe(false);
  await northwind.server.close();
});

test('with security defaults on, policies can be created but not enabled; any policy keeps the defaults off', async () => {
  const { changer, reader, control } = contoso;
  const turnOn = { do: 'security-defaults', isEnabled: true };
  expect((await control('directory', turnOn)).status).toBe(400);
  for (const one of rows(await reader('GET', POLICIES))) await changer('DELETE', `${POLICIES}/${one.id}`);
  expect((await control('directory', turnOn)).status).toBe(200);
  expect((await changer('POST', POLICIES, body({ state: 'enabled' }))).status).toBe(400);
  const made = await changer('POST', POLICIES, body({ state: 'disabled' }));
  expect(made.status).toBe(201);
  expect((await changer('PATCH', `${POLICIES}/${made.body.id}`, { state: 'enabled' })).status).toBe(400);
});
