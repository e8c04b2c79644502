import { strengthView } from './authenticationStrengths.ts';
import { GraphFault } from './graphFault.ts';
import type { GraphCall } from './graphRoute.ts';
import { GUID, isObject, type JsonObject, objectOf } from './json.ts';
import { findGroup, findUser } from './membership.ts';
import { BLANK_CONDITIONS, BLANK_USERS } from './policyShape.ts';
import { roleDefinitionView } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';

const DOCUMENTATION =
  'For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0.';

/**
 * How Conditional Access refuses: the message says nothing, the reason stands in innerError.message. 1007 was seen in a public report
 * (microsoft-graph-docs-contrib issue 4162); the numbers from 1900 on are the sandbox's own.
 */
export const policyRefused = (number: number, text: string): GraphFault =>
  new GraphFault(400, 'BadRequest', 'The server could not process the request because it is malformed or incorrect.', [], {
    innerMessage: `${number}: ${text} ${DOCUMENTATION}`,
  });

export const misshapen = (): GraphFault =>
  policyRefused(1007, 'Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type.');

const STATES = ['enabled', 'disabled', 'enabledForReportingButNotEnforced'];
const WRITABLE = ['displayName', 'state', 'conditions', 'grantControls', 'sessionControls', 'templateId'];
const GRANT = ['operator', 'builtInControls', 'customAuthenticationFactors', 'termsOfUse', 'authenticationStrength'];
const CONTROLS = ['block', 'mfa', 'compliantDevice', 'domainJoinedDevice', 'approvedApplication', 'compliantApplication', 'passwordChange'];
const APPLICATIONS = [
  'includeApplications',
  'excludeApplications',
  'includeUserActions',
  'includeAuthenticationContextClassReferences',
  'applicationFilter',
];

function members(value: unknown, known: readonly string[]): JsonObject {
  if (!isObject(value)) throw misshapen();
  const plain = Object.fromEntries(Object.entries(value).filter(([name]) => !name.includes('@odata.')));
  if (Object.keys(plain).some((name) => !known.includes(name))) throw misshapen();
  return plain;
}

const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');

function checkUsers(value: unknown): void {
  for (const [name, list] of Object.entries(members(value, Object.keys(BLANK_USERS)))) {
    if (name.endsWith('ExternalUsers')) {
      if (list !== null && !isObject(list)) throw misshapen();
      continue;
    }
    if (!areTexts(list)) throw misshapen();
    const words = name.endsWith('Users')
      ? name.startsWith('include')
        ? ['All', 'None', 'GuestsOrExternalUsers']
        : ['GuestsOrExternalUsers']
      : [];
    if (list.some((one) => !GUID.test(one) && !words.includes(one))) throw misshapen();
  }
}

/** Shape of what was sent, whatever the policy was before. Throws 400. */
export function checkPolicyBody(body: JsonObject): JsonObject {
  const given = members(body, [...WRITABLE, 'id', 'createdDateTime', 'modifiedDateTime']);
  if (given.displayName !== undefined && (typeof given.displayName !== 'string' || given.displayName === '')) throw misshapen();
  if (given.state !== undefined && !STATES.includes(String(given.state))) throw misshapen();
  if (given.conditions !== undefined) {
    const conditions = members(given.conditions, Object.keys(BLANK_CONDITIONS));
    if (conditions.users != null) checkUsers(conditions.users);
    if (conditions.applications != null) members(conditions.applications, APPLICATIONS);
    if (conditions.clientAppTypes !== undefined && !areTexts(conditions.clientAppTypes)) throw misshapen();
  }
  if (given.grantControls != null) {
    const grant = members(given.grantControls, GRANT);
    const controls = grant.builtInControls ?? [];
    if (!areTexts(controls) || controls.some((one) => !CONTROLS.includes(one))) throw misshapen();
    const { authenticationStrength: strength } = grant;
    if (strength != null && (!isObject(strength) || strengthView(String(strength.id)) === null)) throw misshapen();
    if (grant.operator !== undefined && grant.operator !== 'OR' && grant.operator !== 'AND') throw misshapen();
  }
  if (given.sessionControls != null && !isObject(given.sessionControls)) throw misshapen();
  const { id: _id, createdDateTime: _created, modifiedDateTime: _modified, ...writable } = given;
  return writable;
}

const texts = (from: JsonObject, name: string): readonly string[] => (Array.isArray(from[name]) ? from[name].map(String) : []);

/** Users, groups and roles a policy newly names must exist; ids that were in it before may dangle. Throws 400. */
function checkPrincipals(state: TenantState, call: GraphCall, before: JsonObject, after: JsonObject): void {
  const exists = {
    Users: (id: string) => findUser(state, call.tenant.id, id) !== undefined,
    Groups: (id: string) => findGroup(state, call.tenant.id, id) !== undefined,
    Roles: (id: string) => roleDefinitionView(id) !== undefined,
  };
  for (const side of ['include', 'exclude']) {
    for (const [kind, known] of Object.entries(exists)) {
      const name = side + kind;
      const old = new Set(texts(before, name));
      const wrong = texts(after, name).find((id) => GUID.test(id) && !old.has(id) && !known(id));
      if (wrong !== undefined) throw policyRefused(1901, `'${name}' names '${wrong}', which does not exist.`);
    }
  }
}

/** The policy as it would be must make sense as a whole. Throws 400. */
export function checkWholePolicy(state: TenantState, call: GraphCall, before: JsonObject | undefined, after: JsonObject): void {
  const conditions = objectOf(after.conditions);
  const users = objectOf(conditions.users);
  const workloads = texts(objectOf(conditions.clientApplications), 'includeServicePrincipals').length > 0;
  const named = ['includeUsers', 'includeGroups', 'includeRoles'].some((name) => texts(users, name).length > 0);
  if (!workloads && !named && users.includeGuestsOrExternalUsers == null)
    throw policyRefused(1902, 'A policy must include users, groups or roles.');
  const applications = objectOf(conditions.applications);
  const target = ['includeApplications', 'includeUserActions', 'includeAuthenticationContextClassReferences'];
  if (!target.some((name) => texts(applications, name).length > 0))
    throw policyRefused(1903, 'A policy must include applications or actions.');
  const grant = objectOf(after.grantControls);
  const grants = ['builtInControls', 'termsOfUse', 'customAuthenticationFactors'].some((name) => texts(grant, name).length > 0);
  if (!grants && grant.authenticationStrength == null && after.sessionControls == null) {
    throw policyRefused(1904, 'A policy must have grant or session controls.');
  }
  checkPrincipals(state, call, objectOf(objectOf(before?.conditions).users), users);
}
