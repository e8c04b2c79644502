import { denied } from './graphFault.ts';
import { type GraphCall, holds } from './graphRoute.ts';
import { isObject, type JsonObject, objectOf } from './json.ts';
import { readableEntries, retentionDays } from './logs.ts';
import { requireSignIns } from './signInGate.ts';
import type { TenantState } from './state.ts';

const WANTED = /(^|,)\s*signInActivity\s*(,|$)/i;

export const wantsSignInActivity = ({ query }: GraphCall): boolean => WANTED.test(query.$select ?? '');

/**
 * Rows with `signInActivity`, when it was selected: it needs AuditLog.Read.All and the licence of sign-ins besides. The real one lags hours
 * behind; the sandbox's lags as its sign-in log does. Throws 403.
 */
export function withSignInActivity(state: TenantState, call: GraphCall, users: readonly JsonObject[]): readonly JsonObject[] {
  if (!wantsSignInActivity(call)) return users;
  if (!holds(call.caller, ['AuditLog.Read.All'])) throw denied();
  requireSignIns(state, call.tenant);
  const days = retentionDays(call.tenant.kind);
  const rows = readableEntries({
    table: state.signIns,
    tenantId: call.tenant.id,
    instant: 'createdDateTime',
    now: state.clock.now(),
    days,
  });
  return users.map((user) => {
    const own = rows.filter((row) => row.userId === user.id);
    const good = own.find((row) => isObject(row.status) && objectOf(row.status).errorCode === 0);
    if (!own[0]) return user;
    return {
      ...user,
      signInActivity: {
        lastSignInDateTime: own[0].createdDateTime,
        lastSignInRequestId: own[0].id,
        lastNonInteractiveSignInDateTime: null,
        lastNonInteractiveSignInRequestId: null,
        lastSuccessfulSignInDateTime: good?.createdDateTime ?? null,
        lastSuccessfulSignInRequestId: good?.id ?? null,
      },
    };
  });
}
