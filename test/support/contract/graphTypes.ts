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
const schemas = (): object =>
  withNewer(JSON.parse(readFileSync(prepareGraphTypes(), 'utf8')) as { readonly definitions: Record<string, TypeSchema> });

const TEXT = { type: ['string', 'null'] };

/**
 * Properties that v1.0 has by Microsoft's metadata of 2026-08 and that @microsoft/microsoft-graph-types 2.43.1 is too old to declare; and a
 * list whose items are flags, joined by commas.
 */
const NEWER: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  Fido2AuthenticationMethod: { passkeyType: { enum: ['deviceBound', 'synced', null] } },
  PhoneAuthenticationMethod: { createdDateTime: TEXT },
  EmailAuthenticationMethod: { createdDateTime: TEXT },
  SoftwareOathAuthenticationMethod: { createdDateTime: TEXT },
  ConditionalAccessPolicy: { deletedDateTime: TEXT },
  AuthenticationMethodTarget: { allowedPasskeyProfiles: { type: 'array', items: { type: 'string' } } },
  AuthenticationStrengthPolicy: {
    allowedCombinations: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$' } },
  },
};

interface TypeSchema {
  readonly anyOf?: readonly TypeSchema[];
  readonly properties?: Record<string, object>;
}

function withNewer(schema: { readonly definitions: Readonly<Record<string, TypeSchema>> }): object {
  for (const [name, properties] of Object.entries(NEWER)) {
    const own = schema.definitions[name];
    Object.assign(own?.properties ?? own?.anyOf?.[0]?.properties ?? {}, properties);
  }
  return schema;
}

let ajv: Ajv | undefined;
const compiled = new Map<string, ValidateFunction>();

/** Validator of a Graph type, closed: what the type does not declare fails. Compiled at first use. */
export function graphType(name: string): ValidateFunction {
  ajv ??= new Ajv({ strict: false, allErrors: true }).addSchema(schemas(), 'graph');
  const known = compiled.get(name) ?? ajv.compile({ $ref: `graph#/definitions/${name}` });
  compiled.set(name, known);
  return known;
}
