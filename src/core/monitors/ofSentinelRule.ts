import type { MonitorDifference } from './difference.ts';
import type { FoundSentinelRule } from './found.ts';
import { type Difference, minutes, queryDifferences } from './ofRule.ts';
import { EVERY_MINUTES, LOOK_BACK_MINUTES, type MonitoredTenant, type MonitorRule, SENTINEL_SEVERITY, sentinelRuleId } from './rules.ts';

/** Everything by which the same rule in Microsoft Sentinel may fall silent, or tell less. What follows from its incidents is not shipped. */
export function sentinelDifferences(
  shipped: MonitorRule,
  tenant: MonitoredTenant,
  rules: readonly FoundSentinelRule[],
): readonly MonitorDifference[] {
  const rule = rules.find(({ id }) => id === sentinelRuleId(shipped.name));
  const differences = rule ? differencesOf(rule, shipped, tenant) : ([['missing']] as const);
  return differences.map(([problem, detail]) => {
    return { what: shipped.title, in: 'sentinel', problem, ...(detail === undefined ? {} : { detail }) };
  });
}

function differencesOf(rule: FoundSentinelRule, shipped: MonitorRule, tenant: MonitoredTenant): readonly Difference[] {
  const { everyMinutes, looksBackMinutes, operator, threshold, suppressedMinutes, severity, details } = rule;
  if (!rule.isScheduled) return [['other-query']];
  return [
    ...(rule.enabled ? [] : ([['disabled']] as const)),
    ...queryDifferences(shipped.query, rule.query, tenant),
    ...(everyMinutes <= EVERY_MINUTES ? [] : ([['other-rhythm', minutes(everyMinutes)]] as const)),
    ...(looksBackMinutes >= LOOK_BACK_MINUTES ? [] : ([['looks-back-less', minutes(looksBackMinutes)]] as const)),
    ...(operator === 'GreaterThan' && threshold === 0 ? [] : ([['other-condition', `rows ${operator} ${threshold}`]] as const)),
    ...(suppressedMinutes === 0 ? [] : ([['mutes-itself', minutes(suppressedMinutes)]] as const)),
    ...(severity === SENTINEL_SEVERITY ? [] : ([['other-severity', `${severity || 'none'} instead of ${SENTINEL_SEVERITY}`]] as const)),
    ...(rule.makesIncidents ? [] : ([['no-incident']] as const)),
    ...(rule.groupsIncidents ? ([['incidents-grouped']] as const) : []),
    ...(rule.alertsPerRow ? [] : ([['alerts-grouped']] as const)),
    ...shipped.dimensions.filter((column) => details.get(column) !== column).map((column): Difference => ['detail-missing', column]),
  ];
}
