import {
  BOT_ACTION_GROUP,
  EVERY_MINUTES,
  LOOK_BACK_MINUTES,
  logsFor,
  type MonitoredTenant,
  rulesFor,
  SENTINEL_SEVERITY,
  sentinelRuleId,
} from './rules.ts';

/** Files by name, each the text of one ARM template or query. */
export type MonitorFiles = Readonly<Record<string, string>>;

const SCHEMA = 'https://schema.management.azure.com/schemas';
const text = { type: 'string' } as const;
const frequency = `PT${EVERY_MINUTES}M`;
const lookBack = `PT${LOOK_BACK_MINUTES / 60}H`;

/** Everything that is deployed to watch the accounts from Azure: rendered for these tenants, whole, so that deploying it again changes nothing. */
export function monitorFiles(tenants: readonly MonitoredTenant[]): MonitorFiles {
  const rules = tenants.flatMap(rulesFor);
  return {
    'alert-rules.json': json(alertRules(tenants)),
    'sentinel-rules.json': json(sentinelRules(tenants)),
    'diagnostic-settings.json': json(diagnosticSettings()),
    'lighthouse.json': json(lighthouse()),
    ...Object.fromEntries(rules.map(({ name, query }) => [`queries/${name}.kql`, `${query}\n`])),
  };
}

/** Resource group of the workspace: rules, and the action group that calls the bot. Microsoft.Insights scheduledQueryRules 2023-12-01, actionGroups 2023-01-01. */
function alertRules(tenants: readonly MonitoredTenant[]): object {
  return {
    $schema: `${SCHEMA}/2019-04-01/deploymentTemplate.json#`,
    contentVersion: '1.0.0.0',
    parameters: {
      location: { type: 'string', defaultValue: '[resourceGroup().location]' },
      workspaceId: { ...text, metadata: { description: 'Resource id of the Log Analytics workspace.' } },
      webhookUri: { ...text, metadata: { description: 'https://<your host>/api/signals/azure-monitor' } },
      webhookAppObjectId: { ...text, metadata: { description: 'Object id of the app registration “Breakglass signals”.' } },
      webhookAppIdUri: { ...text, metadata: { description: 'Its identifier URI: api://<client id>' } },
      homeTenantId: { ...text, metadata: { description: 'Tenant of that registration.' } },
      peopleActionGroupIds: {
        type: 'array',
        metadata: { description: 'Action groups that call or mail people, for when Breakglass is down.' },
      },
    },
    variables: { botActionGroupId: `[resourceId('Microsoft.Insights/actionGroups', '${BOT_ACTION_GROUP}')]` },
    resources: [
      {
        type: 'Microsoft.Insights/actionGroups',
        apiVersion: '2023-01-01',
        name: BOT_ACTION_GROUP,
        location: 'Global',
        properties: {
          groupShortName: 'breakglass',
          enabled: true,
          webhookReceivers: [
            {
              name: 'breakglass',
              serviceUri: "[parameters('webhookUri')]",
              useCommonAlertSchema: true,
              useAadAuth: true,
              objectId: "[parameters('webhookAppObjectId')]",
              identifierUri: "[parameters('webhookAppIdUri')]",
              tenantId: "[parameters('homeTenantId')]",
            },
          ],
        },
      },
      ...tenants.flatMap(rulesFor).map(({ name, title, severity, query, dimensions, calls }) => ({
        type: 'Microsoft.Insights/scheduledQueryRules',
        apiVersion: '2023-12-01',
        name,
        location: "[parameters('location')]",
        kind: 'LogAlert',
        ...(calls === 'bot' ? { dependsOn: ["[variables('botActionGroupId')]"] } : {}),
        properties: {
          displayName: title,
          severity,
          enabled: true,
          scopes: ["[parameters('workspaceId')]"],
          evaluationFrequency: frequency,
          windowSize: frequency,
          overrideQueryTimeRange: lookBack,
          // A sign-in is not over because no other follows.
          autoMitigate: false,
          criteria: {
            allOf: [
              {
                query,
                timeAggregation: 'Count',
                operator: 'GreaterThan',
                threshold: 0,
                dimensions: dimensions.map((column) => ({ name: column, operator: 'Include', values: ['*'] })),
                failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              },
            ],
          },
          actions: {
            actionGroups:
              calls === 'bot'
                ? "[concat(parameters('peopleActionGroupIds'), createArray(variables('botActionGroupId')))]"
                : "[parameters('peopleActionGroupIds')]",
          },
        },
      })),
    ],
  };
}

