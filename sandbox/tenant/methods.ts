import { randomUUID } from 'node:crypto';
import { newPass, passProperties } from './accessPasses.ts';
import { requireRoleFor } from './adminTargets.ts';
import { initiatorOf, recordAudit } from './audit.ts';
import { answerCollection } from './collection.ts';
import { badRequest, notFound } from './graphFault.ts';
import { entity, GRAPH_ROOT, type GraphAnswer, type GraphCall, type GraphRoute, noContent, ok } from './graphRoute.ts';
import { graphInstant, type JsonObject } from './json.ts';
import { userTarget } from './membership.ts';
import { METHOD_KINDS, type MethodKind, methodKey, methodView, readsKind, readsMethods, writesKind } from './methodKinds.ts';
import type { MethodRow, UserRow } from './records.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';
import { existingUser } from './users.ts';

/** Everybody's password has this id (API reference, passwordAuthenticationMethod). */
const PASSWORD_ID = '28c10230-6103-485e-b985-444c60001490';

/** Methods of a user, the password always first. */
function methodsOf(state: TenantState, user: UserRow): readonly MethodRow[] {
  const password: MethodRow = {
    id: PASSWORD_ID,
    tenantId: user.tenantId,
    userId: user.id,
    kind: 'password',
    displayName: 'password',
    createdDateTime: String(user.properties.lastPasswordChangeDateTime),
    properties: { password: null },
    pass: null,
  };
  const registered = state.methods.all().filter((one) => one.userId === user.id);
  return [password, ...registered.map((row) => (row.pass ? { ...row, properties: passProperties(state, user.tenantId, row.pass) } : row))];
}

function auditMethod(state: TenantState, call: GraphCall, user: UserRow, kind: MethodKind, added: boolean): void {
  recordAudit(state, {
    tenantId: user.tenantId,
    by: initiatorOf(call),
    activity: added ? 'Admin registered security info' : 'Admin deleted security info',
    category: 'UserManagement',
    operation: added ? 'Add' : 'Delete',
    service: 'Authentication Methods',
    reason: `Admin ${added ? 'registered' : 'deleted'} ${kind.words} method for user`,
    targets: [userTarget(user)],
  });
}

/** Makes a pass; one that was there before is gone (API reference: a user has one at a time). The value stands in this answer only. */
function createPass(state: TenantState, call: GraphCall, kind: MethodKind): GraphAnswer {
  const user = existingUser(state, call);
  requireRoleFor(state, call, user.id);
  if (user.properties.userType === 'Guest') throw badRequest('A Temporary Access Pass cannot be added to an external guest user.');
  const { value, pass } = newPass(state, call.tenant.id, call.body);
  for (const old of state.methods.all()) if (old.userId === user.id && old.kind === kind.kind) state.methods.remove(methodKey(old));
  const own = { id: randomUUID(), tenantId: user.tenantId, userId: user.id, createdDateTime: graphInstant(state.clock.now()) };
  const row: MethodRow = { ...own, kind: kind.kind, displayName: kind.words, properties: {}, pass };
  state.methods.put(methodKey(row), row);
  auditMethod(state, call, user, kind, true);
  const shown = methodView({ ...row, properties: { ...passProperties(state, call.tenant.id, pass), temporaryAccessPass: value } }, kind);
  return { ...entity(`users('${user.id}')/authentication/${kind.segment}`, shown), status: 201 };
}

function routesOf(state: TenantState, kind: MethodKind): readonly GraphRoute[] {
  const path = `/users/:userId/authentication/${kind.segment}`;
  const rules = { type: kind.type.slice(1), properties: kind.properties, pageSize: 100, maxTop: 100 };
  const own = (call: GraphCall): readonly JsonObject[] =>
    methodsOf(state, existingUser(state, call))
      .filter((row) => row.kind === kind.kind)
      .map((row) => methodView(row, kind));
  const routes: GraphRoute[] = [
    {
      method: 'GET',
      path,
      permissions: readsKind(kind),
      handle: (call) =>
        answerCollection(call, { ...rules, context: `users('${call.params.userId}')/authentication/${kind.segment}` }, own(call)),
    },
    {
      method: 'GET',
      path: `${path}/:methodId`,
      permissions: readsKind(kind),
      handle(call) {
        const row = own(call).find((one) => one.id === call.params.methodId);
        if (!row) throw notFound(call.params.methodId ?? '');
        return entity(`users('${call.params.userId}')/authentication/${kind.segment}`, pick(row, selectOf(call, rules)));
      },
    },
  ];
  if (kind.kind === 'password') return routes;
  routes.push({
    method: 'DELETE',
    path: `${path}/:methodId`,
    permissions: writesKind(kind),
    handle(call) {
      const user = existingUser(state, call);
      requireRoleFor(state, call, user.id);
      const key = methodKey({ userId: user.id, id: call.params.methodId ?? '' });
      if (state.methods.get(key)?.kind !== kind.kind) throw notFound(call.params.methodId ?? '');
      state.methods.remove(key);
      auditMethod(state, call, user, kind, false);
      return noContent;
    },
  });
  if (kind.kind === 'temporaryAccessPass') {
    routes.push({ method: 'POST', path, permissions: writesKind(kind), handle: (call) => createPass(state, call, kind) });
  }
  return routes;
}

/** How somebody can sign in: read, removed, and passes made. Other methods are registered by hand (control API). */
export function methodRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'GET',
      path: '/users/:userId/authentication/methods',
      permissions: readsMethods,
      handle(call) {
        const user = existingUser(state, call);
        const value = methodsOf(state, user).flatMap((row) => {
          const kind = METHOD_KINDS.find((one) => one.kind === row.kind);
          return kind ? [{ '@odata.type': kind.type, ...methodView(row, kind) }] : [];
        });
        return ok({ '@odata.context': `${GRAPH_ROOT}/$metadata#users('${user.id}')/authentication/methods`, value });
      },
    },
    ...METHOD_KINDS.flatMap((kind) => routesOf(state, kind)),
  ];
}
