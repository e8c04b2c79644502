import type { JsonObject } from '../../sandbox/tenant/json.ts';
import { PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { GLOBAL_ADMINISTRATOR, PASSWORD, reference, refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

const POLICIES = '/identity/conditionalAccess/policies';
const PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';
const GRAPH_EXPLORER = 'de8bc8b5-d9f9-48b1-a8ad-b748da725064';

const MFA = { operator: 'OR', builtInControls: ['mfa'] };

let contoso: TenantUnderTest;
let id: string;
beforeEach(async () => {
  contoso = await tenantUnderTest();
  for (const one of rows(await contoso.reader('GET', POLICIES))) {
    if (String(one.displayName).startsWith('CA')) await contoso.changer('DELETE', `${POLICIES}/${one.id}`);
  }
  id = await contoso.user('subject');
});
afterEach(() => contoso.server.close());

const signIn = async (more: JsonObject = {}): Promise<JsonObject> =>
  (await contoso.control('sign-ins', { userPrincipalName: `subject@${TENANTS.contoso.initialDomain}`, password: PASSWORD, ...more })).body;

async function registered(...methods: readonly string[]): Promise<void> {
  for (const method of methods) await contoso.control('directory', { do: 'register-method', userId: id, method });
}

const policy = async (more: JsonObject): Promise<string> => {
  const { users, conditions, ...others } = more as { users?: JsonObject; conditions?: JsonObject };
  const applications = { includeApplications: ['All'] };
  const made = await contoso.changer('POST', POLICIES, {
    displayName: 'Tested',
    state: 'enabled',
    grantControls: { operator: 'OR', builtInControls: ['block'] },
    ...others,
    conditions: { users: users ?? { includeUsers: ['All'] }, applications, clientAppTypes: ['all'], ...conditions },
  });
  expect(made.status).toBe(201);
  return String(made.body.id);
};

/** What-If and a real sign-in must agree; the reason of What-If. */
async function judged(policyId: string, more: JsonObject = {}, conditions: JsonObject = {}): Promise<unknown> {
  const asked = {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: id },
    signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [GRAPH_EXPLORER] },
    signInConditions: { devicePlatform: 'windows', clientAppType: 'browser', ipAddress: '192.0.2.10', ...conditions },
  };
  const found = rows(await contoso.reader('POST', '/identity/conditionalAccess/evaluate', asked)).find((one) => one.id === policyId);
  const { signInId } = await signIn(more);
  const row = (await contoso.reader('GET', `/auditLogs/signIns/${signInId}`)).body;
  const applied = (row.appliedConditionalAccessPolicies as JsonObject[]).find((one) => one.id === policyId);
  expect(['success', 'failure', 'reportOnlyFailure', 'reportOnlySuccess'].includes(String(applied?.result))).toBe(found?.policyApplies);
  return found?.policyApplies === true ? applied?.result : found?.analysisReasons;
}

test('users: one by one or all of them; an exclusion beats every inclusion', async () => {
  expect(await judged(await policy({ users: { includeUsers: [id] } }))).toBe('failure');
  expect(await judged(await policy({ users: { includeUsers: [PEOPLE.ann.objectId] } }))).toBe('users');
  expect(await judged(await policy({ users: { includeUsers: ['All'], excludeUsers: [id] } }))).toBe('users');
});

test('groups: members of members, however deep, included and excluded', async () => {
  const { changer } = contoso;
  const { auditor, administrator } = ROLE_GROUPS;
  const included = await policy({ users: { includeGroups: [auditor] } });
  expect(await judged(included)).toBe('users');
  await changer('POST', `/groups/${auditor}/members/$ref`, reference(administrator));
  await changer('POST', `/groups/${administrator}/members/$ref`, reference(id));
  expect(await judged(included)).toBe('failure');
  expect(await judged(await policy({ users: { includeUsers: ['All'], excludeGroups: [auditor] } }))).toBe('users');
});

test('roles: whoever holds one now', async () => {
  const byRole = await policy({ users: { includeRoles: [GLOBAL_ADMINISTRATOR] } });
  expect(await judged(byRole)).toBe('users');
  const assignment = { principalId: id, roleDefinitionId: GLOBAL_ADMINISTRATOR, directoryScopeId: '/' };
  await contoso.changer('POST', '/roleManagement/directory/roleAssignments', assignment);
  expect(await judged(byRole)).toBe('failure');
  expect(await judged(await policy({ users: { includeRoles: [GLOBAL_ADMINISTRATOR], excludeUsers: [id] } }))).toBe('users');
});

test('apps: by id, all but some, and the admin portals as one', async () => {
  const portals = await policy({ conditions: { applications: { includeApplications: ['MicrosoftAdminPortals'] } } });
  expect(await judged(portals)).toBe('application');
  expect((await signIn({ app: 'Azure Portal' })).errorCode).not.toBe(0);
  const except = { includeApplications: ['All'], excludeApplications: [GRAPH_EXPLORER] };
  expect(await judged(await policy({ conditions: { applications: except } }))).toBe('application');
  expect(await judged(await policy({ conditions: { applications: { includeApplications: [GRAPH_EXPLORER] } } }))).toBe('failure');
});

