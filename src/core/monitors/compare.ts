import type { MonitorDifference } from './difference.ts';
import type { FoundLog, FoundMonitors } from './found.ts';
import { groupDifferences, isOurs, type OwnWebhook } from './ofActionGroups.ts';
import { processingDifferences } from './ofProcessingRules.ts';
import { ruleDifferences } from './ofRule.ts';
import { sentinelDifferences } from './ofSentinelRule.ts';
import { partsOf } from './parts.ts';
import { logsFor, type MonitoredTenant, type MonitorRule, rulesFor } from './rules.ts';

/** What an installation knows of how it was deployed. What it was not told is not compared. */
export interface Deployed {
  readonly webhook: OwnWebhook;
  /** Resource id of the workspace, in lower case. */
  readonly workspaceId?: string | undefined;
}

/**
 * Compares what is there with what is shipped for these tenants (SI-4). What is there besides is nobody's business here. Every difference is
 * named once, where it is to be mended: a broken action group is its own, not one of each rule that calls it.
 *
 * @param known `seen`: keys of the parts that could be read at some time; of others nobody ever said that we may
 */
export function compareMonitors(
  tenants: readonly MonitoredTenant[],
  found: FoundMonitors,
  deployed: Deployed,
  known: { readonly seen: ReadonlySet<string>; readonly now: Date },
): readonly MonitorDifference[] {
  const watched = watchedOf(tenants);
  if (watched.length === 0) return [];
  const shipped = watched.flatMap((tenant) => rulesFor(tenant).map((rule) => ({ rule, tenant })));
  const names = shipped.map(({ rule }) => rule.name);
  const ours = new Set(found.actionGroups.filter((group) => isOurs(group, deployed.webhook)).map(({ id }) => id));
  return [
    ...shipped.flatMap(({ rule, tenant }) =>
      ruleDifferences(rule, tenant, found, { ours, workspaces: workspacesOf(tenant, found, deployed) }),
    ),
    ...groupDifferences(names, found, deployed.webhook),
    ...processingDifferences(names, found, known.now),
    ...sentinelOf(shipped, found.sentinel),
    ...watched.flatMap((tenant) => logDifferences(tenant, found.logs.get(tenant.id), deployed.workspaceId)),
    ...partsOf(watched, found)
      .filter(({ key, readable }) => !readable && known.seen.has(key))
      .map(({ kind, of }) => ({ what: of, problem: HIDDEN[kind] })),
  ];
}

const HIDDEN = { 'diagnostic-settings': 'settings-unreadable', 'processing-rules': 'processing-unreadable' } as const;

/** Tenants that rules are shipped for. */
export const watchedOf = (tenants: readonly MonitoredTenant[]): readonly MonitoredTenant[] =>
  tenants.filter((tenant) => rulesFor(tenant).length > 0);

function sentinelOf(
  shipped: readonly { readonly rule: MonitorRule; readonly tenant: MonitoredTenant }[],
  found: FoundMonitors['sentinel'],
): readonly MonitorDifference[] {
  if (found === undefined) return [];
  if (found === 'unreadable') return [{ what: 'Microsoft Sentinel', problem: 'unreadable' }];
  return shipped.flatMap(({ rule, tenant }) => sentinelDifferences(rule, tenant, found));
}

/** Where a rule of this tenant has to look; `undefined` where nobody knows. */
function workspacesOf({ id }: MonitoredTenant, { logs }: FoundMonitors, { workspaceId }: Deployed): ReadonlySet<string> | undefined {
  if (workspaceId !== undefined) return new Set([workspaceId]);
  const sent = logs.get(id) ?? [];
  return sent === 'unreadable' || sent.length === 0 ? undefined : new Set(sent.map((log) => log.workspaceId));
}

/** @param sent what the tenant's settings send to any workspace, if we may see them */
function logDifferences(
  tenant: MonitoredTenant,
  sent: readonly FoundLog[] | 'unreadable' | undefined,
  workspaceId: string | undefined,
): MonitorDifference[] {
  const { name: what } = tenant;
  if (sent === undefined || sent === 'unreadable') return [];
  const needed = logsFor(tenant);
  const missing = needed.filter((log) => !sent.some(({ category }) => category === log));
  if (missing.length === needed.length) return [{ what, problem: 'no-logs' }];
  const elsewhere = needed.filter(
    (log) =>
      workspaceId !== undefined &&
      !missing.includes(log) &&
      !sent.some((each) => each.category === log && each.workspaceId === workspaceId),
  );
  return [
    ...missing.map((detail) => ({ what, problem: 'log-not-sent', detail }) as const),
    ...(elsewhere.length > 0 ? [{ what, problem: 'logs-elsewhere', detail: elsewhere.join(', ') } as const] : []),
  ];
}
