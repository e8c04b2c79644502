/** A JSON object of a card, with the way to it. */
export interface Found {
  readonly path: string;
  readonly node: Readonly<Record<string, unknown>>;
}

/** Every object of a card, depth first in reading order. */
export function nodesOf(value: unknown, path = '$'): Found[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => nodesOf(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Record<string, unknown>;
  return [{ path, node }, ...Object.entries(node).flatMap(([key, part]) => nodesOf(part, `${path}.${key}`))];
}

/** Where people's text may stand: a TextRun; the value of an input; the title of a choice, made inert. */
export const isPlaceForPeople = (type: unknown, key: string, path: string): boolean =>
  (type === 'TextRun' && key === 'text') ||
  (typeof type === 'string' && type.startsWith('Input.') && key === 'value') ||
  (/\.choices\[\d+\]$/.test(path) && key === 'title');

/** A card without the text people may have put into it: what is left must not depend on them (CM-4). */
export function skeleton(card: object): unknown {
  const bare = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => bare(item, `${path}[${index}]`));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const type = 'type' in value ? value.type : undefined;
    return Object.fromEntries(entries.map(([key, part]) => [key, isPlaceForPeople(type, key, path) ? '…' : bare(part, `${path}.${key}`)]));
  };
  return bare(card, '$');
}
