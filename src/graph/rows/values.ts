import { GraphFault } from '../faults.ts';

/** Values of Graph as they come: absent and null are the same, and a list that is missing is empty only where Graph says it may be. */
export type Maybe<T> = T | null | undefined;

export const lower = (id: string): string => id.toLowerCase();
export const list = (values: Maybe<readonly string[]>): readonly string[] => values ?? [];
export const lowered = (values: Maybe<readonly string[]>): readonly string[] => list(values).map(lower);

/** `{ [name]: value }` where there is a value, else nothing: for properties that are absent rather than undefined. */
export function given<K extends string, T>(name: K, value: Maybe<T>): { readonly [P in K]?: T } {
  return value === null || value === undefined || value === '' ? {} : ({ [name]: value } as { readonly [P in K]?: T });
}

export const instant = (value: Maybe<string>): Date | undefined => (value ? new Date(value) : undefined);

/** `#microsoft.graph.user` → `user`. */
export const typeName = (value: Maybe<string>): string => (value ?? '').replace(/^#?microsoft\.graph\./, '') || 'unknown';

/** What nothing can be judged without. @throws GraphFault, so that the part counts as not read */
export function needed<T>(value: Maybe<T>, what: string): T {
  if (value !== undefined && value !== null && value !== '') return value;
  throw new GraphFault(`reading ${what}`, { status: 200, code: 'Incomplete', detail: `an answer lacks ${what}` });
}
