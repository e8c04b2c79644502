import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { buildPackage, readPackageFiles } from './appPackage.ts';

// npm run package -- --env env/.env.production: builds dist/breakglass.zip for upload to Teams. The environment wins over the file.
const { values } = parseArgs({ options: { env: { type: 'string' }, out: { type: 'string', default: 'dist/breakglass.zip' } } });

const fromFile = values.env ? parseEnv(readFileSync(values.env, 'utf8')) : {};
const built = await buildPackage(readPackageFiles(), { ...fromFile, ...process.env });
if (built.ok) {
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, built.zip);
  process.stdout.write(`${values.out} is ready (${built.zip.length} bytes). Upload it in the Teams admin center, or with: atk publish\n`);
} else {
  process.stderr.write(`The app package cannot be built:\n${built.problems.map((problem) => `  ${problem}`).join('\n')}\n`);
  process.stderr.write('Variables come from the environment or from a file: npm run package -- --env env/.env.production\n');
  process.exitCode = 1;
}
