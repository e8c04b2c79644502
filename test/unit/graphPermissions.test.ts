import { describe, expect, test } from '@jest/globals';
import { sources } from '../../scripts/sources.ts';
import { GRAPH_CALLS } from '../../src/core/tenant/calls.ts';
import { canWrite, comparePermissions, neededBy } from '../../src/core/tenant/permissions.ts';
import { sharedFile, sliceIsThere } from '../support/contract/slice.ts';

const IDENTITIES: Readonly<Record<string, string>> = {
  'src/graph/people.ts': 'people',
  'src/graph/tenantReader.ts': 'reader',
  'src/graph/logs.ts': 'reader',
  'src/graph/snapshot.ts': 'reader',
  'src/graph/probe.ts': 'reader',
  'src/graph/identities.ts': 'reader',
  'src/graph/tenantWriter.ts': 'changer',
  'src/graph/methodRemovals.ts': 'changer',
};
const METHODS: Readonly<Record<string, string>> = { get: 'GET', find: 'GET', list: 'GET', post: 'POST', patch: 'PATCH', remove: 'DELETE' };
const ANY_CALL = /\bgraph\s*\.\s*(get|find|list|post|patch|remove)\b/g;
const LITERAL_CALL = /\bgraph\s*\.\s*(get|find|list|post|patch|remove)(?:<.*>)?\(\s*([`'])(\/[^`']*)\2/g;

/** `reader GET /users/{id}`: values and the query are left out. */
const written = (identity: string, method: string, path: string): string =>
  `${identity} ${METHODS[method]} ${path.replace(/\?.*$/s, '').replace(/\$\{[^}]*\}/g, '{id}')}`;

function callsOf(file: string, text: string): string[] {
  const literal = [...text.matchAll(LITERAL_CALL)];
  expect([file, literal.length]).toEqual([file, [...text.matchAll(ANY_CALL)].length]);
  return literal.map(([, method = '', , path = '']) => written(IDENTITIES[file] ?? `unknown identity of ${file}:`, method, path));
}

/** The envelope of reads that are written down one by one where they are asked for. */
const ENVELOPE = 'src/graph/batch.ts';

const inCode = (): string[] => {
  const files = [...sources('src/graph')].filter(([file, text]) => file !== ENVELOPE && text.search(ANY_CALL) >= 0);
  return [...new Set(files.flatMap(([file, text]) => callsOf(file, text)))].sort();
};

const inTable = (): string[] => GRAPH_CALLS.map(({ identity, call }) => `${identity} ${call}`).sort();

describe('GR-6: what Breakglass may ask of Graph is written down, call by call', () => {
  test('every path is a literal, so that it can be read here and no input can choose it', () => {
    expect(inCode().length).toBeGreaterThan(10);
    expect(inCode().filter((call) => call.includes('unknown'))).toEqual([]);
  });

  test('the table of calls has a row for every call, and a call for every row', () => {
    expect(inTable()).toEqual(inCode());
  });

  test('only the changer writes', () => {
    const writes = inCode().filter((call) => !call.includes(' GET '));
    // Graph asks for POST where a list of groups is compared and where a sign-in is tried in thought; nothing is changed by either.
    expect(writes.filter((call) => !call.startsWith('changer '))).toEqual([
      'people POST /users/{id}/checkMemberGroups',
      'reader POST /identity/conditionalAccess/evaluate',
    ]);
  });
});

describe('consents compared with what is needed (domain.md 2.3 T1)', () => {
  const needed = neededBy(['reader']);

  test('exactly what is needed is neither missing nor too much', () => {
    expect(comparePermissions(['reader'], needed)).toEqual({ missing: [], excess: [] });
    expect(comparePermissions(['changer'], neededBy(['changer']))).toEqual({ missing: [], excess: [] });
  });

  test.each(needed)('without %s the calls that are refused are named', (each) => {
    const { missing, excess } = comparePermissions(
      ['reader'],
      needed.filter((held) => held !== each),
    );
    const calls = GRAPH_CALLS.filter(({ identity, permissions }) => identity === 'reader' && permissions.includes(each));
    expect({ missing, excess }).toEqual({ missing: [{ permission: each, calls: calls.map(({ call }) => call) }], excess: [] });
  });

  test('a wider permission does, and is too much all the same', () => {
    const held = [...needed.filter((each) => each !== 'User.Read.All'), 'User.ReadWrite.All'];
    expect(comparePermissions(['reader'], held)).toEqual({ missing: [], excess: [{ permission: 'User.ReadWrite.All', canWrite: true }] });
  });

  test('GR-6: no permission the reading identities need can write, and every one that could is told', () => {
    expect([...neededBy(['people']), ...needed].filter(canWrite)).toEqual([]);
    const odd = ['Mail.Send', 'Sites.FullControl.All', 'User.EnableDisableAccount.All', 'c0ffee00-0000-4000-8000-000000000000'];
    expect(comparePermissions(['reader'], [...needed, ...odd, 'Mail.Read']).excess).toEqual([
      ...odd.map((permission) => ({ permission, canWrite: true })),
      { permission: 'Mail.Read', canWrite: false },
    ]);
  });
});

/** Microsoft's own list, where it lies beside the repository: others' data, in no commit. */
interface Published {
  readonly operations: Readonly<
    Record<string, Readonly<Record<string, { readonly Application?: { readonly least: string[]; readonly others: string[] } } | null>>>
  >;
}

(sliceIsThere ? describe : describe.skip)('the table of calls against the permissions Microsoft publishes (../shared/graph)', () => {
  const { operations } = (sharedFile('permissions.json') ?? { operations: {} }) as Published;
  const accepted = new Map<string, readonly string[]>();
  for (const [path, methods] of Object.entries(operations)) {
    for (const [method, found] of Object.entries(methods)) {
      const { least = [], others = [] } = found?.Application ?? {};
      if (least.length + others.length > 0) accepted.set(`${method} ${path.replace(/\{[^}]*\}/g, '{id}')}`, [...least, ...others]);
    }
  }

  test('every call is in it, but those the list says nothing of', () => {
    const unknown = GRAPH_CALLS.map(({ call }) => call).filter((call) => !accepted.has(call));
    expect([...new Set(unknown)].sort()).toEqual([
      'GET /directory/deletedItems/microsoft.graph.user',
      'GET /directory/deletedItems/{id}',
      'GET /servicePrincipals',
      'GET /servicePrincipals/{id}/appRoleAssignments',
      'POST /groups/{id}/members/$ref',
    ]);
  });

  test('of each call in it, one of the permissions we ask for is accepted', () => {
    const known = GRAPH_CALLS.filter(({ call }) => accepted.has(call));
    expect(known.filter(({ call, permissions }) => !permissions.some((each) => accepted.get(call)?.includes(each)))).toEqual([]);
  });
});
