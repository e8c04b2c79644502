import { CLOUDS } from '../src/config/clouds.ts';
import { between, type GeneratedDoc } from './generatedDocs.ts';

const bare = (origin: string): string => `\`${origin.replace('https://', '')}\``;

function cloudTable(): string {
  const rows = Object.entries(CLOUDS).map(([name, { title, loginOrigin, graphOrigin, exchangeAudience, serviceUrls, lacks }]) => {
    const missing = lacks.length > 0 ? lacks.join(', ').replaceAll('-', ' ') : 'nothing';
    const cells = [title, bare(loginOrigin), bare(graphOrigin), `\`${exchangeAudience}\``, serviceUrls.map(bare).join(', '), missing];
    return `| \`${name}\` | ${cells.join(' | ')} |\n`;
  });
  const head = '| `BREAKGLASS_CLOUD` | Cloud | Sign-in | Graph | Audience of a federated credential | Teams | Graph lacks |\n';
  return `${head}|---|---|---|---|---|---|---|\n${rows.join('')}`;
}

/** docs/deploying.md, its table of clouds made from src/config/clouds.ts. */
export const DEPLOYING: GeneratedDoc = { name: 'docs/deploying.md', make: (text) => between(text, 'clouds', cloudTable()) };
