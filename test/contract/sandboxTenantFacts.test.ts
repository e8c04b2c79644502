import { call, graphClient } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { PEOPLE, TENANTS } from '../../sandbox/world.ts';
import {
  filter,
  GLOBAL_ADMINISTRATOR,
  PASSWORD,
  reference,
  refusalOf,
  rows,
  type TenantUnderTest,
  tenantUnderTest,
} from '../support/tenant.ts';

/** Each test is one line of "behaviour the sandbox must mimic", named as docs/sandbox.md names it. */
const DOMAIN = TENANTS.contoso.initialDomain;
const ASSIGNMENTS = '/roleManagement/directory/roleAssignments';
const BAD = [400, 'Request_BadRequest'];

let contoso: TenantUnderTest;
beforeAll(async () => {
  contoso = await tenantUnderTest();
});
afterAll(() => contoso.server.close());

const create = (more: JsonObject) =>
  contoso.changer('POST', '/users', {
    accountEnabled: false,
    displayName: 'Fact',
    mailNickname: 'fact',
    userPrincipalName: `fact@${DOMAIN}`,
    passwordProfile: { password: PASSWORD },
    ...more,
  });
const messageOf = (answer: { readonly body: JsonObject }): unknown => objectOf(answer.body.error).message;

test('tenants start as real ones are: policies of every sort, departments, administrators with and without keys, history', async () => {
  const { reader } = contoso;
  const policies = rows(await reader('GET', '/identity/conditionalAccess/policies'));
  expect(policies.length).toBeGreaterThanOrEqual(12);
  const states = new Set(policies.map((one) => one.state));
  expect(states).toEqual(new Set(['enabled', 'disabled', 'enabledForReportingButNotEnforced']));
  expect(rows(await reader('GET', '/domains')).map((one) => one.authenticationType)).toEqual(['Managed', 'Managed', 'Federated']);
  const admins = rows(await reader('GET', `/reports/authenticationMethods/userRegistrationDetails?${filter('isAdmin eq true')}`));
  const methods = admins.map((one) => (one.methodsRegistered as string[]).join());
  expect(methods).toEqual(
    expect.arrayContaining([expect.stringContaining('passKeyDeviceBound'), expect.stringContaining('passKeySynced')]),
  );
  const names = rows(await reader('GET', '/groups')).map((one) => one.displayName);
  expect(names).toEqual(expect.arrayContaining(['Finance', 'Payroll', 'All staff', 'IT team']));
  expect(rows(await reader('GET', '/auditLogs/directoryAudits')).length).toBeGreaterThan(8);
  expect((await call(contoso.server, 'GET', '/sandbox/replication')).body).toMatchObject({ ms: 0 });
});

test('user principal names: characters, no dot before @, 64 and 48, a verified domain; the refusal names the property', async () => {
  const long = 'a'.repeat(65);
  for (const local of ['sp ace', 'a/b', 'ä', 'dot.', long]) {
    const answer = await create({ userPrincipalName: `${local}@${DOMAIN}` });
    expect(refusalOf(answer)).toEqual(BAD);
    expect(objectOf(answer.body.error).details).toMatchObject([{ code: 'InvalidValue', target: 'userPrincipalName' }]);
  }
  expect(messageOf(await create({ userPrincipalName: 'x@elsewhere.example' }))).toContain('domain portion');
  expect((await create({ userPrincipalName: `o'b-r_i.e!n#^~9@${DOMAIN}` })).status).toBe(201);
  expect((await create({ userPrincipalName: 'own@contoso.example' })).status).toBe(201);
});

test('passwords: 8 to 256 characters, three of four classes, ASCII, blanks allowed, banned words', async () => {
  const words = 'The specified password does not comply with password complexity requirements. Please provide a different password.';
  for (const password of ['Ab1-xyz', 'alllowercase1', 'Pässword-1234', `Aa1${'x'.repeat(254)}`, 'P@ssw0rd1']) {
    const answer = await create({ userPrincipalName: `weak@${DOMAIN}`, passwordProfile: { password } });
    expect([...refusalOf(answer), messageOf(answer)]).toEqual([...BAD, words]);
  }
  expect((await create({ userPrincipalName: `blank@${DOMAIN}`, passwordProfile: { password: 'with Blank 1' } })).status).toBe(201);
});

test('mailNickname and usageLocation are refused in Graph’s words', async () => {
  for (const [name, value] of [
    ['mailNickname', 'a b'],
    ['mailNickname', 'a'.repeat(65)],
    ['usageLocation', 'XX'],
    ['usageLocation', null],
  ] as const) {
    const answer = await create({ userPrincipalName: `words@${DOMAIN}`, [name]: value });
    expect([...refusalOf(answer), messageOf(answer)]).toEqual([
      ...BAD,
      `Invalid value specified for property '${name}' of resource 'User'.`,
    ]);
  }
});

