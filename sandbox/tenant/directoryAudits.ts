import { answerCollection, type CollectionRules } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { readableEntries, retentionDays } from './logs.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const READ: Permissions = ['AuditLog.Read.All'];

const rules: CollectionRules = {
  context: 'auditLogs/directoryAudits',
  type: 'microsoft.graph.directoryAudit',
  properties: [
    'id',
    'category',
    'correlationId',
    'result',
    'resultReason',
    'activityDisplayName',
    'activityDateTime',
    'loggedByService',
    'operationType',
    'initiatedBy',
    'targetResources',
    'additionalDetails',
  ],
  filter: {
    resource: 'DirectoryAudit',
    or: true,
    properties: {
      id: ['eq'],
      category: ['eq'],
      correlationid: ['eq'],
      result: ['eq'],
      loggedbyservice: ['eq'],
      activitydisplayname: ['eq', 'startswith'],
      activitydatetime: ['eq', 'ge', 'le'],
      'initiatedby/user/id': ['eq'],
      'initiatedby/user/userprincipalname': ['eq', 'startswith'],
      'initiatedby/app/displayname': ['eq'],
      'initiatedby/app/serviceprincipalid': ['eq'],
      'targetresources/any/id': ['eq'],
      'targetresources/any/displayname': ['eq', 'startswith'],
    },
  },
  orderBy: ['activityDateTime'],
  pageSize: 1000,
  maxTop: 1000,
};

/** Changes to the directory, newest first; every kind of tenant has them. */
export function directoryAuditRoutes(state: TenantState): readonly GraphRoute[] {
  const readable = (call: GraphCall): readonly JsonObject[] => {
    const days = retentionDays(call.tenant.kind);
    return readableEntries({ table: state.audits, tenantId: call.tenant.id, instant: 'activityDateTime', now: state.clock.now(), days });
  };
  return [
    {
      method: 'GET',
      path: '/auditLogs/directoryAudits',
      permissions: READ,
      throttle: 'reports',
      handle: (call) => answerCollection(call, rules, readable(call)),
    },
    {
      method: 'GET',
      path: '/auditLogs/directoryAudits/:id',
      permissions: READ,
      throttle: 'reports',
      handle(call) {
        const id = call.params.id ?? '';
        const row = readable(call).find((one) => one.id === id);
        if (!row) throw notFound(id);
        return entity('auditLogs/directoryAudits', pick(row, selectOf(call, rules)));
      },
    },
  ];
}
