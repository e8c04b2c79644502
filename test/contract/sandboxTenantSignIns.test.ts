import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { call, graphClient } from '../../sandbox/tenant/client.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { APPS, TENANTS } from '../../sandbox/world.ts';
import { startTenant, type TenantServer } from '../support/tenantInContract.ts';

const CONTOSO = TENANTS.contoso;
const PASSWORD = 'Xk7mQ2pLr9TzWq4-Vb8nHd3c';

interface Received {
  readonly authorization: string;
  readonly body: JsonObject;
}

/** A webhook that refuses as often as told and hands over what it accepted, in order. */
function webhook() {
  const accepted: Received[] = [];
  const waiting: (() => void)[] = [];
  const control = { refusals: 0, url: '', server: undefined as Server | undefined };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (control.refusals > 0) {
        control.refusals -= 1;
        response.writeHead(503);
        response.end();
        return;
      }
      accepted.push({
        authorization: String(request.headers.authorization),
        body: JSON.parse(Buffer.concat(chunks).toString()) as JsonObject,
      });
      response.writeHead(202);
      response.end();
      for (const go of waiting.splice(0)) go();
    });
  });
  return {
    control,
    accepted,
    listen: () =>
      new Promise<string>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)),
      ),
    async count(wanted: number): Promise<readonly Received[]> {
      while (accepted.length < wanted) await new Promise<void>((resolve) => waiting.push(resolve));
      return accepted;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

let server: TenantServer;
let hook: ReturnType<typeof webhook>;
let changer: Awaited<ReturnType<typeof graphClient>>;
let reader: typeof changer;

beforeEach(async () => {
  hook = webhook();
  const url = await hook.listen();
  server = await startTenant({
    port: 0,
    documents: openDocuments(':memory:'),
    clock: sandboxClock(),
    logDelayMs: 0,
    replicationMs: 0,
    azureMonitor: { url },
  });
  changer = await graphClient(server, 'changer', CONTOSO.id);
  reader = await graphClient(server, 'reader', CONTOSO.id);
});
afterEach(async () => {
  await server.close();
  await hook.close();
});

async function emergencyAccount(name: string): Promise<string> {
  const made = await changer('POST', '/users', {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${CONTOSO.initialDomain}`,
    passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: false },
  });
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${made.body.id}` };
  expect((await changer('POST', `/groups/${CONTOSO.exclusionGroupId}/members/$ref`, reference)).status).toBe(204);
  return String(made.body.id);
}

const signIn = async (more: JsonObject): Promise<JsonObject> => {
  const body = { tenantId: CONTOSO.id, userPrincipalName: `ea1@${CONTOSO.initialDomain}`, ...more };
  const answer = await call(server, 'POST', '/sandbox/sign-ins', { body });
  expect(answer.status).toBe(200);
  return answer.body;
};

const conditionOf = (received: Received | undefined): JsonObject => {
  const context = objectOf(objectOf(received?.body.data).alertContext);
  const [first] = objectOf(context.condition).allOf as JsonObject[];
  return objectOf(first);
};
const dimensionsOf = (received: Received | undefined): JsonObject =>
  Object.fromEntries((conditionOf(received).dimensions as { name: string; value: string }[]).map(({ name, value }) => [name, value]));

test('a sign-in is judged by the directory as it is', async () => {
  const id = await emergencyAccount('ea1');
  expect(await signIn({ password: PASSWORD })).toMatchObject({ result: 'success', errorCode: 0 });
  expect(await signIn({ password: 'wrong' })).toMatchObject({ result: 'failure', errorCode: 50126 });
  expect(await signIn({ password: PASSWORD, app: 'Azure Portal' })).toMatchObject({ errorCode: 50076 });
  expect(await signIn({ method: 'fido2' })).toMatchObject({ errorCode: 500121 });
  await call(server, 'POST', '/sandbox/directory', { body: { tenantId: CONTOSO.id, do: 'register-method', userId: id, method: 'fido2' } });
  expect(await signIn({ method: 'fido2', app: 'Azure Portal' })).toMatchObject({ errorCode: 0 });
  expect(await signIn({ userPrincipalName: `nobody@${CONTOSO.initialDomain}`, password: 'x' })).toMatchObject({ errorCode: 50034 });
  await changer('PATCH', `/users/${id}`, { accountEnabled: false });
  expect(await signIn({ password: PASSWORD })).toMatchObject({ errorCode: 50057 });
});

test('Conditional Access spares the exclusion group, until somebody breaks the policy', async () => {
  const id = await emergencyAccount('ea1');
  expect(await signIn({ password: PASSWORD })).toMatchObject({ errorCode: 0 });
  const [policy] = (await reader('GET', '/identity/conditionalAccess/policies')).body.value as JsonObject[];
  const broken = { tenantId: CONTOSO.id, do: 'change-policy', policyId: policy?.id };
  expect((await call(server, 'POST', '/sandbox/directory', { body: broken })).body).toEqual({ ok: true });
  expect(await signIn({ password: PASSWORD })).toMatchObject({ errorCode: 50076 });
  const rows = (await reader('GET', `/auditLogs/signIns?$filter=${encodeURIComponent(`userId eq '${id}'`)}`)).body.value as JsonObject[];
  expect(rows.map((row) => row.conditionalAccessStatus)).toEqual(['failure', 'notApplied']);
  expect(rows[0]).toMatchObject({ userPrincipalName: `ea1@${CONTOSO.initialDomain}`, status: { errorCode: 50076 } });
});

test('ten wrong passwords lock the account for a minute', async () => {
  await emergencyAccount('ea1');
  for (let tries = 0; tries < 10; tries += 1) expect(await signIn({ password: 'wrong' })).toMatchObject({ errorCode: 50126 });
  expect(await signIn({ password: PASSWORD })).toMatchObject({ errorCode: 50053 });
  await call(server, 'POST', '/sandbox/clock', { body: { advance: 'PT2M' } });
  expect(await signIn({ password: PASSWORD })).toMatchObject({ errorCode: 0 });
});

test('the feed tells the webhook who signed in, with a token made for it, and tries until it is heard', async () => {
  const id = await emergencyAccount('ea1');
  hook.control.refusals = 2;
  await signIn({ password: 'wrong', ip: '203.0.113.7' });
  const [received] = await hook.count(1);
  expect(dimensionsOf(received)).toMatchObject({ UserId: id, ResultType: '50126', IPAddress: '203.0.113.7', TenantId: CONTOSO.id });
  expect(objectOf(received?.body.data).essentials).toMatchObject({ severity: 'Sev0', monitorCondition: 'Fired' });
  const claims = await server.verifyAppToken(String(received?.authorization.replace('Bearer ', '')), `api://${APPS.signals}`);
  expect(claims).toMatchObject({ tid: CONTOSO.id, appid: APPS.azureMonitor });
});

test('only members of the exclusion group are told about; the feed can be silenced, doubled and reordered', async () => {
  await emergencyAccount('ea1');
  const fault = (mode: string) => call(server, 'POST', '/sandbox/faults', { body: { feed: 'azure-monitor', mode, times: 1 } });
  await signIn({ userPrincipalName: `ann.archer@${CONTOSO.initialDomain}`, password: 'wrong' });
  await fault('silent');
  await signIn({ password: 'wrong', ip: '203.0.113.1' });
  await fault('duplicate');
  await signIn({ password: 'wrong', ip: '203.0.113.2' });
  expect((await hook.count(2)).map((one) => dimensionsOf(one).IPAddress)).toEqual(['203.0.113.2', '203.0.113.2']);
  expect(hook.accepted[0]?.body).toEqual(hook.accepted[1]?.body);
  await fault('reorder');
  await signIn({ password: 'wrong', ip: '203.0.113.3' });
  await signIn({ password: 'wrong', ip: '203.0.113.4' });
  expect((await hook.count(4)).slice(2).map((one) => dimensionsOf(one).IPAddress)).toEqual(['203.0.113.4', '203.0.113.3']);
});

test('sign-in logs are refused to a free tenant and open to B2C', async () => {
  const free = await graphClient(server, 'reader', TENANTS.northwind.id);
  const refused = await free('GET', '/auditLogs/signIns');
  expect([refused.status, objectOf(refused.body.error).code]).toEqual([403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant']);
  expect((await free('GET', '/auditLogs/directoryAudits')).status).toBe(200);
  const b2c = await graphClient(server, 'reader', TENANTS['fabrikam-b2c'].id);
  expect((await b2c('GET', '/auditLogs/signIns')).status).toBe(200);
});

test('security defaults of a free tenant ask an administrator for a second factor', async () => {
  const free = await graphClient(server, 'changer', TENANTS.northwind.id);
  const userPrincipalName = `ea9@${TENANTS.northwind.initialDomain}`;
  const profile = { password: PASSWORD, forceChangePasswordNextSignIn: false };
  const account = { accountEnabled: true, displayName: 'ea9', mailNickname: 'ea9', userPrincipalName, passwordProfile: profile };
  const { body } = await free('POST', '/users', account);
  const attempt = { tenantId: TENANTS.northwind.id, userPrincipalName, password: PASSWORD };
  expect(await signIn(attempt)).toMatchObject({ errorCode: 0 });
  const assignment = { principalId: body.id, roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', directoryScopeId: '/' };
  expect((await free('POST', '/roleManagement/directory/roleAssignments', assignment)).status).toBe(201);
  expect(await signIn(attempt)).toMatchObject({ errorCode: 50076 });
});
