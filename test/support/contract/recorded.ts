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
 * did. They are kept for `npm run contract` as well.
 */
export function recordedViolations(dataDir: string): string[] {
  if (!existsSync(join(dataDir, WORLD))) return []; // it never got as far as that
  const documents = openDocuments(join(dataDir, WORLD));
  const exchanges = documents.all<Exchange>('tenant.traffic');
  const wide = documents.get<{ on: boolean }>('tenant.settings', 'extras')?.on === true;
  documents.close();
  keepTraffic(exchanges);
  if (!wide) return ['the tenant answered nothing that its contract does not declare: the switch was off'];
  return exchanges.flatMap((exchange) => [...violationsOf(exchange, 'product'), ...sliceViolationsOf(exchange, 'product')]);
}

/** Adds exchanges to the file of `BREAKGLASS_TEST_TRAFFIC`, where there is one. */
export function keepTraffic(exchanges: readonly Exchange[]): void {
  const file = process.env.BREAKGLASS_TEST_TRAFFIC;
  if (file) appendFileSync(file, exchanges.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
}
