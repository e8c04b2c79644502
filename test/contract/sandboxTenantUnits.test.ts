import { objectOf } from '../../sandbox/tenant/json.ts';
import { TENANTS } from '../../sandbox/world.ts';
import { filter, PASSWORD, reference, refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

const UNITS = '/directory/administrativeUnits';
const UNIT = `${UNITS}/${TENANTS.contoso.restrictedUnitId}`;
const DENIED = [403, 'Authorization_RequestDenied'] as const;
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

let contoso: TenantUnderTest;
beforeEach(async () => {
  contoso = await tenantUnderTest();
});
afterEach(() => contoso.server.close());

/** Ends or gives back a tenant-wide role of the changer itself. */
async function dropOwnRole(roleName: string): Promise<void> {
  const { changer } = contoso;
  const definitions = rows(await changer('GET', '/roleManagement/directory/roleDefinitions'));
  const role = definitions.find((one) => one.displayName === roleName)?.id;
  const held = rows(await changer('GET', `/roleManagement/directory/roleAssignments?$expand=principal`));
  const own = held.find((one) => one.roleDefinitionId === role && objectOf(one.principal).displayName === 'Breakglass changer');
  expect((await changer('DELETE', `/roleManagement/directory/roleAssignments/${own?.id}`)).status).toBe(204);
}

test('members of a restricted unit are out of reach of permissions and tenant-wide roles, until they are taken out', async () => {
  const { changer, reader, administrator, audits } = contoso;
  const id = await administrator('ea1');
  expect((await changer('POST', `${UNIT}/members/$ref`, reference(id))).status).toBe(204);
  expect((await reader('GET', `/users/${id}?$select=isManagementRestricted`)).body.isManagementRestricted).toBe(true);
  const refused = [
    await changer('PATCH', `/users/${id}`, { passwordProfile: { password: `${PASSWORD}x` } }),
    await changer('PATCH', `/users/${id}`, { accountEnabled: false }),
    await changer('PATCH', `/users/${id}`, { jobTitle: 'x' }),
    await changer('POST', `/users/${id}/revokeSignInSessions`),
    await changer('DELETE', `/users/${id}`),
  ];
  expect(refused.map(refusalOf)).toEqual(refused.map(() => DENIED));
  expect(objectOf(refused[0]?.body.error).message).toContain('Target object is a member of a restricted management administrative unit');
  // Into groups they may still go (Learn, admin-units-restricted-management).
  expect((await changer('POST', `/groups/${contoso.tenant.exclusionGroupId}/members/$ref`, reference(id))).status).toBe(204);
  expect((await changer('DELETE', `${UNIT}/members/${id}/$ref`)).status).toBe(204);
  expect((await changer('PATCH', `/users/${id}`, { passwordProfile: { password: `${PASSWORD}x` } })).status).toBe(204);
  expect((await audits(id)).map((one) => one.activityDisplayName)).toEqual(
    expect.arrayContaining([
      'Add member to restricted management administrative unit',
      'Remove member from restricted management administrative unit',
    ]),
  );
});

test('a role scoped to the unit may change members, but no administrator’s credentials', async () => {
  const { changer, reader, user, administrator } = contoso;
  const [plain, admin] = [await user('plain'), await administrator('ea1')];
  for (const id of [plain, admin]) await changer('POST', `${UNIT}/members/$ref`, reference(id));
  expect(refusalOf(await changer('PATCH', `/users/${plain}`, { jobTitle: 'x' }))).toEqual(DENIED);
  const token = rows(await changer('GET', '/roleManagement/directory/roleAssignments?$expand=principal'));
  const own = token.find((one) => objectOf(one.principal).displayName === 'Breakglass changer')?.principalId;
  const scoped = {
    principalId: own,
    roleDefinitionId: USER_ADMINISTRATOR,
    directoryScopeId: `/administrativeUnits/${TENANTS.contoso.restrictedUnitId}`,
  };
  expect((await changer('POST', '/roleManagement/directory/roleAssignments', scoped)).status).toBe(201);
  expect(rows(await reader('GET', `${UNIT}/scopedRoleMembers`))).toMatchObject([
    { roleId: USER_ADMINISTRATOR, roleMemberInfo: { id: own, displayName: 'Breakglass changer' } },
  ]);
  expect((await changer('PATCH', `/users/${plain}`, { accountEnabled: false })).status).toBe(204);
  expect((await changer('PATCH', `/users/${admin}`, { jobTitle: 'x' })).status).toBe(204);
  expect(refusalOf(await changer('PATCH', `/users/${admin}`, { accountEnabled: false }))).toEqual(DENIED);
  const global = { ...scoped, roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10' };
  expect((await changer('POST', '/roleManagement/directory/roleAssignments', global)).status).toBe(400);
});

test('only a Global or Privileged Role Administrator changes who is in a restricted unit', async () => {
  const { changer, reader, user } = contoso;
  const id = await user('member');
  expect((await reader('POST', `${UNIT}/members/$ref`, reference(id))).status).toBe(403);
  await dropOwnRole('Privileged Role Administrator');
  expect(refusalOf(await changer('POST', `${UNIT}/members/$ref`, reference(id)))).toEqual(DENIED);
  expect(refusalOf(await changer('POST', UNITS, { displayName: 'Mine', isMemberManagementRestricted: true }))).toEqual(DENIED);
  // An ordinary unit needs the permission alone.
  const made = await changer('POST', UNITS, { displayName: 'Plain' });
  expect([made.status, made.body.isMemberManagementRestricted]).toEqual([201, null]);
  expect((await changer('POST', `${UNITS}/${made.body.id}/members/$ref`, reference(id))).status).toBe(204);
  expect((await changer('PATCH', `/users/${id}`, { jobTitle: 'x' })).status).toBe(204);
});

test('restriction is chosen at creation and never changed; deleting the unit ends it', async () => {
  const { changer, reader, user } = contoso;
  const made = await changer('POST', UNITS, { displayName: 'Second', isMemberManagementRestricted: true });
  expect([made.status, made.body.isMemberManagementRestricted]).toEqual([201, true]);
  const path = `${UNITS}/${made.body.id}`;
  expect(refusalOf(await changer('PATCH', path, { isMemberManagementRestricted: false }))).toEqual([400, 'Request_BadRequest']);
  expect((await changer('PATCH', path, { description: 'x' })).status).toBe(204);
  const restricted = rows(await reader('GET', `${UNITS}?${filter('isMemberManagementRestricted eq true')}`));
  expect(restricted.map((one) => one.displayName)).toEqual(['Emergency access', 'Second']);
  const id = await user('member');
  expect((await changer('POST', `${path}/members/$ref`, reference(id))).status).toBe(204);
  expect((await changer('POST', `${path}/members/$ref`, reference(id))).status).toBe(400);
  expect(rows(await reader('GET', `${path}/members?$select=id`))).toMatchObject([{ id }]);
  const above = rows(await reader('GET', `/users/${id}/transitiveMemberOf`));
  expect(above).toMatchObject([{ '@odata.type': '#microsoft.graph.administrativeUnit', displayName: 'Second' }]);
  expect((await changer('DELETE', path)).status).toBe(204);
  expect((await changer('PATCH', `/users/${id}`, { jobTitle: 'x' })).status).toBe(204);
  expect((await changer('DELETE', `${path}/members/${id}/$ref`)).status).toBe(404);
});

test('a restricted unit needs a licence', async () => {
  const northwind = await tenantUnderTest(TENANTS.northwind);
  const answer = await northwind.changer('POST', UNITS, { displayName: 'Mine', isMemberManagementRestricted: true });
  expect(refusalOf(answer)).toEqual([403, 'AccessDenied']);
  await northwind.server.close();
});
