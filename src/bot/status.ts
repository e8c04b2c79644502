import type { Reads, Tenants } from '../app/ports.ts';
import { unseenWords } from '../cards/views/monitorWords.ts';
import type { StatusInput } from '../cards/views/status.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { MonitorPart } from '../core/monitors/parts.ts';
import type { TenantReport } from '../core/tenant/report.ts';

/** What only the one who put the installation together knows. */
export type StatusFacts = Pick<StatusInput, 'version' | 'mode' | 'database' | 'limits'> & {
  /** What is not seen of the monitors in Azure; `undefined` where they are not read back at all. */
  readonly monitors: { readonly unseen: readonly MonitorPart[] } | undefined;
};

const MOST_ACCOUNTS = 1_000;

/** The state of the installation as it is now. A tenant with accounts whose feed was never read is shown as such, not left out. */
export async function statusOf(
  facts: StatusFacts,
  store: Reads,
  tenants: Pick<Tenants, 'list' | 'info'>,
  capabilities: (tenantId: string) => Promise<TenantReport>,
): Promise<StatusInput> {
  const [now, feeds, backlog, audit, accounts, standing, asked] = await Promise.all([
    store.now(),
    store.feeds(),
    store.backlog(),
    store.auditHead(),
    store.accounts(MOST_ACCOUNTS),
    store.conditions(),
    Promise.all(tenants.list().map(async (tenant) => ({ tenant, report: await capabilities(tenant.id) }))),
  ]);
  const read = feeds.map(({ tenantId, feed, lastSuccessAt, failures, lastError }) => ({
    tenant: tenants.info(tenantId)?.name ?? tenantId,
    feed,
    ...(lastSuccessAt ? { lastSuccessAt } : {}),
    ...(failures > 0 ? { error: lastError ?? 'failing' } : {}),
    ...(standing.has(`silent:${tenantId}:${feed}`) ? { silent: true as const } : {}),
  }));
  const unread = tenants.list().filter(({ id }) => !feeds.some(({ tenantId }) => tenantId === id));
  const watched = await Promise.all(unread.map(async ({ id }) => (await store.watchedUsers(id)).length > 0));
  const never = unread.filter((_tenant, index) => watched[index]);
  return {
    ...facts,
    now,
    feeds: [...read, ...never.map(({ name }) => ({ tenant: name, feed: 'graph-sign-ins' }))],
    jobs: { waiting: backlog.jobs, failed: backlog.failedJobs },
    timers: { waiting: backlog.timers, ...(backlog.nextTimerAt ? { nextAt: backlog.nextTimerAt } : {}) },
    monitors: monitorsOf(facts.monitors, standing),
    limits: [...(facts.monitors?.unseen ?? []).map(unseenWords), ...facts.limits],
    drills: drillsOf(accounts),
    audit,
    tenants: asked,
  };
}

/** One whose newest drill failed has not passed, whatever was before. */
function drillsOf(accounts: readonly EmergencyAccount[]): StatusInput['drills'] {
  const inUse = accounts.filter(({ state }) => state === 'in-service' || state === 'handover');
  const failed = inUse.flatMap(({ userPrincipalName, drill }) =>
    drill?.result === 'failed' && drill.hop ? [{ account: userPrincipalName, hop: drill.hop }] : [],
  );
  const passed = inUse.filter(({ drill, drillPassedAt }) => drillPassedAt !== undefined && drill?.result !== 'failed');
  return { passed: passed.length, of: inUse.length, failed };
}

function monitorsOf(facts: StatusFacts['monitors'], standing: ReadonlyMap<string, Date>): StatusInput['monitors'] {
  if (!facts) return 'unchecked';
  const [since] = [...standing].flatMap(([name, at]) => (name.startsWith('monitors:') ? [at] : []));
  if (since) return { differSince: since };
  return facts.unseen.length > 0 ? 'as-far-as-seen' : 'as-shipped';
}
