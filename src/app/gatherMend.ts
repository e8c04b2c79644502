import type { EmergencyAccount } from '../core/account/types.ts';
import type { Registry } from '../core/posture/check.ts';
import { DEFAULT_PROFILE, type GuidanceProfile } from '../core/posture/profiles.ts';
import { judgePosture, type PostureReport } from '../core/posture/report.ts';
import { changesFor, type MendFacts } from '../core/request/mend.ts';
import { MOST_POLICIES } from '../core/request/planMend.ts';
import type { MendPlan, PolicyExclusion } from '../core/request/types.ts';
import type { Reads, Tenants } from './ports.ts';

export interface PostureNeeds {
  readonly tenants: Pick<Tenants, 'info' | 'reader'>;
  readonly store: Pick<Reads, 'accounts' | 'now'>;
}

/** More accounts than any installation keeps. */
export const ALL_ACCOUNTS = 1_000;

/**
 * A tenant judged as it is now, against the accounts on record.
 *
 * @throws RangeError for a tenant that is not configured. What Graph refuses is no fault: the finding is unknown then
 */
export async function gatherPosture(
  { tenants, store }: PostureNeeds,
  tenantId: string,
  profile: GuidanceProfile = DEFAULT_PROFILE,
): Promise<PostureReport> {
  const [all, now] = await Promise.all([store.accounts(ALL_ACCOUNTS), store.now()]);
  const accounts = all.filter((account) => account.tenantId === tenantId && account.state !== 'retired');
  const unitId = tenants.info(tenantId)?.restrictedUnitId;
  const registry: Registry = { accounts, ...(unitId === undefined ? {} : { restrictedUnitId: unitId }) };
  const snapshot = await tenants.reader(tenantId).snapshot(
    accounts.map(({ objectId }) => objectId),
    now,
  );
  return judgePosture(profile, snapshot, registry);
}

/**
 * What a request to exclude or repair is judged by: posture, and each policy it would change as it is now.
 *
 * @throws GraphFault when a policy cannot be read: its exclusions are changed from what is known, or not at all
 */
export async function gatherMend(
  needs: PostureNeeds,
  operation: MendPlan['operation'],
  account: EmergencyAccount,
  finding: string | undefined,
): Promise<MendFacts> {
  const report = await gatherPosture(needs, account.tenantId);
  const changes = changesFor(operation, account, finding, report);
  const wanted = changes.ok ? changes.value.changes.flatMap((each) => (each.kind === 'exclude-policy' ? [each.policyId] : [])) : [];
  const reader = needs.tenants.reader(account.tenantId);
  const policies: PolicyExclusion[] = [];
  for (const policyId of wanted.slice(0, MOST_POLICIES)) {
    const found = await reader.policy(policyId);
    if (found) policies.push({ policyId, name: found.name, before: found.users });
  }
  return { report, policies };
}
