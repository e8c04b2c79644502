import { requireManageable, requireRoleFor } from './adminTargets.ts';
import { initiatorOf, recordAudit } from './audit.ts';
import { badRequest, denied } from './graphFault.ts';
import { type GraphAnswer, type GraphCall, type GraphRoute, holds, noContent, type Permissions } from './graphRoute.ts';
import { graphInstant, type JsonObject } from './json.ts';
import { userTarget } from './membership.ts';
import { hashPassword, passwordProfileOf } from './passwordRules.ts';
import type { UserRow } from './records.ts';
import type { TenantState } from './state.ts';
import { createUser } from './userCreation.ts';
import { deleteUser } from './userDeletion.ts';
import { checkProperties, checkUserPrincipalName, extensionAttributes } from './userRules.ts';
import { existingUser } from './users.ts';

const WRITE_USERS: Permissions = ['User.ReadWrite.All', 'Directory.ReadWrite.All'];
const ENABLE: Permissions = ['User.ReadWrite.All', 'Directory.ReadWrite.All', ['User.EnableDisableAccount.All', 'User.Read.All']];
const RESET: Permissions = ['User-PasswordProfile.ReadWrite.All'];

/** What this body may not change, for this caller. Throws 403. */
function authorize(state: TenantState, call: GraphCall, user: UserRow): void {
  const { accountEnabled, passwordProfile, ...others } = call.body;
  if (passwordProfile !== undefined && !holds(call.caller, RESET)) throw denied();
  if (accountEnabled !== undefined && !holds(call.caller, ENABLE)) throw denied();
  if (Object.keys(others).length > 0 && !holds(call.caller, WRITE_USERS)) throw denied();
  // Seen on a live tenant: both in one PATCH is refused whole.
  if (passwordProfile !== undefined && accountEnabled !== undefined) throw denied();
  const sensitive = passwordProfile !== undefined || accountEnabled !== undefined || others.userPrincipalName !== undefined;
  if (sensitive) requireRoleFor(state, call, user.id);
  else requireManageable(state, call, user.id);
}

function activityOf(changed: JsonObject): string {
  if (changed.passwordProfile !== undefined) return 'Reset user password';
  if (Object.keys(changed).length === 1 && typeof changed.accountEnabled === 'boolean') {
    return changed.accountEnabled ? 'Enable account' : 'Disable account';
  }
  return 'Update user';
}

function patch(state: TenantState, call: GraphCall): GraphAnswer {
  const user = existingUser(state, call);
  const { body } = call;
  if (Object.keys(body).length === 0) throw badRequest('One or more property values specified are invalid.');
  checkProperties(body);
  authorize(state, call, user);
  if (body.userPrincipalName !== undefined) checkUserPrincipalName(body.userPrincipalName, call.tenant, state, user.id);
  const { passwordProfile, onPremisesExtensionAttributes: extensions, ...plain } = body;
  const profile = passwordProfile === undefined ? undefined : passwordProfileOf(passwordProfile);
  const now = graphInstant(state.clock.now());
  const reset = profile?.password !== undefined;
  const properties: UserRow['properties'] = {
    ...user.properties,
    ...plain,
    ...(extensions === undefined
      ? {}
      : { onPremisesExtensionAttributes: extensionAttributes(user.properties.onPremisesExtensionAttributes, extensions) }),
    ...(reset ? { lastPasswordChangeDateTime: now, signInSessionsValidFromDateTime: now } : {}),
  };
  const changed: UserRow = {
    ...user,
    properties,
    mustChangePassword: profile ? (profile.mustChange ?? (reset ? true : user.mustChangePassword)) : user.mustChangePassword,
    ...(profile?.password === undefined ? {} : { password: hashPassword(profile.password), wrongTries: 0, lockedUntil: null }),
  };
  state.users.put(user.id, changed);
  const modified = Object.fromEntries(
    Object.keys(body)
      .filter((name) => name !== 'passwordProfile')
      .map((name) => [
        `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        [[user.properties[name] ?? null], [properties[name] ?? null]] as const,
      ]),
  );
  const target = userTarget(changed, { ...modified, 'Included Updated Properties': [undefined, Object.keys(modified).join(', ')] });
  const event = {
    tenantId: call.tenant.id,
    by: initiatorOf(call),
    category: 'UserManagement',
    operation: 'Update',
    targets: [target],
  } as const;
  recordAudit(state, { ...event, activity: activityOf(body) });
  // Entra logs a reset twice: as such, and as the update of the session stamp.
  if (reset) recordAudit(state, { ...event, activity: 'Update user' });
  return noContent;
}

/** Creating, changing and deleting users. */
export function userWriteRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    { method: 'POST', path: '/users', permissions: WRITE_USERS, handle: (call) => createUser(state, call) },
    { method: 'PATCH', path: '/users/:userId', permissions: [...ENABLE, ...RESET], handle: (call) => patch(state, call) },
    {
      method: 'DELETE',
      path: '/users/:userId',
      permissions: ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
      handle(call) {
        const user = existingUser(state, call);
        requireRoleFor(state, call, user.id);
        deleteUser(state, initiatorOf(call), user);
        return noContent;
      },
    },
  ];
}
