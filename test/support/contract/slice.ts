import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { isObject, type JsonObject, objectOf } from '../../../sandbox/tenant/json.ts';
import type { Exchange } from '../../../sandbox/tenant/traffic.ts';
import { addressOf, problems } from './violations.ts';

/**
 * Microsoft's OpenAPI description of the operations we know, and closed schemas of their types. Others' data: it lies beside the
 * repository where we work and is in no commit, so that all of this does nothing elsewhere, and the run says so.
 */
const FOLDER = ['../../../../shared/graph/', '../../../../../shared/graph/'].map((path) => new URL(path, import.meta.url)).find(existsSync);
export const SLICE_HINT =
  'Without ../shared/graph beside the repository, Graph traffic is held to the generated types only, and permissions to our own table.';
export const sliceIsThere = FOLDER !== undefined;

interface Described {
  readonly parameters?: readonly JsonObject[];
  readonly requestBody?: { readonly required?: boolean; readonly content: JsonObject };
  readonly responses: Readonly<Record<string, JsonObject>>;
  readonly 'x-docs-required'?: readonly string[];
}
interface Slice {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonObject>>;
    readonly parameters: Readonly<Record<string, JsonObject>>;
  };
}

/** A file of that folder; `undefined` where the folder is not there. */
export const sharedFile = (name: string): unknown => (sliceIsThere ? read(name) : undefined);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
let opened: { readonly slice: Slice; readonly ajv: Ajv; readonly types: JsonObject } | undefined;

function open() {
  if (opened) return opened;
  const strict = read('schemas-strict.json') as JsonObject;
  const ajv = new Ajv({ strict: false, allErrors: true });
  // Formats of OData that JSON Schema has no word for; those of instants come with patterns of their own.
  for (const format of [
    'base64url',
    'uint8',
    'int16',
    'int32',
    'int64',
    'decimal',
    'double',
    'float',
    'date-time',
    'date',
    'time',
    'duration',
    'uuid',
  ])
    ajv.addFormat(format, true);
  opened = { slice: read('openapi-slice.json') as Slice, ajv: ajv.addSchema(strict, 'graph'), types: objectOf(strict.$defs) };
  return opened;
}

const nameOf = (reference: unknown): string => String(reference).split('/').at(-1) ?? '';

/** An OpenAPI schema as closed JSON Schema; what the strict types describe is left to them. */
function closed(schema: JsonObject): JsonObject {
  const { slice, types } = open();
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return name in types ? { $ref: `graph#/$defs/${name}` } : closed(slice.components.schemas[name] ?? {});
  }
  const { nullable, allOf = [], ...rest } = schema;
  const parts = [rest, ...(allOf as JsonObject[]).map(closed)];
  const properties = Object.fromEntries(
    parts.flatMap((part) => Object.entries(objectOf(part.properties)).map(([name, inner]) => [name, closed(objectOf(inner))])),
  );
  const items = isObject(schema.items) ? { items: closed(schema.items) } : {};
  const object = Object.keys(properties).length > 0 ? { properties, patternProperties: { '^@': {} }, additionalProperties: false } : {};
  const whole = { ...rest, ...items, ...object, required: parts.flatMap((part) => (part.required as string[]) ?? []) };
  return nullable === true ? { anyOf: [whole, { type: 'null' }] } : whole;
}

const compiled = new Map<unknown, ValidateFunction>();
function check(where: string, schema: unknown, value: unknown): string[] {
  const known = compiled.get(schema) ?? open().ajv.compile(closed(objectOf(schema)));
  compiled.set(schema, known);
  return problems(where, known, value);
}

let templates: readonly { readonly path: string; readonly words: number; readonly pattern: RegExp }[] | undefined;

/** The operation of the slice that an exchange is one of, such as `PATCH /users/{user_id}`. */
export function sliceOperation(method: string, path: string): { readonly name: string; readonly described: Described } | undefined {
  templates ??= Object.keys(open().slice.paths).map((template) => ({
    path: template,
    words: template.split('/').filter((part) => !part.startsWith('{')).length,
    pattern: new RegExp(`^${template.replace(/[.$]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`, 'i'),
  }));
  const found = templates.filter(({ pattern }) => pattern.test(path)).sort((a, b) => b.words - a.words);
  for (const template of found) {
    const described = open().slice.paths[template.path]?.[method.toLowerCase()];
    if (described) return { name: `${method} ${template.path}`, described };
  }
  const [, whole, type] = /^(.+)\/microsoft\.graph\.(\w+)$/.exec(path) ?? [];
  return whole && type && method === 'GET' ? cast(whole, type) : undefined;
}

