import type { EmergencyAccount } from '../account/types.ts';
import type { Repair } from '../posture/check.ts';
import type { Finding, PostureReport } from '../posture/report.ts';
import { no, ok, type Result } from '../result.ts';
import type { Mend } from './planAccount.ts';
import type { MendPlan, PolicyExclusion } from './types.ts';

/** What a request to exclude or repair is judged by: posture as read for it, and the policies whose exclusions it would change. */
export interface MendFacts {
  readonly report: PostureReport;
  readonly policies: readonly PolicyExclusion[];
}

export type WhyNothingToMend = 'already-excluded' | 'not-failing' | 'not-repairable' | 'cannot-tell';

/**
 * What is to be changed for an account: for `exclude` everything that keeps it from being excluded where it must be, for `repair` what mends
 * the one finding. What could not be read is no ground to change anything.
 *
 * @param key of the finding; `repair` only
 */
export function changesFor(
  operation: MendPlan['operation'],
  { id }: Pick<EmergencyAccount, 'id'>,
  key: string | undefined,
  { findings }: PostureReport,
): Result<Pick<Mend, 'changes' | 'finding'>, WhyNothingToMend> {
  return operation === 'exclude'
    ? exclusionOf(id, findings)
    : repairOf(
        id,
        findings.find((finding) => finding.key === key),
      );
}

const OF_POLICIES = ['policy-exclusions', 'managed-policies'];

function exclusionOf(accountId: string, findings: readonly Finding[]): Result<Pick<Mend, 'changes'>, WhyNothingToMend> {
  const concerning = findings.filter(
    ({ check, about, catches, status }) =>
      (check === 'in-exclusion-group' && about.id === accountId) ||
      (OF_POLICIES.includes(check) && (status === 'unknown' || catches?.includes(accountId))),
  );
  if (concerning.some(({ status }) => status === 'unknown')) return no('cannot-tell');
  const changes = concerning.flatMap(({ status, repair }): readonly Repair[] => (status === 'fail' ? (repair?.changes ?? []) : []));
  return changes.length === 0 ? no('already-excluded') : ok({ changes });
}

function repairOf(accountId: string, finding: Finding | undefined): Result<Pick<Mend, 'changes' | 'finding'>, WhyNothingToMend> {
  if (finding?.status === 'unknown') return no('cannot-tell');
  if (finding?.status !== 'fail') return no('not-failing');
  const { repair, key, fault, about } = finding;
  if (repair?.accountId !== accountId) return no('not-repairable');
  return ok({ changes: repair.changes, finding: { key, title: fault, about: about.name } });
}

/** The whole of it, once the policies were read. */
export function mendOf(
  operation: MendPlan['operation'],
  account: Pick<EmergencyAccount, 'id'>,
  key: string | undefined,
  facts: MendFacts | undefined,
): Result<Mend, WhyNothingToMend> {
  if (!facts) return no('cannot-tell');
  const changes = changesFor(operation, account, key, facts.report);
  return changes.ok ? ok({ ...changes.value, policies: facts.policies }) : changes;
}

export const isMend = (operation: string): operation is MendPlan['operation'] => operation === 'exclude' || operation === 'repair';
