import { createHash } from 'node:crypto';

/** The id that a seed and a number make: the same in every run. */
export function guid(seed: string, number: number): string {
  const hex = createHash('sha256').update(`${seed}:${number}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** A record of category SignInLogs as the diagnostic stream has them (domain.md 5.2): about 5 kB, about 20 ids. */
export function signInRecord(number: number): object {
  const id = (what: string): string => guid(what, number);
  const at = new Date(Date.UTC(2026, 10, 1) + number * 37).toISOString();
  const policy = (index: number, result: string) => ({
    id: guid('policy', index),
    displayName: `CA${String(index).padStart(3, '0')}-Global-BaseProtection-AllApps-AnyPlatform-Grant-MFA v1.0`,
    enforcedGrantControls: result === 'success' ? ['Mfa'] : [],
    enforcedSessionControls: [],
    result,
    conditionsSatisfied: 3,
    conditionsNotSatisfied: result === 'success' ? 0 : 16,
  });
  const properties = {
    id: id('row'),
    createdDateTime: at,
    userDisplayName: `Person ${number} O'Neil & Sons`,
    userPrincipalName: `person.${number}@contoso.onmicrosoft.com`,
    userId: id('user'),
    appId: id('app'),
    appDisplayName: 'Office 365 Exchange Online',
    ipAddress: `203.0.113.${number % 250}`,
    status: {
      errorCode: number % 7 === 0 ? 50126 : 0,
      failureReason: 'Other.',
      additionalDetails: 'MFA requirement satisfied by claim in the token',
    },
    clientAppUsed: 'Mobile Apps and Desktop clients',
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    deviceDetail: {
      deviceId: id('device'),
      displayName: `LAPTOP-${number}`,
      operatingSystem: 'Windows10',
      browser: 'Edge 141.0.0',
      isCompliant: true,
      isManaged: true,
      trustType: 'Azure AD joined',
    },
    location: {
      city: 'Amsterdam',
      state: 'Noord-Holland',
      countryOrRegion: 'NL',
      geoCoordinates: { latitude: 52.37403, longitude: 4.88969 },
    },
    mfaDetail: {},
    correlationId: id('correlation'),
    conditionalAccessStatus: 'success',
    appliedConditionalAccessPolicies: [policy(1, 'success'), ...[2, 3, 4, 5, 6, 7].map((index) => policy(index, 'notApplied'))],
    authenticationContextClassReferences: [],
    originalRequestId: id('request'),
    isInteractive: true,
    tokenIssuerName: '',
    tokenIssuerType: 'AzureAD',
    authenticationProcessingDetails: [
      { key: 'Login Hint Present', value: 'True' },
      { key: 'Is CAE Token', value: 'False' },
      { key: 'Oauth Scope Info', value: '["Calendars.ReadWrite","Contacts.ReadWrite","Mail.ReadWrite","User.Read"]' },
    ],
    networkLocationDetails: [{ networkType: 'trustedNamedLocation', networkNames: ['Head office', 'Branch offices'] }],
    clientCredentialType: 'none',
    processingTimeInMilliseconds: 134,
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName: 'Microsoft Graph',
    resourceId: id('resource'),
    resourceTenantId: guid('tenant', 1),
    homeTenantId: guid('tenant', 1),
    tenantId: guid('tenant', 1),
    authenticationDetails: [
      {
        authenticationStepDateTime: at,
        authenticationMethod: 'Previously satisfied',
        succeeded: true,
        authenticationStepResultDetail: 'First factor requirement satisfied by claim in the token',
        authenticationStepRequirement: 'Primary authentication',
        StatusSequence: 0,
        RequestSequence: 0,
      },
    ],
    authenticationRequirementPolicies: [{ requirementProvider: 'multiConditionalAccess', detail: 'Conditional Access' }],
    sessionLifetimePolicies: [],
    authenticationRequirement: 'multiFactorAuthentication',
    servicePrincipalId: '',
    userType: 'Member',
    flaggedForReview: false,
    isTenantRestricted: false,
    autonomousSystemNumber: 8075,
    crossTenantAccessType: 'none',
    privateLinkDetails: {},
    ssoExtensionVersion: '',
    uniqueTokenIdentifier: Buffer.from(id('token')).toString('base64url'),
    authenticationStrengths: [],
    incomingTokenType: 'primaryRefreshToken',
    authenticationProtocol: 'none',
    appServicePrincipalId: null,
    resourceServicePrincipalId: id('resource principal'),
    rngcStatus: 0,
    signInTokenProtectionStatus: 'none',
    originalTransferMethod: 'none',
    sessionId: id('session'),
    resourceOwnerTenantId: guid('tenant', 2),
  };
  return {
    time: at,
    resourceId: `/tenants/${guid('tenant', 1)}/providers/Microsoft.aadiam`,
    operationName: 'Sign-in activity',
    operationVersion: '1.0',
    category: 'SignInLogs',
    tenantId: guid('tenant', 1),
    resultType: String(properties.status.errorCode),
    resultSignature: 'None',
    durationMs: 0,
    callerIpAddress: properties.ipAddress,
    correlationId: id('correlation'),
    identity: properties.userDisplayName,
    Level: 4,
    location: 'NL',
    properties,
  };
}

/** Events as the stream brings them, so many records each. */
export function signInEvents(events: number, recordsEach: number): Buffer[] {
  return Array.from({ length: events }, (_event, event) => {
    const records = Array.from({ length: recordsEach }, (_record, index) => signInRecord(event * recordsEach + index));
    return Buffer.from(JSON.stringify({ records }));
  });
}
