import type { FilterRules } from './filter.ts';
import type { Comparison } from './filterParser.ts';
import { unsupportedQuery } from './graphFault.ts';

/** Answered when nothing is selected. */
export const USER_DEFAULTS: readonly string[] = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

/** Properties a caller may set, by the kind of value Graph accepts. */
export const WRITABLE: Readonly<Record<string, 'text' | 'texts' | 'boolean' | 'special'>> = {
  accountEnabled: 'boolean',
  displayName: 'text',
  mailNickname: 'special',
  userPrincipalName: 'special',
  usageLocation: 'special',
  passwordPolicies: 'special',
  passwordProfile: 'special',
  onPremisesExtensionAttributes: 'special',
  onPremisesImmutableId: 'text',
  givenName: 'text',
  surname: 'text',
  jobTitle: 'text',
  department: 'text',
  companyName: 'text',
  officeLocation: 'text',
  mobilePhone: 'text',
  preferredLanguage: 'text',
  employeeId: 'text',
  employeeType: 'text',
  city: 'text',
  country: 'text',
  state: 'text',
  postalCode: 'text',
  streetAddress: 'text',
  businessPhones: 'texts',
  otherMails: 'texts',
  showInAddressList: 'boolean',
  userType: 'text',
};

/** Everything `$select` may name. */
export const USER_PROPERTIES: readonly string[] = [
  ...USER_DEFAULTS,
  ...Object.keys(WRITABLE).filter((name) => !USER_DEFAULTS.includes(name)),
  'createdDateTime',
  'deletedDateTime',
  'creationType',
  'externalUserState',
  'identities',
  'lastPasswordChangeDateTime',
  'onPremisesSyncEnabled',
  'onPremisesLastSyncDateTime',
  'onPremisesDistinguishedName',
  'onPremisesSecurityIdentifier',
  'isManagementRestricted',
  'isResourceAccount',
  'proxyAddresses',
  'assignedLicenses',
  'assignedPlans',
  'securityIdentifier',
  'signInActivity',
  'signInSessionsValidFromDateTime',
];

const PLAIN: Readonly<Record<string, readonly Comparison[]>> = {
  id: ['eq', 'in'],
  userprincipalname: ['eq', 'in', 'ge', 'le', 'startswith'],
  displayname: ['eq', 'in', 'ge', 'le', 'startswith'],
  givenname: ['eq', 'in', 'ge', 'le', 'startswith'],
  surname: ['eq', 'in', 'ge', 'le', 'startswith'],
  mail: ['eq', 'in', 'ge', 'le', 'startswith'],
  mailnickname: ['eq', 'in', 'ge', 'le', 'startswith'],
  jobtitle: ['eq', 'in', 'ge', 'le', 'startswith'],
  department: ['eq', 'in', 'ge', 'le', 'startswith'],
  employeeid: ['eq', 'in', 'ge', 'le', 'startswith'],
  usagelocation: ['eq', 'in', 'ge', 'le', 'startswith'],
  accountenabled: ['eq'],
  usertype: ['eq', 'in'],
  createddatetime: ['eq', 'ge', 'le'],
  'identities/any/issuer': ['eq'],
  'identities/any/issuerassignedid': ['eq'],
};

const EXTENSION_ATTRIBUTES = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);
export const isExtensionAttribute = (name: string): boolean => EXTENSION_ATTRIBUTES.includes(name);

/** Extension attributes are filterable as an advanced query only, and B2C directories have none of those (Learn, B2C microsoft-graph-operations). */
export function userFilterRules(options: { readonly eventual: boolean; readonly b2c: boolean }): FilterRules {
  const advanced = Object.fromEntries(
    EXTENSION_ATTRIBUTES.map((name) => [`onpremisesextensionattributes/${name.toLowerCase()}`, ['eq', 'in', 'startswith'] as const]),
  );
  const properties = options.eventual && !options.b2c ? { ...PLAIN, ...advanced } : PLAIN;
  return { resource: 'User', properties, or: true };
}

/** Refuses what a B2C directory lacks: advanced queries. */
export function refuseAdvanced(options: { readonly eventual: boolean; readonly b2c: boolean; readonly count: boolean }): void {
  if (options.b2c && options.eventual && options.count)
    throw unsupportedQuery('Advanced queries are not available in Azure AD B2C tenants.');
}
