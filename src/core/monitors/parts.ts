import type { FoundMonitors } from './found.ts';
import type { MonitoredTenant } from './rules.ts';

/** What takes a right of its own to be read, one that an installation may do without. */
export interface MonitorPart {
  readonly kind: 'diagnostic-settings' | 'processing-rules';
  /** Name of the tenant; id of the subscription. */
  readonly of: string;
  /** By which it is remembered that it could be read. */
  readonly key: string;
  readonly readable: boolean;
}

/** What was asked for on behalf of these tenants, and whether Azure let us see it. Without a tenant nothing is. */
export function partsOf(tenants: readonly Pick<MonitoredTenant, 'id' | 'name'>[], found: FoundMonitors): readonly MonitorPart[] {
  if (tenants.length === 0) return [];
  const part = (kind: MonitorPart['kind'], id: string, of: string, content: unknown): MonitorPart => {
    return { kind, of, key: `${kind}:${id}`, readable: content !== 'unreadable' };
  };
  return [
    ...tenants.map(({ id, name }) => part('diagnostic-settings', id, name, found.logs.get(id))),
    ...[...found.processingRules].map(([id, rules]) => part('processing-rules', id, id.replace('/subscriptions/', ''), rules)),
  ];
}
