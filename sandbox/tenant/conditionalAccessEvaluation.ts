import { combinationsOf } from './authenticationStrengths.ts';
import { type Reason, type SignInFacts, whyNot } from './conditionalAccessConditions.ts';
import { type JsonObject, objectOf, textsOf } from './json.ts';
import type { PolicyRow } from './records.ts';

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
  /** 0, 53003 (blocked), 50076 (second factor needed), 53000 or 53001 (device), 53009 (app), 50158 (terms of use). */
  readonly errorCode: number;
}

const BLOCKED = 53003;
/** Built-in strength "Multifactor authentication": what the control `mfa` asks for. */
const MFA = '00000000-0000-0000-0000-000000000002';

const FAILS: Readonly<Record<string, number>> = {
  compliantDevice: 53000,
  domainJoinedDevice: 53001,
  approvedApplication: 53009,
  compliantApplication: 53009,
  termsOfUse: 50158,
};

const satisfies = (strengthId: string, facts: SignInFacts): boolean =>
  facts.combination !== undefined && combinationsOf(strengthId).includes(facts.combination);

/** Error code of one control; 0 when satisfied. Devices in the sandbox are never compliant. */
function judge(control: string, facts: SignInFacts): number {
  if (control === 'block') return BLOCKED;
  if (control === 'mfa') return satisfies(MFA, facts) ? 0 : 50076;
  if (control.startsWith('strength:')) return satisfies(control.slice('strength:'.length), facts) ? 0 : 50076;
  return FAILS[control] ?? 50076;
}

function outcome(policy: JsonObject, facts: SignInFacts): { readonly controls: readonly string[]; readonly code: number } {
  const grant = objectOf(policy.grantControls);
  const strength = objectOf(grant.authenticationStrength).id;
  const terms = textsOf(grant, 'termsOfUse').length > 0 ? ['termsOfUse'] : [];
  const extra = strength === undefined ? [] : [`strength:${String(strength)}`];
  const controls = [...textsOf(grant, 'builtInControls'), ...terms, ...extra];
  const codes = controls.map((control) => judge(control, facts));
  const failed = codes.filter((code) => code !== 0);
  const passes = grant.operator === 'OR' ? controls.length === 0 || failed.length < codes.length : failed.length === 0;
  return { controls, code: passes ? 0 : (failed[0] ?? 0) };
}

const NAMES: Readonly<Record<string, string>> = {
  block: 'Block',
  mfa: 'Mfa',
  compliantDevice: 'RequireCompliantDevice',
  domainJoinedDevice: 'RequireDomainJoinedDevice',
  termsOfUse: 'RequireTermsOfUse',
};
const nameOf = (control: string): string =>
  control.startsWith('strength:') ? 'RequireAuthenticationStrength' : (NAMES[control] ?? control);

function sessionControlsOf(policy: JsonObject): string[] {
  const set = Object.entries(objectOf(policy.sessionControls)).filter(([name, value]) => value != null && !name.includes('@'));
  return set.map(([name]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

/** Why a policy does not apply to a sign-in; undefined when it does, be it enforced or report-only. */
export const reasonOf = ({ policy }: PolicyRow, facts: SignInFacts): Reason | undefined =>
  policy.state === 'disabled' ? 'policyNotEnabled' : whyNot(policy, facts);

/** Judges one sign-in by the policies of its tenant. Report-only policies are judged and never enforced. */
export function evaluatePolicies(policies: readonly PolicyRow[], facts: SignInFacts): Evaluation {
  const codes: number[] = [];
  const applied = policies.map((row): AppliedPolicy => {
    const { policy } = row;
    const base = { id: policy.id, displayName: policy.displayName };
    const reportOnly = policy.state === 'enabledForReportingButNotEnforced';
    const reason = reasonOf(row, facts);
    if (reason !== undefined) {
      const result = reason === 'policyNotEnabled' ? 'notEnabled' : reportOnly ? 'reportOnlyNotApplied' : 'notApplied';
      return { ...base, enforcedGrantControls: [], enforcedSessionControls: [], result };
    }
    const { controls, code } = outcome(policy, facts);
    const enforced = { enforcedGrantControls: controls.map(nameOf), enforcedSessionControls: sessionControlsOf(policy) };
    if (reportOnly) return { ...base, ...enforced, result: code === 0 ? 'reportOnlySuccess' : 'reportOnlyFailure' };
    codes.push(code);
    return { ...base, ...enforced, result: code === 0 ? 'success' : 'failure' };
  });
  // A block outweighs everything else that failed.
  const errorCode = codes.includes(BLOCKED) ? BLOCKED : (codes.find((code) => code !== 0) ?? 0);
  const status = codes.length === 0 ? 'notApplied' : errorCode === 0 ? 'success' : 'failure';
  return { applied, status, errorCode };
}
