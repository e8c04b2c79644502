import type { MonitorDifference } from './difference.ts';
import type { FoundMonitors, FoundProcessingRule, FoundRule, FoundSchedule } from './found.ts';

/**
 * The alert processing rules that may take every action group from an alert of these rules: then it fires, and nobody is called. One is cleared
 * only by what certainly excludes each of them: its scope, a condition, or an end that has passed.
 *
 * @param ruleNames rules that are shipped; those that are not there fire nothing
 */
export function processingDifferences(
  ruleNames: readonly string[],
  { rules, resourceGroup, processingRules }: FoundMonitors,
  now: Date,
): MonitorDifference[] {
  const names = new Set(ruleNames.map((name) => name.toLowerCase()));
  const alerts = rules.filter(({ name }) => names.has(name.toLowerCase())).map((rule) => alertOf(rule, resourceGroup));
  return [...processingRules.values()]
    .flatMap((found) => (found === 'unreadable' ? [] : found))
    .filter((each) => each.enabled && each.removesActionGroups && !isOver(each.schedule, now))
    .filter((each) => alerts.some((alert) => mayHit(each, alert)))
    .map(({ name, schedule }) => ({ what: name, problem: 'held-back', detail: when(schedule) }));
}

/** What is known of an alert before it fires. Of a field that is called by several names in Azure, all; in lower case. */
interface ExpectedAlert {
  /** Ids of the resources it may be said to fire on. */
  readonly on: readonly string[];
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Fields of a condition and their values (Learn, alerts-processing-rules, "Scope and filters"; alerts-common-schema). */
function alertOf(rule: FoundRule, resourceGroup: string): ExpectedAlert {
  const { name, title, description, severity, scopes } = rule;
  const id = `${resourceGroup}/providers/microsoft.insights/scheduledqueryrules/${name}`;
  const groups = [...scopes, id].flatMap((each) => /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+/i.exec(each) ?? []);
  const lower = (values: readonly string[]): readonly string[] => values.map((value) => value.toLowerCase());
  return {
    on: lower([...scopes, id]),
    fields: new Map<string, readonly string[]>([
      ['severity', Number.isInteger(severity) ? [`sev${severity}`] : []],
      ['monitorservice', ['log alerts v2', 'log alerts', 'log analytics']],
      ['monitorcondition', ['fired']],
      ['signaltype', ['log']],
      ['targetresourcetype', lower(scopes.flatMap((each) => /\/providers\/([^/]+\/[^/]+)\/[^/]+$/i.exec(each)?.[1] ?? []))],
      ['targetresource', lower(scopes.flatMap((each) => [each, lastOf(each)]))],
      ['targetresourcegroup', lower(groups.flatMap((each) => [each, lastOf(each)]))],
      ['alertruleid', lower([id])],
      ['alertrulename', lower([name, title])],
      ['description', lower([description])],
    ]),
  };
}

function mayHit({ scopes, conditions }: FoundProcessingRule, { on, fields }: ExpectedAlert): boolean {
  const inScope = scopes.some((scope) => on.some((id) => `${id}/`.startsWith(`${scope}/`)));
  // All conditions have to be met: one that cannot be clears the rule.
  return (
    inScope &&
    conditions.every(({ field, operator, values }) => {
      const known = fields.get(field.toLowerCase()) ?? [];
      return known.length === 0 || values.length === 0 || known.some((value) => mayMeet(operator.toLowerCase(), value, values));
    })
  );
}

/** One of several values is enough. Of several that must not be contained nobody says whether one or all decide: only all do here. */
function mayMeet(operator: string, value: string, values: readonly string[]): boolean {
  const wanted = values.map((each) => each.toLowerCase());
  switch (operator) {
    case 'equals':
      return wanted.includes(value);
    case 'notequals':
      return !wanted.includes(value);
    case 'contains':
      return wanted.some((each) => value.includes(each));
    case 'doesnotcontain':
      return !wanted.every((each) => value.includes(each));
    default:
      return true;
  }
}

/** No clock on earth is a day behind: its time zone has a name of Windows, which nothing here can read. */
const ANY_ZONE_MS = 24 * 60 * 60_000;

const isOver = (schedule: FoundSchedule | undefined, now: Date): boolean =>
  schedule?.until !== undefined && now.getTime() > Date.parse(`${schedule.until}Z`) + ANY_ZONE_MS;

function when(schedule: FoundSchedule | undefined): string {
  if (!schedule) return 'always';
  const { from, until, timeZone, repeats } = schedule;
  const words = [
    ...(repeats ? ['again and again on a schedule'] : []),
    ...(from === undefined ? [] : [`from ${clock(from)}`]),
    ...(until === undefined ? [] : [`until ${clock(until)}`]),
  ];
  if (words.length === 0) return 'always';
  return `${words.join(' ')}${timeZone === undefined ? '' : `, ${timeZone}`}`;
}
const clock = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
