import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { APPS, HOME_TENANT, PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { isBy } from '../../src/app/changerIdentity.ts';
import { comparePermissions } from '../../src/core/tenant/permissions.ts';
import { PRIVILEGED_AUTHENTICATION_ADMINISTRATOR } from '../../src/core/tenant/roles.ts';
import { type Graph, graphClient } from '../../src/graph/client.ts';
import { GraphFault } from '../../src/graph/faults.ts';
import { graphPeople } from '../../src/graph/people.ts';
import { graphTenants } from '../../src/graph/tenants.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const ORIGIN = 'https://graph.microsoft.com';

describe('src/graph against a tenant that checks tokens, permissions and bodies', () => {
  let tenant: TenantServer;
  const documents = openDocuments(':memory:');
  const clock = sandboxClock();
  let writes = 0;

  beforeAll(async () => {
    tenant = await startTenant({ port: 0, documents, clock, replicationMs: 0, logDelayMs: 0 });
    await post('/sandbox/extras', { on: true });
  });
  afterAll(async () => {
    await tenant.close();
    documents.close();
  });
  beforeEach(async () => {
    await fetch(`${tenant.url}/sandbox/faults`, { method: 'DELETE' });
    const { length } = (await (await fetch(`${tenant.url}/sandbox/writes`)).json()) as unknown[];
    writes = length;
  });

  const credential = (app: 'reader' | 'changer', tenantId: string) =>
    loopbackCredential(tenant.url, tenantId, APPS[app], tenant.secrets[app]);
  const graph = (app: 'reader' | 'changer' = 'reader', tenantId: string = HOME_TENANT.id): Graph =>
    graphClient({
      origin: ORIGIN,
      credential: credential(app, tenantId),
      transport: loopbackTransport(ORIGIN, tenant.url),
      timeoutMs: 10_000,
    });
  const people = () => graphPeople(graph(), { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' });
  const tenants = () =>
    graphTenants(
      Object.values(TENANTS).map((info) => ({ info, reader: credential('reader', info.id), writer: credential('changer', info.id) })),
      { graphOrigin: ORIGIN, transport: loopbackTransport(ORIGIN, tenant.url), timeoutMs: 10_000 },
    );
  const post = (path: string, body: unknown) =>
    fetch(`${tenant.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const byHand = (body: unknown) => post('/sandbox/directory', body);
  const fault = (body: unknown) => post('/sandbox/faults', body);
  const newWrites = async () => ((await (await fetch(`${tenant.url}/sandbox/writes`)).json()) as unknown[]).slice(writes);

  test('ID-1: a person is found by object id, with the roles of their groups and the key of their human', async () => {
    expect(await people().lookUp(PEOPLE.ann.objectId)).toEqual({
      ok: true,
      person: { objectId: PEOPLE.ann.objectId, personKey: 'e1002', name: 'Ann Archer' },
      roles: new Set(['approver']),
    });
    expect((await people().lookUp(PEOPLE.rita2.objectId)).ok && (await people().lookUp(PEOPLE.rita.objectId)).ok).toBe(true);
  });

  test('ID-2: guests, people of other tenants and unknown ids have no rights, whatever group they are in', async () => {
    expect(await people().lookUp(PEOPLE.gus.objectId)).toMatchObject({ ok: false, why: 'guest' });
    expect(await people().lookUp(PEOPLE.eve.objectId)).toMatchObject({ ok: false, why: 'unknown' });
    expect(await people().lookUp('not/an id?$select=x#')).toMatchObject({ ok: false, why: 'unknown' });
  });

  test('ID-2 ID-4: a disabled account loses its rights at the next look, nothing is remembered', async () => {
    const reader = people();
    expect((await reader.lookUp(PEOPLE.cy.objectId)).ok).toBe(true);
    await byHand({ tenantId: HOME_TENANT.id, do: 'disable-user', userId: PEOPLE.cy.objectId });
    expect(await reader.lookUp(PEOPLE.cy.objectId)).toMatchObject({ ok: false, why: 'disabled' });
    expect((await reader.holders('approver')).map(({ objectId }) => objectId)).not.toContain(PEOPLE.cy.objectId);
    await byHand({ tenantId: HOME_TENANT.id, do: 'enable-user', userId: PEOPLE.cy.objectId });
  });

  test('ID-4: the holders of a role are complete over all pages, and leave out who is not eligible', async () => {
    const found = (await people().holders('approver')).map(({ name }) => name).sort();
    expect(found).toEqual(['Ann Archer', 'Bob Baker', 'Cy Chen', 'Rita Reyes (admin)']);
    // 127 users in pages of 100: a list that stops at the first page would be short.
    expect((await graph().list<unknown>('/users?$select=id')).length).toBeGreaterThan(100);
  });

  test.each([500, 403, 429])('ID-4: when a look-up is answered %i nobody is a member', async (status) => {
    await fault({ match: { path: '/v1.0/users' }, status, retryAfter: 60, times: 20 });
    expect(await people().lookUp(PEOPLE.ann.objectId)).toEqual({ ok: false, why: 'look-up-failed' });
  });

  test('ID-4: a list that breaks on a later page is a fault, never a shorter list', async () => {
    await fault({ match: { path: '/v1.0/groups' }, status: 503, retryAfter: 60, times: 20 });
    await expect(people().holders('approver')).rejects.toThrow(GraphFault);
  });

  test('GR-6: the reading identity cannot write, and a tenant that is not configured cannot be named', async () => {
    await expect(graph('reader').patch(`/users/${PEOPLE.mal.objectId}`, { accountEnabled: false })).rejects.toMatchObject({
      status: 403,
      passing: false,
    });
    expect(() => tenants().writer('99999999-9999-4999-8999-999999999999')).toThrow('not configured');
  });

  test('a user is created disabled with our marker, found by name, grouped, given a role, enabled', async () => {
    const { id, initialDomain, exclusionGroupId } = TENANTS['fabrikam-b2c'];
    const [reader, writer] = [tenants().reader(id), tenants().writer(id)];
    const account = {
      userPrincipalName: `ea-1@${initialDomain}`,
      mailNickname: 'ea-1',
      displayName: 'EA 1',
      usageLocation: 'DE',
      marker: 'breakglass:R-1',
    };
    const objectId = await writer.createUser(account, Buffer.from('Correct-Horse-Battery-9'));
    expect(await reader.userByName(account.userPrincipalName)).toMatchObject({
      objectId,
      accountEnabled: false,
      marker: 'breakglass:R-1',
      passwordPolicies: 'DisablePasswordExpiration',
    });
    expect(await reader.isMember(exclusionGroupId, objectId)).toBe(false);
    await writer.addToGroup(exclusionGroupId, objectId);
    expect(await reader.isMember(exclusionGroupId, objectId)).toBe(true);
    await writer.setPassword(objectId, Buffer.from('Another-Horse-Battery-8'));
    await writer.assignRole(objectId, '62e90394-69f5-4237-9190-012177145e10');
    expect(await reader.roles(objectId)).toEqual(['62e90394-69f5-4237-9190-012177145e10']);
    await writer.enable(objectId);
    expect(await reader.user(objectId)).toMatchObject({ accountEnabled: true });

    const since = new Date(clock.now().getTime() - 60_000);
    await post('/sandbox/sign-ins', { tenantId: id, userPrincipalName: account.userPrincipalName, password: 'Another-Horse-Battery-8' });
    const [event] = await reader.signIns([objectId], since);
    expect(event).toMatchObject({ tenantId: id, userId: objectId, errorCode: 0 });
    const changes = await reader.directoryChanges([objectId, exclusionGroupId], since);
    const changer = await tenants().changer(id);
    expect(changer).toMatchObject({ appId: APPS.changer, servicePrincipalId: expect.any(String) });
    // What it may do, by its token and by the tenant: enough for every plan.
    expect(comparePermissions(['changer'], changer.permissions ?? [])).toEqual({ missing: [], excess: [] });
    expect(await reader.roles(changer.servicePrincipalId ?? '')).toEqual([PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]);
    expect(changes.map(({ activity }) => activity)).toEqual(
      expect.arrayContaining(['Add user', 'Add member to group', 'Add member to role']),
    );
    expect(new Set(changes.map(({ rowId }) => rowId)).size).toBe(changes.length);
    for (const change of changes) {
      expect(change).toMatchObject({ tenantId: id, result: 'success', service: 'Core Directory' });
      expect(isBy(change.actor, changer)).toBe(true);
    }
    expect(await reader.deletedUserByName(account.userPrincipalName)).toBe(false);
    await byHand({ tenantId: id, do: 'delete-user', userId: objectId });
    expect(await reader.userByName(account.userPrincipalName)).toBeUndefined();
    expect(await reader.deletedUserByName(account.userPrincipalName.toUpperCase())).toBe(true);
  });

  test('GR-2: a tenant whose licence hides sign-ins is told apart from one that does not answer', async () => {
    const now = clock.now();
    expect(await tenants().reader(TENANTS.contoso.id).canReadSignIns(now)).toBe(true);
    expect(await tenants().reader(TENANTS.northwind.id).canReadSignIns(now)).toBe(false);
    await fault({ match: { path: '/v1.0/auditLogs' }, status: 503, retryAfter: 60, times: 5 });
    await expect(tenants().reader(TENANTS.contoso.id).canReadSignIns(now)).rejects.toMatchObject({ passing: true });
  });

  test('GR-7: a short Retry-After is honoured, also for a write, which was not carried out', async () => {
    await fault({ match: { method: 'PATCH' }, status: 429, retryAfter: 1, times: 1 });
    await graph('changer').patch(`/users/${PEOPLE.mal.objectId}`, { displayName: 'Mal Moore' });
    expect(await newWrites()).toMatchObject([{ status: 429 }, { status: 204 }]);
  });

  test('GR-4: a write whose outcome is unknown is never repeated by itself', async () => {
    for (const unknown of [{ status: 503 }, { status: 504 }, { drop: true, when: 'after' }]) {
      await fault({ match: { method: 'PATCH' }, ...unknown, times: 1 });
      const before = (await newWrites()).length;
      await expect(graph('changer').patch(`/users/${PEOPLE.mal.objectId}`, { displayName: 'Mal Moore' })).rejects.toMatchObject({
        unknownOutcome: true,
        passing: true,
      });
      expect((await newWrites()).length - before).toBe(1);
    }
  });

  test('a read that fails once is read again', async () => {
    await fault({ match: { method: 'GET', path: '/v1.0/organization' }, status: 503, times: 1 });
    expect((await graph().list<unknown>('/organization')).length).toBe(1);
  });

  test('a fault tells operation, status, code and request id, and keeps the tenant’s own words out of its message', async () => {
    const error = await graph('changer')
      .post('/users', { userPrincipalName: 'x y@contoso.onmicrosoft.com' })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GraphFault);
    expect(error).toMatchObject({ status: 400, code: 'Request_BadRequest', message: 'POST /users: HTTP 400 Request_BadRequest' });
    expect((error as GraphFault).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('GR-8: a Graph that answers badly', () => {
  let server: Server;
  let answer: (path: string) => { status?: number; headers?: Record<string, string>; body?: string };
  let asked: { path: string; authorization: string | undefined }[] = [];
  let url = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
      const { status = 200, headers = { 'content-type': 'application/json' }, body = '' } = answer(request.url ?? '');
      response.writeHead(status, headers);
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    asked = [];
  });
  const graph = (timeoutMs = 5_000): Graph =>
    graphClient({
      origin: ORIGIN,
      credential: { getToken: async () => ({ token: 't' }) },
      transport: loopbackTransport(ORIGIN, url),
      timeoutMs,
    });

  test('a next link to another host is not followed, and the token never goes there', async () => {
    answer = () => ({ body: JSON.stringify({ value: [1], '@odata.nextLink': 'https://evil.example/v1.0/users?$skiptoken=x' }) });
    await expect(graph().list('/users')).rejects.toMatchObject({ code: 'ForeignNextLink' });
    expect(asked).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    answer = () => ({ status: 302, headers: { location: `${url}/elsewhere` } });
    await expect(graph().get('/users')).rejects.toThrow(GraphFault);
    expect(asked.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  test('an endless list ends in a fault', async () => {
    answer = () => ({ body: JSON.stringify({ value: [1], '@odata.nextLink': `${ORIGIN}/v1.0/users?$skiptoken=again` }) });
    await expect(graph().list('/users')).rejects.toMatchObject({ code: 'TooManyPages' });
  });

  test('a list without a value is a fault, never an empty list', async () => {
    answer = () => ({ body: '{"error":"odd"}' });
    await expect(graph().list('/users')).rejects.toMatchObject({ code: 'NotACollection' });
    answer = () => ({ body: '<html>busy</html>', headers: { 'content-type': 'text/html' } });
    await expect(graph().list('/users')).rejects.toThrow(GraphFault);
  });

  test('GR-7: a call ends at its time limit also where no token comes, or the service asks to wait longer than that', async () => {
    const transport = loopbackTransport(ORIGIN, url);
    const settings = { origin: ORIGIN, transport, timeoutMs: 200 };
    const waiting = graphClient({ ...settings, credential: { getToken: () => new Promise<never>(() => undefined) } });
    await expect(waiting.get('/users')).rejects.toMatchObject({ status: 0, code: 'TimeoutError', unknownOutcome: true });
    answer = () => ({ status: 429, headers: { 'retry-after': '5' } });
    const started = performance.now();
    await expect(graph(1_000).patch('/users/x', {})).rejects.toMatchObject({ status: 0, code: 'TimeoutError' });
    expect(performance.now() - started).toBeLessThan(4_500);
    answer = () => ({ status: 204 });
    await new Promise((resolve) => setTimeout(resolve, 5_200)); // the library's own wait ends: what was given up is not sent after all
    expect(asked).toHaveLength(1);
  });

  test('a call that gets no answer ends at its time limit', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const transport = loopbackTransport(ORIGIN, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const client = graphClient({ origin: ORIGIN, credential: { getToken: async () => ({ token: 't' }) }, transport, timeoutMs: 200 });
    await expect(client.get('/users')).rejects.toMatchObject({ status: 0, passing: true });
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
