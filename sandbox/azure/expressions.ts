import { isObject, type JsonObject } from '../tenant/json.ts';

/** Where a template is deployed, and with what. */
export interface Scope {
  /** `/subscriptions/…/resourceGroups/…`, or empty for a directory. */
  readonly resourceGroup: string;
  readonly location: string;
  readonly parameters: JsonObject;
  readonly variables: JsonObject;
}

/** A template that cannot be deployed, in words. */
export class InvalidTemplate extends Error {}

/**
 * Fills in a template's JSON: `[…]` is an expression, `[[…` is text, `copy` repeats a property (Learn, template-expressions and
 * copy-properties, 2026-11). Only the functions that our own templates use are known; another one is a fault, so that none goes untried.
 */
export function filledIn(value: unknown, scope: Scope, indexes: ReadonlyMap<string, number> = new Map()): unknown {
  if (typeof value === 'string') return evaluate(value, scope, indexes);
  if (Array.isArray(value)) return value.map((each) => filledIn(each, scope, indexes));
  if (!isObject(value)) return value;
  const { copy, ...rest } = value;
  const filled = Object.entries(rest).map(([name, each]) => [name, filledIn(each, scope, indexes)] as const);
  return Object.fromEntries([...filled, ...(Array.isArray(copy) ? copy.map((each) => repeated(each, scope)) : [])]);
}

function repeated(copy: unknown, scope: Scope): readonly [string, unknown[]] {
  const { name, count, input } = isObject(copy) ? copy : {};
  const times = filledIn(count, scope);
  if (typeof name !== 'string' || typeof times !== 'number') throw new InvalidTemplate('a copy needs name, count and input');
  return [name, Array.from({ length: times }, (_, index) => filledIn(input, scope, new Map([[name, index]])))];
}

function evaluate(text: string, scope: Scope, indexes: ReadonlyMap<string, number>): unknown {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  const rest = [...text.slice(1, -1).matchAll(TOKENS)].map(([token]) => token).filter((token) => token.trim() !== '');
  const next = (): string => rest.shift() ?? '';
  const expect = (wanted: string): void => {
    const token = next();
    if (token !== wanted) throw new InvalidTemplate(`${text}: ${wanted} expected, not ${token || 'the end'}`);
  };
  const value = (): unknown => {
    const token = next();
    let found: unknown;
    if (token.startsWith("'")) found = token.slice(1, -1).replaceAll("''", "'");
    else if (/^\d+$/.test(token)) found = Number(token);
    else {
      expect('(');
      const given: unknown[] = [];
      while (rest[0] !== ')') {
        if (given.length > 0) expect(',');
        given.push(value());
      }
      expect(')');
      found = call(token, given, scope, indexes);
    }
    while (rest[0] === '.' || rest[0] === '[') {
      const by = next();
      const key = by === '.' ? next() : value();
      if (by === '[') expect(']');
      found = memberOf(found, key, text);
    }
    return found;
  };
  const result = value();
  if (rest.length > 0) throw new InvalidTemplate(`${text}: ${rest[0]} is one too many`);
  return result;
}

const TOKENS = /'(?:[^']|'')*'|\w+|\S|\s+/g;

function memberOf(of: unknown, key: unknown, text: string): unknown {
  const found = Array.isArray(of) && typeof key === 'number' ? of[key] : isObject(of) && typeof key === 'string' ? of[key] : undefined;
  if (found === undefined) throw new InvalidTemplate(`${text}: there is no ${String(key)}`);
  return found;
}

function call(name: string, given: readonly unknown[], scope: Scope, indexes: ReadonlyMap<string, number>): unknown {
  const [first] = given;
  switch (name) {
    case 'parameters':
    case 'variables': {
      const found = scope[name][String(first)];
      if (found === undefined) throw new InvalidTemplate(`${name}('${String(first)}') has no value`);
      return found;
    }
    case 'resourceGroup':
      return { id: scope.resourceGroup, location: scope.location };
    case 'resourceId': {
      const [type = '', ...names] = given.map(String);
      return `${scope.resourceGroup}/providers/${type}/${names.join('/')}`;
    }
    case 'concat':
      return given.every(Array.isArray) ? given.flat() : given.map(String).join('');
    case 'createArray':
      return [...given];
    case 'length':
      return Array.isArray(first) ? first.length : String(first).length;
    case 'copyIndex': {
      const index = indexes.get(String(first));
      if (index === undefined) throw new InvalidTemplate(`copyIndex('${String(first)}') is outside of its copy`);
      return index;
    }
    default:
      throw new InvalidTemplate(`the function ${name} is not known here`);
  }
}
