import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sources } from '../../scripts/sources.ts';

/** docs/operations.md says of each event of the log what it means. */
const ANY_LINE = /\blog\s*\.\s*(?:info|warn|error)\(/g;
const LITERAL = /\blog\s*\.\s*(?:info|warn|error)\(\s*(?:[\w.]+ \? '([^']+)' : )?'([^']+)'/g;
/** Functions that are given the event's name, and how they write it. */
const BY_NAME = [
  { call: /\b(?:countedRefusals|faultSentence)\((?:needs\.)?log, '([^']+)'/g, written: (name: string) => name },
  { call: /\brepeat\(\s*'([^']+)'/g, written: (name: string) => `${name}.failed` },
  { call: /^for \(const event of \[(.+)\] as const\)/gm, written: (name: string) => name },
];
/** Where they write it. */
const NAMED_BEFORE = /\blog\.(?:warn|error)\((?:event|`\$\{name\}\.failed`),/g;

const all = [...sources('src').values()];
const eventsIn = (text: string): string[] =>
  [
    ...[...text.matchAll(LITERAL)].flatMap(([, one, other]) => [one, other]),
    ...BY_NAME.flatMap(({ call, written }) =>
      [...text.matchAll(call)].flatMap(([, names = '']) => names.split(/'?, '?/).map((name) => written(name.replaceAll("'", '')))),
    ),
  ].filter((name) => name !== undefined);
const count = (pattern: RegExp): number => all.reduce((sum, text) => sum + [...text.matchAll(pattern)].length, 0);

test('every event is named where it is written, or by whom the writer is called, so that all can be read here', () => {
  expect(count(NAMED_BEFORE)).toBe(4);
  expect(count(LITERAL) + count(NAMED_BEFORE)).toBe(count(ANY_LINE));
});

test('the table of the log has every event, and no other', () => {
  const [, log = ''] = /^## Log$(.*?)^## /ms.exec(readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')) ?? [];
  const named = log
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  const written = new Set(all.flatMap(eventsIn));
  expect(written.size).toBeGreaterThan(50);
  expect(named.toSorted()).toEqual([...written].toSorted());
});
