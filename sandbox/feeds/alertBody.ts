import type { JsonObject } from '../tenant/json.ts';
import { objectOf } from '../tenant/json.ts';
import { AZURE, type SandboxTenant } from '../world.ts';

const WORKSPACE = AZURE.workspaceId.toLowerCase();
const LINK = `https://api.loganalytics.io/v1${WORKSPACE}/query`;

/** Instants of Azure Monitor have seven decimals. */
const precise = (at: Date): string => at.toISOString().replace('Z', '0000Z');
const whole = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/**
 * Common alert schema, Log Alerts V2, of a rule split by the dimensions that say who signed in: V2 carries no rows (Learn, alerts-payload-samples).
 *
 * @param signIn a row of the sign-in log
 */
export function alertBody(tenant: SandboxTenant, alertId: string, signIn: JsonObject, firedAt: Date): JsonObject {
  const dimensions = {
    UserId: signIn.userId,
    UserPrincipalName: signIn.userPrincipalName,
    IPAddress: signIn.ipAddress,
    ResultType: objectOf(signIn.status).errorCode,
    CorrelationId: signIn.correlationId,
    AppDisplayName: signIn.appDisplayName,
    TenantId: tenant.id,
  };
  const query = `SigninLogs | where AADTenantId == '${tenant.id}' | where UserId in (_GetWatchlist('emergency-accounts') | project SearchKey)`;
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `${AZURE.subscription}/providers/Microsoft.AlertsManagement/alerts/${alertId}`,
        alertRule: 'emergency-account-sign-in',
        severity: 'Sev0',
        signalType: 'Log',
        monitorCondition: 'Fired',
        monitoringService: 'Log Alerts V2',
        alertTargetIDs: [WORKSPACE],
        configurationItems: [WORKSPACE],
        originAlertId: alertId,
        firedDateTime: precise(firedAt),
        description: 'An emergency access account signed in, or tried to.',
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: {
        properties: {},
        conditionType: 'LogQueryCriteria',
        condition: {
          windowSize: 'PT5M',
          allOf: [
            {
              searchQuery: query,
              metricMeasureColumn: null,
              targetResourceTypes: "['Microsoft.OperationalInsights/workspaces']",
              operator: 'GreaterThan',
              threshold: '0',
              timeAggregation: 'Count',
              dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value: String(value) })),
              metricValue: 1,
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
              linkToSearchResultsAPI: `${LINK}?query=${encodeURIComponent(query)}`,
              linkToFilteredSearchResultsAPI: `${LINK}?query=${encodeURIComponent(`${query} | where CorrelationId == '${dimensions.CorrelationId}'`)}`,
            },
          ],
          windowStartTime: whole(new Date(firedAt.getTime() - 300_000)),
          windowEndTime: whole(firedAt),
        },
      },
      customProperties: null,
    },
  };
}
