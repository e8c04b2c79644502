import type { MonitorDifference, MonitorProblem } from './difference.ts';
import type { FoundCondition, FoundMonitors, FoundRule } from './found.ts';
import { calledByName } from './ofActionGroups.ts';
import { EVERY_MINUTES, LOOK_BACK_MINUTES, type MonitoredTenant, type MonitorRule } from './rules.ts';

export type Difference = readonly [problem: MonitorProblem, detail?: string];

/** What the rule is judged by besides itself. */
interface Around {
  /** Ids of the action groups by which we are called. */
  readonly ours: ReadonlySet<string>;
  /** Workspaces the tenant's logs are in, where that is known. */
  readonly workspaces: ReadonlySet<string> | undefined;
}

/** Everything by which a rule may fall silent, or tell less, though it is still there. */
export function ruleDifferences(
  shipped: MonitorRule,
  tenant: MonitoredTenant,
  { rules, resourceGroup }: FoundMonitors,
  { ours, workspaces }: Around,
): MonitorDifference[] {
  const what = shipped.name;
  const rule = rules.find(({ name }) => name.toLowerCase() === what.toLowerCase());
  if (!rule) return [{ what, problem: 'missing' }];
  const [condition] = rule.conditions;
  const differences: readonly Difference[] = [
    ...(rule.enabled ? [] : ([['disabled']] as const)),
    ...queryDifferences(shipped.query, condition?.query ?? '', tenant),
    ...(workspaces && !rule.scopes.some((scope) => workspaces.has(scope)) ? ([['other-workspace']] as const) : []),
    ...shipped.dimensions.filter((column) => !condition?.dimensions.includes(column)).map((column): Difference => ['not-split', column]),
    ...rhythmDifferences(rule),
    ...firingDifferences(shipped, rule, condition),
    ...callDifferences(shipped, rule, ours, resourceGroup),
  ];
  return differences.map(([problem, detail]) => ({ what, problem, ...(detail === undefined ? {} : { detail }) }));
}

/** An account that is not named is said by its id; that the query differs is said only where every account is in it. */
export function queryDifferences(shipped: string, found: string, { userIds }: MonitoredTenant): readonly Difference[] {
  const unwatched = userIds.filter((id) => !found.toLowerCase().includes(id.toLowerCase()));
  if (unwatched.length > 0) return unwatched.map((id) => ['account-missing', id]);
  return squeezed(found) === squeezed(shipped) ? [] : [['other-query']];
}
const squeezed = (query: string): string => query.replace(/\s+/g, ' ').trim().toLowerCase();

/** A query looks at what came in since the run before: a rule that runs less often never looks at the rest. */
function rhythmDifferences({ everyMinutes, windowMinutes, looksBackMinutes, conditions }: FoundRule): readonly Difference[] {
  const [condition] = conditions;
  // Azure's own default: window times periods (Learn, scheduledQueryRules, overrideQueryTimeRange).
  const looksBack = looksBackMinutes ?? windowMinutes * (condition?.runs.of ?? 1);
  return [
    ...(everyMinutes <= EVERY_MINUTES ? [] : ([['other-rhythm', minutes(everyMinutes)]] as const)),
    ...(windowMinutes === EVERY_MINUTES ? [] : ([['other-window', minutes(windowMinutes)]] as const)),
    ...(looksBack >= LOOK_BACK_MINUTES ? [] : ([['looks-back-less', minutes(looksBack)]] as const)),
  ];
}

function firingDifferences(shipped: MonitorRule, rule: FoundRule, condition: FoundCondition | undefined): readonly Difference[] {
  const { timeAggregation, operator, threshold, runs } = condition ?? NO_CONDITION;
  const count = rule.conditions.length;
  const asShipped = timeAggregation === 'Count' && operator === 'GreaterThan' && threshold === 0;
  return [
    ...(count === 1 ? [] : ([['other-condition', `${count} conditions at once`]] as const)),
    ...(count === 0 || asShipped ? [] : ([['other-condition', `${timeAggregation} ${operator} ${threshold}`]] as const)),
    ...(runs.needed === 1 && runs.of === 1 ? [] : ([['waits', `${runs.needed} of ${runs.of}`]] as const)),
    ...(rule.muteMinutes === 0 ? [] : ([['mutes-itself', minutes(rule.muteMinutes)]] as const)),
    ...(rule.resolvesItself ? ([['resolves-itself']] as const) : []),
    ...(rule.severity === shipped.severity ? [] : ([['other-severity', `${rule.severity} instead of ${shipped.severity}`]] as const)),
  ];
}
const NO_CONDITION = { timeAggregation: '', operator: '', threshold: 0, runs: { needed: 1, of: 1 } } as const;

function callDifferences(
  { calls }: MonitorRule,
  { actionGroupIds }: FoundRule,
  ours: ReadonlySet<string>,
  resourceGroup: string,
): readonly Difference[] {
  if (actionGroupIds.length === 0) return [['calls-nobody']];
  if (calls === 'people') return [];
  // Of a group that is the right one and is broken, the group is told of.
  const own = actionGroupIds.filter((id) => ours.has(id) || calledByName(id, resourceGroup));
  return [
    ...(own.length > 0 ? [] : ([['bot-not-called']] as const)),
    ...(own.length < actionGroupIds.length ? [] : ([['people-not-called']] as const)),
  ];
}

/** In words. What is no duration was read as endless. */
export function minutes(count: number): string {
  if (!Number.isFinite(count)) return 'an unknown time';
  if (count >= 120 && count % 60 === 0) return `${count / 60} hours`;
  return `${count} ${count === 1 ? 'minute' : 'minutes'}`;
}
