import { type JsonObject, objectOf } from './json.ts';
import type { PolicyRow } from './records.ts';

/** What a sign-in brings to the policies. */
export interface SignInFacts {
  readonly userId: string;
  readonly isGuest: boolean;
  readonly groupIds: ReadonlySet<string>;
  readonly roleIds: ReadonlySet<string>;
  readonly appId: string;
  readonly isAdminPortal: boolean;
  readonly clientAppType: 'browser' | 'mobileAppsAndDesktopClients' | 'exchangeActiveSync' | 'other';
  /** Two factors, or one that is two in itself. */
  readonly multiFactor: boolean;
  readonly phishingResistant: boolean;
}

export interface AppliedPolicy {
  readonly id: string;
  readonly displayName: string;
  readonly enforcedGrantControls: readonly string[];
  readonly enforcedSessionControls: readonly string[];
  readonly result: 'success' | 'failure' | 'notApplied' | 'notEnabled' | 'reportOnlySuccess' | 'reportOnlyFailure' | 'reportOnlyNotApplied';
}

export interface Evaluation {
  readonly applied: readonly AppliedPolicy[];
  readonly status: 'success' | 'failure' | 'notApplied';
  /** 0, 53003 (blocked), 50076 (second factor needed) or 53000 (device). */
  readonly errorCode: number;
}

const PHISHING_RESISTANT = '00000000-0000-0000-0000-000000000004';

const texts = (from: JsonObject, name: string): readonly string[] => (Array.isArray(from[name]) ? from[name].map(String) : []);
const intersects = (names: readonly string[], held: ReadonlySet<string>): boolean => names.some((name) => held.has(name));

function namesUser(users: JsonObject, side: 'include' | 'exclude', facts: SignInFacts): boolean {
  const ids = texts(users, `${side}Users`);
  return (
    ids.includes('All') ||
    ids.includes(facts.userId) ||
    (facts.isGuest && (ids.includes('GuestsOrExternalUsers') || users[`${side}GuestsOrExternalUsers`] != null)) ||
    intersects(texts(users, `${side}Groups`), facts.groupIds) ||
    intersects(texts(users, `${side}Roles`), facts.roleIds)
  );
}

function namesApp(applications: JsonObject, facts: SignInFacts): boolean {
  const covers = (ids: readonly string[]): boolean =>
    ids.includes('All') || ids.includes(facts.appId) || (facts.isAdminPortal && ids.includes('MicrosoftAdminPortals'));
  return covers(texts(applications, 'includeApplications')) && !covers(texts(applications, 'excludeApplications'));
}

/** Conditions the sandbox can't observe (risk, platform, place) never hold; an exclusion beats every inclusion. */
function applies(policy: JsonObject, facts: SignInFacts): boolean {
  const conditions = objectOf(policy.conditions);
  const users = objectOf(conditions.users);
  const clientTypes = texts(conditions, 'clientAppTypes');
  if (texts(conditions, 'userRiskLevels').length > 0 || texts(conditions, 'signInRiskLevels').length > 0) return false;
  if (conditions.platforms != null || conditions.clientApplications != null || conditions.authenticationFlows != null) return false;
  if (texts(objectOf(conditions.applications), 'includeUserActions').length > 0) return false;
  const places = objectOf(conditions.locations);
  if (conditions.locations != null && !texts(places, 'includeLocations').includes('All')) return false;
  if (!clientTypes.includes('all') && !clientTypes.includes(facts.clientAppType)) return false;
  return namesUser(users, 'include', facts) && !namesUser(users, 'exclude', facts) && namesApp(objectOf(conditions.applications), facts);
}

/** Error code of one control; 0 when satisfied. */
function judge(control: string, facts: SignInFacts): number {
  if (control === 'block') return 53003;
  if (control === 'mfa') return facts.multiFactor ? 0 : 50076;
  if (control === 'phishingResistant') return facts.phishingResistant ? 0 : 50076;
  return 53000;
}

function outcome(policy: JsonObject, facts: SignInFacts): { readonly controls: readonly string[]; readonly code: number } {
  const grant = objectOf(policy.grantControls);
  const strength = objectOf(grant.authenticationStrength).id;
  const extra = strength === undefined ? [] : [strength === PHISHING_RESISTANT ? 'phishingResistant' : 'mfa'];
  const controls = [...texts(grant, 'builtInControls'), ...extra];
  const codes = controls.map((control) => judge(control, facts));
  const failed = codes.filter((code) => code !== 0);
  const passes = grant.operator === 'OR' ? controls.length === 0 || failed.length < codes.length : failed.length === 0;
  return { controls, code: passes ? 0 : (failed[0] ?? 0) };
}

const NAMES: Readonly<Record<string, string>> = {
  block: 'Block',
  mfa: 'Mfa',
  phishingResistant: 'RequireAuthenticationStrength',
  compliantDevice: 'RequireCompliantDevice',
};

/** Judges one sign-in by the policies of its tenant. Report-only policies are judged and never enforced. */
export function evaluatePolicies(policies: readonly PolicyRow[], facts: SignInFacts): Evaluation {
  const codes: number[] = [];
  const applied = policies.map(({ policy }): AppliedPolicy => {
    const base = { id: policy.id, displayName: policy.displayName, enforcedSessionControls: [] };
    if (policy.state === 'disabled') return { ...base, enforcedGrantControls: [], result: 'notEnabled' };
    const reportOnly = policy.state !== 'enabled';
    if (!applies(policy, facts)) return { ...base, enforcedGrantControls: [], result: reportOnly ? 'reportOnlyNotApplied' : 'notApplied' };
    const { controls, code } = outcome(policy, facts);
    const enforcedGrantControls = controls.map((control) => NAMES[control] ?? control);
    if (reportOnly) return { ...base, enforcedGrantControls, result: code === 0 ? 'reportOnlySuccess' : 'reportOnlyFailure' };
    codes.push(code);
    return { ...base, enforcedGrantControls, result: code === 0 ? 'success' : 'failure' };
  });
  // A block outweighs everything else that failed.
  const errorCode = codes.includes(53003) ? 53003 : (codes.find((code) => code !== 0) ?? 0);
  const status = codes.length === 0 ? 'notApplied' : errorCode === 0 ? 'success' : 'failure';
  return { applied, status, errorCode };
}
