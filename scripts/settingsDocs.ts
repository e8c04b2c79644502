import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsExample, settingsTable } from '../src/config/documentation.ts';
import { PACKAGE_VARIABLES } from './appPackage.ts';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

const README = fileURLToPath(new URL('../README.md', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../env/.env.example', import.meta.url));

/** README with its table of settings brought up to date. */
export function readmeWithSettings(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md lacks the lines ${BEGIN} and ${END}, between which the settings belong.`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${settingsTable()}${readme.slice(end)}`;
}

/** What env/.env.example must say. */
export function exampleFile(): string {
  const names = PACKAGE_VARIABLES.filter(({ name }) => name !== 'BOT_ID').map(({ name, meaning }) => `# ${meaning}\n# ${name}=\n`);
  return [
    '# Settings of Breakglass in production. Made from src/config/table.ts by `npm run format`; a test keeps the two the same.',
    '# Load a copy with your platform, or: node --env-file. Copies (env/.env.*) stay out of git.\n',
    settingsExample(),
    '# For `npm run package -- --env FILE` only:\n',
    names.join('\n'),
  ].join('\n');
}

/** Files that differ from what the table of settings says; `write` mends them. */
export function settingsDocs({ write }: { readonly write: boolean }): string[] {
  const wanted = [{ name: 'env/.env.example', file: EXAMPLE, text: exampleFile() }];
  if (existsSync(README)) wanted.push({ name: 'README.md', file: README, text: readmeWithSettings(readFileSync(README, 'utf8')) });
  const stale = wanted.filter(({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  if (write) for (const { file, text } of stale) writeFileSync(file, text);
  return stale.map(({ name }) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changed = settingsDocs({ write: true });
  process.stdout.write(changed.length > 0 ? `Wrote ${changed.join(' and ')}.\n` : 'The settings are documented as they are.\n');
}
