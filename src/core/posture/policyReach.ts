import { GLOBAL_ADMINISTRATOR } from '../request/planSteps.ts';
import type { ConditionalAccessPolicy, TenantSnapshot } from './snapshot.ts';

/** Whether a policy would touch an account: `caught`, `free` of it, or not to be told, each with the reason. */
export type Reach =
  | { readonly kind: 'caught' | 'unknown'; readonly why: string }
  /** `excluded`: included and taken out again. */
  | { readonly kind: 'free'; readonly why: string; readonly excluded: boolean };

export const isEnforced = ({ state }: ConditionalAccessPolicy): boolean => state === 'enabled';
export const isReportOnly = ({ state }: ConditionalAccessPolicy): boolean => state === 'enabledForReportingButNotEnforced';

/**
 * Whether a policy is about people signing in, and blocks or restricts it (Learn, security-emergency-access, 2026-06-04). Left out: policies
 * for workloads, which cannot exclude a user (entra-docs#322), those for an authentication context only, which a sign-in alone never meets,
 * and those that demand nothing.
 */
export function restrictsPeople(policy: ConditionalAccessPolicy): boolean {
  const { users, applications, grant, sessionControls } = policy;
  if (policy.concernsWorkloads) return false;
  const nobody = users.includeUsers.every((each) => each === 'None') && users.includeGroups.length + users.includeRoles.length === 0;
  if (nobody && !users.includesGuestsOrExternalUsers) return false;
  const contextOnly =
    applications.authenticationContexts.length > 0 && applications.include.length === 0 && applications.userActions.length === 0;
  if (contextOnly) return false;
  const demands = grant
    ? grant.builtInControls.length + grant.termsOfUse.length + grant.customFactors.length > 0 ||
      grant.authenticationStrengthId !== undefined
    : false;
  return demands || sessionControls.length > 0;
}

/**
 * Whether a policy reaches an account, whatever its state. Exclusion beats inclusion. The account counts as a member that holds
 * Global Administrator, because it is to be one: whether it is has checks of its own.
 *
 * @param asMember whether the account counts as a member of the exclusion group: judged by itself, and so are the policies
 */
export function reachOf(policy: ConditionalAccessPolicy, objectId: string, snapshot: TenantSnapshot, asMember: boolean): Reach {
  const { users } = policy;
  const account = snapshot.accounts.find((each) => each.objectId === objectId);
  const memberOf = account?.memberOf.state === 'read' ? account.memberOf.value : undefined;
  const groups = memberOf?.filter(({ type }) => type === 'group').map(({ id }) => id);
  const inGroups = (ids: readonly string[]): boolean | undefined =>
    ids.length === 0 ? false : groups?.some((id) => ids.includes(id) && id !== snapshot.exclusionGroupId.toLowerCase());

  const group = snapshot.exclusionGroupId.toLowerCase();
  if (users.excludeUsers.includes(objectId)) return { kind: 'free', why: 'excludes the account itself', excluded: true };
  if (asMember && users.excludeGroups.includes(group)) return { kind: 'free', why: 'excludes the exclusion group', excluded: true };
  if (users.excludeRoles.includes(GLOBAL_ADMINISTRATOR.templateId)) {
    return { kind: 'free', why: 'excludes Global Administrators', excluded: true };
  }
  const otherGroups = users.excludeGroups.filter((id) => id !== group);
  const inOther = inGroups(otherGroups);
  if (inOther) return { kind: 'free', why: 'excludes another group it is in', excluded: true };

  const included = inclusion();
  if (included === undefined) return { kind: 'unknown', why: 'which groups and roles the account has could not be read' };
  if (included === '') return { kind: 'free', why: 'does not include it', excluded: false };
  if (inOther === undefined) return { kind: 'unknown', why: `${included}, and whether a group it is in is excluded could not be read` };
  return { kind: 'caught', why: included };

  /** How it is included, `''` where it is not, `undefined` where that cannot be told. */
  function inclusion(): string | undefined {
    if (users.includeUsers.includes('All')) return 'includes everybody';
    if (users.includeUsers.includes(objectId)) return 'includes the account itself';
    if (users.includeRoles.includes(GLOBAL_ADMINISTRATOR.templateId)) return 'includes Global Administrators';
    const member = users.includeGroups.includes(group) && asMember ? true : inGroups(users.includeGroups.filter((id) => id !== group));
    if (member) return 'includes a group it is in';
    // Groups show a role by its own id and not by its template: any role beside Global Administrator leaves it open.
    const roles = memberOf?.filter(({ type }) => type === 'directoryRole').length;
    const otherRole = users.includeRoles.length === 0 ? false : roles === undefined ? undefined : roles > 1 ? undefined : false;
    return member === undefined || otherRole === undefined ? undefined : '';
  }
}
