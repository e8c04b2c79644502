import type { SandboxTenant } from '../world.ts';
import { badRequest, GraphFault, invalidValue } from './graphFault.ts';
import { isObject, type JsonObject } from './json.ts';
import type { TenantState } from './state.ts';
import { isExtensionAttribute, WRITABLE } from './userProperties.ts';

const UPN_LOCAL = /^[A-Za-z0-9'._!#^~-]{1,64}$/;

/** Domains the tenant has verified: the initial one first; a workforce tenant has one of its own and one that is federated. */
export function verifiedDomains(tenant: SandboxTenant): readonly string[] {
  return tenant.kind === 'workforce' ? [tenant.initialDomain, `${tenant.name}.example`, FEDERATED] : [tenant.initialDomain];
}

/** People of this domain sign in somewhere else. */
export const FEDERATED = 'plants.contoso.example';

/** Checks a user principal name against Entra's rules and against everybody in the tenant. Throws 400. */
export function checkUserPrincipalName(value: unknown, tenant: SandboxTenant, state: TenantState, ownId?: string): string {
  if (typeof value !== 'string') throw invalidValue('userPrincipalName', 'User');
  const at = value.lastIndexOf('@');
  const [local, domain] = [value.slice(0, at), value.slice(at + 1)];
  const message = 'Property userPrincipalName is invalid.';
  if (at < 1 || !UPN_LOCAL.test(local) || local.endsWith('.') || local.startsWith('.') || domain === '' || domain.length > 48) {
    throw badRequest(message, [{ code: 'InvalidValue', message, target: 'userPrincipalName' }]);
  }
  if (!verifiedDomains(tenant).includes(domain.toLowerCase())) {
    const words =
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.';
    throw badRequest(words, [{ code: 'InvalidValue', message: words, target: 'userPrincipalName' }]);
  }
  const taken = state.users
    .all()
    .find(
      (user) =>
        user.tenantId === tenant.id &&
        user.id !== ownId &&
        user.deletedAt === null &&
        user.properties.userPrincipalName.toLowerCase() === value.toLowerCase(),
    );
  if (taken) {
    const words = 'Another object with the same value for property userPrincipalName already exists.';
    throw badRequest(words, [{ code: 'ObjectConflict', message: words, target: 'userPrincipalName' }]);
  }
  return value;
}

const POLICIES = new Set(['None', 'DisablePasswordExpiration', 'DisableStrongPassword']);

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || ['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'].includes(code)) return false;
  // Aliases such as UK are rewritten (to GB) and are no ISO 3166 codes.
  if (Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}`) return false;
  return new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' }).of(code) !== undefined;
}

function isMailNickname(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e]{1,64}$/.test(value) && !/[@()\\[\]";:<>,]/.test(value);
}

function areExtensions(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, text]) =>
        name === '@odata.type' || (isExtensionAttribute(name) && (text === null || (typeof text === 'string' && text.length <= 1024))),
    )
  );
}

const SPECIAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  mailNickname: isMailNickname,
  usageLocation: (value) => typeof value === 'string' && isCountry(value),
  passwordPolicies: (value) => value === null || (typeof value === 'string' && value.split(/,\s*/).every((policy) => POLICIES.has(policy))),
  onPremisesExtensionAttributes: areExtensions,
};

const KINDS = {
  text: (value: unknown) => value === null || (typeof value === 'string' && value !== '' && value.length <= 256),
  texts: (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  boolean: (value: unknown) => typeof value === 'boolean',
} as const;

/** Checks each property sent by itself: known, writable, of the right shape. Throws 400. */
export function checkProperties(body: JsonObject): void {
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.')) continue;
    const kind = WRITABLE[name];
    if (!kind) throw new GraphFault(400, 'Request_BadRequest', `Property '${name}' is invalid or can't be set on resource 'User'.`);
    const valid = kind === 'special' ? SPECIAL[name] : KINDS[kind];
    if (valid && !valid(value)) throw invalidValue(name, 'User');
    if (name === 'displayName' && value === null) throw invalidValue(name, 'User');
  }
}

/** Extension attributes with all fifteen names present, as Graph answers them. */
export function extensionAttributes(before: unknown, sent: unknown): JsonObject {
  const blank = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, null]));
  const { '@odata.type': _type, ...given } = isObject(sent) ? sent : {};
  return { ...blank, ...(isObject(before) ? before : {}), ...given };
}
