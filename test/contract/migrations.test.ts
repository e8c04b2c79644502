import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { MIGRATIONS } from '../../src/store/migrate.ts';

/** SHA-256 of each released migration. A new one is added here; an old one never changes, for databases have already run it. */
const RELEASED: Readonly<Record<string, string>> = {};

test('DA-5: a migration that was released is never changed', () => {
  const digests = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, statements]) => [name, createHash('sha256').update(statements.join(';\n')).digest('hex')]),
  );
  expect(Object.keys(digests).sort()).toEqual(Object.keys(digests));
  for (const [name, digest] of Object.entries(RELEASED)) expect([name, digests[name]]).toEqual([name, digest]);
});
