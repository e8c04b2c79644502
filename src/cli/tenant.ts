import type { TenantReader } from '../app/ports.ts';
import { CAPABILITIES, type Capability, isEssentialLack, saidOf } from '../core/tenant/capability.ts';
import { judgeTenant } from '../core/tenant/judge.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/**
 * Everything a tenant can and cannot do, as findings.
 *
 * @param accounts object ids of the accounts on record there; `undefined` when they could not be read
 */
export async function* tenantFindings(
  name: string,
  reader: TenantReader,
  accounts: readonly string[] | undefined,
  now: Date,
): AsyncGenerator<Finding> {
  for (const capability of judgeTenant(await reader.probe(accounts ?? [], now))) {
    const step = `${name}, ${CAPABILITIES[capability.name].title}`;
    // Whose members are outsiders cannot be said without the accounts.
    if (capability.name === 'exclusion-group-guard' && accounts === undefined)
      yield skipped(step, 'the accounts on record could not be read.');
    else yield findingOf(step, capability);
  }
}

function findingOf(step: string, capability: Capability): Finding {
  const words = saidOf(capability);
  if (capability.verdict === 'yes') return ok(step, words);
  const { lost, substitute } = CAPABILITIES[capability.name];
  return (isEssentialLack(capability) ? failed : warning)(step, words, `${lost} ${substitute}`);
}
