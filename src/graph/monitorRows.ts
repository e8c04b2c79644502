import type {
  FoundActionGroup,
  FoundCondition,
  FoundLog,
  FoundProcessingRule,
  FoundRule,
  FoundSchedule,
  FoundSentinelRule,
} from '../core/monitors/found.ts';

export type Json = Readonly<Record<string, unknown>>;
export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectsOf = (value: unknown): readonly Json[] => arrayOf(value).map(objectOf);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] => arrayOf(value).filter((each) => typeof each === 'string');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

/** A log-search alert rule as Resource Manager tells it (Learn, scheduledQueryRules 2023-12-01). What is left out has Azure's own default. */
export function ruleFrom({ name, properties }: Json): FoundRule {
  const rule = objectOf(properties);
  return {
    name: textOf(name),
    title: textOf(rule.displayName),
    description: textOf(rule.description),
    enabled: rule.enabled === true,
    severity: numberOf(rule.severity),
    scopes: textsOf(rule.scopes).map((id) => id.toLowerCase()),
    conditions: objectsOf(objectOf(rule.criteria).allOf).map(conditionFrom),
    everyMinutes: minutesOf(rule.evaluationFrequency),
    windowMinutes: minutesOf(rule.windowSize),
    looksBackMinutes: isLeftOut(rule.overrideQueryTimeRange) ? undefined : minutesOf(rule.overrideQueryTimeRange),
    muteMinutes: isLeftOut(rule.muteActionsDuration) ? 0 : minutesOf(rule.muteActionsDuration),
    resolvesItself: rule.autoMitigate !== false, // Azure's own default is true
    actionGroupIds: textsOf(objectOf(rule.actions).actionGroups).map((id) => id.toLowerCase()),
  };
}

function conditionFrom({ query, dimensions, timeAggregation, operator, threshold, failingPeriods }: Json): FoundCondition {
  const { numberOfEvaluationPeriods: of = 1, minFailingPeriodsToAlert: needed = 1 } = objectOf(failingPeriods);
  return {
    query: textOf(query),
    // A dimension that leaves out values hides what it leaves out.
    dimensions: objectsOf(dimensions)
      .filter((each) => textOf(each.operator).toLowerCase() === 'include' && textsOf(each.values).includes('*'))
      .map((dimension) => textOf(dimension.name)),
    timeAggregation: textOf(timeAggregation),
    operator: textOf(operator),
    threshold: numberOf(threshold),
    runs: { needed: numberOf(needed), of: numberOf(of) },
  };
}

/** Learn, actionGroups 2023-01-01. */
export function groupFrom({ id, name, properties }: Json): FoundActionGroup {
  const { enabled, webhookReceivers } = objectOf(properties);
  const webhooks = objectsOf(webhookReceivers).map(({ serviceUri, useCommonAlertSchema, useAadAuth, identifierUri, tenantId }) => ({
    uri: textOf(serviceUri),
    commonSchema: useCommonAlertSchema === true,
    secure: useAadAuth === true,
    identifierUri: textOf(identifierUri),
    tenantId: textOf(tenantId),
  }));
  return { id: textOf(id).toLowerCase(), name: textOf(name), enabled: enabled === true, webhooks };
}

/** Learn, Microsoft.AlertsManagement actionRules 2021-08-08. What is left out has Azure's own default: on, every alert in its scope, always. */
export function processingRuleFrom({ name, properties }: Json): FoundProcessingRule {
  const { enabled, actions, scopes, conditions, schedule } = objectOf(properties);
  return {
    name: textOf(name),
    enabled: enabled !== false,
    removesActionGroups: objectsOf(actions).some(({ actionType }) => textOf(actionType).toLowerCase() === 'removeallactiongroups'),
    scopes: textsOf(scopes).map((id) => id.toLowerCase().replace(/\/+$/, '')),
    conditions: objectsOf(conditions).map(({ field, operator, values }) => {
      return { field: textOf(field), operator: textOf(operator), values: textsOf(values) };
    }),
    schedule: isLeftOut(schedule) ? undefined : scheduleFrom(objectOf(schedule)),
  };
}

function scheduleFrom({ effectiveFrom, effectiveUntil, timeZone, recurrences }: Json): FoundSchedule {
  const [from, until] = [effectiveFrom, effectiveUntil].map((instant) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.exec(textOf(instant))?.input);
  return {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(isLeftOut(timeZone) ? {} : { timeZone: textOf(timeZone) }),
    repeats: arrayOf(recurrences).length > 0,
  };
}

/** An analytics rule of Microsoft Sentinel (Learn, Microsoft.SecurityInsights alertRules 2024-03-01). What is left out has Azure's own default. */
export function sentinelRuleFrom({ name, kind, properties }: Json): FoundSentinelRule {
  const rule = objectOf(properties);
  const { createIncident, groupingConfiguration } = objectOf(rule.incidentConfiguration);
  return {
    id: textOf(name).toLowerCase(),
    isScheduled: kind === 'Scheduled',
    enabled: rule.enabled === true,
    severity: textOf(rule.severity),
    query: textOf(rule.query),
    everyMinutes: minutesOf(rule.queryFrequency),
    looksBackMinutes: minutesOf(rule.queryPeriod),
    operator: textOf(rule.triggerOperator),
    threshold: numberOf(rule.triggerThreshold),
    suppressedMinutes: rule.suppressionEnabled === false ? 0 : minutesOf(rule.suppressionDuration),
    alertsPerRow: objectOf(rule.eventGroupingSettings).aggregationKind === 'AlertPerResult',
    makesIncidents: isLeftOut(rule.incidentConfiguration) || createIncident === true,
    groupsIncidents: objectOf(groupingConfiguration).enabled === true,
    details: new Map(Object.entries(objectOf(rule.customDetails)).map(([key, column]) => [key, textOf(column)])),
  };
}

/** What one diagnostic setting of a directory sends to a workspace. Storage and event hubs feed no rule. */
export function logsFrom({ properties }: Json): readonly FoundLog[] {
  const { logs, workspaceId } = objectOf(properties);
  if (typeof workspaceId !== 'string' || workspaceId === '') return [];
  return objectsOf(logs).flatMap(({ category, enabled }) =>
    enabled === true && typeof category === 'string' ? [{ category, workspaceId: workspaceId.toLowerCase() }] : [],
  );
}

const isLeftOut = (value: unknown): boolean => value === undefined || value === null || value === '';

/** `PT5M`, `PT1H`, `P1D`; what is no such duration is endless. */
function minutesOf(duration: unknown): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(textOf(duration));
  if (!parts) return Number.POSITIVE_INFINITY;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return days * 1_440 + hours * 60 + minutes + seconds / 60;
}
