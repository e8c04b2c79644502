import type { MonitorsInAzure } from '../app/ports.ts';
import type { FoundMonitors, FoundProcessingRule } from '../core/monitors/found.ts';
import type { TokenSource } from './client.ts';
import { arrayOf, groupFrom, type Json, logsFrom, objectOf, processingRuleFrom, ruleFrom, sentinelRuleFrom } from './monitorRows.ts';

export interface MonitorsSettings {
  /** Azure Resource Manager of the cloud: `https://management.azure.com` in the global one. */
  readonly origin: string;
  /** `/subscriptions/…/resourceGroups/…` in which rules and action groups are. */
  readonly resourceGroup: string;
  /** Resource id of the workspace the rules read. */
  readonly workspaceId?: string | undefined;
  /** Whether its rules of Microsoft Sentinel are read too. */
  readonly sentinel: boolean;
  readonly credential: TokenSource;
  /** Who reads the diagnostic settings of each directory: by tenant id. */
  readonly readers: ReadonlyMap<string, TokenSource>;
  readonly timeoutMs: number;
  /** Replaced by tests. */
  readonly fetch?: typeof fetch;
}

/** How many pages a list may have; Azure has hundreds of rules a subscription at most. */
const MOST_PAGES = 20;

/** What Resource Manager answered. Its words go nowhere: they may name anything. */
export class ResourceManagerFault extends Error {
  override readonly name = 'ResourceManagerFault';
  readonly status: number;
  constructor(status: number) {
    super(`Resource Manager answered ${status}`);
    this.status = status;
  }
}

/**
 * Reads back what watches the accounts from Azure: five kinds of things, by one list call each (scheduledQueryRules 2023-12-01, actionGroups
 * 2023-01-01, Microsoft.SecurityInsights/alertRules 2024-03-01, microsoft.aadiam/diagnosticSettings 2017-04-01,
 * Microsoft.AlertsManagement/actionRules 2021-08-08). The last may lie in any resource group of the subscription whose alerts they change, which
 * is that of what an alert fires on: the workspace.
 *
 * @throws ResourceManagerFault, or what the network throws: then nothing is known
 */
export function monitorsInAzure(settings: MonitorsSettings): MonitorsInAzure {
  const { origin, resourceGroup, workspaceId, sentinel: readsSentinel, credential, readers, timeoutMs } = settings;
  const call = settings.fetch ?? fetch;

  async function list(path: string, apiVersion: string, by: TokenSource): Promise<readonly Json[]> {
    const token = await by.getToken(`${origin}/.default`);
    if (token === null) throw new Error('no token for Resource Manager');
    const rows: Json[] = [];
    let next: string | undefined = `${origin}${path}?api-version=${apiVersion}`;
    for (let page = 0; next !== undefined && page < MOST_PAGES; page += 1) {
      if (new URL(next).origin !== origin) throw new Error('a next link of Resource Manager leads elsewhere'); // GR-8
      const response: Response = await call(next, {
        headers: { authorization: `Bearer ${token.token}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new ResourceManagerFault(response.status);
      const body = objectOf(await response.json());
      rows.push(...arrayOf(body.value).map(objectOf));
      next = typeof body.nextLink === 'string' && body.nextLink !== '' ? body.nextLink : undefined;
    }
    return rows;
  }

  async function seen<T>(rows: Promise<readonly T[]>, hidden: readonly number[]): Promise<readonly T[] | 'unreadable'> {
    try {
      return await rows;
    } catch (error) {
      if (error instanceof ResourceManagerFault && hidden.includes(error.status)) return 'unreadable';
      throw error;
    }
  }

  async function processingOf(subscription: string): Promise<readonly FoundProcessingRule[]> {
    try {
      const rows = await list(`${subscription}/providers/Microsoft.AlertsManagement/actionRules`, '2021-08-08', credential);
      return rows.map(processingRuleFrom);
    } catch (error) {
      // MissingSubscriptionRegistration: where the provider was never registered, nobody has made one.
      if (error instanceof ResourceManagerFault && error.status === 409) return [];
      throw error;
    }
  }

  return {
    async read(): Promise<FoundMonitors> {
      const insights = `${resourceGroup}/providers/Microsoft.Insights`;
      const logsOf = async (by: TokenSource) =>
        (await list('/providers/microsoft.aadiam/diagnosticSettings', '2017-04-01', by)).flatMap(logsFrom);
      const sentinelOf = (workspace: string) =>
        list(`${workspace}/providers/Microsoft.SecurityInsights/alertRules`, '2024-03-01', credential);
      const hidden = [401, 403];
      const subscriptions = new Set([resourceGroup, workspaceId ?? resourceGroup].map(subscriptionOf));
      const [rules, groups, sentinel, processing, ...logs] = await Promise.all([
        list(`${insights}/scheduledQueryRules`, '2023-12-01', credential),
        list(`${insights}/actionGroups`, '2023-01-01', credential),
        // 404: the workspace is not there, or has no Sentinel.
        workspaceId === undefined || !readsSentinel ? undefined : seen(sentinelOf(workspaceId), [...hidden, 404]),
        // 400, 404: the cloud has no such list. Others must not suffer from that.
        Promise.all([...subscriptions].map(async (each) => [each, await seen(processingOf(each), [400, ...hidden, 404])] as const)),
        ...[...readers].map(async ([tenantId, reader]) => [tenantId, await seen(logsOf(reader), hidden)] as const),
      ]);
      return {
        resourceGroup: resourceGroup.toLowerCase(),
        rules: rules.map(ruleFrom),
        actionGroups: groups.map(groupFrom),
        processingRules: new Map(processing),
        logs: new Map(logs),
        ...(sentinel === undefined ? {} : { sentinel: sentinel === 'unreadable' ? sentinel : sentinel.map(sentinelRuleFrom) }),
      };
    },
  };
}

/** `/subscriptions/<id>`, in lower case. */
const subscriptionOf = (id: string): string => id.split('/').slice(0, 3).join('/').toLowerCase();
