import { type JsonObject, objectOf } from '../../sandbox/tenant/json.ts';
import { PEOPLE, TENANTS } from '../../sandbox/world.ts';
import { filter, PASSWORD, reference, refusalOf, rows, type TenantUnderTest, tenantUnderTest } from '../support/tenant.ts';

let contoso: TenantUnderTest;
beforeEach(async () => {
  contoso = await tenantUnderTest();
});
afterEach(() => contoso.server.close());

const DENIED = [403, 'Authorization_RequestDenied'];
const methodsOf = async (id: string): Promise<JsonObject[]> => rows(await contoso.reader('GET', `/users/${id}/authentication/methods`));
const register = (userId: string, more: JsonObject) => contoso.control('directory', { do: 'register-method', userId, ...more });
const signIn = async (name: string, more: JsonObject): Promise<unknown> =>
  (await contoso.control('sign-ins', { userPrincipalName: `${name}@${TENANTS.contoso.initialDomain}`, ...more })).body.errorCode;

test('everybody has a password, and each registered method with what v1.0 tells of it', async () => {
  const id = await contoso.user('ea1');
  expect(await methodsOf(id)).toMatchObject([
    { '@odata.type': '#microsoft.graph.passwordAuthenticationMethod', id: '28c10230-6103-485e-b985-444c60001490', password: null },
  ]);
  await register(id, { method: 'fido2', model: 'Token2 T2F2' });
  await register(id, { method: 'fido2', deviceBound: false });
  for (const method of ['phone', 'email', 'softwareOath', 'microsoftAuthenticator'])
    expect((await register(id, { method })).status).toBe(200);
  expect((await register(id, { method: 'phone' })).status).toBe(400);
  const kinds = (await methodsOf(id)).map((one) => one['@odata.type']);
  expect(new Set(kinds).size).toBe(6);
  const keys = rows(await contoso.reader('GET', `/users/${id}/authentication/fido2Methods`));
  expect(keys).toMatchObject([
    { model: 'Token2 T2F2', passkeyType: 'deviceBound', attestationLevel: 'attested', createdDateTime: expect.stringMatching(/Z$/) },
    { model: 'iCloud Keychain', passkeyType: 'synced', attestationLevel: 'notAttested' },
  ]);
  expect(new Set(keys.map((one) => one.aaGuid)).size).toBe(2);
});

test('each kind is removed by its own path, once, and the removal is audited', async () => {
  const { changer, reader, user, audits } = contoso;
  const id = await user('ea1');
  for (const method of ['fido2', 'phone', 'email', 'softwareOath', 'microsoftAuthenticator']) await register(id, { method });
  for (const one of (await methodsOf(id)).slice(1)) {
    const kind = String(one['@odata.type']).replace('#microsoft.graph.', '').replace('AuthenticationMethod', '');
    const path = `/users/${id}/authentication/${kind}Methods/${one.id}`;
    expect((await reader('DELETE', path)).status).toBe(403);
    expect((await changer('DELETE', path)).status).toBe(204);
    expect((await changer('DELETE', path)).status).toBe(404);
  }
  expect(await methodsOf(id)).toHaveLength(1);
  const deleted = (await audits(id)).filter((one) => one.activityDisplayName === 'Admin deleted security info');
  expect(deleted).toHaveLength(5);
  expect(deleted[0]).toMatchObject({ loggedByService: 'Authentication Methods', resultReason: expect.stringContaining('Admin deleted') });
});

