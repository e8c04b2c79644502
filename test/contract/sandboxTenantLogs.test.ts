import { setTimeout as sleep } from 'node:timers/promises';
import { auditRecord, signInRecord } from '../../sandbox/feeds/diagnosticRecord.ts';
import { auditRow } from '../../sandbox/tenant/audit.ts';
import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { TENANTS } from '../../sandbox/world.ts';
import { filter, PASSWORD, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

let contoso: TenantUnderTest;
let id: string;
beforeEach(async () => {
  contoso = await tenantUnderTest();
  id = await contoso.user('Mixed.Case');
});
afterEach(() => contoso.server.close());

const signIn = (more: JsonObject) =>
  contoso.control('sign-ins', { userPrincipalName: `Mixed.Case@${TENANTS.contoso.initialDomain}`, ...more });
const logged = async (): Promise<JsonObject[]> => rows(await contoso.reader('GET', `/auditLogs/signIns?${filter(`userId eq '${id}'`)}`));

test('names in sign-in rows are in lower case, whatever the directory says', async () => {
  await signIn({ password: PASSWORD });
  expect((await logged())[0]).toMatchObject({
    userPrincipalName: `mixed.case@${TENANTS.contoso.initialDomain}`,
    userDisplayName: 'Mixed.Case',
  });
});

test('rows may come twice, late, with masked addresses and ids for names', async () => {
  expect((await contoso.control('logs', { duplicates: true, maskIps: true, idsAsNames: true })).status).toBe(200);
  const { signInId } = (await signIn({ password: 'wrong', ip: '203.0.113.7' })).body;
  const twice = await logged();
  expect(twice).toHaveLength(2);
  for (const row of twice) expect(row).toMatchObject({ id: signInId, ipAddress: '203.0.113.XXX', userPrincipalName: id });
  await contoso.control('logs', { delayMs: 60_000 });
  await signIn({ password: 'wrong' });
  expect(await logged()).toHaveLength(2);
  expect((await contoso.control('logs', { delay: 1 })).status).toBe(400);
});

test('a second factor is told late: interrupted first, its result under the same correlation id', async () => {
  await contoso.control('directory', { do: 'register-method', userId: id, method: 'softwareOath' });
  await contoso.control('logs', { lateMfaMs: 300 });
  const answer = await signIn({ password: PASSWORD, method: 'softwareOath' });
  expect(answer.body.errorCode).toBe(0);
  const [early] = await logged();
  expect(early?.status).toMatchObject({ errorCode: 50074 });
  await sleep(350);
  const both = await logged();
  expect(both.map((row) => objectOf(row.status).errorCode).sort()).toEqual([0, 50074]);
  expect(new Set(both.map((row) => row.correlationId)).size).toBe(1);
});

test('logs are kept 30 days with a licence, 7 in B2C, and nothing comes back after', async () => {
  const fabrikam = await tenantUnderTest(TENANTS['fabrikam-b2c']);
  await fabrikam.user('kept');
  await signIn({ password: PASSWORD });
  for (const { clock } of [contoso, fabrikam]) clock.move(8 * 86_400_000);
  expect(await logged()).toHaveLength(1);
  const audits = await fabrikam.reader('GET', `/auditLogs/directoryAudits?${filter("activityDisplayName eq 'Add user'")}`);
  expect(rows(audits)).toEqual([]);
  contoso.clock.move(23 * 86_400_000);
  expect(await logged()).toEqual([]);
  await fabrikam.server.close();
});

test('a sign-in as a diagnostic record tells the steps v1.0 does not, in both shapes of shippers', async () => {
  await signIn({ password: PASSWORD, app: 'Azure Portal' });
  const entry = (await logged())[0] ?? {};
  const row = { id: String(entry.id), tenantId: TENANTS.contoso.id, availableAtMs: 0, entry, more: { authenticationRequirement: 'x' } };
  const record = signInRecord(row);
  expect(record).toMatchObject({
    category: 'SignInLogs',
    operationName: 'Sign-in activity',
    resourceId: `/tenants/${TENANTS.contoso.id}/providers/Microsoft.aadiam`,
    resultType: '50076',
    Level: '4',
    time: expect.stringMatching(/\.\d{7}Z$/),
    properties: { userId: id, id: entry.id, status: entry.status, authenticationRequirement: 'x', incomingTokenType: 'none' },
  });
  const numbers = signInRecord(row, 'numbers');
  expect(numbers).toMatchObject({ resultType: 50076, Level: 4, properties: { createdDateTime: expect.stringMatching(/\+00:00$/) } });
  expect(Date.parse(String(objectOf(numbers.properties).createdDateTime))).toBe(Date.parse(String(entry.createdDateTime)));
});

test('an audit as a diagnostic record keeps its modified properties as JSON within JSON', async () => {
  const { changer } = contoso;
  await changer('PATCH', `/users/${id}`, { accountEnabled: false });
  const [entry = {}] = (await contoso.audits(id)).filter((one) => one.activityDisplayName === 'Disable account');
  const record = auditRecord({ id: String(entry.id), tenantId: TENANTS.contoso.id, availableAtMs: 0, entry });
  expect(record).toMatchObject({ category: 'AuditLogs', operationName: 'Disable account', identity: 'Breakglass changer' });
  const [target] = objectOf(record.properties).targetResources as JsonObject[];
  const modified = ((target?.modifiedProperties ?? []) as JsonObject[]).find((one) => one.displayName === 'AccountEnabled');
  expect([JSON.parse(String(modified?.oldValue)), JSON.parse(String(modified?.newValue))]).toEqual([[true], [false]]);
  const by = { kind: 'user', id: 'u', displayName: 'Hana', userPrincipalName: 'h@x' } as const;
  const row = auditRow({ tenantId: 't', by, activity: 'A', category: 'Policy', operation: 'Update', targets: [] }, new Date(0), 0);
  expect(auditRecord(row)).toMatchObject({ callerIpAddress: '192.0.2.10', time: '1970-01-01T00:00:00.0000000Z', identity: 'Hana' });
});
