import { answerCollection, type CollectionRules } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, holds, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { readableEntries, retentionDays } from './logs.ts';
import { pick, selectOf } from './select.ts';
import { requireSignIns } from './signInGate.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['AuditLog.Read.All'];
const READ_POLICIES: Permissions = ['Policy.Read.All', 'Policy.Read.ConditionalAccess'];

const rules: CollectionRules = {
  context: 'auditLogs/signIns',
  type: 'microsoft.graph.signIn',
  properties: [
    'id',
    'createdDateTime',
    'userDisplayName',
    'userPrincipalName',
    'userId',
    'appId',
    'appDisplayName',
    'ipAddress',
    'clientAppUsed',
    'correlationId',
    'conditionalAccessStatus',
    'isInteractive',
    'riskDetail',
    'riskLevelAggregated',
    'riskLevelDuringSignIn',
    'riskState',
    'riskEventTypes',
    'riskEventTypes_v2',
    'resourceDisplayName',
    'resourceId',
    'status',
    'deviceDetail',
    'location',
    'appliedConditionalAccessPolicies',
  ],
  filter: {
    resource: 'SignIn',
    or: true,
    properties: {
      id: ['eq'],
      userid: ['eq'],
      appid: ['eq'],
      correlationid: ['eq'],
      conditionalaccessstatus: ['eq'],
      'status/errorcode': ['eq'],
      ipaddress: ['eq', 'startswith'],
      userprincipalname: ['eq', 'startswith'],
      userdisplayname: ['eq', 'startswith'],
      appdisplayname: ['eq', 'startswith'],
      createddatetime: ['eq', 'ge', 'le'],
    },
  },
  orderBy: ['createdDateTime'],
  pageSize: 1000,
  maxTop: 1000,
};

/** Interactive sign-ins, newest first; refused to a tenant with no licence that is no B2C tenant either. */
export function signInRoutes(state: TenantState): readonly GraphRoute[] {
  const readable = (call: GraphCall): readonly JsonObject[] => {
    requireSignIns(state, call.tenant);
    const days = retentionDays(call.tenant.kind);
    const rows = readableEntries({
      table: state.signIns,
      tenantId: call.tenant.id,
      instant: 'createdDateTime',
      now: state.clock.now(),
      days,
    });
    if (holds(call.caller, READ_POLICIES)) return rows;
    return rows.map((row) => ({ ...row, appliedConditionalAccessPolicies: [] }));
  };
  return [
    {
      method: 'GET',
      path: '/auditLogs/signIns',
      permissions: READ,
      throttle: 'reports',
      handle: (call) => answerCollection(call, rules, readable(call)),
    },
    {
      method: 'GET',
      path: '/auditLogs/signIns/:id',
      permissions: READ,
      throttle: 'reports',
      handle(call) {
        const id = call.params.id ?? '';
        const row = readable(call).find((one) => one.id === id.toLowerCase());
        if (!row) throw notFound(id);
        return entity('auditLogs/signIns', pick(row, selectOf(call, rules)));
      },
    },
  ];
}
