import { createHash } from 'node:crypto';
import { GUID } from '../guid.ts';

/** A tenant whose accounts the monitors watch. */
export interface MonitoredTenant {
  readonly id: string;
  readonly name: string;
  /** A free one has no log that could be sent anywhere (Learn, monitoring prerequisites: P1 or P2). */
  readonly kind: 'workforce' | 'b2c' | 'free';
  /** Object ids of its accounts. */
  readonly userIds: readonly string[];
  readonly exclusionGroupId: string;
}

/** One log-search alert rule as it is shipped, and as it is expected to be read back. */
export interface MonitorRule {
  readonly name: string;
  readonly title: string;
  /** 0 critical, 1 error. */
  readonly severity: 0 | 1;
  readonly query: string;
  /** Columns the rule is split by: an alert carries nothing else. Six are the most a rule may have. */
  readonly dimensions: readonly string[];
  /** Who is called: the bot's secure webhook, which understands sign-ins, or people themselves. */
  readonly calls: 'bot' | 'people';
}

/** Rules are evaluated this often, and look at what was ingested since: rows come late, and by ingestion time each is seen once (domain.md M9). */
export const EVERY_MINUTES = 5;
/** Rows that are older than this when they come in are seen no more by a rule; the poll of the sign-in log still finds them. */
export const LOOK_BACK_MINUTES = 60;
export const MOST_DIMENSIONS = 6;
/** Of every rule in Sentinel: it knows no more than four, and none that is graver. */
export const SENTINEL_SEVERITY = 'High';
/** The action group that calls the bot; people's own are given when it is deployed. */
export const BOT_ACTION_GROUP = 'breakglass-bot';

const SIGN_IN_COLUMNS = ['UserId', 'UserPrincipalName', 'IPAddress', 'ResultType', 'CorrelationId', 'AADTenantId'] as const;
const CHANGE_COLUMNS = ['OperationName', 'Result', 'ActorId', 'TargetId', 'CorrelationId', 'AADTenantId'] as const;

/**
 * What watches the accounts of one tenant in a Log Analytics workspace: sign-ins with somebody there, sign-ins by sessions and apps, and
 * changes to an account, by it, to the exclusion group and to Conditional Access (domain.md M2 to M9). None where there is no account yet.
 */
export function rulesFor(tenant: MonitoredTenant): readonly MonitorRule[] {
  if (tenant.userIds.length === 0 || tenant.kind === 'free') return [];
  const name = (what: string): string => `breakglass-${tenant.name}-${what}`;
  return [
    {
      name: name('sign-ins'),
      title: `Sign-in of an emergency access account of ${tenant.name}`,
      severity: 0,
      query: signIns('SigninLogs', tenant),
      dimensions: SIGN_IN_COLUMNS,
      calls: 'bot',
    },
    {
      name: name('sign-ins-by-session'),
      title: `Session or app of an emergency access account of ${tenant.name}`,
      severity: 0,
      query: signIns('AADNonInteractiveUserSignInLogs', tenant),
      dimensions: SIGN_IN_COLUMNS,
      calls: 'bot',
    },
    {
      name: name('changes'),
      title: `Change to or by an emergency access account of ${tenant.name}`,
      severity: 1,
      query: changes(tenant),
      dimensions: CHANGE_COLUMNS,
      calls: 'people',
    },
  ];
}

const LOGS = ['SignInLogs', 'NonInteractiveUserSignInLogs', 'AuditLogs'] as const;

/**
 * Categories that a directory has to send to the workspace, because the rules read the tables they end in. B2C documents sign-ins and audits
 * only (Learn, active-directory-b2c/azure-monitor, 2026-11).
 */
export const logsFor = ({ kind }: Pick<MonitoredTenant, 'kind'>): readonly string[] =>
  kind === 'free' ? [] : LOGS.filter((category) => kind === 'workforce' || category !== 'NonInteractiveUserSignInLogs');

/** Resource name of the same rule in Sentinel, where names are GUIDs: of version 8, made of the rule's own name, so that it is known again. */
export function sentinelRuleId(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}

/** In the table SigninLogs the column TenantId is the workspace; the directory is AADTenantId. */
function signIns(table: string, { id, userIds }: MonitoredTenant): string {
  return [
    table,
    `| where ingestion_time() >= ago(${EVERY_MINUTES}m)`,
    `| where AADTenantId =~ '${guid(id)}'`,
    `| where UserId in~ (${listed(userIds)})`,
    `| project TimeGenerated, ${SIGN_IN_COLUMNS.join(', ')}`,
  ].join('\n');
}

/** Roles and PIM put the account anywhere among targets and properties, so the whole text is searched. */
function changes({ id, userIds, exclusionGroupId }: MonitoredTenant): string {
  const watched = listed([...userIds, exclusionGroupId]);
  return [
    'AuditLogs',
    `| where ingestion_time() >= ago(${EVERY_MINUTES}m)`,
    `| where AADTenantId =~ '${guid(id)}'`,
    `| where tostring(TargetResources) has_any (${watched}) or tostring(InitiatedBy) has_any (${listed(userIds)})`,
    "    or OperationName has 'conditional access policy'",
    '| extend ActorId = tostring(InitiatedBy.user.id), TargetId = tostring(TargetResources[0].id)',
    `| project TimeGenerated, ${CHANGE_COLUMNS.join(', ')}`,
  ].join('\n');
}

/** In one order, so that the same accounts always give the same query. */
const listed = (ids: readonly string[]): string =>
  ids
    .map((id) => `'${guid(id)}'`)
    .sort()
    .join(', ');

/** Nothing but an id ever stands in a query. @throws TypeError for anything else */
function guid(text: string): string {
  const id = text.toLowerCase();
  if (!GUID.test(id)) throw new TypeError('an id in a query must be a GUID');
  return id;
}
