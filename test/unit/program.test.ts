import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { program } from '../../scripts/checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakglass-program-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a program that has written its results and does not end is ended; one that ends by itself is left alone', async () => {
  const file = join(folder, 'results.json');
  const writes = `require('node:fs').writeFileSync(${JSON.stringify(file)}, '{}'); console.log('told');`;
  const lingers = await program(process.execPath, ['-e', `${writes} setInterval(() => undefined, 1_000)`], {
    over: { file, withinMs: 100 },
  });
  expect(lingers).toEqual({ code: null, output: 'told\n' });
  rmSync(file);
  const ends = await program(process.execPath, ['-e', writes], { over: { file, withinMs: 60_000 } });
  expect(ends).toEqual({ code: 0, output: 'told\n' });
});
