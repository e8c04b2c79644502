/**
 * Why something of a tenant could not be read. "Could not read" is never "is so" (domain.md 2.3 T5); which of these it is decides whether a
 * check is unknown or does not apply.
 */
export type Unreadable =
  /** The tenant's kind or licences do not have it. One such answer is no proof: it is known to come by mistake (graph facts, section 3). */
  | { readonly cause: 'not-licensed'; readonly words: string }
  /** Our own identity lacks a permission or a directory role. */
  | { readonly cause: 'not-permitted'; readonly words: string }
  /** This Microsoft cloud does not have the call at all. */
  | { readonly cause: 'unsupported-in-cloud'; readonly words: string }
  /** No answer, overload, or an answer that makes no sense: it may work the next time. */
  | { readonly cause: 'no-answer'; readonly words: string }
  /** It was not asked for, because what it depends on could not be read. */
  | { readonly cause: 'not-asked'; readonly words: string };

/** One part of a tenant: read whole, or not read and why. There is nothing in between: half a list is not read. */
export type Part<T> = { readonly state: 'read'; readonly value: T } | { readonly state: 'unreadable'; readonly why: Unreadable };

/**
 * Everything the posture of a tenant is judged by, as read at one time. Ids are in lower case. Strings whose set of values may grow
 * (evolvable enumerations of Graph) are kept as they came.
 */
export interface TenantSnapshot {
  readonly tenantId: string;
  /** As the tenants file has it; what the tenant says of itself is in `organization`. */
  readonly kind: 'workforce' | 'b2c' | 'free';
  readonly initialDomain: string;
  readonly exclusionGroupId: string;
  readonly readAt: Date;
  readonly organization: Part<OrganizationSnapshot>;
  readonly licences: Part<{ readonly p1: boolean; readonly p2: boolean }>;
  readonly domains: Part<readonly DomainSnapshot[]>;
  readonly securityDefaults: Part<{ readonly enabled: boolean }>;
  readonly authorizationPolicy: Part<{
    /** `allowedToUseSSPR`: whether administrators may reset their own password. */
    readonly administratorsMayResetOwnPassword: boolean;
  }>;
  readonly authenticationMethodsPolicy: Part<readonly MethodConfiguration[]>;
  readonly policies: Part<readonly ConditionalAccessPolicy[]>;
  /** `undefined` when the tenant has no such group. */
  readonly exclusionGroup: Part<GroupSnapshot | undefined>;
  /** Members, nested ones included, of whatever kind. */
  readonly exclusionGroupMembers: Part<readonly DirectoryObjectSnapshot[]>;
  readonly exclusionGroupOwners: Part<readonly DirectoryObjectSnapshot[]>;
  /** Assignments of Global Administrator that are active now, at any scope, whoever holds them. */
  readonly globalAdministrators: Part<readonly RoleAssignment[]>;
  /** Assignments of Global Administrator as Privileged Identity Management has them: active ones and those one may activate. Needs P2. */
  readonly assignmentSchedules: Part<readonly RoleSchedule[]>;
  readonly eligibilitySchedules: Part<readonly RoleSchedule[]>;
  /** Administrative units whose members only administrators of the unit may manage. */
  readonly restrictedUnits: Part<readonly { readonly id: string; readonly displayName: string }[]>;
  /** What every administrator has registered, ours included. Needs P1, never in B2C. */
  readonly administrators: Part<readonly RegistrationDetails[]>;
  /** In the order they were asked for. */
  readonly accounts: readonly AccountSnapshot[];
}

export interface OrganizationSnapshot {
  readonly displayName: string;
  /** `AAD`, `AAD B2C`, `CIAM`; absent where Graph does not say. */
  readonly tenantType?: string;
  readonly syncedFromOnPremises: boolean;
  readonly createdAt?: Date;
}

export interface DomainSnapshot {
  readonly name: string;
  readonly initial: boolean;
  readonly verified: boolean;
  readonly federated: boolean;
  /** Absent where Graph does not say; never-expiring is `'never'`. */
  readonly passwordValidity?: number | 'never';
}

/** One authentication method of the tenant's policy. */
export interface MethodConfiguration {
  /** `Fido2`, `TemporaryAccessPass`, `MicrosoftAuthenticator`, … as Graph spells its id. */
  readonly id: string;
  readonly enabled: boolean;
  /** Ids of the groups it is for, `all_users` among them. */
  readonly includeTargets: readonly string[];
  readonly excludeTargets: readonly string[];
  /** FIDO2: people may register keys themselves, which provisioning on their behalf needs as well. */
  readonly selfServiceRegistrationAllowed?: boolean;
  /** FIDO2: kinds of passkey the tenant's profiles allow. `synced` keys leave the device. Absent where Graph does not say. */
  readonly passkeyTypes?: readonly ('deviceBound' | 'synced')[];
  /** Temporary Access Pass: shortest and longest lifetime, in minutes. */
  readonly lifetimeMinutes?: readonly [least: number, most: number];
}

