import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { filter, GLOBAL_ADMINISTRATOR, PASSWORD, refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

/** More lines of "behaviour the sandbox must mimic", named as docs/sandbox.md names them: what may be asked, and what it costs. */
const DOMAIN = TENANTS.contoso.initialDomain;
const ASSIGNMENTS = '/roleManagement/directory/roleAssignments';

let contoso: TenantUnderTest;
beforeAll(async () => {
  contoso = await tenantUnderTest();
});
afterAll(() => contoso.server.close());

test('a user needs five properties, and the refusal names the one that is missing', async () => {
  const whole: JsonObject = {
    accountEnabled: false,
    displayName: 'Five',
    mailNickname: 'five',
    userPrincipalName: `five@${DOMAIN}`,
    passwordProfile: { password: PASSWORD },
  };
  for (const name of Object.keys(whole)) {
    const answer = await contoso.changer('POST', '/users', { ...whole, [name]: undefined });
    expect([name, ...refusalOf(answer)]).toEqual([name, 400, 'Request_BadRequest']);
    expect(String(objectOf(answer.body.error).message)).toContain(name);
  }
});

test('passwords do not expire by default; DisablePasswordExpiration is kept, and a policy that is none is refused', async () => {
  const { changer, reader, user } = contoso;
  const [domain] = rows(await reader('GET', `/domains?$select=id,passwordValidityPeriodInDays`));
  expect(domain?.passwordValidityPeriodInDays).toBe(2_147_483_647);
  const id = await user('lasting', { passwordPolicies: 'DisablePasswordExpiration' });
  expect((await reader('GET', `/users/${id}?$select=passwordPolicies`)).body.passwordPolicies).toBe('DisablePasswordExpiration');
  expect((await changer('PATCH', `/users/${id}`, { passwordPolicies: 'NeverExpires' })).status).toBe(400);
});

test('an account that stays under attack is locked for longer each time', async () => {
  const { user, control, clock } = contoso;
  await user('attacked');
  const attempt = async (password: string) =>
    (await control('sign-ins', { userPrincipalName: `attacked@${DOMAIN}`, password })).body.errorCode;
  for (let count = 0; count < 10; count += 1) await attempt('no');
  expect(await attempt(PASSWORD)).toBe(50053);
  clock.move(61_000);
  expect(await attempt('no')).toBe(50126);
  clock.move(61_000);
  expect(await attempt(PASSWORD)).toBe(50053);
  clock.move(61_000);
  expect(await attempt(PASSWORD)).not.toBe(50053);
});

test('role assignments: found by principal, role and scope, one expansion, never changed in place; a second one is a conflict', async () => {
  const { reader, changer, administrator } = contoso;
  const id = await administrator('holder');
  for (const text of [`principalId eq '${id}'`, `roleDefinitionId eq '${GLOBAL_ADMINISTRATOR}'`, "directoryScopeId eq '/'"]) {
    expect(rows(await reader('GET', `${ASSIGNMENTS}?${filter(text)}`)).map((one) => one.principalId)).toContain(id);
  }
  for (const name of ['principal', 'roleDefinition']) {
    const [row] = rows(await reader('GET', `${ASSIGNMENTS}?${filter(`principalId eq '${id}'`)}&$expand=${name}`));
    expect(row?.[name]).toMatchObject({ displayName: expect.any(String) });
  }
  expect((await reader('GET', `${ASSIGNMENTS}?${filter("startswith(principalId,'a')")}`)).status).toBe(400);
  const [own] = rows(await reader('GET', `${ASSIGNMENTS}?${filter(`principalId eq '${id}'`)}`));
  expect((await changer('PATCH', `${ASSIGNMENTS}/${own?.id}`, { directoryScopeId: '/' })).status).toBeGreaterThanOrEqual(400);
  const again = await changer('POST', ASSIGNMENTS, { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' });
  expect(objectOf(again.body.error).message).toContain('A conflicting object');
});

test('sign-ins are found by each property the documentation lists', async () => {
  const { reader } = contoso;
  const [row] = rows(await reader('GET', '/auditLogs/signIns?$top=1'));
  const equal = ['userId', 'appId', 'ipAddress', 'correlationId', 'conditionalAccessStatus', 'userPrincipalName', 'appDisplayName'];
  const texts = [
    ...equal.map((name) => `${name} eq '${row?.[name]}'`),
    `status/errorCode eq ${objectOf(row?.status).errorCode}`,
    ...['userPrincipalName', 'appDisplayName', 'ipAddress'].map((name) => `startswith(${name},'${String(row?.[name]).slice(0, 3)}')`),
    ...['eq', 'ge', 'le'].map((operator) => `createdDateTime ${operator} ${row?.createdDateTime}`),
  ];
  for (const text of texts) {
    const found = rows(await reader('GET', `/auditLogs/signIns?${filter(text)}`)).map((one) => one.id);
    expect([text, found.includes(row?.id)]).toEqual([text, true]);
  }
  const oldestFirst = rows(await reader('GET', '/auditLogs/signIns?$orderby=createdDateTime')).map((one) => String(one.createdDateTime));
  expect(oldestFirst).toEqual([...oldestFirst].sort());
});

test('directory audits: eq, ge, le and startswith, by actor and by target, in order, in pages with an opaque link', async () => {
  const { reader } = contoso;
  const path = '/auditLogs/directoryAudits';
  const [row] = rows(await reader('GET', `${path}?${filter("category eq 'Policy'")}&$top=1`));
  const [target] = (row?.targetResources ?? []) as JsonObject[];
  const texts = [
    `activityDateTime ge ${row?.activityDateTime} and activityDateTime le ${row?.activityDateTime}`,
    `category eq '${row?.category}' and loggedByService eq '${row?.loggedByService}'`,
    `startswith(activityDisplayName,'${String(row?.activityDisplayName).slice(0, 4)}')`,
    `targetResources/any(t:t/id eq '${target?.id}')`,
    `correlationId eq '${row?.correlationId}'`,
  ];
  for (const text of texts) {
    expect([text, rows(await reader('GET', `${path}?${filter(text)}`)).some((one) => one.id === row?.id)]).toEqual([text, true]);
  }
  expect((await reader('GET', `${path}?${filter("resultReason eq 'x'")}`)).status).toBe(400);
  const first = await reader('GET', `${path}?$top=2&$orderby=activityDateTime`);
  expect(String(first.body['@odata.nextLink'])).toMatch(/skiptoken=/);
  const second = rows(await reader('GET', String(first.body['@odata.nextLink'])));
  expect(second[0]?.id).not.toBe(rows(first).at(-1)?.id);
  expect(Date.parse(String(second[0]?.activityDateTime))).toBeGreaterThanOrEqual(Date.parse(String(rows(first).at(-1)?.activityDateTime)));
});

test('users come 100 a page and at most 999, 120 with signInActivity; $skip is refused', async () => {
  const { reader } = contoso;
  const status = async (query: string) => (await reader('GET', `/users?${query}`)).status;
  expect(rows(await reader('GET', '/users?$select=id')).length).toBe(100);
  expect([await status('$top=999&$select=id'), await status('$top=1000')]).toEqual([200, 400]);
  const activity = '$select=id,signInActivity';
  expect([await status(`$top=120&${activity}`), await status(`$top=121&${activity}`)]).toEqual([200, 400]);
  expect(await status('$skip=10')).toBe(400);
});

test('resource units: less for $select and a short page, more for $expand, never under one; a write is one', async () => {
  const { reader, changer, control, user } = contoso;
  const id = await user('costly');
  await control('limits', { on: true, directoryUnits: 1000 });
  const cost = async (path: string) => (await reader('GET', path)).headers.get('x-ms-resource-unit');
  expect([await cost('/users'), await cost('/users?$select=id'), await cost('/users?$select=id&$top=5')]).toEqual(['2', '1', '1']);
  expect([await cost(`/groups/${ROLE_GROUPS.approver}/members`), await cost('/subscribedSkus')]).toEqual(['3', '3']);
  expect([await cost(ASSIGNMENTS), await cost(`${ASSIGNMENTS}?$expand=principal`)]).toEqual(['1', '2']);
  const asked = await reader('POST', `/users/${PEOPLE.ann.objectId}/checkMemberGroups`, { groupIds: [ROLE_GROUPS.approver] });
  expect(asked.headers.get('x-ms-resource-unit')).toBe('4');
  const written = await changer('PATCH', `/users/${id}`, { jobTitle: 'x' });
  expect(written.headers.get('x-ms-resource-unit')).toBe('1');
  await control('limits', { on: false });
});
