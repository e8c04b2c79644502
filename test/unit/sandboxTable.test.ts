import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** docs/sandbox.md says of each behaviour of the pretend tenants which test holds it. */
const CONTRACT = new URL('../contract/', import.meta.url);
const TITLE = /^ *test(?:\.each\([^)]*\))?\(\s*(['"`])(.*?)\1,/gm;
const titlesOf = (file: string): string[] =>
  [...readFileSync(new URL(file, CONTRACT), 'utf8').matchAll(TITLE)].map((match) => (match[2] ?? '').replaceAll("\\'", "'"));

const rows = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => line.split(' | '));
const named = rows.flatMap((cells) => [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));

test('every test the table names exists', () => {
  const files = readdirSync(CONTRACT).filter((file) => file.startsWith('sandboxTenant') || file.startsWith('graphContract'));
  const titles = new Set(files.flatMap(titlesOf));
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((title) => !titles.has(title))).toEqual([]);
});

test('every row has a source and a test', () => {
  expect(rows.filter((cells) => cells.length !== 3 || cells.some((cell) => cell.replaceAll('|', '').trim() === ''))).toEqual([]);
});

test('every test of a behaviour of the tenants is in the table', () => {
  const files = [
    'Facts',
    'Queries',
    'Kinds',
    'Policies',
    'Evaluation',
    'Logs',
    'Methods',
    'Units',
    'Reports',
    'SignIns',
    'Azure',
    'Stream',
  ];
  const titles = files.flatMap((name) => titlesOf(`sandboxTenant${name}.test.ts`));
  expect(titles.length).toBeGreaterThan(50);
  expect(titles.filter((title) => !named.includes(title))).toEqual([]);
});
