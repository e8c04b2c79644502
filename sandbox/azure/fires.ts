import { isObject } from '../tenant/json.ts';
import type { LogCategory } from '../tenant/records.ts';
import { AZURE, type SandboxTenant } from '../world.ts';
import type { Pipeline } from './pipeline.ts';
import { type FiredAlert, isSuppressed } from './processingRules.ts';
import { type AzureResource, type AzureResources, isOfType, queryOf } from './resources.ts';

/**
 * Whether a sign-in of the account reaches the webhook, by what is deployed: its log goes to the workspace, the rule on sign-ins is on and
 * names it, the action group is on, and no alert processing rule takes it from the alert. An account the pipeline is about to deploy counts as
 * named.
 */
export function fires(
  resources: AzureResources,
  pipeline: Pick<Pipeline, 'on' | 'names'>,
  tenant: SandboxTenant,
  userId: string,
  now: Date,
): boolean {
  if (isSuppressed(resources, alertOf(`breakglass-${tenant.name}-sign-ins`), now)) return false;
  if (pipeline.on && !pipeline.names(userId)) return true;
  const all = resources.all();
  const isOn = ({ properties }: AzureResource): boolean => properties.enabled === true;
  const rule = all.find(
    (each) => isOfType(each, 'Microsoft.Insights/scheduledQueryRules') && each.name === `breakglass-${tenant.name}-sign-ins`,
  );
  const group = all.find((each) => isOfType(each, 'Microsoft.Insights/actionGroups') && each.name === 'breakglass-bot');
  const sent = settingsOf(resources, tenant.id, 'SignInLogs').some(({ properties: { workspaceId } }) => typeof workspaceId === 'string');
  return sent && rule !== undefined && isOn(rule) && queryOf(rule).includes(userId) && group !== undefined && isOn(group);
}

/** Of a rule as it is shipped; the workspace is what it fires on. */
const alertOf = (rule: string): FiredAlert => ({
  Severity: 'Sev0',
  MonitorService: 'Log Alerts V2',
  MonitorCondition: 'Fired',
  SignalType: 'Log',
  TargetResourceType: 'microsoft.operationalinsights/workspaces',
  TargetResource: AZURE.workspaceId,
  TargetResourceGroup: AZURE.resourceGroup,
  AlertRuleId: `${AZURE.resourceGroup}/providers/microsoft.insights/scheduledqueryrules/${rule}`,
  AlertRuleName: rule,
});

/** Whether a log of a tenant goes to the event hub. */
export const streams = (resources: AzureResources, tenantId: string, category: LogCategory): boolean =>
  settingsOf(resources, tenantId, category).some(({ properties: { eventHubName } }) => eventHubName === AZURE.eventHub.name);

/** Diagnostic settings that send a log somewhere. */
const settingsOf = (resources: AzureResources, tenantId: string, category: LogCategory): readonly AzureResource[] =>
  resources.all().filter((each) => {
    const { logs } = each.properties;
    const rows = Array.isArray(logs) ? logs.filter(isObject) : [];
    const sends = rows.some((row) => row.category === category && row.enabled === true);
    return sends && each.tenantId === tenantId && isOfType(each, 'microsoft.aadiam/diagnosticSettings');
  });
