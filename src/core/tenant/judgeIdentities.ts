import type { Part, RoleAssignment } from '../posture/snapshot.ts';
import type { GraphIdentity } from './calls.ts';
import { type Capability, type CapabilityName, finding, unread } from './capability.ts';
import { comparePermissions } from './permissions.ts';
import type { IdentityProbe, TenantProbe } from './probe.ts';
import { PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, roleName, rolesLacking } from './roles.ts';

/** Built-in roles that change nothing, by template id. */
const READ_ONLY_ROLES = new Set([
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', // Directory Readers
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451', // Global Reader
  '5d6b6bb7-de71-4623-b4af-96380a352509', // Security Reader
  '4a5d8f65-41da-4de4-8968-e035b65339cf', // Reports Reader
]);

/** What our own service principals hold, against what they need: too little, and too much (domain.md 2.3 T1, T2). */
export function identities({ identities: probes, usesRestrictedUnit }: TenantProbe): Capability[] {
  const ofThe = (identity: GraphIdentity) => probes.find(({ standsFor }) => standsFor.includes(identity));
  return [...readerFindings(ofThe('reader')), ...changerFindings(ofThe('changer'), usesRestrictedUnit)];
}

const NOT_PROBED = 'It is not known which service principal it is.';

function readerFindings(probe: IdentityProbe | undefined): Capability[] {
  if (!probe) return [finding('reader-permissions', 'unknown', NOT_PROBED), finding('reader-restraint', 'unknown', NOT_PROBED)];
  return [enough('reader-permissions', probe), restraint('reader-restraint', probe, (role) => READ_ONLY_ROLES.has(role), true)];
}

function changerFindings(probe: IdentityProbe | undefined, usesRestrictedUnit: boolean): Capability[] {
  const names = ['changer-permissions', 'changer-restraint', 'changer-role'] as const;
  if (!probe) return names.map((name) => finding(name, 'unknown', NOT_PROBED));
  const needed = [PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, ...(usesRestrictedUnit ? [PRIVILEGED_ROLE_ADMINISTRATOR] : [])];
  return [
    enough('changer-permissions', probe),
    restraint('changer-restraint', probe, (role) => needed.includes(role), false),
    changerRole(probe.roles, needed),
  ];
}

function enough(name: CapabilityName, { standsFor, permissions }: IdentityProbe): Capability {
  if (permissions.state === 'unreadable') return unread(name, permissions);
  const { missing } = comparePermissions(standsFor, permissions.value);
  if (missing.length === 0) return finding(name, 'yes', 'It holds everything it needs.');
  const named = missing.map(
    ({ permission, calls }) => `${permission} (for ${calls.slice(0, 2).join(', ')}${calls.length > 2 ? ', …' : ''})`,
  );
  return finding(name, 'no', `Missing: ${named.join('; ')}.`);
}

/** @param onlyWrites whether a permission too many counts only where it can change something */
function restraint(
  name: CapabilityName,
  { standsFor, permissions, roles }: IdentityProbe,
  mayHold: (roleTemplateId: string) => boolean,
  onlyWrites: boolean,
): Capability {
  const { excess } = comparePermissions(standsFor, permissions.state === 'read' ? permissions.value : []);
  const tooMuch = excess.filter(({ canWrite }) => canWrite || !onlyWrites).map(({ permission }) => permission);
  const held = roles.state === 'read' ? roles.value.filter(({ roleTemplateId }) => !mayHold(roleTemplateId)) : [];
  const named = [...tooMuch, ...held.map(({ roleTemplateId }) => `directory role ${roleName(roleTemplateId)}`)];
  if (named.length > 0) return finding(name, 'no', `Too much: ${named.join(', ')}.`);
  for (const part of [permissions, roles]) if (part.state === 'unreadable') return unread(name, part);
  const spare = excess.length > 0 ? ` It can read more than it needs: ${excess.map(({ permission }) => permission).join(', ')}.` : '';
  return finding(name, 'yes', `${onlyWrites ? 'It holds nothing that writes.' : 'It holds nothing it does not need.'}${spare}`);
}

/** @param needed template ids, all of them */
function changerRole(roles: Part<readonly RoleAssignment[]>, needed: readonly string[]): Capability {
  const name = 'changer-role';
  if (roles.state === 'unreadable') return unread(name, roles);
  const whole = roles.value.filter(({ scope }) => scope === '/').map(({ roleTemplateId }) => roleTemplateId);
  const lacking = rolesLacking(needed, whole);
  if (lacking.length > 0) return finding(name, 'no', `It holds neither ${lacking.map(roleName).join(' and ')} nor Global Administrator.`);
  return needed.every((role) => whole.includes(role))
    ? finding(name, 'yes', `${needed.map(roleName).join(', ')}.`)
    : finding(name, 'yes', 'Global Administrator, which is more than it needs.');
}
