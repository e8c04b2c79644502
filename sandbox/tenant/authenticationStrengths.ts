import { answerCollection } from './collection.ts';
import { notFound } from './graphFault.ts';
import { entity, type GraphRoute, type Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { pick, selectOf } from './select.ts';

const READ: Permissions = [
  'Policy.Read.AuthenticationMethod',
  'Policy.ReadWrite.AuthenticationMethod',
  'Policy.Read.All',
  'Policy.ReadWrite.ConditionalAccess',
];

const PHISHING_RESISTANT = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'];
const PASSWORDLESS = [...PHISHING_RESISTANT, 'deviceBasedPush'];
const MFA = [
  ...PASSWORDLESS,
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'password,microsoftAuthenticatorPush',
  'password,softwareOath',
  'password,hardwareOath',
  'password,sms',
  'password,voice',
  'federatedMultiFactor',
];

const strength = (last: number, displayName: string, description: string, allowedCombinations: readonly string[]): JsonObject => ({
  id: `00000000-0000-0000-0000-00000000000${last}`,
  createdDateTime: '2021-12-01T00:00:00Z',
  modifiedDateTime: '2021-12-01T00:00:00Z',
  displayName,
  description,
  policyType: 'builtIn',
  requirementsSatisfied: 'mfa',
  allowedCombinations,
});

/** The built-in strengths, the same in every tenant (Learn, concept-authentication-strengths). */
const BUILT_IN: readonly JsonObject[] = [
  strength(2, 'Multifactor authentication', 'Combinations of methods that satisfy strong authentication, such as a password + SMS.', MFA),
  strength(3, 'Passwordless MFA', 'Passwordless methods that satisfy strong authentication.', PASSWORDLESS),
  strength(4, 'Phishing-resistant MFA', 'Phishing-resistant, passwordless methods for the strongest authentication.', PHISHING_RESISTANT),
];

/** A built-in strength as a policy holds it; null for one nobody knows. */
export const strengthView = (id: string): JsonObject | null => BUILT_IN.find((one) => one.id === id.toLowerCase()) ?? null;

/** Combinations that satisfy a strength; none for a strength nobody knows. */
export function combinationsOf(strengthId: string): readonly string[] {
  const found = BUILT_IN.find((one) => one.id === strengthId.toLowerCase());
  return Array.isArray(found?.allowedCombinations) ? found.allowedCombinations.map(String) : [];
}

export function authenticationStrengthRoutes(): readonly GraphRoute[] {
  const context = 'policies/authenticationStrengthPolicies';
  const properties = Object.keys(BUILT_IN[0] ?? {});
  const rules = { context, type: 'microsoft.graph.authenticationStrengthPolicy', properties, pageSize: 100, maxTop: 999 };
  const path = `/${context}`;
  return [
    { method: 'GET', path, permissions: READ, handle: (call) => answerCollection(call, rules, BUILT_IN) },
    {
      method: 'GET',
      path: `${path}/:id`,
      permissions: READ,
      handle(call) {
        const found = BUILT_IN.find((one) => one.id === call.params.id?.toLowerCase());
        if (!found) throw notFound(call.params.id ?? '');
        return entity(context, pick(found, selectOf(call, rules)));
      },
    },
  ];
}
