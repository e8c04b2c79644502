import type { JsonObject } from './json.ts';
import type { Attempt, Verdict } from './signInAttempt.ts';
import { isTrustedPlace } from './trustedPlace.ts';

// Entra authentication and authorization error codes (Learn, reference-error-codes).
const REASONS: Readonly<Record<number, string>> = {
  50034: 'The user account does not exist in the tenant. To sign into this application, the account must be added to the directory.',
  50053: 'The account is locked, you have tried to sign in too many times with an incorrect user ID or password.',
  50055: 'The password is expired.',
  50057: 'The user account is disabled.',
  50076:
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the resource.',
  50126: 'Error validating credentials due to invalid username or password.',
  50158: 'External security challenge not satisfied. User will be redirected to accept terms of use.',
  53001: 'Device is not in required device state. Conditional Access policy requires a domain joined device.',
  53009: 'Application needs to enforce Intune protection policies.',
  53000: 'Device is not in required device state. Conditional Access policy requires a compliant device.',
  53003: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  130503: 'Your Temporary Access Pass is incorrect, expired or was used before.',
  500121: 'Authentication failed during strong authentication request.',
};

export const NOBODY = '00000000-0000-0000-0000-000000000000';

const OFFICE = {
  city: 'Munich',
  state: 'Bavaria',
  countryOrRegion: 'DE',
  geoCoordinates: { altitude: null, latitude: 48.137, longitude: 11.575 },
};
const ELSEWHERE = { city: '', state: '', countryOrRegion: '', geoCoordinates: { altitude: null, latitude: null, longitude: null } };

const CLIENTS: Readonly<Record<string, string>> = {
  browser: 'Browser',
  mobileAppsAndDesktopClients: 'Mobile Apps and Desktop clients',
  exchangeActiveSync: 'Exchange ActiveSync',
};

export interface SignInRowInput {
  readonly id: string;
  readonly correlationId: string;
  readonly at: Date;
  readonly attempt: Attempt;
  readonly verdict: Verdict;
  readonly ip: string;
  readonly hasP2: boolean;
}

/** One row of the sign-in log in its v1.0 shape. */
export function signInRow({ id, correlationId, at, attempt, verdict, ip, hasP2 }: SignInRowInput): JsonObject {
  const { app } = attempt;
  const { user, errorCode, evaluation } = verdict;
  // Without P2 the risk fields say "hidden".
  const risk = hasP2 ? 'none' : 'hidden';
  return {
    id,
    createdDateTime: at.toISOString(),
    userDisplayName: user?.properties.displayName ?? attempt.userPrincipalName.toLowerCase(),
    userPrincipalName: (user?.properties.userPrincipalName ?? attempt.userPrincipalName).toLowerCase(),
    userId: user?.id ?? NOBODY,
    appId: app.appId,
    appDisplayName: app.displayName,
    ipAddress: ip,
    clientAppUsed: CLIENTS[attempt.clientAppType ?? app.clientAppType] ?? 'Other clients',
    correlationId,
    conditionalAccessStatus: evaluation?.status ?? 'notApplied',
    isInteractive: true,
    riskDetail: hasP2 ? 'none' : 'hidden',
    riskLevelAggregated: risk,
    riskLevelDuringSignIn: risk,
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: app.resource.displayName,
    resourceId: app.resource.id,
    status: {
      errorCode,
      failureReason: errorCode === 0 ? null : (REASONS[errorCode] ?? 'Other.'),
      additionalDetails: errorCode === 50076 ? 'MFA required in Azure AD' : null,
    },
    deviceDetail: {
      deviceId: '',
      displayName: '',
      operatingSystem: 'Windows 11',
      browser: app.clientAppType === 'browser' ? 'Edge 141.0.0' : '',
      isCompliant: false,
      isManaged: false,
      trustType: '',
    },
    location: isTrustedPlace(ip) ? OFFICE : ELSEWHERE,
    appliedConditionalAccessPolicies: evaluation?.applied ?? [],
  };
}
