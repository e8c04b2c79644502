import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Real records of others, read where they lie, beside the repository or its worktree, and never copied. */
const FOLDER = ['../../../shared/graph/samples/', '../../../../shared/graph/samples/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find(existsSync);

export const samplesAreThere = FOLDER !== undefined;
export const SAMPLES_HINT =
  'Without ../shared/graph/samples beside the repository, readers of records are tried on records of our own only.';

/** A file of samples; an empty object where there are none, so that a skipped suite can still be described. */
export const sample = (file: string): unknown => (FOLDER === undefined ? {} : JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8')));

/** Every object in the samples with that key, wherever it stands. */
export function having(key: string, value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap((each) => having(key, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.hasOwn(value, key)
    ? [value as Readonly<Record<string, unknown>>]
    : Object.values(value).flatMap((each) => having(key, each));
}
