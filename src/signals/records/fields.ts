/** Reading of JSON whose keys change their case from shipper to shipper, and whose texts anybody may have written. */

export type Fields = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value of a key, whatever its case; as written comes first. */
export function field(fields: Fields | undefined, name: string): unknown {
  if (fields === undefined) return undefined;
  if (Object.hasOwn(fields, name)) return fields[name];
  const lower = name.toLowerCase();
  const key = Object.keys(fields).find((each) => each.toLowerCase() === lower);
  return key === undefined ? undefined : fields[key];
}

export const inner = (fields: Fields | undefined, name: string): Fields | undefined => objectOf(field(fields, name));

/** Text as the database can hold it (DA-7), cut at the bound; nothing where there is none. */
export function text(value: unknown, longest = 256): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.replaceAll('\0', '\uFFFD').slice(0, longest).toWellFormed();
}

export const textField = (fields: Fields | undefined, name: string, longest?: number): string | undefined =>
  text(field(fields, name), longest);

export const idField = (fields: Fields | undefined, name: string): string | undefined => textField(fields, name, 512)?.toLowerCase();

/**
 * An instant in any of the forms that diagnostic records and Graph write: ISO with up to nine decimals, with `T` or a blank, with `Z`, an
 * offset, or nothing, which is UTC (domain.md 5.2).
 */
export function instant(value: unknown): Date | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:?\d\d)?$/i.exec(text(value, 64)?.trim() ?? '');
  if (!parts) return undefined;
  const date = new Date(`${parts[1]}T${parts[2]}${parts[3] ?? ''}${parts[4] ?? 'Z'}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The properties of `fields` that have a value: what is not known is left out of the normal form. */
export function known<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as Partial<T>;
}
