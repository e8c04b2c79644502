import type { ChangeConcern, DirectoryChange } from './change.ts';

/** What is looked after in the tenant of a change; ids in lower case. */
export interface Watched {
  /** Object ids of the emergency access accounts. */
  readonly users: ReadonlySet<string>;
  readonly exclusionGroupId?: string;
}

const METHODS = /security info|authentication method|strong authentication|temporary access pass|passkey|fido2?\b|phone app/i;
const STRONG_AUTHENTICATION = /^StrongAuthentication/;
const ROLE = /\brole\b/i;
const UNIT = /administrative unit/i;
const GROUP = /\bgroup\b/i;
/**
 * Activities of Conditional Access; named locations decide as much as policies do (domain.md 5.5, M7). By their names and not by the
 * service: every sign-in that had to satisfy a policy names that too, and the stream is searched for what stands here.
 */
const CONDITIONAL_ACCESS = /conditional access policy|^(?:update|delete) named location$/i;
const METHODS_POLICY = /authentication methods policy/i;
/** What brings alerts to people: diagnostic settings, alert rules of every kind and age, action groups, processing rules, workspaces, hubs. */
const MONITORING =
  /^microsoft\.(?:insights\/(?:diagnosticsettings|actiongroups|alertrules|metricalerts|activitylogalerts|scheduledqueryrules)|aadiam\/diagnosticsettings|alertsmanagement\/\w*rules|securityinsights\/(?:alertrules|automationrules)|operationalinsights\/workspaces|eventhub\/namespaces)(?:\/\w+)*\/(?:write|delete|action)$/i;

/** Why people must hear of a change; `undefined` when it concerns nothing that is looked after. */
export function concernOf(change: DirectoryChange, watched: Watched): ChangeConcern | undefined {
  const { activity, actor } = change;
  if (actor.userId !== undefined && watched.users.has(actor.userId)) return 'by-account';
  // Before the ids: nearly every policy names the group, to exclude it.
  if (CONDITIONAL_ACCESS.test(activity)) return 'conditional-access';
  const exclusion = watched.exclusionGroupId !== undefined && names(change, watched.exclusionGroupId);
  if ([...watched.users].some((id) => names(change, id))) return exclusion ? 'exclusion-group' : whatOfAccount(change);
  if (exclusion) return 'exclusion-group';
  if (/restricted management administrative unit/i.test(activity)) return 'restricted-unit';
  if (METHODS_POLICY.test(activity)) return 'methods';
  if (MONITORING.test(activity)) return 'monitoring';
  return undefined;
}

/**
 * Texts one of which stands in every record of a change that concerns us by its activity alone, without naming an id: for a
 * search in raw JSON, letter case aside. A quote is the end of the value.
 */
export const TELLTALES: readonly string[] = [
  'conditional access policy',
  '"update named location"',
  '"delete named location"',
  'restricted management administrative unit',
  'authentication methods policy',
  'microsoft.insights/diagnosticsettings',
  'microsoft.insights/actiongroups',
  'microsoft.insights/alertrules',
  'microsoft.insights/metricalerts',
  'microsoft.insights/activitylogalerts',
  'microsoft.insights/scheduledqueryrules',
  'microsoft.aadiam/diagnosticsettings',
  'microsoft.alertsmanagement',
  'microsoft.securityinsights',
  'microsoft.operationalinsights',
  'microsoft.eventhub/namespaces',
];

function whatOfAccount({ activity, category, service, targets }: DirectoryChange): ChangeConcern {
  const properties = targets.flatMap((target) => target.properties.map(({ name }) => name));
  if (service === 'Authentication Methods' || METHODS.test(activity) || properties.some((name) => STRONG_AUTHENTICATION.test(name)))
    return 'methods';
  if (UNIT.test(activity) || category === 'AdministrativeUnit') return 'restricted-unit';
  if (category === 'RoleManagement' || ROLE.test(activity)) return 'roles';
  if (category === 'GroupManagement' || GROUP.test(activity)) return 'membership';
  return 'account';
}

/** Every object id a change speaks of, in targets and in what their properties were or became. */
export function idsIn({ actor, targets }: DirectoryChange): ReadonlySet<string> {
  const text = JSON.stringify([actor, targets]).toLowerCase();
  return new Set(text.match(GUIDS) ?? []);
}
const GUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** PIM and role activities put the account anywhere among targets and properties, so all are searched (domain.md 5.5). */
function names({ targets }: DirectoryChange, id: string): boolean {
  const holds = (text: string | undefined) => text?.toLowerCase().includes(id) ?? false;
  return targets.some((target) => holds(target.id) || target.properties.some(({ before, after }) => holds(before) || holds(after)));
}

/** Whether the account, or the group it is excluded by, stood in a Conditional Access policy before and does not any more. */
export function losesExclusion(change: DirectoryChange, watched: Watched): boolean {
  const ids = [...watched.users, ...(watched.exclusionGroupId === undefined ? [] : [watched.exclusionGroupId])];
  return change.targets.some(({ properties }) =>
    properties.some(({ before, after }) =>
      ids.some((id) => excludes(before, id) && (after === undefined || after === '' || !excludes(after, id)) && after !== before),
    ),
  );
}

/** Whether the JSON of a policy has the id in `excludeUsers` or `excludeGroups`. */
function excludes(policy: string | undefined, id: string): boolean {
  const lists = policy?.match(/"exclude(?:Users|Groups)":\[[^\]]*\]/gi) ?? [];
  return lists.some((list) => list.toLowerCase().includes(id));
}
