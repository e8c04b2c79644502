import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT, sources } from '../../scripts/sources.ts';

const IDENTITIES: Readonly<Record<string, string>> = {
  'src/graph/people.ts': 'people',
  'src/graph/tenantReader.ts': 'reader',
  'src/graph/tenantWriter.ts': 'changer',
};
const METHODS: Readonly<Record<string, string>> = { get: 'GET', find: 'GET', list: 'GET', post: 'POST', patch: 'PATCH' };
const ANY_CALL = /\bgraph\s*\.\s*(get|find|list|post|patch)\b/g;
const LITERAL_CALL = /\bgraph\s*\.\s*(get|find|list|post|patch)(?:<[^()`']*>)?\(\s*([`'])(\/[^`']*)\2/g;

/** `reader GET /users/{id}`: values and the query are left out. */
const written = (identity: string, method: string, path: string): string =>
  `${identity} ${METHODS[method]} ${path.replace(/\?.*$/s, '').replace(/\$\{[^}]*\}/g, '{id}')}`;

function callsOf(file: string, text: string): string[] {
  const literal = [...text.matchAll(LITERAL_CALL)];
  expect([file, literal.length]).toEqual([file, [...text.matchAll(ANY_CALL)].length]);
  return literal.map(([, method = '', , path = '']) => written(IDENTITIES[file] ?? `unknown identity of ${file}:`, method, path));
}

const inCode = (): string[] => {
  const files = [...sources('src/graph')].filter(([, text]) => text.search(ANY_CALL) >= 0);
  return [...new Set(files.flatMap(([file, text]) => callsOf(file, text)))].sort();
};

const documented = (): string[] => {
  const rows = readFileSync(join(ROOT, 'docs/graph-permissions.md'), 'utf8').matchAll(/^\| (\w+) \| `([A-Z]+ \/[^`]*)` \| ([^|]*)\|/gm);
  return [...rows].map(([, identity, call]) => `${identity} ${call}`).sort();
};

describe('GR-6: what Breakglass may ask of Graph is written down, call by call', () => {
  test('every path is a literal, so that it can be read here and no input can choose it', () => {
    expect(inCode().length).toBeGreaterThan(10);
    expect(inCode().filter((call) => call.includes('unknown'))).toEqual([]);
  });

  test('docs/graph-permissions.md has a row for every call, and a call for every row', () => {
    expect(documented()).toEqual(inCode());
  });

  test('only the changer writes', () => {
    const writes = inCode().filter((call) => !call.includes(' GET '));
    // Graph asks for POST where a list of groups is compared; nothing is changed by it.
    expect(writes.filter((call) => !call.startsWith('changer '))).toEqual(['people POST /users/{id}/checkMemberGroups']);
  });
});
