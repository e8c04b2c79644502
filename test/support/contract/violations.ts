import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isObject } from '../../../sandbox/tenant/json.ts';
import type { Exchange } from '../../../sandbox/tenant/traffic.ts';
import { graphType } from './graphTypes.ts';
import { type Operation, operationOf, TYPES } from './operations.ts';

const inline = new Ajv({ strict: false, allErrors: true });
const compiled = new Map<object, ValidateFunction>();

/** Error body of every refusal (Learn, "Microsoft Graph error responses", 2025). */
const FAULT = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      additionalProperties: false,
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        target: { type: 'string' },
        details: {
          type: 'array',
          items: {
            type: 'object',
            required: ['code', 'message'],
            additionalProperties: false,
            properties: { code: { type: 'string' }, message: { type: 'string' }, target: { type: 'string' } },
          },
        },
        innerError: { type: 'object' },
      },
    },
  },
};
const COLLECTION = {
  type: 'object',
  required: ['value'],
  additionalProperties: false,
  patternProperties: { '^@odata\\.(context|nextLink|count|deltaLink)$': {} },
  properties: { value: { type: 'array', items: { type: 'object' } } },
};

export function problems(where: string, validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${where}${error.instancePath} ${error.message}${told(error)}`);
}
const told = ({ params, data }: ErrorObject): string => {
  const named = 'additionalProperty' in params ? ` (${params.additionalProperty})` : '';
  return `${named}${data === undefined || isObject(data) || Array.isArray(data) ? '' : ` (${JSON.stringify(data)})`}`;
};

export function bySchema(where: string, schema: object, value: unknown): string[] {
  const validate = compiled.get(schema) ?? inline.compile(schema);
  compiled.set(schema, validate);
  return problems(where, validate, value);
}

/** By the type the row itself says it is, else by the declared one. */
function byType(where: string, declared: string, row: unknown): string[] {
  const named = isObject(row) && typeof row['@odata.type'] === 'string' ? row['@odata.type'].replace('#microsoft.graph.', '') : declared;
  const type = TYPES.find((name) => name.toLowerCase() === named.toLowerCase());
  return type === undefined ? [`${where} is of the unknown type ${named}`] : problems(where, graphType(type), row);
}

function answered({ gives }: Operation, body: unknown): string[] {
  if (gives === undefined) return body === null || body === undefined || body === '' ? [] : ['response must have no body'];
  if (typeof gives === 'string') return byType('response', gives, body);
  if (!Array.isArray(gives)) return bySchema('response', gives, body);
  const envelope = bySchema('response', COLLECTION, body);
  if (envelope.length > 0) return envelope;
  return (body as { value: unknown[] }).value.flatMap((row, index) => byType(`response/value/${index}`, String(gives[0]), row));
}

function asked({ takes }: Operation, body: unknown): string[] {
  const empty = body === null || body === undefined;
  if (takes === undefined) return empty || (isObject(body) && Object.keys(body).length === 0) ? [] : ['request must have no body'];
  if (typeof takes === 'string') return byType('request', takes, body);
  return empty && 'nullable' in takes ? [] : bySchema('request', takes, body);
}

/** Path and query of an exchange; the path without `/v1.0`. */
export function addressOf({ request }: Exchange): { readonly path: string; readonly query: URLSearchParams } {
  const url = new URL(request.url, 'http://127.0.0.1');
  return { path: url.pathname.replace(/^\/v1\.0/, ''), query: url.searchParams };
}

/**
 * What of an exchange breaks Microsoft's contract, as @microsoft/microsoft-graph-types declare it. An answer always counts; a request
 * counts where it was accepted, or where the product sent it: tests may send nonsense, and see it refused.
 */
export function violationsOf(exchange: Exchange, from: 'product' | 'anybody'): string[] {
  const { request, response } = exchange;
  const { path } = addressOf(exchange);
  const operation = operationOf(request.method, path);
  const refused = response.status >= 400;
  if (!operation) return refused && from === 'anybody' ? [] : [`${request.method} ${path}: not in test/support/contract/operations.ts`];
  const found = [
    ...(refused ? bySchema('response', FAULT, response.body) : answered(operation, response.body)),
    ...(refused && from === 'anybody' ? [] : asked(operation, request.body)),
  ];
  return found.map((problem) => `${request.method} ${path} ${response.status}: ${problem}`);
}
