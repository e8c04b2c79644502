import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { EXAMPLE } from '../../scripts/monitorDocs.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { TenantInfo } from '../../src/app/ports.ts';
import { compareMonitors, type FoundMonitors, type FoundRule, type MonitorDifference } from '../../src/core/monitors/compare.ts';
import { EVERY_MINUTES, MOST_DIMENSIONS, type MonitoredTenant, rulesFor } from '../../src/core/monitors/rules.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';
import { monitorsWatch } from '../../src/jobs/readMonitors.ts';
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

const GROUP = '/subscriptions/x/resourcegroups/logs/providers/microsoft.insights/actiongroups/breakglass-bot';
/** As it was deployed. */
function asShipped(tenants: readonly MonitoredTenant[] = EXAMPLE): FoundMonitors {
  return {
    rules: tenants.flatMap(rulesFor).map(({ name, query, dimensions }) => ({
      name,
      query,
      dimensions,
      enabled: true,
      everyMinutes: 5,
      resolvesItself: false,
      actionGroupIds: [GROUP],
    })),
    actionGroups: [{ id: GROUP, enabled: true, webhooks: [{ uri: URI, commonSchema: true, secure: true }] }],
    logs: new Map(tenants.map(({ id }) => [id, ['SignInLogs', 'AuditLogs', 'NonInteractiveUserSignInLogs']])),
  };
}
const withRule = (change: (rule: FoundRule) => FoundRule | undefined): FoundMonitors => ({
  ...asShipped(),
  rules: asShipped().rules.flatMap((rule) => (rule.name === 'breakglass-contoso-sign-ins' ? (change(rule) ?? []) : rule)),
});
const problems = (found: FoundMonitors): MonitorDifference['problem'][] =>
  compareMonitors(EXAMPLE, found, URI).map(({ problem }) => problem);

describe('what is read back', () => {
  test('nothing differs where all is as shipped, whatever else is there, and however the query is laid out', () => {
    expect(problems(asShipped())).toEqual([]);
    expect(problems(withRule((rule) => ({ ...rule, query: rule.query.replaceAll('\n', '  \r\n ') })))).toEqual([]);
  });

  test.each<[string, FoundMonitors, MonitorDifference['problem']]>([
    ['a rule that is gone', withRule(() => undefined), 'missing'],
    ['a rule that is off', withRule((rule) => ({ ...rule, enabled: false })), 'disabled'],
    [
      'an account left out',
      withRule((rule) => ({
        ...rule,
        query: rule.query.replace('aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000009'),
      })),
      'account-missing',
    ],
    ['a clause that hides', withRule((rule) => ({ ...rule, query: `${rule.query}\n| where ResultType != "0"` })), 'other-query'],
    ['a dimension left out', withRule((rule) => ({ ...rule, dimensions: rule.dimensions.slice(1) })), 'not-split'],
    ['a slower rhythm', withRule((rule) => ({ ...rule, everyMinutes: 60 })), 'other-rhythm'],
    ['alerts that resolve themselves', withRule((rule) => ({ ...rule, resolvesItself: true })), 'resolves-itself'],
    ['no action group', withRule((rule) => ({ ...rule, actionGroupIds: [] })), 'calls-nobody'],
    ['another action group', withRule((rule) => ({ ...rule, actionGroupIds: ['/other'] })), 'bot-not-called'],
    ['logs that are not sent', { ...asShipped(), logs: new Map([[EXAMPLE[0]?.id ?? '', ['AuditLogs']]]) }, 'log-not-sent'],
  ])('SI-4: %s is a difference', (_what, found, problem) => {
    expect(problems(found)).toEqual([problem]);
  });

  test.each([
    ['is off', { enabled: false }],
    ['calls another address', { webhooks: [{ uri: 'https://evil.example/api/signals/azure-monitor', commonSchema: true, secure: true }] }],
    ['is not secure', { webhooks: [{ uri: URI, commonSchema: true, secure: false }] }],
    ['has another schema', { webhooks: [{ uri: URI, commonSchema: false, secure: true }] }],
  ])('SI-4: an action group that %s is a difference of every rule that has to call the bot', (_what, change) => {
    const found = asShipped();
    const broken = { ...found, actionGroups: found.actionGroups.map((group) => ({ ...group, ...change })) };
    expect(new Set(problems(broken))).toEqual(new Set(['bot-not-called']));
    expect(problems(broken)).toHaveLength(RULES.filter(({ calls }) => calls === 'bot').length);
  });
});

describe('the watch', () => {
  let store: MemoryStore;
  let front: Door;
  let found: FoundMonitors | Error;
  let look: () => Promise<void>;
  const tenant = {
    id: anAccount().tenantId,
    name: 'contoso',
    kind: 'workforce',
    exclusionGroupId: EXAMPLE[0]?.exclusionGroupId,
  } as TenantInfo;
  const mine: MonitoredTenant = {
    id: tenant.id,
    name: 'contoso',
    exclusionGroupId: tenant.exclusionGroupId,
    userIds: [anAccount().objectId],
  };
  const alerts = () => [...store.rows.alert.values()].map(({ cause, state }) => [cause.kind, state]);

  beforeEach(() => {
    store = memoryStore(NOON);
    store.put('account', anAccount());
    front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
    const inAzure = {
      async read() {
        if (found instanceof Error) throw found;
        return found;
      },
    };
    look = monitorsWatch({ store, tenants: { list: () => [tenant] }, door: front, inAzure, webhookUri: URI, log });
  });

  test('SI-4: a difference is one alert while it stands, another one is another, and nothing is left when all is as shipped', async () => {
    found = asShipped([mine]);
    await look();
    expect(alerts()).toEqual([]);
    found = { ...found, rules: [] };
    await look();
    await look();
    expect(alerts()).toEqual([['monitors-differ', 'open']]);
    found = { ...asShipped([mine]), actionGroups: [] };
    await look();
    expect(alerts().map(([, state]) => state)).toEqual(['over', 'open']);
    found = asShipped([mine]);
    await look();
    expect(alerts().map(([, state]) => state)).toEqual(['over', 'over']);
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
});
