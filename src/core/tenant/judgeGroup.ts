import type { TenantSnapshot } from '../posture/snapshot.ts';
import { type Capability, finding, unread } from './capability.ts';

/**
 * Static, a security group, protected against change, without owners, and for the accounts alone (domain.md A16). A part that could not be
 * read leaves the rest to be judged: a fault that is seen counts, no fault seen is unknown.
 */
export function exclusionGroup(snapshot: TenantSnapshot): Capability {
  const { exclusionGroup: group, exclusionGroupMembers: members, exclusionGroupOwners: owners } = snapshot;
  const name = 'exclusion-group';
  if (group.state === 'unreadable') return unread(name, group);
  if (!group.value) return finding(name, 'no', `There is no group ${snapshot.exclusionGroupId}.`);
  const { displayName, securityEnabled, mailEnabled, dynamic, syncedFromOnPremises, roleAssignable, managementRestricted, visibility } =
    group.value;
  const ours = new Set(snapshot.accounts.map(({ objectId }) => objectId));
  const outsiders = members.state === 'read' ? members.value.filter(({ id }) => !ours.has(id)).length : 0;
  const wrong = [
    securityEnabled ? '' : 'it is not a security group',
    mailEnabled ? 'it is mail-enabled' : '',
    dynamic ? 'its members follow a rule' : '',
    syncedFromOnPremises ? 'it is synchronised from on premises' : '',
    roleAssignable || managementRestricted ? '' : 'it is neither role-assignable nor in a restricted unit',
    visibility === 'Public' ? 'everybody may join it' : '',
    owners.state === 'read' && owners.value.length > 0 ? `${owners.value.length} owners can change it` : '',
    outsiders > 0 ? `${outsiders} of its members ${outsiders === 1 ? 'is no account' : 'are no accounts'} of Breakglass` : '',
  ].filter((each) => each !== '');
  if (wrong.length > 0) return finding(name, 'no', `${displayName}: ${wrong.join(', ')}.`);
  for (const part of [members, owners]) if (part.state === 'unreadable') return unread(name, part);
  return finding(name, 'yes', `${displayName}: static, protected, no owners, no outsiders.`);
}
