import { PROFILES } from '../src/core/posture/profiles.ts';
import { between, type GeneratedDoc } from './generatedDocs.ts';

/** Every check once, in the order of the profiles. */
function tableOfChecks(): string {
  const checks = new Map(PROFILES.flatMap(({ checks: all }) => all).map((check) => [check.id, check]));
  const rows = [...checks.values()].map(({ id, title, fault, severity, source }) => {
    const profiles = PROFILES.filter((profile) => profile.checks.some((each) => each.id === id)).map((profile) => `\`${profile.id}\``);
    return `| \`${id}\` | ${title} | ${fault} | ${severity} | ${profiles.join(', ')} | ${source} |\n`;
  });
  return `| Check | What must be true | Said where it is not | Severity | Profiles | Source |\n|---|---|---|---|---|---|\n${rows.join('')}`;
}

/** docs/posture.md, its table made from src/core/posture/profiles.ts. */
export const POSTURE_CHECKS: GeneratedDoc = { name: 'docs/posture.md', make: (text) => between(text, 'checks', tableOfChecks()) };
