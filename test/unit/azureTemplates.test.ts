import { describe, expect, test } from '@jest/globals';
import { filledIn, InvalidTemplate } from '../../sandbox/azure/expressions.ts';
import { type AzureResource, deploy, keyOf } from '../../sandbox/azure/resources.ts';
import { EXAMPLE } from '../../scripts/monitorDocs.ts';
import { rulesFor } from '../../src/core/monitors/rules.ts';
import { monitorFiles } from '../../src/core/monitors/templates.ts';

const GROUP = '/subscriptions/s/resourceGroups/g';
const scope = { resourceGroup: GROUP, location: 'westeurope', parameters: { name: 'it', list: ['a', 'b'] }, variables: { v: { x: 7 } } };
const fill = (value: unknown) => filledIn(value, scope);

describe('expressions of templates', () => {
  test.each<[unknown, unknown]>([
    ['plain', 'plain'],
    ['[[not one]', '[not one]'],
    ["[parameters('name')]", 'it'],
    ["[concat('a', '/', parameters('name'))]", 'a/it'],
    ["[concat('it''s', 1)]", "it's1"],
    ["[concat(parameters('list'), createArray('c'))]", ['a', 'b', 'c']],
    ["[parameters('list')[1]]", 'b'],
    ["[variables('v').x]", 7],
    ['[resourceGroup().location]', 'westeurope'],
    ["[resourceId('A.B/c', 'd')]", `${GROUP}/providers/A.B/c/d`],
    [
      { copy: [{ name: 'each', count: "[length(parameters('list'))]", input: { is: "[parameters('list')[copyIndex('each')]]" } }] },
      { each: [{ is: 'a' }, { is: 'b' }] },
    ],
  ])('%j', (template, filled) => {
    expect(fill(template)).toEqual(filled);
  });

  test.each([
    "[unheardOf('x')]",
    "[parameters('other')]",
    "[parameters('list')[2]]",
    "[concat('a']",
    "[concat('a') 'b']",
    "[copyIndex('each')]",
  ])('%s is a fault, not a guess', (template) => {
    expect(() => fill(template)).toThrow(InvalidTemplate);
  });
});

describe('our own templates, deployed', () => {
  const kept = new Map<string, AzureResource>();
  const table = {
    put: (key: string, row: AzureResource) => void kept.set(key, row),
    all: () => [...kept.values()],
    get: (key: string) => kept.get(key),
    remove: (key: string) => void kept.delete(key),
    forget: () => undefined,
  };
  const files = monitorFiles(EXAMPLE);
  const into = { tenantId: 't', resourceGroup: GROUP };
  const parameters = {
    workspaceId: '/w',
    webhookUri: 'https://bot.example',
    webhookAppObjectId: 'o',
    webhookAppIdUri: 'api://a',
    homeTenantId: 't',
    peopleActionGroupIds: ['/people'],
  };

  test('leave no expression behind, and a resource for each rule in Azure Monitor and in Sentinel', () => {
    deploy(table, files['alert-rules.json'] ?? '', { ...into, parameters });
    deploy(table, files['sentinel-rules.json'] ?? '', { ...into, parameters: { workspaceName: 'w' } });
    deploy(table, files['diagnostic-settings.json'] ?? '', { tenantId: 'u', resourceGroup: '', parameters: { workspaceId: '/w' } });
    const all = table.all();
    expect(JSON.stringify(all)).not.toMatch(/"\[[a-z]+\(/i);
    expect(all).toHaveLength(2 * EXAMPLE.flatMap(rulesFor).length + 2);
    const rule = kept.get(
      keyOf({ tenantId: 't', id: `${GROUP}/providers/Microsoft.Insights/scheduledQueryRules/breakglass-contoso-changes` }),
    );
    expect(rule).toMatchObject({ location: 'westeurope', properties: { scopes: ['/w'], actions: { actionGroups: ['/people'] } } });
    const workspace = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/w/providers/Microsoft.SecurityInsights/alertRules/`;
    expect(all.filter(({ id, type }) => id.startsWith(workspace) && type === 'Microsoft.SecurityInsights/alertRules')).toHaveLength(6);
    expect(all.find(({ tenantId }) => tenantId === 'u')?.properties.logs).toHaveLength(3);
  });

  test('a parameter too few or too many is a fault', () => {
    const { webhookUri: _gone, ...few } = parameters;
    expect(() => deploy(table, files['alert-rules.json'] ?? '', { ...into, parameters: few })).toThrow('webhookUri has no value');
    expect(() => deploy(table, files['alert-rules.json'] ?? '', { ...into, parameters: { ...parameters, more: 1 } })).toThrow(
      'no parameter more',
    );
  });
});
