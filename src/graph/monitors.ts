import type { MonitorsInAzure } from '../app/ports.ts';
import type { FoundActionGroup, FoundMonitors, FoundRule } from '../core/monitors/compare.ts';
import type { TokenSource } from './client.ts';

export interface MonitorsSettings {
  /** Azure Resource Manager of the cloud: `https://management.azure.com` in the global one. */
  readonly origin: string;
  /** `/subscriptions/…/resourceGroups/…` in which rules and action groups are. */
  readonly resourceGroup: string;
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
 * Reads back what watches the accounts from Azure: three kinds of things, by one list call each (scheduledQueryRules 2023-12-01, actionGroups
 * 2023-01-01, microsoft.aadiam/diagnosticSettings 2017-04-01). A directory whose diagnostic settings we may not read is left out.
 *
 * @throws ResourceManagerFault, or what the network throws: then nothing is known
 */
export function monitorsInAzure(settings: MonitorsSettings): MonitorsInAzure {
  const { origin, resourceGroup, credential, readers, timeoutMs } = settings;
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

  async function logsOf(by: TokenSource): Promise<readonly string[] | undefined> {
    try {
      const rows = await list('/providers/microsoft.aadiam/diagnosticSettings', '2017-04-01', by);
      return rows.flatMap((row) => {
        const { logs, workspaceId } = objectOf(row.properties);
        if (typeof workspaceId !== 'string') return [];
        return arrayOf(logs)
          .map(objectOf)
          .flatMap(({ category, enabled }) => (enabled === true && typeof category === 'string' ? [category] : []));
      });
    } catch (error) {
      if (error instanceof ResourceManagerFault && (error.status === 401 || error.status === 403)) return undefined;
      throw error;
    }
  }

  return {
    async read(): Promise<FoundMonitors> {
      const insights = `${resourceGroup}/providers/Microsoft.Insights`;
      const [rules, groups, ...logs] = await Promise.all([
        list(`${insights}/scheduledQueryRules`, '2023-12-01', credential),
        list(`${insights}/actionGroups`, '2023-01-01', credential),
        ...[...readers].map(async ([tenantId, reader]) => [tenantId, await logsOf(reader)] as const),
      ]);
      const known = logs.flatMap(([tenantId, sent]) => (sent ? [[tenantId, sent] as const] : []));
      return { rules: rules.map(ruleFrom), actionGroups: groups.map(groupFrom), logs: new Map(known) };
    },
  };
}

type Json = Readonly<Record<string, unknown>>;
const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});
const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] => arrayOf(value).filter((each) => typeof each === 'string');

function ruleFrom({ name, properties }: Json): FoundRule {
  const { enabled, criteria, evaluationFrequency, autoMitigate, actions } = objectOf(properties);
  const [criterion] = arrayOf(objectOf(criteria).allOf).map(objectOf);
  // A dimension that leaves out values hides what it leaves out.
  const whole = arrayOf(criterion?.dimensions)
    .map(objectOf)
    .filter(({ operator, values }) => textOf(operator).toLowerCase() === 'include' && textsOf(values).includes('*'));
  return {
    name: textOf(name),
    enabled: enabled === true,
    query: textOf(criterion?.query),
    dimensions: whole.map((dimension) => textOf(dimension.name)),
    everyMinutes: minutesOf(textOf(evaluationFrequency)),
    resolvesItself: autoMitigate !== false, // Azure's own default is true
    actionGroupIds: textsOf(objectOf(actions).actionGroups).map((id) => id.toLowerCase()),
  };
}

function groupFrom({ id, properties }: Json): FoundActionGroup {
  const { enabled, webhookReceivers } = objectOf(properties);
  const webhooks = arrayOf(webhookReceivers)
    .map(objectOf)
    .map(({ serviceUri, useCommonAlertSchema, useAadAuth }) => ({
      uri: textOf(serviceUri),
      commonSchema: useCommonAlertSchema === true,
      secure: useAadAuth === true,
    }));
  return { id: textOf(id).toLowerCase(), enabled: enabled === true, webhooks };
}

/** `PT5M`, `PT1H`, `P1D`; what is none of these is never. */
function minutesOf(duration: string): number {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  const sum = Number(days ?? 0) * 1_440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sum > 0 ? sum : Number.POSITIVE_INFINITY;
}
