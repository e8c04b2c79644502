import type { TenantReader } from '../app/ports.ts';
import { CAPABILITIES, type Capability, type CapabilityName } from '../core/tenant/capability.ts';
import { judgeTenant } from '../core/tenant/judge.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/** Without these no account can be created, kept or watched; the others cost a guarantee. */
const ESSENTIAL: ReadonlySet<CapabilityName> = new Set([
  'tenant-kind',
  'initial-domain',
  'sign-in-log',
  'exclusion-group',
  'reader-permissions',
  'reader-restraint',
  'changer-permissions',
  'changer-role',
]);

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

function findingOf(step: string, { name, verdict, evidence }: Capability): Finding {
  if (verdict === 'yes') return ok(step, evidence);
  const { lost, substitute } = CAPABILITIES[name];
  const make = ESSENTIAL.has(name) && verdict !== 'unsupported' ? failed : warning;
  const words = verdict === 'unknown' ? `not known. ${evidence}` : evidence;
  return make(step, words, `${lost} ${substitute}`);
}
