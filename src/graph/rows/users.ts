import type { DirectoryObjectSnapshot, GroupSnapshot, RegistrationDetails, UserSnapshot } from '../../core/posture/snapshot.ts';
import { given, instant, list, lower, type Maybe, needed, typeName } from './values.ts';

/** What posture wants of an account (domain.md 2.2). */
export const USER_SELECT =
  'id,userPrincipalName,displayName,accountEnabled,userType,creationType,identities,onPremisesSyncEnabled,onPremisesImmutableId,' +
  'passwordPolicies,lastPasswordChangeDateTime,usageLocation,createdDateTime,otherMails,mobilePhone,businessPhones,assignedLicenses,' +
  'isManagementRestricted,onPremisesExtensionAttributes';

export interface UserRow {
  readonly id: string;
  readonly userPrincipalName?: Maybe<string>;
  readonly displayName?: Maybe<string>;
  readonly accountEnabled?: Maybe<boolean>;
  readonly userType?: Maybe<string>;
  readonly creationType?: Maybe<string>;
  readonly identities?: Maybe<readonly { readonly signInType?: Maybe<string> }[]>;
  readonly onPremisesSyncEnabled?: Maybe<boolean>;
  readonly onPremisesImmutableId?: Maybe<string>;
  readonly passwordPolicies?: Maybe<string>;
  readonly lastPasswordChangeDateTime?: Maybe<string>;
  readonly usageLocation?: Maybe<string>;
  readonly createdDateTime?: Maybe<string>;
  readonly otherMails?: Maybe<readonly string[]>;
  readonly mobilePhone?: Maybe<string>;
  readonly businessPhones?: Maybe<readonly string[]>;
  readonly assignedLicenses?: Maybe<readonly unknown[]>;
  readonly isManagementRestricted?: Maybe<boolean>;
  readonly onPremisesExtensionAttributes?: Maybe<{ readonly extensionAttribute15?: Maybe<string> }>;
}

export function userFrom(row: UserRow): UserSnapshot {
  return {
    objectId: lower(row.id),
    userPrincipalName: needed(row.userPrincipalName, 'a user principal name'),
    displayName: row.displayName ?? '',
    accountEnabled: row.accountEnabled === true,
    ...given('userType', row.userType),
    ...given('creationType', row.creationType),
    identityTypes: (row.identities ?? []).map(({ signInType }) => signInType ?? ''),
    syncedFromOnPremises: row.onPremisesSyncEnabled === true,
    ...given('immutableId', row.onPremisesImmutableId),
    passwordPolicies: (row.passwordPolicies ?? '').split(/[,\s]+/).filter((each) => each !== '' && each !== 'None'),
    ...given('passwordChangedAt', instant(row.lastPasswordChangeDateTime)),
    ...given('usageLocation', row.usageLocation),
    ...given('createdAt', instant(row.createdDateTime)),
    otherMails: list(row.otherMails),
    ...given('mobilePhone', row.mobilePhone),
    businessPhones: list(row.businessPhones),
    licensed: (row.assignedLicenses ?? []).length > 0,
    managementRestricted: row.isManagementRestricted === true,
    ...given('marker', row.onPremisesExtensionAttributes?.extensionAttribute15),
  };
}

export const GROUP_SELECT =
  'id,displayName,securityEnabled,mailEnabled,groupTypes,isAssignableToRole,visibility,membershipRule,isManagementRestricted,onPremisesSyncEnabled';

export interface GroupRow {
  readonly id: string;
  readonly displayName?: Maybe<string>;
  readonly securityEnabled?: Maybe<boolean>;
  readonly mailEnabled?: Maybe<boolean>;
  readonly groupTypes?: Maybe<readonly string[]>;
  readonly isAssignableToRole?: Maybe<boolean>;
  readonly visibility?: Maybe<string>;
  readonly membershipRule?: Maybe<string>;
  readonly isManagementRestricted?: Maybe<boolean>;
  readonly onPremisesSyncEnabled?: Maybe<boolean>;
}

export const groupFrom = (row: GroupRow): GroupSnapshot => ({
  id: lower(row.id),
  displayName: row.displayName ?? '',
  securityEnabled: row.securityEnabled === true,
  mailEnabled: row.mailEnabled === true,
  dynamic: list(row.groupTypes).includes('DynamicMembership') || Boolean(row.membershipRule),
  roleAssignable: row.isAssignableToRole === true,
  ...given('visibility', row.visibility),
  managementRestricted: row.isManagementRestricted === true,
  syncedFromOnPremises: row.onPremisesSyncEnabled === true,
});

export interface ObjectRow {
  readonly '@odata.type'?: Maybe<string>;
  readonly id: string;
  readonly displayName?: Maybe<string>;
}

export const objectFrom = (row: ObjectRow): DirectoryObjectSnapshot => ({
  id: lower(row.id),
  type: typeName(row['@odata.type']),
  ...given('displayName', row.displayName),
});

export interface RegistrationRow {
  readonly id: string;
  readonly userPrincipalName?: Maybe<string>;
  readonly methodsRegistered?: Maybe<readonly string[]>;
  readonly isMfaCapable?: Maybe<boolean>;
  readonly isSsprRegistered?: Maybe<boolean>;
  readonly isSsprEnabled?: Maybe<boolean>;
}

export const registrationFrom = (row: RegistrationRow): RegistrationDetails => ({
  objectId: lower(row.id),
  userPrincipalName: row.userPrincipalName ?? '',
  methods: list(row.methodsRegistered),
  mfaCapable: row.isMfaCapable === true,
  ssprRegistered: row.isSsprRegistered === true,
  ssprEnabled: row.isSsprEnabled === true,
});

export interface SignInActivityRow {
  readonly lastSignInDateTime?: Maybe<string>;
  readonly lastSuccessfulSignInDateTime?: Maybe<string>;
}

export const lastSignInFrom = ({ signInActivity }: { readonly signInActivity?: Maybe<SignInActivityRow> }) => ({
  ...given('at', instant(signInActivity?.lastSignInDateTime)),
  ...given('successfulAt', instant(signInActivity?.lastSuccessfulSignInDateTime)),
});
