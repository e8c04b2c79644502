import { createRemoteJWKSet, jwtVerify } from 'jose';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { call, graphClient, graphToken } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const CONTOSO = TENANTS.contoso;
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const PASSWORD = 'Xk7mQ2pLr9TzWq4-Vb8nHd3c';

type Client = Awaited<ReturnType<typeof graphClient>>;
let server: TenantServer;
let reader: Client;
let changer: Client;

beforeAll(async () => {
  server = await startTenant({ port: 0, documents: openDocuments(':memory:'), clock: sandboxClock(), logDelayMs: 0, replicationMs: 0 });
  reader = await graphClient(server, 'reader', CONTOSO.id);
  changer = await graphClient(server, 'changer', CONTOSO.id);
});
afterAll(() => server.close());

const filter = (text: string): string => `$filter=${encodeURIComponent(text)}`;
const rows = (body: JsonObject): JsonObject[] => body.value as JsonObject[];
const errorOf = (body: JsonObject): JsonObject => objectOf(body.error);
const account = (name: string, more: JsonObject = {}): JsonObject => ({
  accountEnabled: false,
  displayName: name,
  mailNickname: name,
  userPrincipalName: `${name}@${CONTOSO.initialDomain}`,
  usageLocation: 'DE',
  passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: false },
  ...more,
});
const create = async (name: string, more: JsonObject = {}): Promise<string> => {
  const made = await changer('POST', '/users', account(name, more));
  expect(made.status).toBe(201);
  return String(made.body.id);
};
const makeAdmin = async (id: string): Promise<JsonObject> => {
  const body = { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' };
  const made = await changer('POST', '/roleManagement/directory/roleAssignments', body);
  expect(made.status).toBe(201);
  return made.body;
};

describe('who may call', () => {
  test('no token, a token for another audience and a damaged one are refused', async () => {
    expect((await call(server, 'GET', '/v1.0/users')).status).toBe(401);
    const token = await graphToken(server, 'reader', CONTOSO.id);
    const [head, payload] = token.split('.');
    const damaged = await call(server, 'GET', '/v1.0/users', { token: `${head}.${payload}.AAAA` });
    expect(damaged.status).toBe(401);
    expect(errorOf(damaged.body).code).toBe('InvalidAuthenticationToken');
    await expect(server.verifyAppToken(token, 'https://api.botframework.com')).rejects.toThrow();
    await expect(server.verifyAppToken(token, 'https://graph.microsoft.com')).resolves.toMatchObject({ tid: CONTOSO.id });
  });

  test('tokens can be checked by the published keys alone', async () => {
    const discovery = (await call(server, 'GET', `/${CONTOSO.id}/v2.0/.well-known/openid-configuration`)).body;
    const keys = createRemoteJWKSet(new URL(String(discovery.jwks_uri)));
    const options = { issuer: String(discovery.issuer), audience: 'https://graph.microsoft.com' };
    const { payload } = await jwtVerify(await graphToken(server, 'changer', CONTOSO.id), keys, options);
    expect(payload.roles).toContain('User-PasswordProfile.ReadWrite.All');
  });

  test('a wrong secret is refused as Entra does', async () => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'b07b07b0-0000-4000-8000-00000000b002',
      client_secret: 'no',
      scope: 'https://graph.microsoft.com/.default',
    });
    const answer = await fetch(`${server.url}/${CONTOSO.id}/oauth2/v2.0/token`, { method: 'POST', body });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: 'invalid_client', error_codes: [7000215] });
  });

  test('the reader cannot write, and the attempt is on record with its password masked', async () => {
    const refused = await reader('POST', '/users', account('never'));
    expect([refused.status, errorOf(refused.body).code]).toEqual([403, 'Authorization_RequestDenied']);
    const writes = (await (await fetch(`${server.url}/sandbox/writes`)).json()) as JsonObject[];
    expect(writes.at(-1)).toMatchObject({ tenantId: CONTOSO.id, caller: 'reader', method: 'POST', path: '/v1.0/users', status: 403 });
    expect(writes.at(-1)?.body).toMatchObject({ displayName: 'never', passwordProfile: { password: '[masked]' } });
    expect(JSON.stringify(writes)).not.toContain(PASSWORD);
  });

  test('a token of one tenant sees nothing of another', async () => {
    const other = await graphClient(server, 'reader', TENANTS.northwind.id);
    expect((await other('GET', `/users/${PEOPLE.rita.objectId}`)).status).toBe(404);
    expect((await other('GET', `/groups/${CONTOSO.exclusionGroupId}`)).status).toBe(404);
  });
});

