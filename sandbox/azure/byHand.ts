import { Senseless } from '../tenant/byHand.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../tenant/json.ts';
import { findTenant } from '../tenant/state.ts';
import { HOME_TENANT } from '../world.ts';
import { addProcessingRule, removeProcessingRules } from './processingRules.ts';
import { type AzureResource, type AzureResources, isOfType, keyOf } from './resources.ts';

export const RULES = ['Microsoft.Insights/scheduledQueryRules', 'Microsoft.SecurityInsights/alertRules'];
const GROUPS = ['Microsoft.Insights/actionGroups'];
const SETTINGS = ['microsoft.aadiam/diagnosticSettings'];

type Task = (resources: AzureResources, body: JsonObject) => void;

/** What whoever holds rights in Azure may do to what watches the accounts, past every template. */
export const AZURE_TASKS: Readonly<Record<string, Task>> = {
  'disable-rule': (resources, body) => change(resources, rule(resources, body), { enabled: false }),
  'enable-rule': (resources, body) => change(resources, rule(resources, body), { enabled: true }),
  'delete-rule': (resources, body) => resources.remove(keyOf(rule(resources, body))),
  'mute-rule': (resources, body) => change(resources, rule(resources, body), { muteActionsDuration: 'P1D' }),
  'remove-account': removeAccount,
  'disable-action-group': (resources, body) => change(resources, actionGroup(resources, body), { enabled: false }),
  'enable-action-group': (resources, body) => change(resources, actionGroup(resources, body), { enabled: true }),
  'delete-diagnostic-setting': deleteDiagnosticSetting,
  'add-processing-rule': addProcessingRule,
  'remove-processing-rules': removeProcessingRules,
  'take-right': (resources, body) => {
    const taken = rightOf(body);
    resources.put(keyOf(taken), taken);
  },
  'give-right': (resources, body) => resources.remove(keyOf(rightOf(body))),
};

const TAKEN = 'sandbox/takenRights';

const RIGHTS = ['diagnostic-settings', 'processing-rules'] as const;

/** Whether somebody took away the right of the product's reader to see this. */
export const isTaken = (resources: AzureResources, tenantId: string, right: (typeof RIGHTS)[number]): boolean =>
  resources.all().some((each) => each.tenantId === tenantId && each.name === right && isOfType(each, TAKEN));

/**
 * A role assignment of the product's reader: at `/providers/Microsoft.aadiam` of a directory, or on the subscription, for its alert processing
 * rules. It is there unless something says that it is gone.
 */
function rightOf(body: JsonObject): AzureResource {
  const name = RIGHTS.find((right) => right === (textOf(body, 'right') ?? 'diagnostic-settings'));
  if (!name) throw new Senseless(`right must be one of ${RIGHTS.join(', ')}.`);
  const tenant = name === 'processing-rules' ? HOME_TENANT : findTenant(textOf(body, 'tenantId') ?? '');
  if (!tenant) throw new Senseless('tenantId must be that of a tenant whose diagnostic settings the reader may see.');
  return { tenantId: tenant.id, id: `/providers/${TAKEN}/${name}`, name, type: TAKEN, properties: {} };
}

/** @throws Senseless, with the sentence to show */
function found(resources: AzureResources, types: readonly string[], fits: (resource: AzureResource) => boolean, otherwise: string) {
  const one = resources.all().find((each) => isOfType(each, ...types) && fits(each));
  if (!one) throw new Senseless(otherwise);
  return one;
}

/** By its name; a rule of Sentinel by what it is called there. */
function rule(resources: AzureResources, body: JsonObject): AzureResource {
  const wanted = textOf(body, 'rule');
  return found(
    resources,
    RULES,
    ({ name, properties }) => name === wanted || properties.displayName === wanted,
    'rule must be the name of a rule that is there.',
  );
}

function actionGroup(resources: AzureResources, body: JsonObject): AzureResource {
  const wanted = textOf(body, 'actionGroup') ?? 'breakglass-bot';
  return found(resources, GROUPS, ({ name }) => name === wanted, 'actionGroup must be the name of an action group that is there.');
}

function change(resources: AzureResources, resource: AzureResource, properties: JsonObject): void {
  resources.put(keyOf(resource), { ...resource, properties: { ...resource.properties, ...properties } });
}

/** The account's id goes out of the rule's list; the rule stays, and looks as before. */
function removeAccount(resources: AzureResources, body: JsonObject): void {
  const one = rule(resources, body);
  const userId = textOf(body, 'userId')?.toLowerCase() ?? '';
  const without = (query: string): string => query.replaceAll(new RegExp(`(?:, )?'${userId}'`, 'gi'), '').replaceAll('(, ', '(');
  const text = JSON.stringify(one.properties);
  if (!/^[0-9a-f-]{36}$/.test(userId) || !text.includes(userId)) throw new Senseless('userId must be that of an account the rule names.');
  const { query, criteria } = one.properties;
  const conditions = objectOf(criteria).allOf;
  const allOf = (Array.isArray(conditions) ? conditions : []).filter(isObject);
  const changed = { ...objectOf(criteria), allOf: allOf.map((each) => ({ ...each, query: without(String(each.query)) })) };
  change(resources, one, typeof query === 'string' ? { query: without(query) } : { criteria: changed });
}

/** Every one of the tenant: its logs go nowhere then. */
function deleteDiagnosticSetting(resources: AzureResources, body: JsonObject): void {
  const tenant = findTenant(textOf(body, 'tenantId') ?? '');
  const all = resources.all().filter((each) => isOfType(each, ...SETTINGS) && each.tenantId === tenant?.id);
  if (all.length === 0) throw new Senseless('tenantId must be that of a tenant that has a diagnostic setting.');
  for (const one of all) resources.remove(keyOf(one));
}
