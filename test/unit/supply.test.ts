import { readFileSync } from 'node:fs';
import { isAllowed, licences, licencesDocs } from '../../scripts/licences.ts';
import { sbom } from '../../scripts/sbom.ts';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Parameters<typeof licences>[0];

test('ST-5: every production dependency has a licence from the list', () => {
  expect(licences(lock).length).toBeGreaterThan(100);
  expect(licences(lock).filter(({ allowed }) => !allowed)).toEqual([]);
});

test('ST-5: docs/licences.md is up to date (npm run licences)', () => {
  expect(licencesDocs({ write: false })).toBe(false);
});

test.each([
  ['MIT', true],
  ['(AFL-2.1 OR BSD-3-Clause)', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND GPL-3.0-only', false],
  ['GPL-2.0-only', false],
  ['SEE LICENSE IN LICENSE', false],
  ['((MIT OR GPL-3.0-only) AND SSPL-1.0)', false],
  ['unknown', false],
])('ST-5: the licence %s is allowed: %p', (licence, allowed) => {
  expect(isAllowed(licence)).toBe(allowed);
});

test('ST-5: npm makes a bill of materials that names every production dependency with its sha512, and nothing else', async () => {
  const { bomFormat, components } = await sbom();
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  expect([...listed].sort()).toEqual(
    licences(lock)
      .map(({ name }) => name)
      .sort(),
  );
  expect(components.filter(({ hashes }) => !hashes?.some(({ alg }) => alg === 'SHA-512'))).toEqual([]);
});
