import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FRONT_DOOR } from '../../scripts/removals/frontDoor.ts';
import { PROTOCOL } from '../../scripts/removals/protocol.ts';
import { ROOT } from '../../scripts/sources.ts';

/** `npm run test:removals` takes minutes and is run now and then; that its lists still fit the code is seen here. */
const ALL = [...FRONT_DOOR, ...PROTOCOL];
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('each line that is to be taken out stands exactly once in its file', () => {
  expect(ALL.length).toBeGreaterThan(100);
  const times = ALL.map(({ promise, file, line }) => [promise, file, line, read(file).split(line).length - 1]);
  expect(times.filter(([, , , count]) => count !== 1)).toEqual([]);
});

test('each is shown by a test file that names its promise', () => {
  const files = new Map([...new Set(ALL.map(({ test: by }) => by))].map((file) => [file, existsSync(join(ROOT, file)) ? read(file) : '']));
  const missing = ALL.filter(({ promise, test: by }) => !new RegExp(`${promise}\\b`).test(files.get(by) ?? ''));
  expect(missing.map(({ promise, test: by }) => `${promise} ${by}`)).toEqual([]);
});
