import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { THREAT_MODEL } from '../support/threatModel.ts';

/** The sections of the threat model that are the front door's, with how many invariants each has. */
const FRONT_DOOR = { HT: 7, AU: 9, ID: 6, CM: 7, ST: 7 } as const;
const INVARIANTS = Object.entries(FRONT_DOOR).flatMap(([section, count]) =>
  Array.from({ length: count }, (_, index) => `${section}-${index + 1}`),
);
const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** By file, every invariant that the titles of its tests begin with. `AU-1 to AU-6` names the two that it writes. */
const TITLES = new Map(
  readdirSync(new URL('test/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('invariants.test.ts'))
    .map((name) => {
      const path = `test/${name.replaceAll('\\', '/')}`;
      const titles = [...read(path).matchAll(/(['"`])([A-Z]{2}-\d+\b.*)\1/g)].map(([, , title = '']) => title);
      return [path, new Set(titles.flatMap((title) => title.match(/\b[A-Z]{2}-\d+\b/g) ?? []))] as const;
    }),
);

/** Rows of a table whose first cell names invariants, as those names and the rest. */
const rowsOf = (markdown: string) =>
  markdown.split('\n').flatMap((line) => {
    const [, names, rest = ''] = /^\| ((?:[A-Z]{2}-\d+ ?)+)\|(.*)\|$/.exec(line) ?? [];
    return names === undefined ? [] : [{ names: names.trim().split(' '), rest }];
  });
const filesIn = (cell: string): string[] => [...cell.matchAll(/\btest\/[\w./]+\.test\.ts\b/g)].map(([path]) => path);

describe('the promises of the front door', () => {
  test.each(INVARIANTS)('%s has a test that is named for it', (invariant) => {
    const files = [...TITLES].filter(([, names]) => names.has(invariant)).map(([path]) => path);
    expect(files).not.toEqual([]);
  });

  test.each(['docs/security.md', 'docs/security-tests.md'])('%s has a row for each, and the tests it names carry the name', (path) => {
    const rows = rowsOf(read(path)).filter(({ names }) => names.some((name) => INVARIANTS.includes(name)));
    expect([...new Set(rows.flatMap(({ names }) => names))].sort()).toEqual([...INVARIANTS].sort());
    const wrong = rows.flatMap(({ names, rest }) => filesIn(rest).filter((file) => !names.some((name) => TITLES.get(file)?.has(name))));
    expect(wrong).toEqual([]);
    expect(rows.filter(({ rest }) => filesIn(rest).length === 0)).toEqual([]);
  });

  test('every test that the two documents name is there', () => {
    const named = ['docs/security.md', 'docs/security-tests.md'].flatMap((path) => filesIn(read(path)));
    expect(named.filter((file) => !existsSync(new URL(file, ROOT)))).toEqual([]);
  });

  (THREAT_MODEL ? test : test.skip)('they are all that the threat model has in these sections', () => {
    const inModel = [...readFileSync(THREAT_MODEL ?? '', 'utf8').matchAll(/^- ((?:HT|AU|ID|CM|ST)-\d+) /gm)].map(([, name]) => name);
    expect(inModel.sort()).toEqual([...INVARIANTS].sort());
  });
});
