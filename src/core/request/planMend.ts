import type { Repair } from '../posture/check.ts';
import { quoted } from '../quoted.ts';
import { framed } from './plan.ts';
import { type AccountPlanInput, heldAsBefore, known, unrestricted } from './planAccount.ts';
import { GLOBAL_ADMINISTRATOR, planStep } from './planSteps.ts';
import type { MendPlan, PlanStep } from './types.ts';

/** What fits on a card that two people are to read; the rest needs another request. */
export const MOST_POLICIES = 10;

/** Changes of the user that its restricted unit would refuse. */
const OF_THE_USER: readonly Repair['kind'][] = ['never-expire', 'assign-role', 'remove-method'];

/** Draws up what mends the findings asked for: each change is right by itself, so nothing is taken back when the plan is given up. */
export function planMend(input: AccountPlanInput, operation: MendPlan['operation']): MendPlan {
  const { account, tenant, mend } = input;
  const { changes, policies: readPolicies, finding } = mend ?? { changes: [], policies: [], finding: undefined };
  const wanted = changes.flatMap((change) => (change.kind === 'exclude-policy' ? [change.policyId] : []));
  const ordered = wanted.flatMap((id) => readPolicies.filter(({ policyId }) => policyId === id));
  const policies = ordered.slice(0, MOST_POLICIES);
  const role = { ...GLOBAL_ADMINISTRATOR, scope: '/' } as const;
  const unit = unrestricted(input);
  const touchesUser = changes.some(({ kind }) => OF_THE_USER.includes(kind));
  const joins = changes.some(({ kind }) => kind === 'join-unit');
  const around = touchesUser && !joins ? unit : { out: [], back: [], fields: {} };
  const group = tenant.exclusionGroupId;
  const user = account.objectId;
  const foreign = changes.flatMap((change) => (change.kind === 'remove-member' ? [change] : []));
  // Who signed in with it stays in until then; after the removal, or they would sign in anew.
  const sessions = changes.some(({ kind }) => kind === 'remove-method') ? [planStep.revokeSessions(user)] : [];
  const stepOf = (change: Repair): PlanStep[] => {
    switch (change.kind) {
      case 'join-exclusion-group':
        return [planStep.exclude(group, user)];
      case 'never-expire':
        return [planStep.neverExpire(user)];
      case 'assign-role':
        return [planStep.assignRole(role, user)];
      case 'remove-member':
        return [planStep.removeMember(group, change.objectId, change.objectType, change.name)];
      case 'remove-method':
        return [planStep.removeMethod(user, change.method, change.methodId, change.words)];
      case 'join-unit':
        return tenant.restrictedUnitId === undefined ? [] : [planStep.joinUnit(tenant.restrictedUnitId, user)];
      case 'exclude-policy':
        return policies.filter(({ policyId }) => policyId === change.policyId).map((policy) => planStep.excludePolicy(group, policy));
    }
  };
  return {
    ...framed(input),
    operation,
    account: known(input),
    owners: account.owners,
    exclusionGroupId: group,
    ...(finding ? { finding } : {}),
    policies,
    policiesLeft: wanted.length - policies.length,
    foreign: foreign.map(({ objectId, objectType: type, name }) => ({ objectId, type, name })),
    ...(changes.some(({ kind }) => kind === 'assign-role') ? { role } : {}),
    ...(joins && tenant.restrictedUnitId !== undefined ? { restrictedUnitId: tenant.restrictedUnitId } : around.fields),
    custodians: [],
    holds: heldAsBefore(account),
    irreversible: [
      // The one change Breakglass makes to what belongs to somebody else (GR-3): nobody may overlook it.
      ...foreign.map(
        ({ objectType, name, objectId }) =>
          `The ${objectType} ${quoted(name)} (${objectId}) is not ours. Once it is out of the group, every policy catches it again.`,
      ),
      ...changes.flatMap((change) =>
        change.kind === 'remove-method' && change.method === 'fido2'
          ? [`Whoever has the ${change.words} cannot sign in with it any more, and it can only be registered anew.`]
          : [],
      ),
    ],
    steps: [...around.out, ...changes.flatMap(stepOf), ...sessions, ...around.back, planStep.verify()],
    undo: around.back,
  };
}
