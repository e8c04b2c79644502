import type { SandboxTenant } from '../world.ts';
import { usePass } from './accessPasses.ts';
import { hasSecurityDefaults } from './conditionalAccess.ts';
import { type Evaluation, evaluatePolicies } from './conditionalAccessEvaluation.ts';
import { livePolicies } from './conditionalAccessWrites.ts';
import { findUser, groupsOf, rolesOf } from './membership.ts';
import { matchesPassword } from './passwordRules.ts';
import type { UserRow } from './records.ts';
import type { SignInApp } from './signInApps.ts';
import type { TenantState } from './state.ts';

/** Somebody trying to sign in: a password, a registered method, or both. */
export interface Attempt {
  readonly userPrincipalName: string;
  readonly password: string | undefined;
  /** `fido2`, `windowsHelloForBusiness`, `microsoftAuthenticator`, `phone`, `softwareOath`, … */
  readonly method: string | undefined;
  readonly app: SignInApp;
}

export interface Verdict {
  readonly user: UserRow | undefined;
  readonly errorCode: number;
  readonly evaluation: Evaluation | undefined;
}

const PASSWORDLESS = new Set(['fido2', 'windowsHelloForBusiness', 'platformCredential', 'temporaryAccessPass']);
const PHISHING_RESISTANT = new Set(['fido2', 'windowsHelloForBusiness', 'platformCredential']);
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

/** Judges an attempt against the directory and its policies as they are now. */
export function judgeAttempt(state: TenantState, tenant: SandboxTenant, attempt: Attempt): Verdict {
  const user = findUser(state, tenant.id, attempt.userPrincipalName);
  if (!user) return { user, errorCode: 50034, evaluation: undefined };
  if (!user.properties.accountEnabled) return { user, errorCode: 50057, evaluation: undefined };
  const credentials = checkCredentials(state, user, attempt);
  if (credentials !== 0) return { user, errorCode: credentials, evaluation: undefined };
  const { password, method, app } = attempt;
  const multiFactor = method !== undefined && (password !== undefined || PASSWORDLESS.has(method));
  const roleIds = rolesOf(state, tenant.id, user.id);
  const evaluation = evaluatePolicies(livePolicies(state, tenant.id), {
    userId: user.id,
    isGuest: user.properties.userType === 'Guest',
    groupIds: new Set(groupsOf(state, tenant.id, user.id).map((group) => group.id)),
    roleIds,
    appId: app.appId,
    isAdminPortal: app.isAdminPortal,
    clientAppType: app.clientAppType,
    multiFactor,
    phishingResistant: method !== undefined && PHISHING_RESISTANT.has(method),
  });
  // Security defaults ask every administrator for a second factor, whatever the application.
  const isAsked = app.mandatoryMfa || (hasSecurityDefaults(state, tenant) && roleIds.size > 0);
  const mandatory = isAsked && !multiFactor ? 50076 : 0;
  return { user, errorCode: evaluation.errorCode === 0 ? mandatory : evaluation.errorCode, evaluation };
}
