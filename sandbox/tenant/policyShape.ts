import { strengthView } from './authenticationStrengths.ts';
import { isObject, type JsonObject } from './json.ts';
import type { PolicyRow } from './records.ts';

/** Every member of `conditions.users` that Graph answers. */
export const BLANK_USERS: JsonObject = {
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
  includeGuestsOrExternalUsers: null,
  excludeGuestsOrExternalUsers: null,
};

const BLANK_APPLICATIONS: JsonObject = {
  includeApplications: [],
  excludeApplications: [],
  includeUserActions: [],
  includeAuthenticationContextClassReferences: [],
  applicationFilter: null,
};

export const BLANK_CONDITIONS: JsonObject = {
  userRiskLevels: [],
  signInRiskLevels: [],
  clientAppTypes: ['all'],
  servicePrincipalRiskLevels: [],
  insiderRiskLevels: null,
  platforms: null,
  locations: null,
  devices: null,
  clientApplications: null,
  authenticationFlows: null,
  applications: null,
  users: null,
};

const BLANK_GRANT: JsonObject = {
  operator: 'OR',
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: null,
};

const whole = (blank: JsonObject, given: unknown): JsonObject | null =>
  typeof given === 'object' && given !== null ? { ...blank, ...given } : null;

/** Conditions with every member present, as Graph answers them whatever was sent. */
export const wholeConditions = (given: JsonObject): JsonObject => ({
  ...BLANK_CONDITIONS,
  ...given,
  applications: whole(BLANK_APPLICATIONS, given.applications),
  users: whole(BLANK_USERS, given.users),
});

/** A strength is sent by its id and answered whole. */
export function wholeGrant(given: unknown): JsonObject | null {
  const grant = whole(BLANK_GRANT, given);
  const strength = grant && isObject(grant.authenticationStrength) ? strengthView(String(grant.authenticationStrength.id)) : null;
  return grant && { ...grant, authenticationStrength: strength };
}

export interface PolicyParts {
  readonly id: string;
  readonly displayName: string;
  readonly state: string;
  readonly conditions: JsonObject;
  readonly grantControls: JsonObject | null;
  readonly sessionControls: JsonObject | null;
  readonly createdDateTime: string;
  readonly templateId?: string | null;
}

export const wholePolicy = (parts: PolicyParts): PolicyRow['policy'] => ({
  templateId: null,
  modifiedDateTime: null,
  ...parts,
  conditions: wholeConditions(parts.conditions),
  grantControls: wholeGrant(parts.grantControls),
});
