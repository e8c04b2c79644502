import type { JsonObject } from './json.ts';
import type { Attempt, Verdict } from './signInAttempt.ts';

const METHODS: Readonly<Record<string, string>> = {
  fido2: 'Passkey (device-bound)',
  windowsHelloForBusiness: 'Windows Hello for Business',
  platformCredential: 'Platform credential',
  temporaryAccessPass: 'Temporary Access Pass',
  microsoftAuthenticator: 'Mobile app notification',
  softwareOath: 'OATH verification code',
  phone: 'Text message',
};

/** What the diagnostic stream tells of a sign-in and v1.0 does not: each step, its method and how it ended. */
export function signInSteps(at: Date, { method, password }: Attempt, { errorCode, user }: Verdict): JsonObject {
  const step = (name: string, succeeded: boolean, result: string, requirement: string): JsonObject => ({
    authenticationStepDateTime: at.toISOString(),
    authenticationMethod: name,
    authenticationMethodDetail: name === 'Password' ? 'Password in the cloud' : null,
    succeeded,
    authenticationStepResultDetail: result,
    authenticationStepRequirement: requirement,
  });
  const wrongPassword = errorCode === 50126 || errorCode === 50053;
  const byPassword = password !== undefined && method !== 'temporaryAccessPass';
  const first = byPassword
    ? [step('Password', !wrongPassword, wrongPassword ? 'Invalid username or password' : 'Correct password', 'Primary authentication')]
    : [];
  const failedMethod = errorCode === 500121 || errorCode === 130503;
  const requirement = byPassword ? 'Multifactor authentication' : 'Primary authentication';
  const second =
    method !== undefined && !wrongPassword
      ? [step(METHODS[method] ?? method, !failedMethod, failedMethod ? 'Authentication failed' : 'Correct response', requirement)]
      : [];
  const required = method !== undefined || errorCode === 50076;
  return {
    authenticationRequirement: required ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationDetails: [...first, ...second],
    mfaDetail: method === undefined ? null : { authMethod: METHODS[method] ?? method, authDetail: null },
    userType: user?.properties.userType ?? 'Member',
  };
}
