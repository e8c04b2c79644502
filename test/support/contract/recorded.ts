import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDocuments } from '../../../sandbox/documents.ts';
import type { Exchange } from '../../../sandbox/tenant/traffic.ts';
import { sliceViolationsOf } from './slice.ts';
import { violationsOf } from './violations.ts';

/** File in the data folder where a sandbox keeps its world, and what it recorded of Graph. */
const WORLD = 'world.sqlite';

/** Before the first start: records every exchange with Graph from the first one on, and answers wider than the contract. */
export function recordFrom(dataDir: string): void {
  const documents = openDocuments(join(dataDir, WORLD));
  for (const setting of ['traffic', 'extras']) documents.put('tenant.settings', setting, { on: true });
  documents.close();
}

/**
 * What of all that the product and its sandbox told each other breaks Microsoft's contract. For a sandbox that has ended, however it
 * did. With `BREAKGLASS_TEST_TRAFFIC` the exchanges are also added to that file, a line each, for `npm run contract`.
 */
export function recordedViolations(dataDir: string): string[] {
  if (!existsSync(join(dataDir, WORLD))) return []; // it never got as far as that
  const documents = openDocuments(join(dataDir, WORLD));
  const exchanges = documents.all<Exchange>('tenant.traffic');
  documents.close();
  const file = process.env.BREAKGLASS_TEST_TRAFFIC;
  if (file) appendFileSync(file, exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
  return exchanges.flatMap((exchange) => [...violationsOf(exchange, 'product'), ...sliceViolationsOf(exchange, 'product')]);
}
