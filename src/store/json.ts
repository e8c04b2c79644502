/** Values as `json` keeps them. By our naming rule an instant is called `at` or ends in `At`, and comes back as a Date. */
export const toJson = (value: unknown): string => JSON.stringify(value);

export function fromJson<T>(value: unknown): T {
  return revive(value, '') as T;
}

function revive(value: unknown, key: string): unknown {
  if (typeof value === 'string') return key === 'at' || key.endsWith('At') ? new Date(value) : value;
  if (Array.isArray(value)) return value.map((item) => revive(item, ''));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, revive(inner, name)]));
}
