import type { JsonObject } from '../../sandbox/tenant/json.ts';
import { TENANTS } from '../../sandbox/world.ts';
import { filter, GLOBAL_ADMINISTRATOR, refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

/** What each kind of tenant offers and refuses, as docs/sandbox.md names it. */
const NOT_PREMIUM = [403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'];
const EVENTUAL = { consistencylevel: 'eventual' };
const DAY = 86_400_000;

let contoso: TenantUnderTest;
let fabrikam: TenantUnderTest;
let northwind: TenantUnderTest;
beforeAll(async () => {
  [contoso, fabrikam, northwind] = await Promise.all([
    tenantUnderTest(),
    tenantUnderTest(TENANTS['fabrikam-b2c']),
    tenantUnderTest(TENANTS.northwind),
  ]);
});
afterAll(() => Promise.all([contoso, fabrikam, northwind].map(({ server }) => server.close())));

const subscription = ({ clock }: TenantUnderTest, more: JsonObject = {}): JsonObject => ({
  changeType: 'updated,deleted',
  notificationUrl: 'https://watch.contoso.example/graph',
  resource: '/users',
  clientState: 'c'.repeat(128),
  expirationDateTime: new Date(clock.now().getTime() + 28 * DAY).toISOString(),
  ...more,
});

/** What a tenant answers to everything its kind decides about. */
async function answersOf(tenant: TenantUnderTest) {
  const { reader } = tenant;
  const asked = async (path: string, headers?: Record<string, string>) => {
    const answer = await reader('GET', path, undefined, headers);
    return answer.status === 200 ? 200 : refusalOf(answer);
  };
  const posted = async (path: string, body: JsonObject) => {
    const answer = await reader('POST', path, body);
    return answer.status < 300 ? answer.status : refusalOf(answer);
  };
  const [user] = rows(await reader('GET', '/users?$top=1&$select=id'));
  const pim = `/roleManagement/directory/roleEligibilityScheduleInstances?${filter(`roleDefinitionId eq '${GLOBAL_ADMINISTRATOR}'`)}`;
  const signInIdentity = { '@odata.type': '#microsoft.graph.userSignIn', userId: user?.id };
  const signInContext = { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: ['All'] };
  return {
    'advanced queries': await asked('/users?$count=true&$top=1', EVENTUAL),
    subscriptions: await posted('/subscriptions', subscription(tenant)),
    PIM: await asked(pim),
    'sign-in log': await asked('/auditLogs/signIns?$top=1'),
    'last sign-in': await asked(`/users/${user?.id}?$select=id,signInActivity`),
    'registered methods': await asked('/reports/authenticationMethods/userRegistrationDetails'),
    'directory audits': await asked('/auditLogs/directoryAudits?$top=1'),
    'What-If': await posted('/identity/conditionalAccess/evaluate', { signInIdentity, signInContext, signInConditions: {} }),
    'security defaults': (await reader('GET', '/policies/identitySecurityDefaultsEnforcementPolicy')).body.isEnabled,
  };
}

test('workforce with P2: advanced queries, subscriptions, PIM, sign-ins, registered methods, What-If', async () => {
  expect(await answersOf(contoso)).toEqual({
    ...{ 'advanced queries': 200, subscriptions: 201, PIM: 200, 'sign-in log': 200, 'last sign-in': 200 },
    ...{ 'registered methods': 200, 'directory audits': 200, 'What-If': 200, 'security defaults': false },
  });
});

test('B2C: no advanced queries, no subscriptions, no PIM, no registered methods; sign-ins, audits and policies it has', async () => {
  expect(await answersOf(fabrikam)).toEqual({
    ...{ 'advanced queries': [400, 'Request_UnsupportedQuery'], subscriptions: [400, 'BadRequest'] },
    ...{ PIM: [400, 'AadPremiumLicenseRequired'], 'sign-in log': 200, 'last sign-in': 200, 'registered methods': NOT_PREMIUM },
    ...{ 'directory audits': 200, 'What-If': 200, 'security defaults': false },
  });
});

test('free: advanced queries and subscriptions, but neither PIM nor sign-ins, registered methods or What-If; security defaults on', async () => {
  expect(await answersOf(northwind)).toEqual({
    ...{ 'advanced queries': 200, subscriptions: 201, PIM: [400, 'AadPremiumLicenseRequired'] },
    ...{ 'sign-in log': NOT_PREMIUM, 'last sign-in': NOT_PREMIUM, 'registered methods': NOT_PREMIUM },
    ...{ 'directory audits': 200, 'What-If': [403, 'AccessDenied'], 'security defaults': true },
  });
});

test('a sign-in log with data and without: nobody signed in since is an empty list, and no refusal', async () => {
  for (const { reader, clock } of [contoso, fabrikam]) {
    expect(rows(await reader('GET', '/auditLogs/signIns')).length).toBeGreaterThan(0);
    const since = await reader('GET', `/auditLogs/signIns?${filter(`createdDateTime ge ${clock.now().toISOString()}`)}`);
    expect([since.status, rows(since)]).toEqual([200, []]);
  }
});

test('subscriptions: under 29 days, changes that are updates or deletions, https, 128 characters of state; never of logs; they end', async () => {
  const { reader, clock } = contoso;
  const refused: [string, JsonObject][] = [
    ['too long', { expirationDateTime: new Date(clock.now().getTime() + 30 * DAY).toISOString() }],
    ['over already', { expirationDateTime: new Date(clock.now().getTime() - DAY).toISOString() }],
    ['created', { changeType: 'created' }],
    ['plain http', { notificationUrl: 'http://watch.contoso.example/graph' }],
    ['a long state', { clientState: 'c'.repeat(129) }],
    ['sign-ins', { resource: '/auditLogs/signIns' }],
    ['audits', { resource: '/auditLogs/directoryAudits' }],
  ];
  for (const [what, more] of refused) {
    expect([what, (await reader('POST', '/subscriptions', subscription(contoso, more))).status]).toEqual([what, 400]);
  }
  const { id } = (await reader('POST', '/subscriptions', subscription(contoso))).body;
  const renewed = await reader('PATCH', `/subscriptions/${id}`, {
    expirationDateTime: new Date(clock.now().getTime() + 2 * DAY).toISOString(),
  });
  expect([renewed.status, renewed.body.id]).toEqual([200, id]);
  expect(rows(await reader('GET', '/subscriptions')).map((one) => one.id)).toContain(id);
  clock.move(3 * DAY);
  expect((await reader('GET', `/subscriptions/${id}`)).status).toBe(404);
});
