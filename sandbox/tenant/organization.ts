import type { SandboxTenant } from '../world.ts';
import { answerCollection } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { pick, selectOf } from './select.ts';
import { FEDERATED, verifiedDomains } from './userRules.ts';

const READ: Permissions = ['Organization.Read.All', 'Organization.ReadWrite.All', 'Directory.Read.All'];
const PROPERTIES = [
  'id',
  'deletedDateTime',
  'businessPhones',
  'city',
  'country',
  'countryLetterCode',
  'createdDateTime',
  'defaultUsageLocation',
  'displayName',
  'onPremisesLastSyncDateTime',
  'onPremisesSyncEnabled',
  'preferredLanguage',
  'securityComplianceNotificationMails',
  'technicalNotificationMails',
  'tenantType',
  'assignedPlans',
  'verifiedDomains',
] as const;

function view(tenant: SandboxTenant): JsonObject {
  return {
    id: tenant.id,
    businessPhones: [],
    countryLetterCode: 'DE',
    createdDateTime: '2021-03-01T09:00:00Z',
    displayName: tenant.displayName,
    preferredLanguage: 'en',
    securityComplianceNotificationMails: [],
    technicalNotificationMails: [`ops@${tenant.initialDomain}`],
    tenantType: tenant.kind === 'b2c' ? 'AAD B2C' : 'AAD',
    assignedPlans: [],
    verifiedDomains: verifiedDomains(tenant).map((name) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: name === tenant.initialDomain,
      isInitial: name === tenant.initialDomain,
      name,
      type: name === FEDERATED ? 'Federated' : 'Managed',
    })),
  };
}

export function organizationRoutes(): readonly GraphRoute[] {
  const rules = { context: 'organization', type: 'microsoft.graph.organization', properties: PROPERTIES, pageSize: 100, maxTop: 999 };
  return [
    { method: 'GET', path: '/organization', permissions: READ, handle: (call) => answerCollection(call, rules, [view(call.tenant)]) },
    {
      method: 'GET',
      path: '/organization/:id',
      permissions: READ,
      handle(call) {
        const id = call.params.id ?? '';
        if (id.toLowerCase() !== call.tenant.id) throw notFound(id);
        return entity('organization', pick(view(call.tenant), selectOf(call, rules)));
      },
    },
  ];
}