test('a pass is shown once, opens for its lifetime, and a new one ends the old', async () => {
  const { changer, reader, user, clock } = contoso;
  const id = await user('ea1');
  const path = `/users/${id}/authentication/temporaryAccessPassMethods`;
  const made = await changer('POST', path, { lifetimeInMinutes: 60, isUsableOnce: false });
  expect([made.status, made.body.isUsable, made.body.methodUsabilityReason]).toEqual([201, true, 'EnabledByPolicy']);
  const value = String(made.body.temporaryAccessPass);
  expect(value).toMatch(/^\w{8,}$/);
  expect(rows(await reader('GET', path))).toMatchObject([{ id: made.body.id, temporaryAccessPass: null, lifetimeInMinutes: 60 }]);
  expect(await signIn('ea1', { method: 'temporary-access-pass', password: value, app: 'Azure Portal' })).toBe(0);
  expect(await signIn('ea1', { method: 'temporaryAccessPass', password: `${value}x` })).toBe(130503);
  clock.move(61 * 60_000);
  expect(await signIn('ea1', { method: 'temporary-access-pass', password: value })).toBe(130503);
  expect(rows(await reader('GET', path))).toMatchObject([{ isUsable: false, methodUsabilityReason: 'Expired' }]);
  const again = await changer('POST', path, { isUsableOnce: true });
  expect(rows(await reader('GET', path))).toMatchObject([{ id: again.body.id }]);
  // A one-time pass: used to register a key, it opens nothing more.
  const pass = String(again.body.temporaryAccessPass);
  expect((await register(id, { method: 'fido2', temporaryAccessPass: pass })).status).toBe(200);
  expect((await register(id, { method: 'fido2', temporaryAccessPass: pass })).status).toBe(400);
  expect(rows(await reader('GET', path))).toMatchObject([{ methodUsabilityReason: 'OneTimeUsed' }]);
  expect((await changer('DELETE', `${path}/${again.body.id}`)).status).toBe(204);
  expect(await signIn('ea1', { method: 'fido2', app: 'Azure Portal' })).toBe(0);
  const traffic = JSON.stringify((await contoso.audits(id)).concat(await methodsOf(id)));
  expect(traffic).not.toContain(pass);
});

test('a pass keeps to the tenant’s policy, which says how many minutes and whether at all', async () => {
  const { changer, policyKeeper, reader, user } = contoso;
  const configuration = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass';
  expect((await reader('GET', configuration)).body).toMatchObject({
    state: 'enabled',
    minimumLifetimeInMinutes: 60,
    maximumLifetimeInMinutes: 480,
  });
  const path = `/users/${await user('ea1')}/authentication/temporaryAccessPassMethods`;
  for (const body of [{ lifetimeInMinutes: 30 }, { lifetimeInMinutes: 481 }, { lifetime: 60 }, { startDateTime: '2020-01-01T00:00:00Z' }]) {
    expect(refusalOf(await changer('POST', path, body))).toEqual([400, 'Request_BadRequest']);
  }
  expect((await policyKeeper('PATCH', configuration, { state: 'disabled' })).status).toBe(204);
  expect((await changer('POST', path, { lifetimeInMinutes: 60 })).status).toBe(400);
  expect((await changer('POST', `/users/${PEOPLE.gus.objectId}/authentication/temporaryAccessPassMethods`, {})).status).toBe(400);
  const fido2 = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2';
  expect((await reader('GET', fido2)).body).toMatchObject({ id: 'Fido2', state: 'enabled', isSelfServiceRegistrationAllowed: true });
  const all = objectOf((await reader('GET', '/policies/authenticationMethodsPolicy')).body);
  expect(all.authenticationMethodConfigurations).toContainEqual(expect.objectContaining({ id: 'TemporaryAccessPass', state: 'disabled' }));
});

test('methods of an administrator are changed only by a caller who holds the role, and in a restricted unit by nobody', async () => {
  const { changer, administrator } = contoso;
  const id = await administrator('ea1');
  const path = `/users/${id}/authentication/temporaryAccessPassMethods`;
  await register(id, { method: 'fido2' });
  const key = (await methodsOf(id)).find((one) => one['@odata.type'] === '#microsoft.graph.fido2AuthenticationMethod');
  const unit = `/directory/administrativeUnits/${TENANTS.contoso.restrictedUnitId}/members`;
  await changer('POST', `${unit}/$ref`, reference(id));
  expect(refusalOf(await changer('POST', path, {}))).toEqual(DENIED);
  await changer('DELETE', `${unit}/${id}/$ref`);
  expect((await changer('POST', path, { isUsableOnce: true })).status).toBe(201);
  const own = rows(
    await changer(
      'GET',
      `/roleManagement/directory/roleAssignments?${filter("roleDefinitionId eq '7be44c8a-adaf-4e2a-84d6-ab2649e08a13'")}`,
    ),
  );
  await changer('DELETE', `/roleManagement/directory/roleAssignments/${own[0]?.id}`);
  expect(refusalOf(await changer('POST', path, {}))).toEqual(DENIED);
  expect(refusalOf(await changer('DELETE', `/users/${id}/authentication/fido2Methods/${key?.id}`))).toEqual(DENIED);
  expect(await signIn('ea1', { password: PASSWORD })).toBe(50076);
});
