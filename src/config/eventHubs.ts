import { ConfigFault, type ConfigProblem } from './fault.ts';
import type { EventHubConfig, TenantConfig } from './tenants.ts';

/** An event hub with all tenants whose logs it carries. */
export interface SharedHub extends EventHubConfig {
  readonly consumerGroup: string;
  readonly tenantId: string;
  readonly tenantIds: readonly string[];
}

/**
 * Each event hub once, whoever shares it.
 *
 * @param domain of namespaces in the cloud
 * @throws ConfigFault when one is of another cloud, or two tenants would read one hub as different identities
 */
export function sharedHubs(tenants: readonly TenantConfig[], domain: string, file: string): SharedHub[] {
  const hubs = new Map<string, SharedHub>();
  const problems: ConfigProblem[] = [];
  for (const [index, { id, eventHub }] of tenants.entries()) {
    if (!eventHub) continue;
    const at = `${file}: tenants[${index}].eventHub`;
    const hub = { ...eventHub, consumerGroup: eventHub.consumerGroup ?? '$Default', tenantId: eventHub.tenantId ?? id };
    if (!hub.namespace.endsWith(`.${domain}`)) problems.push({ at: `${at}.namespace`, problem: `must end in .${domain} in this cloud` });
    const key = [hub.namespace, hub.name, hub.consumerGroup].join('/').toLowerCase();
    const before = hubs.get(key);
    if (before && JSON.stringify(before.credential) !== JSON.stringify(hub.credential))
      problems.push({ at: `${at}.credential`, problem: 'is another than that of the tenant before that names the same hub' });
    hubs.set(key, before ? { ...before, tenantIds: [...before.tenantIds, id] } : { ...hub, tenantIds: [id] });
  }
  if (problems.length > 0) throw new ConfigFault(problems);
  return [...hubs.values()];
}
