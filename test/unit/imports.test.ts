import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { importViolations, RULES } from '../../scripts/importRules.ts';
import { sources } from '../../scripts/sources.ts';

const check = (path: string, text: string) => importViolations(new Map([[path, text]]));

test('ST-1 ST-6: src keeps to the table of who may import whom; nothing of the sandbox, and the bot SDK in one folder', () => {
  expect(importViolations(sources('src'))).toEqual([]);
});

test('the table in docs/architecture.md says the same', () => {
  const text = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const said = [...text.matchAll(/^\| `src\/(\w+)(?:\.ts)?` \|[^|]*\| (.*) \|$/gm)].map(([, folder, may = '']) => {
    const names = [...may.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    return [folder, [...(may.startsWith('all') ? ['all'] : []), ...names].toSorted()];
  });
  const everything = (RULES.cli?.folders ?? []).length;
  const ruled = Object.entries(RULES).map(([folder, { folders, onlyModules = [] }]) => {
    const more = folders.slice(everything);
    return [folder, (folders.length >= everything ? ['all', ...more] : [...folders, ...onlyModules]).toSorted()];
  });
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(ruled));
});

describe('the checker itself', () => {
  test.each([
    ['src/core/request/approve.ts', "import type { Ports } from '../../app/ports.ts';", 'src/app/ports.ts'],
    ['src/core/result.ts', "import { z } from 'yaml';", 'yaml'],
    ['src/core/result.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['src/core/result.ts', "import { createHash, randomUUID } from 'node:crypto';", 'randomUUID'],
    ['src/core/result.ts', "import crypto from 'node:crypto';", 'default'],
    ['src/core/result.ts', 'export const at = () => Date.now();', 'Date.now'],
    ['src/core/result.ts', 'export const at = () => new Date();', 'new Date()'],
    ['src/core/result.ts', "if (process.env.X) console.log('x');", 'process'],
    ['src/app/dispatch.ts', "import { openStore } from '../store/connect.ts';", 'src/store/connect.ts'],
    ['src/cards/render.ts', "import { CardFactory } from 'botbuilder';", 'botbuilder'],
    ['src/cards/render.ts', "import { dispatch } from '../app/dispatch.ts';", 'src/app/dispatch.ts'],
    ['src/bot/routes.ts', "export { directory } from '../graph/directory.ts';", 'src/graph/directory.ts'],
    ['src/bot/identity.ts', "import type { TokenCredential } from '@azure/identity';", '@azure/identity'],
    ['src/graph/directory.ts', "import { dispatch } from '../app/dispatch.ts';", 'src/app/dispatch.ts'],
    ['src/graph/directory.ts', "import { rows } from '../store/requests.ts';", 'src/store/requests.ts'],
    ['src/store/requests.ts', "const { Client } = await import('@microsoft/microsoft-graph-client');", 'microsoft-graph-client'],
    ['src/jobs/worker.ts', "import { Pool } from 'pg';", 'pg'],
    ['src/jobs/worker.ts', "import { post } from '../bot/channel.ts';", 'src/bot/channel.ts'],
    ['src/bot/routes.ts', "import * as restify from 'restify';", 'restify'],
    ['src/http/server.ts', "import { parseSettings } from '../config/settings.ts';", 'src/config/settings.ts'],
    ['src/config/settings.ts', "import { ok } from '../core/result.ts';", 'src/core/result.ts'],
    ['src/main.ts', "import { WORLD } from '../sandbox/world.ts';", 'sandbox/world.ts'],
    ['src/bot/routes.ts', "type A = import('../../test/support/builders.ts').A;", 'test/support/builders.ts'],
    ['src/main.ts', "import { Kysely } from 'kysely';", 'kysely'],
    ['src/helpers/text.ts', 'export const a = 1;', 'src/helpers'],
  ])('%s may not say: %s', (path, text, named) => {
    const [problem, ...more] = check(path, text).filter((each) => each.includes(named));
    expect(problem).toContain(`${path}: `);
    expect(more).toEqual([]);
  });

  test.each([
    ['src/core/audit/chain.ts', "import { createHash } from 'node:crypto';\nimport { ok } from '../result.ts';"],
    [
      'src/core/account/due.ts',
      "const a = { process: 1 };\nexport const b = a.process + new Date('2026-01-01').getTime(); // not console.log, not Date.now()",
    ],
    [
      'src/graph/directory.ts',
      "import type { Directory } from '../app/ports.ts';\nimport { Client } from '@microsoft/microsoft-graph-client';",
    ],
    ['src/jobs/worker.ts', "import { PgBoss } from 'pg-boss';\nimport { render } from '../cards/render.ts';"],
    ['src/cli/doctor.ts', "import { parseSettings } from '../config/settings.ts';\nimport { directory } from '../graph/directory.ts';"],
    ['src/main.ts', "import { server } from './http/server.ts';\nimport json from '../package.json' with { type: 'json' };"],
  ])('%s may say: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});
