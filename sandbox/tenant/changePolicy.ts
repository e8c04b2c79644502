import { TENANTS } from '../world.ts';
import { recordAudit } from './audit.ts';
import { type ByHand, Senseless } from './byHand.ts';
import { graphInstant, objectOf, textOf } from './json.ts';
import type { PolicyRow } from './records.ts';

const STATES = ['enabled', 'disabled', 'enabledForReportingButNotEnforced'];

const ids = (value: unknown, name: string): string[] => {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) throw new Senseless(`${name} must be a list of ids.`);
  return value;
};

/**
 * Changes a Conditional Access policy: `state`, `excludeGroups`, `excludeUsers`; with none of them it drops the tenant's exclusion
 * group from the policy, the accident everybody fears.
 */
export function changePolicy({ state, tenantId, by, body }: ByHand): void {
  const row = state.policies.get((textOf(body, 'policyId') ?? '').toLowerCase());
  if (!row || row.tenantId !== tenantId) throw new Senseless('policyId must be the id of a Conditional Access policy of this tenant.');
  const wanted = textOf(body, 'state');
  if (wanted !== undefined && !STATES.includes(wanted)) throw new Senseless(`state must be one of ${STATES.join(', ')}.`);
  const conditions = objectOf(row.policy.conditions);
  const users = objectOf(conditions.users);
  const isBare = wanted === undefined && body.excludeGroups === undefined && body.excludeUsers === undefined;
  const exclusion = Object.values(TENANTS).find((tenant) => tenant.id === tenantId)?.exclusionGroupId;
  const before = Array.isArray(users.excludeGroups) ? users.excludeGroups.map(String) : [];
  const excludeGroups = isBare
    ? before.filter((id) => id !== exclusion)
    : body.excludeGroups === undefined
      ? before
      : ids(body.excludeGroups, 'excludeGroups');
  const excludeUsers = body.excludeUsers === undefined ? users.excludeUsers : ids(body.excludeUsers, 'excludeUsers');
  const policy: PolicyRow['policy'] = {
    ...row.policy,
    state: wanted ?? row.policy.state,
    modifiedDateTime: graphInstant(state.clock.now()),
    conditions: { ...conditions, users: { ...users, excludeGroups, excludeUsers } },
  };
  state.policies.put(row.id, { ...row, policy });
  recordAudit(state, {
    tenantId,
    by,
    activity: 'Update conditional access policy',
    category: 'Policy',
    operation: 'Update',
    service: 'Conditional Access',
    targets: [{ id: row.id, displayName: policy.displayName, type: 'Policy', changes: { ConditionalAccessPolicy: [row.policy, policy] } }],
  });
}
