import { join } from 'node:path';
import { generatedDocs, program } from './checks.ts';
import { ROOT } from './sources.ts';

// npm run format: brings layout, import order and the generated documents up to date.
const changed = generatedDocs({ write: true });
if (changed.length > 0) process.stdout.write(`Wrote ${changed.join(' and ')}.\n`);
const { code, output } = await program(join(ROOT, 'node_modules', '.bin', 'biome'), ['check', '--write', '.']);
process.stdout.write(output);
process.exitCode = code ?? 1;