/** The same as scheduled rules of Microsoft Sentinel; one incident for each row. Microsoft.SecurityInsights alertRules 2024-03-01. */
function sentinelRules(tenants: readonly MonitoredTenant[]): object {
  return {
    $schema: `${SCHEMA}/2019-04-01/deploymentTemplate.json#`,
    contentVersion: '1.0.0.0',
    parameters: { workspaceName: text },
    resources: tenants.flatMap(rulesFor).map(({ name, title, query, dimensions }) => ({
      type: 'Microsoft.OperationalInsights/workspaces/providers/alertRules',
      apiVersion: '2024-03-01',
      name: `[concat(parameters('workspaceName'), '/Microsoft.SecurityInsights/${sentinelRuleId(name)}')]`,
      kind: 'Scheduled',
      properties: {
        displayName: title,
        severity: SENTINEL_SEVERITY,
        enabled: true,
        query,
        queryFrequency: frequency,
        queryPeriod: lookBack,
        triggerOperator: 'GreaterThan',
        triggerThreshold: 0,
        suppressionEnabled: false,
        suppressionDuration: 'PT5H',
        eventGroupingSettings: { aggregationKind: 'AlertPerResult' },
        incidentConfiguration: { createIncident: true, groupingConfiguration: NOT_GROUPED },
        customDetails: Object.fromEntries(dimensions.map((column) => [column, column])),
      },
    })),
  };
}

const NOT_GROUPED = { enabled: false, reopenClosedIncident: false, lookbackDuration: 'PT5H', matchingMethod: 'AllEntities' };

/** Logs of a directory to the workspace, deployed in that directory. A B2C tenant has no subscription: lighthouse.json first (domain.md B4). */
function diagnosticSettings(): object {
  return {
    $schema: `${SCHEMA}/2019-08-01/tenantDeploymentTemplate.json#`,
    contentVersion: '1.0.0.0',
    parameters: {
      workspaceId: text,
      categories: { type: 'array', defaultValue: logsFor({ kind: 'workforce' }) },
    },
    resources: [
      {
        type: 'microsoft.aadiam/diagnosticSettings',
        apiVersion: '2017-04-01',
        name: 'breakglass',
        properties: {
          workspaceId: "[parameters('workspaceId')]",
          copy: [
            {
              name: 'logs',
              count: "[length(parameters('categories'))]",
              input: { category: "[parameters('categories')[copyIndex('logs')]]", enabled: true },
            },
          ],
        },
      },
    ],
  };
}

const CONTRIBUTOR = 'b24988ac-6180-42a0-ab88-20f7382dd24c';

/** Lets a group of the B2C tenant write into the resource group of the workspace, deployed in the subscription. Microsoft.ManagedServices 2022-10-01. */
function lighthouse(): object {
  return {
    $schema: `${SCHEMA}/2018-05-01/subscriptionDeploymentTemplate.json#`,
    contentVersion: '1.0.0.0',
    parameters: {
      offerName: { ...text, metadata: { description: 'Another one for each B2C tenant.' } },
      b2cTenantId: text,
      b2cGroupObjectId: { ...text, metadata: { description: 'Security group of the B2C tenant that sets up its logs.' } },
      resourceGroup: text,
    },
    variables: { definition: "[guid(parameters('offerName'))]" },
    resources: [
      {
        type: 'Microsoft.ManagedServices/registrationDefinitions',
        apiVersion: '2022-10-01',
        name: "[variables('definition')]",
        properties: {
          registrationDefinitionName: "[parameters('offerName')]",
          description: 'Logs of a B2C tenant for Breakglass.',
          managedByTenantId: "[parameters('b2cTenantId')]",
          authorizations: [{ principalId: "[parameters('b2cGroupObjectId')]", roleDefinitionId: CONTRIBUTOR }],
        },
      },
      {
        type: 'Microsoft.Resources/deployments',
        apiVersion: '2022-09-01',
        name: 'breakglass-lighthouse',
        resourceGroup: "[parameters('resourceGroup')]",
        dependsOn: ["[subscriptionResourceId('Microsoft.ManagedServices/registrationDefinitions', variables('definition'))]"],
        properties: {
          mode: 'Incremental',
          template: {
            $schema: `${SCHEMA}/2019-04-01/deploymentTemplate.json#`,
            contentVersion: '1.0.0.0',
            resources: [
              {
                type: 'Microsoft.ManagedServices/registrationAssignments',
                apiVersion: '2022-10-01',
                name: "[variables('definition')]",
                properties: {
                  registrationDefinitionId:
                    "[subscriptionResourceId('Microsoft.ManagedServices/registrationDefinitions', variables('definition'))]",
                },
              },
            ],
          },
        },
      },
    ],
  };
}

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
