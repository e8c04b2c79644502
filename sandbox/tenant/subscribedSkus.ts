import type { SandboxTenant } from '../world.ts';
import { answerCollection } from './collection.ts';
import type { GraphRoute, Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { seedGuid } from './seedGuid.ts';

const READ: Permissions = ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All'];

// Product names and service plan identifiers for licensing (Learn, CSV of 2026).
const AAD_PREMIUM = { servicePlanId: '41781fb2-bc02-4b7c-bd55-b576c07bb09d', servicePlanName: 'AAD_PREMIUM' };
const AAD_PREMIUM_P2 = { servicePlanId: 'eec0eb4f-6444-4f95-aba0-50c24d67f998', servicePlanName: 'AAD_PREMIUM_P2' };
const SKU = { skuId: '84a661c4-e949-4bd2-a560-ed7766fcaf2b', skuPartNumber: 'AAD_PREMIUM_P2' };

/** Workforce has Entra ID P2; a B2C tenant is billed by use and a free one not at all, so neither lists a product. */
function skus(tenant: SandboxTenant): JsonObject[] {
  if (tenant.kind !== 'workforce') return [];
  return [
    {
      accountId: tenant.id,
      accountName: tenant.displayName,
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      consumedUnits: 120,
      id: `${tenant.id}_${SKU.skuId}`,
      prepaidUnits: { enabled: 150, lockedOut: 0, suspended: 0, warning: 0 },
      servicePlans: [AAD_PREMIUM, AAD_PREMIUM_P2].map((plan) => ({ ...plan, provisioningStatus: 'Success', appliesTo: 'User' })),
      ...SKU,
      subscriptionIds: [seedGuid(`subscription/${tenant.id}`)],
    },
  ];
}

export function subscribedSkuRoutes(): readonly GraphRoute[] {
  const properties = [
    'accountId',
    'accountName',
    'appliesTo',
    'capabilityStatus',
    'consumedUnits',
    'id',
    'prepaidUnits',
    'servicePlans',
    'skuId',
    'skuPartNumber',
    'subscriptionIds',
  ];
  const rules = { context: 'subscribedSkus', type: 'microsoft.graph.subscribedSku', properties, pageSize: 100, maxTop: 999 };
  return [
    {
      method: 'GET',
      path: '/subscribedSkus',
      permissions: READ,
      resourceUnits: 3,
      handle: (call) => answerCollection(call, rules, skus(call.tenant)),
    },
  ];
}
