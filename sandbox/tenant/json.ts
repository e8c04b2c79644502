/** Narrowing of JSON that came over the wire. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object itself, or an empty one for anything else: absent bodies read as "nothing given". */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Text of a property, or undefined when it is absent, empty or no text. */
export function textOf(from: JsonObject, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Texts of a list property; empty when there is none. */
export function textsOf(from: JsonObject, name: string): readonly string[] {
  const value = from[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Instant as Graph writes it: whole seconds, Z. */
export function graphInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
