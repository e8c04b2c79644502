import { GRAPH_CALLS, type GraphCall, type GraphIdentity } from './calls.ts';

/** A permission that is not there, and the calls that are refused without it. */
export interface MissingPermission {
  readonly permission: string;
  readonly calls: readonly string[];
}

/** A permission nothing of ours asks for. Whoever steals the identity has it all the same (domain.md 2.3 T1). */
export interface ExcessPermission {
  readonly permission: string;
  readonly canWrite: boolean;
}

export interface PermissionReport {
  readonly missing: readonly MissingPermission[];
  readonly excess: readonly ExcessPermission[];
}

/** Wider permissions that Graph accepts in place of a narrow one: the call works, and the wide one is reported as too much. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  'User.Read.All': ['User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'User.ReadWrite.All': ['Directory.ReadWrite.All'],
  'GroupMember.Read.All': [
    'GroupMember.ReadWrite.All',
    'Group.Read.All',
    'Group.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ],
  'GroupMember.ReadWrite.All': ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  'RoleManagement.Read.Directory': ['RoleManagement.ReadWrite.Directory', 'RoleManagement.Read.All', 'Directory.Read.All'],
  'Organization.Read.All': ['Organization.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'LicenseAssignment.Read.All': ['Organization.Read.All', 'Organization.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'Domain.Read.All': ['Domain.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'AdministrativeUnit.Read.All': ['AdministrativeUnit.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  'UserAuthenticationMethod.Read.All': ['UserAuthenticationMethod.ReadWrite.All'],
  'Policy.Read.AuthenticationMethod': ['Policy.ReadWrite.AuthenticationMethod', 'Policy.Read.All'],
  'Policy.Read.ConditionalAccess': ['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess'],
  'Application.Read.All': ['Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
};

const EVERY_METHOD = 'UserAuthenticationMethod.ReadWrite.All';
/**
 * What Graph takes in place of a permission of the changer (permissions.json of August 2026; users: sensitive actions). Nobody is told to grant
 * these, and a narrow one that is missing is told as missing all the same: only no run is refused for what Graph may let pass.
 */
const TAKEN_TOO: Readonly<Record<string, readonly string[]>> = {
  'User-PasswordProfile.ReadWrite.All': ['Directory.ReadWrite.All'],
  'User.EnableDisableAccount.All': ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  'User.RevokeSessions.All': ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  'User.DeleteRestore.All': ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  'AdministrativeUnit.ReadWrite.All': ['Directory.ReadWrite.All'],
};

/** Whether Graph lets a call pass that takes this permission, by those that are held. */
export function isGranted(permission: string, held: readonly string[]): boolean {
  const methods = permission.startsWith('UserAuthMethod-') ? [EVERY_METHOD] : [];
  return [permission, ...(WIDER[permission] ?? []), ...(TAKEN_TOO[permission] ?? []), ...methods].some((each) => held.includes(each));
}

const READS_ONLY = /\.Read(?:Basic)?(?:\.|$)/;

/** Whether a permission can change anything. One whose name does not say that it only reads is taken to. */
export const canWrite = (permission: string): boolean => !READS_ONLY.test(permission);

/** The permissions an identity needs, in the order of its calls. Several identities where one service principal stands for them. */
export function neededBy(identities: readonly GraphIdentity[], calls: readonly GraphCall[] = GRAPH_CALLS): string[] {
  return [...new Set(calls.filter(({ identity }) => identities.includes(identity)).flatMap(({ permissions }) => permissions))];
}

/**
 * @param identities what the service principal stands for; people and the reader of the home tenant may be one
 * @param held names of the application permissions that were consented to; an id that has no name is excess that can write
 */
export function comparePermissions(
  identities: readonly GraphIdentity[],
  held: readonly string[],
  calls: readonly GraphCall[] = GRAPH_CALLS,
): PermissionReport {
  const needed = neededBy(identities, calls);
  const covered = (permission: string) => [permission, ...(WIDER[permission] ?? [])].some((each) => held.includes(each));
  const callsOf = (permission: string) =>
    calls.filter((each) => identities.includes(each.identity) && each.permissions.includes(permission)).map((each) => each.call);
  return {
    missing: needed.filter((each) => !covered(each)).map((permission) => ({ permission, calls: callsOf(permission) })),
    excess: [...new Set(held)]
      .filter((each) => !needed.includes(each))
      .map((permission) => ({ permission, canWrite: canWrite(permission) })),
  };
}