describe('users', () => {
  test('a list comes in pages whose links are absolute and lead to everybody once', async () => {
    const seen: unknown[] = [];
    let link: string | undefined = '/users?$select=id';
    let pages = 0;
    while (link !== undefined) {
      const page: JsonObject = (await reader('GET', link)).body;
      seen.push(...rows(page).map((row) => row.id));
      link = page['@odata.nextLink'] as string | undefined;
      if (link !== undefined) expect(link).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?.*\$skiptoken=/);
      pages += 1;
    }
    expect(pages).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(PEOPLE.mal.objectId);
  });

  test('without $select only the default properties are answered, and a password never is', async () => {
    const id = await create('defaults');
    const plain = (await reader('GET', `/users/${id}`)).body;
    expect(plain).not.toHaveProperty('accountEnabled');
    const chosen = (await reader('GET', `/users/${id}?$select=accountEnabled,passwordProfile,userType`)).body;
    expect(chosen).toMatchObject({ accountEnabled: false, passwordProfile: null, userType: 'Member' });
  });

  test.each([
    ['a missing property', { displayName: undefined }],
    ['a foreign domain', { userPrincipalName: 'x@elsewhere.example' }],
    ['a dot before the @', { userPrincipalName: `x.@${CONTOSO.initialDomain}` }],
    ['a space in mailNickname', { mailNickname: 'a b' }],
    ['a weak password', { passwordProfile: { password: 'alllowercase' } }],
    ['a guessable password', { passwordProfile: { password: 'Password1' } }],
    ['a country that is none', { usageLocation: 'UK' }],
    ['an unknown property', { breakGlass: true }],
  ])('creating is refused for %s', async (_what, wrong) => {
    const answer = await changer('POST', '/users', account('wrong', wrong));
    expect([answer.status, errorOf(answer.body).code]).toEqual([400, 'Request_BadRequest']);
  });

  test('a name is unique, whatever its case, and free again after a deletion', async () => {
    const id = await create('unique');
    const again = await changer('POST', '/users', account('Unique'));
    expect(again.status).toBe(400);
    expect(errorOf(again.body).details).toMatchObject([{ code: 'ObjectConflict', target: 'userPrincipalName' }]);
    expect((await changer('DELETE', `/users/${id}`)).status).toBe(204);
    await create('unique');
    const restored = await changer('POST', `/directory/deletedItems/${id}/restore`, {});
    expect([restored.status, objectOf(errorOf(restored.body)).message]).toEqual([400, expect.stringContaining('already exists')]);
  });

  test('a deleted user keeps its data, its name behind its id, and comes back by restore', async () => {
    const id = await create('deleted', { onPremisesExtensionAttributes: { extensionAttribute15: 'breakglass:1' } });
    await changer('DELETE', `/users/${id}`);
    expect((await reader('GET', `/users/${id}`)).status).toBe(404);
    const prefixed = `${id.replaceAll('-', '')}deleted@${CONTOSO.initialDomain}`;
    const found = await reader(
      'GET',
      `/directory/deletedItems/microsoft.graph.user?${filter(`userPrincipalName eq '${prefixed}'`)}&$select=id`,
    );
    expect(rows(found.body)).toEqual([{ id }]);
    expect((await changer('POST', `/directory/deletedItems/${id}/restore`)).status).toBe(200);
    const back = await reader('GET', `/users/${id}?$select=userPrincipalName,onPremisesExtensionAttributes`);
    expect(back.body).toMatchObject({
      userPrincipalName: `deleted@${CONTOSO.initialDomain}`,
      onPremisesExtensionAttributes: { extensionAttribute15: 'breakglass:1', extensionAttribute1: null },
    });
  });

  test('filters the directory knows are answered, the others refused', async () => {
    const found = await reader('GET', `/users?${filter(`userPrincipalName eq '${PEOPLE.ann.userPrincipalName.toUpperCase()}'`)}`);
    expect(rows(found.body).map((row) => row.id)).toEqual([PEOPLE.ann.objectId]);
    expect(rows((await reader('GET', `/users?${filter("employeeId eq 'E1001'")}`)).body)).toHaveLength(2);
    for (const unknown of ["passwordPolicies eq 'None'", "endswith(userPrincipalName,'x')", "not(displayName eq 'x')"]) {
      const refused = await reader('GET', `/users?${filter(unknown)}`);
      expect([refused.status, errorOf(refused.body).code]).toEqual([400, 'Request_UnsupportedQuery']);
    }
    expect((await reader('GET', '/users?$select=nonsense')).status).toBe(400);
    expect((await reader('GET', '/users?$skip=1')).status).toBe(400);
  });
});

