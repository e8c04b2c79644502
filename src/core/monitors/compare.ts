import { EVERY_MINUTES, type MonitoredTenant, type MonitorRule, rulesFor } from './rules.ts';

/** What Azure says is there. */
export interface FoundMonitors {
  readonly rules: readonly FoundRule[];
  readonly actionGroups: readonly FoundActionGroup[];
  /** By tenant id: categories that go to a workspace. A tenant that does not let us read them is not in it. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}
export interface FoundRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly query: string;
  readonly dimensions: readonly string[];
  readonly everyMinutes: number;
  readonly resolvesItself: boolean;
  /** Resource ids, lower case. */
  readonly actionGroupIds: readonly string[];
}
export interface FoundActionGroup {
  /** Resource id, lower case. */
  readonly id: string;
  readonly enabled: boolean;
  readonly webhooks: readonly { readonly uri: string; readonly commonSchema: boolean; readonly secure: boolean }[];
}

/** One way in which what is there is not what was shipped. `detail`: an id, a column, a category; our own words otherwise. */
export interface MonitorDifference {
  readonly what: string;
  readonly problem:
    | 'unreadable'
    | 'missing'
    | 'disabled'
    | 'account-missing'
    | 'other-query'
    | 'not-split'
    | 'other-rhythm'
    | 'resolves-itself'
    | 'calls-nobody'
    | 'bot-not-called'
    | 'log-not-sent';
  readonly detail?: string;
}

const LOGS = ['SignInLogs', 'AuditLogs'] as const;
const squeezed = (query: string): string => query.replace(/\s+/g, ' ').trim().toLowerCase();

/**
 * Compares what is there with what is shipped for these tenants (SI-4). What is there besides is nobody's business here.
 *
 * @param webhookUri where the action group has to call; `undefined` where nobody told us our own address
 */
export function compareMonitors(
  tenants: readonly MonitoredTenant[],
  found: FoundMonitors,
  webhookUri: string | undefined,
): readonly MonitorDifference[] {
  const bots = found.actionGroups.filter(({ enabled, webhooks }) => enabled && webhooks.some((hook) => callsUs(hook, webhookUri)));
  const botIds = new Set(bots.map(({ id }) => id));
  const rules = tenants.flatMap((tenant) => rulesFor(tenant).flatMap((rule) => ofRule(rule, tenant, found, botIds)));
  const logs = tenants.flatMap(({ id, name, userIds }): MonitorDifference[] => {
    const sent = found.logs.get(id);
    if (!sent || userIds.length === 0) return [];
    return LOGS.filter((category) => !sent.includes(category)).map((detail) => ({ what: name, problem: 'log-not-sent', detail }));
  });
  return [...rules, ...logs];
}

function ofRule(shipped: MonitorRule, tenant: MonitoredTenant, found: FoundMonitors, botIds: ReadonlySet<string>): MonitorDifference[] {
  const what = shipped.name;
  const rule = found.rules.find(({ name }) => name.toLowerCase() === shipped.name.toLowerCase());
  if (!rule) return [{ what, problem: 'missing' }];
  const unwatched = tenant.userIds.filter((id) => !rule.query.toLowerCase().includes(id.toLowerCase()));
  const unsplit = shipped.dimensions.filter((column) => !rule.dimensions.includes(column));
  const called = rule.actionGroupIds.length > 0;
  const differs = unwatched.length === 0 && squeezed(rule.query) !== squeezed(shipped.query);
  return [
    ...(rule.enabled ? [] : [{ what, problem: 'disabled' } as const]),
    ...unwatched.map((detail) => ({ what, problem: 'account-missing', detail }) as const),
    ...(differs ? [{ what, problem: 'other-query' } as const] : []),
    ...unsplit.map((detail) => ({ what, problem: 'not-split', detail }) as const),
    ...(rule.everyMinutes <= EVERY_MINUTES ? [] : [{ what, problem: 'other-rhythm', detail: `${rule.everyMinutes} minutes` } as const]),
    ...(rule.resolvesItself ? [{ what, problem: 'resolves-itself' } as const] : []),
    ...(called ? [] : [{ what, problem: 'calls-nobody' } as const]),
    ...(called && shipped.calls === 'bot' && !rule.actionGroupIds.some((id) => botIds.has(id))
      ? [{ what, problem: 'bot-not-called' } as const]
      : []),
  ];
}

const callsUs = ({ uri, commonSchema, secure }: FoundActionGroup['webhooks'][number], webhookUri: string | undefined): boolean =>
  commonSchema && secure && (webhookUri === undefined ? uri.endsWith('/api/signals/azure-monitor') : uri === webhookUri);
