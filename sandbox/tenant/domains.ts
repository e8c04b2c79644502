import { answerCollection } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { pick, selectOf } from './select.ts';
import { FEDERATED, verifiedDomains } from './userRules.ts';

const READ: Permissions = ['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All'];
const PROPERTIES = [
  'id',
  'authenticationType',
  'availabilityStatus',
  'isAdminManaged',
  'isDefault',
  'isInitial',
  'isRoot',
  'isVerified',
  'passwordNotificationWindowInDays',
  'passwordValidityPeriodInDays',
  'state',
  'supportedServices',
] as const;

/** 2147483647 days: passwords never expire, the default since 2021. */
const NEVER = 2_147_483_647;

function view(name: string): JsonObject {
  return {
    id: name,
    authenticationType: name === FEDERATED ? 'Federated' : 'Managed',
    isAdminManaged: true,
    isDefault: name.endsWith('.onmicrosoft.com'),
    isInitial: name.endsWith('.onmicrosoft.com'),
    isRoot: name !== FEDERATED,
    isVerified: true,
    passwordNotificationWindowInDays: 14,
    passwordValidityPeriodInDays: NEVER,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
  };
}

export function domainRoutes(): readonly GraphRoute[] {
  const rules = { context: 'domains', type: 'microsoft.graph.domain', properties: PROPERTIES, pageSize: 100, maxTop: 999 };
  return [
    {
      method: 'GET',
      path: '/domains',
      permissions: READ,
      handle: (call) => answerCollection(call, rules, verifiedDomains(call.tenant).map(view)),
    },
    {
      method: 'GET',
      path: '/domains/:id',
      permissions: READ,
      handle(call) {
        const id = call.params.id ?? '';
        if (!verifiedDomains(call.tenant).includes(id.toLowerCase())) throw notFound(id);
        return entity('domains', pick(view(id.toLowerCase()), selectOf(call, rules)));
      },
    },
  ];
}
