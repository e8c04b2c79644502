import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { TYPES } from './operations.ts';

const ROOT = new URL('../../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const GENERATOR = 'scripts/graphTypes.ts';

/** File of the generated schemas: made at first use, kept outside git until a version or the list of types changes (4 s of computing). */
export function prepareGraphTypes(): URL {
  const versions = ['@microsoft/microsoft-graph-types', 'ts-json-schema-generator'].map((name) =>
    text(`node_modules/${name}/package.json`),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([versions, text(GENERATOR), TYPES]))
    .digest('hex')
    .slice(0, 16);
  const file = new URL(`node_modules/.cache/breakglass/graph-types-${key}.json`, ROOT);
  if (!existsSync(file))
    execFileSync(process.execPath, [GENERATOR, file.pathname, ...TYPES], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  return file;
}
const schemas = (): object => JSON.parse(readFileSync(prepareGraphTypes(), 'utf8')) as object;

let ajv: Ajv | undefined;
const compiled = new Map<string, ValidateFunction>();

/** Validator of a Graph type, closed: what the type does not declare fails. Compiled at first use. */
export function graphType(name: string): ValidateFunction {
  ajv ??= new Ajv({ strict: false, allErrors: true }).addSchema(schemas(), 'graph');
  const known = compiled.get(name) ?? ajv.compile({ $ref: `graph#/definitions/${name}` });
  compiled.set(name, known);
  return known;
}
