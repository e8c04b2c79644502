import { answerCollection, type CollectionRules } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, type Permissions } from './graphRoute.ts';
import { findUser } from './membership.ts';
import type { UserRow } from './records.ts';
import { isReadable } from './replication.ts';
import { pick, selectOf } from './select.ts';
import { wantsSignInActivity, withSignInActivity } from './signInActivity.ts';
import type { TenantState } from './state.ts';
import { refuseAdvanced, USER_DEFAULTS, USER_PROPERTIES, userFilterRules } from './userProperties.ts';

export const READ_USERS: Permissions = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

/** Rules of any list of users. */
export function userRules(call: GraphCall): CollectionRules {
  const b2c = call.tenant.kind === 'b2c';
  refuseAdvanced({ eventual: call.eventual, b2c, count: call.query.$count === 'true' });
  return {
    context: 'users',
    type: 'microsoft.graph.user',
    properties: USER_PROPERTIES,
    defaults: USER_DEFAULTS,
    filter: userFilterRules({ eventual: call.eventual && call.query.$count === 'true', b2c }),
    orderBy: ['displayName', 'userPrincipalName'],
    pageSize: 100,
    maxTop: wantsSignInActivity(call) ? 120 : 999, // Learn, user-list: with signInActivity at most 120 a page
  };
}

/** The user of this id or user principal name. Throws 404. */
export function existingUser(state: TenantState, call: GraphCall): UserRow {
  const id = call.params.userId ?? '';
  const user = findUser(state, call.tenant.id, id);
  if (!user) throw notFound(id);
  return user;
}

/** Reading users. */
export function userRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/users',
      permissions: READ_USERS,
      resourceUnits: 2,
      handle: (call) => {
        const users = state.users
          .all()
          .filter((user) => user.tenantId === call.tenant.id && user.deletedAt === null && isReadable(state, user));
        return answerCollection(
          call,
          userRules(call),
          withSignInActivity(
            state,
            call,
            users.map((user) => user.properties),
          ),
        );
      },
    },
    {
      method: 'GET',
      path: '/users/:userId',
      permissions: READ_USERS,
      handle(call) {
        const user = existingUser(state, call);
        if (!isReadable(state, user)) throw notFound(call.params.userId ?? '');
        const select = selectOf(call, userRules(call));
        const fields = call.query.$select === undefined ? '' : `(${select.join(',')})`;
        const [row = user.properties] = withSignInActivity(state, call, [user.properties]);
        return entity(`users${fields}`, pick(row, select));
      },
    },
  ];
}
