import type { ConditionalAccessPolicy, MethodConfiguration } from '../../core/posture/snapshot.ts';
import { given, instant, list, lowered, type Maybe, needed } from './values.ts';

type Names = Maybe<readonly string[]>;

export interface PolicyRow {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly state?: Maybe<string>;
  readonly templateId?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly modifiedDateTime?: Maybe<string>;
  readonly conditions?: Maybe<Conditions>;
  readonly grantControls?: Maybe<{
    readonly operator?: Maybe<string>;
    readonly builtInControls?: Names;
    readonly customAuthenticationFactors?: Names;
    readonly termsOfUse?: Names;
    readonly authenticationStrength?: Maybe<{ readonly id?: Maybe<string> }>;
  }>;
  readonly sessionControls?: Maybe<Readonly<Record<string, unknown>>>;
}

interface Conditions extends Readonly<Record<string, unknown>> {
  readonly users?: Maybe<{
    readonly includeUsers?: Names;
    readonly excludeUsers?: Names;
    readonly includeGroups?: Names;
    readonly excludeGroups?: Names;
    readonly includeRoles?: Names;
    readonly excludeRoles?: Names;
    readonly includeGuestsOrExternalUsers?: unknown;
    readonly excludeGuestsOrExternalUsers?: unknown;
  }>;
  readonly applications?: Maybe<{
    readonly includeApplications?: Names;
    readonly excludeApplications?: Names;
    readonly includeUserActions?: Names;
    readonly includeAuthenticationContextClassReferences?: Names;
    readonly applicationFilter?: unknown;
  }>;
  readonly clientApplications?: Maybe<Readonly<Record<string, unknown>>>;
  readonly clientAppTypes?: Names;
  readonly signInRiskLevels?: Names;
  readonly userRiskLevels?: Names;
}

/** Conditions that have a field of their own; all others are named only. */
const KNOWN = new Set(['users', 'applications', 'clientApplications', 'clientAppTypes', 'signInRiskLevels', 'userRiskLevels']);

/** Whether a condition or control says anything: absent, null, false and empty lists do not. */
function says(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return true;
}

const set = (values: Maybe<Readonly<Record<string, unknown>>>): string[] =>
  Object.entries(values ?? {}).flatMap(([name, value]) => (!name.startsWith('@') && says(value) ? [name] : []));

export function policyFrom(row: PolicyRow): ConditionalAccessPolicy {
  const { users, applications, clientApplications, clientAppTypes, signInRiskLevels, userRiskLevels } = row.conditions ?? {};
  const grant = row.grantControls;
  const strength = grant?.authenticationStrength?.id;
  return {
    id: row.id.toLowerCase(),
    displayName: row.displayName ?? '',
    state: needed(row.state, 'the state of a policy'),
    ...given('templateId', row.templateId?.toLowerCase()),
    ...given('createdAt', instant(row.createdDateTime)),
    ...given('modifiedAt', instant(row.modifiedDateTime)),
    users: {
      includeUsers: list(users?.includeUsers).map(idOrWord),
      excludeUsers: list(users?.excludeUsers).map(idOrWord),
      includeGroups: lowered(users?.includeGroups),
      excludeGroups: lowered(users?.excludeGroups),
      includeRoles: lowered(users?.includeRoles),
      excludeRoles: lowered(users?.excludeRoles),
      includesGuestsOrExternalUsers: says(users?.includeGuestsOrExternalUsers),
      excludesGuestsOrExternalUsers: says(users?.excludeGuestsOrExternalUsers),
    },
    concernsWorkloads: set(clientApplications).length > 0,
    applications: {
      include: list(applications?.includeApplications).map(idOrWord),
      exclude: list(applications?.excludeApplications).map(idOrWord),
      userActions: list(applications?.includeUserActions),
      authenticationContexts: list(applications?.includeAuthenticationContextClassReferences),
      filtered: says(applications?.applicationFilter),
    },
    clientAppTypes: list(clientAppTypes),
    signInRiskLevels: list(signInRiskLevels),
    userRiskLevels: list(userRiskLevels),
    otherConditions: set(row.conditions).filter((name) => !KNOWN.has(name)),
    ...given(
      'grant',
      grant && {
        operator: grant.operator ?? 'OR',
        builtInControls: list(grant.builtInControls),
        ...given('authenticationStrengthId', strength?.toLowerCase()),
        termsOfUse: list(grant.termsOfUse),
        customFactors: list(grant.customAuthenticationFactors),
      },
    ),
    sessionControls: set(row.sessionControls),
  };
}

/** Ids are compared in lower case; `All`, `None`, `Office365` are words and stay as they are. */
const idOrWord = (value: string): string => (/^[0-9a-f-]{36}$/i.test(value) ? value.toLowerCase() : value);

export interface MethodConfigurationRow {
  readonly id: string;
  readonly state?: Maybe<string>;
  readonly includeTargets?: Maybe<readonly { readonly id?: Maybe<string> }[]>;
  readonly excludeTargets?: Maybe<readonly { readonly id?: Maybe<string> }[]>;
  readonly isSelfServiceRegistrationAllowed?: Maybe<boolean>;
  readonly minimumLifetimeInMinutes?: Maybe<number>;
  readonly maximumLifetimeInMinutes?: Maybe<number>;
  readonly passkeyProfiles?: Maybe<readonly { readonly passkeyTypes?: Maybe<string> }[]>;
}

const targets = (rows: MethodConfigurationRow['includeTargets']): string[] =>
  (rows ?? []).flatMap(({ id }) => (id ? [id.toLowerCase()] : []));

export function methodConfigurationFrom(row: MethodConfigurationRow): MethodConfiguration {
  const types = row.passkeyProfiles?.flatMap(({ passkeyTypes }) => (passkeyTypes ?? '').split(/[,\s]+/));
  const { minimumLifetimeInMinutes: least, maximumLifetimeInMinutes: most } = row;
  return {
    id: row.id,
    enabled: row.state === 'enabled',
    includeTargets: targets(row.includeTargets),
    excludeTargets: targets(row.excludeTargets),
    ...given('selfServiceRegistrationAllowed', row.isSelfServiceRegistrationAllowed),
    ...given('lifetimeMinutes', least && most ? ([least, most] as const) : undefined),
    ...given('passkeyTypes', types && (['deviceBound', 'synced'] as const).filter((each) => types.includes(each))),
  };
}