describe('administrators as targets', () => {
  test('password and enable must not be changed in one go', async () => {
    const id = await create('together');
    const both = await changer('PATCH', `/users/${id}`, { accountEnabled: true, passwordProfile: { password: `${PASSWORD}x` } });
    expect(both.status).toBe(403);
    expect((await reader('GET', `/users/${id}?$select=accountEnabled`)).body.accountEnabled).toBe(false);
  });

  test('they can be changed only while the caller itself holds the role', async () => {
    const id = await create('target');
    await makeAdmin(id);
    expect((await changer('PATCH', `/users/${id}`, { accountEnabled: true })).status).toBe(204);
    const assignments = rows((await changer('GET', '/roleManagement/directory/roleAssignments?$expand=principal')).body);
    const own = assignments.find((one) => objectOf(one.principal).displayName === 'Breakglass changer');
    expect((await changer('DELETE', `/roleManagement/directory/roleAssignments/${own?.id}`)).status).toBe(204);
    for (const body of [{ accountEnabled: false }, { passwordProfile: { password: `${PASSWORD}y` } }]) {
      const refused = await changer('PATCH', `/users/${id}`, body);
      expect([refused.status, errorOf(refused.body).code]).toEqual([403, 'Authorization_RequestDenied']);
    }
    expect((await changer('DELETE', `/users/${id}`)).status).toBe(403);
    // Ordinary properties and ordinary people need no role.
    expect((await changer('PATCH', `/users/${id}`, { passwordPolicies: 'DisablePasswordExpiration' })).status).toBe(204);
    const { principalId, roleDefinitionId } = own ?? {};
    await changer('POST', '/roleManagement/directory/roleAssignments', { principalId, roleDefinitionId, directoryScopeId: '/' });
  });

  test('an assignment has the id Entra would give it, and is made once', async () => {
    const id = await create('assigned');
    const made = await makeAdmin(id);
    expect(String(made.id)).toMatch(/^lAPpYvVpN0KRkAEhdxReE[\w-]{22}-1$/);
    const again = { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' };
    expect((await changer('POST', '/roleManagement/directory/roleAssignments', again)).status).toBe(400);
    const listed = await reader('GET', `/roleManagement/directory/roleAssignments?${filter(`principalId eq '${id}'`)}`);
    expect(rows(listed.body)).toMatchObject([{ id: made.id, directoryScopeId: '/' }]);
    const nobody = { ...again, principalId: '11111111-2222-4333-8444-555555555555' };
    expect((await changer('POST', '/roleManagement/directory/roleAssignments', nobody)).status).toBe(404);
  });
});

describe('groups', () => {
  test('members come and go once, and the write is audited with the app that did it', async () => {
    const id = await create('member');
    const path = `/groups/${CONTOSO.exclusionGroupId}/members`;
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` };
    expect((await changer('POST', `${path}/$ref`, reference)).status).toBe(204);
    const twice = await changer('POST', `${path}/$ref`, reference);
    expect([twice.status, errorOf(twice.body).message]).toEqual([400, expect.stringContaining('already exist')]);
    expect(rows((await reader('GET', `${path}/microsoft.graph.user?$select=id`)).body)).toEqual([{ id }]);
    const check = await reader('POST', `/users/${id}/checkMemberGroups`, { groupIds: [CONTOSO.exclusionGroupId, ROLE_GROUPS.approver] });
    expect(check.body.value).toEqual([CONTOSO.exclusionGroupId]);
    expect((await changer('DELETE', `${path}/${id}/$ref`)).status).toBe(204);
    expect((await changer('DELETE', `${path}/${id}/$ref`)).status).toBe(404);
    const audits = rows((await reader('GET', `/auditLogs/directoryAudits?${filter(`targetResources/any(t:t/id eq '${id}')`)}`)).body);
    expect(audits.map((one) => one.activityDisplayName)).toEqual(['Remove member from group', 'Add member to group', 'Add user']);
    expect(audits[0]).toMatchObject({ initiatedBy: { app: { displayName: 'Breakglass changer' } }, category: 'GroupManagement' });
  });

  test('nested groups are resolved, a circle ends, and a role-assignable group takes no group', async () => {
    const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/groups/${id}` });
    const { auditor, administrator } = ROLE_GROUPS;
    expect((await changer('POST', `/groups/${auditor}/members/$ref`, reference(administrator))).status).toBe(204);
    expect((await changer('POST', `/groups/${administrator}/members/$ref`, reference(auditor))).status).toBe(204);
    const people = rows((await reader('GET', `/groups/${auditor}/transitiveMembers/microsoft.graph.user?$select=id`)).body).map(
      (one) => one.id,
    );
    expect(people.sort()).toEqual([PEOPLE.bob.objectId, PEOPLE.cy.objectId, PEOPLE.oona.objectId]);
    const above = rows((await reader('GET', `/users/${PEOPLE.cy.objectId}/transitiveMemberOf?$select=id`)).body).map((one) => one.id);
    expect(above).toEqual(expect.arrayContaining([auditor, administrator, ROLE_GROUPS.approver]));
    expect((await changer('POST', `/groups/${CONTOSO.exclusionGroupId}/members/$ref`, reference(auditor))).status).toBe(400);
  });

  test('the role groups hold the people of the sandbox, the guest included', async () => {
    const members = rows(
      (await reader('GET', `/groups/${ROLE_GROUPS.approver}/transitiveMembers/microsoft.graph.user?$select=id,userType`)).body,
    );
    expect(members).toContainEqual({ id: PEOPLE.gus.objectId, userType: 'Guest' });
    expect(members).toHaveLength(5);
  });
});

