import type { Middleware } from '@microsoft/microsoft-graph-client';
import type { TenantInfo, TenantReader, Tenants, TenantWriter } from '../app/ports.ts';
import type { CloudFeature } from '../core/tenant/cloud.ts';
import { changerIdentity } from './changer.ts';
import { type GraphSettings, graphClient, type TokenSource } from './client.ts';
import { inTurn, type Turn } from './conditionalAccessTurn.ts';
import type { OwnIdentity } from './identities.ts';
import { tenantReader } from './tenantReader.ts';
import { tenantWriter } from './tenantWriter.ts';

/** A tenant with its two identities: one that reads, always on, and one that writes, which only the worker asks for (GR-6). */
export interface ManagedTenant {
  readonly info: TenantInfo;
  readonly reader: TokenSource;
  readonly writer: TokenSource;
  /** Our own apps in the tenant. Left out, or without a client id: a probe cannot tell what they hold. */
  readonly identities?: readonly OwnIdentity[];
}

export interface TenantsSettings {
  readonly graphOrigin: string;
  readonly transport?: Middleware;
  readonly timeoutMs: number;
  /** What this cloud's Graph does not have. Left out: it has everything. */
  readonly lacks?: ReadonlySet<CloudFeature>;
  /** Least time between two requests to Conditional Access of one tenant. Left out: what Graph allows. */
  readonly conditionalAccessGapMs?: number;
}

/** Only tenants of the configured list can be reached; chat input never makes a path or a host. */
export function graphTenants(managed: readonly ManagedTenant[], settings: TenantsSettings): Tenants {
  const byId = new Map(managed.map((tenant) => [tenant.info.id.toLowerCase(), tenant]));
  const readers = new Map<string, TenantReader>();
  const writers = new Map<string, TenantWriter>();
  const turns = new Map<string, Turn>();
  const turnOf = (tenantId: string) => cached(turns, tenantId, () => inTurn(settings.conditionalAccessGapMs));
  const graphOf = (credential: TokenSource) => {
    const { graphOrigin: origin, transport, timeoutMs } = settings;
    const graph: GraphSettings = { origin, credential, timeoutMs, ...(transport ? { transport } : {}) };
    return graphClient(graph);
  };
  const cached = <T>(cache: Map<string, T>, tenantId: string, make: (tenant: ManagedTenant) => T): T => {
    const key = tenantId.toLowerCase();
    const tenant = byId.get(key);
    if (!tenant) throw new RangeError(`tenant ${tenantId} is not configured`);
    const known = cache.get(key) ?? make(tenant);
    cache.set(key, known);
    return known;
  };
  return {
    list: () => managed.map(({ info }) => info),
    info: (tenantId) => byId.get(tenantId.toLowerCase())?.info,
    reader: (tenantId) =>
      cached(readers, tenantId, (tenant) =>
        tenantReader(graphOf(tenant.reader), tenant.info, {
          lacks: settings.lacks ?? new Set(),
          identities: tenant.identities ?? [],
          turn: turnOf(tenantId),
        }),
      ),
    async changer(tenantId) {
      const tenant = byId.get(tenantId.toLowerCase());
      return tenant ? changerIdentity(tenant.writer, `${settings.graphOrigin}/.default`) : {};
    },
    writer: (tenantId) => cached(writers, tenantId, (tenant) => tenantWriter(graphOf(tenant.writer), turnOf(tenantId))),
  };
}