test('created: 201, Location, the default properties and nothing else', async () => {
  const made = await create({ userPrincipalName: `defaults@${DOMAIN}`, passwordPolicies: 'DisablePasswordExpiration' });
  const names = Object.keys(made.body).filter((name) => !name.startsWith('@'));
  expect([made.status, names]).toEqual([201, expect.arrayContaining(['id', 'userPrincipalName'])]);
  expect(names).toHaveLength(11);
  expect(made.headers.get('location')).toContain(String(made.body.id));
});

test('headers: request-id, client-request-id echoed, diagnostics, strict transport, OData version and media type', async () => {
  const asked = await contoso.reader('GET', '/organization', undefined, { 'client-request-id': 'my-own-id' });
  const { headers } = asked;
  expect([headers.get('client-request-id'), headers.get('odata-version')]).toEqual(['my-own-id', '4.0']);
  expect(headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers.get('content-type')).toBe(
    'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
  );
  for (const name of ['x-ms-ags-diagnostic', 'strict-transport-security']) expect(headers.get(name)).toBeTruthy();
  const refused = await contoso.reader('GET', '/users/nobody');
  const inner = objectOf(objectOf(refused.body.error).innerError);
  expect(inner['request-id']).toBe(refused.headers.get('request-id'));
});

test('$count is ignored and $search refused without ConsistencyLevel; /$count is no segment; $filter with or is refused for roles', async () => {
  const { reader } = contoso;
  const counted = await reader('GET', '/users?$count=true&$top=1');
  expect([counted.status, counted.body['@odata.count']]).toEqual([200, undefined]);
  const eventual = { consistencylevel: 'eventual' };
  expect((await reader('GET', '/users?$count=true&$top=1', undefined, eventual)).body['@odata.count']).toEqual(expect.any(Number));
  const searched = await reader('GET', `/users?$search=${encodeURIComponent('"displayName:a"')}`);
  expect([...refusalOf(searched), messageOf(searched)]).toEqual([
    400,
    'Request_UnsupportedQuery',
    expect.stringContaining('ConsistencyLevel'),
  ]);
  expect((await reader('GET', '/users/$count')).status).toBeGreaterThanOrEqual(400);
  const either = `/roleManagement/directory/roleDefinitions?${filter(`id eq '${GLOBAL_ADMINISTRATOR}' or id eq '${GLOBAL_ADMINISTRATOR}'`)}`;
  expect(messageOf(await reader('GET', either))).toBe('Or operator not supported for this entity set.');
});

test('a B2C directory has no advanced queries', async () => {
  const fabrikam = await graphClient(contoso.server, 'reader', TENANTS['fabrikam-b2c'].id);
  const advanced = await fabrikam('GET', '/users?$count=true', undefined, { consistencylevel: 'eventual' });
  expect(refusalOf(advanced)).toEqual([400, 'Request_UnsupportedQuery']);
  const byExtension = `/users?$count=true&${filter("onPremisesExtensionAttributes/extensionAttribute15 eq 'x'")}`;
  expect((await contoso.reader('GET', byExtension, undefined, { consistencylevel: 'eventual' })).status).toBe(200);
});

test('sign-ins: at most 1000 a page, newest first, filters by what the documentation lists and nothing else', async () => {
  const { reader } = contoso;
  const path = '/auditLogs/signIns';
  expect((await reader('GET', `${path}?$top=1001`)).status).toBe(400);
  const page = await reader('GET', `${path}?$top=5`);
  const times = rows(page).map((row) => Date.parse(String(row.createdDateTime)));
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(String(page.body['@odata.nextLink'])).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/auditLogs\/signIns\?.*skiptoken=/);
  const [row] = rows(page);
  const listed = [
    'status/errorCode eq 0',
    `userId eq '${row?.userId}'`,
    `createdDateTime le ${row?.createdDateTime}`,
    "startswith(appDisplayName,'Graph')",
  ];
  for (const text of listed) expect(rows(await reader('GET', `${path}?${filter(text)}`)).length).toBeGreaterThan(0);
  for (const text of ['isInteractive eq true', "riskState eq 'none'"]) {
    expect((await reader('GET', `${path}?${filter(text)}`)).status).toBe(400);
  }
});

