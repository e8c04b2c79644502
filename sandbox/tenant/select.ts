import { GraphFault } from './graphFault.ts';
import type { GraphCall } from './graphRoute.ts';
import type { JsonObject } from './json.ts';

/**
 * Properties to answer with: those of `$select` in the contract's spelling, else the defaults of the type.
 * Throws 400 BadRequest for a name the type doesn't have.
 */
export function selectOf(
  call: GraphCall,
  rules: { readonly type: string; readonly properties: readonly string[]; readonly defaults?: readonly string[] },
): readonly string[] {
  const text = call.query.$select;
  if (text === undefined) return rules.defaults ?? rules.properties;
  return text.split(',').map((given) => {
    const name = given.trim();
    const known = rules.properties.find((property) => property.toLowerCase() === name.toLowerCase());
    if (known === undefined) {
      throw new GraphFault(
        400,
        'BadRequest',
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type '${rules.type}'.`,
      );
    }
    return known;
  });
}

/** Those properties of a row, absent ones as null; `@odata.type` always stays. */
export function pick(row: JsonObject, names: readonly string[]): JsonObject {
  const type = row['@odata.type'];
  return { ...(type === undefined ? {} : { '@odata.type': type }), ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])) };
}
