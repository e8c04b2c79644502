import { isObject, type JsonObject, objectOf, textsOf } from './json.ts';

/** What a sign-in brings to the policies; what is undefined was not told and meets no condition that asks for it. */
export interface SignInFacts {
  readonly userId: string;
  readonly isGuest: boolean;
  readonly groupIds: ReadonlySet<string>;
  /** Roles held tenant-wide: policies do not see roles scoped to an administrative unit (Learn, concept-conditional-access-users-groups). */
  readonly roleIds: ReadonlySet<string>;
  /** The application and the resource it asks for. */
  readonly appIds: readonly string[];
  readonly isAdminPortal: boolean;
  readonly clientAppType: string;
  readonly userAction?: string;
  readonly authenticationContext?: string;
  /** How the person proved who they are, as authentication strengths name it: `password`, `fido2`, `password,sms`, … */
  readonly combination?: string;
  readonly platform?: string;
  readonly isTrustedPlace?: boolean;
  readonly signInRiskLevel?: string;
  readonly userRiskLevel?: string;
  readonly transferMethod?: string;
}

/** Names of `whatIfAnalysisReasons`. */
export type Reason =
  | 'policyNotEnabled'
  | 'users'
  | 'workloadIdentities'
  | 'application'
  | 'userActions'
  | 'authenticationContext'
  | 'clientApps'
  | 'signInRisk'
  | 'userRisk'
  | 'devicePlatform'
  | 'devices'
  | 'location'
  | 'authenticationFlow'
  | 'insiderRisk';

const intersects = (names: readonly string[], held: ReadonlySet<string>): boolean => names.some((name) => held.has(name));

function namesUser(users: JsonObject, side: 'include' | 'exclude', facts: SignInFacts): boolean {
  const ids = textsOf(users, `${side}Users`);
  return (
    ids.includes('All') ||
    ids.includes(facts.userId) ||
    (facts.isGuest && (ids.includes('GuestsOrExternalUsers') || users[`${side}GuestsOrExternalUsers`] != null)) ||
    intersects(textsOf(users, `${side}Groups`), facts.groupIds) ||
    intersects(textsOf(users, `${side}Roles`), facts.roleIds)
  );
}

function targetReason(applications: JsonObject, facts: SignInFacts): Reason | undefined {
  const actions = textsOf(applications, 'includeUserActions');
  if (actions.length > 0) return facts.userAction !== undefined && actions.includes(facts.userAction) ? undefined : 'userActions';
  const contexts = textsOf(applications, 'includeAuthenticationContextClassReferences');
  if (contexts.length > 0) {
    return facts.authenticationContext !== undefined && contexts.includes(facts.authenticationContext)
      ? undefined
      : 'authenticationContext';
  }
  const covers = (ids: readonly string[]): boolean =>
    ids.includes('All') || facts.appIds.some((id) => ids.includes(id)) || (facts.isAdminPortal && ids.includes('MicrosoftAdminPortals'));
  const asksForApp = facts.userAction === undefined && facts.authenticationContext === undefined;
  const covered = covers(textsOf(applications, 'includeApplications')) && !covers(textsOf(applications, 'excludeApplications'));
  return asksForApp && covered ? undefined : 'application';
}

/** Named locations are not modelled: a place is trusted or it is not. */
function placeReason(locations: unknown, facts: SignInFacts): Reason | undefined {
  if (!isObject(locations)) return undefined;
  const covers = (ids: readonly string[]): boolean => ids.includes('All') || (facts.isTrustedPlace === true && ids.includes('AllTrusted'));
  const inside = covers(textsOf(locations, 'includeLocations')) && !covers(textsOf(locations, 'excludeLocations'));
  return inside ? undefined : 'location';
}

function platformReason(platforms: unknown, facts: SignInFacts): Reason | undefined {
  if (!isObject(platforms)) return undefined;
  const covers = (names: readonly string[]): boolean => names.includes('all') || names.includes(facts.platform ?? 'none');
  return covers(textsOf(platforms, 'includePlatforms')) && !covers(textsOf(platforms, 'excludePlatforms')) ? undefined : 'devicePlatform';
}

const riskReason = (levels: readonly string[], level: string | undefined, reason: Reason): Reason | undefined =>
  levels.length === 0 || (level !== undefined && levels.includes(level)) ? undefined : reason;

/** Why a policy does not apply, whatever its state: the first condition not met. An exclusion beats every inclusion. */
export function whyNot(policy: JsonObject, facts: SignInFacts): Reason | undefined {
  const conditions = objectOf(policy.conditions);
  if (isObject(conditions.clientApplications)) return 'workloadIdentities';
  const users = objectOf(conditions.users);
  if (!namesUser(users, 'include', facts) || namesUser(users, 'exclude', facts)) return 'users';
  const target = targetReason(objectOf(conditions.applications), facts);
  if (target !== undefined) return target;
  const clientTypes = textsOf(conditions, 'clientAppTypes');
  if (!clientTypes.includes('all') && !clientTypes.includes(facts.clientAppType)) return 'clientApps';
  // Device filters and insider risk can't be observed here: such a policy never applies.
  if (conditions.devices != null) return 'devices';
  if (conditions.insiderRiskLevels != null) return 'insiderRisk';
  const flow = textsOf({ methods: String(objectOf(conditions.authenticationFlows).transferMethods ?? '').split(',') }, 'methods');
  if (conditions.authenticationFlows != null && !flow.includes(facts.transferMethod ?? 'none')) return 'authenticationFlow';
  return (
    riskReason(textsOf(conditions, 'signInRiskLevels'), facts.signInRiskLevel, 'signInRisk') ??
    riskReason(textsOf(conditions, 'userRiskLevels'), facts.userRiskLevel, 'userRisk') ??
    platformReason(conditions.platforms, facts) ??
    placeReason(conditions.locations, facts)
  );
}
