import { settingsExample, settingsTable } from '../src/config/documentation.ts';
import { PACKAGE_VARIABLES } from './appPackage.ts';
import { between, type GeneratedDoc } from './generatedDocs.ts';

/** README with its table of settings brought up to date. */
export const readmeWithSettings = (readme: string): string => between(readme, 'settings', settingsTable());

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

/** README and env/.env.example, made from the table of settings. */
export const SETTINGS: readonly GeneratedDoc[] = [
  { name: 'env/.env.example', make: exampleFile },
  { name: 'README.md', make: readmeWithSettings },
];
