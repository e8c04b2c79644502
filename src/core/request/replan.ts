import type { PasskeyTerms, WhyNoPasskeys } from '../account/passkeyTerms.ts';
import type { EmergencyAccount } from '../account/types.ts';
import type { SeenAccount } from '../account/usable.ts';
import { digestOf } from '../digest.ts';
import type { PersonRef } from '../people.ts';
import { no, ok, type Result } from '../result.ts';
import { differenceOf } from './difference.ts';
import { isMend, type MendFacts, mendOf } from './mend.ts';
import { type NamedPerson, whyNotHeld } from './named.ts';
import { whyUnsuitable } from './openAccount.ts';
import { planCreate, type TenantOfPlan } from './plan.ts';
import { type ObservedAccount, planAccount } from './planAccount.ts';
import { type ChangeRequest, isUntouched, kindOfStep, type MendPlan, type Plan, type RotatePlan, subjectOfStep } from './types.ts';

/** What plans are drawn up from, as read under the lease, before the first write. */
export interface ReplanFacts {
  readonly tenant: TenantOfPlan;
  /** `undefined`: the tenant has no such user; of a new account, always. */
  readonly observed?: ObservedAccount;
  /** Of plans that leave the tenant one account fewer: the others, as far as they could be read. */
  readonly others?: readonly SeenAccount[];
  /** Of plans that mend. */
  readonly mend?: MendFacts;
  /** Of plans with passkeys. */
  readonly passkeys?: Result<PasskeyTerms, WhyNoPasskeys>;
}

export type Replanned =
  | { readonly kind: 'holds' }
  | { readonly kind: 'changed'; readonly plan: Plan; readonly difference: readonly string[] }
  /** Nothing of the kind can be done any more, or with `passing` only not now; in words for people. */
  | { readonly kind: 'impossible'; readonly words: string; readonly passing?: true; readonly code?: string };

/**
 * Draws the plan of a request up again from what is so now. What people approved runs only if it is still what would be planned; otherwise
 * they are asked again, and see the difference (issue 4, point 1).
 *
 * @param account of the request, unless it is one for a new account
 * @param othersInTenant accounts of the tenant that can be used, this one not counted
 */
export function replan(
  request: ChangeRequest,
  facts: ReplanFacts,
  account: EmergencyAccount | undefined,
  othersInTenant: number,
): Replanned {
  const { plan } = request;
  const frame = {
    requestId: plan.requestId,
    version: plan.version,
    tenant: facts.tenant,
    requester: plan.requester,
    reason: plan.reason,
    quorum: plan.quorum,
    policyVersion: plan.policyVersion,
    expiresAt: new Date(plan.expires),
  };
  const keys = 'credential' in plan && plan.credential.kind === 'passkey' ? (facts.passkeys ?? no('policy-unread' as const)) : ok({});
  if (!keys.ok) return impossible(keys.error, NO_PASSKEYS[keys.error]);
  if (plan.operation === 'create') {
    const { userPrincipalName, displayName, usageLocation } = plan.account;
    const userName = userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@'));
    const { custodians, owners } = plan;
    return compared(plan, planCreate({ ...frame, userName, displayName, usageLocation, custodians, owners, ...keys.value }));
  }
  if (!account) return { kind: 'impossible', words: 'The account is not on record any more.' };
  const keyed = 'credential' in plan && plan.credential.kind === 'passkey';
  const why = whyUnsuitable(plan.operation, { state: account.state, keyed }, facts.observed);
  // Stryker disable next-line StringLiteral: of what was not observed the reason is never left out; this one is for the compiler
  if (why || !facts.observed) return { kind: 'impossible', words: IMPOSSIBLE[why ?? 'gone'] };
  const { operation } = plan;
  const mend = isMend(operation) ? mendOf(operation, account, (plan as MendPlan).finding?.key, facts.mend) : undefined;
  if (mend && !mend.ok) return impossible(mend.error, IMPOSSIBLE[mend.error]);
  const leaving = (plan as RotatePlan).leaving;
  return compared(
    plan,
    planAccount({
      ...frame,
      operation,
      account,
      observed: facts.observed,
      custodians: plan.custodians,
      ...(leaving ? { leaving } : {}),
      othersInTenant,
      ...(mend?.ok ? { mend: mend.value } : {}),
      ...keys.value,
    }),
  );
}

