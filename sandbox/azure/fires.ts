import { isObject } from '../tenant/json.ts';
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
  const sent = all.some(
    (each) => each.tenantId === tenant.id && isOfType(each, 'microsoft.aadiam/diagnosticSettings') && sendsSignIns(each),
  );
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

function sendsSignIns({ properties: { logs } }: AzureResource): boolean {
  const rows = Array.isArray(logs) ? logs.filter(isObject) : [];
  return rows.some((row) => row.category === 'SignInLogs' && row.enabled === true);
}
