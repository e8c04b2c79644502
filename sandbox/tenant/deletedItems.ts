import { requireRoleFor } from './adminTargets.ts';
import { initiatorOf } from './audit.ts';
import { answerCollection } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, noContent, type Permissions } from './graphRoute.ts';
import { textOf } from './json.ts';
import type { UserRow } from './records.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';
import { nameBeforeDeletion, purgeUser, restoreUser } from './userDeletion.ts';
import { USER_DEFAULTS } from './userProperties.ts';
import { checkUserPrincipalName } from './userRules.ts';
import { READ_USERS, userRules } from './users.ts';

const RESTORE: Permissions = ['User.DeleteRestore.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'];
const KEPT_MS = 30 * 24 * 3_600_000;

/** Deleted users of the last 30 days. */
export function deletedItemRoutes(state: TenantState): readonly GraphRoute[] {
  const isKept = (user: UserRow): boolean => user.deletedAt !== null && Date.parse(user.deletedAt) + KEPT_MS > state.clock.now().getTime();
  const deleted = (call: GraphCall): UserRow => {
    const id = call.params.id ?? '';
    const user = state.users.get(id.toLowerCase());
    if (!user || user.tenantId !== call.tenant.id || !isKept(user)) throw notFound(id);
    return user;
  };
  const typed = (user: UserRow) => ({ '@odata.type': '#microsoft.graph.user', ...user.properties });
  return [
    {
      method: 'GET',
      path: '/directory/deletedItems/microsoft.graph.user',
      permissions: READ_USERS,
      handle(call) {
        const users = state.users.all().filter((user) => user.tenantId === call.tenant.id && isKept(user));
        const rules = userRules(call);
        const defaults = [...USER_DEFAULTS, 'deletedDateTime'];
        return answerCollection(
          call,
          { ...rules, defaults },
          users.map((user) => user.properties),
        );
      },
    },
    {
      method: 'GET',
      path: '/directory/deletedItems/:id',
      permissions: READ_USERS,
      handle(call) {
        const rules = { ...userRules(call), defaults: [...USER_DEFAULTS, 'deletedDateTime'] };
        return entity('directoryObjects', pick(typed(deleted(call)), selectOf(call, rules)));
      },
    },
    {
      method: 'POST',
      path: '/directory/deletedItems/:id/restore',
      permissions: RESTORE,
      handle(call) {
        const user = deleted(call);
        requireRoleFor(state, call, user.id);
        const wanted = textOf(call.body, 'newUserPrincipalName') ?? nameBeforeDeletion(user);
        const name =
          wanted === nameBeforeDeletion(user) && user.properties.userType === 'Guest'
            ? wanted
            : checkUserPrincipalName(wanted, call.tenant, state, user.id);
        const restored = restoreUser(state, initiatorOf(call), user, name);
        return entity('directoryObjects', pick(typed(restored), USER_DEFAULTS));
      },
    },
    {
      method: 'DELETE',
      path: '/directory/deletedItems/:id',
      permissions: RESTORE,
      handle(call) {
        const user = deleted(call);
        requireRoleFor(state, call, user.id);
        purgeUser(state, initiatorOf(call), user);
        return noContent;
      },
    },
  ];
}