export interface ConditionalAccessPolicy {
  readonly id: string;
  readonly displayName: string;
  /** `enabled`, `disabled`, `enabledForReportingButNotEnforced`. */
  readonly state: string;
  /** Made from a template; Microsoft-managed policies have one too. */
  readonly templateId?: string;
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
  readonly users: {
    readonly includeUsers: readonly string[];
    readonly excludeUsers: readonly string[];
    readonly includeGroups: readonly string[];
    readonly excludeGroups: readonly string[];
    /** Role template ids. */
    readonly includeRoles: readonly string[];
    readonly excludeRoles: readonly string[];
    readonly includesGuestsOrExternalUsers: boolean;
    readonly excludesGuestsOrExternalUsers: boolean;
  };
  /** Whether it is about service principals: such a policy concerns no user. */
  readonly concernsWorkloads: boolean;
  readonly applications: {
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    readonly userActions: readonly string[];
    readonly authenticationContexts: readonly string[];
    readonly filtered: boolean;
  };
  readonly clientAppTypes: readonly string[];
  readonly signInRiskLevels: readonly string[];
  readonly userRiskLevels: readonly string[];
  /** Conditions that narrow it further, by their name in Graph: `platforms`, `locations`, `devices`, `authenticationFlows`, … */
  readonly otherConditions: readonly string[];
  readonly grant?: {
    readonly operator: string;
    /** `block`, `mfa`, `compliantDevice`, … */
    readonly builtInControls: readonly string[];
    readonly authenticationStrengthId?: string;
    readonly termsOfUse: readonly string[];
    readonly customFactors: readonly string[];
  };
  /** Session controls that are set, by their name in Graph. */
  readonly sessionControls: readonly string[];
}

export interface GroupSnapshot {
  readonly id: string;
  readonly displayName: string;
  readonly securityEnabled: boolean;
  readonly mailEnabled: boolean;
  readonly dynamic: boolean;
  readonly roleAssignable: boolean;
  /** Absent for a plain security group that nobody gave one. */
  readonly visibility?: string;
  /** In a restricted management administrative unit. */
  readonly managementRestricted: boolean;
  readonly syncedFromOnPremises: boolean;
}

export interface DirectoryObjectSnapshot {
  readonly id: string;
  /** `user`, `group`, `servicePrincipal`, `device`, `directoryRole`, `administrativeUnit`, …: `@odata.type` without its namespace. */
  readonly type: string;
  readonly displayName?: string;
}

export interface RoleAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly roleTemplateId: string;
  /** `/` for the whole tenant. */
  readonly scope: string;
}

export interface RoleSchedule {
  readonly principalId: string;
  readonly roleTemplateId: string;
  readonly scope: string;
  /** Of assignments: `Assigned`, or `Activated` out of an eligibility. */
  readonly assignmentType?: string;
  /** `Direct`, `Inherited`, `Group`. */
  readonly memberType: string;
  readonly startAt?: Date;
  /** Absent: without end. */
  readonly endAt?: Date;
}

export interface RegistrationDetails {
  readonly objectId: string;
  readonly userPrincipalName: string;
  readonly methods: readonly string[];
  readonly mfaCapable: boolean;
  readonly ssprRegistered: boolean;
  readonly ssprEnabled: boolean;
}

/** One emergency access account in its tenant. */
export interface AccountSnapshot {
  readonly objectId: string;
  /** `undefined` when the tenant has no such user any more. */
  readonly user: Part<UserSnapshot | undefined>;
  readonly methods: Part<readonly AuthenticationMethod[]>;
  /** Groups, roles and administrative units it is in, through nested groups too. */
  readonly memberOf: Part<readonly DirectoryObjectSnapshot[]>;
  /** When it was last used, hours late. Needs P1. Without an instant it never was, as far as the tenant remembers. */
  readonly lastSignIn: Part<{ readonly at?: Date; readonly successfulAt?: Date }>;
}

export interface UserSnapshot {
  readonly objectId: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  readonly userType?: string;
  readonly creationType?: string;
  /** `userPrincipalName` for a work account; others mean a consumer's (domain.md 1.8 B2). */
  readonly identityTypes: readonly string[];
  readonly syncedFromOnPremises: boolean;
  readonly immutableId?: string;
  /** `DisablePasswordExpiration`, `DisableStrongPassword`. */
  readonly passwordPolicies: readonly string[];
  readonly passwordChangedAt?: Date;
  readonly usageLocation?: string;
  readonly createdAt?: Date;
  readonly otherMails: readonly string[];
  readonly mobilePhone?: string;
  readonly businessPhones: readonly string[];
  readonly licensed: boolean;
  /** In a restricted management administrative unit. */
  readonly managementRestricted: boolean;
  /** Our marker, if it carries one. */
  readonly marker?: string;
}

export interface AuthenticationMethod {
  readonly id: string;
  /** `password`, `fido2`, `phone`, `microsoftAuthenticator`, `temporaryAccessPass`, …: `@odata.type` without namespace and ending. */
  readonly kind: string;
  readonly displayName?: string;
  readonly createdAt?: Date;
  /** FIDO2. */
  readonly model?: string;
  readonly aaguid?: string;
  readonly attested?: boolean;
  /** FIDO2: `deviceBound` or `synced`, where Graph says. */
  readonly passkeyType?: string;
  /** Temporary Access Pass: whether it can be used now, and until when. */
  readonly usable?: boolean;
  readonly expiresAt?: Date;
}

export const read = <T>(value: T): Part<T> => ({ state: 'read', value });
export const unreadable = (cause: Unreadable['cause'], words: string): { readonly state: 'unreadable'; readonly why: Unreadable } => ({
  state: 'unreadable',
  why: { cause, words },
});
