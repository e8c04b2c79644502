import { type FilterRules, filterOf } from './filter.ts';
import { badRequest, GraphFault, unsupportedQuery } from './graphFault.ts';
import { GRAPH_ROOT, type GraphAnswer, type GraphCall, ok } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { pick, selectOf } from './select.ts';

export interface CollectionRules {
  /** What stands behind `$metadata#`. */
  readonly context: string;
  /** Type name in messages, such as `microsoft.graph.user`. */
  readonly type: string;
  readonly properties: readonly string[];
  /** Properties given without `$select`; all of them unless told. */
  readonly defaults?: readonly string[];
  readonly filter?: FilterRules;
  readonly orderBy?: readonly string[];
  readonly pageSize: number;
  readonly maxTop: number;
}

const OPTIONS = new Set(['$select', '$filter', '$top', '$skiptoken', '$orderby', '$count', '$search', '$expand', '$skip', '$format']);

function topOf(call: GraphCall, rules: CollectionRules): number {
  const text = call.query.$top;
  if (text === undefined) return rules.pageSize;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1 || top > rules.maxTop) {
    throw badRequest(`Invalid page size specified: '${text}'. Must be between 1 and ${rules.maxTop} inclusive.`);
  }
  return top;
}

function checkOptions(call: GraphCall): void {
  const unknown = Object.keys(call.query).find((name) => name.startsWith('$') && !OPTIONS.has(name));
  if (unknown !== undefined) {
    throw new GraphFault(400, 'BadRequest', `The query parameter '${unknown}' is not supported.`);
  }
  if (call.query.$skip !== undefined) throw badRequest("'$skip' is not supported by the service.");
  if (call.query.$expand !== undefined) throw badRequest('The query specified in the URI is not valid. $expand is not supported here.');
  if (call.query.$search !== undefined) {
    const needed =
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'";
    throw unsupportedQuery(call.eventual ? '$search is not supported here.' : needed);
  }
}

function ordered(rows: readonly JsonObject[], call: GraphCall, rules: CollectionRules): readonly JsonObject[] {
  const text = call.query.$orderby;
  if (text === undefined) return rows;
  const match = /^(\w+)(?:\s+(asc|desc))?$/i.exec(text.trim());
  const property = rules.orderBy?.find((known) => known.toLowerCase() === match?.[1]?.toLowerCase());
  if (property === undefined) throw unsupportedQuery(`Unsupported sort property '${text}' for '${rules.type}'.`);
  const direction = match?.[2]?.toLowerCase() === 'desc' ? -1 : 1;
  const key = (row: JsonObject): string => String(row[property] ?? '').toLowerCase();
  return [...rows].sort((a, b) => direction * (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}

interface Place {
  /** Last id of the page before and its position, should that object be gone by now. */
  readonly id: string;
  readonly index: number;
}

function startOf(call: GraphCall, rows: readonly JsonObject[]): number {
  const token = call.query.$skiptoken;
  if (token === undefined) return 0;
  const refused = badRequest("The specified '$skiptoken' is invalid.");
  let place: Partial<Place>;
  try {
    place = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as Partial<Place>;
  } catch {
    throw refused;
  }
  if (typeof place?.id !== 'string' || typeof place.index !== 'number') throw refused;
  const found = rows.findIndex((row) => row.id === place.id);
  return found >= 0 ? found + 1 : place.index;
}

function nextLink(call: GraphCall, place: Place): string {
  const options = Object.entries(call.query).filter(([name]) => name !== '$skiptoken');
  const token = Buffer.from(JSON.stringify(place)).toString('base64url');
  const query = [...options, ['$skiptoken', token] as const].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${GRAPH_ROOT}${call.path}?${query}`;
}

/** Answers a list: `$filter`, `$orderby`, `$top` and paging, `$select`; 400 for what the entity set does not know. */
export function answerCollection(call: GraphCall, rules: CollectionRules, rows: readonly JsonObject[]): GraphAnswer {
  checkOptions(call);
  const filter = call.query.$filter;
  if (filter !== undefined && !rules.filter) throw unsupportedQuery(`$filter is not supported for '${rules.type}'.`);
  const kept = filter !== undefined && rules.filter ? rows.filter(filterOf(filter, rules.filter)) : rows;
  const select = selectOf(call, rules);
  const top = topOf(call, rules);
  const sorted = ordered(kept, call, rules);
  const start = startOf(call, sorted);
  const page = sorted.slice(start, start + top);
  const end = start + page.length;
  const last = page.at(-1);
  const fields = call.query.$select === undefined ? '' : `(${select.join(',')})`;
  return ok({
    '@odata.context': `${GRAPH_ROOT}/$metadata#${rules.context}${fields}`,
    ...(call.eventual && call.query.$count === 'true' ? { '@odata.count': sorted.length } : {}),
    ...(last && end < sorted.length ? { '@odata.nextLink': nextLink(call, { id: String(last.id), index: end }) } : {}),
    value: page.map((row) => pick(row, select)),
  });
}