/** A list of objects of one type only: any list of objects takes it (Learn, "Use OData cast"), the slice names some. */
function cast(path: string, type: string): ReturnType<typeof sliceOperation> {
  const operation = sliceOperation('GET', path);
  const known = casts.get(type) ?? {
    '2XX': { content: { 'application/json': { schema: { $ref: `#/components/schemas/microsoft.graph.${type}CollectionResponse` } } } },
  };
  casts.set(type, known);
  return operation && { name: `${operation.name}/microsoft.graph.${type}`, described: { ...operation.described, responses: known } };
}
const casts = new Map<string, Described['responses']>();

function query(described: Described, asked: URLSearchParams): string[] {
  const { slice } = open();
  const parameters = (described.parameters ?? []).map((each) => (each.$ref ? slice.components.parameters[nameOf(each.$ref)] : each));
  const known = new Set(parameters.filter((each) => each?.in === 'query').map((each) => each?.name));
  const undeclared = [...asked.keys()].filter((name) => !known.has(name));
  const selected = (asked.get('$select') ?? '').split(',').filter((name) => name !== '');
  const properties = selectable(described);
  return [
    ...undeclared.map((name) => `query option ${name} is not declared`),
    ...selected.filter((name) => !properties.has(name)).map((name) => `$select names ${name}, which its type does not have`),
  ];
}

/** Properties of the type an operation gives, and of what is derived from it. */
function selectable({ responses }: Described): ReadonlySet<string> {
  const { slice, types } = open();
  const propertiesOf = (name: string): string[] => {
    const type = objectOf(types[name]);
    const derived = Object.values(objectOf(objectOf(slice.components.schemas[name]?.discriminator).mapping)).map(nameOf);
    return [...Object.keys(objectOf(type.properties)), ...derived.filter((each) => each !== name).flatMap(propertiesOf)];
  };
  const found = JSON.stringify([responses['2XX'], responses['200']]).match(/microsoft\.graph\.\w+/g) ?? [];
  const named = found.flatMap((name) => (name.endsWith('CollectionResponse') ? name.slice(0, -'CollectionResponse'.length) : name));
  return new Set(named.flatMap(propertiesOf));
}

function request(described: Described, { request: { body, url } }: Exchange): string[] {
  const asked = new URL(url, 'http://127.0.0.1').searchParams;
  const declared = objectOf(objectOf(described.requestBody?.content)['application/json']).schema;
  const empty = body === null || body === undefined || (isObject(body) && Object.keys(body).length === 0);
  if (declared === undefined) return [...query(described, asked), ...(empty ? [] : ['request must have no body'])];
  if (empty) return described.requestBody?.required ? ['request must have a body'] : [];
  const missing = (described['x-docs-required'] ?? []).filter((names) => !names.split(' | ').some((name) => name in objectOf(body)));
  return [...query(described, asked), ...missing.map((name) => `request lacks ${name}`), ...check('request', declared, body)];
}

const FAULT = { $ref: '#/components/schemas/microsoft.graph.ODataErrors.ODataError' };

/** Conditional Access puts its reason into innerError.message (seen in public reports), which the slice does not declare. */
function withoutInnerMessage(body: unknown): unknown {
  if (!isObject(body) || !isObject(body.error) || !isObject(body.error.innerError)) return body;
  const { message: _message, ...innerError } = body.error.innerError;
  return { ...body, error: { ...body.error, innerError } };
}

/** Left out of the slice as a whole; held to the generated types only. */
const OUTSIDE = /^\/servicePrincipals(\/|$)/i;

function response(described: Described, { response: { status, body } }: Exchange): string[] {
  if (status >= 400) return check('response', FAULT, withoutInnerMessage(body));
  const answer = described.responses[status] ?? described.responses['2XX'];
  if (!answer) return [`status ${status} is not declared`];
  const declared = objectOf(objectOf(answer.content)['application/json']).schema;
  if (declared === undefined) return body === null || body === undefined ? [] : ['response must have no body'];
  return check('response', declared, body);
}

/** What of an exchange breaks the OpenAPI slice; nothing where the slice is not there. Which requests count: as in `violationsOf`. */
export function sliceViolationsOf(exchange: Exchange, from: 'product' | 'anybody'): string[] {
  if (!sliceIsThere) return [];
  const { path } = addressOf(exchange);
  const refused = exchange.response.status >= 400;
  const operation = sliceOperation(exchange.request.method, path);
  if (!operation)
    return OUTSIDE.test(path) || (refused && from === 'anybody') ? [] : [`slice: ${exchange.request.method} ${path} is not in it`];
  const found = [
    ...response(operation.described, exchange),
    ...(refused && from === 'anybody' ? [] : request(operation.described, exchange)),
  ];
  return found.map((problem) => `slice: ${operation.name} ${exchange.response.status}: ${problem}`);
}
