import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

/**
 * node scripts/graphTypes.ts FILE TYPE…: closed JSON schemas of these Graph types, out of @microsoft/microsoft-graph-types, into FILE.
 *
 * Entities that were not asked for are cut where they are referred to: a user refers to drives, drives to half of Graph, and none of it is
 * ever sent by the sandbox or the product. Whoever sends it breaks the contract and names the type here.
 */
const [file = '', ...roots] = process.argv.slice(2);
const source = createRequire(import.meta.url).resolve('@microsoft/microsoft-graph-types/microsoft-graph.d.ts');
/** Declarations of v1.0 by name; the namespaces behind them (call records, industry data) are left out. */
const declared = new Map(
  (readFileSync(source, 'utf8').split(/^export namespace /m, 1)[0] ?? '')
    .split(/^(?=export (?:type|interface) )/m)
    .flatMap((text) => (/^export (?:type|interface) (\w+)/.exec(text)?.[1] ? [[/^export \w+ (\w+)/.exec(text)?.[1] ?? '', text]] : [])),
);
const missing = roots.filter((name) => !declared.has(name));
if (missing.length > 0) throw new Error(`@microsoft/microsoft-graph-types declares no ${missing.join(', ')}`);

const base = (name: string): string | undefined => /^export interface \w+ extends (\w+)/.exec(declared.get(name) ?? '')?.[1];
const isEntity = (name: string): boolean => name === 'Entity' || (base(name) !== undefined && isEntity(base(name) ?? ''));
const ancestors = (name: string): string[] => (base(name) === undefined ? [] : [base(name) ?? '', ...ancestors(base(name) ?? '')]);
const bases = new Set(roots.flatMap(ancestors));

const kept = new Map<string, string>();
const open = [...roots, ...bases, 'NullableOption'];
for (let name = open.pop(); name !== undefined; name = open.pop()) {
  const text = declared.get(name);
  if (text === undefined || kept.has(name)) continue;
  const cut = isEntity(name) && !roots.includes(name) && !bases.has(name);
  kept.set(name, cut ? `export interface ${name} { cut: 'not of this slice' }` : text);
  // Words of comments and of unions are no harm: they only keep a little more.
  if (!cut) open.push(...(text.match(/\b[A-Z]\w+/g) ?? []));
}
const root = `export interface Roots {\n${roots.map((name) => `  ${name}: ${name};`).join('\n')}\n}`;
mkdirSync(dirname(file), { recursive: true });
const types = join(dirname(file), `graph-types.${process.pid}.ts`);
writeFileSync(types, [...kept.values(), root].join('\n'));
const { definitions } = createGenerator({ path: types, type: 'Roots', skipTypeCheck: true, topRef: false, jsDoc: 'none' }).createSchema(
  'Roots',
);
// Annotations are part of every OData answer and in no type.
const closed = JSON.stringify(definitions).replaceAll(
  '"additionalProperties":false',
  '"patternProperties":{"@":{}},"additionalProperties":false',
);
const own = JSON.parse(closed) as Record<string, object>;
// Where a base is declared, what is derived from it may stand as well.
for (const name of bases) {
  const derived = roots.filter((each) => ancestors(each).includes(name));
  const schema = own[name];
  if (schema) own[name] = { anyOf: [schema, ...derived.map((each) => ({ $ref: `#/definitions/${each}` }))] };
}
writeFileSync(types, JSON.stringify({ definitions: own }));
renameSync(types, file); // whole or not at all: several test workers may do this at once
