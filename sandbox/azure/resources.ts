import { isObject, type JsonObject, objectOf } from '../tenant/json.ts';
import type { TenantState } from '../tenant/state.ts';
import { filledIn, InvalidTemplate, type Scope } from './expressions.ts';

/** One resource as Resource Manager keeps it. */
export interface AzureResource {
  /** Directory of its subscription; of a diagnostic setting, the directory itself. */
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  /** As in `Microsoft.Insights/actionGroups`. */
  readonly type: string;
  readonly location?: string;
  readonly kind?: string;
  readonly properties: JsonObject;
}

export interface Deployment {
  readonly tenantId: string;
  /** Empty for a directory. */
  readonly resourceGroup: string;
  readonly parameters: JsonObject;
}

export const keyOf = ({ tenantId, id }: Pick<AzureResource, 'tenantId' | 'id'>): string => `${tenantId} ${id}`.toLowerCase();

export const isOfType = ({ type }: AzureResource, ...types: readonly string[]): boolean =>
  types.some((each) => each.toLowerCase() === type.toLowerCase());

/** Query of a rule of either kind. */
export function queryOf({ properties: { query, criteria } }: AzureResource): string {
  const conditions = objectOf(criteria).allOf;
  const [first] = Array.isArray(conditions) ? conditions.filter(isObject) : [];
  return String(query ?? first?.query ?? '');
}

/** Everything in the pretend subscription and directories. */
export const resourcesOf = (state: TenantState) => state.open<AzureResource>('azure', keyOf);
export type AzureResources = ReturnType<typeof resourcesOf>;

/**
 * Deploys a template as Resource Manager would, incrementally: what it holds is replaced whole, what it does not hold stays.
 *
 * @param text the template's file
 * @throws InvalidTemplate
 */
export function deploy(resources: AzureResources, text: string, { tenantId, resourceGroup, parameters }: Deployment): void {
  const template = objectOf(JSON.parse(text));
  const scope: Scope = {
    resourceGroup,
    location: 'westeurope',
    parameters: parametersOf(objectOf(template.parameters), parameters, resourceGroup),
    variables: {},
  };
  const variables = objectOf(filledIn(objectOf(template.variables), scope));
  const filled = filledIn(template.resources, { ...scope, variables });
  for (const each of Array.isArray(filled) ? filled : []) {
    const made = resourceFrom(objectOf(each), tenantId, resourceGroup);
    resources.put(keyOf(made), made);
  }
}

function parametersOf(declared: JsonObject, given: JsonObject, resourceGroup: string): JsonObject {
  const extra = Object.keys(given).filter((name) => !(name in declared));
  if (extra.length > 0) throw new InvalidTemplate(`the template has no parameter ${extra.join(', ')}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const scope = { resourceGroup, location: 'westeurope', parameters: {}, variables: {} };
      const value = given[name] ?? filledIn(objectOf(declaration).defaultValue, scope);
      if (value === undefined) throw new InvalidTemplate(`the parameter ${name} has no value`);
      return [name, value];
    }),
  );
}

/** `a/b/providers/c` named `x/Provider/y` is the resource `c` of `Provider` on the `b` named `x`. */
function resourceFrom(declared: JsonObject, tenantId: string, resourceGroup: string): AzureResource {
  const { type, name, location, kind, properties } = declared;
  if (typeof type !== 'string' || typeof name !== 'string' || !isObject(properties))
    throw new InvalidTemplate('a resource needs type, name and properties');
  const extension = /^(.+)\/providers\/(\w+)$/.exec(type);
  const [on = '', provider = '', own = name] = name.split('/');
  const [, onType = '', ownType = ''] = extension ?? [];
  return {
    tenantId,
    id: extension
      ? `${resourceGroup}/providers/${onType}/${on}/providers/${provider}/${ownType}/${own}`
      : `${resourceGroup}/providers/${type}/${name}`,
    name: own,
    type: extension ? `${provider}/${ownType}` : type,
    ...(typeof location === 'string' ? { location } : {}),
    ...(typeof kind === 'string' ? { kind } : {}),
    properties,
  };
}
