import { type Comparison, type Filter, type Literal, parseFilter } from './filterParser.ts';
import { GraphFault, unsupportedQuery } from './graphFault.ts';
import { isObject, type JsonObject } from './json.ts';

/** What an entity set can filter by: property path (lower case) to the operators it knows. */
export interface FilterRules {
  readonly resource: string;
  readonly properties: Readonly<Record<string, readonly Comparison[]>>;
  readonly or: boolean;
}

function check(filter: Filter, rules: FilterRules): void {
  if (filter.kind === 'not') throw unsupportedQuery("Operator 'not' is not supported because the required parameters might be missing.");
  if (filter.kind === 'compare') {
    const operators = rules.properties[filter.path.toLowerCase()];
    if (!operators)
      throw unsupportedQuery(
        `Unsupported or invalid query filter clause specified for property '${filter.path}' of resource '${rules.resource}'.`,
      );
    if (!operators.includes(filter.operator)) {
      throw unsupportedQuery(
        `Operator '${filter.operator}' is not supported for property '${filter.path}' of resource '${rules.resource}'.`,
      );
    }
    if (filter.path.endsWith('DateTime') && !filter.values.every((value) => Number.isFinite(Date.parse(String(value))))) {
      throw new GraphFault(400, 'BadRequest', `Invalid filter clause: '${filter.values.join(',')}' is no instant.`);
    }
    return;
  }
  if (filter.kind === 'or' && !rules.or) throw unsupportedQuery('Or operator not supported for this entity set.');
  check(filter.left, rules);
  check(filter.right, rules);
}

/** Values at a path; `any` fans out over a collection. */
function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (name.toLowerCase() === 'any') return Array.isArray(value) ? value.flatMap((one) => valuesAt(one, rest)) : [];
  if (!isObject(value)) return [null];
  const key = Object.keys(value).find((known) => known.toLowerCase() === name.toLowerCase());
  return valuesAt(key === undefined ? null : value[key], rest);
}

const INSTANT = /^\d{4}-\d\d-\d\dT/;

function order(left: unknown, right: Literal): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [String(left), String(right)];
  if (INSTANT.test(a) && INSTANT.test(b)) return Date.parse(a) - Date.parse(b);
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : Number(x > y);
}

function same(left: unknown, right: Literal): boolean {
  if (left === null || left === undefined || right === null) return (left ?? null) === right;
  if (typeof left === 'boolean' || typeof right === 'boolean') return left === right;
  return order(left, right) === 0;
}

function compare(value: unknown, operator: Comparison, wanted: readonly Literal[]): boolean {
  const first = wanted[0] ?? null;
  switch (operator) {
    case 'eq':
    case 'in':
      return wanted.some((one) => same(value, one));
    case 'ne':
      return !same(value, first);
    case 'startswith':
      return typeof value === 'string' && value.toLowerCase().startsWith(String(first).toLowerCase());
    case 'endswith':
      return typeof value === 'string' && value.toLowerCase().endsWith(String(first).toLowerCase());
    case 'ge':
      return value != null && order(value, first) >= 0;
    case 'gt':
      return value != null && order(value, first) > 0;
    case 'le':
      return value != null && order(value, first) <= 0;
    case 'lt':
      return value != null && order(value, first) < 0;
  }
}

function matches(filter: Filter, row: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(filter.left, row) && matches(filter.right, row);
    case 'or':
      return matches(filter.left, row) || matches(filter.right, row);
    case 'not':
      return !matches(filter.inner, row);
    case 'compare':
      return valuesAt(row, filter.path.split('/')).some((value) => compare(value, filter.operator, filter.values));
  }
}

/** Predicate of a `$filter`. Throws 400 where the entity set can't answer it. */
export function filterOf(text: string, rules: FilterRules): (row: JsonObject) => boolean {
  const filter = parseFilter(text);
  check(filter, rules);
  return (row) => matches(filter, row);
}
