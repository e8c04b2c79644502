import type { MonitorsInAzure } from '../app/ports.ts';
import { unseenWords } from '../cards/views/monitorWords.ts';
import type { FoundMonitors } from '../core/monitors/found.ts';
import { partsOf } from '../core/monitors/parts.ts';
import { ResourceManagerFault } from '../graph/monitors.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';
import { codeOf } from './tokens.ts';

const STEP = 'monitors in Azure';
const STEPS = { 'diagnostic-settings': 'diagnostic settings', 'processing-rules': 'alert processing rules' } as const;
const ROLES = 'docs/deploying.md, step 9, names the roles. It is optional; once it could be read, losing it is an alert.';

/** Whether what watches the accounts from Azure can be read back, and what of it is not seen. Free tenants have no log to watch. */
export async function* monitorFindings(
  tenants: readonly { readonly id: string; readonly name: string; readonly kind: string }[],
  inAzure: MonitorsInAzure | undefined,
): AsyncGenerator<Finding> {
  if (!inAzure) return yield skipped(STEP, 'nothing is read back: BREAKGLASS_MONITORS_RESOURCE_GROUP is not set.');
  let found: FoundMonitors;
  try {
    found = await inAzure.read();
  } catch (error) {
    const why = error instanceof ResourceManagerFault ? String(error.status) : codeOf(error);
    return yield failed(
      STEP,
      `they cannot be read (${why}).`,
      'The identity that reads the home tenant needs Monitoring Reader on the resource group.',
    );
  }
  yield ok(STEP, `${found.rules.length} alert rules and ${found.actionGroups.length} action groups can be read back.`);
  if (found.sentinel === 'unreadable')
    yield failed(
      `${STEP}, Sentinel`,
      'its rules cannot be read.',
      'Microsoft Sentinel Reader on the workspace, or BREAKGLASS_MONITORS_SENTINEL=false.',
    );
  const watched = tenants.filter(({ kind }) => kind !== 'free');
  for (const part of partsOf(watched, found)) {
    const step = `${part.of}, ${STEPS[part.kind]}`;
    yield part.readable ? ok(step, 'they can be read back.') : warning(step, unseenWords(part), ROLES);
  }
}