test('a batch answers each request by itself and at most twenty', async () => {
  const requests = [
    { id: '1', method: 'GET', url: `/users/${PEOPLE.ann.objectId}?$select=displayName` },
    { id: '2', method: 'GET', url: '/nonsense' },
    { id: '3', method: 'GET', url: '/organization', dependsOn: ['2'] },
    { id: '4', method: 'GET', url: '/v1.0/organization' },
  ];
  const answer = await reader('POST', '/$batch', { requests });
  const responses = answer.body.responses as JsonObject[];
  expect(responses.map((one) => one.status)).toEqual([200, 400, 424, 200]);
  expect(responses.every((one) => objectOf(one.headers)['Content-Type'] !== undefined)).toBe(true);
  const many = Array.from({ length: 21 }, (_, index) => ({ id: String(index), method: 'GET', url: '/organization' }));
  expect((await reader('POST', '/$batch', { requests: many })).status).toBe(400);
});

test('a body that is no JSON is refused as Graph does, and on record', async () => {
  const token = await graphToken(server, 'changer', CONTOSO.id);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/v1.0/users`, { method: 'POST', headers, body: '{' });
  expect(answer.status).toBe(400);
  expect(errorOf(objectOf(await answer.json())).code).toBe('BadRequest');
  const writes = (await (await fetch(`${server.url}/sandbox/writes`)).json()) as JsonObject[];
  expect(writes.at(-1)).toMatchObject({ caller: 'changer', path: '/v1.0/users', body: null, status: 400 });
});
