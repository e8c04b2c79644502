import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './sources.ts';

const FILE = 'docs/licences.md';

/** Licences under which a package may be part of the product: permissive ones, and dedications to the public domain. */
const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'PostgreSQL',
  'Python-2.0',
]);

/** Packages whose package.json names no licence in a form npm reads. Held to a version: another one must be looked at again. */
const LOOKED_UP: Readonly<Record<string, { readonly licence: string; readonly where: string }>> = {
  'cldrjs@0.5.5': { licence: 'MIT', where: 'its file LICENSE-MIT, and `licenses` (plural) in its package.json' },
  'escape-regexp-component@1.0.2': { licence: 'MIT', where: 'its Readme.md, section License' },
  'jspath@0.4.0': { licence: 'MIT', where: 'its file LICENSE, which has the text of the MIT licence' },
  'png-js@2.0.0': { licence: 'MIT', where: 'its file LICENSE, which has the text of the MIT licence' },
};

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}
export interface Licensed {
  /** `name@version` */
  readonly name: string;
  readonly licence: string;
  readonly allowed: boolean;
}

/** Everything that is installed with `npm ci --omit dev`, on any platform, as the lock file has it. */
export function licences(lock: { readonly packages: Readonly<Record<string, Locked>> }): Licensed[] {
  const found = new Map<string, Licensed>();
  for (const [path, { version, license, dev, devOptional, link }] of Object.entries(lock.packages)) {
    if (path === '' || dev || devOptional || link) continue;
    const name = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`;
    const licence = license ?? LOOKED_UP[name]?.licence ?? 'unknown';
    found.set(name, { name, licence, allowed: isAllowed(licence) });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One of the list; of a choice (`A OR B`) any, of a sum (`A AND B`) all. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false; // nested: for people to read
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)));
}

/** What docs/licences.md must say. */
export function licencesPage(): string {
  const all = licences(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> });
  const byLicence = [...Map.groupBy(all, ({ licence }) => licence)].sort(([, a], [, b]) => b.length - a.length);
  const refused = all.filter(({ allowed }) => !allowed);
  return [
    '# Licences of what the product consists of',
    '',
    'Made from package-lock.json by `npm run licences`; a test keeps the two the same. Development tools are not in it: they are not shipped.',
    '`npm run sbom` writes the same packages with their hashes as a CycloneDX document, dist/sbom.cdx.json.',
    '',
    `Allowed: ${[...ALLOWED].join(', ')}. Not allowed: ${refused.length === 0 ? 'none is used' : refused.map(({ name, licence }) => `${name} (${licence})`).join(', ')}.`,
    '',
    '| licence | packages |',
    '|---|---|',
    ...byLicence.map(([licence, packages]) => `| ${licence} | ${packages.length} |`),
    '',
    'Of a choice (`A OR B`) the allowed one is taken. Their package.json says nothing npm can read, so somebody looked:',
    '',
    ...Object.entries(LOOKED_UP).map(([name, { licence, where }]) => `- ${name}: ${licence}, says ${where}.`),
    '',
    '## All packages',
    '',
    ...all.map(({ name, licence }) => `- ${name}: ${licence}`),
    '',
  ].join('\n');
}

/** Whether the page differs from what the lock file says; `write` mends it. */
export function licencesDocs({ write }: { readonly write: boolean }): boolean {
  const file = join(ROOT, FILE);
  const text = licencesPage();
  const stale = !existsSync(file) || readFileSync(file, 'utf8') !== text;
  if (stale && write) writeFileSync(file, text);
  return stale;
}

// npm run licences
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(licencesDocs({ write: true }) ? `Wrote ${FILE}.\n` : `${FILE} is as it should be.\n`);
}