/** Whom the steps that are still to be done hand something to. */
export function stillToHold(request: ChangeRequest): readonly PersonRef[] {
  const { custodians } = request.plan;
  if (isUntouched(request)) return custodians;
  const left = request.steps.filter(({ state }) => state !== 'done').map(({ id }) => id);
  if (left.includes('set-credential')) return custodians;
  const numbers = left.filter((id) => kindOfStep(id) === 'issue-pass').map(subjectOfStep);
  return custodians.filter((_custodian, index) => numbers.includes(String(index + 1)));
}

/**
 * What must hold of people and of the other accounts whenever a run is taken up, also after its first write, when the tenant differs by what
 * it did itself and the plan is not drawn up again: those who are handed something can keep it, and a tenant is not left with fewer accounts
 * than the request says.
 *
 * @param custodians those of `stillToHold`, as read now
 * @param othersInTenant as for `replan`
 */
export function whyNotOn(request: ChangeRequest, custodians: readonly NamedPerson[], othersInTenant: number): Replanned | undefined {
  // Of somebody whom a run that was overtaken has not read, the step asks itself, before anything is made for them.
  const read = stillToHold(request).filter(({ objectId }) => custodians.some((each) => each.objectId === objectId));
  const gone = whyNotHeld(read, custodians);
  if (gone !== undefined) return { kind: 'impossible', code: 'CustodianGone', words: `${gone} Nothing was made for them to keep.` };
  const { plan } = request;
  // Before the first write the plan would say another number, so it is asked for anew.
  if (plan.operation !== 'retire' || isUntouched(request) || othersInTenant >= Math.min(plan.accountsLeft, 2)) return undefined;
  const words = `Fewer accounts would be left than the request says: ${othersInTenant} instead of ${plan.accountsLeft}, so nothing more was done. Make sure of another account first.`;
  return { kind: 'impossible', code: 'TooFewLeft', words };
}

/** What could not be read may be read later: that is no end. */
const impossible = (why: string, words: string): Replanned =>
  why === 'policy-unread' || why === 'cannot-tell' ? { kind: 'impossible', words, passing: true } : { kind: 'impossible', words };

const NO_PASSKEYS: { readonly [W in WhyNoPasskeys]: string } = {
  'passes-off': 'The tenant allows no Temporary Access Pass any more.',
  'passes-not-for-it': 'The tenant allows Temporary Access Passes only for others by now.',
  'keys-off': 'The tenant allows no passkeys any more.',
  'keys-not-for-it': 'The tenant allows passkeys only for others by now.',
  'no-self-service': 'The tenant lets nobody register passkeys themselves any more.',
  'synced-only': 'The tenant allows no passkeys bound to their device any more.',
  'policy-unread': 'Whether the tenant allows passkeys cannot be read now, so nothing was changed.',
};

const IMPOSSIBLE = {
  retired: 'The account was retired in the meantime.',
  provisioning: 'The account is still being set up.',
  gone: 'The tenant has no such user any more.',
  'not-ours': 'The user no longer carries the marker of the request that made it. It was not touched.',
  'already-disabled': 'The account is disabled already.',
  'already-enabled': 'The account is enabled already.',
  'keys-need-enabled': 'The account is disabled by now, and keys are registered by signing in.',
  'not-ready': 'The account has lost its role or its place in the exclusion group.',
  'already-excluded': 'It is excluded everywhere by now.',
  'not-failing': 'The finding is there no more: somebody has mended it.',
  'not-repairable': 'The finding is not one that Breakglass can mend any more.',
  'cannot-tell': 'What it rests on cannot be read now, so nothing was changed.',
} as const;

function compared(before: Plan, after: Plan): Replanned {
  if (digestOf(before) === digestOf(after)) return { kind: 'holds' };
  return { kind: 'changed', plan: { ...after, version: before.version + 1 }, difference: differenceOf(before, after) };
}