test('client apps: legacy clients apart from browsers', async () => {
  const legacy = await policy({ conditions: { clientAppTypes: ['exchangeActiveSync', 'other'] } });
  expect(await judged(legacy)).toBe('clientApps');
  expect(await judged(legacy, { clientAppType: 'other' }, { clientAppType: 'other' })).toBe('failure');
});

test('places, platforms, risk and flows decide as well; workload identities are no people', async () => {
  const abroad = await policy({ conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } });
  expect(await judged(abroad)).toBe('location');
  expect(await judged(abroad, { ip: '203.0.113.7' }, { ipAddress: '203.0.113.7' })).toBe('failure');
  expect(await judged(await policy({ conditions: { platforms: { includePlatforms: ['android'] } } }))).toBe('devicePlatform');
  expect(await judged(await policy({ conditions: { signInRiskLevels: ['high'] } }))).toBe('signInRisk');
  expect(await judged(await policy({ conditions: { authenticationFlows: { transferMethods: 'deviceCodeFlow' } } }))).toBe(
    'authenticationFlow',
  );
  const workload = {
    users: { includeUsers: ['None'] },
    conditions: { clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } },
  };
  expect(await judged(await policy(workload))).toBe('workloadIdentities');
});

test('state: report-only is judged and stops nobody, on stops, off is not judged', async () => {
  const made = await policy({ state: 'enabledForReportingButNotEnforced', grantControls: MFA });
  expect(await judged(made)).toBe('reportOnlyFailure');
  expect((await signIn()).errorCode).toBe(0);
  await contoso.changer('PATCH', `${POLICIES}/${made}`, { state: 'enabled' });
  expect(await judged(made)).toBe('failure');
  expect((await signIn()).errorCode).not.toBe(0);
  await contoso.changer('PATCH', `${POLICIES}/${made}`, { state: 'disabled' });
  expect((await signIn()).errorCode).toBe(0);
});

test('grant controls: a second factor by how the person signed in; OR takes either, AND wants both', async () => {
  await registered('phone', 'fido2');
  await policy({ grantControls: MFA });
  expect((await signIn()).errorCode).toBe(50076);
  expect((await signIn({ method: 'phone' })).errorCode).toBe(0);
  // A device here is never compliant.
  await policy({ grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } });
  expect((await signIn({ method: 'fido2', password: undefined })).errorCode).toBe(0);
  await policy({ grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } });
  expect((await signIn({ method: 'fido2', password: undefined })).errorCode).toBe(53000);
});

test('authentication strength: phishing-resistant takes a key and no phone', async () => {
  await registered('phone', 'fido2');
  await policy({ grantControls: { operator: 'OR', authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } } });
  expect((await signIn({ method: 'phone' })).errorCode).toBe(50076);
  expect((await signIn({ method: 'fido2', password: undefined })).errorCode).toBe(0);
});

test('a sign-in row carries every policy, each with its result and controls', async () => {
  const ids = {
    met: await policy({ users: { includeUsers: [PEOPLE.ann.objectId] } }),
    blocking: await policy({ displayName: 'Blocks', users: { includeUsers: [id] } }),
    reporting: await policy({ state: 'enabledForReportingButNotEnforced', grantControls: MFA }),
    off: await policy({ state: 'disabled' }),
  };
  const { signInId } = await signIn();
  const row = (await contoso.reader('GET', `/auditLogs/signIns/${signInId}`)).body;
  const applied = new Map((row.appliedConditionalAccessPolicies as JsonObject[]).map((one) => [one.id, one]));
  expect(applied.get(ids.blocking)).toMatchObject({ displayName: 'Blocks', result: 'failure', enforcedGrantControls: ['Block'] });
  expect([applied.get(ids.met)?.result, applied.get(ids.reporting)?.result]).toEqual(['notApplied', 'reportOnlyFailure']);
  expect([applied.get(ids.off)?.result, row.conditionalAccessStatus]).toEqual(['notEnabled', 'failure']);
});

test('What-If tells what a user action meets, lists only what applies when asked to, and needs a licence', async () => {
  const { reader } = contoso;
  const registering = await policy({ conditions: { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } } });
  const signInIdentity = { '@odata.type': '#microsoft.graph.userSignIn', userId: id };
  const ask = (signInContext: JsonObject) =>
    reader('POST', '/identity/conditionalAccess/evaluate', {
      signInIdentity,
      signInContext,
      signInConditions: {},
      appliedPoliciesOnly: true,
    });
  const action = await ask({ '@odata.type': '#microsoft.graph.userActionContext', userAction: 'registerSecurityInformation' });
  expect(rows(action)).toMatchObject([{ id: registering, policyApplies: true, analysisReasons: 'notSet' }]);
  const portal = await ask({ '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [PORTAL] });
  expect(rows(portal).map((one) => one.id)).not.toContain(registering);
  expect((await ask({ '@odata.type': '#microsoft.graph.nonsense' })).status).toBe(400);
  const northwind = await tenantUnderTest(TENANTS.northwind);
  const refused = await northwind.reader('POST', '/identity/conditionalAccess/evaluate', { signInIdentity, signInContext: {} });
  expect(refusalOf(refused)).toEqual([403, 'AccessDenied']);
  await northwind.server.close();
});
