import { fail, judgedBy, list, type Outcome, ofTenant, type PostureCheck, pass } from '../check.ts';

export const exclusionGroup: PostureCheck = {
  id: 'exclusion-group',
  title: 'The exclusion group is static and protected',
  fault: 'The exclusion group is missing, or open to change',
  severity: 'critical',
  source: 'Learn, security-emergency-access and admin-units-restricted-management, 2026',
  run(snapshot) {
    const judged = judgedBy(snapshot.exclusionGroup, snapshot, (group) =>
      judgedBy(snapshot.exclusionGroupOwners, snapshot, (owners) => {
        if (!group) return fail('The tenant has no such group.', 'Make it, and name it in the tenants file.');
        const faults = [
          ...(group.securityEnabled ? [] : ['it is no security group']),
          ...(group.dynamic ? ['a rule decides who is in it'] : []),
          ...(group.syncedFromOnPremises ? ['it is synchronised from on premises'] : []),
          ...(group.mailEnabled ? ['it is mail enabled'] : []),
          ...(group.visibility === 'Public' ? ['anybody may join it'] : []),
          ...(group.roleAssignable || group.managementRestricted ? [] : ['any group administrator may change it']),
          ...(owners.length > 0
            ? [`${owners.length === 1 ? 'it has an owner' : `it has ${owners.length} owners`}, who may change it`]
            : []),
        ];
        return faults.length === 0
          ? pass('Static, protected, without owners.')
          : fail(
              `Whoever gets into it slips past every policy, and ${list(faults)}.`,
              'Use a static role-assignable group without owners.',
            );
      }),
    );
    return [{ about: ofTenant(snapshot), ...judged }];
  },
};

export const groupMembers: PostureCheck = {
  id: 'group-members',
  title: 'Nobody but the accounts is in the exclusion group',
  fault: 'A stranger is in the exclusion group',
  severity: 'critical',
  source: 'Learn, security-emergency-access, 2026-06-04; membership compared with our record',
  run(snapshot, { accounts }) {
    const about = ofTenant(snapshot);
    const members = snapshot.exclusionGroupMembers;
    if (members.state === 'unreadable') return [{ about, ...judgedBy(members, snapshot, () => pass('')) }];
    const ours = new Set(accounts.map(({ objectId }) => objectId.toLowerCase()));
    const foreign = members.value.filter(({ id }) => !ours.has(id));
    if (foreign.length === 0) return [{ about, ...pass('Its members are the accounts on record.') }];
    const nested = foreign.some(({ type }) => type === 'group');
    const accountId = accounts.find(({ state }) => state !== 'provisioning')?.id;
    return foreign.map(({ id, type, displayName }): Outcome => {
      const name = displayName ?? id;
      // Who comes in through a nested group goes with it, and is not a member one could remove.
      const removable = accountId !== undefined && (!nested || type === 'group');
      const changes = [{ kind: 'remove-member', objectId: id, objectType: type, name }] as const;
      const advice = removable ? 'Find out who put it there, then take it out.' : 'Take the nested group out first.';
      return {
        about: { kind: 'member', id, name },
        ...fail(`A ${type} that is no account of ours slips past every policy.`, advice, removable ? { accountId, changes } : undefined),
      };
    });
  },
};
