import { describe, expect, test } from '@jest/globals';
import { read, unreadable } from '../../src/core/posture/snapshot.ts';
import type { CloudFeature } from '../../src/core/tenant/cloud.ts';
import type { Graph } from '../../src/graph/client.ts';
import { GraphFault } from '../../src/graph/faults.ts';
import { readSnapshot } from '../../src/graph/snapshot.ts';

const GA = '62e90394-69f5-4237-9190-012177145e10';
const GROUP = '5d0f4a51-7d1c-4c4e-8f0a-1b6f2f3d0c01';
const USER = 'aaaaaaaa-0000-4000-8000-000000000001';
const TENANT = { id: 't-1', kind: 'workforce', initialDomain: 'contoso.onmicrosoft.com', exclusionGroupId: GROUP } as const;
const AT = new Date('2026-11-25T10:00:00Z');

type Reply = { readonly status: number; readonly body: unknown };
const ok = (body: unknown): Reply => ({ status: 200, body });
const rows = (...value: unknown[]): Reply => ok({ value });
const refused = (status: number, code: string, message = 'words'): Reply => ({ status, body: { error: { code, message } } });

/** What a tenant answers, by path without query; `signInActivity` is asked for by itself. */
const ANSWERS: Readonly<Record<string, Reply>> = {
  '/organization': rows({
    id: 't-1',
    displayName: 'Contoso',
    tenantType: 'AAD',
    onPremisesSyncEnabled: null,
    createdDateTime: '2021-03-01T09:00:00Z',
  }),
  '/subscribedSkus': rows(
    { capabilityStatus: 'Suspended', servicePlans: [{ servicePlanName: 'AAD_PREMIUM_P2' }] },
    { capabilityStatus: 'Warning', servicePlans: [{ servicePlanName: 'AAD_PREMIUM' }] },
  ),
  '/domains': rows(
    {
      id: 'Contoso.onmicrosoft.com',
      isInitial: true,
      isVerified: true,
      authenticationType: 'Managed',
      passwordValidityPeriodInDays: 2147483647,
    },
    { id: 'contoso.com', isInitial: false, isVerified: true, authenticationType: 'Federated', passwordValidityPeriodInDays: 90 },
  ),
  '/policies/identitySecurityDefaultsEnforcementPolicy': ok({ isEnabled: false }),
  '/policies/authorizationPolicy': ok({ allowedToUseSSPR: true }),
  '/policies/authenticationMethodsPolicy': ok({
    authenticationMethodConfigurations: [
      {
        id: 'Fido2',
        state: 'enabled',
        includeTargets: [{ id: 'all_users' }],
        excludeTargets: [],
        isSelfServiceRegistrationAllowed: true,
        passkeyProfiles: [{ passkeyTypes: 'deviceBound' }, { passkeyTypes: 'deviceBound,synced' }],
      },
      { id: 'TemporaryAccessPass', state: 'disabled' },
    ],
  }),
  '/identity/conditionalAccess/policies': rows(
    {
      id: 'P-1',
      displayName: 'MFA for all',
      state: 'enabled',
      templateId: null,
      modifiedDateTime: '2026-01-02T03:04:05Z',
      conditions: {
        users: { includeUsers: ['All'], excludeGroups: [GROUP.toUpperCase()], includeRoles: [GA.toUpperCase()] },
        applications: { includeApplications: ['All'] },
        clientAppTypes: ['all'],
        platforms: null,
        locations: { includeLocations: ['All'] },
        signInRiskLevels: [],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'], authenticationStrength: null },
      sessionControls: { signInFrequency: { value: 1 }, persistentBrowser: null, '@odata.type': 'x' },
    },
    {
      id: 'p-2',
      displayName: 'Workloads',
      state: 'disabled',
      conditions: { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } },
      grantControls: null,
    },
  ),
  [`/groups/${GROUP}`]: ok({
    id: GROUP.toUpperCase(),
    displayName: 'Exclusions',
    securityEnabled: true,
    mailEnabled: false,
    groupTypes: [],
    isAssignableToRole: true,
  }),
  [`/groups/${GROUP}/transitiveMembers`]: rows({ '@odata.type': '#microsoft.graph.user', id: USER.toUpperCase(), displayName: 'EA' }),
  [`/groups/${GROUP}/owners`]: rows(),
  '/roleManagement/directory/roleAssignments': rows({
    id: 'ra',
    principalId: USER.toUpperCase(),
    roleDefinitionId: GA,
    directoryScopeId: '/',
  }),
  '/roleManagement/directory/roleAssignmentScheduleInstances': rows({
    id: 'rs',
    principalId: USER,
    roleDefinitionId: GA,
    directoryScopeId: '/',
    assignmentType: 'Assigned',
    memberType: 'Direct',
    startDateTime: null,
    endDateTime: null,
  }),
  '/roleManagement/directory/roleEligibilityScheduleInstances': refused(400, 'AadPremiumLicenseRequired', 'The tenant needs a licence.'),
  '/directory/administrativeUnits': rows({ id: 'AU-1', displayName: 'Protected' }),
  '/reports/authenticationMethods/userRegistrationDetails': refused(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'),
  [`/users/${USER}`]: ok({
    id: USER.toUpperCase(),
    userPrincipalName: 'ea@contoso.onmicrosoft.com',
    displayName: 'EA',
    accountEnabled: true,
    userType: 'Member',
    creationType: null,
    identities: [{ signInType: 'userPrincipalName' }],
    onPremisesImmutableId: null,
    passwordPolicies: 'DisablePasswordExpiration, DisableStrongPassword',
    usageLocation: 'DE',
    assignedLicenses: [],
    onPremisesExtensionAttributes: { extensionAttribute15: 'breakglass:R-1' },
  }),
  [`/users/${USER}/authentication/methods`]: rows(
    { '@odata.type': '#microsoft.graph.passwordAuthenticationMethod', id: 'pw' },
    {
      '@odata.type': '#microsoft.graph.fido2AuthenticationMethod',
      id: 'k',
      aaGuid: 'AA',
      attestationLevel: 'attested',
      passkeyType: 'deviceBound',
    },
    {
      '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethod',
      id: 'tap',
      isUsable: true,
      startDateTime: '2026-11-25T09:00:00Z',
      lifetimeInMinutes: 60,
    },
  ),
  [`/users/${USER}/transitiveMemberOf`]: rows({ '@odata.type': '#microsoft.graph.administrativeUnit', id: 'AU-1' }),
  [`/users/${USER} signInActivity`]: ok({ id: USER, signInActivity: { lastSignInDateTime: '2026-11-01T00:00:00Z' } }),
};

function snapshotOf(changes: Readonly<Record<string, Reply>> = {}, accounts = [USER], lacks: readonly CloudFeature[] = []) {
  const answers: Readonly<Record<string, Reply>> = { ...ANSWERS, ...changes };
  const asked: string[] = [];
  const graph = {
    origin: 'https://graph.microsoft.com',
    // What failed by overload is asked once more, by itself.
    get: (path: string) => Promise.reject(new GraphFault(`GET ${path}`, { status: 500, code: 'InternalServerError', detail: '' })),
    async post<T>(_path: string, { requests }: { requests: readonly { id: string; url: string }[] }) {
      const responses = requests.map(({ id, url }) => {
        asked.push(url);
        const path = url.replace(/\?.*$/, '') + (url.includes('signInActivity') ? ' signInActivity' : '');
        return { id, ...(answers[path] ?? refused(404, 'Request_ResourceNotFound')) };
      });
      return { responses } as T;
    },
  } as unknown as Graph;
  return readSnapshot(graph, TENANT, accounts, AT, new Set(lacks)).then((snapshot) => ({ snapshot, asked }));
}

describe('the snapshot of a tenant', () => {
  test('everything that was read, ids in lower case, lists split, null and absent the same', async () => {
    const { snapshot } = await snapshotOf();
    expect(snapshot).toMatchObject({ tenantId: 't-1', kind: 'workforce', exclusionGroupId: GROUP, readAt: AT });
    expect(snapshot.organization).toEqual(
      read({ displayName: 'Contoso', tenantType: 'AAD', syncedFromOnPremises: false, createdAt: new Date('2021-03-01T09:00:00Z') }),
    );
    expect(snapshot.licences).toEqual(read({ p1: true, p2: false })); // the one with P2 has run out
    expect(snapshot.domains).toEqual(
      read([
        { name: 'contoso.onmicrosoft.com', initial: true, verified: true, federated: false, passwordValidity: 'never' },
        { name: 'contoso.com', initial: false, verified: true, federated: true, passwordValidity: 90 },
      ]),
    );
    expect(snapshot.authenticationMethodsPolicy).toMatchObject({
      value: [
        { id: 'Fido2', enabled: true, includeTargets: ['all_users'], passkeyTypes: ['deviceBound', 'synced'] },
        { id: 'TemporaryAccessPass', enabled: false },
      ],
    });
    expect(snapshot.exclusionGroup).toMatchObject({ value: { id: GROUP, roleAssignable: true, dynamic: false } });
    expect(snapshot.exclusionGroupMembers).toEqual(read([{ id: USER, type: 'user', displayName: 'EA' }]));
    expect(snapshot.globalAdministrators).toEqual(read([{ id: 'ra', principalId: USER, roleTemplateId: GA, scope: '/' }]));
    expect(snapshot.assignmentSchedules).toEqual(
      read([{ principalId: USER, roleTemplateId: GA, scope: '/', assignmentType: 'Assigned', memberType: 'Direct' }]),
    );
    const [account] = snapshot.accounts;
    expect(account?.user).toMatchObject({
      value: { objectId: USER, identityTypes: ['userPrincipalName'], marker: 'breakglass:R-1', licensed: false },
    });
    expect(account?.user).toMatchObject({ value: { passwordPolicies: ['DisablePasswordExpiration', 'DisableStrongPassword'] } });
    expect(account?.methods).toMatchObject({
      value: [
        { kind: 'password' },
        { kind: 'fido2', aaguid: 'aa', attested: true, passkeyType: 'deviceBound' },
        { kind: 'temporaryAccessPass', usable: true, expiresAt: AT },
      ],
    });
    expect(account?.memberOf).toEqual(read([{ id: 'au-1', type: 'administrativeUnit' }]));
    expect(account?.lastSignIn).toEqual(read({ at: new Date('2026-11-01T00:00:00Z') }));
  });

  test('a policy keeps whom it is for, what it demands, and the names of all other conditions', async () => {
    const { snapshot } = await snapshotOf();
    expect(snapshot.policies).toMatchObject({
      value: [
        {
          id: 'p-1',
          state: 'enabled',
          users: {
            includeUsers: ['All'],
            excludeGroups: [GROUP],
            includeRoles: [GA],
            excludeUsers: [],
            includesGuestsOrExternalUsers: false,
          },
          concernsWorkloads: false,
          otherConditions: ['locations'],
          grant: { operator: 'OR', builtInControls: ['mfa'] },
          sessionControls: ['signInFrequency'],
        },
        { id: 'p-2', concernsWorkloads: true, users: { includeUsers: ['None'] }, otherConditions: [] },
      ],
    });
    if (snapshot.policies.state === 'read') expect(snapshot.policies.value[1]).not.toHaveProperty('grant');
  });

  test('T5: what is refused is not read, for its own reason, and nothing else suffers', async () => {
    const { snapshot } = await snapshotOf({
      '/identity/conditionalAccess/policies': refused(403, 'AccessDenied', 'Your tenant is not licensed for this feature.'),
      '/domains': refused(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
      '/directory/administrativeUnits': refused(400, 'BadRequest', "Resource not found for the segment 'administrativeUnits'."),
      '/policies/authorizationPolicy': refused(500, 'InternalServerError'),
      '/policies/identitySecurityDefaultsEnforcementPolicy': ok({}),
      [`/users/${USER} signInActivity`]: refused(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'),
    });
    const causeOf = (part: { readonly state: string }) => ('why' in part ? (part.why as { cause: string }).cause : part.state);
    expect(causeOf(snapshot.policies)).toBe('not-licensed');
    expect(causeOf(snapshot.eligibilitySchedules)).toBe('not-licensed');
    expect(causeOf(snapshot.administrators)).toBe('not-licensed');
    expect(causeOf(snapshot.domains)).toBe('not-permitted');
    expect(causeOf(snapshot.restrictedUnits)).toBe('unsupported-in-cloud');
    expect(causeOf(snapshot.authorizationPolicy)).toBe('no-answer');
    expect(causeOf(snapshot.securityDefaults)).toBe('no-answer'); // an answer that does not say so
    expect(snapshot.accounts[0]).toMatchObject({ user: { state: 'read' }, lastSignIn: { why: { cause: 'not-licensed' } } });
  });

  test('a group or user that is not there is read as absent; a list with one row that lacks what counts is not read', async () => {
    const { snapshot } = await snapshotOf({
      [`/groups/${GROUP}`]: refused(404, 'Request_ResourceNotFound'),
      [`/users/${USER}`]: refused(404, 'Request_ResourceNotFound'),
      '/identity/conditionalAccess/policies': rows({ id: 'p-1', displayName: 'no state' }, { id: 'p-2', state: 'enabled' }),
    });
    expect([snapshot.exclusionGroup, snapshot.accounts[0]?.user]).toEqual([read(undefined), read(undefined)]);
    expect(snapshot.policies.state).toBe('unreadable');
  });

  test('what the cloud lacks is not asked for', async () => {
    const { snapshot, asked } = await snapshotOf({}, [USER], ['authentication-methods']);
    const missing = unreadable('unsupported-in-cloud', 'This Microsoft cloud does not have it.');
    expect([snapshot.authenticationMethodsPolicy, snapshot.administrators, snapshot.accounts[0]?.methods]).toEqual([
      missing,
      missing,
      missing,
    ]);
    expect(asked.filter((url) => /authenticationM|authentication\/methods/i.test(url))).toEqual([]);
  });
});
