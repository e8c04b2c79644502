import type { SandboxTenant } from '../world.ts';
import { usePass } from './accessPasses.ts';
import { combinationsOf } from './authenticationStrengths.ts';
import { hasSecurityDefaults } from './conditionalAccess.ts';
import { type Evaluation, evaluatePolicies } from './conditionalAccessEvaluation.ts';
import { livePolicies } from './conditionalAccessWrites.ts';
import { findUser, groupsOf, rolesOf } from './membership.ts';
import { matchesPassword } from './passwordRules.ts';
import type { UserRow } from './records.ts';
import type { SignInApp } from './signInApps.ts';
import type { TenantState } from './state.ts';
import { isTrustedPlace } from './trustedPlace.ts';

/** Somebody trying to sign in: a password, a registered method, or both. */
export interface Attempt {
  readonly userPrincipalName: string;
  readonly password: string | undefined;
  /** `fido2`, `windowsHelloForBusiness`, `microsoftAuthenticator`, `phone`, `softwareOath`, … */
  readonly method: string | undefined;
  readonly app: SignInApp;
  readonly ip: string;
  /** Other than the application's own, such as `exchangeActiveSync` or `other` (legacy protocols). */
  readonly clientAppType?: string;
}

export interface Verdict {
  readonly user: UserRow | undefined;
  readonly errorCode: number;
  readonly evaluation: Evaluation | undefined;
}

const PASSWORDLESS = new Set(['fido2', 'windowsHelloForBusiness', 'platformCredential', 'temporaryAccessPass']);
/** AADSTS130503: your Temporary Access Pass is incorrect. From memory, as is that an expired one answers the same. */
const WRONG_PASS = 130_503;
const TRIES = 10;
const LOCK_MS = 60_000;

function wrongTry(state: TenantState, user: UserRow): void {
  const wrongTries = user.wrongTries + 1;
  // Smart lockout: a minute after ten wrong tries, longer with each further one.
  const locked =
    wrongTries >= TRIES ? new Date(state.clock.now().getTime() + LOCK_MS * 2 ** Math.min(wrongTries - TRIES, 6)).toISOString() : null;
  state.users.put(user.id, { ...user, wrongTries, lockedUntil: locked });
}

/** Error code of the credentials alone; counts wrong tries. */
function checkCredentials(state: TenantState, user: UserRow, { password, method }: Attempt): number {
  if (method === 'temporaryAccessPass') return password !== undefined && usePass(state, user.tenantId, user.id, password) ? 0 : WRONG_PASS;
  if (password !== undefined) {
    if (user.lockedUntil !== null && Date.parse(user.lockedUntil) > state.clock.now().getTime()) return 50053;
    if (!matchesPassword(password, user.password)) {
      wrongTry(state, user);
      return 50126;
    }
    if (user.wrongTries > 0) state.users.put(user.id, { ...user, wrongTries: 0, lockedUntil: null });
    if (user.mustChangePassword) return 50055;
  }
  if (method !== undefined) {
    const registered = state.methods.all().some((one) => one.userId === user.id && one.kind === method);
    if (!registered || (password === undefined && !PASSWORDLESS.has(method))) return 500121;
  }
  return 0;
}

/** Built-in strength "Multifactor authentication". */
const MFA = '00000000-0000-0000-0000-000000000002';
const ALONE: Readonly<Record<string, string>> = {
  fido2: 'fido2',
  windowsHelloForBusiness: 'windowsHelloForBusiness',
  platformCredential: 'windowsHelloForBusiness',
};
const WITH_PASSWORD: Readonly<Record<string, string>> = {
  phone: 'sms',
  microsoftAuthenticator: 'microsoftAuthenticatorPush',
  softwareOath: 'softwareOath',
};

/** How somebody proved who they are, as authentication strengths name it. */
function combinationOf(state: TenantState, user: UserRow, { method }: Attempt): string {
  if (method === undefined) return 'password';
  if (method === 'temporaryAccessPass') {
    const pass = state.methods.all().find((one) => one.userId === user.id && one.kind === method)?.pass;
    return pass?.isUsableOnce === false ? 'temporaryAccessPassMultiUse' : 'temporaryAccessPassOneTime';
  }
  return ALONE[method] ?? `password,${WITH_PASSWORD[method] ?? method}`;
}

/** Judges an attempt against the directory and its policies as they are now. */
export function judgeAttempt(state: TenantState, tenant: SandboxTenant, attempt: Attempt): Verdict {
  const user = findUser(state, tenant.id, attempt.userPrincipalName);
  if (!user) return { user, errorCode: 50034, evaluation: undefined };
  if (!user.properties.accountEnabled) return { user, errorCode: 50057, evaluation: undefined };
  const credentials = checkCredentials(state, user, attempt);
  if (credentials !== 0) return { user, errorCode: credentials, evaluation: undefined };
  const { app } = attempt;
  const combination = combinationOf(state, user, attempt);
  const roleIds = rolesOf(state, tenant.id, user.id);
  const evaluation = evaluatePolicies(livePolicies(state, tenant.id), {
    userId: user.id,
    isGuest: user.properties.userType === 'Guest',
    groupIds: new Set(groupsOf(state, tenant.id, user.id).map((group) => group.id)),
    roleIds,
    appIds: [app.appId, app.resource.id],
    isAdminPortal: app.isAdminPortal,
    clientAppType: attempt.clientAppType ?? app.clientAppType,
    combination,
    platform: 'windows',
    isTrustedPlace: isTrustedPlace(attempt.ip),
    signInRiskLevel: 'none',
    userRiskLevel: 'none',
  });
  const multiFactor = combinationsOf(MFA).includes(combination);
  // Security defaults ask every administrator for a second factor, whatever the application.
  const isAsked = app.mandatoryMfa || (hasSecurityDefaults(state, tenant) && roleIds.size > 0);
  const mandatory = isAsked && !multiFactor ? 50076 : 0;
  return { user, errorCode: evaluation.errorCode === 0 ? mandatory : evaluation.errorCode, evaluation };
}
