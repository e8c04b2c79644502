import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Path (relative to the repository, with `/`) → text of every TypeScript file under a folder. */
export function sources(folder: string): Map<string, string> {
  const paths = globSync(`${folder}/**/*.ts`, { cwd: ROOT }).map((path) => path.split(sep).join('/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
}
