import { isObject } from '../../../sandbox/tenant/json.ts';
import type { Exchange } from '../../../sandbox/tenant/traffic.ts';
import type { GraphCall } from '../../../src/core/tenant/calls.ts';
import { operationOf } from './operations.ts';
import { addressOf } from './violations.ts';

/** What a recording exercised of one operation. */
export interface Exercised {
  readonly operation: string;
  exchanges: number;
  readonly statuses: Set<number>;
  /** Paths of properties that were sent, and query options. */
  readonly asked: Set<string>;
  /** Paths of properties that were answered. */
  readonly answered: Set<string>;
}

/** Paths of all properties of a value; `[]` stands for any item of a list. Annotations are left out. */
function fields(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fields(item, `${at}[]`));
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([name]) => !name.includes('@'))
    .flatMap(([name, inner]) => [`${at}.${name}`, ...fields(inner, `${at}.${name}`)]);
}

/** By operation, those with most exchanges first. */
export function exercised(exchanges: readonly Exchange[]): Exercised[] {
  const found = new Map<string, Exercised>();
  for (const exchange of exchanges) {
    const { request, response } = exchange;
    const { path, query } = addressOf(exchange);
    const operation = `${request.method} ${operationOf(request.method, path)?.path ?? path}`;
    const entry = found.get(operation) ?? { operation, exchanges: 0, statuses: new Set(), asked: new Set(), answered: new Set() };
    found.set(operation, entry);
    entry.exchanges += 1;
    entry.statuses.add(response.status);
    for (const name of [...query.keys(), ...fields(request.body)]) entry.asked.add(name);
    for (const name of fields(response.body)) entry.answered.add(name);
  }
  return [...found.values()].sort((a, b) => b.exchanges - a.exchanges);
}

/** A path of the table of calls as a pattern: `{id}` is one segment. */
const pathPattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('$', '\\$').replaceAll('{id}', '[^/]+')}$`, 'i');

/** Rows of the table of calls that no exchange is an instance of. Who called is not asked: people and reader may be one identity. */
export function neverMade(calls: readonly GraphCall[], exchanges: readonly Exchange[]): string[] {
  const made = new Set(exchanges.map((exchange) => `${exchange.request.method} ${addressOf(exchange).path}`));
  return calls
    .filter(({ call }) => {
      const [method, path = ''] = call.split(' ');
      const pattern = pathPattern(path);
      return ![...made].some((each) => each.startsWith(`${method} `) && pattern.test(each.slice(String(method).length + 1)));
    })
    .map(({ identity, call }) => `${identity} ${call}`);
}
