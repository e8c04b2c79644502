import { DAY, later } from '../../decision.ts';
import {
  day,
  eachExisting,
  fail,
  judgedAccounts,
  judgedBy,
  list,
  notApplicable,
  type Outcome,
  ofTenant,
  type PostureCheck,
  pass,
  type RegisteredAccount,
  type Registry,
  unknown,
} from '../check.ts';
import { isEnforced, isReportOnly, reachOf, restrictsPeople } from '../policyReach.ts';
import type { ConditionalAccessPolicy, TenantSnapshot } from '../snapshot.ts';

const LEARN = 'Learn, security-emergency-access, 2026-06-04';

export const inExclusionGroup: PostureCheck = {
  id: 'in-exclusion-group',
  title: 'In the exclusion group',
  fault: 'Not in the exclusion group',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ objectId }, { id: accountId }) =>
      judgedBy(snapshot.exclusionGroupMembers, snapshot, (members) =>
        members.some(({ id }) => id === objectId)
          ? pass('It is a member.')
          : fail('It is not a member.', 'Put it in: else every policy that spares the group still catches it.', {
              accountId,
              changes: [{ kind: 'join-exclusion-group' }],
            }),
      ),
    ),
};

/** Each policy by itself, the accounts taken as members of the group: whether they are is the check above. */
function eachPolicy(
  snapshot: TenantSnapshot,
  registry: Registry,
  wanted: (policy: ConditionalAccessPolicy) => boolean,
  judge: (policy: ConditionalAccessPolicy, caught: readonly RegisteredAccount[], why: string) => Omit<Outcome, 'about'>,
): Outcome[] {
  const accounts = judgedAccounts(registry);
  const about = ofTenant(snapshot);
  const { policies } = snapshot;
  if (policies.state === 'unreadable') return [{ about, ...judgedBy(policies, snapshot, () => pass('')) }];
  if (accounts.length === 0) return [{ about, ...notApplicable('There is no account yet that a policy could catch.') }];
  const concerned = policies.value.filter((policy) => wanted(policy) && restrictsPeople(policy));
  if (concerned.length === 0) return [{ about, ...pass('There is no such policy.') }];
  return concerned.flatMap((policy): Outcome[] => {
    const reaches = accounts.map((account) => ({ account, reach: reachOf(policy, account.objectId.toLowerCase(), snapshot, true) }));
    const caught = reaches.filter(({ reach }) => reach.kind === 'caught');
    const open = reaches.find(({ reach }) => reach.kind === 'unknown');
    const spared = reaches.find(({ reach }) => reach.kind === 'free' && reach.excluded);
    const of = { about: { kind: 'policy', id: policy.id, name: policy.displayName } } as const;
    const [first] = caught;
    if (first) {
      const accountsCaught = caught.map(({ account }) => account);
      return [{ ...of, ...judge(policy, accountsCaught, first.reach.why), catches: accountsCaught.map(({ id }) => id) }];
    }
    if (open) return [{ ...of, ...unknown(`Whether it catches ${open.account.userPrincipalName} cannot be told: ${open.reach.why}.`) }];
    return spared ? [{ ...of, ...pass(`It ${spared.reach.why}.`) }] : [{ ...of, ...notApplicable('It concerns no account of ours.') }];
  });
}

const mending = (policy: ConditionalAccessPolicy, [first]: readonly RegisteredAccount[]): Outcome['repair'] =>
  first && { accountId: first.id, changes: [{ kind: 'exclude-policy', policyId: policy.id }] };

export const policyExclusions: PostureCheck = {
  id: 'policy-exclusions',
  title: 'Every policy that blocks or restricts spares the accounts',
  fault: 'A policy that blocks or restricts catches the accounts',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachPolicy(snapshot, registry, isEnforced, (policy, caught, why) =>
      fail(
        `It ${why} and catches ${list(caught.map(({ userPrincipalName }) => userPrincipalName))}.`,
        'Exclude the exclusion group from it.',
        mending(policy, caught),
      ),
    ),
};

/** Microsoft switches its own report-only policies on after 30 days or more (Learn, managed-policies, 2026-05-28). */
const MANAGED_AFTER_DAYS = 30;

export const managedPolicies: PostureCheck = {
  id: 'managed-policies',
  title: 'Microsoft-managed policies spare the accounts before they are switched on',
  fault: 'A Microsoft-managed policy will catch the accounts once it is switched on',
  severity: 'warning',
  source: 'Learn, managed-policies, 2026-05-28',
  run: (snapshot, registry) =>
    eachPolicy(snapshot, registry, isManagedAndWaiting, (policy, caught, why) => {
      const at = policy.createdAt && later(policy.createdAt, MANAGED_AFTER_DAYS * DAY);
      const left = at && Math.ceil((at.getTime() - snapshot.readAt.getTime()) / DAY);
      const when =
        at === undefined || left === undefined
          ? 'may switch it on any day now'
          : left <= 0
            ? `may switch it on any day now: its ${MANAGED_AFTER_DAYS} days of waiting ended on ${day(at)}`
            : `may switch it on from ${day(at)} on, ${left === 1 ? 'within a day' : `in ${left} days`}`;
      return fail(
        `It only reports now. It ${why}, and Microsoft ${when}.`,
        'Exclude the exclusion group from it now: exclusions stay when it is switched on.',
        mending(policy, caught),
      );
    }),
};

const isManagedAndWaiting = (policy: ConditionalAccessPolicy): boolean =>
  isReportOnly(policy) && policy.templateId !== undefined && policy.displayName.startsWith('Microsoft-managed');

export const oneOutsideAll: PostureCheck = {
  id: 'one-outside-all-policies',
  title: 'At least one account is outside every policy',
  fault: 'Every account is caught by some policy',
  severity: 'critical',
  source: 'azure-docs, B2C tenant-management-emergency-access-account, 2024-09-11',
  run(snapshot, registry) {
    const about = ofTenant(snapshot);
    const usable = judgedAccounts(registry).filter(({ state }) => state !== 'disabled');
    const judged = judgedBy(snapshot.policies, snapshot, (all) =>
      judgedBy(snapshot.exclusionGroupMembers, snapshot, (members) => {
        const policies = all.filter((policy) => isEnforced(policy) && restrictsPeople(policy));
        const worst = usable.map((account) => {
          const objectId = account.objectId.toLowerCase();
          const isMember = members.some(({ id }) => id === objectId);
          const kinds = policies.map((policy) => reachOf(policy, objectId, snapshot, isMember).kind);
          return kinds.includes('caught') ? 'caught' : kinds.includes('unknown') ? 'unknown' : 'free';
        });
        const free = usable[worst.indexOf('free')];
        if (free) return pass(`No policy catches ${free.userPrincipalName}.`);
        if (worst.includes('unknown')) return unknown('For some account it cannot be told which policies catch it.');
        return fail('Every account is caught by some policy.', 'Ask for `exclude` for one of them.');
      }),
    );
    return [{ about, ...judged }];
  },
};
