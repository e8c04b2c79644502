import { mkdirSync } from 'node:fs';
import type { MonitoredTenant } from '../src/core/monitors/rules.ts';
import { monitorFiles } from '../src/core/monitors/templates.ts';
import type { GeneratedDoc } from './generatedDocs.ts';

/** The tenants that infra/ shows the templates for. Nobody has these ids. */
export const EXAMPLE: readonly MonitoredTenant[] = [
  {
    id: '11111111-1111-4111-8111-111111111111',
    name: 'contoso',
    kind: 'workforce',
    exclusionGroupId: '22222222-2222-4222-8222-222222222222',
    userIds: ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'],
  },
  {
    id: '55555555-5555-4555-8555-555555555555',
    name: 'contoso-b2c',
    kind: 'b2c',
    exclusionGroupId: '66666666-6666-4666-8666-666666666666',
    userIds: ['bbbbbbbb-0000-4000-8000-000000000001'],
  },
];

/** infra/, rendered for the example: what `npm run monitors` writes for an installation. */
export const MONITORS: readonly GeneratedDoc[] = Object.entries(monitorFiles(EXAMPLE)).map(([name, text]) => ({
  name: `infra/${name}`,
  make() {
    mkdirSync(new URL('../infra/queries', import.meta.url), { recursive: true });
    return text;
  },
}));
