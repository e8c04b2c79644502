import type { FoundMonitors } from './found.ts';
import type { MonitoredTenant } from './rules.ts';

/** What takes a right of its own to be read, one that an installation may do without. */
export interface MonitorPart {
  readonly kind: 'diagnostic-settings';
  /** Name of the tenant. */
  readonly of: string;
  /** By which it is remembered that it could be read. */
  readonly key: string;
  readonly readable: boolean;
}

/** The parts of these tenants that were asked for, and whether Azure let us see them. */
export function partsOf(tenants: readonly Pick<MonitoredTenant, 'id' | 'name'>[], { logs }: FoundMonitors): readonly MonitorPart[] {
  return tenants.map(({ id, name }) => ({
    kind: 'diagnostic-settings',
    of: name,
    key: `diagnostic-settings:${id}`,
    readable: logs.get(id) !== 'unreadable',
  }));
}
