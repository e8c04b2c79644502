import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './checks.ts';
import { ROOT } from './sources.ts';

const OUT = 'dist/sbom.cdx.json';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly hashes?: readonly { readonly alg: string }[];
  readonly properties?: readonly { readonly name: string }[];
}
/** What of a CycloneDX document we look at. */
export interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * The bill of materials of the product without its development tools, made by npm itself from package-lock.json: offline, and the same on
 * every machine but for its serial number and time.
 *
 * @throws Error when npm cannot make it, with what npm said
 */
export async function sbom(): Promise<Sbom> {
  // The npm we run under, if any.
  const script = process.env.npm_execpath;
  const [command, before] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const { code, output } = await program(command, [...before, 'sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--offline']);
  if (code !== 0) throw new Error(`npm could not make the bill of materials.\n${output}`);
  return withoutDevelopment(JSON.parse(output.slice(output.indexOf('{'))) as Sbom);
}

/** Not by `--omit dev`: npm 11.19.1 then also leaves out what a development tool happens to need as well, `pg` among it. */
function withoutDevelopment(whole: Sbom): Sbom {
  const components = whole.components.filter(
    ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const dropped = new Set(whole.components.map((each) => each['bom-ref']));
  for (const each of components) dropped.delete(each['bom-ref']);
  const dependencies = whole.dependencies
    .filter(({ ref }) => !dropped.has(ref))
    .map((each) => ({ ...each, dependsOn: each.dependsOn.filter((ref) => !dropped.has(ref)) }));
  return { ...whole, components, dependencies };
}

// npm run sbom
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string };
  const made = await sbom();
  const file = join(ROOT, OUT);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(made, undefined, 2)}\n`);
  process.stdout.write(`${OUT} lists ${made.components.length} packages of ${name} (CycloneDX ${made.specVersion}).\n`);
}