test('a new user is known late: 404 for a role, "Not a valid reference update" for a group, and 404 for a read that meets another replica', async () => {
  const { changer, reader, control } = contoso;
  await control('replication', { ms: 400, reads: true });
  const id = String((await create({ userPrincipalName: `late@${DOMAIN}` })).body.id);
  await control('replication', { ms: 0 });
  const assignment = { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' };
  expect(refusalOf(await changer('POST', ASSIGNMENTS, assignment))).toEqual([404, 'Request_ResourceNotFound']);
  const member = await changer('POST', `/groups/${TENANTS.contoso.exclusionGroupId}/members/$ref`, reference(id));
  expect([...refusalOf(member), messageOf(member)]).toEqual([...BAD, 'Not a valid reference update']);
  await control('replication', { ms: 0, reads: true });
  const early = await reader('GET', `/users/${id}`);
  await control('replication', { ms: 0 });
  expect([early.status, (await reader('GET', `/users/${id}`)).status]).toEqual([404, 200]);
});

test('an administrator cannot end its own Global Administrator assignment, and the last one stays', async () => {
  const { changer } = contoso;
  const [own] = rows(await changer('GET', `${ASSIGNMENTS}?${filter("roleDefinitionId eq '7be44c8a-adaf-4e2a-84d6-ab2649e08a13'")}`));
  const made = await changer('POST', ASSIGNMENTS, {
    principalId: own?.principalId,
    roleDefinitionId: GLOBAL_ADMINISTRATOR,
    directoryScopeId: '/',
  });
  expect(refusalOf(await changer('DELETE', `${ASSIGNMENTS}/${made.body.id}`))).toEqual(BAD);
  const northwind = await graphClient(contoso.server, 'changer', TENANTS.northwind.id);
  const [last] = rows(await northwind('GET', `${ASSIGNMENTS}?${filter(`roleDefinitionId eq '${GLOBAL_ADMINISTRATOR}'`)}`));
  expect(refusalOf(await northwind('DELETE', `${ASSIGNMENTS}/${last?.id}`))).toEqual(BAD);
  expect((await changer('GET', `${ASSIGNMENTS}?$expand=principal,roleDefinition`)).status).toBe(400);
});

test('revoking sessions answers true, moves signInSessionsValidFromDateTime and is audited', async () => {
  const { changer, reader, user, clock, audits } = contoso;
  const id = await user('revoked');
  const path = `/users/${id}?$select=signInSessionsValidFromDateTime`;
  const before = (await reader('GET', path)).body.signInSessionsValidFromDateTime;
  clock.move(5000);
  const answer = await changer('POST', `/users/${id}/revokeSignInSessions`);
  expect([answer.status, answer.body.value]).toEqual([200, true]);
  expect((await reader('GET', path)).body.signInSessionsValidFromDateTime).not.toBe(before);
  expect((await audits(id))[0]).toMatchObject({ activityDisplayName: 'Update StsRefreshTokenValidFrom Timestamp' });
});

test('a deleted user is kept 30 days, comes back under another name if asked to, or is gone for good', async () => {
  const { changer, reader, user, clock } = contoso;
  const [back, gone, old] = [await user('back'), await user('gone'), await user('old')];
  for (const id of [back, gone, old]) expect((await changer('DELETE', `/users/${id}`)).status).toBe(204);
  const restore = `/directory/deletedItems/${back}/restore`;
  const restored = await changer('POST', restore, { newUserPrincipalName: `returned@${DOMAIN}` });
  expect([restored.status, restored.body.userPrincipalName]).toEqual([200, `returned@${DOMAIN}`]);
  expect((await changer('DELETE', `/directory/deletedItems/${gone}`)).status).toBe(204);
  expect((await reader('GET', `/directory/deletedItems/${gone}`)).status).toBe(404);
  clock.move(31 * 86_400_000);
  expect((await changer('POST', `/directory/deletedItems/${old}/restore`)).status).toBe(404);
});

test('a reset has no history check; a password alone may be tried ten times', async () => {
  const { changer, user, control } = contoso;
  const id = await user('again');
  for (const _time of [1, 2]) {
    const same = { passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: false } };
    expect((await changer('PATCH', `/users/${id}`, same)).status).toBe(204);
  }
  const tries: unknown[] = [];
  for (let count = 0; count < 11; count += 1) {
    tries.push((await control('sign-ins', { userPrincipalName: `again@${DOMAIN}`, password: 'no' })).body.errorCode);
  }
  expect(tries.slice(-2)).toEqual([50126, 50053]);
});

test('a batch: ids unique whatever their case, a body needs its Content-Type', async () => {
  const { reader, changer } = contoso;
  const get = { method: 'GET', url: '/organization' };
  expect(
    (
      await reader('POST', '/$batch', {
        requests: [
          { id: 'a', ...get },
          { id: 'A', ...get },
        ],
      })
    ).status,
  ).toBe(400);
  const patch = { id: '1', method: 'PATCH', url: `/users/${PEOPLE.mal.objectId}`, body: { jobTitle: 'x' } };
  expect((await changer('POST', '/$batch', { requests: [patch] })).status).toBe(400);
  const right = await changer('POST', '/$batch', { requests: [{ ...patch, headers: { 'Content-Type': 'application/json' } }] });
  expect((right.body.responses as JsonObject[])[0]?.status).toBe(204);
});
