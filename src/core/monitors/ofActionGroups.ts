import type { MonitorDifference } from './difference.ts';
import type { FoundActionGroup, FoundMonitors, FoundWebhook } from './found.ts';
import { BOT_ACTION_GROUP } from './rules.ts';

/** How we want to be called, as far as this installation knows. */
export interface OwnWebhook {
  readonly uri?: string | undefined;
  /** Audience of the tokens we take: identifier URI of the registration, or its client id. */
  readonly audience?: string | undefined;
  readonly tenantId?: string | undefined;
}

const PATH = '/api/signals/azure-monitor';

/** Whether it calls us as we want to be called, once it is on. */
export const isOurs = (group: FoundActionGroup, own: OwnWebhook): boolean => problemOf(group, own) === undefined;

/** Whether the id is that of the group that is shipped, there or not. */
export const calledByName = (id: string, resourceGroup: string): boolean => id === groupId(resourceGroup, BOT_ACTION_GROUP);

/** What is wrong with the groups that these rules call, and with the one that is shipped. Others are none of our business. */
export function groupDifferences(
  ruleNames: readonly string[],
  { rules, actionGroups, resourceGroup }: FoundMonitors,
  own: OwnWebhook,
): MonitorDifference[] {
  const names = new Set(ruleNames.map((name) => name.toLowerCase()));
  const called = new Set(rules.filter(({ name }) => names.has(name.toLowerCase())).flatMap(({ actionGroupIds }) => actionGroupIds));
  const shipped = groupId(resourceGroup, BOT_ACTION_GROUP);
  // Somebody may have made a group of another name for us: then nobody misses the one that is shipped.
  if (!actionGroups.some((group) => called.has(group.id) && isOurs(group, own))) called.add(shipped);
  return [...called].sort().flatMap((id): MonitorDifference[] => {
    const group = actionGroups.find((each) => each.id === id);
    // Groups of other resource groups were not read.
    if (!group) return id.startsWith(groupId(resourceGroup, '')) ? [{ what: nameIn(id), problem: 'missing' }] : [];
    const { name: what } = group;
    const wrong = id === shipped ? problemOf(group, own) : undefined;
    return [...(group.enabled ? [] : [{ what, problem: 'disabled' } as const]), ...(wrong ? [{ what, ...wrong }] : [])];
  });
}

/** The first thing by which no call of this group is one that we take. */
function problemOf({ webhooks }: FoundActionGroup, own: OwnWebhook): Omit<MonitorDifference, 'what'> | undefined {
  const [first] = webhooks;
  if (!first) return { problem: 'no-webhook' };
  const ours = webhooks.filter(({ uri }) => (own.uri === undefined ? uri.endsWith(PATH) : uri === own.uri));
  if (ours.length === 0) return { problem: 'webhook-elsewhere', detail: hostOf(first) };
  const problems = ours.map((hook) => hookProblem(hook, own));
  const [problem] = problems;
  return problems.includes(undefined) || !problem ? undefined : { problem };
}

function hookProblem({ secure, identifierUri, tenantId, commonSchema }: FoundWebhook, own: OwnWebhook) {
  if (!secure) return 'webhook-unsigned';
  const audience = own.audience !== undefined && bare(identifierUri) !== bare(own.audience);
  const tenant = own.tenantId !== undefined && tenantId.toLowerCase() !== own.tenantId.toLowerCase();
  if (audience || tenant) return 'webhook-other-audience';
  return commonSchema ? undefined : 'webhook-other-schema';
}

/** The setting may be the bare client id, where tokens are of version 2 (docs/deploying.md). */
const bare = (audience: string): string => audience.toLowerCase().replace(/^api:\/\//, '');
const groupId = (resourceGroup: string, name: string): string =>
  `${resourceGroup}/providers/microsoft.insights/actiongroups/${name}`.toLowerCase();
const nameIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

function hostOf({ uri }: FoundWebhook): string {
  const [, host = 'another address'] = /^https?:\/\/([^/?#]+)/i.exec(uri) ?? [];
  return host;
}
