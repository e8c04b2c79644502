import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { EXAMPLE } from '../../scripts/monitorDocs.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { TenantInfo } from '../../src/app/ports.ts';
import { compareMonitors } from '../../src/core/monitors/compare.ts';
import type { MonitorDifference, MonitorProblem } from '../../src/core/monitors/difference.ts';
import type {
  FoundCondition,
  FoundMonitors,
  FoundProcessingCondition,
  FoundProcessingRule,
  FoundRule,
  FoundSentinelRule,
  FoundWebhook,
} from '../../src/core/monitors/found.ts';
import { partsOf } from '../../src/core/monitors/parts.ts';
import { EVERY_MINUTES, logsFor, MOST_DIMENSIONS, type MonitoredTenant, rulesFor, sentinelRuleId } from '../../src/core/monitors/rules.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';
import { type MonitorsWatch, monitorsWatch } from '../../src/jobs/readMonitors.ts';
import { anAccount, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
const URI = 'https://breakglass.contoso.example/api/signals/azure-monitor';
const RULES = EXAMPLE.flatMap(rulesFor);

/** Columns of the tables, as Azure Monitor's reference has them (Learn, azure-monitor/reference/tables: signinlogs, auditlogs, 2026-11). */
const TABLES: Readonly<Record<string, string>> = {
  SigninLogs:
    '(TimeGenerated: datetime, TenantId: string, AADTenantId: string, UserId: string, UserPrincipalName: string, IPAddress: string, ResultType: string, ResultDescription: string, CorrelationId: string, AppDisplayName: string)',
  AADNonInteractiveUserSignInLogs:
    '(TimeGenerated: datetime, TenantId: string, AADTenantId: string, UserId: string, UserPrincipalName: string, IPAddress: string, ResultType: string, ResultDescription: string, CorrelationId: string, AppDisplayName: string)',
  AuditLogs:
    '(TimeGenerated: datetime, TenantId: string, AADTenantId: string, OperationName: string, Category: string, Result: string, CorrelationId: string, InitiatedBy: dynamic, TargetResources: dynamic, LoggedByService: string)',
};

interface Kusto {
  /** What Microsoft's own parser says is wrong with a query on these tables. */
  problems(query: string): string[];
  columns(query: string): string[];
}

/** The parser is a script of 2017's kind that fills in globals: it gets a world of its own. */
function kusto(): Kusto {
  const require = createRequire(import.meta.url);
  const world = createContext({ console });
  for (const file of ['bridge.js', 'Kusto.Language.Bridge.js'])
    runInContext(readFileSync(require.resolve(`@kusto/language-service-next/${file}`), 'utf8'), world, { filename: file });
  const tables = JSON.stringify(Object.entries(TABLES));
  runInContext(
    `var L = Kusto.Language;
     var globals = L.GlobalState.Default.WithDatabase(new L.Symbols.DatabaseSymbol.$ctor1('logs',
       ${tables}.map(function (each) { return new L.Symbols.TableSymbol.$ctor7(each[0], each[1], ''); })));
     function analyze(query) { return L.KustoCode.ParseAndAnalyze(query, globals); }
     function problems(query) { return Bridge.toArray(analyze(query).GetDiagnostics()).map(function (d) { return d.Message; }); }
     function columns(query) { return Bridge.toArray(analyze(query).ResultType.Columns).map(function (c) { return c.Name; }); }`,
    world,
  );
  return world as unknown as Kusto;
}

describe('what is shipped', () => {
  const parser = kusto();

  test('the parser finds a table, a column and a word that are not there', () => {
    expect(parser.problems('SigninLogs | where UserId in~ ("a")')).toEqual([]);
    for (const broken of ['SignInLog | take 1', 'SigninLogs | where ObjectId == "a"', 'SigninLogs | were UserId == "a"'])
      expect(parser.problems(broken)).not.toEqual([]);
  });

  test.each(RULES)('SI-4: $name is a query without a fault, of known tables and columns', ({ query, dimensions }) => {
    expect(parser.problems(query)).toEqual([]);
    expect(parser.columns(query)).toEqual(['TimeGenerated', ...dimensions]);
    expect(query).toContain(`ingestion_time() >= ago(${EVERY_MINUTES}m)`);
    expect(dimensions.length).toBeLessThanOrEqual(MOST_DIMENSIONS);
  });

  test.each(EXAMPLE)('M3: every account of $name, and no other, is in each of its rules', (tenant) => {
    for (const { query } of rulesFor(tenant)) {
      for (const id of tenant.userIds) expect(query).toContain(`'${id}'`);
      for (const id of EXAMPLE.filter((other) => other !== tenant).flatMap(({ userIds }) => userIds)) expect(query).not.toContain(id);
    }
  });

  test('sign-ins arrive with all that the webhook needs: user, address, result, flow and directory', () => {
    for (const { dimensions } of RULES.filter(({ calls }) => calls === 'bot'))
      expect(dimensions).toEqual(expect.arrayContaining(['UserId', 'IPAddress', 'ResultType', 'CorrelationId', 'AADTenantId']));
  });

  test('a query takes ids and nothing else', () => {
    const [tenant] = EXAMPLE;
    for (const userId of ["') or true //", 'aaaaaaaa-0000-4000-8000-000000000001\n', ''])
      expect(() => rulesFor({ ...(tenant as MonitoredTenant), userIds: [userId] })).toThrow(TypeError);
  });

  test('templates are whole: every parameter is declared and used, every rule is in both', () => {
    const files = monitorFiles(EXAMPLE);
    const templates = Object.entries(files).filter(([name]) => name.endsWith('.json'));
    expect(templates).toHaveLength(4);
    for (const [name, text] of templates) {
      const { $schema, contentVersion, parameters, resources } = JSON.parse(text) as Record<string, object>;
      expect([name, typeof $schema, contentVersion]).toEqual([name, 'string', '1.0.0.0']);
      const used = new Set([...text.matchAll(/parameters\('(\w+)'\)/g)].map(([, each]) => each));
      expect([name, [...used].sort()]).toEqual([name, Object.keys(parameters ?? {}).sort()]);
      for (const resource of Object.values(resources ?? {}))
        expect(resource).toMatchObject({
          type: expect.stringMatching(/\//),
          apiVersion: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
          properties: {},
        });
    }
    for (const rule of RULES)
      for (const file of ['alert-rules.json', 'sentinel-rules.json']) expect(files[file]).toContain(JSON.stringify(rule.query));
    expect(files['alert-rules.json']).not.toContain('"autoMitigate": true');
  });
});

const SUBSCRIPTION = '/subscriptions/x';
const RESOURCE_GROUP = `${SUBSCRIPTION}/resourcegroups/logs`;
const GROUP = `${RESOURCE_GROUP}/providers/microsoft.insights/actiongroups/breakglass-bot`;
const PEOPLE = '/subscriptions/x/resourcegroups/people/providers/microsoft.insights/actiongroups/on-call';
const WORKSPACE = `${RESOURCE_GROUP}/providers/microsoft.operationalinsights/workspaces/logs`;
const OTHER_WORKSPACE = WORKSPACE.replace(/logs$/, 'quiet');
const TENANT = '11111111-1111-4111-8111-111111111111';
const WEBHOOK = { uri: URI, audience: 'api://signals', tenantId: TENANT };
const DEPLOYED = { webhook: WEBHOOK, workspaceId: WORKSPACE };
const HOOK: FoundWebhook = { uri: URI, commonSchema: true, secure: true, identifierUri: 'api://signals', tenantId: TENANT };

/** As it was deployed. */
function asShipped(tenants: readonly MonitoredTenant[] = EXAMPLE): FoundMonitors {
  return {
    resourceGroup: RESOURCE_GROUP,
    rules: tenants.flatMap(rulesFor).map(({ name, title, query, dimensions, severity }) => ({
      name,
      title,
      description: '',
      enabled: true,
      severity,
      scopes: [WORKSPACE],
      conditions: [{ query, dimensions, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0, runs: { needed: 1, of: 1 } }],
      everyMinutes: 5,
      windowMinutes: 5,
      looksBackMinutes: 60,
      muteMinutes: 0,
      resolvesItself: false,
      actionGroupIds: [PEOPLE, GROUP],
    })),
    actionGroups: [{ id: GROUP, name: 'breakglass-bot', enabled: true, webhooks: [HOOK] }],
    logs: logsOf(tenants, WORKSPACE),
    processingRules: new Map([[SUBSCRIPTION, []]]),
  };
}
const logsOf = (tenants: readonly MonitoredTenant[], workspaceId: string) =>
  new Map(tenants.map((tenant) => [tenant.id, logsFor(tenant).map((category) => ({ category, workspaceId }))]));
/** Of the first tenant only what passes; of the others, all. */
const withLogs = (keep: (category: string) => boolean, workspaceId = WORKSPACE): FoundMonitors => {
  const [first] = EXAMPLE;
  const logs = new Map(logsOf(EXAMPLE, WORKSPACE));
  if (first) {
    const kept = logsFor(first).filter(keep);
    logs.set(
      first.id,
      kept.map((category) => ({ category, workspaceId })),
    );
  }
  return { ...asShipped(), logs };
};
const withRule = (change: (rule: FoundRule) => FoundRule | undefined): FoundMonitors => ({
  ...asShipped(),
  rules: asShipped().rules.flatMap((rule) => (rule.name === 'breakglass-contoso-sign-ins' ? (change(rule) ?? []) : rule)),
});
const withCondition = (change: (condition: FoundCondition) => Partial<FoundCondition>): FoundMonitors =>
  withRule((rule) => ({ ...rule, conditions: rule.conditions.map((each) => ({ ...each, ...change(each) })) }));
const NEVER = { seen: new Set<string>(), now: NOON };
const differences = (found: FoundMonitors, deployed = DEPLOYED): readonly MonitorDifference[] =>
  compareMonitors(EXAMPLE, found, deployed, NEVER);
const problems = (found: FoundMonitors): MonitorProblem[] => differences(found).map(({ problem }) => problem);

describe('what is read back', () => {
  test('nothing differs where all is as shipped, whatever else is there, and however the query is laid out', () => {
    expect(problems(asShipped())).toEqual([]);
    expect(problems(withCondition(({ query }) => ({ query: query.replaceAll('\n', '  \r\n ') })))).toEqual([]);
    const more = { ...asShipped().rules[0], name: 'mine', enabled: false, scopes: [] } as FoundRule;
    expect(problems({ ...asShipped(), rules: [...asShipped().rules, more] })).toEqual([]);
  });

  test('a tenant without accounts, and a free one, is watched by nothing: nothing is missed', () => {
    const nobody = EXAMPLE.map((tenant) => ({ ...tenant, userIds: [] }));
    const free = EXAMPLE.map((tenant) => ({ ...tenant, kind: 'free' as const }));
    const nothing: FoundMonitors = {
      resourceGroup: RESOURCE_GROUP,
      rules: [],
      actionGroups: [],
      logs: new Map(),
      processingRules: new Map(),
    };
    for (const tenants of [nobody, free]) expect(compareMonitors(tenants, nothing, DEPLOYED, NEVER)).toEqual([]);
  });

  test.each<[string, FoundMonitors, MonitorProblem]>([
    ['a rule that is gone', withRule(() => undefined), 'missing'],
    ['a rule that is off', withRule((rule) => ({ ...rule, enabled: false })), 'disabled'],
    [
      'an account left out',
      withCondition(({ query }) => ({
        query: query.replace('aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000009'),
      })),
      'account-missing',
    ],
    ['a clause that hides', withCondition(({ query }) => ({ query: `${query}\n| where ResultType != "0"` })), 'other-query'],
    ['a dimension left out', withCondition(({ dimensions }) => ({ dimensions: dimensions.slice(1) })), 'not-split'],
    ['another workspace to read', withRule((rule) => ({ ...rule, scopes: [OTHER_WORKSPACE] })), 'other-workspace'],
    ['a slower rhythm', withRule((rule) => ({ ...rule, everyMinutes: 60 })), 'other-rhythm'],
    ['another window', withRule((rule) => ({ ...rule, windowMinutes: 1_440 })), 'other-window'],
    ['less to look back on', withRule((rule) => ({ ...rule, looksBackMinutes: 5 })), 'looks-back-less'],
    ['nothing but the window to look back on', withRule((rule) => ({ ...rule, looksBackMinutes: undefined })), 'looks-back-less'],
    ['a higher threshold', withCondition(() => ({ threshold: 1_000 })), 'other-condition'],
    ['another operator', withCondition(() => ({ operator: 'LessThan' })), 'other-condition'],
    ['another aggregation', withCondition(() => ({ timeAggregation: 'Average' })), 'other-condition'],
    ['a second condition', withRule((rule) => ({ ...rule, conditions: [...rule.conditions, ...rule.conditions] })), 'other-condition'],
    ['runs that have to fail in a row', withCondition(() => ({ runs: { needed: 4, of: 6 } })), 'waits'],
    ['a mute after each alert', withRule((rule) => ({ ...rule, muteMinutes: 1_440 })), 'mutes-itself'],
    ['alerts that resolve themselves', withRule((rule) => ({ ...rule, resolvesItself: true })), 'resolves-itself'],
    ['another severity', withRule((rule) => ({ ...rule, severity: 4 })), 'other-severity'],
    ['no action group', withRule((rule) => ({ ...rule, actionGroupIds: [] })), 'calls-nobody'],
    ['another action group', withRule((rule) => ({ ...rule, actionGroupIds: [PEOPLE] })), 'bot-not-called'],
    ['nobody but the bot', withRule((rule) => ({ ...rule, actionGroupIds: [GROUP] })), 'people-not-called'],
    ['a log that is not sent', withLogs((category) => category !== 'AuditLogs'), 'log-not-sent'],
    ['sessions that are not sent', withLogs((category) => category !== 'NonInteractiveUserSignInLogs'), 'log-not-sent'],
    ['no log at all', withLogs(() => false), 'no-logs'],
    ['logs to another workspace', withLogs(() => true, OTHER_WORKSPACE), 'logs-elsewhere'],
  ])('SI-4: %s is a difference, and one', (_what, found, problem) => {
    expect(problems(found)).toEqual([problem]);
  });

  test('SI-4: without a word on the workspace, rules have to read the one the logs go to', () => {
    const { workspaceId: _unknown, ...untold } = DEPLOYED;
    expect(
      differences(
        withLogs(() => true, OTHER_WORKSPACE),
        untold as typeof DEPLOYED,
      ),
    ).toEqual(
      ['sign-ins', 'sign-ins-by-session', 'changes'].map((rule) => ({ what: `breakglass-contoso-${rule}`, problem: 'other-workspace' })),
    );
    expect(differences(asShipped(), untold as typeof DEPLOYED)).toEqual([]);
  });

  test('a B2C tenant is not asked for sessions', () => {
    expect(logsFor({ kind: 'b2c' })).toEqual(['SignInLogs', 'AuditLogs']);
  });

  test('SI-4: settings that can no longer be read are a difference, and hide no other; those that never could are none', () => {
    const [first] = EXAMPLE;
    const hidden: FoundMonitors = { ...asShipped(), logs: new Map(asShipped().logs).set(first?.id ?? '', 'unreadable'), actionGroups: [] };
    const missing = { what: 'breakglass-bot', problem: 'missing' };
    expect(differences(hidden)).toEqual([missing]);
    const before = { ...NEVER, seen: new Set(partsOf(EXAMPLE, asShipped()).map(({ key }) => key)) };
    expect(compareMonitors(EXAMPLE, hidden, DEPLOYED, before)).toEqual([missing, { what: 'contoso', problem: 'settings-unreadable' }]);
    // A tenant that nothing watches any more has nothing to show.
    const without = EXAMPLE.map((tenant) => (tenant === first ? { ...tenant, userIds: [] } : tenant));
    expect(compareMonitors(without, { ...hidden, actionGroups: asShipped().actionGroups }, DEPLOYED, before)).toEqual([]);
  });

  test.each<[string, Partial<FoundMonitors['actionGroups'][number]>, MonitorDifference]>([
    ['is off', { enabled: false }, { what: 'breakglass-bot', problem: 'disabled' }],
    ['has no webhook', { webhooks: [] }, { what: 'breakglass-bot', problem: 'no-webhook' }],
    [
      'calls another address',
      { webhooks: [{ ...HOOK, uri: 'https://evil.example/api/signals/azure-monitor' }] },
      { what: 'breakglass-bot', problem: 'webhook-elsewhere', detail: 'evil.example' },
    ],
    ['brings no token', { webhooks: [{ ...HOOK, secure: false }] }, { what: 'breakglass-bot', problem: 'webhook-unsigned' }],
    [
      'asks for a token of another registration',
      { webhooks: [{ ...HOOK, identifierUri: 'api://other' }] },
      { what: 'breakglass-bot', problem: 'webhook-other-audience' },
    ],
    [
      'asks another tenant for it',
      { webhooks: [{ ...HOOK, tenantId: '55555555-5555-4555-8555-555555555555' }] },
      { what: 'breakglass-bot', problem: 'webhook-other-audience' },
    ],
    ['has another schema', { webhooks: [{ ...HOOK, commonSchema: false }] }, { what: 'breakglass-bot', problem: 'webhook-other-schema' }],
  ])('SI-4: an action group that %s is one difference, not one of each rule that calls it', (_what, change, difference) => {
    const found = asShipped();
    expect(differences({ ...found, actionGroups: found.actionGroups.map((group) => ({ ...group, ...change })) })).toEqual([difference]);
  });

  test('SI-4: an action group that is gone is one difference; one of another name that calls us will do', () => {
    expect(differences({ ...asShipped(), actionGroups: [] })).toEqual([{ what: 'breakglass-bot', problem: 'missing' }]);
    const mine = `${RESOURCE_GROUP}/providers/microsoft.insights/actiongroups/mine`;
    const renamed: FoundMonitors = {
      ...asShipped(),
      actionGroups: [{ id: mine, name: 'mine', enabled: true, webhooks: [HOOK] }],
      rules: asShipped().rules.map((rule) => ({ ...rule, actionGroupIds: [PEOPLE, mine] })),
    };
    expect(problems(renamed)).toEqual([]);
  });

  test('SI-4: where no rule calls us, what is wrong with our group is said besides, in one order whatever Azure lists first', () => {
    const missed = (...actionGroupIds: string[]): FoundMonitors => ({
      ...asShipped(),
      actionGroups: [],
      rules: asShipped().rules.map((rule) => ({ ...rule, actionGroupIds })),
    });
    expect(differences(missed(PEOPLE)).at(-1)).toEqual({ what: 'breakglass-bot', problem: 'missing' });
    const other = GROUP.replace('breakglass-bot', 'another');
    expect(differences(missed(GROUP, other))).toEqual(differences(missed(other, GROUP)));
  });

  test('SI-4: how long something lasts is said in words', () => {
    const detail = (muteMinutes: number) => differences(withRule((rule) => ({ ...rule, muteMinutes })))[0]?.detail;
    expect([1, 90, 1_440, Number.POSITIVE_INFINITY].map(detail)).toEqual(['1 minute', '90 minutes', '24 hours', 'an unknown time']);
  });

  test('SI-4: the group that calls people, where it can be read, has to be there and on', () => {
    const onCall = `${RESOURCE_GROUP}/providers/microsoft.insights/actiongroups/on-call`;
    const near: FoundMonitors = { ...asShipped(), rules: asShipped().rules.map((rule) => ({ ...rule, actionGroupIds: [onCall, GROUP] })) };
    expect(differences(near)).toEqual([{ what: 'on-call', problem: 'missing' }]);
    const off = { id: onCall, name: 'on-call', enabled: false, webhooks: [] };
    expect(differences({ ...near, actionGroups: [...near.actionGroups, off] })).toEqual([{ what: 'on-call', problem: 'disabled' }]);
  });
});

describe('alert processing rules', () => {
  const held = (...changes: Partial<FoundProcessingRule>[]): readonly MonitorDifference[] => {
    const hold = { name: 'quiet', enabled: true, removesActionGroups: true, scopes: [SUBSCRIPTION], conditions: [], schedule: undefined };
    return differences({ ...asShipped(), processingRules: new Map([[SUBSCRIPTION, changes.map((change) => ({ ...hold, ...change }))]]) });
  };
  const HELD = { what: 'quiet', problem: 'held-back', detail: 'always' };
  const OUR_RULE = `${RESOURCE_GROUP}/providers/microsoft.insights/scheduledqueryrules/breakglass-contoso-changes`;
  const of = (field: string, operator: string, ...values: string[]): FoundProcessingCondition => ({ field, operator, values });

  test('SI-4: one that hits every rule of ours is one difference; another is another', () => {
    expect(held({})).toEqual([HELD]);
    expect(held({}, { name: 'loud' })).toEqual([HELD, { ...HELD, what: 'loud' }]);
  });

  test.each([SUBSCRIPTION, RESOURCE_GROUP, WORKSPACE, OUR_RULE])('SI-4: the scope %s has an alert of ours in it', (scope) => {
    expect(held({ scopes: [`${OTHER_WORKSPACE}`, scope] })).toEqual([HELD]);
  });

  test.each<[string, Partial<FoundProcessingRule>]>([
    ['is off', { enabled: false }],
    ['calls somebody besides', { removesActionGroups: false }],
    ['is for another subscription', { scopes: ['/subscriptions/xy'] }],
    ['is for another resource group', { scopes: [`${SUBSCRIPTION}/resourcegroups/log`] }],
    ['is for another resource', { scopes: [OTHER_WORKSPACE, `${WORKSPACE}/tables/x`] }],
    ['is for a rule that is not ours', { scopes: [`${OUR_RULE}-2`] }],
    ['ended a day ago', { schedule: { until: '2026-11-21T11:59:59', repeats: true } }],
  ])('one that %s holds nothing back', (_what, change) => {
    expect(held(change)).toEqual([]);
  });

  test.each<FoundProcessingCondition>([
    of('Severity', 'Equals', 'Sev2', 'Sev3'),
    of('MonitorCondition', 'Equals', 'Resolved'),
    of('MonitorService', 'Equals', 'Platform', 'ActivityLog Administrative'),
    of('SignalType', 'NotEquals', 'Log'),
    of('TargetResourceType', 'Equals', 'Microsoft.Compute/virtualMachines'),
    of('TargetResourceType', 'Contains', 'MICROSOFT.SQL/SERVERS'),
    of('TargetResource', 'Equals', OTHER_WORKSPACE),
    of('TargetResourceGroup', 'Equals', `${SUBSCRIPTION}/resourceGroups/shop`),
    of('AlertRuleId', 'DoesNotContain', '/scheduledQueryRules/breakglass-'),
    of('AlertRuleId', 'Equals', `${OUR_RULE}-2`),
    of('AlertRuleName', 'Contains', 'CPU'),
    of('Description', 'Contains', 'maintenance'),
  ])('one whose condition cannot be met by an alert of ours holds nothing back: %o', (condition) => {
    expect(held({ conditions: [of('Severity', 'Equals', 'Sev0', 'Sev1'), condition] })).toEqual([]);
  });

  test.each<FoundProcessingCondition>([
    of('Severity', 'Equals', 'Sev1'), // of the rule on changes
    of('severity', 'notequals', 'sev0'),
    of('MonitorService', 'Equals', 'Platform', 'Log Alerts V2'),
    of('MonitorService', 'NotEquals', 'Log Analytics'), // which of its names Azure takes is not written anywhere
    of('SignalType', 'Equals', 'Log'),
    of('TargetResourceType', 'Contains', 'OperationalInsights'),
    of('TargetResource', 'Equals', WORKSPACE.toUpperCase()),
    of('TargetResource', 'NotEquals', OTHER_WORKSPACE),
    of('TargetResourceGroup', 'Equals', 'logs'),
    of('AlertRuleId', 'Equals', OUR_RULE),
    of('AlertRuleName', 'Contains', 'Sign-in of an emergency'),
    of('AlertRuleName', 'DoesNotContain', 'breakglass-'), // the name people see has no such word
    of('AlertRuleId', 'DoesNotContain', 'breakglass-', 'something else'),
    of('Description', 'DoesNotContain', 'important'),
    of('AlertContext', 'Contains', 'maintenance'),
    of('Severity', 'Equals'),
    of('Severity', 'Resembles', 'Sev4'),
    of('Weather', 'Equals', 'fair'),
  ])('SI-4: one whose condition may be met by an alert of ours holds it back: %o', (condition) => {
    expect(held({ conditions: [condition] })).toEqual([HELD]);
  });

  test('SI-4: what is not known of a rule clears nothing', () => {
    const unknown = withRule((rule) => ({ ...rule, severity: Number.NaN }));
    const conditions = [of('Severity', 'Equals', 'Sev4'), of('AlertRuleId', 'Contains', 'contoso-sign-ins')];
    const hold = { name: 'quiet', enabled: true, removesActionGroups: true, scopes: [SUBSCRIPTION], conditions, schedule: undefined };
    expect(problems({ ...unknown, processingRules: new Map([[SUBSCRIPTION, [hold]]]) })).toEqual(['other-severity', 'held-back']);
  });

  test.each<[NonNullable<FoundProcessingRule['schedule']>, string]>([
    [{ repeats: false }, 'always'],
    [{ repeats: true }, 'again and again on a schedule'],
    [{ from: '2026-11-23T22:00:00', repeats: false }, 'from 2026-11-23 22:00'],
    [
      { from: '2026-11-21T22:00:00', until: '2026-11-22T06:00:00', timeZone: 'W. Europe Standard Time', repeats: false },
      'from 2026-11-21 22:00 until 2026-11-22 06:00, W. Europe Standard Time', // over here, and nobody knows where that is
    ],
    [{ until: 'at times', repeats: false }, 'until at times'],
  ])('SI-4: when it does is told in words: %o', (schedule, detail) => {
    expect(held({ schedule })).toEqual([{ ...HELD, detail }]);
  });

  test('SI-4: that they can no longer be read is a difference; that they never could is none', () => {
    const hidden: FoundMonitors = { ...asShipped(), processingRules: new Map([[SUBSCRIPTION, 'unreadable']]) };
    const seen = new Set(partsOf(EXAMPLE, asShipped()).map(({ key }) => key));
    expect(differences(hidden)).toEqual([]);
    expect(compareMonitors(EXAMPLE, hidden, DEPLOYED, { ...NEVER, seen })).toEqual([{ what: 'x', problem: 'processing-unreadable' }]);
    expect(partsOf([], hidden)).toEqual([]);
  });
});

describe('what is read back of Sentinel', () => {
  const sentinel = (): FoundSentinelRule[] =>
    RULES.map(({ name, query, dimensions }) => ({
      id: sentinelRuleId(name),
      isScheduled: true,
      enabled: true,
      severity: 'High',
      query,
      everyMinutes: 5,
      looksBackMinutes: 60,
      operator: 'GreaterThan',
      threshold: 0,
      suppressedMinutes: 0,
      alertsPerRow: true,
      makesIncidents: true,
      groupsIncidents: false,
      details: new Map(dimensions.map((column) => [column, column])),
    }));
  const withFirst = (change: (rule: FoundSentinelRule) => Partial<FoundSentinelRule>): FoundMonitors => {
    const [first, ...others] = sentinel();
    return { ...asShipped(), sentinel: first ? [{ ...first, ...change(first) }, ...others] : [] };
  };

  test('names are GUIDs, one for each rule and always the same', () => {
    const ids = RULES.map(({ name }) => sentinelRuleId(name));
    expect(new Set(ids).size).toBe(RULES.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sentinelRuleId('breakglass-contoso-sign-ins')).toBe('0c5d3098-6700-851f-abc2-a7bfb34e021d');
  });

  test('nothing differs where all is as shipped, nor where nobody says that it is deployed', () => {
    expect(differences({ ...asShipped(), sentinel: sentinel() })).toEqual([]);
    expect(differences(asShipped())).toEqual([]);
  });

  test('SI-4: what Azure does not let us see is one difference, and hides no other', () => {
    const found: FoundMonitors = { ...asShipped(), actionGroups: [], sentinel: 'unreadable' };
    expect(differences(found)).toEqual([
      { what: 'breakglass-bot', problem: 'missing' },
      { what: 'Microsoft Sentinel', problem: 'unreadable' },
    ]);
  });

  test.each<[string, FoundMonitors, MonitorProblem]>([
    ['a rule that is gone', withFirst(() => ({ id: 'another' })), 'missing'],
    ['a rule that is off', withFirst(() => ({ enabled: false })), 'disabled'],
    ['a rule of another kind', withFirst(() => ({ isScheduled: false })), 'other-query'],
    [
      'an account left out',
      withFirst(({ query }) => ({ query: query.replace(", 'aaaaaaaa-0000-4000-8000-000000000002'", '') })),
      'account-missing',
    ],
    ['a clause that hides', withFirst(({ query }) => ({ query: `${query}\n| take 0` })), 'other-query'],
    ['a slower rhythm', withFirst(() => ({ everyMinutes: 1_440 })), 'other-rhythm'],
    ['less to look back on', withFirst(() => ({ looksBackMinutes: 5 })), 'looks-back-less'],
    ['a higher threshold', withFirst(() => ({ threshold: 1_000 })), 'other-condition'],
    ['another operator', withFirst(() => ({ operator: 'LessThan' })), 'other-condition'],
    ['a rest after each alert', withFirst(() => ({ suppressedMinutes: 1_440 })), 'mutes-itself'],
    ['another severity', withFirst(() => ({ severity: 'Informational' })), 'other-severity'],
    ['no incidents', withFirst(() => ({ makesIncidents: false })), 'no-incident'],
    ['incidents that take in what comes later', withFirst(() => ({ groupsIncidents: true })), 'incidents-grouped'],
    ['one alert of all rows', withFirst(() => ({ alertsPerRow: false })), 'alerts-grouped'],
    ['a detail that is not told', withFirst(({ details }) => ({ details: new Map([...details].slice(1)) })), 'detail-missing'],
    [
      'a detail that is another',
      withFirst(({ details }) => ({ details: new Map([...details, ['UserId', 'IPAddress']]) })),
      'detail-missing',
    ],
  ])('SI-4: %s is a difference, and one', (_what, found, problem) => {
    expect(differences(found)).toEqual([expect.objectContaining({ what: RULES[0]?.title, in: 'sentinel', problem })]);
  });
});

describe('the watch', () => {
  let store: MemoryStore;
  let front: Door;
  let found: FoundMonitors | Error;
  let watch: MonitorsWatch;
  const look = () => watch.look();
  const tenant = {
    id: anAccount().tenantId,
    name: 'contoso',
    kind: 'workforce',
    exclusionGroupId: EXAMPLE[0]?.exclusionGroupId,
  } as TenantInfo;
  const mine: MonitoredTenant = {
    id: tenant.id,
    name: 'contoso',
    kind: 'workforce',
    exclusionGroupId: tenant.exclusionGroupId,
    userIds: [anAccount().objectId],
  };
  const alerts = () => [...store.rows.alert.values()].map(({ cause, state }) => [cause.kind, state]);

  beforeEach(() => {
    store = memoryStore(NOON);
    store.put('account', anAccount());
    front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
    begin();
  });
  const inAzure = {
    async read() {
      if (found instanceof Error) throw found;
      return found;
    },
  };
  function begin(): void {
    watch = monitorsWatch({ store, tenants: { list: () => [tenant] }, door: front, inAzure, deployed: DEPLOYED, log });
  }

  test('SI-4: a difference is one alert while it stands, another one is another, and nothing is left when all is as shipped', async () => {
    found = asShipped([mine]);
    await look();
    expect(alerts()).toEqual([]);
    found = { ...found, rules: [] };
    await look();
    await look();
    expect(alerts()).toEqual([['monitors-differ', 'open']]);
    found = { ...asShipped([mine]), actionGroups: [] }; // another difference
    await look();
    expect(alerts().map(([, state]) => state)).toEqual(['over', 'open']);
    found = asShipped([mine]);
    await look();
    expect(alerts().map(([, state]) => state)).toEqual(['over', 'over']);
    // Only of the last one it is said that all is well.
    expect([...store.rows.alert.values()].map(({ replaced }) => replaced)).toEqual([true, undefined]);
    expect(store.rows.audit.filter(({ intent }) => intent === 'condition-ended').map(({ details }) => details?.replaced)).toEqual([
      ...['by another', undefined],
    ]);
  });

  test('SI-4: of an account that a rule does not name people read the name they know', async () => {
    const { objectId, userPrincipalName } = anAccount();
    found = asShipped([mine]);
    found = {
      ...found,
      rules: found.rules.map((rule) => ({ ...rule, conditions: rule.conditions.map((each) => ({ ...each, query: '' })) })),
    };
    await look();
    const [alert] = store.rows.alert.values();
    const told = { problem: 'account-missing', detail: objectId, account: userPrincipalName };
    expect(alert?.cause).toMatchObject({ differences: [told, told, told] });
  });

  test('SI-4: what cannot be read three times in a row is a difference; once is the network', async () => {
    found = new Error('no answer');
    await look();
    await look();
    expect(alerts()).toEqual([]);
    await look();
    await look();
    expect(alerts()).toEqual([['monitors-differ', 'open']]);
    found = asShipped([mine]);
    await look();
    expect(alerts()).toEqual([['monitors-differ', 'over']]);
  });

  test('SI-4: a right that is taken away is an alert, also if the process starts anew in between, until it is given back', async () => {
    const hidden: FoundMonitors = { ...asShipped([mine]), logs: new Map([[mine.id, 'unreadable']]) };
    found = hidden;
    await look();
    expect(alerts()).toEqual([]);
    expect(watch.unseen()).toEqual([expect.objectContaining({ of: 'contoso', readable: false })]);
    found = asShipped([mine]);
    await look();
    expect([watch.unseen(), alerts()]).toEqual([[], []]);
    begin(); // what could be read is kept in the store
    found = hidden;
    await look();
    const [alert] = store.rows.alert.values();
    expect(alert?.cause).toEqual({ kind: 'monitors-differ', differences: [{ what: 'contoso', problem: 'settings-unreadable' }] });
    found = asShipped([mine]);
    await look();
    expect(alerts()).toEqual([['monitors-differ', 'over']]);
  });

  test('what could be read once is expected until it is forgotten', async () => {
    found = asShipped([mine]);
    await look();
    await store.forgetSeenInAzure();
    found = { ...asShipped([mine]), logs: new Map([[mine.id, 'unreadable']]) };
    await look();
    expect(alerts()).toEqual([]);
  });
});
